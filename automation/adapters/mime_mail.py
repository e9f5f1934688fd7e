"""MIME to mails, for adapters whose mailbox speaks it."""

import base64
import binascii
import codecs
import email.policy
import quopri
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from ..domain.automatic_mail import MailSigns, why_automatic
from ..domain.delivery_report import Report, actions_in, bounces_in
from ..domain.ids import CONTENTS_HEADER, KEY_HEADER
from ..domain.message import File, Mail
from ..domain.sender_proof import sender_disproved
from ..ports import MailUnreadableError

_MOST_ANSWERED, _MOST_PARTS, _MOST_STEPS = 50, 500, 5_000_000
_LONGEST_HEADER, _MOST_HEADERS, _LONGEST_TEXT = 20_000, 500, 100_000
_PARSED = 1_000  # of a header: the library takes quadratic time to take some apart
# What the parser raises on mail that somebody made to break it; on most damage it keeps going.
_ODD = (ValueError, LookupError, AttributeError, TypeError, ArithmeticError, AssertionError)
_BROKEN = (*_ODD, MessageError, RuntimeError, MemoryError, StopIteration, re.error)


class Policy(email.policy.EmailPolicy):
    """Ids and keys stay in one piece: folded as text they would be encoded, and no program finds them. Of
    a header that came in, only the beginning is taken apart."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        whole = f"{name}: {value}"
        if name == CONTENTS_HEADER and whole.isascii():
            return "\r\n ".join(whole.split()).encode() + b"\r\n"
        if name in ("In-Reply-To", "References", KEY_HEADER) and whole.isascii() and len(whole) < 990:
            return whole.encode() + b"\r\n"
        return super().fold_binary(name, value)

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return value if hasattr(value, "name") else _parsed(name, value[:_PARSED])


@lru_cache(maxsize=256)
def _parsed(name: str, value: str) -> Any:
    try:
        return email.policy.default.header_fetch_parse(name, value)
    except UnicodeError:  # half a character is hidden in its encoded words or parameters: as they stand
        return email.policy.default.header_fetch_parse(name, value.replace("=?", "= ?").replace("*", ""))


WRITING = Policy(linesep="\r\n")
_READING = Policy(refold_source="none")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a mail system says of a mail beside its MIME: Exchange's message class, headers that it kept
    apart, and whether a file came as a link to it."""

    message_class: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    linked: bool = False


def mail_from_mime(mail_id: str, content: bytes, arrived: datetime, seen: Seen | None = None) -> Mail:
    """The mail in an .eml file. `arrived` stands in where the Date header is missing or no date.

    No text in it has a NUL or half a character, which no store takes. Raises MailUnreadableError when there
    is no sender to be found in it, it is broken, or reading it would take too long.
    """
    try:
        if _is_bomb(content):
            raise MailUnreadableError("It is made of too many parts.")
        mime = BytesParser(policy=_READING).parsebytes(content)
        assert isinstance(mime, EmailMessage)
        sender = _clean(parseaddr(str(mime.get("From", "")))[1].lower())
        if not sender:
            raise MailUnreadableError("It has no From address.")
        return _mail(mail_id, content, mime, sender, arrived, seen or Seen())
    except _BROKEN as fault:
        raise MailUnreadableError(f"It is not a mail that can be read ({type(fault).__name__}).") from None


def _is_bomb(content: bytes) -> bool:
    """Whether the parser would take too long: it asks at each line whether any part around it ends, and makes
    a part of each paragraph of a delivery report."""
    low = content.lower()
    lines, parts = (len(re.findall(one, low)) for one in (rb"[\r\n]", rb"[\r\n]--"))
    around = low.count(b"multipart") + len(re.findall(rb"message\s{0,9}[/(]", low))
    if b"delivery-status" in low:
        parts += len(re.findall(rb"\n\r?\n|\r\r", low)) // 10
    return around > 0 and (parts > _MOST_PARTS or around * lines > _MOST_STEPS)


def _clean(text: str) -> str:
    return re.sub("[\ud800-\udfff\0]", "\N{REPLACEMENT CHARACTER}", text)


def _mail(
    mail_id: str, content: bytes, mime: EmailMessage, sender: str, arrived: datetime, seen: Seen
) -> Mail:
    headers, parts = _headers(mime, seen), tuple(_parts(mime, content))
    subject, text = _clean(" ".join(str(mime.get("Subject", "")).split())), _text(mime)
    given = " ".join((*headers.get("in-reply-to", ()), *headers.get("references", ())))
    answers = tuple(dict.fromkeys(re.findall(r"<[^<>\s]{1,250}>", given)))[:_MOST_ANSWERED]
    report = Report(
        status=_first(parts, r"message/(global-)?delivery-status"),
        text=text,
        returned=_first(parts, r"message/(rfc822|global)|text/rfc822-headers|message/global-headers"),
        subject=subject,
        failed=tuple(headers.get("x-failed-recipients", ())),
        answers=answers,
    )
    methods = (p.mime.get_param("method") for p in parts if p.kind == "text/calendar")
    files = tuple(file for part in parts if (file := _file(part)))
    why = why_automatic(
        MailSigns(
            headers=headers,
            content_type=mime.get_content_type(),
            message_class=seen.message_class,
            parameters={"report-type": str(mime.get_param("report-type", "") or "")},
            sender=sender,
            subject=subject,
            calendar_method=next((str(method) for method in methods if method), ""),
            actions=actions_in(report.status),
            has_file=bool(files),
        )
    )
    disproved = sender_disproved(headers)  # a forged report says nothing of any address
    if why in ("bounce", "receipt"):  # what it is about came back with it: that is no file of the sender's
        files = tuple(file for file in files if file.media_type not in _MESSAGES)
    return Mail(
        id=mail_id,
        message_id=_message_id(content),
        sender=sender,
        subject=subject,
        text=text,
        received=_received(headers, arrived),
        files=files,
        automatic=why,
        disproved=disproved,
        answers=answers,
        bounces=bounces_in(report) if why == "bounce" and not disproved else (),
        linked=seen.linked,
    )


def _headers(mime: EmailMessage, seen: Seen) -> Mapping[str, Sequence[str]]:
    """The first headers as text, whatever is wrong with them, by name in lower case."""
    found: dict[str, list[str]] = defaultdict(list)
    apart = (one for one in seen.headers if one[0] not in mime)
    for name, raw in islice((*mime.raw_items(), *apart), _MOST_HEADERS):
        known = str(raw)[:_LONGEST_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        value = " ".join(known.split())
        with suppress(*_BROKEN):  # else as it stands
            if "=?" in value[:_PARSED]:
                value = str(make_header(decode_header(value[:_PARSED]))) + value[_PARSED:]
        found[name.lower()].append(_clean(value))
    return found


def _message_id(content: bytes) -> str:
    """The Message-ID as it was written: the library stops at some that Microsoft and others make."""
    head = re.split(rb"\r?\n\r?\n", content, maxsplit=1)[0]
    found = re.search(rb"^message-id:\s*(<[^<>\s]{1,250}>)\s*$", head, re.IGNORECASE | re.MULTILINE)
    return _clean(found.group(1).decode("ascii", "ignore")) if found else ""


def _received(headers: Mapping[str, Sequence[str]], arrived: datetime) -> datetime:
    # The newest stamp of a mail system (RFC 5321, 4.4), before the sender's own clock.
    stamps = [one.rpartition(";")[2].strip() for one in headers.get("received", ())[:1]]
    for date in (*stamps, *headers.get("date", ())[:1]):
        with suppress(*_BROKEN):
            sent = parsedate_to_datetime(date[:200])
            if 1 < sent.year < 9999:  # no calendar can tell any other in another zone
                return sent if sent.tzinfo else sent.replace(tzinfo=UTC)
    return arrived


def _text(mime: EmailMessage) -> str:
    body = mime.get_body(("plain", "html"))
    raw = body.get_payload(decode=True) if body is not None else None
    if body is None or not isinstance(raw, bytes):
        return ""
    raw = raw[: 4 * _LONGEST_TEXT]
    text = raw.decode("utf-8", "replace")
    with suppress(LookupError, ValueError):  # a character set that nobody knows
        charset = codecs.lookup(str(body.get_param("charset", "ascii"))).name
        if charset not in ("punycode", "idna"):  # they take quadratic time
            text = raw.decode(charset, "replace")
    return _clean(text[:_LONGEST_TEXT])


# Parts and files

_MESSAGES = ("message/rfc822", "message/global")
_NOT_FILES = (
    *("text/calendar", "text/rfc822-headers", "message/global-headers", "message/external-body"),
    *("message/delivery-status", "message/global-delivery-status", "message/disposition-notification"),
    # Signatures, and what a Mac keeps beside a file: the file itself is a part of its own.
    *("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"),
    "application/applefile",
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the mail itself, its type, and its bytes as they stand (empty when they cannot be told)."""

    mime: EmailMessage
    kind: str
    raw: bytes

    def body(self) -> bytes:
        """What follows its headers, decoded as they say."""
        if not self.raw:
            return b"".join(one.as_bytes() for one in self.mime.iter_parts())
        blank = re.search(rb"\A\r?\n|\r?\n\r?\n", self.raw)
        body = self.raw[blank.end() :] if blank else b""
        encoding = str(self.mime.get("Content-Transfer-Encoding", "")).strip().lower()
        if encoding == "quoted-printable":
            return quopri.decodestring(body)
        with suppress(binascii.Error):
            return base64.b64decode(body) if encoding == "base64" else body
        return body


def _parts(mime: EmailMessage, raw: bytes) -> Iterator[_Part]:
    """Every part that is not inside an attached message, which is one part whatever it holds."""
    yield _Part(mime, mime.get_content_type(), raw)
    inner = mime.get_payload()
    if mime.get_content_maintype() == "multipart" and isinstance(inner, list):
        pieces = _pieces(raw, mime.get_boundary() or "")
        if len(pieces) != len(inner):
            pieces = [b""] * len(inner)
        for part, piece in zip(inner, pieces, strict=True):
            yield from _parts(part, piece)


def _pieces(raw: bytes, boundary: str) -> list[bytes]:
    """The bytes between a multipart's boundaries."""
    mark = re.escape(boundary.encode("ascii", "surrogateescape"))
    marks = list(re.finditer(rb"(?:\A|\r?\n)--" + mark + rb"(--)?[ \t]*(?=\r?\n|\Z)", raw))
    ends = [*(one.start() for one in marks[1:]), len(raw)]
    open_ = [(one.end(), end) for one, end in zip(marks, ends, strict=True)]
    last = next((at for at, one in enumerate(marks) if one[1]), len(marks))
    return [re.sub(rb"\A\r?\n", b"", raw[start:end]) for start, end in open_[:last]]


def _first(parts: Sequence[_Part], kind: str) -> str:
    """The text of the first part of a kind, empty when there is none."""
    found = (part.body().decode("utf-8", "replace") for part in parts if re.fullmatch(kind, part.kind))
    return next(found, "")


def _file(part: _Part) -> File | None:
    """The part as a file, None for the mail's own text and the pictures that signatures carry in it.

    An attached message is one file, as it stands: what is in it belongs to another mail.
    """
    name, attached = (
        _clean(part.mime.get_filename() or ""),
        part.mime.get_content_disposition() == "attachment",
    )
    if part.kind in _MESSAGES:
        return File(name or "message.eml", part.kind, part.body())
    if part.mime.is_multipart() or part.kind in _NOT_FILES or part.kind.startswith("multipart/"):
        return None
    if not attached and (part.kind.startswith("image/") or (part.kind.startswith("text/") and not name)):
        return None
    content = part.mime.get_payload(decode=True)
    return File(name or "attachment", _clean(part.kind), content) if isinstance(content, bytes) else None
