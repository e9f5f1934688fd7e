"""Digest: QA's daily mail. What needs a person today, and what happened since the one before."""

from collections.abc import Iterator, Sequence

from ..domain.audit import Audit
from ..domain.calendar import Round
from ..domain.ids import RoundId
from ..domain.intake import DealtMail, Outcome
from ..domain.qa_facts import digest as digest_message
from .this_pass import Pass
from .waiting_forms import about_whom, newest_outcomes, recent


def digest(this: Pass) -> None:
    """Post today's digest to each QA officer, once, on working days."""
    if not this.working.is_working(this.today):
        return
    store, today = this.store, this.today.isoformat()
    gone = store.sent([RoundId(f"digest-{today}")])
    if len(gone) >= len(this.officers):
        return
    since = store.last_sent("digest", before=today)
    counted = _counted(this)
    mails = store.mails(since)
    problems = [(one.problem, one.first_seen.isoformat() > since[:10]) for one in store.open_problems()]
    # What stops nothing is told once; what stops something, until it is put right.
    problems = [one for one in problems if one[0].stops or one[1]]
    problems += [(one, True) for one in (*this.problems, *this.outbox.problems)]
    needs = (*_concerns(mails), *_waiting(this, mails))
    for officer in this.officers:
        message = digest_message(
            this.today,
            officer,
            needs,
            problems,
            store.sent_since(since),
            mails,
            counted,
            [one.key for one in store.sendings("doubtful")],
            store.organisation(),
        )
        this.post(message)


def _counted(this: Pass) -> list[tuple[Round, Sequence[Audit]]]:
    rounds = [one for one in this.rounds().values() if one.start <= this.today and not one.skipped]
    audits = [(round_, this.store.audits([round_.id])) for round_ in rounds]
    return [one for one in audits if one[1]]


def _concerns(mails: Sequence[DealtMail]) -> Iterator[tuple[str, str]]:
    """The returns that declare an immediate concern, whether they could be recorded or not (guidance 3)."""
    for mail in mails:
        if mail.concern:
            yield (
                f"{mail.reference or mail.filed_as}: the form declares an immediate concern.",
                "Make sure now, by phone, that the worker, team manager and service manager know.",
            )


def _waiting(this: Pass, mails: Sequence[DealtMail]) -> Iterator[tuple[str, str]]:
    new = {mail.id for mail in mails}
    settled = newest_outcomes(this)
    for mail in this.store.mails(recent(this)):
        about = mail.reference or "A mail"
        if mail.outcome is Outcome.NEEDS_A_PERSON:
            open_form = mail.forms and settled[about_whom(mail)] is Outcome.NEEDS_A_PERSON
            if open_form or mail.id in new:
                yield f"{about}: {mail.why}", f"Open {mail.filed_as} in folder {mail.outcome.folder}."
        elif mail.id in new and mail.why == "bounce":
            yield f"{about}: a message could not be delivered.", "Check the address in the Staff sheet."
        elif mail.id in new and mail.why == "auto-reply":
            yield f"{about}: a recipient is away.", "Nothing, unless the audit should go to somebody else."
