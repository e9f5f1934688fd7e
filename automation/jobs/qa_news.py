"""What QA has to know today: what needs a person, and what happened since a moment."""

from collections.abc import Iterator, Sequence

from ..brakes import standing
from ..domain.audit import Audit
from ..domain.calendar import Round
from ..domain.concerns import LOOKED_BACK_DAYS, OpenConcern
from ..domain.dealt_mail import DealtMail, Outcome
from ..domain.holding import APPROVAL, WANTED
from ..domain.identify import person_at
from ..domain.problem import Problem
from ..domain.qa_facts import QaNews
from ..domain.written import say
from .concerns import concerns_since
from .disposal import disposal_mention
from .this_pass import Pass
from .waiting_forms import forms_waiting

_LETTER_DAYS = 3
_UNQUOTED = "there is more in it than answers, or it is a file to take care with. The digest says what."


def qa_news(this: Pass, since: str, *, quoting: bool = True) -> QaNews:
    """What the digest and the status page tell: what needs QA now, the problems, how the rounds stand, and
    what was sent and came in since an aware ISO stamp (all when it is empty). `quoting` is False where no
    words of a form or mail may be shown."""
    store = this.store
    mails = store.mails(since)
    concerns = concerns_since(this, LOOKED_BACK_DAYS)
    open_ = [(one.problem, one.first_seen.isoformat() > since[:10]) for one in store.open_problems()]
    open_ += [(one, True) for one in (*this.problems, *this.outbox.problems)]
    return QaNews(
        needs=(
            # A child before all else.
            *_concerns(this, concerns),
            *_brakes(this),
            *_reports_held(this),
            *_held(this, mails, concerns),
            *_letters(this),
            *_notes(this, mails, quoting=quoting),
        ),
        problems=tuple(one for one in open_ if one[0].stops),
        mentions=(*_trial(this), *_mentions(open_), *_away(this, mails), *disposal_mention(this, since)),
        sent=store.sent_since(since),
        mails=mails,
        rounds=tuple(_counted(this)),
        # A message that went in a mail with others is settled with that.
        doubtful=tuple(one.key for one in store.sendings("doubtful") if not one.within),
    )


def _brakes(this: Pass) -> Iterator[tuple[str, str]]:
    """What holds sending."""
    for one in standing(this.store):
        yield f"{one.what} since {one.since}. Why: {one.why}", one.remedy
    if this.store.fact(APPROVAL) == WANTED:
        yield (
            "Nobody has approved sending yet, so only the preview and this message go.",
            "Read the preview. When it is right, ask IT to give the command `case-audit approve`.",
        )


def _reports_held(this: Pass) -> Iterator[tuple[str, str]]:
    """The reports that QA holds back, until somebody lets them go."""
    for one in this.store.report_holds():
        if one.held:
            yield (
                f"The report for {one.round} is held since {say(one.since)}.",
                f"When it may go, ask IT to give the command `case-audit report {one.round} --release`.",
            )


def _trial(this: Pass) -> Iterator[str]:
    """That this is a trial."""
    kept = this.outbox.kept_back()
    if kept is not None:
        yield f"This is a trial. Messages that would have gone to others are kept back: {kept} so far."


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


def _notes(this: Pass, mails: Sequence[DealtMail], *, quoting: bool) -> Iterator[tuple[str, str]]:
    """What a form says outside its answers, and files that need care: each once."""
    for mail in mails:
        notes = mail.notes if quoting else mail.notes[:1] and (_UNQUOTED,)
        for note in notes:
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
