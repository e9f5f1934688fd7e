"""Personal content taken away: of one audit when a person asks, or whatever an approved list names."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from .adapters.eml_folder import sent_name
from .domain.allocation import Status
from .domain.calendar import Calendar, months_before
from .domain.form import IMMEDIATE_CONCERN, Form
from .domain.history import Event
from .domain.ids import AuditRef, MessageKey
from .outside import Ports
from .ports import Sending, Store
from .ports.privacy import Content
from .settings import Settings

ERASED = ("forms", "mails")
"""The kinds that an erasure takes away. To whom messages went stays: it is how a breach is told."""


@dataclass(frozen=True, slots=True)
class Erasable:
    """What there is of an audit, the mails that only a person can delete, and what else holds some of it."""

    content: Content
    by_hand: tuple[str, ...]
    left: tuple[str, ...]


def still_in_play(store: Store, calendar: Calendar, reference: AuditRef, today: date) -> bool:
    """Whether messages about an audit may still go: its row stands, and its round was due within a month."""
    audit = store.audit(reference)
    assert audit is not None
    if (
        audit.gone
        or audit.allocation.status is Status.WITHDRAWN
        or not calendar.knows(audit.allocation.round)
    ):
        return False
    due = audit.due(calendar.round(audit.allocation.round))
    return months_before(today.replace(day=1), 1) <= due


def erasable(settings: Settings, store: Store, reference: AuditRef) -> Erasable:
    """What an erasure of an audit would take away, and what it would leave to a person."""
    content = store.content(reference)
    return Erasable(
        content, tuple(_mails(settings, store, reference, content)), tuple(_left(settings, content))
    )


def erase(
    settings: Settings,
    ports: Ports,
    reference: AuditRef,
    kinds: Collection[str],
    why: str,
    event: Event,
    now: datetime,
) -> None:
    """Take these kinds of an audit's content away. Files first: should we die in between, the same command
    goes on. `clear` is to follow, once for all. Raises StoreUnavailableError."""
    store = ports.store
    if "forms" in kinds:
        for name in (*store.content(reference).files, *_reviews(store, reference)):
            ports.originals.forget(name)
    before = json.loads(store.tombstones().get(reference, "{}"))
    tombstone = {"at": now.isoformat(), "why": why, "kinds": sorted({*kinds, *before.get("kinds", ())})}
    store.erase(reference, kinds, kept_figures(settings.forms), event, now, json.dumps(tombstone))


def clear(ports: Ports, now: datetime) -> str:
    """Clear the database's own files of what was taken away. What is left there, empty when nothing is."""
    left = ports.store.compact()
    if ports.keeper is not None:
        ports.keeper.remember(ports.store, now)
    return left


def kept_figures(forms: Sequence[Form]) -> Mapping[str, Collection[str]]:
    """The answers that stay as figures: grades and ticks, by key, with the words of their lists. Whether
    there was an immediate concern is about the child, and goes."""
    found: dict[str, set[str]] = {}
    for form in forms:
        grades = (*form.grades.words, form.grades.not_applicable) if form.grades else ()
        for one in form.fields():
            if one.kind in ("grade", "choice") and not one.prefilled and one.key != IMMEDIATE_CONCERN:
                found.setdefault(one.key, set()).update(grades if one.kind == "grade" else one.choices)
    return found


def _reviews(store: Store, reference: AuditRef) -> Iterator[str]:
    """The workbooks in which QA reviewed sentences of the round's forms, by the drafts they went with."""
    for past in store.history(_round(reference)):
        files = past.event.facts.get("files", ())
        assert isinstance(files, tuple)
        for one in files:
            if isinstance(one, Mapping) and str(one["name"]).endswith("-review.xlsx"):
                yield str(one["sha256"])


def _round(reference: AuditRef) -> str:
    return reference.removeprefix("CFA-").rsplit("-", 1)[0]


def _mails(settings: Settings, store: Store, reference: AuditRef, content: Content) -> Iterator[str]:
    """Each mail that holds some of it, as a person finds it, and QA's workbooks in the reports folder."""
    for folder, name in content.mails:
        yield _filed(settings, folder, name)
    reports = settings.reports_folder / _round(reference)
    yield from (str(one) for one in sorted(reports.glob("*-review.xlsx")))
    gone = [one for about in (reference, *content.lists) for one in store.sendings(about=about)]
    gone += [one for one in store.sendings(about=_round(reference)) if one.kind == "report_draft"]
    by_key = {one.within or one.key: one for one in gone}
    by_key |= {one.key: one for one in _digests(store, content.quoted)}
    for key, one in sorted(by_key.items(), key=lambda pair: (pair[1].claimed_at, pair[0])):
        if one.state != "claimed":
            yield _sent(settings, key, one)


def _digests(store: Store, stamps: Collection[str]) -> Iterator[Sending]:
    """QA's digests that may have quoted what came in at these stamps: the next after each."""
    digests = [one for one in store.sendings() if one.kind == "digest"]
    for stamp in stamps:
        after = [one for one in digests if one.claimed_at >= stamp]
        first = min((one.claimed_at for one in after), default="")
        yield from (one for one in after if one.claimed_at == first)


def _filed(settings: Settings, folder: str, name: str) -> str:
    if settings.mailbox.kind == "folder":
        return str(settings.path(settings.mailbox.folder) / "filed" / folder / f"{name}.eml")
    return f"{settings.mailbox.folder}/{folder}: {name}"


def _sent(settings: Settings, key: str, one: Sending) -> str:
    if settings.mailbox.kind == "folder":
        return str(settings.path(settings.mailbox.folder) / "sent" / sent_name(MessageKey(key)))
    return f"Sent Items: {one.kind.replace('_', ' ')} of {one.claimed_at[:16]}Z to {one.address}, key {key}"


def _left(settings: Settings, content: Content) -> Iterator[str]:
    """What else holds, or may hold, some of it."""
    if content.shared:
        yield f"Returned files that hold others’ content too, and stay: {', '.join(content.shared)}."
    if content.lists:
        yield f"The files of lists that came back, about other audits too, stay: {', '.join(content.lists)}."
    if not content.gone:
        yield "The case number, while its row is in the spreadsheet. Take it out, make a pass, erase again."
    yield "The round’s report may quote a sentence of it, without a name; so may what QA wrote about it."
    yield "The status page and the tracker, until the next pass."
    yield "What people were sent is theirs now: ask them to delete it."
    yield "Backups, until they are discarded, and whatever `case-audit restore` has set aside."
    place = Path(settings.store_url.removeprefix("sqlite:///"))
    if not settings.store_url.startswith("postgresql"):
        yield from (f"A copy of the store: {one}" for one in sorted(place.parent.glob(f"{place.name}.0*")))
    trial = settings.path(settings.store.state) / "trial"
    if trial.exists():
        yield f"Letters that a trial kept back: {trial}"
