"""A returned file as it was opened: what it is, and what it says or why it could not be read."""

from dataclasses import dataclass
from typing import Literal

from .form import Reading
from .problem import Problem

Within = Literal["", "zip", "eml", "msg", "winmail.dat"]
"""The kind of file that a file was found in; empty when it came by itself."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file that came, or one of the files found inside it.

    `content_hash` is the SHA-256, in hexadecimal, of the bytes as they were found. `kind` is in plain words:
    `Word document`, `OpenDocument file (.odt)`. Exactly one of `reading` and `problem` is there. `content`
    is that of a file found inside another, so that it can be kept; empty for the file that came itself.
    """

    content_hash: str
    kind: str
    within: Within = ""
    reading: Reading | None = None
    problem: Problem | None = None
    content: bytes = b""

    def __post_init__(self) -> None:
        if (self.reading is None) == (self.problem is None):
            raise ValueError("a file has either a reading or a problem")
