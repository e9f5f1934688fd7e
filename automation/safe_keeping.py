"""The commands that keep the service safe: backups, the history, and what holds sending."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from .archive import BackupError
from .backing_up import Kept, back_up, fault_line, restore_files
from .brakes import hold, release
from .domain.history import Event
from .domain.holding import APPROVAL, WANTED
from .domain.ids import ROUND
from .domain.remembered import is_older, objection
from .jobs.allocate import SAID_YES
from .jobs.trying import take_up_again
from .lines import Told, UsageError
from .outside import Ports, open_ports, ports_on, state_lock, store_keeper
from .ports import StoreUnavailableError
from .reconciling import reconcile
from .service import clock_on
from .settings import Settings, load
from .store_opening import found, mark_restored


def _settings(asked: argparse.Namespace) -> Settings:
    return load(Path(asked.config or "config"))


def _now() -> datetime:
    return clock_on(None).now()


@contextmanager
def _held(ports: Ports) -> Iterator[None]:
    """Nobody else works on the store within this."""
    with ports.lock.hold() as ours:
        if not ours:
            raise UsageError("A pass is running. Try again when it has finished.")
        yield


@contextmanager
def _changing(settings: Settings) -> Iterator[tuple[Ports, datetime]]:
    """The ports, for a change of the store, which is then remembered."""
    ports, now = open_ports(settings), _now()
    with _held(ports):
        yield ports, now
        if ports.keeper is not None:
            ports.keeper.remember(ports.store, now)


def _backup(asked: argparse.Namespace) -> Told:
    try:
        kept = back_up(_settings(asked), asked.out, _now())
    except BackupError as fault:
        raise UsageError(str(fault)) from None
    return Told((f"{asked.out} is written and verified.", *_kept_lines(kept)), int(bool(kept.without_file)))


def _kept_lines(kept: Kept) -> Iterator[str]:
    made = datetime.fromisoformat(kept.manifest.made)
    yield f"Made on {made:%d %B %Y, %H:%M}. Every hash, the database and the history are sound."
    yield (
        f"{kept.audits} audits, {kept.messages} messages, {kept.mails} mails, {kept.originals} returned files"
        f", {kept.manifest.number} events. Head of the history: {kept.manifest.head}"
    )
    if kept.without_file:
        yield f"Returned files that are missing: {', '.join(kept.without_file)}. Look for them in filed mail."


def _restore(asked: argparse.Namespace) -> Told:
    settings, now = _settings(asked), _now()
    keeper = store_keeper(settings)
    with _state_held(settings):
        try:
            kept, aside = restore_files(settings, asked.file, now)
        except BackupError as fault:
            raise UsageError(str(fault)) from None
        store, _ = keeper.open_as_it_is()
        since = mark_restored(store, now)
        keeper.accept(store, now)
    lines = [f"{asked.file} is restored. What was here before is in {aside}.", *_kept_lines(kept)]
    return Told((*lines, *_reconciled(ports_on(settings, store, keeper), since, now)))


def _reconcile(asked: argparse.Namespace) -> Told:
    settings, now = _settings(asked), _now()
    keeper = store_keeper(settings)
    try:
        store, known = keeper.open_as_it_is()
    except StoreUnavailableError:
        if not asked.accept_store:
            raise
        keeper.forget()
        store, known = keeper.open_as_it_is()
    ports = ports_on(settings, store, keeper)
    there = found(store, known.number if known else 0)
    why = objection(known, there, keeper.name) if known else ""
    if why and known and not is_older(known, there) and not asked.accept_store:
        raise UsageError(why)
    with _held(ports):
        since = mark_restored(store, now)
        keeper.accept(store, now)
    return Told(tuple(_reconciled(ports, since, now)))


def _reconciled(ports: Ports, since: datetime, now: datetime) -> Iterator[str]:
    with _held(ports):
        done = reconcile(ports, since, now)
        if ports.keeper is not None:
            ports.keeper.accept(ports.store, now)
    yield f"The store knew nothing since {since.astimezone(now.tzinfo):%d %B %Y, %H:%M}. Learnt again:"
    yield (
        f"{done.messages} messages that had gone, {done.audits} audits by their references, {done.mails} "
        "mails put back into the inbox."
    )
    yield "The next pass deals with those. Nothing goes twice."


@contextmanager
def _state_held(settings: Settings) -> Iterator[None]:
    with state_lock(settings).hold() as ours:
        if not ours:
            raise UsageError("A pass is running. Stop the service, then try again.")
        yield


def _verify_history(asked: argparse.Namespace) -> Told:
    settings = _settings(asked)
    keeper = store_keeper(settings)
    store, known = keeper.open_as_it_is()
    number, head = store.head()
    broken = fault_line(store.history_fault())
    why = objection(known, found(store, known.number), keeper.name) if known and not broken else ""
    if broken or why:
        told = broken or why
        return Told((f"The history is not as it was written. {told}", f"Its head: {number} {head}"), 1)
    return Told(
        (f"The history is whole: {number} events, each as it was written.", f"Its head: {number} {head}")
    )


def _hold(asked: argparse.Namespace) -> Told:
    round_ = _round(asked.round)
    ports, now = open_ports(_settings(asked)), _now()
    # Without the lock: the pass that is running is the one to stop. It asks before each message.
    made = hold(ports.store, "A person asked for it at the server.", now, round_)
    if ports.keeper is not None:
        ports.keeper.remember(ports.store, now)
    return Told((f"{made.what} since {made.since}. {made.remedy}",))


def _release(asked: argparse.Namespace) -> Told:
    round_ = _round(asked.round)
    with _changing(_settings(asked)) as (ports, now):
        store, lines = ports.store, []
        seen = store.sheet_seen()
        if release(store, now, round_):
            lines.append(
                f"Sending{f' for {round_}' if round_ else ''} is released. The next pass sends what is due."
            )
        if round_ and seen is not None and round_ in seen.held:
            store.keep_fact(f"{SAID_YES}{round_}", "yes", Event(round_, "growth accepted by a person"), now)
            lines.append(f"The rows of {round_} are accepted: the next pass reads them again.")
        if not round_:
            again = take_up_again(store, now.date())
            lines += [f"{again} set aside are tried again."] if again else []
            if ports.keeper is not None:
                ports.keeper.accept(store, now)
    return Told(tuple(lines) or ("Nothing was held.",))


def _approve(asked: argparse.Namespace) -> Told:
    with _changing(_settings(asked)) as (ports, now):
        if ports.store.fact(APPROVAL) != WANTED:
            return Told(("Nothing waits for approval.",))
        ports.store.keep_fact(APPROVAL, "given", Event("service", "sending approved by a person"), now)
    return Told(("Sending is approved. The next pass sends what is due.",))


def _round(given: str | None) -> str:
    if given and not ROUND.fullmatch(given):
        raise UsageError(f"‘{given}’ is not a round such as 2026-11.")
    return given or ""


COMMANDS: dict[str, Callable[[argparse.Namespace], Told]] = {
    "backup": _backup,
    "restore": _restore,
    "reconcile": _reconcile,
    "verify-history": _verify_history,
    "hold": _hold,
    "release": _release,
    "approve": _approve,
}
