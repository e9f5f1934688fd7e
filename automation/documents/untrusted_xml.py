"""XML from outside: counted before it is parsed, no document type, no entities, nothing fetched."""

import codecs
import re
from collections.abc import Sequence

from lxml import etree

from .unreadable import DAMAGED, TOO_BIG, NotReadableError

MOST_TAGS = 500_000
MOST_ATTRIBUTES = 1_000_000
MOST_DEPTH = 200
"""Elements within elements. Word's own documents stay well below 100."""

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_UTF_16 = (b"<\0?\0", b"<\0w\0", b"\0<\0?", b"\0<\0w")
"""How UTF-16 begins without a mark."""
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MOST_DEPTH + 1) + ")")


def parsed(content: bytes, renamed: Sequence[tuple[bytes, bytes]] = ()) -> etree._Element:
    """The XML in these bytes, without comments, with `renamed` text put in place of other text first.

    Raises NotReadableError when it is damaged or too big, when it declares a document type, in whatever
    encoding, and when it is nested deeper than 200.
    """
    content = _in_utf_8(content)
    for old, new in renamed:
        content = content.replace(old, new)
    # What is counted here is what the parser sees: it is told the encoding and cannot choose another.
    if content.count(b"<") > MOST_TAGS or content.count(b"=") > MOST_ATTRIBUTES:
        raise NotReadableError(TOO_BIG)
    if b"<!DOCTYPE" in content or b"\0" in content:
        raise NotReadableError(DAMAGED)
    # One parser for each part: lxml would let concurrent readers wait for a shared one.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise NotReadableError(DAMAGED) from fault
    if root.getroottree().docinfo.internalDTD is not None or _TOO_DEEP(root):
        raise NotReadableError(DAMAGED)
    return root


def _in_utf_8(content: bytes) -> bytes:
    """The same XML in UTF-8. Word writes UTF-8; OPC (part 2, 8.1.4) allows UTF-16 too."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(content, "utf-16")
    if content.startswith(_UTF_16):
        return _decoded(content, "utf-16-be" if content[:1] == b"\0" else "utf-16-le")
    declared = _DECLARED.match(content.removeprefix(codecs.BOM_UTF8))
    name = declared[1].decode().lower() if declared else "utf-8"
    if name in ("utf-8", "utf8", "us-ascii", "ascii"):
        return content
    if name in ("iso-8859-1", "latin1", "windows-1252"):
        return _decoded(content, name)
    raise NotReadableError(DAMAGED)


def _decoded(content: bytes, encoding: str) -> bytes:
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeError as fault:
        raise NotReadableError(DAMAGED) from fault
