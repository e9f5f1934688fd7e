"""A row, a mail or a sheet that stops the program: set aside after three tries, and the others go on."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from automation.domain.dealt_mail import Outcome
from automation.domain.rules import case_details
from tests.support.disaster import command
from tests.support.month import Month

DYING = (
    "import os, sys; from automation.jobs import {module}\n"
    "keep = {module}.{name}\n"
    "def deadly(*given):\n"
    "    if {when}: os._exit(137)\n"
    "    return keep(*given)\n"
    "{module}.{name} = deadly\n"
    "from automation.cli import main; sys.exit(main(sys.argv[1:]))"
)


def dies(month: Month, module: str, name: str, when: str, day: str) -> int:
    """A pass in a process that dies within a function of a job, as when the system kills it."""
    code = DYING.format(module=module, name=name, when=when)
    words = [sys.executable, "-c", code, "once", "--today", day, "--config", str(month.config)]
    return subprocess.run(words, capture_output=True, check=False, timeout=60).returncode


def test_a_mail_that_kills_the_program_is_set_aside_after_three_tries(started: Month) -> None:
    started.reply("toby.tarn", started.filled("CFA-2026-11-001", "toby.tarn"))
    started.reply("paul.pond", started.filled("CFA-2026-11-002", "paul.pond"))
    for _ in range(3):
        assert dies(started, "collect", "decide", 'given[0].sender.startswith("toby")', "2026-11-12") == 137
    assert dies(started, "collect", "decide", 'given[0].sender.startswith("toby")', "2026-11-12") < 2
    ports = started.ports()
    held = [one for one in ports.store.mails() if one.outcome is Outcome.NEEDS_A_PERSON]
    assert [one.why.split(" while")[0] for one in held] == ["The program ended three times"]
    audit = next(one for one in ports.store.audits() if one.reference == "CFA-2026-11-002")
    assert audit.received is not None, "the others go on"
    ports.store.close()
    assert (started.mailbox / "filed" / "needs-a-person" / f"{held[0].filed_as}.eml").exists()
    text = started.letters()
    assert sum("digest-2026-11-12" in str(one["X-Case-Audit-Key"]) for one in text) == 1


def test_a_mail_that_could_not_be_read_for_want_of_the_outside_has_not_been_tried(
    started: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    from automation.documents import isolated_reader

    started.reply("toby.tarn", started.filled("CFA-2026-11-001", "toby.tarn"))

    def away(*_: object, **__: object) -> Any:
        raise isolated_reader.ReadingUnavailableError("no process can be started")

    with monkeypatch.context() as patch:
        patch.setattr(isolated_reader.IsolatedReader, "read", away)
        for _ in range(5):
            assert started.on("2026-11-12").code == 3
    started.on("2026-11-12")
    assert len(started.sent("receipt")) == 1


def test_a_sheet_that_kills_the_program_is_not_read_a_fourth_time(started: Month) -> None:
    started.rows[0]["team"] = "South"
    started.save_sheet()
    for _ in range(3):
        assert dies(started, "allocate", "read_sheet", "True", "2026-11-12") == 137
    done = command(started, "once", "--today", "2026-11-12")
    assert "ended three times while it read this spreadsheet" in done.stdout
    started.rows[0]["team"] = "North"
    started.save_sheet()
    assert started.on("2026-11-12").code == 0, "a corrected one is read at once"


def faulty(keep: Callable[..., Any], reference: str) -> Callable[..., Any]:
    def do(audit: Any, *given: Any) -> Any:
        if audit.reference == reference:
            raise ZeroDivisionError
        return keep(audit, *given)

    return do


def test_an_audit_with_a_fault_is_set_aside_after_three_passes_with_one_alert(
    month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automation.jobs.send.case_details", faulty(case_details, "CFA-2026-11-002"))
    for _ in range(3):
        outcome = month.on("2026-11-02")
        assert "A fault in the program stopped this one" in str(outcome.problems)
    assert len(month.sent("case_details_auditor")) == 3
    outcome = month.on("2026-11-03")
    about = [one for one in outcome.problems if one.where == "CFA-2026-11-002"]
    assert [one.what.split(";")[0] for one in about] == ["It had a fault three times and is set aside"]
    monkeypatch.undo()
    month.on("2026-11-03")
    assert len(month.sent("case_details_auditor")) == 3, "it waits for a person"
    assert "1 set aside" in command(month, "release").stdout
    assert [one for one in month.on("2026-11-03").problems if one.where == "CFA-2026-11-002"] == []
    assert len(month.sent("case_details_auditor")) == 4


def test_a_fault_that_passes_is_forgotten(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in ("2026-11-02", "2026-11-03", "2026-11-04"):
        with monkeypatch.context() as patch:
            patch.setattr("automation.jobs.send.case_details", faulty(case_details, "CFA-2026-11-002"))
            month.on(day)
            month.on(day)
        month.on(day)
    ports = month.ports()
    assert ports.store.facts_under("set aside ") == {}
    ports.store.close()


def test_a_pass_without_a_fault_leaves_no_count_behind(started: Month) -> None:
    started.reply("toby.tarn", started.filled("CFA-2026-11-001", "toby.tarn"))
    started.on("2026-11-12")
    ports = started.ports()
    assert dict(ports.store.facts_under("tries ")) == {}
    ports.store.close()
