"""The finished audit goes to those who should have it: each once, with what they are asked to do."""

import io
from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage

import docx
import pytest

from automation.service import REPLIES_ONLY, Outcome
from tests.stories.test_bounces import come_back
from tests.stories.test_returns import outcomes, replies, text
from tests.support.month import DOMAIN, WITHOUT_PAGES, Month, Row

FIRST, SECOND = "CFA-2026-11-001", "CFA-2026-11-002"
OFFICER: Row = {
    "key": "Q1",
    "name": "Quinn Ashe",
    "address": f"quinn.ashe@{DOMAIN}",
    "role": "QA and Audit Officer",
    "line_manager": "None",
}
USUAL = ["maya.moss", "quinn.ashe", "rita.rowe", "tara.town", "wendy.wood"]


@pytest.fixture
def council(started: Month) -> Month:
    """The first day is over, and there is a QA and Audit Officer."""
    started.staff.append(dict(OFFICER))
    started.save_sheet()
    return started


def had(month: Month, reference: str = FIRST, version: int = 1) -> list[str]:
    """Who has had a version of an audit, by the store: the local parts of their addresses."""
    ports = month.ports()
    try:
        gone = ports.store.sendings("sent", reference)
        mine = [one for one in gone if one.key.startswith(f"{reference}/share/{version}")]
        return sorted(one.address.partition("@")[0] for one in mine)
    finally:
        ports.store.close()


def mails(month: Month, to: str = "") -> list[EmailMessage]:
    """The mails with finished audits, to one person or to all, oldest first."""
    found = [one for one in month.letters() if "/share/" in str(one["X-Case-Audit-Key"])]
    found = [one for one in found if not to or str(one["To"].addresses[0].username) == to]
    return sorted(found, key=lambda one: one["Date"].datetime)


def said(month: Month, to: str) -> str:
    """The words of the newest such mail to somebody, on one line."""
    return " ".join(text(mails(month, to)[-1]).split())


def attached(mail: EmailMessage) -> dict[str, bytes]:
    """The files of a mail by name."""
    return {
        str(one.get_filename()): bytes(one.get_payload(decode=True) or b"") for one in mail.iter_attachments()
    }


def return_form(
    month: Month, reference: str = FIRST, who: str = "toby.tarn", day: str = "2026-11-12", **answers: str
) -> None:
    """An auditor's form comes back."""
    month.reply(who, month.filled(reference, who, day=day, **answers), day)


def told(outcome: Outcome) -> list[str]:
    """The problems about sharing."""
    return [str(one) for one in outcome.problems if "shared" in str(one) or "finished audit" in str(one)]


def test_a_finished_audit_goes_to_those_who_answer_for_the_case_and_to_nobody_else(council: Month) -> None:
    return_form(council)
    council.on("2026-11-12")
    assert had(council) == USUAL
    assert sorted(str(one["To"].addresses[0].username) for one in mails(council)) == USUAL
    assert all(not one["Cc"] for one in mails(council))


def test_each_is_told_what_to_do_with_it_and_all_that_it_is_not_for_the_file(council: Month) -> None:
    return_form(council, overall_grade="Good")
    council.on("2026-11-12")
    steps = {
        "tara.town": "Discuss it with Wendy Wood, and record the discussion as supervision",
        "wendy.wood": "Talk it over with your team manager",
        "maya.moss": "See that the actions are done in time",
        "rita.rowe": "Take what it says into the child’s next review",
        "quinn.ashe": "Keep it for moderation",
    }
    for who, step in steps.items():
        others = [other for other in steps.values() if other != step]
        assert step in said(council, who)
        assert not [other for other in others if other in said(council, who)]
        assert "Do not upload the audit to the file" in said(council, who)
        assert "Overall grade: Good" in said(council, who)
        assert mails(council, who)[0]["Subject"] == f"{FIRST}: the finished audit"


def test_an_audit_that_was_not_discussed_goes_to_the_manager_alone_who_is_told_so(council: Month) -> None:
    return_form(council, discussed="No", discussed_on="")
    council.on("2026-11-12")
    assert had(council) == [one for one in USUAL if one != "wendy.wood"]
    assert "The social worker has not seen this audit." in said(council, "tara.town")
    assert "Show it to Wendy Wood yourself" in said(council, "tara.town")
    assert "has not seen" not in said(council, "maya.moss")


def test_one_person_in_two_roles_gets_one_copy_with_both_their_next_steps(council: Month) -> None:
    council.rows[0]["reviewer"] = "Maya Moss"
    council.save_sheet()
    return_form(council)
    council.on("2026-11-12")
    assert had(council) == [one for one in USUAL if one != "rita.rowe"]
    words = said(council, "maya.moss")
    assert "See that the actions are done in time" in words
    assert "into the child’s next review" in words
    assert words.count("A note on the child’s file says") == 1
    assert len(attached(mails(council, "maya.moss")[0])) == 1


def test_a_manager_who_holds_the_case_discusses_it_with_their_own(council: Month) -> None:
    council.rows[0]["social_worker"] = "Tara Town"
    council.save_sheet()
    return_form(council)
    council.on("2026-11-12")
    assert had(council) == [one for one in USUAL if one != "wendy.wood"]
    assert "Discuss it with your own manager, as you hold the case" in said(council, "tara.town")


@pytest.mark.parametrize("wish", ["Yes", "No", ""])
def test_the_previous_workers_team_manager_gets_it_when_the_auditor_asks(council: Month, wish: str) -> None:
    council.rows[1]["previous_worker"] = "Will West"
    council.save_sheet()
    return_form(council, SECOND, "paul.pond", share_previous=wish)
    council.on("2026-11-12")
    assert ("toby.tarn" in had(council, SECOND)) is (wish == "Yes")
    if wish == "Yes":
        assert "There is learning in it for Will West" in said(council, "toby.tarn")
    assert "will.west" not in had(council, SECOND)


def test_the_auditor_gets_none_whatever_else_they_are(council: Month) -> None:
    """Toby manages the previous worker's team, and has the receipt."""
    council.rows[0]["previous_worker"] = "Will West"
    council.save_sheet()
    return_form(council, share_previous="Yes")
    outcome = council.on("2026-11-12")
    assert had(council) == USUAL
    assert told(outcome) == []


def test_nobody_gets_it_twice_however_often_the_service_runs(council: Month) -> None:
    return_form(council)
    council.each_day("2026-11-12", "2026-12-04")
    assert had(council) == USUAL
    assert len(mails(council)) == len(USUAL)


def test_it_waits_for_the_sending_hours(council: Month) -> None:
    return_form(council)
    council.on("2026-11-12", REPLIES_ONLY)
    assert council.sent("receipt")
    assert had(council) == []
    council.on("2026-11-13")
    assert had(council) == USUAL


def test_several_audits_to_one_person_are_one_mail_a_day(council: Month) -> None:
    return_form(council)
    return_form(council, SECOND, "paul.pond")
    council.on("2026-11-12")
    (mail,) = mails(council, "tara.town")
    assert mail["Subject"] == "2 finished audits"
    assert sorted(attached(mail)) == [f"{FIRST}.docx", f"{SECOND}.docx"]
    words = said(council, "tara.town")
    assert words.index(f"{FIRST} ----") < words.index(f"{SECOND} ----")
    assert had(council) == had(council, SECOND) == USUAL


def test_an_audit_that_comes_later_on_the_day_waits_for_tomorrows_mail(council: Month) -> None:
    return_form(council)
    council.on("2026-11-12")
    return_form(council, SECOND, "paul.pond")
    council.on("2026-11-12")
    assert had(council, SECOND) == []
    council.on("2026-11-13")
    assert had(council, SECOND) == USUAL
    assert [list(attached(one)) for one in mails(council, "tara.town")] == [
        [f"{FIRST}.docx"],
        [f"{SECOND}.docx"],
    ]


def test_the_copy_holds_what_was_recorded_and_the_original_stays_as_it_came(council: Month) -> None:
    form = council.filled(FIRST, "toby.tarn", strengths="The child’s drawings are in the plan.")
    council.reply("toby.tarn", form)
    council.on("2026-11-12")
    (copied,) = attached(mails(council, "tara.town")[0]).values()
    document = docx.Document(io.BytesIO(copied))
    words = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "The child’s drawings are in the plan." in words
    assert "Toby Tarn" in words
    assert "Version 1. The first complete form came on 12 November 2026." in words
    assert "Toby" not in document.core_properties.author + document.core_properties.last_modified_by
    kept = [one.read_bytes() for one in (council.folder / "state" / "originals").glob("*/*")]
    assert kept == [form]


def test_a_copy_that_is_sent_back_is_no_return(council: Month) -> None:
    return_form(council)
    council.on("2026-11-12")
    (copied,) = attached(mails(council, "tara.town")[0]).values()
    council.reply("toby.tarn", copied, "2026-11-13")
    council.on("2026-11-13")
    assert outcomes(council)[1] == "needs a person"
    assert "attached file is not the audit form" in " ".join(text(replies(council, "return_held")[0]).split())


# Corrections


def test_a_correction_goes_to_exactly_those_who_had_the_version_before(council: Month) -> None:
    return_form(council, overall_grade="Good", discussed="No", discussed_on="")
    council.on("2026-11-12")
    council.teams[0]["service_manager"] = "Mark Mead"
    council.save_sheet()
    return_form(council, day="2026-11-16", overall_grade="Inadequate", discussed="Yes")
    council.on("2026-11-16")
    assert had(council) == ["maya.moss", "quinn.ashe", "rita.rowe", "tara.town"]
    assert had(council, version=2) == [
        *("mark.mead", "maya.moss", "quinn.ashe"),
        *("rita.rowe", "tara.town", "wendy.wood"),
    ]
    for corrected in ("maya.moss", "rita.rowe", "tara.town"):
        assert f"{FIRST}: corrected, version 2" in said(council, corrected)
        assert "Overall grade: was Good, now Inadequate" in said(council, corrected)
    for first in ("mark.mead", "wendy.wood"):
        assert "corrected" not in said(council, first)
        assert "Overall grade: Inadequate" in said(council, first)
    assert "Put this version in the place of the one that you were sent" in said(council, "maya.moss")
    assert "See that the actions" not in said(council, "maya.moss"), "she has no part in it any more"


def test_whoever_missed_a_version_is_told_what_changed_since_theirs(council: Month) -> None:
    for day, grade in (("2026-11-12", "Good"), ("2026-11-12", "Outstanding"), ("2026-11-12", "Inadequate")):
        return_form(council, day=day, overall_grade=grade, reasons=f"It is {grade.lower()} on the whole.")
        council.on(day)
    council.on("2026-11-13")
    assert had(council, version=2) == []
    assert had(council, version=3) == USUAL
    assert "Overall grade: was Good, now Inadequate" in said(council, "tara.town")


def test_a_correction_before_anything_was_shared_is_everybodys_first(council: Month) -> None:
    for grade in ("Good", "Inadequate"):
        return_form(council, overall_grade=grade)
    council.on("2026-11-12")
    assert had(council) == []
    assert had(council, version=2) == USUAL
    assert "corrected" not in said(council, "tara.town")


def test_a_correction_goes_however_late_it_comes(council: Month) -> None:
    return_form(council)
    council.on("2026-11-12")
    return_form(council, day="2026-12-15", overall_grade="Inadequate")
    council.on("2026-12-15")
    assert had(council, version=2) == USUAL


# Who cannot be sent it


@pytest.mark.parametrize("status", ["Held", "Restricted", "Withdrawn"])
def test_nothing_is_shared_of_an_audit_that_may_not_be_written_about(council: Month, status: str) -> None:
    return_form(council)
    council.on("2026-11-12", REPLIES_ONLY)
    council.rows[0]["status"] = status
    council.save_sheet()
    outcome = council.on("2026-11-13")
    assert had(council) == []
    assert told(outcome) == []
    council.rows[0]["status"] = None
    council.save_sheet()
    council.on("2026-11-16")
    assert had(council) == USUAL


def test_a_leaver_gets_none_and_qa_is_told_who_did_not(council: Month) -> None:
    council.person("M1")["left_on"] = date(2026, 11, 6)
    council.save_sheet()
    return_form(council)
    (problem,) = told(council.on("2026-11-12"))
    assert had(council) == [one for one in USUAL if one != "maya.moss"]
    assert problem == (
        f"Sheet Allocations, row 2: {FIRST} was not shared with the service manager: the Teams sheet names "
        "no service manager for North. Name the service manager in the Teams sheet. It is sent by itself if "
        "that is done by 26 November 2026."
    )
    council.teams[0]["service_manager"] = "Mark Mead"
    council.save_sheet()
    assert told(council.on("2026-11-13")) == []
    assert "mark.mead" in had(council)


def test_while_its_row_has_a_problem_an_audit_waits_and_is_shared_when_that_is_mended(council: Month) -> None:
    council.person("R1")["left_on"] = date(2026, 11, 6)
    council.save_sheet()
    return_form(council)
    council.on("2026-11-12")
    assert had(council) == []
    council.rows[0]["reviewer"] = "Helen Hart"
    council.save_sheet()
    council.on("2026-11-13")
    assert had(council) == sorted({*USUAL, "helen.hart"} - {"rita.rowe"})


@pytest.mark.parametrize(
    ("key", "who", "why"),
    [
        ("manager", "team manager", "the Teams sheet names no manager for North"),
        ("service_manager", "service manager", "the Teams sheet names no service manager for North"),
    ],
)
def test_a_team_without_a_manager_is_told_to_qa(council: Month, key: str, who: str, why: str) -> None:
    return_form(council)
    council.on("2026-11-12", REPLIES_ONLY)
    council.teams[0][key] = None
    council.save_sheet()
    (problem,) = [one for one in told(council.on("2026-11-13")) if "not shared" in one]
    assert f"was not shared with the {who}: {why}." in problem
    assert len(had(council)) == len(USUAL) - 1


def test_a_vacant_post_is_told_where_the_audit_was_done_together(council: Month) -> None:
    council.rows[0]["social_worker"] = "Vacant"
    council.save_sheet()
    return_form(council)
    (problem,) = told(council.on("2026-11-12"))
    assert "was not shared with the social worker: the sheet names no social worker for the case" in problem
    assert "Discuss it with whoever holds the case" in said(council, "tara.town")


def test_a_wish_that_the_sheet_cannot_fulfil_is_told(council: Month) -> None:
    return_form(council, share_previous="Yes")
    (problem,) = told(council.on("2026-11-12"))
    assert "with the team manager of the previous worker: the sheet names no previous worker" in problem


def test_where_nobody_is_qa_and_audit_officer_qa_is_told_once(started: Month) -> None:
    return_form(started)
    outcome = started.on("2026-11-12")
    assert told(outcome) == [
        "Sheet Staff: Nobody has the role QA and Audit Officer, so no finished audit goes to one. Add them, "
        "with this role."
    ]
    assert outcome.code == 0
    started.on("2026-11-13")
    digests = [" ".join(text(one).split()) for one in replies(started, "digest")]
    assert sum("Nobody has the role QA and Audit Officer" in one for one in digests) == 1


def test_a_mail_that_came_back_goes_again_to_the_mended_address(council: Month) -> None:
    return_form(council)
    return_form(council, SECOND, "paul.pond")
    council.on("2026-11-12")
    come_back(council, "share-2026-11-12/share/1/T1", f"tara.town@{DOMAIN}", day="2026-11-12")
    outcome = council.on("2026-11-13")
    assert len([one for one in told(outcome) if "mail to Tara Town comes back" in one]) == 2
    council.person("T1")["address"] = f"t.town@{DOMAIN}"
    council.save_sheet()
    council.each_day("2026-11-16", "2026-11-18")
    (again,) = mails(council, "t.town")
    assert sorted(attached(again)) == [f"{FIRST}.docx", f"{SECOND}.docx"]
    assert "corrected" not in text(again)
    assert len(mails(council)) == len(USUAL) + 1


def test_a_full_mailbox_gets_two_more_tries_and_no_more(council: Month) -> None:
    return_form(council)
    council.on("2026-11-12")
    for number, day in enumerate(("2026-11-12", "2026-11-13", "2026-11-16"), start=1):
        assert len(mails(council, "tara.town")) == number
        full = ("5.2.2", "554 5.2.2 mailbox full")
        come_back(council, f"share-{day}/share/1/T1", f"tara.town@{DOMAIN}", full, day=day)
        council.on(day)
        council.on("2026-11-13" if number == 1 else "2026-11-16")
    council.each_day("2026-11-17", "2026-11-25")
    assert len(mails(council, "tara.town")) == 3
    assert len(mails(council, "maya.moss")) == 1


def test_who_had_it_before_their_address_died_is_not_told_of(council: Month) -> None:
    return_form(council)
    council.on("2026-11-12")
    come_back(council, "CFA-2026-11-004/case-details/auditor", f"maya.moss@{DOMAIN}", day="2026-11-12")
    outcome = council.on("2026-11-13")
    assert any("Maya Moss, came back" in one.what for one in outcome.problems)
    assert told(outcome) == []


# What was recorded before


def without_share(month: Month, days: Sequence[str]) -> None:
    """Passes of a service that did not share yet."""
    for day in days:
        month.on(day, [job for job in WITHOUT_PAGES if job != "share"])


def test_what_was_recorded_long_before_is_not_shared_and_qa_is_told_once(council: Month) -> None:
    return_form(council)
    without_share(council, ["2026-11-12"])
    return_form(council, SECOND, "paul.pond", day="2026-11-23")
    without_share(council, ["2026-11-23"])
    assert [one for one in told(council.on("2026-11-27")) if FIRST in one] == [
        "Round November 2026: Not shared, because the form came over 10 working days ago: "
        f"{FIRST}. Send them by hand, or set Status to Send late on their rows and they are shared."
    ]
    assert had(council) == []
    assert had(council, SECOND) == USUAL
    council.each_day("2026-11-28", "2026-12-02")
    digests = [" ".join(text(one).split()) for one in replies(council, "digest")]
    assert sum("Not shared, because" in one for one in digests) == 1
    council.rows[0]["status"] = "Send late"
    council.save_sheet()
    council.on("2026-12-03")
    assert had(council) == USUAL


def test_a_return_of_ten_working_days_ago_is_still_shared(council: Month) -> None:
    return_form(council)
    without_share(council, ["2026-11-12"])
    council.on("2026-11-26")
    assert had(council) == USUAL


def test_nobody_new_is_sent_an_audit_weeks_after_it_was_shared(council: Month) -> None:
    return_form(council)
    council.on("2026-11-12")
    council.teams[0]["service_manager"] = "Mark Mead"
    council.save_sheet()
    council.each_day("2026-11-27", "2026-12-01")
    assert had(council) == USUAL


def test_a_late_return_of_a_round_that_is_over_is_shared_too(council: Month) -> None:
    return_form(council, day="2027-01-12")
    council.on("2027-01-12")
    assert had(council) == USUAL
