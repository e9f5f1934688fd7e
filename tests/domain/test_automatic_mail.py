"""Mail that no person wrote, by what it shows of itself; and Message-IDs that tell what a mail is about."""

import time
from dataclasses import replace

import pytest

from automation.domain.automatic_mail import MailSigns, why_automatic
from automation.domain.ids import AuditRef, MessageKey, message_mark, reference_in_message_id

KEY = MessageKey("CFA-2026-11-017/case-details/auditor-1/S22")


@pytest.mark.parametrize(
    ("message_class", "why"),
    [
        ("REPORT.IPM.Note.NDR", "bounce"),
        ("REPORT.IPM.Note.SMIME.NDR", "bounce"),
        ("REPORT.IPM.Schedule.Meeting.Request.NDR", "bounce"),
        ("REPORT.IPM.Note.Delayed.DR", "bounce"),
        ("REPORT.IPM.Note.Delayed", "bounce"),
        ("REPORT.IPM.Note.DR", "receipt"),
        ("REPORT.IPM.Note.Relayed.DR", "receipt"),
        ("REPORT.IPM.Note.IPNRN", "receipt"),
        ("REPORT.IPM.Note.IPNNRN", "receipt"),
        ("IPM.Note.Rules.OofTemplate.Microsoft", "auto-reply"),
        ("IPM.Note.Rules.ReplyTemplate.Microsoft", "auto-reply"),
        ("IPM.Schedule.Meeting.Resp.Pos", "meeting reply"),
        ("IPM.Schedule.Meeting.Resp.Neg", "meeting reply"),
        ("IPM.Schedule.Meeting.Resp.Tent", "meeting reply"),
        ("IPM.Recall.Report.Success", "automatic"),
        ("IPM.Outlook.Recall", "automatic"),
        ("IPM.Note.StorageQuotaWarning.Warning", "automatic"),
        ("IPM.Note", ""),
        ("IPM.Note.SMIME.MultipartSigned", ""),
        ("IPM.Note.rpmsg.Microsoft.SMIME", ""),
        ("IPM.Schedule.Meeting.Request", ""),
        ("", ""),
    ],
)
def test_exchange_says_by_its_class_what_a_mail_is(message_class: str, why: str) -> None:
    assert why_automatic(MailSigns(message_class=message_class, subject="RE: audit")) == why
    assert why_automatic(MailSigns(message_class=message_class.lower())) == why


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"auto-submitted": ["auto-replied"]}, "auto-reply"),
        ({"auto-submitted": ["auto-replied (zimbra; vacation)"]}, "auto-reply"),
        ({"auto-submitted": ["Auto-Generated"]}, "automatic"),
        ({"auto-submitted": ["auto-notified; owner-email=x"]}, "automatic"),
        ({"auto-submitted": ["no"]}, ""),
        ({"auto-submitted": ["no (really)"]}, ""),
        ({"x-autoreply": ["yes"]}, "auto-reply"),
        ({"x-autoreply": ["no"]}, ""),
        ({"x-auto-response-suppress": ["All"]}, ""),
        ({"x-failed-recipients": ["a@b.example"]}, "bounce"),
        ({"x-ms-exchange-message-is-ndr": [""]}, "bounce"),
        (
            {
                "x-ms-exchange-message-is-ndr": [""],
                "x-ms-exchange-generated-message-source": ["Mailbox Rules Agent"],
            },
            "auto-reply",
        ),
        ({"return-path": ["<>"]}, "automatic"),
        ({"return-path": ["<ama@brackenshire.example>"]}, ""),
    ],
)
def test_what_only_robots_say_decides_alone(headers: dict[str, list[str]], why: str) -> None:
    signs = MailSigns(headers, subject="RE: audit", has_file=True)
    assert why_automatic(signs) == why
    assert why_automatic(replace(signs, headers=headers | {"in-reply-to": ["<a@b>"]})) == why


@pytest.mark.parametrize(
    "headers",
    [
        {"precedence": ["bulk"]},
        {"precedence": ["list"]},
        {"list-id": ["<managers.brackenshire.example>"]},
        {"x-ms-exchange-inbox-rules-loop": ["ama@brackenshire.example"]},
        {"subject": ["Automatic reply: audit"]},
    ],
)
def test_what_people_have_too_counts_for_nothing_in_a_reply_with_a_file(
    headers: dict[str, list[str]],
) -> None:
    signs = MailSigns(headers, subject=headers.get("subject", ["RE: audit"])[0])
    reply = headers | {"references": ["<a@b>"]}
    assert why_automatic(signs)
    assert why_automatic(replace(signs, has_file=True))
    assert why_automatic(replace(signs, headers=reply, has_file=True)) == ""


def test_a_report_is_told_by_its_type_and_what_it_reports() -> None:
    report = MailSigns(content_type="multipart/report", parameters={"report-type": "delivery-status"})
    assert why_automatic(report) == "bounce"
    assert why_automatic(replace(report, actions={"failed", "delivered"})) == "bounce"
    assert why_automatic(replace(report, actions={"delayed"})) == "bounce"
    assert why_automatic(replace(report, actions={"delivered", "relayed"})) == "receipt"
    for kind, why in (
        ("disposition-notification", "receipt"),
        ("global-delivery-status", "bounce"),
        ("feedback-report", "automatic"),
        ("", "automatic"),
    ):
        assert why_automatic(replace(report, parameters={"report-type": kind})) == why
    nameless = replace(report, parameters={}, sender="mailer-daemon@mx.example")
    assert why_automatic(nameless) == "bounce"


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: audit",
        "AUTOMATIC REPLY",
        "Out of office",
        "Out of the office: back on Monday",
        "Out of Office Re: audit",
        "Auto: audit",
        "Autoreply: audit",
        "Auto response: audit",
        "(Out of office) audit",
        "[External] Out of Office: audit",
        "Ateb awtomatig: audit",
        "Allan o’r swyddfa: audit",
        "Abwesenheitsnotiz: audit",
        "Réponse automatique : audit",
        "Automatisch antwoord: audit",
        "Jo Bell is out of the office (returning 9 November)",
    ],
)
def test_an_absence_notice_without_headers_is_told_by_how_its_subject_begins(subject: str) -> None:
    assert why_automatic(MailSigns(subject=subject)) == "auto-reply"
    for before in ("RE: ", "FW: ", "Re: AW: "):
        assert why_automatic(MailSigns(subject=before + subject)) == ""


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office cover for audit",
        "Out of office re cover for my audit",
        "Out of office?",
        "Automatic reply from the service",
        "Auto insurance case",
        "Automation of audits",
        "About your automatic reply: audit",
        "Autoreplies are odd: see below",
        "Toby is out of the office, who covers?",
    ],
)
def test_words_about_absences_in_a_subject_are_a_persons(subject: str) -> None:
    assert why_automatic(MailSigns(subject=subject)) == ""


@pytest.mark.parametrize(
    "piece",
    [
        *("automatic reply/", "out of office autoreply|", "auto / ", "auto reply/"),
        *("**external**", "*", "[x] ", "\ufdfa", "-", "message ", "mail could "),
    ],
)
def test_a_subject_made_to_keep_us_busy_is_judged_in_a_moment(piece: str) -> None:
    began = time.process_time()
    for end in ("x", ""):
        why_automatic(MailSigns(subject=piece * (100_000 // len(piece)) + end))
        why_automatic(MailSigns(subject=piece * (450 // len(piece)) + end))
    assert time.process_time() - began < 1


def test_a_message_id_tells_which_audit_its_message_is_about() -> None:
    mark = message_mark(KEY)
    assert mark.startswith("cfa-2026-11-017.")
    assert len(mark) <= 64
    assert message_mark(MessageKey(f"{KEY}x")) != mark
    assert reference_in_message_id(f"<{mark}@brackenshire.example>") == "CFA-2026-11-017"
    assert reference_in_message_id(f" {mark.upper()}@elsewhere.example ") == "CFA-2026-11-017"
    special = message_mark(MessageKey("CFA-2026-11-INSP-002/reminder/2026-11-20/S1"))
    assert reference_in_message_id(f"<{special}@x.example>") == AuditRef("CFA-2026-11-INSP-002")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<m1@brackenshire.example>",
        "<cfa-2026-11-017@brackenshire.example>",
        f"<{message_mark(MessageKey('digest-2026-11-23/digest/1/a@b.example'))}@brackenshire.example>",
        f"<x{message_mark(KEY)}@brackenshire.example>",
        f"<{message_mark(KEY)}>",
        f"<{message_mark(KEY)}@b.example> <{message_mark(KEY)}@b.example>",
    ],
)
def test_any_other_message_id_tells_of_no_audit(text: str) -> None:
    assert reference_in_message_id(text) is None


@pytest.mark.parametrize("about", ["Ärger", "a b", "a..b", "-a", "x" * 40, ""])
def test_a_key_about_something_odd_is_marked_by_its_hash_alone(about: str) -> None:
    mark = message_mark(MessageKey(f"{about}/digest/1/S1"))
    assert len(mark) == 32
    assert int(mark, 16) >= 0
