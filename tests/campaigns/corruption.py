"""Corrupt stores: changed bytes, missing ends, other files. Each is refused with what to do, or does no harm.

What SQLite cannot know by itself (a letter changed within a row) is counted apart: it may open, and the next
pass must then send nothing that has gone.
"""

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from automation.adapters.clock import FixedClock
from automation.adapters.database import Database
from automation.adapters.opening import SCHEMA
from automation.ports import OutsideUnavailableError
from automation.service import Service
from automation.store_opening import StoreKeeper
from tests.support.month import Month
from tests.support.recorded_days import content_of

from .fault import Tally

SECTOR, PAGE = 512, 4096
DAYS = ("2026-11-02", "2026-11-03", "2026-11-23")
NEXT = "2026-11-24"
REMEDIES = ("case-audit restore FILE", "case-audit reconcile", "Check store.url", "Install that version")
RANDOM = 300

READ = "refused when it was read"
NOTED = {"went on": "with a changed word that SQLite cannot know, nothing sent again"}

Files = Mapping[str, bytes]
"""The store's files by name: itself, and its journal where one was left."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A council whose store may come to harm: as a pass leaves it, and as a process that was killed does."""

    month: Month
    closed: Files
    killed: Files
    content: str

    def opened(self, files: Files) -> str:
        """What becomes of these files in the place of the store: `refused`, `harmless` or `altered`; else
        what is wrong."""
        state = self.month.folder / "state"
        for path in state.glob("audits.db*"):
            path.unlink()
        for name, content in files.items():
            (state / name).write_bytes(content)
        try:
            StoreKeeper(self.month.settings, Database).open().close()
            held = content_of(state / "audits.db")
        except OutsideUnavailableError as refused:
            return "refused" if any(one in str(refused) for one in REMEDIES) else f"no remedy: {refused}"
        except sqlite3.Error:
            return "altered"
        return "harmless" if held == self.content else "altered"

    def next_pass(self) -> tuple[list[str], str]:
        """What the next day's pass sends to somebody who has had that kind about that audit; and how it ends:
        `went on`, READ, or what it says instead of what to do."""
        sent = self.month.mailbox / "sent"
        before = Counter(map(_what, sent.glob("*.eml")))
        outcome = self.month.on(NEXT)
        after = Counter(map(_what, sent.glob("*.eml")))
        told = " ".join(outcome.unavailable)
        ended = "went on" if outcome.code < 2 else READ if REMEDIES[0] in told else f"no remedy: {told}"
        return [one for one in before if after[one] > before[one]], ended


def _what(letter: Path) -> str:
    head = letter.read_bytes().partition(b"\r\n\r\n")[0].decode()
    key = next(one for one in head.splitlines() if one.startswith("X-Case-Audit-Key:")).split(": ")[1]
    about, kind, _, to = key.strip().split("/")
    return f"{about} {kind} {to}"


def kept(folder: Path) -> Kept:
    """A council in the middle of a month."""
    month = Month(folder)
    for day in DAYS[:-1]:
        month.on(day)
    ports = month.ports()
    Service(month.settings, ports).once(FixedClock(date.fromisoformat(DAYS[-1])))
    killed = _store_files(month)
    ports.store.close()
    content = content_of(folder / "state" / "audits.db")
    return Kept(month, _store_files(month), killed, content)


def _store_files(month: Month) -> Files:
    there = (month.folder / "state").glob("audits.db*")
    return {one.name: one.read_bytes() for one in there if not one.name.endswith("-shm")}


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A file with one region changed."""
    made, at = bytearray(content), chance.randrange(len(content))
    length = min(chance.choice((1, 1, 2, 16, SECTOR, PAGE)), len(content) - at)
    what = chance.randrange(4)
    if what == 0:
        made[at] ^= 1 << chance.randrange(8)
    elif what == 1:
        made[at : at + length] = chance.randbytes(length)
    elif what == 2:
        made[at : at + length] = bytes(length)
    else:
        other = chance.randrange(len(content) // PAGE) * PAGE
        here = at // PAGE * PAGE
        made[here : here + PAGE] = content[other : other + PAGE]
    return bytes(made)


def others(own: bytes, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files that are no store of this council at all."""
    yield "nothing in it", b""
    yield "a text", b"Minutes of the meeting\n" * 200
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(3000)
    for name, *statements in (
        ("somebody else's database", "CREATE TABLE books (title)", "INSERT INTO books VALUES ('Emma')"),
        ("an empty database", "CREATE TABLE gone (x)", "DROP TABLE gone"),
    ):
        path = folder / "other.db"
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as db:
            for one in statements:
                db.execute(one)
        db.close()
        yield name, path.read_bytes()
    path.write_bytes(own)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("UPDATE alembic_version SET version_num = ?", (f"{int(SCHEMA) + 1:04d}",))
    db.close()
    yield "a newer schema", path.read_bytes()
    path.unlink()


def cases(own: Kept, number: int, part: int, seed: int) -> Iterator[tuple[str, Files]]:
    """So many files with a region changed, of the store and of the journal of one that was killed; the store
    cut off at one in so many sectors; and other files."""
    chance, name = random.Random(seed), "audits.db"
    closed, journal = own.closed[name], own.killed[f"{name}-wal"]
    for one in range(number):
        yield f"region {one}", {name: damaged(closed, chance)}
    for one in range(number // 5):
        yield f"journal {one}", {**own.killed, f"{name}-wal": damaged(journal, chance)}
    for length in range(0, len(closed), SECTOR * part):
        yield f"cut off at {length}", {name: closed[:length]}
    for length in range(0, len(journal), SECTOR * part * 4):
        yield f"journal cut off at {length}", {**own.killed, f"{name}-wal": journal[:length]}
    for what, content in others(closed, own.month.folder):
        yield what, {name: content}
    yield "as it was", own.closed
    yield "as it was when it was killed", own.killed


def campaign(folder: Path, number: int = RANDOM, part: int = 1, seed: int = 1) -> Tally:
    """Every case, and the next day's pass after each that was altered and not noticed."""
    tally, own = Tally("corrupt stores"), kept(folder / "council")
    state, whole = own.month.folder / "state", folder / "whole"
    shutil.copytree(state, whole)
    for what, files in cases(own, number, part, seed):
        became = own.opened(files)
        twice: list[str] = []
        if became == "altered":
            twice, became = own.next_pass()
            shutil.rmtree(state)
            shutil.copytree(whole, state)
        wrong = [f"{what}: went again: {one}" for one in twice]
        wrong += [] if became in ("refused", "harmless", "went on", READ) else [f"{what}: {became}"]
        tally.add(0, len(twice), wrong, NOTED.get(became, became))
    return tally
