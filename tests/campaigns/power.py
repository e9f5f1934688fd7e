"""Power loss: the files of a day as a power cut at any moment would leave them.

A pass is recorded call by call, and played on a strict disk up to each sync. The store must then open, hold
every transaction that had returned and none in part; each letter that is on the disk must be claimed, each
that the store calls sent must be there, and every recorded form must have its original.
"""

import random
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from email.parser import BytesHeaderParser
from pathlib import Path

from automation.adapters.clock import FixedClock
from automation.adapters.database import Database
from automation.domain.ids import KEY_HEADER
from automation.outside import open_ports
from automation.ports import OutsideUnavailableError
from automation.service import Service
from automation.settings import Settings
from automation.store_opening import StoreKeeper
from tests.support import recorded_disk
from tests.support.month import Month
from tests.support.recorded_days import content_of
from tests.support.recorded_disk import Call, Disk

from .fault import Tally

FIRST, RETURNS, REMINDERS, REPORT = "2026-11-02", "2026-11-12", "2026-11-23", "2026-12-07"
WAYS = ("dropped", "kept", "torn", "mixed")
"""What has become of that which was not synced."""
_SYNCS = ("fsync", "fdatasync")
_ROOT = Path(__file__).parents[2]


def recorded(month: Month, days: Sequence[str]) -> list[Call]:
    """What the service writes in its state folder, and its marks, while it makes passes on these days."""
    trace, marks = month.folder / "trace", month.folder / "marks"
    command = [sys.executable, "-m", "tests.support.recorded_days", str(month.config), str(marks), *days]
    recorded_disk.record(command, trace)
    found = list(recorded_disk.calls(trace, month.folder))
    trace.unlink()
    return found


class Cuts:
    """The states of a disk at each sync of a recording, and whether they are sound."""

    def __init__(self, month: Month, calls: Sequence[Call], begun_with: Mapping[str, bytes]) -> None:
        """`begun_with` are the files that were there before."""
        self.month, self.calls = month, calls
        self.disk = Disk()
        for path, content in begun_with.items():
            parts = path.split("/")
            for at in range(1, len(parts)):
                self.disk.now["/".join(parts[:at])] = None
            file = recorded_disk.File(bytearray(content), content)
            self.disk.now[path] = file
        self.disk.sure = dict(self.disk.now)
        marks = next((bytes(f.now) for p, f in self._played().items() if p == "marks" and f), b"")
        self.states = marks.decode().split()
        """What the store held after each transaction that returned."""
        self.letters = {p: f for p, f in self._played().items() if "/mailbox/sent/" in p and f}

    def _played(self) -> recorded_disk.Names:
        disk = Disk(dict(self.disk.now))
        for call in self.calls:
            if call.paths[0] == "marks" or "/mailbox/sent/" in call.paths[-1]:
                disk.do(call)
        return disk.now

    def each(self, part: int, seed: int) -> Iterator[tuple[str, int, Mapping[str, bytes]]]:
        """What it was, how many transactions had returned, and the files, at one in so many syncs."""
        chance, acknowledged, syncs = random.Random(seed), 0, 0
        for number, call in enumerate(self.calls):
            if call.name in _SYNCS:
                syncs += 1
                if syncs % part == seed % part:
                    for way in WAYS:
                        make = getattr(self.disk, way)
                        files = make(chance) if way in ("torn", "mixed") else make()
                        yield f"{way} before call {number}, {call.name} {call.paths[0]}", acknowledged, files
            self.disk.do(call)
            if call.name == "write" and call.paths[0] == "marks":
                acknowledged += 1

    def wrong(self, acknowledged: int, files: Mapping[str, bytes], folder: Path) -> Iterator[str]:
        """Whatever is not as it should be after a power cut."""
        settings = laid_out(self.month, files, folder)
        store, ours = folder / "state" / "audits.db", StoreKeeper(settings, Database)
        if not store.exists():
            if acknowledged or "state/store.json" in files:
                yield "the store is lost"
            return
        try:
            ours.open().close()
        except OutsideUnavailableError as refused:
            yield f"refused: {refused}"
            return
        may_be = [self._state(acknowledged), self._state(acknowledged + 1)]
        if (held := content_of(store)) not in may_be and acknowledged:
            kept = self.states.index(held) + 1 if held in self.states else "something else"
            yield f"it holds transaction {kept} and not {acknowledged} or the next"
        yield from self._letters(store, files)

    def _state(self, number: int) -> str:
        return self.states[min(number, len(self.states)) - 1] if number and self.states else ""

    def _letters(self, store: Path, files: Mapping[str, bytes]) -> Iterator[str]:
        with sqlite3.connect(store) as db:
            known = dict(db.execute("SELECT key, state FROM outbox").fetchall())
            apart = {key for (key,) in db.execute("SELECT key FROM outbox WHERE within = ''")}
            forms = {form for (form,) in db.execute("SELECT form FROM returns")}
        db.close()
        there = set()
        for path, content in files.items():
            if path.startswith("state/mailbox/sent/") and path.endswith(".eml"):
                whole = self.letters.get(path)
                if whole is None or bytes(whole.now) != content:
                    yield f"half a letter: {path}"
                    continue
                key = str(BytesHeaderParser().parsebytes(content)[KEY_HEADER]).strip()
                there.add(key)
                if key not in known:
                    yield f"went without a claim: {key}"
        yield from (f"said to have gone: {k}" for k, s in known.items() if s == "sent" and k in apart - there)
        originals = {path.rpartition("/")[2] for path in files if path.startswith("state/originals/")}
        yield from (f"a form is lost: {form[:12]}" for form in forms - originals)


def laid_out(month: Month, files: Mapping[str, bytes], folder: Path) -> Settings:
    """These files in a folder, with the council's configuration, and the settings that name it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(month.config, folder / "config")
    for path, content in files.items():
        if path.startswith("state/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    return replace(month.settings, folder=folder / "config")


def goes_on(settings: Settings, day: str) -> list[str]:
    """The names of the letters that there are when the service is started again on that day."""
    from datetime import date

    ports = open_ports(settings)
    try:
        Service(settings, ports).once(FixedClock(date.fromisoformat(day)))
    finally:
        ports.store.close()
    return sorted(one.name for one in (settings.folder.parent / "state/mailbox/sent").glob("*.eml"))


def campaign(folder: Path, days: Sequence[str], part: int = 1, seed: int = 0, again: int = 40) -> Tally:
    """Every day is recorded and cut at one in so many syncs; one in `again` of these is started anew."""
    tally, month = Tally("power loss at each sync of the files"), Month(folder / "council")
    before: dict[str, bytes] = {}
    for day in days:
        if day == RETURNS:
            for number, sender in ((1, "toby.tarn"), (2, "paul.pond")):
                month.reply(sender, month.filled(f"CFA-2026-11-00{number}", sender))
            before |= _files(month)
        cuts = Cuts(month, recorded(month, [day]), before)
        wanted = sorted(one.name for one in (month.mailbox / "sent").glob("*.eml"))
        for number, (what, acknowledged, files) in enumerate(cuts.each(part, seed)):
            place = folder / "cut"
            wrong = list(cuts.wrong(acknowledged, files, place))
            if not wrong and number % again == again - 1:
                found = goes_on(replace(month.settings, folder=place / "config"), day)
                wrong = [] if found == wanted else [f"started again: {set(found) ^ set(wanted)}"]
            tally.add(lost=sum("lost" in w for w in wrong), wrong=[f"{day}, {what}: {w}" for w in wrong])
        before = _files(month)
    return tally


def _files(month: Month) -> dict[str, bytes]:
    there = (one for one in month.folder.rglob("*") if one.is_file() and one.suffix != ".lock")
    found = {str(one.relative_to(month.folder)): one.read_bytes() for one in there}
    return {
        path: content
        for path, content in found.items()
        if path.startswith("state/") and not path.endswith("-shm")
    }
