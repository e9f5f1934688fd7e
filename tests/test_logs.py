"""The log's last net: what slips into a record all the same is not told, in either form, nor to others."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation import cli, logs
from automation.ports import StoreUnavailableError
from automation.watching_settings import LogSettings
from tests.support.month import Month

CANARY = "zyxcanary"
PERSON = f"ann.{CANARY}@brackenshire.example"
log = logging.getLogger("case_audit")


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger as when a process begins, and all as it was afterwards."""
    before = {
        one: (one.level, one.propagate, list(one.handlers))
        for one in (logging.root, *map(logging.getLogger, logs.LIBRARIES))
    }
    yield logging.root
    for one, (level, propagate, handlers) in before.items():
        for handler in set(one.handlers) - set(handlers):
            handler.close()
        one.setLevel(level)
        one.propagate, one.handlers = propagate, handlers


def a_fault() -> None:
    """Something goes wrong, in words that quote what it met."""
    try:
        _ = {"a": 1}[f"Jordan {CANARY}"]
    except KeyError as error:
        raise ValueError(f"could not convert {CANARY} of {PERSON}") from error


def test_addresses_and_case_numbers_are_not_told(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.begin(told=True)
    log.info("sent to %s about 12345678 in CFA-2026-11-004", PERSON)
    log.warning(f"<{PERSON}>, mail 0a1b2c3d4e5f: waits 30 s")
    told = capsys.readouterr().err
    assert CANARY not in told
    assert "brackenshire" not in told
    assert "12345678" not in told
    for kept in ("CFA-2026-11-004", "0a1b2c3d4e5f", "waits 30 s", "<address>", "<number>"):
        assert kept in told


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_fault_is_told_by_its_kind_and_place_and_not_in_its_words(
    root: logging.Logger, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    logs.begin(told=True)
    logs.as_configured(LogSettings(format=form), None)  # type: ignore[arg-type]  # one of the two
    try:
        a_fault()
    except ValueError:
        log.exception("mail %s: a fault in the program", "0a1b2c3d4e5f")
    told = capsys.readouterr().err
    assert CANARY not in told
    assert "brackenshire" not in told
    for kept in ("ValueError", "KeyError", "in a_fault", "test_logs.py, line", "0a1b2c3d4e5f"):
        assert kept in told


def test_our_own_words_are_told_with_a_fault(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.begin(told=True)
    try:
        raise StoreUnavailableError(f"The store is away. {PERSON}")
    except StoreUnavailableError:
        log.exception("recover: stopped")
    told = capsys.readouterr().err
    assert "The store is away." in told
    assert CANARY not in told


@pytest.mark.parametrize("name", logs.LIBRARIES)
def test_nothing_that_a_library_logs_is_told(
    root: logging.Logger, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    logs.begin(told=True)
    for one in (name, f"{name}.inner.part"):
        library = logging.getLogger(one)
        library.setLevel(logging.DEBUG)
        library.critical("Bearer %s", CANARY)
    assert CANARY not in capsys.readouterr().err


def test_json_is_one_object_a_line_with_its_fields(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.begin(told=True)
    logs.as_configured(LogSettings(format="json"), None)
    log.info("CFA-2026-11-004 reminder: sent")
    log.error("two\nlines")
    lines = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    assert [one["message"] for one in lines] == ["CFA-2026-11-004 reminder: sent", "two\nlines"]
    assert [one["level"] for one in lines] == ["info", "error"]
    assert all(one["at"].endswith("+00:00") for one in lines)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights by folder, not by mode")
def test_the_file_of_the_log_is_for_us_alone_and_a_new_day_has_a_new_one(
    root: logging.Logger, tmp_path: Path
) -> None:
    place = tmp_path / "log" / "case-audit.log"
    mask = os.umask(0o022)
    try:
        logs.begin(told=False)
        logs.as_configured(LogSettings(file="given"), place)
        log.info("one for %s", PERSON)
        file = next(one for one in root.handlers if isinstance(one, logs._PrivateFile))
        file.doRollover()
        log.info("two")
        logs.as_configured(LogSettings(file="given"), place)
    finally:
        os.umask(mask)
    assert len([one for one in root.handlers if isinstance(one, logs._PrivateFile)]) == 1
    files = sorted(place.parent.iterdir())
    assert len(files) == 2
    assert [one.read_text().count("two") for one in files] == [1, 0]
    assert "one for <address>" in files[1].read_text()
    assert {one.stat().st_mode & 0o777 for one in files} == {0o600}
    assert place.parent.stat().st_mode & 0o077 == 0


def test_a_pass_logs_where_the_configuration_says(month: Month) -> None:
    service = month.config / "service.toml"
    wanted = '[log]\nformat = "json"\nfile = "../state/log/case-audit.log"\n'
    service.write_text(
        service.read_text("utf-8").replace('[log]\nformat = "text"\nfile = ""\n', wanted), "utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "automation",
        "once",
        "--today",
        "2026-11-02",
        "--config",
        str(month.config),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = (month.folder / "state" / "log" / "case-audit.log").read_text("utf-8").splitlines()
    told = [json.loads(one)["message"] for one in lines]
    assert "CFA-2026-11-001 case_details_auditor: sent" in told
    assert "case_details" not in done.stderr


def test_a_log_that_cannot_be_written_is_a_fault_of_the_configuration(
    month: Month, root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    service = month.config / "service.toml"
    text = service.read_text("utf-8").replace('file = ""', 'file = "allocations.xlsx/log"')
    service.write_text(text, "utf-8")
    assert cli.main(["once", "--config", str(month.config)]) == 2
    assert "log.file" in capsys.readouterr().err
    # Whoever only looks may have no right to write it.
    assert cli.main(["status", "--config", str(month.config)]) == 0
