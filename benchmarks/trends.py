"""Sixty rounds of one council, 1.8 million audits, read for a report's trend."""

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from automation.adapters.database import Database
from automation.domain.history import Event
from automation.domain.ids import RoundId
from automation.domain.report_version import RolledUp
from automation.domain.trend import Point, breaks

from .forms import Prepared
from .harness import Side, Told, beside

GRADES = ("Outstanding", "Good", "Requires improvement", "Inadequate")
_SHARES = (10, 50, 30, 10)


def trend_60(small: bool) -> Iterator[Told]:
    """A row for each round, beside pandas counting the same audits, which it has in memory already."""
    rounds, audits = (6, 100) if small else (60, 30_000)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        path = Path(name) / "audits.db"
        made(path, rounds, audits)
        peers = {
            "pandas, the rows in memory": (Side("benchmarks.trends:with_pandas", str(path)), 20.0),
            "SQL over the audits": (Side("benchmarks.trends:with_sql", str(path)), 0.0),
        }
        ours = Side("benchmarks.trends:ours", str(path))
        yield from beside("trend-60", ours, peers, 2 if small else 7, same=lambda a, b: a == b)


def round_ids(count: int) -> list[RoundId]:
    """So many months up to November 2026."""
    months = range(2026 * 12 + 10 - count + 1, 2026 * 12 + 11)
    return [RoundId(f"{one // 12:04d}-{one % 12 + 1:02d}") for one in months]


def made(path: Path, rounds: int, audits: int) -> None:
    """A store of so many rounds, each with so many audits that have come back; every round rolled up."""
    store = Database(f"sqlite:///{path}")
    ids = round_ids(rounds)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA synchronous=OFF")
        for place, one in enumerate(ids):
            _fill(db, one, place, audits)
    rolled = [RolledUp(one, audits * (place + 1), _point(path, one)) for place, one in enumerate(ids)]
    store.learn_reporting(rolled, (Event("trend", "made"),), datetime(2026, 12, 1, tzinfo=UTC))
    store.close()


def _fill(db: sqlite3.Connection, round_id: str, place: int, audits: int) -> None:
    """One round by SQL: the grades' shares move a little from round to round."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {audits:d})"
    db.execute(
        f"{numbers} INSERT INTO audits (reference, round, case_number, plan_type, team, row, auditor, "
        "extension_approved_by, exempt_reason, status, waiting, gone) SELECT printf('CFA-%s-%05d', ?, i), ?, "
        "CAST(10000000 + i AS TEXT), 'Child in need', 'Team ' || (i % 3750), i, 'C' || i, '', '', "
        "'', 0, 0 FROM n",
        (round_id, round_id),
    )
    # The i-th audit's grade follows from i and the round alone.
    best, good, weak = _bounds(place)
    db.execute(
        f'{numbers} INSERT INTO returns (reference, version, "on", form, sender, answers, rows, arrived) '
        "SELECT printf('CFA-%s-%05d', ?, i), 1, ? || '-20', '', 'C' || i, json_object('overall_grade', CASE "
        "WHEN i * 7 % 100 < ? THEN 'Outstanding' WHEN i * 7 % 100 < ? THEN 'Good' "
        "WHEN i * 7 % 100 < ? THEN 'Requires improvement' ELSE 'Inadequate' END), '{}', '' FROM n",
        (round_id, round_id, best, good, weak),
    )
    db.commit()


def _bounds(place: int) -> tuple[int, int, int]:
    best, good, weak, _ = _SHARES
    return best + place % 5, best + good + place % 7, best + good + weak + place % 3


_COUNTED = (
    "SELECT json_extract(answers, '$.overall_grade') AS grade, count(*) FROM returns "
    "WHERE reference >= ? AND reference < ? GROUP BY grade"
)


def _grades(db: sqlite3.Connection, one: str) -> dict[str, int]:
    return dict(db.execute(_COUNTED, (f"CFA-{one}-", f"CFA-{one}.")).fetchall())


def _point(path: Path, one: RoundId) -> Point:
    with sqlite3.connect(path) as db:
        grades = _grades(db, one)
    whole = sum(grades.values())
    day = date(int(one[:4]), int(one[5:7]), 28)
    return Point(one, one, day, whole, {"returned on time": whole}, whole, whole, grades, "1")


def _told(found: list[tuple[str, dict[str, int]]]) -> list[list[object]]:
    return [[one, *(grades.get(word, 0) for word in GRADES)] for one, grades in sorted(found)]


def _ids(path: str) -> list[RoundId]:
    with sqlite3.connect(path) as db:
        return [RoundId(row[0]) for row in db.execute("SELECT DISTINCT round FROM audits ORDER BY round")]


def ours(path: str) -> Prepared:
    """The rolled-up points, and what a report says of them."""
    ids, store = _ids(path), Database(f"sqlite:///{path}")

    def work() -> list[list[object]]:
        points = [one.point for one in store.rolled_up(ids)]
        assert not breaks(points)
        return _told([(one.round, dict(one.grades)) for one in points])

    return 1, work


def with_sql(path: str) -> Prepared:
    """A query for each round over its audits."""
    ids, db = _ids(path), sqlite3.connect(path)
    return 1, lambda: _told([(one, _grades(db, one)) for one in ids])


def with_pandas(path: str) -> Prepared:
    """Grouped in memory. That reading them took minutes before is not counted."""
    import pandas as pd

    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT reference, answers FROM returns")
        frame = pd.DataFrame(
            [(one[4:11], json.loads(answers)["overall_grade"]) for one, answers in rows],
            columns=["round", "grade"],
        ).astype("category")
    work: Callable[[], object] = lambda: _told(  # noqa: E731
        [
            (str(one), {str(grade): int(n) for grade, n in counts.items()})
            for one, counts in frame.groupby(["round", "grade"], observed=True).size().unstack().iterrows()
        ]
    )
    return 1, work
