"""The shipped audit form, filled for a made-up audit, and ways to damage it as people and programs do."""

import copy
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from lxml import etree

from automation.documents.form_fill import fill
from automation.documents.form_writer import FormWriter
from automation.domain.form import Field, Form
from automation.domain.ids import AuditRef
from automation.form_description import form_from

TOP = Path(__file__).parents[2]
DESCRIPTION = (TOP / "config" / "forms" / "audit.toml").read_text("utf-8")
BASE = (TOP / "templates" / "form.docx").read_bytes()
REFERENCE = AuditRef("CFA-2026-11-017")
OTHER_REFERENCE = AuditRef("CFA-2026-10-004")
SEAL_KEY = b"a key for tests, 32 bytes long.."
PREFILL = {
    "case_number": "0045127",
    "plan_type": "Child protection plan",
    "team": "Brackendale North",
    "social_worker": "Asha Rennick",
    "team_manager": "Col Weatherby",
    "auditor": "Maud Ellery",
    "round": "November 2026",
    "due": "Monday 30 November 2026",
    "window": "1 May 2026 to 31 October 2026",
}
ROWS = {
    "actions": (
        {
            "action": "Agree a contact plan\nwith both parents",
            "owner": "Asha Rennick",
            "by_when": "04/12/2026",
        },
        {
            "action": "Update the chronology so the child’s moves can be seen",
            "owner": "Social worker",
            "by_when": "11 December 2026",
        },
        {"action": "Speak to school & health <jointly>", "owner": "Col Weatherby", "by_when": "ASAP"},
    )
}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENT = "word/document.xml"


@cache
def audit_form() -> Form:
    return form_from(DESCRIPTION, "audit.toml")


@cache
def blank(reference: AuditRef = REFERENCE) -> bytes:
    return FormWriter(audit_form(), BASE, "Brackenshire Council", SEAL_KEY).write(reference, PREFILL)


def typed(form: Form) -> dict[str, str]:
    """A different answer for each field, as its auditor types it."""
    fields = [one for one in form.fields() if not one.prefilled]
    return {one.key: _typed(one, number) for number, one in enumerate(fields)}


def _typed(one: Field, number: int) -> str:
    if one.choices:
        return one.choices[number % len(one.choices)]
    if one.kind == "date":
        return f"{number % 28 + 1:02d}/11/2026"
    if one.kind == "lines":
        return f"Point {number}: the child said “I sleep now” & laughed.\nAnd a <second> line."
    return f"One line {number}"


def meant(form: Form) -> dict[str, str]:
    """The values that `typed` stands for."""
    dates = {one.key for one in form.fields() if one.kind == "date"}
    return {
        key: "-".join(reversed(value.split("/"))) if key in dates else value
        for key, value in typed(form).items()
    }


@cache
def filled() -> bytes:
    return fill(blank(), typed(audit_form()), ROWS)


def with_parts(content: bytes, change: Callable[[dict[str, bytes]], Mapping[str, bytes]]) -> bytes:
    """The file with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in change(parts).items():
            archive.writestr(name, part)
    return out.getvalue()


def with_document(content: bytes, change: Callable[[etree._Element], None]) -> bytes:
    """The file with its main part changed as a tree."""

    def changed(parts: dict[str, bytes]) -> Mapping[str, bytes]:
        root = etree.fromstring(parts[DOCUMENT])
        change(root)
        return {**parts, DOCUMENT: etree.tostring(root)}

    return with_parts(content, changed)


def replaced(content: bytes, old: str, new: str, part: str = DOCUMENT) -> bytes:
    """The file with words replaced in one part. They must be there."""

    def changed(parts: dict[str, bytes]) -> Mapping[str, bytes]:
        assert old.encode() in parts[part], old
        return {**parts, part: parts[part].replace(old.encode(), new.encode())}

    return with_parts(content, changed)


def without_controls(root: etree._Element) -> None:
    """Every content control gone and its text left, as older LibreOffice and Google Docs save it."""
    for control in list(root.iter(f"{W}sdt")):
        content, parent = control.find(f"{W}sdtContent"), control.getparent()
        assert content is not None
        assert parent is not None
        at = parent.index(control)
        parent[at : at + 1] = list(content)


def without_bookmarks(root: etree._Element) -> None:
    for mark in [*root.iter(f"{W}bookmarkStart"), *root.iter(f"{W}bookmarkEnd")]:
        parent = mark.getparent()
        assert parent is not None
        parent.remove(mark)


def control(root: etree._Element, key: str) -> etree._Element:
    """The content control with this tag."""
    return next(
        one
        for one in root.iter(f"{W}sdt")
        for tag in one.iterfind(f"{W}sdtPr/{W}tag")
        if tag.get(f"{W}val") == key
    )


def around(element: etree._Element, name: str) -> etree._Element:
    return next(element.iterancestors(f"{W}{name}"))


def paragraph(text: str) -> etree._Element:
    made = etree.Element(f"{W}p")
    etree.SubElement(etree.SubElement(made, f"{W}r"), f"{W}t").text = text
    return made


def type_below(key: str, text: str) -> Callable[[etree._Element], None]:
    """Somebody types a paragraph under the control, in the same cell."""
    return lambda root: around(control(root, key), "tc").append(paragraph(text))


def body_twice(root: etree._Element) -> None:
    body = root.find(f"{W}body")
    assert body is not None
    for child in [copy.deepcopy(one) for one in body if one.tag != f"{W}sectPr"]:
        body.insert(len(body) - 1, child)


def text_of(content: bytes, part: str = DOCUMENT) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return re.sub(r"<[^>]+>", "", archive.read(part).decode())
