"""Whether what must be private is: the modes of the state folder and of the files of keys."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from .archive import KEY_FILE
from .domain.problem import Problem
from .settings import Settings

_OTHERS, _OTHERS_WRITE = 0o077, 0o022
"""What nobody else may do with a file; and with a folder, whose files are private anyway."""


def open_to_others(settings: Settings) -> Iterator[Problem]:
    """What others on this computer may read, each with its remedy. Nothing on Windows, where rights are kept
    by folder."""
    if os.name == "nt":
        return
    for path in _private(settings):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            continue
        folder = path.is_dir()
        if mode & (_OTHERS_WRITE if folder else _OTHERS):
            wanted = "700" if folder else "600"
            yield Problem(
                path.name,
                f"Others on this computer may use it: its mode is {mode:03o}.",
                f"Give it mode {wanted}: `chmod {wanted} {path}`.",
                stops=False,
            )


def _private(settings: Settings) -> Iterator[Path]:
    yield settings.path(settings.store.state)
    yield settings.path(settings.store.originals)
    if settings.store_url.startswith("sqlite:///"):
        place = Path(settings.store_url.removeprefix("sqlite:///"))
        yield from (place, place.with_name(f"{place.name}-wal"))
    key = os.environ.get(KEY_FILE) or settings.backup.key_file
    if key:
        yield settings.path(key)
    if settings.microsoft_365 is not None and settings.microsoft_365.certificate:
        yield settings.path(settings.microsoft_365.certificate)
    if settings.store_url.startswith("postgresql"):
        yield Path(os.environ.get("PGPASSFILE") or Path.home() / ".pgpass")
