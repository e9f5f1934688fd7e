"""Whatever Microsoft 365 does: every letter goes once, or a person is told; every mail is dealt with once."""

import email.policy
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from functools import partial

import pytest

from automation.adapters.database import Database
from automation.adapters.m365.calls import CALL_SECONDS
from automation.domain.ids import MessageKey, StaffKey
from automation.domain.message import File, Letter, Message, Recipient
from automation.outbox import Guard, Outbox
from automation.ports import MailUnreadableError, OutsideUnavailableError
from tests.support import graph as loopback
from tests.support.graph import Fault, LoopbackGraph, VirtualClock
from tests.support.m365 import ADDRESS, HOME, Microsoft, keys, virtual

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
GUARD = Guard(frozenset({"brackenshire.example"}), lambda _: True)
COUNT = 3


@pytest.fixture
def graph() -> Iterator[LoopbackGraph]:
    """A loopback whose clock stands until somebody waits."""
    with LoopbackGraph(keys(), VirtualClock(START)) as made:
        made.add_mailbox(ADDRESS, "Case file audits")
        yield made
    assert made.violations == []


def messages(answers: str = "") -> list[Message]:
    """One message each to a few people."""
    people = [Recipient(StaffKey(f"S{n}"), f"Ama {n}", f"ama.{n}@brackenshire.example") for n in range(COUNT)]
    return [
        Message(MessageKey(f"CFA-2026-11-00{n}/reminder/1/{one.key}"), "reminder", one, answers=answers)
        for n, one in enumerate(people, 1)
    ]


def letter(message: Message, size: int = 40) -> Letter:
    """Its letter, with a file of so many bytes."""
    file = File("CFA-2026-11-001.docx", "application/octet-stream", b"\x00\xfe" * (size // 2))
    words = (f"Case file audit {message.key[:15]}", "<p>Words</p>", "Words\n")
    return Letter(message.to, (), *words, START, "reminder", files=(file,), answers=message.answers)


class Months:
    """The service on the loopback: one pass after another, each a process of its own."""

    def __init__(self, graph: LoopbackGraph, size: int = 40, answers: str = "", seconds: float = 0.8) -> None:
        self.graph, self.size, self.seconds = graph, size, seconds
        self.store = Database("sqlite://")
        self.messages = messages(answers)
        self.told: list[str] = []

    def run(self, passes: int = 6, minutes: int = 16) -> None:
        """So many passes, so many minutes apart."""
        for _ in range(passes):
            self.one_pass()
            assert isinstance(self.graph.clock, VirtualClock)
            self.graph.clock.advance(minutes * 60)

    def one_pass(self) -> None:
        """Whatever was left open is looked up, then all that has not gone is posted."""
        here = virtual(self.graph, self.store, call_seconds=self.seconds)
        outbox = Outbox(self.store, here.mailbox, GUARD, self.graph.clock.now())
        try:
            outbox.recover()
            for message in self.messages:
                outbox.post(message, partial(letter, message, self.size))
        except OutsideUnavailableError as error:
            self.told.append(str(error))
        self.told += [one.what for one in outbox.problems]

    def gone(self) -> Counter[str]:
        """How often each key has left."""
        parser = BytesParser(policy=email.policy.default)
        mails = [parser.parsebytes(raw, headersonly=True) for _, raw in self.graph.outbox]
        return Counter(str(one["X-Case-Audit-Key"]) for one in mails)

    def states(self) -> dict[str, str]:
        """What the store says of each key."""
        return {one.key: one.state for one in self.store.sendings()}

    def all_once(self) -> None:
        """Every letter has left once, and the store knows it."""
        assert self.gone() == {one.key: 1 for one in self.messages}
        assert self.states() == {one.key: "sent" for one in self.messages}


AFTER_ACTING = [
    loopback.StatusAfter(504),
    loopback.StatusAfter(500),
    loopback.StatusAfter(202, {"Retry-After": "5"}),
    loopback.Reset("after"),
    loopback.Truncated(),
    loopback.Hang(1.5, "after"),
    loopback.Trickle(0.4),
]
BEFORE_ACTING = [
    loopback.Status(503, {"Retry-After": "5"}),
    loopback.Status(503),
    loopback.Status(504),
    loopback.Status(500),
    loopback.Reset("before"),
    loopback.Hang(1.5, "before"),
    loopback.Later(504, 400),
    loopback.StaysDraft(),
    loopback.Status(401),
    loopback.Status(403, error_code="ErrorAccessDenied"),
    loopback.Status(423, error_code="ErrorItemLocked"),
    loopback.throttled(5),
    loopback.throttled_until(datetime(2026, 11, 2, 8, 1, tzinfo=UTC)),
    loopback.throttled_hugely(),
    loopback.throttled_with_garbage(),
    loopback.throttled_silently(),
]


@pytest.mark.parametrize("does", [*AFTER_ACTING, *BEFORE_ACTING], ids=repr)
@pytest.mark.parametrize("nth", [1, 2])
def test_a_send_that_fails_in_any_way_leaves_each_letter_sent_once(
    graph: LoopbackGraph, does: loopback.faults.Does, nth: int
) -> None:
    graph.faults.add(Fault("send", does, nth=nth))
    service = Months(graph)
    service.run()
    service.all_once()
    assert graph.faults.struck


OTHER_CALLS = [
    (call, does)
    for call in ("create_draft", "find", "get_message", "get_folder", "token")
    for does in (*AFTER_ACTING, *BEFORE_ACTING)
    if not isinstance(does, loopback.StaysDraft)
    # A call that only looks has nothing to do later.
    and (call == "create_draft" or not isinstance(does, loopback.Later | loopback.StatusAfter))
]


@pytest.mark.parametrize(("call", "does"), OTHER_CALLS, ids=repr)
def test_any_other_call_that_fails_costs_at_most_a_pass(
    graph: LoopbackGraph, call: str, does: loopback.faults.Does
) -> None:
    graph.faults.add(Fault(call, does))
    service = Months(graph)
    service.run(3)
    service.all_once()
    assert len(graph.mailbox(ADDRESS).drafts()) <= 1, "a lost answer leaves at most the draft it was about"


def test_a_draft_whose_answer_was_lost_is_found_by_its_key_and_no_orphan_is_left(
    graph: LoopbackGraph,
) -> None:
    graph.faults.add(Fault("create_draft", loopback.Reset("after")))
    service = Months(graph)
    service.run(1)
    service.all_once()
    assert graph.mailbox(ADDRESS).drafts() == []


def test_what_is_accepted_and_then_lost_is_never_repeated_and_a_person_is_told(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("send", loopback.Dropped(), nth=2))
    service = Months(graph)
    service.run()
    second = service.messages[1].key
    assert service.states()[second] == "doubtful"
    assert service.gone() == {one.key: 1 for one in service.messages if one.key != second}


def test_a_letter_that_nobody_takes_is_left_alone_for_a_quarter_of_an_hour_and_tried_once_more(
    graph: LoopbackGraph,
) -> None:
    graph.faults.add(Fault("send", loopback.Status(500), times=None))
    service = Months(graph)
    service.run(3, minutes=4)
    assert len(sends(graph)) == COUNT, "each pass stops at its first; too soon to try that one again"
    service.run(12)
    assert len(sends(graph)) == 2 * COUNT
    assert set(service.states().values()) == {"doubtful"}
    assert service.gone() == Counter()


def sends(graph: LoopbackGraph) -> list[tuple[str, str, int]]:
    """Every time that a letter was handed over."""
    return [one for one in graph.calls if one[0] == "send"]


def test_an_hour_out_of_service_makes_no_letter_doubtful(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("send", loopback.Status(503), times=3))
    service = Months(graph)
    service.run(4)
    assert "doubtful" not in service.states().values()
    service.run(4)
    service.all_once()


def test_a_second_hand_over_goes_to_whom_the_letter_goes_by_then(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("send", loopback.Status(500)))
    service = Months(graph)
    service.run(1)
    corrected = Recipient(StaffKey("S0"), "Ama 0", "ama.right@brackenshire.example")
    service.messages[0] = replace(service.messages[0], to=corrected)
    service.run(3)
    service.all_once()
    assert any(b"ama.right@" in raw for _, raw in graph.outbox)
    assert not any(b"ama.0@" in raw for _, raw in graph.outbox)


def test_a_draft_that_a_person_has_edited_goes_as_it_should_be(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("send", loopback.Status(500)))
    service = Months(graph)
    service.run(1)
    (draft,) = graph.mailbox(ADDRESS).drafts()
    elsewhere = {"toRecipients": [{"emailAddress": {"address": "stranger@elsewhere.example"}}]}
    virtual(graph).calls.call("edit", "patch", f"/users/{ADDRESS}/messages/{draft.id}", body=elsewhere)
    service.run(3)
    service.all_once()
    assert not any(b"stranger" in raw for _, raw in graph.outbox)


def test_a_letter_that_a_person_found_unsent_goes_again(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("send", loopback.Dropped()))
    service = Months(graph)
    service.run(4)
    (doubtful,) = [key for key, state in service.states().items() if state == "doubtful"]
    outbox = Outbox(service.store, virtual(graph, service.store).mailbox, GUARD, graph.clock.now())
    assert outbox.resolve(MessageKey(doubtful), gone=False)
    service.run(1)
    service.all_once()


def test_a_draft_that_came_late_is_not_taken_for_the_one_that_went(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("create_draft", loopback.Later(504, 1)))
    service = Months(graph)
    service.run(1)
    assert len(graph.outbox) == COUNT
    service.store = Database("sqlite://")
    service.run(3)
    service.all_once()


def test_a_draft_that_came_late_is_thrown_away_once_the_other_has_gone(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("create_draft", loopback.Later(504, 1)))
    graph.faults.add(Fault("send", loopback.throttled(5)))  # so that it comes before the other goes
    service = Months(graph)
    service.run(1)
    service.all_once()
    assert graph.mailbox(ADDRESS).drafts() == []


def test_a_draft_that_came_late_is_never_sent_for_one_that_was_lost(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("create_draft", loopback.Later(504, 1)))
    graph.faults.add(Fault("send", loopback.Dropped()))
    service = Months(graph)
    service.run(6)
    first = service.messages[0].key
    assert (service.states()[first], service.gone()[first]) == ("doubtful", 0)


def test_what_comes_minutes_after_a_failure_is_waited_for_whenever_passes_are_made(
    graph: LoopbackGraph,
) -> None:
    graph.sends_again = True
    graph.faults.add(Fault("send", loopback.Later(504, 400)))
    service = Months(graph)
    service.run(12, minutes=2)
    service.all_once()


def test_a_letter_that_went_although_it_failed_is_found_at_once(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("send", loopback.StatusAfter(504)))
    service = Months(graph)
    service.one_pass()
    service.all_once()
    assert service.told == []


@pytest.mark.parametrize("call", ["create_draft", "update"])
def test_a_draft_that_would_go_to_anybody_else_as_well_does_not_go(graph: LoopbackGraph, call: str) -> None:
    if call == "update":
        graph.faults.add(Fault("create_draft", loopback.Reset("after")))  # found by its key, and made whole
    graph.faults.add(Fault(call, loopback.AddsRecipient("stranger@elsewhere.example")))
    service = Months(graph)
    service.one_pass()
    assert any("whom it goes to" in one for one in service.told)
    service.run(1)
    service.all_once()
    assert not any(b"stranger" in raw for _, raw in graph.outbox)


def test_a_key_that_does_not_survive_into_sent_items_is_made_up_for_by_the_message_id(
    graph: LoopbackGraph,
) -> None:
    service = Months(graph)
    service.run(1)
    for one in graph.mailbox(ADDRESS).folder("Sent Items"):
        one.properties.clear()
    service.store = Database("sqlite://")
    service.run(2)
    service.all_once()


def test_a_locked_letter_stops_no_other(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("send", loopback.Status(423, error_code="ErrorItemLocked")))
    service = Months(graph)
    service.one_pass()
    assert len(service.gone()) == COUNT - 1
    service.run(1)
    service.all_once()


def test_an_id_that_the_mailbox_no_longer_knows_is_looked_for_by_the_key(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("send", loopback.StatusAfter(504)))
    unknown = loopback.Status(400, error_code="ErrorInvalidMailboxItemId")
    graph.faults.add(Fault("get_message", unknown, times=None))
    service = Months(graph)
    service.run(6)
    service.all_once()


def test_a_letter_never_leaves_without_its_file(graph: LoopbackGraph) -> None:
    size = 7_000_000
    graph.faults.add(Fault("upload_put", loopback.Status(200), nth=3))
    service = Months(graph, size, seconds=20)
    service.run(3)
    service.all_once()
    assert all(len(raw) > size for _, raw in graph.outbox)


@pytest.mark.parametrize("status", [400, 410, 413])
def test_a_letter_that_is_refused_is_told_of_by_name_and_the_others_go(
    graph: LoopbackGraph, status: int
) -> None:
    graph.faults.add(Fault("send", loopback.Status(status, error_code="ErrorNamed"), nth=2))
    service = Months(graph)
    service.one_pass()
    assert len(service.gone()) == COUNT - 1
    assert [one for one in service.told if f"{status} ErrorNamed" in one]
    service.run(1)
    service.all_once()


def test_a_draft_that_somebody_deleted_is_made_anew(graph: LoopbackGraph) -> None:
    graph.faults.add(Fault("send", loopback.Status(404, error_code="ErrorItemNotFound")))
    service = Months(graph)
    service.run(2)
    service.all_once()


def test_a_store_that_was_restored_from_before_the_sends_sends_nothing_twice(graph: LoopbackGraph) -> None:
    service = Months(graph)
    service.run(1)
    service.store = Database("sqlite://")
    service.run(2)
    service.all_once()


def test_sent_items_that_are_slow_to_show_a_letter_cost_nothing(graph: LoopbackGraph) -> None:
    graph.visible_after = loopback.VisibleAfter(seconds=30.0)
    service = Months(graph)
    service.run(3)
    service.all_once()


def test_large_files_go_by_upload_sessions_whatever_breaks_them_off(graph: LoopbackGraph) -> None:
    size = 7_000_000
    graph.faults.add(Fault("upload_put", loopback.Reset("before"), nth=2))
    graph.faults.add(Fault("upload_session", loopback.Status(503), nth=2))
    service = Months(graph, size, seconds=20)
    service.run(3)
    service.all_once()
    for _, raw in graph.outbox:
        mail = BytesParser(policy=email.policy.default).parsebytes(raw)
        assert isinstance(mail, EmailMessage)
        files = [part.get_payload(decode=True) for part in mail.iter_attachments()]
        assert [len(one) for one in files if isinstance(one, bytes)] == [size]


def test_a_reply_goes_in_the_thread_without_what_the_other_mail_brought(graph: LoopbackGraph) -> None:
    original = EmailMessage()
    original["From"], original["To"] = "ama.0@brackenshire.example", ADDRESS
    original["Subject"], original["Message-ID"] = "RE: audit", "<ours'and@brackenshire.example>"
    original.set_content("A secret of mine")
    original.add_attachment(b"theirs", "image", "png", filename="theirs.png")
    graph.mailbox(ADDRESS).deliver(original.as_bytes())
    service = Months(graph, answers="<ours'and@brackenshire.example>")
    graph.faults.add(Fault("create_reply", loopback.Reset("after")))
    service.run(2)
    service.all_once()
    for _, raw in graph.outbox:
        mail = BytesParser(policy=email.policy.default).parsebytes(raw)
        assert isinstance(mail, EmailMessage)
        assert b"secret" not in raw
        assert [part.get_filename() for part in mail.iter_attachments()] == ["CFA-2026-11-001.docx"]
    threads = [b"In-Reply-To: <ours'and@brackenshire.example>" in raw for _, raw in graph.outbox]
    assert threads == [True] * COUNT


LETTERS, INBOX = (900, 10_000) if os.environ.get("CASE_AUDIT_GRAPH") == "whole" else (300, 3_000)
"""Letters that keep the pace, and mails in an inbox. CASE_AUDIT_GRAPH=whole is those of a large month."""


def test_hundreds_of_letters_keep_the_pace_and_earn_no_refusal() -> None:
    clock = VirtualClock(START)
    with LoopbackGraph(keys(), clock, validate=False, limits=loopback.Limits()) as graph:
        graph.add_mailbox(ADDRESS)
        here = virtual(graph)
        started = clock.monotonic()
        for number in range(LETTERS):
            message = messages()[0]
            key = MessageKey(f"CFA-2026-11-{number:03d}/reminder/1/S0")
            here.mailbox.send(letter(message), key)
        took = clock.monotonic() - started
        assert len(graph.outbox) == LETTERS
        assert graph.earned_429 == 0
        # The first thirty may go at once; the others go at thirty a minute.
        assert took <= 1.05 * (LETTERS - 30) / 30 * 60


def test_a_run_outlives_its_token(graph: LoopbackGraph) -> None:
    with LoopbackGraph(keys(), token_seconds=1) as short:
        short.add_mailbox(ADDRESS)
        here = Microsoft(short)
        assert list(here.mailbox.inbox()) == []
        time.sleep(1.2)
        assert list(here.mailbox.inbox()) == []
        assert 401 not in [status for _, _, status in short.calls]


def test_a_token_that_was_taken_back_is_asked_for_again(graph: LoopbackGraph) -> None:
    here = virtual(graph)
    assert list(here.mailbox.inbox()) == []
    graph.revoke_tokens()
    here.mailbox.send(letter(messages()[0]), messages()[0].key)
    assert len(graph.outbox) == 1


def test_a_secret_that_is_wrong_is_said_to_be_and_not_tried_again_and_again(graph: LoopbackGraph) -> None:
    graph.secret = "another"
    here = Microsoft(graph, sign_in="secret")
    graph.tokens.secret = "right"
    with pytest.raises(OutsideUnavailableError, match="AADSTS7000215"):
        list(here.mailbox.inbox())
    assert len([one for one in graph.calls if one[:2] == ("token", "POST")]) == 1


@pytest.mark.parametrize("does", [loopback.Hang(4.0), loopback.Trickle(0.2)], ids=repr)
def test_no_call_lasts_longer_than_it_may(graph: LoopbackGraph, does: loopback.faults.Does) -> None:
    assert CALL_SECONDS < 60
    here = virtual(graph, call_seconds=0.5)
    graph.faults.add(Fault("list_inbox", does, times=1))
    started = time.monotonic()
    assert list(here.mailbox.inbox()) == []
    assert time.monotonic() - started < 2


def deliver(graph: LoopbackGraph, count: int) -> None:
    """So many mails in the inbox."""
    for number in range(count):
        mail = f"From: ama@brackenshire.example\nSubject: {number}\nMessage-ID: <m{number}@x>\n\nhello\n"
        graph.mailbox(ADDRESS).deliver(mail.encode())


def test_an_inbox_of_thousands_is_listed_whole_once_and_in_order() -> None:
    with LoopbackGraph(keys(), validate=False) as graph:
        graph.add_mailbox(ADDRESS)
        deliver(graph, INBOX)
        here = Microsoft(graph)
        started = time.monotonic()
        found = list(here.mailbox.inbox())
        assert len(found) == len(set(found)) == INBOX
        assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    "does", [loopback.EmptyPage(), loopback.MovesWhileListing(), loopback.Status(503), loopback.Truncated()]
)
def test_a_listing_with_empty_pages_or_moving_mail_loses_none_for_long(
    graph: LoopbackGraph, does: loopback.faults.Does
) -> None:
    deliver(graph, 600)
    graph.faults.add(Fault("list_inbox", does))
    seen: set[str] = set()
    for _ in range(2):
        seen |= set(virtual(graph).mailbox.inbox())
    assert len(seen) >= 600 - isinstance(does, loopback.MovesWhileListing)


def test_a_mail_that_exchange_cannot_convert_is_put_together_from_its_parts(graph: LoopbackGraph) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Ama <ama@brackenshire.example>", "RE: audit"
    mail["Date"], mail["Message-ID"] = "Thu, 12 Nov 2026 23:30:00 +0000", "<m1@brackenshire.example>"
    mail.set_content("Attached.\n")
    mail.add_attachment(b"PK-content", "application", "octet-stream", filename="form.docx")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "bo@brackenshire.example", "forwarded"
    inner.set_content("inner")
    mail.add_attachment(inner)
    graph.mailbox(ADDRESS).deliver(mail.as_bytes(), mime_fails=True)
    here = virtual(graph).mailbox
    (mail_id,) = here.inbox()
    got = here.open(mail_id)
    assert (got.sender, got.subject, got.message_id) == (
        "ama@brackenshire.example",
        "RE: audit",
        "<m1@brackenshire.example>",
    )
    assert got.text.strip() == "Attached."
    assert got.files[0].content == b"PK-content"
    assert b"forwarded" in got.files[1].content


def test_a_mail_of_nulls_and_one_that_is_gone_stop_no_other(graph: LoopbackGraph) -> None:
    far = graph.mailbox(ADDRESS)
    far.deliver(b"From: ama@brackenshire.example\nSubject: x\n\nhello\n", nulls=True)
    far.deliver(b"From: bo@brackenshire.example\nSubject: y\n\nhello\n")
    here = virtual(graph).mailbox
    first, second = here.inbox()
    assert here.open(first).sender == "ama@brackenshire.example"
    graph.faults.add(Fault("get_message", loopback.Status(404, error_code="ErrorItemNotFound")))
    with pytest.raises(MailUnreadableError):
        here.open(second)


def test_a_form_that_came_as_a_link_is_seen_and_not_fetched(graph: LoopbackGraph) -> None:
    far = graph.mailbox(ADDRESS)
    far.deliver(
        b"From: ama@brackenshire.example\nSubject: x\n\nhello\n", reference_attachments=("form.docx",)
    )
    here = virtual(graph).mailbox
    (mail_id,) = here.inbox()
    assert here.open(mail_id).linked
    assert "attachment_value" not in [name for name, _, _ in graph.calls]


def test_exchange_says_what_no_header_does(graph: LoopbackGraph) -> None:
    far = graph.mailbox(ADDRESS)
    plain = b"From: ama@brackenshire.example\nSubject: x\n\nhello\n"
    far.deliver(plain, message_class="IPM.Note.Rules.OofTemplate.Microsoft")
    here = virtual(graph).mailbox
    (mail_id,) = here.inbox()
    assert here.open(mail_id).automatic == "auto-reply"


ODD = [
    ("message_value", loopback.Status(400, error_code="ErrorNamed")),
    ("message_value", loopback.Status(503)),
    ("message_value", loopback.Status(404, error_code="ErrorItemNotFound")),
    ("message_value", loopback.Status(413)),
    ("get_message", loopback.Status(400, error_code="ErrorNamed")),
]


@pytest.mark.parametrize(("call", "does"), ODD, ids=repr)
def test_one_mail_that_microsoft_365_chokes_on_stops_no_other(
    graph: LoopbackGraph, call: str, does: loopback.faults.Does
) -> None:
    deliver(graph, 2)
    graph.faults.add(Fault(call, does, times=3))
    here = virtual(graph).mailbox
    first, second = here.inbox()
    with pytest.raises(MailUnreadableError):
        here.open(first)
    graph.faults.clear()
    assert here.open(second).subject == "1"


@pytest.mark.parametrize("call", ["move", "update"])
def test_one_mail_that_cannot_be_filed_stops_no_other(graph: LoopbackGraph, call: str) -> None:
    deliver(graph, 2)
    graph.faults.add(Fault(call, loopback.Status(400, error_code="ErrorNamed")))
    here = virtual(graph).mailbox
    first, second = list(here.inbox())
    with pytest.raises(MailUnreadableError):
        here.file(first, "recorded", "a")
    here.file(second, "recorded", "b")
    assert [one.subject for one in graph.mailbox(ADDRESS).folder(f"{HOME}/recorded")] == ["1"]


def test_a_folder_that_somebody_deleted_is_made_anew(graph: LoopbackGraph) -> None:
    deliver(graph, 2)
    here = virtual(graph).mailbox
    first, second = list(here.inbox())
    here.file(first, "recorded", "a")
    graph.faults.add(Fault("move", loopback.Status(404, error_code="ErrorItemNotFound")))
    here.file(second, "recorded", "b")
    assert len(graph.mailbox(ADDRESS).folder(f"{HOME}/recorded")) == 2


@pytest.mark.parametrize(
    "mail",
    [
        b"From: =?utf-8?q?A=0AB?= <ama@brackenshire.example>\nSubject: x\nMessage-ID: <a@[b>\n\nhello\n",
        b"From: \xc3\xa9@brackenshire.example\nSubject: x\nMessage-ID: <>\n\nhello\n",
    ],
)
def test_odd_mail_that_exchange_cannot_convert_is_read_or_held_and_is_no_fault(
    graph: LoopbackGraph, mail: bytes
) -> None:
    graph.mailbox(ADDRESS).deliver(mail, mime_fails=True)
    here = virtual(graph).mailbox
    (mail_id,) = here.inbox()
    with suppress(MailUnreadableError):
        assert here.open(mail_id).subject == "x"


def test_filing_that_breaks_off_is_done_by_the_next_pass(graph: LoopbackGraph) -> None:
    deliver(graph, 2)
    graph.faults.add(Fault("create_folder", loopback.Reset("after")))
    graph.faults.add(Fault("move", loopback.Reset("after")))
    graph.faults.add(Fault("move", loopback.Status(503), nth=2))
    for _ in range(4):
        here = virtual(graph).mailbox
        try:
            for number, mail_id in enumerate(list(here.inbox())):
                here.file(mail_id, "recorded", f"name-{number}")
        except OutsideUnavailableError:
            continue
    assert graph.mailbox(ADDRESS).folder("Inbox") == []
    assert len(graph.mailbox(ADDRESS).folder(f"{HOME}/recorded")) == 2
