"""Closing the loop: cases with the lowest grade are proposed for another audit, and the grades compared."""

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import pairwise

from .action_line import newest_audits, round_order
from .allocation import Status
from .audit import Audit
from .calendar import Round, months_before
from .history import Event
from .ids import RoundId
from .message import Fact

GRADE_MOVED = "grade moved"
_NO_AUDIT = (Status.WITHDRAWN, Status.EXEMPT)
Grade = Callable[[Audit], str]
"""The overall grade of an audit that counts now, empty where there is none."""


def to_audit_again(
    round_: Round,
    audits: Collection[Audit],
    rounds: Callable[[RoundId], Round | None],
    grade: Grade,
    lowest: str,
    months: int,
) -> tuple[Audit, ...]:
    """The audits with the lowest grade whose cases are proposed for a round: so many months after their own,
    and in each round from then on until the case is in a later one. A closed case is not proposed, and an
    audit that was withdrawn is none."""
    newest = newest_audits(one for one in audits if one.allocation.status not in _NO_AUDIT)
    found = []
    for audit in audits:
        own = rounds(audit.allocation.round)
        if audit is not newest.get(audit.allocation.case_number) or own is None or audit.received is None:
            continue
        if audit.allocation.status is Status.CLOSED or grade(audit) != lowest:
            continue
        if own.first < round_.first and months_before(round_.first, months) >= own.first.replace(day=1):
            found.append(audit)
    return tuple(sorted(found, key=round_order))


def grade_moves(audits: Collection[Audit], grade: Grade, lowest: str) -> Iterator[Event]:
    """For each returned audit of a case whose audit before had the lowest grade: both grades. To be kept
    once, on the newer audit."""
    by_case: dict[str, list[Audit]] = {}
    for audit in sorted(audits, key=round_order):
        if audit.received is not None:
            by_case.setdefault(audit.allocation.case_number, []).append(audit)
    for returned in by_case.values():
        for before, audit in pairwise(returned):
            if before.allocation.round == audit.allocation.round:
                continue
            was, now = grade(before), grade(audit)
            if was == lowest and now:
                facts: dict[str, Fact] = {"from": was, "to": now, "audit before": before.reference}
                yield Event(audit.reference, GRADE_MOVED, facts)


def proposal_facts(audit: Audit, round_: Round, grade: str) -> Mapping[str, Fact]:
    """What QA is told of a case that is proposed again."""
    return {
        "case_number": audit.allocation.case_number,
        "reference": audit.reference,
        "team": audit.allocation.team,
        "round_name": round_.name,
        "grade": grade,
    }
