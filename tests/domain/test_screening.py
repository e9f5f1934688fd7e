"""What is screened out of a report: a name let through reaches every Head of Service."""

import tomllib

import pytest

from automation.domain.ids import StaffKey, TeamName
from automation.domain.ordinary_words import is_ordinary
from automation.domain.people import Organisation, Person, Team
from automation.domain.screening import MOST_LETTERS, Screen, reason
from automation.shipped import shipped
from tests.support.screened_sentences import clean_sentences, planted_staff, planted_strangers, staff

ORDINARY = tomllib.loads((shipped("config") / "themes.toml").read_text("utf-8"))["ordinary"]
COUNCIL = staff()
SCREEN = Screen(COUNCIL, ORDINARY)


def of(*names: str) -> Screen:
    people = {
        StaffKey(f"K{i}"): Person(StaffKey(f"K{i}"), name, "a@b.example", "Social Worker")
        for i, name in enumerate(names)
    }
    team = Team(TeamName("Marrow Lane Team"), "Bilton Service", None, None, None)
    return Screen(Organisation(people, {team.name: team}), ORDINARY)


def kinds(words: str, screen: Screen = SCREEN) -> set[str]:
    return {doubt.kind for doubt in screen.doubts(words)}


def test_no_name_of_staff_is_let_through_however_it_is_typed() -> None:
    planted = list(planted_staff(COUNCIL, 3000))
    assert {one.kind for one in planted} >= {"lower case", "surname", "initial", "reversed", "apostrophe"}
    assert [one for one in planted if not SCREEN.doubts(one.words)] == []


def test_fewer_than_one_in_a_hundred_names_of_others_are_let_through() -> None:
    planted = list(planted_strangers(3000))
    missed = [one for one in planted if not SCREEN.doubts(one.words)]
    assert len(missed) < len(planted) / 100, missed[:5]


def test_fewer_than_one_in_ten_clean_sentences_are_held_back() -> None:
    clean = clean_sentences()
    held = [f"{reason(SCREEN.doubts(words))}: {words}" for words in clean if SCREEN.doubts(words)]
    assert len(clean) >= 500
    assert len(held) < len(clean) / 10, held[:5]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Visits by J.S. were regular.", "initials"),
        ("Visits by J. S. were regular.", "initials"),
        ("Visits by j.s. were regular.", "initials"),
        ("The visits JS made were regular.", "initials"),
        ("Direct work with K was planned.", "initials"),
        ("Child A and the older sibling were seen apart.", "initials"),
        ("See case 00123456.", "a case number or another number"),
        ("See case 123 456 789.", "a case number or another number"),
        ("As in CFA-2026-11-017.", "a case number or another number"),
        ("Recorded by B1064.", "a case number or another number"),
        ("Ring 01632 960 100 first.", "a phone number"),
        ("Ring +44 7700 900123 first.", "a phone number"),
        ("The child, dob 3/4/14, was seen.", "a date of birth"),
        ("The child was born in March 2014.", "a date of birth"),
        ("The meeting on 12.03.2026 was missed.", "a date"),
        ("The meeting on 12th March was missed.", "a date"),
        ("The meeting on March 12 was missed.", "a date"),
        ("A 14-year-old girl was not heard.", "an age"),
        ("The child, aged seven, was not heard.", "an age"),
        ("Nobody marked the 18th birthday.", "an age"),
        ("Write to somebody@council.example first.", "an e-mail address"),
        ("See www.council.example for more.", "a web address"),
        ("See http://council/x for more.", "a web address"),
        ("The family moved to BD5 0AA.", "a postcode"),
        ("The family moved to bd5 0aa.", "a postcode"),
        ("The family moved to 12 station road.", "an address"),
        ("The plan names her son called jayden.", "somebody’s name"),
        ("The daughter was named kayleigh.", "somebody’s name"),
        ("His brother jayden was missed.", "somebody’s name"),
        ("Thanks to mrs akinyemi.", "somebody’s name"),
        ("The child whose name is tyrone was missed.", "somebody’s name"),
        ("The plan for Иван was clear.", "letters that are not Latin"),
        ("Work with Ty\u00adrone was good.", "a name"),
        ("Work with \uff34yrone was good.", "a name"),
        ("The home at Elmhurst is safe.", "a name"),
        ("She spoke to Ivy about it.", "a name"),
        ("Ivy said that she felt safe.", "a name"),
    ],
)
def test_what_could_tell_who_somebody_is_is_held_back_and_named(words: str, kind: str) -> None:
    assert kind in kinds(words)
    assert f"{kind}: ‘".lower() in reason(SCREEN.doubts(words)).lower()


@pytest.mark.parametrize(
    "words",
    [
        "The Head of Service and the IROs met CAMHS in November.",
        "Children’s Services and Early Help agreed a plan, e.g. for weekends.",
        "Section 47 enquiries took 15 working days in 2025-26.",
        "Plan B was ready, and Section A is short.",
        "A 16 or 17 year olds’ panel would help.",
        "Case number and date of birth should be on the front sheet.",
        "S47 enquiries and KS2 results were on file in Q3, as were S20 papers for Y9.",
        "Between April 2026 and June 2026, and in May and June, visits were on time.",
        "Training in May would help; the Spring term is too late.",
        "Young people were asked; Young People were heard.",
        "DO NOT COPY TEXT FROM THE FILE.",
        "The Child’s Voice was heard, and the Father’s too.",
        "I saw good practice, and I said so.",
        "The actions were not SMART: 3 of 9 had no date.",
    ],
)
def test_the_ordinary_words_of_audits_are_clear(words: str) -> None:
    assert [str(one) for one in Screen(Organisation(), ORDINARY).doubts(words)] == []


def test_a_name_that_is_an_ordinary_word_is_found_where_it_is_used_as_a_name() -> None:
    screen = of("Grace Young", "Mark Case")
    for words in (
        "The visits by Grace Young helped.",
        "the visits by grace young helped",
        "Young visited each week.",
        "It was for Ms Young to say.",
        "it was for ms young to say",
        "grace y. was told",
        "Then mark case wrote it down.",
        "The worker, Case, was away.",
    ):
        assert "a member of staff" in kinds(words, screen), words
    for words in ("Young people will say so.", "The case will close.", "Cases of neglect rose."):
        assert kinds(words, screen) == set(), words


def test_a_term_with_a_name_in_it_hides_no_member_of_staff() -> None:
    assert kinds("The Marrow Lane Team wrote it.", of("Ann Other")) == set()
    assert kinds("A child from Marrow was seen.", of("Ann Other")) == {"a name"}
    assert "a member of staff" in kinds("The Marrow Lane Team wrote it.", of("Ann Marrow"))


def test_somebody_who_has_left_is_still_screened() -> None:
    gone = Person(StaffKey("K1"), "Zbigniew Okonjo", "a@b.example", "Social Worker")
    screen = Screen(Organisation({gone.key: gone}), ORDINARY)
    assert "a member of staff" in kinds("work by okonjo was good", screen)


def test_words_too_long_to_be_screened_are_held_back_and_cost_no_time() -> None:
    assert kinds("a" * (MOST_LETTERS + 1)) == {"too long to be screened"}
    for nasty in ("1 " * 999, "a." * 999, "@" * 1999, "a-" * 999, "A " * 999, "son " * 499):
        SCREEN.doubts(nasty)


def test_a_reason_names_a_few_words_and_how_many_more_there_are() -> None:
    told = reason(SCREEN.doubts("Ann1 JS KS LS MS2 NS PS RS TS."))
    assert told.count("‘") == 5
    assert "more" in told
    assert reason(()) == ""


@pytest.mark.parametrize(
    "name", ["harding", "manning", "carly", "kelly", "okafor", "grace", "wilder", "fuller"]
)
def test_a_name_is_not_taken_for_a_form_of_a_word(name: str) -> None:
    assert not is_ordinary(name)
