"""Share: the finished audit, to those who should have it (guidance 2). One mail a day for each person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, timedelta

from ..domain.audit import Audit
from ..domain.bundle import bundled
from ..domain.calendar import Round
from ..domain.dealt_mail import DealtMail, Outcome
from ..domain.ids import REFERENCE, AuditRef, RoundId
from ..domain.message import Fact, Message
from ..domain.share_problems import share_problems
from ..domain.shares import SHARE, shares, versions_had
from .parts_returned import parts_returned
from .this_pass import Pass

SOURCE = "share"
_DAYS = 60
"""A return that came earlier is shared, or put right, only while its round is in play."""
_RECORDED = (Outcome.RECORDED, Outcome.RECORDED_WITH_QUESTIONS, Outcome.NEWER_VERSION)


def share(this: Pass) -> None:
    """Post each finished audit to whoever should have it and has not, and keep who cannot be sent it."""
    mails = this.store.mails((this.stamp - timedelta(days=_DAYS)).astimezone(UTC).isoformat())
    recorded = {one.reference for one in mails if one.reference and one.outcome in _RECORDED}
    near = this.rounds()
    rounds = _rounds(this, recorded) | near
    returned = [
        (audit, rounds[audit.allocation.round])
        for audit in this.live(rounds)
        if audit.received and (audit.reference in recorded or audit.allocation.round in near)
    ]
    facts = this.facts(rounds)
    back = parts_returned(this, [audit.reference for audit, _ in returned], facts, (SHARE,))
    facts = replace(facts, returned={**facts.returned, **back})
    had, changes = versions_had(facts), _changes(mails)
    this.store.set_problems(SOURCE, share_problems(returned, facts, had), this.today)
    due: list[Message] = []
    for audit, round_ in returned:

        def decide(audit: Audit = audit, round_: Round = round_) -> None:
            due.extend(shares(audit, round_, facts, had, changes[audit.reference]))

        this.each(audit.reference, decide)
    for mail in bundled(due, this.today, this.store.posted):

        def post(mail: Message = mail) -> None:
            this.post(mail)

        this.each(mail.key, post)


def _rounds(this: Pass, references: set[AuditRef]) -> dict[RoundId, Round]:
    calendar = this.calendar()
    found = (REFERENCE.fullmatch(one) for one in references)
    ids = {RoundId(one[1]) for one in found if one}
    return {one: calendar.round(one) for one in ids if calendar.knows(one)}


def _changes(mails: Sequence[DealtMail]) -> Mapping[AuditRef, dict[int, tuple[Mapping[str, Fact], ...]]]:
    """What each version of an audit changed, in the words of its receipt."""
    found: dict[AuditRef, dict[int, tuple[Mapping[str, Fact], ...]]] = defaultdict(dict)
    for mail in mails:
        if mail.reference and mail.outcome is Outcome.NEWER_VERSION and mail.reply:
            version, rows = mail.reply.facts.get("version"), mail.reply.facts.get("changes")
            if isinstance(version, int) and isinstance(rows, tuple):
                found[mail.reference][version] = tuple(row for row in rows if isinstance(row, Mapping))
    return found
