"""The plain facts about an audit that every message about it may use."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .audit import Audit
from .calendar import Round, WorkingCalendar, months_before
from .message import Fact
from .people import Organisation, Person

if TYPE_CHECKING:
    from .rules import Rules


def audit_facts(
    audit: Audit, round_: Round, organisation: Organisation, working: WorkingCalendar, rules: "Rules"
) -> Mapping[str, Fact]:
    """Names, addresses and dates of one audit, by the names that templates use. Vacant people are ``."""
    row = audit.allocation
    due = audit.due(round_)
    practical = working.roll_back(due)
    auditor = organisation.person(row.auditor)
    worker = organisation.person(row.social_worker)
    manager = organisation.team_manager(row.team)
    reviewer = organisation.person(row.reviewer)
    previous = organisation.person(row.previous_worker)
    return {
        "case_number": row.case_number,
        "plan_type": row.plan_type,
        "team": row.team,
        "round_name": round_.name,
        "due": due,
        "practical_due": practical if practical != due else None,
        "extended": row.extension is not None,
        "auditor_name": _name(auditor),
        "auditor_address": _address(auditor),
        "social_worker_name": _name(worker),
        "social_worker_address": _address(worker),
        "team_manager_name": _name(manager),
        "team_manager_address": _address(manager),
        "reviewer_name": _name(reviewer),
        "previous_worker_name": _name(previous),
        "reallocated_on": row.reallocated_on,
        "three_way": three_way(previous, row.reallocated_on, round_.start, rules.three_way_within_months),
        "window_first": months_before(round_.first, rules.window_months),
        "window_last": round_.first - timedelta(days=1),
    }


def three_way(previous: Person | None, moved: date | None, start: date, months: int) -> bool:
    """Whether the auditor should try for a meeting with both workers (guidance 2): the case moved within
    a month before the round started, or since, and the first worker is still employed."""
    if previous is None or moved is None or not previous.employed(start):
        return False
    return moved >= months_before(start, months)


def _name(person: Person | None) -> str:
    return person.name if person else ""


def _address(person: Person | None) -> str:
    return person.address if person else ""
