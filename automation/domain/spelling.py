"""Written words compared the way people mean them: without regard to capitals, spaces or kinds of hyphen."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from .written import read_day

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SAME = str.maketrans("‐‑‒–—−‘’“”", "------''\"\"")
_EDGES = " .,;:!"
_YEARS = range(2000, 2100)


def plain(text: str) -> str:
    """The text for comparing: lower case, single spaces, plain hyphens and quotes, nothing invisible."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_SAME))
    return " ".join(text.split()).casefold()


def choice(choices: Iterable[str], written: str) -> str | None:
    """The choice that was written, whole or by a first letter that no other choice has, else None."""
    word = plain(written).strip(_EDGES)
    known = {plain(one): one for one in choices}
    if word in known:
        return known[word]
    initials = [one for name, one in known.items() if len(word) == 1 and name.startswith(word)]
    return initials[0] if len(initials) == 1 else None


def uk_date(written: str) -> date | None:
    """The day that was written, day before month, else None: then somebody must be asked.

    None for a day without a year or in another century, for the American order, for a bare number and for
    any other words.
    """
    words = re.sub(r"\b(?:the|of)\b", "", plain(written)).strip(_EDGES)
    day = None if words.isdigit() else read_day(words).day
    return day if day and day.year in _YEARS else None
