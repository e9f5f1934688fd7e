"""MAPI properties by the ids that Graph takes: `String {GUID} Name key`, `Integer 0x0036` and such."""

import re

from .web import GraphError

PropertyKey = tuple[str, ...]

_ID = re.compile(
    r"(?P<kind>[A-Za-z]+) (?:\{(?P<set>[0-9A-Fa-f-]{36})\} "
    r"(?:Name (?P<name>.+)|Id (?P<number>0x[0-9A-Fa-f]+))"
    r"|(?P<tag>0x[0-9A-Fa-f]{3,8}))"
)
_KINDS = {
    *("applicationtime", "binary", "boolean", "clsid", "currency", "double", "error", "float"),
    *("integer", "long", "short", "string", "systemtime"),
}


def property_key(given: str) -> PropertyKey:
    """A property's id in one spelling: kinds, sets and numbers in any letter case, names in their own."""
    found = _ID.fullmatch(given)
    if not found or found["kind"].lower() not in _KINDS:
        raise GraphError(400, "ErrorInvalidArgument", "The id of an extended property is not valid.")
    kind = found["kind"].lower()
    if found["tag"]:
        return kind, str(int(found["tag"], 16) & 0xFFFF)
    if found["name"]:
        return kind, found["set"].lower(), "name", found["name"]
    return kind, found["set"].lower(), "id", str(int(found["number"], 16))


MESSAGE_CLASS = property_key("String 0x001A")
SENSITIVITY = property_key("Integer 0x0036")
TRANSPORT_HEADERS = property_key("String 0x007D")
INTERNET_MESSAGE_ID = property_key("String 0x1035")
