"""A rehearsal's own configuration: the council's, with everything it would touch moved into the folder."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from ..settings import Settings, SettingsError, load
from .loopback import Loopback
from .refused import RehearsalError

ON_LOOPBACK = "Case file audits"
"""The mail folder on a loopback under which filed mail goes."""

_MAILBOX = {"kind": "folder", "folder": "../mailbox"}
_REPORTS = {"folder": "../reports"}
_STORE = {"url": "sqlite:///../audits.db", "originals": "../originals", "state": ".."}
_SIGN_IN = "microsoft_365"


def check_before(settings: Settings, loopback: Loopback | None) -> None:
    """Raise RehearsalError when this configuration cannot be played, before anything is written."""
    if settings.workbook.kind != "file":
        raise RehearsalError(
            "The spreadsheet is in SharePoint, and a rehearsal never touches a real tenant. Save a copy as a "
            'file, and name it as `path` in [workbook] of a configuration of its own, with kind = "file".'
        )
    ours = settings.mailbox.address
    if loopback and loopback.mailbox.lower() != ours.lower():
        raise RehearsalError(
            f"The loopback Graph has the mailbox {loopback.mailbox}, and service.toml writes from {ours}. "
            f"Start the loopback with --mailbox {ours}."
        )


def check_after(settings: Settings, out: Path, loopback: Loopback | None) -> None:
    """Raise RehearsalError unless the copied configuration, as it was read, leads nowhere but into the
    rehearsal's folder and to its loopback."""
    outside = {place for place in touched(settings) if not place.is_relative_to(out.resolve())}
    if outside or settings.workbook.kind != "file":
        leads = str(min(outside)) if outside else "SharePoint"
        raise RehearsalError(f"{out} leads out of the rehearsal, to {leads}. Name another folder.")
    if settings.mailbox.kind != ("m365" if loopback else "folder"):
        raise RehearsalError(
            f"{out} is set for a mailbox of kind ‘{settings.mailbox.kind}’. "
            "Give the command as before, or name another folder."
        )
    if settings.heartbeat.url:
        raise RehearsalError(f"{out} would call an address. Write [heartbeat] as a table of its own.")
    if settings.microsoft_365 != (loopback.sign_in if loopback else None):
        raise RehearsalError(
            f"{out} is not set for this loopback Graph. One that is started anew has lost its mails: name "
            "another folder for the rehearsal."
        )


def copy_config(settings: Settings, folder: Path, loopback: Loopback | None) -> None:
    """Copy the files of a configuration to a new folder, with the spreadsheet beside them.

    Whatever then works with that folder works on the rehearsal, never on the council's own mailbox, tenant
    or store. Raises RehearsalError when that cannot be brought about.
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
    moved = {
        "mailbox": {"kind": "m365", "folder": ON_LOOPBACK} if loopback else _MAILBOX,
        "store": _STORE,
        "reports": _REPORTS,
        "workbook": {"path": sheet.name},
        "log": {"file": ""},
        "heartbeat": {"url": ""},
    }
    text = _with_values(_without(_SIGN_IN, service.read_text("utf-8-sig")), moved)
    if loopback:
        keys = asdict(loopback.sign_in).items()
        text += "".join(
            [
                f"\n[{_SIGN_IN}]\n",
                *(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys),
            ]
        )
    service.write_text(text, "utf-8")
    try:
        check_after(load(folder), folder.parent, loopback)
    except (SettingsError, RehearsalError) as fault:
        raise RehearsalError(
            "service.toml could not be moved into the rehearsal. Write its [mailbox], [store], [workbook] "
            f"and [{_SIGN_IN}] as tables, one key on each line. What is wrong with the copy: {fault}"
        ) from None


def touched(settings: Settings) -> set[Path]:
    """Every place that these settings let a command read from or write to."""
    store = settings.store
    given = [settings.workbook.path, store.originals, store.state]
    given += [settings.mailbox.folder] if settings.mailbox.kind == "folder" else []
    given += [settings.log.file] if settings.log.file else []
    places = {settings.path(one) for one in given} | {settings.reports_folder}
    return places | {Path(settings.store_url.removeprefix("sqlite:///"))}


def _without(table: str, text: str) -> str:
    """The TOML text without one of its tables."""

    def kept() -> Iterator[str]:
        inside = False
        for line in text.splitlines():
            if re.match(r"\s*\[", line):
                inside = bool(re.match(rf"\s*\[\s*{table}\s*\]", line))
            if not inside:
                yield line

    return "\n".join(kept())


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
