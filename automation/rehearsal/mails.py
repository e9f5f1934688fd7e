"""The mails of a rehearsal's staff: what they got, with the form in it, and what they send back."""

import email.policy
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import format_datetime
from functools import cached_property
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from ..domain.ids import KEY_HEADER, REFERENCE, AuditRef

AUDIT = "audit"
"""What kind of form case details bring. The other kinds are those at the ends of their files' names."""

_LONDON = ZoneInfo("Europe/London")
_NAME = re.compile(rf"({REFERENCE.pattern})(?:-([a-z-]+))?\.docx")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Brought:
    """A form that a mail brought somebody: what they need in order to answer it."""

    reference: AuditRef
    kind: str
    to: str
    service: str
    subject: str
    message_id: str
    form: bytes
    sent: datetime

    @property
    def number(self) -> int:
        """The audit's number within its round, or the list's within its month."""
        return int(self.reference.rsplit("-", 1)[1])

    @cached_property
    def printed(self) -> Mapping[str, str]:
        """What is printed in the form, by the names of its places: `auditor_grade`, and in a list
        `actions_listed_1_action_id`."""
        return dict(_printed(self.form))


def brought(content: bytes) -> Iterator[Brought]:
    """The forms in a sent .eml that its reader is to fill in. A shared copy of an audit is none."""
    if b".docx" not in content:
        return  # most mails bring none, and parsing is slow
    mail = BytesParser(policy=email.policy.default).parsebytes(content)
    details = str(mail[KEY_HEADER]).strip().split("/")[1].startswith("case-details")
    for part in mail.iter_attachments():
        found = _NAME.fullmatch(part.get_filename() or "")
        kind = (found[4] or (AUDIT if details else "")) if found else ""
        if found and kind:
            form = part.get_payload(decode=True)
            assert isinstance(form, bytes)
            yield Brought(
                AuditRef(found[1]),
                kind,
                str(mail["To"].addresses[0].addr_spec),
                str(mail["From"].addresses[0].addr_spec),
                # Where a header's first line is its name alone, a blank is left before its value.
                str(mail["Subject"]).strip(),
                str(mail["Message-ID"]).strip(),
                form,
                mail["Date"].datetime,
            )


def _printed(form: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        root = ElementTree.fromstring(archive.read("word/document.xml"))  # noqa: S314 - we wrote it
    for paragraphs in root.iter(f"{_W}tc"):
        marks = [str(one.get(f"{_W}name")) for one in paragraphs.iter(f"{_W}bookmarkStart")]
        if len(marks) == 1:
            lines = ["".join(_said(one)) for one in paragraphs.iter(f"{_W}p")]
            yield marks[0], "\n".join(lines).strip()


def _said(paragraph: ElementTree.Element) -> Iterator[str]:
    for one in paragraph.iter():
        if one.tag == f"{_W}t":
            yield one.text or ""
        elif one.tag == f"{_W}br":
            yield "\n"


def written_at(content: bytes) -> datetime:
    """When a mail was written, as it says itself."""
    moment: datetime = BytesHeaderParser(policy=email.policy.default).parsebytes(content)["Date"].datetime
    return moment


def reply(
    one: Brought,
    day: date,
    subject: str,
    body: str,
    form: bytes | None = None,
    name: str = "Completed audit form.docx",
    automatic: bool = False,
) -> bytes:
    """A mail that answers the one that brought a form."""
    mail = EmailMessage(email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = one.to, one.service, subject
    # Half past two in the afternoon: after the morning's pass, before midnight of the due date.
    mail["Date"] = format_datetime(datetime.combine(day, time(14, 30), _LONDON))
    told = f"{one.reference}{one.kind}{one.to}{day}{subject}"
    mark = hashlib.sha256(told.encode()).hexdigest()[:24]
    mail["Message-ID"] = f"<{mark}@{one.to.rpartition('@')[2]}>"
    mail["In-Reply-To"] = mail["References"] = one.message_id
    if automatic:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(body)
    if form is not None:
        mail.add_attachment(form, "application", "octet-stream", filename=name)
        mail.set_boundary(f"={mark}=")
    return mail.as_bytes()


def came_back(one: Brought, day: date) -> bytes:
    """What a mail system writes when somebody's mailbox is full (RFC 3464)."""
    domain = one.to.rpartition("@")[2]
    mark = hashlib.sha256(f"{one.reference}{day} came back".encode()).hexdigest()[:24]
    when = format_datetime(datetime.combine(day, time(8, 5), _LONDON))
    return (
        f"Return-Path: <>\r\nFrom: Mail system <postmaster@{domain}>\r\nTo: {one.service}\r\n"
        f"Subject: Undeliverable: {one.subject}\r\nDate: {when}\r\nMessage-ID: <{mark}@{domain}>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="={mark}="\r\n\r\n'
        f"--={mark}=\r\nContent-Type: text/plain\r\n\r\nThe mailbox is full.\r\n"
        f"--={mark}=\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.{domain}\r\n\r\n"
        f"Final-Recipient: rfc822; {one.to}\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\r\n\r\n"
        f"--={mark}=\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {one.message_id}\r\n"
        f"Subject: {one.subject}\r\n\r\n--={mark}=--\r\n"
    ).encode()


def zipped(form: bytes) -> bytes:
    """The form in a zip file, always the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("Completed audit form.docx"), form)
    return out.getvalue()
