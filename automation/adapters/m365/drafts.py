"""Letters to Graph's drafts: what a draft holds, and the key by which it is found again."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ...domain.ids import KEY_HEADER, MessageKey, contents_text, message_mark
from ...domain.message import File, Letter, Marks, Recipient

KEY_PROPERTY = "String {6a1c2f3e-94d5-4b0a-8f27-5d3e1b7c90a4} Name CaseAuditKey"
"""A named property of our own. Its name is compared letter for letter, its values are not."""
CONTENTS_PROPERTY = KEY_PROPERTY.replace("CaseAuditKey", "CaseAuditContents")
"""Another: the kind and key of the mail and of each message in it, for a store that forgot them."""
_SENSITIVITY = "Integer 0x0036"
_SENSITIVITIES = {"normal": 0, "personal": 1, "private": 2, "confidential": 3}
"""PidTagSensitivity (MS-OXCMSG)."""

WITHIN_A_CALL = 2 * 2**20
"""Bytes of files that go in one call: Graph takes 4 MB, and base64 makes a third more of them."""


def key_value(key: MessageKey) -> str:
    """A key as the draft carries it: lower-case hex, because Exchange compares values in any letter case."""
    return message_mark(key)[-32:]


def by_key(key: MessageKey) -> str:
    """The filter that finds what carries a key."""
    return (
        f"singleValueExtendedProperties/Any(ep: ep/id eq '{KEY_PROPERTY}' and ep/value eq '{key_value(key)}')"
    )


def message_id(key: MessageKey, sender: Recipient) -> str:
    """The Message-ID of a key's letter: always the same, so that it can be found by it too."""
    return f"<{message_mark(key)}@{sender.address.rpartition('@')[2]}>"


def by_message_id(message_id: str) -> str:
    """The filter that finds a mail by its Message-ID. OData doubles an apostrophe in a text."""
    return "internetMessageId eq '" + message_id.replace("'", "''") + "'"


def draft_of(letter: Letter, key: MessageKey, sender: Recipient, marks: Marks) -> dict[str, Any]:
    """All of a draft that may be set at any time, as Graph's JSON. Files and headers are apart."""
    contents = contents_text([(letter.category, key), *letter.parts], letter.known, letter.answers)
    properties = [
        {"id": KEY_PROPERTY, "value": key_value(key)},
        {"id": CONTENTS_PROPERTY, "value": contents},
    ]
    if marks.sensitivity != "normal":
        properties.append({"id": _SENSITIVITY, "value": str(_SENSITIVITIES[marks.sensitivity])})
    return {
        "subject": f"{marks.tag} {letter.subject}".strip(),
        "body": {"contentType": "html", "content": letter.html},
        "toRecipients": [_recipient(letter.to)],
        "ccRecipients": [_recipient(one) for one in letter.copied],
        "bccRecipients": [],
        "replyTo": [],
        "importance": "high" if letter.urgent else "normal",
        "categories": [letter.category.replace("_", " ").replace("-", " ").capitalize()],
        "internetMessageId": message_id(key, sender),
        "singleValueExtendedProperties": properties,
    }


def headers_of(key: MessageKey, marks: Marks) -> list[dict[str, str]]:
    """The headers of our own: at most five, each beginning with `X-`, and only when a draft is made.

    Graph cannot send Auto-Submitted (RFC 3834). Exchange heeds X-Auto-Response-Suppress (MS-OXCMAIL). `All`
    would suppress the bounces that QA needs, and absences are wanted too.
    """
    found = [("X-Auto-Response-Suppress", "AutoReply, DR, RN, NRN"), (KEY_HEADER, str(key))]
    if marks.header:
        name, _, value = marks.header.partition(":")
        found.append((name.strip(), value.strip()))
    return [{"name": name, "value": value} for name, value in found]


def attachment_of(file: File) -> dict[str, Any]:
    """A small file as Graph's JSON."""
    import base64

    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": file.name,
        "contentType": file.media_type,
        "contentBytes": base64.b64encode(file.content).decode("ascii"),
    }


def lacks(names: Sequence[Mapping[str, Any]], letter: Letter) -> bool:
    """Whether a draft's files, as Graph lists them, are not the letter's own. Graph counts some bytes of its
    own in a size, and never fewer than there are."""
    have = sorted((str(one.get("name")), int(one.get("size") or 0)) for one in names)
    want = sorted((one.name, len(one.content)) for one in letter.files)
    return [name for name, _ in have] != [name for name, _ in want] or any(
        size < least for (_, size), (_, least) in zip(have, want, strict=True)
    )


def goes_to(draft: Mapping[str, Any], letter: Letter) -> bool:
    """Whether a draft goes to the letter's people and to nobody else."""
    to, copied, hidden = (
        _addresses(draft.get(name) or ()) for name in ("toRecipients", "ccRecipients", "bccRecipients")
    )
    wanted = sorted(one.address.lower() for one in letter.copied)
    return (to, copied, hidden) == ([letter.to.address.lower()], wanted, [])


def part(text: str) -> str:
    """Text as one part of a path."""
    return quote(text, safe="")


def _recipient(one: Recipient) -> dict[str, Any]:
    return {"emailAddress": {"name": one.name, "address": one.address}}


def _addresses(recipients: Sequence[Mapping[str, Any]]) -> list[str]:
    found = ((one.get("emailAddress") or {}).get("address") or "" for one in recipients)
    return sorted(one.lower() for one in found)
