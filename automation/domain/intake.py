"""What becomes of a mail that came in: exactly one outcome, a filing folder, and the reply it is owed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date

from .action_returns import actions_of
from .allocation import Status
from .audit import Audit, Received
from .dealt_mail import DealtMail, Outcome
from .follow_up_intake import FollowUps, decide_follow_up
from .form import Form, Reading
from .grading import concern_declared
from .history import Event
from .identify import Registry, Unidentified, identify, named_by, person_at, senders
from .ids import AuditRef
from .message import Fact, Mail
from .opened_file import ReadFile
from .own_words import own_words
from .people import Organisation, Person
from .questions import for_qa, printed_otherwise
from .replies import held_reply, incomplete_reply, receipt
from .report_version import Kept


@dataclass(frozen=True, slots=True)
class Intake:
    """What a mail is weighed against. `forms` are the audit form's descriptions, the present one first."""

    forms: Sequence[Form]
    registry: Registry
    form_known: Callable[[str], tuple[AuditRef, int] | None]
    facts_of: Callable[[Audit], Mapping[str, Fact]]
    due: Callable[[Audit], date]
    questions: Callable[[Form, Reading], tuple[str, ...]]
    follow_ups: FollowUps
    """What forms about moderation, disputes and actions are weighed against."""
    printed: Callable[[Audit], Mapping[str, str]]
    """What the sheet says now of what was filled in on an audit's form, by the form's keys."""

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
    changes: tuple[Kept, ...] = ()
    events: tuple[Event, ...] = ()


def decide(mail: Mail, on: date, files: Sequence[ReadFile], intake: Intake) -> Decision:
    """The one outcome of a mail. `on` is the London day it arrived."""
    readings = [file.reading for file in files if file.reading and file.reading.kind]
    dealt = DealtMail(
        mail.id,
        on,
        mail.sender,
        Outcome.NOT_OURS,
        thread=mail.message_id,
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
    if not mail.disproved:
        dealt = replace(dealt, reference=_own_audit(dealt.named, person, intake))
    ours = {f.content_hash: f for f in files if f.reading and f.reading.kind == key}
    # The blank form often comes back too, with the mail that brought it.
    ours = {one: f for one, f in ours.items() if f.reading and f.reading.answers} or ours
    if len(ours) == 1:
        file = next(iter(ours.values()))
        others = dict.fromkeys(f.kind for f in files if f.problem)
        annexes = tuple(f"Another file came with it, {one}. It was not read." for one in map(_a, others))
        dealt = replace(dealt, notes=(*dealt.notes, *annexes, *_covering_words(mail)))
        return _decide_form(mail, dealt, person, file, intake)
    follow_ups = {
        f.content_hash: f.reading
        for f in files
        if f.reading is not None and f.reading.kind in intake.follow_ups.forms
    }
    if not ours and len(follow_ups) == 1:
        ((content_hash, other),) = follow_ups.items()
        told = decide_follow_up(mail, dealt, person, other, content_hash, intake.follow_ups)
        taken = told.taken
        return Decision(told.mail, None, taken.changes if taken else (), taken.events if taken else ())
    if not files and not mail.linked and not _LINK.search(mail.text[:_LINK_WITHIN]):
        return Decision(replace(dealt, outcome=Outcome.NEEDS_A_PERSON, why="A mail without a form."))
    held = _held(dealt, person, *_no_single_form(files, len(ours)))
    return Decision(replace(held, form_waits=len(ours) > 1))


def _named(mail: Mail, readings: Sequence[Reading]) -> tuple[str, ...]:
    inside = {ref for one in readings for ref in one.references.values()}
    return tuple(sorted(inside | named_by(mail)))


def _own_audit(named: Sequence[str], person: Person, intake: Intake) -> AuditRef | None:
    """The audit that a mail names, when it names one and its sender is of that audit."""
    audit = intake.registry.find(AuditRef(named[0])) if len(named) == 1 else None
    return audit.reference if audit is not None and person.key in senders(audit) else None


_LINK = re.compile(
    r"https?://[^\s>]{0,200}?(sharepoint|onedrive|1drv\.ms|docs\.google|dropbox)", re.IGNORECASE
)
_LINK_WITHIN = 100_000
"""A link further on in a mail is not looked for."""


_FEW_WORDS = 12
"""As many say only that the form is attached."""
_QUOTED = 300


def _covering_words(mail: Mail) -> tuple[str, ...]:
    """What the mail says beside its form, for QA: the form asks auditors to say there what is wrong in it."""
    words = own_words(mail.text)
    if len(words.split()) <= _FEW_WORDS:
        return ()
    return (f"The mail says: ‘{words[:_QUOTED]}{'…' if len(words) > _QUOTED else ''}’.",)


def _a(kind: str) -> str:
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def _no_single_form(files: Sequence[ReadFile], forms: int) -> tuple[str, str]:
    if forms > 1:
        return "More than one audit form came in one mail.", "Send one form in each mail."
    if not files:
        return "A link came instead of a file.", "Attach the Word form itself to your reply."
    unread = next((f.problem for f in files if f.problem), None)
    if unread:
        return f"{unread.where} {unread.what}", unread.remedy
    return "The attached file is not the audit form.", "Attach the form that came with your case details."


def _held(dealt: DealtMail, person: Person, what: str, remedy: str, has_audit: bool = False) -> DealtMail:
    reply = held_reply(dealt, person, what, remedy, has_audit)
    return replace(dealt, outcome=Outcome.NEEDS_A_PERSON, why=what, reply=reply)


def _decide_form(mail: Mail, dealt: DealtMail, person: Person, file: ReadFile, intake: Intake) -> Decision:
    reading = file.reading
    assert reading is not None
    found = identify(reading, mail, intake.registry)
    if isinstance(found, Unidentified):
        held = _held(dealt, person, found.why, found.remedy)
        # A forged mail must not keep its apparent sender from being reminded.
        return Decision(replace(held, form_waits=not mail.disproved))
    audit = found.audit
    dealt = replace(dealt, reference=audit.reference)
    if audit.received is None and not audit.allocation.status.sends:
        what = "The QA team has taken this audit off the list for now."
        held = _held(dealt, person, what, "Ask the QA team before you do more.", has_audit=True)
        return Decision(replace(held, form_waits=True))
    if reading.problems:
        first = reading.problems[0]
        held = _held(dealt, person, f"{first.where} {first.what}", first.remedy, has_audit=True)
        return Decision(replace(held, form_waits=True))
    form = intake.form_of(reading)
    otherwise = printed_otherwise(form, reading, intake.printed(audit))
    dealt = replace(dealt, notes=(*dealt.notes, *otherwise))
    if reading.missing or reading.ambiguous:
        told = {
            **intake.facts_of(audit),
            "on_record": audit.received.on if audit.received else None,
            "past_due": dealt.on > intake.due(audit),
        }
        reply = incomplete_reply(dealt, person, form, reading, told)
        why = f"{len(reading.missing) + len(reading.ambiguous)} answers to complete."
        return Decision(replace(dealt, outcome=Outcome.INCOMPLETE, why=why, reply=reply))
    if audit.received is not None and intake.form_known(file.content_hash) == (
        audit.reference,
        audit.received.version,
    ):
        again = replace(dealt, outcome=Outcome.DUPLICATE, why="The same file was recorded before.")
        return Decision(_answered(again, person, audit, audit.received, (), form, intake))
    arrived = mail.received.astimezone(UTC).isoformat()
    if audit.received is not None and _is_moderated(audit, intake):
        what = "Moderation of this audit has begun, so a corrected form is not recorded without QA’s yes."
        remedy = "Tell the QA team what you corrected. They decide which form counts."
        held = _held(dealt, person, what, remedy, has_audit=True)
        return Decision(replace(held, form_waits=True))
    if audit.received is not None and arrived < audit.received.arrived:
        what = "A newer form of this audit is on record, so this older one was not recorded."
        remedy = "If this one should count, send it again in a new mail."
        return Decision(_held(dealt, person, what, remedy, has_audit=True))
    return _recorded(dealt, person, audit, file.content_hash, reading, intake, arrived)


def _is_moderated(audit: Audit, intake: Intake) -> bool:
    """Whether moderation has begun and QA has not said yes to a correction (brief)."""
    said_yes = audit.allocation.status is Status.TAKE_CORRECTION
    return not said_yes and intake.follow_ups.moderation(audit.reference) is not None


def _recorded(
    dealt: DealtMail,
    person: Person,
    audit: Audit,
    kept_as: str,
    reading: Reading,
    intake: Intake,
    arrived: str,
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
        arrived,
    )
    form = intake.form_of(reading)
    questions = intake.questions(form, reading)
    outcome = Outcome.RECORDED_WITH_QUESTIONS if questions else Outcome.RECORDED
    if before is not None:
        outcome = Outcome.NEWER_VERSION
    dealt = replace(dealt, outcome=outcome, why=f"Version {received.version}.")
    actions = actions_of(audit.reference, received, intake.follow_ups.actions([audit.reference]))
    return Decision(
        _answered(dealt, person, audit, received, questions, form, intake), audit.receive(received), actions
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
        "past_due": dealt.on > intake.due(audit),
        "questions": questions,
        "concern": dealt.concern,
    }
    auditor = intake.organisation.person(audit.allocation.auditor)
    # A delegate's return is the auditor's to answer for, so the auditor sees what was recorded.
    delegated = auditor is not None and auditor.key != person.key and auditor.employed(dealt.on)
    before = audit.received if received.version > 1 and received is not audit.received else None
    reply = receipt(dealt, person, form, received, before, told, auditor if delegated else None)
    return replace(dealt, reply=reply)
