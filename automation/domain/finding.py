"""What an examination of the outside found, line by line."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["passes", "fails", "not asked"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: it passes, fails, or could not be asked.

    `says` is what was seen, `remedy` what to do about it, empty when it passes.
    """

    what: str
    state: Verdict
    says: str
    remedy: str = ""
