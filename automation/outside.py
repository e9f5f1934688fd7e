"""The outside as the settings name it: each adapter is built here, once."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .adapters.clock import SystemClock
from .adapters.database import Database
from .adapters.disk import keep_private
from .adapters.eml_folder import EmlFolder
from .adapters.one_at_a_time import FolderLock
from .adapters.opening import copy_store
from .adapters.originals import OriginalsFolder
from .adapters.qa_pages import QaPagesFolder
from .adapters.spreadsheet import FileWorkbook
from .domain.holding import APPROVAL, WANTED
from .domain.ids import MessageKey, StaffKey
from .domain.message import Marks, Recipient
from .ports import Mailbox, OneAtATime, Originals, SendingSteps, Store, Workbook
from .ports.qa_pages import QaPages
from .settings import Settings
from .stopping import Stopping
from .store_opening import StoreKeeper

if TYPE_CHECKING:
    from .adapters.m365.calls import Graph
    from .adapters.m365.pace import Pace
    from .adapters.m365.workbook import GraphWorkbook


@dataclass(frozen=True, slots=True)
class Waiting:
    """How one waits for Microsoft 365: `timer` counts seconds from any moment, `pause` lets some pass."""

    timer: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    stopped: Callable[[], bool] = lambda: False
    """Whether the process was told to stop: then no call is waited for much longer."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside, as one service sees it."""

    store: Store
    originals: Originals
    mailbox: Mailbox
    workbook: Workbook
    lock: OneAtATime
    pages: QaPages
    certificate_ends: Callable[[], date | None] = lambda: None
    """The day after which we can sign in nowhere, None when there is no such day."""
    keeper: StoreKeeper | None = None
    """Who remembers outside the store how far it has come, None where nothing is to be remembered."""
    skew: Callable[[], timedelta | None] = lambda: None
    """How far this computer's clock is ahead of the mailbox's, None where that has none."""
    withheld: Mailbox | None = None
    """Where a trial keeps what would have gone to others, None when it is no trial."""
    braked: bool = True
    """Whether a hold holds: what only shows what would go is not held."""
    stopping: Stopping = field(default_factory=Stopping)


def open_ports(settings: Settings, waiting: Waiting | None = None) -> Ports:
    """The adapters that the settings name. Raises OutsideUnavailableError when one cannot be opened.

    A rehearsal on a loopback Graph gives its own `waiting`, which takes no time.
    """
    keeper = store_keeper(settings)
    store = keeper.open()
    if settings.brakes.first_run_approval and keeper.is_first_use and not store.head()[0]:
        store.keep_fact(APPROVAL, WANTED)
    return ports_on(settings, store, keeper, waiting)


def store_keeper(settings: Settings) -> StoreKeeper:
    """Who opens the store that the settings name. What is made from here on is for our own account alone."""
    keep_private()
    return StoreKeeper(settings, lambda url: Database(url))


def state_lock(settings: Settings) -> OneAtATime:
    """The lock of the state folder, for what is done while no store is open."""
    return FolderLock(settings.path(settings.store.state))


def ports_on(
    settings: Settings, store: Database, keeper: StoreKeeper, waiting: Waiting | None = None
) -> Ports:
    """The adapters that the settings name, on a store that is open."""
    stopping = Stopping()
    patient = waiting or Waiting(pause=stopping.pause, stopped=stopping.asked)
    # Where time passes by being waited for, there are no two clocks to compare.
    microsoft = Microsoft365(settings, patient, compares_clocks=waiting is None)
    trial = settings.path(settings.store.state) / "trial" if settings.trial.only else None
    return Ports(
        store=store,
        originals=OriginalsFolder(settings.path(settings.store.originals)),
        mailbox=open_mailbox(settings, microsoft, store),
        workbook=open_workbook(settings, microsoft),
        lock=store if store.shared else FolderLock(settings.path(settings.store.state)),
        pages=QaPagesFolder(settings.reports_folder, shared=bool(settings.reports.folder)),
        certificate_ends=microsoft.certificate_ends,
        keeper=keeper,
        skew=microsoft.skew,
        withheld=_folder(settings, trial) if trial else None,
        stopping=stopping,
    )


def sender_of(settings: Settings) -> Recipient:
    """Who messages are from."""
    address = settings.mailbox.address
    return Recipient(StaffKey(address), settings.mailbox.name, address)


def marks_of(settings: Settings) -> Marks:
    """What every message bears."""
    given = settings.mailbox
    tag = f"{given.encrypt_tag} [TRIAL]".strip() if settings.trial.only else given.encrypt_tag
    return Marks(given.sensitivity, tag, given.encrypt_header)


class Microsoft365:
    """The adapters of Microsoft 365, which share one sign-in and one pace."""

    def __init__(
        self, settings: Settings, waiting: Waiting | None = None, compares_clocks: bool = False
    ) -> None:
        self._settings, self._waiting = settings, waiting or Waiting()
        self._compares_clocks = compares_clocks

    @cached_property
    def pace(self) -> "Pace":
        """How fast this process asks Microsoft 365."""
        from .adapters.m365.pace import Pace

        given, waiting = self._settings.microsoft_365, self._waiting
        assert given is not None
        return Pace(
            given.sends_per_minute,
            given.requests_per_10_minutes,
            timer=waiting.timer,
            pause=waiting.pause,
            stopped=waiting.stopped,
        )

    @cached_property
    def graph(self) -> "Graph":
        """The calls. Nothing is asked before the first."""
        from .adapters.m365.app import App
        from .adapters.m365.calls import Graph

        given, path = self._settings.microsoft_365, self._settings.path
        assert given is not None
        app = App(
            tenant=given.tenant,
            client_id=given.client_id,
            sign_in=given.sign_in,
            certificate=path(given.certificate) if given.certificate else None,
            passphrase=os.environ.get("CASE_AUDIT_CERTIFICATE_PASSPHRASE", ""),
            secret=os.environ.get("CASE_AUDIT_CLIENT_SECRET", ""),
            graph_url=given.graph_url,
            sign_in_url=given.sign_in_url,
            ca_bundle=path(given.ca_bundle) if given.ca_bundle else None,
            show=_tell if sys.stderr.isatty() else None,
        )
        return Graph(app, self.pace, now=SystemClock().now if self._compares_clocks else None)

    def skew(self) -> timedelta | None:
        """How far this computer's clock is ahead of Microsoft's, None when that is not known: the mailbox is
        elsewhere, or does not answer."""
        if self._settings.mailbox.kind != "m365" or not self._compares_clocks:
            return None
        if self.graph.skew is None:
            from .adapters.m365.lookup import Lookup

            Lookup(self.graph, sender_of(self._settings)).answers()
        return self.graph.skew

    def mailbox(self, steps: SendingSteps) -> Mailbox:
        """The mailbox. `steps` is where it notes how far each letter has come."""
        from .adapters.m365.mailbox import GraphMailbox

        home, marks = self._settings.mailbox.folder, marks_of(self._settings)
        sender = sender_of(self._settings)
        return GraphMailbox(self.graph, self.pace, sender, home, steps, SystemClock(), marks)

    def key_survives(self, key: MessageKey) -> bool:
        """Whether a letter that has gone is found by its key alone. Raises MailboxUnavailableError."""
        from .adapters.m365.lookup import Lookup

        return Lookup(self.graph, sender_of(self._settings)).sent_under(key)

    def workbook(self) -> "GraphWorkbook":
        """The spreadsheet on SharePoint."""
        from .adapters.m365.workbook import GraphWorkbook, Place

        given = self._settings.workbook
        place = Place(given.drive, given.item, given.link, given.site, given.path if given.site else "")
        return GraphWorkbook(self.graph, self.pace, place)

    def certificate_ends(self) -> date | None:
        """The day the app's certificate ends, None where there is none. Raises SignInError."""
        settings = self._settings
        if settings.mailbox.kind != "m365" and settings.workbook.kind != "sharepoint":
            return None
        found = self.graph.certificate
        return found.ends.date() if found else None


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _folder(settings: Settings, folder: Path | None = None) -> Mailbox:
    place = folder or settings.path(settings.mailbox.folder)
    return EmlFolder(place, sender_of(settings), marks_of(settings))


def open_mailbox(settings: Settings, microsoft: Microsoft365, steps: SendingSteps) -> Mailbox:
    """The mailbox that the settings name."""
    return microsoft.mailbox(steps) if settings.mailbox.kind == "m365" else _folder(settings)


def open_workbook(settings: Settings, microsoft: Microsoft365) -> Workbook:
    """The spreadsheet that the settings name."""
    if settings.workbook.kind == "sharepoint":
        return microsoft.workbook()
    return FileWorkbook(settings.path(settings.workbook.path))


def copy_of_store(settings: Settings, target: Path) -> None:
    """Write a whole copy of the store, as it is now, to an SQLite file that is not there yet; none when there
    is no store. The store is not changed. Raises StoreUnavailableError."""
    if settings.store_url.startswith("postgresql"):
        from .adapters.postgresql import copy_shared_store

        copy_shared_store(settings.store_url, target)
    elif (place := Path(settings.store_url.removeprefix("sqlite:///"))).exists():
        copy_store(place, target)


def open_copy(path: Path) -> Store:
    """The store in a copy of it. Raises StoreUnavailableError."""
    return Database(f"sqlite:///{path}")


@contextmanager
def trial(settings: Settings) -> Iterator[tuple[Ports, Path]]:
    """Ports that change nothing outside: a copy of the store, or a new one where none has been made yet,
    an empty mailbox, and the real spreadsheet. With them, the folder that letters are written to."""
    keeper = StoreKeeper(settings, Database)
    with tempfile.TemporaryDirectory(prefix="case-audit-") as name:
        folder = Path(name)
        copy = folder / "audits.db"
        keeper.refuse_lost()
        copy_of_store(settings, copy)
        store = Database(f"sqlite:///{copy}" if copy.exists() else "sqlite://")
        try:
            keeper.examine(store)
            yield (
                Ports(
                    store=store,
                    originals=OriginalsFolder(folder / "originals"),
                    mailbox=_folder(settings, folder / "mailbox"),
                    workbook=open_workbook(settings, Microsoft365(settings)),
                    lock=FolderLock(folder),
                    pages=QaPagesFolder(folder / "reports"),
                    braked=False,
                ),
                folder / "mailbox" / "sent",
            )
        finally:
            store.close()
