"""One pass over a sheet's XML for what a reader of values does not tell.

Which cells show an error, which formulas were never worked out, what is merged or hidden, and how far
the sheet's values reach: known before anything is laid out in memory.
"""

from collections.abc import Callable, Iterable
from xml.parsers import expat

from automation.domain.sheet import Flaw

_DIGITS = "0123456789"
_Start = Callable[[dict[str, str]], None]


class SheetScan:
    """What was found. Rows and columns count from 0; `last_row` and `last_column` are -1 without values.

    `flaws` maps (row, column) to the flaw and, for an error, its text. Raises ExpatError for broken
    XML and ValueError for an address that no cell has.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.flaws: dict[tuple[int, int], tuple[Flaw, str | None]] = {}
        self.hidden_rows: set[int] = set()
        self.merged: list[tuple[int, int, int, int]] = []
        self.last_row = self.last_column = -1
        self._hidden_columns: list[tuple[int, int]] = []
        self._row = self._column = -1
        self._type = self._text = ""
        self._formula = False
        self._columns_by_letters: dict[str, int] = {}
        self._starts: dict[str, _Start | None] = {}
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        for chunk in chunks:
            self._parser.Parse(chunk)
        self._parser.Parse(b"", True)

    def merged_cells(self) -> int:
        """How many cells the merged ranges cover, as far as the sheet has values."""
        return sum(
            max(0, bottom - top + 1) * max(0, right - left + 1)
            for top, left, bottom, right in map(self._clip, self.merged)
        )

    def flag_merged(self) -> None:
        """Adds every cell of a merged range to the flaws, as far as the sheet has values."""
        for top, left, bottom, right in map(self._clip, self.merged):
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    self.flaws.setdefault((row, column), (Flaw.MERGED, None))

    def hidden_columns(self) -> frozenset[str]:
        """The letters of the hidden columns, as far as the sheet has values."""
        return frozenset(
            letters(column)
            for first, stop in self._hidden_columns
            for column in range(first, min(stop, self.last_column + 1))
        )

    def _clip(self, area: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        top, left, bottom, right = area
        return top, left, min(bottom, self.last_row), min(right, self.last_column)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        # Looking a tag up costs less than cutting its prefix off, a million times over.
        try:
            start = self._starts[tag]
        except KeyError:
            start = self._starts[tag] = self._start_of(tag.rpartition(":")[2])
        if start is not None:
            start(attributes)

    def _start_of(self, tag: str) -> _Start | None:
        known: dict[str, _Start] = {
            "c": self._start_cell,
            "f": self._start_formula,
            "v": self._start_value,
            "is": self._start_value,
            "row": self._start_row,
            "col": self._start_columns,
            "mergeCell": self._start_merged,
        }
        return known.get(tag)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if attributes.get("hidden") in ("1", "true") or attributes.get("ht") == "0":
            self.hidden_rows.add(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self._column += 1
        else:
            self._row, self._column = self._place(place)
        self._type = attributes.get("t", "")
        self._formula = False

    def _start_formula(self, _: dict[str, str]) -> None:
        # It stands until a value follows: a program that cannot calculate writes none, or an empty one.
        self._formula = True
        self._reach()
        self.flaws[self._row, self._column] = (Flaw.NEVER_CALCULATED, None)

    def _start_value(self, _: dict[str, str]) -> None:
        self._reach()
        if self._formula or self._type == "e":
            self._text = ""
            self._parser.CharacterDataHandler = self._more_text
            self._parser.EndElementHandler = self._end_value

    def _more_text(self, text: str) -> None:
        self._text += text

    def _end_value(self, _: str) -> None:
        self._parser.CharacterDataHandler = None
        self._parser.EndElementHandler = None
        if self._type == "e":
            self.flaws[self._row, self._column] = (Flaw.ERROR, self._text)
        elif self._text or self._type == "str":
            self.flaws.pop((self._row, self._column), None)

    def _start_columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true") or attributes.get("width") == "0":
            self._hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"])))

    def _start_merged(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes["ref"].partition(":")
        self.merged.append((*self._place(first), *self._place(last or first)))

    def _reach(self) -> None:
        if self._row > self.last_row:
            self.last_row = self._row
        if self._column > self.last_column:
            self.last_column = self._column

    def _place(self, ref: str) -> tuple[int, int]:
        name = ref.rstrip(_DIGITS)
        column = self._columns_by_letters.get(name)
        if column is None:
            column = self._columns_by_letters[name] = _column(name)
        return int(ref[len(name) :]) - 1, column


def letters(column: int) -> str:
    """The letters of a column counted from 0: `A`, `Z`, `AA`."""
    text = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _column(name: str) -> int:
    if not 1 <= len(name) <= 3 or not all("A" <= letter <= "Z" for letter in name):
        raise ValueError("no cell has this address")
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column - 1
