"""Who a cell means. A wrong guess here sends a child's case number to a stranger."""

from datetime import date

import pytest

from automation.domain.address import read_address
from automation.domain.columns import LAYOUTS, Columns
from automation.domain.directory import Directory, Known, Unfound
from automation.domain.ids import StaffKey
from automation.domain.people import Person
from tests.support.sample_council import DOMAIN, sample_columns

DOMAINS = frozenset([DOMAIN])
COLUMNS = sample_columns()
ANNA = f"anna.shah@{DOMAIN}"


def known(key: str, name: str, fault: str = "") -> Known:
    address = f"{key.lower()}@{DOMAIN}"
    person = None if fault else Person(StaffKey(key), name, address, "Team Manager")
    return Known(StaffKey(key), name, address, person, fault)


STAFF = Directory(
    [
        known("B1", "Anna Shah"),
        known("B2", "Sarah Khan"),
        known("B3", "Sarah Khan"),
        known("B4", "Siân O’Connor-Lee"),
        known("B5", "Bo Bad", "staff.xlsx, sheet Staff, C6"),
    ]
)


@pytest.mark.parametrize(
    "text",
    [
        ANNA,
        f" {ANNA} ",
        f"{ANNA}.",
        f"{ANNA};",
        f"Anna Shah <{ANNA}>",
        f"<{ANNA}>",
        f"mailto:{ANNA}",
        f"'{ANNA}'",
        f"\u00a0{ANNA}\u200b",
        f"anna.shah@{DOMAIN.upper()}",
        f"Shah, Anna <{ANNA}>,",
    ],
)
def test_what_stands_around_an_address_is_left_out(text: str) -> None:
    read = read_address(text, DOMAINS, COLUMNS.group_words)
    assert (read.address, read.fault) == (ANNA, "")
    assert read.mended == (text.lower() != ANNA)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"{ANNA}; bo@{DOMAIN}", "more than one"),
        (f"{ANNA} bo@{DOMAIN}", "more than one"),
        (f"Anna <{ANNA}>, Bo <bo@{DOMAIN}>", "more than one"),
        (f"duty@{DOMAIN}", "group"),
        (f"assessment-team2@{DOMAIN}", "group"),
        (f"Everyone@{DOMAIN}", "group"),
        ("anna.shah@mail.example", "not one the service may write to"),
        (f"anna.shah@x.{DOMAIN}", "not one the service may write to"),
        (f"anna.shah@{DOMAIN}.evil.example", "not one the service may write to"),
        (f"anna.shah@evil{DOMAIN}", "not one the service may write to"),
        (f"\u0430nna.shah@{DOMAIN}", "cyrillic"),
        ("anna.shah@brackensh\u0131re.example", "dotless"),
        (f"anna shah@{DOMAIN}", "space"),
        (f"anna..shah@{DOMAIN}", "not an e-mail"),
        (f".anna@{DOMAIN}", "not an e-mail"),
        (f'"anna"@{DOMAIN}', "not an e-mail"),
        (f"{'a' * 65}@{DOMAIN}", "not an e-mail"),
        (f"@{DOMAIN}", "not an e-mail"),
        ("anna.shah", "not an e-mail"),
        (f"anna@{DOMAIN}\nBcc: x", "space"),
        (f"anna@{DOMAIN}>", "not one the service may write to"),
        ("", "not an e-mail"),
    ],
)
def test_an_address_in_doubt_is_refused_with_the_reason(text: str, fault: str) -> None:
    read = read_address(text, DOMAINS, COLUMNS.group_words)
    assert read.address == ""
    assert fault in read.fault


def test_a_surname_that_holds_a_group_word_is_still_a_person() -> None:
    for local in ("kim.steamer", "dan.hall", "lee.allen", "grace.dutya"):
        assert read_address(f"{local}@{DOMAIN}", DOMAINS, COLUMNS.group_words).fault == ""


@pytest.mark.parametrize("text", ["B1", "b1", "Anna Shah", "ANNA  shah", "Anna Shah (B1)", f"B1@{DOMAIN}"])
def test_a_person_is_found_by_key_name_both_or_address(text: str) -> None:
    found = STAFF.find(text)
    assert isinstance(found, Person)
    assert found.key == "B1"


@pytest.mark.parametrize("text", ["Siân O'Connor Lee", "SIÂN O’CONNOR-LEE"])
def test_apostrophes_and_hyphens_do_not_hide_a_person(text: str) -> None:
    found = STAFF.find(text)
    assert isinstance(found, Person)
    assert found.key == "B4"


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("Sarah Khan", "2 people in Staff are called", "Sarah Khan (B2) or Sarah Khan (B3)"),
        ("Anna Shaw", "not in Staff. The nearest name is Anna Shah (B1)", "add the person"),
        ("Sara Khan", "The nearest name is Sarah Khan (B2) or Sarah Khan (B3)", "Correct"),
        ("Qqq Zzz", "‘Qqq Zzz’ is not in Staff.", "add the person"),
        ("Sarah Khan (B9)", "is not in Staff", "Correct"),
        ("Anna Shah (B2)", "the key B2 is Sarah Khan’s", "Correct the name or the key"),
        ("Anna Shah and Bo Bad", "names more than one person", "Name one person"),
        ("B1; B2", "names more than one person", "Name one person"),
        ("Bo Bad", "problem in staff.xlsx, sheet Staff, C6", "Mend that row"),
        ("B5", "problem in staff.xlsx, sheet Staff, C6", "Mend that row"),
    ],
)
def test_words_that_are_not_one_usable_person_are_never_guessed(text: str, what: str, remedy: str) -> None:
    found = STAFF.find(text)
    assert isinstance(found, Unfound)
    assert what in found.what
    assert remedy in found.remedy


def test_a_person_named_like_a_key_is_not_mistaken_for_its_holder() -> None:
    staff = Directory([known("Anna Shah", "Bo Ray"), known("B1", "Anna Shah")])
    assert isinstance(staff.find("Anna Shah"), Unfound)


def test_the_shipped_names_cover_every_column_and_start_with_its_usual_header() -> None:
    for layout in LAYOUTS:
        table = getattr(COLUMNS, layout.key)
        assert set(table) == {column.key for column in layout.columns}
        for column in layout.columns:
            assert COLUMNS.headers(layout, column)[0] == column.header
        assert COLUMNS.sheet_names(layout)[0] == layout.name


def test_no_header_belongs_to_two_columns_of_one_sheet() -> None:
    for layout in LAYOUTS:
        headers = [header.lower() for column in layout.columns for header in COLUMNS.headers(layout, column)]
        assert len(headers) == len(set(headers))


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"allocations": {"auditer": ("Auditor",)}}, r"allocations\.auditer is unknown"),
        ({"sheets": {"people": ("People",)}}, r"sheets\.people is unknown"),
        ({"staff": {"name": ()}}, r"staff\.name needs at least one name"),
        ({"teams": {"team": ("Team",), "manager": ("team",)}}, r"is the name of two columns"),
    ],
)
def test_a_wrong_name_in_the_configuration_is_refused(
    columns: dict[str, dict[str, tuple[str, ...]]], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        Columns(**columns)  # type: ignore[arg-type]  # the tables of a TOML file


def test_the_leaving_day_is_still_worked() -> None:
    person = Person(StaffKey("B1"), "Anna Shah", ANNA, "Team Manager", left_on=date(2026, 11, 3))
    assert (person.employed(date(2026, 11, 3)), person.employed(date(2026, 11, 4))) == (True, False)
