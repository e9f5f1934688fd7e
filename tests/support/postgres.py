"""A real PostgreSQL in a folder of its own, and databases on it for tests.

It listens on a socket in its folder and nowhere else, and syncs as a council's does. A server for all tests
is made once, whichever worker asks first; it stops when pytest has gone, however pytest went.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ROLE = "case_audit"
_WATCH = """
import os, signal, shutil, sys, time
owner, server, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
def lives(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
while lives(owner):
    time.sleep(0.5)
if lives(server):
    os.kill(server, signal.SIGQUIT)
while lives(server):
    time.sleep(0.1)
shutil.rmtree(folder, ignore_errors=True)
"""


@cache
def programs() -> Path | None:
    """The folder of the newest server's programs, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda one: int(one.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def why_not() -> str:
    """Why there can be no PostgreSQL here, empty when there can."""
    if os.name == "nt":
        return "tests start PostgreSQL on Unix only"
    if find_spec("psycopg") is None:
        return "psycopg is not installed: pip install -e '.[postgresql]'"
    return "" if programs() else "no PostgreSQL server is installed (Debian: postgresql)"


def _account() -> str | None:
    """As whom the server runs, None for ourselves: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@dataclass(slots=True)
class Server:
    """One server. `folder` holds its data, its socket and its log."""

    folder: Path
    number: int = 0
    """The number of its first process, 0 while it does not run."""

    def make(self) -> None:
        """Make its data."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        if account := _account():
            shutil.chown(self.folder, account)
        options = ["-A", "trust", "-U", ROLE, "--locale=C", "-E", "UTF8", "--no-sync"]
        self._run("initdb", "-D", str(self.folder / "data"), *options)

    def start(self, *options: str) -> None:
        """Start it, and wait until it answers. `options` are settings such as `fsync=off`."""
        where = programs()
        assert where is not None
        given = [
            f"unix_socket_directories={self.folder}",
            "listen_addresses=",
            "max_connections=100",
            *options,
        ]
        log = (self.folder / "log").open("ab")
        command = [str(where / "postgres"), "-D", str(self.folder / "data")]
        command += [part for one in given for part in ("-c", one)]
        # A session of its own, so that Ctrl-C at a terminal reaches pytest first.
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            start_new_session=True,
            user=_account(),
        )
        log.close()
        self.number = process.pid
        for _ in range(600):
            with suppress(subprocess.CalledProcessError):
                self.sql("SELECT 1")
                return
            if process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text("utf-8")[-2000:])

    def kill(self) -> None:
        """End it and every process of its at once, as when the machine dies."""
        children = Path(f"/proc/{self.number}/task/{self.number}/children")
        numbers = [int(one) for one in children.read_text().split()] if children.exists() else []
        for one in (self.number, *numbers):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        """Stop it in order."""
        if self.number:
            os.kill(self.number, signal.SIGINT)
            self._gone()

    def remove(self) -> None:
        """Stop it, and leave nothing of it."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _gone(self) -> None:
        with suppress(ChildProcessError):
            os.waitpid(self.number, 0)
        self.number = 0

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What a statement answers, as text."""
        where = ["-h", str(self.folder), "-U", ROLE, "-d", database]
        return self._run("psql", "-X", "-q", "-A", "-t", *where, "-c", statement).strip()

    def url(self, database: str) -> str:
        """A database's address, as service.toml has it."""
        return f"postgresql://{ROLE}@/{database}?host={self.folder}"

    def new_database(self, template: str = "template0") -> str:
        """The name of a new database, a copy of another."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Drop a database, whoever uses it."""
        self.sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _run(self, program: str, *arguments: str) -> str:
        where = programs()
        assert where is not None
        done = subprocess.run(
            [str(where / program), *arguments],
            check=True,
            capture_output=True,
            text=True,
            cwd=self.folder,
            user=_account() if program == "initdb" else None,
        )
        return done.stdout


def own_server() -> Server:
    """A server for one test, which may kill it. Its folder is short, as a socket's name must be."""
    server = Server(Path(tempfile.mkdtemp(prefix="case-audit-pg-")))
    server.make()
    return server


def server_for_all(common: Path) -> Server:
    """The one server of this run of pytest. `common` is a folder that all its workers see."""
    from filelock import FileLock

    known = common / "postgres.json"
    with FileLock(common / "postgres.lock"):
        if not known.exists():
            server = own_server()
            server.start()
            worker = "PYTEST_XDIST_WORKER" in os.environ
            owner = os.getppid() if worker else os.getpid()
            watch: Sequence[str] = [sys.executable, "-c", _WATCH, str(owner), str(server.number)]
            subprocess.Popen(
                [*watch, str(server.folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            known.write_text(json.dumps({"folder": str(server.folder), "number": server.number}), "utf-8")
    kept = json.loads(known.read_text("utf-8"))
    return Server(Path(kept["folder"]), kept["number"])


def move_store(config: Path, address: str) -> None:
    """Let the service of a configuration folder keep its store at another address."""
    path = config / "service.toml"
    lines = path.read_text("utf-8").splitlines()
    moved = [f'url = "{address}"' if one.startswith('url = "sqlite') else one for one in lines]
    path.write_text("\n".join(moved) + "\n", "utf-8")
