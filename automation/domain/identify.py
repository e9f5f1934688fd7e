"""Whose return is this? Every place that names the audit must agree, and the sender must be of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .audit import Audit
from .form import CASE_NUMBER, Reading
from .ids import REFERENCE, AuditRef, reference_in_message_id
from .message import Mail
from .people import Organisation, Person
from .seal import seal_fits
from .spelling import plain


@dataclass(frozen=True, slots=True)
class Identified:
    """The audit that a form belongs to, and the person of that audit who sent it."""

    audit: Audit
    sender: Person


@dataclass(frozen=True, slots=True)
class Unidentified:
    """Why a form cannot be laid to an audit, for QA and for the sender. Names no audit and no person."""

    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Registry:
    """What a form is held against: the audits by reference, the people, and the key of our own seals."""

    find: Callable[[AuditRef], Audit | None]
    organisation: Organisation
    seal_key: bytes


_RESEND = "Open the form attached to your own case details, fill that one in, and reply with it."
_FROM_YOUR_OWN = "If you sent it, send it again from your council mailbox, and tell the QA team."
ASK_QA = "If it is yours, ask the QA team to check the allocation."


def identify(reading: Reading, mail: Mail, registry: Registry) -> Identified | Unidentified:
    """The audit and the person, or the reason why not.

    Each place where a form says whose it is (its properties, the cell, the header, the mail's subject and
    the thread it answers) may be missing; those there are must name one audit, and at least one must be in
    the document. The mail must not have failed the checks for forged senders. The seal and the case number,
    where there are any, must be that audit's. The sender must be the present auditor or the delegate that
    the sheet names. In doubt the answer is no, and the reason is the same for every audit that is not the
    sender's.
    """
    reference = named_reference(reading, mail)
    if isinstance(reference, Unidentified):
        return reference
    audit = registry.find(reference)
    person = person_at(mail.sender, registry.organisation)
    if audit is None or person is None or person.key not in senders(audit):
        return Unidentified("The form is not for an audit that its sender is the auditor of.", ASK_QA)
    if reading.seal and not seal_fits(reading.seal, registry.seal_key, reading.kind, reference):
        return Unidentified("The form’s reference does not fit the form it was sent on.", _RESEND)
    case_number = reading.prefilled.get(CASE_NUMBER, "")
    if case_number and _digits(case_number) != _digits(audit.allocation.case_number):
        return Unidentified("The case number in the form is not the one of its audit.", _RESEND)
    return Identified(audit, person)


def named_reference(reading: Reading, mail: Mail) -> AuditRef | Unidentified:
    """The one reference that a form and the mail it came with name, or why there is none."""
    if mail.disproved:
        return Unidentified("Nothing proves that this mail came from its sender.", _FROM_YOUR_OWN)
    if reading.bad_check:
        return Unidentified("The audit reference in the form has been changed or mistyped.", _RESEND)
    inside = set(reading.references.values())
    if not inside:
        return Unidentified("The form carries no audit reference.", _RESEND)
    if len(inside) > 1:
        return Unidentified("The form names more than one audit.", _RESEND)
    if named_by(mail) - inside:
        return Unidentified("The form is for another audit than the mail it came with.", _RESEND)
    return AuditRef(inside.pop())


def named_by(mail: Mail) -> set[str]:
    """The audits that a mail's subject names, and those that our messages in its thread were about."""
    thread = {ref for one in mail.answers if (ref := reference_in_message_id(one))}
    return references_in(mail.subject) | thread


def senders(audit: Audit) -> frozenset[str]:
    """The staff keys whose return counts: the present auditor, and the delegate named in the sheet."""
    present = audit.holder("auditor")
    auditor = present.person if present else audit.allocation.auditor
    return frozenset(key for key in (auditor, audit.allocation.delegate) if key)


def references_in(text: str) -> set[str]:
    """Every audit reference in a text, upper-cased."""
    return {match.group(0) for match in re.finditer(REFERENCE, text.upper())}


def person_at(address: str, organisation: Organisation) -> Person | None:
    """The one person with this address, compared without case. None when there is none, or two."""
    wanted = address.strip().lower()
    found = [p for p in organisation.people.values() if p.address.lower() == wanted]
    return found[0] if len(found) == 1 else None


def _digits(case_number: str) -> str:
    """A case number as it is compared: Word and Excel lose leading zeros, people add spaces."""
    return plain(case_number).replace(" ", "").lstrip("0")
