"""`case-audit propose`: auditors for the cases that have none, in a new workbook beside the old one."""

from collections.abc import Iterator
from pathlib import Path

from .documents.new_workbook import with_proposals
from .domain.calendar import Calendar
from .domain.ids import RoundId
from .domain.problem import Problem
from .domain.proposal import Proposals, propose
from .jobs.allocate import SheetToday, read_sheet
from .lines import Told, problem_lines
from .outside import trial
from .ports import Clock
from .service import Service, save_new
from .settings import Settings


def propose_into(settings: Settings, wanted: RoundId | None, clock: Clock, out: Path | None) -> Told:
    """Write a copy of the sheet with auditors proposed. The sheet itself is left alone."""
    with trial(settings) as (ports, _):
        this = Service(settings, ports).this_pass(clock)
        copy = ports.workbook.read()
        sheet = read_sheet(this, copy, (), None)
    if isinstance(sheet, Problem):
        return Told(tuple(problem_lines([sheet])), 1)
    if sheet.parsed.stops_all:
        return Told(tuple(problem_lines(sheet.problems)), 1)
    calendar = Calendar(this.working, sheet.parsed.special_rounds)
    round_id = wanted or _next_without(sheet, calendar, clock)
    if round_id is None:
        return Told(("Every case has an auditor. There is nothing to propose.",))
    target = out or settings.path(settings.workbook.path).with_name(
        f"{Path(copy.name).stem}-proposed-{round_id}.xlsx"
    )
    if target.exists():
        return Told((), 2, (f"{target} is there already. Move it away, or name another with --out.",))
    try:
        start = calendar.round(round_id).start
    except ValueError as error:
        return Told((), 2, (f"{error}. Write a month such as 2026-12, or add the round there.",))
    rows = [a for a in sheet.parsed.allocations if a.round == round_id]
    earlier = [a for a in sheet.parsed.allocations if a.round < round_id]
    proposals = propose(
        rows,
        earlier,
        sheet.parsed.organisation,
        settings.rules.must_audit,
        settings.rules.conflicts,
        start,
        settings.rules.pairing_rounds,
    )
    if not proposals.made and not proposals.unfilled:
        return Told((f"Every case of {round_id} has an auditor. There is nothing to propose.",))
    filled = [(one.row, f"{one.auditor.name} ({one.auditor.key})", one.reason) for one in proposals.made]
    save_new(target, with_proposals(copy.name, copy.content, filled, settings.columns))
    return Told(
        (*_lines(proposals), f"Written to {target}. {copy.name} is as it was."), int(bool(proposals.unfilled))
    )


def _next_without(sheet: SheetToday, calendar: Calendar, clock: Clock) -> RoundId | None:
    """The earliest round that is not over and has a row without an auditor."""
    lacking = {a.round for a in sheet.parsed.allocations if a.auditor is None and a.status.sends}
    open_ = [one for one in lacking if calendar.round(one).due >= clock.today()]
    return min(open_, default=None)


def _lines(proposals: Proposals) -> Iterator[str]:
    yield f"{len(proposals.made)} auditors proposed, {len(proposals.unfilled)} cases without one."
    for one in proposals.made:
        yield f"  row {one.row}, case {one.case_number}: {one.auditor.name} ({one.auditor.key}). {one.reason}"
    for none in proposals.unfilled:
        yield f"  row {none.row}, case {none.case_number}: nobody. {none.why}"
    if proposals.idle:
        yield f"{len(proposals.idle)} people in auditing roles have no audit in this round:"
        yield from (f"  {person.name} ({person.key}), {person.role}" for person in proposals.idle)
