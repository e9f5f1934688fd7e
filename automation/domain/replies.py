"""The replies that a returned form is owed: the receipt, what it lacks, or why it is held."""

from collections.abc import Iterator, Mapping
from datetime import date

from .audit import Received
from .dealt_mail import DealtMail, Outcome
from .form import ACTION, ACTIONS, BY_WHEN, OVERALL_GRADE, OWNER, Field, Form, Reading, Table
from .ids import AuditRef, MessageKey, message_key
from .message import Fact, Message
from .people import Person
from .rules import recipient
from .written import say

REPLY = "reply"
_LONG = 120
"""A longer answer is named among the changes and not quoted."""


def reply_key(about: AuditRef | str, day: date, person: Person) -> MessageKey:
    """The key of the one reply that a person gets about an audit on a day. Two robots that answer each
    other are thus cut short (RFC 3834)."""
    return message_key(about, REPLY, day.isoformat(), person.key)


def reply_day_of(key: MessageKey) -> date:
    """The day that a reply is for."""
    return date.fromisoformat(key.split("/")[2][:10])


def held_reply(
    dealt: DealtMail, person: Person, day: date, what: str, remedy: str, has_audit: bool
) -> Message:
    """Why what somebody sent is not recorded. It names no audit and nobody."""
    return Message(
        reply_key(dealt.reference or "mail", day, person),
        "return_held",
        recipient(person),
        {"what": what, "remedy": remedy, "has_audit": has_audit},
        answers=dealt.thread,
    )


def incomplete_reply(
    dealt: DealtMail, person: Person, day: date, form: Form, reading: Reading, facts: Mapping[str, Fact]
) -> Message:
    """What a form lacks, by its parts, and what in it could mean more than one thing."""
    assert dealt.reference is not None
    places = {one.key: (form.heading(part), one.label) for part in form.parts for one in part.items}
    told: dict[str, Fact] = {
        **facts,
        "missing": tuple(
            {"part": places[key][0], "label": places[key][1]} for key in reading.missing if key in places
        ),
        "ambiguous": tuple(
            {"label": one.label, "written": one.written, "choices": one.choices} for one in reading.ambiguous
        ),
    }
    key = reply_key(dealt.reference, day, person)
    return Message(
        key, "incomplete", recipient(person), told, reference=dealt.reference, answers=dealt.thread
    )


def receipt(
    dealt: DealtMail,
    person: Person,
    day: date,
    form: Form,
    received: Received,
    before: Received | None,
    facts: Mapping[str, Fact],
    auditor: Person | None,
) -> Message:
    """What was recorded, read back, with what changed since the version `before`. `auditor` gets a copy."""
    assert dealt.reference is not None
    graded = [
        (part.title, one.key)
        for part in form.sections()
        for one in part.items
        if isinstance(one, Field) and one.kind == "grade"
    ]
    told: dict[str, Fact] = {
        **facts,
        "received_on": received.on,
        "version": received.version,
        "same_file": dealt.outcome is Outcome.DUPLICATE,
        "grades": tuple({"title": title, "grade": received.answers.get(key, "")} for title, key in graded),
        "overall": received.answers.get(OVERALL_GRADE, ""),
        "actions": tuple(
            {
                "action": row.get(ACTION, ""),
                "owner": row.get(OWNER) or "nobody named",
                "by_when": _when(row.get(BY_WHEN, "")),
            }
            for row in received.rows.get(ACTIONS, ())
        ),
        "changes": tuple(_changes(form, before, received)) if before else (),
    }
    key = reply_key(dealt.reference, day, person)
    copied = (recipient(auditor),) if auditor else ()
    return Message(
        key, "receipt", recipient(person), told, copied, reference=dealt.reference, answers=dealt.thread
    )


def _changes(form: Form, before: Received, now: Received) -> Iterator[Mapping[str, Fact]]:
    """Each answer that differs between two versions, and each table of which a row does."""
    for part in form.parts:
        for one in part.items:
            if isinstance(one, Table):
                if list(before.rows.get(one.key, ())) != list(now.rows.get(one.key, ())):
                    counts = (len(version.rows.get(one.key, ())) for version in (before, now))
                    was, new = (f"{n} row{'' if n == 1 else 's'}" for n in counts)
                    yield {"label": one.label, "before": was, "now": new if new != was else f"{new}, changed"}
                continue
            old, new = before.answers.get(one.key, ""), now.answers.get(one.key, "")
            if old != new:
                yield {"label": one.label, "before": _quoted(one, old), "now": _quoted(one, new)}


def _quoted(one: Field, value: str) -> str:
    if not value:
        return "empty"
    if one.kind == "date":
        return say(date.fromisoformat(value))
    return value if len(value) <= _LONG and "\n" not in value else "a longer text"


def _when(iso: str) -> str:
    return say(date.fromisoformat(iso)) if iso else "no date given"
