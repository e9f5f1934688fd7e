"""The skeleton of a script that mails case details with a form and reads the forms that come back.

No checks, no history, no brakes, nothing for QA: what two afternoons of work come to. How it fills, words and
reads is the way that it is given. Each message is committed before the next.
"""

import email.policy
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import make_msgid
from pathlib import Path
from typing import Protocol

import openpyxl
from sqlalchemy import Engine, String, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

ROLES = ("auditor", "social_worker", "team_manager")
SENDER = "case.audits@brackenshire.example"
WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


class Base(DeclarativeBase):
    """Its tables."""


class Audit(Base):
    """A row of the sheet."""

    __tablename__ = "audits"
    reference: Mapped[str] = mapped_column(String, primary_key=True)
    case_number: Mapped[str]
    plan_type: Mapped[str]
    team: Mapped[str]
    auditor: Mapped[str]
    social_worker: Mapped[str]
    team_manager: Mapped[str]
    overall_grade: Mapped[str] = mapped_column(default="")


class Answer(Base):
    """One answer of a returned form."""

    __tablename__ = "answers"
    reference: Mapped[str] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Sent(Base):
    """A message that has gone."""

    __tablename__ = "sent"
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[str]


@dataclass(frozen=True, slots=True)
class Worded:
    """A mail's words."""

    text: str
    html: str


class Way(Protocol):
    """How a script does what libraries do for it."""

    def fill(self, facts: Mapping[str, str]) -> bytes:
        """The form with these facts in it."""

    def word(self, facts: Mapping[str, str]) -> Worded:
        """The mail with these facts in it."""

    def read(self, form: bytes) -> Mapping[str, str]:
        """The answers of a form by tag."""


def main(way: Way) -> None:
    """`FOLDER send`, `FOLDER collect` or `FOLDER remind`."""
    folder, job = Path(sys.argv[1]), sys.argv[2]
    engine = create_engine(f"sqlite:///{folder / 'audits.db'}")

    @event.listens_for(engine, "connect")
    def _durable(connection: object, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]
        connection.execute("PRAGMA synchronous=FULL")  # type: ignore[attr-defined]

    Base.metadata.create_all(engine)
    {"send": _send, "collect": _collect, "remind": _remind}[job](folder, engine, way)


def _send(folder: Path, engine: Engine, way: Way) -> None:
    people, managers = _sheet(folder, engine)
    with Session(engine) as session:
        for audit in session.scalars(select(Audit)).all():
            for role in ROLES:
                name = getattr(audit, role)
                facts = _facts(audit, name, role)
                form = way.fill(facts) if role == "auditor" else None
                _post(folder, session, way, f"{audit.reference}-details-{role}", people[name], facts, form)
    assert managers


def _remind(folder: Path, engine: Engine, way: Way) -> None:
    people, _ = _sheet(folder, None)
    with Session(engine) as session:
        for audit in session.scalars(select(Audit).where(Audit.overall_grade == "")).all():
            facts = _facts(audit, audit.auditor, "auditor")
            _post(folder, session, way, f"{audit.reference}-reminder", people[audit.auditor], facts, None)


def _collect(folder: Path, engine: Engine, way: Way) -> None:
    with Session(engine) as session:
        for path in sorted((folder / "inbox").glob("*.eml")):
            mail = BytesParser(policy=email.policy.default).parsebytes(path.read_bytes())
            form = next(mail.iter_attachments()).get_payload(decode=True)
            assert isinstance(form, bytes)
            answers = way.read(form)
            audit = session.scalars(select(Audit).where(Audit.case_number == answers["case_number"])).one()
            audit.overall_grade = answers["overall_grade"]
            for tag, value in answers.items():
                session.add(Answer(reference=audit.reference, tag=tag, value=value))
            session.commit()
            path.unlink()


def _sheet(folder: Path, engine: Engine | None) -> tuple[dict[str, str], dict[str, str]]:
    """People's addresses and teams' managers, by name. With `engine`, its audits are kept."""
    book = openpyxl.load_workbook(folder / "allocations.xlsx", read_only=True)
    rows = {name: _rows(book[name].iter_rows(values_only=True)) for name in ("Staff", "Teams", "Allocations")}
    people = {f"{one['Name']} ({one['Staff key']})": str(one["Email"]) for one in rows["Staff"]}
    managers = {str(one["Team"]): str(one["Team manager"]) for one in rows["Teams"]}
    if engine is not None:
        with Session(engine) as session:
            for number, one in enumerate(rows["Allocations"], start=1):
                session.add(
                    Audit(
                        reference=f"{one['Round']}-{number:05d}",
                        case_number=str(one["Case number"]),
                        plan_type=str(one["Plan type"]),
                        team=str(one["Team"]),
                        auditor=str(one["Auditor"]),
                        social_worker=str(one["Social worker"]),
                        team_manager=managers[str(one["Team"])],
                    )
                )
            session.commit()
    return people, managers


def _rows(rows: Iterable[Sequence[object]]) -> list[dict[str, object]]:
    heads, *rest = rows
    return [dict(zip(map(str, heads), row, strict=False)) for row in rest]


def _facts(audit: Audit, name: str, role: str) -> dict[str, str]:
    return {
        "reference": audit.reference,
        "case_number": audit.case_number,
        "plan_type": audit.plan_type,
        "team": audit.team,
        "social_worker": audit.social_worker,
        "team_manager": audit.team_manager,
        "auditor": audit.auditor,
        "round": "November 2026",
        "due": f"{date(2026, 11, 30):%A %d %B %Y}",
        "window": "1 May 2026 to 31 October 2026",
        "name": name.partition(" ")[0],
        "role": role,
    }


def _post(
    folder: Path,
    session: Session,
    way: Way,
    key: str,
    address: str,
    facts: Mapping[str, str],
    form: bytes | None,
) -> None:
    worded, mail = way.word(facts), EmailMessage(email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = SENDER, address, f"Case file audit {facts['reference']}"
    mail["Message-ID"] = make_msgid(domain="brackenshire.example")
    mail.set_content(worded.text)
    mail.add_alternative(worded.html, subtype="html")
    if form is not None:
        mail.add_attachment(form, *WORD, filename=f"{facts['reference']}.docx")
    with (folder / "sent" / f"{key}.eml").open("wb") as file:
        file.write(mail.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    session.add(Sent(key=key, at=datetime(2026, 11, 2).isoformat()))  # noqa: DTZ001  # as scripts do
    session.commit()
