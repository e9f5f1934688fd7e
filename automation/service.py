"""Makes passes, and keeps the schedule. No job can kill it."""

import logging
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from .adapters.addresses import valid_address
from .adapters.bank_holidays import bank_holidays
from .adapters.clock import FixedClock, SystemClock
from .adapters.disk import write_whole
from .domain.calendar import WorkingCalendar
from .domain.certificate import certificate_problem
from .domain.problem import Problem, stopping
from .heartbeat import beat
from .jobs.actions import actions
from .jobs.allocate import allocate
from .jobs.bounces import bounces
from .jobs.chase import chase
from .jobs.collect import collect
from .jobs.digest import digest
from .jobs.moderate import moderate
from .jobs.report import report
from .jobs.send import send
from .jobs.share import share
from .jobs.this_pass import Pass
from .jobs.track import track
from .letters import Letters
from .outbox import Guard
from .outside import Ports
from .ports import Clock, OutsideUnavailableError, Store, TakenOverError
from .private_files import open_to_others
from .safety import hold_problems, outbox_of, tell_holds
from .settings import Settings, plain_facts

if TYPE_CHECKING:
    from .documents.form_writer import FormWriter
    from .documents.isolated_reader import IsolatedReader
    from .documents.shared_copy import CopyWriter
    from .jobs.report_making import Reporting

log = logging.getLogger("case_audit")

JOBS: Mapping[str, Callable[[Pass], None]] = {
    "allocate": allocate,
    "collect": collect,
    "bounces": bounces,
    "send": send,
    "share": share,
    "moderate": moderate,
    "actions": actions,
    "report": report,
    "chase": chase,
    "digest": digest,
    "track": track,
}
"""The jobs in the order of a pass. Forms are collected before anybody is chased."""

COLLECTED_FIRST = ("moderate", "actions", "report", "chase")
"""The jobs that need to know which forms have come in: those are collected just before, or they wait."""

REPLIES_ONLY = ("allocate", "collect", "bounces", "track")
"""The jobs that run at any hour: what they send answers somebody, or is an immediate concern."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pass came to: what stopped a job from outside, and what a person must put right."""

    unavailable: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    sent: Mapping[str, int] = field(default_factory=dict)
    """How many messages of each kind went."""

    @property
    def code(self) -> int:
        """The exit code: 0 done, 1 done with problems, 3 something outside was unavailable."""
        if self.unavailable:
            return 3
        return 1 if stopping(self.problems) else 0


def clock_on(today: date | None) -> Clock:
    """The machine's clock, or one that stands on the day somebody named."""
    return FixedClock(today) if today else SystemClock()


def save_new(path: Path, content: bytes) -> None:
    """Write a new file, whole. Raises FileExistsError when it is there, OSError when it cannot be written."""
    if path.exists():
        raise FileExistsError
    write_whole(path, content, mode=0o644)


class Service:
    """One council's service."""

    def __init__(self, settings: Settings, ports: Ports) -> None:
        """`ports` come from `open_ports`, or stand in for them in a rehearsal or a preview."""
        self.settings, self.ports = settings, ports
        self.letters = cache(partial(letters_of, settings))
        self.writer = cache(partial(writer_of, settings, ports.store))
        self.copier = cache(partial(copier_of, settings))
        self.reader = cache(partial(reader_of, settings))
        self.reporting = cache(partial(reporting_of, settings))
        self.working = cache(partial(working_calendar, settings))

    def once(self, clock: Clock, jobs: Sequence[str] = tuple(JOBS)) -> Outcome:
        """One pass of these jobs. A job that the outside stops, or that has a fault, stops alone; but nobody
        is chased unless the forms that have come in were collected just before."""
        if set(jobs) & set(COLLECTED_FIRST):
            jobs = (*jobs, "collect")
        with self.ports.lock.hold() as ours:
            if not ours:
                return Outcome(("Another pass is running on this store. This one did nothing.",))
            return self._once(clock, jobs)

    def _once(self, clock: Clock, jobs: Sequence[str]) -> Outcome:
        this = self.this_pass(clock)
        self._remember(this)
        unavailable: dict[str, str] = {}
        failed: set[str] = set()
        first = (("certificate", self._look_at_keys), ("recover", _recover))
        last = (("holds", tell_holds),) if self.ports.braked else ()
        for name, job in (*first, *((n, j) for n, j in JOBS.items() if n in jobs), *last):
            if self.ports.stopping.asked():
                unavailable["stop"] = "The service was told to stop. The next start goes on."
                break
            if name in COLLECTED_FIRST and "collect" in failed:
                continue
            try:
                job(this)
            except TakenOverError as error:
                unavailable[name] = str(error)
                log.warning("%s stopped: %s", name, error)
                break
            except OutsideUnavailableError as error:
                unavailable[name] = str(error)
                failed.add(name)
                # For the digest as well: it must not say that all is done when a job could not run.
                this.problems.append(Problem(f"job {name}", str(error), "The next pass tries again."))
                log.warning("%s stopped: %s", name, error)
            except Exception as fault:
                failed.add(name)
                log.exception("%s: a fault in the program", name)
                what = f"A fault in the program stopped this job ({type(fault).__name__})."
                this.problems.append(Problem(f"job {name}", what, "Tell IT: the log has the details."))
        problems = [*this.problems, *this.outbox.problems]
        try:
            held = hold_problems(self.ports.store)
            problems = [*held, *(one.problem for one in self.ports.store.open_problems()), *problems]
        except OutsideUnavailableError as error:
            unavailable["store"] = str(error)
        try:
            self._remember(this)
        except OutsideUnavailableError as error:
            unavailable["store"] = str(error)
        return Outcome(tuple(dict.fromkeys(unavailable.values())), tuple(problems), this.outbox.sent)

    def _remember(self, this: Pass) -> None:
        """Remember outside the store how far it has come."""
        if self.ports.keeper is not None:
            self.ports.keeper.remember(self.ports.store, this.stamp)

    def _look_at_keys(self, this: Pass) -> None:
        this.problems.extend(open_to_others(self.settings))
        ends = self.ports.certificate_ends()
        if ends and (problem := certificate_problem(ends, this.today)):
            this.problems.append(problem)

    def run(self, clock: Clock) -> None:
        """Make a pass now and then every few minutes, until the process is told to stop."""
        import schedule

        minutes = self.settings.schedule.every_minutes
        stopping = self.ports.stopping
        ticker = schedule.Scheduler()
        with stopping.on(signal.SIGINT, signal.SIGTERM):
            while not stopping.asked():
                # The ticker counts in the machine's local time. When that jumps, its next tick may be an hour
                # or a year away: then it starts anew.
                if not ticker.jobs or (ticker.idle_seconds or 0) > minutes * 60:
                    ticker.clear()
                    self._tick(clock)
                    ticker.every(minutes).minutes.do(self._tick, clock)
                ticker.run_pending()
                stopping.wait(min(max(ticker.idle_seconds or 1, 1), 30))

    def _tick(self, clock: Clock) -> None:
        now, schedule = clock.now(), self.settings.schedule
        planned = schedule.send_from <= now.time() <= schedule.send_until
        try:
            outcome = self.once(clock, tuple(JOBS) if planned else REPLIES_ONLY)
        except OutsideUnavailableError as error:
            outcome = Outcome(unavailable=(str(error),))
        for line in outcome.unavailable:
            log.error("%s", line)
        self.beat(clock, outcome)

    def beat(self, clock: Clock, outcome: Outcome) -> None:
        """Tell those who watch the service what a pass came to."""
        beat(self.settings, partial(self.this_pass, clock), clock.now(), outcome)

    def this_pass(self, clock: Clock) -> Pass:
        """What the jobs of a pass at this time work with."""
        settings, ports, now = self.settings, self.ports, clock.now()
        guard = Guard(settings.recipients.domains, valid_address)

        def audits() -> int:
            return len(ports.store.audits(list(this.rounds())))

        this = Pass(
            today=now.date(),
            stamp=now,
            store=ports.store,
            originals=ports.originals,
            mailbox=ports.mailbox,
            workbook=ports.workbook,
            pages=ports.pages,
            reporting=self.reporting,
            outbox=outbox_of(settings, ports, guard, clock, now, audits),
            letters=self.letters,
            writer=self.writer,
            copier=self.copier,
            reader=self.reader,
            rules=settings.rules,
            columns=settings.columns,
            forms=settings.forms,
            working=self.working(now.year),
            case_number_width=settings.workbook.case_number_width,
            choices=settings.mark,
            domains=settings.recipients.domains,
            officers=settings.qa_officers,
        )
        return this


def letters_of(settings: Settings) -> Letters:
    """The letters of a council: its own templates first, then those shipped."""
    return Letters(settings.templates, plain_facts(settings.council))


def writer_of(settings: Settings, store: Store, key: str, rows: int) -> "FormWriter":
    """The writer of one of the council's forms, on its Word base, with so many rows in its tables."""
    from .documents.form_writer import FormWriter

    form = next(one for one in settings.forms if one.key == key)
    if rows:
        form = form.with_rows(rows)
    return FormWriter(form, _base_of(settings), settings.council.name, store.seal_key())


def copier_of(settings: Settings, version: str) -> "CopyWriter":
    """The writer of shared copies of a version of the audit form, on the forms' Word base."""
    from .documents.shared_copy import CopyWriter

    key = settings.form.key
    form = next(one for one in settings.forms if (one.key, one.version) == (key, version))
    return CopyWriter(form, _base_of(settings), settings.council.name)


def reporting_of(settings: Settings) -> "Reporting":
    """A council's choices for its reports."""
    from .jobs.report_making import Reporting

    council = settings.council
    base = _base_of(settings, "report.docx")
    return Reporting(council.name, council.qa_team, settings.report_look, settings.themes, base)


def _base_of(settings: Settings, name: str = "form.docx") -> bytes:
    base = next(one / name for one in settings.templates if (one / name).exists())
    return base.read_bytes()


def reader_of(settings: Settings) -> "IsolatedReader":
    """The reader of returned files. Its child process ends when this one does."""
    from .documents.isolated_reader import IsolatedReader

    return IsolatedReader(settings.forms)


def working_calendar(settings: Settings, year: int) -> WorkingCalendar:
    """The working days of a year and its neighbours: bank holidays and local closures."""
    which = settings.calendar.bank_holidays
    closures = {one.day for one in settings.calendar.closures}
    years = range(year - 1, year + 2)
    return WorkingCalendar(bank_holidays(years, which.country, which.subdivision) | closures)


def _recover(this: Pass) -> None:
    this.outbox.recover()
