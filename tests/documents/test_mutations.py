"""Forms mutated by chance: each ends in a reading or in a refusal with a reason, quickly. Thousands of them:
python -m tests.campaigns mutations 5000 1
"""

from collections.abc import Iterator

import pytest

from automation.documents.isolated_reader import IsolatedReader
from automation.domain.form import Reading
from automation.domain.problem import Problem

from ..campaigns import mutations
from ..campaigns.__main__ import said
from ..campaigns.forms_filled import forms
from ..campaigns.mutations import mutants, tally


@pytest.fixture(scope="module")
def reader() -> Iterator[IsolatedReader]:
    with IsolatedReader(forms()) as one:
        yield one


def test_mutated_forms_end_in_a_reading_or_a_refusal(reader: IsolatedReader) -> None:
    counted = tally(lambda content: said(reader, content), mutants(150, 7))
    assert not counted.failures, "\n".join(counted.failures)
    assert counted.outcomes.total() >= 150
    assert {"read, complete", "read, with questions"} <= set(counted.outcomes)
    assert any(name.startswith("refused: it ") for name in counted.outcomes)


def test_a_seed_gives_the_same_mutants_again_and_each_alone() -> None:
    whole = list(mutants(5, 3))
    assert list(mutants(5, 3)) == whole
    assert list(mutants(1, 3, first=4)) == whole[4:]
    assert len({content for _, content, _ in whole}) == 5


def test_a_crash_a_silence_and_a_refusal_without_reason_are_failures() -> None:
    def crash(_: bytes) -> tuple[Reading | Problem, ...]:
        raise KeyError("w:p")

    three = list(mutants(3, 3))
    assert len(tally(crash, iter(three)).failures) == 3
    assert len(tally(lambda _: (), iter(three)).failures) == 3
    assert len(tally(lambda _: (Reading(""),), iter(three)).failures) == 3
    assert (
        len(tally(lambda _: (Problem("the file", mutations.NOT_SAFE, "Again."),), iter(three)).failures) == 3
    )
    assert not tally(lambda _: (Problem("the file", "is empty", "Again."),), iter(three)).failures


def test_a_mutant_that_takes_too_long_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutations, "MOST_SECONDS", -1)
    assert len(tally(lambda _: (Reading("audit"),), mutants(2, 3)).failures) == 2


def test_memory_past_the_limit_is_a_failure(monkeypatch: pytest.MonkeyPatch, reader: IsolatedReader) -> None:
    counted = tally(lambda content: said(reader, content), mutants(1, 3))
    reader.close()
    monkeypatch.setattr(mutations, "MOST_MEGABYTES", 1)
    counted.measured(in_child=True)
    assert "megabytes" in counted.failures[-1]
