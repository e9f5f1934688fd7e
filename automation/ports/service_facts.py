"""What the store keeps for the service itself: single facts, its own name, the head of its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..domain.history import Event


@dataclass(frozen=True, slots=True)
class HistoryFault:
    """The first place where the history is not what was written. `about` and `what` are those of the event
    there, empty where it is missing."""

    number: int
    about: str
    what: str
    says: str


class ServiceFacts(Protocol):
    """The service's own facts. Each method is one transaction, durable when it returns."""

    def fact(self, name: str) -> str:
        """A single fact, empty when there is none."""

    def facts_under(self, prefix: str) -> Mapping[str, str]:
        """The facts whose names begin so, by the rest of their names."""

    def keep_fact(
        self, name: str, value: str, event: Event | None = None, stamp: datetime | None = None
    ) -> None:
        """Keep a fact in the place of the one before; an empty value forgets it. The event goes into the
        history with it, at the stamp."""

    def store_id(self) -> str:
        """The store's own name: random, made with it, and the same in each of its copies."""

    def head(self) -> tuple[int, str]:
        """The number of the newest event and its hash; 0 and 64 noughts before the first."""

    def hash_at(self, number: int) -> str:
        """The hash of an event by its number, empty when there is none."""

    def newest_stamp(self) -> str:
        """The aware ISO stamp of the newest event, empty before the first."""

    def history_fault(self) -> HistoryFault | None:
        """The first event that was changed, taken out, put in or moved, None when all are as written."""

    def mailed_since(self, stamp: str) -> Mapping[str, int]:
        """How many mails have gone, or may have gone, to each address after an aware ISO stamp."""
