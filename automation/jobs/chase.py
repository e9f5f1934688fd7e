"""Chase: the reminder ladder, to those outstanding at the moment of sending and to nobody else."""

from dataclasses import replace
from datetime import date, datetime
from functools import partial

from ..domain.audit import Audit
from ..domain.calendar import Round
from ..domain.ids import AuditRef, MessageKey
from ..domain.rules import ladder, told_late
from .this_pass import Pass
from .waiting_forms import forms_incomplete, forms_waiting


def chase(this: Pass) -> None:
    """Post the latest due step of each outstanding audit.

    Nobody is chased whose form has come and waits for a person to look at it.
    """
    rounds = this.rounds()
    live, facts = this.live(rounds), this.facts(rounds)
    told = {**told_late(live, partial(_gone_on, this)), **facts.told_again}
    facts = replace(facts, incomplete=forms_incomplete(this), told_again=told)
    looked_at = {reference for _, audits in forms_waiting(this).values() for reference in audits}
    for audit in live:
        round_ = rounds[audit.allocation.round]
        if audit.reference in looked_at:
            continue

        def post(audit: Audit = audit, round_: Round = round_) -> None:
            # The newest facts, not those the pass began with: a return may have come in between.
            now = this.store.audit(audit.reference)
            for message in ladder(now, round_, facts) if now else ():
                this.post(message)

        if ladder(audit, round_, facts):
            this.each(audit.reference, post)


def _gone_on(this: Pass, reference: AuditRef, key: MessageKey) -> date | None:
    """The day on which a message about an audit went."""
    stamps = [one.settled_at for one in this.store.sendings("sent", reference) if one.key == key]
    return datetime.fromisoformat(stamps[0]).astimezone(this.stamp.tzinfo).date() if stamps else None
