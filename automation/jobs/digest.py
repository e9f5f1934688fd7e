"""Digest: QA's daily mail. What needs a person today, and what happened since the one before."""

from dataclasses import replace

from ..brakes import standing
from ..domain.coming import Ahead, Coming, coming
from ..domain.ids import RoundId
from ..domain.qa_facts import digest as digest_message
from .qa_news import qa_news
from .this_pass import Pass


def digest(this: Pass) -> None:
    """Post today's digest to each QA officer, once, on working days."""
    if not this.working.is_working(this.today):
        return
    store, today = this.store, this.today.isoformat()
    gone = store.sent([RoundId(f"digest-{today}")])
    if len(gone) >= len(this.officers):
        return
    news = replace(qa_news(this, since=store.last_sent("digest", before=today)), coming=_coming(this))
    for officer in this.officers:
        told = digest_message(this.today, officer, news, store.organisation())
        this.post(replace(told, urgent=bool(standing(store))))


def _coming(this: Pass) -> tuple[Coming, ...]:
    """What goes out on the next two working days."""
    store, rounds = this.store, this.rounds()
    ahead = Ahead(
        [(round_, store.audits([round_.id])) for round_ in rounds.values()],
        store.moderations(),
        any(one.counts and one.state == "open" for one in store.actions()),
        store.report_versions(),
        store.report_holds(),
    )
    return coming(ahead, this.facts(rounds))
