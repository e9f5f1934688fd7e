"""The other side of the mailbox: where staff find what they were sent, and where their replies go in."""

import base64
import email.policy
import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Protocol

from ..adapters.clock import FixedClock
from ..adapters.disk import write_whole
from ..adapters.eml_folder import sent_name
from ..domain.dealt_mail import Outcome
from ..domain.ids import KEY_HEADER, MessageKey
from ..outside import Waiting
from .loopback import Control
from .mails import written_at
from .refused import RehearsalError

_WITH_FORMS = (
    *("case-details", "moderation_pack", "moderation-pack", "moderation_outcome", "moderation-outcome"),
    *("dispute-grade", "dispute-actions", "action-update", "oversight", "list-reminder"),
)
"""How the names of mails with a form go on after what they are about. All mails would be many to open."""


class FarSide(Protocol):
    """What lies beyond the mailbox, whichever that is."""

    @property
    def waiting(self) -> Waiting:
        """How the service's adapters wait."""

    def morning(self, day: date) -> None:
        """A day begins: it is eight o'clock in London."""

    def gone(self) -> int:
        """How many mails are known to have left the service."""

    def new_mail(self) -> Iterator[bytes]:
        """The mails with a form that have come since staff last looked, by name."""

    def drop(self, reply: bytes) -> None:
        """Let a reply arrive, once, whether it is in the inbox still or has been filed."""

    def keep(self) -> None:
        """See that every mail lies in the rehearsal's folder, for the page to lead to."""


class FolderFarSide:
    """The far side of a mailbox that is a folder: the staff's mail program is the folder itself."""

    def __init__(self, mailbox: Path) -> None:
        self._mailbox, self._seen = mailbox, set[str]()

    @property
    def waiting(self) -> Waiting:
        """As everybody waits: a folder makes nobody wait."""
        return Waiting()

    def morning(self, day: date) -> None:
        """A folder has no clock."""

    def gone(self) -> int:
        """How many letters lie in `sent/`."""
        return sum(1 for _ in (self._mailbox / "sent").glob("*.eml"))

    def new_mail(self) -> Iterator[bytes]:
        """Those in `sent/` that have not been looked at."""
        for path in sorted((self._mailbox / "sent").glob("*.eml"), key=lambda one: one.name):
            if path.name not in self._seen and path.name.split("_", 1)[1].startswith(_WITH_FORMS):
                self._seen.add(path.name)
                yield path.read_bytes()

    def drop(self, reply: bytes) -> None:
        """Put it into `inbox/`, whole, unless it is there or has been filed already."""
        mail_id = hashlib.sha256(reply).hexdigest()[:32]
        if not any((self._mailbox / "filed").glob(f"*/*_{mail_id[:12]}.eml")):
            write_whole(self._mailbox / "inbox" / f"{mail_id[:16]}.eml", reply)

    def keep(self) -> None:
        """They lie there."""


class LoopbackFarSide:
    """The far side of a mailbox on a loopback Graph. Staff read copies of what left it, in a folder.

    The service waits here without waiting: a pause moves the loopback's clock, so that it may hold the
    service to Microsoft's limits all the same.
    """

    def __init__(self, control: Control, home: str, copies: Path) -> None:
        """`home` is the mail folder that holds those for filed mail; `copies` a folder like a mailbox's."""
        self._control, self._home, self._copies = control, home, copies
        self._folder = FolderFarSide(copies)
        self._moment, self._waited = FixedClock(date.min).now(), 0.0
        self._names: list[str] = []
        self._arrived: set[str] | None = None

    @property
    def waiting(self) -> Waiting:
        """Time that passes by being waited for, here and on the loopback."""
        return Waiting(lambda: self._waited, self._pause)

    def _pause(self, seconds: float) -> None:
        self._waited += seconds
        self._moment += timedelta(seconds=seconds)
        self._control.set_clock(self._moment)

    def morning(self, day: date) -> None:
        """Set the loopback's clock to the morning of the day."""
        self._moment = FixedClock(day).now()
        self._control.set_clock(self._moment)

    def gone(self) -> int:
        """How many copies there are."""
        return self._folder.gone()

    def new_mail(self) -> Iterator[bytes]:
        """Those among the newest copies."""
        self._copy_sent()
        return self._folder.new_mail()

    def drop(self, reply: bytes) -> None:
        """Deliver it, at the moment that its Date names, unless it has been delivered."""
        if self._arrived is None:
            self._arrived = self._control.arrived(self._home)
        mark = hashlib.sha256(reply).hexdigest()
        if mark not in self._arrived:
            self._control.deliver(reply, written_at(reply))
            self._arrived.add(mark)

    def keep(self) -> None:
        """Copy what was sent and what was filed into the rehearsal's folder."""
        self._copy_sent()
        for outcome in Outcome:
            place = self._copies / "filed" / outcome.folder
            for one in self._control.folder(f"{self._home}/{outcome.folder}", contents=True):
                place.mkdir(parents=True, exist_ok=True)
                write_whole(place / f"{Path(one['filed_as']).name}.eml", base64.b64decode(one["mime"]))

    def _copy_sent(self) -> None:
        """Copy what has left since the last look. Raises RehearsalError for a key that has left twice."""
        place = self._copies / "sent"
        place.mkdir(parents=True, exist_ok=True)
        for mail in self._control.sent(len(self._names)):
            key = str(BytesHeaderParser(policy=email.policy.default).parsebytes(mail)[KEY_HEADER]).strip()
            name = sent_name(MessageKey(key))
            if name in self._names:
                raise RehearsalError(f"The message {key} has left the mailbox twice.")
            self._names.append(name)
            write_whole(place / name, mail)
