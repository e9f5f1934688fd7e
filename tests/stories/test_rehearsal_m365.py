"""A rehearsed month comes to the same on Microsoft 365 as in a folder, and never leaves this computer."""

import email.policy
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from automation import cli
from automation.adapters.database import Database
from automation.ports import MailboxUnavailableError
from automation.rehearsal.far_side import LoopbackFarSide
from automation.rehearsal.loopback import Control, read_loopback
from automation.rehearsal.refused import RehearsalError
from automation.settings import load
from tests.support.graph import FarSide, LoopbackGraph, RealClock, VirtualClock
from tests.support.graph.__main__ import settings as graph_settings
from tests.support.m365 import ADDRESS, HOME, Microsoft, keys
from tests.support.month import Month, Row, allocation
from tests.support.report_heads import without_head

ROOT = Path(__file__).resolve().parents[2]
SUNDAY = "2026-11-15"
"""A day on which nothing is sent."""


LIVE = (3, 7, 10, 13, 17, 19, 29, 37)
"""Audits that tell mailboxes apart: one never back, one late, one as usual, one asked about, one whose
auditor is away, one sent twice, one with a concern, which is urgent, and one whose mail comes back. Their
numbers decide (automation/rehearsal)."""


def rows() -> Iterator[Row]:
    """Audits without a conflict, in turn by few auditors. All but the live ones are exempt: they send
    nothing, and keep the others' numbers as they are."""
    north, south = ("Toby Tarn", "Paul Pond", "Mark Mead"), ("Tara Town", "Maya Moss", "Petra Park")
    for number in range(1, max(LIVE) + 1):
        case, turn = f"{10000000 + number}", number // 2 % 3
        kept: Row = {} if number in LIVE else {"status": "Exempt", "reason": "Not this month"}
        if number % 2:
            yield allocation(case, north[turn]) | kept
        else:
            yield allocation(case, south[turn], "Will West", "South") | kept


@contextmanager
def loopback(folder: Path, *options: str) -> Iterator[FarSide]:
    """The loopback as a process, started as the documentation says."""
    command = [sys.executable, "-m", "tests.support.graph", str(folder), "--virtual", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert process.stdout.readline().startswith("ready at https://127.0.0.1:")
        told = tomllib.loads((folder / "graph.toml").read_text("utf-8"))
        yield FarSide(told["graph_url"], Path(told["ca_bundle"]))
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def rehearsal(out: Path, config: Path, *options: str) -> subprocess.Popen[str]:
    """A rehearsal as a process of its own."""
    command = [sys.executable, "-m", "automation", "rehearse", str(out), "--config", str(config), *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told(process: subprocess.Popen[str]) -> list[str]:
    """The account's lines, without the last, which names the folder."""
    lines, errors = process.communicate(timeout=600)
    assert (process.returncode, errors) == (0, "")
    return lines.splitlines()[:-1]


def kill_on(day: str, process: subprocess.Popen[str], out: Path) -> None:
    """Kill a rehearsal once it has played this day.

    Not while it sends: a letter whose fate is unknown is left alone for a quarter of an hour of the machine's
    time, and the rehearsal is over by then. tests/faults kills the adapter at every moment of a send.
    """
    mark = out / "rehearsal.json"
    while not mark.exists() or json.loads(mark.read_text("utf-8"))["day"] < day:
        assert process.poll() is None, "it ended before that day"
        time.sleep(0.005)
    process.kill()
    process.communicate()


def letters(out: Path) -> Mapping[str, Mapping[str, object]]:
    """What its reader sees of each letter of a rehearsal, by its key.

    Left out is what Exchange makes itself, or does not take from us: the plain text, which it makes of the
    HTML; Date, which is when it sends (the service waits, at thirty mails a minute); boundaries; references
    to the thread before the mail that is answered; and Auto-Submitted, which Graph cannot send.
    """
    store, found = Database(f"sqlite:///{out / 'audits.db'}"), {}
    # The digest names mails by the mailbox's ids, which each mailbox makes in its own way.
    names = {mail.filed_as: f"the mail {mail.thread}" for mail in store.mails()}
    store.close()
    for path in (out / "mailbox" / "sent").glob("*.eml"):
        mail = BytesParser(policy=email.policy.default).parsebytes(path.read_bytes())
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("html",))
        assert body is not None
        html = re.sub(r"\w[\w-]*_[0-9a-f]{12}\b", lambda one: names.get(one[0], one[0]), body.get_content())
        heads = ("From", "To", "Cc", "Subject", "Message-ID", "In-Reply-To", "Importance", "Sensitivity")
        found[str(mail["X-Case-Audit-Key"]).strip()] = {
            **{head: str(mail[head]).strip() for head in heads},
            # A mail has its own ends of lines, and some end the last line.
            "HTML": html.replace("\r\n", "\n").rstrip("\n"),
            "files": [
                (part.get_filename(), part.get_content_type(), without_head(part.get_payload(decode=True)))
                for part in mail.iter_attachments()
            ],
        }
    return found


def filed(out: Path) -> list[tuple[str, str]]:
    """The folder and the SHA-256 of each mail that came in."""
    found = (out / "mailbox" / "filed").rglob("*.eml")
    return sorted((one.parent.name, hashlib.sha256(one.read_bytes()).hexdigest()) for one in found)


def differences(one: Path, other: Path) -> list[str]:
    """What is not the same in two rehearsals, whatever their mailboxes."""
    mine, theirs = letters(one), letters(other)
    found = [f"{key}: only one of them sent it" for key in sorted(mine.keys() ^ theirs.keys())]
    found += [
        f"{key}: {name}"
        for key in sorted(mine.keys() & theirs.keys())
        for name, value in mine[key].items()
        if value != theirs[key][name]
    ]
    if filed(one) != filed(other):
        found.append("the filed mails")
    stores = [Database(f"sqlite:///{out / 'audits.db'}") for out in (one, other)]
    audits, mails = ([store.audits() for store in stores], [store.mails() for store in stores])
    if audits[0] != audits[1]:
        found.append("the audits")
    outcomes = [[(mail.thread, mail.outcome, mail.why, mail.on) for mail in each] for each in mails]
    if outcomes[0] != outcomes[1]:
        found.append("what became of the mails, or in which order")
    for store in stores:
        store.close()
    return found


@pytest.mark.timeout(300)
def test_a_month_on_microsoft_365_ends_with_the_same_mails_as_in_a_folder(tmp_path: Path) -> None:
    config = Month(tmp_path / "council", rows=list(rows())).config
    graph, here, there = (tmp_path / name for name in ("graph", "folder", "m365"))
    options = "--mailbox", "m365", "--graph", str(graph)
    with loopback(graph, "--enforce-limits") as far:
        on_files = rehearsal(here, config)
        kill_on(SUNDAY, rehearsal(there, config, *options), there)
        assert told(rehearsal(there, config, *options)) == told(on_files)
        assert len(far.sent(ADDRESS)) == len(letters(there)) > 90
        assert far.folder(ADDRESS, "Inbox") == far.folder(ADDRESS, "Drafts") == []
        assert far.violations() == []
    assert len(filed(there)) > 10
    assert differences(here, there) == []


# It never leaves this computer


def graph_file(folder: Path, **changes: str) -> Path:
    """The folder of a loopback that nobody has started."""
    url = "https://127.0.0.1:9"
    given = {"tenant": "t", "client_id": "c", "graph_url": url, "sign_in_url": url}
    given |= {"ca_bundle": "ca.pem", "certificate": "app.pem", "mailbox": ADDRESS}
    folder.mkdir(exist_ok=True)
    lines = [f'{key} = "{value}"\n' for key, value in (given | changes).items()]
    (folder / "graph.toml").write_text("".join(lines), "utf-8")
    return folder


def refused(month: Month, *options: str, code: int = 2, out: str = "out") -> str:
    """What a rehearsal that may not be played says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CASE_AUDIT_CONFIG", raising=False)
        said: list[str] = []
        patch.setattr("sys.stderr.write", said.append)
        place = str(month.folder / out)
        assert cli.main(["rehearse", place, "--config", str(month.config), *options]) == code
    return "".join(said)


ELSEWHERE = [
    "https://graph.microsoft.com",
    "https://graph.microsoft.com:443",
    "http://127.0.0.1:9",
    "https://127.0.0.1",
    "https://127.0.0.1:9/",
    "https://127.0.0.1:9/v1.0",
    "https://127.0.0.1:9@graph.microsoft.com",
    "https://127.0.0.1:9@graph.microsoft.com:443",
    "https://127.0.0.1.example:9",
    "https://localhost.example:9",
    "https://127.0.0.2:9",
    "https://127.0.0.1:99999",
    "https://127.0.0.1:9#@graph.microsoft.com",
    "https://graph.microsoft.com:443#https://127.0.0.1:9",
]


@pytest.mark.parametrize("name", ["graph_url", "sign_in_url"])
@pytest.mark.parametrize("url", ELSEWHERE)
def test_a_tenant_that_is_not_on_this_computer_is_refused(month: Month, name: str, url: str) -> None:
    graph = graph_file(month.folder / "graph", **{name: url})
    said = refused(month, "--mailbox", "m365", "--graph", str(graph))
    assert f"‘{url}’ is not on this computer" in said
    assert not (month.folder / "out").exists()


@pytest.mark.parametrize("url", ["https://127.0.0.1:9", "https://localhost:9"])
def test_a_loopback_that_does_not_run_is_unavailable(month: Month, url: str) -> None:
    folder = graph_file(
        month.folder / "graph", graph_url=url, sign_in_url=url, ca_bundle=str(keys() / "ca.pem")
    )
    with LoopbackGraph(keys(), validate=False):
        assert "Is it running?" in refused(month, "--mailbox", "m365", "--graph", str(folder), code=3)
    assert not (month.folder / "out").exists()


def test_a_council_on_microsoft_365_is_rehearsed_in_a_folder_or_on_the_loopback(month: Month) -> None:
    service = month.config / "service.toml"
    text = service.read_text("utf-8").replace('kind = "folder"', 'kind = "m365"')
    text = text.replace("../state/mailbox", "Forms")
    text += (
        '\n[microsoft_365]\ntenant = "real"\nclient_id = "real"\ncertificate = "/etc/case-audit/app.pem"\n'
    )
    service.write_text(text, "utf-8")
    assert load(month.config).mailbox.kind == "m365"
    here, there = month.folder / "files", month.folder / "out"
    kill_on("2026-11-01", rehearsal(here, month.config), here)
    copied = load(here / "config")
    assert (copied.mailbox.kind, copied.microsoft_365) == ("folder", None)
    assert list((here / "mailbox" / "sent").glob("2026-11_preview_*.eml"))
    with on_this_computer(month) as graph:
        kill_on("2026-11-01", rehearsal(there, month.config, *options(month)), there)
        found = load(there / "config").microsoft_365
        assert found
        assert (found.tenant, found.graph_url, found.sends_per_minute) == (graph.tenant, graph.url, 30)
        assert graph.outbox


def test_what_still_leads_to_a_tenant_after_copying_is_not_played(month: Month) -> None:
    service = month.config / "service.toml"
    text = service.read_text("utf-8")
    head, rest = text.split("[mailbox]\n")
    keys_, rest = rest.split("\n\n", 1)
    inline = ", ".join(keys_.replace('"folder"', '"m365"').replace("../state/mailbox", "Forms").splitlines())
    tenant = '[microsoft_365]\ntenant = "real"\nclient_id = "real"\ncertificate = "/etc/case-audit/app.pem"\n'
    service.write_text(f"mailbox = {{ {inline} }}\n{head}{rest}\n{tenant}", "utf-8")
    assert load(month.config).mailbox.kind == "m365"
    assert "could not be moved" in refused(month)
    assert not (month.folder / "out" / "rehearsal.json").exists()


def test_a_spreadsheet_in_sharepoint_is_not_read(month: Month) -> None:
    service = month.config / "service.toml"
    text = service.read_text("utf-8").replace('kind = "file"', 'kind = "sharepoint"')
    text = text.replace('drive = ""', 'drive = "b!1"').replace('item = ""', 'item = "01"')
    text += (
        '\n[microsoft_365]\ntenant = "real"\nclient_id = "real"\ncertificate = "/etc/case-audit/app.pem"\n'
    )
    service.write_text(text, "utf-8")
    assert "The spreadsheet is in SharePoint" in refused(month)
    assert not (month.folder / "out").exists()


def test_a_rehearsal_whose_settings_were_changed_to_a_tenant_goes_no_further(month: Month) -> None:
    with on_this_computer(month) as graph:
        out = month.folder / "out"
        kill_on("2026-11-01", rehearsal(out, month.config, *options(month)), out)
        service = out / "config" / "service.toml"
        text = service.read_text("utf-8").replace(graph.url, "https://graph.microsoft.com")
        service.write_text(text, "utf-8")
        assert "is not set for this loopback Graph" in refused(month, *options(month))


# What it is asked and cannot do


@contextmanager
def on_this_computer(month: Month, real_clock: bool = False) -> Iterator[LoopbackGraph]:
    """A loopback of this process, whose graph.toml is in the council's folder `graph`."""
    clock = RealClock() if real_clock else VirtualClock(datetime(2026, 10, 1, 8, tzinfo=UTC))
    with LoopbackGraph(keys(), clock, validate=False) as graph:
        graph.add_mailbox(ADDRESS, "Case file audits")
        (month.folder / "graph").mkdir(exist_ok=True)
        (month.folder / "graph" / "graph.toml").write_text(graph_settings(graph, ADDRESS), "utf-8")
        yield graph


def options(month: Month) -> tuple[str, ...]:
    """Those that play on the council's loopback."""
    return "--mailbox", "m365", "--graph", str(month.folder / "graph")


def test_each_option_asks_for_the_other(month: Month) -> None:
    assert "needs --graph FOLDER" in refused(month, "--mailbox", "m365")
    graph = str(graph_file(month.folder / "graph"))
    assert "only with --mailbox m365" in refused(month, "--graph", graph)
    assert "only with --mailbox m365" in refused(month, "--mailbox", "folder", "--graph", graph)


def test_a_folder_without_a_loopback_is_told(month: Month) -> None:
    graph = month.folder / "graph"
    assert "cannot be read" in refused(month, "--mailbox", "m365", "--graph", str(graph))
    graph_file(graph, tenant="", mailbox="")
    assert "lacks tenant and mailbox" in refused(month, "--mailbox", "m365", "--graph", str(graph))


def test_a_loopback_with_another_mailbox_is_told(month: Month) -> None:
    graph = graph_file(month.folder / "graph", mailbox="audits@brackenshire.example")
    said = refused(month, "--mailbox", "m365", "--graph", str(graph))
    assert f"audits@brackenshire.example, and service.toml writes from {ADDRESS}" in said
    assert not (month.folder / "out").exists()


def test_a_loopback_on_the_computers_clock_is_told(month: Month) -> None:
    with on_this_computer(month, real_clock=True):
        assert "Start it with --virtual" in refused(month, *options(month))
    assert not (month.folder / "out").exists()


def test_a_loopback_with_the_mails_of_another_rehearsal_is_told(month: Month) -> None:
    with on_this_computer(month) as graph:
        graph.mailbox(ADDRESS).deliver(b"From: ama.obi@brackenshire.example\r\n\r\nHello\r\n")
        assert "the mails of another rehearsal" in refused(month, *options(month))
    assert not (month.folder / "out").exists()


def test_a_loopback_that_was_started_anew_is_told_and_so_is_a_change_of_mailbox(month: Month) -> None:
    out = month.folder / "out"
    with on_this_computer(month):
        kill_on("2026-11-01", rehearsal(out, month.config, *options(month)), out)
        assert "is set for a mailbox of kind ‘m365’" in refused(month)
    with on_this_computer(month):
        assert "is not set for this loopback Graph" in refused(month, *options(month))
        here = month.folder / "files"
        kill_on("2026-11-01", rehearsal(here, month.config), here)
        assert "is set for a mailbox of kind ‘folder’" in refused(month, *options(month), out="files")


def test_a_pass_that_could_not_be_finished_is_played_again(month: Month) -> None:
    out = month.folder / "out"
    with on_this_computer(month) as graph:
        graph.world.allowed.clear()
        assert "could not be finished" in refused(month, *options(month), code=3)
        assert json.loads((out / "rehearsal.json").read_text("utf-8"))["day"] == ""
        graph.world.allowed.add(ADDRESS)
        kill_on("2026-11-01", rehearsal(out, month.config, *options(month)), out)
        assert any(b"X-Case-Audit-Key: 2026-11/preview/" in mail for _, mail in graph.outbox)


# The far side


def far_side(month: Month, graph: LoopbackGraph) -> tuple[FarSide, LoopbackFarSide]:
    """The far side as tests drive it, and as a rehearsal does."""
    control = Control(read_loopback(month.folder / "graph"))
    return FarSide(graph.url, graph.ca), LoopbackFarSide(control, HOME, month.folder / "copies")


def reply(day: int, text: str = "Hello") -> bytes:
    """A mail from an auditor."""
    head = f"From: toby.tarn@brackenshire.example\r\nDate: {day} Nov 2026 14:30:00 +0000\r\n"
    return f"{head}Subject: RE: audit\r\nMessage-ID: <{day}@brackenshire.example>\r\n\r\n{text}\r\n".encode()


def test_a_reply_arrives_once_at_the_moment_of_its_date(month: Month) -> None:
    with on_this_computer(month) as graph:
        for day in (12, 10, 11, 10):
            far_side(month, graph)[1].drop(reply(day))
        mailbox = Microsoft(graph).mailbox
        assert [mailbox.open(one).received.day for one in mailbox.inbox()] == [10, 11, 12]
        inbox = graph.mailbox(ADDRESS).folder("Inbox")
        assert {one.received for one in inbox} == {
            datetime(2026, 11, d, 14, 30, tzinfo=UTC) for d in (10, 11, 12)
        }
        mailbox.file(next(mailbox.inbox()), "automatic", "unidentified_1")
        far = far_side(month, graph)[1]
        far.drop(reply(10))
        assert len(list(mailbox.inbox())) == 2
        far.keep()
        assert (month.folder / "copies/filed/automatic/unidentified_1.eml").read_bytes() == reply(10)


def test_waiting_takes_no_time_and_moves_the_loopbacks_clock(month: Month) -> None:
    with on_this_computer(month) as graph:
        far = far_side(month, graph)[1]
        far.morning(date(2026, 11, 2))
        assert graph.clock.now() == datetime(2026, 11, 2, 8, tzinfo=UTC)
        waiting, began = far.waiting, time.monotonic()
        waiting.pause(3600)
        assert waiting.timer() == 3600
        assert graph.clock.now() == datetime(2026, 11, 2, 9, tzinfo=UTC)
        assert time.monotonic() - began < 60
        far.morning(date(2026, 6, 1))
        assert graph.clock.now() == datetime(2026, 6, 1, 7, tzinfo=UTC)


def test_a_message_that_leaves_twice_is_told(month: Month) -> None:
    mail = b"X-Case-Audit-Key: CFA-2026-11-001/case-details/auditor-1/T2\r\n\r\nHello\r\n"
    with on_this_computer(month) as graph:
        far = far_side(month, graph)[1]
        graph.outbox.append((ADDRESS, mail))
        assert list(far.new_mail()) == [mail]
        assert (list(far.new_mail()), far.gone()) == ([], 1)
        graph.outbox.append((ADDRESS, mail))
        with pytest.raises(RehearsalError, match="has left the mailbox twice"):
            far.new_mail()


def test_a_moment_that_is_none_is_refused_and_a_loopback_that_stops_is_unavailable(month: Month) -> None:
    with on_this_computer(month) as graph:
        control = Control(read_loopback(month.folder / "graph"))
        with pytest.raises(RehearsalError, match="400: the moment needs a zone"):
            control.deliver(reply(10), datetime(2026, 11, 10))
        far_side(month, graph)[0].deliver(
            ADDRESS, reply(10), datetime(2026, 11, 10, tzinfo=UTC) + timedelta(hours=1)
        )
        (arrived,) = graph.mailbox(ADDRESS).folder("Inbox")
        assert arrived.received == datetime(2026, 11, 10, 1, tzinfo=UTC)
    with pytest.raises(MailboxUnavailableError):
        control.folder("Inbox")


def test_a_proxy_is_not_asked(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert os.environ["HTTPS_PROXY"]
    with on_this_computer(month):
        assert Control(read_loopback(month.folder / "graph")).is_new(HOME)
