"""A form's description, a file in `config/forms/`, read into a Form with every fault at once."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .domain.action_forms import LIST_COLUMNS
from .domain.form import (
    ACTION_COLUMNS,
    ACTIONS,
    AUDIT_KEYS,
    REFERENCE,
    Field,
    Form,
    Grades,
    Part,
    Table,
)
from .domain.spelling import plain
from .toml_values import nearest, read_values

AUDIT_FORM = "audit"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""A key is also a bookmark's name, which Word limits to 40 characters."""
_PLACE = re.compile(r"\{(\w+)\}")
_MANY_ROWS = 999
"""A table that lists things has as many rows as there are: their cells' names must stay short enough."""


class FormDescriptionError(Exception):
    """A form's description cannot be used. `faults` says why, each with file and key."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Part:
    key: str
    title: str
    intro: str = ""
    prompts: tuple[str, ...] = ()
    question: str = ""
    graded: bool = False
    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class _Description:
    key: str
    version: str
    title: str
    parts: tuple[_Part, ...]
    intro: str = ""
    closing: str = ""
    bland_phrases: tuple[str, ...] = ()
    grades: Grades | None = None


def form_from(text: str, file_name: str, scale: Grades | None = None) -> Form:
    """The form that a TOML description describes. `file_name` is for messages; `scale` are the grades of a
    form that describes none of its own.

    Raises FormDescriptionError with every fault: keys that are unknown, missing or of the wrong kind,
    keys and labels used twice, grades that are not in the scale, and, in the audit form, questions
    left out that the service reads.
    """
    faults: list[str] = []
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise FormDescriptionError((f"{file_name}: not valid TOML: {fault}.",)) from None
    described = read_values(_Description, table, file_name, "", faults)
    if described is None:
        raise FormDescriptionError(tuple(faults))
    described = replace(described, grades=described.grades or scale)
    faults.extend(f"{file_name}: {fault}" for fault in _faults(described))
    if faults:
        raise FormDescriptionError(tuple(faults))
    return _form(described)


def _form(described: _Description) -> Form:
    parts = []
    section = 0
    for part in described.parts:
        section += part.graded
        head = Part(part.key, part.title, part.intro.strip(), part.prompts, part.question, part.graded)
        own = _section_fields(head, section, described.grades) if part.graded else ()
        fields = (_completed(one, described.grades) for one in part.fields)
        tables = (
            replace(one, columns=tuple(_completed(column, described.grades) for column in one.columns))
            for one in part.tables
        )
        parts.append(replace(head, items=(*own, *fields, *tables)))
    return Form(
        described.key,
        described.version,
        described.title,
        described.intro.strip(),
        tuple(parts),
        described.grades,
        described.closing.strip(),
        described.bland_phrases,
    )


def _section_fields(part: Part, number: int, grades: Grades | None) -> tuple[Field, ...]:
    """The three fields of a section. Its grade may be the words of the scale or not applicable."""
    scale = (*grades.words, grades.not_applicable) if grades else ()
    return (
        Field(part.findings_key, f"Section {number}: findings", "lines", required=True),
        Field(
            part.change_key,
            f"Section {number}: what changed for the child",
            "lines",
            hint=part.question,
            required=True,
        ),
        Field(part.grade_key, f"Section {number}: grade", "grade", choices=scale, required=True),
    )


def _completed(one: Field, grades: Grades | None) -> Field:
    if one.kind == "grade" and not one.choices and grades:
        return replace(one, choices=grades.words)
    return one


def _faults(described: _Description) -> Iterator[str]:
    yield from _field_faults(described)
    yield from _grade_faults(described)
    yield from _name_faults(described)
    yield from _text_faults(described)
    yield from _listed_faults(described)
    if described.key == AUDIT_FORM:
        yield from _audit_faults(described)


def _fields(described: _Description) -> Iterator[tuple[str, Field]]:
    for i, part in enumerate(described.parts, 1):
        for j, one in enumerate(part.fields, 1):
            yield f"parts[{i}].fields[{j}]", one
        for j, table in enumerate(part.tables, 1):
            for k, column in enumerate(table.columns, 1):
                yield f"parts[{i}].tables[{j}].columns[{k}]", column


def _field_faults(described: _Description) -> Iterator[str]:
    for at, one in _fields(described):
        if one.kind == "choice" and len(one.choices) < 2:
            yield f"{at}.choices: ‘{one.key}’ is a choice and needs two choices or more."
        if one.kind not in ("choice", "grade") and one.choices:
            yield f"{at}.choices: only a choice or a grade has choices, and ‘{one.key}’ is {one.kind}."
    for i, part in enumerate(described.parts, 1):
        for j, table in enumerate(part.tables, 1):
            if not 1 <= table.rows <= 40:
                yield f"parts[{i}].tables[{j}].rows: {table.rows} is not from 1 to 40."
            if len(table.columns) < 2:
                yield f"parts[{i}].tables[{j}].columns: a table needs two columns or more."


def _grade_faults(described: _Description) -> Iterator[str]:
    grades = described.grades
    graded = any(part.graded for part in described.parts)
    if grades is None:
        if graded or any(one.kind == "grade" for _, one in _fields(described)):
            yield "grades: missing. The form asks for grades: give their words."
        return
    scale = (*grades.words, grades.not_applicable)
    meant: dict[str, str] = {}
    for grade in (*scale, *grades.synonyms):
        if grade not in scale:
            yield f"grades.synonyms.{grade}: not a grade.{nearest(grade, scale)}"
        for name in (grade, *grades.synonyms.get(grade, ())):
            if meant.setdefault(plain(name), grade) != grade:
                yield f"grades.synonyms.{grade}: ‘{name}’ already stands for {meant[plain(name)]}."
    for name in grades.undecided:
        if plain(name) in meant:
            yield f"grades.undecided: ‘{name}’ already stands for {meant[plain(name)]}."
    for at, one in _fields(described):
        for given in one.choices if one.kind == "grade" else ():
            if given not in scale:
                yield f"{at}.choices: ‘{given}’ is not a grade.{nearest(given, scale)}"


def _names(described: _Description) -> Iterator[tuple[str, str, str]]:
    """Where a name is given, the key, and the label where it has one: all of them share the document."""
    section = 0
    for i, part in enumerate(described.parts, 1):
        at = f"parts[{i}]"
        if part.graded:
            section += 1
            for own in _section_fields(Part(part.key, part.title), section, None):
                yield at, own.key, own.label
        for j, one in enumerate(part.fields, 1):
            yield f"{at}.fields[{j}]", one.key, one.label
        for j, table in enumerate(part.tables, 1):
            yield f"{at}.tables[{j}]", table.key, ""
            for k, column in enumerate(table.columns, 1):
                yield f"{at}.tables[{j}].columns[{k}]", column.key, column.label
                for number in (*range(1, table.rows + 1), *([_MANY_ROWS] if table.listed else ())):
                    yield f"{at}.tables[{j}].columns[{k}]", table.cell_key(number, column), ""


def _name_faults(described: _Description) -> Iterator[str]:
    keys: dict[str, str] = {}
    labels: dict[str, str] = {}
    for at, key, label in _names(described):
        if not _KEY.fullmatch(key):
            yield (
                f"{at}.key: ‘{key}’ must start with a small letter and be at most 40 small letters, "
                "digits and _."
            )
        if keys.setdefault(key, at) != at:
            yield f"{at}.key: ‘{key}’ is already the key at {keys[key]}. Each key is used once."
        if label and labels.setdefault(plain(label), at) != at:
            yield f"{at}.label: ‘{label}’ is already the label at {labels[plain(label)]}. Each is used once."
    parts: dict[str, str] = {}
    for i, part in enumerate(described.parts, 1):
        at = f"parts[{i}]"
        if parts.setdefault(part.key, at) != at:
            yield f"{at}.key: ‘{part.key}’ is already the key of {parts[part.key]}. Each key is used once."


def _text_faults(described: _Description) -> Iterator[str]:
    prefilled = {one.key for _, one in _fields(described) if one.prefilled}
    texts = [("intro", described.intro), ("closing", described.closing)]
    texts += [(f"parts[{i}].intro", part.intro) for i, part in enumerate(described.parts, 1)]
    for at, text in texts:
        for name in _PLACE.findall(text):
            if name not in prefilled:
                yield f"{at}: {{{name}}} is not a prefilled field.{nearest(name, prefilled)}"


def _listed_faults(described: _Description) -> Iterator[str]:
    """Tables whose rows are printed, in any form, and those that the service reads by name."""
    for i, part in enumerate(described.parts, 1):
        for j, table in enumerate(part.tables, 1):
            if all(one.prefilled for one in table.columns):
                yield f"parts[{i}].tables[{j}].columns: all are prefilled: nothing is left to fill in."
    key, wanted = LIST_COLUMNS.get(described.key, ("", {}))
    if not key:
        return
    tables = [table for part in described.parts for table in part.tables if table.key == key]
    if not tables:
        yield f"parts: there is no table ‘{key}’, which the service reads."
    columns = {one.key: one for table in tables for one in table.columns}
    for name, choices in wanted.items() if tables else ():
        if name not in columns:
            yield f"parts: the table ‘{key}’ has no column ‘{name}’.{nearest(name, columns)}"
        elif choices and columns[name].choices != choices:
            yield f"parts: the column ‘{name}’ must have the choices {', '.join(choices)}."
    if columns and not columns.get("action_id", tables[0].columns[0]).prefilled:
        yield "parts: the column ‘action_id’ must be prefilled: it says which action a row is about."
    if not any(one.key == REFERENCE and one.prefilled for _, one in _fields(described)):
        yield f"parts: the field ‘{REFERENCE}’ must be prefilled: it says whose list it is."


def _audit_faults(described: _Description) -> Iterator[str]:
    known = {key for _, key, _ in _names(described)}
    for key in AUDIT_KEYS:
        if key not in known:
            yield f"parts: no question has the key ‘{key}’, which the service reads.{nearest(key, known)}"
    columns = {c.key for part in described.parts for t in part.tables if t.key == ACTIONS for c in t.columns}
    for key in ACTION_COLUMNS if columns else ():
        if key not in columns:
            yield f"parts: the table ‘{ACTIONS}’ has no column ‘{key}’.{nearest(key, columns)}"
    if not any(part.graded for part in described.parts):
        yield "parts: no part is graded. Each section of the audit has graded = true."
    if not any(one.key == REFERENCE and one.prefilled for _, one in _fields(described)):
        yield f"parts: the field ‘{REFERENCE}’ must be prefilled: it says whose form it is."
