"""What the loopback remembers: mailboxes with their folders, messages and attachments."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from . import ids
from .clock import Clock
from .properties import MESSAGE_CLASS, PropertyKey
from .web import GraphError

Address = tuple[str, str]  # name, address

WELL_KNOWN = {
    "inbox": "Inbox",
    "drafts": "Drafts",
    "sentitems": "Sent Items",
    "deleteditems": "Deleted Items",
    "archive": "Archive",
    "junkemail": "Junk Email",
    "outbox": "Outbox",
}
ROOT = "msgfolderroot"


@dataclass
class Folder:
    """A folder of a mailbox. The root has no parent."""

    name: str
    parent: "Folder | None" = None
    well_known: str = ""
    id: str = field(default_factory=ids.folder_id)


@dataclass
class Attachment:
    """A file, a mail or a link on a message. `kind` is file, item or reference."""

    kind: str
    name: str
    content: bytes = b""
    content_type: str | None = None
    inline: bool = False
    content_id: str | None = None
    id: str = field(default_factory=ids.immutable_id)
    modified: datetime = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Message:
    """A draft, a sent message or one that arrived. `raw` is its MIME; a draft has none yet."""

    folder: Folder
    created: datetime
    subject: str | None = ""
    body_kind: str = "html"
    body: str = ""
    sender: Address | None = None
    from_: Address | None = None
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    bcc: list[Address] = field(default_factory=list)
    reply_to: list[Address] = field(default_factory=list)
    importance: str = "normal"
    flag: str = "notFlagged"
    categories: list[str] = field(default_factory=list)
    is_read: bool = False
    is_draft: bool = True
    wants_delivery_receipt: bool | None = False
    wants_read_receipt: bool | None = False
    internet_message_id: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    properties: dict[PropertyKey, str] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    in_reply_to: str = ""
    references: str = ""
    conversation_id: str = field(default_factory=ids.conversation_id)
    conversation_index: str = field(default_factory=ids.conversation_index)
    received: datetime | None = None
    sent: datetime | None = None
    modified: datetime | None = None
    raw: bytes = b""
    mime_fails: bool = False
    nulls: bool = False
    id: str = field(default_factory=ids.immutable_id)
    moving_id: str = field(default_factory=ids.moving_id)
    change_key: str = field(default_factory=ids.change_key)
    hidden_looks: int = 0
    hidden_until: float = 0.0

    @property
    def message_class(self) -> str:
        """What Exchange takes the message for."""
        return self.properties.get(MESSAGE_CLASS, "IPM.Note")

    def changed(self, now: datetime) -> None:
        """Notes that the message is not what it was."""
        self.modified, self.change_key = now, ids.change_key()

    def move_to(self, folder: Folder, now: datetime) -> None:
        """Files the message elsewhere: the id that stays stays, the other is new."""
        self.folder, self.moving_id = folder, ids.moving_id()
        self.changed(now)

    def recipients(self) -> list[Address]:
        """Whoever gets it."""
        return [*self.to, *self.cc, *self.bcc]


class Mailbox:
    """One mailbox. What tests read and put in; the calls go through the other modules."""

    def __init__(
        self, address: str, name: str, clock: Clock, lock: "threading.RLock", deliver: "Deliver"
    ) -> None:
        self.address, self.name, self.id = address, name, ids.guid()
        self.clock, self.lock, self._deliver = clock, lock, deliver
        self.root = Folder("Top of Information Store", None, ROOT)
        made = [Folder(shown, self.root, known) for known, shown in WELL_KNOWN.items()]
        self.folders: dict[str, Folder] = {one.id: one for one in (self.root, *made)}
        self.messages: dict[str, Message] = {}

    def deliver(
        self,
        mime: bytes,
        *,
        message_class: str = "IPM.Note",
        mime_fails: bool = False,
        reference_attachments: tuple[str, ...] = (),
        nulls: bool = False,
        received: datetime | None = None,
        folder: str = "inbox",
    ) -> str:
        """Puts a mail into the mailbox as if it had arrived. Gives the id that stays."""
        with self.lock:
            message = self._deliver(self, mime, received or self.clock.now())
            message.folder = self.folder_for(folder)
            message.mime_fails, message.nulls = mime_fails, nulls
            message.properties[MESSAGE_CLASS] = message_class
            message.attachments += [Attachment("reference", name) for name in reference_attachments]
            self.messages[message.id] = message
            return message.id

    def sent(self) -> list[bytes]:
        """The MIME of what is in Sent Items, oldest first."""
        return [message.raw for message in self.folder("Sent Items")]

    def drafts(self) -> list[Message]:
        """What is in Drafts, oldest first."""
        return self.folder("Drafts")

    def folder(self, path: str) -> list[Message]:
        """What lies in the folder at this path of names, oldest first. No such folder: nothing."""
        with self.lock:
            found: Folder | None = self.root
            for name in path.strip("/").split("/"):
                found = self.child(found, name) if found else None
            return self.in_folder(found) if found else []

    def child(self, parent: Folder, name: str) -> Folder | None:
        """The folder of this name in another, in any letter case."""
        named = (one for one in self.children(parent) if one.name.lower() == name.lower())
        return next(named, None)

    def children(self, parent: Folder) -> list[Folder]:
        """The folders in a folder."""
        return [one for one in self.folders.values() if one.parent is parent]

    def in_folder(self, folder: Folder) -> list[Message]:
        """The messages in a folder."""
        return [one for one in self.messages.values() if one.folder is folder]

    def folder_for(self, reference: str) -> Folder:
        """The folder of this id or well-known name."""
        if found := self.folders.get(reference):
            return found
        known = (one for one in self.folders.values() if one.well_known == reference.lower())
        if found := next(known, None):
            return found
        raise GraphError(404, "ErrorItemNotFound", "The specified folder was not found in the store.")

    def message_for(self, reference: str) -> Message:
        """The message of this id, of either kind."""
        if found := self.messages.get(reference):
            return found
        moving = (one for one in self.messages.values() if one.moving_id == reference)
        if found := next(moving, None):
            return found
        raise GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")

    def attachment_for(self, message: Message, reference: str) -> Attachment:
        """An attachment of a message by its id."""
        named = (one for one in message.attachments if one.id == reference)
        if found := next(named, None):
            return found
        raise GraphError(404, "ErrorItemNotFound", "The specified attachment was not found in the store.")

    def add_folder(self, parent: Folder, name: str) -> Folder:
        """A new folder."""
        made = Folder(name, parent)
        self.folders[made.id] = made
        return made


Deliver = Callable[[Mailbox, bytes, datetime], Message]
