"""The store's half for the service itself: single facts, its name, the head and the faults of its history."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select

from ..domain.history import Event
from ..ports import HistoryFault
from . import tables as t
from .statements import FIRST, append, link, put
from .transactions import Transactions

_ID = "store id"


class ServiceStore(Transactions):
    """Keeps what `ports.ServiceFacts` promises, on the database that `Database` opens."""

    def fact(self, name: str) -> str:
        """A single fact, empty when there is none."""
        with self._engine.connect() as db:
            return db.execute(select(t.facts.c.value).where(t.facts.c.name == name)).scalar() or ""

    def facts_under(self, prefix: str) -> Mapping[str, str]:
        """The facts whose names begin so, by the rest of their names."""
        wanted = select(t.facts).where(t.facts.c.name.startswith(prefix, autoescape=True))
        with self._engine.connect() as db:
            rows = db.execute(wanted.order_by(t.facts.c.name)).mappings().all()
        return {row["name"].removeprefix(prefix): row["value"] for row in rows}

    def keep_fact(
        self, name: str, value: str, event: Event | None = None, stamp: datetime | None = None
    ) -> None:
        """Keep or forget a fact, with its event."""
        with self._write() as db:
            if value:
                put(db, t.facts, {"name": name, "value": value})
            else:
                db.execute(delete(t.facts).where(t.facts.c.name == name))
            if event is not None and stamp is not None:
                append(db, [event], stamp)

    def store_id(self) -> str:
        """The store's own name, made on first asking."""
        found = self.fact(_ID)
        if not found:
            found = secrets.token_hex(16)
            self.keep_fact(_ID, found)
        return found

    def head(self) -> tuple[int, str]:
        """The newest event's number and hash."""
        newest = select(t.history.c.seq, t.history.c.hash).order_by(t.history.c.seq.desc()).limit(1)
        with self._engine.connect() as db:
            found = db.execute(newest).first()
        return (found.seq, found.hash) if found else (0, FIRST)

    def hash_at(self, number: int) -> str:
        """The hash of an event, empty when there is none."""
        if not number:
            return FIRST
        with self._engine.connect() as db:
            return db.execute(select(t.history.c.hash).where(t.history.c.seq == number)).scalar() or ""

    def newest_stamp(self) -> str:
        """The stamp of the newest event."""
        newest = select(t.history.c.at).order_by(t.history.c.seq.desc()).limit(1)
        with self._engine.connect() as db:
            return db.execute(newest).scalar() or ""

    def history_fault(self) -> HistoryFault | None:
        """The first place where the chain does not hold, and what is wrong there."""
        previous, expected = FIRST, 1
        with self._engine.connect() as db:
            for row in db.execute(select(t.history).order_by(t.history.c.seq)).mappings():
                if row["seq"] != expected:
                    return HistoryFault(expected, "", "", "is missing: it was taken out")
                made = link(previous, row["seq"], row["at"], row["about"], row["what"], row["facts"])
                if row["previous"] != previous:
                    says = "does not follow the one before it: it was put in, moved, or altered"
                    return HistoryFault(expected, row["about"], row["what"], says)
                if row["hash"] != made:
                    return HistoryFault(expected, row["about"], row["what"], "was altered")
                previous, expected = row["hash"], expected + 1
        return None

    def mailed_since(self, stamp: str) -> Mapping[str, int]:
        """Mails by address."""
        gone = (t.outbox.c.claimed_at > stamp, t.outbox.c.within == "")
        wanted = select(t.outbox.c.address, func.count()).where(*gone).group_by(t.outbox.c.address)
        with self._engine.connect() as db:
            found: dict[str, int] = {}
            for address, count in db.execute(wanted):
                found[address.lower()] = found.get(address.lower(), 0) + count
        return found
