"""What a form is, and what was read from one. A form is described by a file in `config/forms/`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .problem import Problem

FieldKind = Literal["text", "lines", "choice", "grade", "date"]
"""One line, several lines, one of `choices`, one of the form's grades, a day."""

Rung = Literal["tag", "bookmark", "label"]
"""How an answer was found: by its content control, by its bookmark, or by the label beside it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `label` is unique in the form: it is how a pasted form is read."""

    key: str
    label: str
    kind: FieldKind
    hint: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    prefilled: bool = False
    """Filled by the service. Shown for the reader; what comes back in it is never an answer."""


@dataclass(frozen=True, slots=True)
class Table:
    """Repeating rows, such as recommended actions. `columns` are fields with keys of their own."""

    key: str
    label: str
    columns: tuple[Field, ...]
    rows: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A headed stretch of the form. A graded part is a section of the audit."""

    key: str
    title: str
    intro: str = ""
    prompts: tuple[str, ...] = ()
    question: str = ""
    graded: bool = False
    items: tuple[Field | Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Grades:
    """The scale, best first, and the words people use for each grade.

    `synonyms` maps a grade to other ways of writing it. `undecided` are words that must be asked
    about, however near they are to a grade (`adequate`).
    """

    words: tuple[str, ...]
    not_applicable: str
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its parts in order, its grades, and the version printed on it."""

    key: str
    version: str
    title: str
    intro: str
    parts: tuple[Part, ...]
    grades: Grades | None = None

    def fields(self) -> Iterator[Field]:
        """Every field outside tables, in the form's order."""
        return (item for part in self.parts for item in part.items if isinstance(item, Field))

    def tables(self) -> Iterator[Table]:
        """Every table, in the form's order."""
        return (item for part in self.parts for item in part.items if isinstance(item, Table))

    def sections(self) -> tuple[Part, ...]:
        """The graded parts (guidance appendix 1 has nine), in order."""
        return tuple(part for part in self.parts if part.graded)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the value taken, the words as written, and the rung it was found on.

    For a grade the value is the scale's own word, for a date an ISO date; both are empty when what
    was written could not be decided, and the reading then lists the field as ambiguous.
    """

    value: str
    written: str
    rung: Rung


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """An answer that must be asked about: the field's key and label, what was written, the choices."""

    key: str
    label: str
    written: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one returned form says.

    `kind` is the form's key, empty when the document is not one of ours. `references` maps each place
    that identifies the audit (`property`, `body`, `header`) to the reference found there; `bad_check`
    lists printed references whose check letter does not fit. `missing` holds the keys of required
    fields left empty. `residue` is text that is neither the blank form's nor part of an answer.
    """

    kind: str
    version: str = ""
    references: Mapping[str, str] = field(default_factory=dict)
    bad_check: tuple[str, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    rows: Mapping[str, tuple[Mapping[str, Answer], ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    ambiguous: tuple[Ambiguity, ...] = ()
    residue: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def value(self, key: str) -> str:
        """The value of a field, empty when it was not answered."""
        answer = self.answers.get(key)
        return answer.value if answer else ""
