"""What SQLite and PostgreSQL say differently. All else in the store is said the same way to both."""

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, Executable, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def upsert(db: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An insert that can say what is to be done when its key is there already."""
    return _insert(table, is_shared(db))


def _insert(table: Table, shared: bool) -> "sqlite.Insert | postgresql.Insert":
    if not shared:
        return sqlite.insert(table)
    # Imported here: it brings asyncio, a tenth of what `status` takes on SQLite.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


@lru_cache(maxsize=64)
def putting(table: Table, names: tuple[str, ...], shared: bool) -> Executable:
    """A statement that inserts rows with these columns, or updates those with their keys. It is made once and
    takes its values apart: making one for each row took two thirds of the taking up of a sheet."""
    new = _insert(table, shared)
    keys = [column.name for column in table.primary_key]
    rest = {name: new.excluded[name] for name in names if name not in keys}
    return new.on_conflict_do_update(index_elements=keys, set_=rest)


def wrote(db: Connection, statement: Executable) -> bool:
    """Whether an insert wrote a row, which it did not where its key was there already.

    On PostgreSQL SQLAlchemy counts an insert's rows only when it is asked to, and says -1 otherwise.
    """
    return bool(db.execute(statement, execution_options={"preserve_rowcount": True}).rowcount)


def is_shared(database: Connection | Engine) -> bool:
    """Whether several hosts may work on this database at once."""
    return database.dialect.name == "postgresql"


def for_writing(engine: Engine) -> Engine:
    """The engine as transactions that write use it.

    On PostgreSQL a reading sees the store as it was at one moment. A writing first waits for its turn, so it
    has to see what those before it have written meanwhile. On SQLite every transaction does both anyway.
    """
    return engine.execution_options(isolation_level="READ COMMITTED") if is_shared(engine) else engine
