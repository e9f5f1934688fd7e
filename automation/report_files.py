"""What `report` and `pack` do: a report written now, one held or let go, and all an inspector asks for."""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .domain.calendar import Round
from .domain.history import Event
from .domain.ids import RoundId
from .domain.report import Text
from .domain.report_messages import REPORT
from .domain.report_story import report_reference
from .domain.report_version import ReportHold, ReportVersion
from .jobs.attachments import report_file
from .jobs.report_making import make
from .jobs.this_pass import Pass
from .lines import Told, UsageError
from .new_files import save
from .outside import open_ports
from .ports import Clock
from .qa_files import data_of
from .service import Service
from .settings import Settings
from .wording import counted, plain_day


def report(settings: Settings, clock: Clock, asked: argparse.Namespace) -> Told:
    """The command `report`: hold it, let it go, or write it to a new file."""
    round_id = RoundId(asked.round)
    if asked.hold or asked.release:
        if asked.out is not None or asked.service:
            raise UsageError("--hold and --release take no file and no --service: they are for the whole.")
        return Told((hold(settings, clock, round_id, held=asked.hold),))
    if asked.out is None:
        raise UsageError("Name the file to make, such as report.docx; or give --hold or --release.")
    if asked.out.suffix.lower() != ".docx":
        raise UsageError(f"The report is a Word file: name it with .docx at the end, not {asked.out.name}.")
    save(asked.out, report_of(settings, clock, round_id, asked.service))
    what = f"the extract for {asked.service}" if asked.service else "a draft of the report"
    return Told((f"{asked.out} is {what}, as of today. Nothing was sent.",))


def packed(settings: Settings, clock: Clock, asked: argparse.Namespace) -> Told:
    """The command `pack`: write the inspection pack to a new folder."""
    if asked.out.exists() and (not asked.out.is_dir() or any(asked.out.iterdir())):
        raise UsageError(f"{asked.out} is there already. Name a new folder: nothing is written over.")
    if asked.first > asked.last:
        raise UsageError(f"--from {asked.first} is after --to {asked.last}. Give the earlier month first.")
    made = pack(settings, clock, RoundId(asked.first), RoundId(asked.last))
    for name, content in made.files.items():
        (asked.out / name).parent.mkdir(parents=True, exist_ok=True)
        save(asked.out / name, content)
    told = (f"{asked.out} has {len(made.files)} files; read-me.txt says what they are.",)
    return Told(told, 1, (f"The history is {made.fault}",)) if made.fault else Told(told)


def report_of(settings: Settings, clock: Clock, round_id: RoundId, service: str) -> bytes:
    """A round's report as it would be made now, a draft, or its extract for one service: neither kept as a
    version nor sent. Raises UsageError when there is no such round or service."""
    this = Service(settings, open_ports(settings)).this_pass(clock)
    round_ = _round(this, round_id)
    number = max((one.version for one in this.store.report_versions() if one.round == round_id), default=0)
    try:
        return make(this, round_, number + 1, draft=not service, service=service).content
    except ValueError as fault:
        raise UsageError(str(fault)) from None


def hold(settings: Settings, clock: Clock, round_id: RoundId, *, held: bool) -> str:
    """Hold a round's report, or let it go, and say so. Raises UsageError when there is nothing to let go."""
    this = Service(settings, open_ports(settings)).this_pass(clock)
    round_ = _round(this, round_id)
    before = any(one.held for one in this.store.report_holds() if one.round == round_id)
    if not held and not before:
        raise UsageError(f"The report for {round_.name} is not held.")
    event = Event(round_id, "report held" if held else "report let go", {"on": this.today})
    said = ReportHold(round_id, held, this.today, "command line")
    gone = [one for one in this.store.sendings("sent", round_id) if one.kind == REPORT]
    if held and gone:
        people = counted(len(gone), "person", "people")
        raise UsageError(
            f"The report for {round_.name} has gone to {people}, so it cannot be held. "
            f"`case-audit who-got {report_reference(round_id)}` tells who they are."
        )
    this.store.learn_reporting((said,), (event,), this.stamp)
    if held:
        return f"The report for {round_.name} is held. `case-audit report {round_id} --release` lets it go."
    return f"The report for {round_.name} goes with the next pass, if its day has come."


def _round(this: Pass, round_id: RoundId) -> Round:
    calendar = this.calendar()
    # A round that was skipped has no audits, and its report follows up those of the rounds before.
    reported = any(one.round == round_id for one in this.store.report_versions())
    if not calendar.knows(round_id) or not (reported or this.store.audits([round_id])):
        raise UsageError(
            f"There are no audits of a round {round_id}. The sheet Allocations has the rounds that there are."
        )
    return calendar.round(round_id)


@dataclass(frozen=True, slots=True)
class Pack:
    """The files of an inspection pack by their names in it, and what was found wrong with the history."""

    files: Mapping[str, bytes]
    fault: str = ""


def pack(settings: Settings, clock: Clock, first: RoundId, last: RoundId) -> Pack:
    """All that an inspector asks for about the rounds from `first` to `last`: every audit with its grades,
    moderation and actions; the reports as they went; how figures are made; and proof of the history.

    Raises UsageError when there are no audits in them.
    """
    data, said = data_of(settings, clock, first, last)
    this = Service(settings, open_ports(settings)).this_pass(clock)
    versions = [one for one in this.store.report_versions() if first <= one.round[:7] <= last]
    files = {"data.xlsx": data}
    for one in _that_went(this, versions):
        files[f"reports/{report_file(one.reference, 'report', one.version)}"] = this.originals.fetch(
            one.content
        )
    files["history.jsonl"] = "".join(f"{line}\n" for line in _history(this)).encode()
    fault = this.store.history_fault()
    number, head = this.store.head()
    proof = "unbroken" if fault is None else f"BROKEN at event {fault.number}: {fault.says}"
    files["method.txt"] = _method(this, last)
    files["read-me.txt"] = _READ_ME.format(
        council=settings.council.name,
        first=first,
        last=last,
        day=plain_day(this.today),
        said=said.removesuffix(" It is for QA alone."),
        reports=len(files) - 3,
        events=number,
        head=head,
        proof=proof,
    ).encode()
    return Pack(files, "" if fault is None else proof)


def _that_went(this: Pass, versions: list[ReportVersion]) -> Iterator[ReportVersion]:
    """The last version of each round's report."""
    for round_id in sorted({one.round for one in versions}):
        yield max((one for one in versions if one.round == round_id), key=lambda one: one.version)


def _history(this: Pass) -> Iterator[str]:
    for one in this.store.history():
        told = {"number": one.number, "at": one.at, "about": one.event.about, "what": one.event.what}
        told |= {"facts": one.event.facts, "hash": this.store.hash_at(one.number)}
        yield json.dumps(told, ensure_ascii=False, default=str, sort_keys=True)


def _method(this: Pass, last: RoundId) -> bytes:
    from .domain.chapters.method import method
    from .jobs.report_month import month_of

    month = month_of(this, this.calendar().round(last), ())
    chapter = method(month, this.rules.report, "")
    said = [f"- {one.words}" for one in chapter.blocks if isinstance(one, Text)]
    return "\n".join((chapter.title, "", *said, "")).encode()


_READ_ME = """\
Case file audits of {council}, rounds {first} to {last}. Made on {day}.

data.xlsx      {said}
               One row for each audit, section, action and return, and for each message to a person: a mail
               about several audits has one for each. It names staff: keep it as you would the audits.
reports/       {reports} reports, each in its last version.
method.txt     How the figures are made.
history.jsonl  Every event that the service kept, one a line, each with its hash.

The history has {events} events and is {proof}. The hash of the newest is
{head}
Each event's hash covers the event and the hash before it, so that nothing can be changed, taken out or put in
without breaking the chain. `case-audit verify-history` checks it anew.
"""
