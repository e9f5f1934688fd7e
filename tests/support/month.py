"""A small council for stories: real files, the real service, one day at a time."""

import email.policy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from email.message import EmailMessage
from email.parser import BytesParser
from functools import lru_cache
from pathlib import Path

from automation.adapters.clock import FixedClock
from automation.documents.form_fill import fill
from automation.outside import Ports, open_ports
from automation.rehearsal.answers import filled_in
from automation.service import JOBS, Outcome, Service
from automation.settings import Settings, load
from tests.support.sample_council import sample_workbook

DOMAIN = "brackenshire.example"

STAFF: dict[str, tuple[str, str, str, str]] = {
    # key: name, role, team, line manager
    "H1": ("Helen Hart", "Head of Service", "", "None"),
    "M1": ("Maya Moss", "Service Manager", "", "H1"),
    "M2": ("Mark Mead", "Service Manager", "", "H1"),
    "T1": ("Tara Town", "Team Manager", "North", "M1"),
    "T2": ("Toby Tarn", "Team Manager", "South", "M2"),
    "P1": ("Petra Park", "Practice Supervisor", "North", "T1"),
    "P2": ("Paul Pond", "Practice Supervisor", "South", "T2"),
    "W1": ("Wendy Wood", "Social Worker", "North", "T1"),
    "W2": ("Will West", "Social Worker", "South", "T2"),
    "W3": ("Wanda Weir", "Social Worker", "North", "T1"),
    "R1": ("Rita Rowe", "Independent Reviewing Officer", "", "H1"),
}

WITHOUT_PAGES = tuple(one for one in JOBS if one != "track")
"""The jobs of a story's pass. The status page costs as much as all of them, and has stories of its own."""

Row = dict[str, str | int | date | None]


def staff_rows() -> list[Row]:
    """The Staff sheet, each person by key."""
    return [
        {
            "key": key,
            "name": name,
            "address": f"{name.lower().replace(' ', '.')}@{DOMAIN}",
            "role": role,
            "team": team or None,
            "line_manager": line if line == "None" else STAFF[line][0],
        }
        for key, (name, role, team, line) in STAFF.items()
    ]


TEAMS: list[Row] = [
    {
        "team": "North",
        "service": "Assessment",
        "manager": "Tara Town",
        "service_manager": "Maya Moss",
        "head_of_service": "Helen Hart",
    },
    {
        "team": "South",
        "service": "Safeguarding",
        "manager": "Toby Tarn",
        "service_manager": "Mark Mead",
        "head_of_service": "Helen Hart",
    },
]


def allocation(
    case: str, auditor: str, worker: str = "Wendy Wood", team: str = "North", **more: object
) -> Row:
    """A row of the Allocations sheet."""
    row: Row = {
        "round": "2026-11",
        "case_number": case,
        "plan_type": "Child protection",
        "team": team,
        "social_worker": worker,
        "reviewer": "Rita Rowe",
        "auditor": auditor,
    }
    return row | more  # type: ignore[return-value]  # cells, as tests name them


def usual_rows() -> list[Row]:
    """Four audits without a problem."""
    return [
        allocation("10000001", "Toby Tarn"),
        allocation("10000002", "Paul Pond"),
        allocation("10000003", "Tara Town", "Will West", "South"),
        allocation("10000004", "Maya Moss", "Will West", "South"),
    ]


_LOADED: dict[tuple[tuple[Path, bytes], ...], Settings] = {}
"""Settings by the files that they were read from: most councils have the same."""


@lru_cache(500)
def _parsed(mail: bytes) -> EmailMessage:
    """A mail to look at. The same mail is parsed once, however often a story looks."""
    return BytesParser(policy=email.policy.default).parsebytes(mail)


@dataclass
class Month:
    """One council in one folder."""

    folder: Path
    rows: list[Row] = field(default_factory=usual_rows)
    staff: list[Row] = field(default_factory=staff_rows)
    teams: list[Row] = field(default_factory=lambda: [dict(one) for one in TEAMS])
    calendar: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.config = self.folder / "config"
        self.config.mkdir(parents=True, exist_ok=True)
        shipped = Path(__file__).parents[2] / "config" / "sample" / "service.toml"
        (self.config / "service.toml").write_text(shipped.read_text("utf-8"), "utf-8")
        self.save_sheet()

    def save_sheet(self) -> None:
        """Write the spreadsheet as QA would save it."""
        sheets: Mapping[str, Sequence[Row]] = {
            "allocations": self.rows,
            "staff": self.staff,
            "teams": self.teams,
            "calendar": self.calendar,
        }
        (self.config / "allocations.xlsx").write_bytes(sample_workbook(sheets))

    def person(self, key: str) -> Row:
        """A row of the Staff sheet, to change."""
        return next(one for one in self.staff if one["key"] == key)

    @property
    def settings(self) -> Settings:
        """The settings, read anew whenever a file of the configuration has changed."""
        if (self.config / "templates").exists():
            return load(self.config)
        paths = (one for one in sorted(self.config.rglob("*.toml")) if one.is_file())
        files = tuple((one.relative_to(self.config), one.read_bytes()) for one in paths)
        if files not in _LOADED:
            _LOADED[files] = load(self.config)
        return replace(_LOADED[files], folder=self.config)

    def ports(self) -> Ports:
        """The real adapters on this folder."""
        return open_ports(self.settings)

    def on(self, day: str, jobs: Sequence[str] = WITHOUT_PAGES) -> Outcome:
        """A pass on this day, in a service that has just been started."""
        ports = self.ports()
        try:
            return Service(self.settings, ports).once(FixedClock(date.fromisoformat(day)), jobs)
        finally:
            ports.store.close()

    def each_day(self, first: str, last: str) -> None:
        """A pass on every day from the first to the last."""
        ports = self.ports()
        service = Service(self.settings, ports)
        for number in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1):
            service.once(FixedClock(date.fromordinal(number)), WITHOUT_PAGES)
        ports.store.close()

    @property
    def mailbox(self) -> Path:
        """The mailbox's folder."""
        return self.folder / "state" / "mailbox"

    def letters(self) -> list[EmailMessage]:
        """Every mail that was sent, by file name."""
        return [_parsed(one.read_bytes()) for one in sorted((self.mailbox / "sent").glob("*.eml"))]

    def sent(self, kind: str = "") -> list[tuple[str, str, str]]:
        """(kind, what it is about, recipient's local part) of each mail, those of one kind or all."""
        found, kinds = [], self.kinds()
        for one in self.letters():
            key = str(one["X-Case-Audit-Key"]).strip()
            about, what = key.split("/")[0], kinds[key]
            found.append((what, about, str(one["To"].addresses[0].username)))
        return sorted(one for one in found if not kind or one[0] == kind)

    def kinds(self) -> dict[str, str]:
        """The kind of each sent message by its key."""
        ports = self.ports()
        try:
            return {one.key: one.kind for one in ports.store.sendings()}
        finally:
            ports.store.close()

    def form_sent(self, reference: str, to: str) -> bytes:
        """The Word form that a person was sent for an audit."""
        for one in self.letters():
            if str(one["To"].addresses[0].username) != to:
                continue
            for part in one.iter_attachments():
                if part.get_filename() == f"{reference}.docx":
                    content = part.get_payload(decode=True)
                    assert isinstance(content, bytes)
                    return content
        raise LookupError(f"no form of {reference} went to {to}")

    def filled(
        self, reference: str, to: str, what: str = "form", day: str = "2026-11-12", **changes: str
    ) -> bytes:
        """That form, filled in by its auditor."""
        number = int(reference.rsplit("-", 1)[1])
        answers, rows = filled_in(self.settings.form, number, date.fromisoformat(day), what)
        return fill(self.form_sent(reference, to), answers | changes, rows)

    def reply(
        self,
        sender: str,
        form: bytes | None,
        day: str = "2026-11-12",
        subject: str = "RE: audit",
        headers: Mapping[str, str] | None = None,
        text: str = "Attached.",
    ) -> None:
        """Put a mail from a person of the council into the inbox."""
        mail = EmailMessage(email.policy.SMTP)
        mail["From"] = f"{sender}@{DOMAIN}" if "@" not in sender else sender
        mail["To"] = f"case.audits@{DOMAIN}"
        mail["Subject"] = subject
        mail["Date"] = f"{date.fromisoformat(day):%a, %d %b %Y} 14:30:00 +0000"
        mail["Message-ID"] = f"<{sender}-{day}-{len(list(self.inbox.iterdir()))}@{DOMAIN}>"
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        if form is not None:
            mail.add_attachment(form, "application", "octet-stream", filename="audit.docx")
        number = sum(1 for _ in self.mailbox.rglob("*.eml"))
        (self.inbox / f"{number:04d}.eml").write_bytes(mail.as_bytes())

    @property
    def inbox(self) -> Path:
        """The inbox's folder."""
        place = self.mailbox / "inbox"
        place.mkdir(parents=True, exist_ok=True)
        return place
