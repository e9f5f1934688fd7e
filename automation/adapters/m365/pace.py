"""How fast Microsoft 365 may be asked, and how long to wait when it says that we are too fast."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 600.0
"""Seconds. Whatever Retry-After says, Microsoft 365 is asked again after this."""
_MINUTE, _TEN_MINUTES = 60.0, 600.0
_MARGIN = 1.01
"""A call counts when it arrives there, not when it leaves here."""


class Window:
    """At most `most` calls in any `seconds`."""

    def __init__(self, most: int, seconds: float) -> None:
        self._seconds = seconds * _MARGIN
        self._made: deque[float] = deque(maxlen=most)

    def wait(self, now: float) -> float:
        """How many seconds the next call has to wait."""
        full = len(self._made) == self._made.maxlen
        return max(0.0, self._made[0] + self._seconds - now) if full else 0.0

    def count(self, now: float) -> None:
        """One more call is made now."""
        self._made.append(now)


class Pace:
    """Waits before each call for as long as the mailbox's limits ask.

    Exchange Online takes 30 messages a minute from a mailbox, Graph 10,000 requests in ten minutes and 4 at a
    time for an app and mailbox; we make one at a time.
    """

    def __init__(
        self,
        sends_per_minute: int = 30,
        requests_per_10_minutes: int = 10_000,
        timer: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """`timer` counts seconds from any moment; `pause` waits so many of them, and may raise StoppedError.
        `stopped` says whether the process was told to stop."""
        self._sends = Window(sends_per_minute, _MINUTE)
        self._requests = Window(requests_per_10_minutes, _TEN_MINUTES)
        self._timer, self.pause, self.stopped = timer, pause, stopped
        self._not_before = 0.0

    def request(self) -> None:
        """Wait until a request may be made, and count it."""
        self._wait(self._requests)

    def send(self) -> None:
        """Wait until a message may be sent, and count it."""
        self._wait(self._sends)

    def hold(self, seconds: float) -> None:
        """Nothing may be asked for so long."""
        self._not_before = self._timer() + seconds

    @property
    def held(self) -> float:
        """For how many seconds nothing may be asked yet."""
        return max(0.0, self._not_before - self._timer())

    def _wait(self, window: Window) -> None:
        while (seconds := window.wait(self._timer())) > 0:
            self.pause(seconds)
        window.count(self._timer())


def seconds_to_wait(headers: Mapping[str, str], tries: int) -> float:
    """What an answer's Retry-After asks for, in seconds: RFC 9110, 10.2.3, a number or a date.

    `headers` have names in lower case; `tries` is how often the call has been made. No such header, or one
    that cannot be read, waits longer after each try. Never less than a second, never more than LONGEST_WAIT.
    """
    said = headers.get("retry-after", "").strip()
    wanted = 2.0**tries
    try:
        wanted = float(said)
    except ValueError:
        moment, now = _date(said), _date(headers.get("date", ""))
        if moment and now:
            wanted = (moment - now).total_seconds()
    return min(max(wanted, 1.0), LONGEST_WAIT) if wanted == wanted else 2.0**tries  # not NaN


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
