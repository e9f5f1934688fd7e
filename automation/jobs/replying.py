"""The replies that returns are owed: one a day for each person and audit, to what they sent last."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from functools import partial

from ..domain.dealt_mail import DealtMail, Outcome
from ..domain.ids import AuditRef, MessageKey, StaffKey
from ..domain.people import Person
from ..domain.replies import REPLY, best_reply, may_go, reply_key
from ..domain.rules import recipient
from .this_pass import Pass

Pair = tuple[str, StaffKey]
"""What a reply is about, and whom it goes to."""

OWED_DAYS = 7
"""A reply that could not go for a week is of no more use."""


def answered_pair(mail: DealtMail) -> Pair | None:
    """Whom a mail's reply goes to about what, None when it is owed none."""
    return (mail.reply.key.split("/", 1)[0], mail.reply.to.key) if mail.reply else None


def post_replies(this: Pass, pairs: Collection[Pair] | None = None) -> None:
    """Send what is owed to these people about these audits, or to all. Whoever has had today's reply waits
    for tomorrow's; with it, all that they sent until then is answered."""
    owed: dict[Pair, list[DealtMail]] = defaultdict(list)
    for mail in this.store.replies_owed(this.stamp - timedelta(days=OWED_DAYS)):
        if (pair := answered_pair(mail)) and (pairs is None or pair in pairs):
            owed[pair].append(mail)
    organisation = this.store.organisation() if owed else None
    for (about, to), mails in owed.items():
        owed_still = [one for one in mails if not _was_answered(this, one, about)]
        person = organisation.person(to) if organisation and owed_still else None
        if person is not None:
            this.each(f"reply about {about}", partial(_post, this, about, person, owed_still))


def _was_answered(this: Pass, mail: DealtMail, about: str) -> bool:
    """Whether a mail that is dealt with once more, in a store that was restored, had its reply before. That
    is noted."""
    kept = this.store.fact(f"answered {mail.id}").splitlines()
    keys = [MessageKey(key) for key in kept if key.startswith(f"{about}/{REPLY}/")]
    if keys:
        this.store.answer_under([mail.id], keys[0])
    return bool(keys)


def _post(this: Pass, about: str, person: Person, mails: list[DealtMail]) -> None:
    key = reply_key(about, this.today, person.key)
    if this.store.posted(key):
        # The same file once more, on a day with a receipt, needs no word.
        again = [one.id for one in mails if one.outcome is Outcome.DUPLICATE]
        if again:
            this.store.answer_under(again, key)
        return
    best = best_reply(mails)
    audit = this.store.audit(AuditRef(about))
    if best.reply is None or not may_go(best.reply, person, audit, this.today):
        return
    # Noted before it is sent: should we die in between, it is still known what the message answers.
    this.store.answer_under([one.id for one in mails], key)
    this.post(replace(best.reply, key=key, to=recipient(person)))
