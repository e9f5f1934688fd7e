"""The data workbook: what QA filters and counts must be the store's facts, as real dates and numbers."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from automation.documents.data_workbook import data_workbook, mark_of
from automation.domain.action import Action, ActionId
from automation.domain.allocation import Allocation, Status
from automation.domain.audit import Audit, Posting, Received
from automation.domain.calendar import WorkingCalendar, month_round
from automation.domain.data_rows import MessageGone, RoundsData, data_sheets
from automation.domain.data_sheet import DataColumn, DataSheet
from automation.domain.dealt_mail import DealtMail, Outcome
from automation.domain.follow_up import Answered, Dispute, Moderation
from automation.domain.ids import AuditRef, CaseNumber, RoundId, StaffKey, TeamName
from automation.domain.people import Organisation, Person, Team
from automation.settings import load_forms

ROUND = month_round(RoundId("2026-11"), WorkingCalendar())
FIRST, SECOND, THIRD = (AuditRef(f"CFA-2026-11-00{number}") for number in range(1, 4))
FORM = load_forms(None)[0]
TOBY, MAYA = StaffKey("T2"), StaffKey("M1")
NORTH = TeamName("North")
ORGANISATION = Organisation(
    {
        TOBY: Person(TOBY, "Toby Tarn", "toby.tarn@brackenshire.example", "Team Manager"),
        MAYA: Person(MAYA, "Maya Moss", "maya.moss@brackenshire.example", "Service Manager"),
    },
    {NORTH: Team(NORTH, "Assessment", StaffKey("T1"), MAYA, None)},
)
SECRET = "The words of an answer stay in the form"
TEXT = "=HYPERLINK(1) is what the plan should not say"


def audit(reference: AuditRef, case: str, **more: object) -> Audit:
    row = Allocation(ROUND.id, CaseNumber(case), "Child protection", NORTH, 2, TOBY, StaffKey("W1"))
    made = Audit(reference, row, (Posting("team_manager", StaffKey("T1"), 1, ROUND.start),))
    return replace(made, **more)  # type: ignore[arg-type]  # fields, as tests name them


def answers(overall: str, *sections: str) -> dict[str, str]:
    graded = {part.grade_key: grade for part, grade in zip(FORM.sections(), sections, strict=False)}
    return {"overall_grade": overall, "reasons": SECRET, "strengths": SECRET, **graded}


def data(**more: object) -> RoundsData:
    """Three audits: one back and moderated down, one late, one exempt."""
    back = Received(2, date(2026, 11, 12), "f" * 64, TOBY, answers("Good", "Outstanding", "Inadequate"))
    exempt = audit(THIRD, "00000003")
    made = RoundsData(
        {ROUND.id: ROUND},
        date(2026, 12, 4),
        FORM,
        ORGANISATION,
        (
            audit(FIRST, "00000001", received=back),
            audit(SECOND, "00000002"),
            replace(exempt, allocation=replace(exempt.allocation, status=Status.EXEMPT)),
        ),
        {
            FIRST: Moderation(
                *(FIRST, MAYA, 2, date(2026, 11, 13), date(2026, 11, 20), "sample"),
                Answered(date(2026, 11, 18), MAYA, "e" * 64, {"moderated_grade": "Requires improvement"}),
            )
        },
        (Dispute(FIRST, "grade", MAYA, date(2026, 11, 20), date(2026, 11, 27)),),
        (
            Action(ActionId(f"{FIRST}-A1"), FIRST, "audit", TEXT, "+44 social worker", date(2026, 12, 1)),
            Action(ActionId(f"{FIRST}-A2"), FIRST, "audit", "Call health.", comment=SECRET),
        ),
        (
            DealtMail("a" * 32, date(2026, 11, 12), "toby.tarn@brackenshire.example", Outcome.RECORDED,
                      reference=FIRST, forms=("f" * 64,)),
            DealtMail("b" * 32, date(2026, 11, 13), "someone@else.example", Outcome.NEEDS_A_PERSON,
                      "No audit is named.", forms=("d" * 64,), concern=True),
            DealtMail("c" * 32, date(2026, 11, 14), "toby.tarn@brackenshire.example", Outcome.AUTOMATIC),
        ),
        (
            MessageGone(f"{FIRST}/receipt/1/T2", "receipt", FIRST, TOBY, (), "sent",
                        "2026-11-12T14:00:00+00:00", "2026-11-12T14:00:09+00:00"),
            MessageGone(f"{SECOND}/reminder/2026-11-30/T2", "reminder", SECOND, TOBY, (MAYA,), "doubtful",
                        "2026-06-12T14:00:00+00:00", ""),
        ),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]  # fields, as tests name them


def opened(content: bytes) -> dict[str, Worksheet]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: sheet for sheet in book.worksheets}


def rows(sheet: Worksheet) -> list[dict[str, object]]:
    """Each row by its headings, empty cells left out."""
    heads, *body = sheet.iter_rows(values_only=True)
    return [{str(k): v for k, v in zip(heads, one, strict=True) if v is not None} for one in body]


@pytest.fixture(scope="module")
def content() -> bytes:
    return data_workbook("Case file audits, November 2026 & after", data_sheets(data()), "abc123")


def test_each_audit_is_told_with_where_it_stands_and_which_grade_counts(content: bytes) -> None:
    first, second, third = rows(opened(content)["Audits"])
    assert first["Standing"] == "returned on time"
    assert first["Returned on"] == datetime(2026, 11, 12)
    assert (first["Overall grade"], first["Moderated grade"], first["Shift"]) == (
        *("Good", "Requires improvement"),
        -1,
    )
    assert first["Final grade"] == "Requires improvement"
    assert (first["Disputed"], first["Concern"], first["Version"]) == ("grade", "No", 2)
    assert (first["Auditor"], first["Auditor’s name"], first["Team manager"]) == ("T2", "Toby Tarn", "T1")
    assert "Days late" not in first
    assert (second["Standing"], second["Days late"]) == ("outstanding", 4)
    assert (third["Standing"], third["Status"]) == ("exempt", "Exempt")
    assert "Days late" not in third


def test_every_section_of_a_returned_audit_has_a_row_with_its_grade_and_its_number(content: bytes) -> None:
    found = rows(opened(content)["Sections"])
    assert [one["Section"] for one in found] == list(range(1, len(FORM.sections()) + 1))
    assert {one["Reference"] for one in found} == {FIRST}
    assert (found[0]["Grade"], found[0]["Grade number"]) == ("Outstanding", 1)
    assert (found[1]["Grade"], found[1]["Grade number"]) == ("Inadequate", 4)
    assert "Grade" not in found[2], "what was not graded is left empty"


def test_every_mail_with_a_form_is_told_whatever_became_of_it_and_no_other(content: bytes) -> None:
    found = rows(opened(content)["Returns"])
    assert [one["Outcome"] for one in found] == ["recorded", "needs a person"]
    assert found[1]["Sender’s role"] == "not in Staff"
    assert found[1]["Concern"] == "Yes"
    assert "someone@else.example" not in str(found)


def test_messages_say_to_whom_when_and_whether_they_went(content: bytes) -> None:
    receipt, reminder = rows(opened(content)["Messages"])
    assert receipt["Sent at"] == datetime(2026, 11, 12, 14, 0, 9)
    assert (receipt["To"], receipt["Name"], receipt["Role"]) == ("T2", "Toby Tarn", "Team Manager")
    assert reminder["Sent at"] == datetime(2026, 6, 12, 15, 0), "London's summer time"
    assert (reminder["State"], reminder["Copied to"], reminder["Round"]) == ("doubtful", "M1", "2026-11")


def test_no_answer_and_no_comment_of_a_form_is_in_it(content: bytes) -> None:
    said = [str(rows(sheet)) for sheet in opened(content).values()]
    assert TEXT in said[2], "what an action says is"
    assert SECRET not in "".join(said)


def test_text_that_begins_like_a_formula_stays_text(content: bytes) -> None:
    sheet = opened(content)["Actions"]
    texts = [cell for row in sheet.iter_rows() for cell in row if cell.value in (TEXT, "+44 social worker")]
    assert [cell.data_type for cell in texts] == ["s", "s"]
    assert all(cell.quotePrefix for cell in texts), "Excel leaves it so when somebody edits the cell"
    assert not [
        cell for one in opened(content).values() for row in one for cell in row if cell.data_type == "f"
    ]
    assert opened(content)["Audits"]["E2"].value == "00000001", "leading zeros are kept"


def test_each_sheet_is_a_table_to_filter_with_its_header_frozen_and_prints_on_a4(content: bytes) -> None:
    for name, sheet in opened(content).items():
        (table,) = sheet.tables.values()
        assert table.ref == sheet.dimensions, name
        assert table.autoFilter.ref == table.ref
        assert [one.name for one in table.tableColumns] == [cell.value for cell in sheet[1]]
        assert sheet.freeze_panes == "B2"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.oddHeader
        assert sheet.oddHeader.left.text == "Case file audits, November 2026 && after"


def test_a_round_without_anything_is_a_workbook_that_opens(tmp_path: Path) -> None:
    empty = data(audits=(), moderations={}, disputes=(), actions=(), mails=(), messages=())
    content = data_workbook("Nothing", data_sheets(empty))
    assert [rows(sheet) for sheet in opened(content).values()] == [[]] * 5
    assert list(opened(through_libreoffice(content, tmp_path))) == list(opened(content))


def test_the_same_data_give_the_same_bytes_and_the_mark_comes_back(content: bytes) -> None:
    again = data_workbook("Case file audits, November 2026 & after", data_sheets(data()), "abc123")
    assert again == content
    assert mark_of(content) == "abc123"
    assert mark_of(content[:500]) == mark_of(b"") == mark_of(data_workbook("None", data_sheets(data()))) == ""


def test_a_text_beyond_excels_limit_is_cut_and_control_characters_are_left_out() -> None:
    texts = ("x" * 40_000, "a\x00b\x0b\nc", "_x0041_")
    sheet = DataSheet("Long", (DataColumn("Words", 20, wraps=True),), tuple((one,) for one in texts))
    found = [one["Words"] for one in rows(opened(data_workbook("Long", [sheet]))["Long"])]
    assert found == ["x" * 32_767, "ab\nc", "_x0041_"]


def through_libreoffice(content: bytes, folder: Path) -> bytes:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    source = folder / "in" / "data.xlsx"
    source.parent.mkdir()
    source.write_bytes(content)
    subprocess.run(
        [
            *(office, f"-env:UserInstallation=file://{folder}/profile", "--headless"),
            *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", folder, source),
        ],
        check=True,
        capture_output=True,
        timeout=110,
    )
    return (folder / "data.xlsx").read_bytes()


def test_libreoffice_shows_every_cell_as_it_was_written(content: bytes, tmp_path: Path) -> None:
    before, after = opened(content), opened(through_libreoffice(content, tmp_path))
    assert {name: rows(sheet) for name, sheet in after.items()} == {
        name: rows(sheet) for name, sheet in before.items()
    }
    assert not [cell for one in after.values() for row in one for cell in row if cell.data_type == "f"]
    assert all(sheet.auto_filter.ref or sheet.tables for sheet in after.values()), "filters are kept"
