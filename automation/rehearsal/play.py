"""Plays a round day by day: each morning a pass of the real service, each afternoon its staff."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
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
from ..ports import Store
from ..service import Outcome, Service, working_calendar
from ..settings import Settings, load
from .leaver import let_somebody_leave
from .own_config import copy_config, touched
from .page import write_page
from .staff import Assignment, Staff, assignment

_MARK = "rehearsal.json"
_SEAL_KEY = b"no secret: a rehearsal is fiction"
"""Always the same, so that the same rehearsal gives the same files."""


class RehearsalError(Exception):
    """The rehearsal cannot be played here, and why."""


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
    show: Callable[[str], None]
    outcomes: list[Outcome] = field(default_factory=list)
    _got: dict[AuditRef, tuple[Assignment, ...]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    @property
    def sent(self) -> Path:
        """Where the service's letters are."""
        return self.folder / "mailbox" / "sent"

    @property
    def inbox(self) -> Path:
        """Where replies are put."""
        return self.folder / "mailbox" / "inbox"

    def play(self) -> tuple[Round, Store]:
        """Play every day that has not been played, from the preview to the end of the overdue chase."""
        ports = open_ports(self.settings)
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
            self.show(f"{day:%a %d %b}: {sum(1 for _ in self.sent.glob('*.eml'))} mails sent so far")
            if not self._done(day, "pass"):
                if day == leaves_on and not self.progress.leaver:
                    workbook = self.settings.path(self.settings.workbook.path)
                    self.progress.leaver = let_somebody_leave(
                        workbook, self.settings, ports.store, round_, day
                    )
                    # Kept before the pass, which makes the sheet's change part of what the store knows.
                    write_mark(self.folder, self.progress)
                self.outcomes.append(service.once(FixedClock(day)))
                self._mark(day, "pass")
            self._read_new_mail()
            leavers = frozenset({AuditRef(self.progress.leaver)} if self.progress.leaver else ())
            extensions = {
                a.reference: a.allocation.extension
                for a in ports.store.audits([round_.id])
                if a.allocation.extension
            }
            for reply in replace(staff, leavers=leavers, extensions=extensions).replies(day, self._got):
                self._drop(reply)
            self._mark(day, "staff")
        service.once(FixedClock(last + timedelta(days=1)), ("allocate", "collect"))
        return round_, ports.store

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
        for path in sorted(self.sent.glob("CFA-*_case-details_*.eml"), key=lambda one: one.name):
            if path.name in self._seen:
                continue
            self._seen.add(path.name)
            content = path.read_bytes()
            one = assignment(content)
            if one is not None:
                # The newest is the one that counts; a letter's own date tells which that is.
                known = (*self._got.get(one.reference, ()), one)
                self._got[one.reference] = tuple(sorted(known, key=lambda a: a.sent))

    def _drop(self, reply: bytes) -> None:
        """Put a reply into the inbox, whole, unless it is there or has been filed already."""
        import hashlib

        mail_id = hashlib.sha256(reply).hexdigest()[:32]
        filed = self.folder / "mailbox" / "filed"
        if not any(filed.glob(f"*/*_{mail_id[:12]}.eml")):
            write_whole(self.inbox / f"{mail_id[:16]}.eml", reply)


def rehearse(out: Path, round_id: RoundId, config: Path, show: Callable[[str], None]) -> tuple[str, ...]:
    """Play a round in the folder `out` and tell its account in lines.

    A rehearsal that was broken off goes on where it stood. Raises RehearsalError when `out` holds
    something else, SettingsError when the configuration cannot be used.
    """
    progress = _prepare(out, round_id, config)
    settings = load(out / "config")
    strays = touched(settings) - {place for place in touched(settings) if place.is_relative_to(out.resolve())}
    if strays:
        raise RehearsalError(
            f"service.toml could not be moved into the rehearsal: it still names {min(strays)}. Write its "
            "[mailbox], [store] and [workbook] as tables, one key on each line."
        )
    rehearsal = Rehearsal(out, settings, progress, show)
    round_, store = rehearsal.play()
    page = write_page(out, rehearsal.settings, round_, store)
    show("")
    return _account(rehearsal, round_, store, page)


def _prepare(out: Path, round_id: RoundId, config: Path) -> Progress:
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
    out.mkdir(parents=True, exist_ok=True)
    if not (out / "config").exists():
        # Copied beside and moved into place, so that a broken-off copy is never taken for a whole one.
        part = out / "config.part"
        shutil.rmtree(part, ignore_errors=True)
        copy_config(load(config), part)
        os.replace(part, out / "config")  # noqa: PTH105 - a folder, not a file of the service
    progress = Progress(round_id)
    write_mark(out, progress)
    return progress


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
