"""Collect: every mail in the inbox gets one outcome, its reply and its folder."""

import contextlib
import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from ..brakes import hold
from ..domain.audit import Audit
from ..domain.audit_facts import audit_facts
from ..domain.dealt_mail import DealtMail, Outcome
from ..domain.follow_up_intake import PASSED_ON, FollowUps
from ..domain.history import Event
from ..domain.holding import asks_to_stop
from ..domain.identify import Registry, person_at
from ..domain.ids import AuditRef, StaffKey
from ..domain.intake import Decision, Intake, decide
from ..domain.message import Fact, Mail
from ..domain.opened_file import ReadFile
from ..domain.problem import Problem
from ..domain.questions import questions
from ..ports import MailUnreadableError, OutsideUnavailableError
from .attachments import FORMS, prefill
from .concerns import raise_concerns
from .replying import answered_pair, post_replies
from .report_mail import report_mail
from .this_pass import Pass, log
from .trying import begin, done

_LONDON = ZoneInfo("Europe/London")
_PRINTED = ("plan_type", "team", "social_worker", "team_manager", "auditor")
"""What a form is looked at for, of all that was filled in: dates may have moved since."""
_MOST_FILES, _MOST_CONVERTED = 20, 5
"""So many files of a mail are opened, and so many of them converted: each may take seconds."""


def collect(this: Pass) -> None:
    """Deal with every mail that has wholly arrived: keep, decide, record, raise what is urgent, reply, file.
    In this order, so that whatever breaks it off, the next pass goes on from what was recorded."""
    intake = _intake(this)
    try:
        for mail_id in this.mailbox.inbox():
            this.each(f"mail {mail_id[:12]}", functools.partial(_deal, this, mail_id, intake))
    finally:
        # Whatever has stopped the dealing: a concern that was recorded before it waits for nothing.
        raise_concerns(this)
    unfinished = this.store.mails_unfinished()
    post_replies(this, {pair for mail in unfinished if (pair := answered_pair(mail))})
    for mail in unfinished:
        this.each(f"mail {mail.id[:12]}", functools.partial(_file, this, mail))


def _deal(this: Pass, mail_id: str, intake: Callable[[], Intake]) -> None:
    known, tries = this.store.mail(mail_id), f"opening {mail_id}"
    if known is not None and not known.filed:
        done(this.store, tries)  # a pass may have been broken off after it was recorded
        return
    if known is not None and known.outcome is not Outcome.NEEDS_A_PERSON:
        _file(this, known)
        return
    decision = _tried(this, mail_id, intake, tries)
    dealt = decision.mail
    if known is not None and (known.outcome, known.why) == (dealt.outcome, dealt.why):
        # Somebody has put it back to be looked at anew, and nothing that it was held for has changed.
        _file(this, known)
        done(this.store, tries)
        return
    about = dealt.reference or "mail"
    facts: dict[str, Fact] = {"mail": dealt.id, "forms": dealt.forms, "arrived": dealt.on}
    event = Event(about, f"return {dealt.outcome.value}", facts)
    events = (event, *decision.events)
    this.store.learn_mail(dealt, decision.audit, events, this.stamp, decision.changes)
    done(this.store, tries)


def _tried(this: Pass, mail_id: str, intake: Callable[[], Intake], tries: str) -> Decision:
    """What a mail is, unless it has ended this program three times: then it is not opened again."""
    if not begin(this.store, tries):
        why = "The program ended three times while it read this mail, so it was not opened again. Tell IT."
        return Decision(DealtMail(mail_id, this.today, "", Outcome.NEEDS_A_PERSON, why, form_waits=True))
    try:
        return _decision(this, mail_id, intake())
    except OutsideUnavailableError:
        done(this.store, tries)
        raise


def _file(this: Pass, mail: DealtMail) -> None:
    try:
        this.mailbox.file(mail.id, mail.outcome.folder, mail.filed_as)
    except MailUnreadableError as fault:
        what = f"A mail that was dealt with could not be filed. {fault}"
        remedy = f"Move it from the inbox to the folder {mail.outcome.folder} by hand."
        this.problems.append(Problem(f"mail {mail.id[:12]}", what, remedy))
        return
    this.store.mail_filed(mail.id)


def _decision(this: Pass, mail_id: str, intake: Intake) -> Decision:
    """What a mail is. One that cannot be read, or that a fault of ours stops, goes to a person: it must
    neither stop the others nor have its sender chased."""
    try:
        mail = this.mailbox.open(mail_id)
    except MailUnreadableError as fault:
        kept: tuple[str, ...] = ()
        with contextlib.suppress(MailUnreadableError):
            kept = (this.originals.keep(this.mailbox.original(mail_id)),)
        why = f"This mail cannot be read. {fault}"
        return Decision(DealtMail(mail_id, this.today, "", Outcome.NEEDS_A_PERSON, why, forms=kept))
    order = asks_to_stop(mail, {one.address.lower() for one in this.officers})
    if order == "stop":
        return _stopped(this, mail)
    # A Date header in the future would make a return late that is not.
    on = min(mail.received.astimezone(_LONDON).date(), this.today)
    kept_as = tuple(this.originals.keep(file.content) for file in mail.files)
    try:
        if (of_report := report_mail(this, mail, on, kept_as)) is not None:
            return of_report
        if order:
            return _stopped(this, mail)
        files = _opened(this, mail, intake)
        decision = decide(mail, on, files, intake)
        inside = (this.originals.keep(found.content) for found in files if found.content)
        return replace(decision, mail=replace(decision.mail, forms=tuple(dict.fromkeys((*kept_as, *inside)))))
    except OutsideUnavailableError:
        raise
    except Exception:  # noqa: BLE001 - logged; one mail must not stop the others
        log.exception("mail %s: a fault in the program", mail_id[:12])
        why = "A fault in the program stopped this mail. Tell IT: the log has the details."
        held = DealtMail(mail_id, on, mail.sender, Outcome.NEEDS_A_PERSON, why, forms=kept_as)
        return Decision(replace(held, form_waits=True))


def _stopped(this: Pass, mail: Mail) -> Decision:
    """Hold all sending, before the mail is known as dealt with: should we die in between, it is read anew."""
    hold(this.store, f"{mail.sender} asked for it by mail.", this.stamp)
    why = "This mail asked to hold all sending, and it is held."
    return Decision(DealtMail(mail.id, this.today, mail.sender, Outcome.NEEDS_A_PERSON, why))


def _opened(this: Pass, mail: Mail, intake: Intake) -> tuple[ReadFile, ...]:
    """The mail's files as they read, those inside a zip file or an attached mail too; without trimmings such
    as a signature or a contact card. Each has been kept before it is opened."""
    if not mail.files:
        return ()
    from ..documents.file_kinds import TRIMMINGS
    from ..documents.isolated_reader import ReadingUnavailableError

    # Whoever is not of the council, or only claims to be, is not worth a conversion's second.
    known = person_at(mail.sender, intake.organisation) is not None and not mail.disproved
    read: list[ReadFile] = []
    try:
        for number, file in enumerate(mail.files[:_MOST_FILES]):
            read += this.reader().read(file.content, convert=known and number < _MOST_CONVERTED)
    except ReadingUnavailableError as fault:
        raise OutsideUnavailableError(f"Returned files cannot be read now: {fault}.") from None
    return tuple(found for found in read if found.kind not in TRIMMINGS)


def _intake(this: Pass) -> Callable[[], Intake]:
    """What mails are weighed against, made when the first one is."""
    return functools.cache(lambda: _made_intake(this))


def _made_intake(this: Pass) -> Intake:
    calendar, organisation = this.calendar(), this.store.organisation()

    def facts_of(audit: Audit) -> Mapping[str, Fact]:
        round_ = calendar.round(audit.allocation.round)
        return audit_facts(audit, round_, organisation, this.working, this.rules)

    def printed(audit: Audit) -> Mapping[str, str]:
        shown = prefill(facts_of(audit))
        return {key: shown[key] for key in _PRINTED}

    def due(audit: Audit) -> date:
        return audit.due(calendar.round(audit.allocation.round))

    return Intake(
        forms=tuple(one for one in this.forms if one.key == this.form.key),
        registry=Registry(this.store.audit, organisation, this.store.seal_key()),
        form_known=this.store.form_known,
        facts_of=facts_of,
        due=due,
        questions=questions,
        follow_ups=_follow_ups(this),
        printed=printed,
    )


def _follow_ups(this: Pass) -> FollowUps:
    store = this.store

    def told(reference: AuditRef) -> frozenset[StaffKey]:
        gone = (one for one in store.sendings("sent", reference) if one.kind == "moderation_outcome")
        return frozenset(StaffKey(one.recipient) for one in gone)

    def passed_on(kind: str, reference: AuditRef) -> bool:
        follows = PASSED_ON.get(kind)
        return follows is not None and any(one.kind == follows for one in store.sendings(about=reference))

    return FollowUps(
        forms={one.key: one for one in reversed(this.forms) if one.key in FORMS},
        seal_key=store.seal_key(),
        audit=store.audit,
        moderation=store.moderation,
        responses=store.responses,
        disputes=store.disputes,
        action_list=store.action_list,
        actions=store.actions,
        told=told,
        passed_on=passed_on,
    )
