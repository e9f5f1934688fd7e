"""What every mailbox must keep. Another adapter joins by one line in ADAPTERS."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import pytest

from automation.adapters.eml_folder import EmlFolder
from automation.domain.ids import MessageKey, StaffKey, message_mark
from automation.domain.message import File, Letter, Recipient
from automation.ports import Mailbox, MailUnreadableError
from tests.support.automatic_mails import BOUNCES, MARK, PEOPLE
from tests.support.automatic_mails import KEY as REPORTED
from tests.support.graph import LoopbackGraph
from tests.support.m365 import ADDRESS, HOME, Microsoft, keys

SENDER = Recipient(StaffKey("us"), "Case file audits", "case.audits@brackenshire.example")
KEY = MessageKey("CFA-2026-11-001/reminder/2026-11-30/S1")


class Side(Protocol):
    """A mailbox, and the far side of it."""

    mailbox: Mailbox

    def another(self) -> Mailbox:
        """The same mailbox, as another process sees it."""

    def gone(self) -> list[bytes]:
        """Every mail that has left."""

    def deliver(self, content: bytes, name: str = "a") -> None:
        """Put a mail into the inbox, after those that are there."""

    def filed(self, folder: str) -> list[str]:
        """The names of the mails in a folder."""

    def close(self) -> None:
        """Let it go."""


class FolderSide:
    """The folder mailbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mailbox: Mailbox = EmlFolder(folder, SENDER)

    def another(self) -> Mailbox:
        return EmlFolder(self.folder, SENDER)

    def close(self) -> None:
        pass

    def gone(self) -> list[bytes]:
        """Every mail that has left."""
        return [one.read_bytes() for one in (self.folder / "sent").glob("*.eml")]

    def deliver(self, content: bytes, name: str = "a") -> None:
        """Put a mail into the inbox."""
        (self.folder / "inbox" / f"{name}.eml").write_bytes(content)

    def filed(self, folder: str) -> list[str]:
        """The names of the mails in a folder."""
        return sorted(one.stem for one in (self.folder / "filed" / folder).glob("*.eml"))


class MicrosoftSide:
    """A mailbox of Microsoft 365, on the loopback Graph."""

    def __init__(self, folder: Path) -> None:
        self.graph = LoopbackGraph(keys()).start()
        self.far = self.graph.add_mailbox(ADDRESS, SENDER.name)
        self.here = Microsoft(self.graph)
        self.mailbox: Mailbox = self.here.mailbox
        self.count = 0

    def another(self) -> Mailbox:
        return Microsoft(self.graph, self.here.steps).mailbox

    def gone(self) -> list[bytes]:
        return [content for _, content in self.graph.outbox]

    def deliver(self, content: bytes, name: str = "a") -> None:
        self.count += 1
        self.far.deliver(content, received=datetime(2026, 11, 12, 23, self.count, tzinfo=UTC))

    def filed(self, folder: str) -> list[str]:
        return [name for one in self.far.folder(f"{HOME}/{folder}") for name in one.categories]

    def close(self) -> None:
        self.graph.stop()
        assert self.graph.violations == []


ADAPTERS: dict[str, Callable[[Path], Side]] = {"folder": FolderSide, "m365": MicrosoftSide}


@pytest.fixture(params=list(ADAPTERS))
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    """Each adapter in turn."""
    made = ADAPTERS[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> FolderSide:
    """The folder mailbox alone."""
    return FolderSide(tmp_path)


def letter(subject: str = "Case file audit CFA-2026-11-001", answers: str = "") -> Letter:
    """A letter with everything in it."""
    return Letter(
        to=Recipient(StaffKey("S1"), "Ama Žižková-O'Neil, Dr", "ama@brackenshire.example"),
        copied=(Recipient(StaffKey("S2"), "Bo Ek", "bo@brackenshire.example"),),
        subject=subject,
        html="<p>Grüße – ‘reply’</p>",
        text="Grüße – ‘reply’\n",
        stamp=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
        category="reminder",
        files=(File("CFA-2026-11-001.docx", "application/octet-stream", b"\x00\xff" * 500),),
        answers=answers,
    )


def mail(subject: str = "RE: audit", body: str = "Attached.\n") -> bytes:
    """A mail from a person, with a file and a picture in its signature."""
    made = EmailMessage()
    made["From"] = "Ama Example <Ama@Brackenshire.Example>"
    made["To"] = SENDER.address
    made["Subject"] = subject
    made["Date"] = "Thu, 12 Nov 2026 23:30:00 +0000"
    made["Message-ID"] = "<m1@brackenshire.example>"
    made.set_content(body)
    made.add_related(b"picture", "image", "png", cid="<logo>", filename="logo.png", disposition="inline")
    made.add_attachment(b"PK-content", "application", "octet-stream", filename="../../form.docx")
    return made.as_bytes()


def test_a_key_that_was_never_sent_is_not_found(side: Side) -> None:
    assert not side.mailbox.has_sent(KEY)


def test_a_sent_key_is_found_by_another_process(side: Side) -> None:
    side.mailbox.send(letter(), KEY)
    assert side.another().has_sent(KEY)
    assert not side.mailbox.has_sent(MessageKey(f"{KEY}x"))


def test_one_key_is_one_mail_even_when_sent_again(side: Side) -> None:
    side.mailbox.send(letter(), KEY)
    side.mailbox.send(letter(), KEY)
    assert len(side.gone()) == 1


def test_names_texts_and_files_arrive_as_they_were_given(side: Side) -> None:
    import email.policy
    from email.parser import BytesParser

    side.deliver(mail())
    side.mailbox.send(letter(answers="<m1@brackenshire.example>"), KEY)
    got = BytesParser(policy=email.policy.default).parsebytes(side.gone()[0])
    assert isinstance(got, EmailMessage)
    assert got["To"].addresses[0].display_name == "Ama Žižková-O'Neil, Dr"
    assert [one.addr_spec for one in got["Cc"].addresses] == ["bo@brackenshire.example"]
    assert got["In-Reply-To"] == "<m1@brackenshire.example>"
    assert got["Bcc"] is None
    plain = got.get_body(("plain",))
    assert plain is not None
    assert "Grüße – ‘reply’" in plain.get_content()
    (form,) = got.iter_attachments()
    assert form.get_payload(decode=True) == b"\x00\xff" * 500


def test_a_letter_can_be_told_from_the_id_that_replies_and_reports_bring_back(side: Side) -> None:
    long = "<AS8PR01MB1234ABCDEF5678900000@AS8PR01MB1234.eurprd01.prod.exchange.brackenshire.example>"
    side.deliver(mail().replace(b"<m1@brackenshire.example>", long.encode()))
    side.mailbox.send(letter(answers=long), KEY)
    raw = side.gone()[0].decode("ascii")
    assert f"<{message_mark(KEY)}@brackenshire.example>" in raw
    assert f"X-Case-Audit-Key: {KEY}\r\n" in raw
    assert f"In-Reply-To: {long}\r\nReferences: {long}\r\n" in raw, "an encoded id is found by nobody"


def test_letters_ask_robots_not_to_answer_but_let_bounces_and_absences_through(side: Side) -> None:
    side.mailbox.send(letter(), KEY)
    assert b"X-Auto-Response-Suppress: AutoReply, DR, RN, NRN" in side.gone()[0]


def test_a_mail_is_opened_with_its_sender_day_and_real_attachments(side: Side) -> None:
    content = mail()
    side.deliver(content)
    (mail_id,) = side.mailbox.inbox()
    got = side.mailbox.open(mail_id)
    assert got.sender == "ama@brackenshire.example"
    assert got.subject == "RE: audit"
    assert got.received == datetime(2026, 11, 12, 23, 30, tzinfo=UTC)
    assert [one.content for one in got.files] == [b"PK-content"]
    assert side.mailbox.original(mail_id) == content


def test_filing_moves_a_mail_once_and_a_second_filing_is_no_error(side: Side) -> None:
    side.deliver(mail())
    (mail_id,) = side.mailbox.inbox()
    side.mailbox.file(mail_id, "recorded", "CFA-2026-11-001_abc")
    side.mailbox.file(mail_id, "recorded", "CFA-2026-11-001_abc")
    assert list(side.mailbox.inbox()) == []
    assert side.filed("recorded") == ["CFA-2026-11-001_abc"]


def test_the_same_mail_has_the_same_id_in_another_process(side: Side) -> None:
    side.deliver(mail())
    assert list(side.mailbox.inbox()) == list(side.another().inbox())


def test_a_mail_without_a_sender_is_unreadable_and_the_others_are_not(side: Side) -> None:
    side.deliver(b"Subject: nobody\n\nbody\n", "a")
    side.deliver(mail(), "b")
    ids = list(side.mailbox.inbox())
    assert len(ids) == 2
    with pytest.raises(MailUnreadableError):
        side.mailbox.open(ids[0])
    assert side.mailbox.open(ids[1]).files


@pytest.mark.parametrize(
    ("headers", "is_"),
    [
        ("", ""),
        ("Auto-Submitted: no\n", ""),
        ("Auto-Submitted: auto-replied; owner=x\n", "auto-reply"),
        ("Subject: Automatic reply: RE: audit\n", "auto-reply"),
        ("Return-Path: <>\n", "automatic"),
        ("From: mailer-daemon@brackenshire.example\n", "bounce"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", "bounce"),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n", "receipt"),
        ("Content-Type: text/calendar; method=REPLY\n", "meeting reply"),
        ("Precedence: bulk\n", "automatic"),
    ],
)
def test_mail_that_no_person_wrote_is_told_from_mail_that_one_did(side: Side, headers: str, is_: str) -> None:
    sender = "" if headers.startswith("From:") else "From: a@brackenshire.example\n"
    side.deliver(f"{sender}{headers}\n--b\n\nhello\n--b--\n".encode())
    (mail_id,) = side.mailbox.inbox()
    assert side.mailbox.open(mail_id).automatic == is_


def test_a_mail_brings_the_ids_it_answers_and_what_a_report_says_of_our_message(side: Side) -> None:
    for name, one in (("a", PEOPLE[0]), ("b", BOUNCES[0])):
        side.deliver(one.content, name)
    answer, bounce = (side.mailbox.open(one) for one in side.mailbox.inbox())
    assert answer.answers == (f"<{MARK}@brackenshire.example>",)
    assert (answer.automatic, answer.bounces) == ("", ())
    assert [(one.address, one.kind, one.key) for one in bounce.bounces] == [
        ("toby.tarn@brackenshire.example", "hard", REPORTED)
    ]
    assert bounce.files == ()


KNOWN = (("case", "CFA-2026-11-001/10 000 001"), ("list", "CFA-2026-11-ACT-001|oversight|Žiž 100%|a,b"))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_a_store_that_forgot_a_letter_learns_its_key_its_parts_and_whom_it_went_to(side: Side) -> None:
    side.deliver(mail())
    shared = [("share", MessageKey(f"CFA-2026-11-{n:03d}/share/1/S 1")) for n in range(1, 13)]
    told = replace(letter(answers="<m1@brackenshire.example>"), parts=tuple(shared), known=KNOWN)
    side.mailbox.send(told, KEY)
    (found,) = side.another().sent_since(LONG_AGO)
    assert found.contents == (("reminder", KEY), *shared)
    assert (found.to, found.copied) == ("ama@brackenshire.example", ("bo@brackenshire.example",))
    assert (found.known, found.answers) == (KNOWN, "<m1@brackenshire.example>")
    assert list(side.mailbox.sent_since(found.at)) == []
    assert found.at.tzinfo is not None


def test_what_people_sent_is_no_letter_of_ours(side: Side) -> None:
    side.deliver(mail())
    assert list(side.mailbox.sent_since(LONG_AGO)) == []


def test_a_filed_mail_is_found_and_comes_back_under_its_id(side: Side) -> None:
    side.deliver(mail())
    (mail_id,) = side.mailbox.inbox()
    side.mailbox.file(mail_id, "recorded", "CFA-2026-11-001_abc")
    other = side.another()
    assert list(other.filed_since(LONG_AGO)) == [mail_id]
    assert other.open(mail_id).sender == "ama@brackenshire.example"
    other.put_back(mail_id)
    other.put_back(mail_id)
    assert list(other.inbox()) == [mail_id]
    assert list(side.another().filed_since(LONG_AGO)) == []
    assert list(other.filed_since(datetime(2999, 1, 1, tzinfo=UTC))) == []


def test_drafts_of_other_programs_and_hidden_files_are_left_alone(folder: FolderSide) -> None:
    for name in (".part-1.eml", "~draft.eml"):
        (folder.folder / "inbox" / name).write_bytes(mail())
    (folder.folder / "inbox" / "notes.txt").write_text("not a mail")
    assert list(folder.mailbox.inbox()) == []


def test_letters_in_a_folder_say_that_they_are_automatic(folder: FolderSide) -> None:
    folder.mailbox.send(letter(), KEY)
    assert b"Auto-Submitted: auto-generated" in folder.gone()[0]
