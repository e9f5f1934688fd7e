"""Letters to MIME, for adapters whose mailbox speaks it.

Written here and not by `email.message`, which takes ten times as long and half of a month's sending: nearly
all that a letter holds is short and plain. What is not goes the library's way.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from ..domain.ids import CONTENTS_HEADER, KEY_HEADER, MessageKey, contents_text, message_mark
from ..domain.message import File, Letter, Marks, Recipient
from .mime_mail import WRITING

_LINE = 78
_ONE_LINE = ("Message-ID", "In-Reply-To", "References", KEY_HEADER, CONTENTS_HEADER)
"""Headers that programs read: broken only at their blanks."""
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 '-]*")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_'+-]+(\.[A-Za-z0-9_'+-]+)*@[A-Za-z0-9.-]+")
_PLAIN_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PLAIN_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


def mime_from_letter(letter: Letter, key: MessageKey, sender: Recipient, marks: Marks) -> bytes:
    """The letter as an .eml file. The same letter under the same key gives the same bytes. Raises ValueError
    for a header with a line break in it."""
    mark = message_mark(key)
    head = b"".join(_header(name, value) for name, value in _headers(letter, key, sender, marks, mark))
    words = (_words(letter.text, b"plain"), _words(letter.html, b"html"))
    if not letter.files:
        return head + _several(b"alternative", words, f"={mark[-32:]}=0")
    inside = _several(b"alternative", words, f"={mark[-32:]}=1")
    return head + _several(b"mixed", (inside, *map(_file, letter.files)), f"={mark[-32:]}=0")


def _headers(
    letter: Letter, key: MessageKey, sender: Recipient, marks: Marks, mark: str
) -> Iterator[tuple[str, str]]:
    yield "Date", format_datetime(letter.stamp)
    yield "From", _address(sender)
    yield "To", _address(letter.to)
    if letter.copied:
        yield "Cc", ", ".join(_address(one) for one in letter.copied)
    yield "Subject", f"{marks.tag} {letter.subject}".strip()
    yield "Message-ID", f"<{mark}@{sender.address.rpartition('@')[2]}>"
    if letter.answers:
        yield "In-Reply-To", letter.answers
        yield "References", letter.answers
    # RFC 3834: robots must not answer us. `All` would also suppress the bounces that QA needs, and
    # out-of-office replies are left on: QA wants to know who is away.
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "AutoReply, DR, RN, NRN"
    yield KEY_HEADER, key
    contents = [(letter.category, key), *letter.parts]
    yield CONTENTS_HEADER, contents_text(contents, letter.known, letter.answers)
    if letter.urgent:
        yield "Importance", "high"
    if marks.sensitivity != "normal":
        # RFC 4021, 2.1.53: Personal, Private, Company-Confidential.
        confidential = marks.sensitivity == "confidential"
        yield "Sensitivity", "Company-Confidential" if confidential else marks.sensitivity.capitalize()
    if marks.header:
        name, _, value = marks.header.partition(":")
        yield name.strip(), value.strip()
    yield "MIME-Version", "1.0"


def _header(name: str, value: str) -> bytes:
    whole = f"{name}: {value}"
    plain = whole.isascii() and whole.isprintable() and "=?" not in whole
    if plain and name in _ONE_LINE:
        return WRITING.fold_binary(name, value)
    if plain and len(whole) <= _LINE:
        return whole.encode() + b"\r\n"
    return WRITING.fold_binary(*WRITING.header_store_parse(name, value))


def _address(one: Recipient) -> str:
    if _PLAIN_NAME.fullmatch(one.name) and _PLAIN_ADDRESS.fullmatch(one.address):
        return f"{one.name} <{one.address}>"
    return str(Address(display_name=one.name, addr_spec=one.address))


def _several(kind: bytes, parts: Sequence[bytes], boundary: str) -> bytes:
    mark = boundary.encode()
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind, mark)
    return head + b"".join(b"--%s\r\n%s\r\n" % (mark, part) for part in parts) + b"--%s--\r\n" % mark


def _words(text: str, kind: bytes) -> bytes:
    lines = "\r\n".join(text.splitlines()) + "\r\n"
    head = b'Content-Type: text/%s; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head % kind + binascii.b2a_qp(lines.encode(), istext=True)


def _file(file: File) -> bytes:
    if not (_PLAIN_FILE.fullmatch(file.name) and _PLAIN_TYPE.fullmatch(file.media_type)):
        main, _, sub = file.media_type.partition("/")
        part = EmailMessage(WRITING)
        part.set_content(file.content, main, sub, disposition="attachment", filename=file.name)
        return part.as_bytes()
    head = (
        f"Content-Type: {file.media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{file.name}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(file.content).replace(b"\n", b"\r\n")
