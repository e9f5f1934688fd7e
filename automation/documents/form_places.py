"""Where a returned form holds its answers: by control, else by bookmark, else by the label beside them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ..domain.form import Form, Rung, Table
from ..domain.spelling import plain
from .form_body import LEAD, PROMPTS, SHORT_PROMPTS, paragraphs
from .word_text import Mark, Outline, WordCell, WordRow, WordTable

_WORD_PROMPTS = (
    "Click or tap here to enter text.",
    "Click here to enter text.",
    "Click or tap to enter a date.",
    "Click here to enter a date.",
    "Choose an item.",
)
"""What Word shows where an answer was typed and deleted again."""


@dataclass(frozen=True, slots=True)
class Found:
    """The words in an answer's place, the prompt included, how it was found, and its cells if it has any."""

    words: str
    rung: Rung
    cells: tuple[WordCell, ...] = ()


class Landmarks:
    """What is fixed in a form, set up once: names, labels, prompts and the words of the blank form."""

    def __init__(self, form: Form) -> None:
        self.names = frozenset(one.key for one in form.fields())
        self._labels: dict[str, str] = {}
        for one in form.fields():
            for label in (one.label, f"{one.label}\n{one.hint}".strip()):
                self._labels[label] = self._labels[plain(label)] = one.key
        self.tables = {
            table.cell_key(number, column): table
            for table in form.tables()
            for number in range(1, table.rows + 1)
            for column in table.columns
        }
        self._heads: dict[str, list[Table]] = defaultdict(list)
        for table in form.tables():
            for column in table.columns:
                for label in {column.label, plain(column.label)}:
                    self._heads[label].append(table)
        prompts = {*PROMPTS.values(), *SHORT_PROMPTS.values(), *_WORD_PROMPTS}
        self._prompts = tuple(sorted(prompts, key=len, reverse=True))
        lines = [form.title, LEAD, *_texts(form)]
        self._blank = frozenset(line for known in lines if "{" not in known for line in (known, plain(known)))
        self._filled = tuple(
            re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(plain(line)))) for line in lines if "{" in line
        )

    def key_of(self, label: str) -> str | None:
        """The key of the field with this label, with or without its hint."""
        return self._labels.get(label) or self._labels.get(plain(label))

    def without_prompt(self, text: str) -> str:
        """An answer's words without the prompt that was still showing before or after them."""
        shown = text.strip()
        if shown.startswith(self._prompts):
            prompt = next(one for one in self._prompts if shown.startswith(one))
            return shown.removeprefix(prompt).strip()
        if shown.endswith(self._prompts):
            prompt = next(one for one in self._prompts if shown.endswith(one))
            return shown.removesuffix(prompt).strip()
        return shown

    def table_of(self, row: WordRow) -> Table | None:
        """The table whose column labels this row holds."""
        first = "\n".join(row.cells[0].own)
        for table in self._heads.get(first) or self._heads.get(plain(first)) or ():
            shown = {plain(cell.words) for cell in row.cells}
            if all(plain(column.label) in shown for column in table.columns):
                return table
        return None

    def of_blank_form(self, text: str) -> bool:
        """Whether a paragraph stands in the blank form already."""
        if text in self._blank:
            return True
        line = plain(text)
        return (
            line in self._blank
            or not self.without_prompt(text)
            or any(pattern.fullmatch(line) for pattern in self._filled)
        )


def _texts(form: Form) -> Iterator[str]:
    for text in (form.intro, form.closing, *(part.intro for part in form.parts)):
        yield from (line for _, line in paragraphs(text))
    for part in form.parts:
        yield form.heading(part)
        yield from part.prompts
        for one in part.items:
            yield from (one.label, one.hint)
            if isinstance(one, Table):
                yield from (column.label for column in one.columns)


class Places:
    """The places of one form's answers in one document."""

    def __init__(self, marks: Landmarks, document: Outline) -> None:
        self._marks = marks
        self._named: dict[Rung, dict[str, list[Mark]]] = {"tag": {}, "bookmark": {}}
        self._names_in: dict[WordCell, set[str]] = defaultdict(set)
        self._row_rungs: dict[WordRow, Rung] = {}
        self._tables: dict[WordTable, Table] = {}
        self._rows: dict[WordTable, list[WordRow]] = defaultdict(list)
        self._labelled: dict[str, list[WordRow]] = defaultdict(list)
        self._label_of: dict[WordRow, str] = {}
        for mark in document.marks:
            self._note_mark(mark)
        for row in document.rows:
            self._note_row(row)

    @property
    def tagged(self) -> bool:
        """Whether any control carries one of the form's names."""
        return bool(self._named["tag"]) or "tag" in self._row_rungs.values()

    def doubled(self) -> bool:
        """Whether the document holds the form, or a part of it, twice."""
        if any(len(self._fitting("tag", name)) > 1 for name in self._named["tag"]):
            return True
        return 2 * sum(len(rows) > 1 for rows in self._labelled.values()) > len(self._marks.names)

    def find(self, key: str) -> Found | None:
        """The place of a field's answer, or None where the document has none."""
        rungs: tuple[Rung, Rung] = ("tag", "bookmark")
        for rung in rungs:
            if fitting := self._fitting(rung, key):
                mark = fitting[0]
                # The whole cell holds what was typed beside or below the control too.
                if mark.cell and len(self._names_in[mark.cell]) == 1:
                    return Found(mark.cell.words, rung, (mark.cell,))
                return Found(mark.words, rung)
        if rows := self._labelled.get(key):
            cells = tuple(rows[0].cells[1:])
            return Found("\n".join(cell.words for cell in cells).strip(), "label", cells)
        return None

    def rows(self, table: Table) -> Iterator[tuple[Found, ...]]:
        """The rows of a table, each with a Found for each column, however many rows there are."""
        labels = [plain(column.label) for column in table.columns]
        for element in [one for one, known in self._tables.items() if known is table]:
            order = list(range(len(labels)))
            for row in self._rows[element]:
                if len(row.cells) < len(labels):
                    continue
                if self._marks.table_of(row) is table:
                    head = [plain(cell.words) for cell in row.cells]
                    order = [head.index(label) for label in labels]
                    continue
                cells = [row.cells[at] for at in order if at < len(row.cells)]
                rung = self._row_rungs.get(row, "label")
                yield tuple(Found(cell.words, rung, (cell,)) for cell in cells)

    def _note_mark(self, mark: Mark) -> None:
        if mark.name in self._marks.names:
            self._named[mark.rung].setdefault(mark.name, []).append(mark)
            if mark.cell:
                self._names_in[mark.cell].add(mark.name)
        elif mark.cell and (table := self._marks.tables.get(mark.name)):
            self._tables.setdefault(mark.cell.row.table, table)
            self._row_rungs.setdefault(mark.cell.row, mark.rung)

    def _note_row(self, row: WordRow) -> None:
        self._rows[row.table].append(row)
        if len(row.cells) < 2:
            return
        if table := self._marks.table_of(row):
            self._tables.setdefault(row.table, table)
        key = self._marks.key_of("\n".join(row.cells[0].own))
        if key is None or self._inside_answer(row):
            return
        # Among repeating rows a label is somebody's value, unless Word has joined two tables into one.
        repeating = self._tables.get(row.table)
        if repeating is None or len(row.cells) < len(repeating.columns):
            self._labelled[key].append(row)
            self._label_of[row] = key

    def _inside_answer(self, row: WordRow) -> bool:
        """Whether a row belongs to a table that somebody put inside an answer."""
        cell = row.table.cell
        while cell is not None:
            if cell.row in self._label_of:
                return True
            cell = cell.row.table.cell
        return False

    def _fitting(self, rung: Rung, key: str) -> list[Mark]:
        """The places with this name that do not stand beside another field's label, put there by copying."""
        return [
            mark
            for mark in self._named[rung].get(key, ())
            if mark.cell is None or self._label_of.get(mark.cell.row, key) == key
        ]


def outside(document: Outline, cells: set[WordCell]) -> Iterator[str]:
    """The text of each paragraph that stands in none of these cells."""
    for text, cell in document.paragraphs:
        within = cell
        while within is not None and within not in cells:
            within = within.row.table.cell
        if within is None and (shown := text.strip()):
            yield shown
