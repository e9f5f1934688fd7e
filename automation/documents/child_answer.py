"""What the process that opens files answers, and the checks its answer must pass to be believed."""

import json
from dataclasses import dataclass
from typing import BinaryIO

from ..domain.form import Reading
from ..domain.opened_file import Within
from ..domain.problem import Problem
from .frames import receive, send
from .reading_json import from_plain, plain_value
from .unreadable import MOST_BYTES
from .word_hazards import HAZARDS
from .wrappings import MOST_FILES

MOST_ANSWER = 4_000_000
"""Bytes of JSON: hundreds of times what a form says."""
MOST_BLOBS = 200_000_000
"""Bytes of all files found in one, and of what is to be converted of them."""
_MOST_NAME, _MOST_SENTENCE = 60, 500


@dataclass(frozen=True, slots=True)
class OpenedPiece:
    """A file that came, or one found in it: its reading, or the problem with it.

    `convert` is set where LibreOffice may make a Word document of it, `problem` then holds if it does not.
    `hazards` are what was seen before that; `source` tells that other bytes than its own are to be converted.
    """

    kind: str
    reading: Reading | None = None
    problem: Problem | None = None
    convert: str = ""
    hazards: tuple[str, ...] = ()
    source: bool = False


@dataclass(frozen=True, slots=True)
class ChildAnswer:
    """The answer about one file that came. `fault` names a fault of the program instead, without its text."""

    within: Within = ""
    pieces: tuple[OpenedPiece, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Blobs:
    """A piece's bytes where it was found in another file, and those to convert where they are others."""

    content: bytes = b""
    source: bytes = b""


def send_answer(pipe: BinaryIO, answer: ChildAnswer, blobs: tuple[Blobs, ...]) -> bool:
    """Write an answer and its bytes. False, with nothing written, for one that is too long."""
    told = json.dumps(plain_value(answer), ensure_ascii=False).encode("utf-8", "replace")
    if len(told) > MOST_ANSWER:
        return False
    send(pipe, told)
    for piece, of_piece in zip(answer.pieces, blobs, strict=True):
        if answer.within:
            send(pipe, of_piece.content)
        if piece.source:
            send(pipe, of_piece.source)
    return True


def receive_answer(pipe: BinaryIO) -> tuple[ChildAnswer, tuple[Blobs, ...]]:
    """Read an answer and check it. Raises EOFError where the pipe ends, ValueError for one that is not
    to be believed."""
    try:
        answer = from_plain(ChildAnswer, json.loads(receive(pipe, MOST_ANSWER)))
    except RecursionError:
        raise ValueError("an answer is nested too deep") from None
    if len(answer.pieces) > MOST_FILES or not (answer.pieces or answer.fault):
        raise ValueError("an answer has no piece, or too many")
    for piece in answer.pieces:
        _check(piece)
    left, blobs = MOST_BLOBS, []
    for piece in answer.pieces:
        content = receive(pipe, min(left, MOST_BYTES)) if answer.within else b""
        source = receive(pipe, min(left - len(content), MOST_BYTES)) if piece.source else b""
        left -= len(content) + len(source)
        blobs.append(Blobs(content, source))
    return answer, tuple(blobs)


def _check(piece: OpenedPiece) -> None:
    hazards = {*piece.hazards, *(piece.reading.hazards if piece.reading else ())}
    told = (piece.problem.where, piece.problem.what, piece.problem.remedy) if piece.problem else ()
    if (piece.reading is None) == (piece.problem is None) or (piece.convert and piece.problem is None):
        raise ValueError("a piece has neither a reading nor a problem, or both")
    if (
        not hazards <= HAZARDS
        or len(piece.kind) > _MOST_NAME
        or any(len(one) > _MOST_SENTENCE for one in told)
    ):
        raise ValueError("a piece says what it cannot say")
