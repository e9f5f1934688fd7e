"""The store on PostgreSQL: its connections, what its server must promise, its making and its upgrades."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import ExceptionContext

from ..ports import StoreUnavailableError
from .dialect import for_writing
from .lease import take_from_everybody
from .opening import SCHEMA, migrate
from .tables import metadata

_OPTIONS = (
    "-c lock_timeout=30s "
    # A host that was stopped, or that has gone, in the middle of a transaction holds up the others so long.
    "-c idle_in_transaction_session_timeout=15s "
    "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
)
_OF_CONNECTIONS = {
    "application_name": "case-audit",
    "connect_timeout": "10",
    "target_session_attrs": "read-write",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_PROMISES = (
    "SELECT current_setting('synchronous_commit'), current_setting('fsync'), "
    "current_setting('full_page_writes'), current_setting('server_encoding'), "
    "'B' < 'a' AND 'a-b' < 'a0', current_schema()"
)
_VERSION = text("SELECT version_num FROM alembic_version")
_MAKING = 0x43465341  # a number of our own among the database's advisory locks


def open_postgresql(url: URL, *, may_make: bool = True) -> Engine:
    """An engine on a store with the newest schema, made where the database is empty and `may_make`.

    Raises StoreUnavailableError for a database that cannot be reached, may lose what it has acknowledged, is
    not ours, or was written by a newer program.
    """
    engine = _engine(url)
    try:
        version = _version(engine, url.database)
        if version is None and not may_make:
            raise StoreUnavailableError(f"The database {url.database} is empty. Restore it from a backup.")
        if version != SCHEMA:
            _upgrade(engine)
    except StoreUnavailableError:
        engine.dispose()
        raise
    return engine


def copy_shared_store(address: str, target: Path) -> None:
    """Write a copy of the store, as it is now, to an SQLite file that is not there yet; none when the
    database is empty. The store itself is neither changed nor upgraded. Raises StoreUnavailableError."""
    url = make_url(address)
    source, copy = _engine(url), create_engine(f"sqlite:///{target}", hide_parameters=True)
    try:
        version = _version(source, url.database)
        if version is None:
            return
        with source.connect() as read, copy.begin() as write:
            migrate(write, version)
            for table in metadata.sorted_tables:
                _copy_table(read, write, table)
    finally:
        source.dispose()
        copy.dispose()


def _copy_table(read: Connection, write: Connection, table: Table) -> None:
    there = inspect(read)
    if not there.has_table(table.name):
        return  # an older store has fewer
    columns = [table.c[one["name"]] for one in there.get_columns(table.name)]
    rows = [dict(row) for row in read.execute(select(*columns)).mappings()]
    write.execute(delete(table))
    if rows:
        write.execute(insert(table), rows)


def _engine(url: URL) -> Engine:
    query = dict(url.query)
    given = str(query.pop("options", ""))
    url = url.set(drivername="postgresql+psycopg", query=query)
    settings = {key: value for key, value in _OF_CONNECTIONS.items() if key not in query}
    try:
        # Its logs and errors would show what a statement was given: addresses, answers.
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            connect_args={**settings, "options": f"{_OPTIONS} {given}".strip()},
        )
    except ImportError:
        raise StoreUnavailableError(
            "A store on PostgreSQL needs one more package: pip install 'case-file-audit[postgresql]'"
        ) from None

    @event.listens_for(engine, "do_connect")
    def _connect(dialect: Dialect, _: object, places: list[Any], named: dict[str, Any]) -> Any:
        connection: Any = dialect.connect(*places, **named)
        try:
            _hold_to_its_promises(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @event.listens_for(engine, "handle_error")
    def _ours(context: ExceptionContext) -> None:
        if not context.is_pre_ping:
            told = _says(context.original_exception)
            # What it told of the values is not to come into a log with the traceback.
            context.original_exception.args = (told,)
            raise StoreUnavailableError(told) from None

    return engine


def _hold_to_its_promises(connection: Any) -> None:
    """Refuse a server that may forget what it has said is kept, whoever switched that off: the server, the
    role or the database. Then make sure of it for this connection."""
    import psycopg

    connection.adapters.register_dumper(str, _without_nul())
    connection.autocommit = True
    try:
        commit, fsync, pages, encoding, plain, place = connection.execute(_PROMISES).fetchone()
        if (fault := _fault(commit, fsync, pages)) or (fault := _unfit(encoding, plain, place)):
            raise StoreUnavailableError(fault)
        if commit != "remote_apply":  # which promises more
            connection.execute("SET synchronous_commit = on")
    except psycopg.Error as error:
        raise StoreUnavailableError(_says(error)) from None
    connection.autocommit = False


def _fault(commit: str, fsync: str, pages: str) -> str:
    for name, value in (("synchronous_commit", commit), ("fsync", fsync), ("full_page_writes", pages)):
        if value == "off":
            return (
                f"{name} is off on the database, its role or its server. What was recorded could be lost, "
                "and mails would go twice. Switch it on, then start again."
            )
    return ""


def _unfit(encoding: str, plain: bool, place: str | None) -> str:
    if encoding != "UTF8" or not plain:
        return (
            "The database must have the encoding UTF8 and the locale C. Make it anew: "
            "createdb --template=template0 --encoding=UTF8 --locale=C NAME"
        )
    return "" if place else "The database's role has no schema to keep tables in. Check its search_path."


def _without_nul() -> Any:
    """How texts are handed over: PostgreSQL takes every character but NUL, which mails may hold."""
    from psycopg.types.string import StrDumper

    class WithoutNul(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    return WithoutNul


def _says(error: BaseException | None) -> str:
    """What is wrong, without any value that a statement was given."""
    state = getattr(error, "sqlstate", None) or ""
    lines = str(error).strip().splitlines()
    if not state:
        return f"The database cannot be reached: {lines[0] if lines else 'no answer'}"
    told = getattr(getattr(error, "diag", None), "message_primary", "")
    for start, what in _STATES:
        if state.startswith(start):
            return f"{what} ({told})."
    return f"The database failed (SQLSTATE {state})."


_STATES = (
    ("57P", "The database ended our session, or is starting or stopping"),
    ("25P03", "The database ended a session that had stopped answering"),
    ("25006", "The database is read only, or a standby. Name the primary in store.url"),
    ("08", "The connection to the database was lost"),
    ("28", "The database does not let the service in"),
    ("3D", "There is no such database. Check store.url"),
    ("53", "The database has no room or no connection left"),
    ("55P03", "The store is in use by another program. Try again when it has finished"),
    ("42501", "The service's role may not do that in the database. Make it the owner"),
)
"""By the beginning of the SQLSTATE. The words that the database adds to these hold no values."""


def _version(engine: Engine, name: str | None) -> str | None:
    """The schema's version, None for an empty database."""
    with engine.connect() as db:
        tables = set(inspect(db).get_table_names())
        if not tables:
            return None
        ours = tables >= {"alembic_version", "history"}
        version = db.execute(_VERSION).scalar() if ours else None
    if version is None or not re.fullmatch(r"\d{4}", version):
        raise StoreUnavailableError(f"The database {name} is not a store of this service. Check store.url.")
    if version > SCHEMA:
        raise StoreUnavailableError(
            f"The store in {name} was written by a newer version of this program. Install that version."
        )
    return str(version)


def _upgrade(engine: Engine) -> None:
    """Make or upgrade the store, whole or not at all, where another host has not just done so. A pass that an
    older program is making meanwhile is refused from then on."""
    with for_writing(engine).begin() as db:
        db.execute(select(func.pg_advisory_xact_lock(_MAKING)))
        if inspect(db).has_table("alembic_version") and db.execute(_VERSION).scalar() == SCHEMA:
            return
        migrate(db)
        take_from_everybody(db)
