"""What came in lately and still stands: forms that wait for a person, and forms with answers to complete."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from ..domain.ids import AuditRef
from ..domain.intake import DealtMail, Outcome
from .this_pass import Pass

_DAYS = 90
"""A mail older than this is no longer looked at."""


def forms_waiting(this: Pass) -> tuple[DealtMail, ...]:
    """The forms that only a person can lay to an audit, until their sender sends a better one or the
    audit is settled in another way."""
    found = {mail.id: mail for mail in _newest(this).values() if mail.form_waits}
    return tuple(mail for mail in found.values() if not _settled(this, mail))


def forms_incomplete(this: Pass) -> Mapping[AuditRef, date]:
    """The day of the newest form of each audit that came back with answers missing."""
    return {
        mail.reference: mail.on
        for mail in _newest(this).values()
        if mail.reference and mail.outcome is Outcome.INCOMPLETE
    }


def _newest(this: Pass) -> dict[str, DealtMail]:
    """The newest mail with a form for each audit, and for each sender."""
    newest: dict[str, DealtMail] = {}
    for mail in _lately(this):
        if mail.forms and mail.outcome is not Outcome.AUTOMATIC:
            newest[mail.sender.lower()] = mail
            if mail.reference:
                newest[mail.reference] = mail
    return newest


def _lately(this: Pass) -> Iterator[DealtMail]:
    yield from this.store.mails((this.today - timedelta(days=_DAYS)).isoformat())


def _settled(this: Pass, mail: DealtMail) -> bool:
    audit = this.store.audit(mail.reference) if mail.reference else None
    return audit is not None and (audit.received is not None or not audit.allocation.status.sends)
