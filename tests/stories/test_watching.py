"""Who notices when no pass is made: the heartbeat, the call, the check, and what others may read."""

import http.server
import json
import os
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from automation import cli, heartbeat
from automation.adapters.clock import FixedClock
from automation.heartbeat import SCHEMA, check, last_beat
from automation.ports import Clock
from automation.service import Outcome, Service
from automation.settings import SettingsError
from tests.support.graph.certificates import certificates
from tests.support.m365 import keys
from tests.support.month import DOMAIN, STAFF, Month


def beating(month: Month, day: str = "2026-11-23", code: int = 0) -> dict[str, object]:
    """The heartbeat that a pass leaves."""
    ports = month.ports()
    clock: Clock = FixedClock(datetime.fromisoformat(day).date())
    Service(month.settings, ports).beat(clock, Outcome(unavailable=("away",) if code == 3 else ()))
    ports.store.close()
    return json.loads((month.folder / "state" / "heartbeat.json").read_text())  # type: ignore[no-any-return]


def test_the_heartbeat_counts_and_names_nobody(started: Month) -> None:
    told = beating(started)
    assert told["at"] == "2026-11-23T08:00:00+00:00"
    assert (told["code"], told["outstanding"], told["doubtful"], told["held"]) == (0, 4, 0, 0)
    text = json.dumps(told)
    assert not [name for name, *_ in STAFF.values() if name in text]
    assert DOMAIN not in text
    assert "CFA-" not in text


def test_a_store_that_is_away_keeps_no_heartbeat_from_being_written(started: Month) -> None:
    ports = started.ports()
    database = started.folder / "state" / "audits.db"
    for path in (database, database.with_name("audits.db-wal")):
        if path.exists():
            path.write_bytes(b"no database at all " * 500)
    Service(started.settings, ports).beat(FixedClock(date(2026, 11, 23)), Outcome(unavailable=("away",)))
    told = last_beat(started.settings)
    assert told
    assert (told.code, told.doubtful) == (3, -1)


def test_the_check_tells_silence_trouble_and_a_person_wanted_apart(started: Month) -> None:
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert check(started.settings, now)["code"] == 3  # nobody has run it here yet
    beating(started)
    assert check(started.settings, now + timedelta(hours=24))["code"] == 0
    assert check(started.settings, now + timedelta(hours=24, minutes=1))["code"] == 3
    assert check(started.settings, now + timedelta(hours=2), within=1)["code"] == 3
    beating(started, code=3)
    assert check(started.settings, now)["code"] == 3
    place = started.folder / "state" / "heartbeat.json"
    place.write_text(json.dumps({"at": now.isoformat(), "code": 0, "problems": 0, "doubtful": 1}))
    assert check(started.settings, now)["code"] == 1
    place.write_text("half a")
    assert check(started.settings, now)["code"] == 3


def test_the_checks_json_has_the_fields_that_are_documented(
    started: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    beating(started)
    words = ["status", "--check", "--json", "--today", "2026-11-23", "--config", str(started.config)]
    assert cli.main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"schema", "code", "says", "age_minutes", "last_pass"}
    assert told["schema"] == SCHEMA
    assert set(told["last_pass"]) == {"at", "code", "problems", "doubtful", "outstanding", "held"}
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    for name in (*told, *told["last_pass"]):
        assert f"`{name}`" in page, name


def test_a_pass_by_hand_or_by_cron_beats_and_one_of_another_day_does_not(
    month: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["once", "--today", "2026-11-02", "--config", str(month.config)]) == 0
    assert last_beat(month.settings) is None
    cli.main(["once", "track", "--config", str(month.config)])
    assert last_beat(month.settings) is not None


# The call to another service


class Listener:
    """An https server on this computer that keeps what it is sent."""

    def __init__(self, status: int = 200) -> None:
        self.heard: list[tuple[str, str, bytes]] = []
        heard = self.heard

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append((self.command, self.path, str(self.headers).encode()))
                self.send_response(status)
                self.send_header("Location", f"https://{self.headers['Host']}/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quietly."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates(keys(), 365).server)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server.server_address[1]}/ping/abc"


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of the listener counts as one of a known authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates(keys(), 365).ca))
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def calling(month: Month, trusting: None) -> Iterator[Listener]:
    """A month whose heartbeat calls a listener."""
    listener = Listener()
    named(month, listener.url)
    yield listener
    listener.server.shutdown()


def named(month: Month, url: str) -> None:
    service = month.config / "service.toml"
    text = service.read_text("utf-8").replace('[heartbeat]\nurl = ""', f'[heartbeat]\nurl = "{url}"')
    service.write_text(text, "utf-8")


def test_a_pass_that_did_its_work_calls_and_tells_nothing(month: Month, calling: Listener) -> None:
    beating(month)
    ((command, path, headers),) = calling.heard
    assert (command, path) == ("GET", "/ping/abc")
    assert DOMAIN.encode() not in headers


def test_a_pass_that_could_not_do_its_work_does_not_call(month: Month, calling: Listener) -> None:
    beating(month, code=3)
    assert calling.heard == []


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "file:///etc/passwd", "ftp://x"])
def test_only_https_is_called(month: Month, url: str) -> None:
    named(month, url)
    with pytest.raises(SettingsError, match="https"):
        assert month.settings


def test_an_address_that_is_away_or_turns_us_elsewhere_stops_no_pass(month: Month, trusting: None) -> None:
    named(month, "https://127.0.0.1:1/nobody")
    assert beating(month)["code"] == 0
    turning = Listener(302)
    named(month, turning.url)
    assert heartbeat.call(turning.url) is False
    assert [path for _, path, _ in turning.heard] == ["/ping/abc"]
    turning.server.shutdown()


def test_an_address_that_never_answers_is_left_after_a_few_seconds(
    month: Month, trusting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    assert heartbeat._SECONDS <= 10
    monkeypatch.setattr(heartbeat, "_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert heartbeat.call(f"https://127.0.0.1:{silent.getsockname()[1]}/") is False


# Rights


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights by folder, not by mode")
def test_what_others_may_read_is_told_and_stops_nothing(
    started: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    key = started.config / "backup.key"
    key.write_text("some words\n")
    key.chmod(0o644)
    service = started.config / "service.toml"
    service.write_text(
        service.read_text("utf-8").replace('key_file = ""', 'key_file = "backup.key"'), "utf-8"
    )
    (started.folder / "state" / "audits.db").chmod(0o640)
    (started.folder / "state").chmod(0o770)
    outcome = started.on("2026-11-03")
    told = {one.where: one for one in outcome.problems}
    assert "mode is 644" in told["backup.key"].what
    assert "mode is 640" in told["audits.db"].what
    assert "mode is 770" in told["state"].what
    assert not told["backup.key"].stops
    assert outcome.code == 0
    key.chmod(0o600)
    (started.folder / "state" / "audits.db").chmod(0o600)
    (started.folder / "state").chmod(0o755)
    assert {"backup.key", "audits.db", "state"}.isdisjoint(
        one.where for one in started.on("2026-11-04").problems
    )
