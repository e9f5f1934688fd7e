"""What a restored store learnt again from the mailbox, kept as soon as its audits are known."""

from ..domain.follow_up import ActionList
from ..domain.forgotten import learnt
from ..domain.history import Event
from .this_pass import Pass

FORGOTTEN = "forgotten "
"""The beginning of the facts that hold a decision: kind, its place, and its text as the value."""


def learn_forgotten(this: Pass) -> None:
    """Keep the decisions whose audits are known by now."""
    store = this.store
    for name, text in store.facts_under(FORGOTTEN).items():
        change = learnt(name.split(" ", 1)[0], text)
        of_audit = change is not None and not isinstance(change, ActionList)
        if change is not None and of_audit and store.audit(change.reference) is None:
            continue  # its row is to come
        if change is not None:
            store.learn([change], [Event(change.reference, "learnt again from the mailbox")], this.stamp)
        store.keep_fact(FORGOTTEN + name, "")
