"""`case-audit doctor` tells IT, line by line, what outside is as it should be, and what to do if not."""

import email.policy
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from automation.adapters.clock import FixedClock
from automation.cli import main
from automation.domain.finding import Finding
from automation.service import Service
from tests.support import graph as loopback
from tests.support.graph import Fault, File, LoopbackGraph, VirtualClock, new_app_certificate
from tests.support.m365 import ADDRESS, SITE, keys, settle
from tests.support.month import Month

OTHER = "morgan.ellery@brackenshire.example"  # the officer of QA
READER = "ama.example@brackenshire.example"
Doctor = Callable[..., tuple[int, dict[str, Finding]]]


@pytest.fixture
def doctor(month: Month, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Runs the command, and gives its exit code and what it found, by name."""

    def examine(*words: str) -> tuple[int, dict[str, Finding]]:
        capsys.readouterr()
        code = main(["doctor", "--config", str(month.config), *words])
        told = capsys.readouterr()
        assert told.err == ""
        return code, findings(told.out)

    return examine


def findings(text: str) -> dict[str, Finding]:
    """The findings that lines tell of."""
    found: dict[str, Finding] = {}
    for state, what, says, remedy in re.findall(r"^(\S.{8})  ([^:]+): (.*)(?:\n {11}(\S.*))?$", text, re.M):
        found[what] = Finding(what, state.strip(), says, remedy)
    assert sum(2 if one.remedy else 1 for one in found.values()) == len(text.splitlines())
    return found


def failed(found: dict[str, Finding]) -> list[str]:
    """The names of what fails; each has its remedy."""
    assert all(one.remedy for one in found.values() if one.state != "passes")
    return [one.what for one in found.values() if one.state == "fails"]


def words(mail: EmailMessage) -> str:
    """What a letter says, on one line."""
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def started(graph: LoopbackGraph, month: Month) -> File:
    """The council's mailbox, another that is not the service's, and the spreadsheet, all on a loopback."""
    graph.add_mailbox(ADDRESS, "Case file audits")
    graph.add_mailbox(OTHER, allowed=False)
    content = (month.config / "allocations.xlsx").read_bytes()
    return graph.add_file(SITE, "Shared Documents/allocations.xlsx", content)


@pytest.fixture
def graph(month: Month) -> Iterator[LoopbackGraph]:
    """A loopback on which all is as it should be, and the configuration for it."""
    with LoopbackGraph(keys()) as made:
        settle(month.config, made, started(made, month))
        yield made
    assert made.violations == []


def test_when_all_is_well_each_line_passes_and_nothing_is_written(
    graph: LoopbackGraph, doctor: Doctor
) -> None:
    code, found = doctor()
    assert code == 0
    assert {one.what for one in found.values() if one.state == "passes"} == {
        *("certificate", "sign-in", "clock", "mailbox", "folders", "drafts"),
        *("another mailbox is refused", "spreadsheet"),
    }
    assert [one.what for one in found.values() if one.state != "passes"] == ["sending"]
    assert re.search(r"ends on \d{1,2} \w+ \d{4}, in 36[45] days\.", found["certificate"].says)
    assert {method for name, method, _ in graph.calls if (name, method) != ("token", "POST")} == {"GET"}
    assert graph.outbox == []


def test_it_tells_the_drive_and_item_of_the_spreadsheet(
    graph: LoopbackGraph, month: Month, doctor: Doctor
) -> None:
    (file,) = graph.drive.files
    toml = month.config / "service.toml"
    by_ids = f'drive = "{file.drive_id}"\nitem = "{file.item_id}"'
    text = toml.read_text("utf-8").replace('link = ""', f'link = "{file.share_link}"')
    toml.write_text(text.replace(by_ids, 'drive = ""\nitem = ""'), "utf-8")
    _, found = doctor()
    assert by_ids.replace("\n", ", ") in found["spreadsheet"].says
    assert f"{len(file.content):,} bytes" in found["spreadsheet"].says


@pytest.mark.parametrize(
    ("allowed", "words", "state"),
    [
        (False, (), "passes"),
        (True, (), "fails"),
        (True, ("--other-mailbox", "nobody@brackenshire.example"), "not asked"),
        (True, ("--other-mailbox", "closed@brackenshire.example"), "passes"),
    ],
)
def test_a_mailbox_that_is_not_the_services_must_be_refused_to_it(
    graph: LoopbackGraph, doctor: Doctor, allowed: bool, words: tuple[str, ...], state: str
) -> None:
    graph.add_mailbox("closed@brackenshire.example", allowed=False)
    if allowed:
        graph.allowed.add(OTHER)
    code, found = doctor(*words)
    other = found["another mailbox is refused"]
    assert other.state == state
    assert code == (3 if state == "fails" else 0)
    if state == "fails":
        assert "Limit the app to its one mailbox at once" in other.remedy


def test_one_test_message_goes_with_a_large_file_and_is_found_again_by_its_key(
    graph: LoopbackGraph, doctor: Doctor
) -> None:
    code, found = doctor("--send-to", READER)
    assert (code, failed(found)) == (0, [])
    assert found["sending"].state == found["key in Sent Items"].state == "passes"
    ((sender, raw),) = graph.outbox
    mail = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(raw)
    (file,) = (part.get_payload(decode=True) for part in mail.iter_attachments())
    assert isinstance(file, bytes)
    assert len(file) > 3 * 2**20
    assert (sender, str(mail["To"].addresses[0].addr_spec)) == (ADDRESS, READER)
    assert str(mail["X-Case-Audit-Key"]).startswith("doctor/test/")
    assert "this is a test: you need do nothing" in words(mail).lower()
    assert [name for name, _, _ in graph.calls].count("upload_put") >= 2
    assert graph.mailbox(ADDRESS).drafts() == []


@pytest.mark.parametrize(
    "address",
    ["ama@elsewhere.example", "ama@sub.brackenshire.example", "ama", "a@b.example,c@brackenshire.example"],
)
def test_no_test_message_goes_outside_the_listed_domains(
    graph: LoopbackGraph, doctor: Doctor, address: str
) -> None:
    code, found = doctor("--send-to", address)
    assert (code, failed(found)) == (3, ["sending"])
    assert "recipients.domains" in found["sending"].remedy
    assert graph.outbox == []
    assert graph.mailbox(ADDRESS).drafts() == []


@pytest.mark.parametrize(
    ("call", "nth", "fails"), [("filter=singleValue", 2, "key in Sent Items"), ("/send", 1, "sending")]
)
def test_a_test_message_that_is_not_sent_or_not_found_is_a_line_among_the_others(
    graph: LoopbackGraph, doctor: Doctor, call: str, nth: int, fails: str
) -> None:
    graph.faults.add(Fault("any", loopback.Status(403), nth=nth, matching=call))
    code, found = doctor("--send-to", READER)
    assert (code, failed(found)) == (3, [fails])
    assert found["spreadsheet"].state == "passes"


@pytest.mark.parametrize("wrong", ["secret", "no secret", "certificate"])
def test_with_a_wrong_secret_or_certificate_the_sign_in_fails_and_nothing_else_is_asked(
    month: Month, doctor: Doctor, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    path = month.folder / "another.pem"
    path.write_bytes(new_app_certificate())
    path.chmod(0o600)
    monkeypatch.setenv("CASE_AUDIT_CLIENT_SECRET", "" if wrong == "no secret" else "canary")
    with LoopbackGraph(keys()) as graph:
        sign_in = wrong.removeprefix("no ")
        settle(month.config, graph, started(graph, month), sign_in=sign_in, certificate=path)
        code, found = doctor("--send-to", READER)
        assert (code, failed(found)) == (3, ["sign-in"])
        assert "docs/microsoft-365.md" in found["sign-in"].remedy
        others = {one.what: one.state for one in found.values() if one.what not in ("sign-in", "certificate")}
        assert set(others.values()) == {"not asked"}
        assert {"mailbox", "another mailbox is refused", "spreadsheet", "sending"} <= set(others)
        assert {name for name, _, _ in graph.calls} <= {"token"}
        assert "canary" not in str(found)


@pytest.mark.parametrize(
    ("days", "says", "fails"),
    [
        (10, r"ends on \d+ \w+ \d{4}, in 10 days\.", ["certificate"]),
        (1, r"in 1 day\.", ["certificate"]),
        (-3, r"^ended on \d+ \w+ \d{4}\.$", ["certificate", "sign-in"]),
    ],
)
def test_a_certificate_that_ends_soon_fails_with_what_to_do(
    month: Month, doctor: Doctor, tmp_path: Path, days: int, says: str, fails: list[str]
) -> None:
    with LoopbackGraph(tmp_path / "keys", certificate_days=days) as graph:
        settle(month.config, graph, started(graph, month))
        code, found = doctor()
        assert (code, failed(found)) == (3, fails)
        assert re.search(says, found["certificate"].says)
        assert found["certificate"].remedy.startswith("Make a new certificate and upload it")


@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_is_wrong_fails_with_what_to_do(month: Month, doctor: Doctor, minutes: int) -> None:
    with LoopbackGraph(keys(), VirtualClock(datetime.now(UTC) + timedelta(minutes=minutes))) as graph:
        settle(month.config, graph, started(graph, month))
        code, found = doctor()
        assert (code, failed(found)) == (3, ["clock"])
        assert re.search(r"differ by (59|60)\d seconds", found["clock"].says)
        assert "NTP" in found["clock"].remedy


@pytest.mark.parametrize(
    ("status", "says"), [(403, r"403 .*Sites\.Selected"), (404, r"404 .*correct its place in service\.toml")]
)
def test_a_spreadsheet_that_cannot_be_had_fails_with_what_to_do(
    graph: LoopbackGraph, doctor: Doctor, status: int, says: str
) -> None:
    graph.faults.add(Fault("drive_item", loopback.Status(status), times=None))
    code, found = doctor()
    assert (code, failed(found)) == (3, ["spreadsheet"])
    assert re.search(says, found["spreadsheet"].says)


def test_a_mailbox_that_the_app_may_not_use_fails_with_the_roles_it_needs(
    graph: LoopbackGraph, doctor: Doctor
) -> None:
    graph.allowed.remove(ADDRESS)
    code, found = doctor()
    assert (code, failed(found)) == (3, ["mailbox", "folders", "drafts"])
    assert "Mail.ReadWrite and Mail.Send" in found["mailbox"].remedy


def test_without_a_mailbox_there_only_the_spreadsheet_is_asked_about(month: Month, doctor: Doctor) -> None:
    with LoopbackGraph(keys()) as graph:
        file = started(graph, month)
        graph.allowed.clear()
        settle(month.config, graph, file, mailbox=False)
        code, found = doctor()
        assert (code, failed(found)) == (0, [])
        assert found["spreadsheet"].state == found["another mailbox is refused"].state == "passes"
        assert not {"folders", "drafts"} & set(found)


def test_a_mailbox_in_a_folder_is_looked_for_and_written_to_only_when_asked(
    month: Month, doctor: Doctor
) -> None:
    code, found = doctor()
    states = {"mailbox": "not asked", "spreadsheet": "passes", "sending": "not asked"}
    assert (code, {one.what: one.state for one in found.values()}) == (0, states)
    assert not (month.folder / "state").exists()
    os.umask(0o022)
    code, found = doctor("--send-to", READER)
    assert (code, found["sending"].state) == (0, "passes")
    assert [one["To"].addresses[0].addr_spec for one in month.letters()] == [READER]
    made = [month.folder / "state", *month.mailbox.rglob("*")]
    assert os.name == "nt" or not [one for one in made if one.stat().st_mode & 0o077]
    assert doctor()[1]["mailbox"].state == "passes"


def test_the_words_of_a_council_that_are_broken_are_a_line_of_their_own(month: Month, doctor: Doctor) -> None:
    own = month.config / "templates" / "email"
    own.mkdir(parents=True)
    (own / "doctor_test.html").write_text("{{ oh")
    code, found = doctor("--send-to", READER)
    assert (code, failed(found)) == (3, ["sending"])


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        (date(2026, 11, 22), "certificate ends in 20 days, on 22 November 2026. Then nothing is sent"),
        (date(2026, 11, 9), "certificate ends in 7 days, on 9 November 2026. Then nothing is sent"),
        (date(2026, 12, 3), ""),
    ],
)
def test_the_digest_warns_of_a_certificate_that_ends_within_a_month(
    month: Month, ends: date, says: str
) -> None:
    ports = replace(month.ports(), certificate_ends=lambda: ends)
    Service(month.settings, ports).once(FixedClock(date(2026, 11, 2)))
    ports.store.close()
    (digest,) = (one for one in month.letters() if "digest" in str(one["X-Case-Audit-Key"]))
    assert ("The service’s certificate" in words(digest)) == bool(says)
    assert says in words(digest)
