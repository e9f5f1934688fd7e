"""Who a name in a cell means: found by staff key, name, `Name (key)` or address, and never guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .columns import nearest, plain
from .ids import StaffKey
from .people import Person
from .written import say

_NAMED_KEY = re.compile(r"(.+?)\s*\(([^()]+)\)")
_SEVERAL = re.compile(r"\s*(?:[;/]|&|\band\b)\s*")


@dataclass(frozen=True, slots=True)
class Known:
    """A row of the Staff sheet as far as it can be told. `person` is None when it cannot be used, and
    `fault` is then the place of the first thing to mend."""

    key: StaffKey
    name: str
    address: str
    person: Person | None
    fault: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.key})" if self.key else self.name


@dataclass(frozen=True, slots=True)
class Unfound:
    """Why the words in a cell are not one person who can be used."""

    what: str
    remedy: str


class Directory:
    """Finds a person by staff key, name, `Name (key)` or address."""

    def __init__(self, staff: Iterable[Known]) -> None:
        self._staff = tuple(staff)
        self._by_key = {plain(one.key): one for one in self._staff if one.key}
        self._by_address = {one.address.lower(): one for one in self._staff if one.address}
        self._by_name: dict[str, list[Known]] = {}
        for one in self._staff:
            self._by_name.setdefault(plain(one.name), []).append(one)

    def find(self, text: str) -> Person | Unfound:
        """The one person that the text means, or why there is none. Two with one name are never guessed."""
        found = self._match(text)
        if isinstance(found, Unfound):
            return found
        if found.person is None:
            return Unfound(
                f"‘{found}’ cannot be used: there is a problem in {found.fault}.", "Mend that row."
            )
        return found.person

    def _match(self, text: str) -> Known | Unfound:
        same = self._by_name.get(plain(text), [])
        known = self._by_key.get(plain(text)) or self._by_address.get(text.lower())
        if known and all(one is known for one in same):
            return known
        if known:
            return Unfound(f"‘{text}’ is the staff key of {known} and a name.", "Write it as Name (key).")
        named = _NAMED_KEY.fullmatch(text)
        if named and (holder := self._by_key.get(plain(named[2]))):
            if plain(holder.name) == plain(named[1]):
                return holder
            return Unfound(
                f"‘{text}’ does not agree with Staff, where the key {holder.key} is {holder.name}’s.",
                "Correct the name or the key.",
            )
        if len(same) == 1:
            return same[0]
        if same:
            return Unfound(
                f"{len(same)} people in Staff are called ‘{text}’.",
                f"Write which one: {' or '.join(str(one) for one in same)}.",
            )
        return self._unknown(text)

    def _unknown(self, text: str) -> Unfound:
        parts = [part for part in _SEVERAL.split(text) if part]
        if len(parts) > 1 and all(isinstance(self._match(part), Known) for part in parts):
            return Unfound(f"‘{text}’ names more than one person.", "Name one person.")
        near = nearest(text, [one.name for one in self._staff])
        hint = ""
        if near:
            hint = f" The nearest name is {' or '.join(str(one) for one in self._by_name[plain(near)])}."
        return Unfound(
            f"‘{text}’ is not in Staff.{hint}", "Correct the name, or add the person to the Staff sheet."
        )


def left(person: Person) -> str:
    """When a person left, in words."""
    return f"left on {say(person.left_on)}" if person.left_on else "has not left"
