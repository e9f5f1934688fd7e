"""Calls that send: a draft, a message at once, and the reply that is drafted to another."""

import re

from .messages import draft, shown, visible
from .mime_out import mime, quoted
from .state import Mailbox, Message
from .web import Answer, GraphError, Json
from .world import Call, World
from .writing import write

ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


def send(call: Call) -> Answer:
    """POST send."""
    message = visible(call)
    if not message.is_draft and not call.world.sends_again:
        raise GraphError(400, "ErrorInvalidRequest", "The message is not a draft.")
    post(call.world, call.mailbox, message)
    return Answer(202)


def send_mail(call: Call) -> Answer:
    """POST sendMail."""
    given = call.request.json()
    saved = given.get("saveToSentItems", given.get("SaveToSentItems"))
    message = draft(call.mailbox, call.mailbox.folder_for("drafts"), call)
    write(message, given.get("message") or given.get("Message") or {}, call.now, creating=True)
    call.mailbox.messages[message.id] = message
    try:
        post(call.world, call.mailbox, message)
    except GraphError:
        del call.mailbox.messages[message.id]
        raise
    if saved is False:
        del call.mailbox.messages[message.id]
    return Answer(202)


def post(world: World, mailbox: Mailbox, message: Message) -> None:
    """Sends a message: MIME goes out, the item goes to Sent Items, and local recipients get it."""
    if not message.recipients():
        raise GraphError(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    for _, address in message.recipients():
        if not ADDRESS.fullmatch(address):
            raise GraphError(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    if message.from_ and message.from_[1].lower() != mailbox.address.lower():
        raise GraphError(403, "ErrorSendAsDenied", "The user account may not send for this address.")
    now = world.clock.now()
    raw = mime(message, (mailbox.name, mailbox.address), now)
    message.raw, message.is_draft, message.headers = raw, False, []
    message.from_ = message.sender = (mailbox.name, mailbox.address)
    message.sent = message.received = now
    message.move_to(mailbox.folder_for("sentitems"), now)
    message.hidden_looks = world.visible_after.looks
    message.hidden_until = world.clock.monotonic() + world.visible_after.seconds
    del mailbox.messages[message.id]
    mailbox.messages[message.id] = message  # Folders list by when things came into them.
    world.outbox.append((mailbox.address, raw))
    for address in dict.fromkeys(one.lower() for _, one in message.recipients()):
        if recipient := world.mailboxes.get(address):
            recipient.deliver(raw)


def create_reply(call: Call) -> Answer:
    """POST createReply: a draft in the conversation of a message."""
    original = visible(call)
    given = call.request.json(needed=False)
    comment = given.get("comment", given.get("Comment"))
    own: Json = given.get("message") or given.get("Message") or {}
    if comment is not None and "body" in own:
        raise GraphError(400, "ErrorInvalidArgument", "A comment and a body cannot both be given.")
    reply = draft(call.mailbox, call.mailbox.folder_for("drafts"), call)
    subject = original.subject or ""
    reply.subject = subject if subject.lower().startswith("re:") else f"RE: {subject}"
    reply.to = list(original.reply_to or ([original.from_] if original.from_ else []))
    reply.conversation_id = original.conversation_id
    reply.in_reply_to = original.internet_message_id
    reply.references = " ".join(filter(None, [original.references, original.internet_message_id]))
    reply.body_kind, reply.body = "html", quoted(original, comment or "")
    write(reply, own, call.now, creating=True)
    call.mailbox.messages[reply.id] = reply
    return shown(call, reply, 201)
