"""The promises that adapters keep: their values and their errors. No library type crosses them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from .domain.ids import MessageKey
from .domain.message import File, Letter


class OutsideUnavailableError(Exception):
    """Something outside the service cannot be reached now. The next pass tries again."""


class MailboxUnavailableError(OutsideUnavailableError):
    """The mailbox cannot be reached or written now."""


class WorkbookUnavailableError(OutsideUnavailableError):
    """The allocation spreadsheet cannot be fetched now: missing, locked or half-saved."""


class StoreUnavailableError(OutsideUnavailableError):
    """The store cannot be opened or written: unwritable, full, corrupt or not ours."""


class MailUnreadableError(Exception):
    """One mail in the inbox cannot be read. The others can."""


Trace = Literal["sent", "draft", "absent"]
"""What the mailbox knows of a key."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that came in. `id` is stable for the same mail; `automatic` names why no person wrote it.

    `automatic` is empty for a person's mail, else one of `auto-reply`, `bounce`, `receipt`,
    `meeting reply`, `automatic` (RFC 3834, RFC 3464).
    """

    id: str
    message_id: str
    sender: str
    subject: str
    text: str
    received: datetime
    files: tuple[File, ...] = ()
    automatic: str = ""


class Mailbox(Protocol):
    """The service's mailbox. Every method raises MailboxUnavailableError when it cannot be asked."""

    def send(self, letter: Letter, key: MessageKey) -> None:
        """Send once under the key. Returns when the mailbox has taken it."""

    def find(self, key: MessageKey) -> Trace:
        """What became of a key. Raises MailboxUnavailableError when that cannot be told."""

    def send_draft(self, key: MessageKey) -> None:
        """Send the draft that `find` reported, unchanged."""

    def inbox(self) -> Iterator[str]:
        """The ids of the mails in the inbox that have wholly arrived, oldest first."""

    def open(self, mail_id: str) -> Mail:
        """One mail. Raises MailUnreadableError when it cannot be read."""

    def original(self, mail_id: str) -> bytes:
        """The mail's bytes as they came."""

    def file(self, mail_id: str, folder: str, name: str) -> None:
        """Move a mail out of the inbox into a folder, made when missing. A mail that is gone is no error."""


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


class Clock(Protocol):
    """The time. Only the service asks it; below, the day is an argument."""

    def now(self) -> datetime:
        """Now, aware, in Europe/London."""

    def today(self) -> date:
        """Today in Europe/London."""


class Exclusive(Protocol):
    """One pass at a time on one store."""

    def hold(self) -> AbstractContextManager[bool]:
        """A context that is True when this process holds the store, False when another one does."""
