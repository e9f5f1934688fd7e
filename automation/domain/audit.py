"""An audit: our work on one allocation, from the sheet to the return."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Literal

from .allocation import Allocation, Status
from .calendar import Round
from .ids import AuditRef, StaffKey
from .people import Organisation

Role = Literal["auditor", "social_worker", "team_manager"]
ROLES: tuple[Role, ...] = ("auditor", "social_worker", "team_manager")
"""Who is told of an audit at the start (guidance 2)."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One person in one role on one audit. `turn` counts the people in that role, from 1.

    `since` is the first day on which the sheet could have told us, never before the round starts.
    `until` is the day it ended, None while it lasts.
    """

    role: Role
    person: StaffKey
    turn: int
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A return that was recorded. `version` counts them from 1; `form` is the file's content hash.

    `answers` maps field keys to values (grades in the scale's words, dates as ISO), `rows` the
    tables. `on` is the London day on which the first complete form arrived; `arrived` is the UTC stamp (ISO)
    of the mail with this version, empty for one recorded before stamps were kept.
    """

    version: int
    on: date
    form: str
    sender: StaffKey
    answers: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    arrived: str = ""


class Standing(Enum):
    """Where an audit stands when a round is counted. Each audit is in exactly one."""

    ON_TIME = "returned on time"
    LATE = "returned late"
    OUTSTANDING = "outstanding"
    EXTENDED = "extended"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit. `waiting` is True while its row has a problem that stops it, `gone` while the row is not
    in the sheet: in both cases the last good facts are kept and nothing planned is sent."""

    reference: AuditRef
    allocation: Allocation
    postings: tuple[Posting, ...] = ()
    waiting: bool = False
    gone: bool = False
    received: Received | None = None

    def holder(self, role: Role) -> Posting | None:
        """The present posting in a role, or None."""
        return next((p for p in self.postings if p.role == role and p.until is None), None)

    def former(self) -> Iterator[Posting]:
        """The postings that have ended."""
        return (p for p in self.postings if p.until is not None)

    @property
    def sends(self) -> bool:
        """Whether planned messages about this audit may go now."""
        return self.allocation.status.sends and not self.waiting and not self.gone and self.received is None

    def due(self, round_: Round) -> date:
        """The last day this audit counts as on time: the extension where there is one."""
        return self.allocation.extension or round_.due

    def standing(self, round_: Round, today: date) -> Standing:
        """Where the audit stands today. An extension counts as extended while it runs, and for a return
        that came within it but after the round's own due date."""
        status, received, due = self.allocation.status, self.received, self.due(round_)
        if received is not None:
            if received.on <= round_.due:
                return Standing.ON_TIME
            return Standing.EXTENDED if received.on <= due else Standing.LATE
        if status is Status.COMPLETED_ON_PAPER:
            return Standing.ON_TIME
        if not status.sends:
            return Standing.EXEMPT
        running = self.allocation.extension is not None and today <= due
        return Standing.EXTENDED if running else Standing.OUTSTANDING

    def receive(self, received: Received) -> "Audit":
        """The audit with a newer return. Earlier versions stay in the store."""
        return replace(self, received=received)

    def post(self, allocation: Allocation, organisation: Organisation, fresh: date, today: date) -> "Audit":
        """The audit with the row's newest facts: who left a role has an ended posting, who came a new one.

        `fresh` is the first day on which the row could have told us of a change. A withdrawn or exempt
        audit has nobody in any role: all are stood down.
        """
        wanted = people_in(allocation, organisation)
        if allocation.status in (Status.WITHDRAWN, Status.EXEMPT):
            wanted = dict.fromkeys(ROLES)
        postings = list(self.postings)
        for role in ROLES:
            present = self.holder(role)
            if present is not None and present.person == wanted[role]:
                continue
            if present is not None:
                postings[postings.index(present)] = replace(present, until=today)
            person = wanted[role]
            if person is not None:
                turn = 1 + sum(p.role == role for p in self.postings)
                postings.append(Posting(role, person, turn, since=fresh))
        return replace(self, allocation=allocation, postings=tuple(postings), waiting=False, gone=False)


def people_in(allocation: Allocation, organisation: Organisation) -> dict[Role, StaffKey | None]:
    """Who a row puts in each role. The team manager comes from the Teams sheet."""
    manager = organisation.team_manager(allocation.team)
    return {
        "auditor": allocation.auditor,
        "social_worker": allocation.social_worker,
        "team_manager": manager.key if manager else None,
    }


def standings(audits: Collection[Audit], round_: Round, today: date) -> dict[Standing, int]:
    """How many audits stand where. The numbers add up to how many were allocated."""
    counts = dict.fromkeys(Standing, 0)
    for audit in audits:
        counts[audit.standing(round_, today)] += 1
    return counts
