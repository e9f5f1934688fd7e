"""Whether the mail systems on the way say that a mail is not from who it claims."""

import re
from collections.abc import Mapping, Sequence

_INSIDE = "x-ms-exchange-organization-authas"
_CHECKED = "authentication-results"
_METHOD = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*(\w+)", re.IGNORECASE)


def sender_disproved(headers: Mapping[str, Sequence[str]]) -> bool:
    """Whether a mail failed the checks of the system that took it in. `headers` by name in lower case.

    Exchange says that it signed the sender in itself (`AuthAs: Internal`): proved, whatever else is there.
    Otherwise DMARC decides where the newest Authentication-Results (RFC 8601) has a result (RFC 7489);
    without one, mail that Exchange took from outside (`Anonymous`) is disproved, and so is mail of which SPF
    failed and no DKIM passed. A mail without any such header cannot be told:
    False, for a mailbox whose gateway adds none.
    """
    inside = {one.strip().lower() for one in headers.get(_INSIDE, ())}
    if inside == {"internal"}:
        return False
    # The newest stands first. Older ones may be the sender's own words.
    checked = next(iter(headers.get(_CHECKED, ())), "")
    found: dict[str, set[str]] = {}
    for method, result in _METHOD.findall(checked):
        found.setdefault(method.lower(), set()).add(result.lower())
    if "dmarc" in found and not found["dmarc"] <= {"none", "temperror"}:
        return not found["dmarc"] <= {"pass", "bestguesspass"}
    # SPF and DKIM alone may have passed for the forger's own domain.
    return bool(inside) or ("fail" in found.get("spf", ()) and "pass" not in found.get("dkim", ()))
