"""What becomes of a mail that came in: exactly one outcome, a filing folder, and the reply it is owed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from .audit import Audit, Received
from .form import ACTION, ACTIONS, BY_WHEN, OVERALL_GRADE, OWNER, Field, Form, Reading
from .grading import concern_declared
from .identify import Unidentified, identify, person_at, references_in, senders
from .ids import AuditRef, message_key
from .message import Bounce, Fact, Mail, Message, Recipient
from .people import Organisation, Person


class Outcome(Enum):
    """The one thing that a mail was. Each is filed in a folder of its own."""

    RECORDED = "recorded"
    RECORDED_WITH_QUESTIONS = "recorded with questions"
    INCOMPLETE = "incomplete"
    DUPLICATE = "duplicate"
    NEWER_VERSION = "newer version"
    NEEDS_A_PERSON = "needs a person"
    AUTOMATIC = "automatic"
    NOT_OURS = "not ours"

    @property
    def folder(self) -> str:
        """The mailbox folder for mails with this outcome."""
        return self.value.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class DealtMail:
    """A mail that was dealt with. `on` is the London day it arrived, `why` a short reason without names.

    `forms` are the content hashes of the files kept from it. `reply` is the message it is owed, None
    when nobody waits for one.
    """

    id: str
    on: date
    sender: str
    outcome: Outcome
    why: str = ""
    reference: AuditRef | None = None
    thread: str = ""
    forms: tuple[str, ...] = ()
    reply: Message | None = None
    filed: bool = False
    concern: bool = False
    """Whether a form in it declares an immediate concern, recorded or not (guidance 3)."""
    form_waits: bool = False
    """Whether a form of ours is in it that only a person can lay to an audit: its sender is not chased."""
    named: tuple[str, ...] = ()
    """Every audit reference found in the mail, for QA alone: no proof of whose return it is."""
    bounces: tuple[Bounce, ...] = ()
    """The addresses that a delivery report says were not reached."""
    notes: tuple[str, ...] = ()
    """What QA should look at in the form: comments, words struck through or outside the boxes, hazards."""

    @property
    def filed_as(self) -> str:
        """Our own name for the mail: nothing of the sender's subject or file names."""
        return f"{self.reference or 'unidentified'}_{self.id[:12]}"


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file of a mail: the hash it is kept under, and its reading, or why it could not be read."""

    kept_as: str
    reading: Reading | None = None
    what: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a mail is weighed against."""

    form: Form
    organisation: Organisation
    find: Callable[[AuditRef], Audit | None]
    form_known: Callable[[str], tuple[AuditRef, int] | None]
    facts_of: Callable[[Audit], Mapping[str, Fact]]
    due: Callable[[Audit], date]
    questions: Callable[[Reading], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Decision:
    """A dealt mail, and the audit it changed (None when it changed none)."""

    mail: DealtMail
    audit: Audit | None = None


def decide(mail: Mail, on: date, files: Sequence[OpenedFile], intake: Intake) -> Decision:
    """The one outcome of a mail. `on` is the London day it arrived."""
    dealt = DealtMail(
        mail.id,
        on,
        mail.sender,
        Outcome.NOT_OURS,
        thread=mail.message_id,
        forms=tuple(file.kept_as for file in files),
        concern=any(f.reading and f.reading.kind and concern_declared(f.reading) for f in files),
        named=_named(mail, files),
        bounces=mail.bounces,
    )
    form_came = any(f.reading and f.reading.kind == intake.form.key for f in files)
    # A bounce carries our own blank form back; only one that somebody filled in is a person's.
    filled = form_came and any(f.reading and f.reading.answers for f in files)
    if mail.automatic in ("automatic", "auto-reply") and filled:
        why = f"A form came in automatic mail ({mail.automatic})."
        return Decision(replace(dealt, outcome=Outcome.NEEDS_A_PERSON, why=why, form_waits=True))
    if mail.automatic:
        named = references_in(mail.subject)
        about = AuditRef(named.pop()) if len(named) == 1 else None
        return Decision(replace(dealt, outcome=Outcome.AUTOMATIC, why=mail.automatic, reference=about))
    person = person_at(mail.sender, intake.organisation)
    if person is None:
        why = "The sender is not in the Staff sheet."
        outcome = Outcome.NEEDS_A_PERSON if files else Outcome.NOT_OURS
        return Decision(replace(dealt, outcome=outcome, why=why, form_waits=form_came))
    dealt = replace(dealt, reference=_own_audit(dealt.named, person, intake))
    ours = {f.kept_as: f for f in files if f.reading and f.reading.kind == intake.form.key}
    if len(ours) == 1:
        return _decide_form(mail, dealt, person, next(iter(ours.values())), intake)
    if not files and not _LINK.search(mail.text):
        return Decision(replace(dealt, outcome=Outcome.NEEDS_A_PERSON, why="A mail without a form."))
    held = _held(dealt, person, *_no_single_form(files, len(ours)))
    return Decision(replace(held, form_waits=len(ours) > 1))


def _named(mail: Mail, files: Sequence[OpenedFile]) -> tuple[str, ...]:
    inside = {ref for file in files if file.reading for ref in file.reading.references.values()}
    return tuple(sorted(inside | references_in(mail.subject)))


def _own_audit(named: Sequence[str], person: Person, intake: Intake) -> AuditRef | None:
    """The audit that a mail names, when it names one and its sender is of that audit."""
    audit = intake.find(AuditRef(named[0])) if len(named) == 1 else None
    return audit.reference if audit is not None and person.key in senders(audit) else None


_LINK = re.compile(r"https?://[^\s>]*(sharepoint|onedrive|1drv\.ms|docs\.google|dropbox)", re.IGNORECASE)


def _no_single_form(files: Sequence[OpenedFile], forms: int) -> tuple[str, str]:
    if forms > 1:
        return "More than one audit form came in one mail.", "Send one form in each mail."
    if not files:
        return "A link came instead of a file.", "Attach the Word form itself to your reply."
    unread = next((f for f in files if f.what), None)
    if unread:
        return unread.what, unread.remedy
    return "The attached file is not the audit form.", "Attach the form that came with your case details."


def _held(dealt: DealtMail, person: Person, what: str, remedy: str, has_audit: bool = False) -> DealtMail:
    about = dealt.reference or "mail"
    reply = Message(
        key=message_key(about, "return-held", dealt.id[:16], person.key),
        kind="return_held",
        to=Recipient(person.key, person.name, person.address),
        facts={"what": what, "remedy": remedy, "has_audit": has_audit},
        answers=dealt.thread,
    )
    return replace(dealt, outcome=Outcome.NEEDS_A_PERSON, why=what, reply=reply)


def _decide_form(mail: Mail, dealt: DealtMail, person: Person, file: OpenedFile, intake: Intake) -> Decision:
    reading = file.reading
    assert reading is not None
    found = identify(reading, mail.subject, mail.sender, intake.find, intake.organisation)
    if isinstance(found, Unidentified):
        return Decision(replace(_held(dealt, person, found.why, found.remedy), form_waits=True))
    audit = found.audit
    dealt = replace(dealt, reference=audit.reference)
    if audit.received is None and not audit.allocation.status.sends:
        what = "The QA team has taken this audit off the list for now."
        held = _held(dealt, person, what, "Ask the QA team before you do more.", has_audit=True)
        return Decision(replace(held, form_waits=True))
    if reading.problems:
        first = reading.problems[0]
        what = f"{first.where} {first.what}"
        held = _held(dealt, person, what, first.remedy, has_audit=True)
        return Decision(replace(held, form_waits=True))
    if reading.missing or reading.ambiguous:
        return Decision(_incomplete(dealt, person, audit, reading, intake))
    if intake.form_known(file.kept_as) is not None and audit.received is not None:
        again = replace(dealt, outcome=Outcome.DUPLICATE, why="The same file was recorded before.")
        return Decision(_receipt(again, person, audit, audit.received, (), intake))
    return _recorded(dealt, person, audit, file.kept_as, reading, intake)


def _recorded(
    dealt: DealtMail, person: Person, audit: Audit, kept_as: str, reading: Reading, intake: Intake
) -> Decision:
    version = audit.received.version + 1 if audit.received else 1
    received = Received(
        version,
        # A correction does not make late what came in time.
        audit.received.on if audit.received else dealt.on,
        kept_as,
        person.key,
        {key: answer.value for key, answer in reading.answers.items()},
        {
            key: tuple({k: a.value for k, a in row.items()} for row in rows)
            for key, rows in reading.rows.items()
        },
    )
    questions = intake.questions(reading)
    outcome = Outcome.RECORDED_WITH_QUESTIONS if questions else Outcome.RECORDED
    if version > 1:
        outcome = Outcome.NEWER_VERSION
    dealt = replace(dealt, outcome=outcome, why=f"Version {version}.")
    return Decision(_receipt(dealt, person, audit, received, questions, intake), audit.receive(received))


def _incomplete(
    dealt: DealtMail, person: Person, audit: Audit, reading: Reading, intake: Intake
) -> DealtMail:
    places = {f.key: (part.title, f.label) for part in intake.form.parts for f in part.items}
    told: dict[str, Fact] = {
        **intake.facts_of(audit),
        "missing": tuple(
            {"part": places[key][0], "label": places[key][1]} for key in reading.missing if key in places
        ),
        "ambiguous": tuple(
            {"label": one.label, "written": one.written, "choices": one.choices} for one in reading.ambiguous
        ),
    }
    key = message_key(audit.reference, "incomplete", dealt.id[:16], person.key)
    to = Recipient(person.key, person.name, person.address)
    reply = Message(key, "incomplete", to, told, reference=audit.reference, answers=dealt.thread)
    count = len(reading.missing) + len(reading.ambiguous)
    return replace(dealt, outcome=Outcome.INCOMPLETE, why=f"{count} answers to complete.", reply=reply)


def _receipt(
    dealt: DealtMail,
    person: Person,
    audit: Audit,
    received: Received,
    questions: tuple[str, ...],
    intake: Intake,
) -> DealtMail:
    graded = [
        (part.title, f.key)
        for part in intake.form.sections()
        for f in part.items
        if isinstance(f, Field) and f.kind == "grade"
    ]
    told: dict[str, Fact] = {
        **intake.facts_of(audit),
        "received_on": received.on,
        "late": received.on > intake.due(audit),
        "version": received.version,
        "grades": tuple({"title": title, "grade": received.answers.get(key, "")} for title, key in graded),
        "overall": received.answers.get(OVERALL_GRADE, ""),
        "actions": tuple(
            {
                "action": row.get(ACTION, ""),
                "owner": row.get(OWNER) or "nobody named",
                "by_when": _when(row.get(BY_WHEN, "")),
            }
            for row in received.rows.get(ACTIONS, ())
        ),
        "questions": questions,
        "concern": dealt.concern,
    }
    key = message_key(audit.reference, "receipt", dealt.id[:16], person.key)
    to = Recipient(person.key, person.name, person.address)
    auditor = intake.organisation.person(audit.allocation.auditor)
    # A delegate's return is the auditor's to answer for, so the auditor sees what was recorded.
    delegated = auditor is not None and auditor.key != person.key and auditor.employed(dealt.on)
    copied = (Recipient(auditor.key, auditor.name, auditor.address),) if auditor and delegated else ()
    reply = Message(key, "receipt", to, told, copied, reference=audit.reference, answers=dealt.thread)
    return replace(dealt, reply=reply)


def _when(iso: str) -> str:
    if not iso:
        return "no date given"
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B} {day.year}"
