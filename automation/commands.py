"""What each command does: gathers what it needs, asks the service, and tells it in lines."""

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from . import lines
from .domain.ids import AuditRef, MessageKey, RoundId
from .lines import Told, UsageError
from .new_files import save
from .ports import Clock
from .settings import Settings, load, load_forms
from .shipped import shipped
from .toml_values import nearest

if TYPE_CHECKING:
    from .service import Outcome

DONE, WITH_PROBLEMS, CONFIGURATION, UNAVAILABLE = 0, 1, 2, 3


def _settings(asked: argparse.Namespace) -> Settings:
    return load(Path(asked.config or "config"))


def _clock(today: date | None) -> Clock:
    from .service import clock_on

    return clock_on(today)


def _json(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, default=str, indent=2)


def _of_outcome(outcome: "Outcome", head: Iterable[str]) -> Told:
    return Told((*head, *lines.problem_lines(outcome.problems)), outcome.code, outcome.unavailable)


def _pass(asked: argparse.Namespace) -> Told:
    from . import passes

    return passes.COMMANDS[asked.command](asked, _settings(asked))


def _check(asked: argparse.Namespace) -> Told:
    from .jobs.allocate import SheetToday, read_sheet
    from .outside import trial
    from .service import Outcome, Service

    settings = _settings(asked)
    with trial(settings) as (ports, _):
        service = Service(settings, ports)
        this = service.this_pass(_clock(asked.today))
        letters = service.letters()
        broken = letters.check()
        service.writer("audit", 0)
        seen = ports.store.sheet_seen()
        sheet = read_sheet(this, ports.workbook.read(), ports.store.audits(this.rounds()), seen)
    lines = [f"Configuration in {settings.folder}: sound."]
    lines.append(_what_can_be_read())
    lines.append(f"Templates: {len(letters.kinds())} kinds of message, {len(broken)} broken.")
    if isinstance(sheet, SheetToday):
        parsed, people = sheet.parsed, sheet.parsed.organisation
        rows = len(parsed.allocations) + len(parsed.waiting)
        waiting = {one.row for one in parsed.waiting}
        waiting |= {one.row for one in sheet.problems if one.stops and one.row}
        lines.append(
            f"Spreadsheet: {rows} rows, {len(waiting)} of them waiting, "
            f"{len(people.people)} people, {len(people.teams)} teams."
        )
        problems = (*broken, *sheet.problems)
    else:
        problems = (*broken, sheet)
    told = _of_outcome(Outcome(problems=problems), lines)
    return replace(told, code=CONFIGURATION) if broken else told


def _what_can_be_read() -> str:
    from .documents.libreoffice import why_not

    reason = why_not()
    if reason:
        return f"Returned files: Word documents can be read, other formats are asked back. {reason}"
    return "Returned files: Word documents can be read, and .odt, .doc, .rtf and web pages by LibreOffice."


def _preview(asked: argparse.Namespace) -> Told:
    from .previewing import would_go

    settings = _settings(asked)
    if asked.out and asked.out.exists() and any(asked.out.iterdir()):
        raise UsageError(f"{asked.out} is not empty. Name a new folder, so that no letter is written over.")
    return would_go(settings, _clock(asked.today), asked.out)


def _status(asked: argparse.Namespace) -> Told:
    if asked.check:
        return _pass(asked)
    if asked.page:
        from .qa_files import page_of

        save(asked.page, page_of(_settings(asked), _clock(asked.today)))
        return Told((f"{asked.page} is the status page.",))
    from .account import status
    from .outside import open_ports
    from .service import Service

    settings, clock = _settings(asked), _clock(asked.today)
    ports = open_ports(settings)
    calendar = Service(settings, ports).this_pass(clock).calendar()
    grades = settings.form.grades
    told = status(ports.store, calendar, clock.today(), grades.words if grades else ())
    return Told((_json(told),) if asked.json else tuple(lines.status_lines(told)))


def _data(asked: argparse.Namespace) -> Told:
    from .qa_files import data_of

    first, last = RoundId(asked.round), RoundId(asked.until or asked.round)
    content, said = data_of(_settings(asked), _clock(asked.today), first, last)
    save(asked.out, content)
    return Told((f"{asked.out} has {said}",))


def _report(asked: argparse.Namespace) -> Told:
    from .report_files import report

    return report(_settings(asked), _clock(asked.today), asked)


def _pack(asked: argparse.Namespace) -> Told:
    from .report_files import packed

    return packed(_settings(asked), _clock(asked.today), asked)


def _explain(asked: argparse.Namespace) -> Told:
    from .account import life, list_life
    from .outside import open_ports
    from .service import Service

    settings, clock = _settings(asked), _clock(asked.today)
    store = (ports := open_ports(settings)).store
    calendar = Service(settings, ports).this_pass(clock).calendar()
    reference = AuditRef(asked.reference.strip().upper())
    if told := life(store, calendar, reference, clock.today()):
        says = lines.life_lines(told)
    elif told := list_life(store, reference, clock.today()):
        says = lines.list_lines(told)
    else:
        raise UsageError(f"There is no audit and no list {asked.reference}. {lines.WHOLE_REFERENCE}")
    return Told((_json(told),) if asked.json else tuple(says))


def _resolve(asked: argparse.Namespace) -> Told:
    from .outside import open_ports
    from .service import Service

    settings = _settings(asked)
    ports = open_ports(settings)
    with ports.lock.hold() as ours:
        if not ours:
            raise UsageError("A pass is running. Try again when it has finished.")
        this = Service(settings, ports).this_pass(_clock(None))
        done = this.outbox.resolve(MessageKey(asked.key), gone=asked.sent)
    if not done:
        raise UsageError(f"{asked.key} is not a doubtful message. `case-audit status` lists those there are.")
    what = "counts as sent" if asked.sent else "is free again and goes with the next pass while it is due"
    return Told((f"{asked.key} {what}.",))


def _propose(asked: argparse.Namespace) -> Told:
    from .proposing import propose_into

    settings, clock = _settings(asked), _clock(asked.today)
    wanted = RoundId(asked.round) if asked.round else None
    return propose_into(settings, wanted, clock, asked.out)


def _new_workbook(asked: argparse.Namespace) -> Told:
    from .documents.new_workbook import Choices, empty_workbook

    if asked.out.suffix.lower() != ".xlsx":
        raise UsageError(f"{asked.out.name}: the spreadsheet is an Excel workbook. Give it a name in .xlsx.")
    folder = Path(asked.config or "config")
    settings = load(folder if (folder / "service.toml").exists() else shipped("config"))
    roles = tuple(sorted(settings.rules.must_audit)) + tuple(sorted(settings.rules.other_roles))
    save(asked.out, empty_workbook(settings.columns, Choices(roles)))
    return Told((f"{asked.out} is ready to fill in. Its Help sheet explains every column.",))


def _form(asked: argparse.Namespace) -> Told:
    from .jobs.form_again import form_again
    from .outside import open_ports
    from .service import Service

    settings, reference = _settings(asked), AuditRef(asked.reference.strip().upper())
    keys = {one.key for one in settings.forms}
    if asked.form not in keys:
        raise UsageError(f"There is no form ‘{asked.form}’.{nearest(asked.form, keys)}")
    this = Service(settings, open_ports(settings)).this_pass(_clock(None))
    try:
        content = form_again(this, asked.form, reference)
    except ValueError as fault:
        raise UsageError(str(fault)) from None
    if content is None:
        what = "list of this kind" if asked.form in ("action_update", "oversight") else "audit"
        raise UsageError(f"There is no {what} {asked.reference}. Check the reference.")
    save(asked.out, content)
    return Told((f"{asked.out} is the form ‘{asked.form}’ of {reference}.",))


def _read(asked: argparse.Namespace) -> Told:
    from .returned_files import read_files

    forms = load_forms(Path(asked.config) if asked.config else None)
    read = list(read_files(forms, asked.files))
    code = DONE if all(one["outcome"].startswith("recorded") for one in read) else WITH_PROBLEMS
    if asked.json:
        return Told(tuple(json.dumps(one, ensure_ascii=False) for one in read), code)
    return Told(tuple(line for one in read for line in lines.reading_lines(one)), code)


def _doctor(asked: argparse.Namespace) -> Told:
    from .doctor import examine
    from .service import letters_of

    settings = _settings(asked)
    found = list(examine(settings, letters_of(settings), _clock(None), asked.send_to, asked.other_mailbox))
    failed = any(one.state == "fails" for one in found)
    return Told(tuple(lines.finding_lines(found)), UNAVAILABLE if failed else DONE)


def _safe_keeping(asked: argparse.Namespace) -> Told:
    from . import safe_keeping

    return safe_keeping.COMMANDS[asked.command](asked)


def _privacy(asked: argparse.Namespace) -> Told:
    from . import privacy_commands

    return privacy_commands.COMMANDS[asked.command](asked)


def _help(asked: argparse.Namespace) -> Told:
    pages = {path.stem: path for path in sorted((Path(__file__).parent / "help").glob("*.md"))}
    if asked.page is None:
        heads = [
            f"  {name:14} {path.read_text('utf-8').splitlines()[0].lstrip('# ')}"
            for name, path in pages.items()
        ]
        return Told(("Pages, each by `case-audit help PAGE`:", *heads))
    if asked.page not in pages:
        raise UsageError(f"There is no page ‘{asked.page}’.{nearest(asked.page, pages)}")
    return Told((pages[asked.page].read_text("utf-8").rstrip(),))


def _rehearse(asked: argparse.Namespace) -> Told:
    from .rehearsal.play import rehearse
    from .rehearsal.refused import RehearsalError

    if asked.mailbox == "m365" and asked.graph is None:
        raise UsageError("--mailbox m365 needs --graph FOLDER, a loopback Graph: never a real tenant.")
    if asked.mailbox != "m365" and asked.graph is not None:
        raise UsageError("--graph is of use only with --mailbox m365. Give both, or neither.")
    config = Path(asked.config) if asked.config else shipped("config") / "sample"
    try:
        return Told(tuple(rehearse(asked.out, RoundId(asked.round), config, lines.progress(), asked.graph)))
    except RehearsalError as error:
        raise UsageError(str(error)) from None


COMMANDS: dict[str, Callable[[argparse.Namespace], Told]] = {
    "rehearse": _rehearse,
    **dict.fromkeys(("run", "once"), _pass),
    "check": _check,
    "preview": _preview,
    "status": _status,
    "data": _data,
    "report": _report,
    "pack": _pack,
    "explain": _explain,
    "resolve": _resolve,
    "propose": _propose,
    "new-workbook": _new_workbook,
    "form": _form,
    "read": _read,
    "doctor": _doctor,
    **dict.fromkeys(
        ("backup", "restore", "reconcile", "verify-history", "hold", "release", "approve"), _safe_keeping
    ),
    **dict.fromkeys(("who-got", "erase", "disposal"), _privacy),
    "help": _help,
}
