"""Made-up messages to try the templates on, from the `sample.toml` beside them."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from .domain.ids import AuditRef, StaffKey, message_key
from .domain.message import Fact, Message, Recipient

_READER = Recipient(StaffKey("S014"), "Priya Nair", "priya.nair@brackenshire.example")


def sample_messages(files: Sequence[Path], kind: str) -> Mapping[str, Message]:
    """Messages of a kind, by what each shows (`three-way`; empty for the usual one).

    Earlier files win. A kind that none of them names gets what every message about an audit has.
    Raises ValueError, naming the file, when one is not TOML.
    """
    audit: dict[str, object] = {}
    cases: list[dict[str, object]] = [{}]
    about_an_audit = True
    for sample in [_read(path) for path in reversed(files)]:
        audit |= sample.get("audit", {})
        for heading in ("about_an_audit", "on_its_own"):
            if kind in sample.get(heading, {}):
                cases, about_an_audit = sample[heading][kind], heading == "about_an_audit"
    return {
        str(case.get("case", "")): _message(kind, (audit if about_an_audit else {}) | case) for case in cases
    }


def _message(kind: str, given: Mapping[str, object]) -> Message:
    facts = {name: _fact(value) for name, value in given.items() if name != "case"}
    reference = AuditRef(str(facts.get("reference", "")))
    key = message_key(reference or "2026-11", kind, "sample", _READER.key)
    return Message(key, kind, _READER, facts, reference=reference or None)


def _fact(value: object) -> Fact:
    if isinstance(value, list):
        return tuple(_fact(one) for one in value)
    if isinstance(value, dict):
        return {name: _fact(one) for name, one in value.items()}
    return value  # type: ignore[return-value]  # TOML has no other kinds of value


def _read(path: Path) -> dict[str, dict[str, list[dict[str, object]]]]:
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"{path}: {fault}.") from None
