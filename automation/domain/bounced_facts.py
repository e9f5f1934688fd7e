"""What QA is told of mail that came back: the problems that stand, and the message of the same day."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .audit import ROLES, Audit, Posting
from .bounced import CameBack, Failure
from .calendar import Round
from .ids import MessageKey, message_key
from .message import Fact, Message, Recipient
from .people import Organisation, Person
from .problem import Problem
from .rules import Facts, details_key
from .written import say

BOUNCED = "bounced"
_RECENT_DAYS = 14
"""How long a report is told of that nothing in the sheet can mend."""
_MOST = 8
"""How many failures one message lists: their marks stand in its key."""

_KINDS = {"case_details_auditor": "case details", "case_details_social_worker": "case details"}
_KINDS |= {"case_details_team_manager": "case details", "re_allocated": "case details"}
_KINDS |= {"return_held": "answer to a return", "incomplete": "answer to a return"}
_KINDS |= {"stood_down": "stand-down", "overdue": "overdue message"}


def why(failure: Failure) -> str:
    """Why the mail came back, in words, by its enhanced status code (RFC 3463)."""
    if failure.how == "full":
        return "the mailbox is full"
    for pattern, words in _WHY:
        if re.match(pattern, failure.status):
            return words
    return "it could not be delivered"


_WHY = (
    (r"5\.1\.2$|5\.4\.4$", "there is no such mail domain"),
    (r"5\.1\.", "there is no such mailbox"),
    (r"5\.2\.1$", "the mailbox is closed"),
    (r"5\.2\.3$|5\.3\.4$", "the message is too large for it"),
    (r"5\.7\.", "the mail system there refuses our mail"),
    (r"4\.|5\.4\.7$", "it could not be delivered in time"),
)


# The problems that stand


def problems(
    back: CameBack, audits: Sequence[tuple[Audit, Round]], officers: Collection[Recipient], facts: Facts
) -> tuple[Problem, ...]:
    """What QA must put right: one problem for each audit and person that mail does not reach. Each goes
    when the address is mended, the audit is over or somebody else has the role."""
    found = [one for audit, round_ in audits for one in _of_audit(audit, round_, back, facts)]
    found += _of_managers(back, [audit for audit, _ in audits], facts)
    found += _of_officers(back, officers, facts.today)
    found += _uncertain(back, officers, facts)
    return (*found, *_strange(back, facts.today))


def _of_audit(audit: Audit, round_: Round, back: CameBack, facts: Facts) -> Iterator[Problem]:
    if not audit.sends or round_.skipped:
        return
    where = f"Sheet Allocations, row {audit.allocation.row}"
    for role in ROLES:
        posting = audit.holder(role)
        person = facts.organisation.person(posting.person) if posting else None
        if posting is None or person is None or not person.employed(facts.today):
            continue
        if role == "social_worker" and _holds(audit, "team_manager", person):
            continue  # told of once, as the team manager
        who = f"the {role.replace('_', ' ')}, {person.name},"
        if dead := back.dead.get(person.address.lower()):
            lacks = "" if facts.told(details_key(audit, posting)) else " They have not had the case details."
            what = f"Mail to {who} came back on {say(dead.on)}: {why(dead)}.{lacks}"
            yield Problem(where, what, _mend(role), row=audit.allocation.row)
        else:
            yield from _waiting(audit, round_, posting, who, facts)


def _waiting(audit: Audit, round_: Round, posting: Posting, who: str, facts: Facts) -> Iterator[Problem]:
    """The case details that came back and are to go again, or can go no more."""
    row, where = audit.allocation.row, f"Sheet Allocations, row {audit.allocation.row}"
    waits = facts.returned.get(details_key(audit, posting))
    if waits is None:
        return
    if facts.today > audit.due(round_):
        what = f"The case details to {who} came back, and the due date has passed."
        yield Problem(where, what, "Give the audit an extension, or name another auditor.", row=row)
    elif waits.on is not None and waits.on > facts.today:
        what = f"The case details to {who} came back: {why(waits.failure)}. They go again on {say(waits.on)}."
        yield Problem(where, what, "Ask them to make room.", stops=False, row=row)


def _holds(audit: Audit, role: str, person: Person) -> bool:
    return any(p.role == role and p.until is None and p.person == person.key for p in audit.postings)


def _mend(role: str) -> str:
    other = "manager in Teams" if role == "team_manager" else role.replace("_", " ")
    return (
        f"Correct the address in Staff, or name another {other}. If the address is right and works by now, "
        "have them send any mail to this service."
    )


def _of_managers(back: CameBack, audits: Sequence[Audit], facts: Facts) -> Iterator[Problem]:
    if not any(step.copy_line_manager for step in facts.rules.steps):
        return
    live = [audit for audit in audits if audit.sends]
    auditors = {p.person for a in live if (p := a.holder("auditor"))}
    managers = {m.key: m for one in auditors if (m := facts.organisation.line_manager(one))}
    told = {p.person for a in live for p in a.postings if p.until is None}  # at their own rows
    for manager in sorted(managers.values(), key=lambda one: one.key):
        if manager.key in told:
            continue
        if dead := back.dead.get(manager.address.lower()):
            yield Problem(
                f"Sheet Staff, {manager.name}",
                f"Mail to this address came back on {say(dead.on)}: {why(dead)}. "
                "Reminders to their people go without a copy.",
                "Correct the address.",
                stops=False,
            )


def _of_officers(back: CameBack, officers: Collection[Recipient], today: date) -> Iterator[Problem]:
    names = {one.address.lower(): one.name for one in officers}
    last = {one.address: one for one in back.failures if one.to_officer and one.certain and not one.mended}
    for address, failure in sorted(last.items()):
        if address in names and failure.on >= today - timedelta(days=_RECENT_DAYS):
            what = f"QA’s mail to {names[address]} came back on {say(failure.on)}: {why(failure)}."
            yield Problem("service.toml, qa_officers", what, "Correct the address.")


def _uncertain(back: CameBack, officers: Collection[Recipient], facts: Facts) -> Iterator[Problem]:
    """What only a report says that anybody could have made up. Mail to the address goes on."""
    names = {one.address.lower(): one.name for one in officers}
    names |= {one.address.lower(): one.name for one in facts.organisation.people.values()}
    for failure in back.failures:
        late = failure.on < facts.today - timedelta(days=_RECENT_DAYS)
        if failure.certain or failure.mended or late or failure.address not in names:
            continue
        what = _what(failure)
        yield Problem(
            f"Mail to {names[failure.address]}",
            f"{what} may not have arrived. A report of {say(failure.on)} says: {why(failure)}. It may be "
            "mistaken, or it may pass, so mail to the address goes on.",
            "Check the address with them, and correct it if it is wrong.",
            stops=False,
        )


def _strange(back: CameBack, today: date) -> Iterator[Problem]:
    for mail in back.strange:
        if mail.on >= today - timedelta(days=_RECENT_DAYS):
            yield Problem(
                f"Mail {mail.filed_as}",
                "This delivery report fits no message that was sent.",
                f"Read it in folder {mail.outcome.folder}: a message may not have arrived.",
                stops=False,
            )


# The message of the same day


@dataclass(frozen=True, slots=True)
class _Lost:
    """One message that did not reach one person of the council."""

    failure: Failure
    person: Person

    @property
    def mark(self) -> str:
        """A short name for it, the same whenever the reports are read."""
        told = f"{self.failure.key} {self.failure.address}{'' if self.failure.certain else ' ?'}"
        return hashlib.sha256(told.encode()).hexdigest()[:8]


def told_marks(keys: Collection[MessageKey], officer: Recipient) -> frozenset[str]:
    """The failures that an officer has been told of, by the keys of the messages that told it."""
    return frozenset(
        mark
        for key in keys
        for about, _, occasion, to in [key.split("/", 3)]
        if about == BOUNCED and to == officer.key
        for mark in occasion.split("+")
    )


def bounced_messages(
    back: CameBack, told: Collection[str], officer: Recipient, organisation: Organisation, today: date
) -> Iterator[Message]:
    """What an officer has not been told of yet: the people that a message did not reach, and nothing more
    will; apart from those, the ones that an uncertain report tells of, who are still written to. Once for
    each failure, several together. Nothing of QA's own mail: that could go round for ever."""
    lost = [
        one
        for one in _lost(back, organisation)
        if one.mark not in told and one.failure.on >= today - timedelta(days=_RECENT_DAYS)
    ]
    certain, uncertain = ([one for one in lost if one.failure.certain is sure] for sure in (True, False))
    for some in (*_in_lots(certain), *_in_lots(uncertain)):
        key = message_key(BOUNCED, BOUNCED, "+".join(one.mark for one in some), officer.key)
        people = dict.fromkeys((one.person.key, one.failure.address) for one in some)
        rows = tuple(
            _row([one for one in some if (one.person.key, one.failure.address) == who]) for who in people
        )
        certain_too = some[0].failure.certain
        yield Message(key, BOUNCED, officer, {"day": today, "rows": rows, "certain": certain_too})


def _in_lots(lost: Sequence[_Lost]) -> Iterator[Sequence[_Lost]]:
    return (lost[start : start + _MOST] for start in range(0, len(lost), _MOST))


def _lost(back: CameBack, organisation: Organisation) -> Iterator[_Lost]:
    at = {one.address.lower(): one for one in organisation.people.values()}
    for failure in back.failures:
        person = at.get(failure.address)
        if person is None or failure.mended or (failure.certain and not failure.final):
            continue
        if failure.copied or person.key == failure.to:  # an officer's key is the address
            yield _Lost(failure, person)


def _row(lost: Sequence[_Lost]) -> Mapping[str, Fact]:
    first = lost[0]
    return {
        "name": first.person.name,
        "address": first.failure.address,
        "messages": tuple(_what(one.failure) for one in lost),
        "why": why(first.failure) if first.failure.certain else f"{why(first.failure)}, says {_GUESSED}",
    }


_GUESSED = "a report that may be mistaken, or it may pass: check the address"


def _what(failure: Failure) -> str:
    kind = _KINDS.get(failure.kind, failure.kind.replace("_", " "))
    about = f" about {failure.about}" if failure.about.startswith("CFA-") else ""
    return f"Copy of the {kind}{about}" if failure.copied else f"{kind[0].upper()}{kind[1:]}{about}"
