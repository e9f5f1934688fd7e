"""Whose return is this? Every place that names the audit must agree, and the sender must be of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .audit import Audit
from .form import Reading
from .ids import REFERENCE, AuditRef
from .people import Organisation, Person


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


_RESEND = "Open the form attached to your own case details, fill that one in, and reply with it."


def identify(
    reading: Reading,
    subject: str,
    sender: str,
    find: Callable[[AuditRef], Audit | None],
    organisation: Organisation,
) -> Identified | Unidentified:
    """The audit and the person, or the reason why not.

    `subject` is the mail's subject, `sender` its From address. Whatever is found in the document and the
    subject must be one reference; at least one must be in the document. The sender must be the present
    auditor or the delegate that the sheet names. In doubt the answer is no (brief: fail closed).
    """
    if reading.bad_check:
        return Unidentified("The audit reference in the form has been changed or mistyped.", _RESEND)
    inside = set(reading.references.values())
    if not inside:
        return Unidentified("The form carries no audit reference.", _RESEND)
    if len(inside) > 1:
        return Unidentified("The form names more than one audit.", _RESEND)
    named = references_in(subject)
    if named and named != inside:
        return Unidentified("The form is for another audit than the mail it came with.", _RESEND)
    audit = find(AuditRef(inside.pop()))
    person = person_at(sender, organisation)
    if audit is None or person is None or person.key not in senders(audit):
        return Unidentified(
            "The form is not for an audit that its sender is the auditor of.",
            "If it is yours, ask the QA team to check the allocation.",
        )
    return Identified(audit, person)


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
