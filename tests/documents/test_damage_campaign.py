"""Forms damaged as people and programs damage them: every answer is right, or asked about, or refused.

This is one file or two for each kind of damage. All of them: python -m tests.campaigns
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from automation.domain.form import Answer, Form, Reading
from automation.domain.problem import Problem

from ..campaigns.campaign import Trial, read_here, trial
from ..campaigns.forms_filled import FILLINGS, FOLLOW_UPS, filled
from ..campaigns.kinds import CHANNELS, Kind, kinds
from ..campaigns.pairs import pair
from ..campaigns.table import counted, shown, total

KINDS = list(enumerate(kinds()))
BY_NAME = {kind.name: kind for _, kind in KINDS}


def trials(number: int, kind: Kind) -> list[Trial]:
    """A file of the audit and, for every second kind, one of another form: fillings, channels in turn."""
    turned = (*CHANNELS[number % 3 :], *CHANNELS[: number % 3]) if kind.crossed else CHANNELS[:1]
    forms = [filled("audit", FILLINGS[number % 4])]
    if number % 2 or kind.theme in ("rows", "columns"):
        others = ("record", *FOLLOW_UPS)
        forms.append(filled(others[number // 2 % len(others)], FILLINGS[number // 2 % 4]))
    done = ((trial(kind, form, read_here, channel) for channel in turned) for form in forms)
    return [one for tried in done if (one := next(filter(None, tried), None))]


@pytest.mark.parametrize(("number", "kind"), KINDS, ids=[kind.name for _, kind in KINDS])
def test_a_damaged_form_is_read_right_or_asked_about_or_refused(number: int, kind: Kind) -> None:
    done = trials(number, kind)
    wrong = [
        f"{one.form}, {one.filling}, {one.channel}: {verdict.place}: {verdict.why}"
        for one in done
        for verdict in one.wrong
    ]
    assert done
    assert not wrong, f"{kind.done}\n" + "\n".join(wrong)


def test_damage_by_people_and_then_by_a_program_is_read_right_or_asked_about() -> None:
    programs = [kind for _, kind in KINDS if kind.theme == "programs" and kind.crossed]
    done = [
        pair(
            kind,
            programs[number % len(programs)],
            filled("audit", FILLINGS[number // 3 % 4]),
            channel,
            read_here,
        )
        for number, kind in KINDS[::3]
        for channel in CHANNELS[number % 2 :: 2]
        if kind.crossed and kind.theme != "programs"
    ]
    assert sum(one is not None for one in done) > 80
    wrong = [
        f"{one.kind.name}, {one.filling}, {one.channel}: {verdict.place}: {verdict.why}"
        for one in done
        if one
        for verdict in one.wrong
    ]
    assert not wrong, "\n".join(wrong)


def test_there_are_many_kinds_and_each_says_in_a_sentence_what_was_done() -> None:
    assert len(BY_NAME) == len(KINDS) > 300
    for _, kind in KINDS:
        assert kind.done.endswith((".", "!", "…")), kind.name
        assert "\n" not in kind.done, kind.name


# Readers that are wrong in one way each: the campaign must see it.


def _with(reading: Reading, key: str, value: str) -> Reading:
    answer = reading.answers.get(key) or Answer("", "", "label")
    return replace(reading, answers={**reading.answers, key: replace(answer, value=value, written=value)})


def takes_a_wrong_grade(reading: Reading) -> Reading:
    return _with(reading, "s2_grade", "Inadequate" if reading.value("s2_grade") == "Good" else "Good")


def reads_a_concern_as_none(reading: Reading) -> Reading:
    other = "No" if reading.value("immediate_concern") == "Yes" else "Yes"
    return _with(reading, "immediate_concern", other)


def exchanges_two_findings(reading: Reading) -> Reading:
    first, second = reading.value("s1_findings"), reading.value("s3_findings")
    return _with(_with(reading, "s1_findings", second), "s3_findings", first)


def loses_the_end_of_an_answer(reading: Reading) -> Reading:
    return _with(reading, "reasons", reading.value("reasons")[:-4])


def turns_a_date_round(reading: Reading) -> Reading:
    year, month, day = reading.value("completed_on").split("-")
    return _with(reading, "completed_on", f"{year}-{day}-{month}")


def forgets_an_answer(reading: Reading) -> Reading:
    left = {key: one for key, one in reading.answers.items() if key != "discussed"}
    return replace(reading, answers=left)


def asks_about_what_is_plain(reading: Reading) -> Reading:
    return replace(forgets_an_answer(reading), missing=(*reading.missing, "discussed"))


def loses_a_row(reading: Reading) -> Reading:
    return replace(reading, rows={key: rows[1:] for key, rows in reading.rows.items()})


def splits_a_row(reading: Reading) -> Reading:
    first, *rest = reading.rows["actions"]
    parts = [{key: one} for key, one in first.items()]
    return replace(reading, rows={"actions": (*parts, *rest)})


def exchanges_the_cells_of_a_row(reading: Reading) -> Reading:
    first, *rest = reading.rows["actions"]
    return replace(
        reading,
        rows={"actions": ({**first, "action": first["owner"], "owner": first["action"]}, *rest)},
    )


def reverses_the_rows(reading: Reading) -> Reading:
    return replace(reading, rows={key: rows[::-1] for key, rows in reading.rows.items()})


def lays_it_to_another_audit(reading: Reading) -> Reading:
    return replace(reading, references={"body": "CFA-2026-10-004"})


def holds_it_without_need(reading: Reading) -> Reading:
    return replace(reading, problems=(Problem("here", "is odd", "Send it again."),))


def breaks(reading: Reading) -> Reading:
    raise IndexError(reading.kind)


SABOTAGES = [
    *(takes_a_wrong_grade, reads_a_concern_as_none, exchanges_two_findings, loses_the_end_of_an_answer),
    *(turns_a_date_round, forgets_an_answer, asks_about_what_is_plain, loses_a_row, splits_a_row),
    *(
        exchanges_the_cells_of_a_row,
        reverses_the_rows,
        lays_it_to_another_audit,
        holds_it_without_need,
        breaks,
    ),
]


def judged(kind: str, spoil: Callable[[Reading], Reading], filling: str = "typical") -> Trial:
    """One kind of damage, read by a reader that is spoilt in one way."""

    def read(form: Form | None, content: bytes) -> Reading | Problem:
        said = read_here(form, content)
        return said if isinstance(said, Problem) else spoil(said)

    one = trial(BY_NAME[kind], filled("audit", filling), read)
    assert one is not None
    return one


def test_a_sound_reader_makes_the_campaign_find_nothing_wrong() -> None:
    assert not judged("nothing", lambda reading: reading).wrong


@pytest.mark.parametrize("spoil", SABOTAGES, ids=lambda one: one.__name__.replace("_", " "))
def test_a_reader_that_is_wrong_in_one_way_is_found_out(spoil: Callable[[Reading], Reading]) -> None:
    assert judged("nothing", spoil).wrong


def deaf(reading: Reading) -> Reading:
    """Without residue and flags."""
    return replace(reading, residue=(), flags=())


@pytest.mark.parametrize(
    "kind",
    [
        "words before and after the form",
        "actions typed under their table",
        "comment on an answer",
        "struck words in findings",
        "struck with another beside it",
        "answer under the table",
        "footnote on an answer",
        "a row with a cell too few",
    ],
)
def test_words_that_are_lost_in_silence_are_missed(kind: str) -> None:
    assert not judged(kind, lambda reading: reading).wrong
    assert judged(kind, deaf).wrong


@pytest.mark.parametrize(
    "kind", ["the form twice", "last month s header", "two audits in one file", "another document"]
)
def test_a_form_that_must_be_held_and_is_not_is_found_out(kind: str) -> None:
    def lenient(reading: Reading) -> Reading:
        return replace(reading, kind="audit", problems=())

    assert not judged(kind, lambda reading: reading).wrong
    assert judged(kind, lenient).wrong


@pytest.mark.parametrize(
    "kind", ["two grades", "grades denied", "dates the american way", "choices with a but"]
)
def test_an_answer_that_must_be_asked_about_and_is_guessed_is_found_out(kind: str) -> None:
    def guess(reading: Reading) -> Reading:
        for one in reading.ambiguous:
            reading = _with(reading, one.key, one.choices[0] if one.choices else "2026-11-14")
        return replace(reading, ambiguous=())

    assert not judged(kind, lambda reading: reading).wrong
    assert judged(kind, guess).wrong


def test_the_table_counts_every_verdict_and_tells_what_was_wrong() -> None:
    one = judged("nothing", takes_a_wrong_grade)
    lines = counted([one, judged("struck grade", lambda reading: reading)])
    whole = total(lines)
    assert (whole.files, whole.fates["wrong"], whole.fates.total()) == (
        2,
        1,
        sum(o.fates.total() for o in lines),
    )
    text = "\n".join(shown(lines))
    assert "2 kinds" in text
    assert "s2_grade: read" in text
    assert "| nothing | Nothing: the form as Word saves it. | 1 |" in "\n".join(shown(lines, markdown=True))
