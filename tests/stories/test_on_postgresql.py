"""A month whose store is on PostgreSQL is the same month."""

import re
from collections.abc import Sequence

import pytest

from automation import cli
from tests.support.month import Month
from tests.support.postgres import Server, move_store

DAYS = ("2026-10-30", "2026-11-02", "2026-11-12", "2026-11-13", "2026-11-23")


def on(month: Month, address: str) -> Month:
    """A council whose store is there."""
    move_store(month.config, address)
    return month


def played(month: Month) -> list[tuple[str, str, str]]:
    """What went when a form has come back and a reminder has gone."""
    for day in DAYS:
        if day == "2026-11-12":
            month.reply("toby.tarn", month.filled("CFA-2026-11-001", "toby.tarn"), day)
        month.on(day)
    return month.sent()


def test_the_same_mails_go_and_the_same_is_known_on_either_database(
    month: Month, shared_address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = on(Month(tmp_path_factory.mktemp("shared")), shared_address)
    assert played(other) == played(month)
    here, there = month.ports().store, other.ports().store
    assert [one.reference for one in here.audits()] == [one.reference for one in there.audits()]
    assert [one.outcome for one in here.mails()] == [one.outcome for one in there.mails()]
    assert [one.event.what for one in here.history()] == [one.event.what for one in there.history()]
    assert here.open_problems() == there.open_problems()
    for store in (here, there):
        assert store.broken_link() is None
        store.close()


def test_a_command_on_postgresql_says_what_it_says_on_sqlite(
    month: Month,
    shared_address: str,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = on(Month(tmp_path_factory.mktemp("shared")), shared_address)
    commands: Sequence[Sequence[str]] = [
        ("preview", "--today", "2026-11-02"),
        ("once", "--today", "2026-11-02"),
        ("status", "--today", "2026-11-03"),
        ("explain", "CFA-2026-11-001", "--today", "2026-11-03"),
        ("preview", "--today", "2026-11-23"),
    ]
    for words in commands:
        told = []
        for one in (month, other):
            code = cli.main([*words, "--config", str(one.config)])
            said = capsys.readouterr().out.replace(str(one.folder), "")
            # Each store has a history of its own, and so another hash.
            told.append((code, re.sub(r"head \w{64}", "head", said)))
        assert told[0] == told[1]
        assert told[0][0] == 0
    assert other.sent() == month.sent() != []


def test_two_passes_at_once_on_one_database_do_not_both_work(
    month: Month, shared_address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ports = on(month, shared_address).ports()
    with ports.lock.hold() as ours:
        assert ours
        code = cli.main(["once", "--today", "2026-11-02", "--config", str(month.config)])
    ports.store.close()
    assert code == 3
    assert "Another pass" in capsys.readouterr().err
    assert month.sent() == []


def test_a_password_in_the_address_is_refused_and_not_repeated(
    month: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses = ("postgresql://case_audit:opensesame@db/a", "postgresql://db/a?password=opensesame")
    for number, address in enumerate(addresses):
        one = on(Month(month.folder / str(number)), address)
        code = cli.main(["once", "--config", str(one.config)])
        assert code == 2
        told = capsys.readouterr().err
        assert "password" in told or "secret" in told
        assert "opensesame" not in told


def test_a_lost_database_is_refused_after_first_use(month: Month, postgres: Server, made_store: str) -> None:
    name = postgres.new_database(made_store)
    on(month, postgres.url(name)).on("2026-11-02")
    before = month.sent()
    postgres.drop(name)
    postgres.sql(f"CREATE DATABASE {name} TEMPLATE template0")
    code = cli.main(["once", "--today", "2026-11-23", "--config", str(month.config)])
    assert code == 3
    postgres.drop(name)
    assert len(list((month.mailbox / "sent").glob("*.eml"))) == len(before)
