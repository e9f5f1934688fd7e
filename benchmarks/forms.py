"""Writing and reading a form of twelve pages, beside the libraries that people use for Word files."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from lxml import etree

from automation.documents.form_fill import fill
from automation.documents.form_reader import FormsReader
from automation.documents.form_writer import FormWriter
from automation.domain.form import Form
from automation.domain.ids import AuditRef
from automation.form_description import form_from
from tests.documents.form_samples import PREFILL

from .timing import Result, compared

TOP = Path(__file__).parents[1]
REFERENCE = AuditRef("CFA-2026-11-017")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MORE_SECTIONS = 9
"""With these the blank form has twelve pages in LibreOffice."""


@cache
def form() -> Form:
    """The shipped audit form with as many sections again, which makes it twelve pages long."""
    text = (TOP / "config" / "forms" / "audit.toml").read_text("utf-8")
    parts = text.split("[[parts]]")
    graded = next(one for one in parts if 'key = "s9"' in one)
    more = [
        graded.replace('key = "s9"', f'key = "s{number}"').replace('title = "', f'title = "{number}. ')
        for number in range(10, 10 + _MORE_SECTIONS)
    ]
    at = parts.index(graded) + 1
    return form_from("[[parts]]".join([*parts[:at], *more, *parts[at:]]), "audit.toml")


def base() -> bytes:
    """The shipped Word base."""
    return (TOP / "templates" / "form.docx").read_bytes()


@cache
def returned() -> bytes:
    """That form as an auditor returns it, every answer given."""
    answers = {}
    for number, one in enumerate(one for one in form().fields() if not one.prefilled):
        text = "The child says that mornings are calmer now, and school has noticed it too. " * 4
        answers[one.key] = one.choices[number % len(one.choices)] if one.choices else text
        if one.kind == "date":
            answers[one.key] = "12/11/2026"
    rows = [{"action": f"Agree step {n} of the plan", "owner": "Asha Rennick", "by_when": "04/12/2026"}
            for n in range(6)]  # fmt: skip
    return fill(FormWriter(form(), base(), "Council").write(REFERENCE, PREFILL), answers, {"actions": rows})


def fill_results(rounds: int) -> Iterator[Result]:
    """A pre-filled form written."""
    import docx
    from docxtpl import DocxTemplate

    writer = FormWriter(form(), base(), "Brackenshire Council", b"a key")
    marked = writer.write(REFERENCE, {key: f"«{key}»" for key in PREFILL})
    jinja = writer.write(REFERENCE, {key: "{{ " + key + " }}" for key in PREFILL})

    def with_python_docx() -> bytes:
        document = docx.Document(io.BytesIO(marked))
        for text in document.element.body.iter(f"{_W}t"):
            for key, value in PREFILL.items():
                text.text = (text.text or "").replace(f"«{key}»", value)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    def with_docxtpl() -> bytes:
        template = DocxTemplate(io.BytesIO(jinja))
        template.render(PREFILL)
        out = io.BytesIO()
        template.save(out)
        return out.getvalue()

    def ours() -> bytes:
        return writer.write(REFERENCE, PREFILL)

    shown = _body_text(ours())
    assert shown == _body_text(with_python_docx()) == _body_text(with_docxtpl()), "the forms differ"
    peers = {"python-docx, marks replaced": with_python_docx, "docxtpl": with_docxtpl}
    yield from compared("fill", ours, peers, rounds)


def read_results(rounds: int) -> Iterator[Result]:
    """A clean returned form read: every answer, with its checks."""
    import docx
    import mammoth
    from docx2python import docx2python

    from automation.documents.isolated_reader import IsolatedReader

    content, reader = returned(), FormsReader((form(),))
    reading = reader.read(content)
    assert not reading.missing, reading.missing
    assert not reading.ambiguous, reading.ambiguous

    def with_python_docx() -> Mapping[str, str]:
        found = {}
        for control in docx.Document(io.BytesIO(content)).element.body.iter(f"{_W}sdt"):
            tag = control.find(f"{_W}sdtPr/{_W}tag")
            if tag is not None:
                found[str(tag.get(f"{_W}val"))] = "".join(text.text or "" for text in control.iter(f"{_W}t"))
        return found

    def with_docx2python() -> str:
        with docx2python(io.BytesIO(content)) as result:
            return str(result.text)

    def with_mammoth() -> str:
        return str(mammoth.extract_raw_text(io.BytesIO(content)).value)

    peers = {
        "unzip and parse alone (the floor)": lambda: _parsed(content),
        "python-docx, controls by tag": with_python_docx,
        "docx2python": with_docx2python,
        "mammoth": with_mammoth,
    }
    yield from compared("read", lambda: reader.read(content), peers, rounds)
    with IsolatedReader((form(),)) as isolated:
        assert isolated.read(content)[0].reading is not None
        yield from compared("read, in the confined child", lambda: isolated.read(content), peers, rounds)


def _parsed(content: bytes) -> list[etree._Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [one for one in archive.namelist() if one.endswith((".xml", ".rels"))]
        return [etree.fromstring(archive.read(one)) for one in names]


def _body_text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return re.sub(r"\s+", " ", " ".join(text.text or "" for text in root.iter(f"{_W}t")))
