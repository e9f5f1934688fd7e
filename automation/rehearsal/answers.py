"""What the rehearsal's auditors write. Fictional, without a child in it."""

from collections.abc import Mapping
from datetime import date, timedelta

from ..domain.form import (
    ACTION,
    ACTIONS,
    BY_WHEN,
    COMPLETED_ON,
    CONCERN_DETAILS,
    CONCERN_TOLD,
    DISCUSSED,
    DISCUSSED_ON,
    IMMEDIATE_CONCERN,
    LEARNING_POINTS,
    OVERALL_GRADE,
    OWNER,
    REASONS,
    SHARE_PREVIOUS,
    STRENGTHS,
    THREE_WAY,
    Field,
    Form,
)

_FINDINGS = (
    "Visits were on time and the worker saw the child alone at each one. The record has the child's words.",
    "The chronology stops in spring, so the pattern of missed health appointments is easy to overlook.",
    "The assessment weighs both strengths and risk, and names what the wider family can do.",
    "Core group minutes show who did what. Two steps passed their date without a note of why.",
    "The plan was changed within a week of the new information, and the family knew before the meeting.",
    "Supervision happened every month and came back to the actions of the time before.",
)
_CHANGES = (
    "Mornings are calmer and school has noticed.",
    "The child has one adult to go to and knows how to reach them.",
    "Too early to see: the direct work starts this month.",
    "Contact now happens when it was promised.",
)
_STRENGTHS = (
    "The worker used drawings to help the child say what a good week looks like, and the plan follows them.",
    "Health, school and the family hub share one plan and one date for looking at it again.",
    "Management oversight is written down with its reasons, so a new worker could carry on tomorrow.",
)
_ACTIONS = (
    "Bring the chronology up to date so that missed appointments show as a pattern.",
    "See the child at school as well as at home before the next review.",
    "Ask the father what he can offer and write his answer into the plan.",
    "Agree with health who follows up the missed appointments.",
)
_LEARNING = (
    "Teams would gain from one agreed way to keep a chronology.",
    "Invitations to core groups reach health partners too late to plan for.",
    "",
)


def filled_in(
    form: Form, number: int, day: date, what: str
) -> tuple[dict[str, str], dict[str, list[Mapping[str, str]]]]:
    """Answers and table rows for the audit with this number, as its auditor types them on `day`.

    `what` varies them: `short` writes the grade as RI, `incomplete` leaves three answers out, `concern`
    declares an immediate concern, `corrected` changes the overall grade.
    """
    assert form.grades is not None
    words = form.grades.words
    overall = (number * 31) % 10
    grade = words[0 if overall == 0 else 1 if overall < 5 else 2 if overall < 9 else 3]
    answers: dict[str, str] = {}
    for place, field in enumerate(f for f in form.fields() if not f.prefilled):
        answers[field.key] = _typed(field, place + number, grade, words, form.grades.not_applicable)
    answers |= _ends(number, day, grade)
    if what == "short":
        answers[OVERALL_GRADE] = "RI"
    elif what == "corrected":
        answers[OVERALL_GRADE] = words[2] if grade != words[2] else words[1]
    elif what == "incomplete":
        section = form.sections()[number % len(form.sections())]
        left_out = [item.key for item in section.items] + [REASONS]
        answers = {key: value for key, value in answers.items() if key not in left_out}
    elif what == "concern":
        answers[IMMEDIATE_CONCERN] = "Yes"
        answers[CONCERN_DETAILS] = "The safety plan names an adult who has since moved away."
        answers[CONCERN_TOLD] = (
            f"Worker, team manager and service manager by phone, {day.day} {day:%B} at 10.20"
        )
    return answers, {ACTIONS: recommended(number, day)}


def _typed(field: Field, seed: int, grade: str, words: tuple[str, ...], not_applicable: str) -> str:
    if field.kind == "grade":
        near = words.index(grade) + (0, 0, 0, 1, -1)[seed % 5]
        if seed % 37 == 0:
            return not_applicable
        return words[min(max(near, 0), len(words) - 1)]
    if field.kind == "lines":
        return (_CHANGES if "change" in field.key else _FINDINGS)[seed % 4]
    return ""


def _ends(number: int, day: date, grade: str) -> dict[str, str]:
    talked = day - timedelta(days=2 + number % 4)
    return {
        DISCUSSED: "No" if number % 14 == 0 else "Yes",
        DISCUSSED_ON: "" if number % 14 == 0 else f"{talked.day}/{talked.month}/{talked.year}",
        THREE_WAY: "Not needed",
        OVERALL_GRADE: grade,
        REASONS: f"Most sections are {grade.lower()}; the child's day is at the centre of the plan.",
        STRENGTHS: _STRENGTHS[number % len(_STRENGTHS)],
        LEARNING_POINTS: _LEARNING[number % len(_LEARNING)],
        IMMEDIATE_CONCERN: "No",
        CONCERN_DETAILS: "",
        CONCERN_TOLD: "",
        SHARE_PREVIOUS: "No",
        COMPLETED_ON: f"{day.day} {day:%B} {day.year}",
    }


def recommended(number: int, day: date) -> list[Mapping[str, str]]:
    """The rows of actions in the audit with this number, as its auditor types them on `day`."""
    rows: list[Mapping[str, str]] = []
    for place in range(1 + number % 3):
        by = day + timedelta(days=14 + 7 * place)
        when = "ASAP" if number % 17 == 0 and place == 0 else f"{by.day} {by:%b} {by.year}"
        owner = "Social worker" if place % 2 == 0 else "Team manager"
        rows.append({ACTION: _ACTIONS[(number + place) % len(_ACTIONS)], OWNER: owner, BY_WHEN: when})
    return rows
