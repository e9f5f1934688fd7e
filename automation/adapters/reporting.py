"""The store's part for reports: rows of versions, holds and rolled-up rounds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from ..domain.history import Event
from ..domain.ids import RoundId
from ..domain.report_version import Kept, ReportHold, ReportVersion, RolledUp
from ..domain.trend import Point
from . import tables as t
from .follow_ups import put_changes
from .statements import append
from .transactions import Transactions


class ReportStore(Transactions):
    """Keeps `ports.Reporting` on the database that `Database` opens."""

    def report_versions(self) -> tuple[ReportVersion, ...]:
        """Every version of every report, by reference and version."""
        wanted = select(t.report_versions).order_by(
            t.report_versions.c.reference, t.report_versions.c.version
        )
        with self._engine.connect() as db:
            return tuple(_value(ReportVersion, row) for row in db.execute(wanted).mappings())

    def report_holds(self) -> tuple[ReportHold, ...]:
        """The rounds whose report was ever held, by round."""
        with self._engine.connect() as db:
            rows = db.execute(select(t.report_holds).order_by(t.report_holds.c.round)).mappings().all()
        return tuple(_value(ReportHold, row) for row in rows)

    def rolled_up(self, rounds: Collection[RoundId]) -> tuple[RolledUp, ...]:
        """The points of these rounds as they were last counted, by round."""
        wanted = select(t.rolled_up).where(t.rolled_up.c.round.in_(rounds)).order_by(t.rolled_up.c.round)
        with self._engine.connect() as db:
            return tuple(_value(RolledUp, row) for row in db.execute(wanted).mappings())

    def learn_reporting(
        self,
        learnt: Sequence[Kept],
        events: Sequence[Event],
        stamp: datetime,
    ) -> None:
        """Keep these, each in the place of what had its key, with their events."""
        with self._write() as db:
            put_changes(db, learnt)
            append(db, events, stamp)

    def newest_event(self, round_id: RoundId) -> int:
        """The number of the newest event about an audit of a round, 0 when there is none."""
        about = t.history.c.about
        # A range, so that the index serves: `.` comes right after `-`.
        mine = (about >= f"CFA-{round_id}-", about < f"CFA-{round_id}.")
        with self._engine.connect() as db:
            return db.execute(select(func.max(t.history.c.seq)).where(*mine)).scalar() or 0


def _value(kind: type[Any], row: Mapping[Any, Any]) -> Any:
    given = {one.name: row[one.name] for one in fields(kind)}
    for name in ("said", "point"):
        if name in given:
            given[name] = Point(**{**given[name], "day": date.fromisoformat(given[name]["day"])})
    return kind(**given)
