"""The data of rounds as rows, for QA alone: audits, section grades, actions, returns and messages.

No free text of a form is among them but what an action says: answers stay in the forms (brief, privacy).
People are told by staff key; auditors, and whom a message went to, by name as well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from .action import Action
from .audit import Audit
from .calendar import Round
from .data_sheet import Cell, DataColumn, DataSheet
from .dealt_mail import DealtMail
from .follow_up import Dispute, Moderation
from .form import Form
from .grading import declares_concern
from .identify import person_at
from .ids import AuditRef, RoundId, StaffKey
from .moderation import MODERATED_GRADE, final_grade, grade_given, shift
from .people import Organisation, Person

_LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class MessageGone:
    """What is told of one message. Stamps are aware ISO times, `settled_at` empty before it is settled."""

    key: str
    kind: str
    about: str
    recipient: str
    copied: tuple[str, ...]
    state: str
    claimed_at: str
    settled_at: str


@dataclass(frozen=True, slots=True)
class RoundsData:
    """All that the rows are made from: the rounds, the day on which they are looked at, what is known of
    their audits. `mails` and `messages` are those that belong to the rounds."""

    rounds: Mapping[RoundId, Round]
    day: date
    form: Form
    organisation: Organisation
    audits: tuple[Audit, ...]
    moderations: Mapping[AuditRef, Moderation] = field(default_factory=dict)
    disputes: tuple[Dispute, ...] = ()
    actions: tuple[Action, ...] = ()
    mails: tuple[DealtMail, ...] = ()
    messages: tuple[MessageGone, ...] = ()


def data_sheets(data: RoundsData) -> tuple[DataSheet, ...]:
    """The five sheets: Audits, Sections, Actions, Returns and Messages."""
    known = {one.reference: one for one in data.audits}
    return (
        DataSheet("Audits", _AUDITS, tuple(_audits(data))),
        DataSheet("Sections", _SECTIONS, tuple(_sections(data))),
        DataSheet("Actions", _ACTIONS, tuple(_actions(data, known))),
        DataSheet("Returns", _RETURNS, tuple(_returns(data, known))),
        DataSheet("Messages", _MESSAGES, tuple(_messages(data, known))),
    )


def _columns(*columns: tuple[str, int]) -> tuple[DataColumn, ...]:
    return tuple(DataColumn(heading, width, wraps=heading in _LONG) for heading, width in columns)


_LONG = ("Action", "Why")
"""The columns whose texts may be long."""
_CASE = (("Reference", 19), ("Round", 11), ("Team", 24), ("Service", 30))
_AUDITS = _columns(
    *_CASE,
    *(("Case number", 12), ("Plan type", 18), ("Auditor", 10), ("Auditor’s name", 20)),
    ("Auditor’s role", 30),
    *(("Social worker", 10), ("Team manager", 10), ("Status", 13), ("Due", 12), ("Extended to", 12)),
    *(("Standing", 17), ("Returned on", 12), ("Days late", 8), ("Version", 8), ("Overall grade", 20)),
    *(("Moderated because", 19), ("Moderator", 10), ("Moderated grade", 20), ("Shift", 7)),
    *(("Disputed", 18), ("Final grade", 20), ("Concern", 9), ("Concern dealt with", 12)),
)  # fmt: skip
_SECTIONS = _columns(*_CASE, ("Section", 9), ("Title", 92), ("Grade", 20), ("Grade number", 8))
_ACTIONS = _columns(
    ("Action number", 22), *_CASE, ("Source", 11), ("Action", 60), ("Owner", 22), ("Due", 12), ("State", 10),
    ("Counted", 9), ("Days overdue", 9), ("Done on", 12), ("In supervision on", 12), ("Confirmed on", 12),
    ("Repeats", 22), ("Asked", 10),
)  # fmt: skip
_RETURNS = _columns(
    ("Came on", 12), *_CASE[:2], ("Sender", 10), ("Sender’s role", 20), ("Outcome", 23), ("Why", 60),
    ("Forms", 7), ("Concern", 9), ("Filed as", 34),
)  # fmt: skip
_MESSAGES = _columns(
    ("Sent at", 17), ("Kind", 28), ("About", 19), ("Round", 11), ("To", 10), ("Name", 20), ("Role", 20),
    ("Copied to", 14), ("State", 10), ("Key", 60),
)  # fmt: skip


def _audits(data: RoundsData) -> Iterator[tuple[Cell, ...]]:
    for audit in data.audits:
        row, received, round_ = audit.allocation, audit.received, data.rounds[audit.allocation.round]
        auditor = data.organisation.person(row.auditor)
        manager = audit.holder("team_manager")
        due = audit.due(round_)
        late = ((received.on if received else data.day) - due).days
        standing = audit.standing(round_, data.day)
        yield (
            *_case(data, audit),
            *(row.case_number, row.plan_type, row.auditor, _name(auditor), _role(auditor), row.social_worker),
            *(manager.person if manager else None, row.status.value or "Active", due, row.extension),
            *(standing.value, received.on if received else None),
            late if late > 0 and standing.value in ("outstanding", "returned late") else None,
            received.version if received else None,
            *_grades(data, audit),
            _yes(declares_concern(received.answers)) if received else None,
            row.concern_confirmed,
        )


def _grades(data: RoundsData, audit: Audit) -> tuple[Cell, ...]:
    """What the auditor gave, what moderation made of it, and what counts."""
    moderation = data.moderations.get(audit.reference)
    disputes = [one for one in data.disputes if one.reference == audit.reference]
    given, scale = grade_given(audit), data.form.grades.words if data.form.grades else ()
    now = moderation.answered.answers.get(MODERATED_GRADE) if moderation and moderation.answered else None
    return (
        given or None,
        moderation.why if moderation else None,
        moderation.moderator if moderation else None,
        now,
        shift(given, now, scale) if now else None,
        " and ".join(sorted(one.kind for one in disputes)) or None,
        final_grade(audit, moderation, disputes) or None,
    )


def _sections(data: RoundsData) -> Iterator[tuple[Cell, ...]]:
    """One row for each section of each audit that came back. Grade 1 is the best."""
    scale = data.form.grades.words if data.form.grades else ()
    number = {grade: place for place, grade in enumerate(scale, start=1)}
    sections = [(i, one.title, one.grade_key) for i, one in enumerate(data.form.sections(), start=1)]
    for audit in data.audits:
        if audit.received is not None:
            case, answers = _case(data, audit), audit.received.answers
            for place, title, key in sections:
                grade = answers.get(key) or None
                yield *case, place, title, grade, number.get(grade or "")


def _actions(data: RoundsData, known: Mapping[AuditRef, Audit]) -> Iterator[tuple[Cell, ...]]:
    for one in data.actions:
        if one.reference in known:
            late = (data.day - one.due).days if one.due and one.overdue(data.day) else None
            yield (
                one.id,
                *_case(data, known[one.reference]),
                *(one.source, one.text, one.owner or None, one.due, one.state, _yes(one.counts), late),
                *(one.done_on, one.supervision_on, one.verified_on, one.same_as, one.manager),
            )


def _returns(data: RoundsData, known: Mapping[AuditRef, Audit]) -> Iterator[tuple[Cell, ...]]:
    """The mails that came with a form, whatever became of it."""
    for mail in data.mails:
        if mail.forms:
            audit = known.get(mail.reference) if mail.reference else None
            sender = person_at(mail.sender, data.organisation)
            yield (
                *(mail.on, mail.reference, audit.allocation.round if audit else None),
                *(sender.key if sender else None, sender.role if sender else "not in Staff"),
                *(mail.outcome.value, mail.why or None, len(mail.forms), _yes(mail.concern), mail.filed_as),
            )


def _messages(data: RoundsData, known: Mapping[AuditRef, Audit]) -> Iterator[tuple[Cell, ...]]:
    for one in data.messages:
        audit = known.get(AuditRef(one.about))
        round_ = audit.allocation.round if audit else one.about if one.about in data.rounds else None
        reader = data.organisation.person(StaffKey(one.recipient))
        yield (
            *(_moment(one.settled_at or one.claimed_at), one.kind.replace("_", " "), one.about, round_),
            *(one.recipient, _name(reader), _role(reader), ", ".join(one.copied) or None),
            *(one.state, one.key),
        )


def _case(data: RoundsData, audit: Audit) -> tuple[Cell, ...]:
    team = data.organisation.teams.get(audit.allocation.team)
    row = audit.allocation
    return audit.reference, row.round, row.team, team.service if team else None


def _name(person: Person | None) -> str | None:
    return person.name if person else None


def _role(person: Person | None) -> str | None:
    return person.role if person else None


def _yes(fact: bool) -> str:
    return "Yes" if fact else "No"


def _moment(stamp: str) -> datetime:
    """The London time of an aware ISO stamp, without its zone: a spreadsheet has none."""
    return datetime.fromisoformat(stamp).astimezone(_LONDON).replace(tzinfo=None, microsecond=0)
