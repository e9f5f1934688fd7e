"""A report as it is to be read: chapters of text, tables and charts, before any of it is a Word file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .ids import AuditRef, RoundId

TextStyle = Literal["body", "bullet", "finding", "note"]
"""Running text; a bullet; a sentence that states a finding; small print below a figure."""

ChartKind = Literal["columns", "stacked columns", "bars", "stacked bars", "lines"]
"""Upright or lying bars, side by side or stacked (to the whole when the unit is per cent); lines."""

Unit = Literal["count", "percent"]

Colour = Literal[
    "outstanding", "good", "requires improvement", "inadequate", "none", "main", "second", "third", "muted"
]
"""What a series means. The council configures which colour that is: a grade has the same everywhere."""

Cell = str | int | None
"""A word, a whole number, or nothing known: shown as a dash."""


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph."""

    words: str
    style: TextStyle = "body"


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Figures in rows. The first column names the row. `caption` says what is counted and when; `note` what
    the reader must know about it. `total` makes the last row a sum. `sum_column` is the heading of a column
    that is the sum of the counts before it, empty where there is none. `told` are columns whose sum in the
    total row is told elsewhere: where small numbers are held back, one of them alone would be given away."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    total: bool = False
    sum_column: str = ""
    told: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars. A value is None where nothing is known: a gap, never a nought."""

    name: str
    values: tuple[float | None, ...]
    colour: Colour = "main"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart whose numbers stand in `table` below it. `title` states the finding, `alt` says in words what
    the picture shows. A category has its n in its own words: `October 2026 (n = 41)`."""

    kind: ChartKind
    title: str
    alt: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    table: FigureTable
    unit: Unit = "count"


@dataclass(frozen=True, slots=True)
class Extract:
    """Words from an audit that QA has allowed into the report. `source` is the section and the service, never
    a case or a person."""

    words: str
    source: str


Block = Text | FigureTable | Chart | Extract


@dataclass(frozen=True, slots=True)
class Chapter:
    """A headed stretch of the report. `level` is 1 for a chapter and 2 for a part of the one before."""

    title: str
    blocks: tuple[Block, ...]
    level: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """A month's report, or one service's extract of it. `cut_off` is the last day whose returns are in it.
    `head` is the hash of the newest event of the history when it was made: what the figures rest on.
    `audience` names the service that an extract is for, empty for the whole."""

    reference: AuditRef
    round: RoundId
    round_name: str
    council: str
    qa_team: str
    cut_off: date
    version: int
    draft: bool
    summary: tuple[Text, ...]
    chapters: tuple[Chapter, ...]
    head: str = ""
    audience: str = ""

    def charts(self) -> Iterator[Chart]:
        """Every chart, in order."""
        return (one for chapter in self.chapters for one in chapter.blocks if isinstance(one, Chart))

    def tables(self) -> Iterator[FigureTable]:
        """Every table, in order; a chart's own stands where the chart does."""
        for chapter in self.chapters:
            for one in chapter.blocks:
                if isinstance(one, Chart):
                    yield one.table
                elif isinstance(one, FigureTable):
                    yield one
