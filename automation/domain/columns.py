"""The spreadsheet's sheets and columns: what each is for, and the headers it may have.

Every column is one entry below. What a council calls it is configuration (`config/workbook.toml`).
"""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from .sheet import Row, Sheet, WorkbookCells

Offer = Literal[
    "", "date", "people", "teams", "services", "statuses", "plan types", "roles", "rounds", "round kinds"
]
"""What a new workbook helps to type into a column: a date, or a choice from a list."""

_HEADER_ROWS = 10
"""A title or a note may stand above the headers, but not more than this."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `header` is what a new workbook shows unless the configuration names another."""

    key: str
    header: str
    help: str
    required: bool = False
    offer: Offer = ""
    width: int = 16


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet and its columns, in the order of a new workbook."""

    key: str
    name: str
    about: str
    columns: tuple[Column, ...]


ALLOCATIONS = Layout(
    "allocations",
    "Allocations",
    "One row for each audit: this case, this auditor, this round.",
    (
        Column("round", "Round", "The month, such as 2026-11 or Nov 2026, or an ad hoc round named in "
               "the Calendar sheet.", required=True, width=11),
        Column("case_number", "Case number", "The case's number in the case system. Never a child's name "
               "or initials.", required=True, width=13),
        Column("plan_type", "Plan type", "The kind of plan the case is on.", offer="plan types", width=18),
        Column("team", "Team", "The team that holds the case, as the Teams sheet spells it.",
               required=True, offer="teams", width=25),
        Column("social_worker", "Social worker", "Who holds the case. Write Vacant or Agency where nobody of "
               "the council does.", required=True, offer="people", width=20),
        Column("previous_worker", "Previous social worker", "Who held the case before, if it changed hands "
               "in the last month.", required=True, offer="people", width=22),
        Column("reallocated_on", "Re-allocated on", "The day the case changed hands.", offer="date",
               width=13),
        Column("reviewer", "IRO or CPC", "The Independent Reviewing Officer or Child Protection "
               "Co-ordinator, if the case has one.", offer="people", width=22),
        Column("auditor", "Auditor", "Who audits the case. Leave it empty to have one proposed: "
               "case-audit propose.", required=True, offer="people", width=22),
        Column("moderator", "Moderator", "Who moderates the audit, if you choose. Otherwise the sample "
               "decides.", offer="people", width=22),
        Column("delegate", "Delegate", "One other person whose return counts for this audit.",
               offer="people", width=22),
        Column("extension", "Extension to", "A later due date, once it is agreed.", offer="date", width=13),
        Column("extension_approved_by", "Extension approved by", "Who agreed to the later date.", width=22),
        Column("status", "Status", "Usually empty. Exempt, Withdrawn, Held and Restricted send nothing. Send "
               "late sends late case details.", required=True, offer="statuses", width=18),
        Column("concern_confirmed", "Concern dealt with on", "After an immediate concern: the day somebody "
               "confirmed that the child is safe. Until then the digest asks.", offer="date", width=13),
        Column("reason", "Reason", "Why the audit is exempt, withdrawn or held. Never about the child.",
               width=20),
        Column("notes", "Notes", "For you alone: never read, never copied.", width=20),
    ),
)  # fmt: skip

STAFF = Layout(
    "staff",
    "Staff",
    "One row for each person who audits, holds cases, reviews or manages.",
    (
        Column("key", "Staff key", "The payroll or staff number. It tells two people with one name apart "
               "and never changes.", required=True, width=12),
        Column("name", "Name", "First name and surname.", required=True, width=26),
        Column("address", "Email", "The person's own council address. Never a team's.", required=True,
               width=40),
        Column("role", "Role", "The person's role, as the guidance names it.", required=True, offer="roles",
               width=36),
        Column("team", "Team", "The person's team, for those who belong to one.", required=True,
               offer="teams", width=28),
        Column("service", "Service", "The service area.", offer="services", width=28),
        Column("line_manager", "Line manager", "Who is copied into reminders. Write None where there is "
               "nobody.", required=True, offer="people", width=26),
        Column("left_on", "Left on", "The last day worked, for someone who has left or will leave.",
               required=True, offer="date", width=14),
        Column("exempt_from", "Exempt from", "First day without audits: long sickness, secondment.",
               offer="date", width=14),
        Column("exempt_until", "Exempt until", "Last day without audits. Empty until it is known.",
               offer="date", width=14),
        Column("exempt_reason", "Exempt reason", "The reason in a word or two, such as Secondment.",
               width=20),
        Column("notes", "Notes", "For you alone: never read, never copied.", width=30),
    ),
)  # fmt: skip

TEAMS = Layout(
    "teams",
    "Teams",
    "One row for each team and those who answer for it.",
    (
        Column("team", "Team", "The team's name.", required=True, width=28),
        Column("service", "Service area", "The service area the team belongs to.", required=True, width=28),
        Column("manager", "Team manager", "Is told of the team's audits and gets each finished one.",
               required=True, offer="people", width=26),
        Column("service_manager", "Service manager", "Gets each finished audit and the overdue actions.",
               required=True, offer="people", width=26),
        Column("head_of_service", "Head of service", "Decides disputes about actions.", required=True,
               offer="people", width=26),
    ),
)  # fmt: skip

CALENDAR = Layout(
    "calendar",
    "Calendar",
    "Only the rounds that are not an ordinary month. It may be empty.",
    (
        Column("round", "Round", "The month, such as 2026-08. An ad hoc round adds letters: 2026-11-INSP.",
               required=True, width=16),
        Column("name", "Name", "What messages call the round.", width=28),
        Column("kind", "Kind", "Month: other dates for a month. No round: skip the month. Ad hoc: a round "
               "of its own.", required=True, offer="round kinds", width=12),
        Column("first", "First day", "First day of an ad hoc round.", offer="date", width=14),
        Column("last", "Last day", "Last day of an ad hoc round.", offer="date", width=14),
        Column("start", "Starts on", "The day the case details go. Empty: the first working day.",
               offer="date", width=14),
        Column("due", "Due", "The last day an audit is on time. Empty: the last day of the round.",
               offer="date", width=14),
        Column("reason", "Reason", "Why there is no round, or why its dates differ.", width=36),
    ),
)  # fmt: skip

LAYOUTS = (ALLOCATIONS, STAFF, TEAMS, CALENDAR)


@dataclass(frozen=True, slots=True)
class Columns:
    """What a council calls its sheets, columns and choices: `config/workbook.toml`.

    `sheets` and each sheet's own table map a key to its names: the first is what a new workbook shows,
    all are read, and a missing key has the name in this module. Raises ValueError for an unknown key, an
    empty list, and a name that two columns of a sheet share.
    """

    sheets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allocations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    staff: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calendar: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plan_types: tuple[str, ...] = ()
    no_worker: tuple[str, ...] = ("Vacant", "Agency")
    """What the Social worker column says where nobody of the council holds the case."""
    never_read: tuple[str, ...] = ("Child", "Child's name", "Young person", "Initials", "Date of birth")
    """Words in a header that tell of children: such a column is never read, and warned about."""
    group_words: tuple[str, ...] = ("team", "group", "duty", "everyone", "shared", "mailbox", "inbox")
    """Words in the part before the @ that tell of an address which is not one person's."""

    def __post_init__(self) -> None:
        self._check("sheets", self.sheets, {layout.key for layout in LAYOUTS})
        for layout in LAYOUTS:
            self._check(layout.key, self._own(layout), {column.key for column in layout.columns})
            names = [
                name
                for column in layout.columns
                for name in {plain(header): header for header in self.headers(layout, column)}.values()
            ]
            for name in names:
                if sum(plain(other) == plain(name) for other in names) > 1:
                    raise ValueError(f"{layout.key}: ‘{name}’ is the name of two columns.")

    def _check(self, table: str, names: Mapping[str, tuple[str, ...]], known: Collection[str]) -> None:
        for key, headers in names.items():
            if key not in known:
                raise ValueError(f"{table}.{key} is unknown. Known: {', '.join(sorted(known))}.")
            if not headers:
                raise ValueError(f"{table}.{key} needs at least one name.")

    def _own(self, layout: Layout) -> Mapping[str, tuple[str, ...]]:
        tables = {
            "allocations": self.allocations,
            "staff": self.staff,
            "teams": self.teams,
            "calendar": self.calendar,
        }
        return tables[layout.key]

    def sheet_names(self, layout: Layout) -> tuple[str, ...]:
        """The names a sheet may have, the one to show first."""
        return tuple(self.sheets.get(layout.key, (layout.name,)))

    def headers(self, layout: Layout, column: Column) -> tuple[str, ...]:
        """The headers a column may have, the one to show first."""
        return tuple(self._own(layout).get(column.key, (column.header,)))

    def wanted_sheets(self) -> frozenset[str]:
        """Every name of a sheet that is read."""
        return frozenset(name for layout in LAYOUTS for name in self.sheet_names(layout))


@dataclass(frozen=True, slots=True)
class Headings:
    """Where a sheet's columns are: header row, each key's index and header cell, and what matched nothing.

    `twice` maps a key to the cells whose headers all claim it; `strange` maps a cell to an unknown
    header, `childrens` to one that tells of children.
    """

    row: int
    places: Mapping[str, int]
    refs: Mapping[str, str]
    missing: tuple[Column, ...]
    twice: Mapping[str, tuple[str, ...]]
    strange: Mapping[str, str]
    childrens: Mapping[str, str]


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Text as it is compared: no case, no apostrophes, every other sign and space as one space."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def nearest(word: str, known: Collection[str], cutoff: float = 0.6) -> str | None:
    """The known word most like `word`, or None when none is near."""
    by_plain = {plain(one): one for one in known}
    near = difflib.get_close_matches(plain(word), list(by_plain), n=1, cutoff=cutoff)
    return by_plain[near[0]] if near else None


def find_sheet(cells: WorkbookCells, layout: Layout, columns: Columns) -> Sheet | None:
    """The sheet by any of its names, or None."""
    wanted = {plain(name) for name in columns.sheet_names(layout)}
    return next((sheet for name, sheet in cells.sheets.items() if plain(name) in wanted), None)


def find_headings(sheet: Sheet, layout: Layout, columns: Columns) -> Headings:
    """Where each column of the sheet is, from the row among its first that holds most known headers."""
    keys = {
        plain(header): column.key for column in layout.columns for header in columns.headers(layout, column)
    }
    top = [row for row in sheet.rows if row.number <= _HEADER_ROWS]
    best = max(top, key=lambda row: sum(header in keys for _, _, header in _texts(row)), default=None)
    found: dict[str, list[int]] = {}
    strange: dict[str, str] = {}
    childrens: dict[str, str] = {}
    forbidden = [f" {plain(words)} " for words in columns.never_read]
    for index, text, header in _texts(best) if best else ():
        ref = best.cells[index].ref if best else ""
        if header in keys:
            found.setdefault(keys[header], []).append(index)
        elif any(words in f" {header} " for words in forbidden):
            childrens[ref] = text
        else:
            strange[ref] = text
    cells = best.cells if best else ()
    return Headings(
        row=best.number if best else 0,
        places={key: places[0] for key, places in found.items()},
        refs={key: cells[places[0]].ref for key, places in found.items()},
        missing=tuple(column for column in layout.columns if column.key not in found),
        twice={key: tuple(cells[i].ref for i in places) for key, places in found.items() if places[1:]},
        strange=strange,
        childrens=childrens,
    )


def _texts(row: Row) -> Iterator[tuple[int, str, str]]:
    for index, cell in enumerate(row.cells):
        if isinstance(cell.value, str) and cell.value.strip():
            yield index, " ".join(cell.value.split()), plain(cell.value)
