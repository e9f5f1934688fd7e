"""The staff of a rehearsal: they open the mails they got, fill the Word form in, and reply, each in their
own way. Everything they do follows from the audit's number, so that a second rehearsal is the same."""

import email.policy
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from ..documents.form_fill import fill
from ..domain.calendar import Round, WorkingCalendar
from ..domain.form import Form
from ..domain.ids import AuditRef
from .answers import filled_in

_LONDON = ZoneInfo("Europe/London")
_LATE = 12
_NEVER = 25


@dataclass(frozen=True, slots=True)
class Assignment:
    """A mail that brought somebody a form: what they need in order to answer it."""

    reference: AuditRef
    auditor: str
    service: str
    subject: str
    message_id: str
    form: bytes
    sent: datetime

    @property
    def number(self) -> int:
        """The audit's number within its round."""
        return int(self.reference.rsplit("-", 1)[1])


def assignment(content: bytes) -> Assignment | None:
    """The assignment in a sent .eml, None when it carries no form."""
    mail = BytesParser(policy=email.policy.default).parsebytes(content)
    forms = [p for p in mail.iter_attachments() if (p.get_filename() or "").endswith(".docx")]
    if not forms:
        return None
    form = forms[0].get_payload(decode=True)
    assert isinstance(form, bytes)
    return Assignment(
        AuditRef(str(forms[0].get_filename()).removesuffix(".docx")),
        str(mail["To"].addresses[0].addr_spec),
        str(mail["From"].addresses[0].addr_spec),
        # Where a header's first line is its name alone, a blank is left before its value.
        str(mail["Subject"]).strip(),
        str(mail["Message-ID"]).strip(),
        form,
        mail["Date"].datetime,
    )


def written_at(content: bytes) -> datetime:
    """When a mail was written, as it says itself."""
    moment: datetime = BytesHeaderParser(policy=email.policy.default).parsebytes(content)["Date"].datetime
    return moment


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

    def replies(self, day: date, got: Mapping[AuditRef, tuple[Assignment, ...]]) -> Iterator[bytes]:
        """The mails that staff send on `day`. `got` are the forms each audit's auditors were sent so far,
        oldest first; the newest is the one that is answered."""
        for reference, assignments in got.items():
            one = assignments[-1]
            # The same mail comes twice to somebody whose mailbox was full.
            auditors = {each.auditor for each in assignments}
            if reference in self.leavers and len(auditors) == 1:
                continue
            for what, wanted in self._plan(one, len(auditors) > 1).items():
                if wanted == day:
                    yield from self._write(what, one, day, got)

    def _plan(self, one: Assignment, took_over: bool) -> dict[str, date]:
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
        if n == 29:
            return {"concern": usual}
        if n == 31:
            return {"thanks": start, "form": usual}
        if n in (41, 67):
            return {"incomplete": usual}
        if n % _NEVER == 3:
            return {}
        if n % _LATE == 7:
            return {"form": self.working.add_working_days(due, 1 + n % 3)}
        return {"form": usual}

    def _usual_day(self, number: int) -> date:
        """A working day between the first week and the due date, a fair part of them in the last week."""
        days = self.working.working_days_between(self.round.start, self.round.due)
        spread = 2 + (number * 7919) % max(days - 2, 1)
        day = self.working.add_working_days(self.round.start, spread)
        return min(day, self.round.due)

    def _write(
        self, what: str, one: Assignment, day: date, got: Mapping[AuditRef, tuple[Assignment, ...]]
    ) -> Iterator[bytes]:
        if what == "out of office":
            yield _mail(one, day, f"Automatic reply: {one.subject}", _AWAY, automatic=True)
        elif what == "mailbox full":
            yield _came_back(one, day)
        elif what == "thanks":
            yield _mail(one, day, f"RE: {one.subject}", "Thank you, I will make a start next week.\n")
        elif what == "scan":
            yield _mail(one, day, f"RE: {one.subject}", _BODY, b"%PDF-1.7 a scan of the form", "Scan.pdf")
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
                yield _mail(one, day, f"RE: {one.subject}", _BODY, _zipped(document), "Audit.zip")
            else:
                yield _mail(one, day, f"RE: {one.subject}", _BODY, document)


_BODY = "Please find my completed audit attached.\n\nKind regards\n"
_AWAY = "I am away from the office and will answer when I am back.\n"


def _mail(
    one: Assignment,
    day: date,
    subject: str,
    body: str,
    form: bytes | None = None,
    name: str = "Completed audit form.docx",
    automatic: bool = False,
) -> bytes:
    mail = EmailMessage(email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = one.auditor, one.service, subject
    # Half past two in the afternoon: after the morning's pass, before midnight of the due date.
    mail["Date"] = format_datetime(datetime.combine(day, time(14, 30), _LONDON))
    mark = hashlib.sha256(f"{one.reference}{day}{subject}".encode()).hexdigest()[:24]
    mail["Message-ID"] = f"<{mark}@{one.auditor.rpartition('@')[2]}>"
    mail["In-Reply-To"] = mail["References"] = one.message_id
    if automatic:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(body)
    if form is not None:
        mail.add_attachment(form, "application", "octet-stream", filename=name)
        mail.set_boundary(f"={mark}=")
    return mail.as_bytes()


def _zipped(form: bytes) -> bytes:
    """The form in a zip file, always the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("Completed audit form.docx"), form)
    return out.getvalue()


def _came_back(one: Assignment, day: date) -> bytes:
    """What a mail system writes when somebody's mailbox is full (RFC 3464)."""
    domain = one.auditor.rpartition("@")[2]
    mark = hashlib.sha256(f"{one.reference}{day} came back".encode()).hexdigest()[:24]
    when = format_datetime(datetime.combine(day, time(8, 5), _LONDON))
    return (
        f"Return-Path: <>\r\nFrom: Mail system <postmaster@{domain}>\r\nTo: {one.service}\r\n"
        f"Subject: Undeliverable: {one.subject}\r\nDate: {when}\r\nMessage-ID: <{mark}@{domain}>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="={mark}="\r\n\r\n'
        f"--={mark}=\r\nContent-Type: text/plain\r\n\r\nThe mailbox is full.\r\n"
        f"--={mark}=\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.{domain}\r\n\r\n"
        f"Final-Recipient: rfc822; {one.auditor}\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\r\n\r\n"
        f"--={mark}=\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {one.message_id}\r\n"
        f"Subject: {one.subject}\r\n\r\n--={mark}=--\r\n"
    ).encode()
