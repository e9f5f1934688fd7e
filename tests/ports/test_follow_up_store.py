"""What the store keeps of moderation, disputes and actions: whole, newest in the place of the one before."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from automation.adapters.database import Database
from automation.domain.action import Action, action_id
from automation.domain.dealt_mail import DealtMail, Outcome
from automation.domain.follow_up import ActionList, Answered, Change, Dispute, Moderation, Response
from automation.domain.history import Event
from automation.domain.ids import AuditRef, StaffKey
from automation.domain.people import Organisation
from automation.ports import SheetLearnt, SheetSeen
from tests.ports.test_store_contract import audit

DAY = date(2026, 12, 9)
STAMP = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
REFERENCE = AuditRef("CFA-2026-11-001")
ANSWERED = Answered(
    DAY, StaffKey("M1"), "ab" * 32, {"grade": "Good"}, {"actions": ({"action": "Ask", "owner": "W"},)}
)
ACTION = Action(action_id(REFERENCE, "audit", 1), REFERENCE, "audit", "Ask the school", "Worker", DAY)
CHANGES: list[Change] = [
    Moderation(REFERENCE, StaffKey("M1"), 1, DAY, DAY, "sample"),
    Moderation(REFERENCE, StaffKey("M1"), 1, DAY, DAY, "sample", ANSWERED),
    Response(REFERENCE, StaffKey("S1"), ANSWERED),
    Dispute(REFERENCE, "grade", StaffKey("H1"), DAY, DAY),
    Dispute(REFERENCE, "actions", StaffKey("H1"), DAY, DAY, ANSWERED),
    ACTION,
    replace(ACTION, state="verified", done_on=DAY, supervision_on=DAY, verified_on=DAY, comment="x"),
    replace(ACTION, id=action_id(REFERENCE, "moderation", 1), due=None, same_as=ACTION.id),
    ActionList(AuditRef("CFA-2026-12-ACT-001"), "action_update", StaffKey("T1"), DAY, DAY, (ACTION.id,)),
]


@pytest.fixture
def place(address: str) -> str:
    """Where a store is that knows one audit, on each database in turn."""
    store = Database(address)
    seen = SheetSeen("v1", DAY)
    store.learn_sheet(SheetLearnt(seen, Organisation(), (), (audit(),), (), ()), STAMP)
    store.close()
    return address


def everything(store: Database) -> list[Change]:
    """All that the store has of follow-ups."""
    return [
        *store.moderations(),
        *store.responses(REFERENCE),
        *store.disputes(),
        *store.actions(),
        *store.action_lists(),
    ]


@pytest.mark.parametrize("change", CHANGES, ids=repr)
def test_what_was_learnt_is_there_whole_in_another_process(place: str, change: Change) -> None:
    store = Database(place)
    store.learn([change], [Event(REFERENCE, "something", {})], STAMP)
    store.close()
    again = Database(place)
    assert everything(again) == [change]
    assert [one.event.what for one in again.history(REFERENCE)] == ["something"]
    again.close()


def test_the_newest_stands_in_the_place_of_the_one_before(place: str) -> None:
    store = Database(place)
    open_, answered = CHANGES[:2]
    store.learn([open_], [], STAMP)
    store.learn([answered], [], STAMP)
    assert store.moderation(REFERENCE) == answered
    assert store.moderations() == (answered,)
    assert store.moderation(AuditRef("CFA-2026-11-002")) is None
    store.close()


def test_a_mail_and_what_it_changed_are_kept_together_or_not_at_all(place: str) -> None:
    store = Database(place)
    mail = DealtMail("m1", DAY, "ama@brackenshire.example", Outcome.RECORDED)
    store.learn_mail(mail, None, (), STAMP, [CHANGES[1]])
    assert store.moderation(REFERENCE) == CHANGES[1]
    # Known already: whatever is told of it now is not kept.
    store.learn_mail(mail, None, (), STAMP, [CHANGES[0]])
    assert store.moderation(REFERENCE) == CHANGES[1]
    store.close()


def test_actions_of_many_audits_are_found_by_their_references(place: str) -> None:
    store = Database(place)
    store.learn([ACTION], [], STAMP)
    wanted = [AuditRef(f"CFA-2026-11-{number:03d}") for number in range(1, 999)]
    assert store.actions(wanted) == (ACTION,)
    assert store.actions([]) == ()
    store.close()
