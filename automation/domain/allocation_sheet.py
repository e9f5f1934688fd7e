"""The whole spreadsheet to allocations, people and problems by cell.

Fail closed: a row with any doubt about who, which case or which round waits until it is mended; the
other rows go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from .allocation import Allocation
from .allocation_checks import check_across_rows
from .allocation_row import Setting, Waiting, read_row
from .calendar import Calendar, Round, WorkingCalendar
from .columns import ALLOCATIONS, CALENDAR, STAFF, TEAMS, Columns
from .ids import RoundId
from .people import Organisation
from .problem import Problem
from .reading import SheetReading, open_sheet
from .sheet import WorkbookCells
from .special_rounds import read_special_rounds
from .staff import read_staffing


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the spreadsheet says. With `stops_all` nothing in it may be used: see the problems.

    A row that lacks nothing but its auditor is an allocation without one, and a problem that stops; any
    other row with such a problem is in `waiting`. A problem's `row` is a row of the allocations sheet,
    0 for every other place. `sheet` is that sheet as problems name it, `letters` its columns by key.
    """

    organisation: Organisation
    special_rounds: Mapping[RoundId, Round]
    allocations: tuple[Allocation, ...]
    waiting: tuple[Waiting, ...]
    problems: tuple[Problem, ...]
    stops_all: bool = False
    sheet: str = ""
    letters: Mapping[str, str] = field(default_factory=dict)

    @property
    def rounds(self) -> frozenset[RoundId]:
        """Every round that a row names."""
        waiting = (row.round for row in self.waiting if row.round)
        return frozenset(allocation.round for allocation in self.allocations).union(waiting)

    def rows(self, round_id: RoundId) -> frozenset[int]:
        """The numbers of a round's rows. A row whose round cannot be read may be any round's."""
        good = {one.row for one in self.allocations if one.round == round_id}
        return frozenset(good | {one.row for one in self.waiting if one.round in (round_id, None)})

    def where(self, row: int, key: str) -> str:
        """The place of a row's cell, for a problem found elsewhere. `key` is a column's key."""
        letter = self.letters.get(key)
        return f"{self.sheet}, {letter}{row}" if letter else f"{self.sheet}, row {row}"


def parse(
    cells: WorkbookCells,
    columns: Columns,
    working: WorkingCalendar,
    *,
    case_number_width: int,
    domains: frozenset[str],
    roles: frozenset[str],
    today: date,
) -> Parsed:
    """The spreadsheet's allocations, people, special rounds and problems.

    `case_number_width` is how many digits a case number has (0: as written); `domains` are those the
    service may write to; `roles` is every role that the Staff sheet may hold. `today` tells who has left.
    """
    allocations = open_sheet(cells, ALLOCATIONS, columns)
    staff = open_sheet(cells, STAFF, columns)
    teams = open_sheet(cells, TEAMS, columns)
    calendar = open_sheet(cells, CALENDAR, columns)
    sheets = (staff, teams, calendar, allocations)  # causes before what they cause
    if any(sheet.stops_all for sheet in sheets):
        return _nothing(sheets)
    staffing = read_staffing(staff, teams, columns, domains, roles, today)
    special = read_special_rounds(calendar, working)
    known_rounds = Calendar(working, special.rounds)
    setting = Setting(columns, staffing, special, known_rounds, case_number_width, today)
    rows = [(row, read_row(row, setting)) for row in allocations.each_row()]
    if not rows:
        allocations.stops_all = True
        allocations.fault("", "The sheet has no rows.", "Add a row for each audit.")
    if any(sheet.stops_all for sheet in sheets):
        return _nothing(sheets)
    check_across_rows([(row, found) for row, found in rows if isinstance(found, Allocation)])
    return Parsed(
        staffing.organisation,
        special.rounds,
        tuple(found for row, found in rows if isinstance(found, Allocation) and not row.stopped),
        tuple(
            Waiting(found.round, found.case_number, row.number)
            for row, found in rows
            if isinstance(found, Waiting) or row.stopped
        ),
        _problems(sheets),
        sheet=allocations.place(),
        letters=allocations.letters(),
    )


def _nothing(sheets: tuple[SheetReading, ...]) -> Parsed:
    return Parsed(Organisation(), {}, (), (), _problems(sheets), stops_all=True)


def _problems(sheets: tuple[SheetReading, ...]) -> tuple[Problem, ...]:
    return tuple(
        problem if sheet.layout is ALLOCATIONS else replace(problem, row=0)
        for sheet in sheets
        for problem in sheet.problems()
    )
