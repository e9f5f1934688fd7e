"""A council of any size: its people, its teams and one round, each case with an auditor who may audit it.

Everybody is made up. The same size gives the same council.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from automation.domain.columns import LAYOUTS
from tests.support.sample_council import DOMAIN, ROOT, sample_columns

ROUND = "2026-11"
AUDITS_FOR_A_TEAM = 8
_FIRST = ("Asha", "Bryn", "Cora", "Dev", "Elin", "Femi", "Gwen", "Hari", "Ines", "Jude", "Kofi", "Lena")
_LAST = ("Ashby", "Birch", "Cole", "Dale", "Ember", "Frost", "Glade", "Heath", "Ivory", "Jarrow", "Kestrel")
_PLANS = ("Child in need", "Child protection", "Child looked after", "Assessment")

Row = dict[str, str | int | date | None]


@dataclass(frozen=True, slots=True)
class Council:
    """Rows by sheet, as the spreadsheet has them. A person is told apart by key: `Asha Ashby (C00001)`."""

    audits: int
    rows: Mapping[str, Sequence[Row]]


class _Staff:
    def __init__(self) -> None:
        self.rows: list[Row] = []

    def join(self, role: str, manager: str, team: str = "", service: str = "") -> str:
        number = len(self.rows)
        name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]}"
        key = f"C{number + 1:05d}"
        self.rows.append(
            {
                "key": key,
                "name": name,
                "address": f"{name.lower().replace(' ', '.')}.{number + 1}@{DOMAIN}",
                "role": role,
                "team": team or None,
                "service": service or None,
                "line_manager": manager,
            }
        )
        return f"{name} ({key})"


def council(audits: int) -> Council:
    """A council with so many audits in the round: an auditor for each, a team for each eight."""
    staff, units = _Staff(), list[dict[str, str]]()
    director = staff.join("Strategic Director", "None")
    staff.join("Head of Service for Quality Assurance", director)
    staff.join("Principal Social Worker", director)
    staff.join("QA and Audit Officer", director)
    reviewers = [staff.join("Independent Reviewing Officer", director) for _ in range(1 + audits // 50)]
    head = chief = ""
    teams = max(10, audits // AUDITS_FOR_A_TEAM)
    for number in range(teams):
        service = f"Service {number // 25 + 1}"
        if number % 25 == 0:
            head = staff.join("Head of Service", director, service=service)
        if number % 5 == 0:
            chief = staff.join("Service Manager", head, service=service)
        team = f"Team {number + 1}"
        manager = staff.join("Team Manager", chief, team, service)
        workers = [staff.join("Social Worker", manager, team, service) for _ in range(2)]
        units.append({"team": team, "service": service, "manager": manager, "chief": chief, "head": head})
        units[-1] |= {f"worker {place}": one for place, one in enumerate(workers)}
    auditors = [
        staff.join("Practice Supervisor", one["manager"], one["team"], one["service"])
        for one in (units[number % teams] for number in range(audits))
    ]
    cases = [_case(number, units, auditors, reviewers) for number in range(audits)]
    told: list[Row] = [
        {
            "team": one["team"],
            "service": one["service"],
            "manager": one["manager"],
            "service_manager": one["chief"],
            "head_of_service": one["head"],
        }
        for one in units
    ]
    return Council(audits, {"allocations": cases, "staff": staff.rows, "teams": told, "calendar": ()})


def _case(
    number: int, units: Sequence[Mapping[str, str]], auditors: Sequence[str], reviewers: Sequence[str]
) -> Row:
    # The case's team lies half a council away from the auditor's.
    unit = units[(number + len(units) // 2) % len(units)]
    turn = number // len(units)
    extended = number % 150 == 7
    return {
        "round": ROUND,
        "case_number": f"{10_000_001 + number * 7}",
        "plan_type": _PLANS[number % len(_PLANS)],
        "team": unit["team"],
        "social_worker": unit[f"worker {turn % 2}"],
        "reviewer": reviewers[number % len(reviewers)] if number % 4 == 2 else None,
        "auditor": auditors[number],
        "extension": date(2026, 12, 4) if extended else None,
        "extension_approved_by": unit["head"] if extended else None,
    }


def workbook(told: Council, more_columns: int = 0) -> bytes:
    """Its spreadsheet. `more_columns` of the council's own stand beside ours on the first sheet."""
    import xlsxwriter

    columns, out = sample_columns(), io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": False})
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001  # a workbook's dates have no zone
    day = book.add_format({"num_format": "dd mmm yyyy"})
    for sheet, rows in told.rows.items():
        layout = next(one for one in LAYOUTS if one.key == sheet)
        page = book.add_worksheet(columns.sheet_names(layout)[0])
        keys = [one.key for one in layout.columns]
        own = [f"Our column {place + 1}" for place in range(more_columns if sheet == "allocations" else 0)]
        page.write_row(0, 0, [*(one.header for one in layout.columns), *own])
        for number, row in enumerate(rows, start=1):
            for place, key in enumerate(keys):
                value = row.get(key)
                if isinstance(value, date):
                    page.write_datetime(number, place, value, day)
                elif value is not None:
                    page.write(number, place, value)
            for place in range(len(own)):
                page.write_string(number, len(keys) + place, f"Kept by QA {number % 97}-{place}")
    book.close()
    return out.getvalue()


def settle(folder: Path, told: Council, content: bytes | None = None) -> Path:
    """A configuration folder with this council's spreadsheet; the service's own folders come beside it."""
    config = folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    shipped = (ROOT / "config" / "sample" / "service.toml").read_text("utf-8")
    (config / "service.toml").write_text(shipped, "utf-8")
    (config / "allocations.xlsx").write_bytes(content or workbook(told))
    return config
