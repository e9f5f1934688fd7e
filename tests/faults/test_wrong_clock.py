"""A clock that is wrong: planned messages wait, an immediate concern does not."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from automation import outside
from automation.adapters.clock import LONDON, SystemClock
from automation.outside import open_ports
from automation.service import Outcome, Service
from tests.support.disaster import command
from tests.support.graph import LoopbackGraph
from tests.support.m365 import ADDRESS, SITE, keys, settle
from tests.support.month import Month


class Telling:
    """A clock that tells a moment. It is a clock, and no day that somebody named."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.date()


def at(day: str, hour: int = 8) -> Telling:
    return Telling(datetime.fromisoformat(f"{day}T{hour:02d}:00:00").replace(tzinfo=LONDON))


def a_pass(month: Month, clock: Telling) -> Outcome:
    ports = open_ports(month.settings)
    try:
        return Service(month.settings, ports).once(clock)
    finally:
        ports.store.close()


def clock_problems(outcome: Outcome) -> list[str]:
    return [one.what for one in outcome.problems if one.where == "clock"]


def test_a_clock_that_jumped_back_sends_nothing_and_the_next_right_pass_sends_all(started: Month) -> None:
    a_pass(started, at("2026-11-20"))
    before = len(started.letters())
    started.reply("toby.tarn", started.filled("CFA-2026-11-001", "toby.tarn"))  # so that the history goes on
    (says,) = clock_problems(a_pass(started, at("2026-11-03")))
    assert "has gone back" in says
    assert len(started.letters()) == before
    again = a_pass(started, at("2026-11-04"))
    assert clock_problems(again), "one pass in the past does not make the past right"
    assert len(started.letters()) == before
    assert clock_problems(a_pass(started, at("2026-11-23"))) == []
    assert len(started.sent("reminder")) == 3


def test_an_immediate_concern_goes_whatever_the_clock_says(started: Month) -> None:
    a_pass(started, at("2026-11-20"))
    started.reply("toby.tarn", started.filled("CFA-2026-11-001", "toby.tarn", immediate_concern="Yes"))
    assert clock_problems(a_pass(started, at("2026-11-12")))
    assert started.sent("concern")
    assert started.sent("receipt") == []


def test_a_clock_that_was_years_ahead_is_set_right_and_released(started: Month) -> None:
    a_pass(started, at("2029-01-08"))
    assert clock_problems(a_pass(started, at("2026-11-23")))
    assert started.sent("reminder") == []
    # The release is given on this computer's own clock, which tells these days.
    assert command(started, "release").returncode == 0
    told = at("2026-11-23")
    told.moment = max(told.moment, SystemClock().now())
    assert clock_problems(a_pass(started, told)) == []


def test_an_hour_back_in_october_is_no_jump(month: Month) -> None:
    before = Telling(datetime(2026, 10, 25, 1, 50, tzinfo=LONDON))
    after = Telling(datetime(2026, 10, 25, 1, 5, tzinfo=LONDON, fold=1))
    a_pass(month, before)
    assert clock_problems(a_pass(month, after)) == []


@pytest.fixture
def graph(month: Month) -> Iterator[LoopbackGraph]:
    """The council's mailbox and spreadsheet on a loopback Graph with the computer's clock."""
    with LoopbackGraph(keys()) as made:
        made.add_mailbox(ADDRESS, "Case file audits")
        content = (month.config / "allocations.xlsx").read_bytes()
        settle(month.config, made, made.add_file(SITE, "Shared Documents/Audits/allocations.xlsx", content))
        yield made
    assert made.violations == []


@pytest.mark.parametrize(
    ("minutes", "goes"), [(0, True), (4, True), (7, False), (-7, False), (60 * 24 * 900, False)]
)
def test_a_clock_that_differs_from_microsofts_sends_nothing(
    month: Month, graph: LoopbackGraph, monkeypatch: pytest.MonkeyPatch, minutes: int, goes: bool
) -> None:
    class Off(SystemClock):
        def now(self) -> datetime:
            return super().now() + timedelta(minutes=minutes)

    monkeypatch.setattr(outside, "SystemClock", Off)
    outcome = a_pass(month, at("2026-11-02"))
    assert bool(clock_problems(outcome)) is not goes
    assert bool(graph.outbox) is goes
    assert bool([name for name, method, _ in graph.calls if name in ("send", "create_draft")]) is goes


def test_a_day_that_somebody_named_is_compared_with_no_clock(month: Month, graph: LoopbackGraph) -> None:
    assert clock_problems(month.on("2026-11-02")) == []
    assert graph.outbox


def test_in_a_trial_the_server_sees_no_send_to_anybody_but_those_listed(
    month: Month, graph: LoopbackGraph
) -> None:
    path = Path(month.config / "service.toml")
    text = path.read_text("utf-8").replace("only = []", 'only = ["morgan.ellery@brackenshire.example"]')
    path.write_text(text, "utf-8")
    month.on("2026-11-02")
    assert len(graph.outbox) == 1, "QA's digest"
    assert b"morgan.ellery" in graph.outbox[0][1]
    sends = [name for name, method, _ in graph.calls if method == "POST" and name in ("send", "send_mail")]
    drafts = [name for name, *_ in graph.calls if name in ("create_draft", "create_reply")]
    assert (len(sends), len(drafts)) == (1, 1)
