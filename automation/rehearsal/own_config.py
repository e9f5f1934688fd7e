"""A rehearsal's own configuration: the council's, with everything it would touch moved into the folder."""

import re
import shutil
from pathlib import Path

from ..settings import Settings

_MOVED = {
    "mailbox": {"folder": "../mailbox"},
    "store": {"url": "sqlite:///../audits.db", "originals": "../originals", "state": ".."},
}


def copy_config(settings: Settings, folder: Path) -> None:
    """Copy the files of a configuration to a new folder, with the spreadsheet beside them.

    Whatever then works with that folder works on the rehearsal, never on the council's own mailbox or
    store.
    """
    folder.mkdir(parents=True)
    source = settings.folder
    for file in source.glob("*.toml"):
        shutil.copy(file, folder)
    for part in ("forms", "templates"):
        if (source / part).is_dir():
            shutil.copytree(source / part, folder / part)
    sheet = settings.path(settings.workbook.path)
    if sheet.exists():
        shutil.copy(sheet, folder / sheet.name)
    service = folder / "service.toml"
    moved = {**_MOVED, "workbook": {"path": sheet.name}}
    service.write_text(_with_values(service.read_text("utf-8-sig"), moved), "utf-8")


def touched(settings: Settings) -> set[Path]:
    """Every place that these settings let a command read from or write to."""
    store = settings.store
    given = (settings.mailbox.folder, settings.workbook.path, store.originals, store.state)
    return {settings.path(one) for one in given} | {Path(settings.store_url.removeprefix("sqlite:///"))}


def _with_values(text: str, values: dict[str, dict[str, str]]) -> str:
    """The TOML text with the values of these keys replaced, table by table, all else as it stands."""
    table, lines = "", []
    for line in text.splitlines():
        head = re.match(r"\s*\[\s*([\w.]+)\s*\]", line)
        table = head.group(1) if head else table
        key = re.match(r"\s*(\w+)\s*=", line)
        value = values.get(table, {}).get(key.group(1)) if key else None
        lines.append(line if value is None or key is None else f'{key.group(1)} = "{value}"')
    return "\n".join(lines) + "\n"
