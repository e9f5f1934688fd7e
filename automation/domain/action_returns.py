"""Actions from the forms that come back: recommended by audits, answered by managers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from .action import Action, ActionId, State, action_id
from .action_forms import (
    COMMENT,
    CONFIRMED,
    DONE,
    DONE_ON,
    NO,
    OPEN,
    STATE,
    SUPERVISION_ON,
    WITHDRAWN,
    YES,
)
from .action_matching import likeness, says_the_same
from .action_rows import RowAbout, rows_about
from .audit import Received
from .follow_up import ActionList, Answered
from .form import ACTION, ACTIONS, BY_WHEN, OWNER
from .grading import says_nothing
from .history import Event
from .ids import AuditRef
from .message import Fact
from .spelling import uk_date
from .taken import Taken
from .written import say

NO_LONGER_ASKED = "The corrected audit no longer asks for it."
"""The comment of an action that a corrected return left out. It stands again when a later one has it."""


def actions_of(reference: AuditRef, received: Received, before: Sequence[Action]) -> tuple[Action, ...]:
    """The actions that a return recommends, with what changed since the ones `before`: only those that are
    new or changed.

    An action that is asked for in nearly the same words keeps its number and how it stands. One that is no
    longer asked for is withdrawn, and what repeated it stands by itself. A number is never used twice.
    """
    known = [one for one in before if one.source == "audit"]
    wanted = list(_wanted(reference, received))
    kept = _paired(wanted, known)
    last = max((_number(one.id) for one in known), default=0)
    changed: list[Action] = []
    for place, one in enumerate(wanted):
        if place in kept:
            old = kept[place]
            one = replace(_standing(old), text=one.text, owner=one.owner, due=one.due)
        else:
            old, last = None, last + 1
            one = replace(one, id=action_id(reference, "audit", last))
        changed += [one] if one != old else []
    left = {one.id for one in kept.values()}
    gone = {one.id for one in known if one.id not in left}
    changed += [
        replace(one, state="withdrawn", comment=NO_LONGER_ASKED)
        for one in known
        if one.id in gone and one.state != "withdrawn"
    ]
    changed += [replace(one, same_as=None) for one in before if one.same_as in gone]
    return tuple(changed)


def _wanted(reference: AuditRef, received: Received) -> Iterator[Action]:
    """The rows that say what is to be done, each once. Owner and date are as the form has them."""
    seen: set[tuple[str, str, str]] = set()
    for row in received.rows.get(ACTIONS, ()):
        text, owner, by = (row.get(key, "") for key in (ACTION, OWNER, BY_WHEN))
        if says_nothing(text) or (text, owner, by) in seen:
            continue
        seen.add((text, owner, by))
        due = date.fromisoformat(by) if by else None
        owner = "" if says_nothing(owner) else owner
        yield Action(action_id(reference, "audit", 0), reference, "audit", text, owner, due)


def _paired(wanted: Sequence[Action], known: Sequence[Action]) -> Mapping[int, Action]:
    """The known action that each wanted one is, by its place: the likest pairs first, each action once."""
    pairs = [
        (-likeness(one.text, old.text), place, _number(old.id), old)
        for place, one in enumerate(wanted)
        for old in known
        if says_the_same(one.text, old.text)
    ]
    found: dict[int, Action] = {}
    for _, place, _, old in sorted(pairs, key=lambda pair: pair[:3]):
        if place not in found and all(old.id != other.id for other in found.values()):
            found[place] = old
    return found


def _standing(old: Action) -> Action:
    """An action as it stood before a correction left it out."""
    if not _left_out(old):
        return old
    state: State = "verified" if old.verified_on else "done" if old.done_on else "open"
    return replace(old, state=state, comment="")


def _left_out(one: Action) -> bool:
    return one.state == "withdrawn" and one.comment == NO_LONGER_ASKED


def _number(one: ActionId) -> int:
    return int(one.rsplit("-", 1)[1][1:])


def take_update(listed: ActionList, answered: Answered, actions: Sequence[Action]) -> Taken:
    """What a team manager's list changes: who says done, withdrawn or open again, and when."""
    return _taken("action update returned", listed, answered, actions)


def take_oversight(listed: ActionList, answered: Answered, actions: Sequence[Action]) -> Taken:
    """What a service manager's list changes: what was done is confirmed, or is open again."""
    return _taken("oversight returned", listed, answered, actions)


def _taken(what: str, listed: ActionList, answered: Answered, actions: Sequence[Action]) -> Taken:
    rows, questions = rows_about(listed, answered, actions)
    asked = list(questions)
    changed: list[Action] = []
    events: list[Event] = []
    unsupervised: list[ActionId] = []
    for row in rows:
        take = _updated if listed.kind == "action_update" else _confirmed
        now, doubts = take(row, answered)
        asked += doubts
        if now != row.action:
            changed.append(now)
            events += _events(row.action, now, listed, answered)
        if now.state == "done" and now.state != row.action.state and now.supervision_on is None:
            unsupervised.append(now.id)
    if unsupervised:
        asked.append(f"When was it recorded in supervision that this is done: {', '.join(unsupervised)}?")
    event = Event(listed.reference, what, {"from": answered.sender, "on": answered.on})
    return Taken((replace(listed, answered=answered), *changed), event, tuple(asked), tuple(events))


def _updated(row: RowAbout, answered: Answered) -> tuple[Action, list[str]]:
    """The action as its manager says that it stands, and what to ask about that."""
    action, cells, asked, today = row.action, row.cells, list[str](), answered.on
    state = cells.get(STATE)
    if _left_out(action):
        return action, [f"{action.id} is no longer asked for by the corrected audit. Nothing was recorded."]
    if action.state == "verified" and state in (OPEN, WITHDRAWN):
        on = f" on {say(action.verified_on)}" if action.verified_on else ""
        return action, [f"{action.id} was confirmed as done{on}, and stays so. Should it be opened again?"]
    now = _dated(replace(action, comment=cells.get(COMMENT) or action.comment), row, today, asked)
    if cells and not state:
        asked.append(f"{action.id}: is it Open, Done or Withdrawn? It is recorded as {action.state} still.")
    elif state == OPEN and action.state in ("done", "withdrawn"):
        now = replace(now, state="open", done_on=None)
    elif state == WITHDRAWN and not cells.get(COMMENT):
        asked.append(f"{action.id}: why is it withdrawn? Until a comment says so, it stays {action.state}.")
    elif state == WITHDRAWN:
        now = replace(now, state="withdrawn", done_on=None)
    elif state == DONE and action.state != "verified":
        now = _done(now, cells, today, asked)
    if now.state == "done" and action.state != "done":
        now = replace(now, manager=answered.sender)
    if state != DONE and cells.get(DONE_ON):
        asked.append(f"{action.id}: it has a date under ‘Done on’. Is it done?")
    return now, asked


def _done(action: Action, cells: Mapping[str, str], today: date, asked: list[str]) -> Action:
    on = date.fromisoformat(cells[DONE_ON]) if cells.get(DONE_ON) else None
    if on is not None and on > today:
        asked.append(f"{action.id}: {say(on)} is still to come. It stays {action.state}: when was it done?")
        return action
    if on is None and action.done_on is None:
        asked.append(f"{action.id}: on which day was it done? {say(today)} was recorded.")
    return replace(action, state="done", done_on=on or action.done_on or today)


def _dated(action: Action, row: RowAbout, today: date, asked: list[str]) -> Action:
    """The action with the day of its supervision, and with a due date where it had none."""
    written = row.cells.get(SUPERVISION_ON)
    day = date.fromisoformat(written) if written else None
    if day is not None and day <= today:
        action = replace(action, supervision_on=day)
    elif written is not None:
        asked.append(f"{action.id}: on which day was it recorded in supervision? No date was recorded.")
    due = uk_date(row.due)
    if action.due is None and row.due and (due is None or due < today):
        asked.append(f"{action.id}: by when is it to be done? No date that can be used was given.")
    elif action.due is None:
        action = replace(action, due=due)
    elif due is not None and due != action.due:
        stays = f"its date stays {say(action.due)}, which a list cannot change"
        asked.append(f"{action.id}: {stays}. Tell the QA team if it should.")
    return action


def _confirmed(row: RowAbout, answered: Answered) -> tuple[Action, list[str]]:
    """The action as its service manager says that it stands, and what to ask about that. Nobody confirms
    what they answer for themselves, as a service manager does who stands in as the team manager."""
    action, cells = row.action, row.cells
    confirmed, comment = cells.get(CONFIRMED), cells.get(COMMENT, "")
    now = replace(action, comment=comment or action.comment)
    if confirmed == YES and action.state == "done" and action.manager == answered.sender:
        said = "You reported it done yourself, so somebody else has to confirm it."
        return now, [f"{action.id} was not confirmed. {said} Whom should we ask?"]
    if confirmed == YES and action.state == "done":
        return replace(now, state="verified", verified_on=answered.on), []
    if confirmed == YES and action.state != "verified":
        said = "is not reported as done yet" if action.state == "open" else "is withdrawn"
        return now, [f"{action.id} {said}, so it was not confirmed. Please ask the team manager about it."]
    if confirmed == NO and action.state in ("done", "verified"):
        asked = [] if comment else [f"{action.id} is open again. What is still to be done?"]
        return replace(now, state="open", done_on=None, verified_on=None), asked
    if CONFIRMED in cells and not confirmed:
        return now, [f"{action.id}: is it confirmed, Yes or No? It is recorded as {action.state} still."]
    return now, []


_SAID = {"open": "open again", "done": "done", "verified": "verified", "withdrawn": "withdrawn"}


def _events(before: Action, now: Action, listed: ActionList, answered: Answered) -> Iterator[Event]:
    """What became of an action: keys and dates, and nothing that somebody wrote."""
    facts: dict[str, Fact] = {"from": answered.sender, "on": answered.on, "list": listed.reference}
    if now.state != before.state:
        facts["done on"] = now.done_on
        yield Event(now.reference, f"{now.id} {_SAID[now.state]}", facts)
    if now.due != before.due:
        dated: dict[str, Fact] = {"from": answered.sender, "due": now.due, "list": listed.reference}
        yield Event(now.reference, f"{now.id} has a date", dated)
    if now.supervision_on != before.supervision_on:
        recorded: dict[str, Fact] = {
            "from": answered.sender,
            "recorded on": now.supervision_on,
            "list": listed.reference,
        }
        yield Event(now.reference, f"{now.id} recorded in supervision", recorded)
