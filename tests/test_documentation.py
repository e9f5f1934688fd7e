"""What is written about the program is true of it: names, options, keys, tables, links, examples."""

import argparse
import ast
import dataclasses
import re
import shlex
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from automation import cli
from automation.adapters.bank_holidays import bank_holidays
from automation.adapters.clock import FixedClock
from automation.adapters.tables import metadata
from automation.domain.allocation import Status
from automation.domain.calendar import WorkingCalendar, month_round
from automation.domain.columns import LAYOUTS, Columns
from automation.domain.conflict import RULE_NAMES
from automation.domain.dealt_mail import Outcome
from automation.domain.history import Event
from automation.domain.ids import MessageKey, RoundId, StaffKey
from automation.domain.message import Message, Recipient
from automation.domain.retention import Retention
from automation.domain.rules import Rules
from automation.domain.themes import Vocabulary
from automation.form_description import _Description
from automation.jobs.allocate import SheetToday, read_sheet
from automation.letters import Letters
from automation.service import JOBS, Service
from automation.settings import CalendarSettings, _Service, load
from automation.toml_values import read_values
from tests.campaigns.kinds import kinds
from tests.support.month import Month, allocation

HOME = Path(__file__).parent.parent
DOCS, HELP, CONFIG = HOME / "docs", HOME / "automation" / "help", HOME / "config"
PAGES = sorted(HELP.glob("*.md"))
WRITTEN = [*PAGES, *sorted(DOCS.glob("*.md")), HOME / "README.md", HOME / "CHANGELOG.md"]
KINDS_OF_FILE: Mapping[str, type] = {
    "service.toml": _Service,
    "rules.toml": Rules,
    "calendar.toml": CalendarSettings,
    "workbook.toml": Columns,
    "themes.toml": Vocabulary,
    "forms/audit.toml": _Description,
}


def names(paths: Sequence[Path]) -> list[str]:
    return [path.relative_to(HOME).as_posix() for path in paths]


# Commands


@cache
def parsers() -> Mapping[str, argparse.ArgumentParser]:
    """Each command's own parser."""
    actions = cli._parser()._actions
    subparsers = next(one for one in actions if isinstance(one, argparse._SubParsersAction))
    return dict(subparsers.choices)


def options(command: str) -> set[str]:
    return {name for one in parsers()[command]._actions for name in one.option_strings if name[:2] == "--"}


@cache
def sections() -> Mapping[str, str]:
    """The text of each section of the page of commands; what comes before them under an empty name."""
    parts = re.split(r"^## (.+)$", (HELP / "commands.md").read_text("utf-8"), flags=re.M)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def examples() -> list[tuple[str, int]]:
    """Each example of the page of commands, and the code that the page says it ends with."""
    text = (HELP / "commands.md").read_text("utf-8")
    found = re.findall(r"^    case-audit (.+)\n\n(?:Ends with (\d))?", text, re.M)
    return [(command, int(code or "9")) for command, code in found]


def test_every_command_and_each_of_its_options_is_explained() -> None:
    assert set(sections()) - {""} == set(parsers())
    everywhere = {"--config", "--verbose", "--help"}
    assert everywhere <= set(re.findall(r"--[a-z-]+", sections()[""]))
    for command in parsers():
        told = set(re.findall(r"--[a-z-]+", sections()[command]))
        assert told - everywhere == options(command) - everywhere, command


def test_every_job_that_once_takes_is_explained() -> None:
    assert set(re.findall(r"`([a-z]+)`", sections()["once"])) - {"once", "preview"} == set(JOBS)


@pytest.mark.parametrize(
    "path",
    [
        *WRITTEN,
        *(HOME / "templates").rglob("*.txt"),
        *(HOME / "templates").rglob("*.html"),
        *(HOME / "automation").rglob("*.py"),
    ],
    ids=lambda one: one.relative_to(HOME).as_posix(),
)
def test_nothing_names_a_command_or_an_option_that_does_not_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    for command, rest in re.findall(r"case-audit(?:\.exe)? ([a-z][a-z-]*)([^`\n]*)", text):
        assert command in parsers(), command + rest
        if path.suffix == ".md":
            assert set(re.findall(r"--[a-z-]+", rest)) <= options(command), command + rest
    for page in re.findall(r"case-audit help ([a-z]+)", text):
        assert (HELP / f"{page}.md").exists(), page
    if path.suffix == ".md":
        known = {name for command in parsers() for name in options(command)}
        assert set(re.findall(r"`(--[a-z-]+)", text)) <= known


def test_the_examples_run_and_end_as_the_page_says(
    month: Month, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(month.folder)
    monkeypatch.delenv("CASE_AUDIT_CONFIG", raising=False)
    tried = set()
    for example, code in examples():
        command = example.split()[0]
        tried.add(command)
        if command in ("run", "rehearse"):  # one ends when it is stopped, the other has tests of its own
            continue
        _before(command, month)
        capsys.readouterr()
        assert (cli.main(shlex.split(example)), example) == (code, example)
        told = capsys.readouterr()
        assert told.out, example
        assert not told.err, example
    assert tried == set(parsers())
    assert (month.folder / "proposed.xlsx").exists()


def _before(command: str, month: Month) -> None:
    """What has happened in the council before somebody gives this command."""
    if command == "resolve":
        ports, stamp = month.ports(), FixedClock(date(2026, 11, 23)).now()
        key = MessageKey("CFA-2026-11-002/reminder/2026-11-30/P2")
        to = Recipient(StaffKey("P2"), "Paul Pond", "paul.pond@brackenshire.example")
        ports.store.claim(Message(key, "reminder", to), stamp)
        ports.store.settle(key, "doubtful", stamp, Event("CFA-2026-11-002", "reminder is doubtful"))
    elif command == "propose":
        month.rows.append({**allocation("10000009", ""), "round": "2026-12", "auditor": None})
        month.save_sheet()
    elif command == "read":
        (month.folder / "returned.docx").write_bytes(month.filled("CFA-2026-11-001", "toby.tarn"))


# Help pages


def test_help_lists_every_page_by_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["help"]) == 0
    listed = capsys.readouterr().out
    wanted = "start month spreadsheet forms problems commands configuration mailbox rehearsal"
    assert {path.stem for path in PAGES} >= set(wanted.split())
    for path in PAGES:
        title = path.read_text("utf-8").splitlines()[0]
        assert title.startswith("# ")
        assert re.search(rf"^  {path.stem} +{re.escape(title[2:])}$", listed, re.M)


@pytest.mark.parametrize("path", PAGES, ids=lambda one: one.stem)
def test_a_page_of_help_fits_a_terminal(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert [line for line in lines if len(line) > 90 or "\t" in line or line != line.rstrip()] == []


def test_the_days_in_the_month_page_are_those_of_the_shipped_rules() -> None:
    rules = load(CONFIG / "sample").rules
    working = WorkingCalendar(bank_holidays([2026, 2027]))
    round_ = month_round(RoundId("2026-11"), working)
    days = {step.kind: step.day(round_.start, round_.due, working) for step in rules.steps}
    days |= {"start": round_.start, "due": round_.due}
    days["preview"] = working.add_working_days(round_.start, -rules.preview_working_days)
    # The lists of the month after: the round ends on the day before it.
    days["actions"] = working.add_working_days(round_.last, rules.actions.update_working_day)
    days["oversight"] = working.add_working_days(round_.last, rules.actions.oversight_working_day)
    days["draft"] = working.add_working_days(round_.due, rules.report.draft_working_day)
    days["report"] = working.add_working_days(round_.due, rules.report.send_working_day)
    told = re.findall(
        r"^    (\w{3} [ \d]\d \w{3})   (\w+)", (HELP / "month.md").read_text("utf-8"), flags=re.M
    )
    assert {kind: day for day, kind in told} == {
        kind: f"{day:%a} {day.day:2} {day:%b}" for kind, day in days.items()
    }


def test_the_statuses_and_exit_codes_in_help_are_those_there_are() -> None:
    statuses = (HELP / "spreadsheet.md").read_text("utf-8").split("## The Status column")[1].split("##")[0]
    words = {word for word in re.findall(r"^    (\S.*?)  ", statuses, re.M) if word != "(empty)"}
    assert words == {one.value for one in Status if one.value}
    codes = (HELP / "problems.md").read_text("utf-8").split("## Exit codes")[1]
    known = {cli.DONE, cli.WITH_PROBLEMS, cli.CONFIGURATION, cli.UNAVAILABLE}
    assert {int(code) for code in re.findall(r"^    (\d)", codes, re.M)} == known


# Tables in docs


def table(page: str, heading: str = "") -> list[list[str]]:
    """The cells of the tables of a page, or of one section of it, without their headers."""
    text = (DOCS / page).read_text("utf-8")
    if heading:
        text = re.split(r"^#+ ", text.split(f"{heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]
    lines = text.splitlines()
    rules = {at for at, line in enumerate(lines) if re.fullmatch(r"[|\- ]+", line) and "---" in line}
    rows = [line for at, line in enumerate(lines) if line.startswith("|") and not {at, at + 1} & rules]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in rows]


def test_every_kind_of_message_has_its_row_and_its_key(month: Month) -> None:
    rows = {row[0]: row[3] for row in table("messages.md")}
    council = {"name": "", "qa_team": "", "qa_address": "", "urgent_phone": "", "service_name": ""}
    assert set(rows) == set(Letters((HOME / "templates",), council).kinds())
    for day in ("2026-10-30", "2026-11-02", "2026-11-23", "2026-12-02"):
        month.on(day)
    month.reply("toby.tarn", month.filled("CFA-2026-11-001", "toby.tarn", "incomplete"), day="2026-12-02")
    month.on("2026-12-03")
    seen = month.kinds()
    assert {"preview", "digest", "reminder", "overdue", "incomplete"} <= set(seen.values())
    for key, kind in seen.items():
        about, word, occasion, _ = key.split("/")
        told = rows[kind].split("/")
        assert (word, len(told)) == (told[1], 4)
        assert about.startswith("CFA-") == (told[0] == "REF")
        assert told[2].isupper() or told[2] == occasion


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.key)
def test_every_column_of_the_spreadsheet_has_its_row(layout: typing.Any) -> None:
    told = [tuple(row[:3]) for row in table("spreadsheet.md", f"### {layout.name}")]
    assert told == [(one.header, one.key, "yes" if one.required else "") for one in layout.columns]


def test_every_fault_of_the_sheet_of_faults_is_in_the_list_with_its_remedy(month: Month) -> None:
    (month.config / "allocations.xlsx").write_bytes((CONFIG / "sample" / "faults.xlsx").read_bytes())
    ports = month.ports()
    this = Service(month.settings, ports).this_pass(FixedClock(date(2026, 11, 2)))
    sheet = read_sheet(this, ports.workbook.read(), (), None)
    assert isinstance(sheet, SheetToday)
    assert len(sheet.problems) > 60
    listed = [(_pattern(row[0]), _pattern(row[1])) for row in _problem_rows()]
    unlisted = [
        str(one)
        for one in sheet.problems
        if not any(what.match(one.what) and remedy.match(one.remedy) for what, remedy in listed)
    ]
    assert unlisted == []


def test_every_listed_problem_is_one_that_the_program_can_tell() -> None:
    sources = [*(HOME / "automation" / "domain").glob("*.py"), *(HOME / "automation" / "jobs").glob("*.py")]
    sources.append(HOME / "automation" / "documents" / "workbook.py")
    said = "\n".join(text for path in sources for text in _texts(path))
    parts = [part for row in _problem_rows() for cell in row for part in re.split("…|(?<=[.:]) ", cell)]
    assert [part for part in parts if part.strip("‘’. ") not in said] == []


def _problem_rows() -> list[list[str]]:
    return [row for row in table("spreadsheet.md") if len(row) == 2]


def _pattern(told: str) -> re.Pattern[str]:
    """A listed sentence as a pattern. The program may add the nearest name after it."""
    return re.compile(re.escape(told).replace("…", ".*"))


def _texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_outcome_has_its_folder_in_both_pages() -> None:
    outcomes = {one.value: one.folder for one in Outcome}
    assert {row[0]: row[1] for row in table("forms.md", "## Outcomes")} == outcomes
    listed = re.findall(r"^    ([a-z-]+)  ", (HELP / "forms.md").read_text("utf-8"), re.M)
    assert set(listed) == set(outcomes.values())


def test_every_table_of_the_store_has_its_row() -> None:
    told = {name.strip("` ") for row in table("store.md", "## Tables") for name in row[0].split(",")}
    assert told == {*metadata.tables, "alembic_version"}


def test_every_package_says_why_it_is_here_and_no_other_is_named() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))
    wanted = {
        "## Run time": project["project"]["dependencies"],
        "## Development": [
            *project["project"]["optional-dependencies"]["dev"],
            *project["build-system"]["requires"],
        ],
    }
    for heading, packages in wanted.items():
        rows = table("dependencies.md", heading)
        assert {row[0] for row in rows} == {re.split(r"[<>=;\[ ]", one)[0] for one in packages}
        assert all(len(row) == 3 and all(row) for row in rows)


def test_every_threat_has_its_defence_and_tests_that_there_are() -> None:
    there = {
        found
        for path in (HOME / "tests").rglob("test_*.py")
        for found in re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.M)
    }
    rows = table("security.md", "## Threats")
    assert len(rows) >= 16
    for threat, defence, told in rows:
        named = re.findall(r"`?(test_\w+)`?", told)
        assert defence, threat
        assert named, threat
        assert set(named) <= there, set(named) - there


def test_every_kind_of_content_has_its_period_in_the_page_on_privacy() -> None:
    told = " ".join(row[2] for row in table("privacy.md", "## What is held, where, and for how long"))
    found = {name: int(months) for name, months in re.findall(r"\b(\w+)`: (?:for good \()?(\d+)", told)}
    shipped = tomllib.loads((CONFIG / "rules.toml").read_text("utf-8"))["retention"]
    assert found == shipped
    assert Retention(**shipped) == Retention()


def test_the_unit_lets_the_reader_of_returned_files_confine_itself() -> None:
    unit = (DOCS / "examples" / "case-audit.service").read_text("utf-8")
    for wanted in ("ProtectSystem=strict", "NoNewPrivileges=yes", "UMask=0077", "PrivateDevices=yes"):
        assert f"\n{wanted}\n" in unit
    allowed = re.findall(r"^SystemCallFilter=(.*)", unit, re.M)[0].split()
    assert {"seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"} <= set(
        allowed
    )


# Links


@pytest.mark.parametrize("path", WRITTEN, ids=lambda one: one.relative_to(HOME).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        found = (path.parent / place).resolve() if place else path
        assert found.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", found.read_text("utf-8"), re.M)
            assert anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_page_of_docs_is_named_by_another_page() -> None:
    for page in DOCS.glob("*.md"):
        others = [path.read_text("utf-8") for path in WRITTEN if path != page]
        assert any(re.search(rf"(?<![\w/]){page.name}|docs/{page.name}", text) for text in others), page.name


# Configuration


def keys(table: Mapping[str, object], path: str = "") -> Iterator[str]:
    """Every key of a TOML table as a dotted path; blocks that repeat have one path."""
    for key, value in table.items():
        at = f"{path}.{key}" if path else key
        yield at
        inner = value if isinstance(value, list) else [value]
        for one in inner:
            if isinstance(one, Mapping):
                yield from keys(one, at)


def explained(text: str) -> Mapping[str, bool]:
    """Each key that holds a value, and whether a comment explains it: one above it, or above a key of the
    same name in an earlier block, one above that gives its value as an example, or one above its block (or
    a block around that) that names it. The council's own words, in quotes, need one above the block."""
    found: dict[str, bool] = {}
    told: dict[str, str] = {}
    block, comment, before, until = "", "", "", ""
    for line in text.splitlines():
        if until:
            until = "" if line.rstrip().endswith(until) else until
        elif line.startswith("#"):
            comment += line.lstrip("# ") + "\n"
        elif head := re.fullmatch(r"\[+([\w.]+)\]+", line.strip()):
            block = head[1]
            told[block] = told.get(block, "") + comment
            comment = before = ""
        elif key := re.match(r'("[^"]+"|\w+) = (.*)', line):
            name, value = key[1], key[2].strip()
            around = "".join(words for outer, words in told.items() if f"{block}.".startswith(f"{outer}."))
            wanted = block and told[block] if name.startswith('"') else re.search(rf"\b{name}\b", around)
            at = f"{block}.{name}".lstrip(".").replace('"', "")
            found[at] = bool(found.get(at) or comment or wanted or value in before)
            before, comment = comment or before, ""
            if value.startswith("[") and not value.endswith("]"):
                until = "]"
            elif value.startswith('"""') and (len(value) == 3 or not value.endswith('"""')):
                until = '"""'
    return found


@pytest.mark.parametrize("name", KINDS_OF_FILE)
def test_every_key_of_the_shipped_configuration_is_explained_where_it_stands(name: str) -> None:
    text = (CONFIG / name).read_text("utf-8")
    found = explained(text)
    assert set(found) == set(keys(tomllib.loads(text))) - _tables(tomllib.loads(text))
    assert [key for key, well in found.items() if not well] == []


def _tables(table: Mapping[str, object]) -> set[str]:
    """The keys that are blocks themselves."""
    found = list(keys(table))
    return {key for key in found if any(other.startswith(f"{key}.") for other in found)}


def test_a_key_without_a_comment_is_found() -> None:
    text = '# The first.\none = 1\ntwo = 2\n\n# A block with three.\n[a]\nthree = [\n "b",\n]\nfour = 4\n'
    assert explained(text) == {"one": True, "two": False, "a.three": True, "a.four": False}


def test_the_sample_has_no_key_that_the_shipped_file_does_not_explain() -> None:
    sample, shipped = (
        set(keys(tomllib.loads((folder / "service.toml").read_text("utf-8"))))
        for folder in (CONFIG / "sample", CONFIG)
    )
    assert sample == shipped


def fields_of(kind: typing.Any) -> Iterator[str]:
    """Every key that a settings class takes, inner ones too."""
    hints = typing.get_type_hints(kind)
    for one in dataclasses.fields(kind):
        yield one.name
        for inner in _classes(hints[one.name]):
            yield from fields_of(inner)


def _classes(hint: typing.Any) -> Iterator[typing.Any]:
    if dataclasses.is_dataclass(hint):
        yield hint
    elif not isinstance(hint, type) or isinstance(hint, types.GenericAlias):
        for one in typing.get_args(hint):
            yield from _classes(one)


@pytest.mark.parametrize("name", KINDS_OF_FILE)
def test_every_key_that_a_council_may_give_is_told_of(name: str) -> None:
    told = (CONFIG / name).read_text("utf-8") + (DOCS / "configuration.md").read_text("utf-8")
    untold = [key for key in fields_of(KINDS_OF_FILE[name]) if not re.search(rf"\b{key}\b", told)]
    assert untold == []


def test_the_shipped_rules_name_every_conflict_there_is() -> None:
    text = (CONFIG / "rules.toml").read_text("utf-8")
    comments = "\n".join(re.findall(r"^#.*", text, re.M))
    assert [rule for rule in RULE_NAMES if not re.search(rf"(?<![\w-]){rule}(?![\w-])", comments)] == []


@pytest.mark.parametrize("path", WRITTEN, ids=lambda one: one.relative_to(HOME).as_posix())
def test_no_page_gives_a_configuration_that_would_be_refused(path: Path) -> None:
    text = path.read_text("utf-8")
    for block in re.findall(r"^```toml\n(.*?)^```", text, re.M | re.S):
        name = block.splitlines()[0].lstrip("# ")
        faults: list[str] = []
        given = tomllib.loads(block)
        shipped = tomllib.loads((CONFIG / name).read_text("utf-8"))
        read_values(KINDS_OF_FILE[name], {**shipped, **given}, name, "", faults)
        assert faults == []
    known = {key for name in KINDS_OF_FILE for key in keys(tomllib.loads((CONFIG / name).read_text("utf-8")))}
    tables = {key.split(".")[0] for key in known if "." in key}
    for span in re.findall(r"`([a-z_]+\.[a-z_.]+)`", text):
        if span.split(".")[0] in tables and not span.endswith((".xlsx", ".md", ".py", ".toml", ".json")):
            assert span in known, span


def test_the_page_of_the_damage_campaign_has_every_kind_and_none_is_wrong() -> None:
    rows = re.findall(
        r"^\| (.+?) \| (.+) \| [\d,]+ \| [\d,]+ \| [\d,]+ \| [\d,]+ \| (\d+) \|$",
        (HOME / "docs" / "damage.md").read_text("utf-8"),
        re.M,
    )
    assert {(name, wrong) for name, _, wrong in rows} == {(one.name, "0") for one in kinds()}
