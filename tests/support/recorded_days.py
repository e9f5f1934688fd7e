"""python -m tests.support.recorded_days CONFIG MARKS DAY…: passes on some days, with a mark after each
transaction that returned: what the store then held."""

import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from automation.adapters.clock import FixedClock
from automation.adapters.transactions import Transactions
from automation.outside import open_ports
from automation.service import Service
from automation.settings import load


def content_of(store: Path) -> str:
    """A hash over every row of every table of a store. Raises sqlite3.Error."""
    told = hashlib.sha256()
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        for (name,) in names:
            rows = sorted(repr(row) for row in db.execute(f'SELECT * FROM "{name}"'))
            told.update(f"{name}\n{rows}\n".encode())
    finally:
        db.close()
    return told.hexdigest()


def main(config: Path, marks: Path, days: list[str]) -> None:
    """Make the passes."""
    settings = load(config)
    store = Path(settings.store_url.partition("sqlite:///")[2])
    write = Transactions._write

    @contextmanager
    def acknowledged(self: Transactions) -> Iterator[Connection]:
        with write(self) as db:
            yield db
        with marks.open("a") as file:
            file.write(f"{content_of(store)}\n")

    Transactions._write = acknowledged  # type: ignore[method-assign]
    for day in days:
        ports = open_ports(settings)
        Service(settings, ports).once(FixedClock(date.fromisoformat(day)))
        ports.store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
