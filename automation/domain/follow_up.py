"""What follows a return: moderation, disputes, and the lists by which actions are asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from .action import Action, ActionId
from .ids import AuditRef, StaffKey

DisputeKind = Literal["grade", "actions"]
"""What is disputed: the Head of Service for Quality Assurance decides on grades, the Head of Service for the
case's area on actions (guidance 3)."""

ListKind = Literal["action_update", "oversight"]
"""A team manager's list of open actions, or a service manager's of all that are theirs to watch."""

Rows = Mapping[str, tuple[Mapping[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Answered:
    """A form that came back about something: on which London day, from whom, in which file, and what it says.
    `answers` and `rows` are as a return's."""

    on: date
    sender: StaffKey
    form: str
    answers: Mapping[str, str] = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moderation:
    """The moderation of one audit. `version` is that of the return it looks at. `due` is the moderator's last
    day. `answered` is the moderation form, None until it comes."""

    reference: AuditRef
    moderator: StaffKey
    version: int
    chosen_on: date
    due: date
    why: str
    """Why this audit is moderated: `grade`, `sample` or `named in the sheet`."""
    answered: Answered | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What one person who was told of a moderation's outcome answers to it."""

    reference: AuditRef
    person: StaffKey
    answered: Answered


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disagreement about one audit, and who decides it. `decided` is the decision form, None until then."""

    reference: AuditRef
    kind: DisputeKind
    decider: StaffKey
    opened_on: date
    due: date
    decided: Answered | None = None


@dataclass(frozen=True, slots=True)
class ActionList:
    """A form that lists actions for one manager to say how they stand. Its own reference is like an audit's:
    `CFA-2026-12-ACT-003`, `CFA-2026-12-OVS-001`."""

    reference: AuditRef
    kind: ListKind
    person: StaffKey
    sent_on: date
    due: date
    actions: tuple[ActionId, ...]
    answered: Answered | None = None


Change = Moderation | Response | Dispute | ActionList | Action
"""Something about an audit's follow-up that is new or has changed, to be kept whole."""

LIST_ROUNDS: Mapping[ListKind, str] = {"action_update": "ACT", "oversight": "OVS"}
"""What stands in a list's reference where an ad-hoc round's letters would: no round may be named so."""
