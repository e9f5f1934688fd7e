"""Plays a round and the two months after it, day by day: each morning a pass of the real service, each
afternoon its staff."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from ..adapters.clock import FixedClock
from ..adapters.disk import write_whole
from ..domain.calendar import Calendar, Round, WorkingCalendar, months_before
from ..domain.ids import ROUND, AuditRef, RoundId
from ..outside import open_ports
from ..ports import OutsideUnavailableError, Store
from ..safety_settings import TrialSettings
from ..service import JOBS, Service, working_calendar
from ..settings import Settings, load
from .books import account
from .far_side import FarSide, FolderFarSide, LoopbackFarSide
from .follow_ups import Colleagues
from .kept_sheet import confirm_concerns, let_a_case_move, let_a_manager_leave
from .leaver import let_somebody_leave
from .loopback import Control, Loopback, read_loopback
from .mails import AUDIT, Brought, brought, written_at
from .own_config import ON_LOOPBACK, check_after, check_before, copy_config
from .page import write_page
from .refused import RehearsalError
from .reviewing import review_report
from .staff import Staff

_MARK = "rehearsal.json"
_SEEN = 2
"""So many working days after the due date, the day of the chase, the status page is kept."""
_DAILY = tuple(one for one in JOBS if one != "track")
"""The status page is written over in each pass: one is kept, of a day on which there is much to see."""
_SEAL_KEY = b"no secret: a rehearsal is fiction"
"""Always the same, so that the same rehearsal gives the same files."""


@dataclass(slots=True)
class Progress:
    """How far a rehearsal has come, kept in its folder after each step: the last day and step, whether staff
    have sent nothing since the last pass, the audit whose auditor left, the team manager who did, and the
    audit whose case moved to another team."""

    round: str
    day: str = ""
    step: str = ""
    quiet: bool = False
    leaver: str = ""
    manager: str = ""
    moved: str = ""


@dataclass(slots=True)
class Rehearsal:
    """One rehearsal in its folder."""

    folder: Path
    settings: Settings
    progress: Progress
    far: FarSide
    show: Callable[[str], None]
    _got: dict[tuple[AuditRef, str, str], tuple[Brought, ...]] = field(default_factory=dict)
    """The forms that staff were sent, oldest first, by what they are about, their kind and whom they are for.
    An audit's form is for whoever audits it by then."""

    def play(self) -> tuple[Round, Store]:
        """Play every day that has not been played, from the preview to the end of the second month after.

        Raises OutsideUnavailableError when a pass could not be finished, and RehearsalError for one with a
        fault: its day is played again next time.
        """
        # A certificate ends on a day of the computer's calendar, not of the rehearsed one.
        ports = replace(open_ports(self.settings, self.far.waiting), certificate_ends=lambda: None)
        ports.store.seal_key(_SEAL_KEY)
        service = Service(self.settings, ports)
        working = working_calendar(self.settings, int(self.progress.round[:4]))
        round_ = Calendar(working).round(RoundId(self.progress.round))
        first = working.add_working_days(round_.start, -self.settings.rules.preview_working_days)
        last = months_before(round_.first, -3) - timedelta(days=1)
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            if self._done(day, "staff") or self._nothing_happens(day, round_, working):
                continue
            self.show(f"{day:%a %d %b}: {self.far.gone()} mails sent so far")
            if not self._done(day, "pass"):
                self._keep_sheet(ports.store, round_, working, day)
                seen = day == working.add_working_days(round_.due, _SEEN)
                self._pass(service, day, tuple(JOBS) if seen else _DAILY)
                self._mark(day, "pass")
            self._read_new_mail()
            # In the order of their dates: every mailbox lists them in that order.
            replies = sorted(self._replies(ports.store, round_, working, day), key=written_at)
            for reply in replies:
                self.far.drop(reply)
            self.progress.quiet = not replies
            self._mark(day, "staff")
        self._pass(service, last + timedelta(days=1), ("allocate", "collect"))
        self.far.keep()
        return round_, ports.store

    def _nothing_happens(self, day: date, round_: Round, working: WorkingCalendar) -> bool:
        """Whether a day may be passed over, to save time: a weekend or holiday after the round, before which
        nobody wrote. The service sends nothing then."""
        begun = self.progress.day == day.isoformat()
        return self.progress.quiet and not begun and day > round_.due and not working.is_working(day)

    def _keep_sheet(self, store: Store, round_: Round, working: WorkingCalendar, day: date) -> None:
        """QA writes what is new into the sheet. Who leaves is kept before the pass, which makes the sheet's
        change part of what the store knows."""
        workbook = self.settings.path(self.settings.workbook.path)
        if day == working.add_working_days(round_.start, 8) and not self.progress.leaver:
            self.progress.leaver = let_somebody_leave(workbook, self.settings, store, round_, day)
            write_mark(self.folder, self.progress)
        if day == working.add_working_days(round_.due, 10) and not self.progress.manager:
            self.progress.manager = let_a_manager_leave(workbook, self.settings, store, round_, day)
            write_mark(self.folder, self.progress)
        if day == working.add_working_days(round_.due, 12) and not self.progress.moved:
            self.progress.moved = let_a_case_move(workbook, self.settings, store, round_, day)
            write_mark(self.folder, self.progress)
        review_report(self.settings.reports_folder, store, working, day)
        if working.is_working(day):
            confirm_concerns(workbook, self.settings, store.audits([round_.id]), working, day)

    def _replies(self, store: Store, round_: Round, working: WorkingCalendar, day: date) -> Iterator[bytes]:
        """What everybody sends on a day."""
        form, got = self.settings.form, dict(sorted(self._got.items()))
        audits = {ref: mails for (ref, kind, _), mails in got.items() if kind == AUDIT}
        if day <= months_before(round_.due, -1):
            leavers = frozenset({AuditRef(self.progress.leaver)} if self.progress.leaver else ())
            extensions = {
                one.reference: one.allocation.extension
                for one in store.audits([round_.id])
                if one.allocation.extension
            }
            yield from Staff(round_, working, form, leavers, extensions).replies(day, audits)
        people = store.organisation().people.values()
        colleagues = Colleagues(
            round_,
            working,
            form.grades.words if form.grades else (),
            {ref: {one.to for one in mails} for ref, mails in audits.items()},
            {one.address for one in people if not one.employed(day)},
        )
        yield from colleagues.replies(day, {key: mails for key, mails in got.items() if key[1] != AUDIT})

    def _pass(self, service: Service, day: date, jobs: Sequence[str]) -> None:
        self.far.morning(day)
        outcome = service.once(FixedClock(day), jobs)
        if outcome.unavailable:
            raise OutsideUnavailableError(
                f"The pass of {day:%d %B} could not be finished. {' '.join(outcome.unavailable)} "
                "Give the same command again to go on."
            )
        faults = [str(one) for one in outcome.problems if "fault in the program" in one.what]
        if faults:
            raise RehearsalError(f"The pass of {day:%d %B} had a fault. {' '.join(faults)}")

    def _done(self, day: date, step: str) -> bool:
        order = ("pass", "staff")
        if self.progress.day != day.isoformat():
            return self.progress.day > day.isoformat()
        return order.index(self.progress.step) >= order.index(step)

    def _mark(self, day: date, step: str) -> None:
        self.progress.day, self.progress.step = day.isoformat(), step
        write_mark(self.folder, self.progress)

    def _read_new_mail(self) -> None:
        """Staff look at what has been sent since they last looked."""
        for content in self.far.new_mail():
            for one in brought(content):
                key = (one.reference, one.kind, "" if one.kind == AUDIT else one.to)
                # The newest is the one that counts; a letter's own date tells which that is.
                self._got[key] = tuple(sorted((*self._got.get(key, ()), one), key=lambda each: each.sent))


def rehearse(
    out: Path, round_id: RoundId, config: Path, show: Callable[[str], None], graph: Path | None = None
) -> tuple[str, ...]:
    """Play a round in the folder `out` and tell its account in lines.

    `graph` is the folder of a loopback Graph, to play on its mailbox; else the mailbox is a folder.

    A rehearsal that was broken off goes on where it stood. Raises RehearsalError when `out` holds
    something else or the loopback is none, SettingsError when the configuration cannot be used, and
    OutsideUnavailableError when a pass could not be finished.
    """
    loopback = read_loopback(graph) if graph else None
    progress = _prepare(out, round_id, config, loopback)
    settings = load(out / "config")
    # What it sends goes nowhere, so nobody has to approve it, and nothing is kept back.
    settings = replace(
        settings, brakes=replace(settings.brakes, first_run_approval=False), trial=TrialSettings()
    )
    check_after(settings, out, loopback)
    far = _far_side(out, settings.mailbox.folder, loopback)
    rehearsal = Rehearsal(out, settings, progress, far, show)
    round_, store = rehearsal.play()
    told = tuple(account(settings, round_, store, date.fromisoformat(progress.day)))
    page = write_page(out, settings, round_, store, told)
    show("")
    return (*told, f"Open {page} to see it all.")


def _far_side(out: Path, home: str, loopback: Loopback | None) -> FarSide:
    copies = out / "mailbox"
    return LoopbackFarSide(Control(loopback), home, copies) if loopback else FolderFarSide(copies)


def _prepare(out: Path, round_id: RoundId, config: Path, loopback: Loopback | None) -> Progress:
    if not ROUND.fullmatch(round_id) or len(round_id) != 7:
        raise RehearsalError(f"‘{round_id}’ is not a month. Write one such as 2026-11.")
    mark = out / _MARK
    if mark.exists():
        progress = Progress(**json.loads(mark.read_text("utf-8")))
        if progress.round != round_id:
            raise RehearsalError(f"{out} holds a rehearsal of {progress.round}. Name another folder.")
        return progress
    # `config` alone, or half of it, is a rehearsal that was broken off before its first step.
    if out.exists() and any(one.name not in ("config", "config.part") for one in out.iterdir()):
        raise RehearsalError(f"{out} is not empty. Name a new folder, so that nothing is written over.")
    given = load(config)
    check_before(given, loopback)
    if loopback:
        _check_new(loopback, round_id)
    out.mkdir(parents=True, exist_ok=True)
    if not (out / "config").exists():
        # Copied beside and moved into place, so that a broken-off copy is never taken for a whole one.
        part = out / "config.part"
        shutil.rmtree(part, ignore_errors=True)
        copy_config(given, part, loopback)
        os.replace(part, out / "config")  # noqa: PTH105 - a folder, not a file of the service
    progress = Progress(round_id)
    write_mark(out, progress)
    return progress


def _check_new(loopback: Loopback, round_id: RoundId) -> None:
    control = Control(loopback)
    control.set_clock(FixedClock(date.fromisoformat(f"{round_id}-01")).now())
    if not control.is_new(ON_LOOPBACK):
        raise RehearsalError(
            "The loopback Graph holds the mails of another rehearsal. Start it anew, or name the folder of "
            "that rehearsal to go on with it."
        )


def write_mark(folder: Path, progress: Progress) -> None:
    """Keep how far the rehearsal has come."""
    write_whole(folder / _MARK, json.dumps(asdict(progress)).encode())
