"""Signing in to Microsoft 365: with what, trusting whom, and telling no secret when it fails."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from automation.adapters.m365.answers import NoAnswerError
from automation.adapters.m365.app import App
from automation.adapters.m365.calls import Graph
from automation.adapters.m365.pace import Pace
from automation.outside import Microsoft365
from automation.ports import MailboxUnavailableError, SignInError
from tests.support import graph as loopback
from tests.support.graph import Fault, LoopbackGraph, VirtualClock, new_app_certificate
from tests.support.m365 import ADDRESS, app_of, keys, settle
from tests.support.month import Month

PASSPHRASE = "correct horse canary"
INBOX = f"/users/{ADDRESS}/mailFolders/inbox/messages"


@pytest.fixture
def graph() -> Iterator[LoopbackGraph]:
    """A loopback whose clock stands until somebody moves it."""
    with LoopbackGraph(keys(), VirtualClock(datetime(2026, 11, 2, 8, 0, tzinfo=UTC))) as made:
        made.add_mailbox(ADDRESS)
        yield made
    assert made.violations == []


def ask(app: App) -> None:
    """One call, with whatever sign-in it needs."""
    Graph(app, Pace(pause=lambda _: None), 5).call("inbox", "get", INBOX)


def put(folder: Path, name: str, content: bytes, mode: int = 0o600) -> Path:
    """A file for the service alone, unless another mode is given."""
    made = folder / name
    made.write_bytes(content)
    made.chmod(mode)
    return made


def pfx(graph: LoopbackGraph, passphrase: str) -> bytes:
    """The app's key and certificate as a .pfx file."""
    pem = graph.app_certificate.read_bytes()
    key, certificate = load_pem_private_key(pem, None), x509.load_pem_x509_certificate(pem)
    assert isinstance(key, RSAPrivateKey)
    locked = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"app", key, certificate, None, locked)


def encrypted_pem(graph: LoopbackGraph, passphrase: str) -> bytes:
    """The app's certificate, with its key under a passphrase."""
    pem = graph.app_certificate.read_bytes()
    locked = BestAvailableEncryption(passphrase.encode())
    key = load_pem_private_key(pem, None).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)
    return key + x509.load_pem_x509_certificate(pem).public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    ("name", "made", "passphrase"),
    [
        ("app.pem", lambda graph: graph.app_certificate.read_bytes(), ""),
        ("app.pem", lambda graph: encrypted_pem(graph, PASSPHRASE), PASSPHRASE),
        ("app.pfx", lambda graph: pfx(graph, PASSPHRASE), PASSPHRASE),
        ("app.P12", lambda graph: pfx(graph, ""), ""),
    ],
    ids=["pem", "pem with passphrase", "pfx with passphrase", "p12"],
)
def test_a_certificate_signs_in_from_a_pem_or_a_pfx_file_with_the_passphrase_of_the_environment(
    month: Month,
    graph: LoopbackGraph,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    made: Callable[[LoopbackGraph], bytes],
    passphrase: str,
) -> None:
    settle(month.config, graph, certificate=put(month.folder, name, made(graph)))
    monkeypatch.setenv("CASE_AUDIT_CERTIFICATE_PASSPHRASE", passphrase)
    here = Microsoft365(month.settings)
    here.graph.call("inbox", "get", INBOX)
    ends = x509.load_pem_x509_certificate(graph.app_certificate.read_bytes()).not_valid_after_utc
    assert here.certificate_ends() == ends.date()


def test_a_secret_comes_from_the_environment_variable(
    month: Month, graph: LoopbackGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(month.config, graph, sign_in="secret")
    monkeypatch.setenv("CASE_AUDIT_CLIENT_SECRET", graph.secret)
    here = Microsoft365(month.settings)
    here.graph.call("inbox", "get", INBOX)
    assert here.certificate_ends() is None
    monkeypatch.delenv("CASE_AUDIT_CLIENT_SECRET")
    with pytest.raises(SignInError, match="give it as CASE_AUDIT_CLIENT_SECRET"):
        Microsoft365(month.settings).graph.sign_in()


# A person


def test_a_person_is_told_the_code_once_and_the_token_is_made_anew_without_them(graph: LoopbackGraph) -> None:
    told: list[str] = []
    clock, graph.tokens.seconds = graph.clock, 200
    assert isinstance(clock, VirtualClock)
    here = Graph(replace(app_of(graph, "device"), show=told.append), Pace(pause=clock.advance))
    here.sign_in()
    for _ in range(3):
        here.call("inbox", "get", INBOX)
        clock.advance(300)  # longer than the token lasts
    here.sign_in()
    (line,) = told
    assert re.search(rf"{re.escape(graph.url)}/device .* [0-9A-F]{{9}}\b", line)
    assert 401 not in [status for _, _, status in graph.calls], "a token is renewed before it has ended"


def test_a_person_who_has_signed_in_is_not_asked_again_when_a_token_is_taken_back(
    graph: LoopbackGraph,
) -> None:
    told: list[str] = []
    graph.tokens.device_waits = 0
    here = Graph(replace(app_of(graph, "device"), show=told.append), Pace(pause=lambda _: None))
    here.call("inbox", "get", INBOX)
    graph.revoke_tokens()
    here.call("inbox", "get", INBOX)
    assert len(told) == 1
    graph.tokens.revoke_sign_ins()
    with pytest.raises(SignInError):
        here.call("inbox", "get", INBOX)


def test_nobody_at_the_terminal_is_said_to_be_needed(graph: LoopbackGraph) -> None:
    with pytest.raises(SignInError, match="needs a person at a terminal"):
        ask(app_of(graph, "device"))
    assert graph.calls == []


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"tenant": "another"}, SignInError, "not possible"),
        ({"client_id": "another"}, SignInError, "AADSTS700016"),
        ({"sign_in_url": "https://127.0.0.1:1"}, MailboxUnavailableError, "ConnectionError"),
    ],
)
@pytest.mark.parametrize("sign_in", ["certificate", "secret", "device"])
def test_a_wrong_tenant_application_or_address_is_one_clear_error(
    graph: LoopbackGraph, sign_in: str, changed: dict[str, str], error: type[Exception], says: str
) -> None:
    graph.tokens.device_waits = 0
    app = replace(app_of(graph, sign_in), show=lambda _: None, **changed)  # type: ignore[arg-type]  # any field
    with pytest.raises(error, match=says) as caught:
        Graph(app, Pace()).sign_in()
    assert "127.0.0.1" not in str(caught.value)
    assert graph.secret not in str(caught.value)


# What is not taken


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights by folder, not by mode")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
def test_a_certificate_that_others_may_read_is_refused_with_what_to_do(
    graph: LoopbackGraph, tmp_path: Path, mode: int
) -> None:
    path = put(tmp_path, "app.pem", graph.app_certificate.read_bytes(), mode)
    with pytest.raises(SignInError, match=f"chmod 600 {re.escape(str(path))}"):
        ask(replace(app_of(graph), certificate=path))
    assert graph.calls == []


STRANGER = new_app_certificate()
BEGIN = b"-----BEGIN CERTIFICATE-----"


@pytest.mark.parametrize("name", ["app.pem", "app.pfx"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PASSWORD=canary",
        bytes(range(256)) + b"canary",
        b"-----BEGIN PRIVATE KEY-----\ncanary==\n-----END PRIVATE KEY-----\n",
        BEGIN + b"\ncanary==\n-----END CERTIFICATE-----\n",
        STRANGER.partition(BEGIN)[0],
        BEGIN + STRANGER.partition(BEGIN)[2],
    ],
    ids=["empty", "text", "bytes", "bad key", "bad certificate", "key alone", "certificate alone"],
)
def test_a_file_that_is_no_certificate_is_refused_and_not_quoted(
    graph: LoopbackGraph, tmp_path: Path, name: str, content: bytes
) -> None:
    path = put(tmp_path, name, content)
    with pytest.raises(SignInError, match=re.escape(str(path))) as caught:
        ask(replace(app_of(graph), certificate=path, passphrase=PASSPHRASE))
    assert "canary" not in str(caught.value)
    assert not set(content.decode("latin-1").split()) & set(str(caught.value).split())
    assert graph.calls == []


def test_a_key_of_another_kind_or_of_another_certificate_is_refused(
    graph: LoopbackGraph, tmp_path: Path
) -> None:
    elliptic = (graph.folder / "server.pem").read_bytes()
    mixed = STRANGER.partition(BEGIN)[0] + BEGIN + graph.app_certificate.read_bytes().partition(BEGIN)[2]
    for content, says in ((elliptic, "is no RSA key"), (mixed, "belongs to another certificate")):
        with pytest.raises(SignInError, match=says):
            ask(replace(app_of(graph), certificate=put(tmp_path, "app.pem", content)))
    assert graph.calls == []


@pytest.mark.parametrize("passphrase", ["", "another"])
@pytest.mark.parametrize("made", [pfx, encrypted_pem])
def test_a_wrong_passphrase_is_told_without_the_passphrase(
    graph: LoopbackGraph, tmp_path: Path, made: Callable[[LoopbackGraph, str], bytes], passphrase: str
) -> None:
    path = put(tmp_path, f"app.{'pfx' if made is pfx else 'pem'}", made(graph, PASSPHRASE))
    with pytest.raises(SignInError, match="CASE_AUDIT_CERTIFICATE_PASSPHRASE") as caught:
        ask(replace(app_of(graph), certificate=path, passphrase=passphrase))
    assert "another" not in str(caught.value)


def test_a_certificate_that_is_named_nowhere_or_not_there_is_told(
    graph: LoopbackGraph, tmp_path: Path
) -> None:
    for path, says in (
        (None, "no certificate"),
        (tmp_path / "app.pem", "No such file"),
        (tmp_path, "directory"),
    ):
        with pytest.raises(SignInError, match=says):
            ask(replace(app_of(graph), certificate=path))


def test_an_application_shows_no_secret_of_its_own(graph: LoopbackGraph) -> None:
    shown = repr(replace(app_of(graph), passphrase=PASSPHRASE))
    assert graph.client_id in shown
    assert graph.secret not in shown
    assert PASSPHRASE not in shown


# Whom we trust


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_environment_does_not_beat_the_configured_authorities(
    graph: LoopbackGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other = put(tmp_path, "other.pem", BEGIN + STRANGER.partition(BEGIN)[2])
    monkeypatch.setenv(name, str(other))
    file = graph.add_file("https://brackenshire.sharepoint.com/sites/QA", "Documents/a.xlsx", b"PK")
    content = f"/drives/{file.drive_id}/items/{file.item_id}/content"
    Graph(app_of(graph), Pace()).call("file", "get", content)
    monkeypatch.setenv(name, str(graph.ca))
    with pytest.raises(MailboxUnavailableError, match="SSLError"):
        Graph(replace(app_of(graph), ca_bundle=other), Pace()).sign_in()


def test_authorities_that_are_not_there_are_told(graph: LoopbackGraph, tmp_path: Path) -> None:
    with pytest.raises(SignInError, match=r"There is no .*nowhere\.pem: correct ca_bundle"):
        ask(replace(app_of(graph), ca_bundle=tmp_path / "nowhere.pem"))


def test_a_list_that_goes_on_at_another_host_is_not_followed_with_our_token(graph: LoopbackGraph) -> None:
    with LoopbackGraph(keys()) as stranger:
        for one in (
            stranger.url,
            graph.url + ".brackenshire.example",
            stranger.url.replace("127.0.0.1", "localhost"),
        ):
            graph.world.url = one
            graph.faults.add(Fault("list_inbox", loopback.EmptyPage()))
            here = Graph(app_of(graph), Pace())
            with pytest.raises(NoAnswerError, match="not Graph"):
                list(here.pages("inbox", INBOX, {"$top": "5"}))
        assert stranger.calls == []
    assert [name for name, _, _ in graph.calls].count("list_inbox") == 3
    graph.world.url = graph.url
    graph.faults.add(Fault("list_inbox", loopback.EmptyPage()))
    assert list(Graph(app_of(graph), Pace()).pages("inbox", INBOX, {"$top": "5"})) == [[], []]
