"""Where stories about actions begin."""

import shutil
from pathlib import Path

import pytest

from tests.support.acting import MONTHLY, passes, with_actions
from tests.support.month import Month


@pytest.fixture(scope="session")
def november(tmp_path_factory: pytest.TempPathFactory, first_day: Path) -> Path:
    """What the service keeps when two audits have come back: played once, for every story to go on from."""
    month = Month(tmp_path_factory.mktemp("november"))
    shutil.copytree(first_day, month.folder / "state")
    return with_actions(month).folder / "state"


@pytest.fixture
def acting(month: Month, november: Path) -> Month:
    """Two audits are back, with four actions; then December."""
    shutil.copytree(november, month.folder / "state")
    return month


@pytest.fixture
def asked(acting: Month) -> Month:
    """December's lists have gone."""
    passes(acting, MONTHLY)
    return acting
