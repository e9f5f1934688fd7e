"""The token service: who may sign in with what, and which tokens still count."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from . import ids
from .clock import Clock
from .web import Answer, Json, Request, json_answer

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
LEEWAY = 300
RESERVED = ("openid", "profile", "offline_access")
"""Scopes that are about the sign-in itself: no access token is for them."""


class RefusedError(Exception):
    """A sign-in that the token service refuses."""

    def __init__(self, error: str, number: int, says: str, status: int = 400) -> None:
        super().__init__(f"AADSTS{number}: {says}")
        self.error, self.number, self.status = error, number, status


@dataclass
class Tokens:
    """Signs in, and knows which access tokens are good. `device_waits` is how often a device has to ask."""

    clock: Clock
    certificate: x509.Certificate
    tenant: str
    client_id: str
    secret: str
    seconds: int
    user: str = "case.audits@brackenshire.example"
    device_waits: int = 1
    url: str = ""
    issued: int = 0
    good_until: dict[str, float] = field(default_factory=dict)
    refreshing: set[str] = field(default_factory=set)
    devices: dict[str, int] = field(default_factory=dict)
    scopes: str = ""

    def revoke(self) -> None:
        """No token that was given out counts any more; refresh tokens do."""
        self.good_until.clear()

    def revoke_sign_ins(self) -> None:
        """Nor does a refresh token."""
        self.revoke()
        self.refreshing.clear()

    def is_good(self, authorization: str) -> bool:
        """Whether an Authorization header lets its sender in."""
        kind, _, token = authorization.partition(" ")
        return kind.lower() == "bearer" and self.good_until.get(token, -1.0) > self.clock.monotonic()

    def answer(self, request: Request) -> Answer:
        """A call upon the token service."""
        parts = request.path.strip("/").split("/")
        try:
            if parts[0].lower() != self.tenant.lower():
                raise RefusedError("invalid_request", 90002, f"Tenant '{parts[0]}' not found.")
            call = request.method, "/".join(parts[1:])
            if call == ("GET", "v2.0/.well-known/openid-configuration"):
                return json_answer(200, self._configuration())
            form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
            if call == ("POST", "oauth2/v2.0/devicecode"):
                return json_answer(200, self._device(form))
            if call == ("POST", "oauth2/v2.0/token"):
                return json_answer(200, self._token(form))
        except RefusedError as refused:
            return json_answer(refused.status, self._refusal(refused))
        return json_answer(404, {"error": "invalid_request", "error_description": "There is no such call."})

    def _token(self, form: Mapping[str, str]) -> Json:
        if form.get("client_id", self.client_id) != self.client_id:
            raise RefusedError("unauthorized_client", 700016, "The application was not found.")
        grant = form.get("grant_type", "")
        if grant == "client_credentials":
            if not form.get("scope"):
                raise RefusedError("invalid_request", 900144, "The parameter 'scope' is missing.")
            self._check_client(form)
            return self._given()
        if grant == DEVICE_GRANT:
            self._check_device(form.get("device_code", ""))
            return self._given() | self._signed_in()
        if grant == "refresh_token":
            if form.get("refresh_token") not in self.refreshing:
                raise RefusedError("invalid_grant", 700082, "The refresh token has expired.")
            return self._given() | self._signed_in()
        raise RefusedError("unsupported_grant_type", 70003, "The grant type is not supported.")

    def _given(self) -> Json:
        token = ids.token(120)
        self.issued += 1
        self.good_until[token] = self.clock.monotonic() + self.seconds
        return {
            "token_type": "Bearer",
            "expires_in": self.seconds,
            "ext_expires_in": self.seconds,
            "access_token": token,
        }

    def _signed_in(self) -> Json:
        """What a person's sign-in brings besides: a refresh token, and who it was."""
        refresh, now = ids.token(90), int(time.time())
        self.refreshing.add(refresh)
        claims = {
            "aud": self.client_id,
            "iss": f"{self.url}/{self.tenant}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "oid": "11111111-1111-1111-1111-111111111111",
            "sub": "loopback",
            "tid": self.tenant,
            "preferred_username": self.user,
        }
        who = {"uid": claims["oid"], "utid": self.tenant}
        return {
            "refresh_token": refresh,
            "scope": self.scopes,
            "id_token": f"{_coded({'alg': 'none', 'typ': 'JWT'})}.{_coded(claims)}.",
            "client_info": _coded(who),
        }

    def _device(self, form: Mapping[str, str]) -> Json:
        code, shown = ids.token(), ids.hexadecimal(9).upper()
        self.scopes = " ".join(one for one in form.get("scope", "").split() if one not in RESERVED)
        self.devices[code] = self.device_waits
        return {
            "device_code": code,
            "user_code": shown,
            "verification_uri": f"{self.url}/device",
            "expires_in": 900,
            "interval": 1,
            "message": f"Open {self.url}/device in a browser and enter the code {shown}.",
        }

    def _check_device(self, code: str) -> None:
        if code not in self.devices:
            raise RefusedError("invalid_grant", 70008, "The device code is not known or has expired.")
        if self.devices[code]:
            self.devices[code] -= 1
            raise RefusedError("authorization_pending", 70016, "Nobody has signed in yet.")
        del self.devices[code]

    def _check_client(self, form: Mapping[str, str]) -> None:
        if "client_assertion" in form:
            if form.get("client_assertion_type") != ASSERTION_TYPE:
                raise RefusedError("invalid_request", 900144, "The type of the assertion is missing.")
            if why := self._wrong(form["client_assertion"]):
                raise RefusedError("invalid_client", 700027, f"Client assertion failed: {why}.", 401)
        elif "client_secret" in form:
            if form["client_secret"] != self.secret:
                raise RefusedError("invalid_client", 7000215, "Invalid client secret provided.", 401)
        else:
            raise RefusedError("invalid_client", 7000218, "A secret or an assertion is needed.", 401)

    def _wrong(self, assertion: str) -> str:
        """What is wrong with a client assertion; empty for nothing."""
        try:
            head, claims, signature = assertion.split(".")
            header, said = json.loads(_decoded(head)), json.loads(_decoded(claims))
            signed, key = _decoded(signature), self.certificate.public_key()
        except ValueError:
            return "it cannot be read"
        prints = {"x5t": hashes.SHA1(), "x5t#S256": hashes.SHA256()}
        named = [name for name in prints if name in header]
        if not named or any(
            str(header[n]).rstrip("=") != _coded(self.certificate.fingerprint(prints[n])) for n in named
        ):
            return "the certificate it names is not registered"
        pads: dict[str, padding.AsymmetricPadding] = {
            "RS256": padding.PKCS1v15(),
            "PS256": padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH),
        }
        if header.get("alg") not in pads or not isinstance(key, rsa.RSAPublicKey):
            return "the algorithm is not accepted"
        try:
            key.verify(signed, f"{head}.{claims}".encode(), pads[header["alg"]], hashes.SHA256())
        except InvalidSignature:
            return "the signature does not fit the certificate"
        return self._wrong_claims(said)

    def _wrong_claims(self, said: Json) -> str:
        """msal stamps assertions with the computer's time, whatever clock the loopback has."""
        now = time.time()
        if said.get("iss") != self.client_id or said.get("sub") != self.client_id:
            return "issuer or subject is not the application"
        if said.get("aud") != f"{self.url}/{self.tenant}/oauth2/v2.0/token":
            return "the audience is not this token service"
        if not isinstance(said.get("exp"), int | float) or said["exp"] < now - LEEWAY:
            return "it has expired"
        if said.get("nbf", now) > now + LEEWAY:
            return "it is not valid yet"
        if self.certificate.not_valid_after_utc < datetime.now(UTC):
            return "the certificate has expired"
        return ""

    def _configuration(self) -> Json:
        base = f"{self.url}/{self.tenant}"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_types_supported": ["code", "id_token"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        }

    def _refusal(self, refused: RefusedError) -> Json:
        trace = ids.guid()
        moment = self.clock.now().strftime("%Y-%m-%d %H:%M:%SZ")
        return {
            "error": refused.error,
            "error_description": f"{refused} Trace ID: {trace} Timestamp: {moment}",
            "error_codes": [refused.number],
            "timestamp": moment,
            "trace_id": trace,
            "correlation_id": ids.guid(),
        }


def _coded(content: bytes | Mapping[str, object]) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
