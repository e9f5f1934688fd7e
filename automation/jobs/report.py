"""Report: a round's report is drafted for QA, and goes out unless QA holds it (guidance 4)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ..domain.calendar import Round
from ..domain.history import Event
from ..domain.people import Person
from ..domain.problem import Problem
from ..domain.report_messages import (
    WITHIN_DAYS,
    Days,
    days,
    draft_key,
    draft_messages,
    held_note,
    is_held,
    kept_note,
    recipient_problems,
    recipients_of,
    report_key,
    report_messages,
)
from ..domain.report_story import report_reference
from ..domain.report_version import BY_SERVICE, ReportHold, ReportVersion, newest
from .this_pass import Pass

if TYPE_CHECKING:
    from .report_making import Made, Written

SOURCE = "report"


def report(this: Pass) -> None:
    """Draft, send or hold back the report of each round that is over."""
    versions = this.store.report_versions()
    problems: list[Problem] = []
    for round_ in _rounds(this):
        mine = [one for one in versions if one.round == round_.id]
        this.each(f"report of {round_.id}", partial(_of_round, this, round_, mine, problems))
    if problems or any(one.source == SOURCE for one in this.store.open_problems()):
        this.store.set_problems(SOURCE, problems, this.today)


def _rounds(this: Pass) -> Iterator[Round]:
    """The rounds whose report may be due. A round that was over before the service began is in the sheet and
    not in the reports; one that was skipped is, because actions go on, once there has been a report."""
    for round_ in this.calendar().rounds_near(this.today):
        age = (this.today - round_.due).days
        if not 0 < age <= WITHIN_DAYS:
            continue
        if this.today < days(round_, None, this.rules.report, this.working).draft:
            continue
        if this.store.report_versions() if round_.skipped else this.store.sent([round_.id]):
            yield round_


def _of_round(this: Pass, round_: Round, versions: Sequence[ReportVersion], problems: list[Problem]) -> None:
    # Imported here: on most days there is no report to be made.
    from .report_making import keep_files, make, written

    first = versions[0].made_on if versions else None
    when = days(round_, first, this.rules.report, this.working)
    facts = this.facts({round_.id: round_})
    recipients = recipients_of(facts)
    gone = any(facts.told(report_key(round_, one)) for one in recipients)
    if not gone:
        problems += recipient_problems(round_, facts)
    version = newest(versions)
    mine = None if gone else written(this, round_)
    problems += mine.problems if mine else ()
    if version is None or (mine and _rewritten(mine, version)):
        made = make(this, round_, 1 if version is None else version.version + 1)
        _keep(this, round_, made)
        version = made.version
        when = days(round_, first or version.made_on, this.rules.report, this.working)
        _draft(this, round_, made, when, recipients)
    elif not gone and _untold(this, version):
        made = _made_again(this, round_, version)
        keep_files(this, round_, made)
        _draft(this, round_, made, when, recipients)
    holds = this.store.report_holds()
    _notes(this, round_, version, holds, when, gone=gone)
    if this.today >= when.send and this.working.is_working(this.today) and not is_held(holds, round_):
        for message in report_messages(version, round_, recipients, facts):
            this.post(message)


def _rewritten(mine: "Written", version: ReportVersion) -> bool:
    """Whether QA has changed its own words or the review since the service made a version. What cannot be
    read now has not been changed: nothing that QA wrote is left out for that."""
    return version.author == BY_SERVICE and not mine.unread and mine.mark != version.made_from


def _untold(this: Pass, version: ReportVersion) -> bool:
    """Whether a pass was broken off after it kept a version, before each QA officer had its draft."""
    ours = version.author == BY_SERVICE
    return ours and not all(this.store.posted(draft_key(version, one)) for one in this.officers)


def _made_again(this: Pass, round_: Round, version: ReportVersion) -> "Made":
    """A version that was kept, with what its draft tells beside it. The report is the one that was kept."""
    from .report_making import make

    made = make(this, round_, version.version)
    return replace(made, version=version, content=this.originals.fetch(version.content))


def _keep(this: Pass, round_: Round, made: "Made") -> None:
    """Keep a version and what it rests on, then its files where QA finds them."""
    from .report_making import keep_files

    version = made.version
    event = Event(
        round_.id,
        "report made",
        {"version": version.version, "cut_off": version.cut_off, "content": version.content},
    )
    this.store.learn_reporting((version, *made.rolled_up), (event,), this.stamp)
    keep_files(this, round_, made)


def _draft(this: Pass, round_: Round, made: "Made", when: Days, recipients: Sequence[Person]) -> None:
    from .report_making import check_lines

    checks = check_lines(made)
    for message in draft_messages(
        made.version, round_, when.send, this.officers, recipients, checks, made.files
    ):
        this.post(message)


def _notes(
    this: Pass,
    round_: Round,
    version: ReportVersion,
    holds: Sequence[ReportHold],
    when: Days,
    *,
    gone: bool,
) -> None:
    """What QA is told of what it sent: its version is kept, or the report is held."""
    for officer in this.officers:
        if version.author != BY_SERVICE:
            mine = version.author == officer.address.lower()
            sender = "" if mine else _name(this, version.author)
            this.post(kept_note(version, round_, when.send, officer, sender, gone))
        for hold in holds:
            if hold.round == round_.id and hold.held:
                this.post(held_note(hold, round_, officer, report_reference(round_.id)))


def _name(this: Pass, author: str) -> str:
    """The QA officer with this address."""
    names = (one.name for one in this.officers if one.address.lower() == author)
    return next(names, "somebody who is no QA officer now")
