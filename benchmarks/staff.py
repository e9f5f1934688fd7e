"""A council's auditors, many and quick: each answers the case details with their form, filled in.

A form is filled by laying the controls of one that was filled in Word's way into the one that came: a
hundredth part of a month's returns would take as long otherwise as the month itself.
"""

import base64
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from automation.documents.form_fill import fill
from automation.domain.form import OVERALL_GRADE
from automation.rehearsal.answers import filled_in
from automation.settings import load_forms

RETURN_DAYS = tuple(date(2026, 11, day) for day in (9, 12, 17, 20, 26))
_KINDS = 20
"""So many different returns there are: the answers of `filled_in` come round again."""
_DOCUMENT = "word/document.xml"
_CONTROL = re.compile(rb'<w:sdt>(?:(?!<w:sdt>).)*?<w:tag w:val="([^"]+)"/>.*?</w:sdt>', re.DOTALL)
_FORM = re.compile(rb'filename="?(CFA-[0-9-]+)\.docx"?.*?\r?\n\r?\n(.*?)\r?\n--', re.DOTALL)
_HEADER = re.compile(rb"^(to|message-id): *(?:\r?\n +)?(.*?)\r?$", re.I | re.M)


def returned(number: int) -> bool:
    """Whether the audit with this number comes back: nine in ten do."""
    return number % 10 != 3


def day_of(number: int) -> date:
    """The day it comes back."""
    return RETURN_DAYS[number % len(RETURN_DAYS)]


def grade_of(number: int) -> str:
    """The overall grade that its auditor gives."""
    return filled_in(load_forms(None)[0], number % _KINDS, date(2026, 11, 9), "form")[0][OVERALL_GRADE]


def returns(sent: Path) -> Iterator[tuple[date, str, bytes]]:
    """The mails that come back for what lies in `sent/`: the day, a name, and the mail."""
    for path in sorted(sent.glob("CFA-*_case-details*.eml")):
        content = path.read_bytes()
        found = _FORM.search(content)
        if found is None:
            continue  # a mail to a worker or a manager brings no form
        number = int(found[1].rsplit(b"-", 1)[1])
        if returned(number):
            form = base64.b64decode(found[2])
            yield day_of(number), f"{number:05d}.eml", _reply(content, number, filled(form, number))


def filled(form: bytes, number: int) -> bytes:
    """The form as the auditor of the audit with this number fills it in."""
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    kind = _answered(number % _KINDS, form)
    parts[_DOCUMENT] = _CONTROL.sub(lambda one: kind.get(one[1], one[0]), parts[_DOCUMENT])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


_FILLED: dict[int, Mapping[bytes, bytes]] = {}


def _answered(kind: int, form: bytes) -> Mapping[bytes, bytes]:
    """The filled controls of a kind of return, by tag. The first form that comes is filled in Word's way."""
    if kind not in _FILLED:
        answers, rows = filled_in(load_forms(None)[0], kind, date(2026, 11, 9), "form")
        with zipfile.ZipFile(io.BytesIO(fill(form, answers, rows))) as archive:
            found = _CONTROL.finditer(archive.read(_DOCUMENT))
            _FILLED[kind] = {one[1]: one[0] for one in found}
    return _FILLED[kind]


def _reply(content: bytes, number: int, form: bytes) -> bytes:
    told = {one[1].lower(): one[2] for one in _HEADER.finditer(content[:4000])}
    person = re.findall(rb"<([^>]+)>", told[b"to"])[0].decode()
    return reply_with(person, number, day_of(number), form, told[b"message-id"].decode())


def reply_with(
    person: str, number: int, day: date, form: bytes, answers: str = "<nothing@elsewhere>"
) -> bytes:
    """The mail of a person that brings a form back."""
    head = (
        f"From: {person}\r\nTo: case.audits@brackenshire.example\r\nSubject: RE: Your case file audit\r\n"
        f"Date: {_date(day)}\r\nMessage-ID: <{number}.{person}>\r\nIn-Reply-To: {answers}\r\n"
        f"References: {answers}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="=part="\r\n\r\n'
        "--=part=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "Please find my completed audit attached.\r\n\r\n"
        "--=part=\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="Completed audit form.docx"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(form).replace(b"\n", b"\r\n") + b"\r\n--=part=--\r\n"


@cache
def _date(day: date) -> str:
    moment = datetime(day.year, day.month, day.day, 7, 30, tzinfo=ZoneInfo("Europe/London"))
    return format_datetime(moment)
