"""What a form is, and what was read from one. A form is described by a file in `config/forms/`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from .problem import Problem

FieldKind = Literal["text", "lines", "choice", "grade", "date"]
"""One line, several lines, one of `choices`, one of the form's grades, a day."""

Rung = Literal["tag", "bookmark", "legacy", "label"]
"""How an answer was found: by its content control, its bookmark, its old-style form field, or the label
beside it."""

FlagKind = Literal["struck out", "comment"]
"""What a person should see that no answer says: words struck through, a margin comment."""

REFERENCE, CASE_NUMBER = "reference", "case_number"
"""The prefilled fields that say whose form it is: the first on every form."""

DISCUSSED, DISCUSSED_ON, THREE_WAY = "discussed", "discussed_on", "three_way"
OVERALL_GRADE, REASONS, STRENGTHS = "overall_grade", "reasons", "strengths"
ACTIONS, ACTION, OWNER, BY_WHEN = "actions", "action", "owner", "by_when"
LEARNING_POINTS = "learning_points"
IMMEDIATE_CONCERN, CONCERN_DETAILS = "immediate_concern", "concern_details"
CONCERN_TOLD, SHARE_PREVIOUS, COMPLETED_ON = "concern_told", "share_previous", "completed_on"

AUDIT_KEYS = (
    *(REFERENCE, DISCUSSED, DISCUSSED_ON, THREE_WAY, OVERALL_GRADE, REASONS, STRENGTHS, ACTIONS),
    *(LEARNING_POINTS, IMMEDIATE_CONCERN, CONCERN_DETAILS, CONCERN_TOLD, SHARE_PREVIOUS, COMPLETED_ON),
)
"""What the service reads from an audit form by name: its description may not leave them out."""
ACTION_COLUMNS = (ACTION, OWNER, BY_WHEN)


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
    share: int = 0
    """How wide a column of a table is beside the others; 0 is as wide as its kind usually is."""


@dataclass(frozen=True, slots=True)
class Table:
    """Repeating rows, such as recommended actions. `columns` are fields with keys of their own."""

    key: str
    label: str
    columns: tuple[Field, ...]
    rows: int
    hint: str = ""

    @property
    def listed(self) -> bool:
        """Whether its rows are the service's: so many are printed as there are things to list. Which row is
        which is told by what is printed in it, wherever the row has got to."""
        return any(one.prefilled for one in self.columns)

    def cell_key(self, number: int, column: Field) -> str:
        """The name of one cell of a blank form, for row `number` (from 1): `actions_1_owner`."""
        return f"{self.key}_{number}_{column.key}"


@dataclass(frozen=True, slots=True)
class Part:
    """A headed stretch of the form. A graded part is a section of the audit.

    The form's description gives a graded part its three fields, under the keys below. `question` is
    the reflective question that closes a section (guidance appendix 1).
    """

    key: str
    title: str
    intro: str = ""
    prompts: tuple[str, ...] = ()
    question: str = ""
    graded: bool = False
    items: tuple[Field | Table, ...] = ()

    @property
    def findings_key(self) -> str:
        """The key of a section's findings."""
        return f"{self.key}_findings"

    @property
    def change_key(self) -> str:
        """The key of a section's answer to its closing question."""
        return f"{self.key}_change"

    @property
    def grade_key(self) -> str:
        """The key of a section's grade."""
        return f"{self.key}_grade"


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
    """A form: its parts in order, its grades, and the version printed on it.

    `intro`, `closing` and a part's intro are paragraphs, a blank line between two; one that starts with
    `## ` is a heading, with `- ` a bullet, with `! ` a warning. `{due}` stands for the prefilled field of
    that key. `bland_phrases` are worth a question when
    they are nearly all that was said (guidance appendix 1).
    """

    key: str
    version: str
    title: str
    intro: str
    parts: tuple[Part, ...]
    grades: Grades | None = None
    closing: str = ""
    bland_phrases: tuple[str, ...] = ()

    def fields(self) -> Iterator[Field]:
        """Every field outside tables, in the form's order."""
        return (item for part in self.parts for item in part.items if isinstance(item, Field))

    def tables(self) -> Iterator[Table]:
        """Every table, in the form's order."""
        return (item for part in self.parts for item in part.items if isinstance(item, Table))

    def with_rows(self, number: int) -> "Form":
        """The form with so many rows in each of its tables whose rows are prefilled."""
        parts = tuple(
            replace(part, items=tuple(_with_rows(one, number) for one in part.items)) for part in self.parts
        )
        return replace(self, parts=parts)

    def sections(self) -> tuple[Part, ...]:
        """The graded parts (guidance appendix 1 has nine), in order."""
        return tuple(part for part in self.parts if part.graded)

    def heading(self, part: Part) -> str:
        """A part's heading: sections are numbered from 1, the other parts carry their title alone."""
        if not part.graded:
            return part.title
        number = 1 + [section.key for section in self.sections()].index(part.key)
        return f"Section {number}: {part.title}"


def _with_rows(item: Field | Table, number: int) -> Field | Table:
    return replace(item, rows=number) if isinstance(item, Table) and item.listed else item


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
class Flag:
    """Something in a returned form that a person should look at: the words, and the field they stand in.

    `key` and `label` are empty when the words stand in no answer.
    """

    kind: FlagKind
    words: str
    key: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one returned form says.

    `kind` is the form's key, empty when the document is not one of ours. `references` maps each place
    that identifies the audit (`property`, `body`, `header`) to the reference found there; `bad_check`
    lists printed references whose check letter does not fit. `missing` holds the keys of required
    fields left empty. `residue` is text that is neither the blank form's nor part of an answer.
    `seal` is the keyed digest among its properties, empty when there is none. `prefilled` is what now stands
    in the fields that we filled in. `hazards` are the parts of
    the file that could act on whoever opens it: macros, embedded objects and the like.
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
    flags: tuple[Flag, ...] = ()
    seal: str = ""
    prefilled: Mapping[str, str] = field(default_factory=dict)
    hazards: tuple[str, ...] = ()

    def value(self, key: str) -> str:
        """The value of a field, empty when it was not answered."""
        answer = self.answers.get(key)
        return answer.value if answer else ""
