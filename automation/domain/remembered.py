"""What is remembered of the store outside it, and why a store that does not fit that is refused."""

from dataclasses import dataclass
from datetime import datetime

from .written import say

RESTORE = "Stop the service and restore a backup: `case-audit restore FILE`."
_SENT_AGAIN = "Nothing was sent."


@dataclass(frozen=True, slots=True)
class Remembered:
    """The store as the last pass left it: its own name, since when it is used, and the number and hash of the
    newest event of its history; `at` is the aware ISO stamp of that pass."""

    store: str
    since: str
    number: int
    hash: str
    at: str


@dataclass(frozen=True, slots=True)
class Found:
    """The store as it is found. `hash` is that of the event that was the newest one when it was remembered,
    empty when there is none such."""

    store: str
    number: int
    hash: str


def lost(remembered: Remembered, name: str) -> str:
    """What to say of a store that is not there any more."""
    return (
        f"The store {name} is missing. It was last used {_day(remembered.at)}, when its history had "
        f"{remembered.number} events. {_SENT_AGAIN} {RESTORE}"
    )


def is_older(remembered: Remembered, found: Found) -> bool:
    """Whether this is the same store at an earlier time."""
    return found.store == remembered.store and found.number < remembered.number


def objection(remembered: Remembered, found: Found, name: str) -> str:
    """Why this store must not be used as it is, in words for a person; empty when it may be."""
    if found.store != remembered.store:
        return (
            f"The store {name} is not the one that was used here before, {_day(remembered.at)}. "
            f"{_SENT_AGAIN} Check store.url, or {RESTORE[0].lower()}{RESTORE[1:]} If it is the right one "
            "after all: `case-audit reconcile --accept-store`."
        )
    if is_older(remembered, found):
        return (
            f"The store {name} is older than when it was last used, {_day(remembered.at)}: its history ends "
            f"at event {found.number}, and had {remembered.number}. {_SENT_AGAIN} If somebody put a copy "
            f"back: `case-audit reconcile`. If not: {RESTORE[0].lower()}{RESTORE[1:]}"
        )
    if found.hash != remembered.hash:
        return (
            f"The history of the store {name} is not the one that was written: event {remembered.number} "
            f"differs. {_SENT_AGAIN} `case-audit verify-history` tells more. {RESTORE} If the store is right "
            "after all: `case-audit reconcile --accept-store`."
        )
    return ""


def _day(stamp: str) -> str:
    return f"on {say(datetime.fromisoformat(stamp).date())}"
