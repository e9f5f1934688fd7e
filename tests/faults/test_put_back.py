"""What a person puts back to be looked at anew is no mail that ends the program, however often they do it."""

import pytest

from automation.domain.dealt_mail import DealtMail, Outcome
from tests.support.month import Month


def held(month: Month) -> DealtMail:
    """The one mail that waits for a person."""
    ports = month.ports()
    try:
        (found,) = [one for one in ports.store.mails() if one.outcome is Outcome.NEEDS_A_PERSON]
        assert ports.store.facts_under("tries ") == {}
        return found
    finally:
        ports.store.close()


@pytest.mark.parametrize("times", [1, 4])
def test_a_mail_that_is_put_back_again_and_again_is_not_said_to_end_the_program(
    started: Month, times: int
) -> None:
    started.reply("toby.tarn", None, text="Who has this case now?")
    started.on("2026-11-12")
    before = held(started)
    for _ in range(times):
        (filed,) = (started.mailbox / "filed" / "needs-a-person").glob("*.eml")
        filed.rename(started.inbox / "again.eml")
        started.on("2026-11-12")
    assert held(started).why == before.why
