"""Files written whole or not at all. The one module that knows where systems differ."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
"""What file systems answer that know no hard links."""


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path` so that a reader, or a power cut, finds the old file or the new, never part.

    Raises OSError as the system tells it; nothing of the new content is then left behind.
    """
    with _unfinished(path, content, mode) as file:
        file.replace(path)
    sync_folder(path.parent)


def write_once(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path` as `write_whole` does, once, whoever else is doing so. Raises FileExistsError
    when there is a file by that name, which is left as it is."""
    with _unfinished(path, content, mode) as file:
        try:
            os.link(file, path)  # the one call that never takes the place of a file
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if path.exists():
                raise FileExistsError from None
            file.replace(path)
    sync_folder(path.parent)


@contextlib.contextmanager
def _unfinished(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside `path` with this content, on the disk already. It does not stay."""
    number, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(mode)
        yield unfinished
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink()


def keep_private() -> None:
    """Let whatever this process makes from now on be for its own account only. Windows keeps rights by
    folder and takes no notice."""
    os.umask(0o077)


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder where it is missing, with those above it, so that a power cut leaves what is put into
    it in its place. Raises OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    for one in reversed(missing):
        with contextlib.suppress(PermissionError):  # one that may be written and not be read
            sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut. Windows has no such call and needs none: its file
    system journals the rename itself."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
