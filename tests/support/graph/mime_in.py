"""Arrived MIME, taken apart as Exchange would for Graph's JSON. Whatever comes, it ends in a message."""

import email.header
import email.utils
import mimetypes
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message as Part
from email.policy import compat32

from .state import Address, Attachment

# Parts that Exchange takes in and does not show as attachments.
SWALLOWED = {
    *("message/delivery-status", "message/global-delivery-status", "message/disposition-notification"),
    *("text/rfc822-headers", "message/global-headers"),
}
# Header errors that damaged mail brings about in Python's parser.
DAMAGE = (LookupError, ValueError, TypeError, AttributeError, MessageError, UnicodeError)


@dataclass
class Parsed:
    """What Graph tells of a mail."""

    subject: str = ""
    from_: Address | None = None
    sender: Address | None = None
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    reply_to: list[Address] = field(default_factory=list)
    sent: datetime | None = None
    message_id: str = ""
    in_reply_to: str = ""
    references: str = ""
    importance: str = "normal"
    sensitivity: str = "0"
    body_kind: str = ""
    body: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)


def parsed(raw: bytes) -> Parsed:
    """The mail, taken apart."""
    mail = message_from_bytes(raw, policy=compat32)
    got = Parsed(headers=[(name, _unfolded(value)) for name, value in mail.items()])
    got.subject = _words(mail.get("Subject", ""))
    got.to, got.cc = _addresses(mail, "To"), _addresses(mail, "Cc")
    got.reply_to = _addresses(mail, "Reply-To")
    got.from_ = next(iter(_addresses(mail, "From")), None)
    got.sender = next(iter(_addresses(mail, "Sender")), got.from_)
    got.message_id = _unfolded(mail.get("Message-ID", "")).strip()
    got.in_reply_to = _unfolded(mail.get("In-Reply-To", "")).strip()
    got.references = " ".join(_unfolded(mail.get("References", "")).split())
    urgency = _unfolded(mail.get("Importance", "")).strip().lower()
    got.importance = urgency if urgency in ("low", "high") else "normal"
    secrecy = ["normal", "personal", "private", "company-confidential"]
    asked = _unfolded(mail.get("Sensitivity", "")).strip().lower()
    got.sensitivity = str(secrecy.index(asked)) if asked in secrecy else "0"
    got.sent = _moment(_unfolded(mail.get("Date", "")))
    for part in _leaves(mail):
        _take(got, part)
    got.body_kind = got.body_kind or "text"
    return got


def _leaves(part: Part) -> Iterator[Part]:
    """The parts that hold something, HTML before plain text where a mail offers both."""
    if not part.is_multipart() or part.get_content_maintype() == "message":
        yield part
        return
    inner = [one for one in part.get_payload() if isinstance(one, Part)]
    if part.get_content_type() != "multipart/alternative":
        for one in inner:
            yield from _leaves(one)
        return
    leaves = [leaf for one in inner for leaf in _leaves(one)]
    html = any(leaf.get_content_type() == "text/html" for leaf in leaves)
    yield from (leaf for leaf in leaves if not html or leaf.get_content_type() != "text/plain")


def _take(got: Parsed, part: Part) -> None:
    """Makes a part the body or an attachment."""
    kind, name = part.get_content_type(), _file_name(part)
    disposition = _unfolded(part.get("Content-Disposition", "")).split(";")[0].strip().lower()
    if kind in SWALLOWED and disposition != "attachment":
        return
    if kind in ("text/html", "text/plain") and not name and disposition != "attachment" and not got.body_kind:
        got.body_kind, got.body = ("html" if kind == "text/html" else "text"), _text(part)
        return
    if kind == "message/rfc822":
        got.attachments.append(_item(part))
        return
    inside = _unfolded(part.get("Content-ID", "")).strip().strip("<>") or None
    ending = mimetypes.guess_extension(kind) or ".bin"
    got.attachments.append(
        Attachment(
            "file",
            name or f"ATT{len(got.attachments) + 1:05}{ending}",
            _content(part),
            kind,
            inline=disposition == "inline" or (inside is not None and disposition != "attachment"),
            content_id=inside,
        )
    )


def _item(part: Part) -> Attachment:
    """A mail within the mail."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, Part):
        return Attachment("item", "Untitled", _content(part))
    if (encoding := _unfolded(part.get("Content-Transfer-Encoding", "")).lower()) in (
        "base64",
        "quoted-printable",
    ):
        return Attachment("item", "Untitled", _undone(_written(inner), encoding))
    return Attachment("item", _words(inner.get("Subject", "")) or "Untitled", _written(inner))


def _written(part: Part) -> bytes:
    """A part as MIME; nothing when it is too damaged to be written down."""
    with suppress(*DAMAGE):
        return part.as_bytes()
    return b""


def _undone(content: bytes, encoding: str) -> bytes:
    """A mail that was wrapped although it must not be."""
    wrapper = Part()
    wrapper["Content-Transfer-Encoding"] = encoding
    wrapper.set_payload(content.decode("ascii", "replace").lstrip("\r\n"))
    return _content(wrapper)


def _content(part: Part) -> bytes:
    """A part's bytes."""
    got = part.get_payload(decode=True)
    return got if isinstance(got, bytes) else b""


def _text(part: Part) -> str:
    """A part's words, whatever its charset claims."""
    content = _content(part)
    with suppress(*DAMAGE):
        return content.decode(part.get_content_charset("utf-8"), "replace")
    return content.decode("utf-8", "replace")


def _file_name(part: Part) -> str:
    with suppress(*DAMAGE):
        return _words(part.get_filename() or "")
    return ""


def _unfolded(value: object) -> str:
    """A header in one line."""
    return re.sub(r"\r?\n[ \t]*", " ", str(value)).encode("utf-8", "replace").decode()


def _words(value: object) -> str:
    """A header as it reads, encoded words decoded."""
    line = _unfolded(value)
    with suppress(*DAMAGE):
        return str(email.header.make_header(email.header.decode_header(line)))
    return line


def _addresses(mail: Part, name: str) -> list[Address]:
    """The addresses of a header, with the names as they read."""
    lines = [_unfolded(value) for value in mail.get_all(name, [])]
    with suppress(*DAMAGE):
        pairs = email.utils.getaddresses(lines)
        return [(_words(shown) or address, address) for shown, address in pairs if "@" in address]
    return []


def _moment(value: str) -> datetime | None:
    with suppress(*DAMAGE, OverflowError):
        moment = email.utils.parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return None
