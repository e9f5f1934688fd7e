"""What the store must keep: once only, in order, whole, and honest about what happened."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from automation.adapters import opening
from automation.adapters.database import Database
from automation.adapters.tables import metadata
from automation.domain.allocation import Allocation
from automation.domain.audit import Audit, Posting, Received
from automation.domain.dealt_mail import DealtMail, Outcome
from automation.domain.history import Event
from automation.domain.ids import AuditRef, CaseNumber, MessageKey, RoundId, StaffKey, TeamName
from automation.domain.message import Message, Recipient
from automation.domain.people import Organisation, Person, Team
from automation.domain.problem import Problem
from automation.ports import SendingStep, SheetLearnt, SheetSeen, StoreUnavailableError

DAY = date(2026, 11, 2)
STAMP = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
REFERENCE = AuditRef("CFA-2026-11-001")
TO = Recipient(StaffKey("S1"), "Ama Example", "ama@brackenshire.example")
KEY = MessageKey("CFA-2026-11-001/reminder/2026-11-30/S1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store of one file is."""
    return tmp_path / "audits.db"


@pytest.fixture
def store(address: str) -> Iterator[Database]:
    """A new store, on each database in turn."""
    made = Database(address)
    yield made
    made.close()


@pytest.fixture
def file_store(path: Path) -> Iterator[Database]:
    """A new store of one file."""
    made = Database(f"sqlite:///{path}")
    yield made
    made.close()


def altered(store: Database, statement: str) -> None:
    """Do to a store what somebody does who has its password."""
    with store._engine.begin() as db:
        db.exec_driver_sql(statement)


def audit(received: Received | None = None) -> Audit:
    """An audit with every fact set."""
    row = Allocation(
        round=RoundId("2026-11"),
        case_number=CaseNumber("00012345"),
        plan_type="Child protection",
        team=TeamName("North"),
        row=14,
        auditor=StaffKey("S1"),
        social_worker=StaffKey("S2"),
        previous_worker=StaffKey("S3"),
        reallocated_on=date(2026, 10, 12),
        extension=date(2026, 12, 11),
        extension_approved_by="Head",
    )
    postings = (
        Posting("auditor", StaffKey("S0"), 1, DAY, until=date(2026, 11, 5)),
        Posting("auditor", StaffKey("S1"), 2, date(2026, 11, 5)),
    )
    return Audit(REFERENCE, row, postings, received=received)


def learnt(*audits: Audit, problems: tuple[Problem, ...] = (), day: date = DAY) -> SheetLearnt:
    """A reading of the sheet."""
    people = Organisation(
        {
            StaffKey("S1"): Person(
                StaffKey("S1"), "Ama Example", TO.address, "Team Manager", TeamName("North")
            )
        },
        {TeamName("North"): Team(TeamName("North"), "Assessment", StaffKey("S1"), None, None)},
    )
    events = [Event(one.reference, "allocated", {"row": 14}) for one in audits]
    return SheetLearnt(SheetSeen("v1", day, (), ("2026-10/1",)), people, (), audits, problems, events)


def test_what_the_sheet_taught_comes_back_as_it_was(store: Database) -> None:
    store.learn_sheet(learnt(audit()), STAMP)
    assert store.audit(REFERENCE) == audit()
    assert store.audits([RoundId("2026-11")]) == (audit(),)
    assert store.audits([RoundId("2026-12")]) == ()
    assert store.sheet_seen() == SheetSeen("v1", DAY, (), ("2026-10/1",))
    assert store.organisation().people[StaffKey("S1")].name == "Ama Example"


def test_a_key_is_claimed_once(store: Database) -> None:
    message = Message(KEY, "reminder", TO)
    assert store.claim(message, STAMP) is None
    assert store.claim(message, STAMP) == "claimed"
    store.settle(KEY, "sent", STAMP, Event(REFERENCE, "reminder sent"))
    assert store.claim(message, STAMP) == "sent"
    assert store.sent([RoundId("2026-11")]) == {KEY}
    assert store.sent([RoundId("2026-1")]) == frozenset()


def test_a_claim_survives_the_process(store: Database, address: str) -> None:
    store.claim(Message(KEY, "reminder", TO), STAMP)
    other = Database(address)
    assert [one.key for one in other.sendings("claimed")] == [KEY]
    other.close()


def test_a_problem_keeps_the_day_it_was_first_seen_and_goes_when_it_is_mended(store: Database) -> None:
    old, new = Problem("E14", "not in Staff.", "Correct it."), Problem("E15", "empty.", "Fill it.")
    store.set_problems("sheet", [old], DAY)
    store.set_problems("sheet", [old, new], date(2026, 11, 3))
    assert [(p.problem, p.first_seen.day) for p in store.open_problems()] == [(old, 2), (new, 3)]
    store.set_problems("sheet", [], date(2026, 11, 4))
    assert store.open_problems() == ()


def test_a_return_its_mail_and_its_event_are_kept_together_and_once(store: Database) -> None:
    store.learn_sheet(learnt(audit()), STAMP)
    received = Received(
        1, DAY, "f" * 64, StaffKey("S1"), {"overall_grade": "Good"}, {"actions": ({"owner": "A"},)}
    )
    reply = Message(
        MessageKey("k/receipt/1/S1"),
        "receipt",
        TO,
        {"due": DAY, "grades": ({"title": "1", "grade": "Good"},), "late": False, "none": None},
        reference=REFERENCE,
        answers="<m@x>",
    )
    mail = DealtMail("m1", DAY, TO.address, Outcome.RECORDED, "why", REFERENCE, "<m@x>", ("f" * 64,), reply)
    for _ in range(2):
        store.learn_mail(mail, audit(received), (Event(REFERENCE, "return recorded"),), STAMP)
    assert store.audit(REFERENCE) == audit(received)
    assert store.mail("m1") == mail
    assert store.mails_unfinished() == (mail,)
    assert store.form_known("f" * 64) == (REFERENCE, 1)
    assert [one.event.what for one in store.history(REFERENCE)] == ["allocated", "return recorded"]
    store.mail_filed("m1")
    assert store.mails_unfinished() == ()


@pytest.mark.parametrize("column", ["what", "facts", "at", "about"])
def test_an_altered_history_names_the_first_event_that_does_not_fit(store: Database, column: str) -> None:
    for number in range(4):
        store.set_problems("x", [], DAY)
        store.learn_sheet(learnt(audit(), day=DAY), STAMP)
        assert store.broken_link() is None, number
    altered(store, f"UPDATE history SET {column} = {column} || ' ' WHERE seq = 3")
    assert store.broken_link() == 3


def test_an_event_taken_out_of_the_history_is_missed(store: Database) -> None:
    for _ in range(3):
        store.learn_sheet(learnt(audit()), STAMP)
    altered(store, "DELETE FROM history WHERE seq = 2")
    assert store.broken_link() == 2


def test_commits_are_synced_to_the_disk(file_store: Database) -> None:
    with file_store._engine.connect() as db:
        assert db.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_the_migrations_make_the_tables_that_the_code_uses(store: Database) -> None:
    with store._engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db), metadata) == []
    scripts = ScriptDirectory(str(Path(opening.__file__).parent / "migrations"))
    assert scripts.get_current_head() == opening.SCHEMA


def test_a_store_of_a_newer_program_is_refused(store: Database, address: str) -> None:
    altered(store, "UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(StoreUnavailableError, match="newer"):
        Database(address)


def test_somebody_elses_database_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE theirs (a)")
    with pytest.raises(StoreUnavailableError, match="not a store of this service"):
        Database(f"sqlite:///{path}")


def test_a_store_that_was_being_made_when_the_machine_died_is_made_anew(path: Path) -> None:
    path.with_name(path.name + ".new").write_bytes(b"half a store")
    store = Database(f"sqlite:///{path}")
    assert store.audits() == ()
    store.close()


def test_a_copy_of_the_store_is_whole(file_store: Database, path: Path, tmp_path: Path) -> None:
    file_store.learn_sheet(learnt(audit()), STAMP)
    opening.copy_store(path, tmp_path / "copy.db")
    other = Database(f"sqlite:///{tmp_path / 'copy.db'}")
    assert other.audit(REFERENCE) == audit()
    other.close()


def owed(mail_id: str, key: MessageKey = KEY, filed: bool = True) -> DealtMail:
    """A mail with a reply."""
    reply = Message(key, "receipt", TO, {"due": DAY})
    return DealtMail(mail_id, DAY, TO.address, Outcome.RECORDED, reply=reply, filed=filed)


def test_mails_come_in_the_order_in_which_they_were_dealt_with_though_a_pass_has_one_stamp(
    store: Database,
) -> None:
    for name in ("c", "a", "b"):
        store.learn_mail(owed(name, filed=False), None, (), STAMP)
    assert [one.id for one in store.mails()] == ["c", "a", "b"]
    assert [one.id for one in store.mails_unfinished()] == ["c", "a", "b"]


def test_a_reply_is_owed_until_the_message_that_answers_the_mail_is_claimed(store: Database) -> None:
    for name in ("first", "second"):
        store.learn_mail(owed(name), None, (), STAMP)
    store.learn_mail(DealtMail("no reply", DAY, TO.address, Outcome.NOT_OURS), None, (), STAMP)
    assert [one.id for one in store.replies_owed(STAMP)] == ["first", "second"]
    assert store.replies_owed(STAMP + timedelta(seconds=1)) == ()
    day = MessageKey("CFA-2026-11-001/reply/2026-11-02/S1")
    store.answer_under(["first", "second"], day)
    assert [one.reply.key for one in store.replies_owed(STAMP) if one.reply] == [day, day]
    assert not store.posted(day)
    store.claim(Message(day, "receipt", TO), STAMP)
    assert store.posted(day)
    assert store.replies_owed(STAMP) == ()


def test_the_key_of_the_seals_is_made_once_and_is_another_in_every_store(
    store: Database, tmp_path: Path
) -> None:
    first = store.seal_key()
    assert len(first) == 32
    assert store.seal_key() == store.seal_key(b"something else") == first
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    assert other.seal_key(b"given") == b"given"
    other.close()


def test_a_store_of_the_first_schema_keeps_its_mails_when_it_is_upgraded(path: Path) -> None:
    engine = opening._sqlite(f"sqlite:///{path}", path)
    config = Config()
    config.set_main_option("script_location", str(Path(opening.__file__).parent / "migrations"))
    columns = (
        'id, "on", sender, dealt_at, outcome, why, thread, folder, filed_as, forms, filed, concern, '
        "form_waits, named"
    )
    with engine.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0001")
        for name, stamp in (("late", "2026-11-03T08:00"), ("early", "2026-11-02T08:00")):
            values = (
                f"'{name}', '2026-11-02', 'a@b', '{stamp}', 'recorded', '', '', '', '', '[]', 1, 0, 0, '[]'"
            )
            db.exec_driver_sql(f"INSERT INTO mails ({columns}) VALUES ({values})")
    engine.dispose()
    store = Database(f"sqlite:///{path}")
    assert [(one.id, one.bounces, one.notes) for one in store.mails()] == [
        ("early", (), ()),
        ("late", (), ()),
    ]
    store.learn_mail(owed("now"), None, (), STAMP)
    assert [one.id for one in store.mails()] == ["early", "late", "now"]
    store.close()


def test_how_far_a_letter_has_come_is_kept_by_its_key_whatever_becomes_of_its_claim(
    store: Database, address: str
) -> None:
    assert store.step(KEY) is None
    summer = datetime(2026, 7, 2, 9, 0, tzinfo=ZoneInfo("Europe/London"))
    drafted = SendingStep("drafted", "AAMkAD-draft=", summer)
    accepted = SendingStep("accepted", "AAMkAD-draft=", summer + timedelta(minutes=1), tries=1)
    for step in (drafted, accepted):
        store.note_step(KEY, step)
        assert store.step(KEY) == step
    assert store.step(MessageKey(f"{KEY}x")) is None
    store.claim(Message(KEY, "reminder", TO), STAMP)
    store.free(KEY, Event(REFERENCE, "reminder had not gone"), STAMP)
    assert not store.posted(KEY)
    store.close()
    again = Database(address)
    assert again.step(KEY) == accepted
    again.close()
