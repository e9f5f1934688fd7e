"""Themes found in words, and counted by audits: a wrong count sends training to the wrong place."""

import time
import tomllib
from pathlib import Path

import pytest

from automation.domain.themes import (
    Mention,
    Theme,
    ThemeFinder,
    Vocabulary,
    months_running,
    theme_called,
    theme_counts,
)
from automation.settings import SettingsError, load
from automation.shipped import shipped
from automation.toml_values import read_values
from tests.support.screened_sentences import clean_sentences


def shipped_vocabulary() -> Vocabulary:
    faults: list[str] = []
    table = tomllib.loads((shipped("config") / "themes.toml").read_text("utf-8"))
    read = read_values(Vocabulary, table, "themes.toml", "", faults)
    assert faults == []
    assert read is not None
    return read


SHIPPED = ThemeFinder(shipped_vocabulary())


def finder(*words: str, excluded: tuple[str, ...] = ()) -> ThemeFinder:
    return ThemeFinder(Vocabulary((Theme("T", words, excluded),)))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("chronolog*", "Chronologies were missing"),
        ("chronolog*", "no CHRONOLOGY."),
        ("child's voice", "the child’s voice"),
        ("child's voice", "the childs voice"),
        ("multi-agency", "Multi agency work"),
        ("multi agency", "multi‑agency work"),
        ("seen alone", "seen\nalone"),
        ("prioritis*", "Prioritizing visits"),
        ("family* strength*", "The family’s strengths"),
        ("wishes and feelings", "wishes and feelings"),
    ],
)
def test_a_word_is_found_in_every_way_it_is_written(word: str, text: str) -> None:
    assert finder(word).find(text) == ("T",)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("plan", "planning"),
        ("plan", "the explanation"),
        ("seen alone", "seen, but not alone"),
        ("gp", "gps"),
        ("case summar*", "the summary of the case"),
        ("seen alone", "seen"),
    ],
)
def test_a_word_within_another_is_not_found(word: str, text: str) -> None:
    assert finder(word).find(text) == ()


def test_an_excluded_phrase_hides_its_words_and_no_others() -> None:
    one = finder("supervision", "delay*", excluded=("supervision order*", "developmental delay*"))
    assert one.find("A supervision order was made.") == ()
    assert one.find("The supervision orders, and supervision of the worker.") == ("T",)
    assert one.find("Developmental delay was noted.") == ()
    assert one.find("Developmental delay was noted with delay.") == ("T",)


def test_one_word_may_tell_of_two_themes_and_one_phrase_hides_no_other() -> None:
    two = ThemeFinder(
        Vocabulary((Theme("Short", ("child protection",)), Theme("Long", ("child protection plan*",))))
    )
    assert two.find("The child protection plan") == ("Short", "Long")


@pytest.mark.parametrize("phrase", ["", "*", "a*b", "ab*", "plan * now", "*plan", "pl.an"])
def test_a_phrase_that_would_match_anything_or_nothing_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="cannot be looked for"):
        Theme("T", (phrase,))


def test_two_themes_of_one_name_and_one_without_words_are_refused() -> None:
    with pytest.raises(ValueError, match="two themes"):
        Vocabulary((Theme("A b", ("plan",)), Theme("a  B", ("plan",))))
    with pytest.raises(ValueError, match="at least one word"):
        Theme("T", ())


def test_a_theme_is_counted_by_audits_and_not_by_mentions() -> None:
    counts = theme_counts(
        [
            Mention("A1", ("Plans", "Voice"), strength=True),
            Mention("A1", ("Plans",), strength=True),
            Mention("A1", ("Plans",), learning=True),
            Mention("A2", ("Plans",), learning=True),
            Mention("A3", ("Plans",)),
            Mention("A3", ("Pets",), learning=True),
        ],
        ("Voice", "Plans", "Fathers"),
        [{"Plans": 4, "Voice": 0}, {"Plans": 1, "Voice": 2}],
    )
    assert [(c.theme, c.audits, c.strengths, c.learning, c.months) for c in counts] == [
        ("Voice", 1, 1, 0, 1),
        ("Plans", 3, 1, 2, 3),
        ("Fathers", 0, 0, 0, 0),
        ("Pets", 1, 0, 1, 1),
    ]


def test_months_running_end_at_the_first_month_without_it() -> None:
    assert months_running("T", 2, [{"T": 1}, {}, {"T": 3}]) == 2
    assert months_running("T", 0, [{"T": 1}]) == 0
    assert months_running("T", 1, []) == 1


def test_a_theme_that_qa_types_is_the_one_there_is() -> None:
    assert theme_called(" the CHILD's voice", ("The child’s voice",)) == "The child’s voice"
    assert theme_called(" Pets  at home ", ("The child’s voice",)) == "Pets at home"


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("The chronology and genogram were out of date.", "Chronologies and family trees"),
        ("Supervision was reflective.", "Supervision"),
        ("Management oversight was clear.", "Management oversight and decisions"),
        ("The child’s wishes and feelings led the plan.", "The child’s voice"),
        ("The child was not seen alone.", "Children seen, and seen alone"),
        ("Fathers were not invited.", "Fathers and men in the household"),
        ("A Family Group Conference brought grandparents in.", "Wider family and network"),
        ("The plan was not SMART.", "Plans that are specific and timed"),
        ("There was drift.", "Timeliness, drift and delay"),
        ("The analysis of risk was thin.", "Risk and need analysis"),
        ("Assessments were repeated.", "Assessment"),
        ("Culture and identity were explored.", "Identity and diversity"),
        ("Case notes were recorded late.", "Recording"),
        ("Multi-agency work was strong.", "Working with partners"),
        ("Parents understood what had to change.", "Working with parents and carers"),
        ("Permanence was planned early.", "Permanence and placements"),
        ("School attendance rose.", "Education and health"),
        ("The handover was rushed.", "Closing, transfer and handover"),
    ],
)
def test_the_shipped_words_find_what_auditors_write_about(text: str, theme: str) -> None:
    assert theme in SHIPPED.find(text)


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("A supervision order is in place.", "Supervision"),
        ("The child has a developmental delay.", "Timeliness, drift and delay"),
        ("A smart phone was bought.", "Plans that are specific and timed"),
        ("Act in good faith.", "Identity and diversity"),
        ("The family group conference was held.", "Working with partners"),
        ("The Assessment Team wrote it.", "Assessment"),
    ],
)
def test_the_shipped_words_leave_out_what_tells_of_something_else(text: str, theme: str) -> None:
    assert theme not in SHIPPED.find(text)


def test_most_of_what_auditors_write_has_a_theme() -> None:
    sentences = clean_sentences()
    assert sum(not SHIPPED.find(one) for one in sentences) < len(sentences) / 10


def test_a_council_gives_its_own_themes_and_is_told_of_a_phrase_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "service.toml").write_bytes((shipped("config") / "sample" / "service.toml").read_bytes())
    assert load(tmp_path).themes == shipped_vocabulary()
    own = tmp_path / "themes.toml"
    own.write_text('[[themes]]\nname = "Online"\nwords = ["phone*"]\n', "utf-8")
    assert load(tmp_path).themes == Vocabulary((Theme("Online", ("phone*",)),))
    own.write_text('[[themes]]\nname = "Online"\nwords = ["on*line"]\n', "utf-8")
    with pytest.raises(SettingsError, match=r"themes.toml: themes\[1\]: ‘on\*line’ cannot be looked for"):
        load(tmp_path)


def test_ten_texts_of_three_thousand_audits_take_a_second_or_two() -> None:
    texts = clean_sentences() * 56
    start = time.process_time()
    for text in texts[:30_000]:
        SHIPPED.find(text)
    assert time.process_time() - start < 5
