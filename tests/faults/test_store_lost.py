"""A store that is lost, empty, another one, damaged or older: refused before a single mail goes."""

import json
import sqlite3
from pathlib import Path

import pytest

from automation.adapters.opening import SCHEMA
from tests.support.disaster import alter, command, copy_of, put_back, remove_store, store_of
from tests.support.month import Month

LATER = ("once", "--today", "2026-11-23")


def refused(month: Month, *says: str, words: tuple[str, ...] = LATER) -> None:
    """The command is refused in these words, nothing goes, and no store is made."""
    before = len(month.letters())
    done = command(month, *words)
    assert done.returncode == 3, done
    assert "Traceback" not in done.stderr
    for one in says:
        assert one in done.stderr
    assert len(month.letters()) == before


def test_a_store_that_is_gone_is_not_begun_anew(started: Month) -> None:
    remove_store(started)
    refused(started, "audits.db is missing", "case-audit restore FILE", "2 November 2026")
    assert not store_of(started).exists()


@pytest.mark.parametrize("words", [("status",), ("preview", "--today", "2026-11-23"), ("check",)])
def test_no_other_command_begins_it_anew_either(started: Month, words: tuple[str, ...]) -> None:
    remove_store(started)
    refused(started, "audits.db is missing", words=words)
    assert not store_of(started).exists()


def test_an_empty_file_in_its_place_is_refused(started: Month) -> None:
    remove_store(started)
    store_of(started).touch()
    refused(started, "is empty", "case-audit restore FILE")


def test_another_councils_store_is_refused(started: Month, tmp_path: Path) -> None:
    other = Month(tmp_path / "other")
    other.on("2026-11-02")
    put_back(started, copy_of(other))
    refused(started, "is not the one that was used here before", "--accept-store")


def test_a_new_store_in_the_place_of_the_old_one_is_refused(started: Month) -> None:
    memory = started.folder / "state" / "store.json"
    kept = memory.read_bytes()
    memory.unlink()
    remove_store(started)
    started.on("2026-11-03", jobs=("allocate",))
    memory.write_bytes(kept)
    refused(started, "is not the one that was used here before")


def test_an_older_copy_put_back_by_hand_is_refused_until_it_is_reconciled(started: Month) -> None:
    copy = copy_of(started)
    started.on("2026-11-23")
    put_back(started, copy)
    refused(started, "older than when it was last used", "case-audit reconcile")
    assert command(started, "reconcile").returncode == 0
    before = len(started.letters())
    assert command(started, *LATER).returncode < 2
    assert len(started.letters()) == before


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_file_that_was_cut_off_is_refused(started: Month, part: float) -> None:
    copy = copy_of(started)
    content = copy.read_bytes()
    copy.write_bytes(content[: int(len(content) * part)])
    put_back(started, copy)
    refused(started, "case-audit restore FILE")


def test_a_page_of_nonsense_in_the_file_is_refused(started: Month) -> None:
    copy = copy_of(started)
    content = bytearray(copy.read_bytes())
    content[20 * 4096 : 21 * 4096] = b"\x5a" * 4096
    copy.write_bytes(content)
    put_back(started, copy)
    refused(started, "damaged", "case-audit restore FILE")


def test_an_index_that_no_longer_fits_its_table_is_refused(started: Month) -> None:
    """What `quick_check` and ordinary questions do not see: rows would be missed without a word."""
    copy = copy_of(started)
    with sqlite3.connect(copy) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_history_about'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    content = bytearray(copy.read_bytes())
    place = slice((page - 1) * size, page * size)
    assert b"CFA-2026-11-003" in content[place]
    content[place] = content[place].replace(b"CFA-2026-11-003", b"CFA-2026-11-009")
    copy.write_bytes(content)
    put_back(started, copy)
    refused(started, "damaged", "case-audit restore FILE")


def test_a_history_that_was_written_anew_is_refused(started: Month) -> None:
    newest = "(SELECT max(seq) FROM history)"
    alter(started, f"UPDATE history SET hash = 'f' || substr(hash, 2) WHERE seq = {newest}")
    refused(started, "is not the one that was written", "case-audit verify-history")


def test_what_is_remembered_of_the_store_must_be_readable(started: Month) -> None:
    (started.folder / "state" / "store.json").write_text("{")
    refused(started, "nothing tells whether the store is the right one", "--accept-store")


def test_a_store_from_before_there_was_a_memory_of_it_is_taken(started: Month) -> None:
    memory = started.folder / "state" / "store.json"
    memory.unlink()
    assert command(started, *LATER).returncode < 2
    assert json.loads(memory.read_text())["number"] > 0


def test_what_is_remembered_never_runs_ahead_of_the_store(started: Month) -> None:
    for day in ("2026-11-03", "2026-11-12", "2026-11-23"):
        started.on(day)
        told = json.loads((started.folder / "state" / "store.json").read_text())
        with sqlite3.connect(store_of(started)) as db:
            kept = db.execute("SELECT hash FROM history WHERE seq = ?", (told["number"],)).fetchone()
        assert kept == (told["hash"],)


def test_a_lost_store_without_a_backup_is_begun_anew_only_when_a_person_says_so(started: Month) -> None:
    remove_store(started)
    assert command(started, "reconcile").returncode == 3
    done = command(started, "reconcile", "--accept-store")
    assert done.returncode == 0
    before = len(started.letters())
    started.on("2026-11-02")
    assert len(started.letters()) == before, "the mailbox remembers what has gone"


def test_an_older_schema_is_upgraded_after_a_copy_beside_it(tmp_path: Path) -> None:
    from sqlalchemy import create_engine

    from automation.adapters.database import Database
    from automation.adapters.opening import migrate

    path = tmp_path / "audits.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate(connection, "0003")
    engine.dispose()
    Database(f"sqlite:///{path}").close()
    (copy,) = tmp_path.glob("audits.db.*")
    assert copy.name == "audits.db.0003"
    with sqlite3.connect(copy) as old, sqlite3.connect(path) as new:
        versions = [db.execute("SELECT version_num FROM alembic_version").fetchone() for db in (old, new)]
    assert versions == [("0003",), (SCHEMA,)]


def test_no_copy_is_made_when_there_is_nothing_to_upgrade(started: Month) -> None:
    started.on("2026-11-03")
    assert [one.name for one in store_of(started).parent.glob("audits.db.*")] == []
