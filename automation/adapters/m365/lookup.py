"""Where a letter lies in the mailbox: found by its id, which stays the same, else by its key."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from ...domain.ids import MessageKey
from ...domain.message import Recipient
from ...ports import (
    LetterRefusedError,
    MailboxUnavailableError,
    OutsideUnavailableError,
    SendingStep,
    UndecidedError,
)
from .answers import NoAnswerError, RefusedError
from .calls import Graph
from .drafts import by_key, by_message_id, message_id, part


class Lies(Enum):
    """Where a letter is found."""

    SENT = "sent"
    DRAFT = "draft"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Found:
    """A letter as it lies in the mailbox; `id` is empty when it is nowhere."""

    lies: Lies
    id: str = ""


class Lookup:
    """Looks for letters in one mailbox."""

    def __init__(self, graph: Graph, sender: Recipient) -> None:
        self._graph, self._sender = graph, sender
        self._user = f"/users/{part(sender.address)}"
        self._drafts_folder = ""

    def find(self, key: MessageKey, step: SendingStep | None = None) -> Found:
        """The letter of a key, whose last step is known or not. One that was handed over counts as a draft
        only where it is that very draft. Raises MailboxUnavailableError, UndecidedError."""
        try:
            found = self.by_id(step.draft) if step else Found(Lies.NOWHERE)
            if found.lies is Lies.NOWHERE:
                found = self._by_key(key)
            if found.lies is Lies.DRAFT and step and step.handed_over and found.id != step.draft:
                return Found(Lies.NOWHERE)
            return found
        except NoAnswerError as fault:
            raise MailboxUnavailableError(f"Sent Items cannot be looked at: {fault}.") from None
        except RefusedError as refusal:
            if refusal.status == 423:
                raise UndecidedError from None
            raise MailboxUnavailableError(f"{refusal}. Run `case-audit doctor`.") from None

    def by_id(self, draft: str) -> Found:
        """The letter with an id. Raises NoAnswerError, RefusedError, OutsideUnavailableError."""
        wanted = {"$select": "id,isDraft,parentFolderId"}
        path = f"{self._user}/messages/{part(draft)}"
        # 400: an id of another mailbox, since this one was made anew or moved.
        answer = self._graph.call("look by id", "get", path, params=wanted, fine=(400, 404))
        return self._found(answer.json()) if answer.status < 300 else Found(Lies.NOWHERE)

    def drafts(self, key: MessageKey) -> list[str]:
        """The ids of all drafts of a key. Raises NoAnswerError, RefusedError, OutsideUnavailableError."""
        return [one.id for one in self._all(by_key(key)) if one.lies is Lies.DRAFT]

    def sent_under(self, key: MessageKey) -> bool:
        """Whether the key alone finds a letter that has gone. Raises as `find` does."""
        try:
            return any(one.lies is Lies.SENT for one in self._all(by_key(key)))
        except (NoAnswerError, RefusedError) as fault:
            raise MailboxUnavailableError(f"Sent Items cannot be looked at: {fault}.") from None

    def _by_key(self, key: MessageKey) -> Found:
        # By Message-ID as well: it is not known of every tenant that the key survives into Sent Items.
        for wanted in (by_key(key), by_message_id(message_id(key, self._sender))):
            every = self._all(wanted)
            for lies in (Lies.SENT, Lies.DRAFT):
                if found := next((one for one in every if one.lies is lies), None):
                    return found
        return Found(Lies.NOWHERE)

    def _all(self, wanted: str) -> list[Found]:
        query = {"$filter": wanted, "$select": "id,isDraft,parentFolderId", "$top": "50"}
        pages = self._graph.pages("look by key", f"{self._user}/messages", query)
        return [self._found(one) for page in pages for one in page]

    def told(self, refusal: RefusedError) -> Exception:
        """What a refusal means for a letter: the whole mailbox cannot be used now, or this letter alone."""
        if refusal.status != 403 and refusal.status < 500 and self.answers():
            return LetterRefusedError(str(refusal))
        return MailboxUnavailableError(f"{refusal}. Run `case-audit doctor`.")

    def answers(self) -> bool:
        """Whether the mailbox itself can be used."""
        try:
            self._graph.call("inbox folder", "get", f"{self._user}/mailFolders/inbox")
        except (NoAnswerError, RefusedError, OutsideUnavailableError):
            return False
        return True

    def _found(self, message: dict[str, Any]) -> Found:
        if message.get("isDraft") is False:
            return Found(Lies.SENT, str(message["id"]))
        # A draft that somebody has thrown away is no draft of ours any more.
        here = message.get("parentFolderId") == self._drafts()
        return Found(Lies.DRAFT, str(message["id"])) if here else Found(Lies.NOWHERE)

    def _drafts(self) -> str:
        if not self._drafts_folder:
            path = f"{self._user}/mailFolders/drafts"
            self._drafts_folder = str(self._graph.call("drafts folder", "get", path).json()["id"])
        return self._drafts_folder
