"""The one door out: each key once, checked, and looked for before anything is repeated."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from automation.adapters.addresses import valid_address
from automation.adapters.database import Database
from automation.adapters.eml_folder import EmlFolder
from automation.domain.bundle import bundled
from automation.domain.dealt_mail import DealtMail, Outcome
from automation.domain.ids import AuditRef, MessageKey, RoundId, StaffKey
from automation.domain.message import Bounce, Letter, Message, Recipient
from automation.outbox import Guard, Outbox, Posted
from automation.ports import LetterRefusedError, MailboxUnavailableError, UncertainError, UndecidedError

STAMP = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KEY = MessageKey("CFA-2026-11-001/reminder/2026-11-30/S1")
SENDER = Recipient(StaffKey("us"), "Audits", "case.audits@brackenshire.example")
GUARD = Guard(frozenset({"brackenshire.example"}), valid_address)


def person(address: str = "ama@brackenshire.example", key: str = "S1") -> Recipient:
    """Somebody to write to."""
    return Recipient(StaffKey(key), "Ama Example", address)


def message(to: Recipient | None = None, *copied: Recipient) -> Message:
    """A reminder."""
    return Message(KEY, "reminder", to or person(), copied=copied)


def worded() -> Letter:
    """The letter of it."""
    return Letter(person(), (), "Case file audit CFA-2026-11-001", "<p>x</p>", "x", STAMP, "reminder")


class Provider(EmlFolder):
    """The folder mailbox of a provider that misbehaves as real ones do, by plan."""

    def __init__(self, folder: Path, *plan: str) -> None:
        super().__init__(folder, SENDER)
        self.plan = list(plan)

    def send(self, letter: Letter, key: MessageKey) -> None:
        """Send, or fail before or after it has gone."""
        step = self.plan.pop(0) if self.plan else ""
        if step == "down":
            raise MailboxUnavailableError("down")
        if step == "refused":
            raise LetterRefusedError("mailbox full")
        super().send(letter, key)
        if step == "uncertain":
            raise UncertainError
        if step == "gone, then down":
            raise MailboxUnavailableError("the answer was lost")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """A new store."""
    made = Database(f"sqlite:///{tmp_path / 'audits.db'}")
    yield made
    made.close()


def outbox(store: Database, mailbox: EmlFolder) -> Outbox:
    """An outbox as a pass has it."""
    return Outbox(store, mailbox, GUARD, STAMP)


def gone(folder: Path) -> int:
    """How many mails have left."""
    return len(list((folder / "sent").glob("*.eml")))


def test_a_message_goes_once_however_often_it_is_posted(store: Database, tmp_path: Path) -> None:
    mailbox = Provider(tmp_path)
    assert outbox(store, mailbox).post(message(), worded) is Posted.SENT
    assert outbox(store, mailbox).post(message(), worded) is Posted.ALREADY_SENT
    assert gone(tmp_path) == 1


def test_a_letter_whose_answer_was_lost_is_looked_up_and_not_repeated(
    store: Database, tmp_path: Path
) -> None:
    mailbox = Provider(tmp_path, "gone, then down")
    with pytest.raises(MailboxUnavailableError):
        outbox(store, mailbox).post(message(), worded)
    (sent,) = (tmp_path / "sent").glob("*.eml")
    before = sent.stat().st_mtime_ns
    assert outbox(store, mailbox).post(message(), worded) is Posted.ALREADY_SENT
    assert sent.stat().st_mtime_ns == before
    assert [one.state for one in store.sendings()] == ["sent"]


def test_a_letter_that_had_not_gone_is_sent_on_the_next_pass(store: Database, tmp_path: Path) -> None:
    mailbox = Provider(tmp_path, "down")
    with pytest.raises(MailboxUnavailableError):
        outbox(store, mailbox).post(message(), worded)
    assert outbox(store, mailbox).post(message(), worded) is Posted.SENT
    assert gone(tmp_path) == 1


def test_a_broken_off_claim_that_had_gone_is_found_even_when_nothing_is_due_any_more(
    store: Database, tmp_path: Path
) -> None:
    mailbox = Provider(tmp_path)
    store.claim(message(), STAMP)
    mailbox.send(worded(), KEY)
    outbox(store, mailbox).recover()
    assert [one.state for one in store.sendings()] == ["sent"]
    assert [one.event.what for one in store.history()] == ["reminder found sent"]


def test_a_store_restored_from_an_old_backup_sends_nothing_again(store: Database, tmp_path: Path) -> None:
    mailbox = Provider(tmp_path)
    mailbox.send(worded(), KEY)
    assert outbox(store, mailbox).post(message(), worded) is Posted.ALREADY_SENT
    assert outbox(store, mailbox).sent == {}


def test_a_broken_off_claim_that_had_not_gone_is_free_again(store: Database, tmp_path: Path) -> None:
    mailbox = Provider(tmp_path)
    store.claim(message(), STAMP)
    outbox(store, mailbox).recover()
    assert store.sendings() == ()
    assert outbox(store, mailbox).post(message(), worded) is Posted.SENT


def test_an_uncertain_letter_is_doubtful_and_never_repeated_by_machine(
    store: Database, tmp_path: Path
) -> None:
    mailbox = Provider(tmp_path, "uncertain")
    assert outbox(store, mailbox).post(message(), worded) is Posted.DOUBTFUL
    assert outbox(store, mailbox).post(message(), worded) is Posted.DOUBTFUL
    assert gone(tmp_path) == 1
    assert [one.key for one in store.sendings("doubtful")] == [KEY]


@pytest.mark.parametrize(("found", "state"), [(True, "sent"), (False, "free")])
def test_a_person_settles_a_doubtful_letter(store: Database, tmp_path: Path, found: bool, state: str) -> None:
    mailbox = Provider(tmp_path, "uncertain")
    outbox(store, mailbox).post(message(), worded)
    assert outbox(store, mailbox).resolve(KEY, gone=found)
    assert not outbox(store, mailbox).resolve(KEY, gone=found)
    states = [one.state for one in store.sendings()]
    assert states == (["sent"] if state == "sent" else [])


def test_a_refused_letter_is_told_and_stands_in_nobodys_way(store: Database, tmp_path: Path) -> None:
    box = outbox(store, Provider(tmp_path, "refused"))
    assert box.post(message(), worded) is Posted.REFUSED
    assert "mailbox full" in box.problems[0].what


@pytest.mark.parametrize(
    "address",
    [
        "ama@elsewhere.example",
        "ama@brackenshire.example.evil.example",
        "ama@brackenshire.example, bo@brackenshire.example",
        "ama@brackenshire.example\r\nBcc: all@brackenshire.example",
        "Ama <ama@brackenshire.example>",
        "ama brackenshire.example",
        "аma@brackenshire.example",
        "@brackenshire.example",
        "",
    ],
)
def test_an_address_that_is_not_one_of_ours_is_never_written_to(
    store: Database, tmp_path: Path, address: str
) -> None:
    for to, copied in ((person(address), ()), (person(), (person(address, "S2"),))):
        box = outbox(store, Provider(tmp_path))
        assert box.post(message(to, *copied), worded) is Posted.REFUSED
        assert "Staff sheet" in box.problems[0].remedy
        assert address not in str(box.problems[0]) or not address
    assert gone(tmp_path) == 0
    assert store.sendings() == ()


def test_one_address_for_two_recipients_is_refused(store: Database, tmp_path: Path) -> None:
    box = outbox(store, Provider(tmp_path))
    both = message(person(), person("AMA@brackenshire.example", "S2"))
    assert box.post(both, worded) is Posted.REFUSED


def test_a_letter_that_cannot_be_worded_leaves_nothing_claimed(store: Database, tmp_path: Path) -> None:
    def broken() -> Letter:
        raise ValueError("template")

    with pytest.raises(ValueError, match="template"):
        outbox(store, Provider(tmp_path)).post(message(), broken)
    assert store.sendings() == ()


def came_back(store: Database, address: str, key: str = KEY) -> None:
    """A mail system says that a message did not reach an address."""
    mail = DealtMail(
        f"{address}{key}",
        STAMP.date(),
        "postmaster@brackenshire.example",
        Outcome.AUTOMATIC,
        "bounce",
        bounces=(Bounce(address, "hard", "5.1.1", key),),
    )
    store.learn_mail(mail, None, (), STAMP)


def test_nothing_more_goes_to_an_address_that_mail_came_back_from(store: Database, tmp_path: Path) -> None:
    outbox(store, Provider(tmp_path)).post(message(), worded)
    came_back(store, "ama@brackenshire.example")
    box, other = outbox(store, Provider(tmp_path)), MessageKey("CFA-2026-11-002/reminder/2026-11-30/S1")
    assert box.post(replace(message(person("AMA@brackenshire.example")), key=other), worded) is Posted.REFUSED
    assert "came back" in box.problems[0].what
    assert "Staff sheet" in box.problems[0].remedy
    assert gone(tmp_path) == 1
    assert [one.key for one in store.sendings()] == [KEY]


def test_a_copy_to_such_an_address_is_left_out_and_the_message_goes(store: Database, tmp_path: Path) -> None:
    bo = person("bo@brackenshire.example", "S2")
    copied = replace(worded(), copied=(bo,))
    outbox(store, Provider(tmp_path)).post(message(person(), bo), lambda: copied)
    came_back(store, "bo@brackenshire.example")
    box, other = outbox(store, Provider(tmp_path)), MessageKey("CFA-2026-11-002/reminder/2026-11-30/S1")
    assert box.post(replace(message(person(), bo), key=other), lambda: copied) is Posted.SENT
    assert "went without its copy" in box.problems[0].what
    assert [one.copied for one in store.sendings(about="CFA-2026-11-002")] == [()]
    assert sum(b"bo@brackenshire.example" in one.read_bytes() for one in (tmp_path / "sent").iterdir()) == 1


def test_qas_own_mail_goes_on_whatever_came_back(store: Database, tmp_path: Path) -> None:
    address = "ama@brackenshire.example"
    outbox(store, Provider(tmp_path)).post(message(person()), worded)
    came_back(store, address)
    digest = Message(MessageKey(f"digest-2026-11-24/digest/1/{address}"), "digest", person(address, address))
    assert outbox(store, Provider(tmp_path)).post(digest, worded) is Posted.SENT


def test_a_report_on_a_message_that_never_went_closes_no_address(store: Database, tmp_path: Path) -> None:
    store.claim(message(), STAMP)
    came_back(store, "ama@brackenshire.example")
    assert outbox(store, Provider(tmp_path)).came_back().dead == {}
    assert outbox(store, Provider(tmp_path)).post(message(), worded) is Posted.SENT


def bundle(*numbers: int, day: date = date(2026, 11, 23)) -> Message:
    """One mail to one person with a share of each of these audits."""
    parts = [
        Message(
            MessageKey(f"CFA-2026-11-{number:03d}/share/1/S1"),
            "share",
            person(),
            {"number": number},
            reference=AuditRef(f"CFA-2026-11-{number:03d}"),
        )
        for number in numbers
    ]
    (mail,) = bundled(parts, day, lambda _: False)
    return mail


def test_what_goes_in_one_mail_counts_as_gone_part_by_part(store: Database, tmp_path: Path) -> None:
    mail, mailbox = bundle(2, 1), Provider(tmp_path)
    assert mail.facts["parts"] == ({"number": 1}, {"number": 2})
    assert outbox(store, mailbox).post(mail, worded) is Posted.SENT
    assert gone(tmp_path) == 1
    assert store.sent([RoundId("2026-11")]) == {one.key for one in mail.parts}
    assert store.sent_since("") == {"share": 1}, "one mail was sent, whatever was in it"
    (told,) = store.sendings(about="CFA-2026-11-002")
    assert (told.state, told.recipient, told.within) == ("sent", "S1", mail.key)


def test_a_part_that_has_gone_is_not_sent_again_in_another_mail(store: Database, tmp_path: Path) -> None:
    mailbox = Provider(tmp_path)
    outbox(store, mailbox).post(bundle(1), worded)
    tomorrow = bundle(1, 2, day=date(2026, 11, 24))
    assert outbox(store, mailbox).post(tomorrow, worded) is Posted.ALREADY_SENT
    assert gone(tmp_path) == 1
    assert store.sendings(about="CFA-2026-11-002") == (), "nothing is claimed: it goes in a mail of its own"
    assert outbox(store, mailbox).post(bundle(2, day=date(2026, 11, 24)), worded) is Posted.SENT


def test_a_restored_store_takes_no_part_for_sent_that_may_not_have_been_in_the_mail(
    store: Database, tmp_path: Path
) -> None:
    mailbox = Provider(tmp_path)
    outbox(store, mailbox).post(bundle(1), worded)
    restored = Database("sqlite://")
    assert outbox(restored, mailbox).post(bundle(1, 2), worded) is Posted.DOUBTFUL
    assert gone(tmp_path) == 1
    assert [one.state for one in restored.sendings(about="CFA-2026-11-002")] == ["doubtful"]
    assert len(restored.sendings("doubtful")) == 1, "the mail is told of once, and settled with its parts"
    restored.close()


def test_a_mail_with_parts_that_broke_off_frees_or_settles_them_all(store: Database, tmp_path: Path) -> None:
    mailbox = Provider(tmp_path, "down", "gone, then down")
    with pytest.raises(MailboxUnavailableError):
        outbox(store, mailbox).post(bundle(1, 2), worded)
    assert store.sent([RoundId("2026-11")]) == frozenset()
    outbox(store, mailbox).recover()
    assert store.sendings(about="CFA-2026-11-001") == ()
    with pytest.raises(MailboxUnavailableError):
        outbox(store, mailbox).post(bundle(1, 2), worded)
    outbox(store, mailbox).recover()
    assert [one.state for one in store.sendings(about="CFA-2026-11-001")] == ["sent"]
    assert gone(tmp_path) == 1


def test_a_person_gets_one_mail_of_a_kind_a_day_and_the_rest_tomorrow() -> None:
    today = bundle(1)
    late = bundle(2).parts
    assert list(bundled(late, date(2026, 11, 23), lambda key: key == today.key)) == []
    assert [one.key for one in bundled(late, date(2026, 11, 24), lambda key: key == today.key)] == [
        "share-2026-11-24/share/1/S1"
    ]


def test_a_letter_whose_fate_is_not_known_yet_keeps_its_claim_and_is_asked_about_later(
    store: Database, tmp_path: Path
) -> None:
    class Slow(Provider):
        told = False

        def send(self, letter: Letter, key: MessageKey) -> None:
            super().send(letter, key)
            raise UndecidedError

        def has_sent(self, key: MessageKey) -> bool:
            if not self.told and super().has_sent(key):
                raise UndecidedError
            return super().has_sent(key)

    mailbox = Slow(tmp_path)
    assert outbox(store, mailbox).post(message(), worded) is Posted.UNDECIDED
    again = outbox(store, mailbox)
    again.recover()
    assert again.post(message(), worded) is Posted.UNDECIDED
    assert [one.state for one in store.sendings()] == ["claimed"]
    mailbox.told = True
    outbox(store, mailbox).recover()
    assert [one.state for one in store.sendings()] == ["sent"]
    assert gone(tmp_path) == 1
