"""The seal of a form: a keyed digest that only the service could have put there."""

import hashlib
import hmac

from .ids import AuditRef

_LETTERS = 32


def seal(key: bytes, form: str, reference: AuditRef) -> str:
    """The seal of an audit's form: HMAC-SHA256 (RFC 2104) over the form's key and the reference, in hex,
    its first 128 bits."""
    return hmac.new(key, f"{form}\n{reference}".encode(), hashlib.sha256).hexdigest()[:_LETTERS]


def seal_fits(found: str, key: bytes, form: str, reference: AuditRef) -> bool:
    """Whether a seal is the one of this form and audit, compared in constant time."""
    return hmac.compare_digest(found.strip().lower().encode(), seal(key, form, reference).encode())
