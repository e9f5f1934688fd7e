"""What people's written words mean: words compared without regard to spelling habits, choices, UK dates."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SAME = str.maketrans({"‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"'})
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,? )?"
_DATES = tuple(
    re.compile(_WEEKDAY + pattern + r"\.?")
    for pattern in (
        r"(?P<d>\d{1,2}) ?([/.-]) ?(?P<m>\d{1,2}) ?\2 ?(?P<y>\d{4}|\d\d)",
        r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
        rf"(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]?(?P<m>{_MONTH})\.?,?[ -]?(?P<y>\d{{4}}|\d\d)",
        rf"(?P<m>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})",
    )
)


def plain(text: str) -> str:
    """The text for comparing: lower case, single spaces, plain hyphens and quotes, nothing invisible."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_SAME))
    return " ".join(text.split()).casefold()


def choice(choices: Iterable[str], written: str) -> str | None:
    """The choice that was written, whole or by a first letter no other choice has, else None."""
    word = plain(written).strip(" .,;:!")
    known = {plain(one): one for one in choices}
    if word in known:
        return known[word]
    initials = [one for name, one in known.items() if len(word) == 1 and name.startswith(word)]
    return initials[0] if len(initials) == 1 else None


def uk_date(written: str) -> date | None:
    """The day that was written, day before month, else None.

    Without a year, with a month above 12 (the American order) or with other words it is None: somebody
    must be asked. A year of two digits is in this century.
    """
    word = plain(written)
    for pattern in _DATES:
        if found := pattern.fullmatch(word):
            month, year = found["m"], int(found["y"])
            number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
            try:
                return date(year if year > 99 else 2000 + year, number, int(found["d"]))
            except ValueError:
                return None
    return None
