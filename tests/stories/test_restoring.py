"""A backup from day 5, a restore on day 12: the month ends as if nothing had happened."""

import os
import shutil
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from automation.backing_up import look_into
from automation.outside import Ports
from tests.support.disaster import command, copy_of, gone, put_back, remove_store, store_of
from tests.support.month import Month, allocation

DAYS = [f"2026-11-{day:02d}" for day in range(2, 31)]


def lives(month: Month, days: list[str]) -> None:
    """What people do on these days, each after the day's pass."""
    for day in days:
        month.on(day)
        for act in WHAT_PEOPLE_DO.get(day, ()):
            act(month)


def returns(reference: str, auditor: str, day: str, what: str = "form") -> Callable[[Month], None]:
    return lambda month: month.reply(auditor, month.filled(reference, auditor, what, day), day)


def adds(case: str, auditor: str, first: bool = False) -> Callable[[Month], None]:
    def add(month: Month) -> None:
        month.rows.insert(0 if first else len(month.rows), allocation(case, auditor))
        month.save_sheet()

    return add


WHAT_PEOPLE_DO = {
    "2026-11-03": [returns("CFA-2026-11-001", "toby.tarn", "2026-11-03")],
    "2026-11-05": [adds("10000005", "Mark Mead")],
    # QA puts this row above all others: numbered anew, the two would change places.
    "2026-11-06": [adds("10000006", "Helen Hart", first=True)],
    "2026-11-09": [
        returns("CFA-2026-11-002", "paul.pond", "2026-11-09"),
        returns("CFA-2026-11-003", "tara.town", "2026-11-09", "incomplete"),
    ],
    "2026-11-10": [returns("CFA-2026-11-005", "mark.mead", "2026-11-10")],
    "2026-11-11": [returns("CFA-2026-11-003", "tara.town", "2026-11-11")],
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """The month as it should be."""
    month = Month(tmp_path_factory.mktemp("undisturbed"))
    lives(month, DAYS)
    return month


@pytest.fixture(scope="module")
def on_day_12(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """A month with a backup from day 5, that has gone on to day 12."""
    month = Month(tmp_path_factory.mktemp("on-day-12"))
    lives(month, DAYS[:4])
    assert command(month, "backup", str(month.folder / "day-5.zip")).returncode == 0
    copy_of(month, "day-5.db")
    lives(month, DAYS[4:11])
    return month


@pytest.fixture
def disturbed(on_day_12: Month, tmp_path: Path) -> Month:
    """Such a month, to do harm to."""
    shutil.copytree(on_day_12.folder, tmp_path / "council")
    return Month(tmp_path / "council", [dict(one) for one in on_day_12.rows])


def recorded(ports: Ports) -> dict[str, object]:
    """What is known of each audit; forms differ by their seals."""
    return {
        one.reference: (one.allocation.case_number, one.received and (one.received.on, one.received.answers))
        for one in ports.store.audits()
    }


def ends_as_it_should(month: Month, undisturbed: Month) -> None:
    lives(month, DAYS[11:])
    assert gone(month) == gone(undisturbed)
    ports, others = month.ports(), undisturbed.ports()
    try:
        assert recorded(ports) == recorded(others)
        assert ports.store.history_fault() is None
    finally:
        ports.store.close()
        others.store.close()


def test_a_months_mails_are_the_same_when_the_backup_of_day_5_is_restored_on_day_12(
    disturbed: Month, undisturbed: Month
) -> None:
    remove_store(disturbed)
    done = command(disturbed, "restore", str(disturbed.folder / "day-5.zip"))
    assert done.returncode == 0, done
    assert "4 mails put back" in done.stdout
    ends_as_it_should(disturbed, undisturbed)


def test_so_they_are_when_a_copy_of_the_store_was_put_back_by_hand(
    disturbed: Month, undisturbed: Month
) -> None:
    put_back(disturbed, disturbed.folder / "day-5.db")
    assert command(disturbed, "reconcile").returncode == 0
    ends_as_it_should(disturbed, undisturbed)


def test_the_store_that_was_there_is_kept_aside_and_the_gap_is_in_the_history(disturbed: Month) -> None:
    before = store_of(disturbed).read_bytes()
    done = command(disturbed, "restore", str(disturbed.folder / "day-5.zip"))
    (aside,) = (disturbed.folder / "state").glob("before-restore-*")
    assert str(aside) in done.stdout
    assert (aside / "audits.db").read_bytes() == before
    ports = disturbed.ports()
    (event,) = (one.event for one in ports.store.history("service") if "reconciled" in one.event.what)
    assert str(event.facts["since"]).startswith("2026-11-05")
    ports.store.close()


def test_nothing_is_sent_before_a_restored_store_knows_what_has_gone(disturbed: Month) -> None:
    mailbox = disturbed.folder / "state" / "mailbox"
    (mailbox / "filed").rename(mailbox / "elsewhere")
    (mailbox / "filed").write_text("not a folder, so that reconciling stops half way")
    assert command(disturbed, "restore", str(disturbed.folder / "day-5.zip")).returncode == 3
    before = len(disturbed.letters())
    done = command(disturbed, "once", "--today", "2026-11-13")
    assert done.returncode == 3
    assert "case-audit reconcile" in done.stderr
    assert len(disturbed.letters()) == before
    (mailbox / "filed").unlink()
    (mailbox / "elsewhere").rename(mailbox / "filed")
    assert "4 mails put back" in command(disturbed, "reconcile").stdout


def broken(archive: Path) -> Iterator[bytes]:
    content = archive.read_bytes()
    yield content[: len(content) // 2]
    yield b"no backup at all"
    for at in range(40, len(content) - 40, len(content) // 25):
        yield content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


def same_files(one: Path, other: Path) -> bool:
    """Whether two zip files hold the same, as Python's own reader finds it."""
    try:
        with zipfile.ZipFile(one) as mine, zipfile.ZipFile(other) as theirs:
            return {n: mine.read(n) for n in mine.namelist()} == {
                n: theirs.read(n) for n in theirs.namelist()
            }
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError, OSError):
        return False


def test_no_damaged_backup_touches_what_is_there(disturbed: Month) -> None:
    state = disturbed.folder / "state"
    before = {one: one.read_bytes() for one in state.rglob("*") if one.is_file()}
    refused = 0
    for number, content in enumerate(broken(disturbed.folder / "day-5.zip")):
        bad = disturbed.folder / f"bad-{number}.zip"
        bad.write_bytes(content)
        if same_files(bad, disturbed.folder / "day-5.zip"):
            continue  # a byte that no reader looks at, such as a date in the zip
        refused += 1
        done = command(disturbed, "restore", str(bad))
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
    assert refused > 20
    assert {one: one.read_bytes() for one in state.rglob("*") if one.is_file()} == before


def test_a_backup_that_holds_a_file_too_many_or_too_few_is_refused(disturbed: Month) -> None:
    good = disturbed.folder / "day-5.zip"
    for name, keeps in (("more.zip", True), ("fewer.zip", False)):
        with zipfile.ZipFile(good) as given, zipfile.ZipFile(disturbed.folder / name, "w") as made:
            for one in given.namelist():
                if keeps or not one.startswith("originals/"):
                    made.writestr(one, given.read(one))
            if keeps:
                made.writestr("../outside.txt", b"a stranger")
        done = command(disturbed, "restore", str(disturbed.folder / name))
        assert done.returncode == 2
        assert "manifest" in done.stderr
    assert not (disturbed.folder.parent / "outside.txt").exists()


@pytest.mark.parametrize("name", ["originals/", "configuration/service.toml", "store/audits.db"])
def test_a_backup_whose_contents_were_exchanged_is_refused(disturbed: Month, name: str) -> None:
    good, other = disturbed.folder / "day-5.zip", disturbed.folder / "other.zip"
    with zipfile.ZipFile(good) as given, zipfile.ZipFile(other, "w") as made:
        for one in given.namelist():
            content = given.read(one)
            made.writestr(one, content + b" " if one.startswith(name) else content)
    done = command(disturbed, "restore", str(other))
    assert done.returncode == 2
    assert "is damaged" in done.stderr


def test_a_backup_holds_store_forms_and_configuration_and_no_key(started: Month) -> None:
    started.reply("toby.tarn", started.filled("CFA-2026-11-001", "toby.tarn"))
    started.on("2026-11-12")
    (started.config / "app.pem").write_text("a private key")
    done = command(started, "backup", str(started.folder / "audits.zip"))
    assert done.returncode == 0, done
    assert "4 audits" in done.stdout
    with zipfile.ZipFile(started.folder / "audits.zip") as made:
        names = made.namelist()
    assert "store/audits.db" in names
    assert "configuration/service.toml" in names
    assert sum(one.startswith("originals/") for one in names) == 1
    assert not [one for one in names if "pem" in one]
    if os.name != "nt":
        assert (started.folder / "audits.zip").stat().st_mode & 0o077 == 0


def test_a_backup_taken_while_a_pass_writes_is_whole(month: Month) -> None:
    words = [
        sys.executable,
        "-m",
        "automation",
        "once",
        "--today",
        "2026-11-02",
        "--config",
        str(month.config),
    ]
    writing = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not store_of(month).exists():
        time.sleep(0.005)
    taken, events = 0, set()
    while writing.poll() is None or taken < 3:
        out = month.folder / f"{taken}.zip"
        done = command(month, "backup", str(out))
        assert done.returncode == 0, done
        events.add(look_into(out).manifest.number)
        taken += 1
    writing.communicate()
    assert len(events) > 1, "it was over before the first backup"
    assert command(month, "restore", str(month.folder / "0.zip")).returncode == 0


def test_a_backup_is_never_written_over_and_lacks_are_told(started: Month) -> None:
    started.reply("toby.tarn", started.filled("CFA-2026-11-001", "toby.tarn"))
    started.on("2026-11-12")
    out = started.folder / "audits.zip"
    assert command(started, "backup", str(out)).returncode == 0
    assert command(started, "backup", str(out)).returncode == 2
    for one in (started.folder / "state" / "originals").glob("*/*"):
        one.unlink()
    done = command(started, "backup", str(started.folder / "lacking.zip"))
    assert done.returncode == 1
    assert "missing" in done.stdout


def test_a_backup_on_a_new_computer_brings_everything_back(on_day_12: Month, tmp_path: Path) -> None:
    bare = Month(tmp_path / "bare")
    done = command(bare, "restore", str(on_day_12.folder / "day-5.zip"))
    assert done.returncode == 0, done
    ports = bare.ports()
    audit = ports.store.audits()[0]
    assert audit.received is not None
    assert ports.originals.fetch(audit.received.form)
    ports.store.close()


@pytest.mark.parametrize("kind", ["recipient", "identity", "passphrase"])
def test_an_encrypted_backup_opens_with_its_key_alone(
    started: Month, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    age = pytest.importorskip("pyrage")
    identity = age.x25519.Identity.generate()
    secret = started.folder / "restore.key"
    secret.write_text(f"# for restoring\n{identity}\n" if kind != "passphrase" else "a long passphrase\n")
    key = started.folder / "backup.key"
    key.write_text(str(identity.to_public()) if kind == "recipient" else secret.read_text())
    monkeypatch.setenv("CASE_AUDIT_BACKUP_KEY", str(key))
    out = started.folder / "audits.age"
    assert command(started, "backup", str(out)).returncode == 0
    assert b"SQLite" not in out.read_bytes()
    assert out.read_bytes().startswith(b"age-encryption.org/")
    wrong = started.folder / "wrong.key"
    wrong.write_text(f"{age.x25519.Identity.generate()}\n")
    monkeypatch.setenv("CASE_AUDIT_BACKUP_KEY", str(wrong))
    assert command(started, "restore", str(out)).returncode == 2
    monkeypatch.delenv("CASE_AUDIT_BACKUP_KEY")
    assert "encrypted" in command(started, "restore", str(out)).stderr
    monkeypatch.setenv("CASE_AUDIT_BACKUP_KEY", str(secret))
    assert command(started, "restore", str(out)).returncode == 0
