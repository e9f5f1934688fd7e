"""Whom an action is with: worked out anew each time, from the newest facts about its case."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .action import Action
from .allocation import Status
from .audit import Audit
from .case_roles import Holder, service_manager, team_manager
from .follow_up import ListKind
from .ids import CaseNumber, StaffKey, TeamName
from .people import Organisation, Person
from .problem import Problem
from .rules import Facts

_NOTHING_IS_SENT = (Status.HELD, Status.RESTRICTED)


@dataclass(frozen=True, slots=True)
class CaseNow:
    """Where the case of an audit is now, as its newest row has it."""

    audit: Audit
    newest: Audit

    @property
    def number(self) -> CaseNumber:
        """The case number."""
        return self.newest.allocation.case_number

    @property
    def team(self) -> TeamName:
        """The team that holds the case."""
        return self.newest.allocation.team

    @property
    def closed(self) -> bool:
        """Whether the case has closed: QA may say so in the row of the audit or in the newest."""
        return Status.CLOSED in (self.audit.allocation.status, self.newest.allocation.status)

    @property
    def silent(self) -> bool:
        """Whether nothing is to be sent about the case (brief: restricted or held)."""
        return any(one.allocation.status in _NOTHING_IS_SENT for one in (self.audit, self.newest))


def newest_audits(audits: Iterable[Audit]) -> Mapping[CaseNumber, Audit]:
    """The newest audit of each case: of the latest round, and there the last one."""
    return {one.allocation.case_number: one for one in sorted(audits, key=round_order)}


def round_order(audit: Audit) -> tuple[str, int]:
    """How audits follow on one another."""
    return audit.allocation.round, int(audit.reference.rsplit("-", 1)[1])


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about an action, None when nobody of its case's line can be. `role` is what they are to
    the case, `passed_over` who would have come before them and cannot be written to. `own` is who would have
    come before them, and answers for the action already."""

    person: Person | None
    role: str
    passed_over: tuple[Holder, ...] = ()
    own: Holder | None = None


def asked(case: CaseNow, kind: ListKind, facts: Facts, answers: StaffKey | None = None) -> Asked:
    """Who is asked: the first of the case's line who can be written to, and never anybody else.

    An update is the team manager's, or the service manager's when the case has closed. Oversight is the
    service manager's. After them comes the head of service. Nobody oversees what they answer for
    themselves: done and confirmed are two persons' words (guidance 2 makes the service manager responsible
    that what the team manager tracks is completed), so whoever `answers` is passed over.
    """
    passed: list[Holder] = []
    own: Holder | None = None
    for holder in _line(case, kind, facts.organisation):
        if holder.untold(facts):
            passed.append(holder)
        elif holder.person is not None and holder.person.key == answers:
            own = holder
        else:
            return Asked(holder.person, holder.role, tuple(passed), own)
    return Asked(None, "", tuple(passed), own)


def _line(case: CaseNow, kind: ListKind, organisation: Organisation) -> Iterator[Holder]:
    if kind == "action_update" and not case.closed:
        yield team_manager(case.newest, organisation)
    yield service_manager(case.newest, organisation)
    yield _head_of_service(case.newest, organisation)


def _head_of_service(audit: Audit, organisation: Organisation) -> Holder:
    name = audit.allocation.team
    team = organisation.teams.get(name)
    return Holder(
        "head of service",
        organisation.person(team.head_of_service) if team else None,
        f"the Teams sheet names no head of service for {name}",
        "Name the head of service in the Teams sheet.",
    )


def line_problems(found: Iterable[tuple[CaseNow, Asked]], facts: Facts) -> tuple[Problem, ...]:
    """For QA: each gap in a team's line, once, with who is asked instead."""
    problems: dict[tuple[str, str], Problem] = {}
    for case, one in found:
        if one.own and one.person is None:
            continue
        for holder in one.passed_over:
            instead = f"its {one.role}, {one.person.name}" if one.person else "nobody"
            mend = "Correct the address in the Staff sheet."
            if holder.person is None or not holder.person.employed(facts.today):
                mend = holder.mend
            problem = Problem(
                f"Sheet Teams, {case.team}",
                f"The {holder.role} of {case.team} cannot be asked about actions, because "
                f"{holder.untold(facts)}. They go to {instead}.",
                mend,
            )
            problems.setdefault((case.team, holder.role), problem)
    return tuple(problems.values())


def unconfirmed(found: Iterable[tuple[Action, CaseNow, Asked]]) -> tuple[Problem, ...]:
    """For QA: what is reported done and nobody may confirm, because its line has only one person left."""
    waiting: dict[tuple[str, str], list[str]] = defaultdict(list)
    for action, case, one in found:
        if action.state == "done" and one.person is None and one.own and one.own.person:
            waiting[case.team, one.own.person.name].append(action.id)
    return tuple(
        Problem(
            f"Sheet Teams, {team}",
            f"{name} reported {', '.join(actions)} done, and there is nobody else of {team}’s line who could "
            "confirm it.",
            "Name the missing manager in the Teams sheet, or ask somebody who had no part in it to look at "
            "the file.",
        )
        for (team, name), actions in waiting.items()
    )
