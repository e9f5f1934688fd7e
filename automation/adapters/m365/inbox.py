"""What came in: listed, opened as MIME, moved into folders."""

import email.policy
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any

from ...domain.message import Mail
from ...ports import MailboxUnavailableError, MailUnreadableError
from ..mime_mail import Seen, mail_from_mime
from .answers import NoAnswerError, RefusedError
from .calls import Graph
from .drafts import part

_CLASS = "String 0x001A"
"""PidTagMessageClass (MS-OXCMSG): `REPORT.IPM.Note.NDR` and the like."""
_LARGEST = 160 * 2**20
"""Bytes. Exchange Online takes 150 MB at the most."""
_MESSAGE_ID = re.compile(r"<[\w.+=!#$%&'*/?^`{|}~-]+@[\w.-]+>", re.ASCII)
_ABOUT = "id,subject,from,receivedDateTime,hasAttachments,internetMessageId,internetMessageHeaders"


class Inbox:
    """The receiving half of the mailbox. `home` names the folder that holds those for filed mail."""

    def __init__(self, graph: Graph, address: str, home: str) -> None:
        self._graph, self._home = graph, home
        self._user = f"/users/{part(address)}"
        self._ids: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def inbox(self) -> Iterator[str]:
        """The ids of the mails in the inbox, oldest first: hashes of Graph's immutable ids."""
        wanted = {"$select": "id,receivedDateTime", "$orderby": "receivedDateTime", "$top": "250"}
        found: list[str] = []
        try:
            for page in self._graph.pages("inbox", f"{self._user}/mailFolders/inbox/messages", wanted):
                found += [str(one["id"]) for one in page]
        except (NoAnswerError, RefusedError) as fault:
            raise _unavailable("The inbox", fault) from None
        self._ids = {_short(one): one for one in found}
        yield from tuple(self._ids)

    def open(self, mail_id: str) -> Mail:
        """One mail, from its MIME and what Graph says of it."""
        content, about = self.original(mail_id), self._about(mail_id)
        properties = about.get("singleValueExtendedProperties") or ()
        headers = about.get("internetMessageHeaders") or ()
        seen = Seen(
            message_class=next((str(p.get("value")) for p in properties if _is_class(p)), ""),
            headers=tuple((str(h.get("name")), str(h.get("value"))) for h in headers),
            linked=bool(about.get("hasAttachments")) and self._has_link(mail_id),
        )
        return mail_from_mime(mail_id, content, _arrived(about), seen)

    def original(self, mail_id: str) -> bytes:
        """The mail's MIME as Exchange keeps it; made of its parts where Exchange can give none."""
        path = self._path(mail_id)
        try:
            answer = self._graph.call("mail", "get", f"{path}/$value", fine=(500,), largest=_LARGEST)
        except (NoAnswerError, RefusedError) as fault:
            raise self._about_one(fault) from None
        # Exchange answers 500, each time, when it cannot convert a mail. Its parts may be had all the same.
        return self._composed(mail_id) if answer.status == 500 else answer.content

    def file(self, mail_id: str, folder: str, name: str) -> None:
        """Move a mail into a folder beside the others, with its name as a category that Outlook shows."""
        graph_id = self._ids.get(mail_id)
        if graph_id is None:
            return
        path = f"{self._user}/messages/{part(graph_id)}"
        try:
            named = self._graph.call("name mail", "patch", path, body={"categories": [name]}, fine=(404,))
            if named.status != 404 and not self._moved(path, folder):
                # It is there, so it is the folder that is not: somebody has deleted it.
                self._folders.clear()
                self._moved(path, folder)
        except (NoAnswerError, RefusedError) as fault:
            raise self._about_one(fault) from None
        del self._ids[mail_id]

    def know(self, graph_id: str) -> str:
        """The id of a mail that was found elsewhere than in the inbox, so that it may be opened here."""
        self._ids[_short(graph_id)] = graph_id
        return _short(graph_id)

    def put_back(self, mail_id: str) -> None:
        """Move a mail into the inbox. Moved twice, it is where it is."""
        path, there = self._path(mail_id), {"destinationId": "inbox"}
        try:
            self._graph.call("put mail back", "post", f"{path}/move", body=there, fine=(404,))
        except (NoAnswerError, RefusedError) as fault:
            raise _unavailable("The inbox", fault) from None

    def _moved(self, path: str, folder: str) -> bool:
        # Moved twice, it is where it is: ids stay the same.
        there = {"destinationId": self._folder(folder)}
        return self._graph.call("move mail", "post", f"{path}/move", body=there, fine=(404,)).status != 404

    # Parts

    def _about_one(self, fault: NoAnswerError | RefusedError) -> Exception:
        """What a fault with one mail means: that mail alone cannot be had, or none can now. One mail that
        Microsoft 365 chokes on must not stop the others for ever."""
        try:
            self._graph.call("inbox folder", "get", f"{self._user}/mailFolders/inbox")
        except (NoAnswerError, RefusedError):
            return _unavailable("The inbox", fault)
        status = fault.status
        if status == 404:
            return MailUnreadableError("It is no longer in the inbox.")
        why = "It is too large." if status == 413 else f"Microsoft 365 does not give it: {fault}."
        return MailUnreadableError(why)

    def _about(self, mail_id: str) -> dict[str, Any]:
        wanted = {
            "$select": _ABOUT,
            "$expand": f"singleValueExtendedProperties($filter=id eq '{_CLASS}')",
        }
        try:
            return self._graph.call("mail's facts", "get", self._path(mail_id), params=wanted).json()
        except (NoAnswerError, RefusedError) as fault:
            raise self._about_one(fault) from None

    def _attachments(self, mail_id: str) -> list[dict[str, Any]]:
        path = f"{self._path(mail_id)}/attachments"
        wanted = {"$select": "id,name,contentType,size,isInline"}
        try:
            return [one for page in self._graph.pages("mail's files", path, wanted) for one in page]
        except (NoAnswerError, RefusedError) as fault:
            raise self._about_one(fault) from None

    def _has_link(self, mail_id: str) -> bool:
        """Whether a file came as a link to OneDrive or SharePoint. It is not fetched: that needs rights to
        everybody's files. Its sender is asked for the file."""
        kinds = (str(one.get("@odata.type")) for one in self._attachments(mail_id))
        return any(kind.endswith("referenceAttachment") for kind in kinds)

    def _composed(self, mail_id: str) -> bytes:
        path, about = self._path(mail_id), self._about(mail_id)
        try:
            made = _headed(about)
            wanted = {"$select": "body"}
            body = self._graph.call("mail's text", "get", path, params=wanted).json().get("body") or {}
            kind = "html" if str(body.get("contentType")).lower() == "html" else "plain"
            made.set_content(str(body.get("content") or ""), subtype=kind)
            for one in self._attachments(mail_id):
                if str(one.get("@odata.type")).endswith("referenceAttachment"):
                    continue
                at = f"{path}/attachments/{part(str(one['id']))}/$value"
                content = self._graph.call("mail's file", "get", at, largest=_LARGEST).content
                self._add(made, one, content)
            return made.as_bytes()
        except (NoAnswerError, RefusedError) as fault:
            raise self._about_one(fault) from None
        except (ValueError, LookupError, AttributeError, TypeError) as fault:
            # What people and robots write into names and ids has no end.
            raise MailUnreadableError(f"It cannot be put together ({type(fault).__name__}).") from None

    @staticmethod
    def _add(made: EmailMessage, about: dict[str, Any], content: bytes) -> None:
        if str(about.get("@odata.type")).endswith("itemAttachment"):
            name = " ".join(f"{about.get('name') or 'message'}.eml".split())
            made.add_attachment(content, "application", "octet-stream", filename=name)
            return
        main, _, sub = str(about.get("contentType") or "").partition("/")
        kind = (main, sub) if main.isalnum() and main not in ("text", "message", "multipart") and sub else ()
        main, sub = kind or ("application", "octet-stream")
        where = "inline" if about.get("isInline") else "attachment"
        name = " ".join(str(about.get("name") or "attachment").split())
        made.add_attachment(content, main, sub, filename=name, disposition=where)

    def _path(self, mail_id: str) -> str:
        if mail_id not in self._ids:
            raise MailUnreadableError("It is no longer in the inbox.")
        return f"{self._user}/messages/{part(self._ids[mail_id])}"

    def _folder(self, name: str) -> str:
        """The id of a folder for filed mail, which is made when it is not there."""
        if name not in self._folders:
            home = self._child(f"{self._user}/mailFolders", self._home)
            self._folders[name] = self._child(f"{self._user}/mailFolders/{part(home)}/childFolders", name)
        return self._folders[name]

    def _child(self, path: str, name: str) -> str:
        # Listed and compared here: a filter would have to escape what people call their folders.
        def look() -> str:
            wanted = {"$select": "id,displayName", "$top": "250"}
            every = (one for page in self._graph.pages("folders", path, wanted) for one in page)
            same = (one for one in every if str(one.get("displayName")).lower() == name.lower())
            return str(next(same, {}).get("id") or "")

        found = look()
        if not found:
            made = self._graph.call("new folder", "post", path, body={"displayName": name}, fine=(409,))
            found = look() if made.status == 409 else str(made.json()["id"])
        return found


def _short(graph_id: str) -> str:
    return hashlib.sha256(graph_id.encode()).hexdigest()[:32]


def _arrived(about: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(about.get("receivedDateTime")))
    except ValueError:
        raise MailUnreadableError("It has no date.") from None


def _is_class(found: dict[str, Any]) -> bool:
    """Whether this is the property asked for: Graph gives its name back as `String 0x1a`."""
    kind, _, number = str(found.get("id")).partition(" ")
    return kind.lower() == "string" and number.lower().removeprefix("0x").lstrip("0") == "1a"


def _headed(about: dict[str, Any]) -> EmailMessage:
    """A mail with the headers that Graph tells of."""
    made = EmailMessage(email.policy.SMTP)
    sender = (about.get("from") or {}).get("emailAddress") or {}
    name = " ".join(str(sender.get("name") or "").split())
    made["From"] = formataddr((name, str(sender.get("address") or "")))
    made["Subject"] = " ".join(str(about.get("subject") or "").split())
    made["Date"] = format_datetime(_arrived(about))
    message_id = str(about.get("internetMessageId") or "")
    if _MESSAGE_ID.fullmatch(message_id):
        made["Message-ID"] = message_id
    return made


def _unavailable(what: str, fault: Exception) -> MailboxUnavailableError:
    return MailboxUnavailableError(f"{what} cannot be used now: {fault}. Run `case-audit doctor`.")
