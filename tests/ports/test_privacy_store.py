"""What the store promises about personal content, on each database in turn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from automation.adapters.database import Database
from automation.domain.action import Action, ActionId
from automation.domain.allocation import Allocation
from automation.domain.audit import Audit, Received
from automation.domain.dealt_mail import DealtMail, Outcome
from automation.domain.follow_up import ActionList, Answered, Dispute, Moderation, Response
from automation.domain.history import Event
from automation.domain.ids import AuditRef, CaseNumber, MessageKey, RoundId, StaffKey, TeamName
from automation.domain.message import Message, Recipient
from automation.domain.people import Organisation
from automation.domain.problem import Problem
from automation.domain.report_version import RolledUp
from automation.domain.trend import Point
from automation.ports import SheetLearnt, SheetSeen

NOW = datetime(2026, 11, 12, 9, tzinfo=UTC)
ONE, TWO = AuditRef("CFA-2026-11-001"), AuditRef("CFA-2026-11-002")
ROUND = RoundId("2026-11")
WORD = "zyxcanary"
KEPT = {"overall_grade": ("Good", "Inadequate"), "agrees": ("Yes", "No")}
TO = Recipient(StaffKey("T2"), "Toby Tarn", "toby.tarn@brackenshire.example")
COPY = Recipient(StaffKey("M2"), "Mark Mead", "mark.mead@brackenshire.example")
SAID = {"reasons": WORD, "overall_grade": "Good", "agrees": WORD}


def audit(reference: AuditRef, number: int) -> Audit:
    row = Allocation(ROUND, CaseNumber(f"1000000{number}"), "Plan", TeamName("North"), number, StaffKey("T2"))
    return Audit(reference, row)


def mail(name: str, reference: AuditRef | None, *forms: str) -> DealtMail:
    reply = Message(MessageKey(f"{reference}/reply/{name}/T2"), "receipt", TO, {"said": WORD})
    return DealtMail(
        name, date(2026, 11, 12), TO.address, Outcome.RECORDED, f"Why {WORD}", reference, forms=forms,
        reply=reply, notes=(f"a comment {WORD}",), thread=WORD,
    )  # fmt: skip


@pytest.fixture
def store(address: str) -> Iterator[Database]:
    """Two audits with all that there can be about each."""
    made = Database(address)
    learnt = SheetLearnt(
        SheetSeen("1", date(2026, 11, 2)), Organisation({}, {}), (), (audit(ONE, 1), audit(TWO, 2)),
        (Problem("E4", f"Case 10000001 {ONE} {WORD}", ""), Problem("E5", f"Case 10000002 {TWO}", "")), (),
    )  # fmt: skip
    made.learn_sheet(learnt, NOW)
    for number, (reference, about) in enumerate(((ONE, audit(ONE, 1)), (TWO, audit(TWO, 2))), start=1):
        received = Received(
            1, date(2026, 11, 12), f"form{number}", StaffKey("T2"), SAID, {"t": ({"c": WORD},)}
        )
        said = Answered(date(2026, 11, 20), StaffKey("M1"), f"answer{number}", SAID, {"t": ({"c": WORD},)})
        changes = (
            Moderation(reference, StaffKey("M1"), 1, NOW.date(), NOW.date(), "grade", said),
            Response(reference, StaffKey("T2"), said),
            Dispute(reference, "grade", StaffKey("H1"), NOW.date(), NOW.date(), said),
            Action(ActionId(f"{reference}-A1"), reference, "audit", WORD, WORD, comment=WORD),
        )
        forms = (f"form{number}", "shared")
        events = (Event(reference, "return recorded"),)
        made.learn_mail(mail(f"m{number}", reference, *forms), about.receive(received), events, NOW, changes)
    ids = (ActionId(f"{ONE}-A1"), ActionId(f"{TWO}-A1"))
    rows = {"listed": tuple({"action_id": one, "comment": f"{WORD} {one}"} for one in ids)}
    back = Answered(date(2026, 12, 9), StaffKey("T2"), "list", {"other_words": WORD}, rows)
    listed = ActionList(
        AuditRef("CFA-2026-12-ACT-001"), "action_update", StaffKey("T2"), NOW.date(), NOW.date(), ids, back
    )
    made.learn((listed,), (), NOW)
    share = Message(MessageKey(f"{ONE}/share/1/T2"), "share", TO, copied=(COPY,))
    made.claim(share, NOW)
    made.settle(share.key, "sent", NOW, Event(ONE, "share sent"))
    yield made
    made.close()


def everything(store: Database) -> str:
    """All rows of all tables, as text."""
    from automation.adapters.tables import metadata

    with store._engine.connect() as db:
        return "\n".join(
            repr(tuple(row)) for table in metadata.sorted_tables for row in db.execute(table.select())
        )


def erase(store: Database, reference: AuditRef, *kinds: str) -> None:
    event = Event(reference, "erased by a person")
    store.erase(reference, kinds or ("forms", "mails"), KEPT, event, NOW, '{"kinds": ["forms", "mails"]}')


def test_no_word_of_an_erased_audit_is_in_any_row_and_the_others_are_whole(store: Database) -> None:
    erase(store, TWO)
    erase(store, ONE)
    assert WORD not in everything(store)
    for reference in (ONE, TWO):
        found = store.audit(reference)
        assert found
        assert found.received
        assert found.received.answers == {"overall_grade": "Good"}
        moderation = store.moderation(reference)
        assert moderation
        assert moderation.answered
        assert moderation.answered.answers == {"overall_grade": "Good"}
    assert store.history_fault() is None
    store.compact()
    assert store.audit(ONE)


def test_the_other_audit_keeps_every_word(store: Database) -> None:
    erase(store, ONE)
    found, (action,), kept = store.audit(TWO), store.actions([TWO]), store.mail("m2")
    assert found
    assert found.received
    assert dict(found.received.answers) == SAID
    assert (action.text, action.state) == (WORD, "open")
    assert kept
    assert kept.reply
    assert kept.notes
    assert [one.problem.where for one in store.open_problems()] == ["E5"]
    (listed,) = store.action_lists()
    assert listed.answered
    assert [row["action_id"] for row in listed.answered.rows["listed"]] == [f"{TWO}-A1"]


def test_what_an_audit_has_alone_is_told_apart_from_what_others_have_too(store: Database) -> None:
    found = store.content(ONE)
    assert (found.files, found.shared) == (("answer1", "form1"), ("shared",))
    assert (found.versions, found.actions, found.gone) == (1, 1, False)
    assert found.lists == ("CFA-2026-12-ACT-001",)


def test_the_case_number_goes_with_the_figures_or_once_the_row_is_gone(store: Database) -> None:
    erase(store, ONE)
    assert "10000001" in everything(store)
    gone = SheetLearnt(
        SheetSeen("2", NOW.date()), Organisation({}, {}), (), (replace(audit(ONE, 1), gone=True),), (), ()
    )
    store.learn_sheet(gone, NOW)
    erase(store, ONE)
    erase(store, TWO, "figures")
    assert "1000000" not in everything(store)
    found = store.audit(TWO)
    assert found
    assert found.allocation.auditor == "T2"


def test_figures_that_were_counted_are_not_counted_anew_after_an_erasure(store: Database) -> None:
    newest = store.newest_event(ROUND)
    store.learn_reporting([RolledUp(ROUND, newest, Point(ROUND, "November 2026", NOW.date()))], (), NOW)
    erase(store, ONE)
    (rolled,) = store.rolled_up([ROUND])
    assert rolled.number == store.newest_event(ROUND) > newest


def test_figures_that_were_out_of_date_are_still_counted_anew(store: Database) -> None:
    store.learn_reporting([RolledUp(ROUND, 0, Point(ROUND, "November 2026", NOW.date()))], (), NOW)
    erase(store, ONE)
    (rolled,) = store.rolled_up([ROUND])
    assert rolled.number == 0


def test_an_address_that_was_disposed_of_still_keeps_its_key_from_going_again(store: Database) -> None:
    erase(store, ONE, "messages")
    (sending,) = store.sendings(about=ONE)
    assert (sending.address, sending.copied) == ("", ())
    assert store.claim(Message(sending.key, "share", TO), NOW) == "sent"
    assert store.sent_to(TO.address) == ()
    assert [one.key for one in store.sent_to("t2")] == [sending.key]


def test_a_copy_is_found_by_its_address(store: Database) -> None:
    assert [one.kind for one in store.sent_to(COPY.address.upper())] == ["share"]


def test_what_is_held_is_told_by_audit_and_by_month(store: Database) -> None:
    store.learn_mail(mail("m3", None, "loose"), None, (), NOW)
    audits, months = store.held()
    assert set(audits[ONE]) == {"forms", "mails", "messages", "figures"}
    assert set(months["2026-11"]) == {"mails"}
    assert store.files_of_month("2026-11") == ("loose",)
    store.erase_month("2026-11", ("mails",), Event("service", "disposed of"), NOW)
    erase(store, ONE)
    audits, months = store.held()
    assert set(audits[ONE]) == {"messages", "figures"}
    assert not months["2026-11"] if "2026-11" in months else True
    assert WORD not in repr(store.mail("m3"))


def test_a_database_of_several_hosts_says_what_it_may_still_hold(store: Database) -> None:
    left = store.compact()
    assert ("write-ahead log" in left) == store.shared
    with store._engine.connect() as db:
        assert db.execute(text("SELECT count(*) FROM history")).scalar()
