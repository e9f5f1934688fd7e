"""Days and rounds as people write them. A day read in the wrong order moves an audit by months."""

from datetime import date, datetime

import pytest

from automation.domain.ids import RoundId
from automation.domain.sheet import Value
from automation.domain.written import read_day, read_round, tidy

THIRD = date(2026, 11, 3)


@pytest.mark.parametrize(
    "value",
    [
        THIRD,
        datetime(2026, 11, 3, 9, 30),
        "3 Nov 2026",
        "3 November 2026",
        "3rd November, 2026",
        "03 nov 26",
        "Tue 3 November 2026",
        "Tuesday, 3 Nov 2026",
        "3-Nov-2026",
        "3.Nov.2026",
        "Nov 3, 2026",
        "November 3rd 2026",
        "2026-11-03",
        "2026/11/03",
        "2026-11-03T09:30",
        "2026-11-03 09:30:00",
        "\u00a03 Nov\u00a02026 ",
    ],
)
def test_a_day_that_can_only_be_read_one_way_needs_no_remark(value: Value) -> None:
    read = read_day(value)
    assert (read.day, read.note, read.fault) == (THIRD, "", "")


@pytest.mark.parametrize("text", ["03/11/2026", "3/11/26", "3.11.2026", "3-11-2026", "3 11 2026"])
def test_a_day_that_could_be_american_is_read_the_uk_way_and_said_so(text: str) -> None:
    read = read_day(text)
    assert read.day == THIRD
    assert "UK order as 3 November 2026" in read.note


@pytest.mark.parametrize(
    ("text", "day"), [("25/11/2026", date(2026, 11, 25)), ("11/11/2026", date(2026, 11, 11))]
)
def test_numbers_with_one_meaning_need_no_remark(text: str, day: date) -> None:
    assert (read_day(text).day, read_day(text).note) == (day, "")


@pytest.mark.parametrize("value", [46329, 46329.6, "46329"])
def test_a_serial_number_is_a_day_and_said_so(value: Value) -> None:
    read = read_day(value)
    assert read.day == THIRD
    assert "3 November 2026" in read.note


@pytest.mark.parametrize(
    "value",
    [
        "11/25/2026",
        "31/02/2026",
        "32/01/2026",
        "0/11/2026",
        "soon",
        "Nov 2026",
        "3 Now 2026",
        "3/11",
        "",
        12,
        -1,
        1e300,
        True,
        "2026-13-01",
        "99999",
    ],
)
def test_what_is_no_day_is_a_fault_and_never_a_guess(value: Value) -> None:
    read = read_day(value)
    assert read.day is None
    assert read.fault


def test_american_order_is_recognised_and_the_remedy_says_so() -> None:
    read = read_day("11/25/2026")
    assert "American" in read.fault
    assert "day first" in read.remedy


@pytest.mark.parametrize(
    "value",
    [
        "2026-11",
        "2026/11",
        "11/2026",
        "11-2026",
        "Nov 2026",
        "November 2026",
        "Nov-26",
        "NOV 2026 ",
        "Nov. 2026",
        "202611",
        202611,
        THIRD,
        datetime(2026, 11, 1),
        46327,
        "1 Nov 2026",
        "november, 2026",
    ],
)
def test_a_month_is_its_round_however_it_is_written(value: Value) -> None:
    assert read_round(value, {}) == "2026-11"


def test_an_ad_hoc_round_is_known_by_id_or_name() -> None:
    names = {"dip sample": RoundId("2026-11-DIP")}
    assert read_round("2026-11-insp", names) == "2026-11-INSP"
    assert read_round("Dip  Sample", names) == "2026-11-DIP"


@pytest.mark.parametrize(
    "value", [None, "", "Novembrish", "2026-13", "13/2026", "2026", 2026, True, "1926-11", "Q3"]
)
def test_what_is_no_round_is_none(value: Value) -> None:
    assert read_round(value, {}) is None


def test_invisible_signs_and_spaces_of_every_kind_are_left_out() -> None:
    assert tidy("\ufeff Anna\u00a0\u200bShah\u202e \n") == "Anna Shah"
