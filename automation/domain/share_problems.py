"""Who did not get a finished audit, and why: for QA to put right."""

from collections.abc import Iterator, Sequence

from .audit import Audit
from .calendar import Round
from .problem import Problem
from .rules import Facts
from .shares import (
    FRESH_WORKING_DAYS,
    QA_ROLE,
    Had,
    arrived_on,
    is_fresh,
    may_be_shared,
    qa_and_audit_officers,
    wanted,
)
from .written import say

_MOST = 20
"""So many references are listed in one problem."""


def share_problems(audits: Sequence[tuple[Audit, Round]], facts: Facts, had: Had) -> tuple[Problem, ...]:
    """What stands in the way of sharing these audits."""
    returned = [(audit, round_) for audit, round_ in audits if audit.received and may_be_shared(audit)]
    fresh = [audit for audit, _ in returned if is_fresh(audit, facts)]
    old = [(audit, round_) for audit, round_ in returned if not is_fresh(audit, facts)]
    found = [problem for audit in fresh for problem in _of_audit(audit, facts, had)]
    if fresh and not qa_and_audit_officers(facts):
        what = f"Nobody has the role {QA_ROLE}, so no finished audit goes to one."
        found.append(Problem("Sheet Staff", what, "Add them, with this role.", stops=False))
    return (*found, *_never_shared([one for one in old if not had.get(one[0].reference)]))


def _of_audit(audit: Audit, facts: Facts, had: Had) -> Iterator[Problem]:
    received = audit.received
    assert received is not None
    until = facts.working.add_working_days(arrived_on(received), FRESH_WORKING_DAYS)
    for one in wanted(audit, received, facts):
        person = one.person.key if one.person else None
        why = one.untold(facts)
        if why and person != audit.allocation.auditor and person not in had.get(audit.reference, {}):
            yield Problem(
                f"Sheet Allocations, row {audit.allocation.row}",
                f"{audit.reference} was not shared with the {one.role}: {why}.",
                f"{one.mend} It is sent by itself if that is done by {say(until)}.",
                row=audit.allocation.row,
            )


def _never_shared(old: Sequence[tuple[Audit, Round]]) -> Iterator[Problem]:
    """Audits that were recorded before the service shared any, or could not be shared for long: told once."""
    by_round: dict[str, list[str]] = {}
    for audit, round_ in old:
        by_round.setdefault(round_.name, []).append(audit.reference)
    for name, references in sorted(by_round.items()):
        more = f" and {len(references) - _MOST} more" if len(references) > _MOST else ""
        yield Problem(
            f"Round {name}",
            f"Not shared, because the form came over {FRESH_WORKING_DAYS} working days ago: "
            f"{', '.join(references[:_MOST])}{more}.",
            "Send them by hand, or set Status to Send late on their rows and they are shared.",
            stops=False,
        )
