"""The certificate that the service signs in with, and the warnings before it ends."""

from datetime import date

from .problem import Problem

WARN_DAYS = (30, 14, 7)
"""So many days before its end a warning begins, and grows more urgent."""


def certificate_problem(ends: date, today: date) -> Problem | None:
    """What QA is told of a certificate that ends on a day, None while there is time."""
    left = (ends - today).days
    if left > WARN_DAYS[0]:
        return None
    if left < 0:
        what = "has ended: nothing can be sent or collected."
    else:
        soon = "now" if left <= WARN_DAYS[2] else "this week" if left <= WARN_DAYS[1] else "this month"
        days = "today" if not left else f"in {left} day{'s' * (left != 1)}"
        what = f"ends {days}, on {ends.day} {ends:%B %Y}. Then nothing is sent or collected. Renew it {soon}."
    return Problem(
        "Microsoft 365", f"The service’s certificate {what}", "Ask IT: docs/microsoft-365.md.", False
    )
