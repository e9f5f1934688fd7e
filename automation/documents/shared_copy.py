"""The copy of a finished audit that is shared: the form's own look, with what was recorded, to be read.

It is built anew from the recorded answers, and never from the file that came back. So nothing can be in it
that somebody's Word put there: no author, comments, tracked changes, hidden or struck out words, macros,
pictures of a first page, links or objects. And it can be made whatever kind of file came back.

It cannot be sent back as a return: it names itself as another form, and has no seal and no boxes to type in.
Else a colleague's edited copy could pass for the auditor's own form.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from lxml import etree

from ..domain.form import REFERENCE, Field, Form, Table
from ..domain.ids import AuditRef
from ..domain.written import say
from .form_body import WORDML
from .form_fill import fill
from .form_writer import DOCUMENT, FormWriter

COPY_OF = "copy_of"
"""The prefilled field that says which version a copy shows."""
NOTHING = "–"
"""What stands where nothing was answered."""

_W = f"{{{WORDML}}}"
_INTRO = """
! This is a copy of a finished audit, to be read. It is not a form to send back.

! Do not upload it to the child’s file. A note there says that the audit is done.
"""
_CLOSING = "End of the audit."
_LEFT_OVER = "Answers to questions that the form no longer has"
_KEPT = 200
_Items = tuple[tuple[str, str], ...]
_Listed = tuple[tuple[str, tuple[_Items, ...]], ...]
_MARKS = (f"{_W}bookmarkStart", f"{_W}bookmarkEnd")


class CopyWriter:
    """Writes shared copies of one form, set up once. The newest are kept: each goes to several people."""

    def __init__(self, form: Form, base: bytes, council: str) -> None:
        """`base` is the Word file that gives the form its look. Raises FormBaseError as FormWriter does."""
        self._form = _as_copy(form)
        self._writer = FormWriter(self._form, base, council)
        self._shown = {one.key for one in self._form.fields() if one.prefilled} - {REFERENCE}
        self._made = lru_cache(_KEPT)(self._make)

    def write(
        self,
        reference: AuditRef,
        prefill: Mapping[str, str],
        answers: Mapping[str, str],
        rows: Mapping[str, Sequence[Mapping[str, str]]],
    ) -> bytes:
        """The copy of one audit as a .docx. `prefill` shows what the form showed, and under COPY_OF which
        version this is; `answers` and `rows` are what was recorded. All of them are in the copy."""
        shown = _items({key: value for key, value in prefill.items() if key in self._shown})
        listed = ((table, tuple(map(_items, of_it))) for table, of_it in sorted(rows.items()))
        return self._made(reference, shown, _items(answers), tuple(listed))

    def _make(self, reference: AuditRef, shown: _Items, answers: _Items, listed: _Listed) -> bytes:
        rows, given = dict(listed), dict(answers)
        asked = {one.key: one for one in self._form.fields() if not one.prefilled}
        written = {key: _said(one, given.get(key, "")) for key, one in asked.items()}
        tables = {
            one.key: [_row(one, dict(row)) for row in rows.get(one.key, ()) or ((),)]
            for one in self._form.tables()
        }
        filled = fill(self._writer.write(reference, dict(shown)), written, tables)
        return _settled(filled, {key: value for key, value in answers if value and key not in asked})


def _items(values: Mapping[str, str]) -> _Items:
    return tuple(sorted(values.items()))


def _as_copy(form: Form) -> Form:
    """The form without what is said to whoever fills it in, with one more line that says what this is."""
    parts = []
    for part in form.parts:
        # A section's closing question is the hint of its answer. Other hints are for whoever fills it in.
        items = part.items if part.graded else tuple(_without_hint(one) for one in part.items)
        if any(isinstance(one, Field) and one.key == REFERENCE for one in items):
            items += (Field(COPY_OF, "This copy", "text", prefilled=True),)
        parts.append(replace(part, intro="", prompts=(), items=items))
    title = f"Copy of a finished audit: {form.title[:1].lower()}{form.title[1:]}"
    return replace(
        form, key=f"{form.key}_copy", title=title, intro=_INTRO, closing=_CLOSING, parts=tuple(parts)
    )


def _without_hint(one: Field | Table) -> Field | Table:
    return replace(one, hint="") if isinstance(one, Field) else replace(one, hint="", rows=1)


def _row(table: Table, row: Mapping[str, str]) -> dict[str, str]:
    return {one.key: _said(one, row.get(one.key, "")) for one in table.columns if not one.prefilled}


def _said(one: Field, value: str) -> str:
    if one.kind == "date" and value:
        return say(date.fromisoformat(value))
    return _printable(value) or NOTHING


def _printable(value: str) -> str:
    """The words without what XML cannot hold."""
    kept = (sign if sign.isprintable() or sign == "\n" else " " if sign.isspace() else "" for sign in value)
    return "".join(kept).strip()


def _settled(content: bytes, left_over: Mapping[str, str]) -> bytes:
    """The filled form with its boxes taken away from around their words."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {info: archive.read(info) for info in archive.infolist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, part in parts.items():
            named = zipfile.ZipInfo(info.filename)
            body = _without_boxes(part, left_over) if info.filename == DOCUMENT else part
            archive.writestr(named, body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _without_boxes(document: bytes, left_over: Mapping[str, str]) -> bytes:
    root = etree.fromstring(document)
    for control in list(root.iter(f"{_W}sdt")):
        parent = control.getparent()
        inside = control.find(f"{_W}sdtContent")
        if parent is not None and inside is not None:
            at = parent.index(control)
            parent[at : at + 1] = list(inside)
    for mark in list(root.iter(*_MARKS)):
        parent = mark.getparent()
        if parent is not None:
            parent.remove(mark)
    body = root.find(f"{_W}body")
    assert body is not None
    last = body.find(f"{_W}sectPr")
    at = len(body) if last is None else body.index(last)
    body[at:at] = list(_paragraphs(left_over))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _paragraphs(left_over: Mapping[str, str]) -> Iterator[etree._Element]:
    lines = [_LEFT_OVER, *(f"{key}: {value}" for key, value in left_over.items())] if left_over else []
    for line in lines:
        paragraph = etree.Element(f"{_W}p")
        run = etree.SubElement(paragraph, f"{_W}r")
        etree.SubElement(run, f"{_W}t").text = _printable(line)
        yield paragraph
