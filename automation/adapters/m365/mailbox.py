"""The Mailbox port on Microsoft 365."""

from collections.abc import Iterator

from ...domain.ids import MessageKey
from ...domain.message import Letter, Mail, Marks, Recipient
from ...ports import Clock, SendingSteps
from .calls import Graph
from .inbox import Inbox
from .pace import Pace
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
