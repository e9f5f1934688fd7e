"""The versions of a round's report, and whether QA holds it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from .follow_up import Change
from .ids import AuditRef, RoundId
from .trend import Point

BY_SERVICE = "service"
"""The author of a version that the service made."""


@dataclass(frozen=True, slots=True)
class ReportVersion:
    """One version of a round's report. `author` is BY_SERVICE, or the address of the QA officer who sent it
    back edited. `content` is the SHA-256 of its file, `made_from` a mark of what QA had written by then, so
    that newer words are known. `said` are its headline figures, to restate them by."""

    reference: AuditRef
    version: int
    round: RoundId
    made_on: date
    cut_off: date
    author: str
    content: str
    made_from: str
    head: str
    said: Point


@dataclass(frozen=True, slots=True)
class ReportHold:
    """Whether QA holds a round's report back: since when, and who said so."""

    round: RoundId
    held: bool
    since: date
    author: str


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A round's point as it was last counted, with the number of the newest event by then: it is counted
    anew when the round has a newer one."""

    round: RoundId
    number: int
    point: Point


Kept = Change | ReportVersion | ReportHold | RolledUp
"""Whatever the store keeps whole, in the place of what had its key."""


def newest(versions: Collection[ReportVersion]) -> ReportVersion | None:
    """The version with the highest number, None where there is none."""
    return max(versions, key=lambda one: one.version, default=None)
