"""What a letter makes known of the decision behind it, for a store that forgot both."""

from collections.abc import Iterator
from datetime import date
from typing import cast, get_args

from .action import ActionId
from .follow_up import LIST_ROUNDS, ActionList, Dispute, DisputeKind, ListKind, Moderation
from .ids import AuditRef, StaffKey
from .message import Message

CASE, MODERATION, DISPUTE, LIST = "case", "moderation", "dispute", "list"
Known = tuple[str, str]
"""What kind of decision it is, and its values as one text."""


def case_known(message: Message) -> Iterator[Known]:
    """Which audit is of which case, of a message that tells a case's details."""
    number = message.facts.get("case_number")
    told = message.kind.startswith("case_details") or message.kind == "re_allocated"
    if told and message.reference and number:
        yield CASE, f"{message.reference}/{number}"


def moderation_known(one: Moderation) -> Known:
    """A moderation that was begun."""
    return MODERATION, _joined(one.reference, one.moderator, one.version, one.chosen_on, one.due, one.why)


def dispute_known(one: Dispute) -> Known:
    """A dispute that was opened."""
    return DISPUTE, _joined(one.reference, one.kind, one.decider, one.opened_on, one.due)


def list_known(one: ActionList) -> Known:
    """A list that was made."""
    return LIST, _joined(one.reference, one.kind, one.person, one.sent_on, one.due, ",".join(one.actions))


def learnt(kind: str, text: str) -> Moderation | Dispute | ActionList | None:
    """The decision of its text, None when it is none."""
    first, *rest = text.split("|")
    reference = AuditRef(first)
    try:
        if kind == MODERATION:
            moderator, version, chosen_on, due, why = rest
            return Moderation(reference, StaffKey(moderator), int(version), _day(chosen_on), _day(due), why)
        if kind == DISPUTE:
            which, decider, opened_on, due = rest
            if which in get_args(DisputeKind):
                return Dispute(
                    reference, cast("DisputeKind", which), StaffKey(decider), _day(opened_on), _day(due)
                )
        if kind == LIST:
            which, person, sent_on, due, ids = rest
            if which in LIST_ROUNDS:
                ours = tuple(ActionId(one) for one in ids.split(",") if one)
                return ActionList(
                    reference, cast("ListKind", which), StaffKey(person), _day(sent_on), _day(due), ours
                )
    except ValueError:
        return None
    return None


def _joined(*values: object) -> str:
    return "|".join(one.isoformat() if isinstance(one, date) else str(one) for one in values)


def _day(text: str) -> date:
    return date.fromisoformat(text)
