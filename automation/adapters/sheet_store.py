"""The store's half for what the spreadsheet taught: people, teams, special rounds, the last reading."""

import json
from datetime import date, datetime

from sqlalchemy import select

from ..domain.calendar import Round
from ..domain.people import Organisation, Person, Team
from ..ports import SheetLearnt, SheetSeen
from . import tables as t
from .kept_reading import KeptReading
from .rows import plain
from .statements import append, put, put_audits, put_problems, replace_all
from .transactions import Transactions


class SheetStore(Transactions):
    """Keeps what `ports.Store` promises of the spreadsheet, on the database that `Database` opens."""

    _kept_people: KeptReading

    def organisation(self) -> Organisation:
        """Everyone, as the last good sheet told it."""
        with self._engine.connect() as db:
            kept = self._kept_people.found(db, self._lease)
            if "all" not in kept:
                people = db.execute(select(t.people).order_by(t.people.c.key)).mappings()
                teams = db.execute(select(t.teams).order_by(t.teams.c.name)).mappings()
                kept["all"] = Organisation(
                    {one["key"]: Person(**one) for one in people}, {one["name"]: Team(**one) for one in teams}
                )
        found: Organisation = kept["all"]
        return found

    def special_rounds(self) -> tuple[Round, ...]:
        """The rounds of the Calendar sheet, as last read."""
        with self._engine.connect() as db:
            rows = db.execute(select(t.special_rounds).order_by(t.special_rounds.c.id)).mappings()
            return tuple(Round(**row) for row in rows)

    def sheet_seen(self) -> SheetSeen | None:
        """The last reading of the sheet, None before the first."""
        with self._engine.connect() as db:
            value = db.execute(select(t.facts.c.value).where(t.facts.c.name == "sheet")).scalar()
        if value is None:
            return None
        seen = json.loads(value)
        day, held, late = date.fromisoformat(seen["day"]), tuple(seen["held"]), tuple(seen["late"])
        return SheetSeen(seen["version"], day, held, late)

    def learn_sheet(self, learnt: SheetLearnt, stamp: datetime) -> None:
        """Keep one reading of the sheet."""
        seen = learnt.seen
        day = seen.day.isoformat()
        value = json.dumps({"version": seen.version, "day": day, "held": seen.held, "late": seen.late})
        with self._write() as db:
            replace_all(db, t.people, [plain(p) for p in learnt.organisation.people.values()])
            replace_all(db, t.teams, [plain(team) for team in learnt.organisation.teams.values()])
            replace_all(db, t.special_rounds, [plain(r) for r in learnt.special_rounds])
            put_audits(db, learnt.audits)
            put_problems(db, "sheet", learnt.problems, seen.day)
            put(db, t.facts, {"name": "sheet", "value": value})
            append(db, learnt.events, stamp)
