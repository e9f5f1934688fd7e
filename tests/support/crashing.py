"""One life of a rehearsal that dies, with nothing tidied up, at the next point that no life has died at yet.

`python -m tests.support.crashing OUT --config DIR --seen FILE` is one life: it ends with 137 where it dies.
Given again and again it goes on, until it ends by itself. The service is as it is: only the ports that it is
given, and the jobs that it runs, are told of (crash_points.py).
"""

import argparse
import os
import random
import re
import stat
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

from automation import cli, outside, service
from automation.adapters.clock import SystemClock
from automation.adapters.database import Database
from automation.adapters.originals import OriginalsFolder
from automation.adapters.qa_pages import QaPagesFolder
from automation.rehearsal import play
from automation.safety import tell_holds
from automation.settings import Settings
from automation.store_opening import StoreKeeper
from tests.support.crash_journal import KEPT, TRIED, Journal, read_journal
from tests.support.crash_points import AFTER, BEFORE, HALF, Thin

DIED = 137
_HANDED_OVER = ("after store.note_step sending", "before graph.send")
"""A letter in Microsoft 365 that is broken off here twice is doubtful, as it should be. No letter is."""
_TRIES = "tries "
"""So the fact begins that a mail or a sheet is being read. Three deaths, and it is set aside."""
_LEASE = timedelta(seconds=2)
"""So long a pass that has died keeps a database that is shared."""
_AWAY = timedelta(minutes=20)
"""So long after one life the next begins: what Microsoft 365 may do late, it has done by then."""


@dataclass(slots=True)
class Deaths:
    """Tells the journal of each effect, and ends the process at a point that is due."""

    journal: Journal
    like: Journal | None = None
    """The journal of a rehearsal that nothing disturbed, to compare each pass with."""
    never: bool = False
    only: str = ""
    """Which points to die at, as a regular expression; empty for all."""
    seed: int = 0
    """Which time to die at a point, when it is reached more than once: 0 for the first, else by chance."""
    job: str = ""
    day: str = ""
    within: list[str] = field(default_factory=list)
    letter: str = ""
    trying: str = ""

    def around(self, effect: str, do: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Do it, with its moments told. What the rehearsal itself does, beside the jobs, is not told."""
        if not self.job:
            return do(*given, **named)
        if effect.startswith("mailbox.send"):
            self.letter = str(given[1])
            self.journal.sent.append((self.day, effect.split()[1], self.letter))
        self.reached(BEFORE, effect)
        self.within.append(effect)
        try:
            done = do(*given, **named)
        finally:
            self.within.pop()
        if effect.startswith("mailbox.send"):
            self.journal.gone.append(self.letter)
        if effect.startswith("store.keep_fact") and str(given[0]).startswith(_TRIES):
            self.trying = str(given[0]) if given[1] else ""
            if not given[1]:
                self.journal.strained.pop(str(given[0]), None)
        self.reached(AFTER, effect)
        return done

    def half(self, what: str, number: int | None = None) -> None:
        """Something is about to be made to last: a transaction, or a file whose number this is."""
        if self.within:
            self.reached(HALF, self.within[-1], number)
        elif self.job:
            self.journal.faults.append(f"{self.job}: {what} without a name")

    def reached(self, moment: str, effect: str, number: int | None = None) -> None:
        """Count a point, and die there when it is its turn."""
        point = f"{self.job}: {moment} {effect}"
        self.journal.counts[point] += 1
        if not self.never and point not in self.journal.died and self._due(point, f"{moment} {effect}"):
            self._die(point, number)

    def _due(self, point: str, there: str) -> bool:
        if not re.search(self.only, point):
            return False
        strained = self.journal.strained
        if strained.get(self.trying, 0) > 1 or (there in _HANDED_OVER and self.letter in strained):
            return False
        usual = self.like.counts[point] if self.like else 1
        # A point that was never reached is new since a death: recovering is.
        turn = random.Random(f"{self.seed} {point}").randint(1, usual) if self.seed and usual > 1 else 1
        return self.journal.counts[point] >= turn

    def _die(self, point: str, number: int | None) -> NoReturn:
        if number is not None:
            os.ftruncate(number, os.fstat(number).st_size // 2)
        self.journal.died.append(point)
        for one in (self.trying, self.letter if point.endswith(_HANDED_OVER) else ""):
            if one:
                self.journal.strained[one] = self.journal.strained.get(one, 0) + 1
        self.job, self.within = "", []
        self.journal.save()
        os._exit(DIED)

    def passed(self, service_: service.Service) -> None:
        """A pass is over: keep what it came to, or compare it with what it should come to."""
        store = service_.ports.store
        now: dict[str, str] = {one.key: one.state for one in store.sendings()}
        now[KEPT] = str(len(store.mails_unfinished()))
        now[TRIED] = str(len(store.facts_under(f"{_TRIES}opening")))
        if self.like is None:
            before = dict(self.journal.states()).get(max(self.journal.passes, default=""), {})
            self.journal.passes[self.day] = {
                key: value for key, value in now.items() if before.get(key) != value
            }
            return
        wanted = dict(self.like.states())[self.day]
        for key in sorted(now.keys() | wanted.keys()):
            if now.get(key) != wanted.get(key):
                has = f"{key} is {now.get(key)}, not {wanted.get(key)}"
                self.journal.faults.append(f"after the pass of {self.day}, life {self.journal.lives}: {has}")


class _Later(SystemClock):
    """The computer's clock in a later life."""

    def __init__(self, lives: int) -> None:
        self._away = _AWAY * lives

    def now(self) -> datetime:
        return super().now() + self._away

    def today(self) -> date:
        return self.now().date()


@contextmanager
def told(deaths: Deaths, store_url: str = "") -> Any:
    """Within this, whatever the jobs of a service do outside is told."""
    clock = mock.patch.object(outside, "SystemClock", partial(_Later, deaths.journal.lives))
    with clock, _ports(deaths, store_url), _jobs(deaths), _files(deaths):
        yield


@contextmanager
def _ports(deaths: Deaths, store_url: str) -> Any:
    from sqlalchemy import event

    from automation.adapters.m365.calls import Graph

    open_ports, call, remember = outside.open_ports, Graph.call, StoreKeeper.remember

    def thin(port: str, made: Callable[..., object]) -> Callable[..., Thin]:
        return lambda *given, **named: Thin(port, made(*given, **named), deaths)

    def opened(settings: Settings, *given: Any) -> outside.Ports:
        own = replace(settings.store, url=store_url) if store_url else settings.store
        return open_ports(replace(settings, store=own), *given)

    def database(url: str) -> Thin:
        made = Database(url, _LEASE)
        if made.shared and deaths.journal.lives > 1:
            time.sleep(_LEASE.total_seconds())  # the life before has not given it back
        event.listen(made._engine, "commit", lambda _: deaths.half("a commit"))
        return Thin("store", made, deaths)

    def remembered(keeper: StoreKeeper, *given: Any) -> None:
        deaths.around("keeper.remember", remember, keeper, *given)

    def asked(graph: Graph, what: str, method: str, *given: Any, **named: Any) -> Any:
        if method == "get":
            return call(graph, what, method, *given, **named)
        return deaths.around(f"graph.{what.replace(' ', '-')}", call, graph, what, method, *given, **named)

    with (
        mock.patch.object(play, "open_ports", opened),
        mock.patch.object(outside, "Database", database),
        mock.patch.object(StoreKeeper, "remember", remembered),
        mock.patch.object(outside, "open_mailbox", thin("mailbox", outside.open_mailbox)),
        mock.patch.object(outside, "OriginalsFolder", thin("originals", OriginalsFolder)),
        mock.patch.object(outside, "QaPagesFolder", thin("pages", QaPagesFolder)),
        mock.patch.object(Graph, "call", asked),
    ):
        yield


@contextmanager
def _jobs(deaths: Deaths) -> Any:
    def during(name: str, job: Callable[..., None]) -> Callable[..., None]:
        def do(*given: Any) -> None:
            before, deaths.job = deaths.job, name
            try:
                job(*given)
            finally:
                deaths.job = before

        return do

    once = service.Service.once

    def a_pass(this: service.Service, clock: Any, *jobs: Any) -> service.Outcome:
        deaths.day = clock.today().isoformat()
        outcome = once(this, clock, *jobs)
        deaths.passed(this)
        return outcome

    collect, send = import_module("automation.jobs.collect"), import_module("automation.jobs.send")
    with (
        mock.patch.object(service, "JOBS", {name: during(name, job) for name, job in service.JOBS.items()}),
        mock.patch.object(service, "_recover", during("recover", service._recover)),
        mock.patch.object(service, "tell_holds", during("holds", tell_holds)),
        mock.patch.object(service.Service, "_remember", during("remember", service.Service._remember)),
        mock.patch.object(collect, "raise_concerns", during("concerns", collect.raise_concerns)),
        mock.patch.object(send, "raise_concerns", during("concerns", send.raise_concerns)),
        mock.patch.object(service.Service, "once", a_pass),
    ):
        yield


@contextmanager
def _files(deaths: Deaths) -> Any:
    fsync = os.fsync

    def written(number: int) -> None:
        if stat.S_ISREG(os.fstat(number).st_mode):
            deaths.half("a file", number)
        fsync(number)

    with mock.patch.object(os, "fsync", written):
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """One life. 137 where it dies, else what the rehearsal comes to."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.crashing", description=__doc__)
    parser.add_argument("--seen", type=Path, required=True, help="the journal of all lives")
    parser.add_argument("--like", type=Path, help="the journal of a rehearsal that never died")
    parser.add_argument("--never", action="store_true", help="only tell, and do not die")
    parser.add_argument("--only", default="", help="the points to die at, as a regular expression")
    parser.add_argument("--seed", type=int, default=0, help="die at a time by chance, not at the first")
    parser.add_argument("--store", default="", help="the address of another store than the rehearsal's own")
    asked, rest = parser.parse_known_args(arguments)
    journal = read_journal(asked.seen)
    journal.lives += 1
    like = read_journal(asked.like) if asked.like else None
    with told(Deaths(journal, like, asked.never, asked.only, asked.seed), asked.store):
        code = cli.main(["rehearse", *rest])
    journal.save()
    return code


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(main())
