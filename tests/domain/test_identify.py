"""Whose return it is. A form laid to the wrong audit puts one child's grades on another child's case."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest

from automation.documents.form_reader import FormsReader
from automation.documents.form_writer import FormWriter
from automation.domain.allocation import Allocation
from automation.domain.audit import Audit, Posting
from automation.domain.form import Reading
from automation.domain.identify import Identified, Registry, Unidentified, identify
from automation.domain.ids import (
    AuditRef,
    CaseNumber,
    RoundId,
    StaffKey,
    TeamName,
    message_key,
    message_mark,
    printed_reference,
)
from automation.domain.message import Mail
from automation.domain.people import Organisation, Person
from automation.domain.seal import seal, seal_fits
from tests.documents.form_samples import BASE, PREFILL, audit_form, replaced, without_bookmarks
from tests.documents.form_samples import with_document as changed_document

KEY = b"the key of this council"
REFERENCES = [AuditRef(f"CFA-2026-11-{number:03d}") for number in range(1, 5)]
CASES = ["00451270", "00451271", "00451272", "00451273"]
AUDITORS = [StaffKey(f"A{number}") for number in range(1, 5)]
DELEGATE, OTHER = StaffKey("D1"), StaffKey("X1")
PEOPLE = {
    key: Person(key, f"Person {key}", f"{key.lower()}@council.example", "Team Manager")
    for key in (*AUDITORS, DELEGATE, OTHER)
}
ADDRESSES = [*(one.address for one in PEOPLE.values()), "stranger@elsewhere.example"]


def _audit(number: int) -> Audit:
    row = Allocation(
        RoundId("2026-11"),
        CaseNumber(CASES[number]),
        "Child protection",
        TeamName("North"),
        row=number + 5,
        auditor=AUDITORS[number],
        delegate=DELEGATE if number == 2 else None,
    )
    return Audit(REFERENCES[number], row, (Posting("auditor", AUDITORS[number], 1, since=date(2026, 11, 2)),))


AUDITS = {audit.reference: audit for audit in map(_audit, range(4))}
REGISTRY = Registry(AUDITS.get, Organisation(PEOPLE), KEY)
WRITER = FormWriter(audit_form(), BASE, "Council", KEY)
READER = FormsReader((audit_form(),))


def form(reference: AuditRef, case: str) -> Reading:
    """A real form of an audit, read back, with a case number printed in it."""
    return READER.read(WRITER.write(reference, {**PREFILL, "case_number": case}))


def mail(sender: str, subject: str = "RE: audit", answers: tuple[str, ...] = ()) -> Mail:
    return Mail("1", "<m@x>", sender, subject, "", datetime(2026, 11, 12, tzinfo=UTC), answers=answers)


FORMS = {(ref, case): form(ref, case) for ref, case in product(REFERENCES, CASES)}


def test_of_all_senders_references_cases_and_subjects_only_the_diagonal_is_accepted() -> None:
    accepted = set()
    for (reference, case), address, subject in product(FORMS, ADDRESSES, ["", *REFERENCES]):
        found = identify(FORMS[reference, case], mail(address, f"RE: {subject}"), REGISTRY)
        if isinstance(found, Identified):
            assert found.audit.reference == reference
            accepted.add((address, reference, case, subject))
    own = [(PEOPLE[AUDITORS[n]].address, REFERENCES[n], CASES[n]) for n in range(4)]
    own.append((PEOPLE[DELEGATE].address, REFERENCES[2], CASES[2]))
    assert accepted == {(*one, subject) for one in own for subject in ("", one[1])}


def test_the_thread_that_a_mail_answers_must_be_about_the_same_audit() -> None:
    own, other = (
        f"<{message_mark(message_key(ref, 'case-details', 'auditor-1', 'A1'))}@council.example>"
        for ref in REFERENCES[:2]
    )
    sender = PEOPLE[AUDITORS[0]].address
    reading = FORMS[REFERENCES[0], CASES[0]]
    assert isinstance(
        identify(reading, mail(sender, answers=(own, "<x@outlook.example>")), REGISTRY), Identified
    )
    assert isinstance(identify(reading, mail(sender, answers=(own, other)), REGISTRY), Unidentified)


@pytest.mark.parametrize("wrong", ["reference", "form", "key", "cut", "nonsense"])
def test_a_seal_that_is_not_ours_is_refused(wrong: str) -> None:
    seals = {
        "reference": seal(KEY, "audit", REFERENCES[1]),
        "form": seal(KEY, "moderation", REFERENCES[0]),
        "key": seal(b"another council's", "audit", REFERENCES[0]),
        "cut": seal(KEY, "audit", REFERENCES[0])[:-1],
        "nonsense": "ü",
    }
    reading = replace(FORMS[REFERENCES[0], CASES[0]], seal=seals[wrong])
    assert isinstance(identify(reading, mail(PEOPLE[AUDITORS[0]].address), REGISTRY), Unidentified)


def test_a_seal_fits_its_own_form_in_capitals_too() -> None:
    assert seal_fits(seal(KEY, "audit", REFERENCES[0]).upper() + " ", KEY, "audit", REFERENCES[0])


def test_a_form_whose_properties_were_moved_to_another_audit_is_refused() -> None:
    """Somebody copies their last form, and types the reference of this month's over it by hand."""
    content = WRITER.write(REFERENCES[0], {**PREFILL, "case_number": CASES[0]})
    other = WRITER.write(REFERENCES[1], {**PREFILL, "case_number": CASES[1]})
    read = [READER.read(one) for one in (content, other)]
    mixed = replace(read[1], seal=read[0].seal)
    assert isinstance(identify(mixed, mail(PEOPLE[AUDITORS[1]].address), REGISTRY), Unidentified)


def test_a_form_without_its_properties_is_known_by_its_cell() -> None:
    reading = replace(FORMS[REFERENCES[0], CASES[0]], references={"body": REFERENCES[0]}, seal="")
    assert isinstance(identify(reading, mail(PEOPLE[AUDITORS[0]].address), REGISTRY), Identified)
    nowhere = replace(reading, references={})
    assert isinstance(identify(nowhere, mail(PEOPLE[AUDITORS[0]].address), REGISTRY), Unidentified)


def test_a_reference_typed_without_its_check_letter_is_not_believed() -> None:
    content = WRITER.write(REFERENCES[0], {**PREFILL, "case_number": CASES[0]})
    printed = READER.read(content)
    assert not printed.bad_check
    whole = printed_reference(REFERENCES[0])
    for typed in ("CFA-2026-11-002", "CFA-2026-11-001", "CFA-2026-11-001-Q"):
        reading = READER.read(changed_document(replaced(content, whole, typed), without_bookmarks))
        found = identify(reading, mail(PEOPLE[AUDITORS[0]].address), REGISTRY)
        assert isinstance(found, Unidentified), typed


def test_leading_zeros_and_spaces_in_a_case_number_do_not_matter() -> None:
    for case in ("451270", " 0045 1270", "00451270"):
        reading = replace(FORMS[REFERENCES[0], CASES[0]], prefilled={"case_number": case})
        assert isinstance(identify(reading, mail(PEOPLE[AUDITORS[0]].address), REGISTRY), Identified)


def test_the_reason_is_the_same_for_every_audit_that_is_not_the_senders() -> None:
    """Whoever tries references learns nothing of which audits there are."""
    unknown = form(AuditRef("CFA-2026-11-099"), "0")
    reasons = {
        identify(reading, mail(PEOPLE[OTHER].address), REGISTRY)
        for reading in (unknown, *FORMS.values(), replace(unknown, seal="wrong"))
    }
    assert len(reasons) == 1
