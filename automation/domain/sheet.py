"""A workbook's cells as values, with what a reader must know about each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

Value = str | int | float | bool | date | datetime | None


class Flaw(Enum):
    """Why a cell's value cannot be taken as it stands."""

    ERROR = "error"
    """Excel shows an error such as #N/A; the value is the error's text."""
    NEVER_CALCULATED = "never calculated"
    """A formula that no program has worked out yet; the value is None."""
    MERGED = "merged"
    """Part of a merged range. Only the first cell of the range carries a value."""


class Cell(NamedTuple):
    """One cell. `ref` is its address in the sheet, such as `E14`.

    A tuple, because a big sheet has a million, and a frozen dataclass takes four times as long to make.
    """

    ref: str
    value: Value
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet. `number` is the one Excel shows; `cells` run from column A without gaps."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows from the first to the last that holds a value, empty ones left out."""

    name: str
    rows: tuple[Row, ...]
    hidden_columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WorkbookCells:
    """Every sheet of a workbook by name. `name` is the file's name, for messages."""

    name: str
    sheets: Mapping[str, Sheet]
