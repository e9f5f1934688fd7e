"""Grades and concerns as people write them."""

import re
from collections.abc import Iterator, Mapping

from .form import CONCERN_DETAILS, CONCERN_TOLD, IMMEDIATE_CONCERN, Grades, Reading
from .spelling import plain

_EDGES = " .,;:!\"'()[]*_"
_NOTHING = frozenset({"", "no", "none", "nil", "n/a", "na", "not applicable", "nothing", "x"})


def decide(grades: Grades, written: str) -> str | None:
    """The grade that was written, in the scale's own word, or None when a person must be asked.

    A grade is taken when it is the word or a synonym, or a small slip from one of them and from no
    other. It is never rounded: two grades, a number, a qualified grade ("good?") and the words in
    `undecided`, however near to a grade, give None.
    """
    word = _grade_word(written)
    known = {_grade_word(name): grade for grade, names in _names(grades) for name in names}
    undecided = {_grade_word(name) for name in grades.undecided}
    if word in known:
        return known[word]
    if not word.replace(" ", "").isalpha() or any(f" {one} " in f" {word} " for one in undecided):
        return None
    near = {known.get(name) for name in (*known, *undecided) if _slip(word, name)}
    return near.pop() if len(near) == 1 else None


def concern_declared(reading: Reading) -> bool:
    """Whether a form must be treated as declaring an immediate concern (guidance 3)."""
    return declares_concern({key: one.value or one.written for key, one in reading.answers.items()})


def declares_concern(answers: Mapping[str, str]) -> bool:
    """Whether answers, as read or as recorded, declare an immediate concern.

    Anything but a plain No counts, and so do details, or somebody told, beside a No or a blank: a
    false alarm costs a phone call.
    """
    answer = answers.get(IMMEDIATE_CONCERN, "")
    if answer and plain(answer) != "no":
        return True
    return any(not says_nothing(answers.get(key, "")) for key in (CONCERN_DETAILS, CONCERN_TOLD))


def says_nothing(text: str) -> bool:
    """Whether a text is empty or a word for nothing: `none`, `N/A`, `-`."""
    return plain(text).strip(_EDGES + "-") in _NOTHING


def _names(grades: Grades) -> Iterator[tuple[str, tuple[str, ...]]]:
    for grade in (*grades.words, grades.not_applicable):
        yield grade, (grade, *grades.synonyms.get(grade, ()))


def _grade_word(written: str) -> str:
    """Compared without full stops and brackets. A question mark, plus or slash stays: it means doubt."""
    return " ".join(plain(written).replace(".", " ").strip(_EDGES).split())


def _slip(word: str, name: str) -> bool:
    """Whether `word` is `name` with one slip, or with two in a long name. Short names allow no more than a
    letter held too long (`goood`): `mood` and `gold` are one letter from `good`. The first letter is
    hardly ever the slip, and `adequate` is not far from its opposite."""
    allowed = 0 if len(name) < 6 else 1 if len(name) < 10 else 2
    if word[:1] != name[:1]:
        return False
    if len(word) > len(name) and re.sub(r"(.)\1+", r"\1", word) == re.sub(r"(.)\1+", r"\1", name):
        return True
    return word == name or (abs(len(word) - len(name)) <= allowed and _distance(word, name) <= allowed)


def _distance(first: str, second: str) -> int:
    """Letters left out, added, changed or swapped with a neighbour, counted."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, one in enumerate(first, start=1):
        older, before, row = before, row, [i]
        for j, other in enumerate(second, start=1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one != other))
            if i > 1 and j > 1 and one == second[j - 2] and other == first[i - 2]:
                steps = min(steps, older[j - 2] + 1)
            row.append(steps)
    return row[-1]
