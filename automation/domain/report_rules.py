"""A council's choices for the monthly report: the table [report] of rules.toml."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportRules:
    """When the report is drafted and sent, to whom, and how its figures are told.

    Working days count from the due date: the draft goes to QA on one, the report to `roles` on another.
    `good` are the grades whose share is followed from month to month, over `trend_months` rounds. Numbers
    from 1 to less than `suppress_under` are held back; 0 holds none back.
    """

    draft_working_day: int = 3
    send_working_day: int = 5
    roles: tuple[str, ...] = (
        "Head of Service",
        "Head of Service for Quality Assurance",
        "Principal Social Worker",
    )
    good: tuple[str, ...] = ("Outstanding", "Good")
    trend_months: int = 12
    suppress_under: int = 0

    def good_of(self, scale: Sequence[str]) -> tuple[str, ...]:
        """Those of `good` on a scale, best first; of a scale that has none of them, its better half."""
        return tuple(one for one in scale if one in self.good) or tuple(scale[: max(1, len(scale) // 2)])

    def __post_init__(self) -> None:
        if not 1 <= self.draft_working_day <= self.send_working_day:
            raise ValueError("draft_working_day must be 1 or more, and not after send_working_day.")
        if not 1 <= self.trend_months <= 60:
            raise ValueError("trend_months must be 1 to 60.")
        if self.suppress_under < 0:
            raise ValueError("suppress_under must be 0 or more.")
