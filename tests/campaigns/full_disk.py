"""A full disk, a quota, a disk that may only be read: nothing goes that could not be claimed, the pass says
what is wrong and ends with 3, and once there is space the day ends with the same letters.

The state folder is on a file system of its own, of few kilobytes; where that may not be, a process is bound
to files of a size, as by a quota.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from automation import cli
from tests.support import warm
from tests.support.month import Month

from .fault import Tally

try:
    import resource
except ImportError:  # Windows bounds no files
    resource = None  # type: ignore[assignment]

FIRST, RETURNS, REPORT = "2026-11-02", "2026-11-12", "2026-12-03"
STEP, PLENTY = 16, 65536
"""Kilobytes."""


def why_not() -> str:
    """Why no file system can be made here, empty when one can."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "only root may make a file system"
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True, check=False)
        if made.returncode == 0:
            subprocess.run(["umount", folder], check=True)
            return ""
    return "no file system may be made in this container"


@dataclass(frozen=True, slots=True)
class Small:
    """A file system for a folder."""

    folder: Path

    @contextlib.contextmanager
    def of(self, kilobytes: int) -> Iterator["Small"]:
        """It has so many kilobytes, and is gone afterwards."""
        self.folder.mkdir(parents=True, exist_ok=True)
        size = f"size={max(kilobytes, 4)}k"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(self.folder)], check=True)
        try:
            yield self
        finally:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def change(self, option: str) -> None:
        """It has more space from here on, or may only be read."""
        subprocess.run(["mount", "-o", f"remount,{option}", str(self.folder)], check=True)

    def used(self) -> int:
        """The kilobytes that are taken."""
        told = os.statvfs(self.folder)
        return (told.f_blocks - told.f_bfree) * told.f_frsize // 1024


def once(month: Month, day: str, most: int = -1) -> tuple[int, str]:
    """The exit code of a pass in a process of its own, whose files may have at most so many bytes, and what
    it complains of."""
    said = month.folder / "said.txt"
    process = warm.start(_once, str(month.config), day, most, said)
    process.join()
    return process.exitcode or 0, said.with_suffix(".errors").read_text("utf-8")


def _once(config: str, day: str, most: int, said: Path) -> None:
    warm.tell_into(said)
    if most >= 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    sys.exit(cli.main(["once", "--today", day, "--config", config]))


def letters(month: Month) -> list[str]:
    """The letters that are in the mailbox, by their files' names."""
    return sorted(one.name for one in (month.mailbox / "sent").glob("*.eml"))


def unclaimed(month: Month) -> Iterator[str]:
    """The letters that are in the mailbox and not in the store, and those that the store says have gone and
    that are not in the mailbox."""
    store = month.folder / "state" / "audits.db"
    if not store.exists():
        yield from letters(month)
        return
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    known = dict(db.execute("SELECT key, state FROM outbox WHERE within = ''").fetchall())
    db.close()
    there = {str(one["X-Case-Audit-Key"]).strip() for one in month.letters()}
    yield from (f"without a claim: {one}" for one in there - known.keys())
    yield from (f"not there: {one}" for one, state in known.items() if state == "sent" and one not in there)


def complaint(code: int, told: str) -> Iterator[str]:
    """What is wrong with how a pass ended that had no space."""
    if "Traceback" in told:
        yield f"a traceback: {told.splitlines()[-1]}"
    if code == 3 and not any(one in told for one in ("No space left", "cannot be", "File too large")):
        yield f"it ends with 3 and says: {told}"
    if code not in (0, 1, 3):
        yield f"it ends with {code}: {told}"


def before(folder: Path, day: str) -> Month:
    """A council as it is before that day's pass, with forms in the inbox where it is the day of returns."""
    month = Month(folder)
    if day != FIRST:
        month.on(FIRST)
        for number, sender in ((1, "toby.tarn"), (2, "paul.pond")):
            month.reply(sender, month.filled(f"CFA-2026-11-00{number}", sender))
    if day == REPORT:
        month.on(RETURNS)
    return month


def tried(
    month: Month, begun: Path, day: str, kilobytes: int, wanted: Sequence[str]
) -> tuple[list[str], str]:
    """What is wrong after that day's pass with so much space more than is taken, and after another pass with
    plenty; and how the first one ended."""
    disk = Small(month.folder / "state")
    with disk.of(PLENTY):
        shutil.copytree(begun, disk.folder, dirs_exist_ok=True)
        disk.change(f"size={max(disk.used() + kilobytes, 4)}k")
        code, told = once(month, day)
        wrong, early = list(complaint(code, told)), letters(month)
        if code != 3 and early != wanted:
            wrong.append(f"{len(early)} of {len(wanted)} letters and exit code {code}")
        disk.change(f"size={PLENTY}k")
        wrong += unclaimed(month)
        again, told = once(month, day)
        wrong += [f"with space it ends with {again}: {told}"] if again == 3 else []
        wrong += [f"in the end: {set(letters(month)) ^ set(wanted)}"] if letters(month) != wanted else []
    return wrong, "full, exit code 3" if code == 3 else "space enough"


def campaign(
    folder: Path,
    days: Sequence[str] = (FIRST, RETURNS, REPORT),
    step: int = STEP,
    sizes: Sequence[int] = (),
) -> Tally:
    """Each of these days with these kilobytes of space; or else with every so many, from none to enough."""
    tally = Tally("full disk: any space left")
    for day in days:
        month = before(folder / day, day)
        begun, state = folder / f"{day}-begun", month.folder / "state"
        state.mkdir(exist_ok=True)
        shutil.copytree(state, begun)
        once(month, day)
        wanted = letters(month)
        shutil.rmtree(state)
        enough = 0
        for kilobytes in sizes or count(0, step):
            wrong, ended = tried(month, begun, day, kilobytes, wanted)
            tally.add(wrong=[f"{day}, {kilobytes} KB: {one}" for one in wrong], noted=ended)
            enough += ended == "space enough"
            if enough == 2:
                break
    return tally


def with_quota(folder: Path, sizes: Sequence[int], day: str = FIRST) -> Tally:
    """That day's pass with files of at most so many bytes, and then without a bound."""
    tally, month = Tally("quota: files of any size"), before(folder / "council", day)
    begun, state = folder / "begun", month.folder / "state"
    state.mkdir(exist_ok=True)
    shutil.copytree(state, begun)
    once(month, day)
    wanted = letters(month)
    for most in sizes:
        shutil.rmtree(state)
        shutil.copytree(begun, state)
        code, told = once(month, day, most)
        wrong = [*complaint(code, told), *unclaimed(month)]
        again, told = once(month, day)
        wrong += [f"without it: {again} {told}"] if again == 3 else []
        wrong += [f"in the end: {set(letters(month)) ^ set(wanted)}"] if letters(month) != wanted else []
        tally.add(wrong=[f"{most} bytes: {one}" for one in wrong], noted=f"exit code {code}")
    return tally
