"""What becomes of a mail that came in: exactly one outcome, a filing folder, and the reply it is owed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .audit import Audit, Received
from .dealt_mail import DealtMail, Outcome
from .form import Form, Reading
from .grading import concern_declared
from .identify import Registry, Unidentified, identify, named_by, person_at, senders
from .ids import AuditRef
from .message import Fact, Mail
from .opened_file import ReadFile
from .people import Organisation, Person
from .questions import for_qa, printed_otherwise
from .replies import held_reply, incomplete_reply, receipt


@dataclass(frozen=True, slots=True)
class Intake:
    """What a mail is weighed against. `today` is the day of the pass; `forms` are the audit form's
    descriptions, the present one first."""

    today: date
    forms: Sequence[Form]
    registry: Registry
    form_known: Callable[[str], tuple[AuditRef, int] | None]
    facts_of: Callable[[Audit], Mapping[str, Fact]]
    due: Callable[[Audit], date]
    questions: Callable[[Form, Reading], tuple[str, ...]]
    printed: Callable[[Audit], Mapping[str, str]]
    """What the sheet says now of what was filled in on an audit's form, by the form's keys."""
    reply_day: Callable[[str, Person], date]
    """The day on which a person may next be answered about an audit, or about mails that name none."""

    @property
    def organisation(self) -> Organisation:
        """Everyone."""
        return self.registry.organisation

    def form_of(self, reading: Reading) -> Form:
        """The description that a form was written by: an older one keeps its own sections."""
        return next((one for one in self.forms if one.version == reading.version), self.forms[0])


@dataclass(frozen=True, slots=True)
class Decision:
    """A dealt mail, and the audit it changed (None when it changed none)."""

    mail: DealtMail
    audit: Audit | None = None


def decide(mail: Mail, on: date, files: Sequence[ReadFile], intake: Intake) -> Decision:
    """The one outcome of a mail. `on` is the London day it arrived."""
    readings = [file.reading for file in files if file.reading and file.reading.kind]
    dealt = DealtMail(
        mail.id,
        on,
        mail.sender,
        Outcome.NOT_OURS,
        thread=mail.message_id,
        forms=tuple(dict.fromkeys(file.content_hash for file in files)),
        concern=any(concern_declared(one) for one in readings),
        named=_named(mail, readings),
        bounces=mail.bounces,
        notes=tuple(note for one in readings for note in for_qa(one)),
    )
    key = intake.forms[0].key
    form_came = any(one.kind == key for one in readings)
    # A bounce carries our own blank form back; only one that somebody filled in is a person's.
    filled = any(one.kind == key and one.answers for one in readings)
    if mail.automatic and filled:
        why = f"A form came in automatic mail ({mail.automatic})."
        return Decision(replace(dealt, outcome=Outcome.NEEDS_A_PERSON, why=why, form_waits=True))
    if mail.automatic:
        named = named_by(mail)
        about = AuditRef(named.pop()) if len(named) == 1 else None
        robot = replace(dealt, outcome=Outcome.AUTOMATIC, why=mail.automatic, concern=False, notes=())
        return Decision(replace(robot, reference=about))
    person = person_at(mail.sender, intake.organisation)
    if person is None:
        why = "The sender is not in the Staff sheet."
        outcome = Outcome.NEEDS_A_PERSON if files else Outcome.NOT_OURS
        return Decision(replace(dealt, outcome=outcome, why=why, form_waits=form_came))
    dealt = replace(dealt, reference=_own_audit(dealt.named, person, intake))
    ours = {f.content_hash: f for f in files if f.reading and f.reading.kind == key}
    if len(ours) == 1:
        return _decide_form(mail, dealt, person, next(iter(ours.values())), intake)
    if not files and not _LINK.search(mail.text):
        return Decision(replace(dealt, outcome=Outcome.NEEDS_A_PERSON, why="A mail without a form."))
    held = _held(dealt, person, intake, *_no_single_form(files, len(ours)))
    return Decision(replace(held, form_waits=len(ours) > 1))


def _named(mail: Mail, readings: Sequence[Reading]) -> tuple[str, ...]:
    inside = {ref for one in readings for ref in one.references.values()}
    return tuple(sorted(inside | named_by(mail)))


def _own_audit(named: Sequence[str], person: Person, intake: Intake) -> AuditRef | None:
    """The audit that a mail names, when it names one and its sender is of that audit."""
    audit = intake.registry.find(AuditRef(named[0])) if len(named) == 1 else None
    return audit.reference if audit is not None and person.key in senders(audit) else None


_LINK = re.compile(r"https?://[^\s>]*(sharepoint|onedrive|1drv\.ms|docs\.google|dropbox)", re.IGNORECASE)


def _no_single_form(files: Sequence[ReadFile], forms: int) -> tuple[str, str]:
    if forms > 1:
        return "More than one audit form came in one mail.", "Send one form in each mail."
    if not files:
        return "A link came instead of a file.", "Attach the Word form itself to your reply."
    unread = next((f.problem for f in files if f.problem), None)
    if unread:
        return f"{unread.where} {unread.what}", unread.remedy
    return "The attached file is not the audit form.", "Attach the form that came with your case details."


def _held(
    dealt: DealtMail, person: Person, intake: Intake, what: str, remedy: str, has_audit: bool = False
) -> DealtMail:
    day = intake.reply_day(dealt.reference or "mail", person)
    reply = held_reply(dealt, person, day, what, remedy, has_audit)
    return replace(dealt, outcome=Outcome.NEEDS_A_PERSON, why=what, reply=reply)


def _decide_form(mail: Mail, dealt: DealtMail, person: Person, file: ReadFile, intake: Intake) -> Decision:
    reading = file.reading
    assert reading is not None
    found = identify(reading, mail, intake.registry)
    if isinstance(found, Unidentified):
        return Decision(replace(_held(dealt, person, intake, found.why, found.remedy), form_waits=True))
    audit = found.audit
    dealt = replace(dealt, reference=audit.reference)
    if audit.received is None and not audit.allocation.status.sends:
        what = "The QA team has taken this audit off the list for now."
        held = _held(dealt, person, intake, what, "Ask the QA team before you do more.", has_audit=True)
        return Decision(replace(held, form_waits=True))
    if reading.problems:
        first = reading.problems[0]
        held = _held(dealt, person, intake, f"{first.where} {first.what}", first.remedy, has_audit=True)
        return Decision(replace(held, form_waits=True))
    form, day = intake.form_of(reading), intake.reply_day(audit.reference, person)
    otherwise = printed_otherwise(form, reading, intake.printed(audit))
    dealt = replace(dealt, notes=(*dealt.notes, *otherwise))
    if reading.missing or reading.ambiguous:
        reply = incomplete_reply(dealt, person, day, form, reading, intake.facts_of(audit))
        why = f"{len(reading.missing) + len(reading.ambiguous)} answers to complete."
        return Decision(replace(dealt, outcome=Outcome.INCOMPLETE, why=why, reply=reply))
    if intake.form_known(file.content_hash) is not None and audit.received is not None:
        again = replace(dealt, outcome=Outcome.DUPLICATE, why="The same file was recorded before.")
        return Decision(_answered(again, person, audit, audit.received, (), form, intake))
    return _recorded(dealt, person, audit, file.content_hash, reading, intake)


def _recorded(
    dealt: DealtMail, person: Person, audit: Audit, kept_as: str, reading: Reading, intake: Intake
) -> Decision:
    before = audit.received
    received = Received(
        before.version + 1 if before else 1,
        # A correction does not make late what came in time.
        before.on if before else dealt.on,
        kept_as,
        person.key,
        {key: answer.value for key, answer in reading.answers.items()},
        {
            key: tuple({k: a.value for k, a in row.items()} for row in rows)
            for key, rows in reading.rows.items()
        },
    )
    form = intake.form_of(reading)
    questions = intake.questions(form, reading)
    outcome = Outcome.RECORDED_WITH_QUESTIONS if questions else Outcome.RECORDED
    if before is not None:
        outcome = Outcome.NEWER_VERSION
    dealt = replace(dealt, outcome=outcome, why=f"Version {received.version}.")
    return Decision(
        _answered(dealt, person, audit, received, questions, form, intake), audit.receive(received)
    )


def _answered(
    dealt: DealtMail,
    person: Person,
    audit: Audit,
    received: Received,
    questions: tuple[str, ...],
    form: Form,
    intake: Intake,
) -> DealtMail:
    told = {
        **intake.facts_of(audit),
        "late": received.on > intake.due(audit),
        "questions": questions,
        "concern": dealt.concern,
    }
    day = intake.reply_day(audit.reference, person)
    if dealt.outcome is Outcome.DUPLICATE and day > intake.today:
        return dealt  # they have been answered today, and nothing has changed since
    auditor = intake.organisation.person(audit.allocation.auditor)
    # A delegate's return is the auditor's to answer for, so the auditor sees what was recorded.
    delegated = auditor is not None and auditor.key != person.key and auditor.employed(dealt.on)
    before = audit.received if received.version > 1 and received is not audit.received else None
    reply = receipt(dealt, person, day, form, received, before, told, auditor if delegated else None)
    return replace(dealt, reply=reply)
