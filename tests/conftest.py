"""What every test may ask for."""

import os
import pickle
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import CodeType

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from automation import letters, service
from automation.adapters import spreadsheet
from automation.adapters.database import Database
from automation.documents.isolated_reader import IsolatedReader
from automation.settings import Settings
from tests.support.month import Month
from tests.support.postgres import Server, server_for_all, why_not


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first, so that no core waits for them at the end. They have a limit of their own."""
    items.sort(key=lambda one: one.get_closest_marker("timeout") is None)


@pytest.fixture
def month(tmp_path: Path) -> Month:
    """A small council with four audits in November 2026."""
    return Month(tmp_path)


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the service keeps when the first day is over: played once, for every story to go on from."""
    month = Month(tmp_path_factory.mktemp("first-day"))
    month.on("2026-11-02")
    return month.folder / "state"


@pytest.fixture
def started(month: Month, first_day: Path) -> Month:
    """The first day is over: everybody has their case details."""
    shutil.copytree(first_day, month.folder / "state")
    return month


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spreadsheet that is not there is looked for again at once."""
    monkeypatch.setattr(spreadsheet, "_PAUSE", 0.0)


class _Compiled(BytecodeCache):
    """Templates as Jinja2 compiled them, by their file and their text: one that changes is compiled anew."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def warm() -> Iterator[None]:
    """Stories start the service anew for each day. As in a service that runs on, its templates are compiled
    once, its key is loaded once, and the process that reads returned forms stays."""
    made, compiled = letters._environment, _Compiled()
    readers: dict[bytes, IsolatedReader] = {}

    def environment(folders: Sequence[Path]) -> Environment:
        templates = made(folders)
        templates.bytecode_cache = compiled
        return templates

    def reader_of(settings: Settings) -> IsolatedReader:
        forms = pickle.dumps(settings.forms)
        if forms not in readers:
            readers[forms] = IsolatedReader(settings.forms)
        return readers[forms]

    # OpenSSL looks for faults in a private key whenever it is loaded: a tenth of a second.
    loaded = cache(load_pem_private_key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jwt.algorithms.load_pem_private_key", loaded)
        patch.setattr("automation.adapters.m365.certificate.load_pem_private_key", loaded)
        patch.setattr(letters, "_environment", environment)
        patch.setattr(service, "reader_of", reader_of)
        yield
    for reader in readers.values():
        reader.close()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A PostgreSQL server, the same for all tests, with an empty store that its tests copy."""
    if reason := why_not():
        pytest.skip(reason)
    own = tmp_path_factory.getbasetemp()
    # Workers have folders of their own in one that they share.
    return server_for_all(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session")
def made_store(postgres: Server) -> str:
    """A database that holds a new store."""
    name = postgres.new_database()
    Database(postgres.url(name)).close()
    return name


@pytest.fixture
def shared_address(postgres: Server, made_store: str) -> Iterator[str]:
    """The address of a new store on PostgreSQL."""
    name = postgres.new_database(made_store)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new store, on each database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'audits.db'}"
    return str(request.getfixturevalue("shared_address"))
