"""A web page out of whatever carries it, in letters that no reader can take for others."""

import codecs
import re
from contextlib import suppress

from .mail_parts import opened_mail, unpacked
from .unreadable import DAMAGED, MOST_BYTES, TOO_BIG, NotReadableError

_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,30})", re.IGNORECASE)
_NOT_WORDS = re.compile(rb"<meta\b[^>]*>?|</?font\b[^>]*>", re.IGNORECASE)
"""Of an empty `font` element LibreOffice 7.4 makes the words `/font>`."""


def web_page(content: bytes) -> bytes:
    """The page in ASCII, other letters as references, without comments and meta elements.

    LibreOffice guesses letters wrong where little is declared.

    Raises NotReadableError for one that is too long so.
    """
    return _ascii(content, "")


def page_of_archive(content: bytes) -> bytes:
    """The same for the first page in a web archive (.mht, RFC 2557). Raises NotReadableError without one."""
    with opened_mail(content) as mail:
        for part in mail.walk():
            if part.get_content_type() == "text/html":
                return _ascii(unpacked(part), str(part.get_content_charset() or ""))
    raise NotReadableError(DAMAGED)


def _ascii(content: bytes, charset: str) -> bytes:
    page = _NOT_WORDS.sub(
        b"", _without_comments(_text(content, charset).encode("ascii", "xmlcharrefreplace"))
    )
    if len(page) > MOST_BYTES:
        raise NotReadableError(TOO_BIG)
    return page


def _without_comments(page: bytes) -> bytes:
    """LibreOffice makes margin comments of these, and of meta elements, as if a person had written them."""
    kept, at = [], 0
    while (start := page.find(b"<!--", at)) >= 0:
        kept.append(page[at:start])
        end = page.find(b"-->", start)
        at = end + 3 if end >= 0 else len(page)
    return b"".join([*kept, page[at:]])


def _text(content: bytes, charset: str) -> str:
    for encoding in (_marked(content), charset, _declared(content), "utf-8"):
        if encoding:
            with suppress(UnicodeError, LookupError):
                return content.decode(encoding)
    return content.decode("cp1252", "replace")


def _marked(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if content.startswith(codecs.BOM_UTF8) else ""


def _declared(content: bytes) -> str:
    found = _DECLARED.search(content[:4096])
    name = found[1].decode().lower() if found else ""
    # Browsers read Latin-1 as Windows-1252 (WHATWG Encoding, 4.2): its quotation marks are what people type.
    return "cp1252" if name in ("iso-8859-1", "latin1", "us-ascii", "ascii") else name
