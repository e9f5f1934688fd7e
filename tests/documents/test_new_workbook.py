"""The spreadsheets we write. What a QA officer gets from us must read back as what it shows."""

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from automation.documents.new_workbook import Choices, empty_workbook, filled_workbook, with_proposals
from automation.documents.workbook import read_workbook
from automation.domain.allocation import Status
from automation.domain.columns import ALLOCATIONS, LAYOUTS, Columns, find_headings
from automation.domain.sheet import Sheet
from tests.support.sample_council import ROLES, SAMPLE, WRITTEN, sample_columns, sample_workbook
from tests.support.sample_faults import faulty_workbook

COLUMNS = sample_columns()


def shown(sheet: Sheet) -> list[list[object]]:
    rows: list[list[object]] = [[cell.value for cell in row.cells] for row in sheet.rows]
    width = max((i + 1 for row in rows for i, value in enumerate(row) if value is not None), default=0)
    return [row[:width] for row in rows]


def through_libreoffice(content: bytes, folder: Path) -> bytes:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    source = folder / "in" / "allocations.xlsx"
    source.parent.mkdir()
    source.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        [
            office,
            profile,
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            folder,
            source,
        ],
        check=True,
        capture_output=True,
        timeout=110,
    )
    return (folder / "allocations.xlsx").read_bytes()


def test_an_empty_workbook_has_every_column_and_opens_on_the_allocations() -> None:
    content = empty_workbook(COLUMNS, Choices(ROLES))
    cells = read_workbook("new.xlsx", content)
    assert list(cells.sheets) == ["Allocations", "Staff", "Teams", "Calendar", "Help"]
    for layout in LAYOUTS:
        assert find_headings(cells.sheets[layout.name], layout, COLUMNS).missing == ()
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.active is book["Allocations"]
    for sheet in book.worksheets[:4]:
        assert (sheet.freeze_panes, bool(sheet.auto_filter.ref)) == ("C2", True)
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_the_help_sheet_explains_each_column_under_the_councils_own_header() -> None:
    own = Columns(allocations={"auditor": ("Allocated auditor", "Auditor")})
    help_sheet = read_workbook("new.xlsx", empty_workbook(own, Choices(ROLES))).sheets["Help"]
    explained = {(row.cells[0].value, row.cells[1].value): row.cells[3].value for row in help_sheet.rows}
    for layout in LAYOUTS:
        for column in layout.columns:
            assert explained[layout.name, own.headers(layout, column)[0]] == column.help
    assert ("Allocations", "Allocated auditor") in explained


def test_lists_offer_the_statuses_and_staff_and_stop_only_what_cannot_be_right() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sample_workbook()))
    rules = {str(rule.sqref): rule for rule in book["Allocations"].data_validations.dataValidation}
    statuses, people = rules["N2:N1000"], rules["I2:I1000"]
    assert (statuses.errorStyle or "stop", people.errorStyle) == ("stop", "warning")
    assert people.formula1 == "OFFSET('Staff'!$B$2,0,0,MAX(1,COUNTA('Staff'!$B$2:$B$1000)),1)"
    first, last = statuses.formula1.removeprefix("Help!").replace("$", "").split(":")
    offered = [cell.value for row in book["Help"][first:last] for cell in row]
    assert offered == [status.value for status in Status if status.value]


def test_case_numbers_are_text_and_days_are_days_also_in_the_rows_still_empty() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(empty_workbook(COLUMNS, Choices(ROLES))))["Allocations"]
    assert sheet.column_dimensions["B"].number_format == "@"
    assert sheet.column_dimensions["G"].number_format == "dd mmm yyyy"


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x","y")', "+44", "-1", "@SUM(A1)", "\t=1"])
def test_text_never_becomes_a_formula(text: str, tmp_path: Path) -> None:
    content = filled_workbook(COLUMNS, Choices(ROLES), {"allocations": [{"reason": text}]})
    proposed = with_proposals("a.xlsx", content, [(2, text, text)], COLUMNS)
    for made in (content, proposed):
        for row in openpyxl.load_workbook(io.BytesIO(made))["Allocations"].iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    values = [
        cell.value
        for row in read_workbook("a.xlsx", proposed).sheets["Allocations"].rows
        for cell in row.cells
    ]
    assert values.count(text) == 3


def test_proposals_fill_the_auditor_and_say_why_and_change_nothing_else() -> None:
    before = sample_workbook()
    proposals = [
        (5, "Grace Jagger", "Another service; no audit since August."),
        (9, "Sarah Khan (B1064)", "Free."),
    ]
    after = with_proposals("allocations.xlsx", before, proposals, COLUMNS)
    old, new = (shown(read_workbook("a.xlsx", content).sheets["Allocations"]) for content in (before, after))
    why = next(i for i, header in enumerate(new[0]) if header == "Why proposed")
    for number, (was, is_) in enumerate(zip(old, new, strict=True), start=1):
        told = {row: (person, reason) for row, person, reason in proposals}.get(number)
        expected = [*was, *[None] * (len(is_) - len(was))]
        if number == 1:
            expected[why] = "Why proposed"
        if told:
            expected[8], expected[why] = told
        assert is_ == expected
    sheets = [read_workbook("a.xlsx", content).sheets for content in (before, after)]
    assert [sheets[0][name] for name in ("Staff", "Teams")] == [
        sheets[1][name] for name in ("Staff", "Teams")
    ]
    marked = openpyxl.load_workbook(io.BytesIO(after))["Allocations"]
    assert marked["I5"].fill.fgColor.rgb == "00FFF2CC"
    assert marked["I6"].fill.fill_type is None
    lists = [
        openpyxl.load_workbook(io.BytesIO(content))["Allocations"].data_validations.dataValidation
        for content in (before, after)
    ]
    assert len(lists[0]) == len(lists[1]) > 0
    again = with_proposals("allocations.xlsx", after, [(6, "Grace Jagger", "Again.")], COLUMNS)
    headers = shown(read_workbook("a.xlsx", again).sheets["Allocations"])[0]
    assert headers.count("Why proposed") == 1


def test_proposals_find_the_auditor_column_wherever_it_stands() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sample_workbook()))
    book["Allocations"].insert_cols(1)
    book["Allocations"].insert_rows(1)
    out = io.BytesIO()
    book.save(out)
    made = with_proposals("a.xlsx", out.getvalue(), [(7, "Grace Jagger", "Free.")], COLUMNS)
    found = {
        cell.ref: cell.value
        for row in read_workbook("a.xlsx", made).sheets["Allocations"].rows
        for cell in row.cells
    }
    assert found["J7"] == "Grace Jagger"
    with pytest.raises(ValueError, match="no Auditor column"):
        with_proposals("a.xlsx", out.getvalue(), [], Columns(allocations={"auditor": ("Nobody",)}))


@pytest.mark.parametrize(
    ("name", "made"), [("allocations.xlsx", sample_workbook()), ("faults.xlsx", faulty_workbook())]
)
def test_the_sample_files_are_what_the_generator_makes(name: str, made: bytes) -> None:
    kept = (SAMPLE / name).read_bytes()
    assert read_workbook(name, kept) == read_workbook(name, made), (
        "run python -m tests.support.sample_council"
    )


def test_the_same_values_give_the_same_bytes() -> None:
    first = sample_workbook(), faulty_workbook()
    WRITTEN.clear()
    faulty_workbook.cache_clear()
    assert (sample_workbook(), faulty_workbook()) == first


def test_a_workbook_saved_by_another_program_reads_the_same(tmp_path: Path) -> None:
    ours = sample_workbook()
    theirs = through_libreoffice(ours, tmp_path)
    before, after = (read_workbook("allocations.xlsx", content).sheets for content in (ours, theirs))
    assert list(before) == list(after)
    for name in before:
        assert shown(before[name]) == shown(after[name])
    assert {cell.flaw for sheet in after.values() for row in sheet.rows for cell in row.cells} == {None}
    headings = find_headings(after["Allocations"], ALLOCATIONS, COLUMNS)
    assert headings.missing == ()
