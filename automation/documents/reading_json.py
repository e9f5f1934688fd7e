"""Readings as JSON and back, checked type by type: what comes back is from a process that is not trusted."""

import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar

_T = TypeVar("_T")
_Decode = Callable[[Any], Any]


def plain_value(value: object) -> Any:
    """A frozen dataclass as dicts, lists, texts and truth values, ready for `json.dumps`."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain_value(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain_value(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain_value(one) for one in value]
    return value


def from_plain(kind: type[_T], value: object) -> _T:
    """The value of this type that `plain_value` made that of. Raises ValueError for anything else."""
    made = _decoder(typing.cast(Hashable, kind))(value)
    assert isinstance(made, kind)
    return made


@cache
def _decoder(kind: Hashable) -> _Decode:
    """How to read a type, worked out once from its fields: whatever a reading gains, this follows."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return _each(_decoder(inner[0]))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(_decoder(inner[1]))
    if origin is Literal:
        return _one_of(inner)
    if origin in (typing.Union, types.UnionType) and len(inner) == 2 and inner[1] is type(None):
        return _perhaps(_decoder(inner[0]))
    if is_dataclass(kind):
        return _dataclass(kind)
    if kind in (str, int, bool):
        return _just(kind)
    raise TypeError(f"readings are not made of {kind}")


def _just(kind: type) -> _Decode:
    def decode(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"not a {kind.__name__}")
        if isinstance(value, str) and not value.isascii():
            value.encode()  # half of a pair of surrogates could be written nowhere
        return value

    return decode


def _each(inner: _Decode) -> _Decode:
    def decode(value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError("not a list")
        return tuple(inner(one) for one in value)

    return decode


def _mapping(inner: _Decode) -> _Decode:
    text = _just(str)

    def decode(value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError("not an object")
        return {text(key): inner(one) for key, one in value.items()}

    return decode


def _one_of(known: tuple[Any, ...]) -> _Decode:
    def decode(value: Any) -> Any:
        if not isinstance(value, str) or value not in known:
            raise ValueError("not one of the known words")
        return value

    return decode


def _perhaps(inner: _Decode) -> _Decode:
    return lambda value: None if value is None else inner(value)


def _dataclass(kind: Any) -> _Decode:
    hints = typing.get_type_hints(kind)
    decoders = {one.name: _decoder(hints[one.name]) for one in fields(kind)}

    def decode(value: Any) -> Any:
        if not isinstance(value, dict) or value.keys() != decoders.keys():
            raise ValueError(f"not a {kind.__name__}")
        return kind(**{name: inner(value[name]) for name, inner in decoders.items()})

    return decode
