"""The rows of a form's repeating tables, such as the actions, however somebody has rearranged them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from ..domain.form import Rung, Table
from .form_landmarks import Landmarks
from .word_text import Mark, Outline, WordCell, WordRow, WordTable


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """One row of a repeating table: the cell of each column by key, and how it was found."""

    table: Table
    cells: Mapping[str, WordCell]
    rung: Rung


@dataclass(slots=True)
class _Row:
    """What is known of a row before its table is: the columns that its cells carry the names of."""

    table: Table | None = None
    rung: Rung = "label"
    columns: dict[str, WordCell] = field(default_factory=dict)


def repeating_rows(marks: Landmarks, document: Outline) -> dict[WordRow, RowPlaces | None]:
    """The rows that belong to a repeating table, in order; None for its rows of headings.

    A row belongs to the table whose headings stand last above it in the same Word table, or whose names
    its own cells carry: Word joins two tables when what stood between them is deleted. The headings say
    which column is which, because they are what people see; without them the names in the cells do.
    """
    named = _named(marks, document.marks)
    asked = {one.cell.row for one in document.marks if one.cell and one.name in marks.names}
    by_table: dict[WordTable, list[WordRow]] = defaultdict(list)
    for row in document.rows:
        by_table[row.table].append(row)
    found: dict[WordRow, RowPlaces | None] = {}
    for rows in by_table.values():
        found.update(_in_one_table(marks, rows, named, asked))
    return found


def _in_one_table(
    marks: Landmarks, rows: Iterable[WordRow], named: Mapping[WordRow, _Row], asked: Set[WordRow]
) -> Iterator[tuple[WordRow, RowPlaces | None]]:
    table: Table | None = None
    heads: Mapping[str, int] = {}
    for row in rows:
        if head := marks.table_of(row):
            table, heads = head
            yield row, None
            continue
        own = named.get(row, _Row())
        if own.table is not None and own.table is not table:
            table, heads = own.table, {}
        if table is None or (own.table is None and (row in asked or _is_labelled(marks, row, table))):
            continue
        if cells := _cells(table, row, heads, own):
            yield row, RowPlaces(table, cells, own.rung)


def _is_labelled(marks: Landmarks, row: WordRow, table: Table) -> bool:
    """Whether a row is an answer's, of a table that Word has joined to this one."""
    few = 0 < len(row.cells) < len(table.columns)
    return few and marks.key_of(row.cells[0].own) is not None


def _cells(table: Table, row: WordRow, heads: Mapping[str, int], own: _Row) -> Mapping[str, WordCell]:
    """The cell of each column, empty when the row has too few to tell them apart."""
    keys = [one.key for one in table.columns]
    if heads:
        fits = len(row.cells) > max(heads.values())
        return {key: row.cells[heads[key]] for key in keys} if fits else {}
    if own.columns and len(set(map(id, own.columns.values()))) == len(keys):
        return {key: own.columns[key] for key in keys}
    return dict(zip(keys, row.cells, strict=True)) if len(row.cells) == len(keys) else {}


def _named(marks: Landmarks, places: Iterable[Mark]) -> dict[WordRow, _Row]:
    """The rows whose cells carry the names of a table's cells, whichever row's they are: people copy rows."""
    named: dict[WordRow, _Row] = {}
    for mark in places:
        if mark.cell is None or mark.name not in marks.columns:
            continue
        table, column = marks.columns[mark.name]
        row = named.setdefault(mark.cell.row, _Row(table, mark.rung))
        # Printed cells have bookmarks alone, the others both; where the two differ, the first kind counts.
        if row.table is table and (row.rung == mark.rung or table.listed):
            row.columns.setdefault(column, mark.cell)
    return named
