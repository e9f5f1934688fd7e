"""After a store was restored: what the mailbox remembers is learnt again before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .domain.follow_up import ActionList, Dispute, Moderation
from .domain.forgotten import CASE, learnt
from .domain.history import Event
from .domain.ids import AuditRef, MessageKey, StaffKey
from .domain.message import Fact, Mail, Message, Recipient
from .jobs.forgotten import FORGOTTEN
from .outside import Ports
from .ports import MailUnreadableError, SentLetter, Store
from .store_opening import mark_reconciled

_BEFORE = timedelta(days=1)
"""Letters are looked at from so long before the backup: clocks differ, and a pass takes a while."""
_FILED_BEFORE = timedelta(days=14)
"""A mail may have lain in the inbox for so long before it was dealt with."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was learnt again: messages that had gone, audits whose reference was given, mails put back."""

    since: datetime
    messages: int
    audits: int
    mails: int


def reconcile(ports: Ports, since: datetime, now: datetime) -> Reconciled:
    """Learn again what a store that was restored has forgotten since its newest event.

    The keys that have gone are marked as sent, the references that were given stay with their cases, and
    mails that were filed meanwhile go back into the inbox, to be dealt with by the next pass; those that had
    their reply get no other. Broken off, it is done again from the beginning. Raises OutsideUnavailableError.
    """
    store, mailbox = ports.store, ports.mailbox
    letters = tuple(mailbox.sent_since(since - _BEFORE))
    messages = sum(_learn(store, one) for one in letters)
    cases = [text for one in letters for kind, text in one.known if kind == CASE]
    audits = sum(_keep_reference(store, one) for one in dict.fromkeys(cases))
    for kind, text in dict.fromkeys(known for one in letters for known in one.known if known[0] != CASE):
        _keep_decision(store, kind, text)
    for mail_id in mailbox.inbox():
        if store.mail(mail_id) is None:
            _note_reply(ports, mail_id, letters)
    mails = 0
    for mail_id in tuple(mailbox.filed_since(since - _FILED_BEFORE)):
        if store.mail(mail_id) is None:
            _note_reply(ports, mail_id, letters)
            mailbox.put_back(mail_id)
            mails += 1
    told: dict[str, Fact] = {
        "since": since.isoformat(),
        "messages learnt again": messages,
        "mails put back": mails,
    }
    mark_reconciled(store, Event("service", "store restored and reconciled", told), now)
    return Reconciled(since, messages, audits, mails)


def _learn(store: Store, letter: SentLetter) -> int:
    """Mark what went in a letter as sent. How many messages the store had not known to be."""
    mail, *parts = (_message(kind, key, letter) for kind, key in letter.contents)
    mail = replace(mail, copied=tuple(Recipient(StaffKey(one), "", one) for one in letter.copied))
    learnt = _settle(store, replace(mail, parts=tuple(parts)), letter.at)
    # A mail of which one part was known: the others are learnt one by one.
    learnt += sum(_settle(store, one, letter.at) for one in parts if not store.posted(one.key))
    return learnt if learnt < 2 or not parts else len(parts)


def _settle(store: Store, message: Message, at: datetime) -> int:
    before = store.claim(message, at)
    if before == "sent":
        return 0
    about = message.key.split("/", 1)[0]
    store.settle(message.key, "sent", at, Event(about, f"{message.kind} found sent", {"to": message.to.key}))
    return 1


def _message(kind: str, key: MessageKey, letter: SentLetter) -> Message:
    return Message(key, kind, Recipient(StaffKey(key.rsplit("/", 1)[1]), "", letter.to))


def _keep_reference(store: Store, case: str) -> int:
    """Let a case keep the reference that it was given, where the store does not know the audit any more."""
    reference, _, number = case.partition("/")
    if store.audit(AuditRef(reference)) is not None:
        return 0
    round_id = reference.removeprefix("CFA-").rpartition("-")[0]
    name = f"case {round_id}/{number}"
    new = store.fact(name) != reference
    store.keep_fact(name, reference)
    return int(new)


def _keep_decision(store: Store, kind: str, text: str) -> None:
    """Let a decision be taken up again that the store has forgotten."""
    change = learnt(kind, text)
    if isinstance(change, Moderation):
        known, place = store.moderation(change.reference) is not None, change.reference
    elif isinstance(change, ActionList):
        known, place = store.action_list(change.reference) is not None, change.reference
    elif isinstance(change, Dispute):
        known = any(one.kind == change.kind for one in store.disputes(change.reference))
        place = AuditRef(f"{change.reference} {change.kind}")
    else:
        return
    if not known:
        store.keep_fact(f"{FORGOTTEN}{kind} {place}", text)


def _note_reply(ports: Ports, mail_id: str, letters: Sequence[SentLetter]) -> None:
    """Note which letters may have answered a mail, so that its sender gets no second answer."""
    try:
        mail = ports.mailbox.open(mail_id)
    except MailUnreadableError:
        return
    keys = [key for one in letters if _may_answer(one, mail) for _, key in one.contents[:1]]
    ports.store.keep_fact(f"answered {mail_id}", "\n".join(keys))


def _may_answer(letter: SentLetter, mail: Mail) -> bool:
    if letter.to != mail.sender.lower():
        return False
    return letter.at >= mail.received or bool(mail.message_id and letter.answers == mail.message_id)
