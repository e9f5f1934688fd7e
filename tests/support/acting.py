"""A small council whose managers answer for actions: two audits are back in November, then lists go."""

from collections.abc import Mapping, Sequence
from datetime import date
from email.message import EmailMessage

from automation.documents.form_fill import fill
from automation.domain.action import Action
from automation.domain.follow_up import ActionList
from automation.domain.history import Event
from automation.domain.ids import AuditRef
from automation.rehearsal.answers import filled_in
from automation.service import Outcome
from tests.support.moderating import attached
from tests.support.month import WITHOUT_PAGES, Month

FIRST, THIRD = "CFA-2026-11-001", "CFA-2026-11-003"
"""Of North (team manager Tara Town, service manager Maya Moss), and of South (Toby Tarn, Mark Mead). Helen
Hart is the head of service of both."""
TARA, TOBY, MAYA, MARK, HELEN = "tara.town", "toby.tarn", "maya.moss", "mark.mead", "helen.hart"
MONTHLY, OVERSIGHT = "2026-12-07", "2026-12-10"
"""The fifth and the eighth working day of December."""

CHRONOLOGY = "Bring the chronology up to date so that missed appointments show as a pattern."
SCHOOL = "See the child at school as well as at home before the next review."
FATHER = "Ask the father what he can offer and write his answer into the plan."
HEALTH = "Agree with health who follows up the missed appointments."

Row = Mapping[str, str]
OVERDUE = {"action": CHRONOLOGY, "owner": "Social worker", "by_when": "4 December 2026"}
LATER = {"action": SCHOOL, "owner": "Social worker", "by_when": "22/1/2027"}
UNDATED = {"action": HEALTH, "owner": "", "by_when": "ASAP"}
OF_SOUTH = {"action": FATHER, "owner": "Team manager", "by_when": "15/1/2027"}
DONE = {"state": "Done", "done_on": "3/12/2026", "supervision_on": "4/12/2026"}


def returned(
    month: Month,
    reference: str,
    auditor: str,
    actions: Sequence[Row],
    day: str = "2026-11-12",
    **changes: str,
) -> None:
    """An auditor's form comes back with these recommended actions."""
    number = int(reference.rsplit("-", 1)[1])
    answers, _ = filled_in(month.settings.form, number, date.fromisoformat(day), "form")
    form = month.form_sent(reference, auditor)
    month.reply(auditor, fill(form, answers | {"overall_grade": "Good"} | changes, {"actions": actions}), day)
    passes(month, day)


def passes(month: Month, *days: str) -> Outcome:
    """A pass on each of these days, without QA's digest. What the last one came to."""
    return [month.on(day, [job for job in WITHOUT_PAGES if job != "digest"]) for day in days][-1]


def with_actions(month: Month) -> Month:
    """Two audits came back on 12 November, with four actions. No pass was made since."""
    returned(month, FIRST, TOBY, [LATER, UNDATED, OVERDUE])
    returned(month, THIRD, TARA, [OF_SOUTH])
    return month


def actions(month: Month) -> dict[str, Action]:
    """Every action, by the end of its number: `001-A1`."""
    ports = month.ports()
    try:
        return {one.id.removeprefix("CFA-2026-11-"): one for one in ports.store.actions()}
    finally:
        ports.store.close()


def states(month: Month) -> dict[str, str]:
    """How each action stands, by the end of its number."""
    return {key: one.state for key, one in actions(month).items()}


def lists(month: Month) -> dict[str, ActionList]:
    """Every list that was made, by its reference."""
    ports = month.ports()
    try:
        return {one.reference: one for one in ports.store.action_lists()}
    finally:
        ports.store.close()


def on_list(month: Month, reference: str) -> list[str]:
    """What is on a list, in its order, each by the end of its number."""
    return [one.removeprefix("CFA-2026-11-") for one in lists(month)[AuditRef(reference)].actions]


def form_of(month: Month, to: str, reference: str) -> bytes:
    """The form that came with a person's list, or with its reminder."""
    kind = "action-update" if "-ACT-" in reference else "oversight"
    return attached(month, to, f"{reference}-{kind}.docx")


def filled(month: Month, to: str, reference: str, rows: Mapping[str, Row]) -> bytes:
    """That form, with the rows of these actions filled in."""
    table = "actions_listed" if "-ACT-" in reference else "actions_watched"
    given = [rows.get(one, {}) for one in on_list(month, reference)]
    assert set(rows) <= set(on_list(month, reference))
    return fill(form_of(month, to, reference), {}, {table: given})


def answer(
    month: Month, sender: str, reference: str, rows: Mapping[str, Row], day: str, to: str = ""
) -> Outcome:
    """Somebody returns a list on a day; a pass collects it."""
    month.reply(sender, filled(month, to or sender, reference, rows), day)
    return passes(month, day)


def letters(month: Month, kind: str) -> list[EmailMessage]:
    """The letters of a kind, in the order of their days and keys."""
    keys = {key for key, what in month.kinds().items() if what == kind}
    found = [one for one in month.letters() if str(one["X-Case-Audit-Key"]).strip() in keys]
    return sorted(found, key=lambda one: (one["Date"].datetime, str(one["X-Case-Audit-Key"])))


def text(letter: EmailMessage) -> str:
    """A letter's plain text, on one line."""
    body = letter.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def events(month: Month, about: str, words: str = "") -> list[Event]:
    """What happened to an audit or a list, all or what has these words in it."""
    ports = month.ports()
    try:
        return [past.event for past in ports.store.history(about) if words in past.event.what]
    finally:
        ports.store.close()


def outcomes(month: Month) -> list[str]:
    """The outcome of each mail dealt with, oldest first."""
    ports = month.ports()
    try:
        return [one.outcome.value for one in ports.store.mails()]
    finally:
        ports.store.close()
