"""The state of the whole loopback, and one call upon it."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import ids
from .clock import Clock
from .mime_in import parsed
from .properties import SENSITIVITY, TRANSPORT_HEADERS
from .state import Attachment, Folder, Mailbox, Message
from .web import GraphError, Request

UPLOAD_LASTS = timedelta(hours=24)


@dataclass
class VisibleAfter:
    """How long a sent message is not found: for some looks by its id, and for some seconds."""

    looks: int = 0
    seconds: float = 0.0
    hides_from_find: bool = False


@dataclass
class Upload:
    """A file on its way in pieces."""

    mailbox: Mailbox
    message: Message
    attachment: Attachment
    size: int
    expires: datetime
    token: str = field(default_factory=ids.token)
    content: bytearray = field(default_factory=bytearray)


class World:
    """Mailboxes, what left them, and what was done wrong. All of it is used under `lock`."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.lock = clock, threading.RLock()
        self.url = ""
        self.mailboxes: dict[str, Mailbox] = {}
        self.allowed: set[str] = set()
        self.outbox: list[tuple[str, bytes]] = []
        self.violations: list[str] = []
        self.uploads: dict[str, Upload] = {}
        self.visible_after = VisibleAfter()
        self.sends_again = True

    def add_mailbox(self, address: str, name: str, allowed: bool) -> Mailbox:
        """A new mailbox."""
        with self.lock:
            if address.lower() in self.mailboxes:
                raise ValueError(f"{address} has a mailbox already")
            made = Mailbox(address, name, self.clock, self.lock, arrived)
            self.mailboxes[address.lower()] = made
            if allowed:
                self.allowed.add(address.lower())
            return made

    def mailbox_for(self, user: str) -> Mailbox:
        """The mailbox of an address or object id, if the app may use it."""
        by_id = {one.id.lower(): one for one in self.mailboxes.values()}
        found = self.mailboxes.get(user.lower()) or by_id.get(user.lower())
        if not found:
            raise GraphError(404, "ErrorInvalidUser", f"The requested user '{user}' is invalid.")
        if found.address.lower() not in {one.lower() for one in self.allowed}:
            raise GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        return found

    def violation(self, text: str) -> None:
        """Notes what ought not to have been asked or answered."""
        with self.lock:
            self.violations.append(text)


@dataclass
class Call:
    """One call upon a mailbox. `spoiled` says that its answer is not what Graph's description promises."""

    world: World
    request: Request
    names: dict[str, str]
    mailbox: Mailbox
    spoiled: bool = False

    @property
    def now(self) -> datetime:
        """The moment of the call."""
        return self.world.clock.now()

    def message(self) -> Message:
        """The message that the path names."""
        return self.mailbox.message_for(self.names["message"])

    def folder(self, default: str = "") -> Folder:
        """The folder that the path names."""
        return self.mailbox.folder_for(self.names.get("folder") or default)


def arrived(mailbox: Mailbox, mime: bytes, received: datetime) -> Message:
    """The message that MIME becomes in a mailbox, read by nobody yet."""
    got = parsed(mime)
    related = {got.in_reply_to, *got.references.split()} - {""}
    thread = (one for one in mailbox.messages.values() if one.internet_message_id in related)
    earlier = next(thread, None)
    message = Message(
        mailbox.folder_for("inbox"),
        received,
        subject=got.subject,
        body_kind=got.body_kind,
        body=got.body,
        sender=got.sender,
        from_=got.from_,
        to=got.to,
        cc=got.cc,
        reply_to=got.reply_to,
        importance=got.importance,
        is_draft=False,
        internet_message_id=got.message_id or f"<{ids.hexadecimal()}@loopback.outlook.example>",
        headers=got.headers,
        attachments=got.attachments,
        in_reply_to=got.in_reply_to,
        references=got.references,
        received=received,
        sent=got.sent or received,
        raw=mime,
    )
    message.properties[SENSITIVITY] = got.sensitivity
    message.properties[TRANSPORT_HEADERS] = "".join(f"{name}: {value}\r\n" for name, value in got.headers)
    if earlier:
        message.conversation_id = earlier.conversation_id
    for attachment in message.attachments:
        attachment.modified = received
    return message
