"""What managers are sent about actions: a list with its form, and a reminder of one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from .action import Action, Source
from .action_line import Asked
from .action_lists import Register, awaited
from .follow_up import ActionList, ListKind
from .ids import MessageKey, message_key
from .message import Attachment, Fact, Message
from .people import Person
from .rules import recipient
from .written import say

REMINDER = "list_reminder"
_FORMS: Mapping[ListKind, Attachment] = {"action_update": "action_update", "oversight": "oversight"}
_SOURCES: Mapping[Source, str] = {
    "audit": "audit",
    "moderation": "moderation",
    "dispute": "decision on the dispute",
}


def list_key(listed: ActionList) -> MessageKey:
    """The key of a list's message: `CFA-2026-12-ACT-001/action-update/1/STAFF`."""
    return message_key(listed.reference, listed.kind.replace("_", "-"), "1", listed.person)


def reminder_key(listed: ActionList) -> MessageKey:
    """The key of the one reminder of a list."""
    return message_key(listed.reference, "list-reminder", listed.due.isoformat(), listed.person)


def list_message(listed: ActionList, person: Person, register: Register) -> Message:
    """A list as it goes: what is on it, and the form to answer with."""
    by_id = {one.id: one for one in register.actions if one.reference in register.audits}
    on_it = [by_id[one] for one in listed.actions if one in by_id]
    return _message(list_key(listed), listed.kind, listed, person, on_it, register)


def reminder_message(listed: ActionList, person: Person, register: Register) -> Message:
    """The reminder of a list that was not answered, with the form anew: what is still asked about."""
    on_it = awaited(register, listed)
    return _message(reminder_key(listed), REMINDER, listed, person, on_it, register)


def _message(
    key: MessageKey,
    kind: str,
    listed: ActionList,
    person: Person,
    actions: Sequence[Action],
    register: Register,
) -> Message:
    today = register.facts.today
    rows = tuple(_row(one, register, today) for one in actions)
    told: dict[str, Fact] = {
        "rows": rows,
        "due": listed.due,
        "made_on": listed.sent_on,
        "oversight": listed.kind == "oversight",
        "teams": _and(sorted({str(row["team"]) for row in rows})),
        "to_confirm": sum(one.state == "done" for one in actions),
        "overdue": sum(one.overdue(today) for one in actions),
        "undated": sum(one.state == "open" and one.due is None for one in actions),
        "ownerless": sum(not one.owner for one in actions),
        "instead_of": _instead_of(listed, actions, register),
        "own_work": _own_work(listed, actions, register),
        "closed": any(register.case(one).closed for one in actions),
        **_printed(listed, person),
    }
    attach = (_FORMS[listed.kind],)
    return Message(key, kind, recipient(person), told, reference=listed.reference, attach=attach)


def _printed(listed: ActionList, person: Person) -> dict[str, Fact]:
    """What the form prints outside its rows."""
    if listed.kind == "oversight":
        return {"watched_by": person.name, "listed_on": listed.sent_on, "wanted_by": listed.due}
    return {"list_for": person.name, "sent_on": listed.sent_on, "answer_by": listed.due}


def _row(action: Action, register: Register, today: date) -> Mapping[str, Fact]:
    case = register.case(action)
    also = sorted({_SOURCES[one.source] for one in register.repeats(action)})
    return {
        "action_id": action.id,
        "case_number": case.number,
        "team": case.team,
        "action": action.text + (f" (Also asked for by the {_and(also)}.)" if also else ""),
        "owner": action.owner,
        "due": short_day(action.due) if action.due else "",
        "stands": _stands(action, today),
    }


def _stands(action: Action, today: date) -> str:
    if action.state == "done":
        return f"Done on {short_day(action.done_on)}" if action.done_on else "Done"
    if action.due is None:
        return "No date yet"
    if action.overdue(today):
        days = (today - action.due).days
        return f"Overdue by {days} day{'' if days == 1 else 's'}"
    return "Open"


def _instead_of(listed: ActionList, actions: Sequence[Action], register: Register) -> tuple[Fact, ...]:
    """For whom a reader stands in: each role that nobody can be asked in, by team."""
    found = {
        (register.case(one).team, holder.role)
        for one, who in _theirs(listed, actions, register)
        for holder in who.passed_over
    }
    return tuple({"team": team, "role": role} for team, role in sorted(found))


def _own_work(listed: ActionList, actions: Sequence[Action], register: Register) -> tuple[Fact, ...]:
    """Whose place a reader takes because nobody confirms what they answer for: each role, by team."""
    found = {
        (register.case(one).team, who.own.role) for one, who in _theirs(listed, actions, register) if who.own
    }
    return tuple({"team": team, "role": role} for team, role in sorted(found))


def _theirs(
    listed: ActionList, actions: Sequence[Action], register: Register
) -> Iterator[tuple[Action, Asked]]:
    ids = {one.id for one in actions}
    for one, who in register.asked(listed.kind):
        if one.id in ids and who.person and who.person.key == listed.person:
            yield one, who


def short_day(day: date) -> str:
    """A day for a narrow column: `4 Dec 2026`."""
    number, month, year = say(day).split()
    return f"{number} {month[:3]} {year}"


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
