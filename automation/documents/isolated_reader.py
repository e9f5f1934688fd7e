"""Reads whatever came back in a process of its own, so that no file can harm the one that keeps the store."""

import hashlib
import logging
import pickle
import threading
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from ..domain.form import Form
from ..domain.opened_file import ReadFile
from ..domain.problem import Problem
from .child_answer import Blobs, ChildAnswer, OpenedPiece
from .libreoffice import ConversionError
from .libreoffice import convert as to_word
from .reading_child import OPEN, READ
from .reading_process import NoAnswerError, ReadingProcess, ReadingUnavailableError
from .unreadable import MOST_BYTES, OPEN_AND_SAVE, TOO_BIG, TOO_MUCH_WORK, WHERE

__all__ = ["IsolatedReader", "ReadingFaultError", "ReadingUnavailableError"]

MOST_SECONDS = 20
"""For one file, by the clock."""
FILES_A_PROCESS = 100
"""One process reads so many files; then a new one does."""
MOST_CONVERTED = 5
"""Files found in one wrapping that are converted: each takes a second or more."""

_NOT_SAFE = Problem(WHERE, "could not be opened safely, so it was not read.", OPEN_AND_SAVE)
_log = logging.getLogger(__name__)


class ReadingFaultError(Exception):
    """A fault of ours while a file was read: its kind and place. The sender can do nothing about it."""


class IsolatedReader:
    """Reads returned files in a confined process that is kept warm, and replaced when it dies or is worn."""

    def __init__(self, forms: Sequence[Form], seconds: int = MOST_SECONDS) -> None:
        """`forms` in order of preference, as for FormsReader. The process starts with the first file, and may
        take so many `seconds` over each."""
        self._forms = pickle.dumps(tuple(forms))
        self._seconds = seconds
        self.process: ReadingProcess | None = None
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process. The reader can be used again: it then starts a new one."""
        if self.process is not None:
            self.process.end()
        self.process = None

    def read(self, content: bytes, convert: bool = True) -> tuple[ReadFile, ...]:
        """The file as it reads, or each file found in it. What cannot be read has its problem, and so has a
        file that kills the process; without `convert`, so has what only LibreOffice could open.

        Raises ReadingUnavailableError when no process can be started, ReadingFaultError for a fault of ours.
        """
        with self._one_at_a_time:
            huge = len(content) > MOST_BYTES
            answer, blobs = _refused(TOO_BIG) if huge else self._asked(OPEN, content)
            left = MOST_CONVERTED if convert else 0
            files = []
            for piece, of_piece in zip(answer.pieces, blobs, strict=True):
                found = of_piece.content if answer.within else content
                if piece.convert and left:
                    left -= 1
                    piece = self._converted(piece, of_piece.source or found)
                files.append(_read_file(piece, found, answer))
            return tuple(files)

    def _converted(self, piece: OpenedPiece, content: bytes) -> OpenedPiece:
        """The piece as its Word document reads, with the hazards of both; as it was, where that fails."""
        try:
            word = to_word(content, piece.convert)
        except ConversionError as fault:
            _log.info("a returned file was not converted: %s", fault)
            return piece
        answer, _ = self._asked(READ, word)
        reading = answer.pieces[0].reading
        if reading is None:
            return piece
        hazards = tuple(sorted({*piece.hazards, *reading.hazards}))
        return replace(piece, reading=replace(reading, hazards=hazards), problem=None)

    def _asked(self, what: bytes, content: bytes) -> tuple[ChildAnswer, tuple[Blobs, ...]]:
        try:
            answer, blobs = self._ready().ask(what, content, self._seconds)
        except NoAnswerError as fault:
            _log.warning("the process that reads returned files was ended: %s", fault)
            return _refused(TOO_MUCH_WORK if fault.too_much else _NOT_SAFE)
        if answer.fault:
            self.close()  # it is ending, and would take the next file with it
            _log.error("a fault in the program while a returned file was read: %s", answer.fault)
            raise ReadingFaultError(answer.fault)
        return answer, blobs

    def _ready(self) -> ReadingProcess:
        if self.process is not None and (self.process.files >= FILES_A_PROCESS or not self.process.alive()):
            self.close()
        if self.process is None:
            self.process = ReadingProcess(self._forms)
        return self.process


def _refused(problem: Problem) -> tuple[ChildAnswer, tuple[Blobs, ...]]:
    return ChildAnswer("", (OpenedPiece("unknown file", problem=problem),)), (Blobs(),)


def _read_file(piece: OpenedPiece, found: bytes, answer: ChildAnswer) -> ReadFile:
    return ReadFile(
        hashlib.sha256(found).hexdigest(),
        piece.kind,
        answer.within,
        piece.reading,
        piece.problem,
        found if answer.within else b"",
    )
