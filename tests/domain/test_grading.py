"""Grades as people write them, and the questions that a form's answers raise. A wrong grade here is a wrong
figure in the month's report."""

import pytest

from automation.domain.form import Answer, Field, Form, Grades, Part, Reading
from automation.domain.grading import concern_declared, decide
from automation.domain.questions import questions

GRADES = Grades(
    ("Outstanding", "Good", "Requires improvement", "Inadequate"),
    "Not applicable",
    {
        "Requires improvement": ("RI", "R.I.", "R/I", "Req. improvement", "Requires improvement to be good"),
        "Good": ("G",),
        "Not applicable": ("N/A",),
    },
    ("adequate", "satisfactory", "1", "2", "not good"),
)
FORM = Form(
    "audit",
    "1",
    "Audit",
    "",
    (
        Part("s1", "First", graded=True),
        Part("s2", "Second", graded=True),
        Part("s3", "Third", graded=True),
        Part(
            "overall",
            "Overall",
            items=(
                Field("overall_grade", "Overall grade", "grade"),
                Field("reasons", "Reasons for the grade", "lines"),
                Field("strengths", "Strengths", "lines"),
            ),
        ),
    ),
    GRADES,
    bland_phrases=("good practice", "well done", "no concerns"),
)
FINE = {
    "overall_grade": "Good",
    "s1_grade": "Good",
    "s2_grade": "Good",
    "s3_grade": "Requires improvement",
    "strengths": "The worker drew a safety plan with the child, who now uses it at home.",
    "reasons": "Visits were planned around the child’s school day.",
    "immediate_concern": "No",
}
ACTION = {"action": "Agree a contact plan", "owner": "Asha Rennick", "by_when": "2026-12-04"}


def answers(values: dict[str, str]) -> dict[str, Answer]:
    return {key: Answer(value, value, "tag") for key, value in values.items() if value}


def asked(changes: dict[str, str], *rows: dict[str, str]) -> tuple[str, ...]:
    return questions(
        FORM,
        Reading("audit", answers=answers({**FINE, **changes}), rows={"actions": tuple(map(answers, rows))}),
    )


@pytest.mark.parametrize(
    ("written", "grade"),
    [
        ("Good", "Good"),
        ("good", "Good"),
        (" GOOD. ", "Good"),
        ("“Good”", "Good"),
        ("G", "Good"),
        ("Goood", "Good"),
        ("RI", "Requires improvement"),
        ("r.i.", "Requires improvement"),
        ("R I", "Requires improvement"),
        ("r/i", "Requires improvement"),
        ("Requires\u00a0 improvement", "Requires improvement"),
        ("Requires Improvment", "Requires improvement"),
        ("requires improvement to be good", "Requires improvement"),
        ("Inadquate", "Inadequate"),
        ("Inadeqaute", "Inadequate"),
        ("outstandign", "Outstanding"),
        ("n/a", "Not applicable"),
    ],
)
def test_a_grade_is_known_by_its_word_a_synonym_or_a_small_slip(written: str, grade: str) -> None:
    assert decide(GRADES, written) == grade


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "  ",
            "?",
            "adequate",
            "Adequate.",
            "adequat",
            "adequately",
            "adeqaute",
            "satisfactory",
            "2",
            "1",
        ),
        *(
            "Good/RI",
            "good / requires improvement",
            "Good or outstanding",
            "Good Good",
            "not good",
            "Not Good!",
        ),
        *(
            "Good?",
            "Good+",
            "Good -",
            "good (just)",
            "not outstanding",
            "improvement",
            "X",
            "GI",
            "RO",
            "O/G",
        ),
        *("Requires", "Good, with some learning", "between good and RI", "god idea", "Inadequate?", "3"),
    ],
)
def test_what_is_not_surely_one_grade_is_asked_about_and_never_rounded(written: str) -> None:
    assert decide(GRADES, written) is None


def test_adequate_is_never_taken_for_its_opposite_even_without_a_stop_list() -> None:
    assert decide(Grades(GRADES.words, "Not applicable"), "adequate") != "Good"
    assert decide(GRADES, "inadequate") == "Inadequate"


def test_a_form_with_nothing_to_ask_about_raises_no_question() -> None:
    assert asked({}, ACTION) == ()


def test_an_overall_grade_two_above_the_lowest_section_is_questioned_and_one_above_is_not() -> None:
    (question,) = asked({"overall_grade": "Outstanding", "s2_grade": "Requires improvement"}, ACTION)
    assert "Outstanding" in question
    assert "section 2 and 3 is graded Requires improvement" in question
    assert asked({"overall_grade": "Outstanding", "s3_grade": "Good"}, ACTION) == ()


def test_a_section_that_is_not_applicable_or_undecided_does_not_count_as_the_lowest() -> None:
    assert asked({"overall_grade": "Outstanding", "s3_grade": "Not applicable"}, ACTION) == ()
    assert asked({"overall_grade": "Outstanding", "s3_grade": ""}, ACTION) == ()


def test_a_grade_below_every_section_is_the_auditor_s_to_give() -> None:
    assert asked({"overall_grade": "Inadequate"}, ACTION) == ()


@pytest.mark.parametrize("strengths", ["", "None", "n/a", "-", "nil."])
def test_no_strength_is_questioned(strengths: str) -> None:
    (question,) = asked({"strengths": strengths}, ACTION)
    assert "No strength" in question


@pytest.mark.parametrize(
    "words", ["Good practice.", "Well done to the worker", "There was good practice here", "No concerns"]
)
def test_a_bland_phrase_that_is_nearly_all_that_was_said_is_questioned_in_its_place(words: str) -> None:
    (question,) = asked({"strengths": words}, ACTION)
    assert "‘Strengths’" in question
    (question,) = asked({"reasons": f"The plan was clear to everyone who had a part in it.\n{words}"}, ACTION)
    assert "‘Reasons for the grade’" in question


def test_a_bland_phrase_inside_a_sentence_that_says_what_happened_is_not() -> None:
    said = "It was good practice to see the child alone at school before the conference and afterwards."
    assert asked({"strengths": said}, ACTION) == ()
    assert asked({"strengths": "The goodpractice tool helped."}, ACTION) == ()


def test_an_action_without_owner_or_date_is_asked_about_by_its_number() -> None:
    found = asked(
        {}, ACTION, {"action": "Ring the school"}, {"owner": "Col Weatherby", "by_when": "2026-12-01"}
    )
    assert [question.split(".")[0] for question in found] == [
        "Action 2 has no owner",
        "Action 2 has no date",
        "Action 3 does not say what is to be done",
    ]


def test_asap_is_no_date() -> None:
    row = {**answers(ACTION), "by_when": Answer("", "ASAP", "tag")}
    (question,) = questions(FORM, Reading("audit", answers=answers(FINE), rows={"actions": (row,)}))
    assert "‘ASAP’" in question


@pytest.mark.parametrize("key", ["s2_grade", "overall_grade"])
def test_inadequate_work_without_an_action_is_questioned(key: str) -> None:
    found = asked({"s2_grade": "Inadequate", "overall_grade": "Requires improvement", key: "Inadequate"})
    assert [question for question in found if "no action" in question]
    assert asked({"s2_grade": "Inadequate", "overall_grade": "Requires improvement"}, ACTION) == ()


@pytest.mark.parametrize(
    ("said", "urgent"),
    [
        ({"immediate_concern": "No"}, False),
        ({}, False),
        ({"immediate_concern": "Yes"}, True),
        ({"immediate_concern": "No", "concern_details": "N/A"}, False),
        ({"concern_told": "None."}, False),
        ({"immediate_concern": "No", "concern_details": "Bruising was seen on Tuesday"}, True),
        ({"concern_details": "Bruising was seen on Tuesday"}, True),
        ({"concern_told": "Team manager, 2 pm"}, True),
    ],
)
def test_details_beside_a_no_or_a_blank_count_as_a_concern(said: dict[str, str], urgent: bool) -> None:
    assert concern_declared(Reading("audit", answers=answers(said))) is urgent


def test_an_answer_about_a_concern_that_cannot_be_read_counts_as_a_yes() -> None:
    reading = Reading("audit", answers={"immediate_concern": Answer("", "possibly", "tag")})
    assert concern_declared(reading)


def test_a_concern_without_who_was_told_asks_for_a_call_at_once() -> None:
    (question,) = asked({"immediate_concern": "Yes"}, ACTION)
    assert "phone now" in question
    assert asked({"immediate_concern": "Yes", "concern_told": "All three, 9 am on Monday"}, ACTION) == ()


def test_a_form_without_grades_raises_no_question_about_them() -> None:
    bare = Form("note", "1", "Note", "", ())
    assert questions(bare, Reading("note", answers=answers({"immediate_concern": "No"}))) == ()


@pytest.mark.parametrize("written", ["Gold", "mood", "food", "is adequate", "un adequate", "hood"])
def test_a_word_that_is_only_near_a_grade_is_asked_about(written: str) -> None:
    scale = Grades(
        ("Outstanding", "Good", "Requires improvement", "Inadequate"), "Not applicable", {}, ("adequate",)
    )
    assert decide(scale, written) is None
