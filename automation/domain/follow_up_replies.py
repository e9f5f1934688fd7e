"""The answers to forms about moderation, disputes and actions: a read-back, or what a form lacks."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from .action import Action
from .action_forms import ACTION, ACTION_ID, DUE, LIST_COLUMNS
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
        "tables": tuple(
            _tables(form, answered, {one.id for one in taken.changes if isinstance(one, Action)})
        ),
        "questions": taken.questions,
        "passed_on": form.key not in LIST_COLUMNS,
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


def _tables(form: Form, answered: Answered, changed: Collection[str]) -> Iterator[Mapping[str, Fact]]:
    """Each table, with the rows in which somebody wrote something, or of which the action changed."""
    for table in form.tables():
        rows = answered.rows.get(table.key, ())
        told = tuple(
            _row(table, row) for row in rows if row.get(ACTION_ID) in changed or any(_written(table, row))
        )
        if told:
            yield {"label": table.label, "rows": told}


def _written(table: Table, row: Mapping[str, str]) -> Iterator[Field]:
    return (one for one in table.columns if not one.prefilled and row.get(one.key))


def _row(table: Table, row: Mapping[str, str]) -> Mapping[str, Fact]:
    """A row as it is read back: what it is about, then each thing that was written. Of a list that is the
    action's number and words, and its date, which may be new."""
    first = table.columns[0]
    number, text = (
        (row.get(ACTION_ID, ""), row.get(ACTION, "")) if table.listed else ("", row.get(first.key, ""))
    )
    about = [one for one in table.columns if table.listed and one.key == DUE and row.get(DUE)]
    said = (*about, *(one for one in _written(table, row) if table.listed or one is not first))
    return {
        "number": number,
        "text": text,
        "said": tuple(f"{one.label}: {_said(one, row[one.key])}" for one in said),
    }


def _said(one: Field, value: str) -> str:
    return say(date.fromisoformat(value)) if one.kind == "date" else value
