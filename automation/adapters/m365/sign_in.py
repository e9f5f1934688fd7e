"""Signing in, by the O365 library's connection and msal."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msal
from O365 import Account, MSGraphProtocol
from O365.connection import Connection as LibraryConnection
from O365.utils.token import BaseTokenBackend
from requests import RequestException, Session

from ...ports import SignInError
from .answers import NoAnswerError
from .app import App
from .certificate import AppCertificate

_TIMEOUTS = (10, 50)
"""Seconds to connect, and between two bytes."""
_TALKATIVE = ("O365", "msal", "urllib3", "requests", "charset_normalizer")


def connected(app: App, certificate: AppCertificate | None, tokens: BaseTokenBackend) -> "Connection":
    """A connection of this app that keeps its tokens there. Nothing is asked yet. Raises SignInError."""
    if app.sign_in == "secret" and not app.secret:
        raise SignInError("There is no secret to sign in with: give it as CASE_AUDIT_CLIENT_SECRET.")
    if app.ca_bundle and not app.ca_bundle.is_file():
        raise SignInError(f"There is no {app.ca_bundle}: correct ca_bundle in service.toml.")
    credentials: Any = (app.client_id,)
    if certificate:
        pem = {"private_key": certificate.key, "public_certificate": certificate.certificate}
        credentials = (app.client_id, pem)
    elif app.sign_in == "secret":
        credentials = (app.client_id, app.secret)
    account = _Account(
        credentials,
        protocol=_protocol(app),
        auth_flow_type="public" if app.sign_in == "device" else "credentials",
        tenant_id=app.tenant,
        token_backend=tokens,
        request_retries=0,
        requests_delay=0,
        timeout=_TIMEOUTS,
        raise_http_errors=False,
        verify_ssl=str(app.ca_bundle) if app.ca_bundle else True,
        default_headers={"Prefer": 'IdType="ImmutableId"'},
    )
    connection: Connection = account.con
    connection.app = app
    return connection


class _Session(Session):
    """Keeps to the authorities that are configured, where there are any, and ends each request. The library's
    own lets the environment variable REQUESTS_CA_BUNDLE win over what it was told."""

    def request(self, method: Any, url: Any, *args: Any, **given: Any) -> Any:
        if given.get("verify") is None:
            given["verify"] = self.verify
        if given.get("timeout") is None:
            given["timeout"] = _TIMEOUTS
        return super().request(method, url, *args, **given)


class _GraphSession(_Session):
    """Gives every answer back, whatever its status. O365 would take an error's JSON apart, and stumble over
    one of another shape; `Graph` looks at each status itself."""

    def request(self, method: Any, url: Any, *args: Any, **given: Any) -> Any:
        response = super().request(method, url, *args, **given)
        response.raise_for_status = lambda: None
        return response


class Connection(LibraryConnection):  # type: ignore[misc]  # O365 has no types
    """O365's connection, with the sign-in service where the configuration says it is."""

    app: App

    @property
    def msal_client(self) -> Any:
        """msal's client for this app. Instance discovery would ask Microsoft's public cloud about every
        other cloud; the configuration is trusted instead."""
        made: Any = self._msal_client
        if made is None:
            known: dict[str, Any] = {
                "client_id": self.app.client_id,
                "authority": f"{self.app.sign_in_url}/{self.app.tenant}",
                "instance_discovery": False,
                "token_cache": self.token_backend,
                "http_client": self._session(_Session()),
            }
            if self.app.sign_in == "device":
                made = msal.PublicClientApplication(**known)
            else:
                made = msal.ConfidentialClientApplication(client_credential=self.auth[1], **known)
            self._msal_client: Any = made
        return made

    def get_session(self, load_token: bool = False) -> Session:
        """The session that carries our token."""
        return self._session(_GraphSession())

    def get_naive_session(self) -> Session:
        """The session that carries none, for addresses that are secret themselves."""
        return self._session(_GraphSession())

    def _session(self, session: Session) -> Session:
        session.verify = self.verify_ssl
        return session

    def fresh_token(self) -> None:
        """Put a token on the session that is good for minutes at least. Raises SignInError, NoAnswerError."""
        with _in_our_words():
            result = self._by_device() if self.app.sign_in == "device" else self._as_app()
        if "access_token" not in result:
            raise _not_let_in(result)
        session: Any = self.session
        if session is None:
            self.session: Any = self.get_session()
        self.update_session_auth_header(access_token=result["access_token"])

    def refresh_token(self) -> bool:
        """O365 asks for this when a call was not let in. Its own way reads the scopes from a token that msal
        has dropped by then, and fails (O365 issue 1209)."""
        self.fresh_token()
        return True

    def forget_token(self) -> None:
        """Ask for a new token next time, whatever the old one says of itself."""
        if self.app.sign_in == "device":
            with _in_our_words():
                for account in self.msal_client.get_accounts():
                    self.msal_client.acquire_token_silent(self.app.scopes, account, force_refresh=True)
        else:
            self.msal_client.remove_tokens_for_client()

    def _as_app(self) -> dict[str, Any]:
        result: dict[str, Any] = self.msal_client.acquire_token_for_client(scopes=self.app.scopes)
        return result

    def _by_device(self) -> dict[str, Any]:
        known = self.msal_client.get_accounts()
        found = self.msal_client.acquire_token_silent(self.app.scopes, known[0]) if known else None
        return found or {"error": "sign_in_needed"}

    def ask_person(self) -> None:
        """In a trial, sign a person in by device code, as `App.show` tells them, unless one is signed in.
        Raises SignInError, NoAnswerError."""
        if self.app.sign_in != "device" or self.token_backend.get_account():
            return
        if self.app.show is None:
            raise SignInError("A sign-in by device code needs a person at a terminal.")
        with _in_our_words():
            flow = self.msal_client.initiate_device_flow(scopes=self.app.scopes)
        if "user_code" not in flow:
            raise _not_let_in(flow)
        self.app.show(str(flow["message"]))
        with _in_our_words():
            result = self.msal_client.acquire_token_by_device_flow(flow)
        if "access_token" not in result:
            raise _not_let_in(result)


class _Account(Account):  # type: ignore[misc]  # O365 has no types
    connection_constructor = Connection


def _protocol(app: App) -> Any:
    class Protocol(MSGraphProtocol):  # type: ignore[misc]  # O365 has no types
        _protocol_url = f"{app.graph_url}/"
        _oauth_scope_prefix = f"{app.graph_url}/"

    return Protocol(timezone="Europe/London")


@contextmanager
def _in_our_words() -> Iterator[None]:
    """msal's errors as ours. Not in its words: they hold addresses."""
    try:
        yield
    except (msal.exceptions.MsalError, RequestException) as fault:
        raise NoAnswerError(f"the sign-in service ({type(fault).__name__})") from None
    except ValueError as fault:
        # msal: the tenant is unknown, or the certificate and its key do not fit.
        raise SignInError(f"Sign-in is not possible ({type(fault).__name__}).") from None


def _not_let_in(result: Mapping[str, Any]) -> SignInError:
    numbers = [str(one) for one in result.get("error_codes", ()) if str(one).isdigit()]
    error = str(result.get("error", ""))
    named = " ".join(
        [error if error.replace("_", "").isalnum() else "", *(f"AADSTS{one}" for one in numbers)]
    )
    return SignInError(f"Microsoft 365 does not let us in ({named.strip()}). Run `case-audit doctor`.")


def silence() -> None:
    """Keep the libraries' logs off: they hold tokens, addresses and bodies, at every level."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.addHandler(logging.NullHandler())
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in _TALKATIVE:
            logging.getLogger(name).disabled = True
