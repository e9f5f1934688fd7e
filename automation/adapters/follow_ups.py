"""The store's half for what follows a return: rows of moderations, responses, disputes, actions and lists."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select

from ..domain.action import Action
from ..domain.follow_up import ActionList, Answered, Change, Dispute, Moderation, Response
from ..domain.history import Event
from ..domain.ids import AuditRef
from ..domain.report_version import Kept, ReportHold, ReportVersion, RolledUp
from ..domain.trend import Point
from . import tables as t
from .rows import plain
from .statements import append, put
from .transactions import Transactions

T = TypeVar("T", Moderation, Response, Dispute, Action, ActionList)

_TABLES: Mapping[type[Kept], Table] = {
    Moderation: t.moderations,
    Response: t.responses,
    Dispute: t.disputes,
    Action: t.actions,
    ActionList: t.action_lists,
    ReportVersion: t.report_versions,
    ReportHold: t.report_holds,
    RolledUp: t.rolled_up,
}


class FollowUpStore(Transactions):
    """Keeps `ports.FollowUps` on the database that `Database` opens."""

    def moderations(self) -> tuple[Moderation, ...]:
        """Every moderation, by reference."""
        return self._all(Moderation)

    def moderation(self, reference: AuditRef) -> Moderation | None:
        """The moderation of one audit."""
        return next(iter(self._all(Moderation, [reference])), None)

    def responses(self, reference: AuditRef) -> tuple[Response, ...]:
        """The answers to one moderation's outcome, by person."""
        return self._all(Response, [reference])

    def disputes(self, reference: AuditRef | None = None) -> tuple[Dispute, ...]:
        """The disputes about one audit, or all, by reference and kind."""
        return self._all(Dispute, None if reference is None else [reference])

    def actions(self, references: Collection[AuditRef] | None = None) -> tuple[Action, ...]:
        """The actions of these audits, or all, by id."""
        return self._all(Action, references)

    def action_lists(self) -> tuple[ActionList, ...]:
        """Every list of actions that was made, by reference."""
        return self._all(ActionList)

    def action_list(self, reference: AuditRef) -> ActionList | None:
        """One list of actions."""
        return next(iter(self._all(ActionList, [reference])), None)

    def learn(self, changes: Sequence[Change], events: Sequence[Event], stamp: datetime) -> None:
        """Keep these, each in the place of what had its key, with their events."""
        with self._write() as db:
            put_changes(db, changes)
            append(db, events, stamp)

    def _all(self, kind: type[T], references: Collection[AuditRef] | None = None) -> tuple[T, ...]:
        table = _TABLES[kind]
        wanted = select(table).order_by(*table.primary_key.columns)
        with self._engine.connect() as db:
            if references is None:
                rows = list(db.execute(wanted).mappings())
            else:
                # A few hundred references at a time: databases limit the length of a statement's list.
                known, step = sorted(references), 500
                parts = [known[first : first + step] for first in range(0, len(known), step)]
                found = [db.execute(wanted.where(table.c.reference.in_(part))).mappings() for part in parts]
                rows = [row for part in found for row in part]
        return tuple(_value(kind, dict(row)) for row in rows)


def put_changes(db: Connection, changes: Sequence[Kept]) -> None:
    """Insert each, or update the row that has its key."""
    for one in changes:
        put(db, _TABLES[type(one)], _row(one))


def _row(value: Kept) -> dict[str, Any]:
    return {name: _plain(given) for name, given in plain(value).items()}


def _plain(given: object) -> object:
    if isinstance(given, Answered):
        return {
            **plain(given),
            "on": given.on.isoformat(),
            "answers": dict(given.answers),
            "rows": {key: [dict(row) for row in rows] for key, rows in given.rows.items()},
        }
    if isinstance(given, Point):
        counts = {name: dict(getattr(given, name)) for name in ("standing", "grades", "themes")}
        return {**plain(given), **counts, "day": given.day.isoformat()}
    return list(given) if isinstance(given, tuple) else given


def _value(kind: type[Any], row: Mapping[str, Any]) -> Any:
    given = {one.name: row[one.name] for one in fields(kind)}
    for name in ("answered", "decided"):
        if given.get(name) is not None:
            given[name] = _answered(given[name])
    if kind is ActionList:
        given["actions"] = tuple(given["actions"])
    return kind(**given)


def _answered(kept: Mapping[str, Any]) -> Answered:
    rows = {key: tuple(each) for key, each in kept["rows"].items()}
    return Answered(date.fromisoformat(kept["on"]), kept["sender"], kept["form"], kept["answers"], rows)
