"""`case-audit preview`: what a pass would send today, on a copy of the store; nothing goes."""

import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from .lines import Told, problem_lines
from .outside import trial
from .ports import Clock, Sending, Store
from .service import Service
from .settings import Settings

_JOBS = ("allocate", "send", "share", "moderate", "actions", "chase")
"""The jobs that send what is due. What answers a mail, and QA's digest, are not looked at."""
_DAYS = 90
"""No message that goes in one mail with others is about an audit that came back longer ago."""


def would_go(settings: Settings, clock: Clock, out: Path | None) -> Told:
    """What would go today, a line for each message, and each audit within one. `out` gets the letters."""
    with trial(settings) as (ports, sent):
        before = {one.key for one in ports.store.sendings()}
        outcome = Service(settings, ports).once(clock, _JOBS)
        new = [one for one in ports.store.sendings() if one.key not in before]
        within = _audits_within(ports.store, {one.key for one in new}, clock.today())
        if out:
            shutil.copytree(sent, out, dirs_exist_ok=True)
    head = [f"{len(new)} {'message' if len(new) == 1 else 'messages'} would go. Nothing was sent."]
    head += [line for one in new for line in _lines(one, within.get(one.key, [one.about]))]
    if out:
        head.append(f"The letters are in {out}.")
    return Told((*head, *problem_lines(outcome.problems)), outcome.code, outcome.unavailable)


def _audits_within(store: Store, keys: Collection[str], today: date) -> Mapping[str, list[str]]:
    """The audits in each of these mails that several messages go in, by the mail's key."""
    found: dict[str, list[str]] = defaultdict(list)
    since = today - timedelta(days=_DAYS)
    for audit in store.audits():
        if audit.received and audit.received.on >= since:
            for one in store.sendings(about=audit.reference):
                if one.within in keys:
                    found[one.within].append(audit.reference)
    return found


def _lines(mail: Sending, about: Sequence[str]) -> Iterator[str]:
    """A message and what it is about; of one that has several audits, each audit below it."""
    first = about[0] if len(about) == 1 else f"{len(about)} audits"
    yield f"  {first:18} {mail.kind.replace('_', ' '):28} {mail.address}"
    if len(about) > 1:
        yield from (f"      {one}" for one in about)
