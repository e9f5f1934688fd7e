"""Where a letter lies in the mailbox: found by its id, which stays the same, else by its key."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from ...domain.ids import MessageKey
from ...ports import LetterRefusedError, MailboxUnavailableError, SendingStep
from .answers import NoAnswerError, RefusedError
from .calls import Graph
from .drafts import by_key, part


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

    def __init__(self, graph: Graph, address: str) -> None:
        self._graph = graph
        self._user = f"/users/{part(address)}"
        self._drafts_folder = ""

    def find(self, key: MessageKey, step: SendingStep | None = None) -> Found:
        """The letter of a key, whose last step is known or not. Raises MailboxUnavailableError."""
        try:
            found = self.by_id(step.draft) if step else Found(Lies.NOWHERE)
            return found if found.lies is not Lies.NOWHERE else self._by_key(key)
        except NoAnswerError as fault:
            raise MailboxUnavailableError(f"Sent Items cannot be looked at: {fault}.") from None
        except RefusedError as refusal:
            raise told(refusal) from None

    def by_id(self, draft: str) -> Found:
        """The letter with an id. Raises NoAnswerError, RefusedError, OutsideUnavailableError."""
        wanted = {"$select": "id,isDraft,parentFolderId"}
        path = f"{self._user}/messages/{part(draft)}"
        answer = self._graph.call("look by id", "get", path, params=wanted, fine=(404,))
        return Found(Lies.NOWHERE) if answer.status == 404 else self._found(answer.json())

    def _by_key(self, key: MessageKey) -> Found:
        wanted = {"$filter": by_key(key), "$select": "id,isDraft,parentFolderId", "$top": "50"}
        path = f"{self._user}/messages"
        every: list[Found] = []
        for page in self._graph.pages("look by key", path, wanted):
            every += [self._found(one) for one in page]
        sent = next((one for one in every if one.lies is Lies.SENT), None)
        return sent or next((one for one in every if one.lies is Lies.DRAFT), Found(Lies.NOWHERE))

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


def told(refusal: RefusedError) -> Exception:
    """What a refusal means for a letter: the whole mailbox is not to be used now, or this letter alone."""
    if refusal.status in (403, 404, 423) or refusal.status >= 500:
        return MailboxUnavailableError(f"{refusal}. Run `case-audit doctor`.")
    return LetterRefusedError(str(refusal))
