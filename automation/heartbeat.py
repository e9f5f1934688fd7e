"""The heartbeat: a small file after each pass, a call to whoever expects one, and whether it still beats."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from .account import status
from .adapters.disk import write_whole
from .domain.problem import stopping
from .ports import OutsideUnavailableError
from .settings import Settings

if TYPE_CHECKING:
    from .jobs.this_pass import Pass
    from .service import Outcome

log = logging.getLogger("case_audit")

NAME, SCHEMA, WITHIN_HOURS = "heartbeat.json", 1, 24
_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Beat:
    """One pass: when (an aware ISO stamp), its exit code, and how many of each there were at its end. It
    names nobody. -1 where it could not be told."""

    at: str
    code: int
    problems: int
    doubtful: int = -1
    outstanding: int = -1
    held: int = -1


def beat(settings: Settings, this: Callable[[], "Pass"], now: datetime, outcome: "Outcome") -> None:
    """Write the heartbeat, and call whoever expects it. Neither ever stops a pass, nor does a store that is
    away: then nothing is counted."""
    counted = _counted(this)
    made = Beat(now.isoformat(), outcome.code, len(stopping(outcome.problems)), **counted)
    try:
        write_whole(_place(settings), json.dumps(asdict(made)).encode())
    except OSError as error:
        log.error("The heartbeat cannot be written: %s", error.strerror)
    if settings.heartbeat.url and outcome.code < 2:
        call(settings.heartbeat.url)


def _counted(made: Callable[[], "Pass"]) -> Mapping[str, int]:
    try:
        this = made()
        grades = this.form.grades
        told = status(this.store, this.calendar(), this.today, grades.words if grades else ())
    except OutsideUnavailableError:
        return {}
    held = sum(len(part) for name in ("held", "sending_held") if isinstance(part := told[name], tuple))
    waits = int(bool(told["waits_for_approval"]))
    rest = {name: len(part) for name in ("doubtful", "outstanding") if isinstance(part := told[name], tuple)}
    return {**rest, "held": held + waits}


def call(url: str) -> bool:
    """Call an address, with nothing to tell it. Whether it answered; one that sends us elsewhere did not."""
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class Stays(HTTPRedirectHandler):
        def redirect_request(self, *_: object, **__: object) -> None:
            return

    request = Request(url, headers={"User-Agent": "case-audit"})  # noqa: S310 - https alone: settings
    try:
        with build_opener(Stays).open(request, timeout=_SECONDS) as answer:
            answer.read(1)
    except (OSError, ValueError) as error:
        log.warning("The heartbeat's address did not answer (%s)", type(error).__name__)
        return False
    return True


def last_beat(settings: Settings) -> Beat | None:
    """The newest heartbeat, None before the first or where it cannot be read."""
    try:
        return Beat(**json.loads(_place(settings).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def check(settings: Settings, now: datetime, within: int = WITHIN_HOURS) -> Mapping[str, object]:
    """Whether passes are being made, for a program that watches: `code` is 0 when all is well, 1 when a
    person is needed, 3 when there was no pass for so many hours or the last one could not do its work."""
    last = last_beat(settings)
    if last is None:
        return {"schema": SCHEMA, "code": 3, "says": "No pass was ever made here.", "last_pass": None}
    age = now - datetime.fromisoformat(last.at)
    told = {
        "schema": SCHEMA,
        "age_minutes": max(0, int(age.total_seconds() // 60)),
        "last_pass": asdict(last),
    }
    if age > timedelta(hours=within):
        return {**told, "code": 3, "says": f"No pass was made for {age.total_seconds() / 3600:.0f} hours."}
    if last.code >= 2:
        return {**told, "code": 3, "says": "The last pass could not do its work. The log says why."}
    if last.problems or max(last.doubtful, last.held) > 0:
        return {**told, "code": 1, "says": "Passes are made. Something needs a person: see the digest."}
    return {**told, "code": 0, "says": "Passes are made, and nothing needs a person."}


def _place(settings: Settings) -> Path:
    return settings.path(settings.store.state) / NAME
