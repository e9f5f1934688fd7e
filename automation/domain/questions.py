"""The polite questions that a form's answers raise, and what QA should look at in it."""

import re
from collections.abc import Iterator, Mapping

from .form import (
    ACTION,
    ACTIONS,
    BY_WHEN,
    CONCERN_TOLD,
    OVERALL_GRADE,
    OWNER,
    REASONS,
    STRENGTHS,
    Flag,
    Form,
    Reading,
)
from .grading import concern_declared, says_nothing
from .spelling import plain

_OTHER_WORDS = 6
"""With so few other words in its sentence, a bland phrase is nearly all that was said."""
_NOBODY = ("nobody", "no one", "no-one", "not yet", "none yet", "tbc")
_MOST, _LONGEST = 5, 200
"""How many pieces of text outside the answers are quoted, and how much of each."""


def questions(form: Form, reading: Reading) -> tuple[str, ...]:
    """What to ask the auditor about a form, politely: nothing here stops it (guidance appendix 1)."""
    return (
        *_about_grades(form, reading),
        *_about_strengths(form, reading),
        *_about_actions(form, reading),
        *_about_concern(reading),
        *_about_what_no_answer_says(reading),
    )


def for_qa(reading: Reading) -> tuple[str, ...]:
    """What QA should look at in a form: margin comments, words struck through or outside the boxes, and
    parts of the file that could act on whoever opens it."""
    said = [
        f"{'A comment' if one.kind == 'comment' else 'Struck through'}{_at(one)}: ‘{_short(one.words)}’."
        for one in reading.flags
    ]
    said += [f"Outside the boxes: ‘{_short(text)}’." for text in reading.residue]
    said = said[:_MOST] + ([f"And {len(said) - _MOST} more."] if len(said) > _MOST else [])
    if reading.hazards:
        said.append(
            f"The file holds {' and '.join(reading.hazards)}. Do not open it with active content turned on."
        )
    return tuple(said)


def printed_otherwise(form: Form, reading: Reading, expected: Mapping[str, str]) -> tuple[str, ...]:
    """Where a form says something else than the sheet does now, in what we filled in: its auditor has put it
    right, or the sheet has changed since. For QA."""
    labels = {one.key: one.label for one in form.fields()}
    return tuple(
        f"The form says ‘{_short(written)}’ under ‘{labels.get(key, key)}’; the sheet says ‘{sheet}’."
        for key, sheet in expected.items()
        if (written := reading.prefilled.get(key, "")) and plain(written) != plain(sheet)
    )


def _about_what_no_answer_says(reading: Reading) -> Iterator[str]:
    """Words that were left out of the answers, lest they are lost without a word."""
    struck = [one for one in reading.flags if one.kind == "struck out"]
    for one in struck[:_MOST]:
        yield f"‘{_short(one.words)}’{_at(one)} is struck through, so it was left out. Is that right?"
    if reading.residue:
        quoted = "; ".join(f"‘{_short(text)}’" for text in reading.residue[:_MOST])
        more = f"; and {len(reading.residue) - _MOST} more" if len(reading.residue) > _MOST else ""
        yield (
            f"This stands outside the form’s boxes, so it is in no answer: {quoted}{more}. If it is an "
            "action or an answer, can you put it in its box and send the form again?"
        )


def _at(flag: Flag) -> str:
    return f" under ‘{flag.label}’" if flag.label else ""


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()}…"


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
    if STRENGTHS in labels and says_nothing(reading.value(STRENGTHS)):
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
    told = plain(reading.value(CONCERN_TOLD)).strip(" .!")
    if concern_declared(reading) and (says_nothing(told) or told in _NOBODY):
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
