"""Audits are moderated: which, by whom, each message once, and what comes back joined to what was there."""

from datetime import date

import pytest

from automation.account import status
from automation.adapters.clock import FixedClock
from automation.documents.form_reader import FormsReader
from automation.domain.calendar import Calendar
from automation.lines import status_lines
from automation.service import Service, working_calendar
from tests.stories.test_bounces import FULL, come_back
from tests.support.moderating import (
    ACTION,
    FIRST,
    FOURTH,
    MARK,
    PAM,
    QUINN,
    SECOND,
    THIRD,
    actions,
    attached,
    events,
    letter,
    mails,
    moderated,
    moderation,
    passes,
    returns,
    rules,
    send,
    sent_to,
    with_deciders,
    words,
)
from tests.support.month import DOMAIN, WITHOUT_PAGES, Month

PACK, REMINDER, OUTCOME = "moderation_pack", "moderation_reminder", "moderation_outcome"
STOOD_DOWN = "moderation_stood_down"


@pytest.fixture
def council(started: Month) -> Month:
    """The month, with nobody in the sample: only grades and the sheet make a moderation."""
    rules(started, ("percent = 20", "percent = 0"))
    return with_deciders(started)


def inadequate(council: Month) -> str:
    """The first audit comes back as Inadequate, and its moderator is asked. Who that is."""
    returns(council, FIRST, "toby.tarn", "Inadequate")
    passes(council, "2026-11-13")
    ((_, moderator),) = sent_to(council, PACK)
    return moderator


def test_inadequate_and_outstanding_are_always_moderated_and_the_others_are_not(council: Month) -> None:
    returns(council, FIRST, "toby.tarn", "Inadequate")
    returns(council, SECOND, "paul.pond", "Good")
    returns(council, THIRD, "tara.town", "Outstanding")
    returns(council, FOURTH, "maya.moss", "Requires improvement")
    passes(council, "2026-11-13", "2026-11-16")
    assert [one for one, _ in sent_to(council, PACK)] == [FIRST, THIRD]
    assert [moderation(council, one) for one in (SECOND, FOURTH)] == [None, None]


def test_the_rest_are_drawn_by_reference_and_a_second_run_draws_nobody_else(started: Month) -> None:
    for reference, auditor in ((FIRST, "toby.tarn"), (SECOND, "paul.pond")):
        returns(with_deciders(started) if reference == FIRST else started, reference, auditor, "Good")
    passes(started, "2026-11-13", "2026-11-13", "2026-11-16")
    assert [one for one, _ in sent_to(started, PACK)] == [SECOND]
    found = moderation(started, SECOND)
    assert found is not None
    assert found.why == "sample"
    assert "It was drawn for the sample." in words(letter(started, PACK))


def test_the_moderator_gets_the_audit_and_the_form_once_and_nobody_else_does(council: Month) -> None:
    moderator = inadequate(council)
    passes(council, "2026-11-13", "2026-11-16", "2026-11-17")
    assert sent_to(council, PACK) == [(FIRST, moderator)]
    assert moderator in (MARK, PAM), "not North's managers, and Helen Hart would decide on its actions"
    mail = letter(council, PACK)
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == [f"{FIRST}.docx", f"{FIRST}-moderation.docx"]
    assert "by Friday 27 November 2026" in words(mail)
    assert FIRST in str(mail["Subject"])
    assert not mail["Cc"]


def test_the_moderation_form_shows_all_that_it_is_to_show(council: Month) -> None:
    content = attached(council, inadequate(council), f"{FIRST}-moderation.docx")
    reading = FormsReader(council.settings.forms).read(content)
    assert reading.kind == "moderation"
    assert reading.prefilled == {
        "reference": reading.prefilled["reference"],
        "case_number": "10000001",
        "team": "North",
        "auditor": "Toby Tarn",
        "round": "November 2026",
        "auditor_grade": "Inadequate",
        "answer_by": "27 November 2026",
    }


def test_moderation_begins_on_the_working_day_after_the_form_came(council: Month) -> None:
    returns(council, FIRST, "toby.tarn", "Inadequate", "2026-11-13")
    passes(council, "2026-11-13", "2026-11-14", "2026-11-15")
    assert moderation(council, FIRST) is None
    passes(council, "2026-11-16")
    assert moderation(council, FIRST) is not None


def test_whoever_the_sheet_names_moderates_whatever_the_grade(council: Month) -> None:
    council.rows[0]["moderator"] = "Quinn Hale"
    council.save_sheet()
    returns(council, FIRST, "toby.tarn", "Good")
    passes(council, "2026-11-13")
    assert sent_to(council, PACK) == [(FIRST, QUINN)]


@pytest.mark.parametrize("named", ["Maya Moss", "Tara Town", "Wendy Wood", "Rita Rowe"])
def test_a_named_moderator_with_a_part_in_the_case_is_told_to_qa_and_sent_nothing(
    council: Month, named: str
) -> None:
    council.rows[0]["moderator"] = named
    council.save_sheet()
    returns(council, FIRST, "toby.tarn", "Inadequate")
    outcome = passes(council, "2026-11-13", "2026-11-16")
    assert sent_to(council, PACK) == []
    (told,) = [one for one in outcome.problems if "to be moderated" in one.what]
    assert told.what.startswith(f"{FIRST} is to be moderated, and nobody can do it. {named} is the ")
    council.rows[0]["moderator"] = "Pam Reid"
    council.save_sheet()
    outcome = passes(council, "2026-11-17")
    assert sent_to(council, PACK) == [(FIRST, PAM)]
    assert not [one for one in outcome.problems if "to be moderated" in one.what]


def test_where_nobody_may_moderate_qa_is_told_and_nothing_is_sent(council: Month) -> None:
    roles = '["Head of Service", "Service Manager", "Principal Social Worker"]\n# A mod'
    rules(council, (roles, '["Team Manager"]\n# A mod'))
    returns(council, FIRST, "toby.tarn", "Inadequate")
    outcome = passes(council, "2026-11-13")
    assert sent_to(council, PACK) == []
    assert [one.what for one in outcome.problems if one.stops] == [
        f"{FIRST} is to be moderated, and nobody can do it. Nobody of the moderators’ roles may look at it."
    ]


def test_two_audits_for_one_moderator_are_one_mail_a_day(council: Month) -> None:
    for row in (0, 1):
        council.rows[row]["moderator"] = "Pam Reid"
    council.save_sheet()
    returns(council, FIRST, "toby.tarn", "Good")
    returns(council, SECOND, "paul.pond", "Good")
    passes(council, "2026-11-13")
    assert council.sent(PACK) == [(PACK, "moderation-pack-2026-11-13", PAM)]
    mail = letter(council, PACK)
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        f"{one}{form}.docx" for one in (FIRST, SECOND) for form in ("", "-moderation")
    ]
    assert str(mail["Subject"]) == "Please moderate 2 audits"


def test_one_reminder_and_one_chase_go_to_the_moderator_and_stop_with_the_form(council: Month) -> None:
    moderator = inadequate(council)
    council.each_day("2026-11-16", "2026-11-23")
    assert sent_to(council, REMINDER) == []
    passes(council, "2026-11-24", "2026-11-24", "2026-11-25")
    assert sent_to(council, REMINDER) == [(FIRST, moderator)]
    assert "by Friday 27 November 2026" in words(letter(council, REMINDER))
    council.each_day("2026-11-26", "2026-12-20")
    assert sent_to(council, REMINDER) == [(FIRST, moderator)] * 2
    assert letter(council, REMINDER)["Date"].datetime.date().isoformat() == "2026-12-01"
    assert "today: it was due on" in words(letter(council, REMINDER))


def test_a_moderator_who_has_answered_is_not_reminded(council: Month) -> None:
    moderator = inadequate(council)
    send(council, FIRST, moderator, moderated("Inadequate", "Yes"), "2026-11-24")
    council.each_day("2026-11-24", "2026-12-04")
    assert sent_to(council, REMINDER) == []


def test_the_outcome_goes_once_to_the_auditor_and_the_team_manager_alone(council: Month) -> None:
    moderator = inadequate(council)
    send(council, FIRST, moderator, moderated("Requires improvement", actions=[ACTION]), "2026-11-18")
    passes(council, "2026-11-18")
    assert sent_to(council, OUTCOME) == [], "the moderator may still correct it"
    council.each_day("2026-11-19", "2026-11-22")
    passes(council, "2026-11-23", "2026-11-23")
    assert sent_to(council, OUTCOME) == [(FIRST, "tara.town"), (FIRST, "toby.tarn")]
    auditor, manager = (letter(council, OUTCOME, one) for one in ("toby.tarn", "tara.town"))
    for mail in (auditor, manager):
        told = words(mail)
        assert "Auditor’s grade: Inadequate" in told
        assert "Moderated grade: Requires improvement" in told
        assert "Two steps of the plan passed their date." in told
        assert "Put a date to each step of the plan." in told
        assert "by Thursday 26 November 2026" in told
        assert [part.get_filename() for part in mail.iter_attachments()] == [f"{FIRST}-response.docx"]
        assert not mail["Cc"]
    assert "You showed what changed for the child." in words(auditor)
    assert "You showed what changed" not in words(manager), "it is for the auditor alone"
    assert "Discuss it with Wendy Wood, and record the discussion as supervision" in words(manager)


def test_both_grades_and_their_distance_are_kept(council: Month) -> None:
    moderator = inadequate(council)
    send(council, FIRST, moderator, moderated("Good"), "2026-11-18")
    passes(council, "2026-11-18")
    (facts,) = [facts for what, facts in events(council, FIRST) if what == "moderation returned"]
    assert {key: facts[key] for key in ("auditor_grade", "moderated_grade", "shift", "grades")} == {
        "auditor_grade": "Inadequate",
        "moderated_grade": "Good",
        "shift": "up",
        "grades": 2,
    }
    found = moderation(council, FIRST)
    assert found is not None
    assert found.answered is not None
    assert found.answered.answers["moderated_grade"] == "Good"


def test_additional_actions_join_the_audits_and_a_repeated_one_is_linked_to_it(council: Month) -> None:
    moderator = inadequate(council)
    first = actions(council, FIRST, "audit")[0]
    again = {"action": f" {first.text.upper()} ", "owner": "Team manager", "by_when": "12/1/2027"}
    undated = {"action": "Ask the school for its view.", "by_when": "ASAP"}
    send(council, FIRST, moderator, moderated("Inadequate", "Yes", [ACTION, again, undated]), "2026-11-18")
    passes(council, "2026-11-18", "2026-11-19")
    made = actions(council, FIRST, "moderation")
    assert [(one.id, one.same_as) for one in made] == [
        (f"{FIRST}-M1", None),
        (f"{FIRST}-M2", first.id),
        (f"{FIRST}-M3", None),
    ]
    assert [(one.owner, one.due and one.due.isoformat()) for one in made] == [
        ("Social worker", "2027-01-08"),
        ("Team manager", "2027-01-12"),
        ("", None),
    ]
    asked = words(letter(council, "form_received", moderator))
    assert "Action 3 has no owner. Who will do it?" in asked
    assert "Action 3 has no date that we can read." in asked
    assert "Action 1 has" not in asked
    assert "(the audit has it already)" in words(letter(council, OUTCOME, "tara.town"))


def test_a_corrected_moderation_counts_until_it_is_passed_on_and_then_waits_for_qa(council: Month) -> None:
    moderator = inadequate(council)
    send(council, FIRST, moderator, moderated("Good", actions=[ACTION, ACTION]), "2026-11-18")
    passes(council, "2026-11-18")
    send(council, FIRST, moderator, moderated("Inadequate", "Yes", [ACTION]), "2026-11-18")
    passes(council, "2026-11-18", "2026-11-19")
    assert [one.outcome.value for one in mails(council)][-1] == "newer version"
    assert "Moderated grade: Inadequate (the same)" in words(letter(council, OUTCOME, "toby.tarn"))
    assert [one.state for one in actions(council, FIRST, "moderation")] == ["open", "withdrawn"]
    send(council, FIRST, moderator, moderated("Outstanding"), "2026-11-20")
    passes(council, "2026-11-20", "2026-11-23")
    held = mails(council)[-1]
    assert (held.outcome.value, held.form_waits) == ("needs a person", True)
    found = moderation(council, FIRST)
    assert found is not None
    assert found.answered is not None
    assert found.answered.answers["moderated_grade"] == "Inadequate"
    assert len(sent_to(council, OUTCOME)) == 2


@pytest.mark.parametrize("sender", ["toby.tarn", "tara.town", "wendy.wood"])
def test_a_moderation_form_from_anybody_else_is_held(council: Month, sender: str) -> None:
    moderator = inadequate(council)
    send(council, FIRST, sender, moderated("Good"), "2026-11-18", form_of=moderator)
    passes(council, "2026-11-18", "2026-11-19")
    assert mails(council)[-1].outcome.value == "needs a person"
    assert sent_to(council, OUTCOME) == []


def test_a_corrected_audit_is_held_once_moderation_has_begun_unless_qa_takes_it(council: Month) -> None:
    moderator = inadequate(council)
    council.reply("toby.tarn", council.filled(FIRST, "toby.tarn", overall_grade="Good"), "2026-11-16")
    passes(council, "2026-11-16")
    assert mails(council)[-1].outcome.value == "needs a person"
    council.rows[0]["status"] = "Take correction"
    council.save_sheet()
    council.reply("toby.tarn", council.filled(FIRST, "toby.tarn", overall_grade="Outstanding"), "2026-11-17")
    passes(council, "2026-11-17", "2026-11-18")
    assert mails(council)[-1].outcome.value == "newer version"
    found = moderation(council, FIRST)
    assert found is not None
    assert (found.version, found.due.isoformat()) == (2, "2026-12-01")
    assert sent_to(council, PACK) == [(FIRST, moderator)] * 2
    assert "Grade given: Outstanding" in words(letter(council, PACK))


def test_when_the_moderator_leaves_somebody_else_is_asked_and_the_first_is_told_nothing(
    council: Month,
) -> None:
    moderator = inadequate(council)
    key = "S1" if moderator == PAM else "M2"
    council.person(key)["left_on"] = date(2026, 11, 17)
    council.save_sheet()
    passes(council, "2026-11-17")
    assert len(sent_to(council, PACK)) == 1, "the leaving day is worked"
    before = len(council.letters())
    passes(council, "2026-11-18")
    other = MARK if moderator == PAM else PAM
    assert sent_to(council, PACK) == sorted([(FIRST, moderator), (FIRST, other)])
    assert len(council.letters()) == before + 1
    send(council, FIRST, other, moderated("Inadequate", "Yes"), "2026-11-19")
    passes(council, "2026-11-19", "2026-11-20")
    assert len(sent_to(council, OUTCOME)) == 2


def test_when_a_named_moderator_leaves_qa_is_told(council: Month) -> None:
    council.rows[0]["moderator"] = "Pam Reid"
    council.save_sheet()
    returns(council, FIRST, "toby.tarn", "Good")
    passes(council, "2026-11-13")
    council.person("S1")["left_on"] = date(2026, 11, 17)
    council.save_sheet()
    outcome = passes(council, "2026-11-18")
    assert any("‘Pam Reid’ left on 17 November 2026" in one.what for one in outcome.problems)
    assert len(sent_to(council, PACK)) == 1, "the row waits for QA"


@pytest.mark.parametrize("status", ["Held", "Restricted", "Withdrawn"])
def test_nothing_is_sent_about_an_audit_that_may_not_be_written_about(council: Month, status: str) -> None:
    returns(council, FIRST, "toby.tarn", "Inadequate")
    council.rows[0]["status"] = status
    council.save_sheet()
    passes(council, "2026-11-13", "2026-11-16")
    assert moderation(council, FIRST) is None
    council.rows[0]["status"] = None
    council.save_sheet()
    passes(council, "2026-11-17")
    ((_, moderator),) = sent_to(council, PACK)
    council.rows[0]["status"] = status
    council.save_sheet()
    send(council, FIRST, moderator, moderated("Inadequate", "Yes"), "2026-11-18")
    passes(council, "2026-11-18", "2026-11-19")
    assert sent_to(council, OUTCOME) == []


def test_nothing_is_begun_or_passed_on_while_the_forms_cannot_be_collected(council: Month) -> None:
    returns(council, FIRST, "toby.tarn", "Inadequate")
    ports, inbox = council.ports(), council.inbox
    inbox.rmdir()
    inbox.write_text("This stands in the way of the folder.")
    outcome = Service(council.settings, ports).once(FixedClock(date(2026, 11, 13)))
    ports.store.close()
    assert outcome.unavailable
    inbox.unlink()
    assert sent_to(council, PACK) == []
    passes(council, "2026-11-13")
    assert len(sent_to(council, PACK)) == 1


def test_moderating_alone_still_collects_what_has_come_in_first(council: Month) -> None:
    moderator = inadequate(council)
    send(council, FIRST, moderator, moderated("Inadequate", "Yes"), "2026-11-24")
    council.on("2026-11-24", jobs=("moderate",))
    assert sent_to(council, REMINDER) == []


def test_a_service_that_is_new_to_moderation_does_not_begin_with_old_audits(council: Month) -> None:
    returns(council, FIRST, "toby.tarn", "Inadequate")
    without = [job for job in WITHOUT_PAGES if job not in ("moderate", "digest")]
    council.on("2026-11-20", without)
    passes(council, "2026-12-14")
    assert moderation(council, FIRST) is None
    returns(council, SECOND, "paul.pond", "Inadequate", "2026-12-14")
    passes(council, "2026-12-15")
    assert [one for one, _ in sent_to(council, PACK)] == [SECOND]


def test_a_pack_that_came_back_goes_again_to_the_address_that_was_put_right(council: Month) -> None:
    council.rows[0]["moderator"] = "Pam Reid"
    council.save_sheet()
    returns(council, FIRST, "toby.tarn", "Good")
    passes(council, "2026-11-13")
    come_back(council, "moderation-pack", f"{PAM}@brackenshire.example", day="2026-11-13")
    outcome = passes(council, "2026-11-16")
    assert "Mail to Pam Reid comes back." in " ".join(one.what for one in outcome.problems)
    council.person("S1")["address"] = "pamela.reid@brackenshire.example"
    council.save_sheet()
    passes(council, "2026-11-17", "2026-11-18", "2026-11-19")
    assert sent_to(council, PACK) == [(FIRST, PAM), (FIRST, "pamela.reid")]
    assert attached(council, "pamela.reid", f"{FIRST}-moderation.docx")


def test_qa_is_told_when_the_case_has_no_team_manager_to_tell(council: Month) -> None:
    moderator = inadequate(council)
    council.teams[0]["manager"] = None
    council.save_sheet()
    send(council, FIRST, moderator, moderated("Inadequate", "Yes"), "2026-11-18")
    outcome = passes(council, "2026-11-18", "2026-11-19")
    assert sent_to(council, OUTCOME) == [(FIRST, "toby.tarn")]
    assert [one.what for one in outcome.problems if "moderation of" in one.what] == [
        f"The outcome of the moderation of {FIRST} was not sent to the team manager: the Teams sheet names "
        "no manager for North."
    ]


def test_a_team_manager_who_comes_later_is_not_sent_the_outcome_anew(council: Month) -> None:
    moderator = inadequate(council)
    send(council, FIRST, moderator, moderated("Inadequate", "Yes"), "2026-11-18")
    passes(council, "2026-11-18", "2026-11-19")
    council.teams[0]["manager"] = "Petra Park"
    council.save_sheet()
    passes(council, "2026-11-20")
    assert sent_to(council, OUTCOME) == [(FIRST, "tara.town"), (FIRST, "toby.tarn")]


def test_status_counts_how_far_moderators_agree(council: Month) -> None:
    moderator = inadequate(council)
    send(council, FIRST, moderator, moderated("Good"), "2026-11-18")
    passes(council, "2026-11-18")
    ports, settings = council.ports(), council.settings
    calendar = Calendar(working_calendar(settings, 2026), {})
    scale = settings.form.grades.words if settings.form.grades else ()
    told = status(ports.store, calendar, date(2026, 11, 19), scale)
    ports.store.close()
    assert (
        "Moderation of November 2026: 1 moderated = 0 agreed + 1 up + 0 down; 0 disputed, 0 not back yet"
        in list(status_lines(told))
    )


# Somebody else moderates


def renamed(council: Month, name: str, *rows: int) -> None:
    """QA names another moderator in these rows of the sheet."""
    for row in rows:
        council.rows[row]["moderator"] = name
    council.save_sheet()


def test_a_moderator_who_is_replaced_is_stood_down_once_in_one_mail_for_all_their_audits(
    council: Month,
) -> None:
    renamed(council, "Pam Reid", 0, 1)
    returns(council, FIRST, "toby.tarn", "Good")
    returns(council, SECOND, "paul.pond", "Good")
    passes(council, "2026-11-13", "2026-11-16")
    assert council.sent(STOOD_DOWN) == []
    renamed(council, "Quinn Hale", 0, 1)
    passes(council, "2026-11-17", "2026-11-17", "2026-11-18", "2026-11-24")
    assert council.sent(STOOD_DOWN) == [(STOOD_DOWN, "moderation-stood-down-2026-11-17", PAM)]
    assert sent_to(council, STOOD_DOWN) == [(FIRST, PAM), (SECOND, PAM)]
    told = words(letter(council, STOOD_DOWN))
    assert told.startswith("From today, do nothing more for the moderation of 2 audits.")
    assert "Quinn" not in told, "who moderates now is not for them to know"


def test_a_moderator_who_gets_an_audit_back_is_stood_down_anew_when_they_lose_it_again(
    council: Month,
) -> None:
    returns(council, FIRST, "toby.tarn", "Good")
    for name, day in (("Pam Reid", "13"), ("Quinn Hale", "16"), ("Pam Reid", "17"), ("Quinn Hale", "18")):
        renamed(council, name, 0)
        passes(council, f"2026-11-{day}")
    assert sent_to(council, STOOD_DOWN) == [(FIRST, PAM), (FIRST, PAM), (FIRST, QUINN)]
    passes(council, "2026-11-19", "2026-11-20")
    assert len(sent_to(council, STOOD_DOWN)) == 3


def test_a_moderator_whose_pack_never_arrived_is_not_told_that_it_is_not_theirs(council: Month) -> None:
    renamed(council, "Pam Reid", 0)
    returns(council, FIRST, "toby.tarn", "Good")
    passes(council, "2026-11-13")
    come_back(council, "moderation-pack-2026-11-13", f"{PAM}@{DOMAIN}", FULL, day="2026-11-13")
    passes(council, "2026-11-13")
    renamed(council, "Quinn Hale", 0)
    passes(council, "2026-11-16", "2026-11-17")
    assert sent_to(council, STOOD_DOWN) == []


def test_the_form_of_a_moderator_who_was_stood_down_does_not_count(council: Month) -> None:
    renamed(council, "Pam Reid", 0)
    returns(council, FIRST, "toby.tarn", "Good")
    passes(council, "2026-11-13")
    renamed(council, "Quinn Hale", 0)
    passes(council, "2026-11-16")
    send(council, FIRST, PAM, moderated("Inadequate"), "2026-11-17")
    passes(council, "2026-11-17", "2026-11-18")
    assert mails(council)[-1].outcome.value == "needs a person"
    assert sent_to(council, OUTCOME) == []
