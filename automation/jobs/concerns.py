"""Concerns: what a form declares about a child's safety is told before anything else goes, at any hour."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from functools import partial

from ..domain.concerns import OpenConcern, concern_messages, held_concern_messages, open_concerns
from ..domain.message import Message
from ..domain.rules import Facts
from .this_pass import Pass

_DAYS = 14
"""A form that came earlier is in the digest, and no longer raised."""


def raise_concerns(this: Pass) -> None:
    """Post word of each open concern to those who have not had it."""
    found = concerns_since(this, _DAYS)
    if not found:
        return
    facts = this.facts(this.rounds())
    for one in found:
        this.each(one.mail.reference or f"mail {one.mail.id[:12]}", partial(_raise, this, one, facts))


def concerns_since(this: Pass, days: int) -> tuple[OpenConcern, ...]:
    """The concerns that came within so many days and that nobody has confirmed as dealt with."""
    since = (this.stamp - timedelta(days=days)).astimezone(UTC).isoformat()
    mails = this.store.mails(since)
    return open_concerns(mails, this.store.audit, this.today) if any(one.concern for one in mails) else ()


def _raise(this: Pass, one: OpenConcern, facts: Facts) -> None:
    for message in _messages(this, one, facts):
        if not this.store.posted(message.key):
            this.post(message)


def _messages(this: Pass, one: OpenConcern, facts: Facts) -> Iterator[Message]:
    calendar = this.calendar()
    known = [audit.allocation.round for audit in one.audits if calendar.knows(audit.allocation.round)]
    round_ = calendar.round(known[0]) if len(known) == 1 else None
    if one.recorded and round_ is not None:
        yield from concern_messages(one, round_, facts, this.officers)
    else:
        yield from held_concern_messages(one, round_, facts, this.officers)
