"""Drafts in the mailbox: made once, completed, and checked before they go."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ...domain.ids import MessageKey
from ...domain.message import Letter, Marks, Recipient
from ...ports import LetterRefusedError, MailboxUnavailableError, OutsideUnavailableError
from .answers import NoAnswerError, RefusedError
from .calls import Graph
from .drafts import WITHIN_A_CALL, attachment_of, by_message_id, draft_of, goes_to, headers_of, lacks, part
from .lookup import Lies, Lookup

_MOST_TRIES = 2
_PIECE = 10 * 320 * 1024
"""Bytes of a file in one call of an upload session: a multiple of 320 KiB, less than 4 MB."""


class Drafting:
    """Makes the drafts of one mailbox."""

    def __init__(self, graph: Graph, sender: Recipient, marks: Marks, lookup: Lookup) -> None:
        self._graph, self._sender, self._marks, self._lookup = graph, sender, marks, lookup
        self._user = f"/users/{part(sender.address)}"
        self._made_twice: set[MessageKey] = set()

    def create(self, letter: Letter, key: MessageKey, note: Callable[[str], None]) -> str:
        """Make the draft with all that it holds, and give its id, which `note` is told before it is
        completed. Should the answer be lost, it is found by its key."""
        whole = draft_of(letter, key, self._sender, self._marks)
        whole["internetMessageHeaders"] = headers_of(key, self._marks)
        small = sum(len(file.content) for file in letter.files) <= WITHIN_A_CALL
        original = self._answered(letter.answers) if letter.answers else ""

        def create() -> dict[str, Any]:
            if original:
                path = f"{self._user}/messages/{part(original)}/createReply"
                made = self._graph.call(
                    "reply draft", "post", path, body={"message": whole}, repeatable=False
                )
                return made.json()
            files = {"attachments": [attachment_of(one) for one in letter.files]} if small else {}
            path = f"{self._user}/messages"
            return self._graph.call("draft", "post", path, body=whole | files, repeatable=False).json()

        try:
            draft, made = self._made(key, create)
        except RefusedError as refusal:
            if not original:
                raise self._lookup.told(refusal) from None
            # It may be protected, or gone: the letter then begins a thread of its own.
            original = ""
            draft, made = self._plainly(key, create)
        note(draft)
        if made is None or original:
            # Found after a lost answer, or with what a reply brings along from the mail it answers.
            self.refresh(draft, letter, key)
        else:
            self._check(made, letter)
            if not small:
                self._certainly(lambda: self._attach(draft, letter))
            if letter.files:
                self._check_files(draft, letter)
        return draft

    def _plainly(
        self, key: MessageKey, create: Callable[[], dict[str, Any]]
    ) -> tuple[str, dict[str, Any] | None]:
        try:
            return self._made(key, create)
        except RefusedError as refusal:
            raise self._lookup.told(refusal) from None

    def _made(
        self, key: MessageKey, create: Callable[[], dict[str, Any]]
    ) -> tuple[str, dict[str, Any] | None]:
        """The new draft's id, and the draft as it was answered, None when that answer was lost."""
        for _ in range(_MOST_TRIES):
            try:
                made = create()
                if made.get("id"):
                    return str(made["id"]), made
                raise NoAnswerError("the answer names no draft")
            except NoAnswerError:
                found = self._lookup.find(key)
                if found.lies is Lies.DRAFT:
                    return found.id, None
                self._made_twice.add(key)
        raise MailboxUnavailableError("A draft could not be made. The next pass tries again.")

    def refresh(self, draft: str, letter: Letter, key: MessageKey) -> None:
        """Make a draft that is there already hold exactly this letter."""
        path = f"{self._user}/messages/{part(draft)}"
        whole = draft_of(letter, key, self._sender, self._marks)

        def refresh() -> None:
            self._check(self._graph.call("refresh draft", "patch", path, body=whole).json(), letter)
            names = {"$select": "id"}
            pages = self._graph.pages("draft's files", f"{path}/attachments", names)
            # All are listed before the first is dropped: pages move up when something goes.
            for one in [one for page in pages for one in page]:
                old = f"{path}/attachments/{part(str(one['id']))}"
                self._graph.call("drop old file", "delete", old, fine=(404,))
            self._attach(draft, letter)

        self._certainly(refresh)
        self._check_files(draft, letter)

    def tidy(self, key: MessageKey) -> None:
        """Throw away the drafts that a lost answer left beside the one that has gone. Their time will come
        again when it fails."""
        if key not in self._made_twice:
            return
        self._made_twice.discard(key)
        with suppress(NoAnswerError, RefusedError, OutsideUnavailableError):
            for draft in self._lookup.drafts(key):
                self._graph.call("drop draft", "delete", f"{self._user}/messages/{part(draft)}", fine=(404,))

    def _check_files(self, draft: str, letter: Letter) -> None:
        """A letter never leaves without its files, or with others."""
        path = f"{self._user}/messages/{part(draft)}/attachments"
        have: list[dict[str, Any]] = []

        def look() -> None:
            pages = self._graph.pages("draft's files", path, {"$select": "name,size"})
            have.extend(one for page in pages for one in page)

        self._certainly(look)
        if lacks(have, letter):
            raise MailboxUnavailableError("A draft does not hold its files. The next pass tries again.")

    def _certainly(self, do: Callable[[], None]) -> None:
        """Do what may be done again, and say what stopped it in the port's words."""
        try:
            do()
        except NoAnswerError as fault:
            raise MailboxUnavailableError(f"A draft could not be finished: {fault}.") from None
        except RefusedError as refusal:
            raise self._lookup.told(refusal) from None

    def _check(self, draft: dict[str, Any], letter: Letter) -> None:
        if not goes_to(draft, letter):
            raise LetterRefusedError("the mailbox changed whom it goes to")

    def _attach(self, draft: str, letter: Letter) -> None:
        path = f"{self._user}/messages/{part(draft)}/attachments"
        for file in letter.files:
            if len(file.content) <= WITHIN_A_CALL:
                self._graph.call("attach", "post", path, body=attachment_of(file), repeatable=False)
                continue
            size = len(file.content)
            about = {
                "attachmentType": "file",
                "name": file.name,
                "size": size,
                "contentType": file.media_type,
            }
            session = self._graph.call(
                "upload session",
                "post",
                f"{path}/createUploadSession",
                body={"AttachmentItem": about},
                repeatable=False,
            )
            url = str(session.json()["uploadUrl"])
            for first in range(0, size, _PIECE):
                self._graph.upload("upload", url, file.content[first : first + _PIECE], first, size)

    def _answered(self, message_id: str) -> str:
        """The mailbox's id of the mail that a letter answers, empty when it is not there any more."""
        wanted = {"$filter": by_message_id(message_id), "$select": "id,isDraft", "$top": "5"}
        found: list[str] = []

        def look() -> None:
            for page in self._graph.pages("mail answered", f"{self._user}/messages", wanted):
                found.extend(str(one["id"]) for one in page if one.get("isDraft") is False)

        self._certainly(look)
        return found[0] if found else ""
