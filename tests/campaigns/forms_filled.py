"""The forms, each filled in four ways: as most people do, at length, barely, and as confusingly as can be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from automation.documents.form_fill import fill
from automation.documents.form_writer import FormWriter
from automation.domain.form import REFERENCE as REFERENCE_FIELD
from automation.domain.form import Field, Form, Table
from automation.domain.ids import AuditRef, printed_reference
from automation.form_description import form_from

from ..documents import form_samples
from ..documents.form_samples import OTHER_REFERENCE, REFERENCE

Written = tuple[str, str]
"""What is typed, and the value it stands for: for a date, the ISO date."""
Answers = Mapping[str, Written]
Rows = Mapping[str, Sequence[Answers]]

MODERATION = (Path(__file__).parent / "moderation.toml").read_text("utf-8")
LISTS = ("action_update", "oversight")
FOLLOW_UPS = ("moderation", "response", "decision_grade", "decision_actions", *LISTS)
"""The shipped forms beside the audit's, by key."""
FILLINGS = ("typical", "long", "sparse", "tricky")

NAMES = ("Asha Rennick", "Col Weatherby", "Priya O’Shea-Lund", "Social worker", "Team manager, North")
_PLAIN = (
    "Visits were weekly and recorded within two days.",
    "The child said “I sleep now” & laughed; the worker wrote it down.",
    "Father's view was sought twice.",
    "School, health and police met on 3 June and agreed who does what.",
    "The plan has 4 steps, each with a person and a date.",
    "Nobody asked the grandparents: a missed chance.",
)
_LONG = (
    "• Weekly visits – 26 of 26 planned – and each one written up.\n- “I like it when you come,” said the "
    "child.\n\n\tSecond paragraph: 50% < 60% & rising; cost £1,200; see para. 4(b)…",
    "1. First the school rang.\n2. Then nothing for 6 weeks!\n3. At last — on 14/11/2026 — a meeting.",
    "Mae’r plentyn yn hapus; tŷ bach twt; naïve café ½ ° 5′ ‘quoted’ «so».\nŁódź, Ağrı, Ελλάδα, Одеса.",
    "A very long sentence about the work. " * 60 + "The end of it.",
    "<b>Not bold</b> &amp; ]]> {reference} %s \\n ${x} =SUM(A1) @import",
)


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form, the name of the way it was filled, whose it is, what was typed, and the file."""

    form: Form
    name: str
    reference: AuditRef
    answers: Answers
    rows: Rows
    content: bytes


@cache
def forms() -> tuple[Form, ...]:
    """The audit form, a moderation record as unlike it as can be, and the other forms that are shipped."""
    audit = form_samples.audit_form()
    folder = form_samples.TOP / "config" / "forms"
    shipped = (
        form_from((folder / f"{key}.toml").read_text("utf-8"), key, audit.grades) for key in FOLLOW_UPS
    )
    return audit, form_from(MODERATION, "moderation.toml"), *shipped


@cache
def blank(form_key: str, reference: AuditRef = REFERENCE) -> bytes:
    """A blank form as it is sent, for the form of this key."""
    form = next(one for one in forms() if one.key == form_key)
    return _written(form, reference, {})


def _written(form: Form, reference: AuditRef, printed: Mapping[str, str]) -> bytes:
    prefill = form_samples.PREFILL if form.key == "audit" else _prefill(form)
    writer = FormWriter(form, form_samples.BASE, "Brackenshire Council")
    return writer.write(reference, {**prefill, **printed})


def _prefill(form: Form) -> dict[str, str]:
    """What the service shows of what other people wrote: at length, and as confusing as what is typed."""
    shown = [one for one in form.fields() if one.prefilled and one.key != REFERENCE_FIELD]
    said = (_PLAIN[0], "Section 2: grade", "Inadequate", "Final overall grade", "Why: none.", "Action")
    return {
        one.key: "\n".join((f"{number}. {one.label}", *said[number % 3 :: 2]))
        if one.kind == "lines"
        else f"{NAMES[number % len(NAMES)]} {number}"
        for number, one in enumerate(shown)
    }


@cache
def filled(form_key: str, name: str, reference: AuditRef = REFERENCE) -> FilledForm:
    """The form of this key filled in one of the four ways."""
    form = next(one for one in forms() if one.key == form_key).with_rows(_LISTED[name])
    answers = dict(_answers(form, _WAYS[name]))
    rows = {
        table.key: tuple(_listed(table, name) if table.listed else _rows(table, name))
        for table in form.tables()
    }
    printed = {
        table.cell_key(number, one): row[one.key][0]
        for table in form.tables()
        for number, row in enumerate(rows[table.key], 1)
        for one in table.columns
        if one.prefilled and one.key in row
    }
    content = fill(
        _written(form, reference, printed),
        {key: typed for key, (typed, _) in answers.items()},
        {
            table.key: [
                {one.key: row[one.key][0] for one in table.columns if one.key in row and not one.prefilled}
                for row in rows[table.key]
            ]
            for table in form.tables()
        },
    )
    return FilledForm(form, name, reference, answers, rows, content)


def every_filled() -> Iterator[FilledForm]:
    """Each form in each of the four ways."""
    return (filled(form.key, name) for form in forms() for name in FILLINGS)


def _answers(form: Form, way: Callable[[Field, int], Written]) -> Iterator[tuple[str, Written]]:
    """The answers of a form. In the sparse way every second section is not applicable."""
    silent = {
        key
        for number, part in enumerate(form.sections())
        if way is _sparse and number % 2
        for key in (part.findings_key, part.change_key)
    }
    unseen = {part.grade_key for part in form.sections() if part.findings_key in silent}
    for number, one in enumerate(one for one in form.fields() if not one.prefilled):
        if one.key in unseen and form.grades:
            yield one.key, (form.grades.not_applicable,) * 2
        elif one.key not in silent and (written := way(one, number))[0]:
            yield one.key, written


def _of_list(one: Field, number: int) -> Written:
    return (one.choices[number % len(one.choices)],) * 2


def _day(number: int, shape: str = "{day:02d}/{month:02d}/{year}") -> Written:
    """A day as typed and as ISO. Most days could be read in either order, and only one is right."""
    day, month, year = number * 5 % 28 + 1, number * 7 % 12 + 1, 2026 + number % 2
    return shape.format(day=day, month=month, year=year), f"{year}-{month:02d}-{day:02d}"


def _typical(one: Field, number: int) -> Written:
    if one.choices:
        return _of_list(one, number)
    if one.kind == "date":
        return _day(number)
    if one.kind == "lines":
        text = f"{_PLAIN[number % len(_PLAIN)]}\n{_PLAIN[(number * 5 + 2) % len(_PLAIN)]} ({number})"
        return text, text
    return (NAMES[number % len(NAMES)],) * 2


def _long(one: Field, number: int) -> Written:
    if one.kind == "lines":
        text = "\n".join(_LONG[(number + step) % len(_LONG)] for step in range(3)) + f"\n[{number}]"
        return text, text
    return _day(number, "{day}.{month}.{year}") if one.kind == "date" else _typical(one, number + 1)


def _sparse(one: Field, number: int) -> Written:
    if one.kind == "lines":
        return (("", "None", "n/a.", "-", "See file")[number % 5] if one.required else "",) * 2
    if one.kind == "date":
        return _day(number) if one.required else ("", "")
    return _of_list(one, number + 2) if one.choices else ("", "")


def _tricky(one: Field, number: int) -> Written:
    """Answers that look like labels, grades, prompts, references, dates, headings and choices."""
    if one.choices:
        return _of_list(one, number * 3 + 1)
    if one.kind == "date":
        return _day(number, "{day}/{month}/{year}")
    told = (
        "Good",
        "Overall grade",
        f"Section 2: grade\nInadequate\nSection {number}: findings",
        "She said: choose a grade! Then “Type here” again.",
        f"As in {printed_reference(OTHER_REFERENCE)}, see there.",
        "Yes\nNo\nNot applicable",
        "Requires improvement\n\n14/11/2026",
        "Date completed",
        "Action\nOwner\nBy when",
        "Points to consider\n3",
        "Summary for the auditor\nSecure",
    )
    return (told[number % len(told)],) * 2


_WAYS: Mapping[str, Callable[[Field, int], Written]] = {
    "typical": _typical,
    "long": _long,
    "sparse": _sparse,
    "tricky": _tricky,
}


def _rows(table: Table, name: str) -> Iterator[Answers]:
    many = {"typical": 3, "long": table.rows + 3, "sparse": 2, "tricky": 4}[name]
    way = _WAYS["typical" if name == "sparse" else name]
    for number in range(many):
        row = {one.key: way(one, number * 4 + place) for place, one in enumerate(table.columns)}
        if name == "long":
            row = {key: (f"{typed[:200]} #{number}",) * 2 if len(typed) > 20 else (typed, value)
                   for key, (typed, value) in row.items()}  # fmt: skip
        if name == "sparse" and number:
            row = dict(list(row.items())[:1])
        if name == "tricky" and number == 2:
            row |= {one.key: ("ASAP", "") for one in table.columns if one.kind == "date"}
        yield row


_LISTED: Mapping[str, int] = {"typical": 4, "long": 15, "sparse": 3, "tricky": 5}
"""How many rows a table has that lists things."""


def _listed(table: Table, name: str) -> Iterator[Answers]:
    """Rows that were printed, of which some are filled in: every third is left as it is."""
    way = _WAYS[name]
    for number in range(_LISTED[name]):
        row = {one.key: _printed(one, number, name) for one in table.columns if one.prefilled}
        places = [(place, one) for place, one in enumerate(table.columns) if not one.prefilled]
        for place, one in places if number % 3 != 2 else ():
            row[one.key] = way(one, number * 4 + place)
        if name == "tricky" and number == 1:
            row |= {one.key: ("last week", "") for _, one in places if one.kind == "date"}
        yield {key: written for key, written in row.items() if written[0]}


def _printed(one: Field, number: int, name: str) -> Written:
    """What is printed in a cell. An owner or a date may be missing, and an action may read like anything."""
    if one.kind == "lines":
        typed = _WAYS["typical" if name == "sparse" else name](one, number)[0]
        return (typed if len(typed) < 300 else f"{typed[:300].strip()} #{number}",) * 2
    told = {
        "action_id": f"CFA-2026-1{number % 3}-{number * 7 + 1:03d}-{'AMD'[number % 3]}{number + 1}",
        "case_number": f"00451{number:03d}",
        "due": ("4 Dec 2026", "18 Dec 2026", "")[number % 3],
        "stands": ("Done on 3 Dec 2026", "Overdue by 12 days", "No date", "Open")[number % 4],
    }
    return (told.get(one.key, ("", *NAMES)[number % 6]),) * 2
