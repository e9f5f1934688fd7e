"""What came in lately and still stands: forms that wait for a person, and forms with answers to complete."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from ..domain.dealt_mail import DealtMail, Outcome
from ..domain.identify import person_at, senders
from ..domain.ids import AuditRef
from .this_pass import Pass

_DAYS = 90
"""A mail older than this is no longer looked at."""
_STRANGER_DAYS = 14
_READ = (
    *(Outcome.RECORDED, Outcome.RECORDED_WITH_QUESTIONS, Outcome.NEWER_VERSION),
    *(Outcome.INCOMPLETE, Outcome.DUPLICATE),
)


def forms_waiting(this: Pass) -> Mapping[str, tuple[DealtMail, frozenset[AuditRef]]]:
    """The forms that only a person can lay to an audit, by mail id, each with the audits it may be of.

    Those are the audits that the mail names and its sender may return; a mail that names none of them may
    be of any audit of the sender's. A form waits until all of those are settled: a newer form of the
    audit was read, or the sheet ended it. One that may be of no audit is told for two weeks.
    """
    mails = list(_lately(this))
    rounds, organisation = this.rounds(), this.store.organisation()
    audits = this.store.audits(rounds)
    read = {m.reference: place for place, m in enumerate(mails) if m.outcome in _READ}
    waiting = {}
    for place, mail in enumerate(mails):
        if not mail.form_waits:
            continue
        person = person_at(mail.sender, organisation)
        own = [a for a in audits if person and person.key in senders(a)]
        # An audit that the form names waits for it, whoever of the council sent it in.
        named = [a for a in audits if person and a.reference in mail.named] or ([] if mail.named else own)
        left = [a for a in named if a.sends and read.get(a.reference, -1) < place]
        recent = (this.today - mail.on).days <= _STRANGER_DAYS
        if left or (recent and not named):
            waiting[mail.id] = (mail, frozenset(a.reference for a in left))
    return waiting


def forms_incomplete(this: Pass) -> Mapping[AuditRef, date]:
    """The day of the newest form of each audit that came back with answers missing."""
    newest = {m.reference: m for m in _lately(this) if m.reference and m.outcome in _READ}
    return {
        reference: mail.on
        for reference, mail in newest.items()
        if reference and mail.outcome is Outcome.INCOMPLETE
    }


def _lately(this: Pass) -> Iterator[DealtMail]:
    yield from this.store.mails((this.today - timedelta(days=_DAYS)).isoformat())
