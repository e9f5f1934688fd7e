"""config/*.toml to frozen settings. Every fault at once, with its file, its key and the nearest known key."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar

from .domain.columns import Columns
from .domain.form import Form
from .domain.ids import StaffKey
from .domain.message import Recipient
from .domain.report_look import Look
from .domain.rules import Rules
from .domain.themes import Vocabulary
from .form_files import config_text, forms_of
from .outside_settings import (
    MailboxSettings,
    Microsoft365Settings,
    ReportsSettings,
    StoreSettings,
    WorkbookSettings,
)
from .safety_settings import BackupSettings, BrakeSettings, TrialSettings
from .shipped import shipped
from .toml_values import read_values
from .watching_settings import HeartbeatSettings, LogSettings

T = TypeVar("T")


class SettingsError(Exception):
    """The configuration is wrong: every fault, one a line. The service does not start."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Council:
    """Who we are, as messages and forms say it."""

    name: str
    service_name: str
    qa_team: str
    qa_address: str
    urgent_phone: str


@dataclass(frozen=True, slots=True)
class QaOfficer:
    """One person who gets the preview and the digest."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class RecipientSettings:
    """Who may be written to."""

    domains: frozenset[str]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When `case-audit run` makes its passes."""

    every_minutes: int
    send_from: time
    send_until: time

    def __post_init__(self) -> None:
        if not 1 <= self.every_minutes <= 24 * 60:
            raise ValueError("every_minutes must be 1 to 1440.")
        if self.send_from >= self.send_until:
            raise ValueError("send_from must be earlier than send_until.")
        day = date.min
        hours = datetime.combine(day, self.send_until) - datetime.combine(day, self.send_from)
        if self.every_minutes * 2 > hours.total_seconds() / 60:
            # Each pass may take a while. With less than this a day might go by without one in those hours.
            raise ValueError("every_minutes must be at most half the time from send_from to send_until.")


@dataclass(frozen=True, slots=True)
class Closure:
    """A day on which the council is closed."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class BankHolidays:
    """Whose bank holidays count."""

    country: str
    subdivision: str


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """The days that are not worked."""

    bank_holidays: BankHolidays
    closures: tuple[Closure, ...] = ()


@dataclass(frozen=True, slots=True)
class _Service:
    council: Council
    qa_officers: tuple[QaOfficer, ...]
    mailbox: MailboxSettings
    workbook: WorkbookSettings
    store: StoreSettings
    recipients: RecipientSettings
    schedule: Schedule
    microsoft_365: Microsoft365Settings | None = None
    reports: ReportsSettings = field(default_factory=ReportsSettings)
    report_look: Look = field(default_factory=Look)
    brakes: BrakeSettings = field(default_factory=BrakeSettings)
    trial: TrialSettings = field(default_factory=TrialSettings)
    backup: BackupSettings = field(default_factory=BackupSettings)
    log: LogSettings = field(default_factory=LogSettings)
    heartbeat: HeartbeatSettings = field(default_factory=HeartbeatSettings)

    def __post_init__(self) -> None:
        there = self.mailbox.kind == "m365" or self.workbook.kind == "sharepoint"
        if there and self.microsoft_365 is None:
            raise ValueError("[microsoft_365] is missing: the mailbox or the spreadsheet is there.")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a council configures. `folder` is where its files are; paths are relative to it."""

    folder: Path
    council: Council
    qa_officers: tuple[Recipient, ...]
    mailbox: MailboxSettings
    workbook: WorkbookSettings
    store: StoreSettings
    recipients: RecipientSettings
    schedule: Schedule
    calendar: CalendarSettings
    rules: Rules
    columns: Columns
    forms: tuple[Form, ...]
    """Every form that may come back, the audit form first: a form that was sent under an older description
    is read by that one, kept beside it."""
    templates: tuple[Path, ...]
    themes: Vocabulary
    """What the monthly report looks for in the words of audits."""
    microsoft_365: Microsoft365Settings | None = None
    reports: ReportsSettings = field(default_factory=ReportsSettings)
    report_look: Look = field(default_factory=Look)
    brakes: BrakeSettings = field(default_factory=BrakeSettings)
    trial: TrialSettings = field(default_factory=TrialSettings)
    backup: BackupSettings = field(default_factory=BackupSettings)
    log: LogSettings = field(default_factory=LogSettings)
    heartbeat: HeartbeatSettings = field(default_factory=HeartbeatSettings)
    mark: str = ""
    """A hash of the files: another one means that something in them has changed."""

    @property
    def form(self) -> Form:
        """The audit form as it is sent now."""
        return self.forms[0]

    def path(self, given: str) -> Path:
        """A configured path, taken from the configuration folder where it is relative."""
        return (self.folder / Path(given).expanduser()).resolve()

    @property
    def reports_folder(self) -> Path:
        """Where the service puts what it writes for QA."""
        return self.path(self.reports.folder or f"{self.store.state}/reports")

    @property
    def store_url(self) -> str:
        """The database URL with its SQLite path made absolute."""
        head, _, path = self.store.url.partition("sqlite:///")
        return f"sqlite:///{self.path(path)}" if not head and path else self.store.url


def load(folder: Path) -> Settings:
    """The settings in a configuration folder. A file that is not there is taken as shipped, except
    service.toml. Raises SettingsError with every fault of every file."""
    faults: list[str] = []
    texts: list[str] = []
    if not folder.is_dir():
        raise SettingsError(
            [f"{folder}: there is no such folder. Name one with --config or CASE_AUDIT_CONFIG."]
        )
    service = _read(_Service, folder, "service.toml", texts, faults, shipped_too=False)
    rules = _read(Rules, folder, "rules.toml", texts, faults)
    calendar = _read(CalendarSettings, folder, "calendar.toml", texts, faults)
    columns = _read(Columns, folder, "workbook.toml", texts, faults)
    themes = _read(Vocabulary, folder, "themes.toml", texts, faults)
    forms = forms_of(folder, texts, faults)
    if faults or not (service and rules and calendar and columns and themes and forms):
        raise SettingsError(faults)
    officers = tuple(Recipient(StaffKey(one.address), one.name, one.address) for one in service.qa_officers)
    own = folder / "templates"
    return Settings(
        folder=folder,
        council=service.council,
        qa_officers=officers,
        mailbox=service.mailbox,
        workbook=service.workbook,
        store=service.store,
        recipients=replace(
            service.recipients, domains=frozenset(one.lower() for one in service.recipients.domains)
        ),
        schedule=service.schedule,
        calendar=calendar,
        rules=rules,
        columns=columns,
        forms=forms,
        templates=(own, shipped("templates")) if own.is_dir() else (shipped("templates"),),
        themes=themes,
        microsoft_365=service.microsoft_365,
        reports=service.reports,
        report_look=service.report_look,
        brakes=service.brakes,
        trial=service.trial,
        backup=service.backup,
        log=service.log,
        heartbeat=service.heartbeat,
        mark=hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16],
    )


def load_forms(folder: Path | None) -> tuple[Form, ...]:
    """The forms alone, of a folder or as shipped, the audit form first. Raises SettingsError."""
    faults: list[str] = []
    forms = forms_of(folder or shipped("config"), [], faults)
    if faults:
        raise SettingsError(faults)
    return forms


def _read(
    kind: type[T], folder: Path, name: str, texts: list[str], faults: list[str], shipped_too: bool = True
) -> T | None:
    text = config_text(folder, name, faults, shipped_too)
    if text is None:
        return None
    texts.append(text)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{name}: not valid TOML: {error}.")
        return None
    secrets = list(_secrets(table))
    faults += [
        f"{name}: {key}: looks like a secret, which has no place in a file. Take it out, change it wherever "
        "it is used, and give the new one by environment variable."
        for key in secrets
    ]
    return None if secrets else read_values(kind, table, name, "", faults)


_SECRET_KEY = re.compile(r"secret|passw|token|api_?key|private|credential", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"-----BEGIN|://[^/\s:@]+:[^/\s@]+@")


def _secrets(table: Mapping[str, object], path: str = "") -> Iterator[str]:
    for key, value in table.items():
        at = f"{path}.{key}" if path else key
        if _SECRET_KEY.search(key) or (isinstance(value, str) and _SECRET_VALUE.search(value)):
            yield at
        elif isinstance(value, Mapping):
            yield from _secrets(value, at)
        elif isinstance(value, list):
            for place, one in enumerate(value, 1):
                if isinstance(one, Mapping):
                    yield from _secrets(one, f"{at}[{place}]")


def plain_facts(value: object) -> dict[str, str]:
    """A flat dataclass of texts as a mapping, for templates."""
    assert is_dataclass(value)
    return {f.name: getattr(value, f.name) for f in fields(value)}
