"""The log: where it goes and in which form, and the last net that keeps personal content out of it.

The rule is that nothing personal is logged. The net is for what slips through all the same: addresses, long
numbers such as case numbers, and the words of other people's exceptions, which quote what they met.
"""

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TextIO

from .watching_settings import LogSettings

LIBRARIES = (
    *("O365", "msal", "msal_extensions", "requests", "requests_oauthlib", "oauthlib", "urllib3", "httpx"),
    *("sqlalchemy", "alembic", "psycopg", "openpyxl", "docx", "css_inline", "jinja2", "filelock", "schedule"),
    *("PIL", "asyncio", "concurrent"),
)
"""Their logs hold tokens, addresses, statements and bodies: nothing of them is told."""

_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]]+@[^\s<>\"'(),;:\[\]]+")
_NUMBER = re.compile(r"(?<![\w.\-])\d{5,}(?![\w.\-])")


def scrubbed(text: str) -> str:
    """A text without addresses and without numbers of five digits or more that stand by themselves."""
    return _NUMBER.sub("<number>", _ADDRESS.sub("<address>", text))


def _scrubbed(record: logging.LogRecord) -> logging.LogRecord:
    """A record of which nothing is left that must not be told."""
    made = copy(record)
    made.msg, made.args = scrubbed(record.getMessage()), ()
    made.exc_info = made.stack_info = None
    made.exc_text = None
    if record.exc_info and record.exc_info[1] is not None:
        made.exc_text = "\n".join(_fault(record.exc_info[1]))
    return made


def _fault(error: BaseException) -> Iterator[str]:
    """An exception by its kind and places, and by its words where they are ours."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield from _places(at.__traceback__)
        kind = type(at)
        ours = kind.__module__.partition(".")[0] == "automation"
        words = scrubbed(str(at)) if ours else "its words are left out: they may quote what it met"
        yield f"{kind.__module__}.{kind.__qualname__} ({words})"
        cause = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
        if cause is not None:
            yield "which came of:"
        at = cause


def _places(trace: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(trace):
        yield f"  {frame.filename}, line {frame.lineno}, in {frame.name}"


class _Text(logging.Formatter):
    """Lines for people to read."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record, scrubbed."""
        return super().format(_scrubbed(record))


class _Json(logging.Formatter):
    """One object a line: `at` (UTC), `level`, `message`, and `fault` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record, scrubbed, as one line."""
        made = _scrubbed(record)
        told = {
            "at": _utc(record.created),
            "level": record.levelname.lower(),
            "message": made.getMessage(),
            **({"fault": made.exc_text} if made.exc_text else {}),
        }
        return json.dumps(told, ensure_ascii=False)


class _ErrorStream(logging.StreamHandler[TextIO]):
    """Whatever the error stream is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it there."""
        self.stream = sys.stderr
        super().emit(record)


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


class _PrivateFile(TimedRotatingFileHandler):
    """A file for our own account alone, a new one each day. No old one is deleted: disposal does that."""

    def _open(self) -> TextIOWrapper:
        number = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if os.name != "nt":
            os.fchmod(number, 0o600)
        return TextIOWrapper(os.fdopen(number, "ab"), "utf-8", write_through=True)


def begin(told: bool) -> None:
    """Log to the error stream: everything, or errors alone."""
    stream = _ours(_ErrorStream) or _ErrorStream()
    stream.setFormatter(_Text())
    stream.setLevel(logging.INFO if told else logging.ERROR)
    root = logging.getLogger()
    if stream not in root.handlers:
        root.addHandler(stream)
    if told:
        root.setLevel(logging.INFO)
    for name in LIBRARIES:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def as_configured(wanted: LogSettings, place: Path | None) -> None:
    """Log in the form that the settings name, and to their file in place of the error stream, which then has
    errors alone. Raises SettingsError when there can be no such file."""
    root = logging.getLogger()
    if place is not None and _ours(_PrivateFile) is None:
        root.addHandler(_opened(place))
        root.setLevel(logging.INFO)
        if (stream := _ours(_ErrorStream)) is not None:
            stream.setLevel(logging.ERROR)
    for one in (_ours(_ErrorStream), _ours(_PrivateFile)):
        if one is not None:
            one.setFormatter(_Json() if wanted.format == "json" else _Text())


def _opened(place: Path) -> logging.Handler:
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _PrivateFile(place, when="midnight", encoding="utf-8", utc=True)
    except OSError as error:
        from .settings import SettingsError

        raise SettingsError([f"service.toml: log.file: it cannot be written: {error.strerror}."]) from None


def _ours(kind: type[logging.Handler]) -> logging.Handler | None:
    return next((one for one in logging.getLogger().handlers if isinstance(one, kind)), None)
