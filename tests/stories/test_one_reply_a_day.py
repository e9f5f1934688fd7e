"""One reply a day about an audit, to what was sent last: nobody is told what is no longer so."""

from datetime import date

import pytest

from automation.documents.form_fill import fill
from tests.stories.test_returns import FIRST, SECOND, received, replies, text
from tests.stories.test_what_comes_back import digests, letters_about, zipped
from tests.support.month import Month

PDF = b"%PDF-1.7 a scan of the form"
FORGED = {"Authentication-Results": "mx.brackenshire.example; spf=fail; dkim=none; dmarc=fail"}


def days(month: Month) -> list[str]:
    """The day of each reply about the first audit."""
    return [one["Date"].datetime.date().isoformat() for one in letters_about(month, FIRST)]


def test_a_reply_that_waited_is_not_sent_after_a_newer_one(started: Month) -> None:
    """Passes on weekdays only: asked back on Friday, again on Friday, and complete on Saturday."""
    for grade in ("Good/RI", "Good?"):
        started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade=grade), "2026-11-13")
        started.on("2026-11-13")
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), "2026-11-14")
    started.on("2026-11-16")
    assert days(started) == ["2026-11-13", "2026-11-16"]
    assert "Check what we recorded" in text(letters_about(started, FIRST)[-1])
    started.on("2026-11-17")
    assert len(days(started)) == 2


def test_the_same_file_twice_in_one_pass_gets_its_receipt_with_the_questions(started: Month) -> None:
    form = started.filled(FIRST, "toby.tarn", strengths="none")
    for _ in range(2):
        started.reply("toby.tarn", form)
    started.on("2026-11-12")
    started.on("2026-11-13")
    (receipt,) = letters_about(started, FIRST)
    assert "No strength is named" in text(receipt)


@pytest.mark.parametrize("forged", [False, True])
def test_what_cannot_be_used_does_not_take_the_place_of_a_receipt(started: Month, forged: bool) -> None:
    concern = {"immediate_concern": "Yes", "concern_details": "The adult at home has changed."}
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", **concern))
    headers = FORGED if forged else None
    started.reply("toby.tarn", PDF, subject=f"RE: {FIRST}", headers=headers)
    started.on("2026-11-12")
    receipt = letters_about(started, FIRST)[0]
    assert receipt in replies(started, "receipt")
    assert "What we recorded" in text(receipt)
    assert "make sure now, by phone" in " ".join(text(receipt).split())


def test_an_older_form_does_not_take_the_place_of_a_newer_one(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="Inadequate"), "2026-11-12")
    started.on("2026-11-13")
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="Good"), "2026-11-10")
    started.on("2026-11-13")
    assert received(started)["overall_grade"] == "Inadequate"


def test_going_back_to_an_earlier_form_is_a_newer_version(started: Month) -> None:
    first = started.filled(FIRST, "toby.tarn", overall_grade="Good")
    for day, form in (
        ("2026-11-10", first),
        ("2026-11-11", started.filled(FIRST, "toby.tarn", overall_grade="Requires improvement")),
        ("2026-11-12", first),
    ):
        started.reply("toby.tarn", form, day)
        started.on(day)
    assert received(started)["overall_grade"] == "Good"
    assert "was Requires improvement, now Good" in " ".join(text(letters_about(started, FIRST)[-1]).split())


def test_a_held_mail_that_is_put_back_unchanged_is_not_answered_again(started: Month) -> None:
    started.reply("toby.tarn", PDF)
    started.on("2026-11-12")
    (held,) = started.mailbox.glob("filed/needs-a-person/*.eml")
    held.rename(started.inbox / "again.eml")
    started.on("2026-11-13")
    assert len(replies(started, "return_held")) == 1
    assert not list(started.inbox.iterdir())


def test_a_reply_that_waited_does_not_go_to_somebody_who_has_left(started: Month) -> None:
    for grade in ("Good/RI", "Good?"):
        started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade=grade))
        started.on("2026-11-12")
    started.person("T2")["left_on"] = date(2026, 11, 12)
    started.save_sheet()
    started.on("2026-11-13")
    assert len(days(started)) == 1


def test_a_reply_that_waited_does_not_tell_of_a_case_that_may_not_be_written_about(started: Month) -> None:
    for grade in ("Good/RI", "Good?"):
        started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade=grade))
        started.on("2026-11-12")
    started.rows[0]["status"] = "Restricted"
    started.save_sheet()
    started.on("2026-11-13")
    assert len(days(started)) == 1


def test_a_correction_with_gaps_says_that_the_form_before_it_stands(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", reasons=""), "2026-11-16")
    started.on("2026-11-16")
    assert "the one before it stands" in " ".join(text(letters_about(started, FIRST)[-1]).split())
    assert received(started)


def test_none_in_the_table_of_actions_is_no_action(started: Month) -> None:
    form = started.filled(FIRST, "toby.tarn", overall_grade="Inadequate")
    empty = {f"actions_{n}_{column}": "" for n in (1, 2, 3) for column in ("action", "owner", "by_when")}
    form = fill(form, {**empty, "actions_1_action": "None", "actions_1_by_when": "n/a"})
    started.reply("toby.tarn", form)
    started.on("2026-11-12")
    told = " ".join(text(letters_about(started, FIRST)[0]).split())
    assert "You recommended no actions." in told
    assert "A grade is Inadequate and no action is recommended" in told


def test_the_blank_form_beside_the_filled_one_is_left_aside_and_an_annex_told_to_qa(started: Month) -> None:
    blank = started.form_sent(FIRST, "toby.tarn")
    started.reply("toby.tarn", zipped(a=started.filled(FIRST, "toby.tarn"), b=blank, c=PDF))
    started.on("2026-11-12")
    assert received(started)
    assert "Another file came with it, a PDF" in digests(started)


def test_what_the_covering_mail_says_is_told_to_qa_and_usual_words_are_not(started: Month) -> None:
    said = (
        "Hi, the form is attached. The team manager on it is wrong since last week, and I am worried about "
        "how the sister is doing.\n\nKind regards\nToby\n\nFrom: Case audits\nYour audit is due"
    )
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), text=said)
    usual = "Please find my completed audit attached.\n\nKind regards\nPaul Pond\nPractice Supervisor"
    started.reply("paul.pond", started.filled(SECOND, "paul.pond"), text=usual)
    started.on("2026-11-12")
    assert "I am worried about how the sister is doing.’" in digests(started)
    assert "Please find my completed audit" not in digests(started)


def test_a_forged_form_does_not_keep_anybody_from_being_reminded(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), headers=FORGED)
    started.on("2026-11-12")
    started.on("2026-11-23")
    assert ("reminder", FIRST, "toby.tarn") in started.sent()


def test_an_auditor_is_not_chased_while_their_form_waits_that_a_colleague_sent(started: Month) -> None:
    started.reply("petra.park", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    started.on("2026-11-23")
    assert FIRST not in [one[1] for one in started.sent("reminder")]
