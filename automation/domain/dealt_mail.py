"""A mail that was dealt with: its one outcome, and the reply it is owed."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from .ids import AuditRef
from .message import Bounce, Message


class Outcome(Enum):
    """The one thing that a mail was. Each is filed in a folder of its own."""

    RECORDED = "recorded"
    RECORDED_WITH_QUESTIONS = "recorded with questions"
    INCOMPLETE = "incomplete"
    DUPLICATE = "duplicate"
    NEWER_VERSION = "newer version"
    NEEDS_A_PERSON = "needs a person"
    AUTOMATIC = "automatic"
    NOT_OURS = "not ours"

    @property
    def folder(self) -> str:
        """The mailbox folder for mails with this outcome."""
        return self.value.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class DealtMail:
    """A mail that was dealt with. `on` is the London day it arrived, `why` a short reason without names.

    `forms` are the content hashes of the files kept from it. `reply` is the message it is owed, None
    when nobody waits for one.
    """

    id: str
    on: date
    sender: str
    outcome: Outcome
    why: str = ""
    reference: AuditRef | None = None
    thread: str = ""
    forms: tuple[str, ...] = ()
    reply: Message | None = None
    filed: bool = False
    concern: bool = False
    """Whether a form in it declares an immediate concern, recorded or not (guidance 3)."""
    form_waits: bool = False
    """Whether a form of ours is in it that only a person can lay to an audit: its sender is not chased."""
    named: tuple[str, ...] = ()
    """Every audit reference found in the mail, for QA alone: no proof of whose return it is."""
    bounces: tuple[Bounce, ...] = ()
    """The addresses that a delivery report says were not reached."""
    notes: tuple[str, ...] = ()
    """What QA should look at in the form: comments, words struck through or outside the boxes, hazards."""

    @property
    def filed_as(self) -> str:
        """Our own name for the mail: nothing of the sender's subject or file names."""
        return f"{self.reference or 'unidentified'}_{self.id[:12]}"
