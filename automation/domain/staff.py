"""The Staff and Teams sheets: who works here, and who a name in a cell means.

A person whose row has a problem cannot be used until it is mended: nobody guesses who or where they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from .address import read_address
from .columns import STAFF, Columns, nearest, plain
from .directory import Directory, Known, Unfound, left
from .ids import StaffKey, TeamName
from .people import Organisation, Person, Team
from .reading import RowReading, SheetReading, Spellings, spelt

_NOBODY = "none"
"""What the Line manager column says where there is nobody."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """What the two sheets say. `bad_teams` maps a team that cannot be used to the place to mend."""

    organisation: Organisation
    directory: Directory
    bad_teams: Mapping[TeamName, str]
    names: Spellings
    """Of all teams, the good ones first."""

    def team(self, text: str) -> TeamName | Unfound:
        """The team that the text names, or why it cannot be used."""
        name = self.names.find(text)
        if name is None:
            near = self.names.nearest(text)
            hint = f" The nearest is ‘{near}’." if near else ""
            return Unfound(f"‘{text}’ is not in Teams.{hint}", "Correct the name, or add the team to Teams.")
        if fault := self.bad_teams.get(TeamName(name)):
            return Unfound(f"Team ‘{name}’ cannot be used: there is a problem in {fault}.", "Mend that row.")
        return TeamName(name)


def read_staffing(
    staff: SheetReading,
    teams: SheetReading,
    columns: Columns,
    domains: frozenset[str],
    roles: frozenset[str],
    today: date,
) -> Staffing:
    """Everyone and every team. Problems go to the two readings.

    A wrong key, name, address, team or date makes the person unusable, a wrong team manager the team.
    A line manager who cannot be told is left out with a warning: reminders then go without a copy.
    """
    team_rows = list(teams.each_row())
    team_names = Spellings(name for row in team_rows if (name := row.text("team")))
    rows = list(staff.each_row())
    drafts = [_read_person(row, columns, domains, roles, team_names) for row in rows]
    _refuse_shared(rows, drafts, "key", "staff key", lambda person: plain(person.key))
    _refuse_shared(rows, drafts, "address", "address", lambda person: person.address.lower())
    directory = Directory(_known(row, person) for row, person in zip(rows, drafts, strict=True))
    people: dict[StaffKey, Person] = {}
    for row, person in zip(rows, drafts, strict=True):
        if not row.stopped:
            manager = _line_manager(row, person, directory, today)
            people[person.key] = replace(person, line_manager=manager)
    good, bad = _read_teams(team_rows, directory, today)
    if not rows:
        staff.stops_all = True
        staff.fault("", "The sheet holds nobody.", "Add everyone who audits, holds cases or manages.")
    return Staffing(Organisation(people, good), directory, bad, Spellings([*good, *bad]))


def _read_person(
    row: RowReading,
    columns: Columns,
    domains: frozenset[str],
    roles: frozenset[str],
    team_names: Spellings,
) -> Person:
    """The row as a person. Whether it can be used is whether the row has stopped."""
    for key in ("key", "name", "role"):
        if not row.text(key) and not row.unreadable(key):
            header = next(one.header for one in STAFF.columns if one.key == key)
            row.refuse(key, f"There is no {header.lower()}.", "Fill the cell.")
    team = row.text("team")
    if team and team_names.find(team) is None:
        near = team_names.nearest(team)
        hint = f" The nearest is ‘{near}’." if near else ""
        row.refuse("team", f"‘{team}’ is not in Teams.{hint}", "Correct the name, or add the team to Teams.")
    return Person(
        key=StaffKey(row.text("key")),
        name=row.text("name"),
        address=_read_address(row, columns, domains),
        role=_read_role(row, roles),
        team=TeamName(team_names.find(team) or "") or None,
        service=row.text("service"),
        left_on=row.day("left_on"),
        exempt_from=row.day("exempt_from"),
        exempt_until=row.day("exempt_until"),
        exempt_reason=row.text("exempt_reason"),
    )


def _read_address(row: RowReading, columns: Columns, domains: frozenset[str]) -> str:
    value = row.value("address")
    if value is None:
        if not row.unreadable("address"):
            row.refuse("address", "There is no e-mail address.", "Fill the cell.")
        return ""
    read = read_address(str(value), domains, columns.group_words)
    if read.fault:
        row.refuse("address", read.fault, read.remedy)
    elif read.mended:
        row.mention("address", "Spaces or signs around the address were left out.")
    return read.address


def _read_role(row: RowReading, roles: frozenset[str]) -> str:
    text = row.text("role")
    role = spelt(text, sorted(roles))
    if role is None and text:
        near = nearest(text, sorted(roles))
        hint = f" The nearest is ‘{near}’." if near else ""
        row.refuse("role", f"‘{text}’ is not a known role.{hint}", "Choose a role from the list.")
    return role or text


def _refuse_shared(
    rows: list[RowReading], drafts: list[Person], key: str, word: str, same: Callable[[Person], str]
) -> None:
    holders: dict[str, list[RowReading]] = {}
    for row, person in zip(rows, drafts, strict=True):
        if same(person):
            holders.setdefault(same(person), []).append(row)
    for group in holders.values():
        for row in group if len(group) > 1 else ():
            others = ", ".join(other.ref(key) for other in group if other is not row)
            row.refuse(key, f"This {word} is also in {others}.", f"Give each person their own {word}.")


def _known(row: RowReading, person: Person) -> Known:
    if not row.stopped:
        return Known(person.key, person.name, person.address, person)
    fault = next(one.where for one in row.sheet.faults if one.row == row.number and one.stops)
    return Known(person.key, person.name, person.address, None, fault)


def _line_manager(row: RowReading, person: Person, directory: Directory, today: date) -> StaffKey | None:
    text = row.text("line_manager")
    if plain(text) == _NOBODY:
        return None
    without = "Reminders go without a copy."
    if not text:
        row.warn(
            "line_manager",
            f"There is no line manager. {without}",
            "Fill the cell, or write None where there is nobody.",
        )
        return None
    manager = _serving(row, "line_manager", text, directory, today, f" {without}")
    if manager == person.key:
        row.warn("line_manager", f"This is the person's own name. {without}", "Name the line manager.")
        return None
    return manager


def _serving(
    row: RowReading, key: str, text: str, directory: Directory, today: date, effect: str
) -> StaffKey | None:
    """The person the text means, if still employed; else None, with a warning."""
    found = directory.find(text)
    if isinstance(found, Unfound):
        row.warn(key, found.what + effect, found.remedy)
    elif not found.employed(today):
        row.warn(key, f"‘{text}’ {left(found)}.{effect}", "Name the successor.")
    else:
        return found.key
    return None


def _read_teams(
    rows: list[RowReading], directory: Directory, today: date
) -> tuple[dict[TeamName, Team], dict[TeamName, str]]:
    good: dict[TeamName, Team] = {}
    bad: dict[TeamName, str] = {}
    seen = Spellings(())
    for row in rows:
        name = TeamName(row.text("team"))
        if not name:
            row.refuse("team", "There is no team name.", "Fill the cell.")
            continue
        if twin := seen.find(name):
            row.refuse("team", f"The team ‘{name}’ is here twice.", "Delete one of the rows.")
            good.pop(TeamName(twin), None)
            name = TeamName(twin)
        else:
            team = Team(
                name,
                row.text("service"),
                manager=_team_manager(row, directory, today),
                service_manager=_above(row, "service_manager", "service manager", directory, today),
                head_of_service=_above(row, "head_of_service", "head of service", directory, today),
            )
            if not row.stopped:
                good[name] = team
        seen.add(name)
        if row.stopped:
            bad[name] = row.sheet.place(row.ref("team"))
    return good, bad


def _team_manager(row: RowReading, directory: Directory, today: date) -> StaffKey | None:
    """A team manager who is not known blinds the check that nobody audits their own team: the team waits."""
    text = row.text("manager")
    found = directory.find(text) if text else None
    if isinstance(found, Unfound):
        row.refuse("manager", found.what, found.remedy)
        return None
    return _above(row, "manager", "team manager", directory, today)


def _above(row: RowReading, key: str, word: str, directory: Directory, today: date) -> StaffKey | None:
    text = row.text(key)
    if text:
        return _serving(row, key, text, directory, today, f" Messages go without the {word}.")
    row.warn(key, f"There is no {word}. Messages go without one.", "Fill the cell.")
    return None
