"""References: what they look like, and what their check letter catches."""

import pytest

from automation.domain.ids import (
    PRINTED_REFERENCE,
    AuditRef,
    RoundId,
    audit_reference,
    check_letter,
    printed_reference,
)

REFERENCE = audit_reference(RoundId("2026-11"), 17)


def test_a_reference_names_its_round_and_number() -> None:
    assert REFERENCE == "CFA-2026-11-017"
    assert audit_reference(RoundId("2026-11-INSP"), 3) == "CFA-2026-11-INSP-003"


@pytest.mark.parametrize("number", [1, 17, 250, 999, 1234])
def test_one_mistyped_digit_or_two_swapped_change_the_check_letter(number: int) -> None:
    reference = audit_reference(RoundId("2026-11"), number)
    right = check_letter(reference)
    for place, char in enumerate(reference):
        if not char.isdigit():
            continue
        for other in "0123456789":
            if other != char:
                slip = AuditRef(reference[:place] + other + reference[place + 1 :])
                assert check_letter(slip) != right, slip
        neighbour = reference[place + 1 : place + 2]
        if neighbour.isdigit() and neighbour != char:
            slip = AuditRef(reference[:place] + neighbour + char + reference[place + 2 :])
            assert check_letter(slip) != right, slip


def test_the_printed_reference_is_found_in_a_sentence() -> None:
    found = PRINTED_REFERENCE.search(f"Audit {printed_reference(REFERENCE)}, November")
    assert found is not None
    assert found.group(0) == printed_reference(REFERENCE)
