"""The store on SQLAlchemy Core: current rows and a hash-chained history, in one transaction each."""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from itertools import chain

from sqlalchemy import BindParameter, ColumnElement, bindparam, delete, func, insert, or_, select, update

from ..domain.audit import Audit
from ..domain.dealt_mail import DealtMail, Outcome
from ..domain.history import Event, PastEvent
from ..domain.ids import AuditRef, MessageKey, RoundId
from ..domain.message import Message
from ..domain.problem import Problem
from ..domain.report_version import Kept
from ..ports import OpenProblem, Sending, SendingState, SendingStep
from . import tables as t
from .dialect import upsert, wrote
from .follow_ups import FollowUpStore, put_changes
from .kept_reading import KeptReading, by_group
from .lease import LASTS
from .opening import open_engine
from .privacy import PrivacyStore
from .reporting import ReportStore
from .rows import facts_from, mail_from, mail_row, plain, received_row, sending_from
from .service_store import ServiceStore
from .sheet_store import SheetStore
from .statements import append, first_broken, put, put_claim, put_problems, read_audits, read_rounds, utc


class Database(SheetStore, FollowUpStore, ReportStore, ServiceStore, PrivacyStore):
    """The Store port on a database. Raises StoreUnavailableError whenever the database fails."""

    def __init__(self, url: str, lasts: timedelta = LASTS) -> None:
        """Open the store at a URL such as `sqlite:///audits.db` or `postgresql://host/audits`, making it when
        it is not there. `lasts` is how long a pass keeps a shared database while it writes nothing."""
        self._engine, self._lasts = open_engine(url), lasts
        self._kept_people = KeptReading(self._engine, (t.people, t.teams))
        self._kept_audits = KeptReading(self._engine, (t.audits, t.postings, t.returns))
        self._kept_mails = KeptReading(self._engine, (t.mails,))

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    def seal_key(self, wanted: bytes | None = None) -> bytes:
        """The secret that forms are sealed with, made on first asking."""
        name = t.facts.c.name == "seal key"
        with self._write() as db:
            kept = db.execute(select(t.facts.c.value).where(name)).scalar()
            if kept is None:
                kept = (wanted or secrets.token_bytes(32)).hex()
                put(db, t.facts, {"name": "seal key", "value": kept})
        return bytes.fromhex(kept)

    # Audits

    def audits(self, rounds: Collection[RoundId] | None = None) -> tuple[Audit, ...]:
        """The audits of these rounds, or all, by reference."""
        with self._engine.connect() as db:
            kept = self._kept_audits.found(db, self._lease)
            if rounds is None:
                # Years of them: those that are not kept already are let go again.
                kept, rounds = {**kept}, db.execute(select(t.audits.c.round).distinct()).scalars().all()
            found = by_group(kept, sorted(set(rounds)), lambda some: read_rounds(db, some))
        return tuple(sorted(chain.from_iterable(found), key=lambda one: one.reference))

    def audit(self, reference: AuditRef) -> Audit | None:
        """One audit."""
        with self._engine.connect() as db:
            rows = db.execute(select(t.audits).where(t.audits.c.reference == reference)).mappings().all()
            return next(iter(read_audits(db, rows)), None)

    # The outbox

    def sent(self, rounds: Collection[RoundId]) -> frozenset[MessageKey]:
        """The keys about these rounds, or about audits of them, that have gone or may have gone."""
        about: list[ColumnElement[bool]] = [t.outbox.c.about.in_(rounds)]
        about += [t.outbox.c.about.startswith(f"CFA-{r}-", autoescape=True) for r in rounds]
        wanted = select(t.outbox.c.key).where(t.outbox.c.state != "claimed", or_(*about))
        with self._engine.connect() as db:
            return frozenset(MessageKey(key) for key in db.execute(wanted).scalars())

    def rounds_extended(self, since: date) -> tuple[RoundId, ...]:
        """The rounds that have an audit whose extension runs, or ran out less than a month before `since`."""
        wanted = select(t.audits.c.round).where(t.audits.c.extension >= since - timedelta(days=31))
        with self._engine.connect() as db:
            return tuple(
                RoundId(one) for one in db.execute(wanted.distinct().order_by(t.audits.c.round)).scalars()
            )

    def sent_since(self, stamp: str) -> dict[str, int]:
        """How many messages of each kind have gone after an aware ISO stamp; all when it is empty."""
        gone = (t.outbox.c.settled_at > stamp, t.outbox.c.within == "", t.outbox.c.state == "sent")
        wanted = select(t.outbox.c.kind, func.count()).where(*gone)
        with self._engine.connect() as db:
            return {row[0]: row[1] for row in db.execute(wanted.group_by(t.outbox.c.kind))}

    def last_sent(self, kind: str, before: str) -> str:
        """The stamp of the last message of a kind that went before an ISO stamp, empty when none has."""
        mine = (t.outbox.c.kind == kind, t.outbox.c.settled_at < before)
        with self._engine.connect() as db:
            return db.execute(select(func.max(t.outbox.c.settled_at)).where(*mine)).scalar() or ""

    def claim(self, message: Message, stamp: datetime) -> SendingState | None:
        """Claim a key before sending."""
        row = {
            "key": message.key,
            "kind": message.kind,
            "about": message.key.split("/", 1)[0],
            "recipient": message.to.key,
            "address": message.to.address,
            "copied": [one.address for one in message.copied],
            "state": "claimed",
            "claimed_at": utc(stamp),
        }
        with self._write() as db:
            return put_claim(db, message, row)

    def settle(self, key: MessageKey, state: SendingState, stamp: datetime, event: Event) -> None:
        """Mark a claimed key as sent or doubtful."""
        with self._write() as db:
            db.execute(_SETTLE, {"this": key, "now": state, "stamp": utc(stamp)})
            append(db, [event], stamp)

    def free(self, key: MessageKey, event: Event, stamp: datetime) -> None:
        """Give up a claim, so that the key may be claimed again."""
        with self._write() as db:
            db.execute(delete(t.outbox).where(_with_parts(key)))
            append(db, [event], stamp)

    def step(self, key: MessageKey) -> SendingStep | None:
        """The last step of a letter, None before the first."""
        with self._engine.connect() as db:
            found = db.execute(select(t.sending_steps).where(t.sending_steps.c.key == key)).first()
        if found is None:
            return None
        return SendingStep(found.step, found.draft, datetime.fromisoformat(found.at), found.tries)

    def note_step(self, key: MessageKey, step: SendingStep) -> None:
        """Note a step of a letter, in the place of the one before."""
        with self._write() as db:
            put(db, t.sending_steps, {**plain(step), "key": key, "at": utc(step.at)})

    def forget_step(self, key: MessageKey) -> None:
        """Forget a letter's steps."""
        with self._write() as db:
            db.execute(delete(t.sending_steps).where(t.sending_steps.c.key == key))

    def posted(self, key: MessageKey) -> bool:
        """Whether a message under this key has been claimed, has gone or is doubtful."""
        with self._engine.connect() as db:
            return db.execute(select(t.outbox.c.key).where(t.outbox.c.key == key)).first() is not None

    def sendings(self, state: SendingState | None = None, about: str = "") -> tuple[Sending, ...]:
        """Messages by state, about one audit or round, or all; oldest first."""
        wanted = select(t.outbox).order_by(t.outbox.c.claimed_at, t.outbox.c.key)
        if state is not None:
            wanted = wanted.where(t.outbox.c.state == state)
        # What went in a mail with others is told of where its audit is asked about.
        wanted = wanted.where(t.outbox.c.about == about if about else t.outbox.c.within == "")
        with self._engine.connect() as db:
            rows = db.execute(wanted).mappings().all()
        return tuple(map(sending_from, rows))

    # Problems

    def open_problems(self) -> tuple[OpenProblem, ...]:
        """Every problem that stands, the sheet's first."""
        order = (t.problems.c.source != "sheet", t.problems.c.source, t.problems.c.row, t.problems.c.where)
        with self._engine.connect() as db:
            rows = db.execute(select(t.problems).order_by(*order)).mappings().all()
        return tuple(
            OpenProblem(
                row["source"],
                Problem(row["where"], row["what"], row["remedy"], row["stops"], row["row"]),
                row["first_seen"],
            )
            for row in rows
        )

    def set_problems(self, source: str, problems: Sequence[Problem], day: date) -> None:
        """Replace the problems of one source."""
        with self._write() as db:
            put_problems(db, source, problems, day)

    # What came in

    def learn_mail(
        self,
        mail: DealtMail,
        audit: Audit | None,
        events: Sequence[Event],
        stamp: datetime,
        changes: Sequence[Kept] = (),
    ) -> None:
        """Keep what a mail was and what it changed."""
        with self._write() as db:
            last = db.execute(select(func.max(t.mails.c.turn))).scalar() or 0
            row = {**mail_row(mail), "dealt_at": utc(stamp), "turn": last + 1}
            again = t.mails.c.outcome == Outcome.NEEDS_A_PERSON.value
            kept = upsert(db, t.mails).values(row)
            if not wrote(db, kept.on_conflict_do_update(index_elements=["id"], set_=row, where=again)):
                return
            if audit is not None and audit.received is not None:
                db.execute(insert(t.returns).values(received_row(audit.reference, audit.received)))
            put_changes(db, changes)
            append(db, events, stamp)

    def mail(self, mail_id: str) -> DealtMail | None:
        """A mail that was dealt with."""
        with self._engine.connect() as db:
            row = db.execute(select(t.mails).where(t.mails.c.id == mail_id)).mappings().first()
        return mail_from(row) if row else None

    def mails(self, after: str = "") -> tuple[DealtMail, ...]:
        """The mails dealt with after an aware ISO stamp, or all, oldest first."""
        if not after:
            return self._mails()
        with self._engine.connect() as db:
            kept = self._kept_mails.found(db, self._lease)
            if not kept or min(kept) > after:
                wanted = select(t.mails).where(t.mails.c.dealt_at > after).order_by(t.mails.c.turn)
                rows = db.execute(wanted).mappings()
                kept.clear()
                kept[after] = [(row["dealt_at"], mail_from(row)) for row in rows]
            return tuple(mail for dealt_at, mail in kept[min(kept)] if dealt_at > after)

    def mails_unfinished(self) -> tuple[DealtMail, ...]:
        """The mails that may still be owed a reply, or a place in their folder."""
        return self._mails(t.mails.c.filed.is_(False))

    def replies_owed(self, since: datetime) -> tuple[DealtMail, ...]:
        """The mails dealt with since a stamp whose reply has not gone."""
        gone = select(t.outbox.c.key).where(t.outbox.c.key == t.mails.c.reply_key).exists()
        mails = self._mails(t.mails.c.dealt_at >= utc(since), t.mails.c.reply.is_not(None), ~gone)
        return tuple(mail for mail in mails if mail.reply is not None)

    def _mails(self, *which: ColumnElement[bool]) -> tuple[DealtMail, ...]:
        wanted = select(t.mails).where(*which).order_by(t.mails.c.turn)
        with self._engine.connect() as db:
            return tuple(mail_from(row) for row in db.execute(wanted).mappings())

    def answer_under(self, mail_ids: Sequence[str], key: MessageKey) -> None:
        """Note that these mails are answered by the one message of this key, once it has gone."""
        with self._write() as db:
            db.execute(update(t.mails).where(t.mails.c.id.in_(mail_ids)).values(reply_key=key))

    def mail_filed(self, mail_id: str) -> None:
        """Note that the mail has been moved out of the inbox."""
        with self._write() as db:
            db.execute(update(t.mails).where(t.mails.c.id == mail_id).values(filed=True))

    def form_known(self, form: str) -> tuple[AuditRef, int] | None:
        """The audit and version that a form with this content hash was recorded as."""
        wanted = select(t.returns.c.reference, t.returns.c.version).where(t.returns.c.form == form)
        with self._engine.connect() as db:
            row = db.execute(wanted).first()
        return (AuditRef(row[0]), row[1]) if row else None

    # History

    def history(self, about: str = "") -> tuple[PastEvent, ...]:
        """The events about one audit or round, or all, oldest first."""
        wanted = select(t.history).order_by(t.history.c.seq)
        if about:
            wanted = wanted.where(t.history.c.about == about)
        with self._engine.connect() as db:
            rows = db.execute(wanted).mappings().all()
        return tuple(
            PastEvent(row["seq"], row["at"], Event(row["about"], row["what"], facts_from(row["facts"])))
            for row in rows
        )

    def broken_link(self) -> int | None:
        """The number of the first event whose hash does not fit its chain, None when all fit."""
        with self._engine.connect() as db:
            return first_broken(db.execute(select(t.history).order_by(t.history.c.seq)).mappings())


def _with_parts(key: MessageKey | BindParameter[str]) -> ColumnElement[bool]:
    """A message, and those that went in one mail with it."""
    return or_(t.outbox.c.key == key, t.outbox.c.within == key)


_SETTLE = (
    update(t.outbox)
    .where(_with_parts(bindparam("this", type_=t.outbox.c.key.type)))
    .values(state=bindparam("now"), settled_at=bindparam("stamp"))
)
