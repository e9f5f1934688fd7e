"""How long Microsoft 365 is waited for: what it asks, within reason, and never in a tight loop."""

import pytest

from automation.adapters.m365.pace import LONGEST_WAIT, Pace, Window, seconds_to_wait

DATE = "Mon, 02 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("said", "tries", "seconds"),
    [
        ("5", 1, 5),
        ("0.2", 1, 1),
        ("-30", 1, 1),
        ("100000", 1, LONGEST_WAIT),
        ("inf", 1, LONGEST_WAIT),
        ("nan", 2, 4),
        ("soon", 1, 2),
        ("", 3, 8),
        ("", 30, LONGEST_WAIT),
        ("Mon, 02 Nov 2026 08:00:40 GMT", 1, 40),
        ("Mon, 02 Nov 2026 07:00:00 GMT", 1, 1),
        ("Tue, 03 Nov 2026 08:00:00 GMT", 1, LONGEST_WAIT),
        ("Mon, 99 Nov 2026 08:00:00 GMT", 2, 4),
    ],
)
def test_every_form_of_retry_after_becomes_a_wait_between_a_second_and_ten_minutes(
    said: str, tries: int, seconds: float
) -> None:
    headers = {"retry-after": said, "date": DATE} if said else {"date": DATE}
    assert seconds_to_wait(headers, tries) == seconds


def test_a_window_lets_so_many_through_and_then_one_for_each_that_has_left_it() -> None:
    window = Window(2, 60)
    for now in (0.0, 10.0):
        assert window.wait(now) == 0
        window.count(now)
    assert window.wait(10.0) == pytest.approx(50.6)
    window.count(60.6)
    assert window.wait(60.6) == pytest.approx(10)


def test_a_pace_that_is_held_says_for_how_long() -> None:
    now = [100.0]
    pace = Pace(timer=lambda: now[0], pause=lambda _: None)
    pace.hold(30)
    now[0] += 10
    assert pace.held == 20
    now[0] += 40
    assert pace.held == 0
