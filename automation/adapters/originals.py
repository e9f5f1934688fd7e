"""The files that came back, kept untouched under the hash of their content."""

import hashlib
from pathlib import Path

from ..ports import StoreUnavailableError
from .disk import make_folder, write_whole


class OriginalsFolder:
    """The Originals port on a folder."""

    def __init__(self, folder: Path) -> None:
        """Keep files in `folder`, made when it is not there."""
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Keep the bytes for good, once, and return their SHA-256 in hex."""
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        try:
            if not path.exists():
                make_folder(path.parent)
                write_whole(path, content)
        except OSError as error:
            raise StoreUnavailableError(f"A returned file cannot be kept: {error.strerror}.") from None
        return name

    def fetch(self, name: str) -> bytes:
        """The bytes kept under a name."""
        try:
            return self._path(name).read_bytes()
        except OSError:
            raise StoreUnavailableError(f"The returned file {name[:12]} is not in the store.") from None

    def forget(self, name: str) -> None:
        """Take the bytes under a name away."""
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailableError(f"A returned file cannot be taken away: {error.strerror}.") from None

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
