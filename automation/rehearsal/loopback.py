"""A loopback Microsoft Graph: one on this computer, for rehearsals and tests, and the endpoints by which
its far side is driven. Nothing here ever asks another computer."""

import base64
import json
import re
import ssl
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ..domain.dealt_mail import Outcome
from ..outside_settings import Microsoft365Settings
from ..ports import MailboxUnavailableError
from .refused import RehearsalError

_FILE = "graph.toml"
_HERE = re.compile(r"https://(127\.0\.0\.1|localhost):([0-9]{1,5})")
"""The whole address. Nothing may stand before, behind or within it: no name, no path, no other host."""
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Loopback:
    """A loopback Graph: the address of its mailbox, and how the service signs in to it."""

    mailbox: str
    sign_in: Microsoft365Settings


def read_loopback(folder: Path) -> Loopback:
    """The loopback whose graph.toml is in this folder. Raises RehearsalError when there is none, and when it
    names any place that is not on this computer."""
    try:
        told = tomllib.loads((folder / _FILE).read_text("utf-8"))
    except OSError as error:
        raise RehearsalError(
            f"{folder / _FILE} cannot be read: {error.strerror}. Start the loopback Graph with that folder."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeError) as fault:
        raise RehearsalError(f"{folder / _FILE} is not valid TOML: {fault}.") from None
    wanted = ("tenant", "client_id", "certificate", "graph_url", "sign_in_url", "ca_bundle", "mailbox")
    missing = [name for name in wanted if not (isinstance(told.get(name), str) and told[name])]
    if missing:
        raise RehearsalError(f"{folder / _FILE} lacks {' and '.join(missing)}: no loopback Graph wrote it.")
    for name in ("graph_url", "sign_in_url"):
        _here(told[name])
    given = {name: told[name] for name in wanted if name != "mailbox"}
    try:
        sign_in = Microsoft365Settings(**given, sends_per_minute=30)
    except ValueError as fault:
        raise RehearsalError(f"{folder / _FILE}: {fault}") from None
    return Loopback(told["mailbox"], sign_in)


def _here(url: str) -> tuple[str, int]:
    """The host and port of an address on this computer. Raises RehearsalError for every other."""
    found = _HERE.fullmatch(url)
    if not found or not 0 < int(found[2]) < 65536:
        raise RehearsalError(
            f"‘{url}’ is not on this computer. A rehearsal never touches a real tenant: it plays only on a "
            "loopback Graph at https://127.0.0.1:PORT or https://localhost:PORT."
        )
    return found[1], int(found[2])


class Control:
    """Drives the far side of a loopback, by its calls under /_far/.

    Made of `http.client`, which follows no redirection and no proxy: what is asked here stays here.
    """

    def __init__(self, loopback: Loopback) -> None:
        """Nothing is asked yet."""
        self._host, self._port = _here(loopback.sign_in.graph_url)
        self._ca, self._mailbox = loopback.sign_in.ca_bundle, loopback.mailbox

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._ca)

    def set_clock(self, moment: datetime) -> None:
        """Set the loopback's clock, which stands until it is set again."""
        self._ask("POST", "clock", {}, moment.isoformat().encode())

    def deliver(self, mail: bytes, received: datetime) -> None:
        """Let a mail arrive in the inbox, as if at that moment."""
        self._ask("POST", "deliver", {"received": received.isoformat()}, mail)

    def sent(self, after: int) -> Iterator[bytes]:
        """What left the mailbox, oldest first, without the first `after`."""
        for one in self._ask("GET", "sent", {"after": str(after)}):
            yield base64.b64decode(one["mime"])

    def folder(self, path: str, contents: bool = False) -> list[dict[str, str]]:
        """What lies in a folder: the SHA-256 of each mail and the name that it was filed as; its MIME, in
        base64, when `contents` are asked for."""
        query = {"path": path, "mime": "yes"} if contents else {"path": path}
        return list(self._ask("GET", "folder", query))

    def arrived(self, home: str) -> set[str]:
        """The hashes of all that came: what is in the inbox, and what has been filed below `home`."""
        places = ("Inbox", *(f"{home}/{one.folder}" for one in Outcome))
        return {one["sha256"] for place in places for one in self.folder(place)}

    def is_new(self, home: str) -> bool:
        """Whether nothing has ever left the mailbox or come into it."""
        return not any(self.sent(0)) and not self.arrived(home)

    def _ask(self, method: str, call: str, query: dict[str, str], body: bytes | None = None) -> Any:
        path = f"/_far/{call}?{urlencode({'mailbox': self._mailbox, **query})}"
        try:
            connection = HTTPSConnection(self._host, self._port, timeout=_SECONDS, context=self._tls)
            try:
                connection.request(method, path, body, {"Content-Type": "application/octet-stream"})
                answer = connection.getresponse()
                status, content = answer.status, json.loads(answer.read())
            finally:
                connection.close()
        except (OSError, HTTPException, ValueError) as fault:
            raise MailboxUnavailableError(
                f"The loopback Graph at {self._host}:{self._port} does not answer as one "
                f"({type(fault).__name__}). Is it running?"
            ) from None
        if status == 409:
            raise RehearsalError("The loopback Graph runs on the computer's clock. Start it with --virtual.")
        if status != 200:
            raise RehearsalError(f"The loopback Graph refuses ‘{call}’ with {status}: {content}.")
        return content
