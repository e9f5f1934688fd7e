"""Reads a returned form: every answer, how it was found, and what a person must be asked about."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ..domain.form import REFERENCE, Ambiguity, Answer, Field, Flag, Form, Reading, Table
from ..domain.grading import decide, says_nothing
from ..domain.identify import references_in
from ..domain.ids import PRINTED_REFERENCE, AuditRef, check_letter
from ..domain.problem import Problem
from ..domain.spelling import choice, plain, uk_date
from .form_body import WORDML
from .form_landmarks import Landmarks
from .form_places import Found, Places, outside
from .form_writer import FORM_PROPERTY, REFERENCE_PROPERTY, SEAL_PROPERTY, VERSION_PROPERTY
from .word_changes import as_shown, without_left_out
from .word_package import WHERE, NotReadableError, WordPackage, open_word
from .word_text import Outline, WordCell, outline
from .word_text import words as words_of

__all__ = ["FormsReader", "NotReadableError", "read_form"]

_HYPHENS = str.maketrans("‐‑‒–—−\u00a0", "------ ", "\u00ad\u200b")
_ROW_NUMBER = re.compile(r"\(?\d{1,2}[.)]?")
_SPACES = str.maketrans("\u00a0", " ", "\u00ad")


class FormsReader:
    """Every form that may come back, ready to be read: each form, and older versions still on their way."""

    def __init__(self, forms: Sequence[Form]) -> None:
        """`forms` in order of preference: where a document says nothing of its form, the first that fits."""
        self._readers = tuple(_FormReader(form) for form in forms)

    def read(self, content: bytes) -> Reading:
        """What a returned .docx says, tracked changes accepted. `kind` is empty when it is no form of ours.

        Raises NotReadableError when the file is no Word document, is damaged, locked or past the budgets.
        """
        package = open_word(content)
        document = outline(package.document, package.styles)
        key = package.properties.get(FORM_PROPERTY, "")
        version = package.properties.get(VERSION_PROPERTY, "")
        fitting = [
            (one.form.version == version, part_found, one, places)
            for one in self._readers
            if key in ("", one.form.key)
            for places in (Places(one.marks, document),)
            if (part_found := one.part_found(places))
        ]
        if not fitting:
            return Reading("", version, problems=(_another_document(self._readers[0].form),))
        *_, reader, places = max(fitting, key=lambda one: one[:2])
        return reader.read(package, document, places)


class _FormReader:
    """One form, set up once to be read from any number of documents."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.marks = Landmarks(form)
        self._fields = tuple(form.fields())
        self._keys = tuple(one.key for one in self._fields)
        self._tables = tuple(form.tables())

    def part_found(self, places: Places) -> float:
        """How much of the form a document has, 0 when it is another document: one with fewer than half the
        form's places and no control of it."""
        found = len(places.found(self._keys))
        return found / len(self._keys) if places.tagged or found * 2 >= len(self._keys) else 0

    def read(self, package: WordPackage, document: Outline, places: Places) -> Reading:
        """What this form says in a document that is known to be it."""
        found = places.found(self._keys)
        answers = {
            one.key: answer
            for one in self._fields
            if not one.prefilled and one.key in found and (answer := self._answer(one, found[one.key]))
        }
        table_places = {table.key: tuple(places.rows(table)) for table in self._tables}
        answered = self._cells(found, table_places)
        references, bad, unclear = self._references(package, found, document, answered)
        return Reading(
            self.form.key,
            package.properties.get(VERSION_PROPERTY, ""),
            references,
            bad,
            answers,
            {table.key: tuple(self._rows(table, table_places[table.key])) for table in self._tables},
            self._missing(answers),
            tuple(self._ambiguous(answers)),
            tuple(self._residue(package, document, found, answered)),
            tuple(_problems(package, references, unclear, places)),
            tuple(self._flags(package, document, found, table_places)),
            package.properties.get(SEAL_PROPERTY, ""),
            {
                one.key: self._written(found[one.key].words)
                for one in self._fields
                if one.prefilled and one.key in found
            },
            package.hazards,
        )

    def _answer(self, one: Field, found: Found) -> Answer | None:
        """The answer in a place. Nothing is taken, and the reader asks, where all its words are struck
        through or two places of the same name differ."""
        written = self._written(found.words)
        others = [self._written(words) for words in found.rivals]
        said = list({plain(words): words for words in (written, *others) if words}.values())
        if len(said) > 1:
            return Answer("", " / ".join(said), found.rung)
        if said:
            return Answer(self._value(one, said[0]), said[0], found.rung)
        struck = self.marks.without_prompt(as_shown(found.words))
        return Answer("", struck, found.rung) if struck else None

    def _written(self, words: str) -> str:
        return self.marks.without_prompt(without_left_out(words)[0]).translate(_SPACES)

    def _value(self, one: Field, written: str) -> str:
        if written in one.choices:
            return written
        if one.kind == "grade" and self.form.grades:
            grade = decide(self.form.grades, written)
            return grade if grade in one.choices else ""
        if one.kind == "choice":
            return choice(one.choices, written) or ""
        if one.kind == "date":
            day = uk_date(written)
            return day.isoformat() if day else ""
        return written

    def _cell(self, column: Field, found: Found, written: str) -> Answer | None:
        """The answer in a cell. What was printed in one comes back as its words, whatever its kind."""
        return Answer(written, written, found.rung) if column.prefilled else self._answer(column, found)

    def _rows(self, table: Table, rows: tuple[tuple[Found, ...], ...]) -> Iterator[Mapping[str, Answer]]:
        """The rows that say something. Cells whose words are all struck through are empty, and a row of them,
        or of words such as `none`, is no row."""
        for row in rows:
            answers = {
                column.key: answer
                for column, found in zip(table.columns, row, strict=True)
                if (written := self._written(found.words)) and (answer := self._cell(column, found, written))
            }
            if not all(says_nothing(one.written) for one in answers.values()):
                yield answers

    def _missing(self, answers: Mapping[str, Answer]) -> tuple[str, ...]:
        """Required fields left empty. A section that is not applicable needs no words."""
        grades = self.form.grades
        excused = {
            key
            for part in self.form.sections()
            if grades and part.grade_key in answers and answers[part.grade_key].value == grades.not_applicable
            for key in (part.findings_key, part.change_key)
        }
        return tuple(
            one.key
            for one in self._fields
            if one.required and one.key not in answers and one.key not in excused
        )

    def _ambiguous(self, answers: Mapping[str, Answer]) -> Iterator[Ambiguity]:
        for one in self._fields:
            answer = answers.get(one.key)
            if answer and not answer.value:
                yield Ambiguity(one.key, one.label, answer.written, one.choices)

    def _references(
        self,
        package: WordPackage,
        found: Mapping[str, Found],
        document: Outline,
        answered: set[WordCell],
    ) -> tuple[Mapping[str, str], tuple[str, ...], bool]:
        """The reference in each place that holds exactly one, those whose check letter is wrong or gone,
        and whether a place holds several."""
        in_cell = as_shown(found[REFERENCE].words) if REFERENCE in found else ""
        printed = {
            "property": _printed(package.properties.get(REFERENCE_PROPERTY, "")),
            # An answer may speak of another audit: only what stands outside the answers is looked at.
            "body": _printed(in_cell) or _printed("\n".join(text for text, _ in outside(document, answered))),
            "header": _printed("\n".join(words_of(header) for header in package.headers)),
        }
        sound = {
            place: {text[:-2] for text in texts if text[-1] == check_letter(AuditRef(text[:-2]))}
            for place, texts in printed.items()
        }
        bad = {text for place, texts in printed.items() for text in texts if text[:-2] not in sound[place]}
        if in_cell and not printed["body"] & _printed(in_cell):
            bad |= references_in(in_cell.translate(_HYPHENS))
        one = {place: next(iter(texts)) for place, texts in sound.items() if len(texts) == 1}
        return one, tuple(sorted(bad)), any(len(texts) > 1 for texts in sound.values())

    def _flags(
        self,
        package: WordPackage,
        document: Outline,
        found: Mapping[str, Found],
        rows: Mapping[str, tuple[tuple[Found, ...], ...]],
    ) -> Iterator[Flag]:
        """Words struck through or hidden, by the answer they stand in, and every margin comment."""
        labels = {one.key: (one.key, one.label) for one in self._fields}
        places = [(labels[key], one) for key, one in found.items()]
        for table in self._tables:
            for number, row in enumerate(rows[table.key], start=1):
                places += [((table.key, f"{table.label}, row {number}"), one) for one in row]
        for (key, label), one in places:
            for words in without_left_out(one.words)[1]:
                yield Flag("struck out", words, key, label)
        if package.comments is None:
            return
        by_cell = {cell: where for where, one in places for cell in one.cells}
        for comment in package.comments:
            cell = document.comments.get(str(comment.get(f"{{{WORDML}}}id")))
            while cell is not None and cell not in by_cell:
                cell = cell.row.table.cell
            if text := words_of(comment):
                yield Flag("comment", text, *(by_cell[cell] if cell else ("", "")))

    def _cells(
        self, found: Mapping[str, Found], rows: Mapping[str, tuple[tuple[Found, ...], ...]]
    ) -> set[WordCell]:
        """The cells whose words are in an answer or are what we printed."""
        read = [*found.values(), *(one for table in rows.values() for row in table for one in row)]
        return {cell for one in read for cell in one.cells}

    def _residue(
        self, package: WordPackage, document: Outline, found: Mapping[str, Found], answered: set[WordCell]
    ) -> Iterator[str]:
        """Words that neither the blank form has nor an answer, notes at the foot of a page included. Of a row
        that nothing was read from, the cells that look like labels are told with the others."""
        loose = {line for one in found.values() if not one.cells for line in as_shown(one.words).split("\n")}
        left = list(outside(document, answered))
        strange = [text not in loose and not self.marks.of_blank_form(text) for text, _ in left]
        read_from = {cell.row for cell in answered}
        strange_rows = {
            cell.row for (_, cell), is_strange in zip(left, strange, strict=True) if is_strange and cell
        }
        for (text, cell), is_strange in zip(left, strange, strict=True):
            beside = cell is not None and cell.row in strange_rows and cell.row not in read_from
            if (is_strange or (beside and text not in loose)) and _says_something(text):
                yield text
        yield from (text for one in package.notes for text in words_of(one).split("\n") if text.strip())


def read_form(form: Form, content: bytes) -> Reading:
    """What one returned .docx says. Use FormsReader for many: it sets the form up once."""
    return FormsReader((form,)).read(content)


def _another_document(form: Form) -> Problem:
    title = form.title[:1].lower() + form.title[1:]
    return Problem(
        WHERE,
        f"is not the {title}.",
        "Please fill in the form that came with the case details and send that.",
    )


def _printed(text: str) -> set[str]:
    """The references with check letter in a text, however their hyphens and capitals are written."""
    return {match[0] for match in PRINTED_REFERENCE.finditer(text.translate(_HYPHENS).upper())}


def _says_something(text: str) -> bool:
    """Not for the number of a row alone."""
    return not _ROW_NUMBER.fullmatch(text)


def _problems(
    package: WordPackage, references: Mapping[str, str], unclear: bool, places: Places
) -> Iterator[Problem]:
    if unclear or len(set(references.values())) > 1:
        yield Problem(
            WHERE,
            "carries more than one audit reference.",
            "Please send the form that came with this audit’s case details.",
        )
    if next(package.document.iter(f"{{{WORDML}}}altChunk"), None) is not None:
        yield Problem(
            WHERE,
            "holds another document that Word has not yet taken in, so its words cannot be read.",
            "Please open it in Word, save it and send it again.",
        )
    if places.doubled():
        yield Problem(
            WHERE,
            "holds the form, or a part of it, twice.",
            "Please send one form, with each answer in it once.",
        )
