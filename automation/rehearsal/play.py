"""Plays a round day by day: each morning a pass of the real service, each afternoon its staff."""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from ..adapters.clock import FixedClock
from ..adapters.disk import write_whole
from ..domain.audit import Standing
from ..domain.calendar import Calendar, Round
from ..domain.ids import ROUND, AuditRef, RoundId
from ..domain.qa_facts import standing_facts
from ..outside import open_ports
from ..ports import OutsideUnavailableError, Store
from ..service import JOBS, Service, working_calendar
from ..settings import Settings, load
from .far_side import FarSide, FolderFarSide, LoopbackFarSide
from .leaver import let_somebody_leave
from .loopback import Control, Loopback, read_loopback
from .own_config import ON_LOOPBACK, check_after, check_before, copy_config
from .page import write_page
from .refused import RehearsalError
from .staff import Assignment, Staff, assignment, written_at

_MARK = "rehearsal.json"
_SEAL_KEY = b"no secret: a rehearsal is fiction"
"""Always the same, so that the same rehearsal gives the same files."""


@dataclass(slots=True)
class Progress:
    """How far a rehearsal has come, kept in its folder after each step."""

    round: str
    day: str = ""
    step: str = ""
    leaver: str = ""


@dataclass(slots=True)
class Rehearsal:
    """One rehearsal in its folder."""

    folder: Path
    settings: Settings
    progress: Progress
    far: FarSide
    show: Callable[[str], None]
    _got: dict[AuditRef, tuple[Assignment, ...]] = field(default_factory=dict)

    def play(self) -> tuple[Round, Store]:
        """Play every day that has not been played, from the preview to the end of the overdue chase.

        Raises OutsideUnavailableError when a pass could not be finished: its day is played again next time.
        """
        # A certificate ends on a day of the computer's calendar, not of the rehearsed one.
        ports = replace(open_ports(self.settings, self.far.waiting), certificate_ends=lambda: None)
        ports.store.seal_key(_SEAL_KEY)
        service = Service(self.settings, ports)
        working = working_calendar(self.settings, int(self.progress.round[:4]))
        round_ = Calendar(working).round(RoundId(self.progress.round))
        first = working.add_working_days(round_.start, -self.settings.rules.preview_working_days)
        last = working.add_working_days(round_.due, 5)
        leaves_on = working.add_working_days(round_.start, 8)
        staff = Staff(round_, working, self.settings.form)
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            if self._done(day, "staff"):
                continue
            self.show(f"{day:%a %d %b}: {self.far.gone()} mails sent so far")
            if not self._done(day, "pass"):
                if day == leaves_on and not self.progress.leaver:
                    workbook = self.settings.path(self.settings.workbook.path)
                    self.progress.leaver = let_somebody_leave(
                        workbook, self.settings, ports.store, round_, day
                    )
                    # Kept before the pass, which makes the sheet's change part of what the store knows.
                    write_mark(self.folder, self.progress)
                self._pass(service, day)
                self._mark(day, "pass")
            self._read_new_mail()
            leavers = frozenset({AuditRef(self.progress.leaver)} if self.progress.leaver else ())
            extensions = {
                a.reference: a.allocation.extension
                for a in ports.store.audits([round_.id])
                if a.allocation.extension
            }
            replies = replace(staff, leavers=leavers, extensions=extensions).replies(day, self._got)
            # In the order of their dates: every mailbox lists them in that order.
            for reply in sorted(replies, key=written_at):
                self.far.drop(reply)
            self._mark(day, "staff")
        self._pass(service, last + timedelta(days=1), ("allocate", "collect"))
        self.far.keep()
        return round_, ports.store

    def _pass(self, service: Service, day: date, jobs: Sequence[str] = tuple(JOBS)) -> None:
        self.far.morning(day)
        outcome = service.once(FixedClock(day), jobs)
        if outcome.unavailable:
            raise OutsideUnavailableError(
                f"The pass of {day:%d %B} could not be finished. {' '.join(outcome.unavailable)} "
                "Give the same command again to go on."
            )

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
        for content in self.far.case_details():
            one = assignment(content)
            if one is not None:
                # The newest is the one that counts; a letter's own date tells which that is.
                known = (*self._got.get(one.reference, ()), one)
                self._got[one.reference] = tuple(sorted(known, key=lambda a: a.sent))


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
    check_after(settings, out, loopback)
    far = _far_side(out, settings.mailbox.folder, loopback)
    rehearsal = Rehearsal(out, settings, progress, far, show)
    round_, store = rehearsal.play()
    page = write_page(out, rehearsal.settings, round_, store)
    show("")
    return _account(rehearsal, round_, store, page)


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
    facts: Mapping[str, str] = {
        "round": progress.round,
        "day": progress.day,
        "step": progress.step,
        "leaver": progress.leaver,
    }
    write_whole(folder / _MARK, json.dumps(facts).encode())


def _account(rehearsal: Rehearsal, round_: Round, store: Store, page: Path) -> tuple[str, ...]:
    today = date.fromisoformat(rehearsal.progress.day)
    audits = store.audits([round_.id])
    if not audits:
        raise RehearsalError(f"The spreadsheet has no usable rows of {round_.name}. Name another --round.")
    told = standing_facts(round_, audits, today)
    parts = [int(str(told[name])) for name in ("on_time", "late", "outstanding", "extended", "exempt")]
    if sum(parts) != told["allocated"] or len(Standing) != len(parts):
        raise RehearsalError(f"The account does not balance: {told}.")
    mails = store.mails()
    outcomes: dict[str, int] = {}
    for mail in mails:
        outcomes[mail.outcome.value] = outcomes.get(mail.outcome.value, 0) + 1
    sent, link = store.sent_since(""), store.broken_link()
    return (
        f"{round_.name}: {told['allocated']} allocated = {parts[0]} returned on time + {parts[1]} late + "
        f"{parts[2]} outstanding + {parts[3]} extended + {parts[4]} exempt",
        f"Sent {sum(sent.values())} mails: "
        + ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in sorted(sent.items())),
        f"Came in {len(mails)} mails: " + ", ".join(f"{n} {what}" for what, n in sorted(outcomes.items())),
        f"Doubtful: {len(store.sendings('doubtful'))}. Broken links in the history: {link or 'none'}.",
        f"Open {page} to see the month.",
    )
