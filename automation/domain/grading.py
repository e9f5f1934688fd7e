"""Grades as people write them, and the polite questions that a form's answers raise."""

import re
from collections.abc import Iterator

from .form import (
    ACTION,
    ACTIONS,
    BY_WHEN,
    CONCERN_DETAILS,
    CONCERN_TOLD,
    IMMEDIATE_CONCERN,
    OVERALL_GRADE,
    OWNER,
    REASONS,
    STRENGTHS,
    Form,
    Grades,
    Reading,
)
from .spelling import plain

_EDGES = " .,;:!\"'()[]*_"
_NOTHING = frozenset({"", "no", "none", "nil", "n/a", "na", "not applicable", "nothing", "x"})
_OTHER_WORDS = 6
"""With so few other words in its sentence, a bland phrase is nearly all that was said."""


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
    """Whether a form must be treated as declaring an immediate concern (guidance 3).

    Anything but a plain No counts, and so do details, or somebody told, beside a No or a blank: a
    false alarm costs a phone call.
    """
    answer = reading.answers.get(IMMEDIATE_CONCERN)
    if answer and plain(answer.value or answer.written) != "no":
        return True
    beside = (reading.value(key) for key in (CONCERN_DETAILS, CONCERN_TOLD))
    return any(plain(text).strip(_EDGES + "-") not in _NOTHING for text in beside)


def questions(form: Form, reading: Reading) -> tuple[str, ...]:
    """What to ask the auditor about a form, politely: nothing here stops it (guidance appendix 1)."""
    return (
        *_about_grades(form, reading),
        *_about_strengths(form, reading),
        *_about_actions(form, reading),
        *_about_concern(reading),
    )


def _about_grades(form: Form, reading: Reading) -> Iterator[str]:
    scale = form.grades.words if form.grades else ()
    overall = reading.value(OVERALL_GRADE)
    graded = [
        (scale.index(grade), number)
        for number, part in enumerate(form.sections(), start=1)
        if (grade := reading.value(part.grade_key)) in scale
    ]
    if overall not in scale or not graded:
        return
    lowest = max(place for place, _ in graded)
    if lowest - scale.index(overall) > 1:
        sections = " and ".join(str(number) for place, number in graded if place == lowest)
        yield (
            f"The overall grade is {overall} and section {sections} is graded {scale[lowest]}. An overall "
            "grade is not usually more than one grade above the lowest section. Is it what you meant?"
        )


def _about_strengths(form: Form, reading: Reading) -> Iterator[str]:
    labels = {field.key: field.label for field in form.fields()}
    if STRENGTHS in labels and plain(reading.value(STRENGTHS)).strip(_EDGES + "-") in _NOTHING:
        yield "No strength is named. Is there at least one thing that was done well?"
    for key in (STRENGTHS, REASONS):
        if bland := _bland(form, reading.value(key)):
            yield (
                f"Under ‘{labels[key]}’ you say ‘{bland}’. Can you say what was done, and what it "
                "changed for the child?"
            )


def _about_actions(form: Form, reading: Reading) -> Iterator[str]:
    rows = reading.rows.get(ACTIONS, ())
    for number, row in enumerate(rows, start=1):
        if ACTION not in row:
            yield f"Action {number} does not say what is to be done. What is the action?"
        if OWNER not in row:
            yield f"Action {number} has no owner. Who will do it?"
        if BY_WHEN not in row:
            yield f"Action {number} has no date. By when should it be done?"
        elif not row[BY_WHEN].value:
            yield f"Action {number} is due ‘{row[BY_WHEN].written}’. By which date is that?"
    worst = form.grades.words[-1] if form.grades else ""
    keys = (OVERALL_GRADE, *(part.grade_key for part in form.sections()))
    if worst and not rows and any(reading.value(key) == worst for key in keys):
        yield f"A grade is {worst} and no action is recommended. What needs to happen?"


def _about_concern(reading: Reading) -> Iterator[str]:
    if concern_declared(reading) and not reading.value(CONCERN_TOLD):
        yield (
            "The form points to an immediate concern and does not say who was told, and when. "
            "Who has been phoned? If nobody has, please phone now."
        )


def _bland(form: Form, text: str) -> str:
    for sentence in re.split(r"[.!?;\n]+", text):
        words = plain(sentence)
        for phrase in form.bland_phrases:
            rest, found = re.subn(rf"(?<!\w){re.escape(plain(phrase))}(?!\w)", " ", words)
            if found and len(rest.split()) < _OTHER_WORDS:
                return phrase
    return ""


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
