"""The status page and the tracker: QA sees at any hour where everything stands, and nothing about a child."""

import html
import io
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest

from automation import cli
from automation.adapters.clock import FixedClock
from automation.domain.history import Event
from automation.domain.ids import MessageKey, StaffKey
from automation.domain.message import Message, Recipient
from automation.domain.problem import Problem
from automation.jobs.qa_news import qa_news
from automation.jobs.this_pass import Pass
from automation.rehearsal.own_config import copy_config
from automation.rehearsal.refused import RehearsalError
from automation.service import JOBS, Service
from automation.settings import load
from tests.support.browser import Looked, look_at
from tests.support.month import Month, allocation, usual_rows

FIRST, SECOND = "CFA-2026-11-001", "CFA-2026-11-002"
CHILD = "Zephyrine Quillfeather"
"""Whom the sheet, a form, its comment and its mail name, though they should not."""
SAID = f"""Please look at the second section again. {CHILD} was so pleased about how the review went today
that the worker wants to write it down. I could not find where it belongs, so I leave it to you."""
DOUBTFUL = MessageKey(f"{SECOND}/overdue/2026-11-30/P2")
LAST_DAY = "2026-12-03"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """November is over: one audit came back, one is extended, two are late, and a row cannot be used."""
    month = Month(tmp_path_factory.mktemp("status"))
    month.rows = [*usual_rows(), allocation("10000005", "Nobody Known")]
    month.rows[3] |= {"extension": date(2026, 12, 11), "extension_approved_by": "Helen Hart"}
    month.save_sheet()
    _name_the_child(month)
    month.on("2026-11-02", tuple(JOBS))
    month.reply("toby.tarn", _returned(month), text=SAID)
    month.on("2026-11-12", tuple(JOBS))
    for day in ("2026-11-23", "2026-12-02"):
        month.on(day, tuple(JOBS))
    _leave_in_doubt(month)
    for _ in range(2):  # the second one does what the first had to leave
        month.on(LAST_DAY, tuple(JOBS))
    return month


def _name_the_child(month: Month) -> None:
    """Somebody adds a column for the child to the spreadsheet, and writes a note."""
    path = month.config / "allocations.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Allocations"]
    heads = [cell.value for cell in sheet[1]]
    notes = heads.index("Notes") + 1
    child = len(heads) + 1
    sheet.cell(1, child, "Child's name")
    for row in range(2, 7):
        sheet.cell(row, child, CHILD)
        sheet.cell(row, notes, f"Ask {CHILD}")
    book.save(path)


def _returned(month: Month) -> bytes:
    """Toby's form, which names the child wherever it can."""
    answers = {
        field.key: f"{CHILD} says so." for field in month.settings.form.fields() if field.kind == "lines"
    }
    form = month.filled(FIRST, "toby.tarn", **answers)
    document = docx.Document(io.BytesIO(form))
    paragraph = document.add_paragraph(f"Written below the boxes by {CHILD}.")
    document.add_comment(paragraph.runs, text=f"Ask {CHILD} again")
    changed = io.BytesIO()
    document.save(changed)
    return changed.getvalue()


def _leave_in_doubt(month: Month) -> None:
    ports, stamp = month.ports(), FixedClock(date(2026, 12, 2)).now()
    to = Recipient(StaffKey("P2"), "Paul Pond", "paul.pond@brackenshire.example")
    ports.store.settle(DOUBTFUL, "doubtful", stamp, Event(SECOND, "overdue is doubtful"))
    assert ports.store.claim(Message(DOUBTFUL, "overdue", to), stamp) == "doubtful"
    ports.store.close()


def page(month: Month) -> str:
    return (month.folder / "state" / "reports" / "status.html").read_text("utf-8")


def words(page: str) -> str:
    """What a reader of the page reads, in one line."""
    seen = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(seen).split())


def tracker(month: Month) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(month.folder / "state" / "reports" / "tracker.xlsx")
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def a_pass(month: Month, day: str = LAST_DAY) -> Pass:
    return Service(month.settings, month.ports()).this_pass(FixedClock(date.fromisoformat(day)))


def test_the_round_is_told_as_it_stands_and_adds_up(month: Month) -> None:
    told = words(page(month))
    assert "November 2026, due Monday 30 November 2026" in told
    assert "4 allocated = 1 back on time + 0 back late + 2 outstanding + 1 extended + 0 not asked for" in told
    assert tracker(month)["Now"][1][4:10] == (4, 1, 0, 2, 1, 0)


def test_whoever_is_outstanding_is_named_with_days_late_and_the_last_reminder(month: Month) -> None:
    told = words(page(month))
    assert "CFA-2026-11-003 case 10000003 Tara Town South Mon 30 Nov 3 Wed 2 Dec" in told
    assert "CFA-2026-11-004 case 10000004 Maya Moss South Fri 11 Dec 0 none yet extended" in told
    assert f"{FIRST} case" not in told
    rows = tracker(month)["Outstanding"]
    assert [row[0] for row in rows[1:]] == [SECOND, "CFA-2026-11-003", "CFA-2026-11-004"]
    assert rows[2][5].date() == date(2026, 11, 30)  # type: ignore[attr-defined]  # a day, not a text
    assert rows[2][6] == 3


def test_what_needs_qa_is_what_the_digest_says_needs_qa(month: Month) -> None:
    this = a_pass(month)
    news = qa_news(this, this.store.last_sent("digest", before=LAST_DAY), quoting=False)
    mail = next(one for one in reversed(month.letters()) if "digest" in str(one["X-Case-Audit-Key"]))
    body = mail.get_body(("plain",))
    assert body is not None
    digest, told = " ".join(body.get_content().split()), words(page(month))
    assert [one.where for one, _ in news.problems], "the row that cannot be used is a problem"
    for problem, _ in news.problems:
        for text in (problem.where, problem.what, problem.remedy):
            assert text in told
            assert text in digest
    for what, remedy in news.needs:
        assert what in told
        assert remedy in told
    things = len(news.needs) + len(news.problems) + len(news.doubtful)
    assert f"{things} things need you today, Thursday 3 December 2026" in told
    assert f"{things} things need you today, Thursday 3 December 2026" in digest
    assert len(tracker(month)["Needs QA"]) == things + 1


def test_a_message_in_doubt_comes_with_the_two_commands_that_settle_it(month: Month) -> None:
    told = words(page(month))
    assert f"case-audit resolve {DOUBTFUL} --sent" in told
    assert f"case-audit resolve {DOUBTFUL} --not-sent" in told


def test_no_word_of_a_form_or_of_the_child_columns_is_shown(month: Month, tmp_path: Path) -> None:
    ports = month.ports()
    audit = next(one for one in ports.store.audits() if one.reference == FIRST)
    assert audit.received
    assert CHILD in str(audit.received.answers), "the child is in the answers"
    notes = str([mail.notes for mail in ports.store.mails()])
    assert notes.count(CHILD) >= 3, "in the comment, below the boxes and in the mail too"
    ports.store.close()
    seen = page(month) + str(tracker(month)) + _on(month, "2026-11-12", tmp_path)
    first = CHILD.split()[0]
    assert first not in seen
    assert "there is more in it than answers" in seen


def _on(month: Month, day: str, folder: Path) -> str:
    """The page as it was on the day that the form came."""
    out = folder / "then.html"
    assert cli.main(["status", "--config", str(month.config), "--today", day, "--page", str(out)]) == 0
    return out.read_text("utf-8")


def test_an_idle_pass_only_puts_its_time_on_the_page(month: Month) -> None:
    place = month.folder / "state" / "reports"
    before, book = page(month), (place / "tracker.xlsx").stat().st_mtime_ns
    page_before = re.sub(r"<time.*?</time>", "", before)
    (place / "status.html").write_text(before.replace("08:00 on 3 December", "06:00 on 3 December"), "utf-8")
    month.on(LAST_DAY, tuple(JOBS))
    assert "08:00 on 3 December 2026" in words(page(month))
    assert re.sub(r"<time.*?</time>", "", page(month)) == page_before
    assert (place / "tracker.xlsx").stat().st_mtime_ns == book


def test_an_idle_pass_loads_neither_templates_nor_a_spreadsheet_library(month: Month) -> None:
    idle = (
        "import sys; from automation import cli\n"
        f"cli.main(['once', '--config', {str(month.config)!r}, '--today', '{LAST_DAY}'])\n"
        "print(sorted({'xlsxwriter', 'jinja2', 'openpyxl'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", idle], capture_output=True, text=True, timeout=60, env={**os.environ}
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_a_tracker_that_is_open_elsewhere_stops_nothing_and_is_told_of(tmp_path: Path) -> None:
    month = Month(tmp_path)
    locked = month.folder / "state" / "reports" / "tracker.xlsx"
    locked.mkdir(parents=True)  # nothing can be put in its place
    outcome = month.on("2026-11-02", tuple(JOBS))
    assert len(month.sent("case_details_auditor")) == 4
    assert outcome.unavailable == ()
    assert [one.where for one in outcome.problems] == ["tracker.xlsx in the reports folder"]
    assert "4 audits are not back yet" in words(page(month))
    month.on("2026-11-03", tuple(JOBS))
    digest = month.letters()[-1].get_body(("plain",))
    assert digest is not None
    assert "tracker.xlsx in the reports folder" in digest.get_content()
    locked.rmdir()
    assert month.on("2026-11-03", tuple(JOBS)).problems == ()
    assert tracker(month)["Sent today"][0] == ("Kind", "How many")
    assert len(tracker(month)["Needs QA"]) == 1, "it needs nobody any more"


def test_what_stopped_a_job_is_on_the_page(month: Month, tmp_path: Path) -> None:
    this = a_pass(month)
    assert "each job could run" in words(_page_of(this))
    this.problems.append(Problem("job collect", "The mailbox cannot be read.", "The next pass tries again."))
    told = words(_page_of(this))
    assert "job collect : The mailbox cannot be read. The next pass tries again." in told
    assert "each job could run" not in told


def _page_of(this: Pass) -> str:
    from automation.jobs.track import status_page

    return status_page(this)


def test_reports_go_where_the_council_wants_them(tmp_path: Path) -> None:
    month = Month(tmp_path)
    service = month.config / "service.toml"
    service.write_text(service.read_text("utf-8") + '\n[reports]\nfolder = "../for qa"\n', "utf-8")
    month.on("2026-11-02", tuple(JOBS))
    made = {one.name: one for one in (month.folder / "for qa").iterdir() if one.is_file()}
    assert sorted(made) == ["status.html", "tracker.xlsx"]
    if os.name == "posix":
        assert {one.stat().st_mode & 0o077 for one in made.values()} == {0o040}, "QA's group may read"
    assert not (month.folder / "state" / "reports").exists()


@pytest.fixture(scope="module")
def looked(month: Month, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    return look_at(page(month), tmp_path_factory.mktemp("browser") / "page")


def test_the_page_bars_nobody_who_uses_a_keyboard_or_a_screen_reader(looked: Looked) -> None:
    assert looked.violations == ()
    assert looked.passes > 25, "axe has looked"
    assert looked.console == ()


def test_the_page_is_no_wider_than_a_phone(looked: Looked) -> None:
    assert looked.window == 320
    assert looked.narrow <= 320


def test_the_page_needs_no_script_and_no_other_file(month: Month) -> None:
    assert not re.findall(r"<script|<link|<img|<iframe|\ssrc=|@import|url\(|http-equiv", page(month))


def test_a_rehearsal_never_writes_over_the_councils_own_page(tmp_path: Path) -> None:
    month = Month(tmp_path / "council")
    real = tmp_path / "for qa"
    service = month.config / "service.toml"
    text = service.read_text("utf-8") + f"\n[reports]\nfolder = {json.dumps(str(real))}\n"
    service.write_text(text, "utf-8")
    (tmp_path / "out").mkdir()
    copy_config(month.settings, tmp_path / "out" / "config", None)
    assert month.settings.reports_folder == real
    assert load(tmp_path / "out" / "config").reports_folder == tmp_path / "out" / "reports"
    service.write_text(
        text.replace("[reports]\n", "[reports] # here\n").replace('folder = "/', '"folder" = "/')
    )
    with pytest.raises(RehearsalError):
        copy_config(month.settings, tmp_path / "out" / "other", None)
