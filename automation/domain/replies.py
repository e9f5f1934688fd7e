"""The replies that a returned form is owed: the receipt, what it lacks, or why it is held."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from .allocation import Status
from .audit import Audit, Received
from .dealt_mail import DealtMail, Outcome
from .form import (
    ACTION,
    ACTIONS,
    BY_WHEN,
    COMPLETED_ON,
    DISCUSSED,
    DISCUSSED_ON,
    IMMEDIATE_CONCERN,
    OVERALL_GRADE,
    OWNER,
    Field,
    Form,
    Reading,
    Table,
)
from .identify import senders
from .ids import AuditRef, MessageKey, StaffKey, message_key
from .message import Fact, Message
from .people import Person
from .rules import recipient
from .written import say

REPLY, HELD = "reply", "return_held"
FOLLOW_UPS = ("form_received", "form_incomplete")
"""Replies to forms about moderation, disputes and actions: they tell their sender what they sent."""
_READ_BACK = (IMMEDIATE_CONCERN, DISCUSSED, DISCUSSED_ON, COMPLETED_ON)
NO_AUDIT = "mail"
"""What a reply is about that names no audit."""
_LONG = 120
"""A longer answer is named among the changes and not quoted."""


def reply_key(about: AuditRef | str, day: date, person: StaffKey) -> MessageKey:
    """The key of the one reply that a person gets about an audit on a day. Two robots that answer each
    other are thus cut short (RFC 3834)."""
    return message_key(about, REPLY, day.isoformat(), person)


def best_reply(owed: Sequence[DealtMail]) -> DealtMail:
    """Which of the mails that one person is owed an answer to, about one audit, is answered: the newest that
    says where the audit stands now, before one that changed nothing. `owed` are oldest first."""
    telling = [one for one in owed if one.outcome not in (Outcome.DUPLICATE, Outcome.NEEDS_A_PERSON)]
    return (telling or owed)[-1]


def may_go(reply: Message, person: Person, audit: Audit | None, today: date) -> bool:
    """Whether a reply may still go: its reader works here, and one that tells of an audit goes to somebody
    who may return it, while QA lets its case be written about."""
    if not person.employed(today):
        return False
    if reply.kind in (HELD, *FOLLOW_UPS):
        return True
    stopped = (Status.HELD, Status.RESTRICTED)
    return audit is not None and audit.allocation.status not in stopped and person.key in senders(audit)


def held_reply(dealt: DealtMail, person: Person, what: str, remedy: str, has_audit: bool) -> Message:
    """Why what somebody sent is not recorded. It names no audit and nobody."""
    return Message(
        first_key(dealt, person),
        HELD,
        recipient(person),
        {"what": what, "remedy": remedy, "has_audit": has_audit, "concern": dealt.concern},
        answers=dealt.thread,
    )


def incomplete_reply(
    dealt: DealtMail, person: Person, form: Form, reading: Reading, facts: Mapping[str, Fact]
) -> Message:
    """What a form lacks, by its parts, and what in it could mean more than one thing."""
    assert dealt.reference is not None
    places = {one.key: (form.heading(part), one.label) for part in form.parts for one in part.items}
    told: dict[str, Fact] = {
        **facts,
        "concern": dealt.concern,
        "missing": tuple(
            {"part": places[key][0], "label": places[key][1]} for key in reading.missing if key in places
        ),
        "ambiguous": tuple(
            {"label": one.label, "written": one.written, "choices": one.choices} for one in reading.ambiguous
        ),
    }
    key = first_key(dealt, person)
    return Message(
        key, "incomplete", recipient(person), told, reference=dealt.reference, answers=dealt.thread
    )


def receipt(
    dealt: DealtMail,
    person: Person,
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
        "read_back": tuple(
            {"label": one.label, "answer": _quoted(one, received.answers.get(one.key, ""))}
            for one in form.fields()
            if one.key in _READ_BACK
        ),
        "overall": received.answers.get(OVERALL_GRADE, ""),
        "actions": action_facts(received),
        "changes": tuple(_changes(form, before, received)) if before else (),
    }
    key = first_key(dealt, person)
    copied = (recipient(auditor),) if auditor else ()
    return Message(
        key, "receipt", recipient(person), told, copied, reference=dealt.reference, answers=dealt.thread
    )


def action_facts(received: Received) -> tuple[Mapping[str, Fact], ...]:
    """The actions that a return recommends, as letters show them."""
    return tuple(
        {
            "action": row.get(ACTION, ""),
            "owner": row.get(OWNER) or "nobody named",
            "by_when": _when(row.get(BY_WHEN, "")),
        }
        for row in received.rows.get(ACTIONS, ())
    )


def first_key(dealt: DealtMail, person: Person) -> MessageKey:
    """The key of a reply until it is known on which day it goes."""
    return message_key(dealt.reference or NO_AUDIT, REPLY, dealt.id[:16], person.key)


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
