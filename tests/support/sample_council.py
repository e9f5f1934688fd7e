"""Makes Brackenshire Council: its people, teams and two rounds, as config/sample/allocations.xlsx.

`python -m tests.support.sample_council` writes that file, and faults.xlsx beside it, anew. Everybody is
made up, nothing is about a child, and one seed gives one pair of files.
"""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from automation.documents.new_workbook import Choices, Written, filled_workbook
from automation.domain.columns import Columns
from automation.toml_values import read_values

from .sample_names import FIRST_NAMES, SURNAMES

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "config" / "sample"
SEED = 20_261_101
DOMAIN = "brackenshire.example"
WIDTH = 8
TWINS = "Sarah Khan"
"""Two practice supervisors have this name."""

AFTER = ("2026-12", "2027-01", "2027-02")
UNPLANNED = "The sample ends with November's cases. The months after follow them up"
"""The months that a rehearsal comes to and that have no rows, and why."""

SERVICES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    # Each inner tuple is one service manager's teams.
    "Front Door and Assessment": (("Front Door",), ("Assessment North", "Assessment South")),
    "Safeguarding and Family Support": (("Safeguarding East",), ("Safeguarding West", "Safeguarding Valley")),
    "Children Looked After": (("Looked After Moor", "Looked After Dale"), ("Permanence",)),
    "Disability and Transitions": (("Children with Disabilities",), ("Transitions",)),
    "Leaving Care and Fostering": (("Leaving Care", "Family Support"), ("Fostering Support",)),
}
SUPERVISORS = 66
MUST_AUDIT = (
    "Team Manager",
    "Practice Supervisor",
    "Service Manager",
    "Principal Social Worker",
    "Head of Service",
    "Head of Service for Quality Assurance",
    "Assistant Director",
    "Strategic Director",
)
OTHER_ROLES = (
    "Social Worker",
    "Independent Reviewing Officer",
    "Child Protection Co-ordinator",
    "QA and Audit Officer",
)
ROLES = (*MUST_AUDIT, *OTHER_ROLES)

Row = dict[str, Written]
"""A row's values by column key."""


@dataclass
class Member:
    """A person of the council."""

    key: str
    name: str
    role: str
    team: str = ""
    service: str = ""
    manager: "Member | None" = None
    left_on: date | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.key})" if self.name == TWINS else self.name

    def row(self) -> Row:
        """The person's row of the Staff sheet."""
        names = self.name.lower().replace("'", "").split()
        number = self.key[-2:] if self.name == TWINS else ""
        return {
            "key": self.key,
            "name": self.name,
            "address": f"{'.'.join(names)}{number}@{DOMAIN}",
            "role": self.role,
            "team": self.team or None,
            "service": self.service or None,
            "line_manager": str(self.manager) if self.manager else "None",
            "left_on": self.left_on,
        }


@dataclass
class Unit:
    """A team with those who answer for it."""

    name: str
    service: str
    manager: Member
    service_manager: Member
    head: Member
    holders: list[Member]

    def row(self) -> Row:
        """The team's row of the Teams sheet."""
        return {
            "team": self.name,
            "service": self.service,
            "manager": str(self.manager),
            "service_manager": str(self.service_manager),
            "head_of_service": str(self.head),
        }


class Council:
    """Brackenshire: `members` and `units` in the order of their sheets, and the rows of two rounds."""

    def __init__(self, seed: int = SEED) -> None:
        self._chance = random.Random(seed)
        self._names = self._new_names()
        self.members: list[Member] = []
        self.units: list[Unit] = []
        self._appoint()
        self._cases = iter(self._chance.sample(range(120_000, 31_000_000), 400))
        self.leaver = next(one for one in self.members if one.role == "Social Worker")
        self.leaver.left_on = date(2026, 10, 2)
        self.october = self._round("2026-10", [one.name for one in self.units])
        self.november = self._november()

    def named(self, role: str) -> list[Member]:
        """Everyone in a role."""
        return [one for one in self.members if one.role == role]

    def rows(self) -> dict[str, Sequence[Row]]:
        """The rows of every sheet."""
        return {
            "allocations": [*self.october, *self.november],
            "staff": [one.row() for one in self.members],
            "teams": [one.row() for one in self.units],
            "calendar": [
                no_round("2026-08", "No audits in August"),
                *(no_round(one, UNPLANNED) for one in AFTER),
            ],
        }

    def _new_names(self) -> Iterator[str]:
        firsts = self._chance.sample(FIRST_NAMES, len(FIRST_NAMES))
        lasts = self._chance.sample(SURNAMES, len(SURNAMES))
        while True:
            for first, last in zip(firsts, lasts, strict=False):
                yield f"{first} {last}"
            lasts = [*lasts[7:], *lasts[:7]]

    def _join(self, role: str, manager: Member | None, team: str = "", service: str = "") -> Member:
        member = Member(f"B{1001 + len(self.members)}", next(self._names), role, team, service, manager)
        self.members.append(member)
        return member

    def _appoint(self) -> None:
        director = self._join("Strategic Director", None)
        assistants = [self._join("Assistant Director", director) for _ in range(3)]
        self._join("Principal Social Worker", assistants[0])
        quality = self._join("Head of Service for Quality Assurance", assistants[0])
        for number, (service, patches) in enumerate(SERVICES.items()):
            head = self._join("Head of Service", assistants[number % 3], service=service)
            for patch in patches:
                chief = self._join("Service Manager", head, service=service)
                for name in patch:
                    manager = self._join("Team Manager", chief, name, service)
                    self.units.append(Unit(name, service, manager, chief, head, []))
        for number in range(SUPERVISORS):
            unit = self.units[number % len(self.units)]
            unit.holders.append(self._join("Practice Supervisor", unit.manager, unit.name, unit.service))
        for twin in self.named("Practice Supervisor")[8:40:20]:
            twin.name = TWINS
        for unit in self.units[:12]:
            unit.holders.append(self._join("Social Worker", unit.holders[0], unit.name, unit.service))
        for role, count in zip(OTHER_ROLES[1:], (3, 2, 2), strict=True):
            for _ in range(count):
                self._join(role, quality)

    def _round(self, round_id: str, teams: Sequence[str]) -> list[Row]:
        """A row for everyone who must audit, nobody near their own work."""
        auditors = [one for one in self.members if one.role in MUST_AUDIT]
        cases = [self.units[number % len(teams)] for number in range(len(auditors))]
        pairs = list(zip(cases, self._matched(auditors, cases), strict=True))
        pairs.sort(key=lambda pair: pair[0].name)
        turns = {unit.name: 0 for unit in self.units}
        rows: list[Row] = []
        for unit, auditor in pairs:
            rows.append(self._row(round_id, unit, turns[unit.name]) | {"auditor": str(auditor)})
            turns[unit.name] += 1
        return rows

    def _row(self, round_id: str, unit: Unit, turn: int) -> Row:
        holders = [one for one in unit.holders if one.left_on is None]
        reviewers = self.named("Independent Reviewing Officer") + self.named("Child Protection Co-ordinator")
        plan, reviewer = self._chance.choice(
            [("Child in need", None), ("Assessment", None)]
            + [("Child protection", one) for one in reviewers if one.role.startswith("Child")]
            + [("Child looked after", one) for one in reviewers if one.role.startswith("Indep")]
        )
        return {
            "round": round_id,
            "case_number": f"{next(self._cases):0{WIDTH}d}",
            "plan_type": plan,
            "team": unit.name,
            "social_worker": str(holders[turn % len(holders)]),
            "reviewer": str(reviewer) if reviewer else None,
        }

    def _matched(self, auditors: Sequence[Member], cases: Sequence[Unit]) -> list[Member]:
        """An auditor for each case outside their own service, by augmenting paths."""
        order = self._chance.sample(range(len(auditors)), len(auditors))
        case_of: dict[int, int] = {}

        def place(auditor: int, seen: set[int]) -> bool:
            for case in self._chance.sample(range(len(cases)), len(cases)):
                if case in seen or auditors[auditor].service == cases[case].service:
                    continue
                seen.add(case)
                if case not in case_of or place(case_of[case], seen):
                    case_of[case] = auditor
                    return True
            return False

        assert all(place(auditor, set()) for auditor in order)
        return [auditors[case_of[case]] for case in range(len(cases))]

    def _november(self) -> list[Row]:
        """The round of 2026-11, with one or more of everything that a real month brings."""
        rows = self._round("2026-11", [one.name for one in self.units])
        unit = {one.name: one for one in self.units}
        for row, day in zip(
            rows[3::30], (date(2026, 10, 12), date(2026, 10, 26), date(2026, 10, 30)), strict=False
        ):
            others = [one for one in unit[str(row["team"])].holders if str(one) != row["social_worker"]]
            row |= {"previous_worker": str(others[0]), "reallocated_on": day}
        rows[0] |= {"previous_worker": str(self.leaver), "reallocated_on": date(2026, 10, 5)}
        heads = self.named("Head of Service")
        rows[20] |= {"extension": date(2026, 12, 11), "extension_approved_by": str(heads[0])}
        rows[50] |= {"extension": date(2026, 12, 4), "extension_approved_by": str(heads[1])}
        rows[60]["social_worker"] = "Vacant"
        rows[70]["moderator"] = str(self.named("Principal Social Worker")[0])
        rows[80]["delegate"] = str(self.named("QA and Audit Officer")[0])
        for number, status, reason in (
            (0, "Withdrawn", "Closed before the round; another case was chosen"),
            (3, "Exempt", "Court proceedings end this week"),
            (6, "Held", "Complaint under way"),
            (9, "Restricted", "Restricted on the case system"),
        ):
            row = self._row("2026-11", self.units[number], 0)
            rows.append(row | {"status": status, "reason": reason})
        return rows


def no_round(round_: str, reason: str) -> Row:
    """A row of the Calendar sheet for a month that is skipped."""
    return {"round": round_, "kind": "No round", "reason": reason}


def sample_columns() -> Columns:
    """The names in config/workbook.toml."""
    faults: list[str] = []
    table = tomllib.loads((ROOT / "config" / "workbook.toml").read_text("utf-8"))
    columns = read_values(Columns, table, "workbook.toml", "", faults)
    assert columns is not None, faults
    return columns


WRITTEN: dict[str, bytes] = {}
"""The spreadsheets that were written, by their rows: many tests start from the same."""


def sample_workbook(rows: Mapping[str, Sequence[Row]] | None = None) -> bytes:
    """The sample council's spreadsheet, or one with other rows."""
    asked = repr(rows)
    if asked not in WRITTEN:
        choices = Choices(ROLES, tuple(SERVICES))
        whole = Council().rows() if rows is None else rows
        WRITTEN[asked] = filled_workbook(sample_columns(), choices, whole)
    return WRITTEN[asked]


def main() -> None:
    """Writes both files."""
    from .sample_faults import faulty_workbook

    (SAMPLE / "allocations.xlsx").write_bytes(sample_workbook())
    (SAMPLE / "faults.xlsx").write_bytes(faulty_workbook())


if __name__ == "__main__":
    main()
