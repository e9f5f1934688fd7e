"""The messages within a mail that came back: each goes again, with what else its reader is due that day."""

from collections import defaultdict
from collections.abc import Collection

from ..domain.bounced import Returned, first_key
from ..domain.ids import AuditRef, MessageKey
from ..domain.rules import Facts
from .this_pass import Pass

_TRIES = 3


def parts_returned(
    this: Pass, references: Collection[AuditRef], facts: Facts, kinds: Collection[str]
) -> dict[MessageKey, Returned]:
    """The messages of these kinds about these audits whose mail came back, by their first key. The mail
    itself does not go again."""
    back = {one.failure.key: one for one in facts.returned.values() if one.failure.kind in kinds}
    found: dict[MessageKey, Returned] = {}
    tries: dict[MessageKey, int] = defaultdict(int)
    for reference in references if back else ():
        for gone in this.store.sendings(about=reference):
            if gone.kind not in kinds:
                continue
            first = first_key(gone.key)
            tries[first] += 1
            one = back.get(MessageKey(gone.within))
            if one is None:
                found.pop(first, None)
                continue
            about, kind, occasion, person = first.split("/", 3)
            next_key = MessageKey(f"{about}/{kind}/{occasion}.{tries[first] + 1}/{person}")
            again = one.failure.how != "full" or tries[first] < _TRIES
            found[first] = Returned(one.failure, next_key, one.on if again else None)
    return found
