"""The auditors of a rehearsal: they open the mails they got, fill the Word form in, and reply, each in their
own way. Everything they do follows from the audit's number, so that a second rehearsal is the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..documents.form_fill import fill
from ..domain.calendar import Round, WorkingCalendar
from ..domain.form import Form
from ..domain.ids import AuditRef
from .answers import filled_in
from .mails import Brought, came_back, reply, zipped

_LATE = 12
_NEVER = 25


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who audits in this round."""

    round: Round
    working: WorkingCalendar
    form: Form
    leavers: frozenset[AuditRef] = frozenset()
    """Audits whose first auditor leaves without an answer."""
    extensions: Mapping[AuditRef, date] = field(default_factory=dict)
    """Audits with a later due date."""

    def replies(self, day: date, got: Mapping[AuditRef, tuple[Brought, ...]]) -> Iterator[bytes]:
        """The mails that staff send on `day`. `got` are the forms each audit's auditors were sent so far,
        oldest first; the newest is the one that is answered."""
        for reference, mails in got.items():
            one = mails[-1]
            # The same mail comes twice to somebody whose mailbox was full.
            auditors = {each.to for each in mails}
            if reference in self.leavers and len(auditors) == 1:
                continue
            for what, wanted in self._plan(one, len(auditors) > 1).items():
                if wanted == day:
                    yield from self._write(what, one, day, got)

    def _plan(self, one: Brought, took_over: bool) -> dict[str, date]:
        """What an auditor does when. The usual: one well-filled form on a working day of the month."""
        n, start, due = one.number, self.round.start, self.round.due
        usual = self._usual_day(n)
        if one.reference in self.extensions:
            return {"form": self.working.add_working_days(self.extensions[one.reference], -1)}
        if took_over:
            return {"form": self.working.add_working_days(due, -1)}
        if n == 5:
            return {"short": usual}
        if n == 9:
            return {"wrong case": usual, "form": self.working.add_working_days(usual, 2)}
        if n == 11:
            return {"scan": usual, "form": self.working.add_working_days(usual, 2)}
        if n == 21:
            return {"zipped": usual}
        if n == 37:
            return {"mailbox full": start, "form": usual}
        if n == 13:
            return {"incomplete": usual, "form": self.working.add_working_days(usual, 3)}
        if n == 17:
            return {"out of office": start, "form": usual}
        if n == 19:
            return {"form": usual, "again": self.working.add_working_days(usual, 1)}
        if n == 23:
            return {"form": usual, "corrected": self.working.add_working_days(usual, 3)}
        if n in (4, 29):
            return {"concern": self._before_day_six()}
        if n == 31:
            return {"thanks": start, "form": usual}
        if n in (41, 67):
            return {"incomplete": usual}
        if n % _NEVER == 3:
            return {}
        if n % _LATE == 7:
            return {"form": self.working.add_working_days(due, 1 + n % 3)}
        return {"form": usual}

    def _before_day_six(self) -> date:
        """The last working day before the round's sixth day, on which its form is then read, be it a
        Saturday."""
        return self.working.roll_back(self.round.start + timedelta(days=4))

    def _usual_day(self, number: int) -> date:
        """A working day between the first week and the due date, a fair part of them in the last week."""
        days = self.working.working_days_between(self.round.start, self.round.due)
        spread = 2 + (number * 7919) % max(days - 2, 1)
        day = self.working.add_working_days(self.round.start, spread)
        return min(day, self.round.due)

    def _write(
        self, what: str, one: Brought, day: date, got: Mapping[AuditRef, tuple[Brought, ...]]
    ) -> Iterator[bytes]:
        if what == "out of office":
            yield reply(one, day, f"Automatic reply: {one.subject}", _AWAY, automatic=True)
        elif what == "mailbox full":
            yield came_back(one, day)
        elif what == "thanks":
            yield reply(one, day, f"RE: {one.subject}", "Thank you, I will make a start next week.\n")
        elif what == "scan":
            yield reply(one, day, f"RE: {one.subject}", _BODY, b"%PDF-1.7 a scan of the form", "Scan.pdf")
        else:
            source = one
            if what == "wrong case":
                others = sorted(ref for ref in got if ref > one.reference) or sorted(got)
                source = got[others[0]][-1]
            # Sent again, it is the same file: written on the day of the first time.
            written = self._usual_day(one.number) if what == "again" else day
            answers, rows = filled_in(self.form, one.number, written, what)
            document = fill(source.form, answers, rows)
            if what == "zipped":
                yield reply(one, day, f"RE: {one.subject}", _BODY, zipped(document), "Audit.zip")
            else:
                yield reply(one, day, f"RE: {one.subject}", _BODY, document)


_BODY = "Please find my completed audit attached.\n\nKind regards\n"
_AWAY = "I am away from the office and will answer when I am back.\n"
