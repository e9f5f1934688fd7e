"""Days, counts, names and lines, as letters write them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation import wording


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2026, 11, 30), "Monday 30 November 2026", "Mon 30 Nov"),
        (date(2026, 5, 31), "Sunday 31 May 2026", "Sun 31 May"),
        (date(2027, 2, 1), "Monday 1 February 2027", "Mon 1 Feb"),
        (date(2028, 2, 29), "Tuesday 29 February 2028", "Tue 29 Feb"),
    ],
)
def test_days_are_written_in_english_without_a_leading_nought(day: date, long: str, short: str) -> None:
    assert wording.day(day) == long
    assert wording.short_day(day) == short
    assert f"{day:%A} " + wording.plain_day(day) == long


def test_counts_agree_with_their_noun() -> None:
    assert wording.counted(1, "day") == "1 day"
    assert wording.counted(0, "day") == "0 days"
    assert wording.counted(("a", "b"), "thing needs", "things need") == "2 things need"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Priya Nair", "Priya"),
        ("Nair, Priya", "Priya"),
        ("Dr. Priya Nair", "Priya"),
        ("Prof Dr Priya Nair", "Priya"),
        ("Priya", "Priya"),
        ("Mr", "Mr"),
        ("priya.nair@brackenshire.example", ""),
        ("", ""),
    ],
)
def test_people_are_greeted_by_first_name_never_by_title_or_address(name: str, first: str) -> None:
    assert wording.first_name(name) == first


def test_lines_hang_under_the_words_of_a_bullet_a_step_or_a_label() -> None:
    long = "word " * 20
    for lead in ("- ", "1. ", "12. ", "  - ", "Case number:        "):
        first, *others = wording.wrapped(f"x\n{lead}{long}").splitlines()[1:]
        assert first.startswith(f"{lead}word")
        assert others
        assert all(line.startswith(" " * len(lead) + "word") for line in others)


def test_empty_lines_never_come_in_pairs() -> None:
    assert wording.wrapped("\n\na\n \n\n\nb\n\n") == "a\n\nb\n"


@settings(deadline=None)
@given(st.text("ab :-.1\n", max_size=400))
def test_wrapping_loses_no_word_and_keeps_to_72_characters(text: str) -> None:
    found = wording.wrapped(text)
    assert found.split() == text.split()
    assert [line for line in found.splitlines() if len(line) > 72 and len(line.split()) > 1] == []


@settings(deadline=None)
@given(st.text())
def test_a_fact_is_one_printable_line(text: str) -> None:
    plain = wording.plain({"rows": (text,)})
    assert isinstance(plain, dict)
    (found,) = plain["rows"]
    assert found.isprintable()


def test_a_fact_keeps_its_accents_and_spaces() -> None:
    assert wording.plain("Zoë  O’Brien-Łuczak") == "Zoë  O’Brien-Łuczak"
    assert wording.plain("two\r\n lines") == "two lines"
