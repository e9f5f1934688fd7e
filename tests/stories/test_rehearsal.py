"""A rehearsal tells the whole story of the guidance: what becomes of an audit, to the last action."""

import email.policy
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from automation import cli, service
from automation.account import life
from automation.adapters.database import Database
from automation.domain.biography import sentence
from automation.domain.calendar import Calendar, WorkingCalendar
from automation.domain.history import Event
from automation.domain.ids import AuditRef, RoundId
from automation.jobs.this_pass import Pass
from automation.lines import life_lines
from automation.ports import Store
from automation.rehearsal.books import account
from automation.rehearsal.kept_sheet import let_a_case_move
from automation.rehearsal.play import rehearse
from automation.rehearsal.refused import RehearsalError
from automation.settings import load
from tests.support import acting
from tests.support.browser import look_at
from tests.support.moderating import person
from tests.support.month import Month
from tests.support.whole_story import (
    AGREED,
    CONCERN,
    DOWN,
    DOWN_AND_BOTH,
    LEFT,
    LIVE,
    NO_TIMESCALE,
    UP,
    reference,
    whole_story,
)

END = date(2027, 1, 31)
SIX = "2026-11-07"
"""The sixth day of the round, a Saturday."""


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small council's rehearsal, played once."""
    folder = tmp_path_factory.mktemp("whole-story")
    month = whole_story(folder / "council")
    lines = rehearse(folder / "out", RoundId("2026-11"), month.config, lambda _: None)
    (folder / "out" / "told.json").write_text(json.dumps(lines), "utf-8")
    return folder / "out"


@pytest.fixture
def store(played: Path) -> Iterator[Store]:
    """What the service knows at the end."""
    opened = Database(f"sqlite:///{played / 'audits.db'}")
    yield opened
    opened.close()


def told(played: Path) -> list[str]:
    """The account."""
    lines: list[str] = json.loads((played / "told.json").read_text("utf-8"))
    return lines


def letters(played: Path, kind: str) -> list[EmailMessage]:
    """The letters whose names say this kind, in order."""
    found = sorted((played / "mailbox" / "sent").glob(f"*_{kind}_*.eml"))
    return [BytesParser(policy=email.policy.default).parsebytes(one.read_bytes()) for one in found]


def biography(store: Store, number: int) -> list[str]:
    """What `explain` says of an audit, without what it is now."""
    found = life(store, Calendar(WorkingCalendar()), AuditRef(reference(number)), END)
    assert found
    lines = list(life_lines(found))
    return [one.strip() for one in lines[lines.index("What happened:") + 1 :]]


# What happens


def test_a_concern_is_told_as_urgent_in_the_pass_that_reads_it_on_the_sixth_day(played: Path) -> None:
    found = letters(played, "concern")
    assert {str(one["Date"].datetime.date()) for one in found} == {SIX}
    assert {one["To"].addresses[0].username for one in found} == {
        *("mark.mead", "toby.tarn", "will.west", "morgan.ellery"),
    }
    assert {str(one["Importance"]).lower() for one in found} == {"high"}


def test_a_concern_is_dealt_with_and_the_sheet_says_so(store: Store) -> None:
    audit = store.audit(AuditRef(reference(CONCERN)))
    assert audit
    assert audit.allocation.concern_confirmed == date(2026, 11, 9)


def test_each_finished_audit_is_shared(store: Store) -> None:
    shared = {one.about for number in LIVE for one in store.sendings(about=reference(number)) if one.within}
    assert shared == {reference(number) for number in LIVE}


def test_one_moderated_grade_goes_up_two_go_down_and_one_is_agreed(played: Path, store: Store) -> None:
    shifts = {
        past.event.about: past.event.facts["shift"]
        for past in store.history()
        if past.event.what == "moderation returned"
    }
    assert shifts == {
        reference(DOWN_AND_BOTH): "down",
        reference(UP): "up",
        reference(DOWN): "down",
        reference(AGREED): "same",
    }
    assert told(played)[1].startswith("Moderation: 4 moderated = 1 agreed + 1 up + 2 down")


def test_one_disputes_the_grade_one_the_actions_and_one_both_and_all_are_decided(
    played: Path, store: Store
) -> None:
    found = [(one.reference, one.kind, one.decider) for one in store.disputes()]
    assert found == [
        (reference(DOWN_AND_BOTH), "actions", "H1"),
        (reference(DOWN_AND_BOTH), "grade", "Q1"),
        (reference(UP), "actions", "H1"),
        (reference(DOWN), "grade", "Q1"),
    ]
    assert all(one.decided for one in store.disputes())
    assert told(played)[2].startswith("Disputes: 4 = 2 decided on the grade + 2 decided on actions + 0")


def test_decisions_restore_a_grade_and_change_actions(store: Store) -> None:
    decided = {
        (one.reference, one.kind): one.decided.answers.get("final_grade") or one.decided.answers["decision"]
        for one in store.disputes()
        if one.decided
    }
    assert decided[AuditRef(reference(DOWN)), "grade"] == "Outstanding"
    assert decided[AuditRef(reference(DOWN_AND_BOTH)), "grade"] == "Requires improvement"
    assert decided[AuditRef(reference(UP)), "actions"] == "Changed"
    assert decided[AuditRef(reference(DOWN_AND_BOTH)), "actions"] == "None stands"


def test_actions_end_in_every_state_over_two_more_months(store: Store) -> None:
    actions = store.actions()
    assert {one.state for one in actions} == {"open", "done", "verified", "withdrawn"}
    assert any(one.overdue(END) for one in actions)
    assert any(one.counts and one.due is None for one in actions)
    assert all(one.supervision_on for one in actions if one.state in ("done", "verified"))
    assert {one.done_on.month for one in actions if one.done_on} >= {11, 12, 1}
    assert {one.reference[:11] for one in store.action_lists() if one.answered} == {
        *("CFA-2026-11", "CFA-2026-12", "CFA-2027-01"),
    }


def test_when_a_team_manager_leaves_their_actions_are_handed_on(played: Path, store: Store) -> None:
    leaver = json.loads((played / "rehearsal.json").read_text("utf-8"))["manager"]
    handed = [past.event for past in store.history() if past.event.what.endswith(" handed on")]
    assert {one.facts["from"] for one in handed} == {leaver}
    successor = store.organisation().team_manager(
        next(one.name for one in store.organisation().teams.values() if one.manager in _to(handed))
    )
    assert successor
    assert successor.role == "Team Manager"
    assert f"{len(handed)} handed on" in told(played)[3]


def test_a_case_moves_and_its_open_actions_go_to_the_manager_of_its_new_team(asked: Month) -> None:
    east = {**asked.teams[0], "team": "East", "manager": "Eve East"}
    asked.teams.append(east)
    asked.staff += [
        person("T9", "Eve East", "Team Manager", "Maya Moss") | {"team": "East"},
        person("W9", "Wes Wren", "Social Worker", "Eve East") | {"team": "East"},
    ]
    asked.save_sheet()
    acting.passes(asked, "2026-12-08")
    settings, ports = asked.settings, asked.ports()
    round_ = Calendar(WorkingCalendar()).round(RoundId("2026-11"))
    sheet, day = settings.path(settings.workbook.path), date(2026, 12, 16)
    assert let_a_case_move(sheet, settings, ports.store, round_, day) == acting.FIRST
    once = sheet.read_bytes()
    assert let_a_case_move(sheet, settings, ports.store, round_, day) == acting.FIRST
    ports.store.close()
    assert sheet.read_bytes() == once, "broken off before it was noted, it is done again and is the same"
    acting.passes(asked, "2026-12-16", "2027-01-11")
    theirs = [one for one, listed in acting.lists(asked).items() if listed.person == "T9"]
    assert theirs[0] == "CFA-2026-12-ACT-003", "December’s list at once: its day has passed"
    assert acting.on_list(asked, theirs[0]) == ["001-A3", "001-A1", "001-A2"]
    assert [one.facts["to"] for one in acting.events(asked, acting.FIRST, "handed on")] == ["T9"] * 3


def test_no_case_moves_to_a_team_with_which_its_auditor_has_a_conflict(asked: Month) -> None:
    settings, ports = asked.settings, asked.ports()
    round_ = Calendar(WorkingCalendar()).round(RoundId("2026-11"))
    sheet = settings.path(settings.workbook.path)
    before = sheet.read_bytes()
    assert let_a_case_move(sheet, settings, ports.store, round_, date(2026, 12, 16)) == ""
    ports.store.close()
    assert sheet.read_bytes() == before


def _to(handed: list[Event]) -> set[str]:
    return {str(one.facts["to"]) for one in handed}


def test_an_auditor_leaves_and_a_colleague_returns_the_audit(store: Store) -> None:
    audit = store.audit(AuditRef(reference(LEFT)))
    assert audit
    assert next(one.person for one in audit.postings if one.role == "auditor") == "P3"
    assert audit.received
    assert audit.received.sender != "P3"


def test_qa_is_not_asked_for_rows_of_the_months_after(store: Store) -> None:
    assert store.sent_since("")["preview"] == 1
    asked = [str(one.problem) for one in store.open_problems()]
    assert not [one for one in asked if "December" in one or "January" in one or "February" in one]


# What is told of it


def test_the_account_of_actions_adds_up(played: Path) -> None:
    words = r"Actions: (\d+) opened = (\d+) open \+ (\d+) done \+ (\d+) verified \+ (\d+) withdrawn"
    parts = re.match(words, told(played)[3])
    assert parts
    whole, *rest = map(int, parts.groups())
    assert whole == sum(rest) > 10
    assert min(rest) > 0


@pytest.mark.parametrize("what", ["moderation returned", "dispute about the grade decided"])
def test_an_account_that_does_not_balance_is_refused(played: Path, tmp_path: Path, what: str) -> None:
    shutil.copy(played / "audits.db", tmp_path)
    store = Database(f"sqlite:///{tmp_path / 'audits.db'}")
    settings, round_ = load(played / "config"), Calendar(WorkingCalendar()).round(RoundId("2026-11"))
    assert list(account(settings, round_, store, END))
    store.learn((), [Event(reference(CONCERN), what)], datetime(2027, 1, 31, tzinfo=UTC))
    with pytest.raises(RehearsalError, match="does not balance"):
        list(account(settings, round_, store, END))
    store.close()


def test_every_event_has_a_sentence_without_raw_keys(store: Store) -> None:
    history = store.history()
    raw = [past.event.what for past in history if not _is_plain(sentence(past.event, lambda key: "Somebody"))]
    assert raw == []
    assert len(history) > 300


def _is_plain(said: str) -> bool:
    told_nothing = "None" in said.replace("None stands", "") or "no day" in said or "nobody" in said
    return said.endswith(".") and not re.search(r"[_{}]", said) and not told_nothing


def test_an_event_without_a_sentence_is_found() -> None:
    assert sentence(Event("CFA-2026-11-001", "moon landed"), str) == ""


@pytest.mark.parametrize("number", LIVE)
def test_a_biography_is_in_order_and_names_people(store: Store, number: int) -> None:
    lines = biography(store, number)
    dated = [one for one in lines if re.match(r"\d{4}-\d\d-\d\d  ", one)]
    assert [one[:10] for one in dated] == sorted(one[:10] for one in dated)
    assert dated[0].startswith("2026-10-29  Allocated to ")
    # Staff keys such as T1, without M1, which is an action's number too; and names with an underscore.
    assert not re.search(r"\b[HTPWRQS]\d\b|_", " ".join(dated)), dated


def test_a_biography_tells_what_became_of_an_audit(store: Store) -> None:
    story = " | ".join(biography(store, UP))
    for said in (
        "Allocated to Paul Pond.",
        "Case details and the form went to the auditor, Paul Pond.",
        "Paul Pond returned the form, and it was recorded.",
        "The finished audit was shared with",
        "the auditor’s grade is Inadequate, the moderated one Requires improvement (up).",
        "Told what the moderation came to: Paul Pond, Tara Town.",
        "Tara Town does not accept the actions.",
        "The actions are disputed. Helen Hart decides.",
        "Helen Hart decided the dispute about the actions: Changed.",
        "handed on from Tara Town to Petra Park.",
        "was recorded in supervision",
        "confirmed that action A1 is done.",
        "D2  Team manager, due 2027-01-11: open, overdue; Petra Park answers for it",
        "M1  Team manager, due 2026-12-22: verified on 15 January 2027",
    ):
        assert said in story, said


def test_a_biography_tells_a_concern_and_a_successor(store: Store) -> None:
    concern = "Told of the immediate concern, as urgent: Mark Mead, Toby Tarn, Will West, morgan.ellery"
    assert any(concern in one for one in biography(store, CONCERN))
    assert any("The auditor changed from Ann Ash to " in one for one in biography(store, LEFT))
    assert any("no timescale: open" in one for one in biography(store, NO_TIMESCALE))


def test_explain_prints_the_biography(played: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["explain", reference(DOWN), "--config", str(played / "config"), "--today", END.isoformat()]
    assert cli.main(asked) == 0
    assert "Quinn Hale decided the dispute about the grade: Outstanding." in capsys.readouterr().out
    assert cli.main([*asked, "--json"]) == 0
    found: Mapping[str, object] = json.loads(capsys.readouterr().out)
    assert found["story"]
    assert found["events"]


def test_the_page_shows_concerns_moderation_and_actions_and_every_link_leads_somewhere(played: Path) -> None:
    page = (played / "index.html").read_text("utf-8")
    for said in ("Concerns", "Moderation", "Actions", "Lists of actions"):
        assert f">{said}</h2>" in page
    assert "did not accept the grade. Quinn Hale: <strong>Outstanding</strong>" in page
    assert "<strong>handed on</strong>" in page
    assert '<span class="late">overdue</span>' in page
    links = set(re.findall(r'href="([^"#]+)"', page))
    assert len([one for one in links if one.endswith(".eml")]) > 150
    assert [one for one in links if not (played / one).exists()] == []
    places = set(re.findall(r'href="#([^"]+)"', page))
    assert places <= set(re.findall(r'id="([^"]+)"', page))


def test_every_mail_sent_or_received_has_its_place_on_the_page(played: Path) -> None:
    page = (played / "index.html").read_text("utf-8")
    mails = {str(one.relative_to(played)) for one in (played / "mailbox").rglob("*.eml")}
    assert sorted(one for one in mails if one not in page) == []


# It is repeatable, and stops at a fault


def test_a_fault_in_a_pass_stops_the_rehearsal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Pass) -> None:
        raise ZeroDivisionError

    month = whole_story(tmp_path / "council")
    monkeypatch.setattr(service, "JOBS", {**service.JOBS, "chase": broken})
    with pytest.raises(RehearsalError, match=r"29 October had a fault\. job chase: A fault"):
        rehearse(tmp_path / "out", RoundId("2026-11"), month.config, lambda _: None)
    monkeypatch.undo()
    assert json.loads((tmp_path / "out" / "rehearsal.json").read_text("utf-8"))["day"] == ""


def test_the_page_of_a_rehearsal_bars_nobody_and_fits_a_phone(played: Path, tmp_path: Path) -> None:
    looked = look_at((played / "index.html").read_text("utf-8"), tmp_path / "page")
    assert (looked.violations, looked.console) == ((), ())
    assert looked.narrow <= looked.window == 320


def test_the_status_page_of_a_rehearsal_is_kept_from_the_day_of_the_chase(played: Path) -> None:
    page = (played / "reports" / "status.html").read_text("utf-8")
    assert "on 2 December 2026</time>" in page
    assert "November 2026, due Monday 30 November 2026" in page
    assert 'href="reports/status.html"' in (played / "index.html").read_text("utf-8")
