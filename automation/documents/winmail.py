"""The files in a winmail.dat, in which Outlook wraps what it attaches (TNEF, MS-OXTNEF)."""

import struct
from collections.abc import Iterator

from .unreadable import DAMAGED, NotReadableError

_HEADER, _ATTRIBUTE, _CHECKSUM = 6, 9, 2
_OF_MESSAGE, _OF_ATTACHMENT = 1, 2
_BEGINS, _CONTENT, _PROPERTIES = 0x9002, 0x800F, 0x9005
"""attAttachRendData begins an attachment; attAttachData is its content, and so may be a property in
attAttachment (2.1.3.4)."""

_DATA, _BINARY = 0x3701, 0x0102
"""PidTagAttachDataBinary; as an object it is a message or a live object, and no file."""
_MANY, _NAMED = 0x1000, 0x8000
_SIZES = {
    **dict.fromkeys((0x02, 0x03, 0x04, 0x0A, 0x0B), 4),
    **dict.fromkeys((0x05, 0x06, 0x07, 0x14, 0x40), 8),
    0x48: 16,
}
"""Bytes of a value by its type, those of two filled up to four (2.1.3.5)."""
_COUNTED = (0x0D, 0x1E, 0x1F, _BINARY)


def files_in_winmail(content: bytes) -> Iterator[bytes | None]:
    """The files in it; None for a message or object within it. Raises NotReadableError."""
    try:
        yield from _files(content)
    except struct.error as fault:
        raise NotReadableError(DAMAGED) from fault


def _files(content: bytes) -> Iterator[bytes | None]:
    at, begun = _HEADER, False
    file: bytes | None = None
    while at + _ATTRIBUTE <= len(content):
        level, name, _, length = struct.unpack_from("<BHHL", content, at)
        value = content[at + _ATTRIBUTE : at + _ATTRIBUTE + length]
        if level not in (_OF_MESSAGE, _OF_ATTACHMENT) or len(value) < length:
            raise NotReadableError(DAMAGED)
        if level == _OF_ATTACHMENT and name == _BEGINS:
            if begun:
                yield file
            begun, file = True, None
        elif level == _OF_ATTACHMENT and name == _CONTENT:
            begun, file = True, value
        elif level == _OF_ATTACHMENT and name == _PROPERTIES:
            for kind, data in _data(value):
                file = data if kind == _BINARY else None
        at += _ATTRIBUTE + length + _CHECKSUM
    if begun:
        yield file


def _data(value: bytes) -> Iterator[tuple[int, bytes]]:
    """The content among an attachment's properties, with its type."""
    at = 4
    for _ in range(min(struct.unpack_from("<L", value)[0], len(value))):
        kind, name = struct.unpack_from("<HH", value, at)
        at += 4
        if name & _NAMED:
            at = _after_name(value, at)
        plain, count = kind & ~_MANY, 1
        if kind & _MANY or plain in _COUNTED:
            count = struct.unpack_from("<L", value, at)[0]
            at += 4
        if plain in _SIZES:
            at += _SIZES[plain] * count
        elif plain not in _COUNTED:
            raise NotReadableError(DAMAGED)
        for _ in range(min(count, len(value)) if plain in _COUNTED else 0):
            length = struct.unpack_from("<L", value, at)[0]
            if name == _DATA:
                yield plain, value[at + 4 : at + 4 + length]
            at += 4 + _filled_up(length)


def _after_name(value: bytes, at: int) -> int:
    """Behind a property's set (16 bytes), and its number or its words."""
    by_words, number = struct.unpack_from("<LL", value, at + 16)
    return at + 24 + (_filled_up(number) if by_words else 0)


def _filled_up(length: int) -> int:
    return -(-length // 4) * 4
