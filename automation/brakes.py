"""The brakes before the one door out: a hold, a bound on how much is believed, a clock that is wrong."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .domain.history import Event
from .domain.holding import (
    APPROVAL,
    HOLD,
    RELEASED,
    WANTED,
    Hold,
    goes_all_the_same,
    hold_text,
    holds_of,
    is_concern,
)
from .domain.message import Message
from .domain.problem import Problem
from .ports import Store

CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many messages a day are believed: for each audit of the rounds that run, at least so many, and to
    each person."""

    for_each_audit: int
    least: int
    for_each_person: int


def hold(store: Store, why: str, stamp: datetime, round_: str = "") -> Hold:
    """Hold all sending, or that of a round, unless it is held already. The hold that then stands."""
    name = f"{HOLD} {round_}" if round_ else HOLD
    before = store.fact(name)
    if before:
        return holds_of({name: before})[0]
    made = Hold(why, stamp.astimezone(UTC).isoformat(), round_)
    event = Event(round_ or "service", "sending held", {"why": why})
    store.keep_fact(name, hold_text(made), event, stamp)
    return made


def release(store: Store, stamp: datetime, round_: str = "") -> bool:
    """Let go what was held: everything, or a round. False when nothing was. What has gone today so far is not
    counted any more."""
    name = f"{HOLD} {round_}" if round_ else HOLD
    held = bool(store.fact(name))
    if held:
        store.keep_fact(name, "", Event(round_ or "service", "sending released by a person"), stamp)
    store.keep_fact(RELEASED, stamp.astimezone(UTC).isoformat())
    return held


def standing(store: Store) -> tuple[Hold, ...]:
    """The holds that stand now."""
    return holds_of(store.facts_under(HOLD))


class Brakes:
    """Says of each message whether it may go now."""

    def __init__(
        self,
        store: Store,
        stamp: datetime,
        officers: Collection[str],
        bounds: Bounds,
        audits: Callable[[], int],
        wrong_clock: Callable[[], str] = str,
    ) -> None:
        """`audits` counts those of the rounds that run; `wrong_clock` says why the clock cannot be right,
        empty when nothing speaks against it. `officers` are addresses."""
        self._store, self._stamp, self._bounds, self._audits = store, stamp, bounds, audits
        self._officers = frozenset(one.lower() for one in officers)
        self._wrong_clock = wrong_clock
        self._clock: str | None = None
        self._gone: Counter[str] | None = None
        self._all = 0
        self._limit = 0
        self.problems: list[Problem] = []
        self.held: Counter[str] = Counter()
        """How many messages of each kind were held in this pass."""

    def stops(self, message: Message) -> bool:
        """Whether a message may not go now. One more than is believed holds all that would follow."""
        if is_concern(message):
            return False
        stopped = self._clock_is_wrong() or (
            not goes_all_the_same(message, self._officers)
            and (self._is_held(message) or self._is_too_much(message))
        )
        self.held[message.kind] += stopped
        return stopped

    def count(self, message: Message) -> None:
        """One more message has gone."""
        if self._gone is not None:
            self._gone[message.to.address.lower()] += 1
            self._all += message.to.address.lower() not in self._officers

    def _is_held(self, message: Message) -> bool:
        # Asked each time: a mail that was just read may have said stop.
        if self._store.fact(APPROVAL) == WANTED:
            return True
        return any(one.holds(message) for one in standing(self._store))

    def _is_too_much(self, message: Message) -> bool:
        if self._gone is None:
            day = self._stamp.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC).isoformat()
            since = max(day, self._store.fact(RELEASED))
            self._gone = Counter(self._store.mailed_since(since))
            # Counted on from here: adding everybody up for each message takes hours in a big council.
            self._all = sum(n for one, n in self._gone.items() if one not in self._officers)
            self._limit = max(self._bounds.least, self._bounds.for_each_audit * self._audits())
        address = message.to.address.lower()
        if self._gone[address] >= self._bounds.for_each_person:
            why = f"One person ({message.to.key}) would get more than {self._gone[address]} messages today."
        elif self._all >= self._limit:
            why = f"More than {self._limit} messages would go today, more than the rounds explain."
        else:
            return False
        hold(self._store, why, self._stamp)
        return True

    def _clock_is_wrong(self) -> bool:
        if self._clock is None:
            self._clock = self._wrong_clock()
            if self._clock:
                remedy = "Set this computer's clock. Until then nothing but immediate concerns is sent."
                self.problems.append(Problem("clock", self._clock, remedy))
        return bool(self._clock)
