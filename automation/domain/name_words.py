"""A text as its words, for finding people's names in it, and the names of staff found."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .ordinary_words import ALSO_NAMES, is_ordinary
from .people import Organisation

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SAME = str.maketrans("‐‑‒–—−‘’“”ʼ`´", "------''\"\"'''")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")
_STARTS = re.compile(r"(?:^|[.!?:;•*|]|\n)[\s\"'(\[•*-]*$")
_SHORT_END = re.compile(r"'(?:s|ll|ve|re|d|m)?$")
_PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_PARTICLES = frozenset({
    "al", "bin", "da", "de", "del", "der", "di", "du", "el", "ibn", "la", "le", "st", "van", "von", "y",
})  # fmt: skip
_TITLES = frozenset({"mr", "mrs", "ms", "mx", "miss", "dr", "prof", "rev", "cllr", "sgt", "pc", "dc"})
_DOES = frozenset({
    "also", "and", "asked", "came", "completed", "did", "does", "felt", "found", "gave", "got", "had",
    "has", "helped", "is", "keeps", "knew", "made", "met", "needs", "now", "rang", "said", "saw",
    "says", "sees", "spoke", "then", "thinks", "told", "took", "visited", "wanted", "was", "went",
    "wants", "who", "wrote",
})  # fmt: skip
"""What follows a person at the start of a sentence, and seldom the word that is spelt as their name."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as written, folded for comparing, where it stands, and whether it begins a sentence.

    Folded is lower case without accents, apostrophes and a possessive's ending."""

    written: str
    folded: str
    start: int
    end: int
    first: bool

    @property
    def capital(self) -> bool:
        """Whether any of its letters is a capital."""
        return self.written != self.written.lower()


def shown(text: str) -> str:
    """The text as its reader sees it: nothing invisible, plain quotes and hyphens, no look-alike letters."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_SAME))


def fold(word: str) -> str:
    """A word for comparing: lower case, no accents, no apostrophes, no ending of a possessive."""
    low = _SHORT_END.sub("", word.casefold()).replace("'", "")
    if low.isascii():
        return low
    low = unicodedata.normalize("NFKD", low.translate(_PLAIN_LETTERS))
    return "".join(one for one in low if not unicodedata.combining(one))


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text that `shown` made. Hyphens part words."""
    found = []
    for match in _WORD.finditer(text):
        start = match.start()
        first = bool(_STARTS.search(text[max(0, start - 8) : start])) if start else True
        found.append(Word(match[0], fold(match[0]), start, match.end(), first))
    return tuple(found)


def named_by_capital(words: Sequence[Word], at: int) -> bool:
    """Whether a word that is a name as well is used as one, as far as its capital and its neighbours say."""
    word = words[at]
    if at and words[at - 1].folded in _TITLES:
        return True
    if not word.capital:
        return False
    if not word.first or word.written.endswith("'s"):
        return True
    after = words[at + 1] if at + 1 < len(words) else None
    if after is None:
        return False
    does = after.folded in _DOES or after.folded.endswith("ed")
    return does or (after.capital and not is_ordinary(after.folded))


class StaffNames:
    """The names of everybody in the Staff sheet, those who left too: whole, surname, first name, initials
    with either."""

    def __init__(self, organisation: Organisation) -> None:
        self._clear: set[str] = set()
        self._also_words: dict[str, set[str]] = {}
        for person in organisation.people.values():
            self._add(person.name)

    def _add(self, name: str) -> None:
        whole = [word.folded for word in words_of(shown(name))]
        parts = {one for one in whole if len(one) > 1 and one not in _PARTICLES}
        # `O'Connor` is looked for as `Connor` too, `Smith-Jones` as `Smithjones`, and log-in names.
        parts |= {fold(one) for one in re.findall(r"'([^\W\d_]{3,})", shown(name))}
        parts |= {"".join(map(fold, one.split("-"))) for one in shown(name).split() if "-" in one}
        if len(whole) > 1:
            parts |= {whole[0] + whole[-1], whole[0][:1] + whole[-1]}
        for part in parts:
            if part in ALSO_NAMES or is_ordinary(part):
                self._also_words.setdefault(part, set()).update(parts - {part})
            else:
                self._clear.add(part)

    def found(self, words: Sequence[Word], covered: frozenset[int]) -> Iterator[int]:
        """The places of the words that name a member of staff.

        A name that is an ordinary word too (`Young`) counts with a capital, a title, an initial or the
        person's other name beside it. `covered` are the places inside terms that name nobody.
        """
        for at, word in enumerate(words):
            if word.folded in self._clear:
                yield at
            elif others := self._also_words.get(word.folded):
                beside = at not in covered and named_by_capital(words, at)
                if beside or self._partner(words, at, others):
                    yield at

    def _partner(self, words: Sequence[Word], at: int, others: set[str]) -> bool:
        """Whether the person's other name, or its initial, stands beside a name that is a word too."""
        near = [words[i] for i in (at - 2, at - 1, at + 1, at + 2) if 0 <= i < len(words)]
        if any(one.folded in others for one in near):
            return True
        initials = {one[0] for one in others}
        beside = [words[i] for i in (at - 1, at + 1) if 0 <= i < len(words)]
        return any(
            one.folded in initials and (one.folded not in "ai" or (one.capital and one.written != "I"))
            for one in beside
        )
