"""kill -9 at any moment: what is started again ends with the same mails, none twice and none lost."""

import json
import os
import random
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.month import Month
from tests.support.whole_story import whole_story

KILLS = int(os.environ.get("CASE_AUDIT_KILLS", "10"))
"""How many kills a run suffers. More for a campaign: CASE_AUDIT_KILLS=90 pytest tests/faults."""
FIRST, LAST = date(2026, 10, 29), date(2027, 1, 29)
"""The days that a rehearsal plays: from the preview, through the round, to the last lists of actions."""


def rehearsal(month: Month, out: Path) -> subprocess.Popen[bytes]:
    """A rehearsal of a small council in which everything happens, as a process of its own."""
    command = [sys.executable, "-m", "automation", "rehearse", str(out), "--config", str(month.config)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def mails(out: Path) -> dict[str, bytes]:
    """Every mail of a rehearsal by its place, with its bytes."""
    return {str(one.relative_to(out)): one.read_bytes() for one in sorted((out / "mailbox").rglob("*.eml"))}


def days(chance: random.Random) -> list[date]:
    """The days to kill on: one in each stretch of the time that is played, so that no step is left out."""
    length = (LAST - FIRST).days / KILLS
    return [FIRST + timedelta(days=int(length * (number + chance.random()))) for number in range(KILLS)]


def kill_within(process: subprocess.Popen[bytes], out: Path, day: date, delay: float) -> bool:
    """Kill it at some moment after it has come to that day. Whether it lived so long."""
    mark = out / "rehearsal.json"
    while not mark.exists() or json.loads(mark.read_text("utf-8"))["day"] < day.isoformat():
        if process.poll() is not None:
            return False
        time.sleep(0.005)
    time.sleep(delay)
    process.kill()
    process.communicate()
    return True


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_rehearsal_killed_again_and_again_ends_with_the_same_mails(tmp_path: Path, seed: int) -> None:
    month = whole_story(tmp_path / "council")
    whole = rehearsal(month, tmp_path / "whole")
    lines, errors = whole.communicate(timeout=240)
    assert whole.returncode == 0, errors.decode()

    chance = random.Random(seed)
    out = tmp_path / "killed"
    # Before its first step is kept, and then a day's step or two after each of these days.
    first = rehearsal(month, out)
    time.sleep(chance.uniform(0.2, 1))
    first.kill()
    first.communicate()
    for day in days(chance):
        assert kill_within(rehearsal(month, out), out, day, chance.uniform(0, 0.3))
    last, errors = rehearsal(month, out).communicate(timeout=240)
    assert mails(out) == mails(tmp_path / "whole"), errors.decode()
    assert last.splitlines()[:-1] == lines.splitlines()[:-1]
    assert b"handed on" in last
