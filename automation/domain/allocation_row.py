"""One row of the allocations sheet: each cell read against the people, teams and rounds there are.

To add a column, add its entry in `columns.py`, its field in `Allocation`, and the line below that reads it.
"""

import re
from dataclasses import dataclass
from datetime import date

from .allocation import Allocation, Status
from .calendar import Calendar, Round
from .columns import Columns, nearest, plain
from .directory import Unfound, left
from .ids import CaseNumber, RoundId, StaffKey, TeamName
from .reading import RowReading, spelt
from .special_rounds import SpecialRounds
from .staff import Staffing
from .written import read_round, say

_CASE_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9/._-]{0,23}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that exists but cannot be used now. What could not be read is None."""

    round: RoundId | None
    case_number: CaseNumber | None
    row: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What a row is read against."""

    columns: Columns
    staffing: Staffing
    special: SpecialRounds
    calendar: Calendar
    case_number_width: int
    today: date


def read_row(row: RowReading, setting: Setting) -> Allocation | Waiting:
    """One row. An Allocation even of a row that waits, if its round, case and team are known."""
    round_ = _round(row, setting)
    case_number = _case_number(row, setting.case_number_width)
    status = _status(row)
    day = setting.today if round_ is None else min(max(setting.today, round_.start), round_.due)
    people = _People(row, setting, day, silent=not status.sends)
    allocation = Allocation(
        round=round_.id if round_ else RoundId(""),
        case_number=case_number or CaseNumber(""),
        plan_type=_plan_type(row, setting.columns),
        team=_team(row, setting.staffing),
        row=row.number,
        auditor=people.auditor(status),
        social_worker=people.social_worker(),
        previous_worker=people.named("previous_worker", may_have_left=True),
        reallocated_on=row.day("reallocated_on"),
        reviewer=people.named("reviewer"),
        moderator=people.named("moderator"),
        delegate=people.named("delegate"),
        extension=_extension(row, round_),
        extension_approved_by=row.text("extension_approved_by"),
        exempt_reason=row.text("reason"),
        status=status,
        concern_confirmed=row.day("concern_confirmed"),
    )
    _check_row(row, allocation, setting.staffing)
    if round_ is None or case_number is None:
        return Waiting(round_.id if round_ else None, case_number, row.number)
    return allocation


def _round(row: RowReading, setting: Setting) -> Round | None:
    value = row.value("round")
    round_id = read_round(value, setting.special.names)
    if round_id is None:
        if not row.unreadable("round"):
            what = "There is no round." if value is None else f"‘{value}’ is not a round."
            row.refuse("round", what, "Write the month, such as 2026-11 or Nov 2026.")
        return None
    if fault := setting.special.bad.get(round_id):
        row.refuse("round", f"Round {round_id} cannot be used: see {fault}.", "Mend that row.")
        return None
    try:
        found = setting.calendar.round(round_id)
    except ValueError:
        row.refuse("round", f"Round {round_id} is not in the Calendar sheet.", "Add it there, or correct it.")
        return None
    if found.skipped:
        row.mention("round", f"The Calendar sheet says that {found.name} has no round: nothing is sent.")
    return found


def _case_number(row: RowReading, width: int) -> CaseNumber | None:
    text = row.text("case_number")
    if not text:
        if not row.unreadable("case_number"):
            row.refuse("case_number", "There is no case number.", "Fill the cell.")
        return None
    if not _CASE_NUMBER.fullmatch(text) or isinstance(row.value("case_number"), float):
        row.refuse(
            "case_number",
            "This is not a case number: it needs digits, and may have letters and - / . but no spaces.",
            "Type the number from the case system. Never write a child's name or initials.",
        )
        return None
    if text.isdigit() and len(text) < width:
        row.mention("case_number", f"Leading zeros were lost; {width} digits were read, zeros in front.")
        text = text.zfill(width)
    return CaseNumber(text)


def _status(row: RowReading) -> Status:
    text = row.text("status")
    words = [status.value for status in Status]
    known = spelt(text, words)
    if known is None:
        near = nearest(text, words)
        hint = f" The nearest is ‘{near}’." if near else ""
        row.refuse("status", f"‘{text}’ is not a status.{hint}", f"Choose one of: {', '.join(words[1:])}.")
    return Status(known or "")


def _plan_type(row: RowReading, columns: Columns) -> str:
    text = row.text("plan_type")
    known = spelt(text, columns.plan_types)
    if text and known is None and columns.plan_types:
        row.warn(
            "plan_type",
            f"‘{text}’ is not a plan type in config/workbook.toml; it was read as written.",
            f"Choose one of: {', '.join(columns.plan_types)}.",
        )
    return known or text


def _team(row: RowReading, staffing: Staffing) -> TeamName:
    text = row.text("team")
    found = staffing.team(text) if text else Unfound("There is no team.", "Fill the cell.")
    if isinstance(found, Unfound):
        if not row.unreadable("team"):
            row.refuse("team", found.what, found.remedy)
        return TeamName(text)
    return found


def _extension(row: RowReading, round_: Round | None) -> date | None:
    day = row.day("extension")
    if day is None or round_ is None:
        return day
    if day < round_.due:
        row.refuse(
            "extension",
            f"The extension ends on {say(day)}, before the round is due on {say(round_.due)}.",
            "Correct the date, or clear it.",
        )
    if not row.text("extension_approved_by"):
        row.warn(
            "extension_approved_by", "Nobody is named as having approved the extension.", "Add the name."
        )
    return day


class _People:
    """The people of one row. Somebody who has left by `day` cannot take part, unless nothing is sent."""

    def __init__(self, row: RowReading, setting: Setting, day: date, silent: bool) -> None:
        self._row = row
        self._setting = setting
        self._day = day
        self._silent = silent

    def named(self, key: str, may_have_left: bool = False) -> StaffKey | None:
        """The staff key of the person the cell names; None for an empty cell or one that is refused."""
        text = self._row.text(key)
        if not text:
            return None
        person = self._setting.staffing.directory.find(text)
        if isinstance(person, Unfound):
            self._row.refuse(key, person.what, person.remedy)
            return None
        if not (may_have_left or self._silent or person.employed(self._day)):
            self._row.refuse(
                key, f"‘{text}’ {left(person)}: this needs re-allocation.", "Name somebody who works here."
            )
        return person.key

    def auditor(self, status: Status) -> StaffKey | None:
        """The auditor. A row that sends, or that was done on paper, needs one."""
        text = self._row.text("auditor")
        if text and not self._nobody(text):
            key = self.named("auditor")
            self._warn_exempt(key)
            return key
        if (status.sends or status is Status.COMPLETED_ON_PAPER) and not self._row.unreadable("auditor"):
            # The row is not marked as stopped: whoever proposes an auditor needs what else it says.
            self._row.sheet.fault(
                self._row.ref("auditor"),
                "There is no auditor.",
                "Name one, or run `case-audit propose` for proposals.",
                row=self._row.number,
            )
        return None

    def social_worker(self) -> StaffKey | None:
        """Who holds the case; None where the post is vacant or an agency's."""
        text = self._row.text("social_worker")
        if self._nobody(text):
            return None
        if not text and not self._silent and not self._row.unreadable("social_worker"):
            self._row.refuse(
                "social_worker",
                "There is no social worker.",
                f"Name one, or write {self._setting.columns.no_worker[0]}.",
            )
        return self.named("social_worker")

    def _nobody(self, text: str) -> bool:
        return plain(text) in {plain(word) for word in self._setting.columns.no_worker}

    def _warn_exempt(self, key: StaffKey | None) -> None:
        person = self._setting.staffing.organisation.person(key)
        if person and person.exempt(self._day) and not self._silent:
            self._row.warn(
                "auditor",
                f"{person.name} is exempt from audits now ({person.exempt_reason or 'no reason given'}).",
                "Name another auditor, or correct the Staff sheet.",
            )


def _check_row(row: RowReading, allocation: Allocation, staffing: Staffing) -> None:
    """What no cell can tell by itself."""
    vacant = allocation.social_worker is None and row.text("social_worker")
    manager = staffing.organisation.team_manager(allocation.team)
    if vacant and manager is None and allocation.status.sends and not row.stopped:
        row.refuse(
            "social_worker",
            f"There is neither a social worker nor a manager of team ‘{allocation.team}’ to tell.",
            "Name the team manager in the Teams sheet.",
        )
    if allocation.reallocated_on and not row.text("previous_worker"):
        row.warn("previous_worker", "The case changed hands, but from whom is missing.", "Fill the cell.")
    if not allocation.status.sends and not row.text("reason"):
        row.warn("reason", f"No reason is given for ‘{allocation.status.value}’.", "Write it in a few words.")
