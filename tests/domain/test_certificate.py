"""Nothing is sent once the certificate has ended, so QA is told in time, more urgently as it nears."""

from datetime import date, timedelta

import pytest

from automation.domain.certificate import certificate_problem

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (30, "ends in 30 days, on 2 December 2026. Then nothing is sent or collected. Renew it this month."),
        (15, "ends in 15 days, on 17 November 2026. Then nothing is sent or collected. Renew it this month."),
        (14, "ends in 14 days, on 16 November 2026. Then nothing is sent or collected. Renew it this week."),
        (8, "ends in 8 days, on 10 November 2026. Then nothing is sent or collected. Renew it this week."),
        (7, "ends in 7 days, on 9 November 2026. Then nothing is sent or collected. Renew it now."),
        (1, "ends in 1 day, on 3 November 2026. Then nothing is sent or collected. Renew it now."),
        (0, "ends today, on 2 November 2026. Then nothing is sent or collected. Renew it now."),
        (-1, "has ended: nothing can be sent or collected."),
        (-400, "has ended: nothing can be sent or collected."),
    ],
)
def test_a_certificate_that_nears_its_end_is_told_with_its_day_and_how_urgent_it_is(
    left: int, says: str
) -> None:
    problem = certificate_problem(TODAY + timedelta(days=left), TODAY)
    assert problem is not None
    assert problem.what == f"The service’s certificate {says}"
    assert (problem.where, problem.stops) == ("Microsoft 365", False)
    assert problem.remedy == "Ask IT: docs/microsoft-365.md."


@pytest.mark.parametrize("left", [31, 32, 365])
def test_nobody_is_told_of_a_certificate_while_there_is_time(left: int) -> None:
    assert certificate_problem(TODAY + timedelta(days=left), TODAY) is None
