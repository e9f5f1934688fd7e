"""Actions that ask for the same: an action counted twice would ask a manager twice, and spoil the figures."""

import pytest

from automation.domain.action import Action, ActionId
from automation.domain.action_matching import same_action
from automation.domain.ids import AuditRef

REFERENCE = AuditRef("CFA-2026-11-017")


def action(number: int, text: str) -> Action:
    return Action(ActionId(f"{REFERENCE}-A{number}"), REFERENCE, "audit", text)


CHRONOLOGY = "Bring the chronology up to date so that missed appointments show as a pattern."


@pytest.mark.parametrize(
    "text",
    [
        CHRONOLOGY,
        "bring  the chronology up-to-date, so that missed appointments show as a pattern",
        "Bring the chronology up to date.",
        f"1. {CHRONOLOGY} By the end of term.",
        "Bring the chronology up to date so that missed appointments show up as patterns.",
        "Bring the chronology up to date so missed appointments show as a pattern.",
    ],
)
def test_nearly_the_same_words_are_the_same_action(text: str) -> None:
    assert same_action(text, [action(1, "See the child at school."), action(2, CHRONOLOGY)]) == (
        f"{REFERENCE}-A2"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "…",
        "chronology",
        "up to",
        "Bring the genogram up to date before the review, with the grandparents in it.",
        "See the child at home before the next review.",
        CHRONOLOGY.replace("missed", "kept"),
        f"Do not {CHRONOLOGY[0].lower()}{CHRONOLOGY[1:]}",
    ],
)
def test_other_words_are_another_action(text: str) -> None:
    assert same_action(text, [action(1, CHRONOLOGY), action(2, "")]) is None


def test_of_several_the_nearest_is_taken_and_of_equals_the_first() -> None:
    others = [action(1, "See the child at school before the review"), action(2, "See the child at school")]
    others += [action(3, "See the child at school")]
    assert same_action("See the child at school.", others) == f"{REFERENCE}-A2"


def test_nothing_is_the_same_as_no_action() -> None:
    assert same_action(CHRONOLOGY, []) is None


def test_a_text_of_two_words_does_not_match_whatever_holds_them() -> None:
    assert same_action("the chronology", [action(1, CHRONOLOGY)]) is None


def test_one_word_in_the_place_of_another_is_another_action() -> None:
    father = action(1, "Invite the father to the review and write down what he says")
    assert same_action("Invite the mother to the review and write down what she says", [father]) is None
    assert same_action("Invite the fathers to the review and write down what he says", [father]) == father.id
