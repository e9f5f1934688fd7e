"""What the service remembers: the store's promises and values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from ..domain.audit import Audit
from ..domain.calendar import Round
from ..domain.dealt_mail import DealtMail
from ..domain.history import Event, PastEvent
from ..domain.ids import AuditRef, MessageKey, RoundId
from ..domain.message import Message
from ..domain.people import Organisation
from ..domain.problem import Problem
from ..domain.report_version import Kept
from .follow_ups import FollowUps
from .outside import SendingSteps
from .privacy import Privacy
from .reporting import Reporting
from .service_facts import ServiceFacts

SendingState = Literal["claimed", "sent", "doubtful"]


@dataclass(frozen=True, slots=True)
class Sending:
    """What the store knows of one message. Stamps are aware ISO times of the pass."""

    key: MessageKey
    kind: str
    about: str
    recipient: str
    address: str
    copied: tuple[str, ...]
    state: SendingState
    claimed_at: str
    settled_at: str = ""
    within: str = ""
    """The key of the mail that it went in with others, empty when it went by itself."""


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """A problem that nobody has put right yet, and the day it was first seen."""

    source: str
    problem: Problem
    first_seen: date


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """The last reading of the sheet: its version, the day, the rounds it was not taken up for, and the
    rows (`round/case number`) that came too late to be sent without QA's yes."""

    version: str
    day: date
    held: tuple[RoundId, ...] = ()
    late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetLearnt:
    """All that one reading of the sheet taught, kept in one transaction."""

    seen: SheetSeen
    organisation: Organisation
    special_rounds: Sequence[Round]
    audits: Sequence[Audit]
    problems: Sequence[Problem]
    events: Sequence[Event]


class Store(SendingSteps, FollowUps, Reporting, ServiceFacts, Privacy, Protocol):
    """What the service remembers. Each method is one transaction, durable when it returns.

    Every method raises StoreUnavailableError when the store cannot be read or written. Those that write raise
    TakenOverError when another instance has taken over the pass.
    """

    def close(self) -> None:
        """Let the store go."""

    def check_lease(self) -> None:
        """Raise TakenOverError when another instance has taken over this pass."""

    def seal_key(self, wanted: bytes | None = None) -> bytes:
        """The secret that forms are sealed with: 32 random bytes, made on first asking and then kept.

        `wanted` is kept in their place where there is no key yet, so that a rehearsal can be repeated.
        """

    def organisation(self) -> Organisation:
        """Everyone, as the last good sheet told it."""

    def special_rounds(self) -> tuple[Round, ...]:
        """The rounds of the Calendar sheet, as last read."""

    def sheet_seen(self) -> SheetSeen | None:
        """The last reading of the sheet, None before the first."""

    def learn_sheet(self, learnt: SheetLearnt, stamp: datetime) -> None:
        """Keep one reading: organisation, audits that are new or changed, problems and events."""

    def audits(self, rounds: Collection[RoundId] | None = None) -> tuple[Audit, ...]:
        """The audits of these rounds, or all, by reference."""

    def audit(self, reference: AuditRef) -> Audit | None:
        """One audit."""

    def sent(self, rounds: Collection[RoundId]) -> frozenset[MessageKey]:
        """The keys about these rounds, or about audits of them, that have gone or may have gone."""

    def rounds_extended(self, since: date) -> tuple[RoundId, ...]:
        """The rounds that have an audit whose extension runs, or ran out less than a month before `since`."""

    def sent_since(self, stamp: str) -> dict[str, int]:
        """How many mails of each kind have gone after an aware ISO stamp; all when it is empty."""

    def last_sent(self, kind: str, before: str) -> str:
        """The stamp of the last message of a kind that went before an ISO stamp, empty when none has."""

    def claim(self, message: Message, stamp: datetime) -> SendingState | None:
        """Claim a key before sending. None when it is now ours, else what became of the earlier claim."""

    def settle(self, key: MessageKey, state: SendingState, stamp: datetime, event: Event) -> None:
        """Mark a claimed key as sent or doubtful."""

    def free(self, key: MessageKey, event: Event, stamp: datetime) -> None:
        """Give up a claim, so that the key may be claimed again."""

    def posted(self, key: MessageKey) -> bool:
        """Whether a message under this key has been claimed, has gone or is doubtful."""

    def sendings(self, state: SendingState | None = None, about: str = "") -> tuple[Sending, ...]:
        """Messages by state, oldest first: those about one audit or round, or each mail once."""

    def open_problems(self) -> tuple[OpenProblem, ...]:
        """Every problem that stands, the sheet's first."""

    def set_problems(self, source: str, problems: Sequence[Problem], day: date) -> None:
        """Replace the problems of one source. Those that stood before keep their first day."""

    def learn_mail(
        self,
        mail: DealtMail,
        audit: Audit | None,
        events: Sequence[Event],
        stamp: datetime,
        changes: Sequence[Kept] = (),
    ) -> None:
        """Keep what a mail was and what it changed. A mail that is known already is no error, and
        is kept anew only when it needed a person."""

    def mail(self, mail_id: str) -> DealtMail | None:
        """A mail that was dealt with."""

    def mails(self, after: str = "") -> tuple[DealtMail, ...]:
        """The mails dealt with after an aware ISO stamp, or all, in the order they were dealt with."""

    def mails_unfinished(self) -> tuple[DealtMail, ...]:
        """The mails that may still be owed a reply, or a place in their folder."""

    def replies_owed(self, since: datetime) -> tuple[DealtMail, ...]:
        """The mails dealt with since a stamp whose reply has not gone, in the order they were dealt with."""

    def answer_under(self, mail_ids: Sequence[str], key: MessageKey) -> None:
        """Note that these mails are answered by the one message of this key, once it has gone."""

    def mail_filed(self, mail_id: str) -> None:
        """Note that the mail has been moved out of the inbox."""

    def form_known(self, form: str) -> tuple[AuditRef, int] | None:
        """The audit and version that a form with this content hash was recorded as."""

    def history(self, about: str = "") -> tuple[PastEvent, ...]:
        """The events about one audit or round, or all, oldest first."""

    def broken_link(self) -> int | None:
        """The number of the first event whose hash does not fit its chain, None when all fit."""
