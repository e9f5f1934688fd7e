"""The query options that the mail calls take: $filter, $select, $expand, $orderby and paging.

What the service does not need is refused with 400, so that a test sees it.
"""

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from .properties import PropertyKey, property_key
from .state import Message
from .web import GraphError, Json, Request, stamp

OPTIONS = {"$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$skiptoken"}
DEFAULT_PAGE, LONGEST_PAGE = 10, 1000
T = TypeVar("T")
Wanted = list[tuple[str, PropertyKey]]  # as asked, as known

_TEXT = r"'((?:[^']|'')*)'"
_MESSAGE_ID = re.compile(rf"internetMessageId\s+eq\s+{_TEXT}")
_IS_DRAFT = re.compile(r"isDraft\s+eq\s+(true|false)")
_PROPERTY = re.compile(
    rf"singleValueExtendedProperties/(?:any|Any)\(\s*(\w+)\s*:\s*\1/id\s+eq\s+{_TEXT}\s+and\s+\1/value\s+eq\s+{_TEXT}\s*\)"
)
_AND = re.compile(r"\s+and\s+")
_EXPANDED = re.compile(
    r"(singleValueExtendedProperties|attachments)(?:\(\$filter=((?:[^'()]|'(?:[^']|'')*')*)\))?"
)
_ID_IS = re.compile(rf"\s*id\s+eq\s+{_TEXT}\s*")
_NAME_IS = re.compile(rf"\s*displayName\s+eq\s+{_TEXT}\s*")


@dataclass
class MessageFilter:
    """What a $filter lets through, and which properties it names, in order."""

    passes: Callable[[Message], bool]
    names: list[str]


def refuse_unknown_options(request: Request) -> None:
    """Refuses query options that a mail call does not take."""
    for name in request.query:
        if name.startswith("$") and name not in OPTIONS:
            raise _bad(f"The query parameter '{name}' is not supported.")


def message_filter(text: str) -> MessageFilter:
    """A $filter over messages."""
    tests: list[Callable[[Message], bool]] = []
    names: list[str] = []
    at = 0
    while True:
        test, name, at = _comparison(text, at)
        tests.append(test)
        names.append(name)
        if at == len(text):
            return MessageFilter(lambda message: all(test(message) for test in tests), names)
        joined = _AND.match(text, at)
        if not joined:
            raise _bad("Invalid filter clause: the operator is not supported.")
        at = joined.end()


def _comparison(text: str, at: int) -> tuple[Callable[[Message], bool], str, int]:
    if found := _MESSAGE_ID.match(text, at):
        wanted = _unquoted(found[1]).lower()
        return (lambda m: m.internet_message_id.lower() == wanted), "internetMessageId", found.end()
    if found := _IS_DRAFT.match(text, at):
        draft = found[1] == "true"
        return (lambda m: m.is_draft == draft), "isDraft", found.end()
    if found := _PROPERTY.match(text, at):
        key, value = property_key(_unquoted(found[2])), _unquoted(found[3]).lower()
        return (
            (lambda m: m.properties.get(key, None) is not None and m.properties[key].lower() == value),
            "singleValueExtendedProperties",
            found.end(),
        )
    raise _bad("Invalid filter clause.")


def folder_filter(text: str) -> str:
    """The name that a $filter over folders asks for."""
    if found := _NAME_IS.fullmatch(text):
        return _unquoted(found[1])
    raise _bad("Invalid filter clause.")


def expansions(text: str) -> tuple[bool, Wanted]:
    """Whether attachments are asked for, and which extended properties."""
    if not text:
        return False, []
    attachments, wanted, at = False, Wanted(), 0
    while at < len(text):
        found = _EXPANDED.match(text, at)
        if not found:
            raise _bad("The $expand cannot be read.")
        if found[1] == "attachments":
            attachments = True
        elif found[2] is None:
            raise _bad("Extended properties are expanded with a $filter of their ids.")
        else:
            wanted += [_asked(one) for one in _ors(found[2])]
        at = found.end()
        if at < len(text) and text[at] != ",":
            raise _bad("The $expand cannot be read.")
        at += 1
    return attachments, wanted


def _ors(text: str) -> list[str]:
    """The clauses between `or`, not counting what stands within quotes."""
    pieces = re.split(r"('(?:[^']|'')*')", text)
    marked = "".join(piece if i % 2 else re.sub(r"\s+or\s+", "\0", piece) for i, piece in enumerate(pieces))
    return marked.split("\0")


def _asked(clause: str) -> tuple[str, PropertyKey]:
    found = _ID_IS.fullmatch(clause)
    if not found:
        raise _bad("Extended properties are expanded with a $filter of their ids.")
    name = _unquoted(found[1])
    return name, property_key(name)


def selected(text: str, known: Iterable[str]) -> list[str]:
    """The names in a $select; empty for everything."""
    names = [one.strip() for one in text.split(",") if one.strip()]
    if unknown := set(names) - set(known):
        raise _bad(f"Could not find a property named '{min(unknown)}'.")
    return names


def ordered(messages: Sequence[Message], text: str, filtered: Sequence[str]) -> list[Message]:
    """The messages in the order asked for; newest first by itself."""
    orders = [one.split() for one in (text or "receivedDateTime desc").split(",") if one.strip()]
    names = [one[0] for one in orders if one]
    if text and filtered and names != list(filtered)[: len(names)]:
        raise GraphError(
            400, "InefficientFilter", "The restriction or sort order is too complex for this operation."
        )
    done = list(messages)
    for name, *direction in reversed(orders):
        if name not in _SORTS or direction not in ([], ["asc"], ["desc"]):
            raise _bad("The $orderby cannot be read.")
        done.sort(key=_SORTS[name], reverse=direction == ["desc"])
    return done


_SORTS: dict[str, Callable[[Message], str]] = {
    "receivedDateTime": lambda m: stamp(m.received or m.created),
    "sentDateTime": lambda m: stamp(m.sent or m.created),
    "createdDateTime": lambda m: stamp(m.created),
    "subject": lambda m: (m.subject or "").lower(),
    "internetMessageId": lambda m: m.internet_message_id,
    "isDraft": lambda m: str(m.is_draft),
}


def page(
    request: Request, items: Sequence[T], base: str, default: int = DEFAULT_PAGE
) -> tuple[list[T], Json]:
    """The page that is asked for, and what else the answer holds: a link to the next, a count."""
    query = request.query
    start = start_of(request)
    size = _number(query["$top"]) if "$top" in query else default
    if size > LONGEST_PAGE:
        raise _bad("The limit of items to return is 1000.")
    more: Json = {}
    if query.get("$count", "").lower() == "true":
        more["@odata.count"] = len(items)
    if size and start + size < len(items):
        more["@odata.nextLink"] = next_link(request, base, start + size)
    return list(items[start : start + size]), more


def start_of(request: Request) -> int:
    """The first item of the page that is asked for."""
    query = request.query
    return _skipped(query["$skiptoken"]) if "$skiptoken" in query else _number(query.get("$skip", "0"))


def next_link(request: Request, base: str, start: int) -> str:
    """Where the page begins that starts at an item."""
    token = base64.urlsafe_b64encode(f"page:{start}".encode()).decode().rstrip("=")
    kept = {name: value for name, value in request.query.items() if name not in ("$skip", "$skiptoken")}
    return f"{base}{request.path}?{urlencode({**kept, '$skiptoken': token})}"


def _skipped(token: str) -> int:
    try:
        decoded = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except ValueError:
        decoded = ""
    if not decoded.startswith("page:"):
        raise _bad("The skip token is not valid.")
    return _number(decoded.removeprefix("page:"))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise _bad("A number is expected.")
    return int(text)


def _unquoted(text: str) -> str:
    return text.replace("''", "'")


def _bad(message: str) -> GraphError:
    return GraphError(400, "BadRequest", message)
