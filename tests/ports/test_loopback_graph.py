"""The loopback Graph itself: it behaves as Microsoft documents, and badly when told to."""

import base64
import email
import email.policy
import hashlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

requests = pytest.importorskip("requests", reason="requests is not installed")
msal = pytest.importorskip("msal", reason="msal is not installed")
O365 = pytest.importorskip("O365", reason="O365 is not installed")
pytest.importorskip("cryptography", reason="cryptography is not installed")

from tests.support.graph import (  # noqa: E402 - after the libraries were looked for
    Dropped,
    EmptyPage,
    FarSide,
    Fault,
    Hang,
    Later,
    Limits,
    LoopbackGraph,
    MovesWhileListing,
    Reset,
    Status,
    StatusAfter,
    StaysDraft,
    Trickle,
    Truncated,
    VirtualClock,
    VisibleAfter,
    new_app_certificate,
    throttled,
    throttled_silently,
    throttled_until,
    throttled_with_garbage,
)

US, TOBY, FOREIGN = (f"{one}@brackenshire.example" for one in ("case.audits", "toby.tarn", "chief.exec"))
KEY = "String {6a7f8c1e-0d35-4a8e-9c39-6a2c6f0f7a11} Name qaSendKey"
IMMUTABLE = {"Prefer": 'IdType="ImmutableId"'}
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
MAIL = (
    b"From: Toby Tarn <toby.tarn@brackenshire.example>\r\nTo: case.audits@brackenshire.example\r\n"
    b"Subject: %s\r\nMessage-ID: <%s@mail.example>\r\nDate: Mon, 2 Nov 2026 08:00:00 +0000\r\n"
    b"\r\nHere it is.\r\n"
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that keeps the keys."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def graph(keys: Path) -> Iterator[LoopbackGraph]:
    """A loopback with three mailboxes; ours is the one that the app may use."""
    with LoopbackGraph(keys, VirtualClock(START), limits=None) as made:
        made.add_mailbox(US, "Case file audits")
        made.add_mailbox(TOBY, "Toby Tarn", allowed=False)
        made.add_mailbox(FOREIGN, "Chief Executive", allowed=False)
        yield made


@pytest.fixture(autouse=True)
def no_other_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CA bundle named in the environment beats the one that a client is told to use."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


class Client:
    """Plain HTTP to the loopback, signed in with the secret."""

    def __init__(self, graph: LoopbackGraph, user: str = US) -> None:
        self.graph, self.session = graph, requests.Session()
        self.session.trust_env, self.session.verify = False, str(graph.ca)
        self.session.headers.update(IMMUTABLE)
        self.base = f"{graph.graph_url}/users/{user}"
        self.sign_in()

    def sign_in(self) -> None:
        form = {"grant_type": "client_credentials", "client_secret": self.graph.secret}
        answer = self.ask_token({**form, "client_id": self.graph.client_id, "scope": "x/.default"})
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def ask_token(self, form: dict[str, str], call: str = "token") -> Any:
        return self.session.post(f"{self.graph.authority}/oauth2/v2.0/{call}", data=form, timeout=20)

    def __call__(self, method: str, path: str, timeout: float = 20, **more: Any) -> Any:
        url = path if path.startswith("https:") else self.base + path
        return self.session.request(method, url, timeout=timeout, **more)

    def draft(self, **more: Any) -> dict[str, Any]:
        """A new draft to Toby with a key."""
        answer = self("POST", "/messages", json=letter(**more))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def found(self, key: str = "0abc") -> list[dict[str, Any]]:
        """What carries the key."""
        wish = f"singleValueExtendedProperties/Any(ep: ep/id eq '{KEY}' and ep/value eq '{key}')"
        answer = self("GET", "/messages", params={"$filter": wish})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["value"])

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """A list through all its pages."""
        answer = self("GET", path, params=params).json()
        value = list(answer["value"])
        while link := answer.get("@odata.nextLink"):
            answer = self("GET", link).json()
            value += answer["value"]
        return value


@pytest.fixture
def client(graph: LoopbackGraph) -> Client:
    """Plain HTTP."""
    return Client(graph)


def letter(**more: Any) -> dict[str, Any]:
    """A message as JSON."""
    return {
        "subject": "Grüße: your audit",
        "body": {"contentType": "html", "content": "<html><body><p>Please &amp; thanks</p></body></html>"},
        "toRecipients": [{"emailAddress": {"address": TOBY, "name": "Toby Tarn"}}],
        "singleValueExtendedProperties": [{"id": KEY, "value": "0abc"}],
        **more,
    }


def at(message: dict[str, Any], rest: str = "") -> str:
    """The path of a message."""
    return f"/messages/{quote(message['id'], safe='')}{rest}"


def code(answer: Any) -> str:
    """The code of a Graph error, which has the headers that every answer has."""
    assert answer.headers["request-id"]
    assert answer.headers["client-request-id"]
    assert answer.headers["Date"].endswith("GMT")
    return str(answer.json()["error"]["code"])


def read(raw: bytes) -> Any:
    """MIME, read."""
    return email.message_from_bytes(raw, policy=email.policy.default)


# Signing in

Connection: Any = O365.Connection
MSGraphProtocol: Any = O365.MSGraphProtocol
Account: Any = O365.Account


class OurConnection(Connection):  # type: ignore[misc]  # O365 has no types
    """O365's connection, with msal turned to the loopback."""

    graph: LoopbackGraph
    _msal_client: Any

    @property
    def msal_client(self) -> Any:
        if self._msal_client is None:
            self._msal_client = msal.ConfidentialClientApplication(
                self.auth[0],
                client_credential=self.auth[1],
                authority=self.graph.authority,
                instance_discovery=False,
                verify=str(self.graph.ca),
                token_cache=self.token_backend,
            )
        return self._msal_client


def account(graph: LoopbackGraph, credential: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An O365 account for our mailbox. Its sessions take a CA from the environment only."""
    from O365.utils.token import MemoryTokenBackend

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(graph.ca))

    class Protocol(MSGraphProtocol):  # type: ignore[misc]  # O365 has no types
        _protocol_url = f"{graph.url}/"

    class Ours(Account):  # type: ignore[misc]  # O365 has no types
        connection_constructor = type("Turned", (OurConnection,), {"graph": graph})

    return Ours(
        (graph.client_id, credential),
        auth_flow_type="credentials",
        tenant_id=graph.tenant,
        protocol=Protocol(timezone="Europe/London", default_headers=IMMUTABLE),
        main_resource=US,
        token_backend=MemoryTokenBackend(),
        request_retries=0,
        requests_delay=0,
        timeout=(5, 20),
        raise_http_errors=True,
    )


def certificate(pem: bytes) -> dict[str, str]:
    """A certificate with its key as msal takes it."""
    return {"private_key": pem.decode(), "public_certificate": pem.decode()}


def test_o365_signs_in_with_the_certificate_and_sends(
    graph: LoopbackGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = account(graph, certificate(graph.app_certificate.read_bytes()), monkeypatch)
    assert ours.authenticate()
    message = ours.mailbox().new_message()
    message.to.add(TOBY)
    message.subject, message.body = "By the library", "<p>Hello</p>"
    assert message.send()
    assert read(graph.outbox[0][1])["Subject"] == "By the library"
    assert [one.subject for one in graph.mailbox(TOBY).folder("Inbox")] == ["By the library"]
    assert [name for name, _, _ in graph.calls if name == "token"]
    assert graph.violations == []


def test_o365_lists_and_files_what_arrived(graph: LoopbackGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    graph.mailbox(US).deliver(MAIL % (b"Form", b"1"))
    ours = account(graph, graph.secret, monkeypatch)
    assert ours.authenticate()
    (arrived,) = ours.mailbox().inbox_folder().get_messages()
    assert arrived.subject == "Form"
    assert arrived.move(ours.mailbox().archive_folder())
    assert len(graph.mailbox(US).folder("Archive")) == 1


def test_a_foreign_certificate_is_refused(graph: LoopbackGraph) -> None:
    app = msal.ConfidentialClientApplication(
        graph.client_id,
        client_credential=certificate(new_app_certificate()),
        authority=graph.authority,
        instance_discovery=False,
        verify=str(graph.ca),
    )
    refused = app.acquire_token_for_client(["x/.default"])
    assert refused["error"] == "invalid_client"
    assert "AADSTS700027" in refused["error_description"]


def test_an_assertion_with_a_wrong_signature_or_audience_is_refused(
    graph: LoopbackGraph, client: Client
) -> None:
    jwt = pytest.importorskip("jwt", reason="PyJWT is not installed")
    from cryptography.hazmat.primitives import hashes, serialization

    pem = graph.app_certificate.read_bytes()
    seen = graph.tokens.certificate.fingerprint(hashes.SHA1())
    named = {"x5t": base64.urlsafe_b64encode(seen).decode().rstrip("=")}
    claims = {
        "aud": f"{graph.authority}/oauth2/v2.0/token",
        "iss": graph.client_id,
        "sub": graph.client_id,
        "exp": time.time() + 600,
    }

    def ask(claims: dict[str, Any], pem: bytes, algorithm: str = "RS256") -> Any:
        key = serialization.load_pem_private_key(pem, None)
        return client.ask_token(
            {
                "grant_type": "client_credentials",
                "client_id": graph.client_id,
                "scope": "x/.default",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": jwt.encode(claims, key, algorithm, headers=named),
            }
        )

    assert ask(claims, pem).status_code == 200
    assert ask(claims, pem, "PS256").status_code == 200
    wrong = [
        ask(claims, new_app_certificate()),
        ask({**claims, "aud": graph.url}, pem),
        ask({**claims, "exp": time.time() - 3600}, pem),
        ask({**claims, "sub": "another"}, pem),
    ]
    assert [one.status_code for one in wrong] == [401] * 4
    assert all(one.json()["error_codes"] == [700027] for one in wrong)


def test_a_wrong_secret_tenant_or_application_is_refused(graph: LoopbackGraph, client: Client) -> None:
    form = {"grant_type": "client_credentials", "client_id": graph.client_id, "scope": "x/.default"}
    wrong = client.ask_token({**form, "client_secret": "guess"})
    assert (wrong.status_code, wrong.json()["error_codes"]) == (401, [7000215])
    other = client.ask_token({**form, "client_id": "another", "client_secret": graph.secret})
    assert (other.status_code, other.json()["error_codes"]) == (400, [700016])
    away = client("POST", f"{graph.url}/elsewhere/oauth2/v2.0/token", data=form)
    assert away.json()["error_codes"] == [90002]


def test_a_person_signs_in_with_a_device_and_the_token_refreshes(
    graph: LoopbackGraph, client: Client
) -> None:
    app = msal.PublicClientApplication(
        graph.client_id, authority=graph.authority, instance_discovery=False, verify=str(graph.ca)
    )
    flow = app.initiate_device_flow(["Mail.Send"])
    pending = client.ask_token(
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "client_id": graph.client_id,
            "scope": "x",
            "device_code": flow["device_code"],
        }
    )
    assert pending.json()["error"] == "authorization_pending"
    got = app.acquire_token_by_device_flow(flow)
    client.session.headers["Authorization"] = f"Bearer {got['access_token']}"
    assert client("GET", "/messages").status_code == 200
    (who,) = app.get_accounts()
    again = app.acquire_token_silent_with_error(["Mail.Send"], who, force_refresh=True)
    assert again["access_token"] != got["access_token"]


def test_tokens_expire_on_the_loopbacks_clock_and_can_be_revoked(
    graph: LoopbackGraph, client: Client
) -> None:
    assert client("GET", "/messages").status_code == 200
    assert isinstance(graph.clock, VirtualClock)
    graph.clock.advance(3601)
    late = client("GET", "/messages")
    assert (late.status_code, code(late)) == (401, "InvalidAuthenticationToken")
    assert late.headers["WWW-Authenticate"].startswith("Bearer")
    client.sign_in()
    assert client("GET", "/messages").status_code == 200
    graph.revoke_tokens()
    assert client("GET", "/messages").status_code == 401
    assert graph.violations == []


def test_the_app_certificate_is_one_private_file_that_lasts_as_long_as_asked(tmp_path: Path) -> None:
    graph = LoopbackGraph(tmp_path, certificate_days=20, validate=False)
    graph._server.server_close()
    assert graph.app_certificate.stat().st_mode & 0o777 == 0o600
    pem = graph.app_certificate.read_text()
    assert "BEGIN PRIVATE KEY" in pem
    assert "BEGIN CERTIFICATE" in pem
    left = graph.tokens.certificate.not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=19) < left <= timedelta(days=20)


# Sending


def test_a_sent_draft_keeps_its_immutable_id_and_its_key(graph: LoopbackGraph, client: Client) -> None:
    headers = [{"name": "X-Auto-Response-Suppress", "value": "OOF, AutoReply"}]
    draft = client.draft(internetMessageHeaders=headers, internetMessageId="<0abc@brackenshire.example>")
    assert client("POST", at(draft, "/send")).status_code == 202
    wish = {"$select": "isDraft,internetMessageHeaders,internetMessageId,parentFolderId"}
    sent = client("GET", at(draft), params=wish).json()
    assert (sent["id"], sent["isDraft"], sent["internetMessageHeaders"]) == (draft["id"], False, [])
    folder = client("GET", "/mailFolders/sentitems").json()
    assert (sent["parentFolderId"], folder["totalItemCount"]) == (folder["id"], 1)
    assert [one["id"] for one in client.found("0ABC")] == [draft["id"]]
    assert (graph.mailbox(US).drafts(), graph.violations) == ([], [])
    message = read(graph.mailbox(US).sent()[0])
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["Message-ID"] == "<0abc@brackenshire.example>"


def test_without_the_preference_the_id_changes(graph: LoopbackGraph, client: Client) -> None:
    del client.session.headers["Prefer"]
    draft = client.draft()
    client("POST", at(draft, "/send"))
    gone = client("GET", at(draft))
    assert (gone.status_code, code(gone)) == (404, "ErrorItemNotFound")
    assert client.found()[0]["id"] != draft["id"]


def test_what_leaves_is_a_whole_mime_message(graph: LoopbackGraph, client: Client) -> None:
    file = {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": "Prüfung.docx",
        "contentBytes": base64.b64encode(b"PK\x03\x04form").decode(),
    }
    draft = client.draft(
        attachments=[file],
        importance="high",
        ccRecipients=[{"emailAddress": {"address": FOREIGN, "name": "Exécutive, Chief"}}],
        singleValueExtendedProperties=[{"id": "Integer 0x0036", "value": "2"}],
    )
    client("POST", at(draft, "/send"))
    address, raw = graph.outbox[0]
    message = read(raw)
    assert (address, message["From"]) == (US, f"Case file audits <{US}>")
    assert message["To"].addresses[0].display_name == "Toby Tarn"
    assert message["Cc"].addresses[0].display_name == "Exécutive, Chief"
    assert message["Subject"] == "Grüße: your audit"
    assert message["Date"].datetime == START
    assert message["Message-ID"] == draft["internetMessageId"]
    assert (message["Importance"], message["Sensitivity"]) == ("high", "Private")
    assert message.get_body(("plain",)).get_content().strip() == "Please & thanks"
    assert "<p>" in message.get_body(("html",)).get_content()
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("Prüfung.docx", b"PK\x03\x04form")
    assert [len(graph.mailbox(one).folder("inbox")) for one in (TOBY, FOREIGN)] == [1, 1]
    assert client("GET", at(draft, "/$value")).content == raw


def test_a_reply_joins_the_conversation(graph: LoopbackGraph, client: Client) -> None:
    graph.mailbox(US).deliver(MAIL % (b"Form", b"their.id"))
    (theirs,) = client.all("/mailFolders/inbox/messages")
    plain = client("POST", at(theirs, "/createReply")).json()
    assert "Here it is." in plain["body"]["content"]
    own = letter(subject="RE: Form", internetMessageHeaders=[{"name": "x-key", "value": "1"}])
    del own["toRecipients"]
    reply = client("POST", at(theirs, "/createReply"), json={"message": own}).json()
    assert "Here it is." not in reply["body"]["content"]
    assert reply["conversationId"] == theirs["conversationId"]
    client("POST", at(reply, "/send"))
    message = read(graph.outbox[-1][1])
    assert (message["In-Reply-To"], message["References"]) == ("<their.id@mail.example>",) * 2
    assert message["To"].addresses[0].addr_spec == TOBY
    assert message["x-key"] == "1"
    both = client("POST", at(theirs, "/createReply"), json={"comment": "x", "message": own})
    assert both.status_code == 400
    assert graph.violations == []


def test_a_sent_message_may_take_its_time_to_be_seen(graph: LoopbackGraph, client: Client) -> None:
    graph.visible_after = VisibleAfter(looks=2)
    draft = client.draft()
    client("POST", at(draft, "/send"))
    assert [client("GET", at(draft)).status_code for _ in range(3)] == [404, 404, 200]
    graph.visible_after = VisibleAfter(seconds=30, hides_from_find=True)
    second = client.draft(singleValueExtendedProperties=[{"id": KEY, "value": "2"}])
    client("POST", at(second, "/send"))
    assert (client("GET", at(second)).status_code, client.found("2")) == (404, [])
    assert isinstance(graph.clock, VirtualClock)
    graph.clock.advance(30)
    assert (client("GET", at(second)).status_code, len(client.found("2"))) == (200, 1)


def test_send_again_sends_again_unless_told_otherwise(graph: LoopbackGraph, client: Client) -> None:
    draft = client.draft()
    assert [client("POST", at(draft, "/send")).status_code for _ in range(2)] == [202, 202]
    assert len(graph.outbox) == 2
    graph.sends_again = False
    assert client("POST", at(draft, "/send")).status_code == 400
    assert len(graph.outbox) == 2


def test_send_mail_sends_and_keeps_a_copy_only_if_wanted(graph: LoopbackGraph, client: Client) -> None:
    for kept in (True, False):
        told = {"message": letter(), "saveToSentItems": kept}
        assert client("POST", "/sendMail", json=told).status_code == 202
    assert (len(graph.outbox), len(graph.mailbox(US).sent())) == (2, 1)
    assert graph.mailbox(US).drafts() == []


@pytest.mark.parametrize(
    "more",
    [
        {"internetMessageHeaders": [{"name": "In-Reply-To", "value": "<a@b>"}]},
        {"internetMessageHeaders": [{"name": f"x-{n}", "value": "1"} for n in range(6)]},
        {"subjekt": "Misspelt"},
        {"singleValueExtendedProperties": [{"id": "String qaSendKey", "value": "1"}]},
    ],
)
def test_what_a_draft_cannot_have_is_refused(graph: LoopbackGraph, client: Client, more: Any) -> None:
    answer = client("POST", "/messages", json=letter(**more))
    assert answer.status_code == 400, answer.text
    assert graph.mailbox(US).drafts() == []


def test_only_drafts_change_and_headers_never_do(graph: LoopbackGraph, client: Client) -> None:
    draft = client.draft()
    assert client("PATCH", at(draft), json={"subject": "Another"}).json()["subject"] == "Another"
    headers = {"internetMessageHeaders": [{"name": "x-a", "value": "1"}]}
    assert client("PATCH", at(draft), json=headers).status_code == 400
    client("POST", at(draft, "/send"))
    assert client("PATCH", at(draft), json={"subject": "Too late"}).status_code == 400
    assert client("PATCH", at(draft), json={"categories": ["seen"]}).json()["categories"] == ["seen"]


@pytest.mark.parametrize("to", [[], [{"emailAddress": {"address": "nobody"}}]])
def test_a_message_to_nobody_stays_a_draft(graph: LoopbackGraph, client: Client, to: Any) -> None:
    draft = client.draft(toRecipients=to)
    refused = client("POST", at(draft, "/send"))
    assert (refused.status_code, code(refused)) == (400, "ErrorInvalidRecipients")
    assert (graph.outbox, len(graph.mailbox(US).drafts())) == ([], 1)


# Finding and reading


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ("internetMessageId eq '<it''s@x>'", 1),
        ("internetMessageId eq '<IT''S@X>' and isDraft eq true", 1),
        ("internetMessageId eq '<it''s@x>' and isDraft eq false", 0),
        (
            f"isDraft eq true and singleValueExtendedProperties/any(p:p/id eq '{KEY}' and p/value eq '0ABC')",
            1,
        ),
        (f"singleValueExtendedProperties/Any(ep: ep/id eq '{KEY[:-3]}KEY' and ep/value eq '0abc')", 0),
    ],
)
def test_filters_find_by_value_in_any_case(client: Client, wish: str, found: int) -> None:
    client.draft(internetMessageId="<it's@x>")
    answer = client("GET", "/messages", params={"$filter": wish})
    assert len(answer.json()["value"]) == found


@pytest.mark.parametrize(
    "params",
    [
        {"$filter": "internetMessageId eq 'it's'"},
        {"$filter": "subject eq 'x'"},
        {"$filter": "isDraft eq true or isDraft eq false"},
        {"$filter": "isDraft eq true", "$orderby": "receivedDateTime desc"},
        {"$select": "subjekt"},
        {"$expand": "singleValueExtendedProperties"},
        {"$skiptoken": "mine"},
        {"$fitler": "isDraft eq true"},
        {"$top": "1001"},
    ],
)
def test_other_questions_are_refused(client: Client, params: dict[str, str]) -> None:
    assert client("GET", "/messages", params=params).status_code == 400


def test_pages_give_everything_once_newest_first(graph: LoopbackGraph, client: Client) -> None:
    for number in range(23):
        mime = MAIL % (b"%d" % number, b"%d" % number)
        graph.mailbox(US).deliver(mime, received=START + timedelta(minutes=number))
    graph.faults.add(Fault("list_inbox", EmptyPage()), Fault("list_inbox", EmptyPage(), nth=2))
    first = client("GET", "/mailFolders/inbox/messages").json()
    assert (first["value"], bool(first["@odata.nextLink"])) == ([], True)
    graph.faults.clear()
    graph.faults.add(Fault("list_inbox", EmptyPage()), Fault("list_inbox", EmptyPage(), nth=2))
    subjects = [one["subject"] for one in client.all("/mailFolders/inbox/messages")]
    assert subjects == [str(number) for number in range(22, -1, -1)]
    assert len(graph.faults.struck) >= 2
    page = client("GET", "/mailFolders/inbox/messages", params={"$top": 5, "$count": "true"}).json()
    assert (len(page["value"]), page["@odata.count"]) == (5, 23)
    assert graph.violations == []


def test_mail_may_move_between_two_pages(graph: LoopbackGraph, client: Client) -> None:
    for number in range(12):
        graph.mailbox(US).deliver(MAIL % (b"%d" % number, b"%d" % number))
    graph.faults.add(Fault("list_inbox", MovesWhileListing()))
    listed = client.all("/mailFolders/inbox/messages")
    assert (len(listed), len(graph.mailbox(US).folder("Archive"))) == (11, 1)


def test_arrived_mail_is_told_as_graph_tells_it(graph: LoopbackGraph, client: Client) -> None:
    raw = (
        "From: =?utf-8?q?J=C3=BCrgen?= <j@mail.example>\r\nTo: Us <"
        + US
        + ">\r\nSubject: =?utf-8?q?F=C3=B6rm?=\r\n"
        "Auto-Submitted: auto-replied\r\nMessage-ID: <1@mail.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n"
        "--c\r\nContent-Type: text/plain\r\n\r\nplain\r\n"
        "--c\r\nContent-Type: text/html\r\n\r\n<b>rich</b>\r\n--c--\r\n"
        "--b\r\nContent-Type: application/octet-stream; name=form.docx\r\n"
        "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=form.docx\r\n"
        "\r\nUEsDBA==\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Inner\r\n\r\ninner\r\n--b--\r\n"
    ).encode()
    graph.mailbox(US).deliver(
        raw, message_class="IPM.Note.Rules.OofTemplate.Microsoft", reference_attachments=("big.docx",)
    )
    wish = {
        "$select": "subject,from,body,internetMessageHeaders,hasAttachments,isDraft",
        "$expand": "singleValueExtendedProperties($filter=id eq 'String 0x001A')",
    }
    (got,) = client.all("/mailFolders/inbox/messages", **wish)
    assert (got["subject"], got["hasAttachments"], got["isDraft"]) == ("Förm", True, False)
    assert got["from"]["emailAddress"] == {"name": "Jürgen", "address": "j@mail.example"}
    assert (got["body"]["contentType"], got["body"]["content"].strip()) == ("html", "<b>rich</b>")
    assert {"name": "Auto-Submitted", "value": "auto-replied"} in got["internetMessageHeaders"]
    assert got["singleValueExtendedProperties"] == [
        {"id": "String 0x001A", "value": "IPM.Note.Rules.OofTemplate.Microsoft"}
    ]
    assert client("GET", at(got, "/$value")).content == raw
    files = client.all(at(got, "/attachments"), **{"$select": "id,name,size,contentType"})
    kinds = [one["@odata.type"].split(".")[-1] for one in files]
    assert kinds == ["fileAttachment", "itemAttachment", "referenceAttachment"]
    assert [one["name"] for one in files] == ["form.docx", "Inner", "big.docx"]
    values = [client("GET", at(got, f"/attachments/{quote(one['id'])}/$value")) for one in files]
    assert (values[0].content, values[2].status_code) == (b"PK\x03\x04", 405)
    assert read(values[1].content)["Subject"] == "Inner"
    assert graph.violations == []


def test_answers_to_meetings_have_a_type_of_their_own(graph: LoopbackGraph, client: Client) -> None:
    graph.mailbox(US).deliver(MAIL % (b"Accepted", b"1"), message_class="IPM.Schedule.Meeting.Resp.Pos")
    wish = {"$select": "subject,microsoft.graph.eventMessage/meetingMessageType"}
    (got,) = client.all("/mailFolders/inbox/messages", **wish)
    assert got["@odata.type"] == "#microsoft.graph.eventMessageResponse"
    assert (got["meetingMessageType"], graph.violations) == ("meetingAccepted", [])


def test_nulls_and_mime_that_cannot_be_had(graph: LoopbackGraph, client: Client) -> None:
    graph.mailbox(US).deliver(MAIL % (b"Odd", b"1"), nulls=True, mime_fails=True)
    (got,) = client.all("/mailFolders/inbox/messages")
    assert (got["body"], got["toRecipients"], got["flag"]) == (None, None, None)
    value = client("GET", at(got, "/$value"))
    assert (value.status_code, code(value)) == (500, "ErrorMimeContentConversionFailed")
    assert graph.violations == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?x?q?=\r\nFrom: \xe9\r\nContent-Type: text/html; charset=no\r\n\r\n\xe9",
    ],
)
def test_damaged_mail_arrives_too(graph: LoopbackGraph, client: Client, raw: bytes) -> None:
    graph.mailbox(US).deliver(raw)
    (got,) = client.all("/mailFolders/inbox/messages")
    assert client("GET", at(got, "/$value")).content == raw
    assert graph.violations == []


def test_folders_are_made_once_and_mail_is_filed(graph: LoopbackGraph, client: Client) -> None:
    made = client("POST", "/mailFolders/inbox/childFolders", json={"displayName": "recorded"})
    again = client("POST", "/mailFolders/inbox/childFolders", json={"displayName": "Recorded"})
    assert (made.status_code, again.status_code, code(again)) == (201, 409, "ErrorFolderExists")
    top = client("POST", "/mailFolders", json={"displayName": "Case audits"}).json()
    assert "Case audits" in [one["displayName"] for one in client.all("/mailFolders")]
    wish = {"$filter": "displayName eq 'recorded'"}
    (found,) = client.all("/mailFolders/inbox/childFolders", **wish)
    assert (found["id"], top["id"]) == (made.json()["id"], top["id"])
    graph.mailbox(US).deliver(MAIL % (b"Form", b"1"))
    (got,) = client.all("/mailFolders/inbox/messages")
    moved = client("POST", at(got, "/move"), json={"destinationId": found["id"]})
    assert (moved.status_code, moved.json()["id"]) == (201, got["id"])
    assert [one.subject for one in graph.mailbox(US).folder("Inbox/recorded")] == ["Form"]
    assert client("DELETE", at(got)).status_code == 204
    assert [one.subject for one in graph.mailbox(US).folder("Deleted Items")] == ["Form"]
    nowhere = client("POST", at(got, "/move"), json={"destinationId": "nowhere"})
    assert nowhere.status_code == 404
    assert graph.violations == []


def test_only_our_mailbox_answers(graph: LoopbackGraph, client: Client) -> None:
    foreign = client("GET", f"{graph.graph_url}/users/{FOREIGN}/messages")
    assert (foreign.status_code, code(foreign)) == (403, "ErrorAccessDenied")
    unknown = client("GET", f"{graph.graph_url}/users/nobody@x.example/messages")
    assert (unknown.status_code, code(unknown)) == (404, "ErrorInvalidUser")
    for name in (US.upper(), graph.mailbox(US).id):
        assert client("GET", f"{graph.graph_url}/users/{name}/messages").status_code == 200
    graph.allowed.discard(US)
    assert client("GET", "/messages").status_code == 403


# Attachments


def file_of(size: int, name: str = "form.docx") -> dict[str, str]:
    """A file as JSON."""
    content = base64.b64encode(b"x" * size).decode()
    return {"@odata.type": "#microsoft.graph.fileAttachment", "name": name, "contentBytes": content}


def test_attachments_come_and_go_and_large_ones_are_refused(graph: LoopbackGraph, client: Client) -> None:
    draft = client.draft()
    added = client("POST", at(draft, "/attachments"), json=file_of(5))
    assert added.status_code == 201
    got = client("GET", at(draft, f"/attachments/{quote(added.json()['id'])}"))
    assert base64.b64decode(got.json()["contentBytes"]) == b"xxxxx"
    assert client("POST", at(draft, "/attachments"), json=file_of(3_145_612)).status_code == 413
    assert client("DELETE", at(draft, f"/attachments/{quote(added.json()['id'])}")).status_code == 204
    assert client.all(at(draft, "/attachments")) == []


def test_a_large_file_goes_up_in_pieces(graph: LoopbackGraph, client: Client) -> None:
    draft, size, piece = client.draft(), 5_000_000, 3_276_800
    item = {"attachmentItem": {"attachmentType": "file", "name": "big.docx", "size": size}}
    session = client("POST", at(draft, "/attachments/createUploadSession"), json=item)
    assert session.status_code == 201, session.text
    url = session.json()["uploadUrl"]
    content = os.urandom(size)

    def put(first: int, authorised: bool = False) -> Any:
        part = content[first : first + piece]
        headers = {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{size}"}
        if authorised:
            headers["Authorization"] = str(client.session.headers["Authorization"])
        return requests.put(url, data=part, headers=headers, verify=str(graph.ca), timeout=20)

    assert put(piece).status_code == 416
    assert put(0).json()["nextExpectedRanges"] == [f"{piece}-"]
    assert graph.violations == []
    assert put(piece, authorised=True).status_code == 401
    assert [one for one in graph.violations if one.startswith("upload_put")]
    done = put(piece)
    assert (done.status_code, "Attachments('" in done.headers["Location"]) == (201, True)
    (attached,) = client.all(at(draft, "/attachments"), **{"$select": "id,name"})
    assert client("GET", at(draft, f"/attachments/{quote(attached['id'])}/$value")).content == content
    small = {"attachmentItem": {"attachmentType": "file", "name": "s", "size": 10}}
    refused = client("POST", at(draft, "/attachments/createUploadSession"), json=small)
    assert code(refused) == "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"


# The workbook


def workbook(rows: int) -> bytes:
    """A zip."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        file.writestr("xl/workbook.xml", "row" * rows)
    return whole.getvalue()


SITE = "https://brackenshire.sharepoint.example/sites/QA"


def test_the_workbook_is_downloaded_from_another_host_without_a_token(
    graph: LoopbackGraph, client: Client
) -> None:
    file = graph.add_file(SITE, "Shared Documents/allocations.xlsx", workbook(5))
    path = f"{graph.graph_url}/drives/{quote(file.drive_id)}/items/{file.item_id}"
    item = client("GET", f"{path}?$select=id,name,size,eTag,cTag,file").json()
    assert (item["name"], item["size"]) == ("allocations.xlsx", len(file.content))
    told = client("GET", f"{path}/content", allow_redirects=False)
    assert (told.status_code, urlsplit(told.headers["Location"]).hostname) == (302, "localhost")
    assert client("GET", f"{path}/content").content == file.content
    assert graph.violations == []
    same = client("GET", f"{path}/content", headers={"If-None-Match": item["eTag"]})
    assert (same.status_code, same.content) == (304, b"")
    wrong = requests.get(
        told.headers["Location"], headers={"Authorization": "Bearer x"}, verify=str(graph.ca), timeout=20
    )
    assert (wrong.status_code, len(graph.violations)) == (401, 1)


def test_the_workbook_changes_is_locked_and_half_saved(graph: LoopbackGraph, client: Client) -> None:
    file = graph.add_file(SITE, "Shared Documents/allocations.xlsx", workbook(5))
    path = f"{graph.graph_url}/drives/{quote(file.drive_id)}/items/{file.item_id}"
    before = file.etag, file.ctag
    file.touch()
    assert (file.etag != before[0], file.ctag == before[1]) == (True, True)
    file.save(workbook(500))
    assert file.ctag != before[1]
    assert client("GET", f"{path}/content", headers={"If-None-Match": before[0]}).content == file.content
    file.lock(times=1)
    locked = client("GET", f"{path}/content")
    assert (locked.status_code, code(locked)) == (423, "resourceLocked")
    file.half_saved(times=1)
    half = client("GET", f"{path}/content").content
    assert len(half) < client("GET", path).json()["size"]
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(BytesIO(half))
    assert client("GET", f"{path}/content").content == file.content
    assert graph.violations == []
    assert client("PUT", f"{path}/content", data=b"x").status_code == 403
    assert any("the workbook is never written" in one for one in graph.violations)


def test_the_workbook_is_found_by_its_address_or_its_link(graph: LoopbackGraph, client: Client) -> None:
    file = graph.add_file(SITE, "Shared Documents/allocations.xlsx", workbook(5))

    def share(url: str) -> str:
        token = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
        return f"{graph.graph_url}/shares/u!{token}/driveItem"

    for url in (f"{SITE}/Shared%20Documents/allocations.xlsx", file.web_url, file.share_link):
        assert client("GET", share(url)).json()["id"] == file.item_id
        assert client("GET", share(url) + "/content").content == file.content
    gone = client("GET", share(f"{SITE}/other.xlsx"))
    assert (gone.status_code, code(gone)) == (404, "itemNotFound")
    assert graph.violations == []


# Faults


def test_a_status_before_and_after(graph: LoopbackGraph, client: Client) -> None:
    draft = client.draft()
    graph.faults.add(Fault("send", Status(503)), Fault("send", StatusAfter(504)))
    assert client("POST", at(draft, "/send")).status_code == 503
    assert graph.outbox == []
    assert client("POST", at(draft, "/send")).status_code == 504
    assert len(graph.outbox) == 1
    assert client("GET", at(draft)).json()["isDraft"] is False
    assert graph.violations == []


def test_the_nth_call_is_struck_so_many_times(graph: LoopbackGraph, client: Client) -> None:
    graph.faults.add(Fault("list_messages", Status(500), nth=2, times=2))
    assert [client("GET", "/messages").status_code for _ in range(4)] == [200, 500, 500, 200]
    graph.faults.add(Fault("any", Status(500), times=None, matching="inbox"))
    assert client("GET", "/messages").status_code == 200
    assert client("GET", "/mailFolders/inbox").status_code == 500
    with pytest.raises(ValueError, match="no call"):
        graph.faults.add(Fault("sned", Status(500)))


def test_accepted_and_lost_or_left(graph: LoopbackGraph, client: Client) -> None:
    graph.faults.add(Fault("send", Dropped()), Fault("send", StaysDraft()))
    lost, left = client.draft(), client.draft()
    assert [client("POST", at(one, "/send")).status_code for one in (lost, left)] == [202, 202]
    assert (client("GET", at(lost)).status_code, client("GET", at(left)).json()["isDraft"]) == (404, True)
    assert graph.outbox == []


def test_a_send_may_happen_later(graph: LoopbackGraph, client: Client) -> None:
    draft = client.draft()
    graph.faults.add(Fault("send", Later(504, 60)))
    assert client("POST", at(draft, "/send")).status_code == 504
    assert client("GET", at(draft)).json()["isDraft"] is True
    assert isinstance(graph.clock, VirtualClock)
    graph.clock.advance(60)
    assert client("GET", at(draft)).json()["isDraft"] is False
    assert len(graph.outbox) == 1


@pytest.mark.parametrize(("when", "sent"), [("before", 0), ("after", 1)])
def test_the_connection_is_reset(graph: LoopbackGraph, client: Client, when: Any, sent: int) -> None:
    draft = client.draft()
    graph.faults.add(Fault("send", Reset(when)))
    with pytest.raises(requests.exceptions.ConnectionError):
        client("POST", at(draft, "/send"))
    assert (len(graph.outbox), graph.calls[-1]) == (sent, ("send", "POST", 0))
    assert client("GET", at(draft)).json()["isDraft"] is (sent == 0)


def test_the_connection_ends_with_a_real_tcp_reset(graph: LoopbackGraph) -> None:
    """Python's TLS sockets take a reset for an end, so this one speaks TLS over a plain socket."""
    graph.faults.add(Fault("token", Reset()))
    arrives, leaves = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = ssl.create_default_context(cafile=str(graph.ca)).wrap_bio(
        arrives, leaves, server_hostname="localhost"
    )
    with socket.create_connection(("127.0.0.1", urlsplit(graph.url).port), timeout=10) as plain:
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(leaves.read())
                arrives.write(plain.recv(65536))
        tls.write(b"GET /tenant HTTP/1.1\r\nHost: localhost\r\n\r\n")
        plain.sendall(leaves.read())
        with pytest.raises(ConnectionResetError):
            list(iter(lambda: plain.recv(65536), b""))


def test_an_answer_is_cut_off(graph: LoopbackGraph, client: Client) -> None:
    graph.faults.add(Fault("list_messages", Truncated()))
    with pytest.raises(requests.exceptions.RequestException):
        client("GET", "/messages")


def test_an_answer_trickles_past_every_read_timeout(graph: LoopbackGraph, client: Client) -> None:
    graph.faults.add(Fault("list_messages", Trickle(0.002)))
    before = time.monotonic()
    assert client("GET", "/messages", timeout=0.1).status_code == 200
    assert time.monotonic() - before > 0.15


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_hangs(graph: LoopbackGraph, client: Client, when: Any) -> None:
    draft = client.draft()
    graph.faults.add(Fault("send", Hang(0.6, when)))
    with pytest.raises(requests.exceptions.ReadTimeout):
        client("POST", at(draft, "/send"), timeout=0.2)
    assert len(graph.outbox) == (1 if when == "after" else 0)
    time.sleep(0.6)
    assert len(graph.outbox) == 1


def test_429_says_when_or_not(graph: LoopbackGraph, client: Client) -> None:
    whens = [throttled(7), throttled_until(START), throttled_with_garbage(), throttled_silently()]
    graph.faults.add(*(Fault("list_messages", one) for one in whens))
    answers = [client("GET", "/messages") for _ in whens]
    assert [one.status_code for one in answers] == [429] * 4
    said = [one.headers.get("Retry-After") for one in answers]
    assert (said[0], said[1], said[3]) == ("7", "Mon, 02 Nov 2026 08:00:00 GMT", None)
    assert graph.earned_429 == 0


def test_the_token_service_fails_too(graph: LoopbackGraph, client: Client) -> None:
    graph.faults.add(Fault("token", Status(503)))
    form = {"grant_type": "client_credentials", "client_id": graph.client_id}
    assert client.ask_token(form).status_code == 503


# Limits


def test_limits_are_enforced_on_the_loopbacks_clock(keys: Path) -> None:
    clock = VirtualClock(START)
    with LoopbackGraph(keys, clock, limits=Limits(sends=2, requests=12), validate=False) as graph:
        graph.add_mailbox(US)
        client = Client(graph)
        drafts = [client.draft() for _ in range(3)]
        sends = [client("POST", at(one, "/send")) for one in drafts]
        assert [one.status_code for one in sends] == [202, 202, 429]
        assert (sends[2].headers["Retry-After"], graph.earned_429) == ("60", 1)
        clock.advance(60)
        assert client("POST", at(drafts[2], "/send")).status_code == 202
        statuses = [client("GET", "/messages").status_code for _ in range(6)]
        assert (statuses[0], statuses[-1]) == (200, 429)
        clock.advance(600)
        assert client("GET", "/messages").status_code == 200


def test_four_at_once_and_no_more(keys: Path) -> None:
    with LoopbackGraph(keys, limits=Limits(), validate=False) as graph:
        graph.add_mailbox(US)
        clients = [Client(graph) for _ in range(5)]
        graph.faults.add(Fault("list_messages", Hang(0.5, "before"), times=4))
        got: list[int] = []
        threads = [
            threading.Thread(target=lambda c=one: got.append(c("GET", "/messages").status_code))
            for one in clients
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sorted(got) == [200, 200, 200, 200, 429]


# Microsoft's description


@pytest.fixture
def checked(graph: LoopbackGraph) -> LoopbackGraph:
    """A loopback that compares, or a reason to skip."""
    if not graph.contract_checked:
        pytest.skip(graph.why_not_checked)
    return graph


@pytest.mark.parametrize(
    ("method", "path", "more", "complaint"),
    [
        ("POST", "/messages", {"json": {"subjekt": "x"}}, "POST /users/…/messages: request: InvalidRequest"),
        ("GET", "/mesages", {}, "GET /users/…/mesages: request: PathNotFound"),
        ("GET", "/messages?$select=subjekt", {}, "GET /users/…/messages: request: InvalidParameter: $[0] is"),
        ("POST", "/mailFolders", {}, "POST /users/…/mailFolders: request: MissingRequiredRequestBody"),
        ("PUT", "/messages", {}, "PUT /users/…/messages: request: OperationNotFound"),
    ],
)  # fmt: skip
def test_a_planted_bad_request_is_named(
    checked: LoopbackGraph, method: str, path: str, more: dict[str, Any], complaint: str
) -> None:
    assert Client(checked)(method, path, **more).status_code >= 400
    assert [one for one in checked.violations if one.startswith(complaint)], checked.violations
    assert not any(US in one for one in checked.violations)


def test_a_planted_bad_answer_is_named(checked: LoopbackGraph, client: Client) -> None:
    checked.mailbox(US).deliver(MAIL % (b"x", b"1"))
    checked.mailbox(US).folder("Inbox")[0].importance = "utmost"
    client.all("/mailFolders/inbox/messages")
    (said,) = checked.violations
    assert said.startswith("GET /users/…/mailFolders/inbox/messages: answer:")
    assert "utmost" in said


def test_without_comparison_it_says_why(keys: Path) -> None:
    with LoopbackGraph(keys, validate=False) as graph:
        assert (graph.contract_checked, graph.why_not_checked) == (False, "it was switched off")
        graph.add_mailbox(US)
        Client(graph)("POST", "/messages", json={"subjekt": "x"})
        assert graph.violations == []


# As a process, and at speed


def test_it_runs_as_a_process_that_can_be_driven(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.support.graph", str(tmp_path), "--mailbox", US, "--virtual"]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert process.stdout.readline().startswith("ready at https://127.0.0.1:")
        import tomllib

        told = tomllib.loads((tmp_path / "graph.toml").read_text())
        far = FarSide(told["sign_in_url"], Path(told["ca_bundle"]))
        app = msal.ConfidentialClientApplication(
            told["client_id"],
            client_credential=certificate(Path(told["certificate"]).read_bytes()),
            authority=f"{told['sign_in_url']}/{told['tenant']}",
            instance_discovery=False,
            verify=told["ca_bundle"],
        )
        raw = MAIL % (b"Form", b"1")
        assert far.deliver(US, raw)
        assert far.folder(US)[0]["sha256"] == hashlib.sha256(raw).hexdigest()
        token = app.acquire_token_for_client(["x/.default"])["access_token"]
        far.set_clock(datetime.now(UTC) + timedelta(minutes=5))
        with requests.Session() as session:
            session.trust_env, session.verify = False, told["ca_bundle"]
            session.headers["Authorization"] = f"Bearer {token}"
            url = f"{told['graph_url']}/v1.0/users/{told['mailbox']}/sendMail"
            assert session.post(url, json={"message": letter()}, timeout=20).status_code == 202
        ((number, sent),) = far.sent(US)
        assert (number, read(sent)["Subject"]) == (1, "Grüße: your audit")
        assert far.sent(US, after=1) == []
        assert far.violations() == []
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_it_starts_at_once_when_the_keys_are_there(keys: Path) -> None:
    LoopbackGraph(keys).start().stop()
    before = time.monotonic()
    for _ in range(5):
        LoopbackGraph(keys).start().stop()
    assert (time.monotonic() - before) / 5 < 0.15


def test_clients_do_not_get_in_each_others_way(graph: LoopbackGraph) -> None:
    clients = [Client(graph) for _ in range(4)]
    drafts: list[str] = []

    def work(client: Client) -> None:
        for _ in range(5):
            draft = client.draft()
            client("POST", at(draft, "/send"))
            drafts.append(draft["id"])

    threads = [threading.Thread(target=work, args=(one,)) for one in clients]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(set(drafts)), len(graph.outbox), len(graph.mailbox(US).sent())) == (20, 20, 20)
    assert json.dumps(graph.violations) == "[]"
