"""The disk is full or may only be read: nothing goes that could not be claimed, one clear line says why,
and with space the day ends as it should. Any space left: python -m tests.campaigns full-disk."""

import os
import shutil
from pathlib import Path

import pytest

from tests.campaigns import full_disk
from tests.campaigns.full_disk import FIRST, PLENTY, RETURNS, Small

needs_mount = pytest.mark.skipif(bool(full_disk.why_not()), reason=full_disk.why_not() or "it can be made")


@needs_mount
@pytest.mark.parametrize(
    ("day", "sizes"), [(FIRST, [300, 900]), (RETURNS, [100])], ids=["first day", "returns"]
)
def test_whatever_space_is_left_nothing_goes_unclaimed_and_the_day_ends_with_the_same_letters(
    tmp_path: Path, day: str, sizes: list[int]
) -> None:
    tally = full_disk.campaign(tmp_path, [day], sizes=sizes)
    assert tally.wrong == []
    assert tally.noted["full, exit code 3"] == len(sizes)


@pytest.mark.skipif(os.name == "nt", reason="this system bounds no files")
def test_a_quota_stops_no_letter_for_good(tmp_path: Path) -> None:
    tally = full_disk.with_quota(tmp_path, [150_000, 300_000])
    assert tally.wrong == []
    assert tally.noted["exit code 3"] >= 1


@needs_mount
@pytest.mark.parametrize("day", [RETURNS])
def test_a_disk_that_may_only_be_read_ends_a_pass_with_one_clear_line_and_no_letter(
    tmp_path: Path, day: str
) -> None:
    month = full_disk.before(tmp_path / "council", day)
    state = month.folder / "state"
    state.mkdir(exist_ok=True)
    shutil.copytree(state, tmp_path / "begun")
    with Small(state).of(PLENTY) as disk:
        shutil.copytree(tmp_path / "begun", state, dirs_exist_ok=True)
        early = full_disk.letters(month)
        disk.change("ro")
        code, told = full_disk.once(month, day)
        assert code == 3
        assert "Traceback" not in told
        assert len(told.splitlines()) == 1
        assert "cannot be" in told
        assert full_disk.letters(month) == early
        disk.change("rw")
        assert full_disk.once(month, day)[0] == 0
        assert len(full_disk.letters(month)) > len(early)
