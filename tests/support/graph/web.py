"""A request as it came, an answer as it goes, and the errors that Graph words as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]
JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

# What Graph calls an error of this status when nothing more exact is known.
CODES: Mapping[int, str] = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "ErrorAccessDenied",
    404: "ErrorItemNotFound",
    405: "MethodNotAllowed",
    409: "ErrorIrresolvableConflict",
    413: "RequestEntityTooLarge",
    423: "resourceLocked",
    429: "ApplicationThrottled",
    500: "InternalServerError",
    501: "NotImplemented",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}


class GraphError(Exception):
    """Something that Graph refuses."""

    def __init__(
        self, status: int, code: str = "", message: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code or CODES.get(status, str(status)))
        self.status, self.code, self.message = status, str(self), message
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class Request:
    """What came. Header names are lower case, `path` is as it was sent, `query` is decoded."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def target(self) -> str:
        """The path with its query, as sent."""
        return f"{self.path}?{self.query_string}" if self.query_string else self.path

    @property
    def query(self) -> dict[str, str]:
        """The query; of a name that is there twice, the last."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    def header(self, name: str) -> str:
        """A header; empty when it is not there."""
        return self.headers.get(name.lower(), "")

    def prefers(self, preference: str) -> bool:
        """Whether a Prefer header asks for this."""
        asked = (one.strip().replace(" ", "") for one in self.header("prefer").split(","))
        return preference.lower() in (one.lower() for one in asked)

    @property
    def wants_immutable_ids(self) -> bool:
        """Whether ids are to stay when an item moves."""
        return self.prefers('IdType="ImmutableId"')

    def json(self, needed: bool = True) -> Json:
        """The body as a JSON object."""
        if not self.body.strip() and not needed:
            return {}
        if self.header("content-type").split(";")[0].strip().lower() != "application/json":
            raise GraphError(415, "UnsupportedMediaType", "The content type of the body is not JSON.")
        try:
            given = json.loads(self.body)
        except ValueError:
            raise GraphError(400, "BadRequest", "The JSON of the request body cannot be read.") from None
        if not isinstance(given, dict):
            raise GraphError(400, "BadRequest", "The request body is not a JSON object.")
        return given


@dataclass
class Answer:
    """What goes back. A spoiled one is not held against the description of Graph."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    spoiled: bool = False


def json_answer(status: int, content: Json, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(content).encode(), JSON, dict(headers or {}))


def error_answer(error: GraphError, request_id: str, now: datetime) -> Answer:
    """An error in Graph's shape."""
    inner = {"date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "request-id": request_id}
    inner["client-request-id"] = request_id
    message = error.message or f"{HTTPStatus(error.status).phrase}."
    body = {"code": error.code, "message": message, "innerError": inner}
    return json_answer(error.status, {"error": body}, error.headers)


def stamp(moment: datetime) -> str:
    """A moment as Graph writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
