"""The spreadsheet as a whole: which rows go on, which wait, and what QA is told, by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest

from automation.documents.workbook import read_workbook
from automation.domain.allocation import Status
from automation.domain.allocation_sheet import Parsed, parse
from automation.domain.calendar import WorkingCalendar
from automation.domain.columns import LAYOUTS, Columns
from automation.domain.ids import RoundId, StaffKey, TeamName
from automation.domain.problem import Problem, stopping
from automation.domain.sheet import Cell, Row, Sheet, Value, WorkbookCells
from tests.support.sample_council import (
    DOMAIN,
    MUST_AUDIT,
    ROLES,
    WIDTH,
    Council,
    sample_columns,
    sample_workbook,
)
from tests.support.sample_faults import (
    CONFLICTS,
    EXPECTED,
    Fault,
    faulty_workbook,
    renamed_sheet,
    without_column,
)

COLUMNS = sample_columns()
TODAY = date(2026, 11, 2)
Values = Mapping[str, Value]
NOVEMBER = RoundId("2026-11")


def parsed(cells: WorkbookCells, columns: Columns = COLUMNS, today: date = TODAY) -> Parsed:
    return parse(
        cells,
        columns,
        WorkingCalendar(),
        case_number_width=WIDTH,
        domains=frozenset([DOMAIN]),
        roles=frozenset(ROLES),
        today=today,
    )


def cells_of(content: bytes, name: str = "allocations.xlsx") -> WorkbookCells:
    return read_workbook(name, content)


SAMPLE = cells_of(sample_workbook())
STAFF = (
    ("K1", "Ana Obi", "ana.obi", "Team Manager", "North", "K4", None),
    ("K2", "Ben Roy", "ben.roy", "Social Worker", "North", "K1", None),
    ("K3", "Cat Lee", "cat.lee", "Team Manager", "South", "K4", None),
    ("K4", "Dan Poe", "dan.poe", "Service Manager", None, "None", None),
    ("K5", "Eve Ash", "eve.ash", "Social Worker", "South", "K3", date(2026, 10, 20)),
)
GOOD: dict[str, Value] = {
    "round": "2026-11",
    "case_number": "00000001",
    "team": "North",
    "social_worker": "Ben Roy",
    "auditor": "Cat Lee",
}


def small(*rows: Values, calendar: Sequence[Values] = ()) -> WorkbookCells:
    """A workbook of two teams; each row is GOOD with changes."""
    staff = [
        {
            "key": key,
            "name": name,
            "address": f"{local}@{DOMAIN}",
            "role": role,
            "team": team,
            "line_manager": manager,
            "left_on": left,
        }
        for key, name, local, role, team, manager, left in STAFF
    ]
    teams = [
        {"team": team, "service": "All", "manager": manager, "service_manager": "K4", "head_of_service": "K4"}
        for team, manager in (("North", "K1"), ("South", "K3"))
    ]
    allocations = [{**GOOD, "case_number": f"{number:08d}", **row} for number, row in enumerate(rows, 1)]
    filled: dict[str, Sequence[Values]] = {
        "allocations": allocations,
        "staff": staff,
        "teams": teams,
        "calendar": calendar,
    }
    return WorkbookCells(
        "small.xlsx",
        {layout.name: sheet_of(layout.name, layout.key, filled[layout.key]) for layout in LAYOUTS},
    )


def sheet_of(name: str, key: str, rows: Sequence[Values]) -> Sheet:
    columns = next(layout.columns for layout in LAYOUTS if layout.key == key)
    values: list[list[Value]] = [
        [column.header for column in columns],
        *[[row.get(c.key) for c in columns] for row in rows],
    ]
    return Sheet(
        name,
        tuple(
            Row(number, tuple(Cell(f"{chr(65 + i)}{number}", value) for i, value in enumerate(row)))
            for number, row in enumerate(values, start=1)
        ),
    )


def told(*rows: Values, today: date = TODAY) -> list[Problem]:
    return list(parsed(small(*rows), today=today).problems)


def test_the_sample_council_reads_without_a_problem() -> None:
    found = parsed(SAMPLE)
    assert found.problems == ()
    assert found.rounds == {"2026-10", "2026-11"}
    assert (len(found.rows(RoundId("2026-10"))), len(found.rows(NOVEMBER))) == (101, 105)
    assert found.special_rounds[RoundId("2026-08")].skipped == "No audits in August"


def test_the_sample_council_is_the_size_of_a_real_one_and_everyone_audits_once() -> None:
    council, found = Council(), parsed(SAMPLE)
    assert (len(council.members), len(found.organisation.teams)) == (120, 14)
    november = [one for one in found.allocations if one.round == NOVEMBER]
    must_audit = {one.key for one in found.organisation.in_roles(frozenset(MUST_AUDIT), TODAY)}
    assert len(must_audit) == 101
    assert sorted(one.auditor or "" for one in november if one.status.sends) == sorted(must_audit)
    later = {Status.SEND_LATE, Status.COMPLETED_ON_PAPER, Status.CLOSED, Status.TAKE_CORRECTION}
    assert {one.status for one in november} == set(Status) - later


def test_a_row_is_read_into_an_allocation_with_everything_it_says() -> None:
    row: dict[str, Value] = {
        "plan_type": "child in NEED",
        "social_worker": "Ben Roy (K2)",
        "previous_worker": "k5",
        "auditor": f"cat.lee@{DOMAIN}",
        "reallocated_on": date(2026, 10, 20),
        "reviewer": "Dan Poe",
        "moderator": "K1",
        "delegate": "ana obi",
        "extension": date(2026, 12, 4),
        "extension_approved_by": "Head",
        "status": "send LATE",
        "reason": "why",
        "notes": "never copied",
    }
    (found,) = parsed(small(row)).allocations
    assert (found.round, found.case_number, found.plan_type, found.team, found.row) == (
        "2026-11",
        "00000001",
        "Child in need",
        "North",
        2,
    )
    assert (found.auditor, found.social_worker, found.previous_worker, found.reviewer) == (
        "K3",
        "K2",
        "K5",
        "K4",
    )
    assert (found.moderator, found.delegate, found.reallocated_on) == ("K1", "K1", date(2026, 10, 20))
    assert (found.extension, found.extension_approved_by) == (date(2026, 12, 4), "Head")
    assert (found.status, found.exempt_reason) == (Status.SEND_LATE, "why")
    assert "never copied" not in repr(found)


def matches(fault: Fault, problem: Problem) -> bool:
    place, _, refs = problem.where.removeprefix("faults.xlsx, sheet ").partition(", ")
    cells = refs.replace(" and ", ", ").split(", ")
    return (
        place == fault.sheet
        and fault.cell in cells
        and fault.what in problem.what
        and fault.stops == problem.stops
    )


def test_every_fault_is_told_by_its_cell_and_nothing_else_is() -> None:
    found = parsed(cells_of(faulty_workbook(), "faults.xlsx"))
    assert not found.stops_all
    untold = [fault for fault in EXPECTED if not any(matches(fault, one) for one in found.problems)]
    unasked = [str(one) for one in found.problems if not any(matches(fault, one) for fault in EXPECTED)]
    assert (untold, unasked) == ([], [])
    assert all(problem.remedy for problem in found.problems)


def test_rows_with_a_fault_wait_and_all_the_others_go_on() -> None:
    found = parsed(cells_of(faulty_workbook(), "faults.xlsx"))
    stopped = {one.row for one in stopping(found.problems) if one.row}
    no_auditor = {4}
    assert {one.row for one in found.waiting} == stopped - no_auditor
    good = {one.row for one in found.allocations}
    assert good.isdisjoint(stopped - no_auditor)
    assert len(good) > 60
    assert good | {one.row for one in found.waiting} == set(range(2, max(good) + 1))
    assert set(CONFLICTS.values()) <= good


def test_a_problem_of_another_sheet_claims_no_row_of_the_allocations() -> None:
    found = parsed(cells_of(faulty_workbook(), "faults.xlsx"))
    assert {one.row for one in found.problems if "sheet Allocations" not in one.where} == {0}


@pytest.mark.parametrize(
    ("header", "instead", "what"),
    [
        ("Auditor", "Auditer", "There is no column ‘Auditor’. The nearest header is ‘Auditer’"),
        ("Status", "Stage", "There is no column ‘Status’"),
        ("Previous social worker", "Team", "There is no column ‘Previous social worker’"),
    ],
)
def test_a_missing_required_column_stops_everything_and_names_the_nearest(
    header: str, instead: str, what: str
) -> None:
    found = parsed(cells_of(without_column(sample_workbook(), "Allocations", header, instead)))
    assert found.stops_all
    assert not found.allocations
    assert any(what in one.what for one in stopping(found.problems))


def test_a_missing_optional_column_stops_nothing_and_is_told_where_a_header_is_like_it() -> None:
    content = sample_workbook()
    gone = parsed(cells_of(without_column(content, "Allocations", "Moderator", "RAG")))
    assert (gone.stops_all, gone.problems) == (False, ())
    misspelt = parsed(cells_of(without_column(content, "Allocations", "Moderator", "Moderater")))
    (problem,) = misspelt.problems
    assert (problem.stops, "‘Moderater’" in problem.what) == (False, True)


def test_a_column_twice_stops_everything_because_nobody_can_tell_which_is_meant() -> None:
    found = parsed(cells_of(without_column(sample_workbook(), "Allocations", "Notes", "AUDITOR")))
    assert found.stops_all
    assert "I1 and Q1" in found.problems[0].where


def test_a_missing_sheet_stops_everything_and_names_the_nearest() -> None:
    found = parsed(cells_of(renamed_sheet(sample_workbook(), "Allocations", "Alocatons")))
    assert found.stops_all
    assert "no sheet ‘Allocations’. The nearest is ‘Alocatons’" in found.problems[0].what


@pytest.mark.parametrize("sheet", ["Staff", "Teams", "Calendar"])
def test_no_sheet_can_be_left_out(sheet: str) -> None:
    cells = WorkbookCells("a.xlsx", {name: one for name, one in SAMPLE.sheets.items() if name != sheet})
    assert parsed(cells).stops_all


def test_a_sheet_without_rows_is_a_problem_and_not_an_empty_month() -> None:
    found = parsed(small())
    assert found.stops_all
    assert "no rows" in found.problems[0].what


def test_headers_may_stand_lower_be_moved_and_have_the_councils_names() -> None:
    cells = small({})
    allocations = cells.sheets["Allocations"]
    moved = tuple(
        Row(
            row.number + 2,
            tuple(
                cell._replace(ref=f"{chr(65 + i)}{row.number + 2}")
                for i, cell in enumerate(reversed(row.cells))
            ),
        )
        for row in allocations.rows
    )
    title = Row(1, (Cell("A1", "Audits for November, by team"),))
    sheets = {**cells.sheets, "Allocations": Sheet("Allocations", (title, *moved))}
    found = parsed(WorkbookCells("small.xlsx", sheets))
    assert found.problems == ()
    assert found.allocations[0].row == 4
    assert found.where(4, "auditor") == "small.xlsx, sheet Allocations, I4"
    assert found.where(4, "nothing") == "small.xlsx, sheet Allocations, row 4"


def test_a_row_without_an_auditor_is_an_allocation_without_one_and_a_problem() -> None:
    found = parsed(small({"auditor": None}, {"auditor": "Vacant"}))
    assert [one.auditor for one in found.allocations] == [None, None]
    assert [(one.where, "case-audit propose" in one.remedy) for one in stopping(found.problems)] == [
        ("small.xlsx, sheet Allocations, I2", True),
        ("small.xlsx, sheet Allocations, I3", True),
    ]


@pytest.mark.parametrize("status", ["Exempt", "Withdrawn", "Held", "Restricted"])
def test_a_row_that_sends_nothing_needs_no_auditor_and_may_name_who_has_left(status: str) -> None:
    row: dict[str, Value] = {"auditor": None, "social_worker": "Eve Ash", "status": status, "reason": "why"}
    assert told(row) == []


def test_an_audit_done_on_paper_needs_its_auditor() -> None:
    (problem,) = told({"auditor": None, "status": "Completed on paper", "reason": "done"})
    assert problem.what == "There is no auditor."


def test_who_left_before_the_round_ends_stops_a_row_from_the_day_after_only() -> None:
    leaver = {"round": "2026-10", "social_worker": "Eve Ash"}
    assert told(leaver, today=date(2026, 10, 20)) == []
    (problem,) = told(leaver, today=date(2026, 10, 21))
    assert "left on 20 October 2026: this needs re-allocation" in problem.what
    assert told({"round": "2026-09", "social_worker": "Eve Ash"}, today=TODAY) == []
    assert told({"previous_worker": "Eve Ash"}) == []


@pytest.mark.parametrize("word", ["Vacant", "agency", "AGENCY WORKER", "Unallocated"])
def test_a_vacant_post_is_nobody_and_no_problem(word: str) -> None:
    found = parsed(small({"social_worker": word}))
    assert (found.problems, found.allocations[0].social_worker) == ((), None)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (41, "00000041"),
        ("41", "00000041"),
        ("123456789", "123456789"),
        ("P-41/2", "P-41/2"),
        ("00000041", "00000041"),
    ],
)
def test_a_case_number_has_its_zeros_back_and_is_otherwise_as_written(written: Value, number: str) -> None:
    assert parsed(small({"case_number": written})).allocations[0].case_number == number


@pytest.mark.parametrize("written", ["Jo Smith", "JS", "41 (J)", "41\r\nBcc: x", "=41", 41.5e-3, "4" * 25])
def test_what_could_be_a_name_is_no_case_number_and_is_not_repeated(written: Value) -> None:
    found = parsed(small({"case_number": written}))
    assert len(found.waiting) == 1
    assert found.waiting[0].case_number is None
    assert str(written) not in " ".join(map(str, found.problems))


def test_lost_zeros_in_every_row_are_told_once() -> None:
    problems = [one for one in told(*[{"case_number": n} for n in range(100, 110)]) if "zeros" in one.what]
    assert len(problems) == 1
    assert (problems[0].where, problems[0].row) == (
        "small.xlsx, sheet Allocations, B2, B3, B4, B5, B6 and 5 more",
        0,
    )


def test_stray_spaces_are_mended_and_told_once_for_each_cell() -> None:
    found = parsed(small({"social_worker": "Ben\u00a0Roy ", "team": " North"}))
    assert found.allocations[0].social_worker == "K2"
    (problem,) = found.problems
    assert (problem.where, problem.row, problem.stops) == (
        "small.xlsx, sheet Allocations, D2 and E2",
        2,
        False,
    )


def test_a_case_twice_in_a_round_waits_in_both_rows_unless_one_was_withdrawn() -> None:
    twice: dict[str, Value] = {"case_number": "7"}
    assert [one.row for one in parsed(small(twice, twice)).waiting] == [2, 3]
    withdrawn = twice | {"status": "Withdrawn", "reason": "Closed", "auditor": None}
    found = parsed(small(twice, withdrawn))
    assert (found.waiting, stopping(found.problems)) == ((), ())


def test_a_case_audited_again_is_warned_of_for_twelve_months_and_not_thirteen() -> None:
    now: dict[str, Value] = {"case_number": "7"}
    for earlier, warned in (("2026-10", True), ("2025-11", True), ("2025-10", False), ("2026-12", False)):
        problems = told(now | {"round": earlier, "auditor": "Dan Poe"}, now)
        assert [("also audited" in one.what, one.row, one.stops) for one in problems if one.row == 3] == [
            (True, 3, False)
        ] * warned


def test_a_column_about_children_is_never_copied_anywhere() -> None:
    cells = small({})
    sheet = cells.sheets["Allocations"]
    for header in ("Child's name", "Name of young person", "INITIALS", "Child D.O.B.", "dob"):
        rows = (
            replace(sheet.rows[0], cells=(*sheet.rows[0].cells, Cell("Q1", header))),
            replace(sheet.rows[1], cells=(*sheet.rows[1].cells, Cell("Q2", "CANARY"))),
        )
        found = parsed(WorkbookCells("a.xlsx", {**cells.sheets, "Allocations": Sheet("Allocations", rows)}))
        assert [(one.where, one.stops) for one in found.problems] == [
            ("a.xlsx, sheet Allocations, Q1", False)
        ]
        assert "CANARY" not in repr(found)


def test_a_round_that_the_calendar_cannot_tell_stops_everything() -> None:
    found = parsed(small({}, calendar=[{"round": "Agust", "kind": "No round"}]))
    assert found.stops_all
    assert "sheet Calendar, A2" in found.problems[0].where


def test_special_rounds_have_their_own_dates_and_their_rows_are_known_by_name() -> None:
    ad_hoc: dict[str, Value] = {
        "round": "2026-11-DIP",
        "name": "Dip sample",
        "kind": "ad hoc",
        "first": date(2026, 11, 7),
        "last": date(2026, 11, 20),
    }
    december: dict[str, Value] = {"round": "Dec 2026", "kind": "Month", "due": date(2026, 12, 18)}
    found = parsed(small({"round": "dip sample"}, calendar=[ad_hoc, december]))
    assert found.problems == ()
    assert found.allocations[0].round == "2026-11-DIP"
    dip, month = found.special_rounds[RoundId("2026-11-DIP")], found.special_rounds[RoundId("2026-12")]
    assert (dip.name, dip.start, dip.due) == ("Dip sample", date(2026, 11, 9), date(2026, 11, 20))
    assert (month.name, month.start, month.due) == ("December 2026", date(2026, 12, 1), date(2026, 12, 18))


def test_a_bad_staff_row_makes_the_rows_that_name_the_person_wait_and_points_there() -> None:
    cells = small({}, {"auditor": "Dan Poe"})
    staff = cells.sheets["Staff"].rows
    broken = replace(
        staff[3], cells=tuple(c._replace(value="x@y") if c.ref == "C4" else c for c in staff[3].cells)
    )
    sheets = {**cells.sheets, "Staff": Sheet("Staff", (*staff[:3], broken, *staff[4:]))}
    found = parsed(WorkbookCells("small.xlsx", sheets))
    assert StaffKey("K3") not in found.organisation.people
    assert [one.row for one in found.waiting] == [2]
    assert any(
        "problem in small.xlsx, sheet Staff, C4" in one.what and one.row == 2 for one in found.problems
    )
    # The same person manages South: who may not audit there cannot be told, so the team waits too.
    assert TeamName("South") not in found.organisation.teams
