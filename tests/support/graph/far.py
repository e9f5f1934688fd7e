"""The far side's own endpoints, for whoever drives the loopback from another process."""

import base64
import hashlib
import json
from datetime import datetime

from .clock import VirtualClock
from .state import Mailbox, Message
from .web import Answer, Request
from .world import World


def answer(world: World, request: Request) -> Answer:
    """A call under /_far/."""
    call, query = (request.method, request.path.removeprefix("/_far/")), request.query
    with world.lock:
        if call == ("POST", "clock"):
            return _clock(world, request)
        if call == ("GET", "violations"):
            return _json(200, list(world.violations))
        mailbox = world.mailboxes.get(query.get("mailbox", "").lower())
        if not mailbox:
            return _json(404, "there is no such mailbox or call")
        if call == ("POST", "deliver"):
            return _deliver(mailbox, request)
        if call == ("GET", "sent"):
            first = int(after) if (after := query.get("after", "")).isdigit() else 0
            left = [raw for address, raw in world.outbox if address == mailbox.address]
            numbered = enumerate(left[first:], first + 1)
            return _json(200, [{"number": n, "mime": base64.b64encode(raw).decode()} for n, raw in numbered])
        if call == ("GET", "folder"):
            found = mailbox.folder(query.get("path", "Inbox"))
            return _json(200, [_shown(one, "mime" in query) for one in found])
    return _json(404, "there is no such call")


def _deliver(mailbox: Mailbox, request: Request) -> Answer:
    """A mail arrives, now or at the moment that `received` names."""
    named = request.query.get("received", "")
    try:
        received = datetime.fromisoformat(named) if named else None
    except ValueError:
        return _json(400, "that is no ISO date")
    if received and received.tzinfo is None:
        return _json(400, "the moment needs a zone")
    return _json(200, mailbox.deliver(request.body, received=received))


def _shown(message: Message, whole: bool) -> dict[str, str]:
    """A mail in a folder: its id, subject, category and MIME's SHA-256, with the MIME where it is wanted."""
    about = {
        "id": message.id,
        "subject": message.subject or "",
        "filed_as": next(iter(message.categories), ""),
        "sha256": hashlib.sha256(message.raw).hexdigest(),
    }
    return about | ({"mime": base64.b64encode(message.raw).decode()} if whole else {})


def _clock(world: World, request: Request) -> Answer:
    if not isinstance(world.clock, VirtualClock):
        return _json(409, "the loopback runs on the computer's clock")
    try:
        moment = datetime.fromisoformat(request.body.decode().strip())
    except ValueError:
        return _json(400, "that is no ISO date")
    if moment.tzinfo is None:
        return _json(400, "the moment needs a zone")
    world.clock.set(moment)
    return _json(200, world.clock.now().isoformat())


def _json(status: int, content: object) -> Answer:
    return Answer(status, json.dumps(content).encode(), "application/json")
