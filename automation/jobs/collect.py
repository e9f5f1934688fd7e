"""Collect: every mail in the inbox gets one outcome, its reply and its folder."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ..domain.audit import Audit
from ..domain.audit_facts import audit_facts
from ..domain.dealt_mail import DealtMail, Outcome
from ..domain.history import Event
from ..domain.identify import Registry
from ..domain.ids import MessageKey
from ..domain.intake import Decision, Intake, decide
from ..domain.message import Fact, Mail
from ..domain.opened_file import ReadFile
from ..domain.people import Person
from ..domain.questions import questions
from ..domain.replies import reply_day_of, reply_key
from ..ports import MailUnreadableError, OutsideUnavailableError
from .this_pass import Pass, log, prefill

_LONDON = ZoneInfo("Europe/London")
_PRINTED = ("plan_type", "team", "social_worker", "team_manager", "auditor")
"""What a form is looked at for, of all that was filled in: dates may have moved since."""
_OWED_DAYS = 7
"""A reply that could not go for a week is of no more use."""


def collect(this: Pass) -> None:
    """Deal with every mail that has wholly arrived: keep, decide, record, reply, file. In this order, so
    that whatever breaks it off, the next pass goes on from what was recorded."""
    intake = None
    for mail_id in this.mailbox.inbox():
        known = this.store.mail(mail_id)
        if known is None:
            intake = intake or _intake(this)
            _deal(this, mail_id, intake)
        elif known.filed and known.outcome is Outcome.NEEDS_A_PERSON:
            # Somebody has put it back, to be looked at anew: the sheet may name its sender by now.
            intake = intake or _intake(this)
            _deal(this, mail_id, intake)
        elif known.filed:
            this.mailbox.file(known.id, known.outcome.folder, known.filed_as)
    unfinished = this.store.mails_unfinished()
    newest = _newest(unfinished)
    for mail in unfinished:
        answered = newest.get(mail.reply.key) if mail.reply else None
        this.each(f"mail {mail.id[:12]}", functools.partial(_finish, this, mail, answered))


def _deal(this: Pass, mail_id: str, intake: Intake) -> None:
    decision = _decision(this, mail_id, intake)
    dealt = decision.mail
    about = dealt.reference or "mail"
    facts: dict[str, Fact] = {"mail": dealt.id, "forms": dealt.forms, "arrived": dealt.on}
    event = Event(about, f"return {dealt.outcome.value}", facts)
    this.store.learn_mail(dealt, decision.audit, (event,), this.stamp)


def _decision(this: Pass, mail_id: str, intake: Intake) -> Decision:
    """What a mail is. One that cannot be read, or that a fault of ours stops, goes to a person: it must
    neither stop the others nor have its sender chased."""
    try:
        mail = this.mailbox.open(mail_id)
    except MailUnreadableError as fault:
        kept = this.originals.keep(this.mailbox.original(mail_id))
        why = f"This mail cannot be read. {fault}"
        return Decision(DealtMail(mail_id, this.today, "", Outcome.NEEDS_A_PERSON, why, forms=(kept,)))
    # A Date header in the future would make a return late that is not.
    on = min(mail.received.astimezone(_LONDON).date(), this.today)
    kept_as = tuple(this.originals.keep(file.content) for file in mail.files)
    try:
        decision = decide(mail, on, _opened(this, mail), intake)
        forms = tuple(dict.fromkeys((*kept_as, *decision.mail.forms)))
        return replace(decision, mail=replace(decision.mail, forms=forms))
    except OutsideUnavailableError:
        raise
    except Exception:  # noqa: BLE001 - logged; one mail must not stop the others
        log.exception("mail %s: a fault in the program", mail_id[:12])
        why = "A fault in the program stopped this mail. Tell IT: the log has the details."
        held = DealtMail(mail_id, on, mail.sender, Outcome.NEEDS_A_PERSON, why, forms=kept_as)
        return Decision(replace(held, form_waits=True))


def _opened(this: Pass, mail: Mail) -> tuple[ReadFile, ...]:
    """The mail's files as they read, those inside a zip file or an attached mail too. Each has been kept
    before it is opened; what was inside is kept as a file of its own."""
    if not mail.files:
        return ()
    from ..documents.isolated_reader import ReadingUnavailableError

    try:
        read = tuple(found for file in mail.files for found in this.reader().read(file.content))
    except ReadingUnavailableError as fault:
        raise OutsideUnavailableError(f"Returned files cannot be read now: {fault}.") from None
    for found in read:
        if found.within and found.content:
            this.originals.keep(found.content)
    return read


def _finish(this: Pass, mail: DealtMail, answered: DealtMail | None) -> None:
    """Send a mail's reply, unless a newer mail of that person and audit is answered in its place or the
    person has had today's reply already, and file it."""
    reply = mail.reply
    due = reply is not None and answered is mail and reply_day_of(reply.key) <= this.today
    if reply is not None and due and this.post(reply) is None:
        return  # the reply could not be worded: the mail stays unfinished until it can
    this.mailbox.file(mail.id, mail.outcome.folder, mail.filed_as)
    this.store.mail_filed(mail.id)


def post_replies_owed(this: Pass) -> None:
    """Send the replies that waited for their day: a person gets one a day about an audit. Only the newest
    mail is answered, and none that was answered since."""
    mails = this.store.replies_owed(this.today - timedelta(days=_OWED_DAYS))
    for mail in _newest(mails).values():
        reply = mail.reply
        if reply is not None and reply_day_of(reply.key) <= this.today:
            this.post(reply)


def _newest(mails: Iterable[DealtMail]) -> dict[MessageKey, DealtMail]:
    """The newest mail for each reply."""
    return {mail.reply.key: mail for mail in mails if mail.reply is not None}


def _intake(this: Pass) -> Intake:
    calendar, organisation = this.calendar(), this.store.organisation()

    def facts_of(audit: Audit) -> Mapping[str, Fact]:
        round_ = calendar.round(audit.allocation.round)
        return audit_facts(audit, round_, organisation, this.working, this.rules)

    def printed(audit: Audit) -> Mapping[str, str]:
        shown = prefill(facts_of(audit))
        return {key: shown[key] for key in _PRINTED}

    def due(audit: Audit) -> date:
        return audit.due(calendar.round(audit.allocation.round))

    def reply_day(about: str, person: Person) -> date:
        answered = this.store.posted(reply_key(about, this.today, person))
        return this.today + timedelta(days=1) if answered else this.today

    return Intake(
        today=this.today,
        forms=tuple(one for one in this.forms if one.key == this.form.key),
        registry=Registry(this.store.audit, organisation, this.store.seal_key()),
        form_known=this.store.form_known,
        facts_of=facts_of,
        due=due,
        questions=questions,
        printed=printed,
        reply_day=reply_day,
    )
