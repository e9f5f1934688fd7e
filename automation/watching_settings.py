"""How the service is watched: the tables [log] and [heartbeat] of service.toml."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LogSettings:
    """How the log is written. Without a `file` it goes to the error stream, for the journal to keep."""

    format: Literal["text", "json"] = "text"
    file: str = ""


@dataclass(frozen=True, slots=True)
class HeartbeatSettings:
    """The address that is called after each pass that could do its work; empty when none is."""

    url: str = ""

    def __post_init__(self) -> None:
        if self.url and not self.url.startswith("https://"):
            raise ValueError("url must begin with https://")
