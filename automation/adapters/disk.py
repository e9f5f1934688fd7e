"""Files written whole or not at all. The one module that knows where systems differ."""

import contextlib
import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path` so that a reader, or a power cut, finds the old file or the new, never part.

    Raises OSError as the system tells it; nothing of the new content is then left behind.
    """
    number, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(mode)
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    sync_folder(path.parent)


def keep_private() -> None:
    """Let whatever this process makes from now on be for its own account only. Windows keeps rights by
    folder and takes no notice."""
    os.umask(0o077)


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
