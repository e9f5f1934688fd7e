"""The files that came back, kept untouched under the hash of their content."""

import hashlib
from pathlib import Path

from ..ports import StoreUnavailableError
from .disk import write_whole


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
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
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

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
