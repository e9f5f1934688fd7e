"""Which forms still wait for a person: those whose sender has not sent a better one since."""

from datetime import timedelta

from ..domain.intake import DealtMail, Outcome
from .this_pass import Pass

_DAYS = 90


def recent(this: Pass) -> str:
    """The stamp before which a mail is no longer looked at: three months ago."""
    return (this.today - timedelta(days=_DAYS)).isoformat()


def about_whom(mail: DealtMail) -> str:
    """What a form's mail is about: the audit where it is known, else the sender's address."""
    return mail.reference or mail.sender.lower()


def newest_outcomes(this: Pass) -> dict[str, Outcome]:
    """The outcome of the newest mail with a form, by audit reference and by sender's address."""
    newest: dict[str, Outcome] = {}
    for mail in this.store.mails(recent(this)):
        if mail.forms:
            newest[about_whom(mail)] = mail.outcome
            newest[mail.sender.lower()] = mail.outcome
    return newest
