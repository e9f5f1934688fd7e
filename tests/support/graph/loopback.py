"""Microsoft Graph and its token service on this computer, for tests."""

import tempfile
from pathlib import Path
from types import TracebackType

from . import ids
from .certificates import certificates
from .clock import Clock, RealClock
from .contract import contract
from .drive import Drive, File
from .faults import Faults
from .limits import Counting, Limits
from .server import Server
from .service import Service
from .state import Mailbox
from .tokens import Tokens
from .world import VisibleAfter, World


class LoopbackGraph:
    """A Graph of one's own. It listens from `start` (or `with`) to `stop`.

    `folder` keeps the keys; a folder that has them already starts at once. `limits=Limits()` enforces
    Microsoft's limits. `validate=False` saves the comparison with Microsoft's description.
    """

    def __init__(
        self,
        folder: Path | None = None,
        clock: Clock | None = None,
        token_seconds: int = 3600,
        validate: bool = True,
        limits: Limits | None = None,
        *,
        certificate_days: int = 365,
        port: int = 0,
    ) -> None:
        self._temporary = None if folder else tempfile.TemporaryDirectory()
        self.folder = Path(self._temporary.name) if self._temporary else Path(folder or "")
        files = certificates(self.folder, certificate_days)
        self.ca, self.app_certificate = files.ca, files.app
        self.tenant, self.client_id, self.secret = ids.guid(), ids.guid(), ids.token(30)
        self.clock: Clock = clock or RealClock()
        self.world = World(self.clock)
        self.drive, self.faults = Drive(self.world), Faults()
        self.tokens = Tokens(
            self.clock, files.app_certificate(), self.tenant, self.client_id, self.secret, token_seconds
        )
        described = contract() if validate else "it was switched off"
        self.contract_checked = not isinstance(described, str)
        self.why_not_checked = described if isinstance(described, str) else ""
        self._counting = Counting(limits, self.clock)
        self._server = Server(port, files.server, lambda request: self._service.reply(request))
        self._service = Service(
            self.world,
            self.drive,
            self.tokens,
            self.faults,
            self._counting,
            None if isinstance(described, str) else described,
            self._server.stopping,
        )
        self.url = self.world.url = self.tokens.url = f"https://127.0.0.1:{self._server.port}"
        self.authority = f"{self.url}/{self.tenant}"
        self.graph_url = f"{self.url}/v1.0"

    def start(self) -> "LoopbackGraph":
        """Begins to listen."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stops, and breaks off whatever is under way."""
        self._server.stop()
        if self._temporary:
            self._temporary.cleanup()

    def __enter__(self) -> "LoopbackGraph":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def add_mailbox(self, address: str, name: str = "", *, allowed: bool = True) -> Mailbox:
        """A new mailbox. One that is not allowed gets mail, and answers the app with 403."""
        return self.world.add_mailbox(address, name or address, allowed)

    def mailbox(self, address: str) -> Mailbox:
        """The mailbox of an address."""
        return self.world.mailboxes[address.lower()]

    def add_file(self, site_url: str, path: str, content: bytes) -> File:
        """A new file in a site's document library."""
        return self.drive.add(site_url, path, content)

    def revoke_tokens(self) -> None:
        """No access token that was given out counts any more."""
        with self.world.lock:
            self.tokens.revoke()

    @property
    def allowed(self) -> set[str]:
        """The addresses, in lower case, that the app may use. Change it at will."""
        return self.world.allowed

    @property
    def outbox(self) -> list[tuple[str, bytes]]:
        """Whatever left, as (address of the mailbox, MIME)."""
        return self.world.outbox

    @property
    def violations(self) -> list[str]:
        """What Microsoft's description or the drive's rules do not allow and was done."""
        return self.world.violations

    @property
    def calls(self) -> list[tuple[str, str, int]]:
        """Every call as (name, method, status); status 0 where the connection was reset."""
        return self._service.calls

    @property
    def earned_429(self) -> int:
        """How often a limit was overstepped."""
        return self._counting.earned

    @property
    def visible_after(self) -> VisibleAfter:
        """How long a sent message is not found."""
        return self.world.visible_after

    @visible_after.setter
    def visible_after(self, value: VisibleAfter) -> None:
        self.world.visible_after = value

    @property
    def sends_again(self) -> bool:
        """Whether /send on a message that has gone sends it once more; Microsoft does not say."""
        return self.world.sends_again

    @sends_again.setter
    def sends_again(self, value: bool) -> None:
        self.world.sends_again = value
