"""An immediate concern is told before anything else, at any hour, to those who must act, and once."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from email.message import EmailMessage

import pytest

from automation import cli
from automation.adapters.clock import FixedClock
from automation.domain.message import Message
from automation.ports import Mailbox, MailboxUnavailableError, SendingState, Store
from automation.service import REPLIES_ONLY, Service
from tests.stories.test_bounces import come_back
from tests.stories.test_returns import outcomes, replies, text
from tests.support.month import DOMAIN, Month

FIRST, SECOND = "CFA-2026-11-001", "CFA-2026-11-002"
WORDS = "The safety plan names an adult"
EVERYBODY = ["maya.moss", "morgan.ellery", "tara.town", "wendy.wood"]


def declare(
    month: Month, day: str = "2026-11-12", who: str = "toby.tarn", reference: str = FIRST, **answers: str
) -> None:
    """A form with a concern comes back. Its filler is the auditor of the reference."""
    auditor = {FIRST: "toby.tarn", SECOND: "paul.pond"}[reference]
    month.reply(who, month.filled(reference, auditor, "concern", day, **answers), day)


def raised(month: Month, kind: str = "concern") -> list[str]:
    """Who was told of a concern, by the local parts of their addresses."""
    return [who for _, _, who in month.sent(kind)]


def to(month: Month, who: str, kind: str = "concern") -> EmailMessage:
    """The message about a concern to somebody."""
    (found,) = [one for one in replies(month, kind) if str(one["To"].addresses[0].username) == who]
    return found


def words(letter: EmailMessage) -> str:
    return " ".join(text(letter).split())


def sent_order(month: Month, after: int = 0) -> list[str]:
    """What was sent, in the order in which it went, by the history."""
    ports = month.ports()
    try:
        past = [one for one in ports.store.history() if one.number > after]
        return [one.event.what for one in past if one.event.what.endswith(" sent")]
    finally:
        ports.store.close()


def last_event(month: Month) -> int:
    ports = month.ports()
    try:
        return ports.store.history()[-1].number
    finally:
        ports.store.close()


def digest_of(month: Month, day: str) -> str:
    (found,) = [one for one in month.letters() if f"digest-{day}" in str(one["X-Case-Audit-Key"])]
    return words(found)


def test_a_declared_concern_is_told_to_worker_manager_service_manager_and_qa(started: Month) -> None:
    declare(started)
    started.on("2026-11-12")
    assert raised(started) == EVERYBODY
    for who in EVERYBODY:
        letter = to(started, who)
        assert letter["Importance"] == "high"
        assert letter["Subject"] == f"PHONE NOW: immediate concern in case file audit {FIRST}"
        assert "case 10000001" in words(letter)
        assert "from Toby Tarn at 14:30 on Thursday 12 November 2026" in words(letter)
        assert "Phone" in words(letter)[:200]
        assert "This mailbox is not the safeguarding route, and nobody watches it" in words(letter)
        assert "who was told, and when?" in words(letter)
        assert not list(letter.iter_attachments())


def test_no_mail_says_what_the_concern_is_or_who_was_told(started: Month) -> None:
    declare(started)
    started.on("2026-11-12")
    for letter in replies(started, "concern"):
        body = letter.get_body(("html",))
        assert body is not None
        for version in (words(letter), str(body.get_content())):
            assert WORDS not in version
            assert "10.20" not in version
    assert "The form says that somebody was told. Make sure all the same." in words(to(started, "tara.town"))


def test_it_goes_before_everything_else_that_the_pass_sends(started: Month) -> None:
    """A receipt, a reply that had waited, and a reminder are due in the same pass."""
    started.reply("paul.pond", started.filled(SECOND, "paul.pond"), "2026-11-23")
    declare(started, "2026-11-23")
    before = last_event(started)
    started.on("2026-11-23")
    order = sent_order(started, before)
    assert order[:4] == ["concern sent"] * 4
    assert {"receipt sent", "reminder sent", "share sent", "digest sent"} <= set(order[4:])


def test_it_goes_at_night(started: Month) -> None:
    declare(started)
    started.on("2026-11-12", REPLIES_ONLY)
    assert raised(started) == EVERYBODY


def test_nobody_is_told_twice_however_often_the_service_runs(started: Month) -> None:
    declare(started)
    started.on("2026-11-12", REPLIES_ONLY)
    started.each_day("2026-11-12", "2026-11-20")
    assert raised(started) == EVERYBODY


def test_a_corrected_form_does_not_raise_it_again(started: Month) -> None:
    declare(started)
    started.on("2026-11-12")
    declare(started, "2026-11-13", overall_grade="Inadequate")
    started.on("2026-11-13")
    assert outcomes(started)[1] == "newer version"
    assert raised(started) == EVERYBODY


def test_a_corrected_form_that_declares_one_for_the_first_time_raises_it(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    assert raised(started) == []
    declare(started, "2026-11-13")
    started.on("2026-11-13")
    assert raised(started) == EVERYBODY
    assert "on Friday 13 November 2026" in words(to(started, "tara.town"))


@pytest.mark.parametrize(
    ("answers", "urgent"),
    [
        ({"immediate_concern": "No", "concern_details": "The lock on the gate is broken again."}, True),
        ({"immediate_concern": "No", "concern_details": "", "concern_told": "Tara, on Monday"}, True),
        ({"immediate_concern": "No", "concern_details": "None", "concern_told": "n/a"}, False),
    ],
)
def test_details_beside_a_no_are_a_concern(started: Month, answers: dict[str, str], urgent: bool) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", **answers))
    started.on("2026-11-12")
    assert raised(started) == (EVERYBODY if urgent else [])


def test_an_incomplete_form_raises_it_to_qa_alone(started: Month) -> None:
    declare(started, overall_grade="")
    started.on("2026-11-12", REPLIES_ONLY)
    assert outcomes(started) == ["incomplete"]
    assert raised(started) == []
    assert started.sent("concern_held") == [("concern_held", FIRST, "morgan.ellery")]
    told = words(to(started, "morgan.ellery", "concern_held"))
    assert to(started, "morgan.ellery", "concern_held")["Importance"] == "high"
    assert "Only QA is told by mail" in told
    assert "Case number: 10000001" in told
    assert "Team manager: Tara Town" in told
    assert sent_order(started)[-2:] == ["concern_held sent", "incomplete sent"]


def test_once_the_form_is_complete_the_others_are_told_too(started: Month) -> None:
    declare(started, overall_grade="")
    started.on("2026-11-12")
    declare(started, "2026-11-13")
    started.on("2026-11-13")
    assert raised(started) == EVERYBODY
    assert raised(started, "concern_held") == ["morgan.ellery"]


def test_a_form_from_the_wrong_sender_raises_it_to_qa_and_names_its_audit(started: Month) -> None:
    declare(started, who="wendy.wood", reference=SECOND)
    started.on("2026-11-12")
    assert raised(started) == []
    ((_, about, who),) = started.sent("concern_held")
    assert (about[:5], who) == ("mail-", "morgan.ellery")
    told = words(to(started, "morgan.ellery", "concern_held"))
    assert f"Names: {SECOND}" in told
    assert "From: Wendy Wood" in told
    assert "needs-a-person" in told


def test_a_forged_and_a_strangers_form_raise_it_to_qa(started: Month) -> None:
    forged = {"Authentication-Results": f"mx.{DOMAIN}; spf=fail; dkim=none; dmarc=fail"}
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", "concern"), headers=forged)
    started.reply("x@elsewhere.example", started.filled(SECOND, "paul.pond", "concern"))
    started.on("2026-11-12")
    assert raised(started) == []
    assert raised(started, "concern_held") == ["morgan.ellery"] * 2


def test_a_held_correction_of_a_concern_that_was_raised_is_told_to_qa_alone(started: Month) -> None:
    declare(started, overall_grade="")
    declare(started, reasons="")
    started.on("2026-11-12")
    started.on("2026-11-13")
    assert raised(started, "concern_held") == ["morgan.ellery"]


# Who is left out, and why


def test_somebody_in_two_roles_is_told_once(started: Month) -> None:
    started.rows[0]["social_worker"] = "Tara Town"
    started.save_sheet()
    declare(started)
    started.on("2026-11-12")
    assert raised(started) == ["maya.moss", "morgan.ellery", "tara.town"]
    assert "you are the social worker and the team manager of this case" in words(to(started, "tara.town"))


def test_those_who_cannot_be_reached_are_named_to_qa_and_the_others_told(started: Month) -> None:
    started.rows[0]["social_worker"] = "Vacant"
    started.teams[0]["service_manager"] = None
    started.save_sheet()
    declare(started)
    started.on("2026-11-12")
    assert raised(started) == ["morgan.ellery", "tara.town"]
    told = words(to(started, "morgan.ellery"))
    assert "Social worker: NOT SENT: the sheet names no social worker for the case" in told
    assert "Service manager: NOT SENT: the Teams sheet names no service manager for North" in told
    assert "Team manager: Tara Town, tara.town@brackenshire.example. Sent" in told


def test_an_address_that_mail_comes_back_from_is_named_to_qa(started: Month) -> None:
    come_back(started, f"{FIRST}/case-details/team_manager", f"tara.town@{DOMAIN}")
    started.on("2026-11-03")
    declare(started)
    started.on("2026-11-12")
    assert "tara.town" not in raised(started)
    told = words(to(started, "morgan.ellery"))
    assert "Tara Town, tara.town@brackenshire.example. NOT SENT: mail to Tara Town comes back" in told


def test_a_qa_officer_who_sent_the_form_is_not_told_of_it_and_the_three_are(started: Month) -> None:
    service = started.config / "service.toml"
    service.write_text(service.read_text("utf-8").replace("morgan.ellery@", "toby.tarn@"), "utf-8")
    declare(started)
    started.on("2026-11-12")
    assert raised(started) == ["maya.moss", "tara.town", "wendy.wood"]


def test_a_qa_officer_who_is_the_service_manager_gets_one_message_for_both(started: Month) -> None:
    service = started.config / "service.toml"
    service.write_text(service.read_text("utf-8").replace("morgan.ellery@", "maya.moss@"), "utf-8")
    declare(started)
    started.on("2026-11-12")
    assert raised(started) == ["maya.moss", "tara.town", "wendy.wood"]
    told = words(to(started, "maya.moss"))
    assert "you are the service manager of this case" in told
    assert "write the day into ‘Concern dealt with on’" in told


@pytest.mark.parametrize("status", ["Held", "Restricted"])
def test_of_a_case_that_may_not_be_written_about_qa_alone_hears(started: Month, status: str) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    started.rows[0]["status"] = status
    started.save_sheet()
    declare(started, "2026-11-13")
    started.on("2026-11-13")
    assert raised(started) == ["morgan.ellery"]
    assert "NOT SENT: the sheet says that nothing may be sent" in words(to(started, "morgan.ellery"))


def test_a_row_that_waits_or_has_gone_keeps_nobody_from_being_told(started: Month) -> None:
    started.rows[0]["plan_type"] = None
    started.rows[0]["auditor"] = "Nobody We Know"
    started.save_sheet()
    started.on("2026-11-11")
    declare(started)
    started.on("2026-11-12")
    assert raised(started) == EVERYBODY


def test_a_message_that_found_a_mailbox_full_goes_again(started: Month) -> None:
    declare(started)
    started.on("2026-11-12")
    full = ("5.2.2", "554 5.2.2 mailbox full")
    come_back(started, f"{FIRST}/concern/1/T1", f"tara.town@{DOMAIN}", full, day="2026-11-12")
    started.each_day("2026-11-12", "2026-11-20")
    assert raised(started).count("tara.town") == 2


# Until somebody has confirmed it


def test_the_digest_carries_it_until_the_sheet_says_that_it_was_dealt_with(started: Month) -> None:
    declare(started)
    started.on("2026-11-12")
    started.on("2026-11-27")
    declared = f"{FIRST}, from Toby Tarn: the form declares an immediate concern."
    assert declared in digest_of(started, "2026-11-27")
    assert "‘Concern dealt with on’" in digest_of(started, "2026-11-27")
    started.rows[0]["concern_confirmed"] = date(2026, 11, 27)
    started.save_sheet()
    started.on("2026-11-30")
    assert "declares an immediate concern" not in digest_of(started, "2026-11-30")


def test_a_correction_that_says_no_does_not_end_it(started: Month) -> None:
    declare(started)
    started.on("2026-11-12")
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), "2026-11-13")
    started.on("2026-11-13")
    assert outcomes(started)[1] == "newer version"
    assert "1 thing needs you today" in digest_of(started, "2026-11-13")
    assert f"First: {FIRST}, from Toby Tarn: the form declares" in digest_of(started, "2026-11-13")


def test_one_in_an_incomplete_form_is_carried_until_the_complete_one_is_recorded(started: Month) -> None:
    declare(started, overall_grade="")
    started.on("2026-11-12")
    started.on("2026-11-24")
    assert "It is not recorded, and only QA was told" in digest_of(started, "2026-11-24")
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), "2026-11-25")
    started.on("2026-11-25")
    assert "declares an immediate concern" not in digest_of(started, "2026-11-25")


def test_a_held_form_is_still_told_to_qa_when_its_concern_is_dealt_with(started: Month) -> None:
    declare(started, who="wendy.wood", reference=SECOND)
    started.on("2026-11-12")
    started.rows[1]["concern_confirmed"] = date(2026, 11, 12)
    started.save_sheet()
    started.on("2026-11-13")
    told = digest_of(started, "2026-11-13")
    assert "declares an immediate concern" not in told
    assert f"A mail from Wendy Wood that names {SECOND}" in told


def test_what_was_dealt_with_before_it_could_be_told_is_not_raised(started: Month) -> None:
    started.rows[0]["concern_confirmed"] = date(2026, 11, 11)
    started.save_sheet()
    declare(started)
    started.on("2026-11-12")
    assert raised(started) == []


# What the sender is told


def test_the_sender_is_told_whom_the_service_has_mailed_and_to_phone_all_the_same(started: Month) -> None:
    declare(started)
    declare(started, who="paul.pond", reference=SECOND, overall_grade="")
    started.on("2026-11-12")
    (receipt,), (incomplete,) = replies(started, "receipt"), replies(started, "incomplete")
    assert "has mailed the social worker, the team manager, the service manager and the QA" in words(receipt)
    assert "Only the QA officers are told of it by mail" in words(incomplete)
    for letter in (receipt, incomplete):
        assert "make sure now, by phone" in words(letter)
        assert "does not raise it" not in words(letter)


# Breaking off


class Killed(BaseException):
    """The process dies."""


class HandedOn:
    """A port that hands everything on to the real one."""

    def __init__(self, real: object) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Callable[..., object]:
        found: Callable[..., object] = getattr(self._real, name)
        return found


class DyingStore(HandedOn):
    """The store of a process that dies when a message of a kind is to be claimed."""

    def __init__(self, store: Store, kind: str) -> None:
        super().__init__(store)
        self._store, self._kind = store, kind

    def claim(self, message: Message, stamp: datetime) -> SendingState | None:
        if message.kind == self._kind:
            raise Killed
        return self._store.claim(message, stamp)


class FailingMailbox(HandedOn):
    """A mailbox that cannot be reached any more once its first mail has been told of."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(mailbox)
        self._mailbox = mailbox

    def inbox(self) -> Iterator[str]:
        yield next(self._mailbox.inbox())
        raise MailboxUnavailableError("The mailbox does not answer.")


def test_it_goes_when_the_mailbox_fails_after_its_form_was_dealt_with(started: Month) -> None:
    declare(started)
    ports = started.ports()
    failing = replace(ports, mailbox=FailingMailbox(ports.mailbox))  # type: ignore[arg-type]  # the rest is handed on
    outcome = Service(started.settings, failing).once(FixedClock(date(2026, 11, 12)), ("collect",))
    ports.store.close()
    assert outcome.unavailable == ("The mailbox does not answer.",)
    assert raised(started) == EVERYBODY


@pytest.mark.parametrize("kind", ["concern", "receipt"])
def test_a_pass_that_dies_between_concern_and_receipt_sends_nothing_twice(started: Month, kind: str) -> None:
    declare(started)
    ports = started.ports()
    dying = replace(ports, store=DyingStore(ports.store, kind))  # type: ignore[arg-type]  # the rest is handed on
    with pytest.raises(Killed):
        Service(started.settings, dying).once(FixedClock(date(2026, 11, 12)))
    ports.store.close()
    assert raised(started) == (EVERYBODY if kind == "receipt" else [])
    started.on("2026-11-12")
    assert raised(started) == EVERYBODY
    assert len(started.sent("receipt")) == 1


def test_an_older_store_brought_back_sends_nothing_twice(started: Month) -> None:
    declare(started)
    store = started.folder / "state" / "audits.db"
    saved = {one: one.read_bytes() for one in store.parent.glob("audits.db*")}
    (mail,) = started.inbox.glob("*.eml")
    content = mail.read_bytes()
    started.on("2026-11-12")
    before = sorted(started.kinds())
    for one in store.parent.glob("audits.db*"):
        one.unlink()
    for one, kept in saved.items():
        one.write_bytes(kept)
    shutil.rmtree(started.mailbox / "filed")
    mail.write_bytes(content)
    letters = len(started.letters())
    assert cli.main(["reconcile", "--config", str(started.config)]) == 0
    started.on("2026-11-12")
    assert sorted(started.kinds()) == before
    assert len(started.letters()) == letters
    assert len(raised(started)) == len(EVERYBODY)
