"""Drives a loopback that runs in another process."""

import base64
import json
import ssl
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class FarSide:
    """The people and machines on the other side of the mailbox."""

    def __init__(self, url: str, ca: Path) -> None:
        self._url, self._tls = url.rstrip("/"), ssl.create_default_context(cafile=str(ca))

    def deliver(self, mailbox: str, mime: bytes, received: datetime | None = None) -> str:
        """A mail arrives, now or at a moment. Gives its id."""
        when = {"received": received.isoformat()} if received else {}
        return str(self._ask("deliver", {"mailbox": mailbox, **when}, mime))

    def sent(self, mailbox: str, after: int = 0) -> list[tuple[int, bytes]]:
        """What left the mailbox after the first `after`, numbered from 1."""
        told = self._ask("sent", {"mailbox": mailbox, "after": str(after)})
        return [(one["number"], base64.b64decode(one["mime"])) for one in told]

    def folder(self, mailbox: str, path: str = "Inbox") -> list[dict[str, str]]:
        """Id, subject, category (`filed_as`) and the MIME's SHA-256 of what lies in a folder."""
        return list(self._ask("folder", {"mailbox": mailbox, "path": path}))

    def violations(self) -> list[str]:
        """What Microsoft's description does not allow and was done."""
        return list(self._ask("violations", {}))

    def set_clock(self, moment: datetime) -> None:
        """Sets the loopback's virtual clock."""
        self._ask("clock", {}, moment.isoformat().encode())

    def _ask(self, call: str, query: dict[str, str], body: bytes | None = None) -> Any:
        url = f"{self._url}/_far/{call}?{urlencode(query)}"
        request = Request(url, data=body, headers={"Content-Type": "application/octet-stream"})
        with urlopen(request, timeout=30, context=self._tls) as answer:
            return json.load(answer)
