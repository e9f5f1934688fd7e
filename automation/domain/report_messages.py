"""The messages about a round's report: the draft to QA, the report to those who get it, notes to QA."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .calendar import Round, WorkingCalendar
from .chapters.telling import out_of
from .ids import AuditRef, MessageKey, message_key
from .message import Attachment, Fact, Message, Recipient
from .people import Person
from .problem import Problem
from .report_rules import ReportRules
from .report_version import BY_SERVICE, ReportHold, ReportVersion
from .rules import Facts
from .suppression import Hide
from .trend import Point

DRAFT, REPORT, NOTE = "report_draft", "report", "report_note"
WITHIN_DAYS = 45
"""A report that could not be made or sent for so many days after the due date is QA's to send."""


@dataclass(frozen=True, slots=True)
class Days:
    """When a round's draft goes to QA, and when its report goes out: not before QA has had the draft for as
    many working days as the rules give it."""

    draft: date
    send: date


def days(round_: Round, first_made: date | None, rules: ReportRules, working: WorkingCalendar) -> Days:
    """The days of a round's report. `first_made` is when its first version was made, None before."""
    draft = working.add_working_days(round_.due, rules.draft_working_day)
    send = working.add_working_days(round_.due, rules.send_working_day)
    if first_made is not None:
        between = rules.send_working_day - rules.draft_working_day
        send = max(send, working.add_working_days(first_made, between))
    return Days(draft, send)


def is_held(holds: Collection[ReportHold], round_: Round) -> bool:
    """Whether QA holds the round's report."""
    return any(one.held for one in holds if one.round == round_.id)


def draft_messages(
    version: ReportVersion,
    round_: Round,
    send: date,
    officers: Sequence[Recipient],
    recipients: Sequence[Person],
    checks: Sequence[str],
    files: Mapping[str, str],
) -> tuple[Message, ...]:
    """The draft, to each QA officer. `checks` say what to look at, `files` are the hashes of the review
    workbook and of QA's own words, by `review` and `narrative`."""
    told: dict[str, Fact] = {
        **_facts(version, round_),
        "send": send,
        "recipients": tuple({"name": one.name, "role": one.role} for one in recipients),
        "checks": tuple(checks),
        **files,
    }
    attach: tuple[Attachment, ...] = ("report", "report_review", "report_narrative")
    return tuple(
        Message(
            draft_key(version, one),
            DRAFT,
            one,
            told,
            reference=version.reference,
            attach=attach,
        )
        for one in officers
    )


def draft_key(version: ReportVersion, officer: Recipient) -> MessageKey:
    """The key of a version's draft to a QA officer."""
    return message_key(version.round, "report-draft", str(version.version), officer.key)


def report_key(round_: Round, person: Person) -> MessageKey:
    """The key of the report to a person: whichever version goes first is the only one that goes by itself."""
    return message_key(round_.id, REPORT, "1", person.key)


def report_messages(
    version: ReportVersion,
    round_: Round,
    recipients: Sequence[Person],
    facts: Facts,
) -> tuple[Message, ...]:
    """The report, to each who gets it and has not."""
    told = {**_facts(version, round_), "summary": tuple(_summary(version.said, facts.rules.report))}
    return tuple(
        Message(
            facts.key(report_key(round_, one)),
            REPORT,
            Recipient(one.key, one.name, one.address),
            told,
            reference=version.reference,
            attach=("report",),
        )
        for one in recipients
        if not facts.over(report_key(round_, one)) and facts.reachable(one)
    )


def _summary(said: Point, rules: ReportRules) -> Iterator[str]:
    """The first figures of a report, for those who read no further than the mail."""
    hide = Hide(rules.suppress_under)
    if said.skipped:
        yield f"There was no round: {said.skipped.rstrip('.')}. The report follows up earlier ones."
    if said.expected:
        yield f"{out_of(said.compliance, 'people', hide)} who audit each month returned an audit on time."
    best = rules.good_of(tuple(said.grades))
    good = said.good(best)
    if good.whole:
        yield f"{out_of(good, 'audits', hide)} were graded {' or '.join(best)}."


def recipients_of(facts: Facts) -> tuple[Person, ...]:
    """Heads of Service and the Principal Social Worker (guidance 4), as the rules name their roles."""
    return facts.organisation.in_roles(frozenset(facts.rules.report.roles), facts.today)


def recipient_problems(round_: Round, facts: Facts) -> tuple[Problem, ...]:
    """Whom the report cannot be sent to, and roles that nobody has."""
    found = recipients_of(facts)
    have = {one.role for one in found}
    gaps = [
        Problem(
            "Sheet Staff",
            f"Nobody has the role ‘{role}’, so the report for {round_.name} goes to nobody in it.",
            "Correct the Staff sheet, or the roles in [report] of rules.toml.",
            stops=False,
        )
        for role in facts.rules.report.roles
        if role not in have
    ]
    if not found:
        gaps = [
            Problem(
                "Sheet Staff",
                f"The report for {round_.name} cannot be sent: nobody has one of the roles that get it.",
                "Correct the Staff sheet, or the roles in [report] of rules.toml.",
            )
        ]
    back = [
        Problem(
            "Sheet Staff",
            f"The report for {round_.name} does not reach {one.name}: mail to them comes back.",
            "Correct the address in the Staff sheet.",
        )
        for one in found
        if not facts.reachable(one)
    ]
    return (*gaps, *back)


def kept_note(
    version: ReportVersion, round_: Round, send: date, officer: Recipient, sender: str, gone: bool
) -> Message:
    """To an officer: the edited report has come and is the one that goes, or came after it had `gone`.
    `sender` is the name of the officer who sent it, empty for this one."""
    key = message_key(round_.id, "report-note", str(version.version), officer.key)
    told = {**_facts(version, round_), "held": False, "gone": gone, "send": send, "sender": sender}
    return Message(key, NOTE, officer, told, reference=version.reference)


def held_note(hold: ReportHold, round_: Round, officer: Recipient, reference: AuditRef) -> Message:
    """To an officer: the report is held until somebody lets it go."""
    key = message_key(round_.id, "report-note", f"held-{hold.since.isoformat()}", officer.key)
    told: dict[str, Fact] = {
        "round_name": round_.name,
        "round": round_.id,
        "held": True,
        "gone": False,
        "version": 0,
        "send": hold.since,
        "sender": "",
    }
    return Message(key, NOTE, officer, told, reference=reference)


def _facts(version: ReportVersion, round_: Round) -> dict[str, Fact]:
    return {
        "round_name": round_.name,
        "version": version.version,
        "cut_off": version.cut_off,
        "edited": version.author != BY_SERVICE,
        "content": version.content,
        "round": round_.id,
    }
