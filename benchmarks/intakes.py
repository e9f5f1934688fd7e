"""A thousand returned forms from the bytes of their mails to what is recorded and answered."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from automation.adapters.clock import FixedClock
from automation.domain.ids import AuditRef
from automation.jobs.form_again import form_again
from automation.outside import open_ports
from automation.service import Service
from automation.settings import load

from .council import council, settle
from .forms import Prepared
from .harness import Line, Side, Spent, Told, WrongAnswerError, command
from .staff import filled, reply_with

DAY = date(2026, 11, 9)


def intake_1k(small: bool) -> Iterator[Told]:
    """The mails read in the confined process, decided, recorded with durable commits, answered and filed;
    beside scripts that read alone."""
    count, rounds = (20, 1) if small else (1000, 3)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        ready, inbox = Path(name) / "ready", Path(name) / "mails"
        prepare(ready, inbox, count)
        peers = {
            "python-docx and the ORM, reading alone": (_side("orm", inbox, count), 1.5),
            "mammoth, reading alone": (_side("mammoth", inbox, max(10, count // 20)), 15.0),
            "markitdown, reading alone": (_side("markitdown", inbox, max(5, count // 50)), 25.0),
        }
        ours: list[Spent] = []
        its: dict[str, list[Spent]] = {peer: [] for peer in peers}
        for number in range(rounds + 1):
            spent = _collected(ready, inbox, Path(name) / f"run-{number}", count)
            for peer, (side, _) in peers.items():
                one = side.run()
                if number:
                    its[peer].append(one)
            if number:
                ours.append(spent)
        for side, _ in peers.values():
            side.close()
    for peer, (_, reach) in peers.items():
        yield Line("intake-1k", peer, ours, its[peer], reach)


def _side(way: str, inbox: Path, count: int) -> Side:
    return Side("benchmarks.intakes:reading", way, str(inbox), count)


def prepare(folder: Path, inbox: Path, count: int) -> None:
    """A council that knows its audits, and the mails that its auditors will send."""
    settings = load(settle(folder, council(count)))
    ports = open_ports(settings)
    service, clock = Service(settings, ports), FixedClock(date(2026, 11, 2))
    service.once(clock, ("allocate",))
    this = service.this_pass(clock)
    inbox.mkdir()
    people = {one.key: one for one in this.store.organisation().people.values()}
    for audit in this.store.audits():
        form = form_again(this, "audit", AuditRef(audit.reference))
        auditor = audit.allocation.auditor
        assert form is not None
        assert auditor is not None
        number = int(audit.reference.rsplit("-", 1)[1])
        mail = reply_with(people[auditor].address, number, DAY, filled(form, number))
        (inbox / f"{number:05d}.eml").write_bytes(mail)
    ports.store.close()


def _collected(ready: Path, inbox: Path, folder: Path, count: int) -> Spent:
    """One pass of `collect` as a whole process, on a copy."""
    shutil.copytree(ready, folder)
    state = folder / "state"
    for mail in inbox.iterdir():
        shutil.copy2(mail, state / "mailbox" / "inbox" / mail.name)
    words = [sys.executable, "-m", "automation", "once", "collect", "--today", DAY.isoformat()]
    environment = {**os.environ, "CASE_AUDIT_CONFIG": str(folder / "config")}
    spent = command(words, environment, codes=(0, 1))
    filed = len(list((state / "mailbox" / "filed").glob("recorded*/*.eml")))
    answered = len(list((state / "mailbox" / "sent").glob("*.eml")))
    if (filed, answered) != (count, count):
        places = [
            f"{one.name}: {len(list(one.iterdir()))}" for one in (state / "mailbox" / "filed").iterdir()
        ]
        raise WrongAnswerError(f"{filed} of {count} returns recorded, {answered} answered; {places}")
    shutil.rmtree(folder)
    return Spent(spent.wall / count, spent.cpu / count, spent.memory)


def reading(way: str, inbox: str, count: int) -> Prepared:
    """What a script does with so many of the mails: it takes the form out and reads it."""
    import email.policy
    from email.parser import BytesParser

    mails = [path.read_bytes() for path in sorted(Path(inbox).iterdir())[:count]]
    read = {"orm": _with_orm, "mammoth": _with_mammoth, "markitdown": _with_markitdown}[way]()

    def work() -> int:
        done = 0
        for mail in mails:
            attached = next(BytesParser(policy=email.policy.default).parsebytes(mail).iter_attachments())
            form = attached.get_payload(decode=True)
            assert isinstance(form, bytes)
            read(form)
            done += 1
        return done

    return len(mails), work


def _with_orm() -> Callable[[bytes], None]:
    from sqlalchemy import create_engine, event
    from sqlalchemy.orm import Session

    from .peers.competent import read
    from .peers.script import Answer, Base

    engine = create_engine(f"sqlite:///{tempfile.mkdtemp(prefix='bench-')}/answers.db")

    @event.listens_for(engine, "connect")
    def _durable(connection: object, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]
        connection.execute("PRAGMA synchronous=FULL")  # type: ignore[attr-defined]

    Base.metadata.create_all(engine)
    numbers = iter(range(10**9))

    def one(form: bytes) -> None:
        reference = str(next(numbers))
        with Session(engine) as session:
            for tag, value in read(form).items():
                session.add(Answer(reference=reference, tag=tag, value=value))
            session.commit()

    return one


def _with_mammoth() -> Callable[[bytes], None]:
    import io

    import mammoth

    def one(form: bytes) -> None:
        assert "Overall grade" in mammoth.extract_raw_text(io.BytesIO(form)).value

    return one


def _with_markitdown() -> Callable[[bytes], None]:
    import io

    from markitdown import MarkItDown

    reader = MarkItDown()

    def one(form: bytes) -> None:
        assert "Overall grade" in reader.convert_stream(io.BytesIO(form), file_extension=".docx").text_content

    return one
