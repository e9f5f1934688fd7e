"""A message before it is worded: what kind, to whom, about which audit, on which occasion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from .ids import AuditRef, MessageKey, StaffKey

Fact = str | int | bool | date | None | tuple["Fact", ...] | Mapping[str, "Fact"]
"""A plain value that a template may use. Nothing with behaviour reaches a template."""

Attachment = Literal["form", "calendar"]
"""The audit's pre-filled Word form; an .ics entry for the due date."""


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
