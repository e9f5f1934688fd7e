"""The data of a span of rounds, gathered from the store. It changes nothing."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ..domain.data_rows import MessageGone, RoundsData
from ..domain.ids import AuditRef, RoundId
from ..ports import Sending
from .this_pass import Pass

_LONDON = ZoneInfo("Europe/London")


def rounds_data(this: Pass, first: RoundId, last: RoundId) -> RoundsData | None:
    """All rounds of the months from `first` to `last`, ad-hoc ones too; None when they have no audits.

    A mail or message about one of their audits is theirs, whenever it went. One about no audit at all, such
    as a digest, is theirs when its day is one of theirs.
    """
    store, calendar = this.store, this.calendar()
    every = store.audits()
    months = (first[:7], last[:7])
    audits = tuple(one for one in every if months[0] <= one.allocation.round[:7] <= months[1])
    rounds = {one: calendar.round(one) for one in sorted({one.allocation.round for one in audits})}
    if not rounds:
        return None
    ours = {one.reference for one in audits}
    others = {one.reference for one in every} - ours

    def within(about: str | None, day: date) -> bool:
        span = any(one.first <= day <= one.last for one in rounds.values())
        return about in ours or about in rounds or (about not in others and span)

    return RoundsData(
        rounds=rounds,
        day=this.today,
        form=this.form,
        organisation=store.organisation(),
        audits=audits,
        moderations={one.reference: one for one in store.moderations() if one.reference in ours},
        disputes=tuple(one for one in store.disputes() if one.reference in ours),
        actions=store.actions(ours),
        mails=tuple(one for one in store.mails() if within(one.reference, one.on)),
        messages=tuple(
            _gone(one) for one in _sendings(this, ours) if within(one.about, _day(one.claimed_at))
        ),
    )


def span(data: RoundsData) -> str:
    """The names of the first and the last round, for a title."""
    names = [one.name for one in data.rounds.values()]
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _sendings(this: Pass, ours: set[AuditRef]) -> Iterator[Sending]:
    """The messages about these audits, each by itself even where it went with others; then all others."""
    for reference in sorted(ours):
        yield from this.store.sendings(about=reference)
    yield from (one for one in this.store.sendings() if one.about not in ours)


def _gone(one: Sending) -> MessageGone:
    return MessageGone(
        one.key, one.kind, one.about, one.recipient, one.copied, one.state, one.claimed_at, one.settled_at
    )


def _day(stamp: str) -> date:
    return datetime.fromisoformat(stamp).astimezone(_LONDON).date()
