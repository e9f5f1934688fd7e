"""What came back from Microsoft 365: an answer, a refusal, or nothing that tells."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


class RefusedError(Exception):
    """Microsoft 365 answered, and did not do it. `code` is Graph's own, such as ErrorItemNotFound."""

    def __init__(self, what: str, status: int, code: str = "", request_id: str = "") -> None:
        asked = f", request {request_id}" if request_id else ""
        super().__init__(f"{what}: Microsoft 365 answered {status} {code}".rstrip() + asked)
        self.status, self.code = status, code


class NoAnswerError(Exception):
    """No whole answer came, or one that does not tell whether it was done: then `status` is its own."""

    def __init__(self, what: str, status: int = 0) -> None:
        super().__init__(what)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def date(self) -> datetime | None:
        """The moment that the other side's clock showed, None when it does not tell (RFC 9110, 6.6.1)."""
        try:
            found = parsedate_to_datetime(self.headers.get("date", ""))
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def json(self) -> dict[str, Any]:
        """The content as a JSON object. Raises NoAnswerError when it is none: it was cut off."""
        try:
            found = json.loads(self.content)
        except ValueError:
            raise NoAnswerError("the answer is cut off") from None
        if not isinstance(found, dict):
            raise NoAnswerError("the answer is no object")
        return found
