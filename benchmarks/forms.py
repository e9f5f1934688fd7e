"""Writing and reading a form of twelve pages, beside the libraries that people use for Word files."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from lxml import etree

from automation.documents.form_fill import fill
from automation.documents.form_reader import FormsReader
from automation.documents.form_writer import FormWriter
from automation.domain.form import Form
from automation.domain.ids import AuditRef
from automation.form_description import form_from
from tests.documents.form_samples import PREFILL

from .harness import TOP, Side, Told, beside

REFERENCE = AuditRef("CFA-2026-11-017")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MORE_SECTIONS = 9
"""With these the blank form has twelve pages in LibreOffice."""
Prepared = tuple[int, Callable[[], object]]
"""How many pieces of work are done at once, and the work. What it returns, its check looks at."""


def fill_1k(small: bool) -> Iterator[Told]:
    """A pre-filled form written, a thousand times."""
    count = 20 if small else 1000
    peers = {
        "python-docx, marks replaced": (Side("benchmarks.forms:fill_python_docx", max(2, count // 20)), 15.0),
        "docxtpl": (Side("benchmarks.forms:fill_docxtpl", max(2, count // 50)), 50.0),
    }
    rounds = 2 if small else 9
    yield from beside("fill-1k", Side("benchmarks.forms:fill_ours", count), peers, rounds, same=_equal)


def read_1k(small: bool) -> Iterator[Told]:
    """A clean returned form read, a thousand times: every answer, with its checks."""
    count, rounds = (10, 2) if small else (200, 5)
    floor = "unzip and parse alone (the floor)"
    for name, work in (("read-1k", "read_ours"), ("read-1k, in the confined child", "read_isolated")):
        peers = {
            floor: (Side("benchmarks.forms:read_floor", count), 10.0),
            "python-docx, controls by tag": (Side("benchmarks.forms:read_python_docx", count), 0.0),
        }
        if work == "read_ours":
            for peer in ("docx2python", "mammoth", "markitdown"):
                peers[peer] = (Side(f"benchmarks.forms:read_{peer}", max(2, count // 20)), 0.0)
        ours = Side(f"benchmarks.forms:{work}", count)
        yield from beside(name, ours, peers, rounds, floors=(floor,))


def _equal(ours: object, its: object) -> bool:
    return ours == its


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


def _writer() -> FormWriter:
    return FormWriter(form(), base(), "Brackenshire Council", b"a key")


def _marked(opening: str, closing: str) -> bytes:
    return _writer().write(REFERENCE, {key: f"{opening}{key}{closing}" for key in PREFILL})


def _many(count: int, one: Callable[[], bytes]) -> Prepared:
    def work() -> str:
        for _ in range(count - 1):
            one()
        return hashlib.sha256(_body_text(one()).encode()).hexdigest()

    return count, work


def fill_ours(count: int) -> Prepared:
    """Ours: the parts that stay the same are compressed once."""
    writer = _writer()
    return _many(count, lambda: writer.write(REFERENCE, PREFILL))


def fill_python_docx(count: int) -> Prepared:
    """Opened, each mark replaced, saved."""
    import docx

    marked = _marked("«", "»")

    def one() -> bytes:
        document = docx.Document(io.BytesIO(marked))
        for text in document.element.body.iter(f"{_W}t"):
            said = text.text or ""
            if "«" in said:
                text.text = re.sub("«(.*?)»", lambda found: PREFILL[found[1]], said)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    return _many(count, one)


def fill_docxtpl(count: int) -> Prepared:
    """A jinja2 template inside Word."""
    from docxtpl import DocxTemplate

    jinja = _marked("{{ ", " }}")

    def one() -> bytes:
        template = DocxTemplate(io.BytesIO(jinja))
        template.render(PREFILL)
        out = io.BytesIO()
        template.save(out)
        return out.getvalue()

    return _many(count, one)


def _reading(count: int, one: Callable[[bytes], object], least: int = 30) -> Prepared:
    content = returned()

    def work() -> None:
        for _ in range(count - 1):
            one(content)
        found = one(content)
        # Whoever reads it finds at least so many answers, or so many words.
        assert len(found) >= least, found  # type: ignore[arg-type]

    return count, work


def read_ours(count: int) -> Prepared:
    """Ours: each answer found, checked, and what is struck out, commented on or left over looked for."""
    reader = FormsReader((form(),))
    reading = reader.read(returned())
    assert not reading.missing, reading.missing
    assert not reading.ambiguous, reading.ambiguous
    return _reading(count, lambda content: reader.read(content).answers)


def read_isolated(count: int) -> Prepared:
    """Ours, as the service reads: in a confined process."""
    from automation.documents.isolated_reader import IsolatedReader

    reader = IsolatedReader((form(),))

    def one(content: bytes) -> Mapping[str, object]:
        reading = reader.read(content)[0].reading
        assert reading is not None
        return reading.answers

    return _reading(count, one)


def read_floor(count: int) -> Prepared:
    """What any reader of Word has to do: unzip, and parse the XML."""
    return _reading(count, _parsed, 3)


def read_python_docx(count: int) -> Prepared:
    """The text of each content control."""
    from .peers.competent import read

    return _reading(count, read)


def read_docx2python(count: int) -> Prepared:
    """The whole text."""
    from docx2python import docx2python

    def one(content: bytes) -> str:
        with docx2python(io.BytesIO(content)) as result:
            return str(result.text)

    return _reading(count, one, 2000)


def read_mammoth(count: int) -> Prepared:
    """The whole text."""
    import mammoth

    return _reading(count, lambda content: str(mammoth.extract_raw_text(io.BytesIO(content)).value), 2000)


def read_markitdown(count: int) -> Prepared:
    """The whole text as Markdown."""
    from markitdown import MarkItDown

    reader = MarkItDown()
    return _reading(
        count,
        lambda content: reader.convert_stream(io.BytesIO(content), file_extension=".docx").text_content,
        2000,
    )


def _parsed(content: bytes) -> list[etree._Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [one for one in archive.namelist() if one.endswith((".xml", ".rels"))]
        return [etree.fromstring(archive.read(one)) for one in names]


def _body_text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return re.sub(r"\s+", " ", " ".join(text.text or "" for text in root.iter(f"{_W}t")))
