"""What a returned file is, by its first bytes and the parts inside. Names and declared types say nothing."""

import codecs
import re
from collections.abc import Mapping

from . import file_kinds as kinds
from .file_kinds import Kind
from .unreadable import MOST_BYTES, PASSWORD, TOO_BIG, NotReadableError
from .zip_parts import ZipParts, path_of

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 4096
_FIRST_BYTES: tuple[tuple[re.Pattern[bytes], Kind], ...] = tuple(
    (re.compile(pattern, re.DOTALL), kind)
    for pattern, kind in (
        (rb"[\s\0]{0,1024}%PDF-", kinds.PDF),
        (rb"\s{0,100}\{\\rt", kinds.RTF),
        (rb"\xff\xd8\xff|\x89PNG|GIF8|II\*\0|MM\0\*|BM....\0\0\0\0|RIFF....WEBP", kinds.PICTURE),
        (
            rb"....ftyp(?:hei|hev|mif|msf|avi[fs])|\0\0\x01\0.\0|\xd7\xcd\xc6\x9a",
            kinds.PICTURE,
        ),
        (rb"....ftyp|ID3|RIFF....(?:WAVE|AVI )|OggS|fLaC|\xff[\xfb\xf3\xf1\xf9]|\x1aE\xdf\xa3", kinds.SOUND),
        (rb"\x78\x9f\x3e\x22", kinds.WINMAIL),
        (rb"\x76\xe8\x04\x60\xc4\x11\xe3\x86", kinds.PROTECTED_MAIL),
        (rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|MSCF", kinds.ARCHIVE),
        (rb"L\0\0\0\x01\x14\x02\0|\s{0,20}\[InternetShortcut\]", kinds.LINK),
        (rb"\s{0,20}BEGIN:VCALENDAR", kinds.CALENDAR),
        (rb"\s{0,20}BEGIN:VCARD", kinds.CONTACT),
        (rb"-----BEGIN PKCS7-----", kinds.SIGNATURE),
        (rb"\0\0\0\x01Bud1|\0\x05\x16[\0\x07]\0\x02\0\0", kinds.SYSTEM_FILE),
    )
)
_SIGNED, _ENVELOPED = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
"""The kinds of CMS that mail carries (RFC 5652): signed data, enveloped data."""
_OPENDOCUMENT: Mapping[str, Kind] = {
    "text": kinds.ODT,
    "text-template": kinds.OTT,
    "text-master": kinds.OTHER_OPENDOCUMENT,
    "spreadsheet": kinds.CALC,
    "spreadsheet-template": kinds.CALC,
}
_MIMETYPE = "application/vnd.oasis.opendocument."
_XML_ROOT = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype[^>]*>\s*)?(?:<!--.*?-->\s*)*<([A-Za-z:]+)",
    re.DOTALL | re.IGNORECASE,
)
_FLAT_TEXT = re.compile(rb"office:mimetype\s*=\s*[\"']application/vnd\.oasis\.opendocument\.text")
_HEADER_LINE = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{1,40}):", re.MULTILINE)
_MAIL_HEADERS = frozenset(
    (
        *(
            b"received",
            b"from",
            b"to",
            b"cc",
            b"subject",
            b"date",
            b"message-id",
            b"reply-to",
            b"return-path",
        ),
        *(b"mime-version", b"content-type", b"content-transfer-encoding", b"delivered-to", b"dkim-signature"),
    )
)
_WEB_ARCHIVE = re.compile(rb"^content-type:\s*multipart/related", re.MULTILINE | re.IGNORECASE)
_TEXT_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(content: bytes) -> Kind:
    """The kind of a file. Never raises: damaged, locked and huge files are kinds too."""
    return recognised(content)[0]


def recognised(content: bytes) -> tuple[Kind, ZipParts | None]:
    """The kind of a file and, where it is a zip file of some kind, what is in it."""
    if not content:
        return kinds.EMPTY_FILE, None
    if len(content) > MOST_BYTES:
        return kinds.HUGE_FILE, None
    if content.startswith(_OLE):
        from .ole_file import kind_of_ole

        return kind_of_ole(content), None
    for pattern, kind in _FIRST_BYTES:
        if pattern.match(content):
            return kind, None
    kind = _kind_of_text(content)
    if kind in (kinds.UNKNOWN, kinds.PLAIN_TEXT) and (b"PK\x05\x06" in content or content.startswith(b"PK")):
        return _zip(content)
    return kind, None


def _zip(content: bytes) -> tuple[Kind, ZipParts | None]:
    try:
        parts = ZipParts(content)
        return _kind_of_zip(parts), parts
    except NotReadableError as refused:
        of_problem = {TOO_BIG: kinds.HUGE_FILE, PASSWORD: kinds.LOCKED_FILE}
        return of_problem.get(refused.problem, kinds.DAMAGED_FILE), None


def _kind_of_zip(parts: ZipParts) -> Kind:
    names = {path_of(one.filename): one for one in parts.entries}
    if "mimetype" in names:
        declared = parts.read(names["mimetype"], 200).decode("ascii", "replace").strip()
        if declared.startswith(_MIMETYPE):
            return _kind_of_opendocument(parts, declared.removeprefix(_MIMETYPE))
    tops = {name.partition("/")[0].lower() for name in names if "/" in name}
    if "_rels/.rels" in names or "[Content_Types].xml" in names:
        if "word" not in tops and not tops.isdisjoint(("xl", "ppt", "visio")):
            return kinds.EXCEL if "xl" in tops else kinds.POWERPOINT if "ppt" in tops else kinds.NO_WORD
        return kinds.WORD
    if any(name.endswith((".iwa", "index.apxl")) or name == "Index.zip" for name in names):
        return kinds.PAGES
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        return _kind_of_opendocument(parts, "text")
    return kinds.ZIP


def _kind_of_opendocument(parts: ZipParts, document: str) -> Kind:
    """An OpenDocument file keeps the keys of a password beside each part's name (ODF 1.3, part 2, 3.4)."""
    for entry in parts.entries:
        if path_of(entry.filename) == "META-INF/manifest.xml" and b"encryption-data" in parts.read(
            entry, 1_000_000
        ):
            return kinds.LOCKED_FILE
    kind = _OPENDOCUMENT.get(document, kinds.OTHER_OPENDOCUMENT)
    return kinds.POWERPOINT if document.startswith("presentation") else kind


def _kind_of_text(content: bytes) -> Kind:
    head = content[:_HEAD]
    if head[:1] == b"0" and (_SIGNED in head[:64] or _ENVELOPED in head[:64]):
        # A signature alone is small; with the mail in it, it is as good as locked.
        return kinds.SIGNATURE if _SIGNED in head[:64] and len(content) < 20_000 else kinds.PROTECTED_MAIL
    if len(content) == 162 and 0 < content[0] <= 54:
        return kinds.WORD_MARKER
    text = _as_ascii(head)
    if root := _XML_ROOT.match(text):
        if root[1].lower() in (b"html", b"head", b"body", b"meta", b"title", b"table", b"div", b"p"):
            return kinds.WEB_PAGE
        if root[1] == b"office:document" and _FLAT_TEXT.search(text):
            return kinds.FLAT_ODT
        return kinds.PICTURE if root[1] == b"svg" else kinds.XML
    if mail := _kind_of_mail(content, text):
        return mail
    if _TEXT_CONTROLS.search(text) or not _is_text(head):
        return kinds.UNKNOWN
    return kinds.PLAIN_TEXT


def _kind_of_mail(content: bytes, text: bytes) -> Kind | None:
    """A mail or a web archive, by its first header lines; None where there are none."""
    head = re.split(rb"\r?\n\r?\n", text.lstrip(), maxsplit=1)[0]
    head = re.sub(rb"\AFrom [^\n]*\n", b"", head)
    if not _HEADER_LINE.match(head):
        return None
    names = {name.lower() for name in _HEADER_LINE.findall(head)}
    if len(names & _MAIL_HEADERS) < 2:
        return None
    # Browsers and Word save pages as mails that nobody sent, each part with the address it came from.
    if names.isdisjoint((b"received", b"to", b"message-id")) and _WEB_ARCHIVE.search(head):
        return kinds.WEB_ARCHIVE if b"\nContent-Location:" in content else kinds.MAIL
    return kinds.MAIL


def _as_ascii(head: bytes) -> bytes:
    """The beginning of a text without its byte order mark; UTF-16 as if it were ASCII."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("ascii", "replace")
    return head.removeprefix(codecs.BOM_UTF8)


def _is_text(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return not re.search(rb"[\x80-\x9f]{2}", head)
    return True
