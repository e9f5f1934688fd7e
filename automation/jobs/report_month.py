"""A round's facts gathered for its report, and the rounds before it as points."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from ..domain.audit import Audit
from ..domain.calendar import Round, months_before
from ..domain.follow_up import Moderation
from ..domain.ids import AuditRef, RoundId
from ..domain.learning import Passage, Review, mentions, passages
from ..domain.month import Month
from ..domain.report_version import ReportVersion, RolledUp
from ..domain.screening import Screen
from ..domain.themes import ThemeCount, ThemeFinder, theme_counts
from ..domain.trend import Point, Restated, point, restated
from .this_pass import Pass


def month_of(this: Pass, round_: Round, every: tuple[Audit, ...]) -> Month:
    """All that a round's figures are counted from, as it is known today. `every` are all audits."""
    store = this.store
    moderations: Mapping[AuditRef, Moderation] = {one.reference: one for one in store.moderations()}
    return Month(
        round_,
        this.today,
        this.form,
        store.organisation(),
        this.rules.must_audit,
        tuple(one for one in every if one.allocation.round == round_.id),
        every,
        moderations,
        store.disputes(),
        store.actions(),
        store.action_lists(),
    )


def with_themes(
    month: Month,
    found: Sequence[Passage],
    finder: ThemeFinder,
    review: Review | None = None,
    screen: Screen | None = None,
) -> Point:
    """The month's own point, with its themes."""
    counts = theme_counts(mentions(found, finder, review, screen), finder.names)
    return replace(point(month), themes={one.theme: one.audits for one in counts if one.audits})


def themes_of(
    found: Sequence[Passage],
    finder: ThemeFinder,
    review: Review | None,
    screen: Screen,
    earlier: Sequence[Point],
) -> tuple[ThemeCount, ...]:
    """The themes of a round, each with how many rounds running it has been seen. `earlier`, oldest first."""
    before = [one.themes for one in reversed(earlier) if one.returned]
    return theme_counts(mentions(found, finder, review, screen), finder.names, before)


def earlier_points(this: Pass, month: Month, finder: ThemeFinder) -> Iterator[RolledUp]:
    """The rounds before a report's, oldest first, those without audits left out, each counted anew only when
    something has happened in it since it was last."""
    ids = _before(month.round.first, this.rules.report.trend_months - 1)
    known = {one.round: one for one in this.store.rolled_up(ids)}
    versions = sorted(this.store.report_versions(), key=lambda one: one.version)
    said = {one.round: one.said for one in versions}
    # A round that was over before the service began has rows and no returns: it is no round without any.
    audited = {one.allocation.round for one in month.every if one.received is not None}
    calendar = this.calendar()
    for id_ in ids:
        round_ = calendar.round(id_)
        if round_.skipped:
            yield RolledUp(id_, 0, Point(id_, round_.name, round_.due, skipped=round_.skipped))
        elif id_ in audited or id_ in known or this.store.sent([id_]):
            before, newest = known.get(id_), this.store.newest_event(id_)
            if before is not None and before.number >= newest:
                yield before
                continue
            own = replace(month, round=round_, audits=_of(month.every, id_))
            counted = with_themes(own, passages(this.form, own.audits, own.organisation), finder)
            first = before.point if before else said.get(id_)
            yield RolledUp(id_, newest, _as_expected_then(counted, first) if first else counted)


def _as_expected_then(counted: Point, before: Point) -> Point:
    """A round counted anew, with the people who were expected when it was first, in its report or after: the
    sheets know only who is there now. A return that came in time and was read later counts."""
    on_time = min(max(counted.on_time, before.on_time), before.expected)
    return replace(counted, expected=before.expected, on_time=on_time)


def restated_since(
    versions: Sequence[ReportVersion], points: Sequence[Point], scale: Sequence[str]
) -> tuple[Restated, ...]:
    """What the last report on each of these earlier rounds said that is different now."""
    said = {one.round: one.said for one in sorted(versions, key=lambda one: one.version)}
    now = {one.round: one for one in points}
    return tuple(restated([said[id_] for id_ in now if id_ in said], now, scale))


def _before(first: date, months: int) -> list[RoundId]:
    days = (months_before(first, back) for back in range(months, 0, -1))
    return [RoundId(f"{one.year:04d}-{one.month:02d}") for one in days]


def _of(audits: Sequence[Audit], id_: RoundId) -> tuple[Audit, ...]:
    return tuple(one for one in audits if one.allocation.round == id_)
