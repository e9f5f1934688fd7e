"""The process dies just before, halfway through and just after every effect of every job: nothing goes twice,
nothing is lost, word of a concern goes first, and one pass takes up what was left."""

import ast
import inspect
import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from automation import service
from automation.letters import Letters
from automation.outside import Ports
from automation.ports import Mailbox, Originals, Store
from automation.ports.qa_pages import QaPages
from automation.shipped import shipped
from tests.campaigns.crashes import Played, faults, late_concerns, play
from tests.support.crash_effects import (
    MORE_POSTED,
    NOT_DONE,
    NOT_POSTED,
    POSTED,
    expected,
    recovered,
)
from tests.support.crash_journal import Journal
from tests.support.crash_points import READS, WRITES
from tests.support.month import Month

JOBS = Path(service.__file__).parent / "jobs"
WHOLE = os.environ.get("CASE_AUDIT_CRASHES", "")
"""`whole` dies at every point; the folder's campaign has more audits, and Microsoft 365:
python -m tests.campaigns crashes."""
SOME = (
    r"^((concerns|moderate|actions|report): after (store\.(learn|answer_under)|mailbox\.send)"
    r"|(collect|share): after (mailbox\.send|store\.learn_mail recorded$))"
)
"""Where the suite dies: what was done outside must be found, and what was learnt must be gone on from."""


PORTS = {"store": Store, "mailbox": Mailbox, "originals": Originals, "pages": QaPages}
NO_EFFECT = {"workbook", "certificate_ends", "skew", "braked", "stopping"}
"""By these the service only looks."""
BESIDES = {"lock", "keeper", "withheld"}
"""The system drops the lock with its holder. What the keeper remembers is an effect too. A rehearsal is
no trial, which has a mailbox for what is withheld."""


def test_every_port_is_one_whose_effects_have_names_or_is_known_to_have_none() -> None:
    assert {one.name for one in fields(Ports)} == PORTS.keys() | NO_EFFECT | BESIDES
    assert PORTS.keys() == WRITES.keys() == READS.keys()


@pytest.mark.parametrize("port", PORTS)
def test_a_new_method_of_a_port_is_named_as_an_effect_or_as_one_that_changes_nothing(
    port: str,
) -> None:
    every = inspect.getmembers(PORTS[port], inspect.isfunction)
    methods = {name for name, _ in every if not name.startswith("_")}
    writes, reads = set(WRITES[port]), set(READS[port])
    assert writes | reads == methods
    assert not writes & reads


def test_every_effect_of_every_job_is_in_the_story_and_no_other(undisturbed: Played) -> None:
    assert undisturbed.journal.effects == expected(more=False)
    assert {job for job in service.JOBS if not any(e.startswith(f"{job}:") for e in expected(False))} == set()


def test_every_kind_of_message_is_in_the_story_or_it_is_told_why_not() -> None:
    posted = {kind for table in (POSTED, MORE_POSTED) for kinds in table.values() for kind in kinds}
    kinds = set(Letters([shipped("templates")], {}).kinds())
    assert kinds - posted - NOT_POSTED.keys() == set()
    assert posted <= kinds - NOT_POSTED.keys()


def test_what_a_job_writes_by_itself_is_in_the_story_or_it_is_told_why_not() -> None:
    done = {(e.partition(":")[0], e.split()[1]) for e in expected(more=True)}
    assert set(_written()) - done == NOT_DONE.keys()


def _written() -> Iterator[tuple[str, str]]:
    """The job and the effect, as `store.learn`, of each call of a port that the jobs' modules make."""
    parts = {"replying": "collect", "report_making": "report", "report_mail": "collect"}
    for path in JOBS.glob("*.py"):
        for one in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
                port = ast.unparse(one.func.value).rpartition(".")[2]
                if one.func.attr in WRITES.get(port, ()):
                    yield parts.get(path.stem, path.stem), f"{port}.{one.func.attr}"


@pytest.mark.timeout(900)
def test_a_rehearsal_that_dies_at_each_point_ends_with_the_same_mails(
    tmp_path: Path, council: Month, undisturbed: Played
) -> None:
    crashed = play(tmp_path, council.config, undisturbed, "--only", "" if WHOLE else SOME)
    assert list(faults(undisturbed, crashed)) == []
    assert len(crashed.journal.died) == len(set(crashed.journal.died)) >= 15
    if WHOLE:
        assert crashed.journal.effects == expected(more=False) | recovered(more=False)
        assert set(crashed.journal.died) == set(crashed.journal.counts)


def test_a_letter_that_goes_before_word_of_a_concern_is_found(tmp_path: Path) -> None:
    sent = [("2026-11-07", "receipt", "a"), ("2026-11-07", "concern", "b"), ("2026-11-07", "digest", "c")]
    assert list(late_concerns(Journal(tmp_path, sent=sent))) == ["before the concern: a"]
    assert list(late_concerns(Journal(tmp_path, sent=sent[1:]))) == []
