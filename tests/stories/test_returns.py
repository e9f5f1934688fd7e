"""Forms come back: each mail has one outcome, its folder, and its answer in the same pass."""

import re
from email.message import EmailMessage

import pytest

from automation.domain.dealt_mail import Outcome
from automation.domain.ids import AuditRef
from tests.support.month import Month

FIRST, SECOND = "CFA-2026-11-001", "CFA-2026-11-002"


def outcomes(month: Month) -> list[str]:
    """The outcome of each mail dealt with, oldest first."""
    ports = month.ports()
    try:
        return [one.outcome.value for one in ports.store.mails()]
    finally:
        ports.store.close()


def replies(month: Month, kind: str) -> list[EmailMessage]:
    """The letters of a kind of reply."""
    keys = {key for key, what in month.kinds().items() if what == kind}
    return [one for one in month.letters() if str(one["X-Case-Audit-Key"]).strip() in keys]


def text(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def received(month: Month, reference: str = FIRST) -> dict[str, str]:
    """The recorded answers of an audit, empty when nothing was recorded."""
    ports = month.ports()
    try:
        audit = ports.store.audit(AuditRef(reference))
        assert audit is not None
        return dict(audit.received.answers) if audit.received else {}
    finally:
        ports.store.close()


def test_a_good_form_is_recorded_and_read_back_to_its_auditor(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    assert started.sent("receipt") == [("receipt", FIRST, "toby.tarn")]
    (receipt,) = replies(started, "receipt")
    answers = received(started)
    assert text(receipt).count(answers["s1_grade"]) >= 1
    assert answers["overall_grade"] in text(receipt)
    assert receipt["In-Reply-To"]
    assert not list(started.inbox.iterdir())
    assert [one.parent.name for one in started.mailbox.glob("filed/*/*")] in (
        ["recorded"],
        ["recorded-with-questions"],
    )


def test_every_form_is_kept_untouched_before_it_is_read(started: Month) -> None:
    form = started.filled(FIRST, "toby.tarn")
    started.reply("toby.tarn", form)
    started.on("2026-11-12")
    kept = [one.read_bytes() for one in (started.folder / "state" / "originals").glob("*/*")]
    assert kept == [form]


def test_ri_is_read_as_requires_improvement(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="RI"))
    started.on("2026-11-12")
    assert received(started)["overall_grade"] == "Requires improvement"


def test_a_doubled_grade_is_asked_about_and_never_rounded(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="Good/RI"))
    started.on("2026-11-12")
    assert outcomes(started) == ["incomplete"]
    assert received(started) == {}
    (asked,) = replies(started, "incomplete")
    assert "Good/RI" in text(asked)
    assert "Requires improvement" in text(asked)


def test_an_incomplete_form_names_what_is_missing_and_the_complete_one_counts(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", s3_grade="", reasons=""))
    started.on("2026-11-12")
    (asked,) = replies(started, "incomplete")
    assert "Section 3: grade" in text(asked)
    assert "Reasons" in text(asked)
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), "2026-11-16")
    started.on("2026-11-16")
    assert received(started)
    started.on("2026-11-23")
    assert FIRST not in [one[1] for one in started.sent("reminder")]


def test_an_incomplete_form_is_still_outstanding_on_the_reminder_day(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade=""))
    started.on("2026-11-23")
    assert ("reminder", FIRST, "toby.tarn") in started.sent()


def test_the_same_file_again_changes_nothing_and_is_answered(started: Month) -> None:
    form = started.filled(FIRST, "toby.tarn")
    started.reply("toby.tarn", form)
    started.on("2026-11-12")
    started.reply("toby.tarn", form, "2026-11-13", subject="Did you get this?")
    started.on("2026-11-13")
    assert outcomes(started)[1] == "duplicate"
    assert len(started.sent("receipt")) == 2


def test_a_corrected_form_is_a_newer_version_and_both_are_kept(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="Good"))
    started.on("2026-11-12")
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="Inadequate"), "2026-11-13")
    started.on("2026-11-13")
    assert outcomes(started)[1] == "newer version"
    assert received(started)["overall_grade"] == "Inadequate"
    assert len(list((started.folder / "state" / "originals").glob("*/*"))) == 2


@pytest.mark.parametrize("sender", ["paul.pond", "wendy.wood", "tara.town"])
def test_a_form_from_anybody_but_its_auditor_is_held_and_tells_nothing(started: Month, sender: str) -> None:
    started.reply(sender, started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    assert outcomes(started) == ["needs a person"]
    assert received(started) == {}
    (held,) = replies(started, "return_held")
    assert "10000001" not in text(held)
    assert "Toby" not in text(held)
    assert FIRST not in text(held) + str(held["Subject"])


def test_a_stranger_gets_no_answer_at_all(started: Month) -> None:
    before = len(started.letters())
    started.reply("someone@elsewhere.example", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-02")
    assert len(started.letters()) == before
    assert received(started) == {}


def test_the_delegate_named_in_the_sheet_may_return_the_form(started: Month) -> None:
    started.rows[0]["delegate"] = "Helen Hart"
    started.save_sheet()
    started.reply("helen.hart", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    assert received(started)
    assert started.sent("receipt") == [("receipt", FIRST, "helen.hart")]
    (receipt,) = replies(started, "receipt")
    assert [one.username for one in receipt["Cc"].addresses] == ["toby.tarn"], "the auditor sees it too"


def test_a_delegate_with_a_conflict_stops_the_row_as_an_auditor_would(started: Month) -> None:
    started.rows[0]["delegate"] = "Wendy Wood"
    started.save_sheet()
    started.reply("wendy.wood", started.filled(FIRST, "toby.tarn"))
    outcome = started.on("2026-11-12")
    assert any("social worker of this case" in one.what for one in outcome.problems)


def test_a_held_mail_put_back_is_looked_at_anew_once_the_sheet_names_its_sender(started: Month) -> None:
    started.reply("helen.hart", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    assert outcomes(started) == ["needs a person"]
    started.rows[0]["delegate"] = "Helen Hart"
    started.save_sheet()
    (filed,) = started.mailbox.glob("filed/needs-a-person/*.eml")
    filed.rename(started.inbox / "again.eml")
    started.on("2026-11-13")
    assert received(started)
    assert len(outcomes(started)) == 1
    assert list(started.mailbox.glob("filed/recorded*/*.eml"))


def test_who_sent_something_else_than_the_form_is_told_and_still_reminded(started: Month) -> None:
    started.reply("toby.tarn", b"%PDF-1.7", subject=f"RE: {FIRST}")
    started.on("2026-11-12")
    started.on("2026-11-23")
    assert ("reminder", FIRST, "toby.tarn") in started.sent()


def test_a_reminder_says_that_the_form_came_incomplete(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade=""))
    started.on("2026-11-23")
    words = {str(one["To"].addresses[0].username): text(one) for one in replies(started, "reminder")}
    assert "came with answers missing" in words["toby.tarn"]
    assert "came with answers missing" not in words["paul.pond"]


def test_an_auditor_who_was_stood_down_no_longer_counts(started: Month) -> None:
    form = started.filled(FIRST, "toby.tarn")
    started.rows[0]["auditor"] = "Helen Hart"
    started.save_sheet()
    started.on("2026-11-03")
    started.reply("toby.tarn", form)
    started.on("2026-11-12")
    assert outcomes(started) == ["needs a person"]


def test_a_form_for_another_audit_than_its_subject_says_is_held(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), subject=f"RE: {SECOND}")
    started.on("2026-11-12")
    assert outcomes(started) == ["needs a person"]


def test_nobody_is_chased_while_their_form_waits_for_a_person(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), subject=f"RE: {SECOND}")
    started.on("2026-11-23")
    assert FIRST not in [one[1] for one in started.sent("reminder")]
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade=""), "2026-11-24")
    started.on("2026-11-24")
    assert FIRST in [one[1] for one in started.sent("reminder")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"X-Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Return-Path": "<>"},
    ],
)
def test_automatic_mail_is_never_answered_and_never_a_return(started: Month, headers: dict[str, str]) -> None:
    before = len(started.letters())
    form = started.form_sent(FIRST, "toby.tarn") if "Return-Path" in headers else None
    started.reply("toby.tarn", form, headers=headers)
    started.on("2026-11-02")
    assert outcomes(started) == ["automatic"]
    assert len(started.letters()) == before
    assert received(started) == {}


def test_a_pdf_is_answered_with_what_to_send_instead(started: Month) -> None:
    started.reply("toby.tarn", b"%PDF-1.7 not a Word file")
    started.on("2026-11-12")
    assert outcomes(started) == ["needs a person"]
    (held,) = replies(started, "return_held")
    assert "The returned file is a PDF and not a Word form." in " ".join(text(held).split())


def test_a_link_instead_of_a_file_is_answered(started: Month) -> None:
    started.reply("toby.tarn", None, text="Here: https://brackenshire.sharepoint.com/x/audit.docx")
    started.on("2026-11-12")
    assert "attach" in text(replies(started, "return_held")[0]).lower()


def test_a_return_after_the_due_date_counts_as_late(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), "2026-12-01")
    started.reply("paul.pond", started.filled(SECOND, "paul.pond"), "2026-11-30")
    started.on("2026-12-01")
    ports = started.ports()
    found = {one.reference: one.received for one in ports.store.audits()}
    ports.store.close()
    late, on_time = found[AuditRef(FIRST)], found[AuditRef(SECOND)]
    assert late is not None
    assert on_time is not None
    assert late.on.isoformat() == "2026-12-01"
    assert on_time.on.isoformat() == "2026-11-30"


def test_a_mail_that_cannot_be_read_is_kept_and_filed_for_a_person(started: Month) -> None:
    (started.inbox / "broken.eml").write_bytes(b"\x00\x01\x02 this is no mail\r\n\r\n\xff\xfe")
    started.on("2026-11-12")
    assert outcomes(started) == ["needs a person"]
    assert [one.parent.name for one in started.mailbox.glob("filed/*/*")] == ["needs-a-person"]


def test_a_mail_still_being_written_is_left_until_it_is_whole(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    (path,) = started.inbox.glob("*.eml")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    started.on("2026-11-12")
    assert outcomes(started) == []
    path.write_bytes(whole)
    started.on("2026-11-12")
    assert received(started)


def test_a_mail_put_back_into_the_inbox_is_filed_again_and_not_answered_again(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    (filed,) = started.mailbox.glob("filed/*/*.eml")
    filed.rename(started.inbox / "again.eml")
    started.on("2026-11-13")
    assert filed.exists()
    assert len(started.sent("receipt")) == 1


def test_a_declared_concern_is_in_qas_digest_of_the_next_pass(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", what="concern"))
    started.on("2026-11-13")
    (digest,) = [one for one in started.letters() if "digest-2026-11-13" in str(one["X-Case-Audit-Key"])]
    assert f"{FIRST}, from Toby Tarn: the form declares an immediate concern" in " ".join(
        text(digest).split()
    )


def test_a_concern_in_a_form_that_is_held_or_incomplete_is_told_all_the_same(started: Month) -> None:
    unfinished = started.filled(FIRST, "toby.tarn", what="concern", overall_grade="")
    started.reply("toby.tarn", unfinished)
    started.reply("wendy.wood", started.filled(SECOND, "paul.pond", immediate_concern="Yes"))
    started.on("2026-11-13")
    (digest,) = [one for one in started.letters() if "digest-2026-11-13" in str(one["X-Case-Audit-Key"])]
    assert sorted(outcomes(started)) == ["incomplete", "needs a person"]
    told = " ".join(text(digest).split())
    assert f"{FIRST}, from Toby Tarn: the form declares an immediate concern" in told
    assert f"from Wendy Wood that names {SECOND}: the form declares an immediate concern" in told


def test_the_outcomes_each_have_a_folder_of_their_own() -> None:
    assert len({one.folder for one in Outcome}) == len(Outcome)


def test_a_form_held_for_one_audit_protects_that_audit_and_no_other(started: Month) -> None:
    started.rows[1]["auditor"] = "Toby Tarn"
    started.save_sheet()
    started.on("2026-11-03")
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), subject=f"RE: {FIRST}, not {SECOND}")
    started.reply("toby.tarn", started.filled(SECOND, "toby.tarn"), "2026-11-13")
    started.reply("toby.tarn", b"%PDF-1.7", "2026-11-14")
    started.on("2026-11-23")
    assert FIRST not in [one[1] for one in started.sent("reminder")]
    assert received(started, SECOND)


def test_a_correction_after_the_due_date_does_not_make_a_timely_audit_late(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="Inadequate"), "2026-12-02")
    started.on("2026-12-02")
    ports = started.ports()
    audit = ports.store.audit(AuditRef(FIRST))
    ports.store.close()
    assert audit is not None
    assert audit.received is not None
    assert (audit.received.version, audit.received.on.isoformat()) == (2, "2026-11-12")


def test_a_form_in_automatic_mail_is_not_answered_but_goes_to_a_person(started: Month) -> None:
    before = len(started.letters())
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), headers={"Precedence": "list"})
    started.on("2026-11-02")
    assert outcomes(started) == ["needs a person"]
    assert len(started.letters()) == before


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 9999 23:59:59 -1200", "none", "Mon, 1 Jan 0001 00:00:00 +1400"]
)
def test_an_impossible_date_stops_no_other_mail(started: Month, date: str) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    (path,) = started.inbox.glob("*.eml")
    path.write_bytes(re.sub(rb"(?m)^Date:.*$", b"Date: " + date.encode(), path.read_bytes()))
    started.reply("paul.pond", started.filled(SECOND, "paul.pond"))
    started.on("2026-11-12")
    assert received(started, SECOND)
    assert len(outcomes(started)) == 2


@pytest.mark.parametrize("message_id", ["<[abc]@microsoft.com>", "<>", "<"])
def test_an_odd_message_id_loses_no_form(started: Month, message_id: str) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    (path,) = started.inbox.glob("*.eml")
    path.write_bytes(
        re.sub(rb"(?m)^Message-ID:.*$", b"Message-ID: " + message_id.encode(), path.read_bytes())
    )
    started.on("2026-11-12")
    assert received(started)
    assert len(started.sent("receipt")) == 1
