"""kill -9 at any moment: what is started again ends with the same mails, none twice and none lost."""

import json
import os
import random
import time
from collections.abc import Sequence
from datetime import date, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from tests.campaigns.crashes import Played, mails
from tests.support.month import Month
from tests.support.warm import case_audit

KILLS = int(os.environ.get("CASE_AUDIT_KILLS", "4"))
"""How many kills a run suffers. More for a campaign: CASE_AUDIT_KILLS=90 pytest tests/faults."""
SEEDS = [int(one) for one in os.environ.get("CASE_AUDIT_SEEDS", "1").split()]
"""A run for each of these, with other moments: CASE_AUDIT_SEEDS="3 4 5"."""
FIRST, LAST = date(2026, 10, 29), date(2027, 1, 29)
"""The days that a rehearsal plays: from the preview, through the round, to the last lists of actions."""


def days(chance: random.Random) -> list[date]:
    """The days to kill on: one in each stretch of the time that is played, so that no step is left out."""
    length = (LAST - FIRST).days / KILLS
    return [FIRST + timedelta(days=int(length * (number + chance.random()))) for number in range(KILLS)]


def kill_within(process: BaseProcess, out: Path, day: date, delay: float) -> bool:
    """Kill it at some moment after it has come to that day. Whether it lived so long."""
    mark = out / "rehearsal.json"
    while not mark.exists() or json.loads(mark.read_text("utf-8"))["day"] < day.isoformat():
        if not process.is_alive():
            return False
        time.sleep(0.005)
    time.sleep(delay)
    process.kill()
    process.join()
    return process.exitcode == -9


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_rehearsal_killed_again_and_again_ends_with_the_same_mails(
    tmp_path: Path, council: Month, undisturbed: Played, seed: int
) -> None:
    chance = random.Random(seed)
    out, said = tmp_path / "killed", tmp_path / "said.txt"
    command: Sequence[str] = ("rehearse", str(out), "--config", str(council.config))
    # Before its first step is kept, and then a day's step or two after each of these days.
    first = case_audit(command, said)
    time.sleep(chance.uniform(0.2, 1))
    first.kill()
    first.join()
    for day in days(chance):
        assert kill_within(case_audit(command, said), out, day, chance.uniform(0, 0.3))
    last = case_audit(command, said)
    last.join()
    assert mails(out) == undisturbed.mails(), said.with_suffix(".errors").read_text("utf-8")
    page = "index.html"
    assert (out / page).read_bytes() == (undisturbed.out / page).read_bytes()
    told = tuple(said.read_text("utf-8").splitlines()[:-1])
    assert told == undisturbed.lines
    assert any("handed on" in line for line in told)
