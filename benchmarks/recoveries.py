"""Killed in the middle of a month's sending: how soon the next start sends what is right."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from .council import council, settle
from .harness import TOP, Line, Spent, Told, WrongAnswerError, command, with_bytecode

DAY = date(2026, 11, 2)


def recover(small: bool) -> Iterator[Told]:
    """From the start after a kill to the first mail, beside `status`."""
    audits, rounds = (12, 1) if small else (300, 5)
    ours, status = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            config = settle(Path(name), council(audits))
            sent = Path(name) / "state" / "mailbox" / "sent"
            words = [sys.executable, "-m", "automation"]
            environment = with_bytecode({**os.environ, "CASE_AUDIT_CONFIG": str(config)})
            command([*words, "once", "--today", "2026-10-29"], environment, codes=(0, 1))
            once = [*words, "once", "--today", DAY.isoformat()]
            _killed(once, environment, sent, len(_names(sent)) + audits)
            ours.append(_first_mail(once, environment, sent))
            told = command([*words, "status", "--today", DAY.isoformat()], environment, codes=(0, 1))
            status.append(told)
            _check(sent, audits)
    yield Line("recover", "`status` of the same store", ours, status, 5, floor=True)


def _names(sent: Path) -> set[str]:
    return {one.name for one in sent.glob("CFA-*.eml")} if sent.exists() else set()


def _killed(words: list[str], environment: dict[str, str], sent: Path, after: int) -> None:
    """A pass that is killed once so many mails have gone."""
    process = subprocess.Popen(words, env=environment, cwd=TOP, stdout=subprocess.DEVNULL)
    while len(_names(sent)) < after:
        if process.poll() is not None:
            raise WrongAnswerError("the pass ended before it was killed")
        time.sleep(0.005)
    process.kill()
    process.wait()


def _first_mail(words: list[str], environment: dict[str, str], sent: Path) -> Spent:
    """The seconds until one more mail has gone; the pass is then let end."""
    before, began = len(_names(sent)), time.perf_counter()
    process = subprocess.Popen(words, env=environment, cwd=TOP, stdout=subprocess.DEVNULL)
    while len(_names(sent)) == before:
        if process.poll() is not None:
            raise WrongAnswerError("the pass after the kill sent nothing")
        time.sleep(0.002)
    took = time.perf_counter() - began
    process.wait()
    return Spent(took, took, 0)


def _check(sent: Path, audits: int) -> None:
    gone = [one for one in _names(sent) if "case-details" in one]
    if len(gone) != 3 * audits:
        raise WrongAnswerError(f"{len(gone)} case details went instead of {3 * audits}")
