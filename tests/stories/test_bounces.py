"""Mail comes back: QA is told the same day, the row is flagged, and nothing more goes to a dead address."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest

from automation.domain.dealt_mail import DealtMail
from automation.domain.dealt_mail import Outcome as Dealt
from automation.domain.message import Bounce
from automation.domain.problem import Problem
from automation.service import REPLIES_ONLY, Outcome
from tests.support.automatic_mails import AUTOMATIC, EXCHANGE, failed, mail, report
from tests.support.month import DOMAIN, WITHOUT_PAGES, Month, Row

FIRST, SECOND = "CFA-2026-11-001", "CFA-2026-11-002"
TOBY, MARK, MORGAN = (f"{one}@{DOMAIN}" for one in ("toby.tarn", "mark.mead", "morgan.ellery"))
UNKNOWN, FULL = ("5.1.10", "550 5.1.10 not found"), ("5.2.2", "554 5.2.2 mailbox full")


def passes(month: Month, *days: str) -> Outcome:
    """A pass on each of these days, without QA's digest. What the last one came to."""
    return [month.on(day, [job for job in WITHOUT_PAGES if job != "digest"]) for day in days][-1]


def letters(month: Month, about: str) -> list[EmailMessage]:
    """The letters whose key begins so, in the order of their days."""
    found = [one for one in month.letters() if str(one["X-Case-Audit-Key"]).startswith(about)]
    return sorted(found, key=lambda one: one["Date"].datetime)


def come_back(
    month: Month,
    about: str,
    address: str = TOBY,
    why: tuple[str, str] = UNKNOWN,
    action: str = "failed",
    day: str = "2026-11-02",
) -> None:
    """The newest letter whose key begins so comes back from an address."""
    letter = letters(month, about)[-1]
    content = report(
        EXCHANGE,
        f"Undeliverable: {letter['Subject']}",
        failed(*why, address, action),
        back=("message/rfc822", letter.as_string()),
    )
    deliver(month, content, day)


def deliver(month: Month, content: bytes, day: str = "2026-11-02") -> None:
    """Put a mail into the inbox, dated so."""
    when = f"Date: {date.fromisoformat(day):%a, %d %b %Y} 09:00:00 +0000".encode()
    number = sum(1 for _ in month.mailbox.rglob("*.eml"))
    content = content.replace(b"Date: Mon, 2 Nov 2026 08:05:00 +0000", when)
    (month.inbox / f"{number:04d}.eml").write_bytes(content)


def told(month: Month) -> list[str]:
    """The texts of the messages to QA about mail that came back, each on one line."""
    bodies = (one.get_body(("plain",)) for one in letters(month, "bounced/"))
    return [" ".join(str(one.get_content()).split()) for one in bodies if one]


def flags(problems: Sequence[Problem]) -> list[str]:
    """The problems about mail that came back."""
    return [str(one) for one in problems if "came back" in one.what or "delivery report" in one.what]


def to(month: Month, kind: str) -> list[tuple[str, str]]:
    """What each message of a kind was about, and whom it went to."""
    return [(about, who) for _, about, who in month.sent(kind)]


def test_a_hard_bounce_flags_the_row_and_qa_hears_of_it_in_the_same_pass(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    outcome = passes(started, "2026-11-02")
    assert flags(outcome.problems) == [
        "Sheet Allocations, row 2: Mail to the auditor, Toby Tarn, came back on 2 November 2026: there is "
        "no such mailbox. They have not had the case details. Correct the address in Staff, or name "
        "another auditor. If the address is right and works by now, have them send any mail to this service.",
        *(
            f"Sheet Allocations, row {n}: Mail to the team manager, Toby Tarn, came back on 2 November 2026: "
            "there is no such mailbox. Correct the address in Staff, or name another manager in Teams. If "
            "the address is right and works by now, have them send any mail to this service."
            for n in (4, 5)
        ),
    ]
    assert to(started, "bounced") == [("bounced", "morgan.ellery")]
    (words,) = told(started)
    assert f"Toby Tarn, {TOBY}: there is no such mailbox. - Case details about {FIRST}" in words
    assert [one.parent.name for one in started.mailbox.glob("filed/*/*")] == ["automatic"]


def test_qa_is_told_outside_the_sending_hours_too_and_once_only(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    started.on("2026-11-02", REPLIES_ONLY)
    assert len(told(started)) == 1
    passes(started, "2026-11-02", "2026-11-03", "2026-11-10", "2026-11-23")
    assert len(told(started)) == 1


def test_nothing_more_goes_to_a_dead_address(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-03", "2026-11-23", "2026-12-02")
    after = [one for one in started.sent() if one[2] == "toby.tarn" and not one[0].startswith("case_details")]
    assert after == []
    assert len(to(started, "reminder")) == 3
    outcome = passes(started, "2026-12-03")
    assert not [one for one in outcome.problems if "not sent" in one.what], "it is told once, not at each try"


def test_several_bounces_are_one_message_and_a_person_is_named_once(started: Month) -> None:
    for one in (f"{FIRST}/case-details/auditor", "CFA-2026-11-003/case-details/team_manager"):
        come_back(started, one)
    come_back(started, f"{SECOND}/case-details/auditor", f"paul.pond@{DOMAIN}")
    outcome = passes(started, "2026-11-02")
    (words,) = told(started)
    assert "mail to 2 people came back" in words
    assert words.count(TOBY) == 1
    assert "Case details about CFA-2026-11-003" in words
    rows = [one.split(":")[0] for one in flags(outcome.problems)]
    assert rows == [f"Sheet Allocations, row {n}" for n in (2, 3, 4, 5)], "he manages the team of two more"


def test_a_second_report_on_the_same_message_is_not_told_again(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-02")
    come_back(started, f"{FIRST}/case-details/auditor", why=("5.1.1", "550 really unknown"))
    passes(started, "2026-11-03")
    assert len(told(started)) == 1


def test_a_later_message_tells_only_what_is_new(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-02")
    come_back(started, f"{SECOND}/case-details/auditor", f"paul.pond@{DOMAIN}", day="2026-11-03")
    passes(started, "2026-11-03", "2026-11-04")
    first, second = told(started)
    assert (TOBY in first, TOBY in second) == (True, False)
    assert f"paul.pond@{DOMAIN}" in second


def test_somebody_in_two_roles_on_an_audit_is_flagged_once(month: Month) -> None:
    month.rows[0]["social_worker"] = "Tara Town"
    month.save_sheet()
    month.on("2026-11-02")
    come_back(month, f"{FIRST}/case-details/team_manager", f"tara.town@{DOMAIN}")
    outcome = passes(month, "2026-11-02")
    assert [one.split(":")[0] for one in flags(outcome.problems)] == [
        f"Sheet Allocations, row {n}" for n in (2, 3, 4)
    ]


def test_a_dead_managers_copy_is_left_out_and_the_auditor_is_chased_all_the_same(started: Month) -> None:
    passes(started, "2026-11-23")
    come_back(started, f"{FIRST}/reminder", MARK, day="2026-11-23")
    outcome = passes(started, "2026-11-23")
    assert "Copy of the reminder about CFA-2026-11-001" in told(started)[0]
    assert [one for one in flags(outcome.problems) if "Sheet Staff, Mark Mead" in one]
    passes(started, "2026-12-02")
    assert len(to(started, "reminder")) == 4
    (overdue,) = letters(started, f"{FIRST}/overdue")
    assert overdue["Cc"] is None
    assert "Mark Mead" not in str(overdue.get_body(("plain",)))
    assert letters(started, f"{SECOND}/overdue")[0]["Cc"]


def test_a_corrected_address_gets_the_case_details_once_and_is_chased_like_any_other(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-02")
    started.person("T2")["address"] = f"toby.tarn2@{DOMAIN}"
    started.save_sheet()
    outcome = passes(started, "2026-11-04")
    assert flags(outcome.problems) == []
    passes(started, "2026-11-05", "2026-11-23")
    mine = [who for about, who in to(started, "case_details_auditor") if about == FIRST]
    assert mine == ["toby.tarn", "toby.tarn2"]
    assert started.form_sent(FIRST, "toby.tarn2")
    assert (FIRST, "toby.tarn2") in to(started, "reminder")


def test_a_corrected_address_late_in_the_month_is_told_before_it_is_chased(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-02")
    started.person("T2")["address"] = f"toby.tarn2@{DOMAIN}"
    started.save_sheet()
    passes(started, "2026-11-25", "2026-11-26", "2026-11-30")
    assert (FIRST, "toby.tarn2") in to(started, "case_details_auditor")
    assert (FIRST, "toby.tarn2") not in to(started, "reminder")
    passes(started, "2026-12-02")
    assert (FIRST, "toby.tarn2") in to(started, "overdue")


def test_an_address_corrected_after_the_due_date_asks_for_an_extension(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-02")
    started.person("T2")["address"] = f"toby.tarn2@{DOMAIN}"
    started.save_sheet()
    outcome = passes(started, "2026-12-02")
    assert [one for one in flags(outcome.problems) if "Give the audit an extension" in one]
    assert (FIRST, "toby.tarn2") not in to(started, "overdue")
    started.rows[0] |= {"extension": "18/12/2026", "extension_approved_by": "Helen Hart"}
    started.save_sheet()
    outcome = passes(started, "2026-12-03")
    assert flags(outcome.problems) == []
    assert (FIRST, "toby.tarn2") in to(started, "case_details_auditor")


def test_a_new_address_that_is_dead_too_is_flagged_and_told_again(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-02")
    started.person("T2")["address"] = f"toby.tarn2@{DOMAIN}"
    started.save_sheet()
    passes(started, "2026-11-03")
    come_back(started, f"{FIRST}/case-details/auditor", f"toby.tarn2@{DOMAIN}", day="2026-11-03")
    outcome = passes(started, "2026-11-04")
    assert len(flags(outcome.problems)) == 3, "as auditor, and as the manager of the team of two audits"
    assert len(told(started)) == 2


def test_a_full_mailbox_gets_exactly_two_more_tries_and_is_then_flagged(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor", why=FULL)
    outcome = passes(started, "2026-11-02")
    assert [(one.stops, "go again on 3 November" in one.what) for one in outcome.problems] == [(False, True)]
    assert told(started) == []
    tries: dict[int, int] = {}
    for day in (3, 4, 5, 6, 9, 10, 11, 23):
        passes(started, f"2026-11-{day:02d}")
        found = [one for one in to(started, "case_details_auditor") if one[0] == FIRST]
        if len(found) > len(tries) + 1:
            tries[day] = len(found)
            come_back(started, f"{FIRST}/case-details/auditor", why=FULL, day=f"2026-11-{day:02d}")
    assert tries == {3: 2, 5: 3}, "the next working day, and two working days after that"
    outcome = passes(started, "2026-11-23")
    assert "the mailbox is full" in told(started)[0]
    assert len(told(started)) == 1
    assert [one.split(":")[0] for one in flags(outcome.problems)] == [
        f"Sheet Allocations, row {n}" for n in (2, 4, 5)
    ]
    assert (FIRST, "toby.tarn") not in to(started, "reminder")


def test_a_full_mailbox_that_is_emptied_gets_the_case_details_once_more_and_the_reminder(
    started: Month,
) -> None:
    come_back(started, f"{FIRST}/case-details/auditor", why=FULL, day="2026-11-06")
    passes(started, "2026-11-06")
    passes(started, *(f"2026-11-{day:02d}" for day in (7, 8, 9, 10, 23)))
    assert to(started, "case_details_auditor").count((FIRST, "toby.tarn")) == 2
    again = letters(started, f"{FIRST}/case-details/auditor-1.2")
    assert [str(one["Date"])[:11] for one in again] == ["Mon, 09 Nov"]
    assert to(started, "reminder").count((FIRST, "toby.tarn")) == 1
    assert told(started) == []


def test_a_reminder_to_a_full_mailbox_goes_again_to_its_auditor_alone(started: Month) -> None:
    passes(started, "2026-11-23")
    come_back(started, f"{FIRST}/reminder", why=FULL, day="2026-11-23")
    passes(started, *(f"2026-11-{day}" for day in range(24, 28)))
    first, again = letters(started, f"{FIRST}/reminder")
    assert (str(again["To"].addresses[0].addr_spec), again["Cc"]) == (TOBY, None)
    assert first["Cc"]
    assert "line manager, is copied" not in str(again.get_body(("plain",)))


def test_a_receipt_to_a_full_mailbox_goes_again_to_its_reader_alone(started: Month) -> None:
    started.rows[0]["delegate"] = "Helen Hart"
    started.save_sheet()
    started.reply("helen.hart", started.filled(FIRST, "toby.tarn"))
    passes(started, "2026-11-12")
    come_back(started, f"{FIRST}/reply", f"helen.hart@{DOMAIN}", why=FULL, day="2026-11-13")
    passes(started, *(f"2026-11-{day}" for day in range(13, 19)))
    assert to(started, "receipt") == [(FIRST, "helen.hart")] * 2
    first, again = letters(started, f"{FIRST}/reply")
    assert (first["Cc"].addresses[0].addr_spec, again["Cc"]) == (TOBY, None)


def test_mail_that_is_only_late_changes_nothing(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor", why=("4.4.7", "400 delayed"), action="delayed")
    outcome = passes(started, "2026-11-02")
    assert (flags(outcome.problems), told(started)) == ([], [])
    passes(started, "2026-11-23")
    assert (FIRST, "toby.tarn") in to(started, "reminder")


def test_the_flag_goes_when_somebody_else_takes_over_or_the_audit_ends(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/social_worker", f"wendy.wood@{DOMAIN}")
    outcome = passes(started, "2026-11-02")
    assert [one.split(":")[0] for one in flags(outcome.problems)] == [
        f"Sheet Allocations, row {n}" for n in (2, 3)
    ]
    started.rows[0] |= {"social_worker": "Wanda Weir"}
    started.rows[1]["status"] = "Completed on paper"
    started.save_sheet()
    outcome = passes(started, "2026-11-03")
    assert flags(outcome.problems) == []
    assert (FIRST, "wanda.weir") in to(started, "case_details_social_worker")
    assert ("CFA-2026-11-001", "wendy.wood") not in to(started, "stood_down"), "she never heard of it"


def test_a_person_who_writes_from_the_address_has_it_back(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-02")
    started.reply("toby.tarn", None, "2026-11-04", subject="My mailbox works now")
    outcome = passes(started, "2026-11-04")
    assert flags(outcome.problems) == []
    assert to(started, "case_details_auditor").count((FIRST, "toby.tarn")) == 2
    passes(started, "2026-11-23")
    assert (FIRST, "toby.tarn") in to(started, "reminder")


def test_a_person_who_answers_about_the_audit_has_had_the_case_details(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-02")
    started.reply("toby.tarn", None, "2026-11-04", subject=f"RE: {FIRST}")
    passes(started, "2026-11-04")
    assert to(started, "case_details_auditor").count((FIRST, "toby.tarn")) == 1
    passes(started, "2026-11-23")
    assert (FIRST, "toby.tarn") in to(started, "reminder")


def test_an_absence_notice_from_a_dead_address_does_not_bring_it_back(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-02")
    started.reply("toby.tarn", None, "2026-11-04", headers={"Auto-Submitted": "auto-replied"})
    outcome = passes(started, "2026-11-04")
    assert flags(outcome.problems)


def test_qas_own_mail_that_comes_back_goes_on_and_does_not_go_round(month: Month) -> None:
    month.on("2026-10-29")
    for day in range(2, 7):
        month.on(f"2026-11-{day:02d}")
        come_back(month, f"digest-2026-11-{day:02d}", MORGAN, day=f"2026-11-{day:02d}")
    outcome = month.on("2026-11-09")
    assert len(to(month, "digest")) == 7
    assert told(month) == []
    assert [one for one in flags(outcome.problems) if "QA’s mail to Morgan Ellery came back on 6 Nov" in one]


def test_a_message_about_bounces_that_comes_back_makes_no_other(started: Month) -> None:
    officer: Row = {"key": "Q1", "name": "Morgan Ellery", "address": MORGAN, "role": "QA and Audit Officer"}
    started.staff.append(started.staff[0] | officer)
    started.save_sheet()
    come_back(started, f"{FIRST}/case-details/auditor")
    passes(started, "2026-11-02")
    for day in ("2026-11-03", "2026-11-04", "2026-11-05"):
        come_back(started, "bounced/", MORGAN, day=day)
        passes(started, day)
    assert len(told(started)) == 1


def forged(
    address: str, key: str, subject: str = "Undeliverable: audit", why: tuple[str, str] = UNKNOWN
) -> bytes:
    """A report that somebody made up."""
    headers = f"X-Case-Audit-Key: {key}\n"
    return report(
        EXCHANGE, subject, failed(*why, address), back=("text/rfc822-headers", headers if key else "")
    )


@pytest.mark.parametrize(
    ("address", "key", "subject"),
    [
        ("nobody@elsewhere.example", f"{FIRST}/case-details/auditor-1/T2", "Undeliverable"),
        (TOBY, f"{SECOND}/case-details/auditor-1/P2", "Undeliverable"),
        (TOBY, "CFA-2026-10-001/case-details/auditor-1/T2", "Undeliverable"),
        (f"helen.hart@{DOMAIN}", "", f"Undeliverable: {FIRST}"),
        (TOBY, "", "Undeliverable"),
    ],
)
def test_a_report_that_fits_no_message_is_ignored_and_shown_to_qa(
    started: Month, address: str, key: str, subject: str
) -> None:
    deliver(started, forged(address, key, subject))
    outcome = passes(started, "2026-11-02")
    assert told(started) == []
    assert [(one.stops, one.what) for one in outcome.problems] == [
        (False, "This delivery report fits no message that was sent.")
    ]
    passes(started, "2026-11-23")
    assert len(to(started, "reminder")) == 4


def test_a_report_without_our_key_counts_for_two_weeks_for_the_audit_it_names(started: Month) -> None:
    words = f"Could not be delivered:\n\n{TOBY}\n   550 5.1.1 unknown\n"
    bare = mail(f"mailer-daemon@{DOMAIN}", f"Message undeliverable: {FIRST}", "", words)
    deliver(started, bare, "2026-11-20")
    outcome = passes(started, "2026-11-20")
    assert [one for one in flags(outcome.problems) if "fits no message" in one]
    deliver(started, bare.replace(b"unknown", b"unknown here"), "2026-11-13")
    outcome = passes(started, "2026-11-20")
    assert [one.where for one in outcome.problems if "may be mistaken" in one.what] == ["Mail to Toby Tarn"]


@pytest.mark.parametrize("why", [UNKNOWN, FULL])
@pytest.mark.parametrize(
    ("key", "subject"),
    [("", f"Undeliverable: {FIRST}"), (f"{FIRST}/case-details/auditor-1/T2", "Undeliverable: audit")],
)
def test_a_report_that_anybody_could_make_up_is_told_to_qa_and_silences_nobody(
    started: Month, key: str, subject: str, why: tuple[str, str]
) -> None:
    deliver(started, forged(TOBY, key, subject, why))
    outcome = passes(started, "2026-11-02")
    reason = {UNKNOWN: "there is no such mailbox", FULL: "the mailbox is full"}[why]
    assert [str(one) for one in outcome.problems] == [
        f"Mail to Toby Tarn: Case details about {FIRST} may not have arrived. A report of 2 November 2026 "
        f"says: {reason}. It may be mistaken, or it may pass, so mail to the address goes on. "
        "Check the address with them, and correct it if it is wrong."
    ]
    assert not outcome.problems[0].stops
    (words,) = told(started)
    assert "a report that may be mistaken, or it may pass: check the address" in words
    outcome = passes(started, "2026-11-03", "2026-11-04", "2026-11-05", "2026-11-23")
    assert len(told(started)) == 1
    assert to(started, "case_details_auditor").count((FIRST, "toby.tarn")) == 1, "nothing goes again"
    assert (FIRST, "toby.tarn") in to(started, "reminder")
    assert outcome.problems == (), "two weeks later it is over"


def test_a_certain_report_after_an_uncertain_one_counts_and_is_told(started: Month) -> None:
    deliver(started, forged(TOBY, "", f"Undeliverable: {FIRST}"))
    passes(started, "2026-11-02")
    come_back(started, f"{FIRST}/case-details/auditor")
    outcome = passes(started, "2026-11-03")
    assert [one for one in flags(outcome.problems) if "Toby Tarn, came back" in one]
    assert len(told(started)) == 2
    assert "may be mistaken" not in told(started)[1]


def test_a_person_who_writes_ends_an_uncertain_report(started: Month) -> None:
    deliver(started, forged(TOBY, "", f"Undeliverable: {FIRST}"))
    passes(started, "2026-11-02")
    started.reply("toby.tarn", None, "2026-11-04", subject="I am here")
    assert passes(started, "2026-11-04").problems == ()


def test_a_disproved_report_is_strange_whatever_it_names(started: Month) -> None:
    letter = letters(started, f"{FIRST}/case-details/auditor")[-1]
    back = ("message/rfc822", letter.as_string())
    headers = "Authentication-Results: mx; dmarc=fail\n"
    deliver(started, report(EXCHANGE, "Undeliverable", failed(*UNKNOWN, TOBY), headers=headers, back=back))
    outcome = passes(started, "2026-11-02")
    assert ["fits no message" in one.what for one in outcome.problems] == [True]
    assert told(started) == []


def test_a_report_with_half_a_character_in_its_key_stops_no_pass(started: Month) -> None:
    deliver(started, forged(TOBY, "=?raw_unicode_escape?q?=5Cud800/x?="))
    outcome = passes(started, "2026-11-02", "2026-11-03")
    assert (outcome.unavailable, outcome.code) == ((), 0)


def test_such_a_key_that_was_stored_before_stops_no_pass_either(started: Month) -> None:
    for number, key in enumerate(("\ud800/x", "\0/x", "x" * 5000, "é/x")):
        one = DealtMail(
            f"old{number}", date(2026, 11, 2), "x@x.example", Dealt.AUTOMATIC, "bounce",
            bounces=(Bounce(f"\ud800{TOBY}", "hard", "\ud800", key), Bounce(TOBY, "hard", "5.1.1", key)),
        )  # fmt: skip
        ports = started.ports()
        ports.store.learn_mail(one, None, (), datetime(2026, 11, 2, 9, tzinfo=UTC))
        ports.store.close()
    outcome = passes(started, "2026-11-03")
    assert (outcome.unavailable, outcome.code) == ((), 0)


def test_a_report_that_says_nothing_is_shown_to_qa(started: Month) -> None:
    deliver(started, mail(f"mailer-daemon@{DOMAIN}", "failure notice", "", "Something went wrong.\n"))
    outcome = passes(started, "2026-11-02")
    assert "fits no message" in flags(outcome.problems)[0]
    assert outcome.code == 0


def test_no_automatic_mail_is_answered_recorded_or_left_lying(started: Month) -> None:
    before = started.sent()
    for number, one in enumerate(AUTOMATIC):
        (started.inbox / f"{number:03d}.eml").write_bytes(one.content)
    passes(started, "2026-11-02")
    new = [one for one in started.sent() if one not in before]
    assert {(kind, who) for kind, _, who in new} == {("bounced", "morgan.ellery")}
    ports = started.ports()
    mails, audits = ports.store.mails(), ports.store.audits()
    ports.store.close()
    assert len(mails) == len(AUTOMATIC)
    assert {one.outcome.value for one in mails} == {"automatic"}
    assert {one.why for one in mails} == {one.automatic for one in AUTOMATIC}
    assert [one for one in audits if one.received] == []
    assert list(started.inbox.iterdir()) == []
    assert len(list(started.mailbox.glob("filed/automatic/*.eml"))) == len(AUTOMATIC)


@pytest.mark.parametrize(
    "why",
    [
        ("5.7.1", "smtp; 550 5.7.1 attachment blocked by policy"),
        ("5.4.7", "smtp; 550 5.4.7 delivery time expired"),
        ("4.4.7", "smtp; 400 4.4.7 message delayed until it expired"),
    ],
)
def test_a_policy_or_an_outage_is_told_to_qa_and_ends_no_mail_to_the_person(
    started: Month, why: tuple[str, str]
) -> None:
    come_back(started, f"{FIRST}/case-details/auditor", why=why)
    passes(started, "2026-11-02")
    assert len(told(started)) == len(set(started.settings.qa_officers))
    assert "Mail to this address goes on" in told(started)[0]
    passes(started, "2026-11-23")
    assert (FIRST, "toby.tarn") in to(started, "reminder")
