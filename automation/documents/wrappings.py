"""Files that carry other files: opened one level deep, within budgets. Names inside are never paths."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..domain.problem import Problem
from . import file_kinds as kinds
from .file_kinds import Kind
from .mail_parts import files_in_mail
from .returned import kind_of
from .saved_message import files_in_msg
from .unreadable import MEGABYTE, MOST_BYTES, TOO_BIG, WHERE, NotReadableError
from .winmail import files_in_winmail
from .zip_parts import ZipParts

MOST_FILES = 20
MOST_INSIDE = 100 * MEGABYTE
_SEND_FORM = "Please attach the Word form itself to your reply."
_TOO_MANY = Problem(WHERE, f"holds more than {MOST_FILES} files, so it was not opened.", _SEND_FORM)
_NOTHING = Problem(WHERE, "holds no file.", _SEND_FORM)
_OF_THE_COMPUTER = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini", "~$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A file found inside another. `content` is empty where it has no bytes of its own: a mail in a mail."""

    kind: Kind
    content: bytes


def unwrapped(content: bytes, kind: Kind) -> tuple[Piece, ...]:
    """The files inside a zip file, mail, Outlook message or winmail.dat, without pictures, signatures and the
    like where there is something better beside them.

    Raises NotReadableError when it is damaged, empty or past the budgets: 20 files of 25 MB, 100 MB in all.
    """
    found: list[Piece] = []
    total = 0
    for inside in _OPENERS[kind.within](content):
        total += len(inside or b"")
        if len(inside or b"") > MOST_BYTES or total > MOST_INSIDE:
            raise NotReadableError(TOO_BIG)
        if len(found) == MOST_FILES:
            raise NotReadableError(_TOO_MANY)
        found.append(Piece(kinds.INNER_MAIL if inside is None else kind_of(inside), inside or b""))
    if not found:
        raise NotReadableError(_NOTHING)
    return _best(found)


def _best(found: list[Piece]) -> tuple[Piece, ...]:
    weights = {one.kind.weight for one in found}
    if any(one.kind.way in ("read", "convert") for one in found):
        weights = {"form"}
    elif len(weights) > 1:
        weights -= {"trimming"}
    return tuple(one for one in found if one.kind.weight in weights)


def _in_zip(content: bytes) -> Iterator[bytes]:
    parts = ZipParts(content)
    entries = [one for one in parts.entries if not _of_the_computer(one.filename)]
    if len(entries) > MOST_FILES:
        raise NotReadableError(_TOO_MANY)
    for entry in entries:
        yield parts.read(entry, MOST_BYTES)


def _of_the_computer(name: str) -> bool:
    """Whether a file is one that computers put beside people's own, which may be many."""
    path = name.replace("\\", "/").lower()
    return path.startswith("__macosx/") or path.rpartition("/")[2].startswith(_OF_THE_COMPUTER)


_OPENERS: Mapping[str, Callable[[bytes], Iterator[bytes | None]]] = {
    "zip": _in_zip,
    "eml": files_in_mail,
    "msg": files_in_msg,
    "winmail.dat": files_in_winmail,
}
