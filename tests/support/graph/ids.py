"""Ids that look like Exchange's: long, url-safe, and nothing that anybody could work out."""

import hashlib
import itertools
import uuid
from base64 import b64encode, urlsafe_b64encode

_numbers = itertools.count(1)
_seed = uuid.uuid4().bytes


def _bytes(length: int) -> bytes:
    number = next(_numbers).to_bytes(8, "big")
    return hashlib.shake_256(_seed + number).digest(length)


def immutable_id() -> str:
    """An item's id that stays."""
    return "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A" + urlsafe_b64encode(_bytes(40)).decode()


def moving_id() -> str:
    """An item's id that a move changes."""
    return "AAMkAGI2_" + urlsafe_b64encode(_bytes(100)).decode()[:-1] + "AAA="


def folder_id() -> str:
    """A folder's id."""
    return "AAMkAGI2_" + urlsafe_b64encode(_bytes(70)).decode()[:-1] + "AAA="


def conversation_id() -> str:
    """A conversation's id."""
    return "AAQkAGI2-" + urlsafe_b64encode(_bytes(40)).decode()


def change_key() -> str:
    """What changes whenever the item does."""
    return b64encode(b"\x09\x00\x00\x00\x16\x00" + _bytes(22)).decode()


def conversation_index() -> str:
    """A place in a conversation."""
    return b64encode(b"\x01" + _bytes(21)).decode()


def hexadecimal(length: int = 32) -> str:
    """Letters and digits that say nothing."""
    return _bytes(length // 2 + 1).hex()[:length]


def guid() -> str:
    """A GUID."""
    return str(uuid.UUID(bytes=_bytes(16), version=4))


def token(length: int = 48) -> str:
    """Something to keep secret."""
    return urlsafe_b64encode(_bytes(length)).decode().rstrip("=")
