"""The answers to forms about moderation, disputes and actions: a read-back, or what a form lacks."""

from collections.abc import Iterator, Mapping
from datetime import date

from .dealt_mail import DealtMail
from .follow_up import Answered
from .form import Field, Form, Reading, Table
from .message import Fact, Message
from .people import Person
from .replies import first_key
from .rules import recipient
from .taken import Taken
from .written import say

RECEIVED, INCOMPLETE = "form_received", "form_incomplete"


def received_form(dealt: DealtMail, person: Person, form: Form, answered: Answered, taken: Taken) -> Message:
    """What was recorded of a form, read back answer by answer and row by row."""
    told: dict[str, Fact] = {
        "form_title": form.title,
        "about": dealt.reference or "",
        "received_on": answered.on,
        "answers": tuple(_answers(form, answered)),
        "tables": tuple(_tables(form, answered)),
        "questions": taken.questions,
    }
    return Message(
        first_key(dealt, person),
        RECEIVED,
        recipient(person),
        told,
        reference=dealt.reference,
        answers=dealt.thread,
    )


def incomplete_form(dealt: DealtMail, person: Person, form: Form, reading: Reading) -> Message:
    """What a form lacks, and what in it could mean more than one thing."""
    labels = {one.key: one.label for one in form.fields()}
    told: dict[str, Fact] = {
        "form_title": form.title,
        "about": dealt.reference or "",
        "missing": tuple(labels.get(key, key) for key in reading.missing),
        "ambiguous": tuple(
            {"label": one.label, "written": one.written, "choices": one.choices} for one in reading.ambiguous
        ),
    }
    return Message(
        first_key(dealt, person),
        INCOMPLETE,
        recipient(person),
        told,
        reference=dealt.reference,
        answers=dealt.thread,
    )


def _answers(form: Form, answered: Answered) -> Iterator[Mapping[str, Fact]]:
    for one in form.fields():
        value = answered.answers.get(one.key, "")
        if not one.prefilled and value:
            yield {"label": one.label, "answer": _said(one, value)}


def _tables(form: Form, answered: Answered) -> Iterator[Mapping[str, Fact]]:
    """Each table, its rows as texts of what somebody wrote, after what was printed there."""
    for table in form.tables():
        rows = tuple(text for row in answered.rows.get(table.key, ()) if (text := _row(table, row)))
        if rows:
            yield {"label": table.label, "rows": rows}


def _row(table: Table, row: Mapping[str, str]) -> str:
    if not any(row.get(one.key) for one in table.columns if not one.prefilled):
        return ""
    shown = (f"{one.label}: {_said(one, row[one.key])}" for one in table.columns if row.get(one.key))
    return "; ".join(shown)


def _said(one: Field, value: str) -> str:
    return say(date.fromisoformat(value)) if one.kind == "date" else value
