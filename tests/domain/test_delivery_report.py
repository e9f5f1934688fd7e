"""Delivery reports: which addresses were not reached, how, and which message of ours it was."""

import time

import pytest

from automation.domain.delivery_report import Report, bounces_in, key_in
from automation.domain.ids import MessageKey, message_mark

AMA = "ama@brackenshire.example"
KEY = MessageKey("CFA-2026-11-017/case-details/auditor-1/S22")
MARK = message_mark(KEY)


def told(status: str = "", text: str = "", subject: str = "", failed: tuple[str, ...] = ()) -> list[str]:
    """Each address with how it failed and the code, as one line."""
    report = Report(status=status, text=text, subject=subject, failed=failed)
    return [f"{one.address} {one.kind} {one.status}".rstrip() for one in bounces_in(report)]


def fields(**given: str) -> str:
    """A delivery-status part on one address."""
    lines = (f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value)
    return "Reporting-MTA: dns; mx\n\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "kind"),
    [
        ("failed", "5.1.1", "", "hard 5.1.1"),
        ("Failed (expired)", "4.4.7", "", "hard 4.4.7"),
        ("failed", "5.4.7", "", "hard 5.4.7"),
        ("failed", "5.2.2", "", "full 5.2.2"),
        ("failed", "4.2.2", "", "full 4.2.2"),
        ("failed", "5.0.0", "smtp; 552 Mailbox is full", "full 5.0.0"),
        ("failed", "5.0.0", "smtp; 552 5.2.2 over quota", "full 5.2.2"),
        ("failed", "5.3.4", "smtp; 552 Message size exceeds fixed limit", "hard 5.3.4"),
        ("failed", "5.7.1", "smtp; 550 refused from 192.5.1.1", "hard 5.7.1"),
        ("failed", "", "smtp; 550 from 5.1.1.1 for good", "hard"),
        ("delayed", "4.4.1", "", "delayed 4.4.1"),
        ("delayed", "4.2.2", "smtp; 452 mailbox full", "delayed 4.2.2"),
        ("", "4.4.1", "", "delayed 4.4.1"),
        ("", "5.1.1", "", "hard 5.1.1"),
        ("delivered", "2.0.0", "", None),
        ("relayed", "2.0.0", "", None),
        ("expanded", "2.0.0", "", None),
        ("", "2.1.5", "", None),
    ],
)
def test_the_action_decides_and_the_code_says_how(
    action: str, status: str, diagnostic: str, kind: str | None
) -> None:
    part = fields(Final_Recipient=f"rfc822; {AMA}", Action=action, Status=status, Diagnostic_Code=diagnostic)
    assert told(part) == ([] if kind is None else [f"{AMA} {kind}"])


def test_the_address_we_wrote_to_goes_before_the_one_it_was_passed_on_to() -> None:
    part = fields(
        Original_Recipient=f"rfc822;{AMA.upper()}",
        Final_Recipient="rfc822;ama@store.elsewhere.example",
        Action="failed",
        Status="5.1.1",
    )
    assert told(part) == [f"{AMA} hard 5.1.1"]
    assert told(part.replace(AMA.upper(), "unknown")) == ["ama@store.elsewhere.example hard 5.1.1"]


@pytest.mark.parametrize("field", ["", "rfc822;", "x400; /C=GB/S=Ama", "rfc822; not an address"])
def test_a_recipient_that_is_no_address_is_none(field: str) -> None:
    assert told(fields(Final_Recipient=field, Action="failed", Status="5.1.1")) == []


def test_an_address_told_twice_is_one_bounce_and_a_report_without_end_is_cut() -> None:
    one = f"Final-Recipient: rfc822;{AMA}\nAction: failed\nStatus: 5.1.1\n\n"
    assert told(one * 3) == [f"{AMA} hard 5.1.1"]
    many = "".join(one.replace("ama@", f"ama{n}@") for n in range(200))
    assert len(told(many)) == 50


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Could not deliver to:\n\n<{AMA}>:\n550 5.1.1 unknown\n", [f"{AMA} hard 5.1.1"]),
        (f"  * {AMA}\n    mailbox full\n", [f"{AMA} full"]),
        (f"- {AMA}: 550 unknown\n", [f"{AMA} hard"]),
        (f"{AMA} (user not found)\n", [f"{AMA} hard"]),
        (f"Still trying. You need not resend it.\n\n{AMA}\n", [f"{AMA} delayed"]),
        (f"Temporary failures became permanent:\n{AMA}\n", [f"{AMA} hard"]),
        (f"We are glad that {AMA} wrote to bo@brackenshire.example today.\n", []),
        (f"To: {AMA}\nCc: bo@brackenshire.example\n", []),
        (f"It failed.\n--- Original message ---\n{AMA}\n", []),
        (f"It failed.\nReceived: from mx\n{AMA}\n", []),
        ("It failed, we cannot say for whom.\n", []),
        ("", []),
    ],
)
def test_words_alone_count_only_where_an_address_begins_a_line_of_the_notice(
    text: str, found: list[str]
) -> None:
    assert told(text=text) == found


def test_each_address_of_a_notice_has_its_own_reason() -> None:
    text = (
        f"Failed for good:\n\n  {AMA}\n    mailbox full\n\n  bo@brackenshire.example\n    550 5.1.1 unknown\n"
    )
    assert told(text=text) == [f"{AMA} full", "bo@brackenshire.example hard 5.1.1"]
    named = (f"{AMA}, bo@brackenshire.example",)
    assert told(text=text, failed=named) == told(text=text)
    assert told(text="No details.", failed=named) == [f"{AMA} hard", "bo@brackenshire.example hard"]


def test_our_message_is_told_by_its_key_or_by_any_id_made_of_it() -> None:
    head = f"Subject: audit\nMessage-ID:\n <{MARK}@x.example>\nX-Case-Audit-Key:\n {KEY}\n"
    assert key_in(Report(returned=head)) == KEY
    assert key_in(Report(text=f"A copy:\n\n{head}")) == KEY
    assert key_in(Report(text="".join(f"> {line}\n" for line in head.splitlines()))) == KEY
    assert key_in(Report(returned=head.partition("X-Case")[0])) == MARK
    assert key_in(Report(answers=("<other@x.example>", f"<{MARK.upper()}@x.example>"))) == MARK
    assert key_in(Report(returned="Subject: audit\n", answers=("<m1@x.example>",))) == ""


def test_a_key_without_its_message_id_tells_only_what_it_is_about_for_keys_can_be_guessed() -> None:
    other = message_mark(MessageKey("CFA-2026-11-018/case-details/auditor-1/S22"))
    line = f"X-Case-Audit-Key: {KEY}\n"
    assert key_in(Report(returned=line)) == "CFA-2026-11-017"
    assert key_in(Report(returned=line, answers=(f"<{MARK}@x.example>",))) == KEY
    assert key_in(Report(returned=f"{line}Message-ID: <{other}@x.example>\n")) == other


def test_a_key_that_a_mail_system_has_wrapped_is_still_read() -> None:
    wrapped = (
        "X-Case-Audit-Key: =?utf-8?q?CFA-2026-11-017/case-details/audi?=\n =?utf-8?q?tor-1/S22?=\n"
        f"Message-ID: <{MARK}@x.example>\n"
    )
    assert key_in(Report(returned=wrapped)) == KEY
    assert key_in(Report(returned="X-Case-Audit-Key: =?nonsense?x?y?=\n"))


@pytest.mark.parametrize(
    "value",
    [
        "=?raw_unicode_escape?q?=5Cud800/x?=",
        "=?utf-8?q?=00/x?=",
        "=?utf-8?b?w6kveA==?=",
        "é/x",
        "\ud800/x",
        "a\x00b/x",
        "x" * 401,
    ],
)
def test_a_key_that_no_message_of_ours_can_have_is_none(value: str) -> None:
    report = Report(returned=f"X-Case-Audit-Key: {value}\n", text=f"{AMA}\n", failed=(AMA,))
    assert [one.key for one in bounces_in(report)] == [""]


@pytest.mark.parametrize(
    "address", [f"{'a' * 65}@b.example", f"a@{'b' * 250}", "a\ud800@b.example", "a\x00@b"]
)
def test_an_address_that_no_mail_system_has_is_none(address: str) -> None:
    part = fields(Final_Recipient=f"rfc822; {address}", Action="failed", Status="5.1.1")
    found = [one.split()[0] for one in (*told(part), *told(text=f"{address}\n"), *told(failed=(address,)))]
    assert not [one for one in found if not one.isprintable() or len(one) > 254 or "a" * 65 in one]
    assert address not in found


@pytest.mark.parametrize(
    "piece",
    [
        *("\n", " ", "<", ">", "a@", "a", "-", "- ", "a@b\n", f"{AMA}\n", "9", "&#9"),
        *("X-Case-Audit-Key:", "Message-ID:>", "=?x?q?", "=?a?=", "exceed ", "exceed", "account ", "still "),
    ],
)
def test_a_report_made_to_keep_us_busy_is_read_in_a_moment(piece: str) -> None:
    text = piece * (400_000 // len(piece))
    field = f"Final-Recipient: {text}\nAction: failed\nDiagnostic-Code: {text}\n"
    began = time.process_time()
    bounces_in(Report(status=text, text=text, returned=text, subject=text))
    bounces_in(Report(status=field, text=f"<html>{text}", failed=(text,)))
    bounces_in(Report(text=f"{AMA}\n{text}"))
    assert time.process_time() - began < 2


def test_a_report_on_thousands_of_addresses_is_read_in_a_moment() -> None:
    many = [f"{n}@b" for n in range(20_000)]
    began = time.process_time()
    bounces_in(Report(text="\n".join(many), failed=tuple(many)))
    bounces_in(Report(text="\n".join(many)))
    assert time.process_time() - began < 2


def test_a_number_without_end_in_a_page_leaves_its_report_readable() -> None:
    assert told(text=f"<html><p>&#{'9' * 5000};</p>{AMA}<br></html>") == [f"{AMA} hard"]
