"""A zip file that is compressed once and then written many times with a few places filled in.

Deflate lets blocks that were compressed apart follow one another, and lets a block be stored as it is.
So the constant stretches of each part are compressed when the file is set up, and writing only joins them
to the values.
"""

import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

OPEN, CLOSE = "\ue000", "\ue001"
"""Around a place's name in a part's text. Private characters, so that no template holds them by chance."""

_PLACE = re.compile(f"{OPEN}(.*?){CLOSE}".encode())
_STORED_MOST = 0xFFFF
_FIXED_DATE, _FIXED_TIME = 0x0021, 0
"""1 January 1980: the same values give the same bytes."""
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_DEFLATED, _VERSION, _NAMES_UTF8 = 8, 20, 0x800
_LAST_BLOCK = b"\x03\x00"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Constant bytes, plain and deflated, and the place after them (empty at the part's end)."""

    plain: bytes
    deflated: bytes
    place: str


@dataclass(frozen=True, slots=True)
class _Part:
    name: bytes
    stretches: tuple[_Stretch, ...]
    sum: int
    """The checksum of a part without places."""
    size: int


class Precompressed:
    """The parts of a zip file by name, some with places in their text."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = tuple(_prepare(name, content) for name, content in parts.items())

    def filled(self, values: Mapping[str, bytes]) -> bytes:
        """The zip file with each place's value in it. Raises KeyError for a place without a value."""
        out: list[bytes] = []
        directory: list[bytes] = []
        at = 0
        for part in self._parts:
            total, size, packed = part.sum, part.size, []
            for stretch in part.stretches:
                packed.append(stretch.deflated)
                if len(part.stretches) > 1:
                    total = zlib.crc32(stretch.plain, total)
                if stretch.place:
                    value = values[stretch.place]
                    total, size = zlib.crc32(value, total), size + len(value)
                    packed.append(_stored(value))
            packed.append(_LAST_BLOCK)
            body = b"".join(packed)
            shared = (_VERSION, _NAMES_UTF8, _DEFLATED, _FIXED_TIME, _FIXED_DATE, total, len(body), size)
            local = _LOCAL.pack(b"PK\x03\x04", *shared, len(part.name), 0) + part.name
            entry = _CENTRAL.pack(b"PK\x01\x02", _VERSION, *shared, len(part.name), 0, 0, 0, 0, 0, at)
            directory.append(entry + part.name)
            out += (local, body)
            at += len(local) + len(body)
        central = b"".join(directory)
        count = len(self._parts)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), at, 0)
        return b"".join((*out, central, end))


def _prepare(name: str, content: bytes) -> _Part:
    pieces = _PLACE.split(content)
    places = [place.decode() for place in pieces[1::2]] + [""]
    stretches = tuple(
        _Stretch(plain, _deflated(plain), place) for plain, place in zip(pieces[::2], places, strict=True)
    )
    total = zlib.crc32(content) if len(stretches) == 1 else 0
    return _Part(name.encode(), stretches, total, sum(len(stretch.plain) for stretch in stretches))


def _deflated(content: bytes) -> bytes:
    """Raw deflate that ends on a whole byte and is not the last block."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(content) + squeeze.flush(zlib.Z_SYNC_FLUSH)


def _stored(value: bytes) -> bytes:
    """The value as blocks that are not compressed."""
    pieces = (value[at : at + _STORED_MOST] for at in range(0, len(value), _STORED_MOST))
    return b"".join(
        b"\x00" + struct.pack("<HH", len(piece), len(piece) ^ _STORED_MOST) + piece for piece in pieces
    )
