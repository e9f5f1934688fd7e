"""Who answers the forms that follow a return, and when: moderators, those who disagree with them, those who
decide, and managers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..documents.form_fill import fill
from ..domain.calendar import Round, WorkingCalendar
from ..domain.ids import AuditRef
from . import managers, moderators
from .mails import Brought, reply

_BODY = "The form is attached.\n\nKind regards\n"

Asked = Mapping[tuple[AuditRef, str, str], Sequence[Brought]]
"""The forms that follow a return, by what they are about, their kind and who got them, oldest first."""


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Everybody who is asked something once an audit is back. `scale` are the grades, best first, `auditors`
    the addresses of those who were sent each audit's form, `gone` those of whoever has left."""

    round: Round
    working: WorkingCalendar
    scale: Sequence[str]
    auditors: Mapping[AuditRef, Collection[str]]
    gone: Collection[str]

    def replies(self, day: date, asked: Asked) -> Iterator[bytes]:
        """The mails that they send on `day`. The newest form is the one that is answered."""
        for mails in asked.values():
            one = mails[-1]
            if one.to not in self.gone and self._day(mails) == day:
                answers, rows = self._written(one, day)
                document = fill(one.form, answers, rows)
                name = f"{one.reference} {one.kind}.docx"
                yield reply(one, day, f"RE: {one.subject}", _BODY, document, name)

    def _day(self, mails: Sequence[Brought]) -> date | None:
        one = mails[-1]
        if one.kind == moderators.MODERATION:
            return moderators.moderation_day(one, self.working)
        if one.kind == moderators.RESPONSE:
            return moderators.response_day(one, self.working, self._is_auditor(one))
        if one.kind in moderators.DECISIONS:
            return moderators.decision_day(one, self.working)
        return managers.answer_day(mails, self.working)

    def _written(self, one: Brought, day: date) -> moderators.Written:
        if one.kind == moderators.MODERATION:
            return moderators.moderation(one, day, self.scale)
        if one.kind == moderators.RESPONSE:
            return moderators.response(one, self._is_auditor(one))
        if one.kind in moderators.DECISIONS:
            return moderators.decision(one, day)
        return managers.answered(one, day, self.round, self.working)

    def _is_auditor(self, one: Brought) -> bool:
        return one.to in self.auditors.get(one.reference, ())
