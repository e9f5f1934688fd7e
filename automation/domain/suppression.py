"""Small numbers held back, so that nobody can tell from a table who is meant (brief: Report)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .month import Share
from .report import Cell, FigureTable

HELD = "*"
NOTE = "* stands for a small number that is held back, or for one that would give it away."

_Name = tuple[str, str]
"""A number by its row's name and its column's: in tables that go together one name is one number."""
_Line = tuple[tuple[_Name, ...], _Name | None]
"""Numbers that sum up, and their sum: None where that stands elsewhere."""
_PRIME = 2_147_483_647
"""Sums are solved modulo a prime: only whether a number can be solved for is asked, not what it is."""


@dataclass(frozen=True, slots=True)
class Hide:
    """Holds back the numbers from 1 to less than `least`, in tables and in what is said beside them."""

    least: int = 0

    def __call__(self, table: FigureTable) -> FigureTable:
        """The table without them."""
        return suppressed(table, self.least)

    @property
    def hides(self) -> bool:
        """Whether anything may have to be held back."""
        return self.least > 1

    def small(self, *numbers: int) -> bool:
        """Whether one of these may not be told."""
        return any(0 < one < self.least for one in numbers)

    def untold(self, share: Share) -> bool:
        """Whether a share may not be told: its part, or what is left of the whole, is small."""
        return self.small(share.part, share.whole - share.part)


def suppressed(table: FigureTable, least: int) -> FigureTable:
    """The table without the numbers from 1 to less than `least`, and without those that would tell one.

    With `least` 0 or 1 the table is as it was.
    """
    return suppressed_together((table,), least)[0]


def suppressed_together(tables: Sequence[FigureTable], least: int) -> tuple[FigureTable, ...]:
    """These tables, of which the same number may stand in several, without what is small.

    A number that can be solved for from the sums that are left is not held back yet: others are then, the
    smallest first, until none can be. Percentages of a row go with its counts.
    """
    known = {name: cell for table in tables for name, cell in _numbers(table)}
    held = {name for table in tables for name, cell in _numbers(table) if 0 < cell < least}
    if not held:
        return tuple(tables)
    for table in tables:
        if table.told:  # the text beside it gives the whole too
            known.pop((str(table.rows[-1][0]), table.sum_column), None)
    lines = [line for table in tables for line in _lines(table)]
    while solved := _solved(lines, held):
        alone = [one for one in lines if len(held.intersection(_of(one))) == 1]
        more = _beside(solved, alone, held, known) or _beside(solved, lines, held, known)
        if more is None:
            break
        held.add(more)
    return tuple(_without(table, held) for table in tables)


def _numbers(table: FigureTable) -> Iterator[tuple[_Name, int]]:
    for name, *cells in table.rows:
        for column, cell in zip(table.columns[1:], cells, strict=True):
            if isinstance(cell, int):
                yield (str(name), column), cell


def _lines(table: FigureTable) -> Iterator[_Line]:
    """What sums up in a table: its rows, its columns, and of its total row what is told elsewhere."""
    counts = [c for c in range(1, len(table.columns)) if any(isinstance(row[c], int) for row in table.rows)]
    names = [str(row[0]) for row in table.rows]
    if table.sum_column:
        whole = table.columns.index(table.sum_column)
        parts = [table.columns[c] for c in counts if c < whole]
        yield from (
            (tuple((name, column) for column in parts), (name, table.columns[whole])) for name in names
        )
    if table.total:
        columns = [table.columns[c] for c in counts]
        yield from ((tuple((name, column) for name in names[:-1]), (names[-1], column)) for column in columns)
        yield from ((tuple((names[-1], column) for column in told), None) for told in table.told)


def _solved(lines: Sequence[_Line], held: set[_Name]) -> set[_Name]:
    """Which of the numbers held back can be worked out: sums are equations, those held the unknowns."""
    rows: list[dict[_Name, int]] = []
    for parts, whole in lines:
        row = {one: 1 for one in parts if one in held}
        if whole in held and whole is not None:
            row[whole] = _PRIME - 1
        _reduce(rows, row)
    return {next(iter(row)) for row in rows if len(row) == 1}


def _reduce(rows: list[dict[_Name, int]], row: dict[_Name, int]) -> None:
    """Take an equation into those solved so far (Gauss and Jordan): each has an unknown of its own, first."""
    for other in rows:
        _subtract(row, other, next(iter(other)))
    if not row:
        return
    own = next(iter(row))
    inverse = pow(row[own], -1, _PRIME)
    for name in row:
        row[name] = row[name] * inverse % _PRIME
    for other in rows:
        _subtract(other, row, own)
    rows.append(row)


def _subtract(row: dict[_Name, int], other: Mapping[_Name, int], own: _Name) -> None:
    """Take out of an equation the unknown that is another's own."""
    times = row.get(own, 0)
    for name, value in other.items() if times else ():
        left = (row.get(name, 0) - times * value) % _PRIME
        if left:
            row[name] = left
        else:
            row.pop(name, None)


def _beside(
    solved: set[_Name], lines: Sequence[_Line], held: set[_Name], known: Mapping[_Name, int]
) -> _Name | None:
    """What else must be held back so that these cannot be worked out: the smallest number that adds up with
    one of them, else a sum. A nought is the last: it is what is looked for first."""
    found = [
        (known[one] == 0, one == line[1], known[one], one)
        for line in lines
        if not solved.isdisjoint(_of(line))
        for one in _of(line)
        if one in known and one not in held
    ]
    return min(found)[3] if found else None


def _of(line: _Line) -> tuple[_Name, ...]:
    """A line's numbers, its sum too where it has one."""
    parts, whole = line
    return parts if whole is None else (*parts, whole)


def _without(table: FigureTable, held: set[_Name]) -> FigureTable:
    """The table with a mark for each number that is held back."""
    rows = []
    for name, *cells in table.rows:
        own: list[Cell] = [
            HELD if isinstance(cell, int) and (str(name), column) in held else cell
            for column, cell in zip(table.columns[1:], cells, strict=True)
        ]
        counts = own[: table.columns.index(table.sum_column)] if table.sum_column else own
        if HELD in counts:
            own = [HELD if isinstance(cell, str) and cell.endswith("%") else cell for cell in own]
        rows.append((name, *own))
    if tuple(rows) == table.rows:
        return table
    return replace(table, rows=tuple(rows), note=f"{table.note} {NOTE}".strip())
