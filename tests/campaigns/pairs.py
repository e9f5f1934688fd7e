"""Two kinds of damage at once: any kind, and then one that leaves every answer what it was."""

import copy
from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

from .campaign import Read, Trial, finished, judged
from .forms_filled import FilledForm
from .kinds import CHANNELS, Channel, Hold, Kind
from .paper import NotHereError, Paper, paper_of

_NOT_TOGETHER = (
    *(NotHereError, StopIteration, RuntimeError, AssertionError),
    *(AttributeError, LookupError, ValueError),
)
"""What a kind raises when the kind before it took away what it works on."""


def pairs(
    kinds: Iterable[Kind], forms: Iterable[FilledForm], read: Read, count: int, seed: int
) -> Iterator[Trial]:
    """So many trials of two kinds chosen by chance. Pairs that cannot be done together are left out."""
    whole = [one for one in kinds if one.crossed]
    chosen, random = tuple(forms), Random(seed)
    for _ in range(count):
        first, second = random.choice(whole), random.choice(whole)
        if one := pair(first, second, random.choice(chosen), random.choice(CHANNELS), read):
            yield one


def pair(first: Kind, second: Kind, filled: FilledForm, channel: Channel, read: Read) -> Trial | None:
    """The trial of two kinds, one after the other, or None where they cannot be done together.

    The file may be refused or held with a reason, whatever each kind alone asks for.
    """
    paper = paper_of(filled, f"{first.name}+{second.name}", channel == "only labels")
    try:
        first.damage(paper)
        truth = _truth(paper)
        second.damage(paper)
    except _NOT_TOGETHER:
        return None
    if second.hold == "must" or _truth(paper) != truth:
        return None
    held: Hold = "must" if first.hold == "must" else "may"
    both = replace(first, name=f"{first.name} + {second.name}", theme="pairs", hold=held)
    return judged(finished(paper, channel), both, channel, read)


def _truth(paper: Paper) -> object:
    """What was meant, and how often answers were typed, in a form that can be compared."""
    return copy.deepcopy((paper.meant, paper.rows, paper.said, paper.told, paper.references, paper.retyped))
