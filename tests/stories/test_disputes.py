"""Somebody does not accept a moderation: who decides, what they are told, and what their decision changes."""

import shutil
from pathlib import Path

import pytest

from automation.documents.form_reader import FormsReader
from tests.support.moderating import (
    ACTION,
    FIRST,
    HELEN,
    PAM,
    QUINN,
    Rows,
    Says,
    actions,
    attached,
    decided_actions,
    decided_grade,
    disputes,
    letter,
    mails,
    moderated,
    passes,
    response,
    returns,
    send,
    sent_to,
    with_deciders,
    words,
)
from tests.support.month import Month

DISPUTE, REMINDER = "dispute", "dispute_reminder"
GRADE_OUTCOME, ACTIONS_OUTCOME = "dispute_outcome_grade", "dispute_outcome_actions"
TOBY, TARA = "toby.tarn", "tara.town"
PARKED = {"action": "Hold a family group conference.", "owner": "Team manager", "by_when": "15/1/2027"}


@pytest.fixture(scope="session")
def outcome_told(tmp_path_factory: pytest.TempPathFactory, first_day: Path) -> Path:
    """What the service keeps when Pam Reid has moderated the first audit, with two more actions, and the
    auditor, Toby Tarn, and the team manager, Tara Town, have had the outcome: played once."""
    month = Month(tmp_path_factory.mktemp("outcome-told"))
    shutil.copytree(first_day, month.folder / "state")
    prepared(month)
    returns(month, FIRST, TOBY, "Good")
    passes(month, "2026-11-13")
    send(month, FIRST, PAM, moderated("Inadequate", actions=[ACTION, PARKED]), "2026-11-18")
    passes(month, "2026-11-18", "2026-11-19")
    assert sent_to(month, "moderation_outcome") == [(FIRST, TARA), (FIRST, TOBY)]
    return month.folder / "state"


def prepared(month: Month) -> Month:
    """The month with its deciders, and a moderator named for the first audit."""
    month.rows[0]["moderator"] = "Pam Reid"
    return with_deciders(month)


@pytest.fixture
def told(month: Month, outcome_told: Path) -> Month:
    """The outcome has gone, on 19 November."""
    shutil.copytree(outcome_told, month.folder / "state")
    return prepared(month)


def disputed(told: Month, says: Says, sender: str = TOBY) -> None:
    """A response comes on Monday 23 November, and is passed on the day after."""
    send(told, FIRST, sender, says, "2026-11-23")
    passes(told, "2026-11-23", "2026-11-24")


def test_who_accepts_the_outcome_opens_nothing(told: Month) -> None:
    disputed(told, response("Yes", "Yes"))
    passes(told, "2026-11-25")
    assert disputes(told, FIRST) == ()
    assert sent_to(told, DISPUTE) == []


def test_a_disputed_grade_goes_to_the_head_of_service_for_quality_assurance_alone(told: Month) -> None:
    disputed(told, response("No", "Yes"))
    passes(told, "2026-11-24", "2026-11-25")
    assert sent_to(told, DISPUTE) == [(FIRST, QUINN)]
    (opened,) = disputes(told, FIRST)
    assert (opened.kind, opened.due.isoformat()) == ("grade", "2026-12-08")
    mail = letter(told, DISPUTE)
    said = words(mail)
    for view in (
        "Toby Tarn, auditor, on Monday 23 November 2026: would give Outstanding",
        "Both steps were taken up in June.",
        "Auditor’s grade: Good",
        "Moderated grade: Inadequate",
        "Two steps of the plan passed their date.",
        "by Tuesday 8 December 2026",
    ):
        assert view in said
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == [f"{FIRST}.docx", f"{FIRST}-decision-grade.docx"]


def test_disputed_actions_go_to_the_head_of_service_of_the_cases_area(told: Month) -> None:
    disputed(told, response("Yes", "No"), TARA)
    assert sent_to(told, DISPUTE) == [(FIRST, HELEN)]
    mail = letter(told, DISPUTE)
    said = words(mail)
    assert "Tara Town, team manager, on Monday 23 November 2026" in said
    assert "The first cannot be done before the hearing." in said
    assert "Hold a family group conference." in said
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == [f"{FIRST}.docx", f"{FIRST}-decision-actions.docx"]


def test_both_may_be_disputed_at_once_each_with_its_own_decider_and_clock(told: Month) -> None:
    disputed(told, response("No", "No"))
    assert sorted(sent_to(told, DISPUTE)) == [(FIRST, HELEN), (FIRST, QUINN)]
    send(told, FIRST, QUINN, decided_grade("Good"), "2026-11-26")
    passes(told, "2026-11-26", "2026-11-27")
    assert {one.kind: one.decided is not None for one in disputes(told, FIRST)} == {
        "actions": False,
        "grade": True,
    }
    assert len(sent_to(told, GRADE_OUTCOME)) == 3
    assert sent_to(told, ACTIONS_OUTCOME) == []
    passes(told, "2026-12-03")
    assert sent_to(told, REMINDER) == [(FIRST, HELEN)]


def test_a_response_can_be_corrected_until_the_day_after(told: Month) -> None:
    send(told, FIRST, TOBY, response("No", "No"), "2026-11-23")
    passes(told, "2026-11-23")
    send(told, FIRST, TOBY, response("Yes", "Yes"), "2026-11-23")
    passes(told, "2026-11-23", "2026-11-24")
    assert disputes(told, FIRST) == ()


def test_a_response_without_a_grade_or_reasons_is_asked_about(told: Month) -> None:
    disputed(told, response("No", "No", own_grade="", grade_why="", actions_why=""))
    asked = words(letter(told, "form_received", TOBY))
    assert "Which grade would you give, and why?" in asked
    assert "You do not accept the actions. Which ones, and why?" in asked
    assert "No reasons were given." in words(letter(told, DISPUTE, QUINN))


@pytest.mark.parametrize("sender", ["wendy.wood", PAM, "paul.pond"])
def test_a_response_counts_from_those_alone_who_had_the_outcome(told: Month, sender: str) -> None:
    send(told, FIRST, sender, response("No", "No"), "2026-11-23", form_of=TOBY)
    passes(told, "2026-11-23", "2026-11-24")
    assert mails(told)[-1].outcome.value == "needs a person"
    assert disputes(told, FIRST) == ()


def test_with_nobody_or_two_people_to_decide_on_grades_qa_is_told_and_nothing_is_sent(told: Month) -> None:
    told.person("Q1")["role"] = "Service Manager"
    told.save_sheet()
    disputed(told, response("No", "Yes"))
    nobody = passes(told, "2026-11-24")
    assert [one.what for one in nobody.problems if "disputes the" in one.what] == [
        f"{FIRST}: a response disputes the grade, and nobody was asked to decide: nobody has the role ‘Head "
        "of Service for Quality Assurance’."
    ]
    for key in ("Q1", "M2"):
        told.person(key)["role"] = "Head of Service for Quality Assurance"
    told.save_sheet()
    two = passes(told, "2026-11-25")
    assert any("2 people have the role" in one.what for one in two.problems)
    assert (sent_to(told, DISPUTE), disputes(told, FIRST)) == ([], ())
    told.person("M2")["role"] = "Service Manager"
    told.save_sheet()
    one = passes(told, "2026-11-26")
    assert sent_to(told, DISPUTE) == [(FIRST, QUINN)]
    assert not [problem for problem in one.problems if "disputes the" in problem.what]


@pytest.mark.parametrize(
    ("head", "part"),
    [
        ("Toby Tarn", "the auditor"),
        ("Pam Reid", "the moderator"),
        ("Tara Town", "the team manager of the case"),
    ],
)
def test_nobody_with_a_part_in_it_decides_and_qa_is_told(told: Month, head: str, part: str) -> None:
    told.teams[0]["head_of_service"] = head
    told.save_sheet()
    disputed(told, response("Yes", "No"))
    outcome = passes(told, "2026-11-24")
    assert sent_to(told, DISPUTE) == []
    assert [one.what for one in outcome.problems if "disputes the" in one.what] == [
        f"{FIRST}: a response disputes the actions, and nobody was asked to decide: {head}, who would "
        f"decide, is {part}."
    ]


def test_the_decision_goes_to_those_who_had_the_outcome_and_to_the_moderator(told: Month) -> None:
    disputed(told, response("No", "Yes"))
    send(told, FIRST, QUINN, decided_grade("Requires improvement"), "2026-12-01")
    passes(told, "2026-12-01")
    assert sent_to(told, GRADE_OUTCOME) == [], "it may still be corrected"
    passes(told, "2026-12-02", "2026-12-02", "2026-12-03")
    assert sent_to(told, GRADE_OUTCOME) == [(FIRST, PAM), (FIRST, TARA), (FIRST, TOBY)]
    for reader in (PAM, TARA, TOBY):
        said = words(letter(told, GRADE_OUTCOME, reader))
        assert "Final grade: Requires improvement" in said
        assert "Moderated grade: Inadequate" in said
        assert "Auditor’s grade: Good" in said
        assert "The child lost nothing by it." in said
        assert "Both steps were taken up in June." not in said, "that was for the decider"


def test_a_later_response_reaches_the_decider_with_the_reminder(told: Month) -> None:
    disputed(told, response("No", "Yes"))
    send(told, FIRST, TARA, response("No", "Yes", grade_why="Drift was seen and stopped."), "2026-11-25")
    passes(told, "2026-11-25", "2026-11-26")
    assert sent_to(told, DISPUTE) == [(FIRST, QUINN)]
    passes(told, "2026-12-03", "2026-12-03", "2026-12-04")
    assert sent_to(told, REMINDER) == [(FIRST, QUINN)]
    said = words(letter(told, REMINDER))
    assert "Tara Town, team manager, on Wednesday 25 November 2026" in said
    assert "Drift was seen and stopped." in said
    assert "Both steps were taken up in June." in said
    told.each_day("2026-12-07", "2026-12-18")
    assert sent_to(told, REMINDER) == [(FIRST, QUINN)] * 2
    assert "2 days late" in words(letter(told, REMINDER))


def test_a_decision_that_comes_again_counts_until_it_is_passed_on_and_then_waits_for_qa(told: Month) -> None:
    disputed(told, response("No", "Yes"))
    send(told, FIRST, QUINN, decided_grade("Outstanding"), "2026-12-01")
    passes(told, "2026-12-01")
    send(told, FIRST, QUINN, decided_grade("Good"), "2026-12-01")
    passes(told, "2026-12-01", "2026-12-02")
    assert "Final grade: Good" in words(letter(told, GRADE_OUTCOME, TOBY))
    send(told, FIRST, QUINN, decided_grade("Inadequate"), "2026-12-03")
    passes(told, "2026-12-03", "2026-12-04")
    held = mails(told)[-1]
    assert (held.outcome.value, held.form_waits) == ("needs a person", True)
    assert len(sent_to(told, GRADE_OUTCOME)) == 3


@pytest.mark.parametrize("sender", [TOBY, HELEN, PAM])
def test_a_decision_from_anybody_else_is_held(told: Month, sender: str) -> None:
    disputed(told, response("No", "Yes"))
    send(told, FIRST, sender, decided_grade("Good"), "2026-12-01", form_of=QUINN)
    passes(told, "2026-12-01", "2026-12-02")
    assert mails(told)[-1].outcome.value == "needs a person"
    assert sent_to(told, GRADE_OUTCOME) == []


def decided(told: Month, decision: str, rows: Rows = ()) -> dict[str, str]:
    """Helen Hart decides on the actions. The state of each."""
    disputed(told, response("Yes", "No"))
    send(told, FIRST, HELEN, decided_actions(decision, rows), "2026-12-01")
    passes(told, "2026-12-01", "2026-12-02")
    return {one.id.removeprefix(f"{FIRST}-"): one.state for one in actions(told, FIRST)}


def test_a_changed_list_takes_the_place_of_the_actions_before(told: Month) -> None:
    new = {"action": "Ask the health visitor for dates.", "owner": "Social worker", "by_when": "20/1/2027"}
    later = PARKED | {"by_when": "1/3/2027"}
    audits = [one.id.removeprefix(f"{FIRST}-") for one in actions(told, FIRST, "audit")]
    states = decided(told, "Changed", [ACTION, later, new])
    assert states == {
        **dict.fromkeys(audits, "withdrawn"),
        "M1": "open",
        "M2": "withdrawn",
        "D1": "open",
        "D2": "open",
        "D3": "open",
    }
    counting = {one.text for one in actions(told, FIRST) if one.counts}
    assert counting == {ACTION["action"], PARKED["action"], new["action"]}
    said = words(letter(told, ACTIONS_OUTCOME, TARA))
    assert "who: Team manager; by when: 1 March 2027" in said
    assert "15 January 2027" not in said
    assert sent_to(told, ACTIONS_OUTCOME) == [(FIRST, PAM), (FIRST, TARA), (FIRST, TOBY)]


def test_when_none_stands_all_are_withdrawn_and_when_all_stand_none_is(told: Month) -> None:
    assert set(decided(told, "None stands").values()) == {"withdrawn"}
    assert "No action stands." in words(letter(told, ACTIONS_OUTCOME, TARA))


def test_when_all_stand_nothing_changes(told: Month) -> None:
    before = actions(told, FIRST)
    decided(told, "All stand")
    assert actions(told, FIRST) == before


def test_a_corrected_decision_lets_stand_what_the_first_one_withdrew(told: Month) -> None:
    before = actions(told, FIRST)
    disputed(told, response("Yes", "No"))
    send(told, FIRST, HELEN, decided_actions("None stands"), "2026-12-01")
    passes(told, "2026-12-01")
    assert {one.state for one in actions(told, FIRST)} == {"withdrawn"}
    send(told, FIRST, HELEN, decided_actions("All stand"), "2026-12-01")
    passes(told, "2026-12-01", "2026-12-02")
    assert actions(told, FIRST) == before


def test_a_changed_list_that_was_left_out_is_asked_for_and_changes_nothing(told: Month) -> None:
    before = actions(told, FIRST)
    decided(told, "Changed")
    assert actions(told, FIRST) == before
    assert "Which are to be done?" in words(letter(told, "form_received", HELEN))


def test_when_the_decider_leaves_the_one_who_follows_is_asked(told: Month) -> None:
    disputed(told, response("Yes", "No"))
    told.teams[0]["head_of_service"] = "Quinn Hale"
    told.save_sheet()
    passes(told, "2026-11-25", "2026-11-26")
    assert sent_to(told, DISPUTE) == [(FIRST, HELEN), (FIRST, QUINN)]
    send(told, FIRST, HELEN, decided_actions("All stand"), "2026-11-27")
    passes(told, "2026-11-27")
    assert mails(told)[-1].outcome.value == "needs a person"
    send(told, FIRST, QUINN, decided_actions("All stand"), "2026-11-30")
    passes(told, "2026-11-30", "2026-12-01")
    assert len(sent_to(told, ACTIONS_OUTCOME)) == 3


def test_what_is_disputed_after_the_decision_is_told_to_qa(told: Month) -> None:
    disputed(told, response("No", "Yes"))
    send(told, FIRST, QUINN, decided_grade("Good"), "2026-12-01")
    passes(told, "2026-12-01", "2026-12-02")
    send(told, FIRST, TARA, response("No", "Yes"), "2026-12-03")
    outcome = passes(told, "2026-12-03")
    assert [one.what for one in outcome.problems if "disputes the" in one.what] == [
        f"{FIRST}: a response disputes the grade after the dispute was decided."
    ]
    assert sent_to(told, DISPUTE) == [(FIRST, QUINN)]


def test_the_response_form_shows_the_actions_and_both_grades(told: Month) -> None:
    reading = FormsReader(told.settings.forms).read(attached(told, TOBY, f"{FIRST}-response.docx"))
    assert reading.kind == "response"
    assert reading.prefilled["auditor_grade"] == "Good"
    assert reading.prefilled["moderated_grade"] == "Inadequate"
    assert "added in moderation" in reading.prefilled["actions_now"]
    assert "from the audit" in reading.prefilled["actions_now"]
    assert reading.prefilled["answer_by"] == "26 November 2026"
    assert "" not in reading.prefilled.values()


@pytest.mark.parametrize(("kind", "to"), [("grade", QUINN), ("actions", HELEN)])
def test_a_decision_form_has_every_answer_that_is_to_be_shown(told: Month, kind: str, to: str) -> None:
    disputed(told, response("No", "No"))
    content = attached(told, to, f"{FIRST}-decision-{kind}.docx")
    reading = FormsReader(told.settings.forms).read(content)
    assert reading.kind == f"decision_{kind}"
    assert "" not in reading.prefilled.values()
    assert "Toby Tarn, auditor" in reading.prefilled["views"]
