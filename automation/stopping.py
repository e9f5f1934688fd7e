"""Being told to stop: the item in hand is finished, nothing more is begun, and no wait goes on."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .ports import StoppedError


class Stopping:
    """Whether this process was told to stop."""

    def __init__(self) -> None:
        self._told = threading.Event()

    def asked(self) -> bool:
        """Whether it was."""
        return self._told.is_set()

    def ask(self) -> None:
        """Tell it to stop."""
        self._told.set()

    def wait(self, seconds: float) -> None:
        """Let some time pass, or less when it is told to stop meanwhile."""
        self._told.wait(seconds)

    def pause(self, seconds: float) -> None:
        """Let some time pass. Raises StoppedError as soon as it is told to stop."""
        if self._told.wait(seconds):
            raise StoppedError("The service was told to stop. The next start goes on.")

    @contextmanager
    def on(self, *signals: signal.Signals) -> Iterator[None]:
        """Within this, these signals tell it to stop. A second one of a kind does no more."""
        before = {one: signal.signal(one, lambda *_: self.ask()) for one in signals}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
