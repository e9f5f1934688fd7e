"""A message before it is worded: what kind, to whom, about which audit, on which occasion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from .ids import AuditRef, MessageKey, StaffKey

Fact = str | int | bool | date | None | tuple["Fact", ...] | Mapping[str, "Fact"]
"""A plain value that a template may use. Nothing with behaviour reaches a template."""

Attachment = Literal[
    "form",
    "calendar",
    "discussion",
    "shared_copy",
    "moderation",
    "response",
    "decision_grade",
    "decision_actions",
    "action_update",
    "oversight",
    "report",
    "report_review",
    "report_narrative",
]
"""The audit's pre-filled Word form; an .ics entry for the due date; one for the reflective discussion; the
returned audit without its hidden parts; the other forms, by their keys; the report, the workbook in which QA
reviews it, and QA's own words for it."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person at one address. `key` is the staff key, or the address for QA officers in config."""

    key: StaffKey
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person. `kind` names its template set in `templates/email/`.

    `copied` are shown as Cc (guidance 2: managers being copied in). `answers` is the id of the mail
    this message replies to, empty for messages we start.
    """

    key: MessageKey
    kind: str
    to: Recipient
    facts: Mapping[str, Fact] = field(default_factory=dict)
    copied: tuple[Recipient, ...] = ()
    reference: AuditRef | None = None
    attach: tuple[Attachment, ...] = ()
    answers: str = ""
    parts: tuple["Message", ...] = ()
    """Messages to the same person that go in this one mail, each with a key and files of its own."""
    urgent: bool = False
    known: tuple[tuple[str, str], ...] = ()
    """What it makes known of the decision behind it, as kind and text (`forgotten.py`)."""


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way out or in. `name` is what the sender called it: never a path of ours."""

    name: str
    media_type: str
    content: bytes


def file_facts(files: Sequence[File]) -> tuple[Fact, ...]:
    """Each file's name and the SHA-256 of its bytes, for the history: a breach is told by what went."""
    return tuple({"name": one.name, "sha256": sha256(one.content).hexdigest()} for one in files)


@dataclass(frozen=True, slots=True)
class Letter:
    """A worded message, ready to go. `stamp` is the aware time it is dated; `category` its kind."""

    to: Recipient
    copied: tuple[Recipient, ...]
    subject: str
    html: str
    text: str
    stamp: datetime
    category: str
    files: tuple[File, ...] = ()
    answers: str = ""
    """The Message-ID that this letter replies to, for the thread; empty when it starts one."""
    urgent: bool = False
    parts: tuple[tuple[str, MessageKey], ...] = ()
    """The kind and key of each message that goes in this one mail."""
    known: tuple[tuple[str, str], ...] = ()
    """What it makes known of the decisions behind it, as kind and text, to a store that forgot them."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What the council puts on every message. `tag` begins each subject, and `header` is `X-Name: value`, for
    its mail-flow rule that encrypts; `sensitivity` is Outlook's: normal, personal, private, confidential."""

    sensitivity: str = "normal"
    tag: str = ""
    header: str = ""


BounceKind = Literal["hard", "full", "delayed"]
"""The address does not work; the mailbox is full; it has not arrived yet and is still being tried."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """One address that a message of ours could not reach, as a delivery report tells it (RFC 3464).

    `status` is the enhanced code such as `5.1.1` (RFC 3463), empty when the report gives none. `key` is
    the key of our message where the report has its Message-ID too; else the mark in that; else only what the
    message was about, which proves nothing.
    """

    address: str
    kind: BounceKind
    status: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that came in. `id` is stable for the same mail; `automatic` names why no person wrote it.

    `automatic` is empty for a person's mail, else one of `auto-reply`, `bounce`, `receipt`,
    `meeting reply`, `automatic` (RFC 3834, RFC 3464). `answers` are the Message-IDs that it replies to
    (In-Reply-To and References), `bounces` what a delivery report says.
    """

    id: str
    message_id: str
    sender: str
    subject: str
    text: str
    received: datetime
    files: tuple[File, ...] = ()
    automatic: str = ""
    disproved: bool = False
    """Whether the mail systems on the way say that it is not from its sender."""
    answers: tuple[str, ...] = ()
    bounces: tuple[Bounce, ...] = ()
    linked: bool = False
    """Whether a file came as a link to where it is kept, in place of the file."""
