"""A store with changed bytes, a missing end, or another file in its place: refused with what to do, or no
harm done; never a month that begins anew. 300 regions: python -m tests.campaigns corruption."""

from pathlib import Path

from tests.campaigns import corruption
from tests.support.disaster import alter, command
from tests.support.month import Month


def test_a_corrupt_store_is_refused_with_what_to_do_or_does_no_harm(tmp_path: Path) -> None:
    tally = corruption.campaign(tmp_path, number=40, part=60, seed=7)
    assert (tally.wrong, tally.twice) == ([], 0)
    assert tally.noted["refused"] > 30
    assert tally.noted[corruption.READ] == 0, "what is damaged is found when it is opened"
    assert tally.noted["harmless"] > 10


def test_every_other_file_is_refused(tmp_path: Path) -> None:
    own = corruption.kept(tmp_path)
    others = dict(corruption.others(own.closed["audits.db"], tmp_path))
    assert len(others) == 6
    assert {what: own.opened({"audits.db": content}) for what, content in others.items()} == dict.fromkeys(
        others, "refused"
    )
    assert own.opened(own.closed) == "harmless"


def test_a_text_that_is_none_any_more_is_called_damage_and_is_not_repeated(started: Month) -> None:
    alter(started, "UPDATE outbox SET address = CAST(X'4d6172790aff' AS TEXT)")
    done = command(started, "once", "--today", "2026-11-23")
    assert done.returncode == 3
    assert "is damaged" in done.stderr
    assert "case-audit restore FILE" in done.stderr
    assert "Mary" not in done.stderr
