"""Fills a form as its auditor would in Word: into the content controls, and nowhere else.

The rehearsal's staff and the tests use it. It shares nothing with the reader, so that one cannot hide the
other's mistakes.
"""

import copy
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DOCUMENT = "word/document.xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def fill(
    content: bytes, answers: Mapping[str, str], rows: Mapping[str, Sequence[Mapping[str, str]]] | None = None
) -> bytes:
    """The form with each answer typed into the control of its key, as a .docx.

    `rows` maps a table's key to its rows, each from column key to value. An empty one leaves its row as it
    is. Rows beyond the printed ones are added at the table's end, with what is printed in the one above, as
    Word does it. Raises KeyError for a key that the form has no control for.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    root = etree.fromstring(parts[_DOCUMENT])
    controls = dict(_controls(root))
    for key, value in answers.items():
        _type(controls[key], value)
    for table, given in (rows or {}).items():
        for number, row in enumerate(given, start=1):
            if row and f"{table}_{number}_{next(iter(row))}" not in controls:
                _add_row(controls, table, number)
            for column, value in row.items():
                _type(controls[f"{table}_{number}_{column}"], value)
    parts[_DOCUMENT] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return _zipped(parts)


def fill_blocks(content: bytes, answers: Mapping[str, str]) -> bytes:
    """The document with each answer typed as a paragraph into the block control of its tag, each line of an
    answer as one. Raises KeyError for a tag that it has no control for."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    root = etree.fromstring(parts[_DOCUMENT])
    controls = dict(_controls(root))
    for key, value in answers.items():
        _type(controls[key], "")
        inside = controls[key].find(f"{_W}sdtContent")
        assert inside is not None
        for old in list(inside):
            inside.remove(old)
        for line in value.split("\n"):
            run = etree.SubElement(etree.SubElement(inside, f"{_W}p"), f"{_W}r")
            text = etree.SubElement(run, f"{_W}t")
            text.set(_SPACE, "preserve")
            text.text = line
    parts[_DOCUMENT] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return _zipped(parts)


def _controls(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    for control in element.iter(f"{_W}sdt"):
        for tag in control.iterfind(f"{_W}sdtPr/{_W}tag"):
            yield str(tag.get(f"{_W}val")), control


def _type(control: etree._Element, value: str) -> None:
    look = control.find(f"{_W}sdtPr")
    content = control.find(f"{_W}sdtContent")
    assert look is not None
    assert content is not None
    for showing in look.findall(f"{_W}showingPlcHdr"):
        look.remove(showing)
    for old in list(content):
        content.remove(old)
    run = etree.SubElement(content, f"{_W}r")
    for number, line in enumerate(value.split("\n")):
        if number:
            etree.SubElement(run, f"{_W}br")
        text = etree.SubElement(run, f"{_W}t")
        text.set(_SPACE, "preserve")
        text.text = line


def _add_row(controls: dict[str, etree._Element], table: str, number: int) -> None:
    """One more row, copied from the one above it, as Word does. Its controls are the copied ones."""
    above = {key: one for key, one in controls.items() if key.startswith(f"{table}_{number - 1}_")}
    row = next(next(iter(above.values())).iterancestors(f"{_W}tr"))
    copied = copy.deepcopy(row)
    row.addnext(copied)
    for tag, control in _controls(copied):
        name = f"{table}_{number}_" + tag.removeprefix(f"{table}_{number - 1}_")
        for written in control.iterfind(f"{_W}sdtPr/{_W}tag"):
            written.set(f"{_W}val", name)
        controls[name] = control
        _type(control, "")
    for paragraph in copied.iter(f"{_W}p"):
        for mark in (*paragraph.findall(f"{_W}bookmarkStart"), *paragraph.findall(f"{_W}bookmarkEnd")):
            paragraph.remove(mark)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
