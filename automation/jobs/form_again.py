"""A form written by hand: what somebody was sent and has lost, or a look at what staff will get."""

from collections.abc import Mapping
from dataclasses import replace

from ..domain.action import State
from ..domain.action_forms import LIST_COLUMNS
from ..domain.action_line import newest_audits
from ..domain.action_lists import Register
from ..domain.action_messages import list_message
from ..domain.dispute_messages import views
from ..domain.follow_up import ListKind
from ..domain.ids import AuditRef
from ..domain.message import Fact
from ..domain.moderation_messages import about_audit, outcome_facts
from .attachments import prefill, prefill_of
from .this_pass import Pass

_ASKED_ABOUT: Mapping[ListKind, tuple[State, ...]] = {
    "action_update": ("open",),
    "oversight": ("open", "done"),
}
"""The states of an action that each list asks about. What has been settled since is not asked again."""
_NO_DATE = "the date that the QA team names"


def form_again(this: Pass, key: str, reference: AuditRef) -> bytes | None:
    """A form of the council's about an audit, or about a list of actions, as it would go today; None when
    there is no such audit or list. What is not known yet, such as the grade before a return, stays empty.

    Raises ValueError for a list on which nothing is left to be asked about."""
    form = next(one for one in this.forms if one.key == key)
    facts = _of_list(this, key, reference) if key in LIST_COLUMNS else _of_audit(this, key, reference)
    if facts is None:
        return None
    shown = prefill(facts) if form is this.form else prefill_of(form, facts)
    rows = facts.get("rows", ())
    return this.writer(key, len(rows) if isinstance(rows, tuple) else 0).write(reference, shown)


def _of_list(this: Pass, key: str, reference: AuditRef) -> Mapping[str, Fact] | None:
    store, facts = this.store, this.facts({})
    listed = store.action_list(reference)
    person = facts.organisation.person(listed.person) if listed else None
    if listed is None or listed.kind != key or person is None:
        return None
    asked = {one.id for one in store.actions() if one.counts and one.state in _ASKED_ABOUT[listed.kind]}
    listed = replace(listed, actions=tuple(one for one in listed.actions if one in asked))
    if not listed.actions:
        raise ValueError(f"Nothing on {reference} is left to be asked about: its actions are settled.")
    audits = store.audits()
    by_reference = {one.reference: one for one in audits}
    register = Register(store.actions(), by_reference, newest_audits(audits), facts, store.action_lists())
    return list_message(listed, person, register).facts


def _of_audit(this: Pass, key: str, reference: AuditRef) -> Mapping[str, Fact] | None:
    store, facts = this.store, this.facts({})
    audit = store.audit(reference)
    if audit is None:
        return None
    round_ = this.calendar().round(audit.allocation.round)
    moderation, actions = store.moderation(reference), store.actions([reference])
    told: dict[str, Fact] = {**about_audit(audit, round_, facts), "answer_by": _NO_DATE}
    dispute = next((one for one in store.disputes(reference) if key == f"decision_{one.kind}"), None)
    if moderation is not None and dispute is not None:
        responses = store.responses(reference)
        told |= views(audit, round_, moderation, dispute, responses, actions, facts)
        return told | {"answer_by": dispute.due}
    if key == "response" and moderation is not None and moderation.answered is not None:
        return outcome_facts(audit, round_, moderation, moderation.answered, actions, facts)
    if key == "moderation" and moderation is not None:
        told["answer_by"] = moderation.due
    return told
