"""What the mailbox remembers for a store that was restored: our letters in Sent Items, and filed mail."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ...domain.ids import contents_from
from ...ports import MailboxUnavailableError, SentLetter
from .answers import NoAnswerError, RefusedError
from .calls import Graph
from .drafts import CONTENTS_PROPERTY, part

_CUT_AT = 250
"""Characters. Exchange may cut longer values short in a list: those are asked for one by one."""


class Remembering:
    """Reads one mailbox. `home` names the folder that holds those for filed mail."""

    def __init__(self, graph: Graph, address: str, home: str) -> None:
        self._graph, self._home = graph, home
        self._user = f"/users/{part(address)}"

    def sent_since(self, since: datetime) -> Iterator[SentLetter]:
        """The letters of ours in Sent Items that went after a moment, oldest first."""
        wanted = {
            "$select": "id,sentDateTime,receivedDateTime,toRecipients,ccRecipients",
            "$expand": f"singleValueExtendedProperties($filter=id eq '{CONTENTS_PROPERTY}')",
        }
        path, found = f"{self._user}/mailFolders/sentitems/messages", []
        for one in self._newest("sent letters", path, wanted, since):
            if letter := self._letter(one):
                found.append(letter)
        yield from sorted(found, key=lambda letter: (letter.at, letter.contents))

    def filed_since(self, since: datetime) -> Iterator[str]:
        """Graph's ids of the mails in our folders for filed mail that came after a moment, oldest first."""
        found: list[tuple[str, str]] = []
        for folder in self._folders():
            path = f"{self._user}/mailFolders/{part(folder)}/messages"
            wanted = {"$select": "id,receivedDateTime"}
            for one in self._newest("filed mail", path, wanted, since):
                found.append((str(one["receivedDateTime"]), str(one["id"])))
        yield from (one for _, one in sorted(found))

    def _newest(
        self, what: str, path: str, wanted: dict[str, str], since: datetime
    ) -> Iterator[dict[str, Any]]:
        """The messages of a folder from the newest down to that moment."""
        query = {**wanted, "$orderby": "receivedDateTime desc", "$top": "100"}
        try:
            for page in self._graph.pages(what, path, query):
                for one in page:
                    if datetime.fromisoformat(str(one["receivedDateTime"])) <= since:
                        return
                    yield one
        except (NoAnswerError, RefusedError, ValueError) as fault:
            raise _unavailable(fault) from None

    def _letter(self, message: dict[str, Any]) -> SentLetter | None:
        text = _contents(message)
        if len(text) >= _CUT_AT:
            text = self._whole(str(message["id"]))
        contents, known, answers = contents_from(text)
        to, copied = (_addresses(message.get(name)) for name in ("toRecipients", "ccRecipients"))
        if not contents or len(to) != 1:
            return None
        at = datetime.fromisoformat(str(message.get("sentDateTime") or message["receivedDateTime"]))
        return SentLetter(contents, at, to[0], copied, answers, known)

    def _whole(self, graph_id: str) -> str:
        wanted = {
            "$select": "id",
            "$expand": f"singleValueExtendedProperties($filter=id eq '{CONTENTS_PROPERTY}')",
        }
        path = f"{self._user}/messages/{part(graph_id)}"
        return _contents(self._graph.call("sent letter", "get", path, params=wanted).json())

    def _folders(self) -> list[str]:
        wanted = {"$select": "id,displayName", "$top": "250"}
        try:
            tops = [
                one
                for page in self._graph.pages("folders", f"{self._user}/mailFolders", wanted)
                for one in page
            ]
            homes = [one for one in tops if str(one.get("displayName")).lower() == self._home.lower()]
            below = (f"{self._user}/mailFolders/{part(str(one['id']))}/childFolders" for one in homes)
            return [
                str(one["id"])
                for path in below
                for page in self._graph.pages("folders", path, wanted)
                for one in page
            ]
        except (NoAnswerError, RefusedError) as fault:
            raise _unavailable(fault) from None


def _contents(message: dict[str, Any]) -> str:
    """The one property that was asked for, empty when the message has none."""
    found = message.get("singleValueExtendedProperties") or ()
    return next((str(one.get("value") or "") for one in found), "")


def _addresses(recipients: Any) -> tuple[str, ...]:
    found = ((one.get("emailAddress") or {}).get("address") or "" for one in recipients or ())
    return tuple(str(one).lower() for one in found)


def _unavailable(fault: Exception) -> MailboxUnavailableError:
    return MailboxUnavailableError(
        f"The mailbox cannot be read through now: {fault}. Run `case-audit doctor`."
    )
