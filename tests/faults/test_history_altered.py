"""An altered history is told: which event, about what, and how."""

import json
import random
import sqlite3

import pytest

from tests.support.disaster import alter, command, store_of
from tests.support.month import Month

COLUMNS = ("at", "about", "what", "facts", "previous", "hash")


def rows(month: Month) -> list[sqlite3.Row]:
    with sqlite3.connect(store_of(month)) as db:
        db.row_factory = sqlite3.Row
        return list(db.execute("SELECT * FROM history ORDER BY seq"))


def verified(month: Month) -> str:
    """What the command says, once it has said that something is wrong."""
    done = command(month, "verify-history")
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stdout


def flipped(text: str, at: int) -> str:
    """The text with a bit of one of its characters flipped."""
    return text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]


def test_a_whole_history_is_told_with_its_head(started: Month) -> None:
    last = rows(started)[-1]
    done = command(started, "verify-history")
    assert done.returncode == 0
    assert f"{last['seq']} {last['hash']}" in done.stdout
    status = json.loads(command(started, "status", "--json").stdout)
    assert status["history"] == {"events": last["seq"], "head": last["hash"]}


@pytest.mark.parametrize("column", COLUMNS)
def test_any_byte_of_any_row_that_is_flipped_is_named(started: Month, column: str) -> None:
    chance = random.Random(column)
    every = rows(started)
    for row in chance.sample(every, 4):
        before = str(row[column])
        after = flipped(before, chance.randrange(len(before)))
        with sqlite3.connect(store_of(started)) as db:
            db.execute(f'UPDATE history SET "{column}" = ? WHERE seq = ?', (after, row["seq"]))
        told = verified(started)
        assert f"Event {row['seq']} " in told, (column, row["seq"])
        if column not in ("about", "what"):
            assert f"(about {row['about']}: {row['what']})" in told
        with sqlite3.connect(store_of(started)) as db:
            db.execute(f'UPDATE history SET "{column}" = ? WHERE seq = ?', (before, row["seq"]))
    assert command(started, "verify-history").returncode == 0


def test_a_row_that_was_taken_out_is_told(started: Month) -> None:
    alter(started, "DELETE FROM history WHERE seq = 7")
    assert "Event 7 is missing" in verified(started)


def test_a_row_taken_out_with_all_later_ones_renumbered_is_told(started: Month) -> None:
    alter(started, "DELETE FROM history WHERE seq = 7", "UPDATE history SET seq = seq - 1 WHERE seq > 7")
    assert "Event 7 " in verified(started)


def test_a_row_that_was_put_in_is_told(started: Month) -> None:
    alter(
        started,
        "UPDATE history SET seq = -seq - 1 WHERE seq >= 7",
        "UPDATE history SET seq = -seq WHERE seq < 0",
        "INSERT INTO history SELECT 7, at, about, 'reminder sent', facts, previous, hash FROM history "
        "WHERE seq = 6",
    )
    assert "Event 7 (about " in verified(started)
    assert "put in" in verified(started)


def test_two_rows_that_changed_places_are_told(started: Month) -> None:
    alter(
        started,
        "UPDATE history SET seq = -5 WHERE seq = 5",
        "UPDATE history SET seq = 5 WHERE seq = 6",
        "UPDATE history SET seq = 6 WHERE seq = -5",
    )
    assert "Event 5 (about " in verified(started)


@pytest.mark.parametrize("last", [1, 5])
def test_rows_cut_off_at_the_end_are_told(started: Month, last: int) -> None:
    number = rows(started)[-1]["seq"]
    alter(started, f"DELETE FROM history WHERE seq > {number - last}")
    assert f"ends at event {number - last}, and had {number}" in verified(started)


def test_a_history_written_anew_from_some_row_on_is_told(started: Month) -> None:
    from automation.adapters.statements import link

    every = [dict(one) for one in rows(started)]
    every[6]["what"] = "reminder sent"
    previous = every[5]["hash"]
    with sqlite3.connect(store_of(started)) as db:
        for row in every[6:]:
            made = link(previous, row["seq"], row["at"], row["about"], row["what"], row["facts"])
            db.execute(
                "UPDATE history SET what = ?, previous = ?, hash = ? WHERE seq = ?",
                (row["what"], previous, made, row["seq"]),
            )
            previous = made
    assert "is not the one that was written" in verified(started)
