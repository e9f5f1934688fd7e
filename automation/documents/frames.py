"""Messages over a pipe: eight bytes of length, then so many bytes."""

import struct
from typing import BinaryIO

_LENGTH = struct.Struct(">Q")


def send(pipe: BinaryIO, content: bytes) -> None:
    """Write one message. Raises OSError when nobody reads it."""
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: BinaryIO, most: int) -> bytes:
    """The next message, of at most `most` bytes. Raises EOFError where the pipe ends, ValueError for a longer
    one."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError("the pipe has ended")
    length = _LENGTH.unpack(head)[0]
    if length > most:
        raise ValueError("a message is longer than it may be")
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError("the pipe ended within a message")
    return content
