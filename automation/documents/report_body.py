"""A report after its cover, as WordprocessingML: contents, sections, tables, charts, extracts."""

from collections.abc import Iterator, Sequence

from ..domain.report import Block, Chart, Extract, FigureTable, Text
from .chart import chart_height
from .report_outline import BULLET, CONTENTS, Section
from .report_table import TABLE_STYLES, WIDTH, table_xml
from .report_wordml import bookmarked, chart_in_line, field, field_end, field_start, paragraph, run

_STYLE_OF = {"body": "", "bullet": "ListBullet", "finding": "Finding", "note": "Note"}
STYLES = frozenset(
    (
        *("Heading1", "Heading2", "TOCHeading", "TOC1", "TOC2", "Caption", "ListBullet", "Finding", "Note"),
        *("ChartPlace", "Quote", "QuoteSource", "QaLabel", "QaWords", "QaBullet", *TABLE_STYLES),
    )
)
"""The styles, by id, that a report's Word base must have."""
_ON_TOP = '<w:pageBreakBefore/><w:spacing w:before="0"/>'
_BELOW_QA = '<w:spacing w:after="240"/>'
_FIRST_MARK = 90_000
"""Bookmarks are numbered from here: a base may have its own."""
_FIRST_DRAWING = 1000


def body(
    sections: Sequence[Section], pages: Sequence[int], relations: Sequence[str], qa_team: str
) -> list[str]:
    """The blocks of the report, as XML. `pages` says for each section on which page it is reckoned to start,
    `relations` which relation each chart has, in their order."""
    return [_contents(sections, pages), *_Sections(relations, qa_team).blocks(sections)]


def _contents(sections: Sequence[Section], pages: Sequence[int]) -> str:
    """A field of contents that holds our own entries. Word opens it without a question, and works pages out
    when somebody clicks `Update table` on the control around it."""
    blocks = [paragraph(run(CONTENTS), "TOCHeading")]
    for at, (one, page) in enumerate(zip(sections, pages, strict=True)):
        start = field_start(r'TOC \o "1-2" \h \z \u') if at == 0 else ""
        end = field_end() if at == len(sections) - 1 else ""
        number = field(rf"PAGEREF {_mark(at)} \h", str(page))
        link = (
            f'<w:hyperlink w:anchor="{_mark(at)}" w:history="1">{run(one.title)}<w:r><w:tab/></w:r>'
            f"{number}</w:hyperlink>"
        )
        blocks.append(paragraph(start + link + end, f"TOC{one.level}"))
    return (
        f'<w:sdt><w:sdtPr><w:id w:val="{_FIRST_MARK}"/><w:docPartObj>'
        '<w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{''.join(blocks)}</w:sdtContent></w:sdt>"
    )


def _mark(at: int) -> str:
    return f"_Toc{at + 1:09d}"


class _Sections:
    """Writes sections one after the other, numbering tables and figures."""

    def __init__(self, relations: Sequence[str], qa_team: str) -> None:
        self._relations, self._qa_team = relations, qa_team
        self._charts = self._tables = 0

    def blocks(self, sections: Sequence[Section]) -> Iterator[str]:
        for at, one in enumerate(sections):
            title = bookmarked(run(one.title), _mark(at), _FIRST_MARK + at)
            yield paragraph(title, f"Heading{one.level}", _ON_TOP if one.new_page else "")
            if one.own_words:
                yield paragraph(run(f"From the {self._qa_team}"), "QaLabel")
            for place, words in enumerate(one.own_words, start=1):
                style = "QaBullet" if words.startswith(BULLET) else "QaWords"
                look = _BELOW_QA if place == len(one.own_words) else ""
                yield paragraph(run(words.removeprefix(BULLET)), style, look)
            for block in one.blocks:
                yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        if isinstance(block, Text):
            yield paragraph(run(block.words), _STYLE_OF[block.style])
        elif isinstance(block, Extract):
            yield paragraph(run(f"“{block.words}”"), "Quote")
            yield paragraph(run(block.source), "QuoteSource")
        elif isinstance(block, Chart):
            yield from self._chart(block)
        else:
            yield from self._table(block)

    def _chart(self, chart: Chart) -> Iterator[str]:
        relation = self._relations[self._charts]
        self._charts += 1
        name = f"Figure {self._charts}"
        yield _caption("Figure", self._charts, chart.title)
        drawn = chart_in_line(
            relation, _FIRST_DRAWING + self._charts, name, chart.alt, WIDTH, chart_height(chart)
        )
        yield paragraph(drawn, "ChartPlace")
        yield from self._table(chart.table)

    def _table(self, table: FigureTable) -> Iterator[str]:
        self._tables += 1
        yield _caption("Table", self._tables, table.caption)
        yield table_xml(table)
        yield paragraph(run(table.note), "Note") if table.note else paragraph("", "FigureGap")


def _caption(what: str, number: int, words: str) -> str:
    return paragraph(
        run(f"{what} ") + field(rf"SEQ {what} \* ARABIC", str(number)) + run(f": {words}"), "Caption"
    )
