"""Themes in the words of audits: which of a configured vocabulary a text is about, and in how many audits."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .spelling import plain

_WORD = re.compile(r"[^\W_]+")
_STARS = re.compile(r"[^\W_]{3,}\*|[^\W_]+")


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: its words and phrases, and phrases in which these tell of something else. A `*` at the end of
    a word stands for any ending."""

    name: str
    words: tuple[str, ...]
    excluded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.words:
            raise ValueError("a theme needs a name and at least one word.")
        for phrase in (*self.words, *self.excluded):
            parts = _parts(phrase)
            if not parts or not all(_STARS.fullmatch(one) for one in parts):
                raise ValueError(
                    f"‘{phrase}’ cannot be looked for. Give words. A * may end one of three letters or more."
                )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything looked for in the words of audits: themes, and terms whose capitals name nobody."""

    themes: tuple[Theme, ...]
    ordinary: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = Counter(plain(theme.name) for theme in self.themes)
        if twice := [theme.name for theme in self.themes if names[plain(theme.name)] > 1]:
            raise ValueError(f"two themes are called ‘{twice[0]}’.")


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """In how many audits of a round a theme is found: at all, in a strength, in a learning point. `months` is
    how many rounds running, this one included."""

    theme: str
    audits: int
    strengths: int = 0
    learning: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """The themes of one text of an audit, and whether it tells a strength, learning or neither."""

    audit: str
    themes: tuple[str, ...]
    strength: bool = False
    learning: bool = False


@dataclass(frozen=True, slots=True)
class _Phrase:
    parts: tuple[tuple[str, bool], ...]
    """Each word, and whether any ending may follow."""
    theme: int
    excluded: bool


class _Beginnings(dict[str, tuple[_Phrase, ...]]):
    """The phrases that each word begins, worked out when the word is first seen."""

    def __init__(self, work_out: Callable[[str], tuple[_Phrase, ...]]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, word: str) -> tuple[_Phrase, ...]:
        found = self[word] = self._work_out(word)
        return found


class ThemeFinder:
    """Finds the themes of texts. Words are looked up, not searched for: a text costs as much as its length,
    however many themes there are."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._names = tuple(theme.name for theme in vocabulary.themes)
        self._whole: dict[str, list[_Phrase]] = {}
        self._begun: list[_Phrase] = []
        for number, theme in enumerate(vocabulary.themes):
            for phrases, excluded in ((theme.words, False), (theme.excluded, True)):
                for phrase in phrases:
                    self._add(_Phrase(_pattern(phrase), number, excluded))
        self._phrases_of = _Beginnings(self._phrases).__getitem__

    def _add(self, phrase: _Phrase) -> None:
        first, open_ended = phrase.parts[0]
        if open_ended:
            self._begun.append(phrase)
        else:
            self._whole.setdefault(first, []).append(phrase)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the themes, in the vocabulary's order."""
        return self._names

    def find(self, text: str) -> tuple[str, ...]:
        """The names of a text's themes, in the vocabulary's order."""
        words = _words(text)
        hits: list[tuple[int, int, int]] = []
        barred: list[tuple[int, int, int]] = []
        for at, phrases in enumerate(map(self._phrases_of, words)):
            for phrase in phrases:
                if len(phrase.parts) == 1 or _goes_on(phrase, words, at):
                    found = (phrase.theme, at, at + len(phrase.parts))
                    (barred if phrase.excluded else hits).append(found)
        themes = {theme for theme, start, end in hits if not _inside(theme, start, end, barred)}
        return tuple(self._names[one] for one in sorted(themes))

    def _phrases(self, word: str) -> tuple[_Phrase, ...]:
        """The phrases that a word may begin."""
        begun = (one for one in self._begun if word.startswith(one.parts[0][0]))
        return (*self._whole.get(word, ()), *begun)


def theme_counts(
    mentions: Iterable[Mention], themes: Sequence[str], earlier: Sequence[Mapping[str, int]] = ()
) -> tuple[ThemeCount, ...]:
    """Each theme's count of audits: those of `themes` in their order, then any that QA named, by name.

    `earlier` are the audits by theme of the rounds before, newest first, rounds without audits left out.
    """
    audits: dict[str, set[str]] = {name: set() for name in themes}
    strengths: dict[str, set[str]] = {}
    learning: dict[str, set[str]] = {}
    for mention in mentions:
        for name in mention.themes:
            audits.setdefault(name, set()).add(mention.audit)
            if mention.strength:
                strengths.setdefault(name, set()).add(mention.audit)
            if mention.learning:
                learning.setdefault(name, set()).add(mention.audit)
    named = sorted(set(audits) - set(themes), key=plain)
    return tuple(
        ThemeCount(
            name,
            len(audits[name]),
            len(strengths.get(name, ())),
            len(learning.get(name, ())),
            months_running(name, len(audits[name]), earlier),
        )
        for name in (*themes, *named)
    )


def months_running(theme: str, audits: int, earlier: Sequence[Mapping[str, int]]) -> int:
    """For how many rounds running a theme has been found, this one (`audits` of it) included; 0 when it is
    not found now. `earlier` is newest first."""
    if audits <= 0:
        return 0
    months = 1
    for counts in earlier:
        if counts.get(theme, 0) <= 0:
            break
        months += 1
    return months


def theme_called(written: str, themes: Collection[str]) -> str:
    """The theme that was meant by a name as somebody typed it, or the name itself, tidied, for a new one."""
    known = {plain(one): one for one in themes}
    return known.get(plain(written), " ".join(written.split()))


def _words(text: str) -> list[str]:
    """A text's words for comparing: lower case, no apostrophes, hyphens as spaces, -ise for -ize."""
    return _WORD.findall(plain(text).replace("'", "").replace("iz", "is"))


def _parts(phrase: str) -> list[str]:
    return plain(phrase).replace("'", "").replace("-", " ").split()


def _pattern(phrase: str) -> tuple[tuple[str, bool], ...]:
    found = []
    for part in _parts(phrase):
        (word,) = _words(part.removesuffix("*"))
        found.append((word, part.endswith("*")))
    return tuple(found)


def _goes_on(phrase: _Phrase, words: Sequence[str], at: int) -> bool:
    """Whether the words after the first are the phrase's."""
    parts = phrase.parts
    if at + len(parts) > len(words):
        return False
    for number in range(1, len(parts)):
        part, open_ended = parts[number]
        word = words[at + number]
        if not (word.startswith(part) if open_ended else word == part):
            return False
    return True


def _inside(theme: int, start: int, end: int, barred: Iterable[tuple[int, int, int]]) -> bool:
    return any(theme == one and first < end and start < last for one, first, last in barred)
