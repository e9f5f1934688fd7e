"""What the writer of a mail says in it, without what it quotes and how it ends."""

import re
from collections.abc import Iterator

_QUOTE = re.compile(
    r"(?:>|-{2,} ?original message|-{2,} ?forwarded|_{8,}|from: |sent: |on .{5,120} wrote:\s*$"
    r"|get outlook for|sent from my )",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"(?:(?:kind|best|warm|many) (?:regards|wishes|thanks)|regards|thanks|thank you|cheers|yours \w+|diolch)"
    r"[\s,.!]*$",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]{0,500}>")
_MOST = 20_000
"""Characters of a mail that are looked at."""


def own_words(text: str) -> str:
    """The lines of a mail down to its first quotation or closing phrase, as one line."""
    return " ".join(" ".join(_lines(text[:_MOST])).split())


def _lines(text: str) -> Iterator[str]:
    if text.lstrip()[:1] == "<":
        text = _TAG.sub(" ", text)
    for line in text.splitlines():
        words = line.strip()
        if _QUOTE.match(words) or _ENDING.match(words):
            return
        yield words
