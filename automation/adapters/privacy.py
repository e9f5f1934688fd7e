"""The store's half for personal content: to whom it went, what there is of it, and taking it away."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select, update

from ..domain.dealt_mail import Outcome
from ..domain.history import Event
from ..domain.ids import AuditRef
from ..ports import Sending
from ..ports.privacy import Content, Kept
from . import tables as t
from .erasing import ANSWERED, erase_figures, erase_forms, erase_mails, erase_messages, unlink_case
from .rows import mail_from, sending_from
from .statements import append, put
from .transactions import Transactions

_TOMBSTONE, _MONTH = "erased ", "erased month "


class PrivacyStore(Transactions):
    """Keeps `ports.privacy.Privacy` on the database that `Database` opens."""

    def sent_to(self, person: str) -> tuple[Sending, ...]:
        """All that a person was sent, by staff key or address, copies too."""
        wanted, low = select(t.outbox).order_by(t.outbox.c.claimed_at, t.outbox.c.key), person.lower()
        with self._engine.connect() as db:
            rows = [sending_from(row) for row in db.execute(wanted).mappings()]
        return tuple(
            one
            for one in rows
            if low in (one.recipient.lower(), one.address.lower(), *(copy.lower() for copy in one.copied))
        )

    def sent_within(self, mail: str) -> tuple[Sending, ...]:
        """The messages that went in a mail with others."""
        wanted = select(t.outbox).where(t.outbox.c.within == mail).order_by(t.outbox.c.key)
        with self._engine.connect() as db:
            return tuple(sending_from(row) for row in db.execute(wanted).mappings())

    def content(self, reference: AuditRef) -> Content:
        """What there is about one audit."""
        with self._engine.connect() as db:
            mails = [mail_from(row) for row in db.execute(select(t.mails)).mappings()]
            mine = [one for one in mails if _only_about(one.reference, one.named, reference)]
            own, others = _hashes(db, reference)
            own |= {name for one in mine for name in one.forms}
            others |= {name for one in mails if one not in mine for name in one.forms}
            lists = [
                AuditRef(row.reference)
                for row in db.execute(select(t.action_lists).order_by(t.action_lists.c.reference))
                if any(one.startswith(f"{reference}-") for one in row.actions)
            ]
            filed = [(one.outcome.folder, one.filed_as) for one in mine if one.filed]
            listed = [one for one in mails if one.reference in lists and one.filed]
            quoting = select(t.mails.c.dealt_at).where(
                t.mails.c.id.in_([one.id for one in mine if one.notes or one.outcome in _QUOTED])
            )
            return Content(
                _count(db, t.returns, reference),
                _count(db, t.actions, reference),
                tuple(sorted(own - others)),
                tuple(sorted(own & others)),
                tuple(sorted({*filed, *((one.outcome.folder, one.filed_as) for one in listed)})),
                tuple(sorted(db.execute(quoting).scalars())),
                tuple(lists),
                bool(db.execute(select(t.audits.c.gone).where(t.audits.c.reference == reference)).scalar()),
            )

    def erase(
        self,
        reference: AuditRef,
        kinds: Collection[str],
        kept: Kept,
        event: Event,
        stamp: datetime,
        tombstone: str,
    ) -> None:
        """Take content of an audit away, in one transaction with its event and its tombstone."""
        with self._write() as db:
            counted = _counted_until(db, reference)
            mails = [mail_from(row) for row in db.execute(select(t.mails)).mappings()]
            mine = [one.id for one in mails if _only_about(one.reference, one.named, reference)]
            if "forms" in kinds:
                erase_forms(db, reference, kept)
                db.execute(update(t.mails).where(t.mails.c.id.in_(mine)).values(forms=[]))
            if "mails" in kinds:
                erase_mails(db, t.mails.c.id.in_(mine))
            if "messages" in kinds:
                erase_messages(db, t.outbox.c.about == reference)
            if "figures" in kinds:
                erase_figures(db, reference)
            gone = db.execute(select(t.audits.c.gone).where(t.audits.c.reference == reference)).scalar()
            if "figures" in kinds or gone:
                unlink_case(db, reference)
            put(db, t.facts, {"name": _TOMBSTONE + reference, "value": tombstone})
            append(db, [event], stamp)
            _recount_not(db, reference, counted)

    def erase_month(self, month: str, kinds: Collection[str], event: Event, stamp: datetime) -> None:
        """Take away what is about no audit and of this month."""
        with self._write() as db:
            known = db.execute(select(t.audits.c.reference)).scalars().all()
            if "mails" in kinds:
                erase_mails(db, *_of_month(db, month))
                db.execute(update(t.mails).where(*_of_month(db, month)).values(forms=[]))
            if "messages" in kinds:
                erase_messages(db, t.outbox.c.claimed_at.startswith(month), t.outbox.c.about.not_in(known))
            put(db, t.facts, {"name": _MONTH + month, "value": " ".join(sorted(kinds))})
            append(db, [event], stamp)

    def files_of_month(self, month: str) -> tuple[str, ...]:
        """The files of a month's mails that are about no audit, and that nothing else has."""
        with self._engine.connect() as db:
            mine = db.execute(select(t.mails.c.id, t.mails.c.forms).where(*_of_month(db, month))).all()
            ids = {row.id for row in mine}
            _, others = _hashes(db, AuditRef(""))
            rest = db.execute(select(t.mails.c.id, t.mails.c.forms)).all()
            others |= {name for row in rest if row.id not in ids for name in row.forms}
        return tuple(sorted({name for row in mine for name in row.forms} - others))

    def tombstones(self) -> Mapping[str, str]:
        """What was kept in the place of erased content, by reference."""
        wanted = select(t.facts).where(t.facts.c.name.startswith(f"{_TOMBSTONE}CFA-"))
        with self._engine.connect() as db:
            return {row.name.removeprefix(_TOMBSTONE): row.value for row in db.execute(wanted)}

    def held(self) -> tuple[Mapping[str, Collection[str]], Mapping[str, Collection[str]]]:
        """The kinds of which there still is something, by audit and by month."""
        audits: dict[str, set[str]] = defaultdict(set)
        months: dict[str, set[str]] = defaultdict(set)
        with self._engine.connect() as db:
            known = set(db.execute(select(t.audits.c.reference)).scalars())
            for reference in db.execute(select(t.returns.c.reference).distinct()).scalars():
                audits[reference].add("forms")
            for row in db.execute(select(t.mails.c.reference, t.mails.c.dealt_at, t.mails.c.sender)):
                place, name = (
                    (audits, row.reference) if row.reference in known else (months, row.dealt_at[:7])
                )
                if row.sender:
                    place[name].add("mails")
            addressed = select(t.outbox.c.about, t.outbox.c.claimed_at).where(t.outbox.c.address != "")
            for about, at in db.execute(addressed):
                place, name = (audits, about) if about in known else (months, at[:7])
                place[name].add("messages")
            for reference, case in db.execute(select(t.audits.c.reference, t.audits.c.case_number)):
                if case != f"erased-{reference}":
                    audits[reference].add("figures")
        for reference, told in self.tombstones().items():
            audits[reference] -= set(json.loads(told)["kinds"]) & {"forms"}
        return audits, months

    def compact(self) -> str:
        """Write the database anew without what was taken away."""
        if self.shared:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
                for table in t.metadata.sorted_tables:
                    db.exec_driver_sql(f"VACUUM FULL {table.name}")
            return (
                "PostgreSQL has written its tables anew. Its write-ahead log, archives and standbys hold "
                "what was there until they are recycled: ask the database’s administrator."
            )
        raw = self._engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA temp_store=MEMORY")  # its copy must not lie in a temporary file
            for what in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                cursor.execute(what).fetchall()
        finally:
            raw.close()
        return ""


_QUOTED = (Outcome.NEEDS_A_PERSON, Outcome.INCOMPLETE, Outcome.RECORDED_WITH_QUESTIONS)
"""The outcomes whose reason the digest tells, which may quote what was written."""


def _only_about(about: AuditRef | None, named: Collection[str], reference: AuditRef) -> bool:
    """Whether a mail is this audit's, and nobody else's."""
    return about == reference or (about is None and set(named) == {reference})


def _of_month(db: Connection, month: str) -> tuple[ColumnElement[bool], ...]:
    """A month's mails about no audit."""
    known = db.execute(select(t.audits.c.reference)).scalars().all()
    about_none = or_(t.mails.c.reference.is_(None), t.mails.c.reference.not_in(known))
    return t.mails.c.dealt_at.startswith(month), about_none


def _hashes(db: Connection, reference: AuditRef) -> tuple[set[str], set[str]]:
    """The files that an audit's own forms came in, and those of all other forms and reports."""
    own: set[str] = set()
    others = set(db.execute(select(t.report_versions.c.content)).scalars())
    for row in db.execute(select(t.returns.c.reference, t.returns.c.form)):
        (own if row.reference == reference else others).add(row.form)
    for table, column in ANSWERED:
        for row in db.execute(select(table.c.reference, table.c[column].label("given"))):
            if row.given:
                (own if row.reference == reference else others).add(row.given["form"])
    return own, others


def _count(db: Connection, table: Table, reference: AuditRef) -> int:
    mine = select(func.count()).select_from(table).where(table.c.reference == reference)
    return int(db.execute(mine).scalar() or 0)


def _round(reference: AuditRef) -> str:
    return reference.removeprefix("CFA-").rsplit("-", 1)[0]


def _newest(db: Connection, round_: str) -> Any:
    about = t.history.c.about
    mine = (about >= f"CFA-{round_}-", about < f"CFA-{round_}.")
    return db.execute(select(func.max(t.history.c.seq)).where(*mine)).scalar() or 0


def _counted_until(db: Connection, reference: AuditRef) -> bool:
    """Whether the figures of the audit's round have been counted since anything last happened in it."""
    round_ = _round(reference)
    number = db.execute(select(t.rolled_up.c.number).where(t.rolled_up.c.round == round_)).scalar()
    return number is not None and number >= _newest(db, round_)


def _recount_not(db: Connection, reference: AuditRef, counted: bool) -> None:
    """Let figures that were counted stand: words that are gone would be missing from a new count."""
    if counted:
        round_ = _round(reference)
        stands = {"number": _newest(db, round_)}
        db.execute(update(t.rolled_up).where(t.rolled_up.c.round == round_).values(stands))
