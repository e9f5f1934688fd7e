"""Digest: QA's daily mail. What needs a person today, and what happened since the one before."""

from collections.abc import Iterator, Sequence

from ..domain.audit import Audit
from ..domain.calendar import Round
from ..domain.concerns import LOOKED_BACK_DAYS, OpenConcern
from ..domain.dealt_mail import DealtMail, Outcome
from ..domain.identify import person_at
from ..domain.ids import RoundId
from ..domain.problem import Problem
from ..domain.qa_facts import QaNews
from ..domain.qa_facts import digest as digest_message
from .concerns import concerns_since
from .this_pass import Pass
from .waiting_forms import forms_waiting

_LETTER_DAYS = 3


def digest(this: Pass) -> None:
    """Post today's digest to each QA officer, once, on working days."""
    if not this.working.is_working(this.today):
        return
    store, today = this.store, this.today.isoformat()
    gone = store.sent([RoundId(f"digest-{today}")])
    if len(gone) >= len(this.officers):
        return
    since = store.last_sent("digest", before=today)
    mails = store.mails(since)
    concerns = concerns_since(this, LOOKED_BACK_DAYS)
    open_ = [(one.problem, one.first_seen.isoformat() > since[:10]) for one in store.open_problems()]
    open_ += [(one, True) for one in (*this.problems, *this.outbox.problems)]
    news = QaNews(
        needs=(
            *_concerns(this, concerns),
            *_held(this, mails, concerns),
            *_letters(this),
            *_notes(this, mails),
        ),
        problems=tuple(one for one in open_ if one[0].stops),
        mentions=(*_mentions(open_), *_away(this, mails)),
        sent=store.sent_since(since),
        mails=mails,
        rounds=tuple(_counted(this)),
        # A message that went in a mail with others is settled with that.
        doubtful=tuple(one.key for one in store.sendings("doubtful") if not one.within),
    )
    for officer in this.officers:
        this.post(digest_message(this.today, officer, news, store.organisation()))


def _counted(this: Pass) -> list[tuple[Round, Sequence[Audit]]]:
    rounds = [one for one in this.rounds().values() if one.start <= this.today and not one.skipped]
    audits = [(round_, this.store.audits([round_.id])) for round_ in rounds]
    return [one for one in audits if one[1]]


def _concerns(this: Pass, concerns: Sequence[OpenConcern]) -> Iterator[tuple[str, str]]:
    """The forms that declare an immediate concern (guidance 3), until somebody has confirmed that it was
    dealt with, or their mail is settled."""
    for one in concerns:
        mail = one.mail
        where = f"The form is in {mail.filed_as}, folder {mail.outcome.folder}."
        if one.recorded:
            remedy = (
                "Make sure by phone that the worker, team manager and service manager know. Then write the "
                f"day into ‘Concern dealt with on’: until then it stands here. {where}"
            )
        else:
            remedy = (
                "It is not recorded, and only QA was told. Make sure now, by phone, that the worker, team "
                f"manager and service manager know. {where}"
            )
        yield f"{_about(this, mail)}: the form declares an immediate concern.", remedy


def _held(
    this: Pass, mails: Sequence[DealtMail], concerns: Sequence[OpenConcern]
) -> Iterator[tuple[str, str]]:
    """The forms that wait for a person, each day until they are settled; other held mails once."""
    waiting = [mail for mail, _ in forms_waiting(this).values()]
    told = {one.mail.id for one in concerns}
    for mail in (*waiting, *(one for one in mails if one not in waiting)):
        if mail.outcome is Outcome.NEEDS_A_PERSON and mail.forms and mail.id not in told:
            yield f"{_about(this, mail)}: {mail.why}", _open(mail)


def _letters(this: Pass) -> Iterator[tuple[str, str]]:
    """Mails that people wrote without a form: for a few days, because somebody waits for an answer."""
    first = this.working.add_working_days(this.today, -_LETTER_DAYS)
    for mail in this.store.mails(first.isoformat()):
        if mail.outcome is Outcome.NEEDS_A_PERSON and not mail.forms:
            yield f"{_about(this, mail)}: {mail.why}", f"{_open(mail)} Answer it if nobody has."


def _notes(this: Pass, mails: Sequence[DealtMail]) -> Iterator[tuple[str, str]]:
    """What a form says outside its answers, and files that need care: each once."""
    for mail in mails:
        for note in mail.notes:
            yield f"{_about(this, mail)}: {note}", _open(mail)


def _mentions(problems: Sequence[tuple[Problem, bool]]) -> Iterator[str]:
    """What is new and stops nothing."""
    return (str(one) for one, new in problems if new and not one.stops)


def _away(this: Pass, mails: Sequence[DealtMail]) -> Iterator[str]:
    for mail in mails:
        if mail.why == "auto-reply":
            yield f"{_about(this, mail)}: an automatic reply says that they are away."


def _about(this: Pass, mail: DealtMail) -> str:
    """Which audit and whom a mail is about, for QA: what it names is no proof of whose return it is."""
    person = person_at(mail.sender, this.store.organisation())
    sender = person.name if person else mail.sender or "an unknown sender"
    if mail.reference:
        return f"{mail.reference}, from {sender}"
    return f"A mail from {sender}" + (f" that names {' and '.join(mail.named)}" if mail.named else "")


def _open(mail: DealtMail) -> str:
    return f"Read {mail.filed_as} in folder {mail.outcome.folder}."
