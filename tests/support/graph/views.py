"""Messages, attachments and folders as Graph shows them in JSON."""

import base64
import re
from collections.abc import Callable, Sequence
from typing import Any

from .mime_out import plain
from .odata import Wanted
from .properties import INTERNET_MESSAGE_ID, MESSAGE_CLASS, SENSITIVITY
from .state import Address, Attachment, Folder, Mailbox, Message
from .web import Json, Request, stamp

# What a message shows by itself, and what it shows only when it is asked for by name.
BY_ITSELF = (
    *("id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "receivedDateTime"),
    *("sentDateTime", "hasAttachments", "internetMessageId", "subject", "bodyPreview", "importance"),
    *("parentFolderId", "conversationId", "conversationIndex", "isDeliveryReceiptRequested"),
    *("isReadReceiptRequested", "isRead", "isDraft", "webLink", "inferenceClassification", "body"),
    *("sender", "from", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "flag"),
)
IF_ASKED = ("internetMessageHeaders", "uniqueBody")
MEETING_TYPE = "microsoft.graph.eventMessage/meetingMessageType"
NAVIGATIONS = ("attachments", "extensions", "singleValueExtendedProperties", "multiValueExtendedProperties")
MESSAGE_NAMES = frozenset([*BY_ITSELF, *IF_ASKED, MEETING_TYPE, *NAVIGATIONS])
ATTACHMENT_NAMES = ("id", "contentType", "isInline", "lastModifiedDateTime", "name", "size")
FOLDER_NAMES = frozenset(
    [
        *("id", "childFolderCount", "displayName", "isHidden", "parentFolderId", "totalItemCount"),
        "unreadItemCount",
    ]
)
NULLS = ("body", "uniqueBody", "bodyPreview", "toRecipients", "ccRecipients", "flag", "importance", "sender")
# What Exchange keeps about an attachment besides its bytes counts as its size.
OVERHEAD = 172
RESPONSES = {
    "Pos": ("meetingAccepted", "accepted"),
    "Tent": ("meetingTenativelyAccepted", "tentativelyAccepted"),
    "Neg": ("meetingDeclined", "declined"),
}


def item_id(request: Request, message: Message) -> str:
    """The id of a message of the kind that the request asks for."""
    return message.id if request.wants_immutable_ids else message.moving_id


def message_json(
    request: Request,
    mailbox: Mailbox,
    message: Message,
    names: Sequence[str] = (),
    wanted: Wanted | None = None,
    attachments: bool = False,
) -> Json:
    """A message with the named properties, or with those it shows by itself."""
    shown = names or BY_ITSELF
    done: Json = {"@odata.etag": f'W/"{message.change_key}"'}
    if kind := _event_kind(message):
        done = {"@odata.type": f"#microsoft.graph.{kind[0]}", **done}
        if not names or MEETING_TYPE in names:
            done["meetingMessageType"] = None if message.nulls else kind[1]
    for name in dict.fromkeys(["id", *shown]):
        if name not in _MESSAGE:
            continue
        value = _MESSAGE[name](request, mailbox, message)
        if message.nulls and name in NULLS:
            done[name] = None
        elif value is not None or name not in ("sender", "from"):
            done[name] = value
    if attachments:
        done["attachments"] = [attachment_json(one) for one in message.attachments]
    if found := [(asked, _property(message, key)) for asked, key in wanted or []]:
        values = [{"id": asked, "value": value} for asked, value in found if value is not None]
        if values:
            done["singleValueExtendedProperties"] = values
    return done


def attachment_json(attachment: Attachment, names: Sequence[str] = ()) -> Json:
    """An attachment; without names, a file's content too."""
    done: Json = {
        "@odata.type": f"#microsoft.graph.{attachment.kind}Attachment",
        "id": attachment.id,
        "lastModifiedDateTime": stamp(attachment.modified),
        "name": attachment.name,
        "contentType": attachment.content_type,
        "size": len(attachment.content) + 2 * len(attachment.name) + OVERHEAD,
        "isInline": attachment.inline,
    }
    if attachment.kind == "file":
        done["@odata.mediaContentType"] = attachment.content_type or "application/octet-stream"
    if names:
        return {name: value for name, value in done.items() if name[0] == "@" or name in ("id", *names)}
    if attachment.kind == "file":
        done["contentId"], done["contentLocation"] = attachment.content_id, None
        done["contentBytes"] = base64.b64encode(attachment.content).decode()
    return done


def folder_json(mailbox: Mailbox, folder: Folder, names: Sequence[str] = ()) -> Json:
    """A folder."""
    messages = mailbox.in_folder(folder)
    parent = folder.parent.id if folder.parent else folder.id
    done: Json = {
        "id": folder.id,
        "displayName": folder.name,
        "parentFolderId": parent,
        "childFolderCount": len(mailbox.children(folder)),
        "unreadItemCount": sum(not one.is_read for one in messages),
        "totalItemCount": len(messages),
        "isHidden": False,
    }
    return {name: value for name, value in done.items() if not names or name in ("id", *names)}


def recipient(address: Address) -> Json:
    """A person."""
    return {"emailAddress": {"name": address[0] or address[1], "address": address[1]}}


def _recipients(addresses: Sequence[Address]) -> list[Json]:
    return [recipient(one) for one in addresses]


def _body(request: Request, message: Message) -> Json:
    if request.prefers('outlook.body-content-type="text"') and message.body_kind == "html":
        return {"contentType": "text", "content": plain(message.body)}
    return {"contentType": message.body_kind, "content": message.body}


def _preview(message: Message) -> str:
    text = plain(message.body) if message.body_kind == "html" else message.body
    return re.sub(r"\s*\n\s*", "\r\n", text)[:255]


def _property(message: Message, key: tuple[str, ...]) -> str | None:
    """The value of an extended property; some are there without having been set."""
    if key in message.properties:
        return message.properties[key]
    known = {MESSAGE_CLASS: message.message_class, SENSITIVITY: "0"}
    return {**known, INTERNET_MESSAGE_ID: message.internet_message_id}.get(key)


def _event_kind(message: Message) -> tuple[str, str] | None:
    """The type of a meeting's mail, and what the mail is."""
    words = message.message_class.split(".")
    if words[:3] == ["IPM", "Schedule", "Meeting"]:
        if words[3:4] == ["Resp"]:
            return "eventMessageResponse", RESPONSES.get((words[4:] or [""])[0], ("none", ""))[0]
        if words[3:4] == ["Request"]:
            return "eventMessageRequest", "meetingRequest"
        return "eventMessage", "meetingCancelled"
    return None


_MESSAGE: dict[str, Callable[[Request, Mailbox, Message], Any]] = {
    "id": lambda request, mailbox, m: item_id(request, m),
    "createdDateTime": lambda request, mailbox, m: stamp(m.created),
    "lastModifiedDateTime": lambda request, mailbox, m: stamp(m.modified or m.created),
    "changeKey": lambda request, mailbox, m: m.change_key,
    "categories": lambda request, mailbox, m: list(m.categories),
    "receivedDateTime": lambda request, mailbox, m: stamp(m.received or m.created),
    "sentDateTime": lambda request, mailbox, m: stamp(m.sent or m.created),
    "hasAttachments": lambda request, mailbox, m: any(not one.inline for one in m.attachments),
    "internetMessageId": lambda request, mailbox, m: m.internet_message_id or None,
    "subject": lambda request, mailbox, m: m.subject,
    "bodyPreview": lambda request, mailbox, m: _preview(m),
    "importance": lambda request, mailbox, m: m.importance,
    "parentFolderId": lambda request, mailbox, m: m.folder.id,
    "conversationId": lambda request, mailbox, m: m.conversation_id,
    "conversationIndex": lambda request, mailbox, m: m.conversation_index,
    "isDeliveryReceiptRequested": lambda request, mailbox, m: m.wants_delivery_receipt,
    "isReadReceiptRequested": lambda request, mailbox, m: m.wants_read_receipt,
    "isRead": lambda request, mailbox, m: m.is_read,
    "isDraft": lambda request, mailbox, m: m.is_draft,
    "webLink": lambda request, mailbox, m: f"https://outlook.office365.example/owa/?ItemID={m.moving_id}",
    "inferenceClassification": lambda request, mailbox, m: "focused",
    "body": lambda request, mailbox, m: _body(request, m),
    "uniqueBody": lambda request, mailbox, m: _body(request, m),
    "sender": lambda request, mailbox, m: recipient(m.sender) if m.sender else None,
    "from": lambda request, mailbox, m: recipient(m.from_) if m.from_ else None,
    "toRecipients": lambda request, mailbox, m: _recipients(m.to),
    "ccRecipients": lambda request, mailbox, m: _recipients(m.cc),
    "bccRecipients": lambda request, mailbox, m: _recipients(m.bcc),
    "replyTo": lambda request, mailbox, m: _recipients(m.reply_to),
    "flag": lambda request, mailbox, m: {"flagStatus": m.flag},
    "internetMessageHeaders": lambda request, mailbox, m: [{"name": n, "value": v} for n, v in m.headers],
}
