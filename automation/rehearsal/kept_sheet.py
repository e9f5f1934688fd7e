"""What QA keeps up in the rehearsal's own copy of the sheet: a manager's successor, a case's new team, and
concerns that were dealt with. Each follows from the store alone, so that doing it twice changes nothing
more."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from ..adapters.disk import write_whole
from ..documents.edited_workbook import with_cells
from ..documents.workbook import read_workbook
from ..domain.audit import Audit
from ..domain.calendar import Round, WorkingCalendar
from ..domain.columns import ALLOCATIONS, STAFF, TEAMS, Columns
from ..domain.conflict import conflicts
from ..domain.grading import declares_concern
from ..domain.ids import StaffKey
from ..domain.people import Organisation, Person, Team
from ..domain.sheet import WorkbookCells
from ..ports import Store
from ..settings import Settings
from .leaver import cell_of

Changes = dict[tuple[str, str], str | date]

_CONFIRMED_AFTER = 2
"""Somebody confirms so many working days after a concern came that the child is safe."""


def let_a_manager_leave(workbook: Path, settings: Settings, store: Store, round_: Round, day: date) -> str:
    """The team manager who was asked about most open actions left yesterday, and a colleague of the team has
    their place. Returns the leaver's staff key, empty where nobody can take the place."""
    organisation = store.organisation()
    audits = {one.reference: one for one in store.audits([round_.id])}
    asked = Counter(
        one.manager for one in store.actions(list(audits)) if one.state == "open" and one.manager is not None
    )
    busy = {one.allocation.auditor for one in audits.values() if one.sends}
    for key, _ in sorted(asked.items(), key=lambda pair: (-pair[1], pair[0])):
        teams = [one for one in organisation.teams.values() if one.manager == key]
        successor = _successor(organisation, teams, settings, day) if len(teams) == 1 else None
        leaver = organisation.person(key)
        if successor is not None and leaver is not None and key not in busy:
            content = workbook.read_bytes()
            cells = read_workbook(workbook.name, content)
            changes = _handed_over(cells, settings.columns, organisation, leaver, successor, teams[0])
            staff = cell_of(cells, settings.columns, STAFF, "key", key, "left_on")
            changes[staff] = day - timedelta(days=1)
            write_whole(workbook, with_cells(content, changes))
            return key
    return ""


def _successor(organisation: Organisation, teams: list[Team], settings: Settings, day: date) -> Person | None:
    """The first of the team who audits, besides its manager."""
    colleagues = organisation.in_roles(settings.rules.must_audit, day)
    return next(
        (one for one in colleagues if one.team == teams[0].name and one.key != teams[0].manager), None
    )


def _handed_over(
    cells: WorkbookCells,
    columns: Columns,
    organisation: Organisation,
    leaver: Person,
    successor: Person,
    team: Team,
) -> Changes:
    def staff(key: StaffKey, wanted: str) -> tuple[str, str]:
        return cell_of(cells, columns, STAFF, "key", key, wanted)

    name = f"{successor.name} ({successor.key})"
    changes: Changes = {
        cell_of(cells, columns, TEAMS, "team", team.name, "manager"): name,
        staff(successor.key, "role"): leaver.role,
    }
    for one in organisation.people.values():
        if one.line_manager == leaver.key and one.key != successor.key:
            changes[staff(one.key, "line_manager")] = name
    above = organisation.person(leaver.line_manager)
    if above is not None:
        changes[staff(successor.key, "line_manager")] = f"{above.name} ({above.key})"
    return changes


def let_a_case_move(workbook: Path, settings: Settings, store: Store, round_: Round, day: date) -> str:
    """A case with open actions has gone to another team, and to a social worker there: QA writes that into
    its row. It is the first case whose auditor has no conflict with the new team. Returns its audit's
    reference, empty where no case can move."""
    organisation = store.organisation()
    asked = {one.reference for one in store.actions() if one.state == "open" and one.manager}
    for audit in store.audits([round_.id]):
        # What came back late is still being shared: it would go to both teams.
        if audit.reference not in asked or audit.received is None or audit.received.on > round_.due:
            continue
        moved = next(_moves(audit, settings, organisation, day), None)
        if moved is not None:
            content = workbook.read_bytes()
            cells, row = read_workbook(workbook.name, content), str(audit.allocation.row)
            changes: Changes = {
                cell_of(cells, settings.columns, ALLOCATIONS, "", row, wanted): words
                for wanted, words in zip(("team", "social_worker"), moved, strict=True)
            }
            write_whole(workbook, with_cells(content, changes))
            return audit.reference
    return ""


def _moves(
    audit: Audit, settings: Settings, organisation: Organisation, day: date
) -> Iterator[tuple[str, str]]:
    """The teams that a case can move to, by name, each with a colleague there of its social worker's role."""
    row, rules = audit.allocation, settings.rules.conflicts
    before, worker = organisation.teams.get(row.team), organisation.person(row.social_worker)
    if before is None or worker is None or row.auditor is None:
        return
    colleagues = organisation.in_roles(frozenset([worker.role]), day)
    for name, team in sorted(organisation.teams.items()):
        new = next((one for one in colleagues if one.team == name), None)
        if new is None or team.manager in (None, before.manager):
            continue
        if not conflicts(replace(row, team=name, social_worker=new.key), row.auditor, organisation, rules):
            yield name, f"{new.name} ({new.key})"


def confirm_concerns(
    workbook: Path, settings: Settings, audits: Collection[Audit], working: WorkingCalendar, day: date
) -> None:
    """Write the day into the row of each audit whose concern came some working days ago."""
    rows = list(_to_confirm(audits, working, day))
    if not rows:
        return
    content = workbook.read_bytes()
    cells = read_workbook(workbook.name, content)
    changes: Changes = {}
    for row in rows:
        try:
            place = cell_of(cells, settings.columns, ALLOCATIONS, "", str(row), "concern_confirmed")
        except KeyError:
            return  # a council's sheet may do without that column
        changes[place] = day - timedelta(days=1)
    write_whole(workbook, with_cells(content, changes))


def _to_confirm(audits: Collection[Audit], working: WorkingCalendar, day: date) -> Iterator[int]:
    for one in audits:
        received, known = one.received, one.allocation.concern_confirmed
        if received is None or known is not None or not declares_concern(received.answers):
            continue
        if working.working_days_between(received.on, day) >= _CONFIRMED_AFTER:
            yield one.allocation.row
