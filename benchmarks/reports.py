"""A round's Word report and its data workbook, as one process on a store of 300 returned audits."""

import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from .council import ROUND
from .harness import Line, Said, Spent, Told, WrongAnswerError, command
from .intakes import DAY, prepare

MADE_ON = date(2026, 12, 3)
CHARTS = 12


def report_300(small: bool) -> Iterator[Told]:
    """The report with native charts and the data workbook beside what a data analyst would use."""
    audits, rounds = (30, 1) if small else (300, 5)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        config = _store(Path(name), audits)
        _write_story(config, config.parent / "story.json")
        sides = {"ours": "benchmarks.our_report", "peer": "benchmarks.peers.report"}
        found: dict[str, list[Spent]] = {side: [] for side in (*sides, "word")}
        for number in range(rounds + 1):
            for side, module in sides.items():
                out = Path(name) / side
                out.mkdir(exist_ok=True)
                words = [sys.executable, "-m", module, str(config), str(out)]
                one = command(words, os.environ)
                if number:
                    found[side].append(one)
            word = command(
                [sys.executable, "-m", "benchmarks.our_report", str(config), name, "word"], os.environ
            )
            found["word"] += [word] if number else []
        sizes = [(Path(name) / side / "report.docx").stat().st_size for side in sides]
        charts = [_charts(Path(name) / side / "report.docx") for side in sides]
    if min(charts) < CHARTS and not small:
        raise WrongAnswerError(f"the reports have {charts} charts")
    yield Line(
        "report-300", "pandas, matplotlib, python-docx, openpyxl", found["ours"], found["peer"], 8, unit="s"
    )
    middle = sorted(one.wall for one in found["word"])[rounds // 2]
    told = f"{middle:.2f} s, {charts[0]} charts"
    yield Said("report-300", "the Word report alone, a whole process", told, "≤ 0.6 s", middle <= 0.6)
    share = sizes[0] / sizes[1]
    yield Said(
        "report-300",
        "size of the report",
        f"{sizes[0] / 1024:.0f} KB, {share:.2f} × the peer's",
        "≤ 0.2 × (aim)",
    )


def _store(folder: Path, audits: int) -> Path:
    """A store in which every audit has come back."""
    ready, inbox = folder / "council", folder / "mails"
    prepare(ready, inbox, audits)
    for mail in inbox.iterdir():
        mail.rename(ready / "state" / "mailbox" / "inbox" / mail.name)
    environment = {**os.environ, "CASE_AUDIT_CONFIG": str(ready / "config")}
    once = [sys.executable, "-m", "automation", "once", "collect", "--today", DAY.isoformat()]
    command(once, environment, codes=(0, 1))
    _add_what_came_before(f"sqlite:///{ready / 'state' / 'audits.db'}")
    return ready / "config"


def _add_what_came_before(url: str) -> None:
    """Eleven rounds to compare with, and moderations that have come back."""
    from automation.adapters.database import Database
    from automation.domain.follow_up import Answered, Moderation
    from automation.domain.history import Event
    from automation.domain.ids import RoundId, StaffKey
    from automation.domain.report_version import RolledUp
    from automation.domain.trend import Point

    store, stamp = Database(url), datetime(2026, 11, 30, tzinfo=UTC)
    grades = {"Outstanding": 30, "Good": 150, "Requires improvement": 90, "Inadequate": 30}
    months = [RoundId("2025-12"), *(RoundId(f"2026-{one:02d}") for one in range(1, 11))]
    points = [Point(one, one, MADE_ON, 300, {"on time": 300}, 300, 290, grades, "1") for one in months]
    store.learn_reporting(
        [RolledUp(one.round, 10**9, one) for one in points], (Event("trend", "made"),), stamp
    )
    back = [one for one in store.audits([RoundId(ROUND)]) if one.received][:60]
    answered = Answered(DAY, StaffKey("C00002"), "", {"agrees": "Yes", "moderated_grade": "Good"})
    moderated = [
        Moderation(one.reference, StaffKey("C00002"), 1, DAY, MADE_ON, "sample", answered) for one in back
    ]
    store.learn(moderated, (Event("moderations", "made"),), stamp)
    store.close()


def _write_story(config: Path, path: Path) -> None:
    """What the report tells, for the peer to write: it need not count it."""
    from automation.adapters.clock import FixedClock
    from automation.domain.ids import RoundId
    from automation.domain.report import Chart, FigureTable, Text
    from automation.jobs.report_making import make
    from automation.outside import open_ports
    from automation.service import Service
    from automation.settings import load

    settings = load(config)
    ports = open_ports(settings)
    this = Service(settings, ports).this_pass(FixedClock(MADE_ON))
    told = make(this, this.calendar().round(RoundId(ROUND)), 1).report
    ports.store.close()
    story: list[object] = [("text", one.words) for one in told.summary]
    for chapter in told.chapters:
        story.append(("heading", chapter.title))
        for block in chapter.blocks:
            table = block.table if isinstance(block, Chart) else block
            if isinstance(block, Chart):
                series = [(one.name, one.values) for one in block.series]
                story.append(("chart", block.title, block.categories, series))
            if isinstance(table, FigureTable):
                story.append(("table", table.caption, table.columns, table.rows))
            elif isinstance(block, Text):
                story.append(("text", block.words))
    path.write_text(json.dumps(story, default=str), "utf-8")


def _charts(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    return sum(one.startswith(("word/charts/chart", "word/media/image")) for one in names)
