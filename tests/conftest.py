"""What every test may ask for."""

from pathlib import Path

import pytest

from tests.support.month import Month


@pytest.fixture
def month(tmp_path: Path) -> Month:
    """A small council with four audits in November 2026."""
    return Month(tmp_path)
