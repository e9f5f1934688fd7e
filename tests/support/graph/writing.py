"""JSON from the client made into a message's properties, as far as Graph lets them be written."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from . import ids
from .properties import property_key
from .state import Address, Attachment, Message
from .web import GraphError, Json

# What may be written at any time, only in a draft, and what is taken and not heeded.
ALWAYS = {
    *("categories", "importance", "isRead", "flag", "inferenceClassification"),
    *("singleValueExtendedProperties", "multiValueExtendedProperties"),
}
IN_A_DRAFT = {
    *("subject", "body", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "from", "sender"),
    *("internetMessageId", "isDeliveryReceiptRequested", "isReadReceiptRequested"),
}
ON_CREATION = {"internetMessageHeaders", "attachments"}
NOT_HEEDED = {"id", "conversationId", "isDraft", "hasAttachments", "extensions"}
# Measured against Microsoft's service: the largest file in one POST, the smallest in an upload session.
MOST_IN_ONE_POST = 3_145_611
LEAST_IN_A_SESSION = 2_097_152
HEADER_NAME = re.compile(r"[xX]-[!-9;-~]+")


def write(message: Message, given: Json, now: datetime, creating: bool = False) -> None:
    """Writes the given properties. Refuses all of them before it writes any."""
    _check(message, given, creating)
    for name, value in given.items():
        if name in _WRITERS:
            _WRITERS[name](message, value)
    for one in given.get("attachments") or []:
        message.attachments.append(attachment(one, now))
    message.changed(now)


def _check(message: Message, given: Json, creating: bool) -> None:
    known = ALWAYS | IN_A_DRAFT | ON_CREATION | NOT_HEEDED
    for name in given:
        if "@" not in name and name not in known:
            raise GraphError(400, "BadRequest", f"The property '{name}' does not exist on type 'message'.")
    if not creating and (late := given.keys() & ON_CREATION):
        raise GraphError(400, "ErrorInvalidPropertySet", f"'{min(late)}' can be set on creation only.")
    if not message.is_draft and (late := given.keys() & IN_A_DRAFT):
        raise GraphError(400, "ErrorInvalidPropertySet", f"'{min(late)}' can be set in a draft only.")
    headers = given.get("internetMessageHeaders") or []
    if len(headers) > 5:
        raise GraphError(400, "InvalidInternetMessageHeaderCollection", "At most 5 headers can be set.")
    for one in headers:
        if not HEADER_NAME.fullmatch(str(one.get("name", ""))):
            raise GraphError(
                400,
                "InvalidInternetMessageHeader",
                f"The internet message header name '{one.get('name')}' should start with 'x-' or 'X-'.",
            )


def addresses(given: Any) -> list[Address]:
    """The people of a list of recipients."""
    people = [(one or {}).get("emailAddress") or {} for one in given or []]
    return [(one.get("name") or one.get("address") or "", one.get("address") or "") for one in people]


def attachment(given: Json, now: datetime) -> Attachment:
    """An attachment that came as JSON."""
    if given.get("@odata.type") != "#microsoft.graph.fileAttachment":
        raise GraphError(400, "ErrorInvalidRequest", "Only file attachments can be added here.")
    if not given.get("name"):
        raise GraphError(400, "ErrorInvalidProperty", "An attachment needs a name.")
    try:
        content = base64.b64decode(given.get("contentBytes") or "", validate=True)
    except (binascii.Error, ValueError):
        raise GraphError(400, "BadRequest", "contentBytes is not base64.") from None
    if len(content) > MOST_IN_ONE_POST:
        raise GraphError(413, "RequestEntityTooLarge", "The maximum request length was exceeded.")
    return Attachment(
        "file",
        str(given["name"]),
        content,
        given.get("contentType") or "application/octet-stream",
        inline=bool(given.get("isInline")),
        content_id=given.get("contentId"),
        modified=now,
    )


def new_message_id(address: str) -> str:
    """The internetMessageId that Exchange gives a draft."""
    return f"<{ids.hexadecimal().upper()}@{ids.hexadecimal(12).upper()}.{address.rpartition('@')[2]}>"


def _body(message: Message, value: Any) -> None:
    given = value or {}
    message.body_kind = str(given.get("contentType") or "text").lower()
    message.body = str(given.get("content") or "")


def _properties(message: Message, value: Any) -> None:
    for one in value or []:
        key, text = property_key(str(one.get("id"))), one.get("value")
        if key[0] in ("integer", "long", "short") and not re.fullmatch(r"-?\d+", str(text)):
            raise GraphError(400, "ErrorInvalidArgument", "The value of an extended property is not valid.")
        if text is None:
            message.properties.pop(key, None)
        else:
            message.properties[key] = str(text)


def _headers(message: Message, value: Any) -> None:
    message.headers = [(str(one["name"]), str(one.get("value") or "")) for one in value or []]


def _from(message: Message, value: Any) -> None:
    message.from_ = next(iter(addresses([value])), None)


def _sets(name: str, made: Callable[[Any], Any]) -> Callable[[Message, Any], None]:
    return lambda message, value: setattr(message, name, made(value))


_WRITERS: dict[str, Callable[[Message, Any], None]] = {
    "subject": _sets("subject", lambda value: value or ""),
    "body": _body,
    "toRecipients": _sets("to", addresses),
    "ccRecipients": _sets("cc", addresses),
    "bccRecipients": _sets("bcc", addresses),
    "replyTo": _sets("reply_to", addresses),
    "from": _from,
    "importance": _sets("importance", lambda value: str(value or "normal").lower()),
    "categories": _sets("categories", lambda value: list(value or [])),
    "isRead": _sets("is_read", bool),
    "flag": _sets("flag", lambda value: (value or {}).get("flagStatus") or "notFlagged"),
    "internetMessageId": _sets("internet_message_id", lambda value: value or ""),
    "isDeliveryReceiptRequested": _sets("wants_delivery_receipt", bool),
    "isReadReceiptRequested": _sets("wants_read_receipt", bool),
    "internetMessageHeaders": _headers,
    "singleValueExtendedProperties": _properties,
}
