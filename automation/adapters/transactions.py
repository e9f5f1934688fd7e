"""The store's transactions that write: one after another, and none of a pass that has been taken over."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from sqlalchemy import Connection, Engine, text

from ..ports import StoreUnavailableError
from .dialect import for_writing, is_shared
from .lease import Lease, give_back, keep, take, wait_for_turn


class Transactions:
    """Begins them, on the database that `Database` opens. On one that several hosts share it is the
    OneAtATime port as well."""

    _engine: Engine
    _lasts: timedelta
    _lease: Lease | None = None

    @property
    def shared(self) -> bool:
        """Whether several hosts may work on this database at once."""
        return is_shared(self._engine)

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """True when this process has the lease, False at once when another one has it."""
        with for_writing(self._engine).begin() as db:
            refuse_other_schema(db)
            lease = take(db, self._lasts)
        if lease is None:
            yield False
            return
        self._lease = lease
        try:
            yield True
        finally:
            self._lease = None
            # It runs out by itself when the database is away.
            with suppress(StoreUnavailableError), for_writing(self._engine).begin() as db:
                give_back(db, lease)

    def check_lease(self) -> None:
        """Raise TakenOverError when another instance has taken over this pass."""
        if self._lease is not None:
            with self._write():
                pass  # every transaction begins by looking at it

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with for_writing(self._engine).begin() as db:
            if self._lease is not None:
                keep(db, self._lease, self._lasts)
            elif self.shared:
                wait_for_turn(db)
            yield db


def refuse_other_schema(db: Connection) -> None:
    """Raise StoreUnavailableError when another host's newer program has upgraded the store meanwhile."""
    from .opening import SCHEMA

    if db.execute(text("SELECT version_num FROM alembic_version")).scalar() != SCHEMA:
        raise StoreUnavailableError(
            "The store has been upgraded by a newer version of this program. Install that version here too."
        )
