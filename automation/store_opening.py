"""The store as a service opens it: held against what is remembered of it outside, and refused in doubt."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from .adapters.database import Database
from .adapters.remembered_store import RememberedStore
from .domain.history import Event
from .domain.remembered import Found, Remembered, lost, objection
from .ports import Store, StoreUnavailableError
from .settings import Settings

_PENDING = "reconcile pending"
"""A fact of a store that has just been restored, until it knows again what the mailbox knows."""


class StoreKeeper:
    """Opens one store, and remembers outside it how far it has come."""

    def __init__(self, settings: Settings, open_: Callable[[str], Database]) -> None:
        self._url, self._open = settings.store_url, open_
        self._outside = RememberedStore(settings.path(settings.store.state))
        self._written: Remembered | None = None

    @property
    def place(self) -> Path | None:
        """The file of the store, None when it is no file."""
        head, _, path = self._url.partition("sqlite:///")
        return Path(path) if path and not head and path != ":memory:" else None

    @property
    def name(self) -> str:
        """What the store is called in messages."""
        return self.place.name if self.place else "in the database"

    def open(self) -> Database:
        """The store, new when none has ever been used here. Raises StoreUnavailableError when it is lost,
        older than remembered, another one, or not as it was written."""
        self.refuse_lost()
        store = self._open(self._url)
        try:
            self._written = self.examine(store)
        except StoreUnavailableError:
            store.close()
            raise
        return store

    def refuse_lost(self) -> None:
        """Raise StoreUnavailableError when there was a store and its file is gone."""
        known = self._remembered()
        if known is not None and self.place is not None and not self.place.exists():
            raise StoreUnavailableError(lost(known, self.name))

    def examine(self, store: Store) -> Remembered | None:
        """What is remembered of this store. Raises StoreUnavailableError when that is not what it is."""
        known = self._remembered()
        if known is not None and (why := objection(known, found(store, known.number), self.name)):
            raise StoreUnavailableError(why)
        if store.fact(_PENDING):
            raise StoreUnavailableError(
                f"The store {self.name} was restored and does not know yet what was sent since. Nothing was "
                "sent. Give `case-audit reconcile`."
            )
        return known

    def open_as_it_is(self) -> tuple[Database, Remembered | None]:
        """The store whatever is remembered of it, and that. Raises StoreUnavailableError when there is none,
        or it cannot be read."""
        if self.place is not None and not self.place.exists():
            raise StoreUnavailableError(f"There is no store {self.name}. Check store.url.")
        return self._open(self._url), self._remembered()

    def remember(self, store: Store, stamp: datetime) -> None:
        """Remember the store as it is now."""
        if self._url in ("sqlite://", "sqlite:///:memory:"):
            return
        number, hash_ = store.head()
        before = self._written
        if before is not None and (before.number, before.hash) == (number, hash_):
            return
        since = before.since if before else stamp.isoformat()
        # A clock that has gone back does not take this back: that is how it is noticed.
        last = max(stamp, datetime.fromisoformat(before.at)) if before else stamp
        self._written = Remembered(store.store_id(), since, number, hash_, last.isoformat())
        self._outside.write(self._written)

    def accept(self, store: Store, stamp: datetime) -> None:
        """Take this store for the right one from here on."""
        self._written = None
        self.remember(store, stamp)

    def forget(self) -> None:
        """Forget what is remembered, and begin a new store where there is none: a person has made sure."""
        self._outside.forget()
        self._open(self._url).close()

    @property
    def is_first_use(self) -> bool:
        """Whether nothing is remembered of any store here."""
        return self._written is None

    def last_pass(self) -> datetime | None:
        """The stamp of the last pass that changed the store, None before the first."""
        known = self._written
        return datetime.fromisoformat(known.at) if known else None

    def _remembered(self) -> Remembered | None:
        return None if self._url in ("sqlite://", "sqlite:///:memory:") else self._outside.read()


def mark_restored(store: Store, stamp: datetime) -> datetime:
    """Let the store be refused until it has been reconciled with the mailbox. Answers since when it knows
    nothing: the stamp of its newest event, or the one given where it has none."""
    known = store.fact(_PENDING) or store.newest_stamp() or stamp.isoformat()
    store.keep_fact(_PENDING, known)
    return datetime.fromisoformat(known)


def mark_reconciled(store: Store, event: Event, stamp: datetime) -> None:
    """Let the store be used."""
    store.keep_fact(_PENDING, "", event, stamp)


def found(store: Store, number: int) -> Found:
    """The store as it is, seen from an event that should be in it."""
    return Found(store.fact("store id"), store.head()[0], store.hash_at(number))
