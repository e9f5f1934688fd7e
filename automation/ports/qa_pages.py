"""The files that the service keeps up to date for QA: promises and their error."""

from typing import Protocol


class PageUnwritableError(Exception):
    """A page for QA cannot be read or written now: why, in words without names."""


class QaPages(Protocol):
    """The folder of the pages that QA looks at. Each method raises PageUnwritableError."""

    def read(self, name: str) -> bytes | None:
        """The page as it stands, None when there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Put the page there, whole, in the place of the one before."""
