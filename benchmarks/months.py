"""A whole month: read, check, decide, fill, render, send, collect, share, remind, tell QA, report.

Every pass is a process of its own, with durable commits; beside it scripts that do the sending and the
reading alone. How cost grows is the same month with more audits.
"""

import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from .council import council, settle, workbook
from .harness import Line, Said, Spent, Told, WrongAnswerError, command
from .staff import RETURN_DAYS, grade_of, returned, returns

DETAILS, REPORTED = date(2026, 11, 2), date(2026, 12, 3)
DAYS = (
    date(2026, 10, 29),  # the preview to QA
    DETAILS,
    *RETURN_DAYS[:4],
    date(2026, 11, 23),  # reminders
    RETURN_DAYS[4],
    date(2026, 12, 2),  # overdue
    REPORTED,  # the draft of the report
    date(2026, 12, 7),  # the report
)
_MONTHS: dict[int, Mapping[date, Spent]] = {}
"""Months that were played in this run: `growth` looks at those of the other workloads."""


def month_300(small: bool) -> Iterator[Told]:
    """A month of 300 audits beside a competent script and a naive one."""
    audits = 30 if small else 300
    rounds = 1 if small else 3
    ours: list[Spent] = []
    peers: dict[str, list[Spent]] = {"competent": [], "naive": []}
    for number in range(rounds):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            days = _played(Path(name) / "ours", audits)
            ours.append(_sum(list(days.values())))
            inbox = Path(name) / "ours" / "returns"
            for peer, found in peers.items():
                if number == 0 or peer == "competent" or not small:
                    found.append(_script(peer, Path(name), inbox, audits))
    _MONTHS.setdefault(audits, days)
    yield Line("month-300", "a competent script: sends and reads", ours, peers["competent"], 5, unit="s")
    yield Line("month-300", "a naive script: sends and reads", ours, peers["naive"], 15, unit="s")


def month_30k(small: bool) -> Iterator[Told]:
    """A month of 30,000 audits: what an audit costs beside one of month-300, and how much memory it takes."""
    few, many = (30, 90) if small else (300, 30_000)
    one, all_ = _month(few), _month(many)
    spent, base = _sum(list(all_.values())), _sum(list(one.values()))
    ratio = (spent.wall / many) / (base.wall / few)
    peak = max(all_.values(), key=lambda day: day.memory)
    said = f"{spent.wall:.0f} s; {1000 * spent.wall / many:.1f} ms an audit, {ratio:.2f} × that of month-300"
    yield Said("month-30k", f"a month of {many:,} audits, figures right", said, "≤ 1.2 ×", ratio <= 1.2)
    memory = f"{peak.memory:.0f} MB"
    yield Said("month-30k", "the most memory of a pass", memory, "under 1,000 MB", peak.memory < 1000)
    for day, took in all_.items():
        told = f"{took.wall:.1f} s, {took.cpu:.1f} s of a processor, {took.memory:.0f} MB"
        yield Said("month-30k", f"the pass of {day}", told)


def growth(small: bool) -> Iterator[Told]:
    """What an audit takes in a council of 300, 3,000 and 30,000."""
    sizes = (30, 60) if small else (300, 3_000, 30_000)
    first = _sum(list(_month(sizes[0]).values()))
    for audits in sizes:
        days = _month(audits)
        spent = _sum(list(days.values()))
        ratio = (spent.wall / audits) / (first.wall / sizes[0])
        cpu = (spent.cpu / audits) / (first.cpu / sizes[0])
        told = (
            f"{1000 * spent.wall / audits:.1f} ms an audit ({ratio:.2f} ×), "
            f"{1000 * spent.cpu / audits:.1f} ms of a processor ({cpu:.2f} ×), {spent.memory:.0f} MB"
        )
        yield Said("growth", f"{audits:,} audits", told, "≤ 1.2 ×", ratio <= 1.2)


def _month(audits: int) -> Mapping[date, Spent]:
    if audits not in _MONTHS:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            _MONTHS[audits] = _played(Path(name), audits)
    return _MONTHS[audits]


def _sum(spent: list[Spent]) -> Spent:
    return Spent(
        sum(one.wall for one in spent), sum(one.cpu for one in spent), max(one.memory for one in spent)
    )


def _played(folder: Path, audits: int) -> Mapping[date, Spent]:
    """Each day's pass of a month in this folder. Raises WrongAnswerError when the report is not right."""
    config = settle(folder, council(audits))
    state, coming = folder / "state", folder / "returns"
    environment = {**os.environ, "CASE_AUDIT_CONFIG": str(config)}
    spent: dict[date, Spent] = {}
    for day in DAYS:
        inbox = state / "mailbox" / "inbox"
        for mail in sorted((coming / day.isoformat()).glob("*.eml")):
            shutil.copy2(mail, inbox / f"{day}-{mail.name}")
        words = [sys.executable, "-m", "automation", "once", "--today", day.isoformat()]
        spent[day] = command(words, environment, codes=(0, 1))
        if day == DETAILS:
            _write(coming, state / "mailbox" / "sent")
    _check(config, audits, state)
    return spent


def _write(coming: Path, sent: Path) -> None:
    """What auditors send, a folder for each day. It is no part of what is timed."""
    for day, name, mail in returns(sent):
        folder = coming / day.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(mail)


def _check(config: Path, audits: int, state: Path) -> None:
    """Whether everything went once and the report's figures are those of the returns. In a process of its own
    it would be no part of ours either; here it only reads."""
    from automation.adapters.database import Database

    store = Database(f"sqlite:///{state / 'audits.db'}")
    try:
        said = store.report_versions()[-1].said
        kinds = Counter(one.kind for one in store.sendings())
    finally:
        store.close()
    back = [number for number in range(1, audits + 1) if returned(number)]
    grades = Counter(grade_of(number) for number in back)
    got = (
        said.returned,
        dict(said.grades),
        sum(kinds[one] for one in kinds if one.startswith("case_details")),
    )
    expected = (len(back), dict(grades), 3 * audits)
    if got != expected:
        raise WrongAnswerError(f"the month of {audits}: {got} instead of {expected}, {dict(kinds)}")
    with suppress(FileNotFoundError):
        if any((state / "mailbox" / "inbox").glob("*.eml")):
            raise WrongAnswerError("a return still lies in the inbox")
    if config.parent != state.parent:
        raise WrongAnswerError("the state lies elsewhere")


def _script(peer: str, folder: Path, returns_: Path, audits: int) -> Spent:
    """The same sending and reading by a script: processes to send, for each day's returns, and to remind."""
    home = folder / peer
    home.mkdir(exist_ok=True)
    for part in ("sent", "inbox"):
        shutil.rmtree(home / part, ignore_errors=True)
        (home / part).mkdir()
    (home / "audits.db").unlink(missing_ok=True)
    (home / "allocations.xlsx").write_bytes(workbook(council(audits)))
    words = [sys.executable, "-m", f"benchmarks.peers.{peer}", str(home)]
    spent = [command([*words, "send"], os.environ)]
    for day in RETURN_DAYS:
        for mail in sorted((returns_ / day.isoformat()).glob("*.eml")):
            shutil.copy2(mail, home / "inbox" / mail.name)
        spent.append(command([*words, "collect"], os.environ))
    spent.append(command([*words, "remind"], os.environ))
    left = sum(1 for number in range(1, audits + 1) if not returned(number))
    sent = len(list((home / "sent").glob("*.eml")))
    if sent != 3 * audits + left:
        raise WrongAnswerError(f"{peer} sent {sent} mails instead of {3 * audits + left}")
    return _sum(spent)
