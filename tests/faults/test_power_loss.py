"""The power fails at any moment: no transaction that had returned is lost, and no letter is half there. Every
moment of a month: python -m tests.campaigns power."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.campaigns import power
from tests.support import recorded_disk
from tests.support.recorded_disk import Call, Disk, calls, record

needs_strace = pytest.mark.skipif(
    bool(recorded_disk.why_not()), reason=recorded_disk.why_not() or "it is here"
)


@needs_strace
def test_power_lost_at_any_sync_of_the_first_day_loses_no_transaction_and_halves_no_letter(
    tmp_path: Path,
) -> None:
    tally = power.campaign(tmp_path, [power.FIRST], part=4, again=50)
    assert (tally.wrong, tally.lost) == ([], 0)
    assert tally.runs > 60


@needs_strace
def test_a_folder_that_was_not_synced_into_its_own_folder_is_noticed(tmp_path: Path) -> None:
    """As the service's own folders were before: what is in them is gone with them."""
    for there in (False, True):
        folder = tmp_path / str(there)
        folder.mkdir()
        code = (
            f"import os; from pathlib import Path; p = Path({str(folder)!r}) / 'made'; p.mkdir(); "
            "f = (p / 'a').open('wb'); f.write(b'x'); f.flush(); os.fsync(f.fileno()); "
            f"os.fsync(os.open(p, 0)); {there} and os.fsync(os.open(p.parent, 0))"
        )
        record([sys.executable, "-c", code], tmp_path / "trace")
        disk = played(list(calls(tmp_path / "trace", folder)))
        assert ("made/a" in disk.dropped()) is there
        assert disk.kept() == {"made/a": b"x"}


def played(made: Sequence[Call]) -> Disk:
    """A disk after some calls."""
    disk = Disk()
    for one in made:
        disk.do(one)
    return disk


def test_what_was_not_synced_may_be_lost_torn_or_mixed_and_what_was_is_there() -> None:
    import random

    made = [
        Call("open", ("a",), flags="O_CREAT"),
        Call("pwrite64", ("a",), b"1" * 1024, 0),
        Call("fsync", ("a",)),
        Call("fsync", ("",)),
        Call("pwrite64", ("a",), b"2" * 1024, 512),
    ]
    disk = played(made)
    assert disk.dropped()["a"] == b"1" * 1024
    assert disk.kept()["a"] == b"1" * 512 + b"2" * 1024
    assert {disk.torn(random.Random(n))["a"] for n in range(20)} == {
        b"1" * 1024,
        b"1" * 512 + b"2" * 512,
        b"1" * 512 + b"2" * 1024,
    }
