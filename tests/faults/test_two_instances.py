"""Two instances on one database: whichever dies, stops or is cut off, each mail goes, and goes once."""

import errno
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from automation.adapters.clock import FixedClock
from automation.adapters.database import Database
from automation.adapters.eml_folder import EmlFolder
from automation.domain.history import Event
from automation.domain.ids import AuditRef, MessageKey
from automation.domain.message import Letter
from automation.outbox import Outbox
from automation.ports import SendingStep, StoreUnavailableError, TakenOverError
from automation.service import JOBS, Service
from tests.faults.test_microsoft_365 import GUARD, START, Months, letter, messages
from tests.ports.test_store_contract import STAMP
from tests.support.graph import LoopbackGraph, VirtualClock
from tests.support.instance import MOMENTS
from tests.support.m365 import ADDRESS, SENDER, keys, virtual
from tests.support.month import Month, allocation
from tests.support.postgres import Server, move_store, own_server, why_not

SECONDS = float(os.environ.get("CASE_AUDIT_TWO_SECONDS", "6"))
"""How long two instances are disturbed. More for a campaign: CASE_AUDIT_TWO_SECONDS=600."""
AUDITS = int(SECONDS * 3.4)
"""So many that two instances are at it for about as long."""
LASTS = 1.0
FIRST_DAY, RETURN_DAY = "2026-11-02", "2026-11-12"
REFERENCE = AuditRef("CFA-2026-11-001")


@pytest.fixture
def shared(month: Month, shared_address: str) -> Month:
    """A council whose store is on PostgreSQL."""
    move_store(month.config, shared_address)
    return month


@pytest.fixture
def own() -> Iterator[Server]:
    """A server that may be killed."""
    if reason := why_not():
        pytest.skip(reason)
    server = own_server()
    server.start()
    yield server
    server.remove()


def instance(month: Month, day: str, *options: str) -> subprocess.Popen[bytes]:
    """An instance of the service, as a process of its own."""
    (month.folder / "day").write_text(day, "utf-8")
    command = [sys.executable, "-m", "tests.support.instance", str(month.config), str(month.folder / "day")]
    errors = (month.folder / "errors").open("ab")
    with errors:
        return subprocess.Popen([*command, "--lasts", str(LASTS), *options], stderr=errors)


def wait_until_stopped(process: subprocess.Popen[bytes]) -> None:
    """Until it has stopped itself."""
    for _ in range(1200):
        state = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        if state == "T":
            return
        assert process.poll() is None
        time.sleep(0.05)
    raise AssertionError("it did not stop")


def cut(server: Server, month: Month) -> None:
    """Cut every connection to a council's database."""
    name = month.settings.store_url.split("?")[0].rpartition("/")[2]
    server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def settled(month: Month) -> Counter[str]:
    """How often each key was settled as sent, by its letter and the history."""
    ports = month.ports()
    try:
        assert ports.store.broken_link() is None
        assert {one.state for one in ports.store.sendings()} == {"sent"}
        told = [one.event for one in ports.store.history() if one.event.what.endswith(("sent", "found sent"))]
        return Counter(f"{one.about} {one.what.split()[0]} {one.facts['to']}" for one in told)
    finally:
        ports.store.close()


# Stopped, taken over, going on


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_instance_that_is_stopped_while_sending_and_goes_on_after_another_took_over_sends_nothing_twice(
    shared: Month, moment: str
) -> None:
    stopped = instance(shared, FIRST_DAY, "--stop-when", moment, "--passes", "1")
    wait_until_stopped(stopped)
    time.sleep(LASTS * 1.2)
    other = instance(shared, FIRST_DAY, "--passes", "1")
    assert other.wait(60) == 0
    whole = shared.sent()
    stopped.send_signal(signal.SIGCONT)
    assert stopped.wait(60) == 3
    assert "taken over" in (shared.folder / "errors").read_text("utf-8")
    assert shared.sent() == whole
    assert len(whole) == len(set(whole)) > 12
    assert set(settled(shared).values()) == {1}


def test_an_instance_whose_connection_is_cut_is_refused_when_another_has_taken_over(
    postgres: Server, shared: Month
) -> None:
    stopped = instance(shared, FIRST_DAY, "--stop-when", "claimed", "--passes", "1")
    wait_until_stopped(stopped)
    cut(postgres, shared)
    time.sleep(LASTS * 1.2)
    other = instance(shared, FIRST_DAY, "--passes", "1")
    assert other.wait(60) == 0
    whole = shared.sent()
    stopped.send_signal(signal.SIGCONT)
    assert stopped.wait(60) == 3
    assert shared.sent() == whole
    assert set(settled(shared).values()) == {1}


def mail(words: str) -> Letter:
    """A letter that says this."""
    return Letter(SENDER, (), "Case file audit", f"<p>{words}</p>", words, START, "reminder")


@pytest.mark.parametrize("links", [True, False])
def test_a_folder_takes_the_first_letter_of_a_key_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    if not links:
        monkeypatch.setattr(os, "link", none)
    for words in ("the first", "the second"):
        EmlFolder(tmp_path, SENDER).send(mail(words), MessageKey("CFA-2026-11-001/reminder/1/S1"))
    (sent,) = (tmp_path / "sent").iterdir()
    assert b"the first" in sent.read_bytes()


class Telling(EmlFolder):
    """A mailbox that is slow to look, and knows no key when it sends."""

    def __init__(self, folder: Path, meanwhile: Callable[[], None]) -> None:
        super().__init__(folder, SENDER)
        self.meanwhile, self.handed_over = meanwhile, 0

    def has_sent(self, key: MessageKey) -> bool:
        """Look, and let something happen."""
        found = super().has_sent(key)
        self.meanwhile()
        return found

    def send(self, letter: Letter, key: MessageKey) -> None:
        """Whatever it is given goes."""
        self.handed_over += 1


def test_nothing_is_handed_over_by_an_instance_that_was_taken_over_after_it_had_claimed(
    shared_address: str, tmp_path: Path
) -> None:
    old, new = (Database(shared_address, timedelta(seconds=0.2)) for _ in range(2))

    def take_over() -> None:
        time.sleep(0.3)
        with new.hold() as ours:
            assert ours

    mailbox = Telling(tmp_path, take_over)
    with old.hold():
        outbox = Outbox(old, mailbox, GUARD, START)
        with pytest.raises(TakenOverError):
            outbox.post(messages()[0], partial(mail, "words"))
    assert mailbox.handed_over == 0
    old.close()
    new.close()


def test_a_pass_that_was_taken_over_does_no_more_of_its_jobs(shared: Month) -> None:
    ports, other = shared.ports(), Database(shared.settings.store_url, timedelta(seconds=0.2))
    assert isinstance(ports.store, Database)
    ports.store._lasts = timedelta(seconds=0.2)

    def take_over() -> None:
        time.sleep(0.3)
        with other.hold() as ours:
            assert ours

    service = Service(shared.settings, replace(ports, mailbox=Telling(shared.mailbox, take_over)))
    outcome = service.once(FixedClock(date.fromisoformat(FIRST_DAY)))
    assert outcome.code == 3
    assert "taken over" in outcome.unavailable[0]
    # The last job writes it, and would show what this instance knew before the other went on.
    assert not (shared.settings.reports_folder / "status.html").exists()
    shared.on(FIRST_DAY, tuple(JOBS))
    assert (shared.settings.reports_folder / "status.html").exists()
    ports.store.close()
    other.close()


class Interrupted:
    """Where a mailbox notes its steps, with something that happens before or after one of them."""

    def __init__(self, store: Database, step: str, after: bool, then: Callable[[], None]) -> None:
        self._store, self._step, self._after, self._then = store, step, after, then

    def step(self, key: object) -> SendingStep | None:
        """The last step."""
        return self._store.step(key)  # type: ignore[arg-type]  # a key

    def note_step(self, key: object, step: SendingStep) -> None:
        """Note a step, and let it happen."""
        due = step.step == self._step
        if due:
            self._step = ""
        if due and not self._after:
            self._then()
        self._store.note_step(key, step)  # type: ignore[arg-type]  # a key
        if due and self._after:
            self._then()

    def forget_step(self, key: object) -> None:
        """Forget them."""
        self._store.forget_step(key)  # type: ignore[arg-type]  # a key


def post_all(outbox: Outbox, service: Months) -> None:
    """What a pass sends."""
    for message in service.messages:
        outbox.post(message, partial(letter, message, 40))


def stopped_at(address: str, step: str, after: bool, minutes: int, graph: LoopbackGraph) -> None:
    """One instance stops before or after it notes a step, for so many minutes; another has taken over."""
    graph.add_mailbox(ADDRESS, "Case file audits")
    clock = graph.clock
    assert isinstance(clock, VirtualClock)
    old, new = Months(graph), Months(graph)
    old.store, new.store = (Database(address, timedelta(seconds=0.3)) for _ in range(2))

    def passes(count: int) -> None:
        for _ in range(count):
            with new.store.hold() as ours:
                assert ours
                new.one_pass()
            clock.advance(minutes * 60 / count)

    def take_over() -> None:
        time.sleep(0.4)
        passes(3)

    here = virtual(graph, Interrupted(old.store, step, after, take_over), call_seconds=0.8)
    outbox = Outbox(old.store, here.mailbox, GUARD, clock.now())
    with old.store.hold() as ours:
        assert ours
        with pytest.raises(TakenOverError):
            post_all(outbox, old)
    passes(3)
    new.all_once()
    assert graph.violations == []
    for one in (old, new):
        one.store.close()


STOPS = [(step, after) for step in ("drafted", "sending", "accepted") for after in (False, True)]


@pytest.mark.parametrize(("step", "after"), STOPS)
def test_microsoft_365_sends_each_letter_once_though_an_instance_stops_for_a_while_at_any_step(
    shared_address: str, step: str, after: bool
) -> None:
    with LoopbackGraph(keys(), VirtualClock(START)) as graph:
        stopped_at(shared_address, step, after, 12, graph)


@pytest.mark.parametrize(("step", "after"), STOPS)
def test_or_for_hours_where_microsoft_365_does_not_send_what_has_gone(
    shared_address: str, step: str, after: bool
) -> None:
    with LoopbackGraph(keys(), VirtualClock(START)) as graph:
        graph.sends_again = False
        stopped_at(shared_address, step, after, 180, graph)


# The database dies


def test_what_the_database_acknowledged_is_there_after_it_was_killed(own: Server) -> None:
    store = Database(own.url(own.new_database()))
    acknowledged: list[int] = []
    over = threading.Event()

    def write() -> None:
        for number in range(1_000_000):
            if over.is_set():
                return
            with suppress(StoreUnavailableError):
                store.learn([], [Event(REFERENCE, str(number))], STAMP)
                acknowledged.append(number)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    for _ in range(3):
        time.sleep(random.uniform(0.3, 0.8))
        own.kill()
        time.sleep(0.1)
        own.start()
    time.sleep(0.3)
    over.set()
    writer.join(30)
    assert len(acknowledged) > 50
    there = [int(one.event.what) for one in store.history()]
    assert set(there) >= set(acknowledged)
    assert len(there) == len(set(there))
    assert store.broken_link() is None
    store.close()


def test_nothing_is_sent_while_the_database_is_away_and_all_of_it_when_it_is_back(own: Server) -> None:
    with LoopbackGraph(keys(), VirtualClock(START)) as graph:
        graph.add_mailbox(ADDRESS, "Case file audits")
        service = Months(graph)
        service.store = Database(own.url(own.new_database()))
        own.kill()
        service.one_pass()
        assert graph.outbox == []
        assert "database" in service.told[0]
        own.start()
        service.one_pass()
        service.all_once()
        service.store.close()


def test_an_instance_lives_through_the_death_of_its_database(month: Month, own: Server) -> None:
    move_store(month.config, own.url(own.new_database()))
    running = instance(month, FIRST_DAY, "--slow", "0.05")
    for _ in range(2):
        time.sleep(2)
        own.kill()
        time.sleep(0.3)
        own.start()
    finish(month, [running], lambda: len(month.sent()) > 12)
    whole = len(month.sent())
    assert len(settled(month)) == whole
    assert set(settled(month).values()) == {1}


# Both at work, and disturbed


def finish(month: Month, running: list[subprocess.Popen[bytes]], done: Callable[[], bool]) -> None:
    """Wait until all is done and nothing is claimed, then let the instances stop."""
    store = Database(month.settings.store_url)
    for _ in range(600):
        if done() and not store.sendings("claimed"):
            break
        time.sleep(0.1)
    store.close()
    for one in running:
        one.send_signal(signal.SIGTERM)
    for one in running:
        one.wait(30)
    assert done()


class Disturbed:
    """Two instances, and what happens to them."""

    def __init__(self, month: Month, server: Server, day: str, chance: random.Random) -> None:
        self.month, self.server, self.day, self.chance = month, server, day, chance
        self.running = [self._another() for _ in range(2)]
        self.happened: Counter[str] = Counter()

    def _another(self) -> subprocess.Popen[bytes]:
        return instance(self.month, self.day, "--slow", "0.02")

    def disturb(self, seconds: float) -> None:
        """Kill, stop and cut off, at random."""
        until = time.monotonic() + seconds
        left: list[str] = []
        while time.monotonic() < until:
            time.sleep(self.chance.uniform(0.3, 1.5))
            # Each as often as the others, so that a short run sees all of them.
            left = left or self.chance.sample(["kill", "stop", "cut"], 3)
            what = left.pop()
            self.happened[what] += 1
            getattr(self, what)(self.chance.randrange(2))

    def kill(self, which: int) -> None:
        """One dies, and another takes its place."""
        self.running[which].kill()
        self.running[which].wait()
        self.running[which] = self._another()

    def stop(self, which: int) -> None:
        """One stops, for longer than its lease or for less, and goes on."""
        self.running[which].send_signal(signal.SIGSTOP)
        time.sleep(LASTS * self.chance.uniform(0.5, 2.5))
        self.running[which].send_signal(signal.SIGCONT)

    def cut(self, _: int) -> None:
        """Every connection is cut."""
        cut(self.server, self.month)


@pytest.mark.timeout(240 + 3 * SECONDS)
def test_two_instances_killed_stopped_and_cut_off_at_random_do_all_of_it_once(
    postgres: Server, shared: Month, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random()
    shared.rows = [
        allocation(f"{10000000 + n}", *(("Toby Tarn",) if n % 2 else ("Tara Town", "Will West", "South")))
        for n in range(1, AUDITS + 1)
    ]
    shared.save_sheet()
    like = Month(tmp_path_factory.mktemp("undisturbed"), shared.rows)
    like.on(FIRST_DAY)
    wanted = like.sent()

    sending = Disturbed(shared, postgres, FIRST_DAY, chance)
    sending.disturb(SECONDS / 2)
    finish(shared, sending.running, lambda: len(list((shared.mailbox / "sent").glob("*.eml"))) >= len(wanted))
    assert shared.sent() == wanted
    assert set(settled(shared).values()) == {1}

    about = sorted(one for kind, one, _ in wanted if kind == "case_details_auditor")[:20]
    auditor = {one: to for kind, one, to in wanted if kind == "case_details_auditor"}
    for one in about:
        shared.reply(auditor[one], shared.filled(one, auditor[one], day=RETURN_DAY), RETURN_DAY)
    returning = Disturbed(shared, postgres, RETURN_DAY, chance)
    returning.disturb(SECONDS / 2)
    finish(shared, returning.running, lambda: not list(shared.inbox.glob("*.eml")))
    ports = shared.ports()
    versions = {one.reference: one.received.version for one in ports.store.audits() if one.received}
    assert versions == dict.fromkeys(about, 1)
    assert len(ports.store.mails()) == len(about)
    assert ports.store.mails_unfinished() == ()
    ports.store.close()
    assert set(settled(shared).values()) == {1}
    print(sending.happened + returning.happened)
