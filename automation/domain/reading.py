"""A sheet's rows as they are read: each cell's text or day, and a problem for what cannot be read.

Mending that happens in cell after cell (stray spaces, lost zeros) is told once for the sheet.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from .columns import Column, Columns, Headings, Layout, find_headings, find_sheet, nearest, plain
from .problem import Problem
from .sheet import Cell, Flaw, Row, Sheet, Value, WorkbookCells
from .written import read_day, tidy

_RENAME = "Rename the header, or add the name to config/workbook.toml."
_NOTHING_TO_DO = "Nothing needs doing; correct it in the sheet if you like."
_SHOWN = 5


@dataclass(slots=True)
class SheetReading:
    """One sheet while it is read. `stops_all` is True when none of it can be used."""

    book: str
    name: str
    layout: Layout
    headings: Headings | None = None
    rows: tuple[Row, ...] = ()
    stops_all: bool = False
    faults: list[Problem] = field(default_factory=list)
    _mentions: dict[tuple[str, str], dict[tuple[str, int], None]] = field(default_factory=dict)

    def place(self, ref: str = "") -> str:
        """Where something is, for a problem."""
        return f"{self.book}, sheet {self.name}" + (f", {ref}" if ref else "")

    def fault(self, ref: str, what: str, remedy: str, stops: bool = True, row: int = 0) -> None:
        """Adds a problem."""
        self.faults.append(Problem(self.place(ref), what, remedy, stops, row))

    def mention(self, ref: str, row: int, what: str, remedy: str = _NOTHING_TO_DO) -> None:
        """Adds something that was read all the same, told once for all the cells it happened to."""
        self._mentions.setdefault((what, remedy), {})[ref, row] = None

    def problems(self) -> tuple[Problem, ...]:
        """The problems in the order they were met, then the mentions."""
        mentions = (
            Problem(
                self.place(_several([ref for ref, _ in cells])),
                what,
                remedy,
                stops=False,
                row=next(iter(cells))[1] if len({row for _, row in cells}) == 1 else 0,
            )
            for (what, remedy), cells in self._mentions.items()
        )
        return (*self.faults, *mentions)

    def letters(self) -> dict[str, str]:
        """Each column's letter, by key."""
        refs = self.headings.refs if self.headings else {}
        return {key: ref.rstrip("0123456789") for key, ref in refs.items()}

    def each_row(self) -> Iterator["RowReading"]:
        """The rows that hold something in a column that is read."""
        for row in self.rows:
            reading = RowReading(self, row)
            if reading.filled():
                yield reading


class RowReading:
    """One row while it is read. `stopped` is True once a problem makes it wait."""

    def __init__(self, sheet: SheetReading, row: Row) -> None:
        self.sheet = sheet
        self.number = row.number
        self.stopped = False
        self._row = row
        self._places = sheet.headings.places if sheet.headings else {}
        self._told: set[str] = set()

    def filled(self) -> bool:
        """Whether any column but the notes holds something."""
        cells = (self.cell(key) for key in self._places if key != "notes")
        return any(
            cell.flaw in (Flaw.ERROR, Flaw.NEVER_CALCULATED) or _some(cell.value) for cell in cells if cell
        )

    def cell(self, key: str) -> Cell | None:
        """The cell of a column, or None where the sheet lacks the column or the row ends before it."""
        place = self._places.get(key)
        return self._row.cells[place] if place is not None and place < len(self._row.cells) else None

    def ref(self, key: str) -> str:
        """The address of a column's cell."""
        cell = self.cell(key)
        return cell.ref if cell else f"row {self.number}"

    def unreadable(self, key: str) -> bool:
        """Whether a flaw hides the cell's value: a problem of its own, told when the value was asked for."""
        cell = self.cell(key)
        return cell is not None and cell.flaw is not None and self.value(key) is None

    def value(self, key: str) -> Value:
        """The column's value. A flawed cell is a problem, told once, and has no value."""
        cell = self.cell(key)
        if cell is None or cell.flaw is None:
            return cell.value if cell else None
        if key not in self._told:
            self._told.add(key)
            self._tell_flaw(key, cell)
        return cell.value if cell.flaw is Flaw.MERGED else None

    def _tell_flaw(self, key: str, cell: Cell) -> None:
        if cell.flaw is Flaw.ERROR:
            self.refuse(key, f"The cell shows the error {cell.value}.", "Correct it, or type the value.")
        elif cell.flaw is Flaw.NEVER_CALCULATED:
            self.refuse(
                key, "The cell's formula was never calculated.", "Open the file in Excel and save it."
            )
        elif cell.value is None:
            self.refuse(
                key,
                "The cell is part of a merged one and empty. A merged cell is never filled down.",
                "Unmerge the cells and give each row its own value.",
            )
        else:
            self.warn(
                key,
                "The cell is merged with others. Its value was taken for this row only.",
                "Unmerge the cells and give each row its own value.",
            )

    def text(self, key: str) -> str:
        """The column's value as tidied text, empty where there is none."""
        value = self.value(key)
        if not isinstance(value, str):
            return "" if value is None else str(value)
        text = tidy(value)
        if text != value:
            self.mention(key, "Stray spaces or invisible signs were left out.")
        return text

    def day(self, key: str) -> date | None:
        """The column's day, or None where there is none. What is no date is a problem."""
        value = self.value(key)
        if not _some(value):
            return None
        read = read_day(value)
        if read.fault:
            self.refuse(key, read.fault, read.remedy)
        elif read.note:
            self.warn(key, read.note, "Check it; type the date as 3 Nov 2026 to be sure.")
        return read.day

    def refuse(self, key: str, what: str, remedy: str) -> None:
        """Adds a problem that makes the row wait."""
        self.stopped = True
        self.sheet.fault(self.ref(key), what, remedy, row=self.number)

    def warn(self, key: str, what: str, remedy: str) -> None:
        """Adds a problem with which the row goes on."""
        self.sheet.fault(self.ref(key), what, remedy, stops=False, row=self.number)

    def mention(self, key: str, what: str) -> None:
        """Adds something mended, told once for all the cells it happened to."""
        self.sheet.mention(self.ref(key), self.number, what)


def open_sheet(cells: WorkbookCells, layout: Layout, columns: Columns) -> SheetReading:
    """A sheet ready to be read, with the problems of its name, headers and hidden parts.

    `stops_all` is set where the sheet or a required column is missing, or two columns claim one header.
    """
    sheet = find_sheet(cells, layout, columns)
    name = columns.sheet_names(layout)[0]
    if sheet is None:
        reading = SheetReading(cells.name, name, layout, stops_all=True)
        near = nearest(name, cells.sheets)
        hint = f"The nearest is ‘{near}’." if near else f"There are: {', '.join(cells.sheets) or 'none'}."
        reading.faults.append(
            Problem(cells.name, f"There is no sheet ‘{name}’. {hint}", f"Name the sheet ‘{name}’.")
        )
        return reading
    headings = find_headings(sheet, layout, columns)
    rows = tuple(row for row in sheet.rows if row.number > headings.row)
    reading = SheetReading(cells.name, sheet.name, layout, headings, rows)
    _check_headings(reading, headings, columns)
    _tell_hidden(reading, sheet)
    return reading


def _check_headings(reading: SheetReading, headings: Headings, columns: Columns) -> None:
    row = f"row {headings.row}" if headings.row else ""
    for column in headings.missing:
        _tell_missing(reading, headings, column, columns, row)
    for key, refs in headings.twice.items():
        column = next(one for one in reading.layout.columns if one.key == key)
        reading.stops_all = True
        reading.fault(
            " and ".join(refs),
            f"More than one column is headed ‘{columns.headers(reading.layout, column)[0]}’.",
            "Keep one of them and rename the others.",
        )
    for ref, header in headings.childrens.items():
        reading.fault(
            ref,
            f"The column ‘{header}’ looks as if it told of children. It is not read and goes nowhere.",
            "If it does, delete the column: the case number is enough.",
            stops=False,
        )


def _tell_missing(
    reading: SheetReading, headings: Headings, column: Column, columns: Columns, row: str
) -> None:
    """A missing required column stops all; another is only told of when a strange header is very like it."""
    names = columns.headers(reading.layout, column)
    by_header = {header: ref for ref, header in headings.strange.items()}
    cutoff = 0.6 if column.required else 0.8
    near = next((found for name in names if (found := nearest(name, by_header, cutoff))), None)
    if near is None and not column.required:
        return
    where = by_header[near] if near else row
    hint = f" The nearest header is ‘{near}’." if near else ""
    reading.fault(where, f"There is no column ‘{names[0]}’.{hint}", _RENAME, stops=column.required)
    reading.stops_all |= column.required


def _tell_hidden(reading: SheetReading, sheet: Sheet) -> None:
    hidden = [row.number for row in reading.rows if row.hidden]
    if hidden:
        reading.fault(
            "",
            f"Hidden or filtered rows were read like the others: {_ranges(hidden)}.",
            "Show the rows or clear the filter to see what is sent; delete a row that should not count.",
            stops=False,
        )
    if found := [letter for letter in reading.letters().values() if letter in sheet.hidden_columns]:
        reading.fault(
            "",
            f"Hidden columns were read like the others: {', '.join(found)}.",
            "Show the columns to see what is read.",
            stops=False,
        )


class Spellings:
    """Known words by how they are compared. Each row asks, and going through all of a big council's teams for
    each of its people and cases would take minutes."""

    def __init__(self, known: Iterable[str]) -> None:
        self._words: dict[str, str] = {}
        for word in known:
            self.add(word)

    def add(self, word: str) -> None:
        """One more word. The first of those that are compared alike is the one that is found."""
        self._words.setdefault(plain(word), word)

    def find(self, text: str) -> str | None:
        """The known word that the text is, whatever its case, spaces and signs; None when it is none."""
        return self._words.get(plain(text))

    def nearest(self, text: str) -> str | None:
        """The known word most like the text, None when none is near."""
        return nearest(text, list(self._words.values()))


def spelt(text: str, known: Sequence[str]) -> str | None:
    """The word of a few that the text is, whatever its case, spaces and signs; None when it is none."""
    wanted = plain(text)
    return next((word for word in known if plain(word) == wanted), None)


def _some(value: Value) -> bool:
    return value is not None and not (isinstance(value, str) and not tidy(value))


def _several(refs: Sequence[str]) -> str:
    shown, more = refs[:_SHOWN], len(refs) - _SHOWN
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def _ranges(numbers: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in runs)
