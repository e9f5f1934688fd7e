"""Mail as mailboxes hand it over: what no person wrote, what it answers, and which files are the sender's."""

import base64
import email.policy
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from automation.adapters.mime_mail import mail_from_mime
from automation.domain.message import File, Mail
from automation.ports import MailUnreadableError
from tests.support.automatic_mails import AUTOMATIC, BOUNCES, MARK, MEETINGS, PEOPLE, Specimen, mail, parts

NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SENDER = "Toby Tarn <toby.tarn@brackenshire.example>"


def read(content: bytes) -> Mail:
    """The mail."""
    return mail_from_mime("m", content, NOW)


def mixed(*given: tuple[str, str], headers: str = "", kind: str = "multipart/mixed; boundary=b") -> bytes:
    """A mail of several parts."""
    return mail(SENDER, "RE: audit", headers, parts(*given), kind)


def names(got: Mail) -> list[tuple[str, str]]:
    """Name and type of each file."""
    return [(one.name, one.media_type) for one in got.files]


def attached(name: str, content: bytes, kind: str = WORD) -> tuple[str, str]:
    """A file as a part."""
    head = f"{kind}; name={name}\nContent-Disposition: attachment; filename={name}"
    return f"{head}\nContent-Transfer-Encoding: base64", base64.encodebytes(content).decode()


def test_there_are_specimens_enough_of_every_sort() -> None:
    assert len(AUTOMATIC) >= 60
    assert len(PEOPLE) >= 12
    assert len({one.content for one in (*AUTOMATIC, *PEOPLE)}) == len(AUTOMATIC) + len(PEOPLE)


@pytest.mark.parametrize("one", AUTOMATIC, ids=lambda one: one.name)
def test_mail_that_no_person_wrote_is_told_and_its_report_read(one: Specimen) -> None:
    got = read(one.content)
    assert got.automatic == one.automatic
    assert tuple((b.address, b.kind, b.status) for b in got.bounces) == one.bounces
    assert {b.key for b in got.bounces} == ({one.key} if one.bounces else set())
    assert got.files == (), "what came back is no file of a sender's"


@pytest.mark.parametrize("one", PEOPLE, ids=lambda one: one.name)
def test_mail_by_people_that_looks_like_it_is_a_persons(one: Specimen) -> None:
    got = read(one.content)
    assert (got.automatic, got.bounces) == ("", ())


def test_the_ids_that_a_mail_answers_come_in_order_and_once() -> None:
    long = "".join(f" <r{n}@x.example>\n" for n in range(60))
    got = read(
        mail(SENDER, "RE: audit", f"In-Reply-To: <r1@x.example> (Toby)\nReferences: <r0@x.example>\n{long}")
    )
    assert got.answers[:3] == ("<r1@x.example>", "<r0@x.example>", "<r2@x.example>")
    assert len(got.answers) == 50
    encoded = "References: =?utf-8?q?=3Ca=40x=2Eexample=3E?=\nIn-Reply-To: none of ours\n"
    assert read(mail(SENDER, "RE: audit", encoded)).answers == ("<a@x.example>",)
    assert read(mail(SENDER, "audit")).answers == ()


def test_an_attached_message_is_one_file_byte_for_byte() -> None:
    inner = (
        b"Subject: the form\r\nX-Odd:no space after the colon\r\nTo: x\r\n"
        b'Content-Type: multipart/mixed; boundary="in"\r\n\r\nbefore\r\n--in\r\n\r\ntext \r\n\r\n--in\r\n'
        b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=audit.docx\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n--in--\r\nafter\r\n"
    )
    for end in (b"\r\n", b"\n"):
        outer = mixed(
            ("text/plain", "See the mail.\n"),
            ("message/rfc822\nContent-Disposition: attachment; filename=the form.eml", "INNER"),
        )
        content = outer.replace(b"INNER\r\n", inner + b"\r\n").replace(b"\r\n", end)
        (file,) = read(content).files
        assert file.content == inner.replace(b"\r\n", end)
        assert file.media_type == "message/rfc822"


def test_an_attached_message_may_be_encoded_and_may_have_no_name() -> None:
    inner = b"Subject: x\r\n\r\nhello\r\n"
    head = "message/rfc822\nContent-Transfer-Encoding: base64"
    got = read(mixed(("text/plain", "x\n"), (head, base64.encodebytes(inner).decode())))
    assert got.files == (File("message.eml", "message/rfc822", inner),)


def test_a_forwarded_bounce_with_the_form_beside_it_brings_both() -> None:
    (forwarded,) = [one for one in PEOPLE if one.name == "A bounce attached, with the form"]
    got = read(forwarded.content.replace(b"FORM", base64.b64encode(b"PK-form")))
    assert names(got) == [("returned.eml", "message/rfc822"), ("audit.docx", WORD)]
    assert got.files[1].content == b"PK-form"
    assert b"Final-Recipient" in got.files[0].content


def test_pictures_of_signatures_and_machine_parts_are_no_files() -> None:
    got = read(
        mixed(
            ("text/plain", "Attached.\n"),
            (
                "image/png; name=logo.png\nContent-Disposition: inline; filename=logo.png\nContent-ID: <l>",
                "x",
            ),
            ("image/jpeg; name=form.jpg\nContent-Disposition: attachment; filename=form.jpg", "photo"),
            ("text/calendar; method=PUBLISH", "BEGIN:VCALENDAR"),
            ("text/plain; name=notes.txt", "notes"),
            ("application/applefile; name=audit.docx", "fork"),
            (WORD, "no name, no disposition"),
        )
    )
    assert [one[0] for one in names(got)] == ["form.jpg", "notes.txt", "attachment"]


def test_winmail_dat_and_protected_mail_come_as_files() -> None:
    for name, kind in (
        ("winmail.dat", "application/ms-tnef"),
        ("message.rpmsg", "application/x-microsoft-rpmsg-message"),
        ("smime.p7m", "application/pkcs7-mime"),
    ):
        got = read(mixed(("text/plain", "x\n"), attached(name, b"\x00\x01\xff", kind)))
        assert got.files == (File(name, kind, b"\x00\x01\xff"),)


def test_a_mail_that_is_nothing_but_a_file_brings_it() -> None:
    head = "Content-Disposition: attachment; filename=smime.p7m\nContent-Transfer-Encoding: base64\n"
    got = read(
        mail(SENDER, "RE: audit", head, base64.encodebytes(b"sealed").decode(), "application/pkcs7-mime")
    )
    assert got.files == (File("smime.p7m", "application/pkcs7-mime", b"sealed"),)


def test_a_signed_mail_brings_the_files_that_were_signed_and_not_the_signature() -> None:
    inner = parts(("text/plain", "Attached.\n"), attached("audit.docx", b"PK-form")).replace("--b", "--in")
    got = read(
        mixed(
            ("multipart/mixed; boundary=in", inner),
            attached("smime.p7s", b"signature", "application/pkcs7-signature"),
            kind='multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=b',
        )
    )
    assert got.files == (File("audit.docx", WORD, b"PK-form"),)
    assert got.text.strip() == "Attached."
    assert got.automatic == ""


def test_a_reply_to_a_meeting_counts_only_when_it_is_the_mail_itself() -> None:
    assert read(MEETINGS[0].content).automatic == "meeting reply"
    (forwarded,) = [one for one in PEOPLE if one.name == "An answer to a meeting, attached"]
    assert read(forwarded.content).automatic == ""


def test_a_mail_without_its_last_boundary_still_brings_its_attached_message() -> None:
    content = mixed(("text/plain", "x\n"), ("message/rfc822", "Subject: in\n\nhello\n"))
    got = read(content.replace(b"--b--\r\n", b""))
    assert b"hello" in got.files[0].content


def test_an_unknown_character_set_stops_no_mail() -> None:
    content = mail(SENDER, "RE: audit", "", "Grüße\n").replace(b'charset="utf-8"', b"charset=x-unknown")
    assert "Grüße" in read(content).text


@pytest.mark.parametrize("depth", [200, 3000])
def test_a_mail_nested_beyond_reason_is_read_or_refused_and_never_a_fault(depth: int) -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="n{n}"\r\n\r\n--n{n}\r\n' for n in range(depth)
    )
    try:
        assert read(f"From: {SENDER}\r\n{nested}\r\nhello\r\n".encode()).sender
    except MailUnreadableError:
        assert depth > 1000


def test_headers_that_nobody_should_write_stop_no_mail() -> None:
    made = EmailMessage(email.policy.SMTP)
    made["From"] = SENDER
    made.set_content("hello")
    odd = b"In-Reply-To: <[bad]>\r\nAuto-Submitted: =?x?q?y?=\r\nX-Odd: \xff\xfe\r\nReturn-Path:\r\n"
    got = read(odd + made.as_bytes())
    assert got.answers == ("<[bad]>",)
    assert got.text.strip() == "hello"


def test_a_bounce_that_brings_a_file_of_its_own_hands_it_over() -> None:
    content = BOUNCES[0].content.replace(
        b"--b--", b"--b\r\nContent-Type: application/pdf; name=why.pdf\r\n\r\n%PDF\r\n--b--"
    )
    assert names(read(content)) == [("why.pdf", "application/pdf")]


HALF = "=?raw_unicode_escape?q?=5Cud800x?="
HALF_FILE = "filename*=raw_unicode_escape''%5Cud800%00x.docx"


def texts(value: object) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


@pytest.mark.parametrize("charset", ["raw_unicode_escape", "utf-8", "utf-16", "us-ascii"])
def test_no_text_of_a_mail_has_half_a_character_or_a_nul(charset: str) -> None:
    body = parts(
        ("text/plain; charset=" + charset, "\\ud800 a\0b"),
        (f"application/x\ud800y\nContent-Disposition: attachment; {HALF_FILE}", "file"),
        ('message/rfc822\nContent-Disposition: attachment; filename="\ud800\0.eml"', "Subject: x\n\nx"),
    )
    content = (
        f"From: {HALF} <a\ud800\0@b.example>\r\nSubject: {HALF} \ud800 \0\r\n"
        f"Message-ID: <a\0\ud800@b>\r\nReferences: <\0\ud800{HALF}@b> {HALF}\r\n"
        f"Content-Type: multipart/mixed; boundary=b\r\n\r\n{body}"
    )
    got = read(content.encode("utf-8", "surrogatepass"))
    found = list(texts(asdict(got)))
    assert len(got.files) == 2
    json.dumps(found, ensure_ascii=False).encode()
    assert not [one for one in found if "\0" in one]


def test_a_key_with_half_a_character_is_no_key() -> None:
    key = b"X-Case-Audit-Key: =?raw_unicode_escape?q?=5Cud800/x?="
    made = BOUNCES[0].content
    lines = [key if b"X-Case-Audit-Key" in one else one for one in made.split(b"\r\n")]
    assert {one.key for one in read(b"\r\n".join(lines)).bounces} == {MARK}


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 99999999999999999999 10:00:00 +0000",
        "Mon, 01 Jan 2026 10:00:00 +99999999999999999999",
        "Mon, 01 Jan 2026 99999999999999999999:00:00 +0000",
        "Mon, 01 Jan 2026 10:00:00 -9999",
        "Mon, 01 Jan " + "9" * 5000 + " 10:00:00 +0000",
        "Mon, 99 Jan 2026 10:00:00 +0000",
        "=?raw_unicode_escape?q?=5Cud800?=",
        ",,,",
        "0",
    ],
)
def test_a_date_that_never_was_is_the_arrival(date: str) -> None:
    content = mail(SENDER, "RE: audit").replace(b"Mon, 2 Nov 2026 08:05:00 +0000", date.encode())
    assert read(content).received == NOW


def test_a_disproved_report_says_nothing_of_any_address() -> None:
    forged = b"Authentication-Results: mx; dmarc=fail\r\n" + BOUNCES[0].content
    got = read(forged)
    assert (got.automatic, got.disproved, got.bounces) == ("bounce", True, ())


def test_the_text_of_a_mail_ends_after_a_hundred_thousand_characters() -> None:
    assert len(read(mail(SENDER, "RE: audit", "", "word " * 200_000)).text) == 100_000


MIB = 1_000_000
NEST = "".join(f'Content-Type: multipart/mixed; boundary="n{n}"\n\n--n{n}\n' for n in range(100))


@pytest.mark.parametrize(
    "piece", ["(", "()", '"', "a,", "a ", "=?x?q?", "=?utf-8?q?a?= ", "=?punycode?q?a-b?= "]
)
@pytest.mark.parametrize(
    "name", ["From", "Subject", "Content-Type", "Content-Disposition", "Date", "References", "X-Odd"]
)
def test_a_header_made_to_keep_us_busy_is_read_in_a_moment(name: str, piece: str) -> None:
    made(f"{name}: {piece * (MIB // len(piece))}\n")


@pytest.mark.parametrize("name", ["X-Odd", "From", "Received"])
def test_many_headers_made_to_keep_us_busy_are_read_in_a_moment(name: str) -> None:
    made(f"{name}: {'=?x?q?' * 300}\n" * (MIB // 1800))


@pytest.mark.parametrize(
    "body",
    [
        "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\n\n" * (MIB // 6),
        "Content-Type: multipart/mixed; boundary=b\n\n"
        + f"--b\nContent-Disposition: attachment{'; x=()' * 300}\n\nx\n" * (MIB // 2000),
        "Content-Type: text/plain; charset=punycode\n\n" + "b" * MIB,
        "Content-Type: text/plain; charset=idna\n\n" + "a-bcd.ef" * (MIB // 8),
        NEST + "\n" * MIB,
        "Content-Type: message/rfc822\n\n" * 100 + "\n" * MIB,
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
        + "\n" * MIB,
    ],
    ids=["parts", "headers of parts", "punycode", "idna", "nested", "attached", "report"],
)
def test_a_body_made_to_keep_us_busy_is_read_in_a_moment(body: str) -> None:
    made(body)


def made(rest: str) -> None:
    """Read a mail made so, or refuse it, in two seconds at most."""
    began = time.process_time()
    with suppress(MailUnreadableError):
        read(f"From: {SENDER}\n{rest}\nhello\n".encode())
    assert time.process_time() - began < 2


def test_a_mail_arrived_when_a_mail_system_says_so_and_not_when_its_sender_does() -> None:
    late = "Received: from a by b; Wed, 2 Dec 2026 09:00:00 +0000\nDate: Fri, 27 Nov 2026 10:00:00 +0000"
    got = read(f"From: {SENDER}\nSubject: x\n{late}\n\nhello\n".encode())
    assert got.received == datetime(2026, 12, 2, 9, tzinfo=UTC)
