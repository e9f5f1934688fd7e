"""Whether a spreadsheet has wholly arrived: Excel holds a file, or half-writes it, for a moment."""

_ZIP_START = b"PK"
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 22 + 65_535
"""A zip ends with a mark, 18 bytes, and a comment of up to 64 KB. Without the mark it is half saved."""


def is_whole(content: bytes) -> bool:
    """Whether nothing is cut off. What is no zip at all is for the reader to explain, unless it is empty."""
    if not content.startswith(_ZIP_START):
        return bool(content)
    return _ZIP_END in content[-_ZIP_TAIL:]
