"""Whether two actions ask for the same thing, however each of them words it."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from .action import Action, ActionId
from .spelling import plain

_SIGNS = re.compile(r"[\W_]+")
_NEARLY = 0.85
"""Two texts with so great a share of their letters in common say the same."""
_LEAST_WORDS = 3
"""A shorter text stands in many others by chance."""
_SLIP = 0.75
"""A word is a slip of another when so many of their letters are the same. `father` is none of `mother`."""
_TURNS = frozenset({"no", "not", "never", "without", "stop"})
"""A word that only one of two texts has, and turns what it asks for round."""


def same_action(text: str, others: Iterable[Action]) -> ActionId | None:
    """The action that nearly says what `text` does, the nearest of several, the first of those as near.

    Nearly: without regard to capitals, spaces and signs, most letters are the same and no word is another
    one, or one text stands within the other. None when there is no such action: two that are taken for one
    would lose one of them.
    """
    best: tuple[float, ActionId] | None = None
    for one in others:
        near = likeness(text, one.text)
        if near >= _NEARLY and (best is None or near > best[0]):
            best = (near, one.id)
    return best[1] if best else None


def likeness(text: str, other: str) -> float:
    """How nearly two texts say the same, from 0 to 1. From 0.85 on they are taken for one action."""
    one, two = _words(text), _words(other)
    if not one or not two:
        return 0.0
    if one == two:
        return 1.0
    if _TURNS & (set(one.split()) ^ set(two.split())):
        return 0.0
    short, long = sorted((one, two), key=len)
    if len(short.split()) >= _LEAST_WORDS and f" {short} " in f" {long} ":
        return max(_NEARLY, len(short) / len(long))
    # Unlike lengths cannot be nearly the same, and comparing is slow.
    if 2 * len(short) / (len(short) + len(long)) < _NEARLY:
        return 0.0
    ratio = SequenceMatcher(None, short, long, autojunk=False).ratio()
    return ratio if ratio < _NEARLY or _slips_only(short.split(), long.split()) else 0.0


def _slips_only(one: list[str], two: list[str]) -> bool:
    """Whether each stretch of words that stands in the place of another is a slip of it."""
    changes = SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
    return all(
        SequenceMatcher(None, " ".join(one[a:b]), " ".join(two[c:d]), autojunk=False).ratio() >= _SLIP
        for kind, a, b, c, d in changes
        if kind == "replace"
    )


def says_the_same(text: str, other: str) -> bool:
    """Whether two texts nearly say the same."""
    return likeness(text, other) >= _NEARLY


def _words(text: str) -> str:
    return _SIGNS.sub(" ", plain(text)).strip()
