"""The application as Entra knows it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

_TRIAL_SCOPES = ("Mail.ReadWrite.Shared", "Mail.Send.Shared", "Files.Read.All")


@dataclass(frozen=True, slots=True)
class App:
    """The application as Entra knows it, and where Microsoft is. `show` tells a person at the terminal what
    to do for a sign-in by device code."""

    tenant: str
    client_id: str
    sign_in: Literal["certificate", "secret", "device"]
    certificate: Path | None = None
    passphrase: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    graph_url: str = "https://graph.microsoft.com"
    sign_in_url: str = "https://login.microsoftonline.com"
    ca_bundle: Path | None = None
    show: Callable[[str], None] | None = None

    @property
    def scopes(self) -> list[str]:
        """What is asked for: the rights given to the app, or those of a person who tries it."""
        if self.sign_in == "device":
            return [f"{self.graph_url}/{one}" for one in _TRIAL_SCOPES]
        return [f"{self.graph_url}/.default"]
