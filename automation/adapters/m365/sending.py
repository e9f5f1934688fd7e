"""Effectively once: a draft that carries the key, sent, and looked for before anything is repeated.

Graph has no idempotency key, and answers that say "failed" have been seen to deliver. So each letter goes in
steps, each noted before its call: made as a draft, handed over, taken, seen in Sent Items. What is unknown
is looked up by the draft's id, which stays the same (immutable ids), then by its key.
"""

from contextlib import suppress
from datetime import timedelta

from ...domain.ids import MessageKey
from ...domain.message import Letter, Marks, Recipient
from ...ports import (
    Clock,
    MailboxUnavailableError,
    OutsideUnavailableError,
    SendingStep,
    SendingSteps,
    Step,
    UncertainError,
    UndecidedError,
)
from .answers import NoAnswerError, RefusedError
from .calls import Graph
from .drafting import Drafting
from .drafts import part
from .lookup import Found, Lies, Lookup
from .pace import Pace

QUIET = timedelta(minutes=15)
"""So long a letter whose fate is unknown is left alone: Graph has delivered after it said that it failed."""
_MOST_TRIES = 2
"""So often a letter is handed over before a person has to look."""
_MOST_UNCLEAR = 2
"""So many hand-overs running without an answer end a pass."""
_LOOKS = (0.0, 1.0, 2.0, 4.0)
"""Seconds before each look for what was just taken: it may not be in Sent Items at once."""


class Sending:
    """The sending half of the mailbox. `user` is the mailbox as a part of a path."""

    def __init__(
        self,
        graph: Graph,
        pace: Pace,
        steps: SendingSteps,
        clock: Clock,
        sender: Recipient,
        marks: Marks,
    ) -> None:
        self._graph, self._pace, self._steps, self._clock = graph, pace, steps, clock
        self._user = f"/users/{part(sender.address)}"
        self._lookup = Lookup(graph, sender)
        self._drafting = Drafting(graph, sender, marks, self._lookup)
        self._looked: dict[MessageKey, Found] = {}
        self._unclear = 0

    def has_sent(self, key: MessageKey) -> bool:
        """Whether a letter has gone under this key."""
        step = self._steps.step(key)
        found = self._lookup.find(key, step)
        if found.lies is Lies.SENT:
            return True
        if step is not None and step.handed_over:
            # It may have gone, and is not in Sent Items. A clock that was wrong does not hold it for ever.
            open_ = step.step != "drafted"
            if open_ and abs(self._clock.now() - step.at) < QUIET:
                raise UndecidedError
            if found.lies is Lies.NOWHERE or (open_ and step.tries >= _MOST_TRIES):
                raise UncertainError
        self._looked[key] = found
        return False

    def send(self, letter: Letter, key: MessageKey) -> None:
        """Send the letter, or hand over again the draft that an earlier try left, as it is worded now."""
        if key not in self._looked and self.has_sent(key):
            return
        found, step = self._looked.pop(key), self._steps.step(key)
        tries = step.tries if step else 0
        if found.lies is Lies.NOWHERE:
            draft = self._drafting.create(letter, key, lambda made: self._note(key, "drafted", made, 0))
        else:
            draft = found.id
            self._note(key, "drafted", draft, tries)
            self._drafting.refresh(draft, letter, key)
        self._hand_over(key, draft, tries)
        self._drafting.tidy(key)

    def _hand_over(self, key: MessageKey, draft: str, tries: int) -> None:
        self._pace.send()
        self._note(key, "sending", draft, tries + 1)
        try:
            path = f"{self._user}/messages/{part(draft)}/send"
            self._graph.call("send", "post", path, repeatable=False, sends=True)
        except NoAnswerError as fault:
            if self._seen(draft):
                return
            if fault.status == 503:
                # Out of service, it has tried nothing: that does not count, and is waited for all the same.
                self._note(key, "sending", draft, tries)
            # This one keeps its claim. One such answer in a hundred must not hold up the others for a pass;
            # a second one running, and the next letter would meet it too.
            self._unclear += 1
            if self._unclear < _MOST_UNCLEAR:
                raise UndecidedError from None
            raise MailboxUnavailableError(f"A letter was handed over, and Microsoft 365 {fault}.") from None
        except RefusedError as refusal:
            if refusal.status == 404 and self._seen(draft):
                return
            if refusal.status == 404 and tries:
                raise UncertainError from None
            self._note(key, "drafted", draft, tries)
            raise self._lookup.told(refusal) from None
        except OutsideUnavailableError:
            # Too busy, or not let in: nothing was done.
            self._note(key, "drafted", draft, tries)
            raise
        self._unclear = 0
        self._note(key, "accepted", draft, tries + 1)
        if not self._seen(draft):
            raise UndecidedError

    def _seen(self, draft: str) -> bool:
        """Whether a letter that was handed over is in Sent Items by now."""
        for seconds in _LOOKS:
            if seconds:
                self._pace.pause(seconds)
            with suppress(NoAnswerError, RefusedError, OutsideUnavailableError):
                if self._lookup.by_id(draft).lies is Lies.SENT:
                    return True
        return False

    def _note(self, key: MessageKey, step: Step, draft: str, tries: int) -> None:
        self._steps.note_step(key, SendingStep(step, draft, self._clock.now(), tries))
