"""Which mailbox, which spreadsheet, which store: the tables of service.toml that name what is outside."""

import re
from dataclasses import dataclass
from typing import Literal

_HTTPS = re.compile(r"https://[^/\s]+")
_OURS = ("x-case-audit-key", "x-auto-response-suppress")
_HEADER = re.compile(r"[xX]-[A-Za-z0-9-]+\s*:\s*[ -~]+")


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """Which mailbox, and who messages are from. `folder` is a folder of files, or the mail folder in
    Microsoft 365 under which filed mail goes. The last three are put on every message."""

    kind: Literal["folder", "m365"]
    folder: str
    address: str
    name: str
    sensitivity: Literal["normal", "personal", "private", "confidential"] = "normal"
    encrypt_tag: str = ""
    encrypt_header: str = ""

    def __post_init__(self) -> None:
        if self.encrypt_header and not _HEADER.fullmatch(self.encrypt_header):
            raise ValueError("encrypt_header must be like ‘X-Council-Encrypt: yes’.")
        if self.encrypt_header.lower().startswith(_OURS):
            raise ValueError("encrypt_header names a header that the service sets itself.")
        if not self.address.strip() or not self.folder.strip():
            raise ValueError("address and folder must not be empty.")
        named = self.folder == self.folder.strip() and not set(self.folder) & set("/\\")
        if self.kind == "m365" and not named:
            raise ValueError("folder must be the name of a mail folder, such as ‘Case file audits’.")


@dataclass(frozen=True, slots=True)
class Microsoft365Settings:
    """How the service signs in to Microsoft 365, where that is, and how fast it may be asked."""

    tenant: str
    client_id: str
    sign_in: Literal["certificate", "secret", "device"] = "certificate"
    certificate: str = ""
    graph_url: str = "https://graph.microsoft.com"
    sign_in_url: str = "https://login.microsoftonline.com"
    ca_bundle: str = ""
    sends_per_minute: int = 30
    requests_per_10_minutes: int = 10_000

    def __post_init__(self) -> None:
        for name in ("graph_url", "sign_in_url"):
            if not _HTTPS.fullmatch(getattr(self, name)):
                raise ValueError(f"{name} must be https:// and a host, with nothing after it.")
        if not self.tenant.strip() or not self.client_id.strip():
            raise ValueError("tenant and client_id must not be empty.")
        if self.sign_in == "certificate" and not self.certificate:
            raise ValueError("certificate is missing: name the PEM or .pfx file to sign in with.")
        if not 1 <= self.sends_per_minute <= 30:
            raise ValueError("sends_per_minute must be 1 to 30: Exchange Online takes no more.")
        if not 100 <= self.requests_per_10_minutes <= 10_000:
            raise ValueError("requests_per_10_minutes must be 100 to 10000: Microsoft 365 takes no more.")


@dataclass(frozen=True, slots=True)
class WorkbookSettings:
    """Where the allocation spreadsheet is, and how many digits its case numbers have (0: any).

    In SharePoint it is found by `drive` and `item`, by `link`, or by `site` and `path` in it.
    """

    path: str = ""
    case_number_width: int = 0
    kind: Literal["file", "sharepoint"] = "file"
    link: str = ""
    site: str = ""
    drive: str = ""
    item: str = ""

    def __post_init__(self) -> None:
        if self.kind == "file" and not self.path:
            raise ValueError("path is missing: name the spreadsheet.")
        if self.kind == "sharepoint":
            given = [bool(self.drive and self.item), bool(self.link), bool(self.site and self.path)]
            if given.count(True) != 1:
                raise ValueError("give one of: drive and item; link; site and path.")


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where the service remembers."""

    url: str
    originals: str
    state: str

    def __post_init__(self) -> None:
        if "password" in self.url.lower():
            raise ValueError("url must not hold a password. Put it into the service's ~/.pgpass.")


@dataclass(frozen=True, slots=True)
class ReportsSettings:
    """Where the service puts what it writes for QA to look at. Without a folder, into `reports` in the state
    folder."""

    folder: str = ""
