"""The time that the loopback keeps, and that a test may share with the client under test."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The moment, with its zone."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""


class RealClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since the computer started."""
        return time.monotonic()


class VirtualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("the start needs a time zone")
        self._start, self._elapsed, self._lock = start, 0.0, threading.Lock()

    def now(self) -> datetime:
        """The moment, in the zone of the start."""
        with self._lock:
            return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds that were advanced so far."""
        with self._lock:
            return self._elapsed

    def advance(self, seconds: float) -> None:
        """Lets time pass."""
        if seconds < 0:
            raise ValueError("time does not go back; use set()")
        with self._lock:
            self._elapsed += seconds

    def set(self, moment: datetime) -> None:
        """Sets the clock. Setting it back changes `now` alone: `monotonic` never goes back."""
        with self._lock:
            passed = (moment - self._start).total_seconds() - self._elapsed
            if passed >= 0:
                self._elapsed += passed
            else:
                self._start += timedelta(seconds=passed)
