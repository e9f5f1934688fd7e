"""The right to make a pass on a database that hosts share: for a while, under a number that only grows.

A host that was stopped, or whose connection was cut, does not notice that another has taken over. So nothing
rests on the time alone: each transaction of a pass takes the lease's row first, and is refused when the row
bears another number than its own. The row is also what lets transactions write one after another, which
keeps the history one chain.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, DateTime, func, or_, select, update

from ..ports import TakenOverError
from .tables import leases

LASTS = timedelta(minutes=5)
"""So long a pass may write nothing before another host may take over. Each of its writes begins it anew."""

_PASS = leases.c.name == "pass"


@dataclass(frozen=True, slots=True)
class Lease:
    """A pass as the database knows it. `holder` tells two apart that a restored backup gave one number."""

    number: int
    holder: str


def take(db: Connection, lasts: timedelta) -> Lease | None:
    """The lease, None when another host has it. It is free when given back or run out; and when it runs for
    longer than it can have been given for, because the database's clock was put back."""
    # The database's clock: the only one that all its hosts share.
    now = func.clock_timestamp(type_=DateTime(timezone=True))
    free = or_(leases.c.until.is_(None), leases.c.until < now, leases.c.until > now + lasts)
    holder = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(8)}"
    new = {"number": leases.c.number + 1, "holder": holder, "until": now + lasts}
    number = db.execute(update(leases).where(_PASS, free).values(new).returning(leases.c.number)).scalar()
    return None if number is None else Lease(number, holder)


def keep(db: Connection, lease: Lease, lasts: timedelta) -> None:
    """Hold the lease's row until the transaction ends, and prolong it. Raises TakenOverError when the lease
    is another's by now."""
    until = func.clock_timestamp(type_=DateTime(timezone=True)) + lasts
    if not db.execute(update(leases).where(_PASS, _is(lease)).values(until=until)).rowcount:
        raise TakenOverError("Another instance has taken over this pass. This one wrote nothing more.")


def wait_for_turn(db: Connection) -> None:
    """Hold the lease's row until the transaction ends, whoever has the lease."""
    db.execute(select(leases.c.number).where(_PASS).with_for_update())


def give_back(db: Connection, lease: Lease) -> None:
    """Let the next one have it at once."""
    db.execute(update(leases).where(_PASS, _is(lease)).values(until=None))


def take_from_everybody(db: Connection) -> None:
    """Refuse whatever pass is being made from here on."""
    db.execute(update(leases).where(_PASS).values(number=leases.c.number + 1, holder="", until=None))


def _is(lease: Lease) -> ColumnElement[bool]:
    return (leases.c.number == lease.number) & (leases.c.holder == lease.holder)
