"""Calls upon attachments, whole and in pieces."""

import re

from . import odata, views
from .messages import context, visible
from .state import Attachment, Message
from .web import Answer, GraphError, Json, Request, json_answer, stamp
from .world import UPLOAD_LASTS, Call, Upload, World
from .writing import LEAST_IN_A_SESSION, attachment

LARGEST = 150 * 1024 * 1024
LARGEST_PIECE = 4 * 1024 * 1024
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def list_attachments(call: Call) -> Answer:
    """GET attachments."""
    odata.refuse_unknown_options(call.request)
    message, query = visible(call), call.request.query
    names = odata.selected(query.get("$select", ""), views.ATTACHMENT_NAMES)
    page, more = odata.page(call.request, message.attachments, call.world.url, default=1000)
    value = [views.attachment_json(one, names) for one in page]
    return json_answer(200, {"@odata.context": context(call), **more, "value": value})


def add_attachment(call: Call) -> Answer:
    """POST attachments: a file whole."""
    message = _draft(call)
    added = attachment(call.request.json(), call.now)
    message.attachments.append(added)
    message.changed(call.now)
    return json_answer(201, {"@odata.context": context(call), **views.attachment_json(added)})


def get_attachment(call: Call) -> Answer:
    """GET an attachment."""
    odata.refuse_unknown_options(call.request)
    found = call.mailbox.attachment_for(visible(call), call.names["attachment"])
    names = odata.selected(call.request.query.get("$select", ""), views.ATTACHMENT_NAMES)
    return json_answer(200, {"@odata.context": context(call), **views.attachment_json(found, names)})


def delete_attachment(call: Call) -> Answer:
    """DELETE an attachment."""
    message = visible(call)
    message.attachments.remove(call.mailbox.attachment_for(message, call.names["attachment"]))
    message.changed(call.now)
    return Answer(204)


def attachment_value(call: Call) -> Answer:
    """GET an attachment's content; of a mail within the mail, its MIME."""
    found = call.mailbox.attachment_for(visible(call), call.names["attachment"])
    if found.kind == "reference":
        raise GraphError(405, "ErrorInvalidRequest", "A reference attachment has no content.")
    kind = "text/plain" if found.kind == "item" else found.content_type
    return Answer(200, found.content, kind or "application/octet-stream")


def upload_session(call: Call) -> Answer:
    """POST createUploadSession."""
    message, given = _draft(call), call.request.json()
    item: Json = given.get("attachmentItem") or given.get("AttachmentItem") or {}
    size = item.get("size")
    if item.get("attachmentType") != "file" or not item.get("name") or not isinstance(size, int):
        raise GraphError(400, "ErrorInvalidRequest", "The attachment item is not complete.")
    if size < LEAST_IN_A_SESSION:
        raise GraphError(
            400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize", "The file is too small for a session."
        )
    if size > LARGEST:
        raise GraphError(413, "ErrorAttachmentSizeLimitExceeded", "The file is too large.")
    kind = item.get("contentType") or "application/octet-stream"
    added = Attachment(
        "file", item["name"], b"", kind, bool(item.get("isInline")), item.get("contentId"), modified=call.now
    )
    upload = Upload(call.mailbox, message, added, size, call.now + UPLOAD_LASTS)
    call.world.uploads[upload.token] = upload
    told = {
        "@odata.context": f"{call.world.url}/v1.0/$metadata#microsoft.graph.uploadSession",
        "uploadUrl": f"{call.world.url}/_upload/sessions?authtoken={upload.token}",
        **_still_expected(upload),
    }
    return json_answer(201, told)


def upload_put(world: World, request: Request) -> Answer:
    """PUT a piece to an upload URL. The URL itself says who may: a token does not belong here."""
    if request.header("authorization"):
        world.violation("upload_put: an Authorization header went to an upload URL")
        raise GraphError(401, "InvalidAudience", "A token does not belong here.")
    upload = world.uploads.get(request.query.get("authtoken", ""))
    if not upload or upload.expires <= world.clock.now():
        raise GraphError(404, "ErrorItemNotFound", "There is no such upload session.")
    if request.method == "DELETE":
        del world.uploads[upload.token]
        return Answer(204)
    if request.method != "PUT":
        raise GraphError(405)
    found = RANGE.fullmatch(request.header("content-range"))
    if not found or len(request.body) > LARGEST_PIECE:
        raise GraphError(400, "ErrorInvalidRequest", "The piece or its range is not valid.")
    first, last, size = (int(one) for one in found.groups())
    if size != upload.size or last - first + 1 != len(request.body) or last >= size:
        raise GraphError(400, "ErrorInvalidRequest", "The range does not fit the piece or the file.")
    if first != len(upload.content):
        raise GraphError(416, "InvalidRange", "The piece is not the next one.")
    upload.content += request.body
    if len(upload.content) < upload.size:
        return json_answer(200, _still_expected(upload))
    return _complete(world, upload)


def _complete(world: World, upload: Upload) -> Answer:
    """The whole file is there: it becomes an attachment of the draft."""
    del world.uploads[upload.token]
    if upload.message.id not in upload.mailbox.messages or not upload.message.is_draft:
        raise GraphError(404, "ErrorItemNotFound", "The draft is not there any more.")
    upload.attachment.content = bytes(upload.content)
    upload.message.attachments.append(upload.attachment)
    upload.message.changed(world.clock.now())
    of_message = f"{world.url}/v1.0/Users('{upload.mailbox.id}')/Messages('{upload.message.moving_id}')"
    return Answer(201, headers={"Location": f"{of_message}/Attachments('{upload.attachment.id}')"})


def _still_expected(upload: Upload) -> Json:
    done = len(upload.content)
    return {"expirationDateTime": stamp(upload.expires), "nextExpectedRanges": [f"{done}-"]}


def _draft(call: Call) -> Message:
    message = visible(call)
    if not message.is_draft:
        raise GraphError(400, "ErrorInvalidRequest", "Files can be added to a draft only.")
    return message
