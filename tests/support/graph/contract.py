"""Holds requests and answers against Microsoft's own description of Graph, where that is at hand."""

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from .web import Answer, Request

DESCRIPTION = Path(__file__).resolve().parents[4] / "shared" / "graph" / "graph-mail.openapi.yaml"
HOST = "https://graph.microsoft.com"
TOKEN = ("Authorization", "Bearer none")  # A request without one is the token service's business.
MOST_REMEMBERED = 20_000


class Contract:
    """The description, ready to compare with."""

    def __init__(self, path: Path) -> None:
        from openapi_core import Config, OpenAPI

        self._described = OpenAPI.from_file_path(str(path), config=Config(spec_validator_cls=None))
        self._passed: set[object] = set()

    def request_faults(self, request: Request) -> list[str]:
        """What the description does not allow about a request."""
        return self._faults("request", request, None)

    def answer_faults(self, request: Request, answer: Answer) -> list[str]:
        """What the description does not promise about an answer."""
        return self._faults("answer", request, answer)

    def _faults(self, side: str, request: Request, answer: Answer | None) -> list[str]:
        from openapi_core.exceptions import OpenAPIError

        seen = _likeness(request, answer)
        if seen in self._passed:
            return []
        try:
            if answer is None:
                self._described.validate_request(_AsRequest(request))
            else:
                self._described.validate_response(_AsRequest(request), _AsAnswer(answer))
        except OpenAPIError as error:
            return [f"{side}: {why}" for why in _reasons(error)]
        if len(self._passed) < MOST_REMEMBERED:
            self._passed.add(seen)
        return []


@functools.cache
def contract() -> Contract | str:
    """The description of this process, or why there is none."""
    if not DESCRIPTION.exists():
        return f"{DESCRIPTION.name} is not there"
    try:
        return Contract(DESCRIPTION)
    except ImportError as missing:
        return f"{missing.name} is not installed"


def _likeness(request: Request, answer: Answer | None) -> object:
    """What passes alike: a list that is read again, a call upon another item."""
    places = tuple(one if len(one) < 24 else "" for one in request.path.split("/"))
    if answer is None:
        headers = request.header("content-type"), request.header("prefer")
        return request.method, places, request.query_string, headers, _digest(request.body)
    return request.method, places, answer.status, answer.content_type, _digest(answer.body)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


class _AsRequest:
    """A request in the shape that openapi-core reads."""

    def __init__(self, request: Request) -> None:
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import Headers, ImmutableMultiDict

        self.host_url, self.path = HOST, request.path
        self.method = request.method.lower()
        self.body = request.body or None
        self.content_type = request.header("content-type").lower()
        authorised = "authorization" in request.headers
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(request.query_string, keep_blank_values=True)),
            header=Headers([*request.headers.items(), *([] if authorised else [TOKEN])]),
        )


class _AsAnswer:
    """An answer in the shape that openapi-core reads. Of a file, only that there is one."""

    def __init__(self, answer: Answer) -> None:
        from werkzeug.datastructures import Headers

        self.status_code, self.content_type, self.data = answer.status, answer.content_type, answer.body
        if answer.content_type and not answer.content_type.startswith("application/json"):
            self.content_type, self.data = "application/octet-stream", b"file"
        self.headers = Headers(list(answer.headers.items()))


def _reasons(error: BaseException) -> Iterator[str]:
    """An error in short, without what the request or answer held."""
    schema_errors: tuple[Any, ...] = ()
    cause: BaseException | None = error
    while cause is not None:
        schema_errors = tuple(getattr(cause, "schema_errors", ())) or schema_errors
        cause = cause.__cause__
    if not schema_errors:
        inner = error.__cause__
        yield type(error).__name__ + (f": {str(inner)[:120]}" if inner else "")
    for one in schema_errors:
        yield f"{type(error).__name__}: {_schema_reason(one)}"


def _schema_reason(error: Any) -> str:
    """The place and the rule that it breaks; of several alternatives, the one that fits best."""
    while error.context:
        alternatives: dict[Any, list[Any]] = {}
        for one in error.context:
            alternatives.setdefault(one.schema_path[0], []).append(one)
        error = min(alternatives.values(), key=len)[0]
    where, rule = error.json_path, error.validator
    if rule == "additionalProperties" and isinstance(error.instance, dict):
        return f"{where} has {sorted(error.instance.keys() - error.schema.get('properties', {}).keys())}"
    if rule == "enum":
        return f"{where} is {str(error.instance)[:80]!r}"
    return f"{where} breaks {rule}"
