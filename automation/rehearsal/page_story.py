"""What the rehearsal's page shows of concerns, moderations and actions, with links to their mails."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..adapters.eml_folder import sent_name
from ..domain.action import Action
from ..domain.audit import Audit
from ..domain.concerns import CONCERN
from ..domain.dealt_mail import DealtMail
from ..domain.dispute import DECISION
from ..domain.dispute_messages import DISPUTE
from ..domain.dispute_messages import REMINDER as DISPUTE_REMINDER
from ..domain.follow_up import ActionList, Answered, Dispute, Moderation
from ..domain.grading import declares_concern
from ..domain.history import PastEvent
from ..domain.ids import AuditRef, MessageKey
from ..domain.message import Fact
from ..domain.moderation import FINAL_GRADE, MODERATED_GRADE, grade_given, shift
from ..domain.moderation_messages import OUTCOME, PACK
from ..domain.moderation_messages import REMINDER as MODERATION_REMINDER
from ..domain.people import Organisation
from ..ports import Sending, Store

Row = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Story:
    """What is looked at: the round's audits, their messages, all that came in, and everybody."""

    store: Store
    audits: Mapping[AuditRef, Audit]
    sendings: Mapping[AuditRef, Sequence[Sending]]
    mails: Sequence[DealtMail]
    organisation: Organisation
    scale: Sequence[str]
    today: date

    def concerns(self) -> tuple[Row, ...]:
        """Each audit whose form declared an immediate concern, and who was told."""
        return tuple(
            {
                "reference": one.reference,
                "by": self.name(one.received.sender),
                "came": self._came_with(one.reference, one.received.form),
                "told": tuple(self.sent(one.reference, CONCERN)),
                "dealt_with": one.allocation.concern_confirmed,
            }
            for one in self.audits.values()
            if one.received is not None and declares_concern(one.received.answers)
        )

    def moderations(self) -> tuple[Row, ...]:
        """Each moderation: both grades, the shift, its mails, and what was disputed and decided."""
        found = (one for one in self.store.moderations() if one.reference in self.audits)
        return tuple(self._moderation(one) for one in found)

    def _moderation(self, one: Moderation) -> Row:
        given = grade_given(self.audits[one.reference])
        now = one.answered.answers.get(MODERATED_GRADE, "") if one.answered else ""
        steps = shift(given, now, self.scale)
        disputes = self.store.disputes(one.reference)
        return {
            "reference": one.reference,
            "moderator": self.name(one.moderator),
            "why": one.why,
            "given": given,
            "now": now or "not back yet",
            "shift": "up" if steps > 0 else "down" if steps < 0 else "same" if now else "",
            "asked": tuple(self.sent(one.reference, PACK, MODERATION_REMINDER)),
            "came": self._answer(one.reference, one.answered),
            "told": tuple(self.sent(one.reference, OUTCOME)),
            "disputes": tuple(self._dispute(each) for each in disputes),
        }

    def _dispute(self, one: Dispute) -> Row:
        decided = one.decided.answers if one.decided else {}
        return {
            "kind": one.kind,
            "by": " and ".join(
                self.name(each.person)
                for each in self.store.responses(one.reference)
                if each.answered.answers.get(f"accept_{one.kind}") == "No"
            ),
            "decider": self.name(one.decider),
            "decided": decided.get(FINAL_GRADE) or decided.get(DECISION) or "not decided yet",
            "asked": tuple(self.sent(one.reference, DISPUTE, DISPUTE_REMINDER, to=one.decider)),
            "came": self._answer(one.reference, one.decided),
            "told": tuple(self.sent(one.reference, f"dispute_outcome_{one.kind}")),
        }

    def actions(self) -> tuple[Row, ...]:
        """Each action as it stands, with whom, and the lists that it stood on."""
        lists, handed = self.store.action_lists(), self._handed_on()
        return tuple(
            self._action(one, [each for each in lists if one.id in each.actions], handed.get(one.id, ()))
            for one in self.store.actions(list(self.audits))
        )

    def _action(self, one: Action, lists: Sequence[ActionList], handed: Sequence[PastEvent]) -> Row:
        state: str = one.state
        if one.same_as:
            state = f"repeats {one.same_as.rsplit('-', 1)[1]}"
        return {
            "id": one.id,
            "text": one.text,
            "owner": one.owner,
            "due": one.due,
            "state": state,
            "overdue": one.overdue(self.today),
            "on": one.verified_on or one.done_on if one.state in ("done", "verified") else None,
            "supervision_on": one.supervision_on,
            "with": self.name(one.manager) if one.manager else "",
            "handed": tuple(
                {
                    "from": self.name(str(past.event.facts.get("from"))),
                    "day": date.fromisoformat(past.at[:10]),
                }
                for past in handed
            ),
            "lists": tuple(
                {"name": each.reference.removeprefix("CFA-"), "place": each.reference} for each in lists
            ),
        }

    def _handed_on(self) -> Mapping[str, Sequence[PastEvent]]:
        found: dict[str, list[PastEvent]] = {}
        for past in self.store.history():
            if past.event.what.endswith(" handed on"):
                found.setdefault(past.event.what.removesuffix(" handed on"), []).append(past)
        return found

    def lists(self) -> tuple[Row, ...]:
        """Each list of actions: whom it went to, and what came back."""
        return tuple(
            {
                "reference": one.reference,
                "what": "oversight" if one.kind == "oversight" else "update",
                "to": self.name(one.person),
                "actions": len(one.actions),
                "mails": tuple(sorted(self._about(one), key=lambda row: str(row["day"]))),
                "answered": one.answered is not None,
            }
            for one in self.store.action_lists()
        )

    def _about(self, listed: ActionList) -> Iterator[Row]:
        """The mails about a list: as it went, what came back, and our answers."""
        came = [mail for mail in self.mails if mail.reference == listed.reference]
        links = list(self._links(self.store.sendings(about=listed.reference)))
        yield from (one for one in links if one["what"] != "form received")
        for one in came:
            yield {"day": one.on, "what": "came back", "to": "", "link": came_link(one)}
        yield from (one for one in links if one["what"] == "form received")

    def sent(self, reference: AuditRef, *kinds: str, to: str = "") -> Iterator[Row]:
        """The messages of these kinds about an audit, each with its link."""
        mine = (one for one in self.sendings[reference] if not to or one.recipient == to)
        return self._links(mine, *kinds)

    def _links(self, sendings: Iterator[Sending] | Sequence[Sending], *kinds: str) -> Iterator[Row]:
        return (
            {
                "day": _day(one.claimed_at),
                "what": one.kind.replace("_", " "),
                "to": self.name(one.recipient),
                "link": link(one),
            }
            for one in sendings
            if not kinds or one.kind in kinds
        )

    def _answer(self, reference: AuditRef, answered: Answered | None) -> Row | None:
        return self._came_with(reference, answered.form) if answered else None

    def _came_with(self, reference: AuditRef, form: str) -> Row | None:
        """The mail that brought a form."""
        found = (one for one in self.mails if one.reference == reference and form in one.forms)
        mail = next(found, None)
        return {"day": mail.on, "link": came_link(mail)} if mail else None

    def name(self, key: str) -> str:
        """Somebody's name."""
        people = self.organisation.people.values()
        found = (one.name for one in people if key in (one.key, one.address))
        return next(found, key)


def _day(stamp: str) -> date:
    return date.fromisoformat(stamp[:10])


def link(one: Sending) -> str:
    """Where a message lies: in its own mail, or in one with others."""
    return f"mailbox/sent/{sent_name(MessageKey(one.within or one.key))}"


def came_link(mail: DealtMail) -> str:
    """Where a mail that came in lies."""
    return f"mailbox/filed/{mail.outcome.folder}/{mail.filed_as}.eml"
