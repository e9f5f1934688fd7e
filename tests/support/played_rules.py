"""The service's real rules, played day by day on a fixed set of audits, without a store or a mailbox."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from automation.adapters.bank_holidays import bank_holidays
from automation.domain.allocation import Allocation, Status
from automation.domain.audit import Audit, Received
from automation.domain.calendar import Calendar, Round, WorkingCalendar
from automation.domain.ids import AuditRef, CaseNumber, MessageKey, RoundId, StaffKey, TeamName
from automation.domain.message import Message
from automation.domain.people import Organisation, Person, Team
from automation.domain.rules import Facts, Rules, case_details, details_key, ladder, stand_downs, told_late
from automation.domain.take_up import Rows, take_up
from automation.settings import load
from tests.support import planned_messages as p
from tests.support.planned_messages import Planned
from tests.support.wall_calendar import month_after

_NORTH, _SOUTH = TeamName("North"), TeamName("South")
_STATUS = {p.HELD: Status.HELD, p.SEND_LATE: Status.SEND_LATE}


@cache
def rules() -> Rules:
    """The rules as shipped."""
    return load(Path(__file__).parents[2] / "config" / "sample").rules


@cache
def working(year: int) -> WorkingCalendar:
    """The working days that the service knows in a year."""
    return WorkingCalendar(bank_holidays(range(year - 1, year + 2)))


@cache
def organisation(leaves: date) -> Organisation:
    """The people: the leaving auditor's last day is `leaves`."""

    def person(key: str, role: str, team: TeamName, line: str, left: date | None = None) -> Person:
        address = f"{key.lower()}@brackenshire.example"
        return Person(
            StaffKey(key),
            key,
            address,
            role,
            team,
            line_manager=StaffKey(line) if line else None,
            left_on=left,
        )

    people = (
        person(p.LINE, "Service Manager", TeamName("West"), ""),
        person(p.MANAGER, "Team Manager", _NORTH, p.LINE),
        person(p.AUDITOR, "Team Manager", _SOUTH, p.LINE),
        person(p.OTHER_AUDITOR, "Practice Supervisor", _SOUTH, p.AUDITOR),
        person(p.LEAVING, "Practice Supervisor", _SOUTH, p.AUDITOR, leaves),
        person(p.WORKER, "Social Worker", _NORTH, p.MANAGER),
    )
    manager = StaffKey(p.MANAGER)
    teams = {_NORTH: Team(_NORTH, "Assessment", manager, None, None)}
    return Organisation({one.key: one for one in people}, teams)


@cache
def _row(month: date, number: int, changed: bool) -> Allocation:
    auditor = {p.LEAVER: p.LEAVING, p.MOVED: p.OTHER_AUDITOR if changed else p.AUDITOR}.get(number, p.AUDITOR)
    worker = {p.VACANT: None, p.BOTH: StaffKey(p.MANAGER)}.get(number, StaffKey(p.WORKER))
    withdrawn = number == p.WITHDRAWN and changed
    return Allocation(
        RoundId(f"{month:%Y-%m}"),
        CaseNumber(f"{month:%Y%m}{number:02d}"),
        "Child protection",
        _NORTH,
        row=number + 1,
        auditor=StaffKey(auditor),
        social_worker=worker,
        extension=month_after(month).replace(day=p.EXTENDED_TO) if number == p.EXTENDED else None,
        status=Status.WITHDRAWN if withdrawn else _STATUS.get(number, Status.ACTIVE),
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What the service knows after a pass."""

    audits: tuple[Audit, ...] = ()
    sent: tuple[MessageKey, ...] = ()
    told_on: tuple[tuple[MessageKey, date], ...] = ()
    last_read: date | None = None
    late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Council:
    """The audits of every month, and who leaves when."""

    leaves: date
    known: Known = field(default_factory=Known)

    def pass_on(self, day: date, known: Known) -> tuple[Known, list[Planned]]:
        """What is known after a pass on this day, and what went. The order is the service's: rows, forms that
        came back, case details, reminders."""
        days, month = working(day.year), day.replace(day=1)
        calendar = Calendar(days)
        months = [month_after(month, n) for n in range(-2, 3)]
        rows = [_row(m, n, day >= m.replace(day=p.CHANGE)) for m in months for n in range(1, p.WITHDRAWN + 1)]
        people, mine = organisation(self.leaves), _rounds(calendar, known.audits, day)
        near = tuple(a for a in known.audits if a.allocation.round in mine)
        sheet = Rows(rows, (), people, lambda row, column: f"{column}{row}", "allocations.xlsx")
        taken = take_up(sheet, near, calendar, rules(), day, known.last_read, known.late)
        audits = {a.reference: a for a in (*known.audits, *taken.audits)}
        sent, told_on = set(known.sent), dict(known.told_on)

        def gone_on(_: AuditRef, key: MessageKey) -> date | None:
            return told_on.get(key)

        for one in list(audits.values()):
            audits[one.reference] = _returned(one, sent, day)
        going: list[Message] = []
        live = [a for a in audits.values() if a.allocation.round in mine]
        for rule in ((stand_downs, case_details), (ladder,)):
            facts = Facts(
                day,
                people,
                days,
                rules(),
                frozenset(sent),
                told_again=told_late(live, gone_on),
            )
            for audit in sorted(live, key=lambda one: one.reference):
                for messages in rule:
                    going += messages(audit, mine[audit.allocation.round], facts)
            sent |= {one.key for one in going}
            told_on.update({one.key: day for one in going if one.key not in told_on})
        after = Known(tuple(audits.values()), tuple(sorted(sent)), tuple(told_on.items()), day, taken.late)
        return after, [_planned(one, audits[AuditRef(one.key.split("/")[0])], day) for one in going]

    def messages(self, days: Iterable[date], known: Known | None = None) -> list[Planned]:
        """Everything that passes on these days send."""
        known, found = known or self.known, []
        for day in days:
            known, went = self.pass_on(day, known)
            found += went
        return sorted(found)


def _rounds(calendar: Calendar, audits: Iterable[Audit], day: date) -> dict[RoundId, Round]:
    near = {one.id: one for one in calendar.rounds_near(day)}
    since = day - timedelta(days=31)
    for one in audits:
        if one.allocation.extension is not None and one.allocation.extension >= since:
            near[one.allocation.round] = calendar.round(one.allocation.round)
    return near


def _returned(audit: Audit, sent: set[MessageKey], day: date) -> Audit:
    """The audit whose form comes back on the 12th, once its auditor has it."""
    month, number = _place(audit)
    posting = audit.holder("auditor")
    if number != p.RETURNED or audit.received or posting is None or day < month.replace(day=p.RETURN):
        return audit
    if details_key(audit, posting) not in sent:
        return audit
    return audit.receive(Received(1, day, "f" * 64, posting.person))


def _place(audit: Audit) -> tuple[date, int]:
    case = audit.allocation.case_number
    return date(int(case[:4]), int(case[4:6]), 1), int(case[6:])


def _planned(message: Message, audit: Audit, day: date) -> Planned:
    copied = tuple(one.key for one in message.copied)
    return Planned(day, message.kind, *_place(audit), message.to.key, copied)


def every_day(first: date, last: date) -> Iterator[date]:
    """Each day from the first to the last."""
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)
