"""One pass at a time on one store, by a lock that the system drops when its holder dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..ports import StoreUnavailableError
from .disk import make_folder


class FolderLock:
    """The OneAtATime port: a lock file in the state folder."""

    def __init__(self, folder: Path) -> None:
        """Lock `folder`, made when it is not there."""
        self._folder = folder

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """True when this process holds the folder, False at once when another one does."""
        from filelock import FileLock, Timeout

        try:
            make_folder(self._folder)
            lock = FileLock(self._folder / "pass.lock", timeout=0)
            lock.acquire()
        except Timeout:
            yield False
            return
        except OSError as error:
            raise StoreUnavailableError(
                f"The state folder {self._folder} cannot be written: {error.strerror}. "
                "Give the service a folder it may write to."
            ) from None
        try:
            yield True
        finally:
            lock.release()
