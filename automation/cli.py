"""Words in, lines and an exit code out. Decides nothing."""

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from . import logs

DONE, WITH_PROBLEMS, CONFIGURATION, UNAVAILABLE = 0, 1, 2, 3
_JOBS = (
    *("allocate", "collect", "bounces", "send", "share", "moderate", "actions", "report", "chase"),
    *("digest", "track"),
)

_CODES = """\
exit codes: 0 done, 1 done with problems, 2 configuration wrong, 3 something outside is unavailable
more: case-audit help, case-audit help PAGE"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.command is None:
        parser.print_help()
        return DONE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a quote shows `?`
    logs.begin(asked.verbose or asked.command == "run")
    try:
        return _told(asked)
    except KeyboardInterrupt:
        _complain("Stopped. What was done is kept; run it again to go on.")
        return WITH_PROBLEMS
    except BrokenPipeError:
        # Whoever read our lines has left. Nothing can be told to them, so end without a trace of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _told(asked: argparse.Namespace) -> int:
    # Late, as most imports are: `--help` should not wait for a database.
    from . import commands
    from .lines import UsageError
    from .ports import OutsideUnavailableError
    from .settings import SettingsError

    try:
        told = commands.COMMANDS[asked.command](asked)
    except (SettingsError, UsageError) as error:
        _complain(str(error))
        return CONFIGURATION
    except OutsideUnavailableError as error:
        _complain(str(error))
        return UNAVAILABLE
    try:
        for line in told.lines:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _complain(f"The answer cannot be written: {error.strerror}. What was done is kept.")
        return UNAVAILABLE
    for line in told.complaints:
        _complain(line)
    return told.code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="case-audit",
        description="Runs a council's monthly case file audits by email and Word, from one spreadsheet.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--config",
        metavar="DIR",
        default=os.environ.get("CASE_AUDIT_CONFIG"),
        help="the configuration folder (or set CASE_AUDIT_CONFIG; default: ./config)",
    )
    everywhere.add_argument("--verbose", action="store_true", help="tell what is done while it is done")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")

    def command(name: str, says: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=says, description=says, parents=[everywhere])

    def day(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--today", metavar="DATE", type=_date, help="the day to act on, such as 2026-11-23"
        )

    rehearse = command("rehearse", "play a whole month with made-up staff, in a folder of its own")
    rehearse.add_argument("out", metavar="OUT", type=Path, help="the folder to play it in")
    rehearse.add_argument("--round", metavar="ROUND", default="2026-11", help="the round (default: 2026-11)")
    rehearse.add_argument(
        "--mailbox",
        choices=["folder", "m365"],
        default="folder",
        help="a folder of files (default), or Microsoft 365 on a loopback Graph, never a real tenant",
    )
    rehearse.add_argument(
        "--graph", metavar="FOLDER", type=Path, help="with --mailbox m365: the folder of the loopback Graph"
    )
    command("run", "run the service: a pass every few minutes until it is stopped")
    once = command("once", "make one pass, or only these jobs of it")
    once.add_argument("jobs", metavar="JOB", nargs="*", type=_job, help=", ".join(_JOBS))
    day(once)
    day(command("check", "check the configuration, the templates and the spreadsheet; send nothing"))
    preview = command("preview", "show what a pass would send; send nothing")
    day(preview)
    preview.add_argument("--out", metavar="DIR", type=Path, help="keep the letters here to look at")
    status = command("status", "tell where every audit stands")
    status.add_argument("--json", action="store_true", help="as JSON")
    day(status)
    status.add_argument("--page", metavar="OUT.html", type=Path, help="as a page, written to this new file")
    status.add_argument("--check", action="store_true", help="tell only whether passes are being made")
    status.add_argument(
        "--within",
        metavar="HOURS",
        type=int,
        default=24,
        help="with --check: by when one is missed (default: 24)",
    )
    data = command("data", "write the data of rounds as an Excel workbook, for QA alone")
    data.add_argument("out", metavar="OUT.xlsx", type=Path, help="the file to make")
    data.add_argument("--round", metavar="ROUND", required=True, type=_month, help="such as 2026-11")
    data.add_argument("--until", metavar="ROUND", type=_month, help="the last round of several")
    day(data)
    report = command(
        "report", "write a round's report as it would be made now; or hold the report, or let it go"
    )
    report.add_argument("round", metavar="ROUND", type=_month, help="such as 2026-11")
    report.add_argument("out", metavar="OUT.docx", nargs="?", type=Path, help="the file to make")
    report.add_argument("--service", metavar="NAME", default="", help="only what one service answers for")
    held = report.add_mutually_exclusive_group()
    held.add_argument("--hold", action="store_true", help="do not send the report on its day")
    held.add_argument("--release", action="store_true", help="send it again once it was held")
    day(report)
    packed = command("pack", "gather what an inspector asks for, in a new folder")
    packed.add_argument("out", metavar="OUT", type=Path, help="the folder to make")
    packed.add_argument("--from", metavar="ROUND", dest="first", required=True, type=_month, help="2026-05")
    packed.add_argument("--to", metavar="ROUND", dest="last", required=True, type=_month, help="2026-10")
    day(packed)
    explain = command("explain", "tell the life of one audit, or of one list of actions")
    explain.add_argument("reference", metavar="REF", help="such as CFA-2026-11-017 or CFA-2026-12-ACT-003")
    explain.add_argument("--json", action="store_true", help="as JSON")
    day(explain)
    resolve = command("resolve", "settle a doubtful message after looking in Sent Items")
    resolve.add_argument("key", metavar="KEY", help="the message's key, as status shows it")
    settled = resolve.add_mutually_exclusive_group(required=True)
    settled.add_argument("--sent", action="store_true", help="it has gone")
    settled.add_argument("--not-sent", action="store_true", help="it has not gone: send it while it is due")
    propose = command("propose", "propose auditors, in a new workbook beside the old one")
    propose.add_argument("--round", metavar="ROUND", help="the round (default: the next to start)")
    propose.add_argument("--out", metavar="FILE", type=Path, help="where to write it")
    day(propose)
    workbook = command("new-workbook", "make an empty allocation spreadsheet")
    workbook.add_argument("out", metavar="OUT.xlsx", type=Path, help="the file to make")
    form = command("form", "write a Word form of an audit or a list of actions, pre-filled")
    form.add_argument("form", metavar="FORM", help="which form of config/forms: audit, moderation and so on")
    form.add_argument("reference", metavar="REF", help="such as CFA-2026-11-017 or CFA-2026-12-ACT-003")
    form.add_argument("out", metavar="OUT.docx", type=Path, help="the file to make")
    read = command("read", "read returned Word forms")
    read.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a returned form")
    read.add_argument("--json", action="store_true", help="as JSON, one object a line")
    doctor = command("doctor", "examine what is outside: sign-in, mailbox, spreadsheet; write nothing")
    doctor.add_argument("--send-to", metavar="ADDRESS", default="", help="send one test message there")
    doctor.add_argument(
        "--other-mailbox", metavar="ADDRESS", default="", help="a mailbox that must be refused to us"
    )
    _safe_keeping(command)
    _privacy(command, day)
    pages = command("help", "show a page of help")
    pages.add_argument("page", metavar="PAGE", nargs="?", help="which page; left out, the list of pages")
    return parser


def _safe_keeping(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    backup = command("backup", "write store, returned files and configuration into one verified file")
    backup.add_argument("out", metavar="OUT", type=Path, help="the file to make, such as audits.zip")
    restore = command("restore", "bring a backup back, and learn from the mailbox what was sent since")
    restore.add_argument("file", metavar="FILE", type=Path, help="a file that `backup` made")
    reconcile = command(
        "reconcile", "after a copy of the store was put back by hand: learn what was sent since"
    )
    reconcile.add_argument(
        "--accept-store", action="store_true", help="a person has made sure that this is the right store"
    )
    command("verify-history", "look whether the history is as it was written")
    hold = command("hold", "hold all sending but immediate concerns and QA's own mail")
    hold.add_argument("--round", metavar="ROUND", help="hold this round alone")
    release = command("release", "let go what was held")
    release.add_argument("--round", metavar="ROUND", help="let go this round alone, or accept its new rows")
    command("approve", "let a new service send")


def _privacy(
    command: Callable[[str, str], argparse.ArgumentParser], day: Callable[[argparse.ArgumentParser], None]
) -> None:
    got = command("who-got", "tell exactly who was sent what about an audit, or all that one person was sent")
    got.add_argument(
        "reference", metavar="REF", nargs="?", default="", help="an audit, a list, a report, a round"
    )
    got.add_argument("--person", metavar="WHO", default="", help="a staff key, a name or an address")
    got.add_argument("--json", action="store_true", help="as JSON")
    erase = command("erase", "erase what one audit says, and leave its figures")
    erase.add_argument("reference", metavar="REF", help="such as CFA-2026-11-017")
    erase.add_argument("--reason", metavar="WHY", required=True, help="who asked for it and why: it is kept")
    erase.add_argument("--yes", action="store_true", help="do it; without this, only tell what would go")
    day(erase)
    disposal = command("disposal", "list what is due for disposal; or dispose of what an approved list names")
    disposal.add_argument("out", metavar="OUT.csv", nargs="?", type=Path, help="the list to write")
    disposal.add_argument(
        "--approve", metavar="LIST.csv", type=Path, help="a list that a person has approved"
    )
    day(disposal)


def _job(text: str) -> str:
    if text not in _JOBS:
        raise argparse.ArgumentTypeError(f"there is no job ‘{text}’; the jobs are {', '.join(_JOBS)}")
    return text


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"‘{text}’ is not a date such as 2026-11-23") from None


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise argparse.ArgumentTypeError(f"‘{text}’ is not a month such as 2026-11")
    return text


def _complain(text: str) -> None:
    for line in text.splitlines():
        sys.stderr.write(f"case-audit: {line}\n")
