"""What QA does by hand about moderation, disputes and actions: look ahead, ask for a form again, ask why."""

import json
from pathlib import Path

import pytest

from automation import cli
from automation.documents.form_fill import fill
from automation.documents.form_reader import FormsReader
from automation.domain.form import Reading
from tests.support.acting import DONE, FIRST, MONTHLY, OVERSIGHT, TARA, THIRD, answer, on_list, passes, states
from tests.support.moderating import (
    moderated,
    moderation,
    response,
    returns,
    rules,
    send,
    sent_to,
    with_deciders,
)
from tests.support.month import Month

LIST, OVERSEEN = "CFA-2026-12-ACT-001", "CFA-2026-12-OVS-001"


def said(month: Month, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """What a command tells, when it ends well."""
    code = cli.main([*command, "--config", str(month.config)])
    told = capsys.readouterr()
    assert code in (0, 1), told.err
    return told.out


def refused(month: Month, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """What a command complains of, when it cannot be done."""
    assert cli.main([*command, "--config", str(month.config)]) == 2
    return capsys.readouterr().err


# Look ahead


def kept(month: Month) -> tuple[object, ...]:
    """All that a pass could change: what went, what is remembered, what is in the mailbox."""
    store = month.ports().store
    found = (store.sendings(), store.moderations(), store.action_lists(), store.actions())
    store.close()
    return (*found, sorted(one for one in month.folder.rglob("*.eml")))


def test_a_preview_shows_shares_and_moderations_and_leaves_no_trace_of_them(
    started: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    rules(started, ("percent = 20", "percent = 0"))
    with_deciders(started)
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="Inadequate"), "2026-11-12")
    started.on("2026-11-12", ["allocate", "collect"])
    before = kept(started)
    told = said(started, capsys, "preview", "--today", "2026-11-13").splitlines()
    assert kept(started) == before
    kinds = [line.split()[-2] for line in told if line.startswith(f"  {FIRST}")]
    assert kinds.count("share") == 4, "team manager, service manager, IRO, and QA who has no key in the sheet"
    assert kinds.count("pack") == 1
    assert "Nothing was sent." in told[0]
    passes(started, "2026-11-13")
    assert [one for one, _ in sent_to(started, "moderation_pack")] == [FIRST]
    assert said(started, capsys, "preview", "--today", "2026-11-13").startswith("0 messages would go.")


def test_a_preview_shows_lists_of_actions_on_their_day(
    acting: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    before = kept(acting)
    told = said(acting, capsys, "preview", "--today", MONTHLY)
    assert kept(acting) == before
    assert told.count("action update") == 2
    assert f"  {LIST:18} action update" in told


def test_a_preview_counts_one_mail_with_two_audits_once_and_names_both(
    started: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    rules(started, ("percent = 20", "percent = 0"))
    with_deciders(started)
    for row in (0, 2):
        started.rows[row]["moderator"] = "Pam Reid"
    started.save_sheet()
    for reference, auditor in ((FIRST, "toby.tarn"), (THIRD, "tara.town")):
        returns(started, reference, auditor, "Good")
    told = said(started, capsys, "preview", "--today", "2026-11-13").splitlines()
    at = next(place for place, line in enumerate(told) if "moderation pack" in line)
    assert told[at].startswith("  2 audits ")
    assert [line.strip() for line in told[at + 1 : at + 3]] == [FIRST, THIRD]
    assert told[0].startswith(f"{sum('@' in line for line in told[1:])} messages would go.")


# A form again


def read(month: Month, path: Path) -> Reading:
    """What a form says that was written by hand."""
    return FormsReader(month.settings.forms).read(path.read_bytes())


def written(month: Month, capsys: pytest.CaptureFixture[str], form: str, reference: str) -> Reading:
    """The form that the command writes."""
    path = month.folder / f"{form}.docx"
    path.unlink(missing_ok=True)
    said(month, capsys, "form", form, reference, str(path))
    return read(month, path)


def test_every_form_can_be_written_for_whoever_lost_it_and_counts_when_it_comes_back(
    started: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    rules(started, ("percent = 20", "percent = 0"))
    with_deciders(started)
    started.rows[0]["moderator"] = "Pam Reid"
    started.save_sheet()
    returns(started, FIRST, "toby.tarn", "Good")
    passes(started, "2026-11-13")
    moderation_form = written(started, capsys, "moderation", FIRST)
    assert moderation_form.prefilled["auditor_grade"] == "Good"
    assert moderation_form.prefilled["answer_by"] == "27 November 2026"
    found = moderation(started, FIRST)
    assert found is not None
    says = moderated("Inadequate")
    again = (started.folder / "moderation.docx").read_bytes()
    started.reply("pam.reid", fill(again, says.answers, says.rows()), "2026-11-16")
    passes(started, "2026-11-16", "2026-11-17")
    assert written(started, capsys, "response", FIRST).prefilled["moderated_grade"] == "Inadequate"
    send(started, FIRST, "toby.tarn", response("No", "No"), "2026-11-18")
    passes(started, "2026-11-18", "2026-11-19")
    for key in ("decision_grade", "decision_actions"):
        decision = written(started, capsys, key, FIRST)
        assert decision.kind == key
        assert decision.prefilled["answer_by"] == "3 December 2026"
        assert "Toby Tarn, auditor" in decision.prefilled["views"]
    audit = written(started, capsys, "audit", FIRST)
    assert audit.seal
    assert audit.prefilled["case_number"] == "10000001"


def test_a_list_is_written_again_with_all_its_rows_and_its_answer_counts(
    asked: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    passes(asked, OVERSIGHT)
    for key, reference in (("action_update", LIST), ("oversight", OVERSEEN)):
        path = asked.folder / f"{key}.docx"
        said(asked, capsys, "form", key, reference, str(path))
        (table,) = read(asked, path).rows.values()
        printed = [row["action_id"].value.removeprefix("CFA-2026-11-") for row in table]
        assert printed == on_list(asked, reference)
    again = (asked.folder / "action_update.docx").read_bytes()
    asked.reply(TARA, fill(again, {}, {"actions_listed": [DONE]}), "2026-12-11")
    passes(asked, "2026-12-11")
    assert states(asked)["001-A3"] == "done"


def test_a_form_before_its_time_is_a_sample_with_what_is_known(
    started: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = written(started, capsys, "decision_grade", FIRST)
    assert sample.prefilled["case_number"] == "10000001"
    assert not sample.prefilled.get("moderator_reasons")


def test_a_form_or_a_reference_that_there_is_not_is_said(
    asked: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(asked.folder / "x.docx")
    assert "Did you mean ‘moderation’?" in refused(asked, capsys, "form", "moderatoin", FIRST, out)
    assert "There is no list of this kind" in refused(asked, capsys, "form", "oversight", LIST, out)
    assert "There is no audit" in refused(asked, capsys, "form", "moderation", LIST, out)


# Ask why


def test_a_list_tells_to_whom_it_went_by_when_what_came_back_and_how_its_actions_stand(
    asked: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("explain", LIST.lower(), "--today", "2026-12-11")
    told = said(asked, capsys, *command)
    assert f"{LIST}, action update, made for Tara Town on 2026-12-07" in told
    assert "Wanted by 2026-12-14: not answered yet." in told
    assert "2026-12-07  Asked how actions stand: Tara Town." in told
    answer(asked, TARA, LIST, {"001-A3": DONE}, "2026-12-09")
    told = said(asked, capsys, *command)
    assert "Wanted by 2026-12-14: last answered on 2026-12-09." in told
    assert "2026-12-09  Tara Town returned the list." in told
    assert f"2026-12-09  {FIRST}: Tara Town: action A3 is done, on 3 December 2026." in told
    assert f"{FIRST}: Action A3 was recorded in supervision, on 4 December 2026." in told
    assert f"  {FIRST}-A3  Social worker, due 2026-12-04: done on 3 December 2026" in told
    assert f"  {FIRST}-A2  no owner, no timescale: open; Tara Town answers for it" in told
    found = json.loads(said(asked, capsys, *command, "--json"))
    assert [one["to"] for one in found["messages"]] == ["Tara Town", "Tara Town"], "the list and the receipt"


def test_a_list_tells_only_of_what_it_changed_itself(
    asked: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(asked, TARA, LIST, {"001-A3": DONE}, "2026-12-09")
    passes(asked, OVERSIGHT)
    answer(asked, "maya.moss", OVERSEEN, {"001-A3": {"confirmed": "Yes"}}, "2026-12-11")
    assert "confirmed that" not in said(asked, capsys, "explain", LIST)
    told = said(asked, capsys, "explain", OVERSEEN)
    assert f"{OVERSEEN}, oversight, made for Maya Moss on 2026-12-10" in told
    assert f"{FIRST}: Maya Moss confirmed that action A3 is done." in told
    assert "is done, on 3 December" not in told


def test_a_reference_that_is_neither_audit_nor_list_is_said(
    asked: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "There is no audit and no list" in refused(asked, capsys, "explain", "CFA-2026-12-ACT-999")
