"""The report's figures: one pure function each, counted from a round's facts as they stand on a day."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .action import Action
from .action_counts import ActionCounts
from .action_counts import counts as action_counts
from .action_line import round_order
from .allocation import Status
from .audit import Audit, Standing, standings
from .ids import CaseNumber, StaffKey
from .moderation import Agreement, agreement, in_dispute
from .month import NOWHERE, Group, Month, Share
from .people import Person

# Whether audits were done (guidance 2 and 4)


def audits_standing(month: Month, group: Group | None = None) -> dict[str, dict[Standing, int]]:
    """How many audits stand where, in all (under the empty name), or for each group by name. The standings
    of a group add up to what was allocated to it."""
    if group is None:
        return {"": standings(month.audits, month.round, month.day)}
    groups: dict[str, list[Audit]] = {}
    for audit in month.audits:
        groups.setdefault(group(month, audit), []).append(audit)
    return {name: standings(theirs, month.round, month.day) for name, theirs in sorted(groups.items())}


_BEST_FIRST = (Standing.ON_TIME, Standing.EXTENDED, Standing.LATE, Standing.OUTSTANDING, Standing.EXEMPT)


@dataclass(frozen=True, slots=True)
class Required:
    """The people in a role that audits each month (guidance 2), each under the best that they have done:
    somebody with two audits has done their one. `no_audit` had none allocated; those are out of the
    reckoning who were exempt, or had only exempt audits."""

    people: int
    done: Mapping[Standing, int]
    no_audit: int
    running: int = 0
    """Of those outstanding, the ones whose extension still runs."""
    several: int = 0
    """How many of all had more than one audit."""

    @property
    def reckoned(self) -> int:
        """Those of whom an audit was expected."""
        return self.people - self.done[Standing.EXEMPT]

    @property
    def on_time(self) -> Share:
        """Those who returned one on time, an extension included: the rate of audit compliance."""
        return Share(self.done[Standing.ON_TIME] + self.done[Standing.EXTENDED], self.reckoned)

    @property
    def completed(self) -> Share:
        """Those who have returned one at all."""
        return Share(self.on_time.part + self.done[Standing.LATE], self.reckoned)


def required(month: Month, group: Callable[[Person], str] | None = None) -> dict[str, Required]:
    """The people who must audit, in all (under the empty name), or for each group by name. One who left
    before the due date, or was exempt on it, is out of the reckoning, unless they returned an audit."""
    audits: dict[StaffKey, list[Audit]] = {}
    for audit in month.audits:
        if audit.allocation.auditor is not None and audit.allocation.status is not Status.WITHDRAWN:
            audits.setdefault(audit.allocation.auditor, []).append(audit)
    found: dict[str, list[_Person]] = {} if group else {"": []}
    for person in sorted(month.organisation.people.values(), key=lambda one: one.key):
        if person.role not in month.must_audit:
            continue
        own = audits.get(person.key, [])
        stands = _best(month, own)
        done = stands in _BEST_FIRST[:3]
        if not person.employed(month.round.due) and not done:
            continue
        if person.exempt(month.round.due) and not done:
            stands = Standing.EXEMPT
        owed = [one for one in own if _standing(month, one) is Standing.OUTSTANDING]
        running = stands is Standing.OUTSTANDING and all(_runs(month, one) for one in owed)
        found.setdefault(group(person) if group else "", []).append((stands, running, len(own)))
    return {name: _required(people) for name, people in sorted(found.items())}


_Person = tuple[Standing | None, bool, int]
"""Where somebody stands, whether an extension of theirs runs, and how many audits they had."""


def _required(people: Sequence[_Person]) -> Required:
    stood = [stands for stands, _, _ in people]
    return Required(
        len(people),
        {one: stood.count(one) for one in Standing},
        stood.count(None),
        sum(running for _, running, _ in people),
        sum(audits > 1 for _, _, audits in people),
    )


def _best(month: Month, audits: Iterable[Audit]) -> Standing | None:
    stands = {_standing(month, audit) for audit in audits}
    return next((one for one in _BEST_FIRST if one in stands), None)


def _standing(month: Month, audit: Audit) -> Standing:
    return Standing.OUTSTANDING if _runs(month, audit) else audit.standing(month.round, month.day)


def _runs(month: Month, audit: Audit) -> bool:
    """Whether an audit is not back, and its extension still runs."""
    return audit.received is None and audit.standing(month.round, month.day) is Standing.EXTENDED


def running(month: Month) -> int:
    """How many of the round's audits are not back while their extension still runs."""
    return sum(_runs(month, one) for one in month.audits)


# What they found (guidance appendix 1)


@dataclass(frozen=True, slots=True)
class Grades:
    """How many audits have each grade, best first. Those not applicable, and those without a grade that can
    be counted, stand apart. `disputed` are those of the graded whose grade is in dispute."""

    counts: Mapping[str, int]
    not_applicable: int = 0
    ungraded: int = 0
    disputed: int = 0

    @property
    def graded(self) -> int:
        """How many have a grade: the n of every share."""
        return sum(self.counts.values())

    def share(self, grades: Collection[str]) -> Share:
        """Those with one of these grades, of the graded."""
        return Share(sum(self.counts.get(one, 0) for one in grades), self.graded)


def overall_grades(month: Month, group: Group | None = None) -> dict[str, Grades]:
    """The overall grades that count, in all (under the empty name) or by group."""
    found: dict[str, list[Audit]] = {} if group else {"": []}
    for audit in month.returned():
        found.setdefault(group(month, audit) if group else "", []).append(audit)
    return {
        name: _grades(
            month,
            [month.grade(one) for one in audits],
            sum(in_dispute(month.disputes_of(one)) for one in audits if month.grade(one) in month.scale),
        )
        for name, audits in sorted(found.items())
    }


def section_grades(month: Month) -> dict[str, Grades]:
    """The auditors' grades of each section by its title, in the form's order."""
    answers = [one.received.answers for one in month.audits if one.received is not None]
    return {
        part.title: _grades(month, [one.get(part.grade_key, "") for one in answers])
        for part in month.form.sections()
    }


def _grades(month: Month, given: Sequence[str], disputed: int = 0) -> Grades:
    apart = month.form.grades.not_applicable if month.form.grades else ""
    counts = {one: given.count(one) for one in month.scale}
    na = given.count(apart)
    return Grades(counts, na, len(given) - na - sum(counts.values()), disputed)


def extremes(
    sections: Mapping[str, Grades], good: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The strongest and the weakest sections by their percentage of good grades as it is shown, several where
    they are level. Empty where fewer than two have enough grades to be compared, or all are level."""
    shares = {
        name: percent
        for name, grades in sections.items()
        if (percent := grades.share(good).percent) is not None
    }
    if len(set(shares.values())) < 2:
        return (), ()
    best, worst = max(shares.values()), min(shares.values())
    return (
        tuple(one for one in shares if shares[one] == best),
        tuple(one for one in shares if shares[one] == worst),
    )


# What follows (guidance 2 and 3)


def moderated(month: Month) -> Agreement:
    """The round's moderations: sampled, agreed, moved up or down, disputed."""
    audits = {one.reference: one for one in month.audits}
    return agreement(tuple(month.moderations.values()), audits, month.disputes, month.scale)


def actions_standing(month: Month, group: Group | None = None) -> dict[str, ActionCounts]:
    """The actions of all rounds as they stand, in all (under the empty name) or by their audit's group."""
    audits = {one.reference: one for one in month.every}
    found: dict[str, list[Action]] = {} if group else {"": []}
    for one in month.actions:
        audit = audits.get(one.reference)
        name = (group(month, audit) if audit else NOWHERE) if group else ""
        found.setdefault(name, []).append(one)
    return {name: action_counts(theirs, month.day) for name, theirs in sorted(found.items())}


@dataclass(frozen=True, slots=True)
class Oversight:
    """Service managers' oversight (guidance 2: they answer for completion). `lists` are the lists whose day
    has passed, answered of those that went; `verified` the actions confirmed, of those reported done."""

    lists: Share
    verified: Share


def oversight(month: Month) -> Oversight:
    """How far service managers have looked at what is theirs to watch."""
    # A list that is due today and not back can still come in time.
    lists = [one for one in month.lists if one.kind == "oversight"]
    due = [one for one in lists if one.due < month.day or (one.due == month.day and one.answered)]
    answered = [one for one in due if one.answered is not None and one.answered.on <= one.due]
    done = [one for one in month.actions if one.counts and one.state in ("done", "verified")]
    verified = [one for one in done if one.state == "verified"]
    return Oversight(Share(len(answered), len(due)), Share(len(verified), len(done)))


@dataclass(frozen=True, slots=True)
class Loop:
    """Cases whose audit had the lowest grade: how many audits, and of those audited again since, how many
    have a better grade and how many the same."""

    lowest: int
    better: int
    same: int

    @property
    def again(self) -> int:
        """How many were audited again and have a grade."""
        return self.better + self.same


def loop_closed(month: Month) -> Loop:
    """How the grades of the cases with the lowest grade moved, over all rounds."""
    if not month.scale:
        return Loop(0, 0, 0)
    lowest = month.scale[-1]
    cases: dict[CaseNumber, list[str]] = {}
    for audit in sorted(month.every, key=round_order):
        if audit.received is not None:
            cases.setdefault(audit.allocation.case_number, []).append(month.grade(audit))
    moves = [(was, now) for grades in cases.values() for was, now in pairwise(grades) if was == lowest]
    after = [now for _, now in moves if now in month.scale]
    return Loop(
        sum(grades.count(lowest) for grades in cases.values()),
        sum(now != lowest for now in after),
        after.count(lowest),
    )
