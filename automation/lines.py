"""What commands say, as plain lines for a terminal or a log."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .domain.finding import Finding
from .domain.problem import Problem, stopping

_ROWS = 60
"""Longer lists are cut in the text form; `--json` has them whole."""


WHOLE_REFERENCE = (
    "Give a whole reference such as CFA-2026-11-017, of an action without its -A1. Of a report, "
    "`case-audit who-got` tells."
)


class UsageError(Exception):
    """A command was given something that it cannot use."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a command has to say, and its exit code. Complaints go to the error stream."""

    lines: tuple[str, ...] = ()
    code: int = 0
    complaints: tuple[str, ...] = ()


def progress() -> Callable[[str], None]:
    """Shows one line that is written over on a terminal; says nothing where nobody watches."""
    if not sys.stderr.isatty():
        return lambda _: None

    def show(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

    return show


def problem_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """Problems: what stops something first, then what is only mentioned."""
    stops = stopping(problems)
    others = [one for one in problems if not one.stops]
    if stops:
        yield f"{len(stops)} to put right:"
        yield from (f"  {one}" for one in stops)
    if others:
        yield f"{len(others)} to know of:"
        yield from (f"  {one}" for one in others)


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """What an examination found, each with its remedy below it."""
    for one in findings:
        yield f"{one.state:9}  {one.what}: {one.says}"
        if one.remedy:
            yield f"{'':9}  {one.remedy}"


def status_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Where every audit stands."""
    yield f"{told['today']}. The spreadsheet was last read on {told['sheet_read_on'] or 'no day yet'}."
    for one in told["sending_held"]:
        yield f"{one['what']} since {one['since']}: {one['why']} {one['remedy']}"
    if told["waits_for_approval"]:
        yield "Nobody has approved sending yet. Read the preview, then: case-audit approve."
    history = told["history"]
    yield f"History: {history['events']} events, head {history['head']}"
    for one in told["rounds"]:
        yield (
            f"{one['round_name']}: {one['allocated']} allocated = {one['on_time']} returned on time + "
            f"{one['late']} late + {one['outstanding']} outstanding + {one['extended']} extended + "
            f"{one['exempt']} exempt"
        )
    for one in told["moderation"]:
        yield (
            f"Moderation of {one['round_name']}: {one['moderated']} moderated = {one['agreed']} agreed + "
            f"{one['up']} up + {one['down']} down; {one['disputed']} disputed, {one['waiting']} not back yet"
        )
    yield from (f"Held: {one}. See the problems below." for one in told["held"])
    if told["doubtful"]:
        yield "Doubtful, to look up in Sent Items and settle with `case-audit resolve`:"
        yield from (f"  {one['key']}" for one in told["doubtful"])
    yield from _listed(
        "Not returned yet:",
        [f"{one['reference']}  due {one['due']}  {one['auditor']}" for one in told["outstanding"]],
    )
    yield from _listed(
        "Problems:", [f"{one['where']}: {one['what']} {one['remedy']}" for one in told["problems"]]
    )


def life_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """One audit's life."""
    yield f"{told['reference']}, case {told['case_number']}, {told['round']}, due {told['due']}"
    yield f"Stands: {told['standing']}."
    for one in told["people"]:
        until = f" until {one['until']}" if one["until"] else ""
        yield f"  {one['role']:16} {one['name']}, from {one['since']}{until}"
    if told["grades"]:
        yield "The auditor’s grades:"
    for one in told["grades"]:
        yield f"  {one['field']:16} {one['answer'] or '-'}"
    yield "What happened:"
    yield from (f"  {one['day']}  {one['says']}" for one in told["story"])
    if told["actions"]:
        yield "Actions:"
    for one in told["actions"]:
        yield f"  {one['id'].rsplit('-', 1)[1]}  {_action_line(one)}"


def list_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """One list of actions' life."""
    yield f"{told['reference']}, {told['kind']}, made for {told['for']} on {told['made_on']}"
    answered = f"last answered on {told['answered_on']}" if told["answered_on"] else "not answered yet"
    yield f"Wanted by {told['due']}: {answered}."
    yield "What happened:"
    yield from (f"  {one['day']}  {one['says']}" for one in told["story"])
    yield "Its actions, as they stand now:"
    yield from (f"  {one['id']}  {_action_line(one)}" for one in told["actions"])


def _action_line(one: Mapping[str, Any]) -> str:
    due = f"due {one['due']}" if one["due"] else "no timescale"
    recorded = f"; recorded in supervision on {one['supervision_on']}" if one["supervision_on"] else ""
    asked = f"; {one['asked']} answers for it" if one["asked"] else ""
    return f"{one['owner'] or 'no owner'}, {due}: {one['state']}{recorded}{asked}"


def reading_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """One returned form, as read."""
    inside = f", in a {told['within']} file" if told["within"] else ""
    yield f"{told['file']}: {told['outcome']}" + (f" ({told['file_kind']}{inside})" if inside else "")
    if told["reference"]:
        yield f"  audit {told['reference']}"
    for key, one in told["answers"].items():
        yield f"  {key}: {_line(one['value'] or '? ' + one['written'])}  [{one['rung']}]"
    for table, rows in told["rows"].items():
        for number, row in enumerate(rows, start=1):
            cells = (f"{key} {_line(one['value'] or '? ' + one['written'])}" for key, one in row.items())
            yield f"  {table} {number}: {'; '.join(cells)}"
    for name in ("missing", "ambiguous", "residue", "flags", "hazards", "questions", "problems"):
        yield from (f"  {name}: {_line(_plain(one))}" for one in told[name])


def _line(text: str) -> str:
    return " / ".join(text.splitlines())


def _listed(head: str, rows: Sequence[str]) -> Iterator[str]:
    if rows:
        yield head
        yield from (f"  {row}" for row in rows[:_ROWS])
    if len(rows) > _ROWS:
        yield f"  and {len(rows) - _ROWS} more: see --json"


def _plain(fact: object) -> str:
    if isinstance(fact, Mapping):
        return ", ".join(f"{name} {_plain(one)}" for name, one in fact.items())
    if isinstance(fact, tuple | list):
        return ", ".join(map(_plain, fact))
    return str(fact)
