"""The data of a round: QA counts on it being whole, and on no other round being in it."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from automation import cli
from tests.support.month import Month, allocation, usual_rows

Row = tuple[object, ...]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """November, in which one form came back and one file could not be told, and the start of December."""
    month = Month(tmp_path_factory.mktemp("data"))
    month.rows = [*usual_rows(), allocation("20000001", "Toby Tarn", round="2026-12")]
    month.save_sheet()
    month.on("2026-11-02")
    month.reply("toby.tarn", month.filled("CFA-2026-11-001", "toby.tarn"))
    month.reply("paul.pond", b"no Word file at all", day="2026-11-13")
    for day in ("2026-11-13", "2026-11-23", "2026-12-01", "2026-12-02"):
        month.on(day)
    return month


def written(month: Month, folder: Path, *options: str) -> dict[str, list[Row]]:
    """The rows of each sheet, without the headings."""
    out = folder / "data.xlsx"
    given = ["data", str(out), "--config", str(month.config), "--today", "2026-12-02", *options]
    assert cli.main(given) == 0
    book = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))
    return {one.title: [tuple(row) for row in one.iter_rows(min_row=2, values_only=True)] for one in book}


def test_a_rounds_data_is_all_that_was_sent_and_came_about_it_and_nothing_else(
    month: Month, tmp_path: Path
) -> None:
    told = written(month, tmp_path, "--round", "2026-11")
    references = [row[0] for row in told["Audits"]]
    assert references == [f"CFA-2026-11-00{number}" for number in range(1, 5)]
    assert len(told["Sections"]) == len(month.settings.form.sections())
    assert [row[5] for row in told["Returns"]] == ["recorded", "needs a person"]
    keys = {str(one["X-Case-Audit-Key"]).strip() for one in month.letters()}
    about = {key for key in keys if key.split("/")[0] in references or key.startswith("2026-11/")}
    sent = {str(row[-1]) for row in told["Messages"]}
    assert about <= sent
    assert not [key for key in sent if "2026-12" in key.split("/")[0]]
    assert len(sent) == len(told["Messages"]), "each message once"


def test_a_span_of_rounds_takes_in_the_later_ones(month: Month, tmp_path: Path) -> None:
    told = written(month, tmp_path, "--round", "2026-11", "--until", "2026-12")
    assert [row[1] for row in told["Audits"]] == ["2026-11"] * 4 + ["2026-12"]
    keys = {str(one["X-Case-Audit-Key"]).strip() for one in month.letters()}
    assert keys <= {str(row[-1]) for row in told["Messages"]}
    dues = [row[12].date() for row in told["Audits"]]  # type: ignore[attr-defined]  # a day, not a text
    assert dues == [date(2026, 11, 30)] * 4 + [date(2026, 12, 31)]


def test_a_message_about_a_late_audit_belongs_to_its_own_round(month: Month, tmp_path: Path) -> None:
    told = written(month, tmp_path, "--round", "2026-12")
    assert "overdue" in {kind for kind, _, _ in month.sent()}, "November was chased in December"
    assert not [row for row in told["Messages"] if str(row[2]).startswith("CFA-2026-11-00")]


def test_a_round_without_audits_is_told_and_nothing_is_written(
    month: Month, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "data.xlsx"
    given = ["data", str(out), "--config", str(month.config), "--round", "2025-01"]
    assert cli.main(given) == 2
    assert "These rounds have no audits" in capsys.readouterr().err
    assert not out.exists()
