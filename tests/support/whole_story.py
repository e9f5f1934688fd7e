"""A small council whose rehearsal has everything that follows a return in it."""

from collections.abc import Collection, Iterator
from pathlib import Path

from tests.support.moderating import person, with_deciders
from tests.support.month import Month, Row, allocation

LEFT, DOWN_AND_BOTH, CONCERN, UP, DOWN, AGREED, NO_TIMESCALE = 1, 2, 4, 9, 10, 12, 17
"""The numbers of its audits, by what becomes of each (automation/rehearsal/staff.py and moderators.py)."""
LIVE = (LEFT, DOWN_AND_BOTH, CONCERN, UP, DOWN, AGREED, NO_TIMESCALE)


def reference(number: int) -> str:
    """The reference of an audit of its round."""
    return f"CFA-2026-11-{number:03d}"


def rows(live: Collection[int] = LIVE) -> Iterator[Row]:
    """Audits without a conflict, in turn by few auditors. The others are exempt, to keep the numbers."""
    north, south = ("Toby Tarn", "Paul Pond", "Mark Mead"), ("Tara Town", "Maya Moss", "Petra Park")
    for number in range(1, max(live) + 1):
        case, turn = f"{10000000 + number}", number // 2 % 3
        kept: Row = {} if number in live else {"status": "Exempt", "reason": "Not this month"}
        if number % 2:
            yield allocation(case, "Ann Ash" if number == LEFT else north[turn]) | kept
        else:
            yield allocation(case, south[turn], "Will West", "South") | kept


def whole_story(folder: Path, more: Collection[int] = ()) -> Month:
    """The council, with nothing played yet. `more` are the numbers of audits to have besides."""
    after = ("2026-12", "2027-01", "2027-02")
    calendar: list[Row] = [{"round": one, "kind": "No round", "reason": "Followed up"} for one in after]
    month = Month(folder, rows=list(rows((*LIVE, *more))), calendar=calendar)
    month.staff.append(person("P3", "Ann Ash", "Practice Supervisor", "Toby Tarn") | {"team": "South"})
    return with_deciders(month)
