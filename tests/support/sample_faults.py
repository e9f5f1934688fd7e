"""Makes config/sample/faults.xlsx: Brackenshire with every fault that one spreadsheet can hold.

Each fault names its cell and a piece of what the reader must say about it, written by hand. Rows are
those of the November round, from row 2 of the sheet; the rows after the last fault are sound.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from automation.documents.new_workbook import workbook_bytes

from .sample_council import DOMAIN, Council, Member, Row, Unit, sample_workbook

NBSP = "\u00a0"
KEEP = "keep"
"""Leave the cell as it is: the fault is in how it stands, not in its value."""


@dataclass(frozen=True)
class Fault:
    """One fault: its cell, what is written there, and a piece of the problem expected; empty for none."""

    sheet: str
    cell: str
    value: str | float | date | None
    what: str
    stops: bool = True


def _a(cell: str, value: str | float | date | None, what: str, stops: bool = True) -> Fault:
    return Fault("Allocations", cell, value, what, stops)


def _s(cell: str, value: str | float | date | None, what: str, stops: bool = True) -> Fault:
    return Fault("Staff", cell, value, what, stops)


ALLOCATION_FAULTS: tuple[Fault, ...] = (
    _a("I2", "Gareth Morgin", "‘Gareth Morgin’ is not in Staff. The nearest name is Gareth Morgan (B"),
    _a("I3", "Sarah Khan", "2 people in Staff are called ‘Sarah Khan’"),
    _a("I4", None, "There is no auditor"),
    _a("I5", "Lee Varga", "left on 16 October 2026: this needs re-allocation"),
    _a("A6", "Novembrish", "‘Novembrish’ is not a round"),
    _a("A7", None, "There is no round"),
    _a("A8", "2026-11-DIP", "Round 2026-11-DIP is not in the Calendar sheet"),
    _a("A9", "2026-11-INSP", "Round 2026-11-INSP cannot be used: see faults.xlsx, sheet Calendar, A3"),
    _a("B10", None, "There is no case number"),
    _a("B11", "see file", "This is not a case number"),
    _a("B12", "77000001", "This case is in round 2026-11 more than once: also in B13"),
    _a("B13", "77000001", "This case is in round 2026-11 more than once: also in B12"),
    _a("B14", 412077, "Leading zeros were lost", stops=False),
    _a("B15", f"77000015{NBSP} ", "Stray spaces or invisible signs", stops=False),
    _a("D16", "Looked Aftr Moor", "‘Looked Aftr Moor’ is not in Teams. The nearest is ‘Looked After Moor’"),
    _a("D17", "Night Duty", "‘Night Duty’ cannot be used: there is a problem in faults.xlsx, sheet Teams"),
    _a("E18", None, "There is no social worker"),
    _a("E19", "Lee Varga", "left on 16 October 2026: this needs re-allocation"),
    _a("E20", "#N/A", "The cell shows the error #N/A"),
    _a("I21", '="Tariq"&" Hartley"', "The cell's formula was never calculated"),
    _a("I22", KEEP, "The cell is merged with others", stops=False),
    _a("I23", KEEP, "part of a merged one and empty"),
    _a("G24", "11/25/2026", "looks American"),
    _a("G25", "03/10/2026", "read in UK order as 3 October 2026", stops=False),
    _a("F25", "Gareth Morgan", ""),
    _a("G26", 46300, "The number 46300 was read as 5 October 2026", stops=False),
    _a("F26", "Gareth Morgan", ""),
    _a("G27", "last week", "‘last week’ is not a date"),
    _a("F27", "Gareth Morgan", ""),
    _a("L28", date(2026, 11, 20), "before the round is due on 30 November 2026"),
    _a("M28", "Aisha Clegg", ""),
    _a("L29", date(2026, 12, 11), ""),
    _a("M29", None, "Nobody is named as having approved the extension", stops=False),
    _a("N30", "Withdrawnn", "‘Withdrawnn’ is not a status. The nearest is ‘Withdrawn’"),
    _a("N31", "Exempt", ""),
    _a("P31", None, "No reason is given for ‘Exempt’", stops=False),
    _a("C32", "Shield", "‘Shield’ is not a plan type", stops=False),
    _a("I33", "Gareth Morgan / Grace Jagger", "names more than one person"),
    _a("I34", "Gareth Morgan (B1001)", "does not agree with Staff, where the key B1001 is Tomasz"),
    _a("I35", "Cara Outside", "‘Cara Outside (C07)’ cannot be used: there is a problem in faults.xlsx"),
    _a("I36", "Yusuf Twice", "more than one audit in round 2026-11: also in I37", stops=False),
    _a("I37", "Yusuf Twice", "more than one audit in round 2026-11: also in I36", stops=False),
    _a("A38", "Oct 2026", ""),
    _a("B38", "77000038", ""),
    _a("B39", "77000038", "was also audited in round 2026-10 (B38), within 12 months", stops=False),
    _a("J40", "Nobody Known", "‘Nobody Known’ is not in Staff"),
    _a("K41", "Nobody Known", "‘Nobody Known’ is not in Staff"),
    _a("H42", "Nobody Known", "‘Nobody Known’ is not in Staff"),
    _a("G45", date(2026, 10, 20), ""),
    _a("F45", None, "The case changed hands, but from whom is missing", stops=False),
    _a("E46", "Vacant", "neither a social worker nor a manager of team ‘Outreach’"),
    _a("D46", "Outreach", ""),
    _a("I47", "Ewa Absent", "Ewa Absent is exempt from audits now (Secondment)", stops=False),
    _a("A48", "2026-08", "The Calendar sheet says that August 2026 has no round", stops=False),
    _a("I49", "Nia Duplicate", "cannot be used: there is a problem in faults.xlsx, sheet Staff, A130"),
    _a("J50", 41.5, "‘41.5’ is not in Staff"),
    # What looks odd and is nevertheless sound.
    _a("A56", "November 2026", ""),
    _a("A57", datetime(2026, 11, 1), ""),
    _a("A58", "Nov-26", ""),
    _a("I59", f"gareth.morgan@{DOMAIN}", ""),
    _a("E60", "Agency", ""),
    _a("G61", "3rd October 2026", ""),
    _a("F61", "Lee Varga", ""),
    _a("Q1", "Young person's initials", "looks as if it told of children", stops=False),
    _a("Q2", "-", ""),
    _a("R1", "RAG", ""),
)  # fmt: skip

CONFLICTS = {"team-manager": 51, "supervises-worker": 63, "own-team": 71, "previous-worker": 79, "worker": 87}
"""Rows whose auditor has a conflict, by rule. They are sound in every other way."""

SHEET_FAULTS: tuple[Fault, ...] = (
    Fault(
        "Allocations", "", KEEP, "Hidden or filtered rows were read like the others: 43 to 44", stops=False
    ),
    Fault("Allocations", "", KEEP, "Hidden columns were read like the others: K", stops=False),
)

STAFF_FAULTS: tuple[Fault, ...] = (
    _s("A122", None, "There is no staff key"),
    _s("B123", None, "There is no name"),
    _s("C124", None, "There is no e-mail address"),
    _s("C125", f"one@{DOMAIN}; two@{DOMAIN}", "holds more than one address"),
    _s("C126", f"front.door.team@{DOMAIN}", "looks like a group's address (‘team’)"),
    _s("C127", "cara.outside@mail.example", "‘mail.example’ is not one the service may write to"),
    _s("C128", f"p\u0430ula.look@{DOMAIN}", "cyrillic small letter a"),
    _s("C129", f"shared.by.two@{DOMAIN}", "looks like a group's address (‘shared’)"),
    _s("A130", "C30", "This staff key is also in A131"),
    _s("A131", "C30", "This staff key is also in A130"),
    _s("C132", f"same.one@{DOMAIN}", "This address is also in C133"),
    _s("C133", f"Same.One@{DOMAIN}", "This address is also in C132"),
    _s("E134", "Frnt Door", "‘Frnt Door’ is not in Teams. The nearest is ‘Front Door’"),
    _s("D135", "Team Manger", "‘Team Manger’ is not a known role. The nearest is ‘Team Manager’"),
    _s("G136", None, "There is no line manager", stops=False),
    _s("G137", "Nobody Known", "‘Nobody Known’ is not in Staff", stops=False),
    _s("C138", f"Mo Mended <mo.mended@{DOMAIN}>. ", "Spaces or signs around the address", stops=False),
    _s("H139", "31/02/2026", "‘31/02/2026’ is not a date"),
    _s("G140", "Lee Varga", "left on 16 October 2026. Reminders go without a copy", stops=False),
    _s("G141", "Ola Own", "This is the person's own name", stops=False),
)  # fmt: skip

TEAM_FAULTS: tuple[Fault, ...] = (
    Fault("Teams", "C16", "Nobody Known", "‘Nobody Known’ is not in Staff"),
    Fault("Teams", "C17", None, "There is no team manager", stops=False),
    Fault("Teams", "D18", "Lee Varga", "left on 16 October 2026. Messages go without", stops=False),
    Fault("Teams", "E18", None, "There is no head of service", stops=False),
    Fault("Teams", "A20", "Family Link", "The team ‘Family Link’ is here twice"),
)

CALENDAR_FAULTS: tuple[Fault, ...] = (
    Fault("Calendar", "D3", None, "An ad hoc round needs a first day"),
    Fault("Calendar", "C4", "Monthly-ish", "‘Monthly-ish’ is not a kind of round"),
    Fault("Calendar", "A5", "2026-08", "Round 2026-08 is here twice"),
    Fault("Calendar", "A6", "2027-01-INSP", "2027-01-INSP does not suit the kind ‘Month’"),
    Fault("Calendar", "G7", date(2027, 2, 1), "The due date is before the round starts"),
)

FAULTS = (
    *ALLOCATION_FAULTS,
    *SHEET_FAULTS,
    *STAFF_FAULTS,
    *TEAM_FAULTS,
    *(fault for fault in CALENDAR_FAULTS if fault.cell != "A5"),
)
EXPECTED = tuple(fault for fault in FAULTS if fault.what)
"""Every problem that reading the workbook must bring."""

_JOINERS = (
    "No Key", "", "Ada Addressless", "Bo Both", "Di Door", "Cara Outside", "Paula Look", "Two Share",
    "Nia Duplicate", "Noel Duplicate", "Same One", "Same Other", "Tia Typo", "Rob Role", "Liz Alone",
    "Una Unknown", "Mo Mended", "Fay Date", "Max Left", "Ola Own", "Lee Varga", "Ewa Absent", "Yusuf Twice",
)  # fmt: skip


@cache
def faulty_workbook() -> bytes:
    """The workbook with every fault in FAULTS."""
    council = Council()
    rows = council.rows() | {"allocations": _allocations(council)}
    rows["staff"] = [*rows["staff"], *_joiners(council)]
    rows["teams"] = [*rows["teams"], *_teams(council)]
    rows["calendar"] = [*rows["calendar"][:1], *_calendar()]
    book = openpyxl.load_workbook(io.BytesIO(sample_workbook(rows)))
    for fault in FAULTS:
        sheet = book[fault.sheet]
        if fault.value is not KEEP:
            sheet[fault.cell] = fault.value
            if isinstance(fault.value, int | float):
                sheet[fault.cell].number_format = "General"
    _shape(book["Allocations"])
    return workbook_bytes(book)


def _allocations(council: Council) -> list[Row]:
    plain = [row for row in council.november if not {"previous_worker", "extension", "status"} & row.keys()]
    rows = [row | {"moderator": None, "delegate": None} for row in plain]
    units = {unit.name: unit for unit in council.units}
    for rule, number in CONFLICTS.items():
        row = rows[number - 2]
        conflict = _conflict(rule, units[str(row["team"])])
        # Who had that auditor gets this row's, so that nobody has two.
        for other in rows:
            if other["auditor"] == conflict["auditor"]:
                other["auditor"] = row["auditor"]
        row |= conflict
    return rows


def _conflict(rule: str, unit: Unit) -> Row:
    supervisors = [one for one in unit.holders if one.role == "Practice Supervisor"]
    first, second = str(supervisors[0]), str(supervisors[1])
    worker = next((str(one) for one in unit.holders if one.manager is supervisors[0]), second)
    return {
        "team-manager": Row(auditor=str(unit.manager)),
        "supervises-worker": Row(auditor=first, social_worker=worker),
        "own-team": Row(auditor=first, social_worker=second),
        "previous-worker": Row(auditor=first, social_worker=second, previous_worker=first),
        "worker": Row(auditor=first, social_worker=first),
    }[rule]


def _joiners(council: Council) -> list[Row]:
    manager = council.units[0].manager
    rows = []
    for number, name in enumerate(_JOINERS, start=2):
        # Whoever has two audits may have them: their own team holds neither case.
        team = "Permanence" if name == "Yusuf Twice" else "Front Door"
        joiner = Member(f"C{number:02d}", name or "X", "Practice Supervisor", team, "", manager)
        rows.append(joiner.row() | {"name": name or None})
    rows[-3] |= {"left_on": date(2026, 10, 16)}
    rows[-2] |= {"exempt_from": date(2026, 9, 1), "exempt_reason": "Secondment"}
    return rows


def _teams(council: Council) -> list[Row]:
    pattern = council.units[0].row()
    return [
        pattern | {"team": name}
        for name in ("Night Duty", "Outreach", "Short Breaks", "Family Link", "Family Link")
    ]


def _calendar() -> list[Row]:
    return [
        Row(round="2026-11-INSP", kind="Ad hoc", first=date(2026, 11, 9), last=date(2026, 11, 20)),
        Row(round="2027-04", kind="Month"),
        Row(round="2027-05", kind="No round", reason="Inspection"),
        Row(round="2027-01-INSP", kind="Month"),
        Row(round="2027-03", kind="Month", due=date(2027, 3, 19)),
    ]


def _shape(sheet: Worksheet) -> None:
    """Merged cells, hidden rows and a hidden column."""
    sheet.merge_cells("I22:I23")
    for number in (43, 44):
        sheet.row_dimensions[number].hidden = True
    sheet.column_dimensions["K"].hidden = True
    sheet["E20"].data_type = "e"


def without_column(content: bytes, sheet: str, header: str, instead: str) -> bytes:
    """A copy in which a column's header says something else."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cell = next(cell for cell in book[sheet][1] if cell.value == header)
    cell.value = instead
    return workbook_bytes(book)


def renamed_sheet(content: bytes, sheet: str, name: str) -> bytes:
    """A copy in which a sheet has another name."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    book[sheet].title = name
    return workbook_bytes(book)


def half_saved(content: bytes) -> bytes:
    """What a reader sees of a file that is still being written."""
    return content[: len(content) // 2]


def damaged(content: bytes) -> bytes:
    """A whole zip of which some bytes were spoilt."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        start = package.getinfo("xl/worksheets/sheet1.xml").header_offset + 200
    return content[:start] + bytes(64) + content[start + 64 :]


def repacked(content: bytes, parts: Sequence[tuple[str, bytes, bytes]]) -> bytes:
    """A copy with bytes replaced: each of `parts` is (part, old, new). Every old one must be there."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        assert {part for part, _, _ in parts} <= {"*", *old.namelist()}
        for name in old.namelist():
            text = old.read(name)
            for part, before, after in parts:
                if part in (name, "*"):
                    assert part == "*" or before in text, f"{before!r} is not in {name}"
                    text = text.replace(before, after)
            new.writestr(name, text)
    return made.getvalue()


def ole_file(*names: str) -> bytes:
    """The start of an old-format file whose directory lists these names, as .xls and protected files do."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(n.encode("utf-16-le") for n in names)
