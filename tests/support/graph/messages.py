"""Calls upon messages: drafts, reading, finding, filing and deleting."""

from . import odata, views
from .mime_out import mime
from .state import Folder, Mailbox, Message
from .web import Answer, GraphError, Json, json_answer
from .world import Call
from .writing import new_message_id, write


def create_draft(call: Call) -> Answer:
    """POST messages."""
    message = draft(call.mailbox, call.folder("drafts"), call)
    write(message, call.request.json(), call.now, creating=True)
    call.mailbox.messages[message.id] = message
    return shown(call, message, 201)


def draft(mailbox: Mailbox, folder: Folder, call: Call) -> Message:
    """An empty draft of a mailbox."""
    us = (mailbox.name, mailbox.address)
    message_id = new_message_id(mailbox.address)
    return Message(
        folder, call.now, sender=us, from_=us, is_read=True, internet_message_id=message_id, body_kind="text"
    )


def update(call: Call) -> Answer:
    """PATCH a message."""
    message = visible(call)
    given = call.request.json()
    if not given:
        raise GraphError(400, "BadRequest", "There is nothing to update.")
    write(message, given, call.now)
    return shown(call, message, 200)


def get_message(call: Call) -> Answer:
    """GET a message."""
    odata.refuse_unknown_options(call.request)
    message = visible(call)
    query = call.request.query
    names = odata.selected(query.get("$select", ""), views.MESSAGE_NAMES)
    attachments, wanted = odata.expansions(query.get("$expand", ""))
    call.spoiled |= message.nulls
    found = views.message_json(call.request, call.mailbox, message, names, wanted, attachments)
    return json_answer(200, {"@odata.context": context(call), **found})


def list_messages(call: Call) -> Answer:
    """GET the messages of a folder, or of the whole mailbox."""
    odata.refuse_unknown_options(call.request)
    query = call.request.query
    names = odata.selected(query.get("$select", ""), views.MESSAGE_NAMES)
    attachments, wanted = odata.expansions(query.get("$expand", ""))
    folder = call.folder() if "folder" in call.names else None
    found = [one for one in call.mailbox.messages.values() if folder is None or one.folder is folder]
    if hides := call.world.visible_after.hides_from_find:
        now = call.world.clock.monotonic()
        found = [one for one in found if hides and not (one.hidden_looks or one.hidden_until > now)]
    named: list[str] = []
    if "$filter" in query:
        wish = odata.message_filter(query["$filter"])
        named, found = wish.names, [one for one in found if wish.passes(one)]
    in_order = odata.ordered(found, query.get("$orderby", ""), named)
    page, more = odata.page(call.request, in_order, call.world.url)
    call.spoiled |= any(one.nulls for one in page)
    value = [views.message_json(call.request, call.mailbox, one, names, wanted, attachments) for one in page]
    return json_answer(200, {"@odata.context": context(call), **more, "value": value})


def message_value(call: Call) -> Answer:
    """GET a message as MIME."""
    message = visible(call)
    if message.mime_fails:
        raise GraphError(500, "ErrorMimeContentConversionFailed", "The MIME content conversion has failed.")
    us = (call.mailbox.name, call.mailbox.address)
    raw = mime(message, us, call.now) if message.is_draft else message.raw
    return Answer(200, raw, "text/plain")


def move(call: Call) -> Answer:
    """POST move."""
    given = call.request.json()
    wanted = given.get("destinationId") or given.get("DestinationId")
    if not wanted:
        raise GraphError(400, "ErrorInvalidRequest", "There is no destination.")
    message, folder = visible(call), call.mailbox.folder_for(str(wanted))
    message.move_to(folder, call.now)
    return shown(call, message, 201)


def delete(call: Call) -> Answer:
    """DELETE a message: it goes to Deleted Items, and from there for good."""
    message, bin_ = visible(call), call.mailbox.folder_for("deleteditems")
    if message.folder is bin_:
        del call.mailbox.messages[message.id]
    else:
        message.move_to(bin_, call.now)
    return Answer(204)


def visible(call: Call) -> Message:
    """The message that the path names, once it is to be seen."""
    message = call.message()
    if message.hidden_looks:
        message.hidden_looks -= 1
    elif message.hidden_until <= call.world.clock.monotonic():
        return message
    raise GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def shown(call: Call, message: Message, status: int) -> Answer:
    """A message as the answer to a call that made or changed it."""
    content: Json = {"@odata.context": context(call)}
    content |= views.message_json(call.request, call.mailbox, message)
    call.spoiled |= message.nulls
    return json_answer(status, content)


def context(call: Call) -> str:
    """What Graph says the answer is a part of."""
    return f"{call.world.url}/v1.0/$metadata#users('{call.mailbox.id}')/messages"
