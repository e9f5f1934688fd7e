"""Kinds of damage: each a function that changes a Paper, and what may honestly become of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

from .paper import Paper

Hold = Literal["never", "may", "must"]
"""Whether the file may, must or must not be refused or held for a person."""

Channel = Literal["as sent", "controls gone", "only labels"]
"""What a program did to the file after the damage: nothing, lost the controls, lost the bookmarks too."""
CHANNELS: tuple[Channel, ...] = ("as sent", "controls gone", "only labels")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of damage. `done` says it in a sentence; `crossed` kinds are tried in every channel."""

    name: str
    theme: str
    done: str
    damage: Callable[[Paper], None]
    hold: Hold
    crossed: bool


_KINDS: dict[str, Kind] = {}


def kind(hold: Hold = "never", crossed: bool = True) -> Callable[[Callable[[Paper], None]], None]:
    """Enters a function among the kinds: its name is the kind's, its docstring the sentence of the table."""

    def enter(damage: Callable[[Paper], None]) -> None:
        name = damage.__name__.replace("_", " ")
        theme = damage.__module__.rpartition("damage_")[2].replace("_", " ")
        assert name not in _KINDS, name
        _KINDS[name] = Kind(name, theme, (damage.__doc__ or "").strip(), damage, hold, crossed)

    return enter


def kinds() -> Iterator[Kind]:
    """Every kind there is, theme by theme: each module here named damage_* is one, and enters its kinds."""
    for one in sorted(Path(__file__).parent.glob("damage_*.py")):
        import_module(f"{__package__}.{one.stem}")
    return iter(_KINDS.values())
