"""The allocation spreadsheet as a file in a folder, as QA officers save it. It is read, never written."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from ..ports import WorkbookCopy, WorkbookUnavailableError
from .half_saved import is_whole

_PAUSE = 2.0


class FileWorkbook:
    """Keeps `ports.Workbook`. `pause` waits between tries: Excel holds or half-writes a file for a moment."""

    def __init__(self, path: Path, pause: Callable[[float], None] = time.sleep, tries: int = 3) -> None:
        self._path = path
        self._pause = pause
        self._tries = tries

    def read(self) -> WorkbookCopy:
        """A whole snapshot; `version` is its SHA-256. Raises WorkbookUnavailableError, which names the file
        and what to do, when it stays missing, locked or half saved."""
        why = ""
        for attempt in range(self._tries):
            if attempt:
                self._pause(_PAUSE)
            try:
                content, changed = self._snapshot()
            except FileNotFoundError:
                why = "is not there. Put it back, or correct its path in service.toml."
            except PermissionError:
                why = f"cannot be opened{self._opened_by()}. Close it in Excel, or let the service read it."
            except OSError as error:
                why = f"cannot be read ({error.strerror}). Look at the disk or the network drive."
            else:
                if not changed and is_whole(content):
                    return WorkbookCopy(self._path.name, hashlib.sha256(content).hexdigest(), content)
                why = f"is only half saved{self._opened_by()}. Save it in Excel and close it."
        raise WorkbookUnavailableError(f"The spreadsheet {self._path} {why}")

    def changed(self, since: str) -> WorkbookCopy | None:
        """A whole snapshot, or None when its version is still `since`."""
        copy = self.read()
        return None if copy.version == since else copy

    def _snapshot(self) -> tuple[bytes, bool]:
        """The file's bytes, and whether it changed while they were read."""
        before = self._path.stat()
        content = self._path.read_bytes()
        after = self._path.stat()
        same = (before.st_mtime_ns, before.st_size, before.st_ino) == (
            after.st_mtime_ns,
            after.st_size,
            after.st_ino,
        )
        return content, not same or len(content) != after.st_size

    def _opened_by(self) -> str:
        """Excel keeps `~$name` beside a file that somebody has open."""
        lock = self._path.with_name(f"~${self._path.name}")
        try:
            return ": somebody has it open" if lock.exists() else ""
        except OSError:
            return ""
