"""What IT asks before the first month and after each change: is everything outside as it should be?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .adapters.addresses import valid_address
from .adapters.disk import keep_private
from .domain.finding import Finding
from .domain.ids import MessageKey, StaffKey
from .domain.message import File, Message, Recipient
from .letters import Letters, TemplateBrokenError
from .outbox import Guard
from .outside import Microsoft365, open_mailbox, open_workbook
from .ports import (
    Clock,
    LetterRefusedError,
    OutsideUnavailableError,
    SendingStep,
    UncertainError,
    UndecidedError,
)
from .settings import Settings

_NO_SIGN_IN = ("there is no sign-in.", "Mend the sign-in first.")
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

    def forget_step(self, key: MessageKey) -> None:
        self.noted.pop(key, None)


def examine(
    settings: Settings, letters: Letters, clock: Clock, send_to: str = "", other_mailbox: str = ""
) -> Iterator[Finding]:
    """Look at everything outside, one finding at a time. Nothing is written or sent, unless `send_to` names
    an address: then one test message goes there."""
    microsoft, signed_in = Microsoft365(settings), True
    if settings.microsoft_365 is not None:
        from .adapters.m365.examination import Examination

        other = other_mailbox or (settings.qa_officers[0].address if settings.qa_officers else "")
        own, there = settings.mailbox, settings.mailbox.kind == "m365"
        looking = Examination(microsoft.graph, own.address, own.folder, clock.now)
        for one in looking.findings(other, there):
            signed_in = signed_in and (one.what, one.state) != ("sign-in", "fails")
            yield one
    if settings.mailbox.kind == "folder":
        yield _folder(settings.path(settings.mailbox.folder))
    if settings.workbook.kind == "file" or signed_in:
        yield _workbook(settings, microsoft)
    else:
        yield Finding("spreadsheet", "not asked", *_NO_SIGN_IN)
    if send_to and settings.mailbox.kind == "m365" and not signed_in:
        yield Finding("sending", "not asked", *_NO_SIGN_IN)
    elif send_to:
        keep_private()
        yield from _sent(settings, letters, microsoft, clock, send_to)
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
    settings: Settings, letters: Letters, microsoft: Microsoft365, clock: Clock, address: str
) -> Iterator[Finding]:
    now, mailbox = clock.now(), open_mailbox(settings, microsoft, _Steps())
    key = MessageKey(f"doctor/test/{now:%Y-%m-%dT%H-%M-%S}/{StaffKey(address)}")
    to = Recipient(StaffKey(address), address, address)
    message = Message(key, "doctor_test", to, {"day": now.date()})
    if Guard(settings.recipients.domains, valid_address).refuses(message):
        remedy = "Name an address at one of recipients.domains."
        yield Finding("sending", "fails", "that is not one valid address at a listed domain.", remedy)
        return
    try:
        mailbox.send(letters.word(message, now, (_large_file(),)), key)
    except (LetterRefusedError, OutsideUnavailableError, TemplateBrokenError) as fault:
        yield Finding("sending", "fails", f"{fault}", "See the lines above, and docs/microsoft-365.md.")
        return
    except (UndecidedError, UncertainError):
        remedy = "Look in Sent Items. If it is there, Exchange is slow: the service copes."
        yield Finding("sending", "fails", "it was handed over, and is not in Sent Items yet.", remedy)
        return
    yield Finding("sending", "passes", f"one test message went to {address}, with a large file.")
    if settings.mailbox.kind == "m365":
        yield _key(microsoft, key)
    remedy = "Open it there: its headers must have X-Case-Audit-Key and X-Auto-Response-Suppress."
    yield Finding("headers", "not asked", "only its reader can see what arrived.", remedy)


def _key(microsoft: Microsoft365, key: MessageKey) -> Finding:
    try:
        found = microsoft.key_survives(key)
    except OutsideUnavailableError as fault:
        return Finding("key in Sent Items", "fails", f"{fault}", "Wait a minute and run this again.")
    if found:
        return Finding("key in Sent Items", "passes", "the message is found again by its key alone.")
    remedy = "Wait a minute and run this again. If it stays so, letters are found by their Message-ID."
    return Finding("key in Sent Items", "fails", "the message is not found by its key.", remedy)


def _large_file() -> File:
    return File("large-test-file.txt", "text/plain", b"A test of large files.\r\n" * (_LARGE // 24))
