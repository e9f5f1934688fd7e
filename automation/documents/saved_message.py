"""The files attached to a message that Outlook saved (.msg, MS-OXMSG)."""

import struct
from collections.abc import Iterator

from .ole_file import Ole, opened_ole
from .unreadable import MOST_BYTES, TOO_BIG, NotReadableError

_ATTACHMENT = "__attach_version1.0_#"
_DATA, _MESSAGE = "__substg1.0_37010102", "__substg1.0_3701000d"
_LINK_AT, _LINK_NAME = "__properties_version1.0", b"[InternetShortcut]\r\n"
_METHOD, _BY_WEB = 0x37050003, 7
"""The property that says how a file is attached (MS-OXCMSG 2.2.2.9), and its value for a link to OneDrive."""


def files_in_msg(content: bytes) -> Iterator[bytes | None]:
    """The files attached to a saved message; None for a message within it. Raises NotReadableError."""
    with opened_ole(content) as ole:
        for storage in ole.root.kids:
            if storage.name.lower().startswith(_ATTACHMENT):
                yield _attached(ole, storage.name, {one.name.lower(): one.name for one in storage.kids})


def _attached(ole: Ole, storage: str, names: dict[str, str]) -> bytes | None:
    if _DATA in names:
        path = [storage, names[_DATA]]
        if ole.get_size(path) > MOST_BYTES:
            raise NotReadableError(TOO_BIG)
        return bytes(ole.openstream(path).read())
    if _MESSAGE not in names and _LINK_AT in names:
        properties = ole.openstream([storage, names[_LINK_AT]]).read(MOST_BYTES)
        # Eight bytes, then sixteen for each property: tag, flags, value (MS-OXMSG 2.4).
        for at in range(8, len(properties) - 15, 16):
            if struct.unpack_from("<L", properties, at)[0] == _METHOD and properties[at + 8] == _BY_WEB:
                return _LINK_NAME
    return None
