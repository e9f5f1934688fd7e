"""Track: the status page and the tracker workbook, kept up to date for QA after each pass.

Both are made anew when what they show has changed. An idle pass only puts its time on the page: it needs
neither templates nor a spreadsheet library. A file that cannot be written never stops a pass.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from ..documents.data_workbook import data_workbook, mark_of
from ..domain.audit import Audit
from ..domain.ids import AuditRef, RoundId
from ..domain.message import Fact
from ..domain.problem import Problem
from ..domain.tracker import Known, Tracker, tracker
from ..domain.tracker_sheets import tracker_sheets
from ..letters import TemplateBrokenError
from ..ports.qa_pages import PageUnwritableError
from ..wording import plain_day
from .qa_news import qa_news
from .this_pass import Pass

log = logging.getLogger("case_audit")

PAGE, WORKBOOK = "status.html", "tracker.xlsx"

_SOURCE = "reports"
_LONDON = ZoneInfo("Europe/London")
_MARK = re.compile(r'<meta name="mark" content="([0-9a-f]+)">')
_LAST_PASS = re.compile(r'<time id="last-pass"[^>]*>[^<]*</time>')


def track(this: Pass) -> None:
    """Bring the status page and the tracker up to date."""
    mark = _mark(this)
    page, workbook = (_read(this, name) for name in (PAGE, WORKBOOK))
    old = page.decode("utf-8", "replace")
    fresh = (found := _MARK.search(old)) is not None and found[1] == mark
    kept = mark_of(workbook) == mark
    told = None if fresh and kept else _tracker(this)
    faults = []
    if told and not kept:
        faults += _write(this, WORKBOOK, lambda: _workbook(told, mark))
    new = partial(_timed, this, old) if told is None or fresh else partial(_page, this, told, mark)
    faults += _write(this, PAGE, lambda: new().encode())
    if faults or any(one.source == _SOURCE for one in this.store.open_problems()):
        this.store.set_problems(_SOURCE, faults, this.today)


def status_page(this: Pass) -> str:
    """The status page as it would be written now. Raises TemplateBrokenError."""
    return _page(this, _tracker(this), "")


def _mark(this: Pass) -> str:
    """A hash of what the page and the tracker follow from: the day, the choices, the newest event, the sheet
    as it was last read, and the problems. While it stays the same, so do they."""
    store = this.store
    problems = [one.problem for one in store.open_problems() if one.source != _SOURCE]
    follows = (
        this.today, this.choices, store.head(), store.sheet_seen(),
        (*problems, *this.problems, *this.outbox.problems),
    )  # fmt: skip
    return hashlib.sha256(repr(follows).encode()).hexdigest()[:32]


def _tracker(this: Pass) -> Tracker:
    """Everything as it stands now."""
    known = _known(this)
    outstanding = {AuditRef(str(one["reference"])) for one in tracker(known).outstanding}
    return tracker(replace(known, reminded=_reminded(this, outstanding)))


def _known(this: Pass) -> Known:
    store = this.store
    news = qa_news(this, store.last_sent("digest", before=this.today.isoformat()), quoting=False)
    # What we could not write is told of in the digest. Here it would still stand when it is written.
    news = replace(news, problems=tuple(one for one in news.problems if not _ours(one[0])))
    every = {one.reference: one for _, audits in news.rounds for one in audits}
    moderations, disputes = store.moderations(), store.disputes()
    actions = tuple(one for one in store.actions() if one.state in ("open", "done"))
    pending = {one.reference for one in moderations if one.answered is None}
    pending |= {one.reference for one in disputes if one.decided is None}
    pending |= {one.reference for one in actions}
    seen = store.sheet_seen()
    midnight = datetime.combine(this.today, time(0), _LONDON).astimezone(UTC)
    return Known(
        day=this.today,
        news=news,
        form=this.form,
        organisation=store.organisation(),
        must_audit=this.rules.must_audit,
        every={**every, **_older(this, pending.difference(every))},
        moderations=moderations,
        disputes=disputes,
        actions=actions,
        sent=store.sent_since(midnight.isoformat()),
        sheet_read_on=seen.day if seen else None,
        held=seen.held if seen else (),
    )


def _older(this: Pass, references: set[AuditRef]) -> Mapping[AuditRef, Audit]:
    """The audits of earlier rounds about which something is still open."""
    rounds = {RoundId(one.removeprefix("CFA-").rsplit("-", 1)[0]) for one in references}
    return {one.reference: one for one in this.store.audits(rounds) if one.reference in references}


def _reminded(this: Pass, outstanding: set[AuditRef]) -> Mapping[AuditRef, date]:
    """The day of the last reminder to the auditor of each of these audits that had one."""
    kinds = {one.kind for one in this.rules.steps if one.to == "auditor"}
    parts = ((key, key.split("/")) for key in this.store.sent(this.rounds()))
    keys = {key for key, part in parts if part[1] in kinds}
    last: dict[AuditRef, date] = {}
    for reference in outstanding & {AuditRef(key.split("/")[0]) for key in keys}:
        sent = (one for one in this.store.sendings(about=reference) if one.key in keys)
        stamps = [one.settled_at or one.claimed_at for one in sent]
        if stamps:
            last[reference] = datetime.fromisoformat(max(stamps)).astimezone(_LONDON).date()
    return last


def _workbook(told: Tracker, mark: str) -> bytes:
    return data_workbook(f"Case file audits, {plain_day(told.day)}", tracker_sheets(told), mark)


def _page(this: Pass, told: Tracker, mark: str) -> str:
    facts: dict[str, Fact] = {one.name: getattr(told, one.name) for one in fields(told)}
    return _timed(this, this.letters().page("status", {**facts, "mark": mark}))


def _timed(this: Pass, page: str) -> str:
    """The page with the time of this pass on it."""
    at = this.stamp.replace(second=0, microsecond=0)
    words = f'<time id="last-pass" datetime="{at.isoformat()}">{at:%H:%M} on {plain_day(at.date())}</time>'
    return _LAST_PASS.sub(words, page, count=1)


def _read(this: Pass, name: str) -> bytes:
    """The file as it stands; nothing where it is not there, or cannot be read."""
    try:
        return this.pages.read(name) or b""
    except PageUnwritableError:
        return b""


def _write(this: Pass, name: str, made: Callable[[], bytes]) -> list[Problem]:
    """Write a file, or tell why it was not written."""
    try:
        this.pages.write(name, made())
    except PageUnwritableError as error:
        log.warning("%s: %s", name, error)
        remedy = "Close it wherever it is open. If it is open nowhere, ask IT. The next pass tries again."
        return [Problem(_where(name), str(error), remedy)]
    except TemplateBrokenError as broken:
        return [broken.problem]
    return []


def _where(name: str) -> str:
    return f"{name} in the reports folder"


def _ours(problem: Problem) -> bool:
    return problem.where in (_where(PAGE), _where(WORKBOOK))
