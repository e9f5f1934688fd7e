"""Where a returned form holds its answers: by control, bookmark or old-style field, else by the label
beside them."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..domain.form import Rung, Table
from .form_landmarks import Landmarks
from .form_rows import RowPlaces, repeating_rows
from .word_changes import as_shown
from .word_text import Mark, Outline, WordCell, WordRow

_NAMED: tuple[Rung, ...] = ("tag", "bookmark", "legacy")
"""The rungs at which a place carries the field's own name, best first."""
_PAIR = 2
"""A label and its answer."""
_SAYS_NOTHING = re.compile(r"(\d{1,2}[.)]?)?")
"""An empty cell, or one with the number of its row."""


@dataclass(frozen=True, slots=True)
class Found:
    """The words in an answer's place, the prompt included, how it was found, and its cells if it has any.

    `rivals` are the words of other places with the same name: when they differ, somebody must be asked.
    """

    words: str
    rung: Rung
    cells: tuple[WordCell, ...] = ()
    rivals: tuple[str, ...] = ()


class Places:
    """The places of one form's answers in one document."""

    def __init__(self, marks: Landmarks, document: Outline) -> None:
        self._marks = marks
        self._rows = repeating_rows(marks, document)
        self._named: dict[Rung, dict[str, list[Mark]]] = {rung: {} for rung in _NAMED}
        self._names_in: dict[WordCell, set[str]] = defaultdict(set)
        self._labelled: dict[str, list[WordRow]] = defaultdict(list)
        self._label_of: dict[WordRow, str] = {}
        self._label_at: dict[WordRow, int] = {}
        self._found: dict[str, Found | None] = {}
        for mark in document.marks:
            if mark.name in marks.names:
                self._named[mark.rung].setdefault(mark.name, []).append(mark)
                if mark.cell:
                    self._names_in[mark.cell].add(mark.name)
        for row in document.rows:
            self._note_row(row)

    @property
    def tagged(self) -> bool:
        """Whether any control carries one of the form's names."""
        return bool(self._named["tag"]) or any(one.rung == "tag" for one in self._rows.values() if one)

    def doubled(self) -> bool:
        """Whether the document holds the form, or a part of it, twice."""
        if any(len(self._fitting("tag", name)) > 1 for name in self._named["tag"]):
            return True
        return 2 * sum(len(rows) > 1 for rows in self._labelled.values()) > len(self._marks.names)

    def found(self, keys: Collection[str]) -> Mapping[str, Found]:
        """The places of these fields' answers, without those that the document has none of."""
        for key in keys:
            if key not in self._found:
                self._found[key] = self._find(key)
        return {key: place for key in keys if (place := self._found[key])}

    def _find(self, key: str) -> Found | None:
        for rung in _NAMED:
            if fitting := self._fitting(rung, key):
                return _one_of([self._at(mark) for mark in fitting])
        rows = [row for row in self._labelled.get(key, ()) if not self._is_anothers(row, key)]
        if rows:
            # Three cells beside one another are more likely a row of actions that has lost its headings.
            pairs = [row for row in rows if len(row.cells) == _PAIR]
            return _one_of([_beside(row, self._label_at[row]) for row in pairs or rows])
        return None

    def rows(self, table: Table) -> Iterator[tuple[Found, ...]]:
        """The rows of a table, each with a Found for each column, however many rows there are."""
        for row in self._rows.values():
            if isinstance(row, RowPlaces) and row.table is table:
                cells = (row.cells[column.key] for column in table.columns)
                yield tuple(Found(cell.words, row.rung, (cell,)) for cell in cells)

    def _is_anothers(self, row: WordRow, key: str) -> bool:
        """Whether the label was typed anew beside the place of another answer, which has no other place."""
        names = {name for cell in row.cells[1:] for name in self._names_in.get(cell, ())} - {key}
        return any(not any(self._fitting(rung, one) for rung in _NAMED) for one in names)

    def _at(self, mark: Mark) -> Found:
        if mark.cell is None or len(self._names_in[mark.cell]) > 1:
            return Found(mark.words, mark.rung)
        label_stands_apart = any(self._marks.key_of(cell.own) for cell in mark.cell.row.cells[1:])
        if mark.cell is mark.cell.row.cells[0] and not label_stands_apart:
            # Word has merged both cells. What stands inside the place is the answer's in any case.
            inside, whole = mark.words, mark.cell.words
            before, _, after = whole.partition(inside) if inside else (whole, "", "")
            apart = self._marks.without_label(mark.name, before.split("\n"))
            return Found("\n".join(filter(None, (apart, inside + after))), mark.rung, (mark.cell,))
        # The whole cell holds what was typed beside or below the control too.
        return Found(mark.cell.words, mark.rung, (mark.cell,))

    def _note_row(self, row: WordRow) -> None:
        if row in self._rows or len(row.cells) < _PAIR or self._inside_answer(row):
            return
        if row.cells[0] in self._names_in:
            return  # an answer, whatever its words are
        # Somebody may have put a column before the labels, empty or with numbers.
        at = int(len(row.cells) > _PAIR and bool(_SAYS_NOTHING.fullmatch(row.cells[0].words.strip())))
        key = self._marks.key_of(row.cells[at].own) if row.cells[at] not in self._names_in else None
        if key is not None:
            self._labelled[key].append(row)
            self._label_of[row] = key
            self._label_at[row] = at

    def _inside_answer(self, row: WordRow) -> bool:
        """Whether a row belongs to a table that somebody put inside an answer."""
        cell = row.table.cell
        while cell is not None:
            if cell.row in self._label_of:
                return True
            cell = cell.row.table.cell
        return False

    def _fitting(self, rung: Rung, key: str) -> list[Mark]:
        """The places with this name, without those that stand beside another field's label, put there by
        copying, and empty ones that some program has moved out of the tables."""
        return [
            mark
            for mark in self._named[rung].get(key, ())
            if (mark.words if mark.cell is None else self._label_of.get(mark.cell.row, key) == key)
        ]


def outside(document: Outline, cells: set[WordCell]) -> Iterator[tuple[str, WordCell | None]]:
    """Each paragraph that stands in none of these cells, with the cell it does stand in."""
    for text, cell in document.paragraphs:
        within = cell
        while within is not None and within not in cells:
            within = within.row.table.cell
        if within is None and (shown := as_shown(text).strip()):
            yield shown, cell


def _beside(row: WordRow, label_at: int) -> Found:
    cells = tuple(row.cells[label_at + 1 :])
    return Found("\n".join(cell.words for cell in cells).strip(), "label", cells)


def _one_of(places: Sequence[Found]) -> Found:
    """The first place, with the others' words beside it. All their cells are taken."""
    if len(places) == 1:
        return places[0]
    cells = tuple(cell for one in places for cell in one.cells)
    return replace(places[0], cells=cells, rivals=tuple(one.words for one in places[1:]))
