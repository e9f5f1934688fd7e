"""From a request to an answer: token, limits, faults, the call itself, and Microsoft's description."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import format_datetime

from . import attachments, far, faults, ids, odata
from .contract import Contract
from .drive import Drive
from .faults import Does, Faults
from .limits import Counting
from .routes import file_call, mail_call, site_call
from .tokens import Tokens
from .web import Answer, GraphError, Request, error_answer
from .world import Call, World

LARGEST_BODY = 4 * 1024 * 1024
SPOILING = (faults.Status, faults.StatusAfter, faults.Later, faults.Dropped, faults.StaysDraft)
# What a handler meets when the JSON has not the shape that it ought to have.
MISSHAPEN = (AttributeError, KeyError, TypeError, ValueError)


@dataclass
class Reply:
    """An answer, and how it is put on the wire."""

    answer: Answer
    wire: Does | None = None


@dataclass
class Service:
    """The whole of Graph and its token service, without the network."""

    world: World
    drive: Drive
    tokens: Tokens
    faults: Faults
    counting: Counting
    contract: Contract | None
    stopping: threading.Event

    def __post_init__(self) -> None:
        self.calls: list[tuple[str, str, int]] = []
        self._later: list[tuple[float, Callable[[], Answer]]] = []

    def reply(self, request: Request) -> Reply:
        """What comes of a request. A bug of the loopback's own is a violation too, so that a test sees it."""
        try:
            return self._reply(request)
        except Exception as error:
            self.world.violation(f"{type(error).__name__} in the loopback: {error}"[:300])
            raise

    def _reply(self, request: Request) -> Reply:
        self._do_what_is_due()
        if request.path.startswith("/_far/"):
            return Reply(far.answer(self.world, request))
        request_id = request.header("client-request-id") or ids.guid()
        if request.path.startswith("/v1.0/"):
            name, reply = self._graph(request, request_id)
        elif request.path.startswith("/_upload/"):
            name = "upload_put"
            reply = self._perform(
                name, request, request_id, lambda: attachments.upload_put(self.world, request)
            )
        elif request.path.startswith("/_download/"):
            name, token = "download", request.path.rpartition("/")[2]
            reply = self._perform(name, request, request_id, lambda: self.drive.download(token, request))
        else:
            name = "token"
            reply = self._perform(name, request, request_id, lambda: self.tokens.answer(request))
        broken = isinstance(reply.wire, faults.Reset)
        with self.world.lock:
            self.calls.append((name, request.method, 0 if broken else reply.answer.status))
        reply.answer.headers = {
            "request-id": ids.guid(),
            "client-request-id": request_id,
            "Date": format_datetime(self.world.clock.now().astimezone(UTC), usegmt=True),
            **reply.answer.headers,
        }
        return reply

    def _do_what_is_due(self) -> None:
        """Does what was put off until now."""
        with self.world.lock:
            now = self.world.clock.monotonic()
            due = [act for moment, act in self._later if moment <= now]
            self._later = [one for one in self._later if one[0] > now]
            for act in due:
                try:
                    act()
                except GraphError:
                    continue

    def _graph(self, request: Request, request_id: str) -> tuple[str, Reply]:
        """A call upon Graph, held against the description before and after."""
        known = True
        # A file by its site and path: Graph has that call, and its description has no such path.
        contract = None if site_call(request) else self.contract
        if contract:
            for fault in contract.request_faults(request):
                known = "NotFound" not in fault
                self.world.violation(f"{_operation(request)}: {fault}")
        name, reply = self._route(request, request_id)
        spoiled = not known or reply.answer.spoiled or isinstance(reply.wire, faults.Reset)
        if contract and not spoiled:
            for fault in contract.answer_faults(request, reply.answer):
                self.world.violation(f"{_operation(request)}: {fault}")
        return name, reply

    def _route(self, request: Request, request_id: str) -> tuple[str, Reply]:
        mail, file = mail_call(request), file_call(request)
        name = mail[0] if mail else file[0] if file else "unknown"

        def refused(error: GraphError) -> tuple[str, Reply]:
            return name, Reply(error_answer(error, request_id, self.world.clock.now()))

        with self.world.lock:
            if not self.tokens.is_good(request.header("authorization")):
                how = 'Bearer realm="", authorization_uri="", error="invalid_token"'
                return refused(GraphError(401, headers={"WWW-Authenticate": how}))
        if len(request.body) > LARGEST_BODY:
            return refused(GraphError(413, message="The maximum request length was exceeded."))
        if file:
            return name, self._perform(name, request, request_id, lambda: self._file(request, *file))
        if not mail:
            if request.path.startswith("/v1.0/drives/") and request.method != "GET":
                self.world.violation(f"{request.method} drive: the workbook is never written")
                return refused(GraphError(403, "accessDenied", "Access denied."))
            return refused(GraphError(501, message="The loopback does not have this call."))
        with self.world.lock:
            try:
                mailbox = self.world.mailbox_for(mail[2]["user"])
            except GraphError as error:
                return refused(error)
            wait = self.counting.enter(mailbox.address, name in ("send", "send_mail"))
        try:
            if wait:
                return refused(GraphError(429, headers={"Retry-After": str(wait)}))
            call = Call(self.world, request, mail[2], mailbox)
            reply = self._perform(name, request, request_id, lambda: mail[1](call), call)
            reply.answer.spoiled |= call.spoiled
            return name, reply
        finally:
            with self.world.lock:
                self.counting.leave(mailbox.address)

    def _file(self, request: Request, name: str, names: dict[str, str]) -> Answer:
        if "share" in names:
            found = self.drive.by_share(names["share"])
        elif "site" in names:
            found = self.drive.by_site(names["site"], names["path"])
        else:
            found = self.drive.by_ids(names["drive"], names["item"])
        return (self.drive.content if name == "drive_content" else self.drive.item)(found, request)

    def _perform(
        self,
        name: str,
        request: Request,
        request_id: str,
        act: Callable[[], Answer],
        call: Call | None = None,
    ) -> Reply:
        """Acts, as far as the fault that strikes lets it."""

        def acted() -> Answer:
            with self.world.lock:
                try:
                    return act()
                except GraphError as error:
                    return error_answer(error, request_id, self.world.clock.now())
                except MISSHAPEN as error:
                    self.world.violation(f"{name}: {type(error).__name__} in the loopback: {error}"[:300])
                    error_400 = GraphError(400, message="The request is not of the shape that was expected.")
                    return error_answer(error_400, request_id, self.world.clock.now())

        def says(status: int, headers: dict[str, str], code: str, message: str = "") -> Reply:
            spoilt = error_answer(
                GraphError(status, code, message, headers), request_id, self.world.clock.now()
            )
            spoilt.spoiled = True
            return Reply(spoilt, does)

        does = self.faults.take(name, request.target)
        match does:
            case faults.Status():
                return says(does.code, dict(does.headers), does.error_code, does.message)
            case faults.StatusAfter():
                acted()
                return says(does.code, dict(does.headers), does.error_code)
            case faults.Later():
                with self.world.lock:
                    self._later.append((self.world.clock.monotonic() + does.seconds, act))
                return says(does.status, {}, "")
            case faults.Reset(when="before"):
                return Reply(Answer(0), does)
            case faults.Hang(when="before"):
                self.stopping.wait(does.seconds)
            case faults.Dropped() | faults.StaysDraft() if call:
                if isinstance(does, faults.Dropped) and "message" in call.names:
                    with self.world.lock:
                        del call.mailbox.messages[call.message().id]
                return Reply(Answer(202, spoiled=True), does)
            case faults.EmptyPage():
                return Reply(self._empty_page(request), does)
        answer = acted()
        if isinstance(does, faults.MovesWhileListing) and call:
            self._move_first(answer, call, does.to)
        if isinstance(does, faults.AddsRecipient) and call:
            answer = self._add_recipient(answer, call, does.address)
        return Reply(answer, does)

    def _empty_page(self, request: Request) -> Answer:
        """Nothing, and a link to what was asked for."""
        link = odata.next_link(request, self.world.url, odata.start_of(request))
        content = {"@odata.nextLink": link, "value": []}
        return Answer(200, json.dumps(content).encode(), "application/json")

    def _add_recipient(self, answer: Answer, call: Call, address: str) -> Answer:
        told = json.loads(answer.body)
        with self.world.lock:
            call.mailbox.message_for(told["id"]).cc.append((address, address))
        told["ccRecipients"] = [
            *told["ccRecipients"],
            {"emailAddress": {"name": address, "address": address}},
        ]
        return replace(answer, body=json.dumps(told).encode())

    def _move_first(self, answer: Answer, call: Call, to: str) -> None:
        with self.world.lock:
            if listed := json.loads(answer.body).get("value"):
                message = call.mailbox.message_for(listed[0]["id"])
                message.move_to(call.mailbox.folder_for(to), self.world.clock.now())


def _operation(request: Request) -> str:
    """The call by method and path, ids left out."""
    kept = {"users", "messages", "mailFolders", "attachments", "drives", "items", "shares", "v1.0"}
    parts = request.path.strip("/").split("/")
    shown = [
        one if one in kept or (one[:1].islower() and len(one) < 24 and "@" not in one) else "…"
        for one in parts
    ]
    return f"{request.method} /{'/'.join(shown[1:])}"
