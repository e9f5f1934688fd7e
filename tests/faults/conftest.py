"""One rehearsal that nothing disturbed, for all tests of faults, on whichever core each of them runs."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from tests.campaigns.crashes import Played, ended, play
from tests.support.month import Month
from tests.support.whole_story import whole_story


@pytest.fixture(scope="session")
def council(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """The small council of the whole story, with nothing played."""
    return whole_story(tmp_path_factory.mktemp("council"))


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, council: Month) -> Played:
    """Its rehearsal without a fault, played once and not once for each process that runs tests."""
    here = tmp_path_factory.getbasetemp()
    folder = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / "undisturbed"
    with FileLock(Path(f"{folder}.lock")):
        done = (folder / "done").exists()
        played = ended(folder, 0) if done else play(folder, council.config)
        assert (played.code, played.errors, played.journal.faults) == (0, "", [])
        (folder / "done").touch()
    return played
