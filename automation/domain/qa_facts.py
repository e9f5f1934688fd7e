"""What QA's two messages say: the preview before a round, and the digest of a day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .audit import Audit, Standing, standings
from .calendar import Round
from .coming import Coming
from .dealt_mail import DealtMail, Outcome
from .ids import MessageKey, message_key
from .message import Fact, Message, Recipient
from .people import Organisation, Person
from .problem import Problem
from .rules import Facts, case_details


def preview(
    round_: Round,
    audits: Sequence[Audit],
    problems: Sequence[Problem],
    facts: Facts,
    officer: Recipient,
    reaudits: Sequence[Mapping[str, Fact]] = (),
) -> Message:
    """What will be sent when the round starts, what to put right before it does, and which cases are proposed
    for another audit."""
    day = replace(facts, today=round_.start, sent=frozenset())
    messages = {a.reference: case_details(a, round_, day) for a in audits}
    going = [a for a in audits if messages[a.reference]]
    services = Counter(_service(a, facts.organisation) for a in going)
    told: dict[str, Fact] = {
        "round_name": round_.name,
        "start": round_.start,
        "due": round_.due,
        "audits": len(going),
        "messages": sum(map(len, messages.values())),
        "by_service": tuple({"service": name, "audits": n} for name, n in sorted(services.items())),
        "problems": tuple(_problem(p) for p in problems),
        "without_audit": tuple(
            {"name": p.name, "role": p.role, "team": p.team or ""}
            for p in without_audit(audits, facts, round_.start)
        ),
        "twice": tuple({"name": p.name, "audits": n} for p, n in _more_than_once(going, facts.organisation)),
        "not_sending": tuple(
            {"row": a.allocation.row, "case_number": a.allocation.case_number, "why": _why_not(a)}
            for a in audits
            if not messages[a.reference]
        ),
        "reaudits": tuple(reaudits),
    }
    return Message(preview_key(round_, officer), "preview", officer, told)


def preview_key(round_: Round, officer: Recipient) -> MessageKey:
    """The key of a round's preview to an officer."""
    return message_key(round_.id, "preview", "1", officer.key)


def without_audit(audits: Sequence[Audit], facts: Facts, day: date) -> tuple[Person, ...]:
    """The people in a required role, working and not exempt on `day`, with no audit in the round
    (guidance 2: one audit a month each). Nobody while the round has no audits at all."""
    if not audits:
        return ()
    busy = {a.allocation.auditor for a in audits}
    required = facts.organisation.in_roles(facts.rules.must_audit, day)
    return tuple(p for p in required if p.key not in busy and not p.exempt(day))


@dataclass(frozen=True, slots=True)
class QaNews:
    """What a digest tells. `needs` are pairs of what and remedy; `problems` carry whether they are new;
    `mentions` ask for nothing; `sent` counts messages by kind; `mails` came in since the last digest, and
    `coming` goes out next."""

    needs: Sequence[tuple[str, str]]
    problems: Sequence[tuple[Problem, bool]]
    mentions: Sequence[str]
    sent: Mapping[str, int]
    mails: Sequence[DealtMail]
    rounds: Sequence[tuple[Round, Sequence[Audit]]]
    doubtful: Sequence[str]
    coming: Sequence[Coming] = ()


def digest(day: date, officer: Recipient, news: QaNews, organisation: Organisation) -> Message:
    """What needs QA today, and what happened since the digest before."""
    told: dict[str, Fact] = {
        "day": day,
        "needs": tuple({"what": what, "remedy": remedy} for what, remedy in news.needs),
        "problems": tuple({**_problem(p), "new": new} for p, new in news.problems),
        "mentions": tuple(news.mentions),
        "sent": tuple(
            {"kind": kind, "count": n} for kind, n in sorted(news.sent.items()) if kind != "digest"
        ),
        "came_back": tuple(
            {"reference": mail.reference or "no reference", "outcome": mail.outcome.value}
            for mail in news.mails
            if mail.outcome not in (Outcome.AUTOMATIC, Outcome.NOT_OURS)
        ),
        "standing": tuple(standing_facts(round_, audits, day) for round_, audits in news.rounds),
        "outstanding": tuple(
            _outstanding(audit, round_, day, organisation)
            for round_, audits in news.rounds
            for audit in audits
            if audit.standing(round_, day) is Standing.OUTSTANDING and day > audit.due(round_)
        ),
        "doubtful": tuple({"key": key} for key in news.doubtful),
        "coming": tuple({"day": one.day, "what": one.what} for one in news.coming),
    }
    return Message(
        message_key(f"digest-{day.isoformat()}", "digest", "1", officer.key), "digest", officer, told
    )


def standing_facts(round_: Round, audits: Sequence[Audit], today: date) -> Mapping[str, Fact]:
    """A round's account: allocated, and where each audit stands. The parts add up to the whole."""
    counts = standings(audits, round_, today)
    return {
        "round_name": round_.name,
        "allocated": len(audits),
        "on_time": counts[Standing.ON_TIME],
        "late": counts[Standing.LATE],
        "outstanding": counts[Standing.OUTSTANDING],
        "extended": counts[Standing.EXTENDED],
        "exempt": counts[Standing.EXEMPT],
    }


def _outstanding(audit: Audit, round_: Round, day: date, organisation: Organisation) -> Mapping[str, Fact]:
    auditor = organisation.person(audit.allocation.auditor)
    due = audit.due(round_)
    return {
        "reference": audit.reference,
        "auditor_name": auditor.name if auditor else "",
        "due": due,
        "days_late": (day - due).days,
    }


def _problem(problem: Problem) -> dict[str, Fact]:
    return {
        "where": problem.where,
        "what": problem.what,
        "remedy": problem.remedy,
        "stops": problem.stops,
    }


def _service(audit: Audit, organisation: Organisation) -> str:
    team = organisation.teams.get(audit.allocation.team)
    return team.service if team else ""


def _more_than_once(audits: Sequence[Audit], organisation: Organisation) -> tuple[tuple[Person, int], ...]:
    counts = Counter(a.allocation.auditor for a in audits)
    twice = ((organisation.person(key), n) for key, n in counts.items() if n > 1)
    return tuple(sorted(((p, n) for p, n in twice if p), key=lambda one: one[0].key))


def _why_not(audit: Audit) -> str:
    if audit.gone:
        return "its row has gone"
    if audit.waiting:
        return "its row has a problem"
    if not audit.allocation.status.sends:
        return f"Status is {audit.allocation.status.value}"
    return "it is not due to be sent"
