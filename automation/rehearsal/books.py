"""A rehearsal's account, and whether its books balance."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from ..domain.action_counts import counts
from ..domain.audit import Standing
from ..domain.calendar import Round
from ..domain.moderation import agreement
from ..domain.qa_facts import standing_facts
from ..ports import Store
from ..settings import Settings
from .refused import RehearsalError

_DECIDED = ("dispute about the grade decided", "dispute about the actions decided")


def account(settings: Settings, round_: Round, store: Store, today: date) -> Iterator[str]:
    """The account in lines. Raises RehearsalError when parts do not add up to their whole, or what was
    counted is not what the history tells."""
    yield _audits(round_, store, today)
    yield _moderation(settings, round_, store)
    yield _disputes(round_, store)
    yield _actions(round_, store, today)
    mails, sent, link = store.mails(), store.sent_since(""), store.broken_link()
    outcomes = Counter(mail.outcome.value for mail in mails)
    yield f"Sent {sum(sent.values())} mails: " + ", ".join(
        f"{n} {kind.replace('_', ' ')}" for kind, n in sorted(sent.items())
    )
    yield f"Came in {len(mails)} mails: " + ", ".join(f"{n} {what}" for what, n in sorted(outcomes.items()))
    yield (f"Doubtful: {len(store.sendings('doubtful'))}. Broken links in the history: {link or 'none'}.")


def _audits(round_: Round, store: Store, today: date) -> str:
    audits = store.audits([round_.id])
    if not audits:
        raise RehearsalError(f"The spreadsheet has no usable rows of {round_.name}. Name another --round.")
    told = standing_facts(round_, audits, today)
    names = ("on_time", "late", "outstanding", "extended", "exempt")
    parts = [int(str(told[name])) for name in names]
    _balanced("audits", len(audits) if len(Standing) == len(parts) else -1, parts)
    return (
        f"{round_.name}: {told['allocated']} allocated = {parts[0]} returned on time + {parts[1]} late + "
        f"{parts[2]} outstanding + {parts[3]} extended + {parts[4]} exempt"
    )


def _moderation(settings: Settings, round_: Round, store: Store) -> str:
    audits = {one.reference: one for one in store.audits([round_.id])}
    grades = settings.form.grades
    told = agreement(store.moderations(), audits, store.disputes(), grades.words if grades else ())
    returned = {past.event.about for past in store.history() if past.event.what == "moderation returned"}
    _balanced("moderations", len(returned & audits.keys()), [told.agreed, told.up, told.down])
    return (
        f"Moderation: {told.moderated} moderated = {told.agreed} agreed + {told.up} up + {told.down} down; "
        f"{told.waiting} not back yet"
    )


def _disputes(round_: Round, store: Store) -> str:
    references = {one.reference for one in store.audits([round_.id])}
    disputes = [one for one in store.disputes() if one.reference in references]
    events = [past.event for past in store.history() if past.event.about in references]
    settled = {(one.about, one.what) for one in events if one.what in _DECIDED}
    decided = {kind: [one for one in disputes if one.kind == kind] for kind in ("grade", "actions")}
    parts = [sum(one.decided is not None for one in decided[kind]) for kind in ("grade", "actions")]
    waiting = sum(one.decided is None for one in disputes)
    _balanced("disputes", len(disputes), [*parts, waiting])
    _balanced("decisions", len(settled), parts)
    return (
        f"Disputes: {len(disputes)} = {parts[0]} decided on the grade + {parts[1]} decided on actions + "
        f"{waiting} to be decided"
    )


def _actions(round_: Round, store: Store, today: date) -> str:
    actions = store.actions([one.reference for one in store.audits([round_.id])])
    told = counts(actions, today)
    open_ = sum(one.state == "open" and one.counts for one in actions)
    _balanced("actions", told.opened, [open_, told.done, told.verified, told.withdrawn])
    handed = sum(past.event.what.endswith(" handed on") for past in store.history())
    return (
        f"Actions: {told.opened} opened = {open_} open + {told.done} done + {told.verified} verified + "
        f"{told.withdrawn} withdrawn; of those that stand {told.overdue_in_all} are overdue, "
        f"{told.no_timescale} have no timescale; {handed} handed on"
    )


def _balanced(what: str, whole: int, parts: list[int]) -> None:
    if sum(parts) != whole:
        raise RehearsalError(f"The account of {what} does not balance: {whole} is not {parts} added up.")
