"""Holding all sending: by whom and since when, what goes all the same, and how many messages are believed."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from .ids import MessageKey, message_key
from .message import Fact, Mail, Message, Recipient
from .own_words import own_words
from .written import say

HOLD, RELEASED, APPROVAL = "hold", "released", "approval"
"""Facts of the store. `hold` alone holds everything, `hold 2026-11` a round."""
WANTED = "wanted"
"""The value of `approval` until a person has given it."""
_STOP = re.compile(r"(?:(?:re|fw|fwd|aw)\s*:\s*)*(stop|hold)[\s.!]*", re.IGNORECASE)
_LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Hold:
    """That nothing is sent, of a round or at all (`round` empty): why, and since when (an ISO stamp)."""

    why: str
    at: str
    round: str = ""

    @property
    def since(self) -> str:
        """Since when, in words."""
        moment = datetime.fromisoformat(self.at).astimezone(_LONDON)
        return f"{say(moment.date())}, {moment:%H:%M}"

    @property
    def what(self) -> str:
        """What is held."""
        return f"Sending for the round {self.round} is held" if self.round else "All sending is held"

    @property
    def remedy(self) -> str:
        """What to do."""
        by_round = f" --round {self.round}" if self.round else ""
        return f"When all is well: `case-audit release{by_round}`. Only a person at the server can."

    def holds(self, message: Message) -> bool:
        """Whether the message is one of those. A mail with parts is, when one of them is."""
        if not self.round:
            return True
        keys = (message.key, *(one.key for one in message.parts))
        return any(_is_about(one, self.round) for one in keys)


def hold_text(hold: Hold) -> str:
    """A hold as the value of a fact."""
    return json.dumps(asdict(hold), sort_keys=True)


def holds_of(facts: Mapping[str, str]) -> tuple[Hold, ...]:
    """The holds among the facts whose names begin with `hold`, that of everything first."""
    return tuple(Hold(**json.loads(text)) for _, text in sorted(facts.items()))


def goes_all_the_same(message: Message, officers: Collection[str]) -> bool:
    """Whether a message goes while sending is held: word of an immediate concern (guidance 3), and what QA
    officers get as such, whose key is their address."""
    return is_concern(message) or message.to.key.lower() in officers


def is_concern(message: Message) -> bool:
    """Whether this is word of an immediate concern."""
    return message.kind in ("concern", "concern_held")


def asks_to_stop(mail: Mail, officers: Collection[str]) -> str:
    """A QA officer's order by mail to hold all sending: `stop` or `hold`, as its subject or as the first line
    of what they write; empty when it is none. Nothing else is ever ordered by mail."""
    if mail.automatic or mail.disproved or mail.sender.lower() not in officers:
        return ""
    first = next((line for line in mail.text[:2000].splitlines() if line.strip()), "")
    found = (_STOP.fullmatch(one.strip()) for one in (mail.subject, own_words(first)))
    return next((one[1].lower() for one in found if one), "")


def held_messages(hold: Hold, officers: Collection[Recipient]) -> Iterator[Message]:
    """Word of a hold to each QA officer, once."""
    moment = datetime.fromisoformat(hold.at).astimezone(_LONDON)
    for one in officers:
        key = message_key(f"hold-{moment:%Y-%m-%dT%H-%M-%S}", "held", hold.round or "all", one.key)
        told: dict[str, Fact] = {
            "what": hold.what,
            "why": hold.why,
            "since": hold.since,
            "round_id": hold.round,
            "day": moment.date(),
        }
        yield Message(key, "held", one, told, urgent=True)


def _is_about(key: MessageKey, round_: str) -> bool:
    about = key.split("/", 1)[0]
    return about == round_ or about.rpartition("-")[0] == f"CFA-{round_}"
