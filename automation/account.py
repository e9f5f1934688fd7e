"""The account: where every audit stands, and the life of one. Reads the store, changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from .domain.action import Action
from .domain.audit import Audit, Standing
from .domain.biography import ABOUT_A_FORM, MESSAGES, sentence
from .domain.calendar import Calendar, Round
from .domain.history import PastEvent
from .domain.holding import APPROVAL, HOLD, WANTED, holds_of
from .domain.identify import person_at
from .domain.ids import AuditRef, StaffKey
from .domain.message import Fact
from .domain.moderation import agreement
from .domain.people import Organisation
from .domain.qa_facts import standing_facts
from .domain.written import say
from .ports import Sending, Store

_LONDON = ZoneInfo("Europe/London")
_MAIL_ID = 32
"""A mail's id has so many characters, a staff key fewer."""


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
        "sending_held": tuple(
            {"what": one.what, "since": one.since, "why": one.why, "remedy": one.remedy}
            for one in holds_of(store.facts_under(HOLD))
        ),
        "waits_for_approval": store.fact(APPROVAL) == WANTED,
        "history": dict(zip(("events", "head"), store.head(), strict=True)),
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
    """One audit's life: what it is now, who it is with, its story in sentences, and how its actions stand;
    every event and message behind that. None if unknown."""
    audit = store.audit(reference)
    if audit is None:
        return None
    round_ = calendar.round(audit.allocation.round)
    organisation, actions = store.organisation(), store.actions([reference])
    sendings, past = store.sendings(about=reference), store.history(reference)
    story = [
        *_happened(past, store, organisation),
        *_told(sendings, organisation),
        *_asked(store, reference, organisation),
    ]
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
        "story": tuple(
            {"day": day.isoformat(), "says": says} for day, _, says in sorted(story, key=lambda one: one[:2])
        ),
        "actions": tuple(_action(one, organisation, today) for one in actions),
        "events": tuple({"at": one.at, "what": one.event.what, "facts": one.event.facts} for one in past),
        "messages": _messages(sendings, organisation),
    }


def list_life(store: Store, reference: AuditRef, today: date) -> dict[str, Fact] | None:
    """The life of one list of actions: for whom, by when, what came back, and how each action on it stands
    now; every event and message behind that. None if unknown."""
    listed = store.action_list(reference)
    if listed is None:
        return None
    organisation, sendings = store.organisation(), store.sendings(about=reference)
    audits = sorted({AuditRef(one.rsplit("-", 1)[0]) for one in listed.actions})
    by_id, past = {one.id: one for one in store.actions(audits)}, store.history(reference)
    changed = [one for audit in audits for one in store.history(audit) if _by(one, reference)]
    story = [
        *_happened(past, store, organisation),
        *_told(sendings, organisation),
        *((day, 4, f"{ref}: {says}") for ref, day, says in _changes(changed, store, organisation)),
    ]
    return {
        "reference": reference,
        "kind": "action update" if listed.kind == "action_update" else "oversight",
        "for": _name(organisation, listed.person),
        "made_on": listed.sent_on.isoformat(),
        "due": listed.due.isoformat(),
        "answered_on": listed.answered.on.isoformat() if listed.answered else "",
        "story": tuple(
            {"day": day.isoformat(), "says": says} for day, _, says in sorted(story, key=lambda one: one[:2])
        ),
        "actions": tuple(_action(by_id[one], organisation, today) for one in listed.actions if one in by_id),
        "events": tuple(
            {"at": one.at, "what": one.event.what, "facts": one.event.facts} for one in (*past, *changed)
        ),
        "messages": _messages(sendings, organisation),
    }


def _by(past: PastEvent, reference: AuditRef) -> bool:
    return past.event.facts.get("list") == reference


def _changes(
    events: Sequence[PastEvent], store: Store, organisation: Organisation
) -> Iterator[tuple[str, date, str]]:
    """What a list changed of actions, with the audit of each."""
    for one in events:
        for day, _, says in _happened([one], store, organisation):
            yield one.event.about, day, says


Told = tuple[date, int, str]
"""The day of something that happened, its place on that day, and a sentence for it."""


def _happened(events: Sequence[PastEvent], store: Store, organisation: Organisation) -> Iterator[Told]:
    """The events. Each message is told with its readers, so not here; and of a form that came only what it
    was."""

    def name(key: str) -> str:
        mail = store.mail(key) if len(key) == _MAIL_ID else None
        sender = person_at(mail.sender, organisation) if mail else None
        return sender.name if sender else mail.sender if mail else _name(organisation, key)

    told = {one.number: one.event.what for one in events}
    for one in events:
        what = one.event.what
        of_a_form = what.startswith("return ") and told.get(one.number + 1) in ABOUT_A_FORM
        if not of_a_form and not what.endswith(" sent") and (says := sentence(one.event, name)):
            yield _day(one.at), 2 * (what != "allocated"), says


def _told(sendings: Sequence[Sending], organisation: Organisation) -> Iterator[Told]:
    """The messages: one sentence for those of a kind that went on one day."""
    ordered = sorted(sendings, key=lambda one: (_day(one.claimed_at), one.kind, one.key))
    for (day, kind), same in groupby(ordered, key=lambda one: (_day(one.claimed_at), one.kind)):
        names = []
        for one in same:
            copied = " and ".join(_name(organisation, key) for key in one.copied)
            doubt = "" if one.state == "sent" else f" ({one.state})"
            copy = f" (copy to {copied})" if copied else ""
            names.append(f"{_name(organisation, one.recipient)}{copy}{doubt}")
        yield day, 3, MESSAGES.get(kind, f"{kind.replace('_', ' ')} sent to {{}}.").format(", ".join(names))


def _asked(store: Store, reference: AuditRef, organisation: Organisation) -> Iterator[Told]:
    """The lists on which its actions stood, each with whom it went to."""
    for one in store.action_lists():
        mine = [key.rsplit("-", 1)[1] for key in one.actions if key.startswith(f"{reference}-")]
        if mine:
            those = f"action{'s' if mine[1:] else ''} {', '.join(mine)}"
            what = f"was asked to watch over {those}"
            if one.kind == "action_update":
                what = f"was asked how {those} stand{'' if mine[1:] else 's'}"
            yield one.sent_on, 3, f"{_name(organisation, one.person)} {what}, in {one.reference}."


def _action(one: Action, organisation: Organisation, today: date) -> Mapping[str, Fact]:
    state: str = one.state
    if one.overdue(today):
        state = "open, overdue"
    elif one.same_as:
        state = f"repeats {one.same_as.rsplit('-', 1)[1]}, counted with it"
    elif one.state == "verified" and one.verified_on:
        state = f"verified on {say(one.verified_on)}"
    elif one.state == "done" and one.done_on:
        state = f"done on {say(one.done_on)}"
    return {
        "id": one.id,
        "owner": one.owner,
        "due": one.due.isoformat() if one.due else "",
        "state": state,
        "supervision_on": one.supervision_on.isoformat() if one.supervision_on else "",
        "asked": _name(organisation, one.manager) if one.state == "open" else "",
    }


def _day(stamp: str) -> date:
    return datetime.fromisoformat(stamp).astimezone(_LONDON).date()


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
    if key and person is None and "@" in key:
        person = person_at(key, organisation)
    return person.name if person else key or ""
