"""What was tried three times is set aside, whatever stops it: a count that survives the crash it counts."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from ..ports import OutsideUnavailableError, Store

MOST = 3
ASIDE = "set aside"
"""The source of the problems that tell what is set aside."""
_TRIES, _ASIDE = "tries ", "set aside "


@dataclass(frozen=True, slots=True)
class Tries:
    """What is set aside, and what has had a fault and is tried again."""

    aside: frozenset[str]
    begun: frozenset[str]


def begin(store: Store, about: str) -> bool:
    """Note one more try of something, before it is begun. False when it has been tried often enough."""
    before = int(store.fact(_TRIES + about) or 0)
    if before >= MOST:
        return False
    store.keep_fact(_TRIES + about, str(before + 1))
    return True


def done(store: Store, about: str) -> None:
    """Forget the tries: it is done, or what stopped it was not its fault."""
    with suppress(OutsideUnavailableError):
        if store.fact(_TRIES + about):
            store.keep_fact(_TRIES + about, "")


def failed(store: Store, about: str) -> bool:
    """Note that something had a fault. Whether it has had enough and is set aside by that."""
    tries = int(store.fact(_TRIES + about) or 0) + 1
    if tries < MOST:
        store.keep_fact(_TRIES + about, str(tries))
        return False
    store.keep_fact(_TRIES + about, "")
    store.keep_fact(_ASIDE + about, "yes")
    return True


def set_aside(store: Store) -> frozenset[str]:
    """What is set aside until a person releases it."""
    return frozenset(store.facts_under(_ASIDE))


def tried(store: Store) -> frozenset[str]:
    """What has had a fault and is tried again."""
    return frozenset(store.facts_under(_TRIES))


def take_up_again(store: Store, day: date) -> int:
    """Let everything that is set aside be tried again. How many that are."""
    for about in tried(store):
        store.keep_fact(_TRIES + about, "")
    found = set_aside(store)
    for about in found:
        store.keep_fact(_ASIDE + about, "")
    store.set_problems(ASIDE, (), day)
    return len(found)
