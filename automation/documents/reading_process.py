"""A process that reads returned files, as the service holds it: asked over pipes, ended when it is silent."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from . import reading_child
from .child_answer import Blobs, ChildAnswer, receive_answer
from .confinement import environment, python
from .frames import receive, send

SECONDS_TO_START = 60
_SECONDS_TO_END = 1
_log = logging.getLogger(__name__)


class ReadingUnavailableError(Exception):
    """The process that reads files does not start. It is no file's fault: nothing was read."""


class NoAnswerError(Exception):
    """The process gave no answer, or none to be believed. `too_much` tells whether it took too long or too
    much memory."""

    def __init__(self, why: str, too_much: bool) -> None:
        super().__init__(why)
        self.too_much = too_much


class ReadingProcess:
    """A started process, with the forms in it. Raises ReadingUnavailableError when it does not start."""

    def __init__(self, forms: bytes) -> None:
        """`forms` is a pickled tuple of them."""
        self.files = 0
        self._late = False
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, with nothing of ours around it
                python(reading_child.__name__),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(LC_ALL="C.UTF-8"),
                bufsize=-1,
            )
        except OSError:
            raise ReadingUnavailableError("no process can be started to read returned files") from None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions: BinaryIO = self._process.stdin  # type: ignore[assignment] # it is a BufferedWriter
        self._answers: BinaryIO = self._process.stdout  # type: ignore[assignment] # it is a BufferedReader
        try:
            with self._within(SECONDS_TO_START):
                send(self._questions, forms)
                self.limited, self.shut_in = (bool(one) for one in receive(self._answers, 2))
            if sys.platform == "linux" and not (self.limited and self.shut_in):
                _log.warning("returned files are opened without all limits: this kernel lacks some")
        except (OSError, EOFError, ValueError):
            self.end()
            raise ReadingUnavailableError("the process that reads returned files does not start") from None

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ask(self, what: bytes, content: bytes, seconds: int) -> tuple[ChildAnswer, tuple[Blobs, ...]]:
        """Its answer about a file within so many seconds. Raises NoAnswerError; it has then ended."""
        self.files += 1
        try:
            with self._within(seconds):
                send(self._questions, what + content)
                return receive_answer(self._answers)
        except ValueError as fault:
            self._process.kill()
            self.end()
            raise NoAnswerError(str(fault), too_much=False) from None
        except (OSError, EOFError):
            code = self.end()
            raise NoAnswerError(f"it ended with {code}", self._late or code != 1) from None

    def end(self) -> int:
        """End it, and return its exit code, its own where it ended by itself."""
        for pipe in (self._answers, self._questions):
            # What was still to be written has no reader any more.
            with suppress(OSError):
                pipe.close()
        try:
            return self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    @contextmanager
    def _within(self, seconds: int) -> Iterator[None]:
        """Kills the process when it takes longer: whoever waits for its pipe then finds it ended."""
        watch = threading.Timer(seconds, self._kill_late)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _kill_late(self) -> None:
        self._late = True
        self._process.kill()
