"""A store on PostgreSQL that several hosts share: one pass at a time, and nothing of one taken over."""

import re
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from automation.adapters import opening
from automation.adapters.database import Database
from automation.adapters.postgresql import copy_shared_store, open_postgresql
from automation.domain.dealt_mail import DealtMail, Outcome
from automation.domain.follow_up import ActionList
from automation.domain.history import Event
from automation.domain.ids import AuditRef, StaffKey
from automation.domain.message import Message
from automation.domain.problem import Problem
from automation.ports import SendingStep, StoreUnavailableError, TakenOverError
from tests.ports.test_store_contract import DAY, KEY, REFERENCE, STAMP, TO, altered, audit, learnt
from tests.support.postgres import ROLE, Server

SHORT = timedelta(seconds=0.2)
EVENT = Event(REFERENCE, "something")
ASKED = ActionList(AuditRef("CFA-2026-12-ACT-001"), "action_update", StaffKey("T1"), DAY, DAY, ())
HOME = Path(__file__).parent.parent.parent


@pytest.fixture
def first(shared_address: str) -> Iterator[Database]:
    """One instance's store. Its lease is short."""
    made = Database(shared_address, SHORT)
    yield made
    made.close()


@pytest.fixture
def second(shared_address: str) -> Iterator[Database]:
    """Another instance's."""
    made = Database(shared_address, SHORT)
    yield made
    made.close()


@pytest.fixture
def empty(postgres: Server) -> Iterator[str]:
    """A database with nothing in it."""
    name = postgres.new_database()
    yield name
    postgres.drop(name)


def taken_over(second: Database) -> None:
    """The other instance makes a pass, once it may."""
    for _ in range(100):
        with second.hold() as ours:
            if ours:
                return
        time.sleep(0.02)
    raise AssertionError("the lease did not run out")


def test_one_pass_is_made_at_a_time_and_the_next_when_it_is_over(first: Database, second: Database) -> None:
    with first.hold() as ours, second.hold() as theirs:
        assert (ours, theirs) == (True, False)
    with second.hold() as theirs:
        assert theirs


def test_a_pass_that_writes_keeps_its_lease_and_one_that_is_silent_loses_it(
    first: Database, second: Database
) -> None:
    with first.hold():
        for _ in range(6):
            time.sleep(SHORT.total_seconds() / 2)
            first.set_problems("x", [], DAY)
            with second.hold() as theirs:
                assert not theirs
        time.sleep(SHORT.total_seconds() * 1.5)
        with second.hold() as theirs:
            assert theirs


WRITES: dict[str, Callable[[Database], object]] = {
    "claim": lambda store: store.claim(Message(KEY, "reminder", TO), STAMP),
    "settle": lambda store: store.settle(KEY, "sent", STAMP, EVENT),
    "free": lambda store: store.free(KEY, EVENT, STAMP),
    "note_step": lambda store: store.note_step(KEY, SendingStep("sending", "draft", STAMP)),
    "forget_step": lambda store: store.forget_step(KEY),
    "learn_sheet": lambda store: store.learn_sheet(learnt(audit()), STAMP),
    "learn": lambda store: store.learn([ASKED], [EVENT], STAMP),
    "learn_mail": lambda store: store.learn_mail(
        DealtMail("m", DAY, TO.address, Outcome.NOT_OURS), None, [EVENT], STAMP
    ),
    "set_problems": lambda store: store.set_problems("x", [Problem("A1", "b", "c")], DAY),
    "answer_under": lambda store: store.answer_under(["m"], KEY),
    "mail_filed": lambda store: store.mail_filed("m"),
    "seal_key": lambda store: store.seal_key(),
    "check_lease": lambda store: store.check_lease(),
}  # fmt: skip


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_nothing_is_written_in_a_pass_that_another_instance_has_taken_over(
    first: Database, second: Database, write: Callable[[Database], object]
) -> None:
    with first.hold():
        taken_over(second)
        with pytest.raises(TakenOverError):
            write(first)
    for table in (
        "outbox",
        "history",
        "sending_steps",
        "mails",
        "problems",
        "moderations",
        "audits",
        "facts",
    ):
        with second._engine.connect() as db:
            assert db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0, table
    write(second)


def test_no_transaction_goes_past_the_lease() -> None:
    adapters = HOME / "automation" / "adapters"
    opens = {"transactions.py", "opening.py", "postgresql.py"}
    past = [
        path.name
        for path in adapters.glob("*.py")
        if path.name not in opens and re.search(r"\.begin\(|\.commit\(|autocommit", path.read_text("utf-8"))
    ]
    assert past == []


def test_a_transaction_that_has_begun_is_waited_for_and_then_counts_as_a_sign_of_life(
    first: Database, second: Database
) -> None:
    with first.hold():
        with first._write() as db:
            time.sleep(SHORT.total_seconds() * 1.5)
            got: list[bool] = []

            def take() -> None:
                with second.hold() as ours:
                    got.append(ours)

            other = threading.Thread(target=take)
            other.start()
            time.sleep(SHORT.total_seconds() * 0.8)
            assert got == []
            db.exec_driver_sql("UPDATE leases SET until = clock_timestamp() + interval '0.19 seconds'")
        other.join()
        assert got == [False]


def test_a_transaction_that_stops_half_way_is_ended_by_the_server_and_leaves_nothing(
    shared_address: str, second: Database
) -> None:
    stopped = Database(f"{shared_address}&options=-c idle_in_transaction_session_timeout%3D300ms", SHORT)

    def write() -> None:
        with stopped.hold(), stopped._write() as db:
            db.exec_driver_sql("INSERT INTO facts VALUES ('half', 'way')")
            taken_over(second)
            time.sleep(0.2)

    with pytest.raises(StoreUnavailableError):
        write()
    with second._engine.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM facts").scalar() == 0
    stopped.close()


def test_a_backup_that_gives_a_lease_its_number_again_does_not_let_the_old_one_write(
    first: Database, second: Database
) -> None:
    with first.hold():
        assert first._lease is not None
        number = first._lease.number
        taken_over(second)
        with second.hold():
            altered(second, f"UPDATE leases SET number = {number}")
            with pytest.raises(TakenOverError):
                first.set_problems("x", [], DAY)


def test_a_clock_that_was_put_back_holds_no_pass_for_ever(first: Database, second: Database) -> None:
    with first.hold():
        altered(second, "UPDATE leases SET until = clock_timestamp() + interval '9 years'")
        with second.hold() as ours:
            assert ours


def test_two_instances_that_write_at_once_keep_the_history_one_chain(
    first: Database, second: Database
) -> None:
    def write(store: Database, name: str) -> None:
        for number in range(40):
            store.learn([], [Event(REFERENCE, f"{name} {number}")], STAMP)

    threads = [threading.Thread(target=write, args=given) for given in ((first, "a"), (second, "b"))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(first.history()) == 80
    assert first.broken_link() is None


def test_a_key_is_claimed_by_one_of_two_that_claim_it_at_once(first: Database, second: Database) -> None:
    keys = [f"{KEY}{number}" for number in range(40)]
    got: list[list[object]] = [[], []]

    def claim(store: Database, into: list[object]) -> None:
        into += [store.claim(Message(type(KEY)(key), "reminder", TO), STAMP) for key in keys]

    threads = [threading.Thread(target=claim, args=given) for given in ((first, got[0]), (second, got[1]))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert all({a, b} == {None, "claimed"} for a, b in zip(*got, strict=True))


# What the server must promise


@pytest.mark.parametrize(
    "setting",
    [
        "ALTER DATABASE {name} SET synchronous_commit = off",
        f"ALTER ROLE {ROLE} IN DATABASE {{name}} SET synchronous_commit = off",
    ],
)
def test_a_database_that_may_forget_what_it_said_is_kept_is_refused(
    postgres: Server, empty: str, setting: str
) -> None:
    postgres.sql(setting.format(name=empty))
    with pytest.raises(StoreUnavailableError, match=r"synchronous_commit is off.*Switch it on"):
        Database(postgres.url(empty))
    assert postgres.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", empty) == "0"


def test_each_connection_waits_until_what_it_writes_is_on_the_disk(postgres: Server, empty: str) -> None:
    postgres.sql(f"ALTER DATABASE {empty} SET synchronous_commit = local")
    store = Database(postgres.url(empty))
    with store._engine.connect() as db:
        assert db.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    store.close()


@pytest.mark.parametrize("how", ["ENCODING 'SQL_ASCII'", "LOCALE_PROVIDER icu ICU_LOCALE 'en'"])
def test_a_database_that_sorts_or_writes_otherwise_is_refused_with_the_command_that_makes_a_right_one(
    postgres: Server, how: str
) -> None:
    postgres.sql(f"CREATE DATABASE other TEMPLATE template0 {how}")
    try:
        with pytest.raises(StoreUnavailableError, match="createdb --template=template0"):
            Database(postgres.url("other"))
    finally:
        postgres.drop("other")


def test_somebody_elses_database_is_refused_and_left_as_it_is(postgres: Server, empty: str) -> None:
    postgres.sql("CREATE TABLE theirs (a int)", empty)
    with pytest.raises(StoreUnavailableError, match="not a store of this service"):
        Database(postgres.url(empty))
    assert postgres.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", empty) == "theirs"


def test_an_empty_database_is_refused_where_there_was_a_store(postgres: Server, empty: str) -> None:
    with pytest.raises(StoreUnavailableError, match=r"empty\. Restore it"):
        open_postgresql(make_url(postgres.url(empty)), may_make=False)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda url: url.replace("host=", "host=/nowhere"), "cannot be reached"),
        (lambda url: re.sub(r"@/\w+", "@/there_is_none", url), "does not exist"),
        (lambda url: url.replace(ROLE, "somebody"), "does not exist"),
        (lambda url: url.replace("postgresql", "mysql"), "only sqlite and postgresql"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_of_in_a_line(
    shared_address: str, change: Callable[[str], str], says: str
) -> None:
    with pytest.raises(StoreUnavailableError, match=says) as told:
        Database(change(shared_address))
    assert len(str(told.value).splitlines()) == 1


def test_a_missing_driver_is_named_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreUnavailableError, match=re.escape("pip install 'case-file-audit[postgresql]'")):
        Database("postgresql://nobody@localhost/none")


def test_what_a_statement_was_given_is_in_no_error(first: Database) -> None:
    altered(first, "INSERT INTO facts VALUES ('Ama Example', 'x')")
    with pytest.raises(StoreUnavailableError) as told:
        altered(first, "INSERT INTO facts VALUES ('Ama Example', 'x')")
    assert "Ama" not in "".join(traceback.format_exception(told.value, limit=0))


def test_a_mail_with_a_character_that_postgresql_refuses_is_kept_all_the_same(first: Database) -> None:
    mail = DealtMail("m\0", DAY, "a\0b@brackenshire.example", Outcome.NOT_OURS, "why\0", notes=("no\0te",))
    first.learn_mail(mail, None, [Event(REFERENCE, "x", {"a": "b\0"})], STAMP)
    assert first.mail("m\0") is not None
    assert first.broken_link() is None


# Connections that are lost


def cut(postgres: Server, name: str) -> None:
    """Cut every connection to a database."""
    postgres.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def test_a_connection_that_was_cut_between_two_passes_is_made_anew(postgres: Server, first: Database) -> None:
    first.seal_key()
    cut(postgres, str(first._engine.url.database))
    first.set_problems("x", [], DAY)


def test_a_connection_cut_within_a_transaction_leaves_nothing_of_it(
    postgres: Server, first: Database
) -> None:
    def write() -> None:
        with first._write() as db:
            db.exec_driver_sql("INSERT INTO facts VALUES ('half', 'way')")
            cut(postgres, str(first._engine.url.database))
            db.exec_driver_sql("INSERT INTO facts VALUES ('the other', 'half')")

    with pytest.raises(StoreUnavailableError):
        write()
    with first._engine.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM facts").scalar() == 0


# Making and upgrading


def test_two_instances_that_start_at_once_make_one_store(postgres: Server, empty: str) -> None:
    made: list[Database] = []
    threads = [threading.Thread(target=lambda: made.append(Database(postgres.url(empty)))) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 3
    assert {one.seal_key() for one in made} == {made[0].seal_key()}
    for store in made:
        store.close()


def older(postgres: Server, name: str) -> None:
    """Make a store as it was before there were leases."""
    made = Database(postgres.url(name))
    with made._engine.begin() as db:
        db.exec_driver_sql("DROP SCHEMA public CASCADE")
        db.exec_driver_sql("CREATE SCHEMA public")
        opening.migrate(db, "0004")
        db.exec_driver_sql("INSERT INTO facts VALUES ('kept', 'yes')")
    made.close()


def test_an_older_store_is_upgraded_and_keeps_what_it_has(postgres: Server, empty: str) -> None:
    older(postgres, empty)
    Database(postgres.url(empty)).close()
    assert postgres.sql("SELECT value FROM facts WHERE name = 'kept'", empty) == "yes"
    assert postgres.sql("SELECT version_num FROM alembic_version", empty) == opening.SCHEMA


def test_a_pass_of_an_older_program_ends_when_another_host_upgrades_the_store(
    postgres: Server, first: Database, second: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with first.hold():
        altered(second, "UPDATE alembic_version SET version_num = '0005'")
        with monkeypatch.context() as newer:
            newer.setattr("automation.adapters.postgresql.migrate", lambda db: None)
            Database(postgres.url(str(first._engine.url.database))).close()
        with pytest.raises(TakenOverError):
            first.set_problems("x", [], DAY)
    with pytest.raises(StoreUnavailableError, match="upgraded by a newer version"), first.hold():
        pass


def test_a_copy_to_look_at_is_whole_and_the_store_is_not_touched(
    first: Database, shared_address: str, tmp_path: Path
) -> None:
    first.learn_sheet(learnt(audit(), problems=(Problem("A1", "b", "c"),)), STAMP)
    first.claim(Message(KEY, "reminder", TO), STAMP)
    copy_shared_store(shared_address, tmp_path / "copy.db")
    copy = Database(f"sqlite:///{tmp_path / 'copy.db'}")
    assert copy.audits() == first.audits()
    assert copy.sendings() == first.sendings()
    assert copy.history() == first.history()
    assert copy.broken_link() is None
    copy.close()


def test_a_copy_of_an_older_store_is_of_that_age_and_the_store_stays_so(
    postgres: Server, empty: str, tmp_path: Path
) -> None:
    older(postgres, empty)
    copy_shared_store(postgres.url(empty), tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as raw:
        assert raw.execute("SELECT value FROM facts").fetchall() == [("yes",)]
    Database(f"sqlite:///{tmp_path / 'copy.db'}").close()
    assert postgres.sql("SELECT version_num FROM alembic_version", empty) == "0004"


def test_there_is_no_copy_of_a_store_that_has_not_been_made(
    postgres: Server, empty: str, tmp_path: Path
) -> None:
    copy_shared_store(postgres.url(empty), tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
