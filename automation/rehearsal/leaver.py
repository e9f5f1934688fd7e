"""Somebody leaves in the middle of the round: QA notes it in the sheet and names another auditor."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from ..adapters.disk import write_whole
from ..documents.edited_workbook import with_cells
from ..documents.workbook import read_workbook
from ..domain.audit import Audit
from ..domain.calendar import Round
from ..domain.columns import ALLOCATIONS, STAFF, Columns, Layout, find_headings, find_sheet
from ..domain.conflict import conflicts
from ..domain.people import Person
from ..domain.proposal import propose
from ..domain.sheet import WorkbookCells
from ..ports import Store
from ..settings import Settings


def let_somebody_leave(workbook: Path, settings: Settings, store: Store, round_: Round, day: date) -> str:
    """Change the rehearsal's own copy of the sheet: an auditor who has returned nothing left yesterday,
    and a colleague without a conflict takes the case over. Returns the audit's reference, empty where
    nobody can take it over. It follows from the store alone, so doing it twice changes nothing more."""
    audits = store.audits([round_.id])
    workers = {a.allocation.social_worker for a in audits} | {a.allocation.previous_worker for a in audits}
    waiting = [
        a
        for a in audits
        if a.sends and a.allocation.extension is None and a.allocation.auditor not in workers
    ]
    for audit in sorted(waiting, key=lambda a: (a.reference < f"CFA-{round_.id}-021", a.reference)):
        successor = _successor(audit, audits, settings, store, day)
        leaver = audit.allocation.auditor
        if successor is not None and leaver is not None:
            content = workbook.read_bytes()
            cells = read_workbook(workbook.name, content)
            columns = settings.columns
            changes: Mapping[tuple[str, str], str | date] = {
                cell_of(cells, columns, STAFF, "key", leaver, "left_on"): day - timedelta(days=1),
                cell_of(
                    cells, columns, ALLOCATIONS, "", str(audit.allocation.row), "auditor"
                ): f"{successor.name} ({successor.key})",
            }
            write_whole(workbook, with_cells(content, changes))
            return audit.reference
    return ""


def _successor(
    audit: Audit, audits: tuple[Audit, ...], settings: Settings, store: Store, day: date
) -> Person | None:
    """Whoever the proposals name; where everybody has an audit, the first colleague without a conflict."""
    rules, organisation = settings.rules, store.organisation()
    gone = organisation.person(audit.allocation.auditor)
    if gone is not None:
        left = replace(gone, left_on=day - timedelta(days=1))
        organisation = replace(organisation, people={**organisation.people, gone.key: left})
    rows = [a.allocation if a is not audit else replace(a.allocation, auditor=None) for a in audits]
    made = propose(rows, (), organisation, rules.must_audit, rules.conflicts, day).made
    if made:
        return made[0].auditor
    for person in organisation.in_roles(rules.must_audit, day):
        if not person.exempt(day) and not conflicts(
            audit.allocation, person.key, organisation, rules.conflicts
        ):
            return person
    return None


def cell_of(
    cells: WorkbookCells, columns: Columns, layout: Layout, key: str, value: str, wanted: str
) -> tuple[str, str]:
    """The sheet and address of a column's cell, in the row whose `key` column holds `value` (or, without
    a key, the row with that number)."""
    sheet = find_sheet(cells, layout, columns)
    assert sheet is not None
    headings = find_headings(sheet, layout, columns)
    letters = headings.refs[wanted].rstrip("0123456789")
    for row in sheet.rows:
        place = headings.places.get(key, len(row.cells))
        held = row.cells[place].value if place < len(row.cells) else row.number
        if str(held) == value:
            return sheet.name, f"{letters}{row.number}"
    raise LookupError(f"no row {value} in {sheet.name}")
