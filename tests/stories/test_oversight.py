"""Oversight: service managers see the actions of their teams, and confirm what is really done."""

from datetime import date

import pytest

from automation.domain.ids import AuditRef
from tests.support.acting import (
    DONE,
    FIRST,
    HELEN,
    MARK,
    MAYA,
    OVERSIGHT,
    TARA,
    actions,
    answer,
    events,
    form_of,
    letters,
    lists,
    on_list,
    outcomes,
    passes,
    states,
    text,
)
from tests.support.month import Month, allocation

ACT, ONE, TWO = "CFA-2026-12-ACT-001", "CFA-2026-12-OVS-001", "CFA-2026-12-OVS-002"
"""Tara Town's list; the oversight of Maya Moss (M1) and of Mark Mead (M2)."""


@pytest.fixture
def overseen(asked: Month) -> Month:
    """One action is reported done, and December's oversight has gone."""
    answer(asked, TARA, ACT, {"001-A1": DONE}, "2026-12-09")
    passes(asked, OVERSIGHT)
    return asked


def sent(month: Month) -> list[tuple[str, str]]:
    return [(about, to) for _, about, to in month.sent("oversight")]


def test_on_the_eighth_working_day_each_service_manager_gets_what_is_theirs_to_watch(asked: Month) -> None:
    passes(asked, "2026-12-09")
    assert sent(asked) == []
    passes(asked, OVERSIGHT, OVERSIGHT, "2026-12-11")
    assert sent(asked) == [(ONE, MAYA), (TWO, MARK)]
    assert on_list(asked, TWO) == ["003-A1"]
    assert lists(asked)[AuditRef(ONE)].due == date(2026, 12, 17)


def test_what_waits_to_be_confirmed_is_first_then_overdue_undated_and_open(overseen: Month) -> None:
    assert on_list(overseen, ONE) == ["001-A1", "001-A3", "001-A2"]
    told = text(letters(overseen, "oversight")[0])
    assert told.startswith("Please say by Thursday 17 December 2026 whether 1 action is really done.")
    assert f"{FIRST}-A1, case 10000001, due 22 Jan 2027: Done on 3 Dec 2026" in told
    assert "1 action is overdue" in told


def test_nothing_to_confirm_is_said_as_well(overseen: Month) -> None:
    told = text(letters(overseen, "oversight")[1])
    assert told.startswith("Please look by Thursday 17 December 2026 at 1 action of your teams.")
    assert "Nothing waits for you to confirm, and nothing is overdue." in told
    assert "Ask the team managers" not in told


def test_yes_verifies_what_was_reported_done(overseen: Month) -> None:
    answer(overseen, MAYA, ONE, {"001-A1": {"confirmed": "Yes"}}, "2026-12-11")
    done = actions(overseen)["001-A1"]
    assert (done.state, done.done_on, done.verified_on) == (
        *("verified", date(2026, 12, 3), date(2026, 12, 11)),
    )
    (event,) = events(overseen, FIRST, "001-A1 verified")
    assert event.facts["from"] == "M1"
    passes(overseen, "2027-01-14")
    assert "001-A1" not in on_list(overseen, "CFA-2027-01-OVS-001")


def test_yes_to_what_nobody_reported_done_changes_nothing_and_is_asked_about(overseen: Month) -> None:
    answer(overseen, MAYA, ONE, {"001-A3": {"confirmed": "Yes"}}, "2026-12-11")
    assert states(overseen)["001-A3"] == "open"
    assert outcomes(overseen)[-1] == "recorded with questions"
    assert f"{FIRST}-A3 is not reported as done yet" in text(letters(overseen, "form_received")[-1])


def test_no_opens_it_again_and_its_manager_is_asked_again(overseen: Month) -> None:
    rows = {"001-A1": {"confirmed": "No", "comment": "It is not on the file."}}
    answer(overseen, MAYA, ONE, rows, "2026-12-11")
    again = actions(overseen)["001-A1"]
    assert (again.state, again.done_on, again.comment) == ("open", None, "It is not on the file.")
    passes(overseen, "2027-01-11")
    assert "001-A1" in on_list(overseen, "CFA-2027-01-ACT-001")


def test_an_update_does_not_open_what_was_confirmed(overseen: Month) -> None:
    answer(overseen, MAYA, ONE, {"001-A1": {"confirmed": "Yes"}}, "2026-12-11")
    answer(overseen, TARA, ACT, {"001-A1": {"state": "Open"}}, "2026-12-14")
    assert states(overseen)["001-A1"] == "verified"
    assert "was confirmed as done on 11 December 2026, and stays so" in text(
        letters(overseen, "form_received")[-1]
    )


def test_the_team_manager_cannot_confirm_their_own(overseen: Month) -> None:
    answer(overseen, TARA, ONE, {"001-A1": {"confirmed": "Yes"}}, "2026-12-11", to=MAYA)
    assert states(overseen)["001-A1"] == "done"
    assert outcomes(overseen)[-1] == "needs a person"


def test_a_service_manager_who_did_not_confirm_is_reminded_once_and_one_with_nothing_to_confirm_is_not(
    overseen: Month,
) -> None:
    passes(overseen, "2026-12-17")
    assert not [one for one in overseen.sent("list_reminder") if "OVS" in one[1]]
    passes(overseen, "2026-12-18", "2026-12-18", "2026-12-21")
    assert [one for one in overseen.sent("list_reminder") if "OVS" in one[1]] == [
        ("list_reminder", ONE, MAYA)
    ]
    told = text(letters(overseen, "list_reminder")[-1])
    assert "1 action waits for you to confirm" in told
    assert form_of(overseen, MAYA, ONE)


def test_where_there_is_no_service_manager_the_head_of_service_oversees_and_qa_is_told(asked: Month) -> None:
    asked.teams[0]["service_manager"] = None
    asked.save_sheet()
    outcome = passes(asked, OVERSIGHT)
    assert sent(asked) == [(ONE, HELEN), (TWO, MARK)]
    assert any("no service manager for North" in one.what for one in outcome.problems)


def standing_in(asked: Month) -> list[str]:
    """North's team manager has left, and its service manager answers in her place. Her newest list."""
    asked.person("T1")["left_on"] = date(2026, 12, 8)
    asked.save_sheet()
    passes(asked, "2026-12-09")
    return [one for one, listed in lists(asked).items() if listed.person == "M1"]


def test_who_stands_in_as_team_manager_does_not_confirm_their_own_work(asked: Month) -> None:
    (stood_in,) = standing_in(asked)
    answer(asked, MAYA, stood_in, {"001-A1": DONE}, "2026-12-09")
    passes(asked, OVERSIGHT)
    assert sent(asked) == [(ONE, HELEN), (TWO, MARK)]
    assert on_list(asked, ONE) == ["001-A1", "001-A3", "001-A2"]
    told = text(letters(asked, "oversight")[0])
    assert "because the service manager answers for them in the team manager’s place" in told
    answer(asked, HELEN, ONE, {"001-A1": {"confirmed": "Yes"}}, "2026-12-11")
    assert states(asked)["001-A1"] == "verified"


def test_an_older_oversight_list_does_not_let_anybody_confirm_what_they_reported(asked: Month) -> None:
    passes(asked, OVERSIGHT)
    asked.person("T1")["left_on"] = date(2026, 12, 10)
    asked.save_sheet()
    passes(asked, "2026-12-11")
    stood_in = "CFA-2026-12-ACT-003"
    assert lists(asked)[AuditRef(stood_in)].person == "M1"
    answer(asked, MAYA, stood_in, {"001-A1": DONE}, "2026-12-14")
    answer(asked, MAYA, ONE, {"001-A1": {"confirmed": "Yes"}}, "2026-12-15")
    assert states(asked)["001-A1"] == "done"
    assert "You reported it done yourself" in text(letters(asked, "form_received")[-1])


def test_qa_is_told_when_nobody_who_is_left_may_confirm_what_was_reported_done(asked: Month) -> None:
    (stood_in,) = standing_in(asked)
    asked.teams[0]["head_of_service"] = None
    asked.save_sheet()
    outcome = passes(asked, "2026-12-10")
    assert not [one for one in outcome.problems if "could confirm" in one.what], "nothing is reported done"
    answer(asked, MAYA, stood_in, {"001-A1": DONE}, "2026-12-10")
    outcome = passes(asked, "2026-12-11")
    assert [about for about, to in sent(asked) if to == MAYA] == []
    (problem,) = [one for one in outcome.problems if "could confirm" in one.what]
    assert problem.what.startswith(f"Maya Moss reported {FIRST}-A1 done")


def test_a_team_manager_who_reports_done_is_confirmed_by_the_service_manager_as_ever(asked: Month) -> None:
    answer(asked, TARA, ACT, {"001-A1": DONE}, "2026-12-09")
    asked.person("T1")["left_on"] = date(2026, 12, 9)
    asked.save_sheet()
    passes(asked, OVERSIGHT)
    theirs = {to: on_list(asked, about) for about, to in sent(asked)}
    assert theirs[MAYA] == ["001-A1"], "the others are hers to answer for now, and not to watch"
    assert theirs[HELEN] == ["001-A3", "001-A2"]


def test_a_case_that_moved_is_overseen_where_it_is_now(asked: Month) -> None:
    asked.rows.append(allocation("10000001", "Petra Park", "Will West", "South", round="2026-12"))
    asked.save_sheet()
    passes(asked, "2026-12-08", OVERSIGHT)
    assert sent(asked) == [(ONE, MARK)]
    assert len(on_list(asked, ONE)) == 4


def test_oversight_of_a_month_that_was_missed_goes_late_within_it_and_not_later(asked: Month) -> None:
    passes(asked, "2026-12-21")
    assert sent(asked) == [(ONE, MAYA), (TWO, MARK)]
    passes(asked, "2027-01-04", "2027-01-08")
    assert len(sent(asked)) == 2
