"""An allocation: one row of the sheet, its people resolved to staff keys."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from .ids import CaseNumber, RoundId, StaffKey, TeamName


class Status(Enum):
    """What QA says of a row in its Status column. The values are the words in the sheet."""

    ACTIVE = ""
    SEND_LATE = "Send late"
    """QA's yes to sending case details that are late (brief: more than 5 working days late, ask)."""
    COMPLETED_ON_PAPER = "Completed on paper"
    EXEMPT = "Exempt"
    WITHDRAWN = "Withdrawn"
    HELD = "Held"
    RESTRICTED = "Restricted"
    CLOSED = "Case closed"
    """The case has closed. QA audits it, replaces it or withdraws it. Its open actions go to the service
    manager."""
    TAKE_CORRECTION = "Take correction"
    """QA's yes to a corrected return that came after moderation had begun."""

    @property
    def sends(self) -> bool:
        """Whether messages about the audit may go."""
        return self in (Status.ACTIVE, Status.SEND_LATE)


@dataclass(frozen=True, slots=True)
class Allocation:
    """This case, this auditor, this round. `row` is the row number the sheet shows."""

    round: RoundId
    case_number: CaseNumber
    plan_type: str
    team: TeamName
    row: int
    auditor: StaffKey | None = None
    social_worker: StaffKey | None = None
    """None where the post is vacant: the team manager then gets the text."""
    previous_worker: StaffKey | None = None
    reallocated_on: date | None = None
    reviewer: StaffKey | None = None
    """The Independent Reviewing Officer or Child Protection Co-ordinator, where the case has one."""
    moderator: StaffKey | None = None
    delegate: StaffKey | None = None
    """The one other person whose return counts for this audit."""
    extension: date | None = None
    extension_approved_by: str = ""
    exempt_reason: str = ""
    status: Status = Status.ACTIVE
    concern_confirmed: date | None = None
    """The day on which somebody confirmed that an immediate concern was dealt with."""
