"""What is wrong outside: one clear line, the documented exit code, nothing lost, nothing half-written."""

import contextlib
import io
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from automation import cli
from tests.support.month import Month


class Done(NamedTuple):
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


def run(month: Month, *words: str) -> Done:
    """The command, in this process. Its log goes where it puts it, as nobody else has set one up."""
    log = logging.getLogger()
    handlers, level = log.handlers, log.level
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    log.handlers = []
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.main([*words, "--config", str(month.config)])
    finally:
        log.handlers = handlers
        log.setLevel(level)
    return Done(code, *(one.buffer.getvalue().decode() for one in (out, err)))


def process(config: Path, *words: str) -> Done:
    """The command as a person runs it."""
    command = [sys.executable, "-m", "automation", *words, "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


FIRST_DAY = ("once", "--today", "2026-11-02")


def once(month: Month) -> Done:
    """A pass on the first day."""
    return run(month, *FIRST_DAY)


def test_a_sound_month_exits_with_0(month: Month) -> None:
    done = process(month.config, *FIRST_DAY)
    assert (done.returncode, done.stderr) == (0, "")
    assert "case details auditor" in done.stdout


def test_no_spreadsheet_is_named_and_everything_else_goes_on(month: Month, no_pauses: None) -> None:
    once(month)
    month.reply("toby.tarn", month.filled("CFA-2026-11-001", "toby.tarn"), "2026-11-03")
    (month.config / "allocations.xlsx").unlink()
    done = run(month, "once", "--today", "2026-11-03")
    assert done.returncode == 3
    assert "allocations.xlsx" in done.stderr
    assert "Traceback" not in done.stderr
    assert ("receipt", "CFA-2026-11-001", "toby.tarn") in month.sent()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "spreadsheet"),
        (b"Case,Auditor\n1,2\n", "excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls"),
    ],
)
def test_what_is_no_spreadsheet_is_named_and_nothing_is_sent(
    month: Month, no_pauses: None, content: bytes, says: str
) -> None:
    (month.config / "allocations.xlsx").write_bytes(content)
    done = once(month)
    assert done.returncode in (1, 3)
    assert says in (done.stdout + done.stderr).lower()
    assert "Traceback" not in done.stderr
    assert month.sent("case_details_auditor") == []


def test_a_missing_column_stops_the_round_and_names_the_nearest_header(month: Month) -> None:
    import openpyxl

    path = month.config / "allocations.xlsx"
    book = openpyxl.load_workbook(path)
    for cell in book["Allocations"][1]:
        if cell.value == "Auditor":
            cell.value = "Auditing person"
    book.save(path)
    done = once(month)
    assert done.returncode == 1
    assert "Auditor" in done.stdout
    assert month.sent("case_details_auditor") == []


def test_a_sheet_without_rows_is_named(month: Month) -> None:
    month.rows = []
    month.save_sheet()
    done = once(month)
    assert done.returncode == 1
    assert "no rows" in done.stdout.lower()


def test_a_broken_template_is_named_with_its_line_and_the_other_kinds_still_go(month: Month) -> None:
    own = month.config / "templates" / "email"
    own.mkdir(parents=True)
    (own / "case_details_auditor.txt").write_text("Dear {{ nobody_knows_this }}\n", "utf-8")
    done = once(month)
    assert done.returncode == 1
    assert "case_details_auditor.txt" in done.stdout
    assert month.sent("case_details_auditor") == []
    assert len(month.sent("case_details_team_manager")) == 4
    shutil.rmtree(month.config / "templates")
    assert once(month).returncode == 0
    assert len(month.sent("case_details_auditor")) == 4


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_named(month: Month) -> None:
    state = month.folder / "state"
    state.mkdir()
    state.chmod(0o500)
    done = once(month)
    assert done.returncode == 3
    assert "write" in done.stderr


def test_a_state_folder_that_cannot_be_made_is_named(month: Month) -> None:
    (month.folder / "state").write_text("a file stands where the folder should be")
    done = process(month.config, *FIRST_DAY)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_store_that_is_damaged_or_empty_is_refused_and_no_mail_goes(month: Month, content: bytes) -> None:
    once(month)
    for path in (month.folder / "state").glob("audits.db*"):
        path.unlink()
    (month.folder / "state" / "audits.db").write_bytes(content)
    before = len(month.letters())
    done = run(month, "once", "--today", "2026-11-23")
    assert done.returncode == 3
    assert "backup" in done.stderr
    assert len(month.letters()) == before


def test_every_fault_of_the_configuration_is_told_at_once_with_the_nearest_key(month: Month) -> None:
    service = month.config / "service.toml"
    service.write_text(
        service.read_text("utf-8")
        .replace('urgent_phone = "01632 960 100"', 'urgent_fone = "01632 960 100"')
        .replace("every_minutes = 15", 'every_minutes = "often"'),
        "utf-8",
    )
    (month.config / "rules.toml").write_text("must_audit = 3\n", "utf-8")
    done = once(month)
    assert done.returncode == 2
    assert "urgent_fone" in done.stderr
    assert "‘urgent_phone’" in done.stderr
    assert "schedule.every_minutes" in done.stderr
    assert "rules.toml: must_audit" in done.stderr
    assert not (month.folder / "state").exists()


@pytest.mark.parametrize(
    "line",
    ['client_secret = "abc"', 'password = "abc"', 'note = "postgresql://user:hidden@server/audits"'],
)
def test_a_secret_in_a_file_is_refused_without_being_repeated(month: Month, line: str) -> None:
    service = month.config / "service.toml"
    service.write_text(f"{line}\n" + service.read_text("utf-8"), "utf-8")
    done = once(month)
    assert done.returncode == 2
    assert "secret" in done.stderr
    assert "abc" not in done.stderr
    assert "hidden" not in done.stderr


def test_a_configuration_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = process(tmp_path / "nowhere", "once")
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_two_passes_at_once_do_not_both_work(month: Month) -> None:
    ports = month.ports()
    with ports.lock.hold() as ours:
        assert ours
        done = process(month.config, *FIRST_DAY)
    ports.store.close()
    assert done.returncode == 3
    assert "Another pass" in done.stderr
    assert month.sent() == []
