"""The bank holidays of England and Wales, from the holidays library."""

from collections.abc import Iterable
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any


def bank_holidays(years: Iterable[int], country: str = "GB", subdivision: str = "ENG") -> frozenset[date]:
    """The days on which banks are closed. Without the subdivision the library leaves out Easter Monday
    and the August holiday."""
    import holidays

    if country == "GB" and (ours := _united_kingdom(Path(holidays.__file__).parent)):
        return frozenset(ours(subdiv=subdivision, years=list(years)))
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=list(years)))


def _united_kingdom(library: Path) -> Any:
    """The library's class for this country, from its own file, None where that has moved.

    The package that the file is in imports all 250 countries: half as long again as all that `status` does
    beside importing.
    """
    place = library / "countries" / "united_kingdom.py"
    spec = spec_from_file_location("united_kingdom_holidays", place)
    if spec is None or spec.loader is None or not place.exists():
        return None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, "UnitedKingdom", None)
