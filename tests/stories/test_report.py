"""The monthly report: a draft to QA, their words and edits kept, and sent once to those who get it."""

import io
import shutil
import zipfile
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pytest

from automation.adapters.clock import FixedClock
from automation.documents.form_fill import fill_blocks
from automation.documents.narrative_reader import tag
from automation.documents.returned_report import report_reference
from automation.documents.review_reading import EXTRACTS, USE
from automation.domain.ids import RoundId
from automation.domain.report_story import OWN_WORDS
from automation.domain.report_version import BY_SERVICE, ReportVersion
from automation.report_files import hold, report_of
from automation.service import JOBS
from tests.stories.test_bounces import come_back, told
from tests.support.month import DOMAIN, Month, allocation

QA = f"morgan.ellery@{DOMAIN}"
WORKING = [job for job in JOBS if job not in ("digest", "track", "moderate", "actions")]
DRAFT, SEND = "2026-12-03", "2026-12-07"
"""The third and the fifth working day after 30 November."""
REPORT = "CFA-2026-11-REPORT"


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A council whose round is over: two audits are back, two are not."""
    folder = tmp_path_factory.mktemp("returned")
    month = Month(folder)
    month.on("2026-11-02", WORKING)
    month.reply("toby.tarn", month.filled("CFA-2026-11-001", "toby.tarn", overall_grade="Good"))
    month.reply("tara.town", month.filled("CFA-2026-11-003", "tara.town", overall_grade="Inadequate"))
    month.on("2026-11-12", WORKING)
    return folder


@pytest.fixture
def month(returned: Path, tmp_path: Path) -> Month:
    """The council, for one story."""
    folder = tmp_path / "council"
    shutil.copytree(returned, folder)
    return Month(folder)


def passes(month: Month, *days: str) -> None:
    for day in days:
        month.on(day, WORKING)


def versions(month: Month) -> tuple[ReportVersion, ...]:
    ports = month.ports()
    try:
        return ports.store.report_versions()
    finally:
        ports.store.close()


def problems(month: Month) -> list[str]:
    ports = month.ports()
    try:
        return [str(one.problem) for one in ports.store.open_problems()]
    finally:
        ports.store.close()


def letter(month: Month, kind: str) -> EmailMessage:
    """The newest letter of a kind."""
    kinds = month.kinds()
    found = [one for one in month.letters() if kinds[str(one["X-Case-Audit-Key"]).strip()] == kind]
    return max(found, key=lambda one: (one["Date"].datetime, str(one["X-Case-Audit-Key"])))


def files(mail: EmailMessage) -> dict[str, bytes]:
    return {
        str(part.get_filename()): bytes(part.get_payload(decode=True)) for part in mail.iter_attachments()
    }


def words(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    return "\n".join(one.text for one in document.paragraphs)


def written_into(content: bytes, sentence: str) -> bytes:
    """QA's own words, typed under the first heading."""
    return fill_blocks(content, {tag(OWN_WORDS[0]): sentence})


def edited(content: bytes, sentence: str) -> bytes:
    """The report with one more paragraph at its end, saved by another program."""
    document = docx.Document(io.BytesIO(content))
    document.add_paragraph(sentence)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def folder_file(month: Month, ending: str) -> Path:
    return month.folder / "state" / "reports" / "2026-11" / f"{REPORT}{ending}"


# The draft


def test_on_the_third_working_day_qa_gets_the_draft_with_what_to_check(month: Month) -> None:
    passes(month, "2026-12-02")
    assert not month.sent("report_draft")
    passes(month, DRAFT, "2026-12-04")
    assert month.sent("report_draft") == [("report_draft", "2026-11", "morgan.ellery")]
    draft = letter(month, "report_draft")
    text = draft.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "2 audits are outstanding" in text
    assert "before Monday 7 December 2026" in text
    assert set(files(draft)) == {f"{REPORT}-v1.docx", f"{REPORT}-review.xlsx", f"{REPORT}-own-words.docx"}
    assert report_reference(files(draft)[f"{REPORT}-v1.docx"]) == (REPORT, 1)
    assert folder_file(month, "-v1.docx").read_bytes() == files(draft)[f"{REPORT}-v1.docx"]


def test_nothing_that_qa_has_not_ticked_is_quoted(month: Month) -> None:
    passes(month, DRAFT)
    report = words(folder_file(month, "-v1.docx").read_bytes())
    sheet = openpyxl.load_workbook(folder_file(month, "-review.xlsx"))[EXTRACTS]
    extracts = [row[1].value for row in sheet.iter_rows(min_row=2)]
    assert extracts
    assert not any(str(one) in report for one in extracts)


def test_the_same_facts_give_the_same_report(month: Month, tmp_path: Path) -> None:
    shutil.copytree(month.folder, tmp_path / "other")
    other = Month(tmp_path / "other")
    passes(month, DRAFT)
    passes(other, DRAFT)
    assert folder_file(month, "-v1.docx").read_bytes() == folder_file(other, "-v1.docx").read_bytes()


def test_a_round_that_was_over_before_the_service_began_is_not_reported(tmp_path: Path) -> None:
    late = Month(tmp_path)
    passes(late, DRAFT, SEND)
    assert not late.sent("report_draft")
    assert not late.sent("report")


# What QA writes and ticks


def test_qas_own_words_and_ticks_make_a_new_draft_and_survive_every_run(month: Month) -> None:
    passes(month, DRAFT)
    draft = files(letter(month, "report_draft"))
    sentence = "This was a hard month for the front door, and the work held."
    own = written_into(draft[f"{REPORT}-own-words.docx"], sentence)
    month.reply(QA, own, "2026-12-03", subject=f"RE: {REPORT}")
    passes(month, "2026-12-04")
    assert sentence in words(folder_file(month, "-v2.docx").read_bytes())
    assert sentence not in words(folder_file(month, "-v1.docx").read_bytes())

    book = openpyxl.load_workbook(folder_file(month, "-review.xlsx"))
    sheet = book[EXTRACTS]
    heads = {str(cell.value): place for place, cell in enumerate(sheet[1])}
    clear = next(row for row in sheet.iter_rows(min_row=2) if not row[heads["Why held back"]].value)
    clear[heads[USE]].value = "Yes"
    quoted = str(clear[heads["Words"]].value)
    out = io.BytesIO()
    book.save(out)
    folder_file(month, "-review.xlsx").write_bytes(out.getvalue())
    passes(month, SEND)
    third = words(folder_file(month, "-v3.docx").read_bytes())
    assert quoted in third
    assert sentence in third
    ticked = openpyxl.load_workbook(folder_file(month, "-review.xlsx"))[EXTRACTS]
    assert [row[heads[USE]].value for row in ticked.iter_rows(min_row=2)].count("Yes") == 1
    assert [one.version for one in versions(month)] == [1, 2, 3]


def test_a_review_that_cannot_be_read_leaves_out_nothing_that_qa_wrote(month: Month) -> None:
    passes(month, DRAFT)
    folder_file(month, "-review.xlsx").write_bytes(b"not a workbook")
    passes(month, "2026-12-04")
    assert [one.version for one in versions(month)] == [1]
    assert any("-review.xlsx" in one for one in problems(month))


# Sending


def test_on_the_fifth_working_day_it_goes_once_to_heads_of_service_and_the_principal(month: Month) -> None:
    passes(month, DRAFT, "2026-12-04")
    assert not month.sent("report")
    passes(month, SEND, "2026-12-08", "2026-12-09")
    assert month.sent("report") == [("report", "2026-11", "helen.hart")]
    report = letter(month, "report")
    assert list(files(report)) == [f"{REPORT}-v1.docx"]


def test_a_role_that_nobody_has_is_told_to_qa_before_the_report_goes(month: Month) -> None:
    passes(month, DRAFT)
    assert any("Nobody has the role ‘Principal Social Worker’" in one for one in problems(month))


def test_qa_has_two_working_days_with_the_draft_even_after_a_breakdown(month: Month) -> None:
    passes(month, "2026-12-14")
    assert month.sent("report_draft")
    assert not month.sent("report")
    passes(month, "2026-12-15")
    assert not month.sent("report")
    passes(month, "2026-12-16")
    assert len(month.sent("report")) == 1


def test_the_word_hold_holds_it_and_no_mail_lets_it_go(month: Month) -> None:
    passes(month, DRAFT)
    month.reply(
        QA, None, "2026-12-04", subject=f"RE: {REPORT}: check the draft report", text="HOLD\n\nBest wishes"
    )
    passes(month, "2026-12-04", SEND)
    assert not month.sent("report")
    assert [one[2] for one in month.sent("report_note")] == ["morgan.ellery"]
    month.reply(QA, None, "2026-12-08", subject=f"RE: {REPORT}", text="RELEASE")
    passes(month, "2026-12-08")
    assert not month.sent("report")


def test_hold_from_anybody_else_holds_nothing(month: Month) -> None:
    passes(month, DRAFT)
    month.reply("tara.town", None, "2026-12-04", subject=f"RE: {REPORT}", text="HOLD")
    failed = {"Authentication-Results": "gateway; dmarc=fail"}
    month.reply(QA, None, "2026-12-04", subject=f"RE: {REPORT}", text="HOLD", headers=failed)
    passes(month, "2026-12-04", SEND)
    assert len(month.sent("report")) == 1


def test_a_report_that_qa_edited_in_word_is_the_one_that_goes(month: Month) -> None:
    passes(month, DRAFT)
    draft = files(letter(month, "report_draft"))[f"{REPORT}-v1.docx"]
    mine = edited(draft, "Read chapter two first.")
    month.reply(QA, mine, "2026-12-04", subject="My changes")
    passes(month, "2026-12-04", SEND)
    assert files(letter(month, "report")) == {f"{REPORT}-v2.docx": mine}
    assert [one.author for one in versions(month)] == [BY_SERVICE, QA]
    assert versions(month)[1].said == versions(month)[0].said
    note = letter(month, "report_note").get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "version 2" in note


def test_an_edited_report_from_somebody_else_is_never_sent(month: Month) -> None:
    passes(month, DRAFT)
    draft = files(letter(month, "report_draft"))[f"{REPORT}-v1.docx"]
    month.reply("tara.town", edited(draft, "All is well."), "2026-12-04", subject=f"RE: {REPORT}")
    month.reply("stranger@example.org", edited(draft, "All is well."), "2026-12-04", subject=f"RE: {REPORT}")
    passes(month, "2026-12-04", SEND)
    assert files(letter(month, "report")) == {f"{REPORT}-v1.docx": draft}


def test_the_same_edited_report_twice_is_one_version(month: Month) -> None:
    passes(month, DRAFT)
    mine = edited(files(letter(month, "report_draft"))[f"{REPORT}-v1.docx"], "Once.")
    month.reply(QA, mine, "2026-12-04", subject="My changes")
    passes(month, "2026-12-04")
    month.reply(QA, mine, "2026-12-04", subject="Again, to be sure")
    passes(month, "2026-12-04")
    assert len(versions(month)) == 2


def test_an_edited_report_that_comes_after_it_went_is_kept_and_qa_is_asked(month: Month) -> None:
    passes(month, DRAFT, SEND)
    mine = edited(files(letter(month, "report"))[f"{REPORT}-v1.docx"], "Too late.")
    month.reply(QA, mine, "2026-12-08", subject="My changes")
    passes(month, "2026-12-08", "2026-12-09")
    assert len(month.sent("report")) == 1
    note = letter(month, "report_note").get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "was not sent" in " ".join(note.split())


def test_a_report_that_comes_back_is_told_to_qa_and_not_sent_there_again(month: Month) -> None:
    passes(month, DRAFT, SEND)
    come_back(month, "2026-11/report/", f"helen.hart@{DOMAIN}", day="2026-12-08")
    passes(month, "2026-12-08", "2026-12-09", "2026-12-10")
    assert any("Helen Hart" in text for text in told(month))
    assert len(month.sent("report")) == 1
    assert any("does not reach" in one or "Helen Hart" in one for one in problems(month))


# What is in it, and for whom


def test_the_report_names_no_worker_no_auditor_and_no_case(month: Month) -> None:
    passes(month, DRAFT)
    with zipfile.ZipFile(folder_file(month, "-v1.docx")) as archive:
        everything = " ".join(archive.read(one).decode("utf-8", "replace") for one in archive.namelist())
    for name in (
        "Wendy Wood",
        "Will West",
        "Toby Tarn",
        "Tara Town",
        "Helen Hart",
        "10000001",
        "CFA-2026-11-0",
    ):
        assert name not in everything, name


def test_late_returns_restate_the_month_in_the_next_report(month: Month) -> None:
    passes(month, DRAFT, SEND)
    month.reply("paul.pond", month.filled("CFA-2026-11-002", "paul.pond", day="2026-12-10"), "2026-12-10")
    passes(month, "2026-12-10")
    # December has an audit too, so that it has a report of its own.
    month.rows.append(allocation("10000005", "Toby Tarn", round="2026-12", status="Send late"))
    month.save_sheet()
    passes(month, "2026-12-11", "2027-01-06")
    report = words((month.folder / "state/reports/2026-12/CFA-2026-12-REPORT-v1.docx").read_bytes())
    assert "of earlier reports are restated" in report
    assert versions(month)[-1].said.round == "2026-12"


# What QA's people send at cross purposes


def test_an_extract_for_one_service_mailed_back_never_goes_as_the_report(month: Month) -> None:
    """Its Head of Service would be the only one not misled."""
    passes(month, DRAFT)
    draft = files(letter(month, "report_draft"))[f"{REPORT}-v1.docx"]
    settings = month.settings
    for service in ("", "Assessment"):
        on_request = report_of(settings, FixedClock(date(2026, 12, 4)), RoundId("2026-11"), service)
        month.reply(QA, edited(on_request, "As asked."), "2026-12-04", subject="My changes")
    passes(month, "2026-12-04", SEND)
    assert len(versions(month)) == 1
    assert files(letter(month, "report")) == {f"{REPORT}-v1.docx": draft}


def test_hold_with_an_edited_report_holds_it_and_keeps_the_edits(month: Month) -> None:
    passes(month, DRAFT)
    mine = edited(files(letter(month, "report_draft"))[f"{REPORT}-v1.docx"], "Not yet.")
    month.reply(QA, mine, "2026-12-04", subject=f"RE: {REPORT}", text="HOLD")
    passes(month, "2026-12-04", SEND)
    assert not month.sent("report")
    assert [one.author for one in versions(month)] == [BY_SERVICE, QA]


def test_two_officers_who_edit_on_one_day_are_told_whose_version_goes(month: Month) -> None:
    """The later one goes: the other must not read that theirs does."""
    other = f"idris.quill@{DOMAIN}"
    config = month.config / "service.toml"
    config.write_text(
        config.read_text("utf-8").replace(
            "[[qa_officers]]",
            f'[[qa_officers]]\nname = "Idris Quill"\naddress = "{other}"\n\n[[qa_officers]]',
            1,
        ),
        "utf-8",
    )
    passes(month, DRAFT)
    draft = files(letter(month, "report_draft"))[f"{REPORT}-v1.docx"]
    month.reply(QA, edited(draft, "Mine."), "2026-12-04", subject="My changes")
    month.reply(other, edited(draft, "No, mine."), "2026-12-04", subject="My changes")
    passes(month, "2026-12-04", SEND)
    assert [one.author for one in versions(month)] == [BY_SERVICE, QA, other]
    notes = {
        str(one["To"].addresses[0].username): " ".join(
            one.get_body(("plain",)).get_content().split()  # type: ignore[union-attr]
        )
        for one in month.letters()
        if month.kinds()[str(one["X-Case-Audit-Key"]).strip()] == "report_note"
    }
    assert "the version that Idris Quill sent of the report" in notes["morgan.ellery"]
    assert "your version of the report" in notes["idris.quill"]
    assert "No, mine." in words(files(letter(month, "report"))[f"{REPORT}-v3.docx"])


def test_the_report_of_a_skipped_round_can_be_read_held_and_let_go(month: Month) -> None:
    """It has no audits, and yet goes out: what is held must not be held for good."""
    passes(month, DRAFT, SEND)
    month.calendar.append({"round": "2026-12", "kind": "No round", "reason": "Christmas"})
    month.save_sheet()
    passes(month, "2026-12-11", "2027-01-06")
    clock = FixedClock(date(2027, 1, 6))
    december = RoundId("2026-12")
    said = words(report_of(month.settings, clock, december, ""))
    assert "There was no round: Christmas." in said
    assert "actions that have fallen due" in said or "No action has fallen due yet." in said
    assert "no audit" not in letter(month, "report_draft").get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "is held" in hold(month.settings, clock, december, held=True)
    assert "goes with the next pass" in hold(month.settings, clock, december, held=False)
