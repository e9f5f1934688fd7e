"""Reads a returned form: every answer, how it was found, and what a person must be asked about."""

from collections.abc import Iterator, Mapping

from ..domain.form import REFERENCE, Ambiguity, Answer, Field, Form, Reading, Table
from ..domain.grading import decide
from ..domain.ids import PRINTED_REFERENCE, AuditRef, check_letter
from ..domain.problem import Problem
from ..domain.spelling import choice, uk_date
from .form_places import Found, Landmarks, Places, outside
from .form_writer import FORM_PROPERTY, REFERENCE_PROPERTY, VERSION_PROPERTY
from .word_package import WHERE, NotReadableError, WordPackage, open_word
from .word_text import Outline, outline, words

__all__ = ["FormReader", "NotReadableError", "read_form"]

_HYPHENS = str.maketrans("‐‑‒–—−\u00a0", "------ ", "\u00ad\u200b")
_SPACES = str.maketrans("\u00a0", " ", "\u00ad")


class FormReader:
    """One form, ready to be read from any number of files."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._fields = tuple(form.fields())
        self._tables = tuple(form.tables())
        self._marks = Landmarks(form)

    def read(self, content: bytes) -> Reading:
        """What a returned .docx says, tracked changes accepted. `kind` is empty when it is not this form.

        Raises NotReadableError when the file is no Word document, is damaged, locked or past the budgets.
        """
        package = open_word(content)
        document = outline(package.document)
        places = Places(self._marks, document)
        found = {one.key: place for one in self._fields if (place := places.find(one.key))}
        version = package.properties.get(VERSION_PROPERTY, "")
        if problem := self._another_document(package, places, len(found)):
            return Reading("", version, problems=(problem,))
        answers = {
            one.key: answer
            for one in self._fields
            if not one.prefilled and one.key in found and (answer := self._answer(one, found[one.key]))
        }
        table_places = {table.key: tuple(places.rows(table)) for table in self._tables}
        references, bad = self._references(package, found)
        return Reading(
            self._form.key,
            version,
            references,
            bad,
            answers,
            {table.key: tuple(self._rows(table, table_places[table.key])) for table in self._tables},
            self._missing(answers),
            tuple(self._ambiguous(answers)),
            tuple(self._residue(document, found, table_places)),
            tuple(_problems(references, places)),
        )

    def _another_document(self, package: WordPackage, places: Places, found: int) -> Problem | None:
        kind = package.properties.get(FORM_PROPERTY, self._form.key)
        if kind == self._form.key and (places.tagged or found * 2 >= len(self._fields)):
            return None
        title = self._form.title[:1].lower() + self._form.title[1:]
        return Problem(
            WHERE,
            f"is not the {title}.",
            "Please fill in the form that came with the case details and send that.",
        )

    def _answer(self, one: Field, found: Found) -> Answer | None:
        written = self._marks.without_prompt(found.words).translate(_SPACES)
        return Answer(self._value(one, written), written, found.rung) if written else None

    def _value(self, one: Field, written: str) -> str:
        if written in one.choices:
            return written
        if one.kind == "grade" and self._form.grades:
            grade = decide(self._form.grades, written)
            return grade if grade in one.choices else ""
        if one.kind == "choice":
            return choice(one.choices, written) or ""
        if one.kind == "date":
            day = uk_date(written)
            return day.isoformat() if day else ""
        return written

    def _rows(self, table: Table, rows: tuple[tuple[Found, ...], ...]) -> Iterator[Mapping[str, Answer]]:
        for row in rows:
            answers = {
                column.key: answer
                for column, found in zip(table.columns, row, strict=True)
                if (answer := self._answer(column, found))
            }
            if answers:
                yield answers

    def _missing(self, answers: Mapping[str, Answer]) -> tuple[str, ...]:
        """Required fields left empty. A section that is not applicable needs no words."""
        grades = self._form.grades
        excused = {
            key
            for part in self._form.sections()
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
        self, package: WordPackage, found: Mapping[str, Found]
    ) -> tuple[Mapping[str, str], tuple[str, ...]]:
        """The reference in each place that holds exactly one, and those whose check letter is wrong."""
        in_cell = found[REFERENCE].words if REFERENCE in found else ""
        printed = {
            "property": _printed(package.properties.get(REFERENCE_PROPERTY, "")),
            "body": _printed(in_cell) or _printed(words(package.document)),
            "header": _printed("\n".join(words(header) for header in package.headers)),
        }
        sound = {
            place: {text[:-2] for text in texts if text[-1] == check_letter(AuditRef(text[:-2]))}
            for place, texts in printed.items()
        }
        bad = {text for place, texts in printed.items() for text in texts if text[:-2] not in sound[place]}
        one = {place: next(iter(texts)) for place, texts in sound.items() if len(texts) == 1}
        return one, tuple(sorted(bad))

    def _residue(
        self,
        document: Outline,
        found: Mapping[str, Found],
        rows: Mapping[str, tuple[tuple[Found, ...], ...]],
    ) -> Iterator[str]:
        read = [*found.values(), *(one for table in rows.values() for row in table for one in row)]
        cells = {cell for one in read for cell in one.cells}
        loose = {line for one in read if not one.cells for line in one.words.split("\n")}
        for text in outside(document, cells):
            if text not in loose and not self._marks.of_blank_form(text):
                yield text


def read_form(form: Form, content: bytes) -> Reading:
    """What one returned .docx says. Use FormReader for many: it sets the form up once."""
    return FormReader(form).read(content)


def _printed(text: str) -> set[str]:
    """The references with check letter in a text, however their hyphens and capitals are written."""
    return {match[0] for match in PRINTED_REFERENCE.finditer(text.translate(_HYPHENS).upper())}


def _problems(references: Mapping[str, str], places: Places) -> Iterator[Problem]:
    if len(set(references.values())) > 1:
        said = ", ".join(f"{reference} ({place})" for place, reference in references.items())
        yield Problem(
            WHERE,
            f"carries more than one audit reference: {said}.",
            "Please send the form that came with this audit’s case details.",
        )
    if places.doubled():
        yield Problem(
            WHERE,
            "holds the form, or a part of it, twice.",
            "Please send one form, with each answer in it once.",
        )
