"""Passages, QA's review of them, and what of them reaches the report."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from automation.domain.allocation import Allocation
from automation.domain.audit import Audit, Received
from automation.domain.ids import CaseNumber, RoundId, StaffKey, TeamName, audit_reference
from automation.domain.learning import (
    Kind,
    Passage,
    Review,
    allowed_extracts,
    allowed_remarks,
    held_back,
    mentions,
    not_matched,
    passages,
    points,
)
from automation.domain.people import Organisation, Person, Team
from automation.domain.report import Extract
from automation.domain.screening import Screen
from automation.domain.themes import Theme, ThemeFinder, Vocabulary, theme_counts
from automation.settings import load

ROUND = RoundId("2026-11")
FINDINGS: tuple[Kind, ...] = ("Finding",)
FORM = load(Path(__file__).parents[2] / "config" / "sample").form
WORKER = Person(StaffKey("W1"), "Priya Okafor", "a@b.example", "Social Worker")
TEAM = Team(TeamName("North"), "Assessment", None, None, None)
COUNCIL = Organisation({WORKER.key: WORKER}, {TEAM.name: TEAM})
SCREEN = Screen(COUNCIL, ("CAMHS",))
FINDER = ThemeFinder(Vocabulary((Theme("Plans", ("plan*",)), Theme("Voice", ("heard", "voice*")))))
CLEAR = "Plans should name a date."
NAMED = "Plans by Priya Okafor name no date."


def audit(number: int = 1, **answers: str) -> Audit:
    allocation = Allocation(ROUND, CaseNumber("00123456"), "Child in need", TEAM.name, 2)
    received = Received(1, date(2026, 11, 20), "hash", WORKER.key, answers)
    return Audit(audit_reference(ROUND, number), allocation, received=received)


def found(*audits: Audit) -> tuple[Passage, ...]:
    return passages(FORM, audits, COUNCIL)


def ticked(*them: Passage, checked: bool = False, edits: Mapping[str, str] | None = None) -> Review:
    """A review with these passages ticked, some with other words."""
    words = {one.id: (edits or {}).get(one.id, one.words) for one in them}
    ids = frozenset(words)
    return Review(ROUND, words, ids, ids if checked else frozenset())


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("One point.\nAnother point.", ["One point.", "Another point."]),
        ("- One\n• Another\n1. Third\n(b) Fourth", ["One", "Another", "Third", "Fourth"]),
        ("Plans drift. Fathers are missed.", ["Plans drift.", "Fathers are missed."]),
        ("Plans drift. This was not seen.", ["Plans drift. This was not seen."]),
        ("Use tools, e.g. The Three Houses. Dr. Who wrote it.", None),
        ("None", []),
        ("N/A\n-\n\n  \nNil.", []),
        ("Only one\u2028and two\x0band three", ["Only one", "and two", "and three"]),
        ("3 of 9 plans had dates.", ["3 of 9 plans had dates."]),
        ("", []),
    ],
)
def test_a_point_is_a_line_or_a_sentence_that_stands_by_itself(answer: str, told: list[str] | None) -> None:
    if told is None:
        assert next(points(answer)) == "Use tools, e.g. The Three Houses."
    else:
        assert list(points(answer)) == told


def test_an_endless_answer_is_parted_and_no_word_is_lost() -> None:
    answer = "word " * 2_000 + "x" * 4_000
    parts = list(points(answer))
    assert max(map(len, parts)) <= 1_500
    assert "".join("".join(parts).split()) == "".join(answer.split())


def test_passages_say_where_they_are_from_and_never_whose_they_are() -> None:
    one, two, three = found(audit(learning_points="Learn.", strengths="Good voice.", reasons="Because."))
    assert [(p.kind, p.section, p.service) for p in (one, two, three)] == [
        ("Learning point", "Organisational learning points", "Assessment"),
        ("Strength", "Strengths", "Assessment"),
        ("Reason for the grade", "Reasons for the grade", "Assessment"),
    ]
    assert one.source == "Organisational learning points, Assessment"
    assert not any("CFA" in p.source or "00123456" in p.source for p in (one, two, three))


def test_findings_are_collated_only_when_asked_for() -> None:
    given = audit(s3_findings="Plans drift.", strengths="Voice.")
    assert [one.kind for one in found(given)] == ["Strength"]
    (finding,) = passages(FORM, [given], COUNCIL, FINDINGS)
    assert finding.section == "Section 3: Plans and reviews drive progress towards positive outcomes"


def test_an_audit_that_has_not_come_back_says_nothing_and_an_unknown_team_has_no_service() -> None:
    assert found(replace(audit(strengths="x"), received=None)) == ()
    (one,) = passages(FORM, [audit(strengths="Voice.")], Organisation())
    assert (one.service, one.source) == ("", "Strengths")


def test_an_id_stays_when_the_round_is_read_again_and_changes_with_the_words() -> None:
    first = found(audit(1, learning_points=f"{CLEAR}\nOther."), audit(2, learning_points=CLEAR))
    again = found(audit(2, learning_points=CLEAR), audit(1, learning_points=f"New.\n{CLEAR}"))
    assert first[0].id != first[2].id
    assert {first[0].id, first[2].id} <= {one.id for one in again}
    assert first[1].id not in {one.id for one in again}
    assert first[0].id.startswith("p")


def test_the_same_point_twice_in_an_audit_is_one_passage() -> None:
    assert len(found(audit(learning_points=f"{CLEAR}\n{CLEAR}", strengths=CLEAR))) == 2


def test_nothing_goes_into_the_report_that_qa_has_not_ticked() -> None:
    them = found(audit(learning_points=CLEAR))
    untouched = Review(ROUND, {one.id: one.words for one in them}, checked=frozenset(one.id for one in them))
    assert allowed_extracts(them, Review(ROUND), SCREEN) == ()
    assert allowed_extracts(them, untouched, SCREEN) == ()


def test_a_ticked_passage_goes_in_when_it_is_clear_and_is_held_back_when_it_names_somebody() -> None:
    them = found(audit(learning_points=f"{CLEAR}\n{NAMED}"))
    review = ticked(*them)
    source = "Organisational learning points, Assessment"
    assert allowed_extracts(them, review, SCREEN) == (Extract(CLEAR, source),)
    (held,) = held_back(them, review, SCREEN)
    assert (held.passage, held.words) == (them[1], NAMED)
    assert "Priya Okafor" in str(held.doubts[0])


def test_words_that_qa_edits_are_screened_again_both_ways() -> None:
    clear, named = found(audit(learning_points=f"{CLEAR}\n{NAMED}"))
    mended = ticked(named, edits={named.id: "Plans name no date."})
    assert [one.words for one in allowed_extracts((clear, named), mended, SCREEN)] == ["Plans name no date."]
    spoilt = ticked(clear, edits={clear.id: "Plans should name okafor."})
    assert allowed_extracts((clear, named), spoilt, SCREEN) == ()


def test_only_the_word_checked_lets_a_doubtful_passage_in() -> None:
    them = found(audit(learning_points=NAMED))
    assert [one.words for one in allowed_extracts(them, ticked(*them, checked=True), SCREEN)] == [NAMED]
    assert held_back(them, ticked(*them, checked=True), SCREEN) == ()


def test_words_in_another_row_are_not_used_and_then_no_check_counts() -> None:
    first, second = found(audit(learning_points=f"{CLEAR}\n{NAMED}"))
    mixed = ticked(first, second, checked=True, edits={first.id: NAMED, second.id: CLEAR})
    assert allowed_extracts((first, second), mixed, SCREEN) == ()
    one_moved = ticked(first, second, checked=True, edits={first.id: NAMED})
    assert allowed_extracts((first, second), one_moved, SCREEN) == ()
    assert len(held_back((first, second), one_moved, SCREEN)) == 2


def test_a_tick_without_words_or_for_a_passage_that_is_gone_is_nothing() -> None:
    (one,) = found(audit(learning_points=CLEAR))
    assert allowed_extracts((one,), ticked(one, edits={one.id: "  "}), SCREEN) == ()
    assert allowed_extracts((), ticked(one), SCREEN) == ()


def test_themes_count_audits_and_what_qa_named_counts_too() -> None:
    them = found(
        audit(1, strengths="The plan is clear.\nPlans are dated.", learning_points="Pets matter."),
        audit(2, learning_points="The child was heard. Toys were broken."),
    )
    unmatched = not_matched(them, FINDER)
    assert [one.words for one in unmatched] == ["Pets matter.", "Toys were broken."]
    named: Mapping[str, str] = {unmatched[0].id: "voice", unmatched[1].id: "Play"}
    counts = theme_counts(mentions(them, FINDER, Review(ROUND, named=named), SCREEN), FINDER.names)
    assert [(c.theme, c.audits, c.strengths, c.learning) for c in counts] == [
        ("Plans", 1, 1, 0),
        ("Voice", 2, 0, 2),
        ("Play", 1, 0, 1),
    ]


def test_a_theme_that_qa_names_after_somebody_is_not_counted() -> None:
    (one,) = found(audit(strengths="Pets matter."))
    for name in ("Visits by okafor", "Jayden"):
        (mention,) = mentions((one,), FINDER, Review(ROUND, named={one.id: name}), SCREEN)
        assert mention.themes == ()
    (unscreened,) = mentions((one,), FINDER, Review(ROUND, named={one.id: "Play"}))
    assert unscreened.themes == ()


def test_a_remark_that_names_somebody_is_left_out() -> None:
    review = Review(ROUND, remarks={"Plans": "Better than in October.", "Voice": "Ask Priya.", "Play": ""})
    assert allowed_remarks(review, SCREEN) == {"Plans": "Better than in October."}
