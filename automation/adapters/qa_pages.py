"""The pages for QA as files in a folder."""

from pathlib import Path

from ..ports.qa_pages import PageUnwritableError
from .disk import make_folder, write_whole

_OURS, _READABLE = 0o600, 0o640
"""For the service alone; for the folder's group too, which IT makes the QA officers'."""


class QaPagesFolder:
    """The QaPages port on a folder."""

    def __init__(self, folder: Path, *, shared: bool = False) -> None:
        """Keep pages in `folder`, made when it is not there. `shared` lets the folder's group read them."""
        self._folder, self._mode = folder, _READABLE if shared else _OURS

    def read(self, name: str) -> bytes | None:
        """The page as it stands, None when there is none."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PageUnwritableError(f"It cannot be read: {error.strerror}.") from None

    def write(self, name: str, content: bytes) -> None:
        """Put the page there, whole, in the place of the one before."""
        try:
            path = self._folder / name
            make_folder(path.parent, mode=0o777)
            write_whole(path, content, mode=self._mode)
        except OSError as error:
            raise PageUnwritableError(f"It cannot be written: {error.strerror}.") from None
