"""How wide words are in Arial, and so how many lines they take."""

from collections.abc import Iterator

_PLAIN = {
    191: "'",
    222: "ijl’‘",
    260: "|",
    278: " \u00a0!,./:;I[\\]ft",
    333: "()-`r“”{}",
    370: '"*',
    500: "Jcksvxyz^",
    556: "#$0123456789?L_abdeghnopqu–£",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "…@—",
}
_BOLD = {
    238: "'",
    278: " \u00a0,./I\\ijl’‘|",
    333: "!()-:;[]`ft",
    389: "*r{}",
    500: 'z“”"',
    556: "#$0123456789J_aceksvxy–£",
    600: "+<=>^~",
    611: "?FLTZbdghnopqu",
    667: "EPSVXY",
    722: "&ABCDHKNRU",
    778: "GOQw",
    833: "M",
    889: "%m",
    944: "W",
    1000: "…@—",
}
"""Letters by their advance, in thousandths of the letters' size."""
_ADVANCE = tuple({letter: wide for wide, those in one.items() for letter in those} for one in (_PLAIN, _BOLD))
_UNKNOWN = 611


def width(words: str, size: int, bold: bool = False) -> int:
    """How wide words are on one line, in twentieths of a point. `size` is in half points, as Word has it."""
    advance = _ADVANCE[bold]
    return sum(advance.get(letter, _UNKNOWN) for letter in words) * size // 100


def lines(words: str, size: int, room: int, bold: bool = False) -> int:
    """How many lines words take, where a line has so much room: at least one."""
    return sum(_lines(one, size, room, bold) for one in words.splitlines() or [""])


def _lines(words: str, size: int, room: int, bold: bool) -> int:
    used, count = 0, 1
    space = width(" ", size, bold)
    for wide in _pieces(words, size, room, bold):
        if used and used + wide > room:
            used, count = 0, count + 1
        used += wide + space
    return count


def _pieces(words: str, size: int, room: int, bold: bool) -> Iterator[int]:
    """The width of each word. One that is longer than the line is cut."""
    for word in words.split(" "):
        wide = width(word, size, bold)
        while wide > room > 0:
            yield room
            wide -= room
        yield wide
