"""The Mailbox port on Microsoft 365."""

from collections.abc import Iterator
from datetime import datetime

from ...domain.ids import MessageKey
from ...domain.message import Letter, Mail, Marks, Recipient
from ...ports import Clock, SendingSteps, SentLetter
from .calls import Graph
from .inbox import Inbox
from .pace import Pace
from .remembering import Remembering
from .sending import Sending


class GraphMailbox:
    """Keeps `ports.Mailbox` on the mailbox at `sender`'s address. `home` names the mail folder that holds
    the folders of filed mail; `steps` is where it is noted how far each letter has come."""

    def __init__(
        self,
        graph: Graph,
        pace: Pace,
        sender: Recipient,
        home: str,
        steps: SendingSteps,
        clock: Clock,
        marks: Marks,
    ) -> None:
        self._sending = Sending(graph, pace, steps, clock, sender, marks)
        self._inbox = Inbox(graph, sender.address, home)
        self._remembering = Remembering(graph, sender.address, home)

    def send(self, letter: Letter, key: MessageKey) -> None:
        """Send under the key, finishing a draft that an earlier try left."""
        self._sending.send(letter, key)

    def has_sent(self, key: MessageKey) -> bool:
        """Whether a letter has gone under this key."""
        return self._sending.has_sent(key)

    def inbox(self) -> Iterator[str]:
        """The ids of the mails in the inbox, oldest first."""
        return self._inbox.inbox()

    def open(self, mail_id: str) -> Mail:
        """One mail of the inbox."""
        return self._inbox.open(mail_id)

    def original(self, mail_id: str) -> bytes:
        """The mail's MIME."""
        return self._inbox.original(mail_id)

    def file(self, mail_id: str, folder: str, name: str) -> None:
        """Move a mail into a folder for filed mail. A mail that is gone is no error."""
        self._inbox.file(mail_id, folder, name)

    def sent_since(self, since: datetime) -> Iterator[SentLetter]:
        """The letters of ours in Sent Items that went after a moment, oldest first."""
        return self._remembering.sent_since(since)

    def filed_since(self, since: datetime) -> Iterator[str]:
        """The ids of the filed mails that came after a moment."""
        for graph_id in self._remembering.filed_since(since):
            yield self._inbox.know(graph_id)

    def put_back(self, mail_id: str) -> None:
        """Move a filed mail back into the inbox."""
        self._inbox.put_back(mail_id)
