"""What was read of some tables, kept for as long as they stay as they are.

The jobs of a pass ask some twenty times for the audits of the rounds in play, and for the mails of the last
months: each time every row was read, and every form and reply in it parsed. Whatever writes to the tables,
here or in another process, lets go of what is kept.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Table, UpdateBase, event

from .dialect import is_shared

T = TypeVar("T")


class KeptReading:
    """What was read of `tables` on `engine`, by any key."""

    def __init__(self, engine: Engine, tables: Collection[Table]) -> None:
        self._tables = frozenset(tables)
        self._kept: dict[str, Any] = {}
        self._mark: Hashable = None
        event.listen(engine, "before_execute", self._look)

    def _look(self, _: Connection, statement: Executable, *__: object) -> None:
        if isinstance(statement, UpdateBase) and statement.table in self._tables:
            self._kept.clear()

    def found(self, db: Connection, lease: object) -> dict[str, Any]:
        """What is kept and still stands, to read and to add to. On a database that several hosts share,
        nothing is kept but while this process has the `lease`, without which nobody changes these tables."""
        mark = lease if is_shared(db) else _changed_by_others(db)
        if mark is None or mark != self._mark:
            self._kept.clear()
            self._mark = mark
        return self._kept if mark is not None else {}


def _changed_by_others(db: Connection) -> Hashable:
    """What differs once another connection has changed an SQLite database. Each connection has its own count,
    so it is told of which one that is."""
    return db.connection.dbapi_connection, db.exec_driver_sql("PRAGMA data_version").scalar()


def by_group(
    kept: dict[str, Any], groups: Collection[str], read: Callable[[Collection[str]], Mapping[str, T]]
) -> list[T]:
    """What is kept of each group. `read` fetches those that are not, and leaves out one that has nothing."""
    missing = [one for one in groups if one not in kept]
    if missing:
        fetched = read(missing)
        kept.update({one: fetched.get(one) for one in missing})
    return [found for one in groups if (found := kept[one]) is not None]
