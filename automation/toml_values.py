"""TOML tables to frozen dataclasses, with every fault at once and the nearest known key.

Our own, and not a validation library, because each command pays its import: a pass with nothing to
do has half a second to spend (docs/dependencies.md).
"""

import dataclasses
import difflib
import types
import typing
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any, Literal, TypeVar

T = TypeVar("T")

_PLAIN = {str: "text", int: "a whole number", float: "a number", bool: "true or false", date: "a date"}


def read_values(
    kind: type[T], table: Mapping[str, object], file: str, path: str, faults: list[str]
) -> T | None:
    """The dataclass `kind` filled from a TOML table, or None when it cannot be.

    Field names are the keys, field types what they may hold, a field without default must be given.
    Each fault is added to `faults` as `file: key: what is wrong`; `path` is the table's own key path,
    empty for the whole file.
    """
    hints = typing.get_type_hints(kind)
    known = {f.name: f for f in dataclasses.fields(kind) if f.init}  # type: ignore[arg-type]  # any dataclass
    before = len(faults)
    for key in table:
        if key not in known:
            faults.append(f"{file}: {_at(path, key)}: unknown key.{nearest(key, known)}")
    values: dict[str, object] = {}
    for name, spec in known.items():
        if name in table:
            values[name] = _value(hints[name], table[name], file, _at(path, name), faults)
        elif spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING:
            faults.append(f"{file}: {_at(path, name)}: missing. Give {_words(hints[name])}.")
    if len(faults) > before:
        return None
    try:
        return kind(**values)
    except ValueError as fault:
        faults.append(f"{file}: {path or 'the file'}: {fault}")
        return None


def nearest(word: str, known: Collection[str]) -> str:
    """` Did you mean ‘…’?` for the nearest known word, or the known words when none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    if near:
        return f" Did you mean ‘{near[0]}’?"
    return f" Known here: {', '.join(known)}." if known else ""


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _value(hint: Any, given: object, file: str, at: str, faults: list[str]) -> object:
    while hasattr(hint, "__supertype__"):  # NewType
        hint = hint.__supertype__
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _value(next(a for a in args if a is not type(None)), given, file, at, faults)
    if dataclasses.is_dataclass(hint) and isinstance(given, Mapping):
        return read_values(typing.cast("type[Any]", hint), given, file, at, faults)
    if origin in (tuple, frozenset) and isinstance(given, list):
        found = [_value(args[0], one, file, f"{at}[{i}]", faults) for i, one in enumerate(given, 1)]
        return origin(found)
    if origin in (dict, Mapping) and isinstance(given, Mapping):
        return {key: _value(args[1], one, file, _at(at, key), faults) for key, one in given.items()}
    if origin is Literal or (isinstance(hint, type) and issubclass(hint, Enum)):
        choices = args if origin is Literal else tuple(one.value for one in hint)
        if given in choices:
            return given if origin is Literal else hint(given)
        faults.append(f"{file}: {at}: ‘{given}’ is not a choice.{nearest(str(given), choices)}")
        return None
    if hint is time and isinstance(given, time):
        return given
    if hint is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    # type(), because True is an int and a datetime is a date.
    if hint in _PLAIN and type(given) is hint and not isinstance(given, datetime):
        return given
    faults.append(f"{file}: {at}: must be {_words(hint)}, not {given!r}.")
    return None


def _words(hint: Any) -> str:
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _words(next(a for a in args if a is not type(None)))
    if origin in (tuple, frozenset):
        return f"a list, each {_words(args[0])}"
    if origin is Literal:
        return "one of " + ", ".join(f"‘{choice}’" for choice in args)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "one of " + ", ".join(f"‘{choice.value}’" for choice in hint)
    if hint is time:
        return "a time such as 07:30:00"
    return _PLAIN.get(hint, "a table of keys")
