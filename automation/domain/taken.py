"""What a form about an audit's follow-up changes, once it has come back."""

from dataclasses import dataclass

from .follow_up import Change
from .history import Event


@dataclass(frozen=True, slots=True)
class Taken:
    """The changes to keep, the event that tells of them, and what to ask the sender, politely."""

    changes: tuple[Change, ...]
    event: Event
    questions: tuple[str, ...] = ()
