"""The bank holidays of England and Wales, from the holidays library."""

from collections.abc import Iterable
from datetime import date


def bank_holidays(years: Iterable[int], country: str = "GB", subdivision: str = "ENG") -> frozenset[date]:
    """The days on which banks are closed. Without the subdivision the library leaves out Easter Monday
    and the August holiday."""
    import holidays

    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=list(years)))
