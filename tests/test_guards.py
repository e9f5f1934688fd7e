"""Guards that a noisy machine cannot blur: what a command loads, what the wheel carries, what logs hold."""

import os
import subprocess
import sys
import venv
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from automation.adapters import database, statements
from automation.adapters.clock import FixedClock
from automation.domain.ids import MessageKey, StaffKey
from automation.domain.message import File, Letter, Recipient
from automation.service import JOBS, Service
from tests.support.graph import LoopbackGraph, VirtualClock
from tests.support.m365 import ADDRESS, keys, virtual
from tests.support.month import DOMAIN, STAFF, Month, allocation

ROOT = Path(__file__).parent.parent


def loaded(month: Month, *words: str) -> set[str]:
    """The modules that a command has loaded when it ends, each with the packages that it lies in."""
    code = (
        "import sys; from automation.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('loaded:', *sorted(sys.modules))"
    )
    command = [sys.executable, "-c", code, *words]
    environment = {**os.environ, "CASE_AUDIT_CONFIG": str(month.config)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.rpartition("loaded:")[2].split())


HEAVY = {
    *("sqlalchemy", "alembic", "openpyxl", "lxml", "docx", "jinja2", "css_inline", "icalendar"),
    *("python_calamine", "holidays", "email_validator", "schedule", "numpy", "O365", "msal", "requests"),
    *("xlsxwriter", "cryptography", "olefile", "psycopg", "sqlalchemy.dialects.postgresql"),
    "holidays.countries",
}


def test_help_loads_no_library(month: Month) -> None:
    assert loaded(month, "--help") & HEAVY == set()


def test_a_pass_with_nothing_to_do_loads_no_word_excel_or_template_library(month: Month) -> None:
    for _ in range(2):
        month.on("2026-11-03", tuple(JOBS))
    got = loaded(month, "once", "--today", "2026-11-03")
    assert "sqlalchemy" in got
    assert got & (HEAVY - {"sqlalchemy", "holidays", "python_calamine"}) == set()


def test_status_loads_no_word_excel_or_template_library(month: Month) -> None:
    month.on("2026-11-03")
    got = loaded(month, "status", "--today", "2026-11-03")
    assert got & (HEAVY - {"sqlalchemy", "holidays", "python_calamine"}) == set()


def test_the_wheel_works_outside_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(ROOT)], check=True, timeout=100)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "automation/shipped/config/forms/audit.toml",
        "automation/shipped/config/sample/allocations.xlsx",
        "automation/shipped/templates/form.docx",
        "automation/shipped/templates/email/reminder.html",
        "automation/help/start.md",
        "automation/adapters/migrations/versions/0001_first_schema.py",
    ):
        assert wanted in names, wanted
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]

    # A venv of its own that borrows this one's libraries, but not the checkout.
    venv.create(tmp_path / "venv", with_pip=False)
    home = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(home)
    libraries = next(Path(p) for p in sys.path if p.endswith("site-packages"))
    environment = {"PYTHONPATH": f"{home}{os.pathsep}{libraries}", "PATH": os.environ["PATH"]}
    python = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    sample = home / "automation" / "shipped" / "config" / "sample"
    done = subprocess.run(
        [python, "-m", "automation", "check", "--config", str(sample), "--today", "2026-10-29"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert "Spreadsheet:" in done.stdout, done.stderr
    where = subprocess.run(
        [python, "-c", "import automation; print(automation.__file__)"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=True,
    )
    assert str(home) in where.stdout


def test_logs_and_file_names_hold_no_name_address_or_case_number(month: Month) -> None:
    month.on("2026-11-02")
    month.on("2026-11-20", jobs=("allocate",))
    month.reply("toby.tarn", month.filled("CFA-2026-11-001", "toby.tarn"))
    month.reply("paul.pond", b"%PDF-1.7", subject="Audit of 10000002, Jordan")
    month.rows[2]["auditor"] = "Helen Hart"
    month.save_sheet()
    command = [sys.executable, "-m", "automation", "once", "--verbose", "--today", "2026-11-23"]
    done = subprocess.run(
        [*command, "--config", str(month.config)], capture_output=True, text=True, check=True
    )
    assert "CFA-2026-11-004 reminder: sent" in done.stderr
    names = "\n".join(str(one.relative_to(month.folder)) for one in month.folder.rglob("*"))
    secrets = [word for name, *_ in STAFF.values() for word in name.split() if word not in ("Park", "Town")]
    for secret in [*secrets, DOMAIN, "10000001", "10000002", "Jordan"]:
        assert secret not in done.stderr, secret
        assert secret not in names, secret


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights by folder, not by mode")
def test_what_the_service_keeps_is_for_its_own_account_only(month: Month) -> None:
    month.on("2026-11-02")
    month.reply("toby.tarn", month.filled("CFA-2026-11-001", "toby.tarn"))
    month.on("2026-11-12")
    for path in (month.folder / "state").rglob("*"):
        if "inbox" in path.parts:
            continue
        assert path.stat().st_mode & 0o077 == 0, path


class Counted:
    """What a pass cost: statements and commits of the store, syncs of files, and bytes left in the folder."""

    def __init__(self, month: Month, day: str) -> None:
        """Make the pass of this day, counting."""
        self.statements = self.commits = self.syncs = 0
        before = _bytes(month.folder / "state")
        ports = month.ports()
        engine = ports.store._engine  # type: ignore[attr-defined]  # the port has no such thing, rightly
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", self._commit)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fsync", partial(self._sync, os.fsync))
            Service(month.settings, ports).once(FixedClock(date.fromisoformat(day)))
        ports.store.close()  # the last connection folds its journal into the file
        self.bytes = _bytes(month.folder / "state") - before

    def _statement(self, *_: object) -> None:
        self.statements += 1

    def _commit(self, *_: object) -> None:
        self.commits += 1

    def _sync(self, real: Callable[[int], None], number: int) -> None:
        self.syncs += 1
        real(number)


def _bytes(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) if folder.exists() else 0


FEW, MANY = 4, 12


def council(folder: Path, audits: int) -> Month:
    """A month with so many audits, in turn by four auditors, whose preview has gone."""
    people = ("Toby Tarn", "Paul Pond", "Tara Town", "Maya Moss")
    rows = []
    for number in range(audits):
        case, auditor = f"{10000001 + number}", people[number % len(people)]
        mine = auditor in ("Toby Tarn", "Paul Pond")
        where = ("Wendy Wood", "North") if mine else ("Will West", "South")
        rows.append(allocation(case, auditor, *where))
    month = Month(folder, rows)
    month.on("2026-10-29")
    return month


def returned(month: Month, audits: int) -> None:
    """Every auditor sends the form back."""
    people = {"toby.tarn": 0, "paul.pond": 1, "tara.town": 2, "maya.moss": 3}
    for number in range(audits):
        name = next(one for one, place in people.items() if place == number % len(people))
        reference = f"CFA-2026-11-{number + 1:03d}"
        month.reply(name, month.filled(reference, name))


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Counted, Counted]]:
    """What days of a month cost in a small council and in one of three times the audits."""
    found = []
    for audits in (FEW, MANY):
        month = council(tmp_path_factory.mktemp("council"), audits)
        days = {"details": Counted(month, "2026-11-02"), "nothing": Counted(month, "2026-11-03")}
        days["nothing"] = Counted(month, "2026-11-03")
        returned(month, audits)
        days["returns"] = Counted(month, "2026-11-12")
        days["idle"] = Counted(month, "2026-11-12")
        found.append(days)
    return {day: (found[0][day], found[1][day]) for day in found[0]}


def each(pair: tuple[Counted, Counted], what: str) -> float:
    """What one audit more costs."""
    few, many = pair
    return float(getattr(many, what) - getattr(few, what)) / (MANY - FEW)


# What was counted, and a tenth more at most. Whoever needs more writes the reason beside it.
MOST = {
    ("details", "statements"): 33,  # three mails
    ("details", "commits"): 6,  # each is claimed, then marked as sent
    ("details", "syncs"): 6,  # each file, then its folder
    ("details", "bytes"): 84_000,
    ("returns", "statements"): 77,  # the return, its receipt, and its part in what is shared
    ("returns", "commits"): 7.5,
    ("returns", "syncs"): 5.3,
    ("returns", "bytes"): 153_000,
}
NOTHING = {"statements": 184, "commits": 5, "syncs": 2, "bytes": 0}
"""What a pass costs that has nothing to do."""


@pytest.mark.parametrize(("day", "what"), MOST)
def test_an_audit_costs_no_more_than_it_did(
    costs: dict[str, tuple[Counted, Counted]], day: str, what: str
) -> None:
    assert each(costs[day], what) <= MOST[day, what]


@pytest.mark.parametrize("day", ["nothing", "idle"])
@pytest.mark.parametrize("what", NOTHING)
def test_a_pass_with_nothing_to_do_costs_the_same_in_a_big_council(
    costs: dict[str, tuple[Counted, Counted]], day: str, what: str
) -> None:
    few, many = (getattr(one, what) for one in costs[day])
    assert few == many
    assert many <= NOTHING[what]


def test_a_pass_with_nothing_to_do_reads_each_audit_and_each_mail_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = council(tmp_path, FEW)
    month.on("2026-11-02")
    returned(month, FEW)
    month.on("2026-11-12")
    made: Counter[str] = Counter()
    for place, name, about in ((statements, "audit_from", "reference"), (database, "mail_from", "id")):
        real = getattr(place, name)

        def counting(row: Any, *more: Any, real: Any = real, about: str = about) -> Any:
            made[row[about]] += 1
            return real(row, *more)

        monkeypatch.setattr(place, name, counting)
    month.on("2026-11-12")
    # Once as part of a round, and once more where a job looks at all rounds there ever were.
    assert made
    assert max(made.values()) <= 2


def test_a_letter_takes_no_more_requests_than_it_did() -> None:
    with LoopbackGraph(keys(), VirtualClock(datetime(2026, 11, 2, 8, tzinfo=UTC)), validate=False) as graph:
        graph.add_mailbox(ADDRESS, "Case file audits")
        mailbox = virtual(graph).mailbox
        for number in range(COUNT):
            key = MessageKey(f"CFA-2026-11-{number + 1:03d}/reminder/1/P01")
            to = Recipient(StaffKey("P01"), "Ama", f"ama.{number}@{DOMAIN}")
            form = File("CFA-2026-11-001.docx", "application/octet-stream", b"form" * 10_000)
            stamp = datetime(2026, 11, 2, 8, tzinfo=UTC)
            letter = Letter(to, (), "An audit", "<p>Words</p>", "Words", stamp, "reminder", (form,))
            assert not mailbox.has_sent(key)
            mailbox.send(letter, key)
        calls = [name for name, *_ in graph.calls if name != "token"]
    assert len(graph.outbox) == COUNT
    assert len(calls) <= REQUESTS * COUNT, Counter(calls)


COUNT, REQUESTS = 6, 6
"""Letters, and requests for each: looked for, drafted, given its file, looked over, sent, seen as sent."""
