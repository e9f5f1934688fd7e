"""Letters to MIME and MIME to mails, for adapters whose mailbox speaks it."""

import email.policy
import hashlib
import re
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, parseaddr, parsedate_to_datetime

from ..domain.ids import MessageKey
from ..domain.message import File, Letter, Mail, Recipient
from ..ports import MailUnreadableError

KEY_HEADER = "X-Case-Audit-Key"


def mime_from_letter(letter: Letter, key: MessageKey, sender: Recipient) -> bytes:
    """The letter as an .eml file. The same letter under the same key gives the same bytes."""
    mark = hashlib.sha256(key.encode()).hexdigest()[:32]
    mime = EmailMessage(email.policy.SMTP)
    mime["Date"] = format_datetime(letter.stamp)
    mime["From"] = _address(sender)
    mime["To"] = _address(letter.to)
    if letter.copied:
        mime["Cc"] = tuple(_address(one) for one in letter.copied)
    mime["Subject"] = letter.subject
    mime["Message-ID"] = f"<{mark}@{sender.address.rpartition('@')[2]}>"
    if letter.answers:
        mime["In-Reply-To"] = letter.answers
        mime["References"] = letter.answers
    # RFC 3834: robots must not answer us. `All` would also suppress the bounces that QA needs, and
    # out-of-office replies are left on: QA wants to know who is away.
    mime["Auto-Submitted"] = "auto-generated"
    mime["X-Auto-Response-Suppress"] = "AutoReply, DR, RN, NRN"
    mime[KEY_HEADER] = key
    if letter.urgent:
        mime["Importance"] = "high"
    mime.set_content(letter.text, cte="quoted-printable")
    mime.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for file in letter.files:
        main, _, sub = file.media_type.partition("/")
        mime.add_attachment(file.content, main, sub, filename=file.name)
    for place, part in enumerate(mime.walk()):
        if part.is_multipart():
            part.set_boundary(f"={mark}={place}")
    return mime.as_bytes()


def _address(one: Recipient) -> Address:
    return Address(display_name=one.name, addr_spec=one.address)


def mail_from_mime(mail_id: str, content: bytes, arrived: datetime) -> Mail:
    """The mail in an .eml file. `arrived` stands in where the Date header is missing or no date.

    Raises MailUnreadableError when there is no sender to be found in it.
    """
    try:
        mime = BytesParser(policy=email.policy.default).parsebytes(content)
        sender = parseaddr(str(mime.get("From", "")))[1].lower()
        if not sender:
            raise MailUnreadableError("It has no From address.")
        return Mail(
            id=mail_id,
            message_id=_message_id(content),
            sender=sender,
            subject=" ".join(str(mime.get("Subject", "")).split()),
            text=_text(mime),
            received=_received(mime, arrived),
            files=tuple(_files(mime)),
            automatic=automatic(mime),
        )
    # The parser keeps going on most damage; on the rest it fails with one of these.
    except (ValueError, LookupError, AttributeError, TypeError) as fault:
        raise MailUnreadableError(f"It is not a mail that can be read ({type(fault).__name__}).") from None


def automatic(mime: EmailMessage) -> str:
    """Why no person wrote this mail, empty when one did (RFC 3834, RFC 3464, RFC 8098)."""
    kind = mime.get_content_type()
    report = str(mime.get_param("report-type", "") or "").lower()
    sender = parseaddr(str(mime.get("From", "")))[1].lower()
    if kind == "multipart/report" and report == "delivery-status":
        return "bounce"
    if kind == "multipart/report":
        return "receipt"
    if str(mime.get("Return-Path", "x")).strip() == "<>" or sender.startswith(
        ("mailer-daemon@", "postmaster@")
    ):
        return "bounce"
    if any(p.get_content_type() == "text/calendar" and p.get_param("method") == "REPLY" for p in mime.walk()):
        return "meeting reply"
    if str(mime.get("Auto-Submitted", "no")).split(";")[0].strip().lower() != "no":
        return "auto-reply"
    if mime.get("X-Autoreply") or mime.get("X-Autorespond") or mime.get("X-Auto-Response"):
        return "auto-reply"
    if str(mime.get("Precedence", "")).strip().lower() in ("auto_reply", "bulk", "junk", "list"):
        return "automatic"
    if re.match(
        r"(automatic reply|auto(matic)?[ -]?response|out of office)\b", str(mime.get("Subject", "")), re.I
    ):
        return "auto-reply"
    return ""


def _message_id(content: bytes) -> str:
    """The Message-ID as it was written: the library stops at some that Microsoft and others make."""
    head = re.split(rb"\r?\n\r?\n", content, maxsplit=1)[0]
    found = re.search(rb"^message-id:\s*(<[^<>\s]{1,250}>)\s*$", head, re.IGNORECASE | re.MULTILINE)
    return found.group(1).decode("ascii", "ignore") if found else ""


def _received(mime: EmailMessage, arrived: datetime) -> datetime:
    try:
        sent = parsedate_to_datetime(str(mime.get("Date", "")))
    except ValueError:
        return arrived
    if not 1 < sent.year < 9999:
        return arrived  # no calendar can tell such a date in another zone
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)


def _text(mime: EmailMessage) -> str:
    body = mime.get_body(("plain", "html"))
    if body is None:
        return ""
    content = body.get_content()
    return content if isinstance(content, str) else ""


def _files(mime: EmailMessage) -> list[File]:
    """The attachments, at any depth, without the pictures that signatures carry in the text."""
    found = []
    for part in mime.walk():
        kind, name = part.get_content_type(), part.get_filename()
        apart = part.get_content_disposition() == "attachment" or (name and not part.is_multipart())
        inline_picture = part.get_content_disposition() != "attachment" and kind.startswith("image/")
        if not apart or inline_picture or kind == "text/calendar":
            continue
        content = part.get_payload(decode=True)
        if kind == "message/rfc822":
            content = b"".join(one.as_bytes() for one in part.iter_parts())
        if isinstance(content, bytes):
            found.append(File(name or "attachment", kind, content))
    return found
