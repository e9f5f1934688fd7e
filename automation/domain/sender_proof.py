"""Whether the mail systems on the way say that a mail is not from who it claims."""

import re
from collections.abc import Mapping, Sequence

_INSIDE = "x-ms-exchange-organization-authas"
_CHECKED = "authentication-results"
_METHOD = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*(\w+)", re.IGNORECASE)


def sender_disproved(headers: Mapping[str, Sequence[str]]) -> bool:
    """Whether a mail failed the checks of the system that took it in. `headers` by name in lower case.

    Authentication-Results (RFC 8601) may be the sender's own words, above all where our gateway adds none.
    So the newest counts against a mail and never for it: `dmarc=fail` (RFC 7489) disproves, whatever else is
    there. Then Exchange decides, where the mailbox is Exchange's own: mail it signed the sender in for
    (`AuthAs: Internal`) is not disproved, any other is, even one that passed DMARC. Without that header any
    failure of DMARC disproves, and so does SPF that failed where neither DMARC nor DKIM passed. A mail
    without any such header cannot be told: False, for a mailbox whose gateway adds none.
    """
    # The newest stands first. Older ones may have come with the mail.
    checked = next(iter(headers.get(_CHECKED, ())), "")
    found: dict[str, set[str]] = {}
    for method, result in _METHOD.findall(checked):
        found.setdefault(method.lower(), set()).add(result.lower())
    dmarc = found.get("dmarc", set()) - {"none", "temperror"}
    if "fail" in dmarc:
        return True
    if inside := {one.strip().lower() for one in headers.get(_INSIDE, ())}:
        return inside != {"internal"}
    if dmarc:
        return not dmarc <= {"pass", "bestguesspass"}
    # SPF and DKIM alone may have passed for the forger's own domain.
    return "fail" in found.get("spf", ()) and "pass" not in found.get("dkim", ())
