"""The form opened and saved by LibreOffice, in each of its formats: every answer and every action comes back.

All fillings, saved twice: python -m tests.campaigns round-trips
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.documents.libreoffice import why_not
from automation.domain.form import Reading

from ..campaigns.__main__ import reading_in_child
from ..campaigns.campaign import Read
from ..campaigns.forms_filled import filled
from ..campaigns.round_trips import FILTERS, OFFICE, round_trips, saved
from .form_samples import REFERENCE

pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
converts = pytest.mark.skipif(bool(why_not()), reason=f"other formats cannot be read here: {why_not()}")


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    with reading_in_child() as one:
        yield one


@pytest.mark.parametrize(
    "kind", ["docx", *(pytest.param(one, marks=converts) for one in FILTERS if one != "docx")]
)
def test_every_answer_and_action_survives_being_saved_as(kind: str, read: Read, tmp_path: Path) -> None:
    (one,) = round_trips([filled("audit", "typical")], [kind], read, tmp_path, saves=1)
    assert not one.wrong, "\n".join(f"{verdict.place}: {verdict.why}" for verdict in one.wrong)
    assert {verdict.fate for verdict in one.verdicts} == {"right"}


def test_a_form_that_went_through_odt_still_tells_whose_it_is_in_three_places(
    read: Read, tmp_path: Path
) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(filled("audit", "typical").content)
    (path,) = saved([path], "docx", "odt", tmp_path / "odt")
    (path,) = saved([path], "odt", "docx", tmp_path / "docx")
    reading = read(None, path.read_bytes())
    assert isinstance(reading, Reading)
    assert reading.references == dict.fromkeys(("property", "body", "header"), REFERENCE)
    assert (reading.missing, reading.ambiguous, reading.residue, reading.problems) == ((), (), (), ())
