"""The shipped templates, worded with their sample facts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from automation.domain.message import Fact, Letter, Message
from automation.letters import Letters

TEMPLATES = Path(__file__).parents[2] / "templates"
STAMP = datetime.fromisoformat("2026-11-02T07:30:00+00:00")
COUNCIL: Mapping[str, Fact] = {
    "name": "Brackenshire Council",
    "qa_team": "Quality Assurance Team",
    "qa_address": "qa@brackenshire.example",
    "urgent_phone": "01632 960 100",
    "service_name": "Case file audit service",
}


@cache
def shipped() -> Letters:
    """The letters as they are shipped."""
    return Letters((TEMPLATES,), COUNCIL)


def sample_names() -> list[str]:
    """Every sample: `reminder`, `reminder.last-day`."""
    return [f"{kind}.{case}".rstrip(".") for kind in shipped().kinds() for case in shipped().samples(kind)]


@cache
def sample(name: str) -> Message:
    """The message of a sample."""
    kind, _, case = name.partition(".")
    return shipped().samples(kind)[case]


def letter(name: str, **facts: Fact) -> Letter:
    """A sample's letter, some facts changed."""
    message = sample(name)
    return shipped().word(replace(message, facts={**message.facts, **facts}), STAMP)


def rewritten(fact: Fact, write: Callable[[str], str]) -> Fact:
    """The fact with each text in it replaced. Empty text stays: it means that nothing is known."""
    if isinstance(fact, str):
        return write(fact) if fact else fact
    if isinstance(fact, Mapping):
        return {name: rewritten(value, write) for name, value in fact.items()}
    if isinstance(fact, tuple):
        return tuple(rewritten(value, write) for value in fact)
    return fact


def texts(fact: Fact) -> set[str]:
    """Every text that a fact holds, days as a letter writes their number, month and year."""
    found: set[str] = set()

    def keep(text: str) -> str:
        found.add(text)
        return text

    rewritten(fact, keep)
    if isinstance(fact, date):
        found.add(f"{fact:%B %Y}")
    return found
