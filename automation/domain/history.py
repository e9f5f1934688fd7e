"""What has happened: the events of an audit's life, as the history keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .message import Fact


@dataclass(frozen=True, slots=True)
class Event:
    """One thing learnt or done. `about` is an audit reference, a round, or `service`.

    `what` is a short sentence without names or free text; `facts` are plain values (staff keys, dates,
    hashes) that let a person check it.
    """

    about: str
    what: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event as it was kept: its number, and the aware ISO stamp of the pass that kept it."""

    number: int
    at: str
    event: Event
