"""A zip file from outside, read part by part within budgets that are counted while it is unpacked."""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from .unreadable import DAMAGED, MEGABYTE, PASSWORD, TOO_BIG, NotReadableError

MOST_UNPACKED = 100 * MEGABYTE
MOST_PARTS = 2_000
MOST_RATIO = 200
"""A part of more than a megabyte may not unpack to more than this many times its size."""

_LOCAL_HEADER = 30
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(NotImplementedError, ValueError, OverflowError, RuntimeError),
)
"""What zipfile raises on files that are cut, flipped or made up."""


class ZipParts:
    """The files in a zip file, in its own order.

    Raises NotReadableError when it is damaged, when files in it share bytes, as those of a zip bomb do, and
    when it is past the budgets.
    """

    def __init__(self, content: bytes) -> None:
        # Counted before zipfile reads the directory: 70,000 entries take it half a second. A file with
        # twenty forms in it, packed as they are, has more than those in its own directory.
        if content.count(b"PK\x01\x02") > 20 * MOST_PARTS:
            raise NotReadableError(TOO_BIG)
        with _damage_told():
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self.entries = tuple(one for one in self._archive.infolist() if not one.is_dir())
        if len(self._archive.infolist()) > MOST_PARTS:
            raise NotReadableError(TOO_BIG)
        self._left = MOST_UNPACKED
        if sum(one.file_size for one in self.entries) > MOST_UNPACKED:
            raise NotReadableError(TOO_BIG)
        self._refuse_shared_bytes()

    def read(self, entry: zipfile.ZipInfo, most: int) -> bytes:
        """The content of one file, of at most `most` bytes. Raises NotReadableError past the budgets, for one
        with a password and for a damaged one."""
        if entry.flag_bits & _ENCRYPTED:
            raise NotReadableError(PASSWORD)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotReadableError(DAMAGED)
        if entry.file_size > max(MEGABYTE, entry.compress_size * MOST_RATIO):
            raise NotReadableError(TOO_BIG)
        most = min(self._left, most)
        with _damage_told(), self._archive.open(entry) as part:
            content = part.read(most + 1)
        self._left -= len(content)
        if len(content) > most:
            raise NotReadableError(TOO_BIG)
        return content

    def _refuse_shared_bytes(self) -> None:
        end = 0
        for entry in sorted(self.entries, key=lambda one: one.header_offset):
            if entry.header_offset < end:
                raise NotReadableError(DAMAGED)
            end = entry.header_offset + _LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
        if end > self._archive.start_dir:
            raise NotReadableError(DAMAGED)


def path_of(name: str) -> str:
    """A part's name in one form: forward slashes, no slash in front, nothing like `./`."""
    return posixpath.normpath(name.replace("\\", "/").lstrip("/"))


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except _BROKEN as fault:
        raise NotReadableError(DAMAGED) from fault
