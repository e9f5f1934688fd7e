"""A table of figures as WordprocessingML: its head on every page, rows whole, figures to the right."""

import re
from collections.abc import Iterable, Iterator

from ..domain.report import Cell, FigureTable
from .letter_widths import width
from .report_wordml import paragraph, quoted, run, together

WIDTH = 9638
"""Between the margins of the page, in twentieths of a point."""
NOTHING = "–"
"""What stands where nothing is known."""
TABLE_STYLES = ("FigureTable", "FigureCell", "FigureHead", "FigureSmallCell", "FigureSmallHead", "FigureGap")

_FIGURE = re.compile(r"[-+−]?[\d,.]+ ?%?|[-–—*]|")
_MANY = 7
"""A table of so many columns, or more, is set in smaller letters."""
_WHOLE = 12
"""A table of so few rows stays on one page."""
_EDGES, _SPARE = 190, 40
"""The space beside a cell's words, and what we may be out by."""
_LONGEST = 6000
"""Words wider than this may take a second line."""
_NARROW = WIDTH * 6 // 10
"""No table is narrower."""


def small(table: FigureTable) -> bool:
    """Whether a table is set in smaller letters."""
    return len(table.columns) >= _MANY


def size(table: FigureTable) -> int:
    """The size of a table's letters, in half points."""
    return 17 if small(table) else 20


def shown(cell: Cell) -> str:
    """A cell's words."""
    return NOTHING if cell is None or cell == "" else f"{cell:,}" if isinstance(cell, int) else together(cell)


def figures(table: FigureTable) -> tuple[bool, ...]:
    """For each column, whether it holds figures and nothing else. The first one names its row."""
    return tuple(
        place > 0 and all(_FIGURE.fullmatch(shown(row[place])) for row in table.rows)
        for place in range(len(table.columns))
    )


def widths(table: FigureTable) -> tuple[int, ...]:
    """Each column's width: room for its longest word, and more by how much it holds. A table is no wider than
    it needs to be: figures far from their names are hard to follow."""
    least = _wide(
        table, [[word for text in column for word in text.split(" ")] for column in _columns(table)]
    )
    wanted = _wide(table, _columns(table))
    if sum(wanted) > WIDTH:
        wanted = _wide(table, [(*_halves(head), *cells) for head, *cells in _columns(table)])
    if sum(least) >= WIDTH:
        found = [WIDTH * one // sum(least) for one in least]
    else:
        more = [max(0, min(want, _LONGEST) - need) for want, need in zip(wanted, least, strict=True)]
        part = min(1.0, (WIDTH - sum(least)) / sum(more)) if sum(more) else 0.0
        found = [need + int(want * part) for need, want in zip(least, more, strict=True)]
    found[0] += max(0, _NARROW - sum(found))
    return tuple(found)


def _columns(table: FigureTable) -> Iterator[tuple[str, ...]]:
    """Each column's words: its name, then its cells."""
    for place, head in enumerate(table.columns):
        yield head, *(shown(row[place]) for row in table.rows)


def _wide(table: FigureTable, columns: Iterable[Iterable[str]]) -> list[int]:
    """How wide each column is whose widest words are these."""
    letters = size(table)
    return [max(width(one, letters, bold=True) for one in column) + _EDGES + _SPARE for column in columns]


def _halves(head: str) -> tuple[str, str]:
    """A column's name on two lines."""
    words = head.split(" ")
    half = (len(words) + 1) // 2
    return " ".join(words[:half]), " ".join(words[half:])


def stays_whole(table: FigureTable, at: int) -> bool:
    """Whether this row shares a page with what follows: in a short table, before a total, over a note."""
    last = len(table.rows) - 1
    if at == last:
        return bool(table.note)
    return last < _WHOLE or (table.total and at == last - 1)


def table_xml(table: FigureTable) -> str:
    """The table. Its caption names it to screen readers too, and its first row is its head."""
    wide, right = widths(table), figures(table)
    cell, head = ("FigureSmallCell", "FigureSmallHead") if small(table) else ("FigureCell", "FigureHead")
    rows = [_row(table.columns, wide, right, head, keep=True, header=True)]
    for at, values in enumerate(table.rows):
        words = tuple(shown(one) for one in values)
        bold = table.total and at == len(table.rows) - 1
        rows.append(_row(words, wide, right, cell, keep=stays_whole(table, at), bold=bold))
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in wide)
    look = f'w:firstRow="1" w:lastRow="{int(table.total)}" w:firstColumn="1" w:lastColumn="0"'
    value = "04E0" if table.total else "04A0"
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="FigureTable"/><w:tblW w:w="{sum(wide)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="{value}" {look} w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoted(table.caption)}/>"
        f"<w:tblDescription w:val={quoted(_description(table))}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _description(table: FigureTable) -> str:
    last = " The last row is the total." if table.total else ""
    return f"The first column names the row, the first row the columns.{last} {table.note}".strip()


def _row(
    words: tuple[str, ...],
    wide: tuple[int, ...],
    right: tuple[bool, ...],
    style: str,
    keep: bool,
    header: bool = False,
    bold: bool = False,
) -> str:
    look = "<w:cantSplit/>" + ("<w:tblHeader/>" if header else "")
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{own}" w:type="dxa"/></w:tcPr>'
        + paragraph(
            run(text, "<w:b/><w:bCs/>" if bold else ""),
            style,
            ("<w:keepNext/>" if keep else "") + ('<w:jc w:val="right"/>' if to_right else ""),
        )
        + "</w:tc>"
        for text, own, to_right in zip(words, wide, right, strict=True)
    )
    return f"<w:tr><w:trPr>{look}</w:trPr>{cells}</w:tr>"
