"""A sheet of data to be written: its name, its columns and its rows, before any spreadsheet library."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

Cell = str | int | date | datetime | None
"""A value for a cell. Text stays text, whatever it begins with. A datetime has no zone: it is London time."""


@dataclass(frozen=True, slots=True)
class DataColumn:
    """One column: its heading, its width in characters, and the key of its values where rows are mappings.
    `wraps` is True where a text may take several lines."""

    heading: str
    width: int
    key: str = ""
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class DataSheet:
    """One sheet: a table under a name, a row for each tuple of cells, in the order of the columns."""

    name: str
    columns: tuple[DataColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheet_of(name: str, columns: tuple[DataColumn, ...], rows: Iterable[Mapping[str, object]]) -> DataSheet:
    """The sheet with these rows, each a mapping from which the columns take their values by key. True and
    False become Yes and No. Raises TypeError for a value that no cell can hold."""
    return DataSheet(name, columns, tuple(tuple(_cell(row[one.key]) for one in columns) for row in rows))


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value is None or isinstance(value, str | int | date):
        return value
    raise TypeError(f"a cell cannot hold {type(value).__name__}")
