"""What the store promises about personal content: to whom it went, and that it can be taken away."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ..domain.history import Event
from ..domain.ids import AuditRef

if TYPE_CHECKING:
    from .store import Sending

Kept = Mapping[str, Collection[str]]
"""The answers that stay as figures: by the key of a field, the words of its list."""


@dataclass(frozen=True, slots=True)
class Content:
    """What there is about one audit. `files` are the hashes of returned files that are its alone, `shared` of
    those that another's mail holds too; `mails` are where mails are filed (folder and name), `quoted` the
    stamps of those of which QA's digest may have quoted, `lists` the lists that its actions stood on.
    `gone` says whether its row is out of the spreadsheet."""

    versions: int
    actions: int
    files: tuple[str, ...]
    shared: tuple[str, ...]
    mails: tuple[tuple[str, str], ...]
    quoted: tuple[str, ...]
    lists: tuple[AuditRef, ...]
    gone: bool


class Privacy(Protocol):
    """Personal content. Each method is one transaction, durable when it returns."""

    def sent_to(self, person: str) -> tuple["Sending", ...]:
        """All that a person was sent, by staff key or address, copies too, oldest first. What went in a mail
        with others has a value of its own, `within` that mail."""

    def sent_within(self, mail: str) -> tuple["Sending", ...]:
        """The messages that went in a mail with others, by the key of that mail."""

    def content(self, reference: AuditRef) -> Content:
        """What there is about one audit."""

    def erase(
        self,
        reference: AuditRef,
        kinds: Collection[str],
        kept: Kept,
        event: Event,
        stamp: datetime,
        tombstone: str,
    ) -> None:
        """Take away the `forms`, `mails`, `messages` or `figures` of an audit (domain/retention.py);
        `tombstone` is kept in their place. Once its row is out of the spreadsheet, its case number goes too.
        """

    def erase_month(self, month: str, kinds: Collection[str], event: Event, stamp: datetime) -> None:
        """Take away the addresses of `messages`, and what `mails` said, of a month (`2026-11`), of those that
        are about no audit."""

    def files_of_month(self, month: str) -> tuple[str, ...]:
        """The hashes of files of a month's mails that are about no audit, and that nothing else has."""

    def tombstones(self) -> Mapping[str, str]:
        """What was kept in the place of erased content, by reference."""

    def held(self) -> tuple[Mapping[str, Collection[str]], Mapping[str, Collection[str]]]:
        """The kinds of which there still is something, by audit, and by month where it is about none."""

    def compact(self) -> str:
        """Clear what was taken away from the database's own files as well, as far as it can. What is left of
        it there, empty when nothing is."""
