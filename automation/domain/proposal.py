"""Proposes auditors for the allocations that have none. QA decides; nothing is written to the sheet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from .allocation import Allocation, Status
from .conflict import ConflictRule, conflicts, service_of
from .ids import CaseNumber, RoundId, StaffKey
from .matching import cheapest
from .people import Organisation, Person

# What a pairing costs; the sum over a round is made as low as it goes. Conflicts are not in this list:
# they forbid a pairing. What the person had counts in full for the last round, less for each before it.
_HAD: Mapping[str, int] = {
    "audit": 1200,  # one round's wait outweighs all the rest: nobody is left out twice for a better fit
    "worker": 40,
    "team": 30,
    "manager": 20,  # the same worker usually means the same team and manager: the three add up
    "service": 15,  # each person goes round the services, so the services go round each other
}
_OWN_SERVICE = 45
_EACH_AUDIT = 8  # for each recent round with an audit: of those who waited alike, whoever had fewest
_TIE = 1 << 30  # more than the tie-breaks (16 bits each) of a whole round add up to

_REPEATS = {"worker": "this worker", "team": "this team", "manager": "another team of this manager"}
_BEST_FIT = "the round as a whole comes out better this way"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An auditor for a case. `reason` is a short text for a cell, and says what could not be avoided."""

    row: int
    case_number: CaseNumber
    auditor: Person
    reason: str


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A case that nobody can be proposed for, and why."""

    row: int
    case_number: CaseNumber
    why: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """What is proposed for a round: `made` and `unfilled` by row. `idle` people would have no audit."""

    made: tuple[Proposal, ...]
    unfilled: tuple[Unfilled, ...]
    idle: tuple[Person, ...]


def propose(
    allocations: Sequence[Allocation],
    history: Sequence[Allocation],
    organisation: Organisation,
    required_roles: frozenset[str],
    rules: Sequence[ConflictRule],
    day: date,
    recent_rounds: int = 6,
) -> Proposals:
    """An auditor for as many cases without one as can be, nobody twice and nobody with a conflict.

    `allocations` are all rows of the round, `history` those of earlier rounds. Asked are people in the
    required roles (guidance 2) who work here on `day`, are not exempt and have no audit in the round.
    Among the ways to fill most cases it takes one that asks those who waited longest, and then best
    avoids a person's own service and whatever worker, team or team manager they had in the last
    `recent_rounds` rounds. The order of the rows and people makes no difference.
    """
    busy = {a.auditor for a in allocations if a.status is not Status.WITHDRAWN}
    free = [
        person
        for person in organisation.in_roles(required_roles, day)
        if person.key not in busy and not person.exempt(day)
    ]
    empty = sorted(
        (a for a in allocations if a.auditor is None and a.status.sends), key=lambda a: (a.case_number, a.row)
    )
    past = _Past(allocations, history, organisation, recent_rounds)
    barred = [[_barred(case, person, organisation, rules) for person in free] for case in empty]
    matching = cheapest(
        [
            [None if why else past.cost(case, person) for person, why in zip(free, row, strict=True)]
            for case, row in zip(empty, barred, strict=True)
        ]
    )
    made, unfilled = [], []
    for case, row, column in zip(empty, barred, matching, strict=True):
        if column is None:
            unfilled.append(Unfilled(case.row, case.case_number, _why_unfilled(row)))
            continue
        others = [p for p, why in zip(free, row, strict=True) if not why and p is not free[column]]
        reason = past.reason(case, free[column], others)
        made.append(Proposal(case.row, case.case_number, free[column], reason))
    return Proposals(
        tuple(sorted(made, key=lambda proposal: proposal.row)),
        tuple(sorted(unfilled, key=lambda case: case.row)),
        tuple(person for index, person in enumerate(free) if index not in matching),
    )


def _barred(
    case: Allocation, person: Person, organisation: Organisation, rules: Sequence[ConflictRule]
) -> tuple[str, ...]:
    """Why the person cannot take the case. Where its team is unknown nobody can: the rules would be blind."""
    if case.team not in organisation.teams:
        return (f"{case.team} is not in Teams, so nobody can be checked for a conflict.",)
    return conflicts(case, person.key, organisation, rules)


def _why_unfilled(barred: Sequence[tuple[str, ...]]) -> str:
    if not barred:
        return (
            "Nobody is free: everyone in the auditing roles has an audit this round, is exempt or has left."
        )
    if not all(barred):
        return "Whoever is free and may audit this case is proposed for another one."
    reasons = sorted({sentences[0] for sentences in barred})
    more = f" And {len(reasons) - 3} more." if len(reasons) > 3 else ""
    return f"Nobody who is free may audit this case. {' '.join(reasons[:3])}{more}"


class _Past:
    """What people audited in earlier rounds, and what that makes of a pairing."""

    def __init__(
        self,
        allocations: Sequence[Allocation],
        history: Sequence[Allocation],
        organisation: Organisation,
        recent_rounds: int,
    ) -> None:
        this_round = {allocation.round for allocation in allocations}
        audited = [a for a in history if a.round not in this_round and _audited(a)]
        self._organisation = organisation
        self._span = recent_rounds
        self._recent = sorted({a.round for a in audited}, reverse=True)[: max(recent_rounds, 0)]
        self._often: Counter[StaffKey] = Counter()
        self._last: dict[tuple[StaffKey, str, str], RoundId] = {}
        for allocation in sorted(audited, key=lambda a: a.round):
            if allocation.auditor is not None:
                self._often[allocation.auditor] += allocation.round in self._recent
                for mark in self._marks(allocation):
                    self._last[allocation.auditor, *mark] = allocation.round

    def cost(self, case: Allocation, person: Person) -> int:
        """What the pairing costs. The last bits are a fixed draw by case and person, to part equals."""
        mine, theirs = self._services(case, person)
        cost = _EACH_AUDIT * self._often[person.key] + (_OWN_SERVICE if mine == theirs else 0)
        for kind, key in self._marks(case):
            cost += self._fading(_HAD[kind], self._last.get((person.key, kind, key)))
        draw = blake2b(f"{case.round}/{case.case_number}/{person.key}".encode(), digest_size=2).digest()
        return cost * _TIE + int.from_bytes(draw)

    def reason(self, case: Allocation, person: Person, others: Sequence[Person]) -> str:
        """Why this person. `others` are those who were free for the case and might have been chosen."""
        parts = (
            self._on_service(case, person, others),
            self._on_repeats(case, person, others),
            self._on_turn(person),
        )
        return "; ".join(filter(None, parts)) + "."

    def _services(self, case: Allocation, person: Person) -> tuple[str, str]:
        """The person's service and the case's; empty where unknown."""
        team = self._organisation.teams.get(case.team)
        return service_of(person, self._organisation), team.service if team else ""

    def _marks(self, case: Allocation) -> tuple[tuple[str, str], ...]:
        """What an earlier audit can have in common with this one, widest last."""
        team = self._organisation.teams.get(case.team)
        marks = (
            ("worker", case.social_worker),
            ("team", case.team),
            ("manager", team and team.manager),
            ("service", team and team.service),
            ("audit", "any"),
        )
        return tuple((kind, key) for kind, key in marks if key)

    def _repeats(self, case: Allocation, person: Person) -> tuple[tuple[str, RoundId], ...]:
        """Whom the person met before in this case, and in which recent round last: worker, team, manager."""
        met = ((kind, self._last.get((person.key, kind, key))) for kind, key in self._marks(case))
        return tuple(
            (_REPEATS[kind], when) for kind, when in met if kind in _REPEATS and when in self._recent
        )

    def _fading(self, cost: int, when: RoundId | None) -> int:
        """The cost in full for the last round, less for each round before it, nothing beyond the recent."""
        if when not in self._recent:
            return 0
        return cost * (self._span - self._recent.index(when)) // self._span

    def _on_service(self, case: Allocation, person: Person, others: Sequence[Person]) -> str:
        mine, theirs = self._services(case, person)
        if not mine or not theirs:
            return "Service not known"
        if mine != theirs:
            return f"Another service ({mine})"
        elsewhere = any(self._services(case, other)[0] != theirs for other in others)
        return f"Same service ({mine}): {_BEST_FIT if elsewhere else 'nobody from another was free'}"

    def _on_repeats(self, case: Allocation, person: Person, others: Sequence[Person]) -> str:
        if not self._recent:
            return ""
        repeats = self._repeats(case, person)
        if not repeats:
            return f"no audit of this team or worker in {self._recent_words()}"
        # The first kind in each round says most: whoever met the worker then met the team too.
        first = {when: whom for whom, when in reversed(repeats)}
        met = " and ".join(f"of {whom} in {when}" for when, whom in sorted(first.items(), reverse=True))
        unmet = any(not self._repeats(case, other) for other in others)
        return f"had an audit {met}: {_BEST_FIT if unmet else 'nobody else was free'}"

    def _on_turn(self, person: Person) -> str:
        last = self._last.get((person.key, "audit", "any"))
        if last is not None:
            return f"no audit yet this round, the last in {last}"
        return f"no audit yet this round{' nor in any before' if self._recent else ''}"

    def _recent_words(self) -> str:
        return "the last round" if len(self._recent) == 1 else f"the last {len(self._recent)} rounds"


def _audited(allocation: Allocation) -> bool:
    """Whether a row stands for an audit: not those exempt, withdrawn, held or restricted."""
    return allocation.status.sends or allocation.status is Status.COMPLETED_ON_PAPER
