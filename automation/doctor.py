"""What IT asks before the first month and after each change: is everything outside as it should be?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .domain.finding import Finding
from .domain.ids import MessageKey, StaffKey
from .domain.message import File, Letter, Message, Recipient
from .letters import Letters
from .outside import Microsoft365, open_mailbox, open_workbook
from .ports import (
    Clock,
    LetterRefusedError,
    Mailbox,
    OutsideUnavailableError,
    SendingStep,
    UncertainError,
    UndecidedError,
)
from .settings import Settings

_LARGE = 3_400_000
"""Bytes: more than one call takes, so that an upload session is tried."""


@dataclass
class _Steps:
    """Keeps the steps of the one test message for as long as the examination runs."""

    noted: dict[MessageKey, SendingStep] = field(default_factory=dict)

    def step(self, key: MessageKey) -> SendingStep | None:
        return self.noted.get(key)

    def note_step(self, key: MessageKey, step: SendingStep) -> None:
        self.noted[key] = step


def examine(
    settings: Settings, letters: Letters, clock: Clock, send_to: str = "", other_mailbox: str = ""
) -> Iterator[Finding]:
    """Look at everything outside, one finding at a time. Nothing is written or sent, unless `send_to` names
    an address: then one test message goes there."""
    microsoft = Microsoft365(settings)
    if settings.microsoft_365 is not None:
        from .adapters.m365.examination import Examination

        other = other_mailbox or (settings.qa_officers[0].address if settings.qa_officers else "")
        home = settings.mailbox.folder
        yield from Examination(microsoft.graph, settings.mailbox.address, home, clock.now).findings(other)
    if settings.mailbox.kind == "folder":
        yield _folder(settings.path(settings.mailbox.folder))
    yield _workbook(settings, microsoft)
    if send_to:
        steps = _Steps()
        yield from _sent(settings, letters, open_mailbox(settings, microsoft, steps), steps, clock, send_to)
    else:
        yield Finding("sending", "not asked", "nothing was sent.", "Run it again with --send-to ADDRESS.")


def _folder(place: Path) -> Finding:
    if place.is_dir():
        return Finding("mailbox", "passes", f"{place} is there.")
    return Finding("mailbox", "not asked", f"{place} is not there yet.", "The first pass makes it.")


def _workbook(settings: Settings, microsoft: Microsoft365) -> Finding:
    try:
        copy = open_workbook(settings, microsoft).read()
        where = ""
        if settings.workbook.kind == "sharepoint":
            place = microsoft.workbook().place()
            where = f' For service.toml: drive = "{place.drive}", item = "{place.item}".'
    except OutsideUnavailableError as fault:
        return Finding("spreadsheet", "fails", str(fault), "`case-audit check` then looks at each row.")
    return Finding("spreadsheet", "passes", f"{copy.name}, {len(copy.content):,} bytes.{where}")


def _sent(
    settings: Settings, letters: Letters, mailbox: Mailbox, steps: _Steps, clock: Clock, address: str
) -> Iterator[Finding]:
    domain = address.rpartition("@")[2].lower()
    if domain not in settings.recipients.domains:
        remedy = "Name an address at one of recipients.domains."
        yield Finding("sending", "fails", "that address is at no listed domain.", remedy)
        return
    now = clock.now()
    key = MessageKey(f"doctor/test/{now:%Y-%m-%dT%H-%M-%S}/{StaffKey(address)}")
    try:
        mailbox.send(_letter(letters, key, now, address), key)
    except (LetterRefusedError, OutsideUnavailableError) as fault:
        yield Finding("sending", "fails", f"{fault}", "See the lines above, and docs/microsoft-365.md.")
        return
    except (UndecidedError, UncertainError):
        remedy = "Look in Sent Items. If it is there, Exchange is slow: the service copes."
        yield Finding("sending", "fails", "it was handed over, and is not in Sent Items yet.", remedy)
        return
    yield Finding("sending", "passes", f"one test message went to {address}, with a large file.")
    steps.noted.clear()
    if mailbox.has_sent(key):
        yield Finding("key in Sent Items", "passes", "the message is found again by its key alone.")
    else:
        remedy = "Wait a minute and run this again. If it stays so, tell us: nothing goes twice all the same."
        yield Finding("key in Sent Items", "fails", "the message is not found by its key.", remedy)
    remedy = "Open it there: its headers must have X-Case-Audit-Key and X-Auto-Response-Suppress."
    yield Finding("headers", "not asked", "only its reader can see what arrived.", remedy)


def _letter(letters: Letters, key: MessageKey, now: datetime, address: str) -> Letter:
    to = Recipient(StaffKey(address), address, address)
    large = File("large-test-file.txt", "text/plain", b"A test of large files.\r\n" * (_LARGE // 24))
    return letters.word(Message(key, "doctor_test", to, {"day": now.date()}), now, (large,))
