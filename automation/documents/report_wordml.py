"""The pieces that a report's pages are made of, as WordprocessingML."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from .form_body import WORDML

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_PLACED = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_QUOTES = {'"': "&quot;", "\n": " ", "\t": " "}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EMU_PER_TWIP = 635


def inside(words: str) -> str:
    """Words as the text of an element: escaped, without what XML cannot hold."""
    return escape(_ILLEGAL.sub("", words))


def together(words: str) -> str:
    """Words with each `n = 41` in them kept on one line."""
    return words.replace("n = ", "n\u00a0=\u00a0")


def quoted(words: str) -> str:
    """Words as the value of an attribute, with its quotation marks."""
    return f'"{escape(_ILLEGAL.sub("", words), _QUOTES)}"'


def run(words: str, look: str = "") -> str:
    """A run of text. `look` is what stands in its w:rPr."""
    look = f"<w:rPr>{look}</w:rPr>" if look else ""
    lines = inside(words).splitlines() or [""]
    text = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r>{look}{text}</w:r>"


def paragraph(runs: str, style: str = "", look: str = "") -> str:
    """A paragraph of runs. `look` is what else stands in its w:pPr, in the order of the schema."""
    look = (f'<w:pStyle w:val="{style}"/>' if style else "") + look
    return f"<w:p>{f'<w:pPr>{look}</w:pPr>' if look else ''}{runs}</w:p>"


def field(code: str, shown: str) -> str:
    """A field with the result that it shows until Word works it out anew."""
    return f"{field_start(code)}{run(shown)}{field_end()}"


def field_start(code: str) -> str:
    """The start of a field whose result follows."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {inside(code)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def field_end() -> str:
    """The end of a field."""
    return '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def bookmarked(runs: str, name: str, number: int) -> str:
    """Runs with a bookmark around them."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{runs}<w:bookmarkEnd w:id="{number}"/>'


def chart_in_line(relation: str, number: int, name: str, alt: str, width: int, height: int) -> str:
    """A run with the chart of this relation, so many twips wide and high. `number` is unique in the document;
    `alt` is what a screen reader reads out."""
    wide, high = width * EMU_PER_TWIP, height * EMU_PER_TWIP
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{wide}" cy="{high}"/>'
        '<wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f"<wp:docPr id={quoted(str(number))} name={quoted(name)} descr={quoted(alt)}/><wp:cNvGraphicFramePr/>"
        f'<a:graphic><a:graphicData uri="{CHART}"><c:chart r:id="{relation}"/></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def whole_body(blocks: Sequence[str]) -> str:
    """Blocks as one element that can be parsed."""
    return (
        f'<w:body xmlns:w="{WORDML}" xmlns:r="{RELATIONS}" xmlns:a="{DRAWING}" xmlns:c="{CHART}" '
        f'xmlns:wp="{_PLACED}">{"".join(blocks)}</w:body>'
    )
