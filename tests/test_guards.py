"""Guards that a noisy machine cannot blur: what a command loads, what the wheel carries, what logs hold."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.month import DOMAIN, STAFF, Month

ROOT = Path(__file__).parent.parent


def loaded(month: Month, *words: str) -> set[str]:
    """The top-level modules that a command has loaded when it ends."""
    code = (
        "import sys; from automation.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('loaded:', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    command = [sys.executable, "-c", code, *words]
    environment = {**os.environ, "CASE_AUDIT_CONFIG": str(month.config)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.rpartition("loaded:")[2].split())


HEAVY = {
    *("sqlalchemy", "alembic", "openpyxl", "lxml", "docx", "jinja2", "css_inline", "icalendar"),
    *("python_calamine", "holidays", "email_validator", "schedule", "numpy"),
}


def test_help_loads_no_library(month: Month) -> None:
    assert loaded(month, "--help") & HEAVY == set()


def test_a_pass_with_nothing_to_do_loads_no_word_excel_or_template_library(month: Month) -> None:
    for _ in range(2):
        month.on("2026-11-03")
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
