"""Whether words from an audit could name or identify somebody. Whatever is in doubt is held back.

Staff are found by the Staff sheet's names, in capitals or not. Everybody else is found by capitals on words
that are no ordinary English and no term of the work, and by the patterns of `identifying`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .identifying import identifying
from .name_words import StaffNames, Word, fold, named_by_capital, shown, words_of
from .ordinary_words import ALSO_NAMES, is_ordinary
from .people import Organisation

MOST_LETTERS = 2_000
"""Words longer than this are held back unread: no extract is."""
_QUOTED = 5
_MONTHS = frozenset({"april", "may", "june", "august", "spring", "summer", "autumn", "winter"})
"""Times of the year that are people's names as well, or near them."""
_OTHER_MONTHS = frozenset(
    {"january", "february", "march", "july", "september", "october", "november", "december"}
)
_YEAR = re.compile(r"\s+(?:19|20)\d\d\b")
_WHEN = frozenset({
    "in", "since", "until", "till", "during", "early", "late", "mid", "last", "next", "this", "each",
    "every", "the",
})  # fmt: skip
_LETTERED = frozenset({
    "section", "plan", "appendix", "annex", "part", "step", "option", "form", "phase", "level", "tier",
    "grade", "schedule", "vitamin", "hepatitis",
})  # fmt: skip
"""What a single capital letter may follow without being somebody's initial."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why words are held back: what it may be, and which words."""

    kind: str
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: ‘{self.words}’"


def reason(doubts: Sequence[Doubt]) -> str:
    """The doubts as one line for QA; empty when there are none."""
    more = f"; and {len(doubts) - _QUOTED} more" if len(doubts) > _QUOTED else ""
    told = "; ".join(map(str, doubts[:_QUOTED])) + more
    return f"{told[:1].upper()}{told[1:]}"


class Screen:
    """Screens words against the staff of an organisation. `ordinary` are terms whose capitals name nobody:
    agencies, abbreviations, titles, the council's own name. Teams and services are taken from the
    organisation; they count as a whole, never word by word."""

    def __init__(self, organisation: Organisation, ordinary: Iterable[str] = ()) -> None:
        self._staff = StaffNames(organisation)
        places = (name for team in organisation.teams.values() for name in (team.name, team.service))
        self._terms: dict[str, list[tuple[str, ...]]] = {}
        for term in (*ordinary, *places):
            parts = tuple(word.folded for word in words_of(shown(term)))
            if parts:
                self._terms.setdefault(parts[0], []).append(parts)

    def doubts(self, text: str) -> tuple[Doubt, ...]:
        """Why the words are held back: whatever in them could tell who somebody is. Empty when clear."""
        text = shown(text)
        if len(text) > MOST_LETTERS:
            return (Doubt("too long to be screened", f"{text[:40]}…"),)
        words = words_of(text)
        covered = self._covered(words)
        staff = set(self._staff.found(words, covered))
        known = covered | staff
        names = {at for at in range(len(words)) if at not in known and _named(text, words, at)}
        found = [Doubt("a member of staff", one) for one in _runs(text, words, staff)]
        found += [Doubt("a name", one) for one in _runs(text, words, names)]
        found += [Doubt("initials", words[at].written) for at in _initials(text, words, known)]
        found += [Doubt(kind, " ".join(part.split())) for kind, part in identifying(text)]
        found += [Doubt("letters that are not Latin", word.written) for word in words if _foreign(word)]
        return tuple(dict.fromkeys(found))

    def _covered(self, words: Sequence[Word]) -> frozenset[int]:
        """The places of the words inside known terms."""
        covered: set[int] = set()
        folded = tuple(word.folded for word in words)
        for at, word in enumerate(folded):
            for term in self._terms.get(word, ()):
                if folded[at : at + len(term)] == term:
                    covered.update(range(at, at + len(term)))
            # `IROs`: more than one of what an abbreviation stands for.
            if word.endswith("s") and (word[:-1],) in self._terms.get(word[:-1], ()):
                covered.add(at)
        return frozenset(covered)


def _named(text: str, words: Sequence[Word], at: int) -> bool:
    """Whether it may be the name of a person or place: a capital that no ordinary word explains."""
    word = words[at]
    if not word.capital or len(word.folded) < 2 or _are_initials(word):
        return False
    if word.folded in ALSO_NAMES:
        return not _tells_when(text, words, at) and named_by_capital(words, at)
    return not is_ordinary(word.folded)


def _tells_when(text: str, words: Sequence[Word], at: int) -> bool:
    """Whether `May` or `Spring` is the time of the year here: by a word before it, or a year after it."""
    if words[at].folded not in _MONTHS:
        return False
    last = words[at - 1].folded if at else ""
    one_before = words[at - 2].folded if at > 1 else ""
    pair = last in ("and", "or", "to") and one_before in _MONTHS | _OTHER_MONTHS
    return pair or last in _WHEN or bool(_YEAR.match(text, words[at].end))


def _are_initials(word: Word) -> bool:
    letters = word.written.removesuffix("'s").replace("'", "")
    return 2 <= len(letters) <= 3 and letters.isupper() and not is_ordinary(word.folded)


def _initials(text: str, words: Sequence[Word], known: frozenset[int]) -> Iterator[int]:
    """The places of `JS` and of a letter that stands alone. `S47` and `KS2` are not among them."""
    for at, word in enumerate(words):
        if at in known or not word.capital or text[word.end : word.end + 1].isdigit():
            continue
        if len(word.folded) == 1:
            article = word.written == "I" or (word.written == "A" and word.first)
            lettered = at > 0 and words[at - 1].folded in _LETTERED
            joined = at + 1 < len(words) and words[at + 1].start == word.end + 1 and not words[at + 1].capital
            compound = joined and words[at + 1].folded in ("level", "levels", "ray", "shirt", "turn")
            if not (article or lettered or compound):
                yield at
        elif _are_initials(word):
            yield at


def _runs(text: str, words: Sequence[Word], places: set[int]) -> Iterator[str]:
    """The words at these places, neighbours together as they stand in the text."""
    for at in sorted(places):
        if at - 1 in places:
            continue
        last = at
        while last + 1 in places:
            last += 1
        yield text[words[at].start : words[last].end]


def _foreign(word: Word) -> bool:
    folded = fold(word.written)
    return not folded.isascii() and any(
        not unicodedata.name(one, "").startswith("LATIN") for one in folded if one.isalpha()
    )
