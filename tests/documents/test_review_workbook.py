"""QA's review as a workbook: what goes out must come back as QA meant it, through Excel and LibreOffice."""

import io
import random
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from automation.documents.review_reading import read_review, review_round
from automation.documents.review_workbook import review_workbook
from automation.documents.workbook import WorkbookUnreadableError
from automation.domain.ids import AuditRef, RoundId, StaffKey
from automation.domain.learning import Kind, Passage, Review, mentions, passage_id
from automation.domain.people import Organisation, Person
from automation.domain.screening import Screen
from automation.domain.themes import Theme, ThemeFinder, Vocabulary, theme_counts
from tests.support.sample_council import sample_workbook

ROUND = RoundId("2026-11")
WORKER = Person(StaffKey("W1"), "Priya Okafor", "a@b.example", "Social Worker")
SCREEN = Screen(Organisation({WORKER.key: WORKER}))
FINDER = ThemeFinder(Vocabulary((Theme("Plans", ("plan*",)), Theme("Voice", ("heard", "voice*")))))
WORDS = ("Plans had dates.", "The plan by Priya Okafor drifted.", "The child was heard.", "Pets matter.")


def passage(words: str, kind: Kind = "Learning point", number: int = 1) -> Passage:
    reference = AuditRef(f"CFA-2026-11-{number:03d}")
    return Passage(passage_id(reference, kind, words), reference, kind, "Learning", "Assessment", words)


FOUND = tuple(passage(words, number=number) for number, words in enumerate(WORDS, start=1))
DATED, NAMED, HEARD, PETS = (one.id for one in FOUND)


def written(review: Review | None = None, found: tuple[Passage, ...] = FOUND) -> bytes:
    counts = theme_counts(mentions(found, FINDER, review), FINDER.names)
    return review_workbook(ROUND, found, FINDER, counts, SCREEN, review)


def read(content: bytes) -> Review:
    return read_review("review.xlsx", content, ROUND)


def edited(content: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The workbook as another program saves it after somebody has worked in it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(sheet: Worksheet, heading: str) -> int:
    return next(i for i in range(1, sheet.max_column + 1) if sheet.cell(1, i).value == heading)


def row_of(sheet: Worksheet, id_: str) -> int:
    at = column(sheet, "Id")
    return next(i for i in range(2, sheet.max_row + 1) if sheet.cell(i, at).value == id_)


def set_cell(
    id_: str, heading: str, value: object, sheet: str = "Extracts"
) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        page = book[sheet]
        page.cell(row_of(page, id_), column(page, heading)).value = value  # type: ignore[assignment]

    return change


def refused(content: bytes) -> str:
    with pytest.raises(WorkbookUnreadableError) as caught:
        read(content)
    assert caught.value.problem.remedy
    return str(caught.value.problem)


def test_a_new_workbook_has_nothing_ticked_and_says_what_is_held_back() -> None:
    content = written()
    review = read(content)
    assert (review.ticked, review.checked, review.problems) == (frozenset(), frozenset(), ())
    assert dict(review.words) == {one.id: one.words for one in FOUND}
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Extracts"]
    why = {
        sheet.cell(i, column(sheet, "Id")).value: sheet.cell(i, column(sheet, "Why held back")).value
        for i in range(2, 6)
    }
    assert why[NAMED] == "A member of staff: ‘Priya Okafor’"
    assert why[DATED] is None


def test_the_workbook_shows_no_audit_and_no_case() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written()))
    said = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "CFA-" not in said


def test_ticks_edits_checks_names_and_remarks_survive_a_rerun_for_what_is_still_there() -> None:
    review = Review(
        ROUND,
        words={DATED: "Plans had most dates.", NAMED: WORDS[1], HEARD: WORDS[2], "p0": "Gone."},
        ticked=frozenset({DATED, NAMED, "p0"}),
        checked=frozenset({NAMED}),
        named={PETS: "Pets at home"},
        remarks={"Plans": "Third month running."},
    )
    again = read(written(review))
    assert again.ticked == {DATED, NAMED}
    assert again.checked == {NAMED}
    assert again.words == {DATED: "Plans had most dates.", NAMED: WORDS[1], HEARD: WORDS[2], PETS: WORDS[3]}
    assert again.named == {PETS: "Pets at home"}
    assert again.remarks == {"Plans": "Third month running."}
    assert read(written(again)) == again


def test_words_that_qa_emptied_come_back_as_the_auditor_wrote_them() -> None:
    assert read(written(Review(ROUND, {DATED: ""}))).words[DATED] == WORDS[0]


def test_the_same_round_gives_the_same_file() -> None:
    assert written() == written()


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x","y")', "+44", "-1", "@SUM(A1)", "\t=1", "http://x.example"]
)
def test_text_never_becomes_a_formula_or_a_link(text: str) -> None:
    content = written(Review(ROUND, {DATED: text}, remarks={"Plans": text}, named={PETS: text}))
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        assert all(
            cell.data_type != "f" and cell.hyperlink is None for row in sheet.iter_rows() for cell in row
        )
    assert read(content).words[DATED] == text.strip()
    assert read(content).remarks["Plans"] == text.strip()


def test_signs_that_no_workbook_can_hold_do_not_stop_it() -> None:
    assert (
        read(written(Review(ROUND, {DATED: "a\x00b\x0bc\ufffed" + "e" * 40_000})))
        .words[DATED]
        .startswith("a b c d")
    )


@pytest.mark.parametrize("tick", ["Yes", "yes ", "Y", "x", "X", "✓", "✔", "TRUE", True, 1, "ja"])
def test_every_way_to_tick_a_row_is_a_yes(tick: object) -> None:
    assert read(edited(written(), set_cell(DATED, "Use it", tick))).ticked == {DATED}


@pytest.mark.parametrize("said", ["no", "N", "", False, 0, None, "-"])
def test_no_and_nothing_are_no(said: object) -> None:
    review = read(edited(written(), set_cell(DATED, "Use it", said)))
    assert (review.ticked, review.problems) == (frozenset(), ())


@pytest.mark.parametrize("said", ["perhaps", "see Amir", "yes?", "=1+1", "no yes"])
def test_anything_else_is_no_and_qa_is_told_the_row(said: str) -> None:
    review = read(edited(written(), set_cell(DATED, "Use it", said)))
    assert review.ticked == frozenset()
    if not said.startswith("="):
        assert "sheet Extracts, row" in str(review.problems[0])


def test_only_the_word_checked_counts_as_checked() -> None:
    assert read(edited(written(), set_cell(NAMED, "Checked", "Checked"))).checked == {NAMED}
    review = read(edited(written(), set_cell(NAMED, "Checked", "to be checked")))
    assert (review.checked, len(review.problems)) == (frozenset(), 1)


def test_edited_words_sorted_filtered_and_deleted_rows_and_moved_columns_come_back() -> None:
    def work(book: openpyxl.Workbook) -> None:
        sheet = book["Extracts"]
        set_cell(HEARD, "Words", "  The child\nwas really heard. ")(book)
        set_cell(HEARD, "Use it", "x")(book)
        sheet.delete_rows(row_of(sheet, PETS))
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        turned = [rows[0], *reversed(rows[1:])]
        for i, row in enumerate(turned, start=2):
            for j, value in enumerate(reversed(row), start=2):
                sheet.cell(i, j).value = value
        for j in range(1, sheet.max_column + 1):
            sheet.cell(1, j).value = None
        sheet.cell(1, 1).value = "My notes"
        sheet.row_dimensions[3].hidden = True
        del book["Themes"]

    review = read(edited(written(), work))
    assert review.ticks == {HEARD: "The child was really heard."}
    assert set(review.words) == {DATED, NAMED, HEARD}


def test_a_row_that_stands_twice_is_not_used() -> None:
    def copy(book: openpyxl.Workbook) -> None:
        set_cell(DATED, "Use it", "Yes")(book)
        sheet = book["Extracts"]
        sheet.append([cell.value for cell in sheet[row_of(sheet, DATED)]])
        sheet.cell(sheet.max_row, column(sheet, "Words")).value = "Something else."

    review = read(edited(written(), copy))
    assert review.ticked == frozenset()
    assert "twice" in str(review.problems[0])


def test_another_rounds_workbook_and_a_strangers_are_refused_in_plain_words() -> None:
    with pytest.raises(WorkbookUnreadableError, match="review of round 2026-11; the review of 2026-12"):
        read_review("r.xlsx", written(), RoundId("2026-12"))
    assert "not a review workbook" in refused(sample_workbook())
    assert "not an Excel workbook" in refused(b"%PDF-1.7")
    assert "is missing" in refused(edited(written(), lambda book: book.remove(book["Extracts"])))
    assert "not a review workbook" in refused(edited(written(), lambda book: book.remove(book["How to"])))


def test_a_review_is_known_by_what_is_in_it_and_nothing_else_is() -> None:
    assert review_round(written()) == ROUND
    assert review_round(sample_workbook()) is None
    for other in (b"", b"PK\x03\x04", b"hello", written()[:500]):
        assert review_round(other) is None


def test_an_ad_hoc_round_is_known_too() -> None:
    content = review_workbook(RoundId("2026-11-INSP"), (), FINDER, (), SCREEN)
    assert review_round(content) == "2026-11-INSP"
    assert read_review("r.xlsx", content, RoundId("2026-11-INSP")).words == {}


def test_a_file_with_broken_bytes_is_read_or_refused_and_nothing_else() -> None:
    content, chance = written(), random.Random(7)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for number in range(150):
        broken = bytearray(content)
        if number % 2:
            name = chance.choice(sorted(parts))
            hurt = bytearray(parts[name])
            for _ in range(3):
                hurt[chance.randrange(len(hurt))] = chance.randrange(256)
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as package:
                for other, part in parts.items():
                    package.writestr(other, bytes(hurt) if other == name else part)
            broken = bytearray(out.getvalue())
        else:
            for _ in range(3):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            read(bytes(broken))
        except WorkbookUnreadableError as fault:
            assert fault.problem.what  # noqa: PT017


def test_a_part_in_an_encoding_that_nobody_knows_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written())) as package, zipfile.ZipFile(out, "w") as made:
        for name in package.namelist():
            made.writestr(name, package.read(name).replace(b'encoding="UTF-8"', b'encoding="UTX-8"'))
    assert "damaged" in refused(out.getvalue())
    assert review_round(out.getvalue()) is None


def test_sheets_are_frozen_filtered_wide_enough_and_ready_to_print() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written()))
    assert book.sheetnames == ["Extracts", "Themes", "Not matched", "How to"]
    assert book["Extracts"].freeze_panes == "C2"
    for sheet in (book["Extracts"], book["Themes"], book["Not matched"]):
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert book["Extracts"].column_dimensions["B"].width > 60
    offered = {str(rule.sqref): rule.formula1 for rule in book["Extracts"].data_validations.dataValidation}
    assert offered == {"A2:A5": '"Yes"', "H2:H5": '"checked"'}
    sentences = [cell.value for cell in book["How to"]["A"] if cell.value and cell.value[0].isdigit()]
    assert len(sentences) == 4


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_review_that_libreoffice_saved_says_the_same(tmp_path: Path) -> None:
    review = Review(
        ROUND,
        words={DATED: "=Plans had dates.", NAMED: WORDS[1], HEARD: "Heard – “at last”.", PETS: WORDS[3]},
        ticked=frozenset({DATED, HEARD}),
        checked=frozenset({HEARD}),
        named={PETS: "Voice"},
        remarks={"Plans": "Fifth month."},
    )
    source = tmp_path / "in" / "review.xlsx"
    source.parent.mkdir()
    source.write_bytes(written(review))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    assert read((tmp_path / "review.xlsx").read_bytes()) == read(written(review)) == review


def test_a_huge_workbook_is_no_review_and_is_not_read() -> None:
    stuffed = io.BytesIO()
    with zipfile.ZipFile(stuffed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>" * 10_000_000)
    assert review_round(stuffed.getvalue()) is None
