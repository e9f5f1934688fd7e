"""Statements that several of the store's transactions share, and the links of its history."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from ..domain.audit import Audit
from ..domain.history import Event
from ..domain.message import Message
from ..domain.problem import Problem
from ..ports import SendingState
from . import tables as t
from .dialect import is_shared, putting, upsert, wrote
from .rows import Row, audit_from, audit_row, canonical, plain

# Made once: each message asks for them, and to make one takes longer than SQLite takes to answer it.
_NEWEST = select(t.history.c.seq, t.history.c.hash).order_by(t.history.c.seq.desc()).limit(1)
_APPEND = insert(t.history)
FIRST = "0" * 64
"""What the first event of a history is chained to."""


def read_audits(db: Connection, rows: Sequence[Row]) -> tuple[Audit, ...]:
    """The audits of these rows, each with its postings and its newest return."""
    references = [row["reference"] for row in rows]
    postings: dict[str, list[Any]] = defaultdict(list)
    newest: dict[str, Any] = {}
    # A few hundred references at a time: databases limit the length of a statement's list.
    for start in range(0, len(references), 500):
        some = references[start : start + 500]
        wanted = select(t.postings).where(t.postings.c.reference.in_(some))
        for row in db.execute(wanted.order_by(t.postings.c.role, t.postings.c.turn)).mappings():
            postings[row["reference"]].append(row)
        came = select(t.returns).where(t.returns.c.reference.in_(some)).order_by(t.returns.c.version)
        newest.update((row["reference"], row) for row in db.execute(came).mappings())
    return tuple(audit_from(r, postings[r["reference"]], newest.get(r["reference"])) for r in rows)


def read_rounds(db: Connection, rounds: Collection[str]) -> dict[str, list[Audit]]:
    """The audits of these rounds, by round; a round without any is left out."""
    rows = db.execute(select(t.audits).where(t.audits.c.round.in_(rounds))).mappings().all()
    found: dict[str, list[Audit]] = defaultdict(list)
    for audit in read_audits(db, rows):
        found[audit.allocation.round].append(audit)
    return found


def put_audits(db: Connection, audits: Sequence[Audit]) -> None:
    """Insert or update audits and their postings."""
    put_all(db, t.audits, [audit_row(one) for one in audits])
    put_all(
        db,
        t.postings,
        [{**plain(each), "reference": one.reference} for one in audits for each in one.postings],
    )


def put_claim(db: Connection, message: Message, row: Mapping[str, Any]) -> SendingState | None:
    """Claim a message, and those that go in its mail: all or none. None when they are now ours.

    Where one of the parts has gone or is claimed in another mail, `sent` is answered: the whole is to be put
    together anew.
    """
    parts = [part.key for part in message.parts]
    if parts and db.execute(select(t.outbox.c.key).where(t.outbox.c.key.in_(parts))).first():
        return "sent"
    if not wrote(db, upsert(db, t.outbox).values(row).on_conflict_do_nothing()):
        known = select(t.outbox.c.state).where(t.outbox.c.key == message.key)
        state: SendingState = db.execute(known).scalar_one()
        return state
    for part in message.parts:
        about = part.key.split("/", 1)[0]
        mine = {"key": part.key, "kind": part.kind, "about": about, "within": message.key}
        db.execute(insert(t.outbox).values({**row, **mine}))
    return None


def put(db: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or update the one with its key."""
    put_all(db, table, [row])


def put_all(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have the same columns, or update those with their keys."""
    if rows:
        db.execute(putting(table, tuple(rows[0]), is_shared(db)), [dict(one) for one in rows])


def replace_all(db: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Put these rows in the place of all that the table holds."""
    db.execute(delete(table))
    if rows:
        db.execute(insert(table), rows)


def put_problems(db: Connection, source: str, problems: Iterable[Problem], day: date) -> None:
    """Replace the problems of one source. Those that stood before keep their first day."""
    mine = t.problems.c.source == source
    seen = {
        (row.where, row.what): row.first_seen
        for row in db.execute(
            select(t.problems.c.where, t.problems.c.what, t.problems.c.first_seen).where(mine)
        )
    }
    db.execute(delete(t.problems).where(mine))
    rows = {
        (p.where, p.what): {**plain(p), "source": source, "first_seen": seen.get((p.where, p.what), day)}
        for p in problems
    }
    if rows:
        db.execute(insert(t.problems), list(rows.values()))


def append(db: Connection, events: Iterable[Event], stamp: datetime) -> None:
    """Add events to the history, each chained to the one before."""
    last = db.execute(_NEWEST).first()
    seq, previous = (last.seq, last.hash) if last else (0, FIRST)
    rows = []
    for event in events:
        seq, at, facts = seq + 1, utc(stamp), canonical(event.facts)
        made = link(previous, seq, at, event.about, event.what, facts)
        rows.append(
            {
                "seq": seq,
                "at": at,
                "about": event.about,
                "what": event.what,
                "facts": facts,
                "previous": previous,
                "hash": made,
            }
        )
        previous = made
    if rows:
        db.execute(_APPEND, rows)


def first_broken(rows: Iterable[Any]) -> int | None:
    """The number of the first event, of all in order, that does not fit the chain; None when all do."""
    previous, expected = FIRST, 1
    for row in rows:
        made = link(previous, row["seq"], row["at"], row["about"], row["what"], row["facts"])
        if row["seq"] != expected or row["previous"] != previous or row["hash"] != made:
            return expected
        previous, expected = row["hash"], expected + 1
    return None


def utc(stamp: datetime) -> str:
    """Stamps are kept in UTC, so that their texts sort as the times do."""
    return stamp.astimezone(UTC).isoformat()


def link(previous: str, seq: int, at: str, about: str, what: str, facts: str) -> str:
    """The hash of one event of the history."""
    return hashlib.sha256("\n".join((previous, str(seq), at, about, what, facts)).encode()).hexdigest()
