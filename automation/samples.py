"""Made-up messages to try the templates on, from the `sample.toml` beside them."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from .domain.ids import AuditRef, StaffKey, message_key
from .domain.message import Fact, Message, Recipient

SAMPLE_STAMP = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
_READER = "Priya Nair"


def sample_messages(files: Sequence[Path], kind: str) -> Mapping[str, Message]:
    """Messages of a kind, by what each shows (`three-way`; empty for the usual one).

    Earlier files win. A kind that none of them names is taken for a step on a date, like the reminder.
    Raises ValueError, naming the file, when one is not TOML.
    """
    audit: dict[str, object] = {}
    step: dict[str, object] = {}
    named: list[dict[str, object]] = []
    about_an_audit = True
    for sample in [_read(path) for path in reversed(files)]:
        audit |= sample.get("audit", {})
        step |= sample.get("step", {})
        for heading in ("about_an_audit", "on_its_own"):
            if kind in sample.get(heading, {}):
                named, about_an_audit = sample[heading][kind], heading == "about_an_audit"
    shared = audit if about_an_audit else {}
    return {str(case.get("case", "")): _message(kind, shared | case) for case in named or [step]}


def _message(kind: str, given: Mapping[str, object]) -> Message:
    facts = {name: _fact(value) for name, value in given.items() if name not in ("case", "to")}
    reader = Recipient(StaffKey("S014"), str(given.get("to", _READER)), "reader@brackenshire.example")
    reference = AuditRef(str(facts.get("reference", "")))
    key = message_key(reference or "2026-11", kind, "sample", reader.key)
    return Message(key, kind, reader, facts, reference=reference or None)


def _fact(value: object) -> Fact:
    if isinstance(value, list):
        return tuple(_fact(one) for one in value)
    if isinstance(value, dict):
        return {name: _fact(one) for name, one in value.items()}
    return value  # type: ignore[return-value]  # TOML has no other kinds of value


def _read(path: Path) -> dict[str, dict[str, list[dict[str, object]]]]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig")) if path.is_file() else {}
    except ValueError as fault:  # not TOML, or not UTF-8
        raise ValueError(f"{path}: {fault}.") from None
