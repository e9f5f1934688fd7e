"""The allocation spreadsheet on SharePoint or OneDrive. It is read, never written."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from ...ports import OutsideUnavailableError, WorkbookCopy, WorkbookUnavailableError
from ..half_saved import is_whole
from .answers import Answer, NoAnswerError, RefusedError
from .calls import Graph
from .drafts import part
from .pace import Pace

_WANTED = {"$select": "id,name,size,eTag,cTag,file,parentReference"}
_FIRST_LIBRARY = "Shared Documents/"
_TRIES, _PAUSE = 3, 2.0
_LARGEST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Place:
    """Where the spreadsheet is: its drive and item; the address that a browser or a share link shows; or
    its site, and its path there."""

    drive: str = ""
    item: str = ""
    link: str = ""
    site: str = ""
    path: str = ""


class GraphWorkbook:
    """Keeps `ports.Workbook` on a file in SharePoint or OneDrive. Its version is the file's eTag."""

    def __init__(self, graph: Graph, pace: Pace, place: Place) -> None:
        self._graph, self._pace, self._place = graph, pace, place

    def read(self) -> WorkbookCopy:
        """A whole snapshot. Raises WorkbookUnavailableError when it stays locked or half saved."""
        copy = self.changed("")
        assert copy is not None
        return copy

    def changed(self, since: str) -> WorkbookCopy | None:
        """A whole snapshot, or None when its eTag is still `since`: then it is not downloaded."""
        why = ""
        for attempt in range(_TRIES):
            if attempt:
                self._pace.pause(_PAUSE)
            try:
                about = self.find()
                version = _version(about)
                if version and version == since:
                    return None
                content = self._download(about)
                # Saved while it was read, it may be half old and half new.
                if content is None:
                    why = "is locked: somebody may have it open. Close it in Excel, or save it again."
                elif not is_whole(content):
                    why = "is only half saved. Save it in Excel again and close it."
                elif _version(self.find()) != version:
                    why = "is being saved just now. The next pass reads it."
                else:
                    # Where Graph tells no version, the content is one.
                    version = version or hashlib.sha256(content).hexdigest()
                    name = str(about.get("name") or "spreadsheet")
                    return None if version == since else WorkbookCopy(name, version, content)
            except NoAnswerError as fault:
                why = f"cannot be fetched: {fault}. The next pass tries again."
            except RefusedError as refusal:
                raise WorkbookUnavailableError(_told(refusal)) from None
            except WorkbookUnavailableError:
                raise
            except OutsideUnavailableError as error:
                raise WorkbookUnavailableError(f"The spreadsheet cannot be fetched. {error}") from None
        raise WorkbookUnavailableError(f"The spreadsheet on SharePoint {why}")

    def place(self) -> Place:
        """Its drive and item, as Graph names them: they stay the same when it is renamed or moved. Raises
        WorkbookUnavailableError."""
        try:
            about = self.find()
        except (NoAnswerError, RefusedError) as fault:
            raise WorkbookUnavailableError(
                f"The spreadsheet on SharePoint cannot be found: {fault}."
            ) from None
        drive = (about.get("parentReference") or {}).get("driveId") or self._place.drive
        return Place(str(drive), str(about["id"]))

    def find(self) -> dict[str, Any]:
        """What Graph says of the file. Raises RefusedError, NoAnswerError, OutsideUnavailableError."""
        place = self._place
        try:
            return self._graph.call("spreadsheet", "get", self._path(), params=_WANTED).json()
        except RefusedError as refusal:
            # The site's own address leads into its first library alone: another one may have a file of the
            # same name, for other people.
            first = place.path.strip("/").startswith(_FIRST_LIBRARY)
            if not place.site or refusal.status not in (403, 404) or not first:
                raise
        # On some tenants `shares` wants more rights than Sites.Selected; the site's own address does not.
        return self._graph.call("spreadsheet", "get", _site_path(place), params=_WANTED).json()

    def _download(self, about: dict[str, Any]) -> bytes | None:
        drive = str((about.get("parentReference") or {}).get("driveId") or self._place.drive)
        path = f"/drives/{part(drive)}/items/{part(str(about['id']))}/content"
        answer: Answer = self._graph.call("spreadsheet's content", "get", path, fine=(423,), largest=_LARGEST)
        return None if answer.status == 423 else answer.content

    def _path(self) -> str:
        if self._place.drive and self._place.item:
            return f"/drives/{part(self._place.drive)}/items/{part(self._place.item)}"
        link = self._place.link or link_of(self._place.site, self._place.path)
        return f"/shares/{share_token(link)}/driveItem"


def share_token(link: str) -> str:
    """A file's address or share link as Graph's `shares` takes it: `u!` and base64url without padding."""
    return "u!" + base64.urlsafe_b64encode(link.encode()).decode("ascii").rstrip("=")


def link_of(site: str, path: str) -> str:
    """The address of a file by its site and its path in it."""
    return f"{site.rstrip('/')}/{quote(path.lstrip('/'))}"


def _site_path(place: Place) -> str:
    """The file by its site and by its path in the site's first library, which the path begins with."""
    site = urlsplit(place.site)
    inside = place.path.strip("/").partition("/")[2]
    return f"/sites/{site.netloc}:{quote(unquote(site.path.rstrip('/')))}:/drive/root:/{quote(inside)}"


def _version(about: dict[str, Any]) -> str:
    return str(about.get("eTag") or about.get("cTag") or "")


def _told(refusal: RefusedError) -> str:
    remedy = {
        403: "Give the app the right to read its site (Sites.Selected): docs/microsoft-365.md.",
        404: "Put it back, or correct its place in service.toml.",
    }.get(refusal.status, "Run `case-audit doctor`.")
    return f"The spreadsheet on SharePoint cannot be fetched: {refusal}. {remedy}"
