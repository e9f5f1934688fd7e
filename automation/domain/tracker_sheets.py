"""The sheets of the tracker workbook: the same rows as the status page, to filter and sort."""

from collections.abc import Iterator, Mapping

from .data_sheet import DataColumn, DataSheet, sheet_of
from .message import Fact
from .tracker import Rows, Tracker


def tracker_sheets(tracker: Tracker) -> tuple[DataSheet, ...]:
    """Now, Outstanding, Needs QA, Moderation, Actions and Sent today."""
    return (
        sheet_of("Now", _NOW, tracker.rounds),
        sheet_of("Outstanding", _OUTSTANDING, _empty_where_nought(tracker.outstanding, "days_late")),
        sheet_of("Needs QA", _NEEDS, _needs(tracker)),
        sheet_of("Moderation", _MODERATION, tracker.moderation),
        sheet_of("Actions", _ACTIONS, _empty_where_nought(tracker.open_actions, "days_overdue")),
        sheet_of("Sent today", _SENT, tracker.sent),
    )


def _columns(*columns: tuple[str, str, int]) -> tuple[DataColumn, ...]:
    return tuple(DataColumn(heading, width, key, key in _LONG) for heading, key, width in columns)


_LONG = ("what", "remedy")
"""The columns whose texts may be long."""


_NOW = _columns(
    ("Round", "round_name", 24), ("Due", "due", 13), ("Required to audit", "required", 11),
    ("Without an audit", "no_audit", 11), ("Allocated", "allocated", 11), ("Back on time", "on_time", 11),
    ("Back late", "late", 11), ("Outstanding", "outstanding", 13), ("Extended", "extended", 11),
    ("Exempt", "exempt", 11), ("Held", "held", 8),
)  # fmt: skip
_OUTSTANDING = _columns(
    ("Reference", "reference", 19), ("Round", "round_name", 18), ("Case number", "case_number", 13),
    ("Auditor", "auditor", 24), ("Team", "team", 26), ("Due", "due", 13), ("Days late", "days_late", 9),
    ("Last reminder", "reminded", 13), ("Note", "note", 34),
)  # fmt: skip
_NEEDS = _columns(("Under", "under", 26), ("What", "what", 70), ("What to do", "remedy", 70))
_MODERATION = _columns(
    ("Reference", "reference", 19), ("Case number", "case_number", 13), ("Chosen because", "why", 20),
    ("Chosen on", "chosen_on", 13), ("Due", "due", 13), ("State", "state", 14),
    ("Auditor’s grade", "given", 21), ("Moderated grade", "now", 21), ("Disputed", "disputed", 10),
)  # fmt: skip
_ACTIONS = _columns(
    ("Action number", "id", 22), ("Case number", "case_number", 13), ("Team", "team", 26),
    ("Service", "service", 32), ("Due", "due", 13), ("State", "state", 9),
    ("Days overdue", "days_overdue", 10),
)  # fmt: skip
_SENT = _columns(("Kind", "kind", 36), ("How many", "count", 11))


def _needs(tracker: Tracker) -> Iterator[Mapping[str, Fact]]:
    """What a person must see to, under the headings of the digest."""
    for one in tracker.needs:
        yield {"under": "To decide or do", **one}
    for one in tracker.doubtful:
        remedy = "Look in Sent Items or ask the reader, then settle it with case-audit resolve."
        yield {"under": "May or may not have gone out", "what": one["key"], "remedy": remedy}
    for one in tracker.problems:
        yield {
            "under": "To put right",
            "what": f"{one['where']}: {one['what']}",
            "remedy": one["remedy"],
        }


def _empty_where_nought(rows: Rows, key: str) -> Iterator[Mapping[str, Fact]]:
    """The rows with nothing in the place of a nought: an audit that is not late has no days late."""
    return ({**row, key: row[key] or None} for row in rows)
