"""The actions that a form about a moderation or a dispute lists, and what to ask about them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from .action import Action, Source, action_id
from .action_matching import same_action
from .follow_up import Answered
from .form import ACTION, ACTIONS, BY_WHEN, OWNER
from .ids import AuditRef


def actions_of_form(
    reference: AuditRef, source: Source, answered: Answered, before: Sequence[Action]
) -> tuple[Action, ...]:
    """The actions of a form's rows, each linked to the one from an earlier source that it repeats, and
    withdrawn the open ones that a form before had and this one has no more. `before` are all of the audit."""
    known = {one.id: one for one in before}
    others = [one for one in before if one.source != source and one.counts]
    made: dict[str, Action] = {}
    for number, row in enumerate(answered.rows.get(ACTIONS, ()), start=1):
        text = row.get(ACTION, "")
        if not text:
            continue
        key, when = action_id(reference, source, number), row.get(BY_WHEN)
        old = known.get(key) or Action(key, reference, source, text)
        made[key] = replace(
            old,
            text=text,
            owner=row.get(OWNER, ""),
            due=date.fromisoformat(when) if when else None,
            state="open" if old.state == "withdrawn" else old.state,
            same_as=same_action(text, [*others, *(one for one in made.values() if one.counts)]),
        )
    gone = [one for one in before if one.source == source and one.id not in made and one.state == "open"]
    return (*made.values(), *(replace(one, state="withdrawn") for one in gone))


def about_actions(answered: Answered) -> Iterator[str]:
    """What to ask about a form's actions, politely."""
    for number, row in enumerate(answered.rows.get(ACTIONS, ()), start=1):
        if not row.get(ACTION):
            yield f"Action {number} does not say what is to be done, so it is not recorded. What is it?"
            continue
        if not row.get(OWNER):
            yield f"Action {number} has no owner. Who will do it?"
        if not row.get(BY_WHEN):
            yield f"Action {number} has no date that we can read. By which date should it be done?"
