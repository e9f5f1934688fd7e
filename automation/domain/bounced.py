"""Mail that came back: which message it was, what that says of an address, and what goes again, and when."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from .calendar import WorkingCalendar
from .dealt_mail import DealtMail, Outcome
from .ids import MessageKey, StaffKey, message_mark, reference_in_message_id
from .message import Bounce, BounceKind
from .people import Organisation

WITHIN_DAYS = 120
"""A report older than this is no longer looked at."""
_NAMED_DAYS = 14
"""A report without our key counts for what was written about the audit it names so many days before."""
_FULL_TRIES = 3
_FULL_WAITS = (1, 2)
"""Working days before a message to a full mailbox goes a second and a third time."""


class Gone(Protocol):
    """A message that has gone, as the store knows it. `settled_at` is an aware ISO stamp."""

    @property
    def key(self) -> MessageKey: ...
    @property
    def kind(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def recipient(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def copied(self) -> tuple[str, ...]: ...
    @property
    def settled_at(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Failure:
    """One message of ours that did not reach one address. `address` is in lower case.

    `to` is the staff key of the reader, or a QA officer's address; `copied` says that the address was only
    a copy's. `number` counts the failures of this message at this address. `mended` says that somebody at
    the address has written to us since. `certain` says that the report named this very message; one that
    named only its audit, or a key without the Message-ID, may be anybody's guess.
    """

    key: MessageKey
    kind: str
    about: str
    to: StaffKey
    address: str
    copied: bool
    how: BounceKind
    status: str
    on: date
    number: int = 1
    mended: bool = False
    certain: bool = True

    @property
    def final(self) -> bool:
        """Whether nothing more should go to the address: it does not work, or its mailbox stays full."""
        return self.certain and (self.how == "hard" or (self.how == "full" and self.number >= _FULL_TRIES))

    @property
    def to_officer(self) -> bool:
        """Whether it was QA's own mail. Officers are known by their address."""
        return self.to.lower() == self.address


@dataclass(frozen=True, slots=True)
class CameBack:
    """All that delivery reports tell. `failures` are each message and address once, oldest first; `dead`
    the addresses that nothing more goes to; `strange` the reports that fit no message of ours."""

    failures: tuple[Failure, ...] = ()
    dead: Mapping[str, Failure] = field(default_factory=dict)
    strange: tuple[DealtMail, ...] = ()
    gone: Mapping[MessageKey, date] = field(default_factory=dict)
    """The messages about the same audits that have gone, and the day of each."""


def came_back(mails: Sequence[DealtMail], gone: Collection[Gone]) -> CameBack:
    """What the mails, in the order they were dealt with, say of the messages that have gone.

    Anybody can send a report. One is certain when it has the Message-ID of a message to that address, and
    says that the address does not work, not that a policy or an outage was in the way.
    One that names an audit that was written about to that address within two weeks before is told to QA,
    and changes nothing else. Any other is strange. A person's mail from an address shows that it works
    again; where it names the audit, the message did arrive.
    """
    known: dict[str, Gone] = {one.key: one for one in gone} | {message_mark(one.key): one for one in gone}
    failures: dict[tuple[MessageKey, str], Failure] = {}
    dead: dict[str, Failure] = {}
    strange: list[DealtMail] = []
    for mail in mails:
        if mail.outcome is not Outcome.AUTOMATIC:
            dead.pop(mail.sender.lower(), None)
            failures = _answered(failures, mail)
            continue
        found = [(bounce, _message(mail, bounce, known, gone)) for bounce in mail.bounces]
        if (found or mail.why == "bounce") and not any(one for _, one in found):
            strange.append(mail)
        for bounce, one in found:
            if one is None or bounce.kind == "delayed":
                continue  # not given up yet
            failure = _failure(
                mail, bounce, one, failures.values(), certain=_names(bounce, one) and not _may_pass(bounce)
            )
            before = failures.get((failure.key, failure.address))
            if before and (before.certain or not failure.certain):
                continue  # told of before
            failures[failure.key, failure.address] = failure
            if failure.final:
                dead.setdefault(failure.address, failure)
    days = {one.key: _day(one) for one in gone}
    return CameBack(tuple(failures.values()), dead, tuple(strange), days)


def abouts(mail: DealtMail) -> frozenset[str]:
    """What the messages may be about that a mail's delivery report speaks of."""
    found = {mail.reference or ""}
    for bounce in mail.bounces:
        about = bounce.key.split("/", 1)[0].split(".", 1)[0]
        found |= {about, about.upper()}
    # What an outsider wrote may be stored that no store can be asked for.
    return frozenset(one for one in found if _PLAIN.fullmatch(one))


_PLAIN = re.compile(r"[ -~]{1,400}")


def _names(bounce: Bounce, one: Gone) -> bool:
    """Whether a bounce names a message itself."""
    return bounce.key in (one.key, message_mark(one.key))


def _answered(
    failures: Mapping[tuple[MessageKey, str], Failure], mail: DealtMail
) -> dict[tuple[MessageKey, str], Failure]:
    left: dict[tuple[MessageKey, str], Failure] = {}
    for place, one in failures.items():
        if one.address != mail.sender.lower():
            left[place] = one
        elif one.about != mail.reference and one.about not in mail.named:
            left[place] = replace(one, mended=True)
    return left


def _message(
    mail: DealtMail, bounce: Bounce, known: Mapping[str, Gone], gone: Collection[Gone]
) -> Gone | None:
    """The message that a bounce is of, None when it fits none."""
    named = known.get(bounce.key)
    if named is not None and bounce.address in _addresses(named):
        return named
    about = mail.reference or _audit_of(bounce.key)
    fitting = [
        one
        for one in gone
        if one.about == about
        and bounce.address in _addresses(one)
        and -1 <= (mail.on - _day(one)).days <= _NAMED_DAYS
    ]
    return max(fitting, key=lambda one: one.settled_at, default=None) if about else None


def _audit_of(key: str) -> str:
    return reference_in_message_id(f"{key}@x") or key.split("/", 1)[0]


def _day(one: Gone) -> date:
    return date.fromisoformat(one.settled_at[:10])


def _addresses(one: Gone) -> frozenset[str]:
    return frozenset(address.lower() for address in (one.address, *one.copied))


def _may_pass(bounce: Bounce) -> bool:
    """Whether a final failure says nothing against the address: a policy refused our mail, or it ran out of
    time on the way (RFC 3463: X.7.X, X.4.7)."""
    return bounce.kind == "hard" and bool(re.fullmatch(r"4\..*|5\.7\..*|5\.4\.7", bounce.status))


def _failure(
    mail: DealtMail, bounce: Bounce, one: Gone, before: Collection[Failure], *, certain: bool
) -> Failure:
    first = first_key(one.key)
    again = [f for f in before if first_key(f.key) == first and f.address == bounce.address and not f.mended]
    number = 1 + sum(f.how == "full" and f.certain and f.key != one.key for f in again)
    copied = bounce.address != one.address.lower()
    return Failure(
        *(one.key, one.kind, one.about, StaffKey(one.recipient), bounce.address),
        *(copied, bounce.kind, bounce.status, mail.on, number),
        certain=certain,
    )


# What goes again


@dataclass(frozen=True, slots=True)
class Returned:
    """A message whose last try came back: the key of the next one, and the day it goes. None: not until
    somebody has mended the address."""

    failure: Failure
    next_key: MessageKey
    on: date | None


def returned(
    back: CameBack, organisation: Organisation, working: WorkingCalendar
) -> Mapping[MessageKey, Returned]:
    """The messages whose last try came back, by their first key.

    They go again when the sheet has another address by now, when somebody has written from the address
    since, and twice when the mailbox was full (brief: two more tries). Copies do not go again.
    """
    tries = Counter[MessageKey]()
    for key in back.gone:
        tries[first_key(key)] = max(tries[first_key(key)], _try(key))
    found = {}
    for failure in back.failures:
        first = first_key(failure.key)
        if failure.copied or not failure.certain or _try(failure.key) < tries[first]:
            continue
        person = organisation.person(failure.to)
        now = person.address.lower() if person else ""
        on = None
        if now and now not in back.dead and (now != failure.address or failure.mended):
            on = failure.on
        elif now and now == failure.address and failure.how == "full" and not failure.final:
            on = working.add_working_days(failure.on, _FULL_WAITS[failure.number - 1])
        found[first] = Returned(failure, _key_of_try(first, tries[first] + 1), on)
    return found


def told_again(back: CameBack) -> Mapping[MessageKey, date]:
    """The day of the last try of each message that has gone more than once, by its first key."""
    days: dict[MessageKey, date] = {}
    for key, day in back.gone.items():
        if _try(key) > 1:
            days[first_key(key)] = max(day, days.get(first_key(key), day))
    return days


_AGAIN = re.compile(r"\.(\d+)$")


def first_key(key: MessageKey) -> MessageKey:
    """The key of a message's first try: `…/auditor-1/S1` for `…/auditor-1.2/S1`."""
    about, kind, occasion, recipient = key.split("/", 3)
    return MessageKey(f"{about}/{kind}/{_AGAIN.sub('', occasion)}/{recipient}")


def _try(key: MessageKey) -> int:
    found = _AGAIN.search(key.split("/", 3)[2])
    return int(found[1]) if found else 1


def _key_of_try(first: MessageKey, number: int) -> MessageKey:
    about, kind, occasion, recipient = first.split("/", 3)
    return MessageKey(f"{about}/{kind}/{occasion}.{number}/{recipient}")
