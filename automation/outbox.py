"""The only way out for mail: checked, claimed, sent, marked; and looked for before anything is repeated."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum

from .brakes import Brakes
from .domain.bounced import WITHIN_DAYS, CameBack, abouts, came_back
from .domain.history import Event
from .domain.holding import is_concern
from .domain.ids import MessageKey
from .domain.message import Fact, Letter, Message, Recipient, file_facts
from .domain.problem import Problem
from .ports import LetterRefusedError, Mailbox, StoppedError, Store, UncertainError, UndecidedError


class Posted(Enum):
    """What became of a message. Having gone before is an ordinary outcome."""

    SENT = "sent"
    ALREADY_SENT = "already sent"
    UNDECIDED = "handed over; whether it has gone is told later"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    HELD = "held"
    WITHHELD = "withheld: this is a trial"


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may be written to. `domains` are the council's, lower case (brief: a list, fail closed)."""

    domains: frozenset[str]
    valid: Callable[[str], bool]
    """Whether a text is one well-formed address."""

    def refuses(self, message: Message) -> str:
        """Why a message may not go, empty when it may."""
        people = (message.to, *message.copied)
        if len({one.address.lower() for one in people}) < len(people):
            return "two of its recipients have one address"
        for one in people:
            if not self._allowed(one):
                return f"the address of {one.key} is not one valid address at a listed domain"
        return ""

    def _allowed(self, one: Recipient) -> bool:
        domain = one.address.rpartition("@")[2].lower()
        return domain in self.domains and self.valid(one.address)


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial: messages go only to these addresses, in lower case; what would go to others is kept."""

    only: frozenset[str]
    kept: Mailbox


class Outbox:
    """Posts messages, each key at most once, whatever dies in between."""

    def __init__(
        self,
        store: Store,
        mailbox: Mailbox,
        guard: Guard,
        stamp: datetime,
        brakes: Brakes | None = None,
        trial: Trial | None = None,
        told_to_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """`stamp` is the aware time of this pass: the date that letters carry. Once `told_to_stop` says so,
        nothing more is begun."""
        self._brakes, self._trial, self._told_to_stop = brakes, trial, told_to_stop
        self._store, self._mailbox, self._guard, self.stamp = store, mailbox, guard, stamp
        self._back: CameBack | None = None
        self._undecided: set[MessageKey] = set()
        self.problems: list[Problem] = brakes.problems if brakes else []
        self.sent: Counter[str] = Counter()
        """How many messages of each kind went in this pass."""

    def came_back(self, *, anew: bool = False) -> CameBack:
        """What delivery reports say of the messages that have gone, read once, or `anew` after mail came."""
        if self._back is None or anew:
            since = self.stamp.astimezone(UTC) - timedelta(days=WITHIN_DAYS)
            mails = self._store.mails(since.isoformat())
            reports = [mail for mail in mails if mail.bounces]
            about = sorted({one for mail in reports for one in abouts(mail)})
            gone = [one for name in about for one in self._store.sendings(about=name)]
            self._back = came_back(mails, [one for one in gone if one.state != "claimed"])
        return self._back

    def post(self, message: Message, letter: Callable[[], Letter]) -> Posted:
        """Send a message unless its key has gone before.

        `letter` words it and is called only when it must go; what it raises leaves nothing claimed. The
        mailbox is asked before anything is sent. Raises
        MailboxUnavailableError when the mailbox cannot be reached: the claim then stays open.
        """
        why = self._guard.refuses(message) or self._dead(message.to)
        if why:
            self._report(message, f"was not sent: {why}.", "Correct the address in the Staff sheet.")
            return Posted.REFUSED
        if not is_concern(message):
            self.check_stop()
        if self._brakes is not None and self._brakes.stops(message):
            return Posted.HELD
        if self._trial is not None:
            if message.to.address.lower() not in self._trial.only:
                return self._withheld(self._trial, message, letter)
            kept = tuple(one for one in message.copied if one.address.lower() in self._trial.only)
            message = replace(message, copied=kept)
        dropped = tuple(one for one in message.copied if self._dead(one))
        message = replace(message, copied=tuple(one for one in message.copied if one not in dropped))
        worded = replace(letter(), copied=message.copied)
        state = self._store.claim(message, self.stamp)
        if state == "sent":
            return Posted.ALREADY_SENT
        if state == "doubtful":
            return Posted.DOUBTFUL
        if message.key in self._undecided:
            return Posted.UNDECIDED
        try:
            # Asked even of a key that the store has never seen: the store may be an old one, restored.
            if self._mailbox.has_sent(message.key):
                # That mail may have held other parts than these: only a person can see which.
                unknown = bool(message.parts) and state is None
                return self._settle(message, Posted.DOUBTFUL if unknown else Posted.ALREADY_SENT)
            # Wording and looking take time, and this process may have been stopped for longer.
            self._store.check_lease()
            self._mailbox.send(worded, message.key)
            self.sent[message.kind] += 1
            if self._brakes is not None:
                self._brakes.count(message)
            for one in dropped:
                what = f"went without its copy: mail to the address of {one.key} came back."
                self._report(message, what, "Correct the address in the Staff sheet.")
        except UndecidedError:
            self._undecided.add(message.key)
            return Posted.UNDECIDED
        except UncertainError:
            return self._settle(message, Posted.DOUBTFUL, worded)
        except LetterRefusedError as refusal:
            self._report(message, f"was refused by the mailbox: {refusal}.", "Mend that, or tell IT.")
            return Posted.REFUSED
        return self._settle(message, Posted.SENT, worded)

    def check_stop(self) -> None:
        """Raise StoppedError when the service was told to stop."""
        if self._told_to_stop():
            raise StoppedError("The service was told to stop. The next start goes on.")

    def kept_back(self) -> int | None:
        """How many messages a trial has kept back so far, None when it is no trial."""
        if self._trial is None:
            return None
        return sum(1 for _ in self._trial.kept.sent_since(datetime.min.replace(tzinfo=UTC)))

    @staticmethod
    def _withheld(trial: Trial, message: Message, letter: Callable[[], Letter]) -> Posted:
        """Word a message that would have gone, and keep it, once."""
        if not trial.kept.has_sent(message.key):
            trial.kept.send(replace(letter(), copied=message.copied), message.key)
        return Posted.WITHHELD

    def _dead(self, one: Recipient) -> str:
        """Why nothing more goes to a person's address, empty when mail to it does not come back. QA's own
        mail goes on: a digest that is not sent tells nobody anything."""
        if one.address.lower() not in self.came_back().dead or one.key.lower() == one.address.lower():
            return ""
        return f"mail to the address of {one.key} came back"

    def recover(self) -> None:
        """Settle every claim that a broken-off pass left open: sent, doubtful, or free when it had not gone.

        A free one goes again when its rule asks for it, and not when it is no longer due.
        """
        for sending in self._store.sendings("claimed"):
            to: dict[str, Fact] = {"to": sending.recipient}
            try:
                gone = self._mailbox.has_sent(sending.key)
            except UndecidedError:
                self._undecided.add(sending.key)
                continue
            except UncertainError:
                doubt = Event(sending.about, f"{sending.kind} is doubtful", to)
                self._store.settle(sending.key, "doubtful", self.stamp, doubt)
                continue
            if gone:
                found = Event(sending.about, f"{sending.kind} found sent", to)
                self._store.settle(sending.key, "sent", self.stamp, found)
            else:
                free = Event(sending.about, f"{sending.kind} had not gone", to)
                self._store.free(sending.key, free, self.stamp)

    def resolve(self, key: MessageKey, *, gone: bool) -> bool:
        """Settle a doubtful message as a person has found it. False when the key is not doubtful.

        One that has not gone is free again: the next pass sends it if its rule still asks for it.
        """
        found = next((one for one in self._store.sendings("doubtful") if one.key == key), None)
        if found is None:
            return False
        what = f"{found.kind} settled by a person as {'sent' if gone else 'not sent'}"
        event = Event(found.about, what, {"to": found.recipient})
        if gone:
            self._store.settle(key, "sent", self.stamp, event)
        else:
            self._store.forget_step(key)
            self._store.free(key, event, self.stamp)
        return True

    def _settle(self, message: Message, posted: Posted, worded: Letter | None = None) -> Posted:
        doubtful = posted is Posted.DOUBTFUL
        about = message.key.split("/", 1)[0]
        what = f"{message.kind} {'is doubtful' if doubtful else 'sent'}"
        facts: dict[str, Fact] = {"to": message.to.key, "copied": tuple(one.key for one in message.copied)}
        if worded is not None:
            facts |= {"key": message.key, "files": file_facts(worded.files)}
        event = Event(about, what, facts)
        self._store.settle(message.key, "doubtful" if doubtful else "sent", self.stamp, event)
        return posted

    def _report(self, message: Message, what: str, remedy: str) -> None:
        about = message.key.split("/", 1)[0]
        self.problems.append(Problem(about, f"The {message.kind.replace('_', ' ')} {what}", remedy))
