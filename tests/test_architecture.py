"""The house keeps its rooms: who may import whom, and what may be done where.

Each check is a function of a module's name and text, so that a planted fault can prove that it looks.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "automation"

# Which room each room may import from, besides itself.
ARROWS: Mapping[str, Set[str]] = {
    "cli": {
        *("service", "account", "settings", "rehearsal", "jobs"),
        *("documents", "letters", "outbox", "ports", "domain"),
    },
    "rehearsal": {"service", "account", "settings", "adapters", "documents", "letters", "ports", "domain"},
    "service": {
        *("account", "settings", "jobs", "adapters"),
        *("documents", "letters", "outbox", "ports", "domain"),
    },
    "account": {"ports", "domain"},
    "jobs": {"documents", "letters", "outbox", "ports", "domain"},
    "adapters": {"ports", "domain"},
    "outbox": {"ports", "domain"},
    "settings": {"domain"},
    "documents": {"domain"},
    "letters": {"domain"},
    "ports": {"domain"},
    "domain": set(),
}

# Rooms of several modules that lie beside one another at the top.
ROOM_OF: Mapping[str, str] = {
    **dict.fromkeys(
        [
            *("cli", "__main__", "commands", "lines", "previewing", "proposing", "qa_files"),
            *("returned_files", "safe_keeping", "new_files", "report_files", "passes"),
            "privacy_commands",
        ],
        "cli",
    ),
    **dict.fromkeys(
        [
            *("service", "outside", "doctor", "archive", "backing_up", "reconciling", "safety", "stopping"),
            *("store_opening", "disposal", "erasing", "heartbeat", "private_files"),
        ],
        "service",
    ),
    **dict.fromkeys(["outbox", "brakes"], "outbox"),
    **dict.fromkeys(
        [
            *("settings", "outside_settings", "safety_settings", "toml_values", "form_description"),
            *("form_files", "shipped", "watching_settings", "logs"),
        ],
        "settings",
    ),
    **dict.fromkeys(["who_got"], "account"),
    **dict.fromkeys(["letters", "wording", "samples", "calendar_entry"], "letters"),
}

# Adapters do not know each other. These are parts of one adapter, or for all of them.
PART_OF: Mapping[str, str] = dict.fromkeys(
    [
        "kept_reading",
        *("database", "dialect", "erasing", "follow_ups", "lease", "migrations", "opening", "postgresql"),
        *(
            "privacy",
            "reporting",
            "rows",
            "service_store",
            "sheet_store",
            "statements",
            "tables",
            "transactions",
        ),
    ],
    "database",
)
FOR_ALL_ADAPTERS = {"disk", "half_saved", "mime_letter", "mime_mail"}

DATABASE = (
    "adapters.database",
    "adapters.dialect",
    "adapters.erasing",
    "adapters.follow_ups",
    "adapters.kept_reading",
    "adapters.lease",
    "adapters.migrations",
    "adapters.opening",
    "adapters.postgresql",
    "adapters.privacy",
    "adapters.reporting",
    "adapters.rows",
    "adapters.service_store",
    "adapters.sheet_store",
    "adapters.statements",
    "adapters.tables",
    "adapters.transactions",
)
HOMES: Mapping[str, tuple[str, ...]] = {
    "O365": ("adapters.m365.calls", "adapters.m365.sign_in"),
    "msal": ("adapters.m365.sign_in",),
    "requests": ("adapters.m365.calls", "adapters.m365.sign_in"),
    "cryptography": ("adapters.m365.certificate",),
    "sqlalchemy": DATABASE,
    "alembic": DATABASE,
    "holidays": ("adapters.bank_holidays",),
    "filelock": ("adapters.one_at_a_time",),
    "email_validator": ("adapters.addresses",),
    "jinja2": ("letters",),
    "css_inline": ("letters",),
    "icalendar": ("calendar_entry",),
    "schedule": ("service",),
    "docx": ("documents.report_package",),
    "lxml": ("documents",),
    "olefile": ("documents.ole_file",),
    "openpyxl": ("documents",),
    "pyrage": ("archive",),
    "psycopg": ("adapters.postgresql",),
    "python_calamine": ("documents.workbook",),
    "xlsxwriter": ("documents",),
}

# What the domain does not touch although Python brings it: files, clocks, logs, networks, chance.
NOT_IN_DOMAIN = {
    *("asyncio", "http", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "smtplib"),
    *("socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib"),
}

# Monotonic timers and sleep are not here: they tell no date.
CLOCK_READS = frozenset(
    [f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")]
    + [f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime")]
    + [f"sqlalchemy.func.{name}" for name in ("now", "current_date", "current_time", "current_timestamp")]
    + ["datetime.date.today", "email.utils.localtime"]
)
CLOCK = "adapters.clock"

# A call's thread hands whatever stops it to the thread that asked, which raises it.
MAY_CATCH_ALL = ("service", "jobs", "adapters.m365.calls")
LONGEST = 300


def faults(module: str, source: str, is_package: bool = False) -> list[str]:
    """What is wrong with a module of the house, by line. `module` is its name after `automation.`"""
    tree = ast.parse(source)
    found = [
        *misplaced_imports(module, tree, is_package),
        *clock_reads(module, tree),
        *kept_exceptions(module, tree),
        *missing_docstrings(tree),
    ]
    length = source.count("\n")
    if length > LONGEST:
        found.append(f"it has {length} lines; divide it before {LONGEST}")
    return [f"automation.{module}: {fault}" for fault in found]


def misplaced_imports(module: str, tree: ast.Module, is_package: bool) -> Iterator[str]:
    """Arrows that the map does not have, and libraries away from home."""
    room = room_of(module)
    if room not in ARROWS and module != "__init__":
        yield f"the room '{room}' is not on the map: add it to ARROWS, or the module to ROOM_OF"
        return
    for line, target in imports(module, tree, is_package):
        library = target.split(".")[0]
        if library == "automation":
            yield from (f"line {line}: {fault}" for fault in forbidden_arrow(module, target[11:]))
        elif room == "domain" and (library in NOT_IN_DOMAIN or library not in sys.stdlib_module_names):
            yield f"line {line}: domain may not import {library}; it decides on values alone"
        elif library not in sys.stdlib_module_names and not within(module, HOMES.get(library, ())):
            home = " or ".join(HOMES.get(library, ())) or "nowhere yet: add it to HOMES"
            yield f"line {line}: {library} is at home in {home}"


def forbidden_arrow(module: str, target: str) -> Iterator[str]:
    """Why this module may not import that one; nothing when it may. Both are named after `automation.`"""
    room, other = room_of(module), room_of(target)
    if not target or target.startswith("__version"):
        return
    if room != other:
        if other not in ARROWS.get(room, set()):
            allowed = ", ".join(sorted(ARROWS.get(room, ()))) or "nothing else"
            yield f"the arrow {room} → {other} ({target}) is forbidden; {room} may import {allowed}"
    elif room == "adapters":
        mine, theirs = (adapter_of(name) for name in (module, target))
        if theirs not in (mine, "", *FOR_ALL_ADAPTERS):
            yield f"the arrow {module} → {target} is forbidden; adapters do not know each other"


def imports(module: str, tree: ast.Module, is_package: bool) -> Iterator[tuple[int, str]]:
    """Every imported module by line, with its whole name, wherever in the module it is imported."""
    package = ["automation", *module.split(".")]
    if module == "__init__":
        package = ["automation"]
    elif not is_package:
        package = package[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            # `from . import rules` names a module where `from .rules import due` names a function: what is
            # imported from the top or from adapters is looked at by its own name, the rest by where it is.
            for alias in node.names:
                by_name = base in ("automation", "automation.adapters")
                yield node.lineno, f"{base}.{alias.name}" if by_name else base


def clock_reads(module: str, tree: ast.Module) -> Iterator[str]:
    """Uses of the computer's clock, called or handed on. Only the clock adapter has one."""
    if module == CLOCK:
        return
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {
                a.asname or a.name.split(".")[0]: a.name if a.asname else a.name.split(".")[0]
                for a in node.names
            }
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and (name := whole_name(node, names)) in CLOCK_READS:
            yield f"line {node.lineno}: {name} reads the clock; only {CLOCK} does, the day is an argument"


def whole_name(node: ast.expr, names: Mapping[str, str]) -> str:
    """`datetime.datetime.now` for `d.now` after `from datetime import datetime as d`; empty for the rest."""
    if isinstance(node, ast.Attribute):
        owner = whole_name(node.value, names)
        return f"{owner}.{node.attr}" if owner else ""
    return names.get(node.id, "") if isinstance(node, ast.Name) else ""


def kept_exceptions(module: str, tree: ast.Module) -> Iterator[str]:
    """Handlers that catch everything and go on. Those that end by raising again keep nothing back."""
    kept = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ExceptHandler) and catches_all(node.type) and not raises_again(node))
        or (isinstance(node, ast.Call) and suppresses_all(node))
    ]
    if not within(module, MAY_CATCH_ALL):
        yield from (
            f"line {line}: catches every exception; only {' and '.join(MAY_CATCH_ALL)} may" for line in kept
        )
    elif len(kept) > 1:
        yield f"lines {kept}: catches every exception in more than one place"


def catches_all(caught: ast.expr | None) -> bool:
    """Whether an `except` is bare or names Exception or BaseException, alone or among others."""
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        n is None or (isinstance(n, ast.Name) and n.id in ("Exception", "BaseException")) for n in names
    )


def raises_again(handler: ast.ExceptHandler) -> bool:
    """Whether the handler's last statement raises."""
    return isinstance(handler.body[-1], ast.Raise)


def suppresses_all(call: ast.Call) -> bool:
    """Whether this is `suppress(Exception)`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name == "suppress" and any(catches_all(argument) for argument in call.args)


def missing_docstrings(tree: ast.Module) -> Iterator[str]:
    """Public functions and classes that do not say what they are."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if not node.name.startswith("_") and not ast.get_docstring(node):
            yield f"line {node.lineno}: {node.name} has no docstring"


def room_of(module: str) -> str:
    """The room that a module belongs to."""
    top = module.split(".")[0]
    return ROOM_OF.get(top, top)


def adapter_of(module: str) -> str:
    """The adapter that a module of the adapters belongs to; empty for the package itself."""
    name = module.split(".")[1] if "." in module else ""
    return PART_OF.get(name, name)


def within(module: str, homes: Iterable[str]) -> bool:
    """Whether the module is one of these, or inside one."""
    return any(module == home or module.startswith(f"{home}.") for home in homes)


def name_of(path: Path) -> str:
    """A file's module name after `automation.`; a package goes by its folder."""
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = sorted(HOUSE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_keeps_to_its_place(path: Path) -> None:
    found = faults(name_of(path), path.read_text("utf-8"), path.name == "__init__.py")
    assert not found, "\n".join(["", *found])


def test_the_whole_house_was_looked_at() -> None:
    names = {name_of(path) for path in MODULES}
    assert names >= {"__init__", "domain", "domain.ids", "ports", "letters", "adapters.migrations.env"}


IDLE = '"""Nothing."""\n'
LONG = IDLE + "x = 1\n" * LONGEST
PLANTED = [
    ("domain.rules", "from ..ports import Clock", "the arrow domain → ports (ports) is forbidden"),
    ("domain.rules", "import automation.letters", "the arrow domain → letters (letters) is forbidden"),
    ("domain.rules", "from .. import outbox", "the arrow domain → outbox (outbox) is forbidden"),
    ("domain.rules", "import lxml.etree", "domain may not import lxml"),
    ("domain.rules", "from logging import getLogger", "domain may not import logging"),
    ("domain.rules", "def _f():\n    import os", "line 2: domain may not import os"),
    ("ports", "from .outbox import Outbox", "the arrow ports → outbox"),
    ("documents.form", "from ..ports import Mailbox", "the arrow documents → ports"),
    ("letters", "from . import settings", "the arrow letters → settings"),
    ("wording", "from .toml_values import nearest", "the arrow letters → settings (toml_values)"),
    ("settings", "from .letters import Letters", "the arrow settings → letters"),
    ("outbox", "from .adapters.m365 import M365", "the arrow outbox → adapters (adapters.m365)"),
    ("jobs.send", "from ..adapters import m365", "the arrow jobs → adapters (adapters.m365)"),
    ("jobs.send", "from ..settings import Settings", "the arrow jobs → settings"),
    ("adapters.m365", "from ..documents.form import read", "the arrow adapters → documents"),
    ("adapters.m365", "from .eml_folder import EmlFolder", "adapters do not know each other"),
    ("adapters.m365", "from . import tables", "the arrow adapters.m365 → adapters.tables is forbidden"),
    ("service", "from .rehearsal import office", "the arrow service → rehearsal"),
    ("service", "from .cli import main", "the arrow service → cli"),
    ("cli", "from .adapters.clock import LondonClock", "the arrow cli → adapters"),
    ("rehearsal.office", "from ..outbox import Outbox", "the arrow rehearsal → outbox"),
    ("utils", "x = 1", "the room 'utils' is not on the map"),
    ("service", "import O365", "O365 is at home in adapters.m365"),
    ("outbox", "from sqlalchemy import select", "sqlalchemy is at home in adapters.database"),
    ("calendar_entry", "import jinja2", "jinja2 is at home in letters"),
    ("documents.report", "import python_calamine", "python_calamine is at home in documents.workbook"),
    ("service", "import pandas", "pandas is at home in nowhere yet"),
    ("domain.rules", "from datetime import date\nday = date.today()", "line 2: datetime.date.today reads"),
    ("service", "import datetime as dt\nx = dt.datetime.now(dt.UTC)", "datetime.datetime.now reads"),
    ("jobs.send", "from datetime import datetime as d\nf(d.utcnow)", "datetime.datetime.utcnow reads"),
    ("service", "from time import time\nx = time()", "time.time reads the clock"),
    ("adapters.m365", "import time\nx = time.localtime()", "time.localtime reads the clock"),
    ("adapters.tables", "from sqlalchemy import func\nx = func.now()", "sqlalchemy.func.now reads"),
    ("letters", "try:\n    x\nexcept Exception:\n    pass", "line 3: catches every exception"),
    ("letters", "try:\n    x\nexcept:\n    pass", "line 3: catches every exception"),
    ("letters", "try:\n    x\nexcept (KeyError, BaseException) as e:\n    pass", "catches every exception"),
    ("letters", "with contextlib.suppress(Exception):\n    x", "line 1: catches every exception"),
    ("jobs.send", "try:\n    x\nexcept Exception:\n    pass\n" * 2, "lines [3, 7]: catches every exception"),
    ("ports", "class Mailbox:\n    pass", "line 1: Mailbox has no docstring"),
    ("ports", "async def send():\n    pass", "line 1: send has no docstring"),
    ("ports", LONG, "it has 301 lines"),
]  # fmt: skip


@pytest.mark.parametrize(("module", "source", "complaint"), PLANTED)
def test_a_planted_fault_is_found_and_named(module: str, source: str, complaint: str) -> None:
    found = faults(module, source)
    assert len(found) == 1
    assert complaint in found[0]
    assert found[0].startswith(f"automation.{module}: ")


SOUND = [
    ("domain.rules", "from .ids import AuditRef\nimport re\nfrom automation.domain import ids"),
    ("domain", "from .ids import AuditRef"),
    ("service", "from .adapters.m365 import M365\nfrom .jobs import send\nimport schedule"),
    ("rehearsal.office", "from ..service import Service\nfrom ..adapters.eml_folder import EmlFolder"),
    ("cli", "from .rehearsal.office import rehearse\nfrom .service import Service"),
    ("cli", "from . import __version__"),
    ("form_description", "from .toml_values import nearest\nfrom .domain.form import Form"),
    ("letters", "from . import calendar_entry, wording\nimport jinja2.sandbox"),
    ("adapters.eml_folder", "from .disk import write_whole\nfrom . import mime_mail"),
    ("adapters.migrations.versions.0001_first", "from alembic import op\nfrom ...tables import audits"),
    ("adapters.clock", "from datetime import datetime\nx = datetime.now()"),
    ("service", "import time\ntime.sleep(1)\nx = time.monotonic()\ny = clock.now()"),
    ("letters", "try:\n    x\nexcept BaseException:\n    tidy()\n    raise"),
    ("jobs.send", "try:\n    x\nexcept Exception:\n    pass"),
    ("ports", "def _inner():\n    pass\n\n\ndef send():\n    '''Sends.'''"),
    ("ports", LONG[:-6]),
]  # fmt: skip


@pytest.mark.parametrize(("module", "source"), SOUND)
def test_what_is_allowed_passes(module: str, source: str) -> None:
    assert faults(module, source, is_package=module == "domain") == []
