"""Bounces: what delivery reports say of our messages. QA is told the same day, and nothing more is sent
to an address that does not work."""

from dataclasses import replace
from datetime import UTC, timedelta

from ..domain.bounced_facts import BOUNCED, bounced_messages, problems, told_marks
from ..domain.dealt_mail import DealtMail
from ..domain.ids import AuditRef
from ..domain.replies import may_go
from ..domain.rules import Facts, recipient
from .this_pass import Pass

SOURCE = "bounces"
_AGAIN_DAYS = 14
"""A reply to what came earlier is not sent again."""


def bounces(this: Pass) -> None:
    """Keep what stands to be put right, tell each QA officer what came back, and send again the replies
    that are to go once more. Case details and reminders go again by their own rules."""
    back = this.outbox.came_back(anew=True)
    if not back.failures and not back.strange:
        this.store.set_problems(SOURCE, (), this.today)
        return
    rounds = this.rounds()
    facts = this.facts(rounds)
    audits = [(audit, rounds[audit.allocation.round]) for audit in this.live(rounds)]
    this.store.set_problems(SOURCE, problems(back, audits, this.officers, facts), this.today)
    gone = [one.key for one in this.store.sendings(about=BOUNCED) if one.state != "claimed"]
    for officer in this.officers:
        told = told_marks(gone, officer)
        for message in bounced_messages(back, told, officer, facts.organisation, this.today):
            this.post(message)
    _replies_again(this, facts)


def _replies_again(this: Pass, facts: Facts) -> None:
    """Send once more the newest reply to each person about an audit, where it came back and is due again.
    A copy of it has arrived and does not go again."""
    if not any(facts.again(key) for key in facts.returned):
        return
    newest: dict[tuple[str, str], DealtMail] = {}
    for mail in this.store.mails((this.stamp - timedelta(days=_AGAIN_DAYS)).astimezone(UTC).isoformat()):
        if mail.reply is not None:
            newest[mail.reply.key.split("/", 1)[0], mail.reply.to.key] = mail
    for mail in newest.values():
        reply = mail.reply
        person = facts.organisation.person(reply.to.key) if reply else None
        audit = this.store.audit(AuditRef(reply.key.split("/", 1)[0])) if reply else None
        if not reply or not person or not may_go(reply, person, audit, this.today):
            continue
        if facts.again(reply.key) and facts.reachable(person):
            this.post(replace(reply, key=facts.key(reply.key), to=recipient(person), copied=()))
