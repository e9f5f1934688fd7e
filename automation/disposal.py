"""Disposal by a list that a person approves: written as CSV, given back, and done where it is still due."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from .domain.history import Event
from .domain.ids import AuditRef
from .domain.retention import LOG, MONTH, Due, Retention, is_kind
from .erasing import clear, erase
from .outside import Ports
from .settings import Settings

_HEAD = ("reference", "kind", "kept until")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def list_text(due: Iterable[Due]) -> str:
    """The list as CSV, with no cell that a spreadsheet would take for a formula."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(_HEAD)
    for one in due:
        rows.writerow(map(as_text, (one.reference, one.kind, one.until.isoformat())))
    return written.getvalue()


def as_text(cell: str) -> str:
    """A cell that a spreadsheet does not compute: an apostrophe goes before what would be a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def asked_in(text: str) -> tuple[tuple[str, str], ...]:
    """The references and kinds of a list, as written or as a spreadsheet saved it. Raises ValueError when it
    is no such list."""
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines:
        raise ValueError("it is empty")
    mark = max(",;\t", key=lines[0].count)
    rows = [row for row in csv.reader(lines, delimiter=mark) if any(cell.strip() for cell in row)]
    if [cell.strip().lower() for cell in rows[0][:2]] != list(_HEAD[:2]):
        raise ValueError(f"its first line is not {','.join(_HEAD)}")
    asked = []
    for number, row in enumerate(rows[1:], start=2):
        reference, kind = (cell.strip().removeprefix("'") for cell in row[:2]) if row[1:] else ("", "")
        if not is_kind(kind):
            raise ValueError(f"row {number} names no kind of content")
        asked.append((reference, kind))
    return tuple(asked)


def old_logs(settings: Settings, rules: Retention, today: date) -> Iterator[Due]:
    """The log's files that are due. Each bears the day that it is of."""
    for day in log_files(settings):
        until = rules.until("log", day)
        if until is not None and until < today:
            yield Due(f"{LOG}{day.isoformat()}", "log", until)


def log_files(settings: Settings) -> dict[date, Path]:
    """The log's files of days that are over."""
    if not settings.log.file:
        return {}
    place = settings.path(settings.log.file)
    found = {}
    for path in sorted(place.parent.glob(f"{place.name}.*")):
        try:
            found[date.fromisoformat(path.name.removeprefix(f"{place.name}."))] = path
        except ValueError:
            continue
    return found


def dispose(settings: Settings, ports: Ports, things: Iterable[Due], approved: bytes, now: datetime) -> str:
    """Take away what a list names. `approved` are the list's bytes, whose hash the history keeps. What is
    left in the database's own files, empty when nothing is."""
    mark = sha256(approved).hexdigest()
    logs = log_files(settings)
    for reference, group in groupby(sorted(things), key=lambda one: one.reference):
        kinds = [one.kind for one in group]
        if reference.startswith(LOG):
            logs[date.fromisoformat(reference.removeprefix(LOG))].unlink(missing_ok=True)
            continue
        about = "service" if reference.startswith(MONTH) else reference
        event = Event(about, "disposed of", {"what": " ".join(kinds), "of": reference, "list": mark})
        if reference.startswith(MONTH):
            month = reference.removeprefix(MONTH)
            if "mails" in kinds:
                for name in ports.store.files_of_month(month):
                    ports.originals.forget(name)
            ports.store.erase_month(month, kinds, event, now)
        else:
            erase(
                settings, ports, AuditRef(reference), kinds, f"disposal, by the list {mark[:12]}", event, now
            )
    return clear(ports, now)
