"""A month counted by hand: twelve people, fourteen audits, and what every figure of it must be.

| audit | auditor (role, service)        | case of  | returned | grade (final)       | stands      |
|-------|--------------------------------|----------|----------|---------------------|-------------|
| 001   | P01 Team Manager, North        | South    | 10 Nov   | Good                | on time     |
| 002   | P02 Team Manager, North        | South    | 30 Nov   | Outstanding         | on time     |
| 003   | P03 Team Manager, South        | North    | 1 Dec    | Good → RI moderated | late        |
| 004   | P04 Team Manager, South        | North    | -        | -                   | outstanding |
| 005   | P05 Practice Supervisor, South | North    | 4 Dec    | RI (extension 7 Dec)| extended    |
| 006   | P06 Practice Supervisor, North | South    | -        | - (extension 7 Dec) | extended    |
| 007   | P07 Service Manager, North     | South    | 20 Nov   | Inadequate          | on time     |
| 008   | P08 Service Manager, South     | North    | exempt   | -                   | exempt      |
| 009   | P01 again                      | South    | -        | -                   | outstanding |
| 010   | P09 Head of Service, no service| North    | 25 Nov   | Good, in dispute    | on time     |
| 011   | P12 Social Worker (not asked)  | North    | 26 Nov   | no grade            | on time     |
| 012   | P02 again, withdrawn           | South    | -        | -                   | exempt      |
| 013   | P11 Team Manager, North, left  | South    | -        | -                   | outstanding |
| 014   | P13 Team Manager, South        | North    | on paper | -                   | on time     |

P10 (Team Manager, South) has no audit. P11 left on 20 November. P14 (Service Manager, South) is exempt.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from automation.domain.action import Action, ActionId, Source, State, action_id
from automation.domain.allocation import Allocation, Status
from automation.domain.audit import Audit, Received
from automation.domain.calendar import WorkingCalendar, month_round
from automation.domain.follow_up import ActionList, Answered, Dispute, Moderation
from automation.domain.form import Form
from automation.domain.ids import AuditRef, CaseNumber, RoundId, StaffKey, TeamName, audit_reference
from automation.domain.month import Month
from automation.domain.people import Organisation, Person, Team
from automation.settings import load_forms

ROUND = month_round(RoundId("2026-11"), WorkingCalendar())
DAY = date(2026, 12, 6)
MUST_AUDIT = frozenset({"Team Manager", "Practice Supervisor", "Service Manager", "Head of Service"})
NORTH, SOUTH = TeamName("North team"), TeamName("South team")
GOOD, BEST, RI, WORST = "Good", "Outstanding", "Requires improvement", "Inadequate"


def form() -> Form:
    """The audit form as shipped."""
    return load_forms(None)[0]


def _person(number: int, role: str, service: str, **more: date) -> Person:
    key = StaffKey(f"P{number:02d}")
    team = {"North": NORTH, "South": SOUTH}.get(service)
    return Person(key, f"Person {number}", f"p{number}@council.example", role, team, service, **more)  # type: ignore[arg-type]


PEOPLE = (
    _person(1, "Team Manager", "North"),
    _person(2, "Team Manager", "North"),
    _person(3, "Team Manager", "South"),
    _person(4, "Team Manager", "South"),
    _person(5, "Practice Supervisor", "South"),
    _person(6, "Practice Supervisor", "North"),
    _person(7, "Service Manager", "North"),
    _person(8, "Service Manager", "South"),
    _person(9, "Head of Service", ""),
    _person(10, "Team Manager", "South"),
    _person(11, "Team Manager", "North", left_on=date(2026, 11, 20)),
    _person(12, "Social Worker", "North"),
    _person(13, "Team Manager", "South"),
    _person(14, "Service Manager", "South", exempt_from=date(2026, 11, 1)),
)
ORGANISATION = Organisation(
    {one.key: one for one in PEOPLE},
    {
        NORTH: Team(NORTH, "North", StaffKey("P01"), StaffKey("P07"), StaffKey("P09")),
        SOUTH: Team(SOUTH, "South", StaffKey("P03"), StaffKey("P08"), StaffKey("P09")),
    },
)


def reference(number: int) -> AuditRef:
    """The reference of an audit of the table."""
    return audit_reference(ROUND.id, number)


def received(on: date, grade: str = "", sections: Mapping[str, str] | None = None) -> Received:
    """A return with an overall grade, and of the sections those named, the others not applicable."""
    answers = {part.grade_key: "Not applicable" for part in form().sections()} | dict(sections or {})
    return Received(1, on, "00", StaffKey("P01"), answers | ({"overall_grade": grade} if grade else {}))


def audit(
    number: int,
    auditor: int,
    team: TeamName,
    came: Received | None = None,
    status: Status = Status.ACTIVE,
    extension: date | None = None,
) -> Audit:
    """An audit of the table."""
    case = CaseNumber(f"{10_000_000 + number}")
    key = StaffKey(f"P{auditor:02d}")
    row = Allocation(
        ROUND.id, case, "Child in need plan", team, number + 1, key, status=status, extension=extension
    )
    return Audit(reference(number), row, received=came)


def section(number: int) -> str:
    """The key of a section's grade, from 1."""
    return form().sections()[number - 1].grade_key


LATER = date(2026, 12, 7)
AUDITS = (
    audit(1, 1, SOUTH, received(date(2026, 11, 10), GOOD, {section(1): GOOD, section(2): RI})),
    audit(2, 2, SOUTH, received(date(2026, 11, 30), BEST, {section(1): BEST, section(2): RI})),
    audit(3, 3, NORTH, received(date(2026, 12, 1), GOOD, {section(1): GOOD})),
    audit(4, 4, NORTH),
    audit(5, 5, NORTH, received(date(2026, 12, 4), RI, {section(1): RI}), extension=LATER),
    audit(6, 6, SOUTH, extension=LATER),
    audit(7, 7, SOUTH, received(date(2026, 11, 20), WORST, {section(1): WORST, section(2): WORST})),
    audit(8, 8, NORTH, status=Status.EXEMPT),
    audit(9, 1, SOUTH),
    audit(10, 9, NORTH, received(date(2026, 11, 25), GOOD, {section(1): GOOD})),
    audit(11, 12, NORTH, received(date(2026, 11, 26))),
    audit(12, 2, SOUTH, status=Status.WITHDRAWN),
    audit(13, 11, SOUTH),
    audit(14, 13, NORTH, status=Status.COMPLETED_ON_PAPER),
)


def moderation(number: int, grade: str = "") -> Moderation:
    """A moderation, answered with a grade or not answered."""
    answered = (
        Answered(date(2026, 12, 3), StaffKey("P09"), "00", {"moderated_grade": grade}) if grade else None
    )
    return Moderation(
        reference(number), StaffKey("P09"), 1, date(2026, 12, 1), date(2026, 12, 15), "sample", answered
    )


MODERATIONS = (moderation(2, BEST), moderation(3, RI), moderation(7, WORST), moderation(10))
DISPUTES = (
    Dispute(reference(10), "grade", StaffKey("P09"), date(2026, 12, 4), date(2026, 12, 18)),
    Dispute(reference(3), "actions", StaffKey("P09"), date(2026, 12, 4), date(2026, 12, 18)),
)


def action(
    number: int,
    of: int,
    state: State,
    due: date | None,
    owner: str = "Team manager",
    done: date | None = None,
    source: Source = "audit",
    same_as: str = "",
) -> Action:
    """An action of an audit of the table."""
    same = ActionId(same_as) if same_as else None
    found = Action(
        action_id(reference(of), source, number), reference(of), source, "Visit", owner, due, state
    )
    return replace(found, done_on=done, same_as=same)


ACTIONS = (
    action(1, 1, "verified", date(2026, 12, 1), done=date(2026, 11, 30)),
    action(2, 1, "done", date(2026, 12, 1), done=date(2026, 12, 3)),
    action(1, 2, "open", date(2026, 12, 5)),
    action(2, 2, "open", date(2026, 8, 31)),
    action(1, 3, "open", date(2026, 12, 20)),
    action(2, 3, "open", None, owner=""),
    action(1, 3, "open", date(2026, 12, 20), source="moderation", same_as=f"{reference(3)}-A1"),
    action(1, 7, "withdrawn", date(2026, 12, 1)),
    action(1, 10, "open", date(2026, 12, 6)),
)


def _list(number: int, due: date, answered: date | None) -> ActionList:
    came = Answered(answered, StaffKey("P07"), "00") if answered else None
    ref = AuditRef(f"CFA-2026-11-OVS-{number:03d}")
    return ActionList(ref, "oversight", StaffKey("P07"), date(2026, 11, 12), due, (), came)


LISTS = (
    _list(1, date(2026, 11, 19), date(2026, 11, 18)),
    _list(2, date(2026, 11, 19), date(2026, 11, 25)),
    _list(3, date(2026, 11, 19), None),
    _list(4, date(2026, 12, 21), None),
)


def month(**more: object) -> Month:
    """The month of the table, with what is given in place of its own."""
    given: dict[str, object] = {
        "round": ROUND,
        "day": DAY,
        "form": form(),
        "organisation": ORGANISATION,
        "must_audit": MUST_AUDIT,
        "audits": AUDITS,
        "every": AUDITS,
        "moderations": {one.reference: one for one in MODERATIONS},
        "disputes": DISPUTES,
        "actions": ACTIONS,
        "lists": LISTS,
    }
    return Month(**{**given, **more})  # type: ignore[arg-type]
