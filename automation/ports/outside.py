"""The mailbox, the spreadsheet, the clock, and what else is outside: promises, values and errors."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from ..domain.ids import MessageKey
from ..domain.message import Letter, Mail


class OutsideUnavailableError(Exception):
    """Something outside the service cannot be reached now. The next pass tries again."""


class MailboxUnavailableError(OutsideUnavailableError):
    """The mailbox cannot be reached or written now."""


class SignInError(OutsideUnavailableError):
    """The mailbox's provider does not let the service in, or the service has nothing to sign in with."""


class WorkbookUnavailableError(OutsideUnavailableError):
    """The allocation spreadsheet cannot be fetched now: missing, locked or half-saved."""


class StoreUnavailableError(OutsideUnavailableError):
    """The store cannot be opened or written: unwritable, full, corrupt or not ours."""


class StoppedError(OutsideUnavailableError):
    """The service was told to stop. What was begun is kept; the next start goes on."""


class TakenOverError(StoreUnavailableError):
    """Another instance has taken over this pass: nothing more may be written or sent in it."""


class LetterRefusedError(Exception):
    """The mailbox will not take this letter. It has not gone, and trying again would not help."""


class UncertainError(Exception):
    """It cannot be told whether a letter has gone. A person must look."""


class UndecidedError(Exception):
    """A letter was handed over, and it cannot be told yet whether it has gone. A later pass can: until then
    its claim stays open."""


class MailUnreadableError(Exception):
    """One mail in the inbox cannot be read. The others can."""


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter of ours that has gone, as the mailbox keeps it. `contents` names it and the messages that went
    in it, each as kind and key, it first; `answers` is the Message-ID it replies to, `at` the aware moment
    when it went."""

    contents: tuple[tuple[str, MessageKey], ...]
    at: datetime
    to: str
    copied: tuple[str, ...] = ()
    answers: str = ""
    known: tuple[tuple[str, str], ...] = ()
    """What it makes known of the decisions behind it, as kind and text."""


class Mailbox(Protocol):
    """The service's mailbox. Every method raises MailboxUnavailableError when it cannot be asked."""

    def send(self, letter: Letter, key: MessageKey) -> None:
        """Send under the key, finishing a draft that an earlier try may have left under it. Where two
        instances hand over one key at one moment, the mailbox is to let one letter go.

        Returns when the mailbox has taken it. Raises LetterRefusedError when the mailbox will not take
        this letter, UndecidedError when a later pass can tell, UncertainError when only a person can.
        """

    def has_sent(self, key: MessageKey) -> bool:
        """Whether a letter has gone under this key. Raises UndecidedError when that cannot be told yet,
        UncertainError when it cannot be told at all."""

    def inbox(self) -> Iterator[str]:
        """The ids of the mails in the inbox that have wholly arrived, oldest first."""

    def open(self, mail_id: str) -> Mail:
        """One mail. Raises MailUnreadableError when it cannot be read."""

    def original(self, mail_id: str) -> bytes:
        """The mail's bytes as they came."""

    def file(self, mail_id: str, folder: str, name: str) -> None:
        """Move a mail out of the inbox into a folder, made when missing. A mail that is gone is no error.
        Raises MailUnreadableError when this one alone cannot be moved."""

    def sent_since(self, since: datetime) -> Iterator[SentLetter]:
        """The letters of ours that went after an aware moment, oldest first. For a store that forgot them."""

    def filed_since(self, since: datetime) -> Iterator[str]:
        """The ids of the mails in our folders for filed mail that came after an aware moment. Each may be
        opened, and put back."""

    def put_back(self, mail_id: str) -> None:
        """Move a filed mail back into the inbox, under the id that it has. One that is there is no error."""


Step = Literal["drafted", "sending", "accepted"]
"""How far a letter has come in a mailbox that sends drafts: made there; about to be sent; taken."""


@dataclass(frozen=True, slots=True)
class SendingStep:
    """The last step of a letter, noted before the call that it is about. `draft` is the mailbox's own id of
    it, `at` the aware moment, `tries` how often it was handed over."""

    step: Step
    draft: str
    at: datetime
    tries: int = 0

    @property
    def handed_over(self) -> bool:
        """Whether it may have gone."""
        return self.tries > 0 or self.step != "drafted"


class SendingSteps(Protocol):
    """Where a mailbox notes how far each letter has come, durable when `note_step` returns."""

    def step(self, key: MessageKey) -> SendingStep | None:
        """The last step noted, None before the first."""

    def note_step(self, key: MessageKey, step: SendingStep) -> None:
        """Note a step, in the place of the one before."""

    def forget_step(self, key: MessageKey) -> None:
        """Forget a letter's steps: a person has looked, and it has not gone."""


@dataclass(frozen=True, slots=True)
class WorkbookCopy:
    """A snapshot of the spreadsheet. `version` changes when the content does."""

    name: str
    version: str
    content: bytes


class Workbook(Protocol):
    """The allocation spreadsheet. It is read, never written."""

    def read(self) -> WorkbookCopy:
        """A whole snapshot. Raises WorkbookUnavailableError after retrying a locked or half-saved file."""

    def changed(self, since: str) -> WorkbookCopy | None:
        """A whole snapshot, or None when its version is still `since`. Raises as `read` does."""


class Clock(Protocol):
    """The time. Only the service asks it; below, the day is an argument."""

    def now(self) -> datetime:
        """Now, aware, in Europe/London."""

    def today(self) -> date:
        """Today in Europe/London."""


class OneAtATime(Protocol):
    """One pass at a time on one store."""

    def hold(self) -> AbstractContextManager[bool]:
        """A context that is True when this process holds the store, False when another one does."""


class Originals(Protocol):
    """The files that came back, untouched, under names of our own."""

    def keep(self, content: bytes) -> str:
        """Keep the bytes for good, once, and return their SHA-256 in hex: the name to ask for them by."""

    def fetch(self, name: str) -> bytes:
        """The bytes kept under a name. Raises StoreUnavailableError when they are not there."""

    def forget(self, name: str) -> None:
        """Take away the bytes under a name, if they are there. Raises StoreUnavailableError."""
