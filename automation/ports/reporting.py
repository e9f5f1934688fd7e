"""What the store remembers of reports."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from ..domain.history import Event
from ..domain.ids import RoundId
from ..domain.report_version import Kept, ReportHold, ReportVersion, RolledUp


class Reporting(Protocol):
    """What is known of reports. Each method is one transaction, durable when it returns."""

    def report_versions(self) -> tuple[ReportVersion, ...]:
        """Every version of every report, by reference and version."""

    def report_holds(self) -> tuple[ReportHold, ...]:
        """The rounds whose report was ever held, by round."""

    def rolled_up(self, rounds: Collection[RoundId]) -> tuple[RolledUp, ...]:
        """The points of these rounds as they were last counted, by round."""

    def learn_reporting(
        self,
        learnt: Sequence[Kept],
        events: Sequence[Event],
        stamp: datetime,
    ) -> None:
        """Keep these, each in the place of what had its key, with their events, in one transaction."""

    def newest_event(self, round_id: RoundId) -> int:
        """The number of the newest event about an audit of a round, 0 when there is none."""
