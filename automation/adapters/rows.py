"""Domain values to table rows and back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, cast

from ..domain.allocation import Allocation, Status
from ..domain.audit import Audit, Posting, Received
from ..domain.dealt_mail import DealtMail, Outcome
from ..domain.ids import AuditRef, MessageKey
from ..domain.message import Bounce, Fact, Message, Recipient
from ..ports import Sending

Row = Mapping[Any, Any]


def plain(value: object, leave_out: Sequence[str] = ()) -> dict[str, Any]:
    """A flat dataclass as a row, field by field."""
    names = (f.name for f in fields(cast("Any", value)) if f.name not in leave_out)
    return {name: getattr(value, name) for name in names}


def audit_row(audit: Audit) -> dict[str, Any]:
    """An audit's row, its postings and returns apart."""
    return {
        **plain(audit.allocation),
        "status": audit.allocation.status.value,
        "reference": audit.reference,
        "waiting": audit.waiting,
        "gone": audit.gone,
    }


def audit_from(row: Row, postings: Sequence[Row], received: Row | None) -> Audit:
    """The audit of a row with its postings and its newest return."""
    taken = {f.name: row[f.name] for f in fields(Allocation)}
    taken["status"] = Status(row["status"])
    return Audit(
        AuditRef(row["reference"]),
        Allocation(**taken),
        tuple(Posting(p["role"], p["person"], p["turn"], p["since"], p["until"]) for p in postings),
        row["waiting"],
        row["gone"],
        received_from(received) if received else None,
    )


def received_row(reference: AuditRef, received: Received) -> dict[str, Any]:
    """A return's row."""
    return {
        **plain(received),
        "reference": reference,
        "answers": dict(received.answers),
        "rows": {key: [dict(one) for one in rows] for key, rows in received.rows.items()},
    }


def received_from(row: Row) -> Received:
    """The return of a row."""
    rows = {key: tuple(dict(one) for one in rows) for key, rows in row["rows"].items()}
    return Received(
        row["version"], row["on"], row["form"], row["sender"], row["answers"], rows, row["arrived"]
    )


def sending_from(row: Row) -> Sending:
    """The sending of a row."""
    return Sending(**{**row, "copied": tuple(row["copied"]), "settled_at": row["settled_at"] or ""})


def mail_row(mail: DealtMail) -> dict[str, Any]:
    """A dealt mail's row, the reply it is owed as JSON."""
    return {
        **plain(mail, leave_out=("reply",)),
        "outcome": mail.outcome.value,
        "folder": mail.outcome.folder,
        "filed_as": mail.filed_as,
        "forms": list(mail.forms),
        "named": list(mail.named),
        "bounces": [plain(one) for one in mail.bounces],
        "notes": list(mail.notes),
        "reply_key": None,
        "reply": message_json(mail.reply) if mail.reply else None,
    }


def mail_from(row: Row) -> DealtMail:
    """The dealt mail of a row."""
    return DealtMail(
        row["id"],
        row["on"],
        row["sender"],
        Outcome(row["outcome"]),
        row["why"],
        row["reference"],
        row["thread"],
        tuple(row["forms"]),
        _reply(row),
        row["filed"],
        row["concern"],
        row["form_waits"],
        tuple(row["named"]),
        tuple(Bounce(**one) for one in row["bounces"]),
        tuple(row["notes"]),
    )


def _reply(row: Row) -> Message | None:
    """A mail's reply, under the key with which it went, or is to go, where that is settled."""
    if not row["reply"]:
        return None
    reply = message_from(row["reply"])
    return replace(reply, key=MessageKey(row["reply_key"])) if row["reply_key"] else reply


def message_json(message: Message) -> dict[str, Any]:
    """A reply as JSON values: dates are tagged, so that they come back as dates."""
    return {
        "key": message.key,
        "kind": message.kind,
        "to": [message.to.key, message.to.name, message.to.address],
        "copied": [[one.key, one.name, one.address] for one in message.copied],
        "facts": {name: _tagged(fact) for name, fact in message.facts.items()},
        "reference": message.reference,
        "answers": message.answers,
    }


def message_from(given: Row) -> Message:
    """The reply of its JSON values."""
    return Message(
        MessageKey(given["key"]),
        given["kind"],
        Recipient(*given["to"]),
        {name: _untagged(fact) for name, fact in given["facts"].items()},
        tuple(Recipient(*one) for one in given["copied"]),
        reference=given["reference"],
        answers=given["answers"],
    )


def _tagged(fact: Fact) -> Any:
    if isinstance(fact, date):
        return {"day": fact.isoformat()}
    if isinstance(fact, tuple):
        return [_tagged(one) for one in fact]
    if isinstance(fact, Mapping):
        return {"map": {key: _tagged(one) for key, one in fact.items()}}
    return fact


def _untagged(given: Any) -> Fact:
    if isinstance(given, list):
        return tuple(_untagged(one) for one in given)
    if isinstance(given, dict) and "day" in given:
        return date.fromisoformat(given["day"])
    if isinstance(given, dict):
        return {key: _untagged(one) for key, one in given["map"].items()}
    return cast("Fact", given)


def canonical(facts: Mapping[str, Fact]) -> str:
    """Facts as one JSON text, the same for the same facts, for the history's hash."""
    tagged = {name: _tagged(fact) for name, fact in facts.items()}
    return json.dumps(tagged, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def facts_from(text: str) -> dict[str, Fact]:
    """The facts of their canonical text."""
    return {name: _untagged(fact) for name, fact in json.loads(text).items()}
