"""What the store keeps of what it read is never older than the store: who has answered would be chased."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from automation.adapters.database import Database
from automation.domain.audit import Audit
from automation.domain.dealt_mail import DealtMail, Outcome
from automation.domain.history import Event
from automation.domain.ids import AuditRef, RoundId, StaffKey
from automation.ports import SheetLearnt, SheetSeen
from tests.support.counted_month import ORGANISATION, RI, SOUTH, audit, received

ROUND = RoundId("2026-11")
STAMP = datetime(2026, 11, 12, 8, tzinfo=UTC)
BEFORE = "2026-11-01"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """A store that knows two audits and has read them."""
    made = Database(f"sqlite:///{tmp_path / 'audits.db'}")
    learn(made, audit(1, 1, SOUTH), audit(2, 2, SOUTH))
    assert len(made.audits([ROUND])) == 2
    assert made.mails(BEFORE) == ()
    yield made
    made.close()


def learn(store: Database, *audits: Audit) -> None:
    """Keep what a sheet says."""
    seen = SheetSeen("1", date(2026, 11, 2), (), ())
    store.learn_sheet(SheetLearnt(seen, ORGANISATION, (), audits, (), ()), STAMP)


def mail(name: str, reference: AuditRef | None = None) -> DealtMail:
    """A mail that was dealt with."""
    return DealtMail(name, date(2026, 11, 12), "a@council.example", Outcome.RECORDED, "", reference)


def back(store: Database) -> Audit:
    """The first audit as it has come back."""
    came = replace(audit(1, 1, SOUTH), received=received(date(2026, 11, 12), RI))
    store.learn_mail(mail("m1", came.reference), came, (Event(came.reference, "return recorded"),), STAMP)
    return came


def test_a_return_is_seen_at_once_by_the_process_that_recorded_it(store: Database) -> None:
    came = back(store)
    assert store.audits([ROUND])[0].received == came.received
    assert store.audits()[0].received == came.received
    assert [one.id for one in store.mails(BEFORE)] == ["m1"]


def test_what_another_process_wrote_is_seen_at_once(store: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'audits.db'}")
    came = back(other)
    learn(other, audit(3, 3, SOUTH))
    other.close()
    assert [one.reference[-3:] for one in store.audits([ROUND])] == ["001", "002", "003"]
    assert store.audits([ROUND])[0].received == came.received
    assert [one.id for one in store.mails(BEFORE)] == ["m1"]


def test_a_mail_that_was_filed_is_not_taken_for_one_that_waits(store: Database) -> None:
    back(store)
    assert [one.filed for one in store.mails(BEFORE)] == [False]
    store.mail_filed("m1")
    assert [one.filed for one in store.mails(BEFORE)] == [True]


def test_mails_from_before_what_is_kept_are_not_left_out(store: Database) -> None:
    store.learn_mail(mail("old"), None, (), datetime(2026, 9, 1, 8, tzinfo=UTC))
    store.learn_mail(mail("new"), None, (), STAMP)
    assert [one.id for one in store.mails(BEFORE)] == ["new"]
    assert [one.id for one in store.mails("2026-08-01")] == ["old", "new"]
    assert [one.id for one in store.mails(BEFORE)] == ["new"]
    assert len(store.mails()) == 2


def test_what_was_erased_is_not_remembered(store: Database) -> None:
    store.learn_mail(mail("m2"), None, (), STAMP)
    assert store.mails(BEFORE)[0].sender == "a@council.example"
    store.erase_month("2026-11", ("mails",), Event("2026-11", "erased"), STAMP)
    assert store.mails(BEFORE)[0].sender == ""


def test_a_round_without_audits_is_asked_for_again_once_it_has_some(store: Database) -> None:
    other = RoundId("2026-12")
    assert store.audits([other]) == ()
    moved = replace(audit(9, 1, SOUTH), reference=AuditRef("CFA-2026-12-001"))
    learn(store, replace(moved, allocation=replace(moved.allocation, round=other)))
    assert [one.allocation.auditor for one in store.audits([other])] == [StaffKey("P01")]
