"""What every shipped letter owes its reader, kind by kind, on the sample facts."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from lxml import etree, html

from automation.domain.message import Fact
from automation.letters import Letters

from .sample_letters import COUNCIL, STAMP, TEMPLATES, letter, rewritten, sample, sample_names, shipped, texts

GOLDEN = Path(__file__).parent / "golden"
CANARY = "<script>alert({})</script>\"'&"

every_letter = pytest.mark.parametrize("name", sample_names())


def document(name: str, **facts: Fact) -> etree._Element:
    return html.document_fromstring(letter(name, **facts).html)


def elements(within: etree._Element, path: str) -> list[etree._Element]:
    return cast("list[etree._Element]", within.xpath(path))


def values(within: etree._Element, path: str) -> list[str]:
    return cast("list[str]", within.xpath(path))


def words(element: etree._Element) -> str:
    return " ".join(" ".join(values(element, ".//text()")).split())


def test_the_kinds_are_those_that_the_service_sends() -> None:
    assert shipped().kinds() == (
        "action_update",
        "bounced",
        "case_details_auditor",
        "case_details_social_worker",
        "case_details_team_manager",
        "concern",
        "concern_held",
        "digest",
        "dispute",
        "dispute_outcome_actions",
        "dispute_outcome_grade",
        "dispute_reminder",
        "doctor_test",
        "form_incomplete",
        "form_received",
        "held",
        "incomplete",
        "list_reminder",
        "moderation_outcome",
        "moderation_pack",
        "moderation_reminder",
        "moderation_stood_down",
        "overdue",
        "oversight",
        "preview",
        "re_allocated",
        "receipt",
        "reminder",
        "report",
        "report_draft",
        "report_note",
        "return_held",
        "share",
        "stood_down",
    )


def test_the_check_finds_nothing_wrong_with_them() -> None:
    assert shipped().check() == ()


@every_letter
def test_a_letter_reads_as_agreed(name: str) -> None:
    """Run with REWRITE_GOLDEN=1 to write the golden letters anew, then read the difference."""
    found = letter(name)
    reading = f"Subject: {found.subject}\n\n{found.text}"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        path.write_text(reading, "utf-8")
    assert reading == path.read_text("utf-8")


def test_no_golden_letter_is_left_of_a_kind_that_has_gone() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(sample_names())


@every_letter
def test_the_first_two_sentences_say_what_to_do_and_by_when(name: str) -> None:
    facts = sample(name).facts
    opening = " ".join(letter(name).text.partition("\n\n")[0].split())
    asks = ("Audit", "Make time", "Tell", "Send", "Check", "Please", "Complete", "Put right", "do nothing")
    others = ("need you today", "Nothing needs you", "Read", "Phone now")
    assert any(word in opening for word in (*asks, *others)), opening
    parts = cast("tuple[Mapping[str, Fact], ...]", facts.get("parts", ()))
    keys = ("due", "start", "day", "answer_by", "send")
    days = [fact for one in (facts, *parts) for key in keys if isinstance(fact := one.get(key), date)]
    dated = any(f"{day.day} {day:%B %Y}" in opening for day in days)
    assert dated or "today" in opening or "within a week" in opening, opening


@every_letter
def test_the_heading_and_the_box_under_it_open_the_html_as_the_text(name: str) -> None:
    page = document(name)
    (heading,) = elements(page, "//h1")
    (box,) = elements(page, "//td[@class='how']")
    opening = " ".join(letter(name).text.partition("\n\n")[0].split())
    assert opening == f"{words(heading)}. {words(box)}"
    assert words(elements(page, "//div[@class='preheader']")[0]) == words(box)
    assert words(elements(page, "//title")[0]) == words(heading)


@every_letter
def test_a_letter_says_phone_about_a_child_why_it_came_and_whom_to_ask(name: str) -> None:
    found = letter(name)
    for version in (" ".join(found.text.split()), words(html.document_fromstring(found.html))):
        assert "phone at once. tell the social worker, the team manager and the service" in version.lower()
        assert str(COUNCIL["urgent_phone"]) in version
        assert "nobody watches this mailbox for it" in version
        assert "You get this because " in version
        assert f"Ask the {COUNCIL['qa_team']}: {COUNCIL['qa_address']}" in version


@every_letter
def test_html_and_text_tell_the_same_facts(name: str) -> None:
    found = letter(name)
    text = " ".join(found.text.split()).lower()
    page = words(elements(html.document_fromstring(found.html), "//body")[0]).lower()
    for key, fact in sample(name).facts.items():
        for value in texts(fact):
            assert (value.lower() in text) == (value.lower() in page), f"{key}: {value}"


@every_letter
def test_nothing_that_somebody_typed_becomes_html(name: str) -> None:
    message = sample(name)
    typed: list[str] = []

    def canary(text: str) -> str:
        typed.append(CANARY.format(len(typed)))
        return typed[-1]

    facts = {
        key: fact if key == "role" else rewritten(fact, canary)  # templates compare the role
        for key, fact in message.facts.items()
    }
    reader = replace(message.to, name=canary(""))
    found = shipped().word(replace(message, facts=facts, to=reader), STAMP).html
    page = html.document_fromstring(found)
    assert "<script" not in found
    assert not elements(page, "//script")
    assert not values(page, "//@*[starts-with(name(), 'on')]")
    assert "<script>alert(" in words(page), "the canaries are shown, as text"


@every_letter
def test_a_subject_has_no_more_than_reference_round_and_date(name: str) -> None:
    message = sample(name)
    shown = {"reference": "CFA-2026-11-099", "round_name": "November 2026"}
    facts = {
        key: shown.get(key) or rewritten(fact, lambda _: "Jo Doe") for key, fact in message.facts.items()
    }
    subject = shipped().word(replace(message, facts=facts, reference=None), STAMP).subject
    assert "Jo Doe" not in subject
    assert len(subject) <= 78


@every_letter
def test_a_letter_fetches_nothing_and_links_only_to_mail_and_phone(name: str) -> None:
    found = letter(name).html
    page = html.document_fromstring(found)
    assert not re.search(r"https?:|url\(|@import|src=|background=", found)
    assert not elements(page, "//img | //link | //style | //script | //object | //iframe | //form")
    assert {link.partition(":")[0] for link in values(page, "//@href")} <= {"mailto", "tel"}


@every_letter
def test_a_letter_can_be_read_aloud_and_in_outlook(name: str) -> None:
    page = document(name)
    assert page.get("lang") == "en-GB"
    for table in elements(page, "//table[not(@role='presentation')]"):
        assert elements(table, ".//th[@scope='row']"), "a table of facts names its rows"
    assert not elements(page, "//table[@role='presentation']/tbody/tr/th")
    assert not elements(page, "//th[not(@scope)]")
    assert not re.search(r"flex|grid;|display: *grid|position:|float:", " ".join(values(page, "//@style")))
    assert '<!--[if mso]><table role="presentation" width="600"' in letter(name).html


@every_letter
def test_text_can_be_told_from_its_ground(name: str) -> None:
    seen = set(colours(elements(document(name), "//body")[0], "", ""))
    assert len(seen) >= 4, "heading band, words, boxes and foot"
    for colour, ground in seen:
        assert contrast(colour, ground) >= 4.5, f"{colour} on {ground} (WCAG AA asks 4.5)"


def colours(element: etree._Element, colour: str, ground: str) -> Iterator[tuple[str, str]]:
    style = dict(re.findall(r"([a-z-]+): *([^;]+);", element.get("style") or ""))
    if style.get("display") == "none":
        return
    colour, ground = style.get("color", colour), style.get("background-color", ground)
    if (element.text or "").strip():
        yield colour, ground
    for child in element.iterchildren(tag=etree.Element):
        yield from colours(child, colour, ground)


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@every_letter
def test_text_fits_a_narrow_window(name: str) -> None:
    long = [line for line in letter(name).text.splitlines() if len(line) > 72 and " " in line.strip(" -")]
    assert long == []


@every_letter
def test_the_same_message_gives_the_same_letter(name: str) -> None:
    again = Letters((TEMPLATES,), COUNCIL).word(sample(name), STAMP)
    assert again == letter(name)


def test_an_answer_to_a_mail_that_we_cannot_place_tells_of_no_case() -> None:
    """It may go to anybody. Whatever the caller knows, the letter shows only what was wrong."""
    known = {key: fact for key, fact in sample("case_details_auditor").facts.items() if key != "reference"}
    found = letter("return_held", **known)
    personal = set().union(*(texts(fact) for fact in known.values()))
    assert not [value for value in personal if value in found.text + found.subject and len(value) > 3]


def test_a_due_date_that_nobody_works_on_is_told_with_the_day_to_keep() -> None:
    for kind in (
        "case_details_auditor",
        "re_allocated",
        "reminder",
        "incomplete",
        "case_details_team_manager",
    ):
        found = letter(kind, due=date(2026, 5, 31), practical_due=date(2026, 5, 29))
        for version in (found.text, found.html):
            assert "Friday 29 May 2026" in version, kind


def test_a_long_digest_stays_readable_and_says_where_the_rest_is() -> None:
    rows: tuple[Fact, ...] = tuple(
        {
            "reference": f"CFA-2026-11-{n:03}",
            "auditor_name": "Jo Bell",
            "due": date(2026, 11, 30),
            "days_late": 2,
        }
        for n in range(1, 301)
    )
    needs: tuple[Fact, ...] = tuple({"what": f"Thing {n}.", "remedy": "Mend it."} for n in range(1, 301))
    found = letter("digest", outstanding=rows, needs=needs)
    for version in (found.text, words(html.document_fromstring(found.html))):
        assert "CFA-2026-11-040" in version
        assert "CFA-2026-11-041" not in version
        assert version.count("And 260 more: see case-audit status") == 2
    assert len(found.html) < 100_000, "Gmail cuts a longer mail"


def test_a_reader_known_only_by_address_is_greeted_without_a_name() -> None:
    message = sample("return_held")
    reader = replace(message.to, name="someone@brackenshire.example")
    assert "\nHello,\n" in shipped().word(replace(message, to=reader), STAMP).text
