"""An e-mail address as people write it in a cell: mended where that is safe, refused on any doubt."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from .written import tidy

_ONE_EACH = "Type one address of the person's own."
_ANGLED = re.compile(r"[^<>@]*<([^<>]+)>")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


@dataclass(frozen=True, slots=True)
class WrittenAddress:
    """An address as read. `mended` says that something around it was left out."""

    address: str
    mended: bool = False
    fault: str = ""
    remedy: str = _ONE_EACH


def read_address(text: str, domains: Collection[str], group_words: Collection[str]) -> WrittenAddress:
    """One person's address at one of the council's domains, its domain in lower case, or why not.

    Leaves out spaces, signs at the end, `mailto:` and the name in `Name <address>`. Refuses two
    addresses, a group's, another domain's, and anything that is not plain ASCII: a letter that only
    looks like another sends a case to a stranger.
    """
    bare = tidy(text)
    if found := _ANGLED.fullmatch(bare.rstrip(".,; ")):
        bare = found[1].strip()
    bare = re.sub(r"(?i)^mailto:\s*", "", bare).rstrip(".,;: ").strip("'\"")
    if bare.count("@") > 1:
        return _refused("The cell holds more than one address.")
    odd = next((sign for sign in bare if not "!" <= sign <= "~"), None)
    if odd is not None:
        name = unicodedata.name(odd, "an unknown sign").lower()
        return _refused(f"The address ‘{bare}’ holds a sign that no address has ({name}).")
    local, _, domain = bare.rpartition("@")
    domain = domain.lower()
    if not local or not _LOCAL.fullmatch(local) or len(local) > 64 or len(bare) > 254:
        return _refused(f"‘{bare}’ is not an e-mail address.")
    if domain not in {one.lower() for one in domains}:
        return _refused(
            f"The address's domain ‘{domain}’ is not one the service may write to.",
            f"Use a council address. Allowed: {', '.join(sorted(domains))}.",
        )
    words = set(re.split(r"[^a-z]+", local.lower()))
    if group := words & {word.lower() for word in group_words}:
        return _refused(f"‘{bare}’ looks like a group's address (‘{min(group)}’), not one person's.")
    address = f"{local}@{domain}"
    return WrittenAddress(address, mended=address.lower() != text.lower())


def _refused(fault: str, remedy: str = _ONE_EACH) -> WrittenAddress:
    return WrittenAddress("", fault=fault, remedy=remedy)
