"""Microsoft's limits on how much an app may ask of a mailbox."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass

from .clock import Clock


@dataclass(frozen=True)
class Limits:
    """How many sends and requests in which windows, and how many at once, for each mailbox."""

    sends: int = 30
    send_window: float = 60
    requests: int = 10_000
    request_window: float = 600
    concurrent: int = 4


class Counting:
    """Counts against the limits, on the loopback's clock. Used under the loopback's lock."""

    def __init__(self, limits: Limits | None, clock: Clock) -> None:
        self.limits, self.clock, self.earned = limits, clock, 0
        self._times: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._busy: dict[str, int] = defaultdict(int)

    def enter(self, mailbox: str, sends: bool) -> int:
        """Counts a request in. 0 when it may go on, else the seconds that it must wait."""
        self._busy[mailbox] += 1
        if not self.limits:
            return 0
        limits = self.limits
        wait = 1 if self._busy[mailbox] > limits.concurrent else 0
        wait = wait or self._wait((mailbox, "request"), limits.requests, limits.request_window)
        if sends and not wait:
            wait = self._wait((mailbox, "send"), limits.sends, limits.send_window)
        self.earned += bool(wait)
        return wait

    def leave(self, mailbox: str) -> None:
        """Counts a request out."""
        self._busy[mailbox] -= 1

    def _wait(self, what: tuple[str, str], most: int, window: float) -> int:
        now, times = self.clock.monotonic(), self._times[what]
        while times and times[0] <= now - window:
            times.popleft()
        if len(times) >= most:
            return max(1, math.ceil(times[0] + window - now))
        times.append(now)
        return 0
