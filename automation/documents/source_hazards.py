"""What could act on whoever opens a file that is not Word's own: looked for before it is converted."""

import re

from .unreadable import TOO_BIG, NotReadableError
from .untrusted_xml import parsed
from .word_hazards import ACTIVEX, DDE, DRAWN_IN, MACROS, OBJECT, PICTURE, TEMPLATE, of_field
from .zip_parts import ZipParts, path_of

_MOST_XML = 20_000_000
_MACRO_FOLDERS, _OBJECT_FOLDER = ("Basic/", "Scripts/"), re.compile(r"Object \d+(/|$)|ObjectReplacements/")
_HREF = "{http://www.w3.org/1999/xlink}href"
_INSIDE = re.compile(r"#|\./|[^:/?#]+/[^:]*$|[^:/?#]*$")
"""Targets within an OpenDocument file itself."""
_OPENDOCUMENT = {
    "section-source": DRAWN_IN,
    "floating-frame": DRAWN_IN,
    "dde-source": DDE,
    "dde-connection-decl": DDE,
    "object": OBJECT,
    "object-ole": OBJECT,
    "plugin": OBJECT,
    "applet": OBJECT,
    "event-listener": MACROS,
    "template": TEMPLATE,
    "image": PICTURE,
}
"""By the element's own name."""
_ONLY_OUTSIDE = frozenset(("image", "section-source"))
_REMOTE = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+://|file://[^/]|//|\\\\", re.IGNORECASE)
"""A template on the writer's own computer is an ordinary one."""

_RTF = (
    (re.compile(rb"\\objocx\b"), ACTIVEX),
    (re.compile(rb"\\(?:objdata|objemb|objlink|objautlink)\b"), OBJECT),
    (re.compile(rb"\\\*\\template\s+[\"']?(?:[a-z]{3,5}:|\\\\\\\\|//)", re.IGNORECASE), TEMPLATE),
)
_RTF_FIELD = rb"\fldinst"
_RTF_CONTROL = re.compile(rb"\\[a-z]+-?\d* ?|[{}\r\n]|\\\*")
_MOST_FIELDS = 10_000
_IMAGE = re.compile(rb"<img\b[^>]*", re.IGNORECASE)
_ELSEWHERE = re.compile(rb"\bsrc\s*=\s*[\"']?\s*(?:https?:|file:|//|\\\\)", re.IGNORECASE)
_DRAWING_IN = re.compile(rb"<(?:iframe|frame|object|embed|applet)\b", re.IGNORECASE)


def in_opendocument(content: bytes) -> set[str]:
    """Macros, objects, linked pictures and documents in an .odt or .ott. Raises NotReadableError."""
    found, parts = set(), ZipParts(content)
    for entry in parts.entries:
        name = path_of(entry.filename)
        if name.startswith(_MACRO_FOLDERS):
            found.add(MACROS)
        if _OBJECT_FOLDER.match(name):
            found.add(OBJECT)
        if name in ("content.xml", "styles.xml", "meta.xml"):
            found |= in_flat_opendocument(parts.read(entry, _MOST_XML))
    return found


def in_flat_opendocument(content: bytes) -> set[str]:
    """The same in one file of XML. Raises NotReadableError."""
    found = set()
    for element in parsed(content).iter("{*}*"):
        name = str(element.tag).rpartition("}")[2]
        if hazard := _OPENDOCUMENT.get(name):
            target = element.get(_HREF, "")
            inside = name in _ONLY_OUTSIDE and _INSIDE.match(target)
            if not inside and (name != "template" or _REMOTE.match(target)):
                found.add(hazard)
    return found


def in_rtf(content: bytes) -> set[str]:
    """Objects, a remote template and fields that fetch something, in an .rtf. Raises NotReadableError for
    more fields than a form can have."""
    found = {hazard for pattern, hazard in _RTF if pattern.search(content)}
    if content.count(_RTF_FIELD) > _MOST_FIELDS:
        raise NotReadableError(TOO_BIG)
    for after in content.split(_RTF_FIELD)[1:]:
        code = _RTF_CONTROL.sub(b"", after[:400])
        found.add(of_field(code.decode("ascii", "replace")))
    return found - {""}


def in_web_page(content: bytes) -> set[str]:
    """Frames, objects and linked pictures in a web page."""
    linked = any(_ELSEWHERE.search(image[0]) for image in _IMAGE.finditer(content))
    return ({PICTURE} if linked else set()) | ({DRAWN_IN} if _DRAWING_IN.search(content) else set())
