"""Small numbers held back, so that nobody can tell from a table who is meant (brief: Report)."""

from collections.abc import Iterator
from dataclasses import replace

from .report import Cell, FigureTable

HELD = "*"
NOTE = "* stands for a small number that is held back, or for one that would give it away."

Place = tuple[int, int]


def suppressed(table: FigureTable, least: int) -> FigureTable:
    """The table without the numbers from 1 to less than `least`, and without those that would tell one.

    Where one number of a line that sums up is held back, the smallest other one is too, or else the sum.
    Percentages of a row go with its counts. With `least` 0 or 1 the table is as it was.
    """
    rows = [list(row) for row in table.rows]
    held = {
        (r, c)
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        if c and isinstance(cell, int) and 0 < cell < least
    }
    if not held:
        return table
    lines = tuple(_lines(table))
    while more := next((one for line in lines if (one := _gives_away(rows, line, held))), None):
        held.add(more)
    for r, c in held:
        rows[r][c] = HELD
    for row in rows:
        if HELD in row:
            row[1:] = [HELD if isinstance(cell, str) and cell.endswith("%") else cell for cell in row[1:]]
    return replace(table, rows=tuple(map(tuple, rows)), note=f"{table.note} {NOTE}".strip())


def _lines(table: FigureTable) -> Iterator[tuple[Place, ...]]:
    """The places that sum up: each line's parts, then its sum."""
    counts = [c for c in range(1, len(table.columns)) if any(isinstance(row[c], int) for row in table.rows)]
    if table.sum_column:
        whole = table.columns.index(table.sum_column)
        parts = [c for c in counts if c < whole]
        yield from (tuple((r, c) for c in (*parts, whole)) for r in range(len(table.rows)))
    if table.total:
        yield from (tuple((r, c) for r in range(len(table.rows))) for c in counts)


def _gives_away(rows: list[list[Cell]], line: tuple[Place, ...], held: set[Place]) -> Place | None:
    """What else must be held back on a line of which one number is: it could be told from the others."""
    if sum(place in held for place in line) != 1:
        return None
    *parts, whole = line
    free = [(cell, (r, c)) for r, c in parts if (r, c) not in held and isinstance(cell := rows[r][c], int)]
    # Not a nought where there is another: that is what is looked for first.
    several = [one for one in free if one[0]] or ([] if whole not in held else free)
    if several:
        return min(several)[1]
    return whole if whole not in held and isinstance(rows[whole[0]][whole[1]], int) else None
