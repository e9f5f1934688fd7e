"""Taking up a sheet: what its rows change in the audits we know, and what must be asked first."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from .allocation import Allocation, Status
from .audit import ROLES, Audit
from .calendar import Calendar, Round, WorkingCalendar
from .conflict import conflicts
from .history import Event
from .ids import AuditRef, CaseNumber, RoundId, audit_reference
from .people import Organisation
from .problem import Problem
from .rules import Rules

_FEW = 10
"""So many new rows are never too many."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A sheet's rows after parsing. `waiting` are rows that exist and cannot be used now: round, case
    number where it could be read, and row number. `where` names the cell of a row and column key."""

    allocations: Sequence[Allocation]
    waiting: Sequence[tuple[RoundId | None, CaseNumber | None, int]]
    organisation: Organisation
    where: Callable[[int, str], str]
    sheet: str


@dataclass(frozen=True, slots=True)
class TakenUp:
    """The audits that are new or changed, the problems found, what happened, the rounds held back, and
    the rows (`round/case number`) that came too late to go without QA's yes."""

    audits: tuple[Audit, ...]
    problems: tuple[Problem, ...]
    events: tuple[Event, ...]
    held: tuple[RoundId, ...]
    late: tuple[str, ...]


def take_up(
    rows: Rows,
    known: Sequence[Audit],
    calendar: Calendar,
    rules: Rules,
    today: date,
    last_read: date | None,
    late_before: Collection[str] = (),
    given: Mapping[str, str] = MappingProxyType({}),
    said_yes: Collection[RoundId] = (),
) -> TakenUp:
    """What this sheet changes today. `last_read` is the day of the reading before, None for the first;
    `late_before` are the rows that it found too late. `given` are the references that cases had (by
    `round/case number`) before the store was restored: those keep them. `said_yes` are the rounds that may
    grow.

    A round is taken up from the day its preview goes until its due date; later, its known audits only.
    A round whose rows have shrunk or grown too far is held as a whole: nothing of it changes.
    """
    audits: list[Audit] = []
    problems: list[Problem] = []
    events: list[Event] = []
    held: list[RoundId] = []
    late: list[str] = []
    for round_, open_ in _rounds(calendar, rules, known, today):
        mine = [a for a in known if a.allocation.round == round_.id]
        taking = _Taking(rows, round_, calendar.working, rules, today, last_read, open_, late_before, given)
        asked = taking.shrunk(mine) or (None if round_.id in said_yes else taking.grown(mine))
        if asked:
            held.append(round_.id)
            problems.append(asked)
            continue
        for audit, event in taking.audits(mine, problems, late):
            audits.append(audit)
            events += event
    return TakenUp(tuple(audits), tuple(problems), tuple(events), tuple(held), tuple(late))


def _rounds(
    calendar: Calendar, rules: Rules, known: Sequence[Audit], today: date
) -> Iterator[tuple[Round, bool]]:
    """Each round to look at, and whether it may still gain audits."""
    ids = {round_.id for round_ in calendar.rounds_near(today)} | {a.allocation.round for a in known}
    # An ad-hoc round that the Calendar sheet no longer names is over: QA has tidied it away.
    there = [calendar.round(one) for one in ids if calendar.knows(one)]
    for round_ in sorted(there, key=lambda one: (one.start, one.id)):
        preview = calendar.working.add_working_days(round_.start, -rules.preview_working_days)
        yield round_, not round_.skipped and preview <= today <= round_.due


@dataclass(frozen=True, slots=True)
class _Taking:
    """One round of one reading."""

    rows: Rows
    round: Round
    working: WorkingCalendar
    rules: Rules
    today: date
    last_read: date | None
    open: bool
    late_before: Collection[str]
    given: Mapping[str, str]

    def shrunk(self, known: Sequence[Audit]) -> Problem | None:
        """The problem of a round that lost too many rows at once, else None."""
        cases = {a.case_number for a in self.rows.allocations if a.round == self.round.id}
        cases |= {
            case for round_id, case, _ in self.rows.waiting if round_id in (self.round.id, None) and case
        }
        unread = sum(case is None for _, case, _ in self.rows.waiting)
        present = sum(a.allocation.case_number in cases for a in live_audits(known)) + unread
        live = live_audits(known)
        lost = len(live) - present
        if not live or lost * 100 < self.rules.shrink_percent * len(live) or lost < 2:
            return None
        return Problem(
            self.rows.sheet,
            f"{lost} of {len(live)} rows of {self.round.name} have gone. The round is held: nothing is sent.",
            "Put the rows back. To end an audit, keep its row and set Status to Withdrawn.",
        )

    def grown(self, known: Sequence[Audit]) -> Problem | None:
        """The problem of a round that gains too many rows at once after it began, or has far more than there
        are people to audit them; else None. A wrong paste must not reach people."""
        mine = [a for a in self.rows.allocations if a.round == self.round.id and a.status.sends]
        cases = {a.allocation.case_number for a in known}
        new = [
            a for a in mine if a.case_number not in cases and f"{a.round}/{a.case_number}" not in self.given
        ]
        if not new or not self.open:
            return None
        remedy = f"Check the rows. If they are right: `case-audit release --round {self.round.id}`."
        begun = known and self.today >= self.round.start
        if begun and len(new) >= _FEW and len(new) * 100 > self.rules.grow_percent * len(known):
            what = f"{self.round.name} has begun and gains {len(new)} rows at once, and had {len(known)}."
            return Problem(self.rows.sheet, f"{what} The round is held: nothing is sent.", remedy)
        people = self.rows.organisation.in_roles(self.rules.must_audit, self.today)
        if len(mine) > max(_FEW, self.rules.most_rows_for_each_auditor * len(people)):
            what = f"{self.round.name} has {len(mine)} rows, and {len(people)} people must audit."
            return Problem(self.rows.sheet, f"{what} The round is held: nothing is sent.", remedy)
        return None

    def audits(
        self, known: Sequence[Audit], problems: list[Problem], late: list[str]
    ) -> Iterator[tuple[Audit, tuple[Event, ...]]]:
        """Each audit that is new or changed, with what happened to it."""
        by_case = {a.allocation.case_number: a for a in known}
        seen: set[CaseNumber] = set()
        taken = {a.reference for a in known} | set(self.given.values())
        mine = (one for one in taken if one.startswith(f"CFA-{self.round.id}-"))
        numbers = (one.removeprefix(f"CFA-{self.round.id}-") for one in mine)
        number = max((int(one) for one in numbers if one.isdecimal()), default=0)
        late_rows: list[int] = []
        for row in self._one_row_per_case():
            seen.add(row.case_number)
            before = by_case.get(row.case_number)
            # A finished audit was done before anybody changed posts.
            broken = () if before is not None and before.received is not None else self._conflicts(row)
            problems += broken
            if before is not None:
                yield from self._changed(before, row, waiting=bool(broken))
            elif self.open and not broken and (row.auditor or not row.status.sends):
                if self._too_late(row):
                    late.append(f"{row.round}/{row.case_number}")
                    late_rows.append(row.row)
                    continue
                given = self.given.get(f"{row.round}/{row.case_number}")
                number += given is None
                yield self._new(row, AuditRef(given) if given else audit_reference(self.round.id, number))
        for _, case, _row in (w for w in self.rows.waiting if w[0] == self.round.id and w[1] is not None):
            assert case is not None
            seen.add(case)
            if case in by_case and not by_case[case].waiting:
                yield self._stopped(by_case[case], waiting=True)
        if late_rows:
            problems.append(self._ask_late(late_rows, bool(known)))
        for audit in known:
            if audit.allocation.case_number not in seen:
                problems += self._gone(audit)
                if not audit.gone:
                    yield self._stopped(audit, gone=True)

    def _one_row_per_case(self) -> Sequence[Allocation]:
        """The round's rows. Where a case has a withdrawn row and another one, the other one counts."""
        mine = [one for one in self.rows.allocations if one.round == self.round.id]
        chosen = {one.case_number: one for one in sorted(mine, key=lambda a: (a.status.sends, a.row))}
        return sorted(chosen.values(), key=lambda one: one.row)

    def _conflicts(self, row: Allocation) -> tuple[Problem, ...]:
        """One problem for the auditor, and one for the delegate, whose return would count as well."""
        if row.auditor is None or not row.status.sends:
            return ()
        found = []
        for column, key in (("auditor", row.auditor), ("delegate", row.delegate)):
            says = conflicts(row, key, self.rows.organisation, self.rules.conflicts) if key else ()
            if says:
                where = self.rows.where(row.row, column)
                found.append(Problem(where, " ".join(says), f"Choose another {column}.", row=row.row))
        return tuple(found)

    def _fresh(self) -> date:
        """The first day on which this reading could tell of a change: the day after the reading before."""
        after = self.last_read + timedelta(days=1) if self.last_read else self.round.start
        return max(self.round.start, min(after, self.today))

    def _too_late(self, row: Allocation) -> bool:
        if row.status is Status.SEND_LATE or f"{row.round}/{row.case_number}" in self.given:
            return False
        late = self.working.working_days_between(self._fresh(), self.today)
        was_late = f"{row.round}/{row.case_number}" in self.late_before
        return was_late or late > self.rules.late_after_working_days

    def _ask_late(self, rows: Sequence[int], known: bool) -> Problem:
        """What to ask of rows that came late. A round that began before we first looked is no alarm."""
        listed = ", ".join(str(row) for row in rows[:20]) + (" and others" if len(rows) > 20 else "")
        return Problem(
            f"{self.rows.sheet}, rows {listed}",
            f"These case details of {self.round.name} are late and were not sent.",
            "Where they should still go, set Status to Send late.",
            stops=known,
        )

    def _new(self, row: Allocation, reference: AuditRef) -> tuple[Audit, tuple[Event, ...]]:
        audit = Audit(reference, row)
        audit = audit.post(row, self.rows.organisation, self._fresh(), self.today)
        # Not the case number: what the history holds can never be erased.
        facts = {"auditor": row.auditor, "row": row.row}
        return audit, (Event(audit.reference, "allocated", facts),)

    def _changed(
        self, before: Audit, row: Allocation, waiting: bool
    ) -> Iterator[tuple[Audit, tuple[Event, ...]]]:
        if waiting or (row.auditor is None and row.status.sends):
            if not before.waiting:
                yield self._stopped(before, waiting=True)
            return
        if before.received is not None:
            # A finished audit keeps the people it was done with; only QA's own columns still count.
            after = replace(before, allocation=replace(row, auditor=before.allocation.auditor))
            after = replace(after, waiting=False, gone=False)
        else:
            after = before.post(row, self.rows.organisation, self._fresh(), self.today)
        if after != before:
            yield after, tuple(_events(before, after))

    def _stopped(
        self, audit: Audit, waiting: bool = False, gone: bool = False
    ) -> tuple[Audit, tuple[Event, ...]]:
        what = "row gone from the sheet" if gone else "row cannot be used, waiting"
        after = replace(audit, waiting=audit.waiting or waiting, gone=audit.gone or gone)
        return after, (Event(audit.reference, what),)

    def _gone(self, audit: Audit) -> tuple[Problem, ...]:
        if not _counts(audit):
            return ()
        return (
            Problem(
                self.rows.sheet,
                f"The row of {audit.reference} (case {audit.allocation.case_number}) has gone. "
                "The audit is held: nothing is sent.",
                "Put the row back. To end the audit, keep its row and set Status to Withdrawn.",
            ),
        )


def _counts(audit: Audit) -> bool:
    """Whether the sheet would be missed this audit's row: one that is over may be tidied away."""
    return audit.received is None and audit.allocation.status.sends


def live_audits(known: Sequence[Audit]) -> list[Audit]:
    """The audits whose rows must stay in the sheet."""
    return [audit for audit in known if _counts(audit)]


def _events(before: Audit, after: Audit) -> Iterator[Event]:
    reference = after.reference
    if before.gone or before.waiting:
        yield Event(reference, "row usable again")
    for role in ROLES:
        was, is_ = before.holder(role), after.holder(role)
        if (was and was.person) != (is_ and is_.person):
            facts = {"from": was.person if was else "", "to": is_.person if is_ else ""}
            yield Event(reference, f"{role.replace('_', ' ')} changed", facts)
    old, new = before.allocation, after.allocation
    if old.status is not new.status:
        yield Event(reference, "status changed", {"from": old.status.value, "to": new.status.value})
    if old.extension != new.extension:
        yield Event(reference, "extension changed", {"from": old.extension, "to": new.extension})
