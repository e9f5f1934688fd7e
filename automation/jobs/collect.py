"""Collect: every mail in the inbox gets one outcome, its reply and its folder."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from ..domain.audit import Audit
from ..domain.audit_facts import audit_facts
from ..domain.form import Reading
from ..domain.grading import questions
from ..domain.history import Event
from ..domain.intake import DealtMail, Decision, Intake, OpenedFile, Outcome, decide
from ..domain.message import Fact, Mail
from ..ports import MailUnreadableError, OutsideUnavailableError
from .this_pass import Pass, log

_LONDON = ZoneInfo("Europe/London")


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
    for mail in this.store.mails_unfinished():
        this.each(f"mail {mail.id[:12]}", functools.partial(_finish, this, mail))


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
        files = tuple(_opened(mail, kept_as, intake))
        return decide(mail, on, files, intake)
    except OutsideUnavailableError:
        raise
    except Exception:  # noqa: BLE001 - logged; one mail must not stop the others
        log.exception("mail %s: a fault in the program", mail_id[:12])
        why = "A fault in the program stopped this mail. Tell IT: the log has the details."
        held = DealtMail(mail_id, on, mail.sender, Outcome.NEEDS_A_PERSON, why, forms=kept_as)
        return Decision(replace(held, form_waits=True))


def _opened(mail: Mail, kept_as: tuple[str, ...], intake: Intake) -> Iterator[OpenedFile]:
    """The mail's files as they read. Each has been kept before it is opened."""
    from ..documents.form_reader import NotReadableError, read_form

    for file, kept in zip(mail.files, kept_as, strict=True):
        try:
            yield OpenedFile(kept, read_form(intake.form, file.content))
        except NotReadableError as error:
            yield OpenedFile(kept, None, f"{error.problem.where} {error.problem.what}", error.problem.remedy)


def _finish(this: Pass, mail: DealtMail) -> None:
    if mail.reply is not None and this.post(mail.reply) is None:
        return  # the reply could not be worded: the mail stays unfinished until it can
    this.mailbox.file(mail.id, mail.outcome.folder, mail.filed_as)
    this.store.mail_filed(mail.id)


def _intake(this: Pass) -> Intake:
    calendar, organisation = this.calendar(), this.store.organisation()

    def facts_of(audit: Audit) -> Mapping[str, Fact]:
        round_ = calendar.round(audit.allocation.round)
        return audit_facts(audit, round_, organisation, this.working, this.rules)

    def due(audit: Audit) -> date:
        return audit.due(calendar.round(audit.allocation.round))

    def asked(reading: Reading) -> tuple[str, ...]:
        return questions(this.form, reading)

    return Intake(
        form=this.form,
        organisation=organisation,
        find=this.store.audit,
        form_known=this.store.form_known,
        facts_of=facts_of,
        due=due,
        questions=asked,
    )
