"""Words and days as people write them. A misread day is an action chased in the wrong month."""

from datetime import date

import pytest

from automation.domain.spelling import choice, plain, uk_date


@pytest.mark.parametrize(
    "written",
    [
        *(
            "14/11/2026",
            "14.11.26",
            "14-11-2026",
            "14‑11‑2026",
            "14 / 11 / 2026",
            "14 November 2026",
            "14th Nov 26",
        ),
        *(
            "the 14th of November 2026",
            "Sat 14 November 2026",
            "2026-11-14",
            "November 14, 2026",
            "14/11/2026.",
        ),
    ],
)
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    assert uk_date(written) == date(2026, 11, 14)


def test_the_day_comes_before_the_month() -> None:
    assert uk_date("3/4/2026") == date(2026, 4, 3)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ASAP",
        "11/14/2026",
        "31/02/2026",
        "14 November",
        "next Friday",
        "46000",
        "14/11",
        "end of term",
        "20261114",
    ],
)
def test_what_is_not_surely_a_day_is_none(written: str) -> None:
    assert uk_date(written) is None


def test_words_are_compared_without_capitals_spaces_or_kinds_of_hyphen_and_quote() -> None:
    assert plain("  Child\u00adren’s \n Two‑WAY\u00a0plan\u200b ") == "children's two-way plan"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Yes", "Yes"),
        ("YES!", "Yes"),
        ("y", "Yes"),
        ("no.", "No"),
        ("yes and no", None),
        ("", None),
        ("x", None),
    ],
)
def test_a_choice_is_known_by_its_word_or_first_letter(written: str, meant: str | None) -> None:
    assert choice(("Yes", "No"), written) == meant


def test_a_first_letter_that_two_choices_share_decides_nothing() -> None:
    assert choice(("Yes", "No", "Not needed"), "n") is None
