"""Two processes on one store, one of them killed again and again while they post: each letter is delivered
once. A thousand kills: python -m tests.campaigns kills."""

from pathlib import Path

import pytest

from tests.campaigns import kills


@pytest.mark.timeout(300)
def test_of_two_processes_one_is_killed_again_and_again_and_each_letter_is_delivered_once(
    tmp_path: Path,
) -> None:
    tally = kills.campaign(tmp_path, "sqlite", kills=12, letters=80, seed=2)
    assert (tally.wrong, tally.lost, tally.twice) == ([], 0, 0)
    assert tally.noted["letters, each once"] >= 80
