"""The commands about personal content: who got what, erasing, disposal."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from .disposal import asked_in, dispose, list_text, old_logs
from .domain.history import Event
from .domain.ids import AuditRef
from .domain.retention import Due, still_due
from .erasing import ERASED, clear, erasable, erase, still_in_play
from .jobs.disposal import due
from .lines import Told, UsageError
from .new_files import save
from .outside import Ports, open_ports
from .service import Service, clock_on
from .settings import Settings, load
from .who_got import person_got, who_got


@contextmanager
def _opened(asked: argparse.Namespace, *, alone: bool) -> Iterator[tuple[Settings, Ports, Service, datetime]]:
    """The service, for our use alone where something is to be changed."""
    settings = load(Path(asked.config or "config"))
    ports = open_ports(settings)
    service, now = Service(settings, ports), clock_on(getattr(asked, "today", None)).now()
    if not alone:
        yield settings, ports, service, now
        return
    with ports.lock.hold() as ours:
        if not ours:
            raise UsageError("A pass is running. Try again when it has finished.")
        yield settings, ports, service, now


def _who_got(asked: argparse.Namespace) -> Told:
    if bool(asked.reference) == bool(asked.person):
        raise UsageError("Name a reference, such as CFA-2026-11-017, or a person with --person.")
    with _opened(asked, alone=False) as (_, ports, _service, _now):
        if asked.person:
            told = person_got(ports.store, asked.person.strip())
        else:
            told = who_got(ports.store, asked.reference.strip().upper())
    if told is None:
        what = (
            f"Nobody is known as {asked.person}" if asked.person else f"Nothing went about {asked.reference}"
        )
        raise UsageError(f"{what}. Check how it is written.")
    if asked.json:
        return Told((json.dumps(told, ensure_ascii=False, indent=2),))
    return Told(tuple(_sent_lines(told)))


def _sent_lines(told: Mapping[str, Any]) -> Iterator[str]:
    about = told.get("about") or told.get("person")
    count = len(told["sent"])
    yield f"{about}: {count} message{'s' * (count != 1)}, oldest first. Times are UTC."
    if told.get("erased"):
        yield f"What it said was erased on {told['erased']['at'][:10]}: {told['erased']['why']}"
    for one in told["sent"]:
        doubt = "" if one["certain"] else f"  ({one['state'].upper()}: it may or may not have gone)"
        yield f"{one['at'][:16].replace('T', ' ')}  {one['kind'].replace('_', ' ')}{doubt}"
        yield f"    to      {_who(one['to'])}"
        yield from (f"    copy    {_who(copy)}" for copy in one["copied"])
        if len(one["about"]) > 1:
            yield f"    about   {', '.join(one['about'])}"
        if not one["files_known"]:
            yield "    files   not noted: look in Sent Items"
        yield from (f"    file    {file['name']}  SHA-256 {file['sha256']}" for file in one["files"])


def _who(person: Mapping[str, str]) -> str:
    name = f"{person['name']} " if person["name"] else ""
    key = f" (key {person['key']})" if person["key"] and person["key"] != person["address"] else ""
    return f"{name}<{person['address'] or 'address disposed of'}>{key}"


def _erase(asked: argparse.Namespace) -> Told:
    reference = AuditRef(asked.reference.strip().upper())
    with _opened(asked, alone=True) as (settings, ports, service, now):
        this = service.this_pass(clock_on(asked.today))
        if ports.store.audit(reference) is None:
            raise UsageError(f"There is no audit {asked.reference}. Check the reference.")
        if still_in_play(ports.store, this.calendar(), reference, this.today):
            raise UsageError(
                f"Messages about {reference} may still go. Set its Status to Withdrawn, or take its row out "
                "of the spreadsheet; let a pass read that; then erase it."
            )
        found = erasable(settings, ports.store, reference)
        content = found.content
        what = (
            f"the words of {content.versions} returned versions and {content.actions} actions, "
            f"{len(content.files)} original files, and what {len(content.mails)} mails said"
        )
        if not asked.yes:
            return Told((f"{reference} would lose: {what}.", "Nothing is erased yet. To do it, add --yes."))
        erase(settings, ports, reference, ERASED, asked.reason, Event(reference, "erased by a person"), now)
        left = clear(ports, now)
    lines = [f"{reference} is erased: {what}. That, and why, stands in its place. Grades and counts stay."]
    lines += ["Delete these by hand, with any copy of them:", *(f"  {one}" for one in found.by_hand)]
    lines += [
        "What else holds some of it:",
        *(f"  {one}" for one in (*found.left, *([left] if left else []))),
    ]
    return Told(tuple(lines), int(bool(found.by_hand)))


def _disposal(asked: argparse.Namespace) -> Told:
    if bool(asked.out) == bool(asked.approve):
        raise UsageError("Name the file to write the list to, or give an approved one back with --approve.")
    with _opened(asked, alone=bool(asked.approve)) as (settings, ports, service, now):
        this = service.this_pass(clock_on(asked.today))
        found = (*due(this), *old_logs(settings, settings.rules.retention, this.today))
        if asked.out:
            return _listed(asked.out, found)
        approved, content = _approved(asked.approve)
        things, others = still_due(approved, found)
        left = dispose(settings, ports, things, content, now) if things else ""
    lines = [f"{len(things)} of {len(approved)} things on the list are disposed of."]
    if others:
        lines.append(f"{others} are not due, or have gone already, and were left alone.")
    lines += [left] if left else []
    if things:
        lines.append(
            "Backups hold them until they are discarded. Delete filed and sent mails of that time by hand."
        )
    return Told(tuple(lines), int(others > 0))


def _listed(out: Path, found: tuple[Due, ...]) -> Told:
    save(out, list_text(found).encode())
    return Told(
        (
            f"{out} lists {len(found)} things that are due for disposal. Nothing has gone.",
            f"Take out the lines that must stay. Then: `case-audit disposal --approve {out}`.",
        )
    )


def _approved(path: Path) -> tuple[tuple[tuple[str, str], ...], bytes]:
    try:
        content = path.read_bytes()
        return asked_in(content.decode("utf-8-sig")), content
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as fault:
        says = "it is not UTF-8 text" if isinstance(fault, UnicodeError) else str(fault)
        raise UsageError(f"{path} is not a list for disposal: {says}. Nothing has gone.") from None


COMMANDS: dict[str, Callable[[argparse.Namespace], Told]] = {
    "who-got": _who_got,
    "erase": _erase,
    "disposal": _disposal,
}
