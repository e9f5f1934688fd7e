"""Every campaign against faults, two at a time, each within its time, and one table of what became of
them."""

import json
import platform
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from . import corruption, crashes, downtime, full_disk, kills, power, starting
from .fault import Tally

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- campaigns -->", "<!-- end of campaigns -->"
HEAD = "| campaign | fault | runs | lost | twice | outcome | seconds |\n|---|---|---|---|---|---|---|"
AT_ONCE = 2
_SPARE = 60
"""So many seconds after its time a campaign that still runs is ended."""

Play = Callable[[Path, bool, float], Tally]
"""Plays a campaign in a folder: a small one, or the whole one until so many seconds have gone."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign, how many seconds it may take, and why it cannot be played here, if so."""

    play: Play
    seconds: int
    why_not: Callable[[], str] = str


def _crashes(mailbox: str, store: str) -> Play:
    def play(folder: Path, small: bool, until: float) -> Tally:
        tally = Tally(f"death at every point of every job, {_SAID[mailbox]}, {_SAID[store]}")
        where = crashes.Where(mailbox, store)
        seeds, only = ([0], "^digest: after (mailbox|store.settle)") if small else ([0, 1, 2], "")
        for whole, crashed in crashes.campaign(folder, where, seeds, only, until):
            lost = len(whole.mails().keys() - crashed.mails().keys())
            twice = len(crashes.twice(crashed))
            tally.add(lost, twice, list(crashes.faults(whole, crashed)), runs=len(crashed.journal.died))
            whole_seed = set(crashed.journal.died) >= set(crashed.journal.counts) and not small
            tally.noted["whole seeds" if whole_seed else "part of a seed"] += 1
            if time.monotonic() > until:
                break
        return tally

    return play


_SAID = {"folder": "a folder", "m365": "Microsoft 365", "sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _kills(store: str) -> Play:
    def play(folder: Path, small: bool, until: float) -> Tally:
        return kills.campaign(folder, store, *((20, 200) if small else (kills.KILLS, kills.LETTERS)))

    return play


def _power(folder: Path, small: bool, until: float) -> Tally:
    days = [power.FIRST] if small else [power.FIRST, power.RETURNS, power.REMINDERS, power.REPORT]
    return power.campaign(folder, days, part=5 if small else 1)


def _starting(folder: Path, small: bool, until: float) -> Tally:
    return starting.whole(part=60 if small else 1)


def _downtime(folder: Path, small: bool, until: float) -> Tally:
    return downtime.campaign(downtime.MONTHS[:1] if small else downtime.MONTHS, part=40 if small else 1)


def _corruption(folder: Path, small: bool, until: float) -> Tally:
    return corruption.campaign(folder, *((60, 40) if small else (corruption.RANDOM, 2)))


def _full_disk(folder: Path, small: bool, until: float) -> Tally:
    return full_disk.campaign(folder, step=256) if small else full_disk.campaign(folder, step=32)


def _quota(folder: Path, small: bool, until: float) -> Tally:
    return full_disk.with_quota(folder, range(0, 640_000, 160_000 if small else 16_000))


def _no_postgresql() -> str:
    from tests.support.postgres import why_not

    return why_not()


def _no_strace() -> str:
    from tests.support.recorded_disk import why_not

    return why_not()


CAMPAIGNS: Mapping[str, Campaign] = {
    "crashes": Campaign(_crashes("folder", "sqlite"), 600),
    "crashes-m365": Campaign(_crashes("m365", "sqlite"), 450),
    "crashes-postgresql": Campaign(_crashes("folder", "postgresql"), 450, _no_postgresql),
    "crashes-m365-postgresql": Campaign(_crashes("m365", "postgresql"), 450, _no_postgresql),
    "kills": Campaign(_kills("sqlite"), 350),
    "kills-postgresql": Campaign(_kills("postgresql"), 400, _no_postgresql),
    "starting": Campaign(_starting, 250),
    "downtime": Campaign(_downtime, 300),
    "power": Campaign(_power, 100, _no_strace),
    "corruption": Campaign(_corruption, 60),
    "full-disk": Campaign(_full_disk, 160, full_disk.why_not),
    "quota": Campaign(_quota, 60),
}


def alone(name: str, folder: Path, small: bool, told: Path | None = None) -> int:
    """Play one campaign and tell what came of it. The exit code: 1 when anything was wrong."""
    one = CAMPAIGNS[name]
    if why := one.why_not():
        print(f"{name}: not played: {why}")
        return 0
    tally = one.play(folder, small, time.monotonic() + one.seconds * 0.9)
    if told is not None:
        told.write_text(json.dumps(row(name, tally)), "utf-8")
    print("\n".join(tally.shown()), flush=True)
    return 0 if tally.sound else 1


def row(name: str, tally: Tally) -> list[str]:
    """A campaign's row of the table."""
    numbers = (f"{tally.runs:,}", f"{tally.lost}", f"{tally.twice}", tally.outcome, f"{tally.seconds:.0f}")
    return [name, tally.fault, *numbers]


def every(names: Sequence[str], small: bool) -> tuple[list[list[str]], bool]:
    """The rows of these campaigns, in this order, and whether all were sound."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(lambda name: _in_a_process(name, small), names))
    return [one for one, _ in done], all(sound for _, sound in done)


def _in_a_process(name: str, small: bool) -> tuple[list[str], bool]:
    one = CAMPAIGNS[name]
    if why := one.why_not():
        return [name, "", "0", "", "", f"not played: {why}", ""], True
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        told = Path(folder) / "told.json"
        words = [
            sys.executable,
            "-m",
            "tests.campaigns",
            name,
            "--told",
            str(told),
            *(["--small"] if small else []),
        ]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            says, _ = process.communicate(timeout=one.seconds + _SPARE)
        except subprocess.TimeoutExpired:
            process.kill()
            says, _ = process.communicate()
            return [name, "", "", "", "", f"not done in {one.seconds} seconds", f"{one.seconds}"], False
        print(says, end="", flush=True)
        if not told.exists():
            return [name, "", "", "", "", "it ended before it could tell: see above", ""], False
        return json.loads(told.read_text("utf-8")), process.returncode == 0


def table(rows: Sequence[Sequence[str]], small: bool) -> Iterator[str]:
    """The table, under the day and the versions that it was made with."""
    size = (
        "The small size of each, as `make faults SIZE=--small` plays it"
        if small
        else "The whole size of each"
    )
    yield (
        f"{size}: {datetime.now(UTC):%d %B %Y}, Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}, {platform.system()} {platform.release().split('-')[0]}."
    )
    yield ""
    yield HEAD
    yield from (f"| {' | '.join(one)} |" for one in rows)


def written(lines: Sequence[str], page: str) -> str:
    """A page with this between its markers."""
    before, rest = page.split(f"{BEGIN}\n", 1)
    return f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.split(END, 1)[1]}"


def named(page: str) -> list[str]:
    """The campaigns that the table of a page names."""
    part = page.split(BEGIN, 1)[1].split(END, 1)[0]
    return re.findall(r"^\| ([a-z0-9-]+) \|", part.partition("|---")[2], re.M)


def main(small: bool, write: bool) -> int:
    """Play all of them, and print the table. The exit code: 1 when anything was wrong."""
    rows, sound = every(list(CAMPAIGNS), small)
    lines = list(table(rows, small))
    print("\n".join(lines))
    if write:
        PAGE.write_text(written(lines, PAGE.read_text("utf-8")), "utf-8")
    return 0 if sound else 1
