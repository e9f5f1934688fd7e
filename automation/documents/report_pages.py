"""Reckons on which page each section of a report starts, so that its contents say so from the first moment.

Word works page numbers out when somebody asks it to, and not before. What is reckoned here is right for the
shipped base or a page out; where a council has changed the look, Word's `Update field` puts it right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..domain.report import Block, Chart, Extract, FigureTable, Text
from .chart import chart_height
from .letter_widths import lines
from .report_outline import BULLET, Section
from .report_table import WIDTH, shown, size, stays_whole, widths

_PAGE = 14_570
"""The height between the margins, in twentieths of a point."""
_CONTENTS_FIRST, _ENTRY = 660, 400
_AIR = 11.49
"""The height of a line of Arial, for each half point of its size."""


@dataclass(frozen=True, slots=True)
class _Style:
    """Letters in half points, their lines' height in hundredths, space before, after and at the sides, a line
    below."""

    size: int
    line: int = 110
    before: int = 0
    after: int = 120
    sides: int = 0
    bold: bool = False
    keep: bool = False
    edge: int = 0


_BODY = _Style(22)
_STYLES = {
    "body": _BODY,
    "bullet": _Style(22, after=60, sides=360),
    "finding": _Style(22, before=120, after=160, sides=227, bold=True),
    "note": _Style(18, 100, before=60, after=200),
}
_CAPTION = _Style(21, 100, before=200, after=80, bold=True, keep=True)
_HEADINGS = {
    1: _Style(32, 100, before=480, after=200, bold=True, keep=True, edge=80),
    2: _Style(26, 100, before=280, after=100, bold=True, keep=True),
}
_QUOTE = _Style(22, before=120, after=40, sides=1134, keep=True)
_SOURCE = _Style(19, 100, after=180, sides=1134)
_QA_LABEL = _Style(20, 100, before=120, after=40, sides=227, keep=True)
_QA_WORDS, _QA_BULLET = _Style(22, sides=227), _Style(22, after=60, sides=587)
_UNDER_CHART, _BELOW_TABLE, _BELOW_QA = 50, 138, 240
_CELL_EDGES, _ROW_EDGES = 170, 108


@dataclass(frozen=True, slots=True)
class _Box:
    """Something that is not divided, with the space that it wants above and below. `keep` has the next one on
    its page; `head` is what a table puts above it on a new page; `section` says that one starts here, and
    `new_page` that it starts a page."""

    height: int
    above: int = 0
    below: int = 0
    keep: bool = False
    head: int = 0
    section: bool = False
    new_page: bool = False


def first_pages(sections: Sequence[Section]) -> list[int]:
    """For each section the page that it is reckoned to start on. The cover is page 1, contents start on 2."""
    boxes = [box for one in sections for box in _section(one)]
    page, used = 2 + (_CONTENTS_FIRST + len(sections) * _ENTRY) // _PAGE, _PAGE
    found: list[int] = []
    for at, box in enumerate(boxes):
        before = boxes[at - 1] if at else None
        kept = before is not None and before.keep
        # Of the space below one paragraph and above the next, Word takes the larger.
        gap = max(before.below if before else 0, box.above)
        needed = gap + (box.height if kept else _group(boxes, at))
        if box.new_page or used + needed > _PAGE >= needed:
            page, used, gap = page + 1, box.head, 0
        used += gap + box.height
        if box.section:
            found.append(page)
    return found


def _group(boxes: Sequence[_Box], at: int) -> int:
    """The height of a box and of those that it must share a page with."""
    height = boxes[at].height
    while boxes[at].keep and at + 1 < len(boxes):
        at += 1
        height += max(boxes[at - 1].below, boxes[at].above) + boxes[at].height
    return height


def _section(one: Section) -> Iterator[_Box]:
    heading = _whole(one.title, _HEADINGS[one.level])
    yield replace(heading, section=True, new_page=one.new_page)
    if one.own_words:
        yield _whole("From", _QA_LABEL)
    for words in one.own_words:
        yield from _paragraph(words, _QA_BULLET if words.startswith(BULLET) else _QA_WORDS)
    if one.own_words:
        yield _Box(0, _BELOW_QA)
    for block in one.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[_Box]:
    if isinstance(block, Text):
        yield from _paragraph(block.words, _STYLES[block.style])
    elif isinstance(block, Extract):
        yield _whole(f"“{block.words}”", _QUOTE)
        yield _whole(block.source, _SOURCE)
    elif isinstance(block, Chart):
        yield _whole(f"Figure 10: {block.title}", _CAPTION)
        yield _Box(chart_height(block) + _UNDER_CHART, below=80)
        yield from _table(block.table)
    else:
        yield from _table(block)


def _table(table: FigureTable) -> Iterator[_Box]:
    wide, letters = widths(table), size(table)
    heights = [
        max(lines(shown(cell), letters, own - _CELL_EDGES, bold) for cell, own in zip(row, wide, strict=True))
        * int(letters * _AIR)
        + _ROW_EDGES
        for row, bold in [(table.columns, True), *((one, False) for one in table.rows)]
    ]
    yield _whole(f"Table 10: {table.caption}", _CAPTION)
    yield _Box(heights[0], keep=True)
    for at, height in enumerate(heights[1:]):
        yield _Box(height, keep=stays_whole(table, at), head=heights[0])
    if table.note:
        yield from _paragraph(table.note, _STYLES["note"])
    else:
        yield _Box(_BELOW_TABLE)


def _paragraph(words: str, style: _Style) -> Iterator[_Box]:
    """A box for each line, so that it may run over a page; never with one line alone (widow control)."""
    count = lines(words, style.size, WIDTH - style.sides, style.bold)
    each = _line(style)
    for at in range(count):
        above, below = (style.before if at == 0 else 0), (style.after if at == count - 1 else 0)
        yield _Box(each, above, below, keep=count > 1 and at in (0, count - 2))


def _whole(words: str, style: _Style) -> _Box:
    """A paragraph that stays together."""
    count = lines(words, style.size, WIDTH - style.sides, style.bold)
    return _Box(count * _line(style) + style.edge, style.before, style.after, style.keep)


def _line(style: _Style) -> int:
    return int(style.size * _AIR * style.line / 100)
