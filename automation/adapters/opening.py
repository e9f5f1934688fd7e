"""Opening the store: made whole or not at all, upgraded by its migrations, refused when it is not ours."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import ArgumentError

from ..domain.remembered import RESTORE
from ..ports import StoreUnavailableError
from .disk import make_folder, sync_folder
from .tables import metadata

SCHEMA = "0006"
"""The newest migration. Held here so that a pass need not import alembic to know that all is well."""


def open_engine(url: str) -> Engine:
    """An engine on a store with the newest schema.

    A missing SQLite file is made beside its place and moved there whole. Raises StoreUnavailableError
    for a store that cannot be opened, is damaged, is empty, is not ours, or is newer than this program.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreUnavailableError("store.url is not a database address. Use sqlite:///audits.db") from None
    if parsed.get_backend_name() == "postgresql":
        from .postgresql import open_postgresql

        return open_postgresql(parsed)
    if parsed.get_backend_name() != "sqlite":
        raise StoreUnavailableError(
            "store.url: only sqlite and postgresql are supported. Use sqlite:///audits.db"
        )
    if not parsed.database or parsed.database == ":memory:":
        engine = _sqlite("sqlite://")
        metadata.create_all(engine)  # nothing to upgrade, ever: alembic would cost half a second
        return engine
    path = Path(parsed.database)
    if not path.exists():
        _make(path)
    elif path.stat().st_size == 0:
        raise StoreUnavailableError(f"The store {path.name} is empty. {RESTORE}")
    engine = _sqlite(f"sqlite:///{path}", path)
    _check(engine, path)
    return engine


def copy_store(source: Path, target: Path) -> None:
    """Write a whole copy of an SQLite store, as it is now, to a file that is not there yet.

    The store itself is neither changed nor upgraded. Raises StoreUnavailableError when it cannot be read.
    """
    engine = _sqlite(f"sqlite:///{source}", source)
    try:
        raw = engine.raw_connection()
        raw.cursor().execute("VACUUM INTO ?", (str(target),))
        raw.close()
    except sqlite3.Error as error:
        raise StoreUnavailableError(_says(str(error), source)) from None
    finally:
        engine.dispose()


def _make(path: Path) -> None:
    unfinished = path.with_name(path.name + ".new")
    try:
        make_folder(path.parent)
        for leftover in (unfinished, Path(f"{unfinished}-wal"), Path(f"{unfinished}-shm")):
            leftover.unlink(missing_ok=True)
        engine = _sqlite(f"sqlite:///{unfinished}", path)
        _migrate(engine)
        # Closing folds the journal in as well, but says nothing when the disk is full: half a store is left.
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # what connecting began
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        unfinished.chmod(0o600)
        os.replace(unfinished, path)  # noqa: PTH105 - the same call as in disk.py, on a file already synced
        sync_folder(path.parent)
    except OSError as error:
        raise StoreUnavailableError(
            f"The store {path} cannot be made: {error.strerror}. Give the service a folder it may write to."
        ) from None


def _sqlite(url: str, path: Path | None = None) -> Engine:
    from sqlalchemy.pool import StaticPool

    memory = {"poolclass": StaticPool} if path is None else {}
    # Its logs and errors would show what a statement was given: addresses, answers.
    engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True, **memory)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, migrations included
        connection.execute("PRAGMA journal_mode=WAL")
        # NORMAL lost acknowledged commits in power cuts; FULL lost none.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # What is deleted is overwritten, in the file and in its journal.
        connection.execute("PRAGMA secure_delete=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "handle_error")
    def _ours(context: ExceptionContext) -> None:
        raise StoreUnavailableError(_says(str(context.original_exception), path)) from None

    return engine


def _says(what: str, path: Path | None) -> str:
    name = path.name if path else "in memory"
    if "decode" in what:
        what = "a text in it is none"  # what SQLite says has the text in it
    if "malformed" in what or "not a database" in what or "text" in what:
        return f"The store {name} is damaged: {what}. {RESTORE}"
    if "locked" in what:
        return f"The store {name} is in use by another program. Try again when it has finished."
    if "readonly" in what or "unable to open" in what or "disk" in what or "full" in what:
        return f"The store {name} cannot be written: {what}. Check the folder's rights and the free space."
    return f"The store {name} failed: {what}."


def _check(engine: Engine, path: Path) -> None:
    with engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if found != "ok":
            raise StoreUnavailableError(_says("malformed", path))
        tables = set(
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        )
        ours = "alembic_version" in tables and "history" in tables
        version = (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if ours else None
        )
    if version is None:
        raise StoreUnavailableError(f"{path.name} is not a store of this service. Check store.url.")
    if version > SCHEMA:
        raise StoreUnavailableError(
            f"The store {path.name} was written by a newer version of this program. Install that version."
        )
    if version < SCHEMA:
        _keep_copy(path, version)
        _migrate(engine)


def _keep_copy(path: Path, version: str) -> None:
    """A whole copy of the store beside it, before it is upgraded: `audits.db.0003`, or the next such name."""
    names = (f"{path.name}.{version}{number}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    copy = next(one for name in names if not (one := path.with_name(name)).exists())
    unfinished = path.with_name(f"{path.name}.copying")
    unfinished.unlink(missing_ok=True)
    copy_store(path, unfinished)
    unfinished.chmod(0o600)
    unfinished.replace(copy)
    sync_folder(path.parent)


def _migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        migrate(connection)


def migrate(connection: Connection, to: str = "head") -> None:
    """Bring the schema up to a revision, in the transaction of this connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
