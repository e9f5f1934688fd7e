"""Calls on Microsoft Graph, one at a time: paced, with an end, and repeated only when that does no harm."""

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from ...ports import MailboxUnavailableError, OutsideUnavailableError, SignInError
from .answers import Answer, NoAnswerError, RefusedError
from .app import App
from .certificate import AppCertificate, read_certificate
from .pace import Pace, seconds_to_wait

if TYPE_CHECKING:
    # O365 is imported at the first call: many commands ask Microsoft 365 nothing.
    from O365.utils.token import BaseTokenBackend
    from requests import Response

    from .sign_in import Connection

log = logging.getLogger("case_audit.m365")

T = TypeVar("T")

CALL_SECONDS = 55.0
"""No call takes longer, whatever the other side does."""
_TRIES = 3
_PATIENCE = 60.0
"""Seconds that a pass waits for Microsoft 365 at one go. Longer, and the next pass goes on."""
_SLICE, _LAST_SECONDS = 0.25, 15.0
"""Seconds: so often it is asked whether to stop, and so long a call may still take then."""
_LARGEST = 160 * 2**20


class Graph:
    """One application's calls on Microsoft Graph. Not for two threads: O365 locks nothing."""

    def __init__(
        self,
        app: App,
        pace: Pace,
        call_seconds: float = CALL_SECONDS,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Nothing is asked, and no certificate read, before the first call. `now` is the clock to hold
        against Microsoft's, None when there is nothing to compare."""
        self._app, self._pace, self._call_seconds, self._now = app, pace, call_seconds, now
        self.skew: timedelta | None = None
        """How far our clock is ahead of Microsoft's, by the newest answer; None before the first."""

    @cached_property
    def certificate(self) -> AppCertificate | None:
        """What the app signs in with, None for a secret or a person. Raises SignInError."""
        path = self._app.certificate
        if self._app.sign_in != "certificate":
            return None
        if path is None:
            raise SignInError("There is no certificate to sign in with: name its file in service.toml.")
        return read_certificate(path, self._app.passphrase)

    @cached_property
    def _tokens(self) -> "BaseTokenBackend":
        from O365.utils.token import MemoryTokenBackend

        return MemoryTokenBackend()

    @cached_property
    def _connection(self) -> "Connection":
        from .sign_in import connected, silence

        silence()
        return connected(self._app, self.certificate, self._tokens)

    def sign_in(self) -> None:
        """Sign in, or do nothing while the token is good; a trial asks a person at the terminal.

        Raises SignInError, MailboxUnavailableError.
        """
        try:
            self._connection.ask_person()
            self._within(self._connection.fresh_token)
        except NoAnswerError as fault:
            raise MailboxUnavailableError(f"Sign-in is not possible now: {fault}.") from None

    def call(
        self,
        what: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = True,
        fine: Collection[int] = (),
        largest: int = _LARGEST,
        sends: bool = False,
    ) -> Answer:
        """One call, repeated when that does no harm. `path` begins after `/v1.0` or is a whole address that
        Graph gave. `what` names it in errors and logs. Statuses in `fine` are answers like 2xx.

        `repeatable` says that doing it twice is as good as once; else it is repeated only when Microsoft 365
        said that it did nothing (429). One that `sends` then waits for its turn again: what was refused
        counts as well. Raises RefusedError, NoAnswerError, and OutsideUnavailableError when
        Microsoft 365 is too busy, or does not let us in.
        """
        url = path if path.startswith("https://") else f"{self._app.graph_url}/v1.0{path}"

        def ask() -> "Response":
            # Made anew each time: O365 adds to the headers that it is given.
            arguments: dict[str, Any] = {"params": dict(params or {}), "headers": dict(headers or {})}
            if body is not None:
                arguments["data"] = dict(body)
            self._connection.fresh_token()
            response: Response = self._connection.oauth_request(url, method, stream=True, **arguments)
            return response

        self._connection.ask_person()  # who may take longer than a call
        return self._asked(what, ask, repeatable, fine, largest, sends)

    def pages(self, what: str, path: str, params: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
        """Every page of a list. A page may be empty and yet not the last (Graph: paging)."""
        seen: set[str] = set()
        answer = self.call(what, "get", path, params=params).json()
        while True:
            yield [one for one in answer.get("value") or () if isinstance(one, dict)]
            link = str(answer.get("@odata.nextLink") or "")
            if not link:
                return
            # Our token goes to nobody else, and no list goes round in circles. Nor is half a list a list.
            if not self._is_graph(link) or link in seen:
                raise NoAnswerError("a list goes on at an address that is not Graph’s")
            seen.add(link)
            answer = self.call(what, "get", link).json()

    def _is_graph(self, link: str) -> bool:
        ours, theirs = urlsplit(self._app.graph_url), urlsplit(link)
        return (theirs.scheme, theirs.netloc.lower()) == (ours.scheme, ours.netloc.lower())

    def upload(self, what: str, url: str, content: bytes, first: int, whole: int) -> Answer:
        """Put one piece of a file to the address of an upload session, which takes no token."""
        last = first + len(content) - 1
        headers = {
            "Content-type": "application/octet-stream",
            "Content-Range": f"bytes {first}-{last}/{whole}",
        }
        # The bytes that arrived twice are the same bytes.
        return self._asked(
            what,
            lambda: self._connection.naive_request(url, "put", data=content, headers=headers, stream=True),
            repeatable=True,
            fine=(),
            largest=_LARGEST,
        )

    def _asked(
        self,
        what: str,
        ask: Callable[[], "Response"],
        repeatable: bool,
        fine: Collection[int],
        largest: int,
        sends: bool = False,
    ) -> Answer:
        tried_new_token = False
        for tries in range(1, _TRIES + 1):
            if self._pace.held > _PATIENCE:
                raise _busy(what, self._pace.held)
            if self._pace.held:
                self._pace.pause(self._pace.held)
            if sends and tries > 1:
                self._pace.send()
            self._pace.request()
            try:
                answer = self._within(lambda: _taken(ask(), largest))
            except NoAnswerError:
                log.warning("%s: no answer", what)
                if not repeatable or tries == _TRIES:
                    raise
                self._pace.pause(2.0**tries)
                continue
            self._compare_clocks(answer)
            request_id = answer.headers.get("request-id", "")
            log.debug("%s: %s %s", what, answer.status, request_id)
            if 200 <= answer.status < 300 or answer.status in fine:
                return answer
            if answer.status == 401 and not tried_new_token:
                # It was not let in, so nothing was done. The token may have been taken back.
                tried_new_token = True
                self._within(self._connection.forget_token)
                continue
            throttled, unknown = answer.status == 429, answer.status >= 500 or answer.status == 408
            if not (throttled or unknown):
                raise _refused(what, answer, request_id)
            wait = seconds_to_wait(answer.headers, tries)
            log.warning("%s: answered %s, waiting %.0f s", what, answer.status, wait)
            asked_to_wait = throttled or "retry-after" in answer.headers
            if asked_to_wait:
                self._pace.hold(wait)
            if unknown and not repeatable:
                raise NoAnswerError(f"answered {answer.status}", answer.status)
            if wait > _PATIENCE or tries == _TRIES:
                raise _busy(what, wait) if asked_to_wait else NoAnswerError(f"answered {answer.status}")
            self._pace.pause(wait)
        raise _busy(what, 0)

    def _compare_clocks(self, answer: Answer) -> None:
        if self._now is not None and (theirs := answer.date()):
            self.skew = self._now() - theirs

    def _within(self, work: Callable[[], T]) -> T:
        """What `work` gives, or NoAnswerError once its time is over: a time-out on the socket starts
        anew with each byte. What was abandoned ends by itself, on a connection that is no longer used."""
        got: list[T] = []
        failed: list[BaseException] = []

        def attempt() -> None:
            try:
                got.append(work())
            except BaseException as fault:  # noqa: BLE001 - raised again below, in the thread that asked
                failed.append(fault)

        thread = threading.Thread(target=attempt, daemon=True)
        thread.start()
        left = self._call_seconds
        while thread.is_alive() and left > 0:
            thread.join(min(left, _SLICE))
            left -= _SLICE
            if self._pace.stopped():
                left = min(left, _LAST_SECONDS)
        if thread.is_alive():
            del self._connection  # the next call makes another
            raise NoAnswerError(f"none within {self._call_seconds:.0f} seconds")
        if not failed:
            return got[0]
        from requests import RequestException

        fault = failed[0]
        if isinstance(fault, RequestException):
            # Not its own words: they hold the address that was asked for.
            raise NoAnswerError(type(fault).__name__) from None
        raise fault from None


def _taken(response: "Response", largest: int) -> Answer:
    """The whole answer, read here so that its time is counted. Raises NoAnswerError when it is too large."""
    with response:
        content = bytearray()
        for piece in response.iter_content(64 * 1024):
            content += piece
            if len(content) > largest:
                raise RefusedError("a download", 413, "TooLarge")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(content))


def _refused(what: str, answer: Answer, request_id: str) -> Exception:
    code = ""
    with suppress(NoAnswerError, AttributeError):
        code = str(answer.json().get("error", {}).get("code", ""))[:80]
    code = code if code.isalnum() else ""
    if answer.status == 401:
        return SignInError(f"{what}: Microsoft 365 does not accept our token ({code or 401}). Ask IT.")
    return RefusedError(what, answer.status, code, request_id)


def _busy(what: str, seconds: float) -> OutsideUnavailableError:
    return MailboxUnavailableError(
        f"{what}: Microsoft 365 is too busy and asks us to wait {seconds:.0f} seconds. The next pass goes on."
    )
