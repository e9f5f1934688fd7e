"""What the loopback does badly when it is told to."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal

When = Literal["before", "after"]


@dataclass(frozen=True)
class Status:
    """Answers this status and does nothing."""

    code: int
    headers: Mapping[str, str] = field(default_factory=dict)
    error_code: str = ""
    message: str = ""


@dataclass(frozen=True)
class StatusAfter:
    """Does what was asked, and answers this status all the same."""

    code: int
    headers: Mapping[str, str] = field(default_factory=dict)
    error_code: str = ""


@dataclass(frozen=True)
class Later:
    """Answers this status, and does what was asked once the loopback's clock has passed the seconds."""

    status: int
    seconds: float


@dataclass(frozen=True)
class Dropped:
    """A send is accepted and the message vanishes."""


@dataclass(frozen=True)
class StaysDraft:
    """A send is accepted and the message stays a draft."""


@dataclass(frozen=True)
class Reset:
    """Breaks the connection off, before or after doing what was asked."""

    when: When = "before"


@dataclass(frozen=True)
class Truncated:
    """Does it, and breaks off within the answer, which announces more than comes."""


@dataclass(frozen=True)
class Trickle:
    """Does it, and answers a byte at a time."""

    seconds_per_byte: float


@dataclass(frozen=True)
class Hang:
    """Keeps the client waiting for real seconds, before or after doing what was asked; then answers."""

    seconds: float
    when: When = "after"


@dataclass(frozen=True)
class EmptyPage:
    """A list begins with an empty page that has a link to the next."""


@dataclass(frozen=True)
class AddsRecipient:
    """Makes or changes a draft, and copies somebody in whom nobody asked for."""

    address: str


@dataclass(frozen=True)
class MovesWhileListing:
    """Once a page of a folder was told, its first message moves to another folder."""

    to: str = "archive"


Does = (
    Status
    | StatusAfter
    | Later
    | Dropped
    | StaysDraft
    | Reset
    | Truncated
    | Trickle
    | Hang
    | EmptyPage
    | MovesWhileListing
    | AddsRecipient
)


@dataclass
class Fault:
    """What to do at the `nth` matching call from now, and at those after it: `times` in all, None for ever.

    `call` is a call's name or `any`; `matching` is a piece of the target that the call has to have.
    """

    call: str
    does: Does
    nth: int = 1
    times: int | None = 1
    matching: str = ""
    seen: int = 0
    done: int = 0

    def strikes(self, call: str, target: str) -> bool:
        """Counts a call; tells whether it is struck."""
        if self.call not in (call, "any") or self.matching not in target:
            return False
        if self.call == "any" and call in NOT_IN_ANY:
            return False
        if self.times is not None and self.done >= self.times:
            return False
        self.seen += 1
        if self.seen < self.nth:
            return False
        self.done += 1
        return True


NOT_IN_ANY = frozenset({"token", "upload_put", "download"})


class Faults:
    """The faults to come, and those that struck as (call, what was done)."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self.struck: list[tuple[str, Does]] = []

    def add(self, *faults: Fault) -> None:
        """More faults. Where several match a call, the first added strikes."""
        for one in faults:
            if one.call not in CALLS:
                raise ValueError(f"there is no call {one.call!r}")
        with self._lock:
            self._faults += faults

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self._faults.clear()

    def take(self, call: str, target: str) -> Does | None:
        """The fault that strikes this call, if any."""
        with self._lock:
            for one in self._faults:
                if one.strikes(call, target):
                    self.struck.append((call, one.does))
                    return one.does
        return None


def throttled(seconds: float = 5) -> Status:
    """429 with Retry-After in seconds."""
    return Status(429, {"Retry-After": f"{seconds:g}"})


def throttled_until(moment: datetime) -> Status:
    """429 with Retry-After as an HTTP date."""
    return Status(429, {"Retry-After": format_datetime(moment.astimezone(UTC), usegmt=True)})


def throttled_hugely() -> Status:
    """429 that asks for a day and more."""
    return throttled(100_000)


def throttled_with_garbage() -> Status:
    """429 with a Retry-After that means nothing."""
    return Status(429, {"Retry-After": "soon, \u00e9h?"})


def throttled_silently() -> Status:
    """429 without Retry-After."""
    return Status(429)


# Every call has a name here, for faults and for `LoopbackGraph.calls`.
CALLS = frozenset(
    [
        *("any", "token", "create_draft", "create_reply", "update", "send", "send_mail", "get_message"),
        *("find", "list_inbox", "list_folder", "list_messages", "list_attachments", "get_attachment"),
        *("add_attachment", "delete_attachment", "attachment_value", "message_value", "move", "delete"),
        *("list_folders", "get_folder", "create_folder", "upload_session", "upload_put", "drive_item"),
        *("drive_content", "share_item", "site_item", "download"),
    ]
)
