"""kill -9 at any moment: what is started again ends with the same mails, none twice and none lost."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.month import Month

KILLS = int(os.environ.get("CASE_AUDIT_KILLS", "12"))
"""How many kills a run suffers. More for a campaign: CASE_AUDIT_KILLS=200 pytest tests/faults."""


def rehearsal(month: Month, out: Path) -> subprocess.Popen[bytes]:
    """A rehearsal of the small council, as a process of its own."""
    command = [sys.executable, "-m", "automation", "rehearse", str(out), "--config", str(month.config)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def mails(out: Path) -> dict[str, bytes]:
    """Every mail of a rehearsal by its place, with its bytes."""
    return {str(one.relative_to(out)): one.read_bytes() for one in sorted((out / "mailbox").rglob("*.eml"))}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_rehearsal_killed_again_and_again_ends_with_the_same_mails(
    month: Month, tmp_path: Path, seed: int
) -> None:
    whole = rehearsal(month, tmp_path / "whole")
    began = time.monotonic()
    lines, errors = whole.communicate(timeout=120)
    assert whole.returncode == 0, errors.decode()
    length = time.monotonic() - began

    chance = random.Random(seed)
    out, kills = tmp_path / "killed", 0
    while True:
        process = rehearsal(month, out)
        try:
            # Longer and longer lives, so that it comes to its end however slow the machine is.
            wait = chance.uniform(0.15, 0.6) * length if kills < KILLS else 120
            last, errors = process.communicate(timeout=wait)
            assert process.returncode == 0, errors.decode()
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
    assert kills >= 1
    assert mails(out) == mails(tmp_path / "whole")
    assert last.splitlines()[:-1] == lines.splitlines()[:-1]
