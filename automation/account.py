"""The account: where every audit stands, and the life of one. Reads the store, changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date

from .domain.audit import Audit, Standing
from .domain.calendar import Calendar, Round
from .domain.ids import AuditRef, StaffKey
from .domain.message import Fact
from .domain.moderation import agreement
from .domain.people import Organisation
from .domain.qa_facts import standing_facts
from .ports import Sending, Store


def status(store: Store, calendar: Calendar, today: date, scale: Sequence[str]) -> dict[str, Fact]:
    """The rounds around today with their account, how far moderators agree, who is outstanding, what is
    doubtful, open problems. `scale` are the grades, best first."""
    organisation = store.organisation()
    rounds = [one for one in calendar.rounds_near(today) if not one.skipped]
    counted = [(one, audits) for one in rounds if (audits := store.audits([one.id]))]
    seen = store.sheet_seen()
    return {
        "today": today.isoformat(),
        "sheet_read_on": seen.day.isoformat() if seen else "",
        "held": seen.held if seen else (),
        "rounds": tuple({**standing_facts(r, audits, today), "round": r.id} for r, audits in counted),
        "moderation": tuple(_agreements(store, counted, scale)),
        "outstanding": tuple(
            {
                "reference": audit.reference,
                "auditor": _name(organisation, audit.allocation.auditor),
                "due": audit.due(round_).isoformat(),
            }
            for round_, audits in counted
            if round_.start <= today
            for audit in audits
            if audit.standing(round_, today) in (Standing.OUTSTANDING, Standing.EXTENDED)
            and audit.received is None
        ),
        "doubtful": tuple(
            {"key": one.key, "claimed_at": one.claimed_at} for one in store.sendings("doubtful")
        ),
        "problems": tuple(
            {
                "where": one.problem.where,
                "what": one.problem.what,
                "remedy": one.problem.remedy,
                "stops": one.problem.stops,
                "since": one.first_seen.isoformat(),
            }
            for one in store.open_problems()
        ),
    }


def _agreements(
    store: Store, counted: Sequence[tuple[Round, Sequence[Audit]]], scale: Sequence[str]
) -> Iterator[Mapping[str, Fact]]:
    """How far moderators agree with auditors, of each round that has moderations."""
    moderations, disputes = store.moderations(), store.disputes()
    for round_, audits in counted:
        known = {one.reference: one for one in audits}
        if any(one.reference in known for one in moderations):
            yield {"round_name": round_.name, **asdict(agreement(moderations, known, disputes, scale))}


def life(store: Store, calendar: Calendar, reference: AuditRef, today: date) -> dict[str, Fact] | None:
    """One audit's life: what it is now, who it is with, every event and every message. None if unknown."""
    audit = store.audit(reference)
    if audit is None:
        return None
    round_ = calendar.round(audit.allocation.round)
    organisation = store.organisation()
    return {
        "reference": reference,
        "case_number": audit.allocation.case_number,
        "round": round_.name,
        "due": audit.due(round_).isoformat(),
        "standing": standing_words(audit, audit.standing(round_, today)),
        "people": _people(audit, organisation),
        "grades": tuple(
            {"field": key, "answer": value}
            for key, value in (audit.received.answers.items() if audit.received else ())
            if key.endswith("grade")
        ),
        "events": tuple(
            {"at": past.at, "what": past.event.what, "facts": past.event.facts}
            for past in store.history(reference)
        ),
        "messages": _messages(store.sendings(about=reference), organisation),
    }


def standing_words(audit: Audit, standing: Standing) -> str:
    """Where an audit stands, in words."""
    if audit.gone:
        return f"{standing.value}, held: its row has gone from the sheet"
    if audit.received is not None and standing is Standing.EXTENDED:
        return "returned within its extension"
    if audit.waiting:
        return f"{standing.value}, held: its row cannot be used"
    return standing.value


def _people(audit: Audit, organisation: Organisation) -> tuple[Mapping[str, Fact], ...]:
    return tuple(
        {
            "role": posting.role.replace("_", " "),
            "name": _name(organisation, posting.person),
            "since": posting.since.isoformat(),
            "until": posting.until.isoformat() if posting.until else "",
        }
        for posting in audit.postings
    )


def _messages(sendings: Sequence[Sending], organisation: Organisation) -> tuple[Mapping[str, Fact], ...]:
    return tuple(
        {
            "at": one.settled_at or one.claimed_at,
            "kind": one.kind,
            "to": _name(organisation, one.recipient),
            "copied": one.copied,
            "state": one.state,
            "key": one.key,
        }
        for one in sendings
    )


def _name(organisation: Organisation, key: str | None) -> str:
    person = organisation.person(StaffKey(key)) if key else None
    return person.name if person else key or ""
