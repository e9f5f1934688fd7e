"""Files in a document library: read by everybody here, written by nobody but the test."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, unquote

from . import ids
from .web import Answer, GraphError, Json, Request, json_answer, stamp
from .world import World

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINK_LASTS = timedelta(hours=1)
NAMES = frozenset(
    [
        *("id", "createdDateTime", "lastModifiedDateTime", "name", "webUrl", "eTag", "cTag", "size", "file"),
        *("parentReference", "fileSystemInfo", "createdBy", "lastModifiedBy", "description", "content"),
        *("folder", "shared", "deleted", "root", "package", "remoteItem", "sharepointIds", "publication"),
    ]
)


@dataclass
class File:
    """A file of a drive. `save`, `touch`, `lock`, `half_saved` and `save_while_read` are what people do."""

    world: World
    name: str
    web_url: str
    content: bytes
    created: datetime
    drive_id: str = field(default_factory=lambda: "b!" + ids.token())
    item_id: str = field(default_factory=lambda: "01" + ids.hexadecimal(32).upper())
    guid: str = field(default_factory=lambda: ids.guid().upper())
    modified: datetime = datetime.min
    versions: int = 1
    contents: int = 1
    locked_for: int = 0
    half_for: int = 0
    saves: list[bytes] = field(default_factory=list)
    share_link: str = ""

    @property
    def etag(self) -> str:
        """Changes whenever anything about the file does."""
        return f'"{{{self.guid}}},{self.versions}"'

    @property
    def ctag(self) -> str:
        """Changes when the content does."""
        return f'"c:{{{self.guid}}},{self.contents}"'

    def save(self, content: bytes) -> None:
        """Somebody saves the file with new content."""
        with self.world.lock:
            self.content = content
            self.contents += 1
            self.touch()

    def touch(self) -> None:
        """Something else than the content changes."""
        with self.world.lock:
            self.versions += 1
            self.modified = self.world.clock.now()

    def lock(self, times: int = 1) -> None:
        """So many downloads are answered with 423."""
        with self.world.lock:
            self.locked_for = times

    def half_saved(self, times: int = 1) -> None:
        """So many downloads give the beginning only, while the item says its full size."""
        with self.world.lock:
            self.half_for = times

    def save_while_read(self, *contents: bytes) -> None:
        """During each of the next downloads somebody saves the next of these: the download has the old."""
        with self.world.lock:
            self.saves += contents

    def json(self, names: list[str]) -> Json:
        """The file as Graph shows it."""
        done: Json = {
            "id": self.item_id,
            "createdDateTime": stamp(self.created),
            "lastModifiedDateTime": stamp(self.modified),
            "name": self.name,
            "webUrl": self.web_url,
            "eTag": self.etag,
            "cTag": self.ctag,
            "size": len(self.content),
            "file": {
                "mimeType": WORKBOOK,
                "hashes": {"sha256Hash": hashlib.sha256(self.content).hexdigest().upper()},
            },
            "parentReference": {"driveId": self.drive_id, "driveType": "documentLibrary"},
        }
        return {name: value for name, value in done.items() if not names or name in names}


class Drive:
    """All files, and the links under which their content can be had for a while."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.files: list[File] = []
        self.links: dict[str, tuple[File, datetime]] = {}

    def add(self, site_url: str, path: str, content: bytes) -> File:
        """A new file."""
        with self.world.lock:
            url = f"{site_url.rstrip('/')}/{quote(path)}"
            now = self.world.clock.now()
            made = File(self.world, path.rpartition("/")[2], url, content, now, modified=now)
            host = site_url.split("/sites/")[0]
            made.share_link = f"{host}/:x:/s/{site_url.rpartition('/')[2]}/E{ids.token(33)}?e={ids.token(4)}"
            self.files.append(made)
            return made

    def by_ids(self, drive_id: str, item_id: str) -> File:
        """The file of these ids."""
        for one in self.files:
            if (one.drive_id, one.item_id) == (drive_id, item_id):
                return one
        raise GraphError(404, "itemNotFound", "The resource could not be found.")

    def by_share(self, token: str) -> File:
        """The file that a share token means."""
        if not token.startswith("u!"):
            raise GraphError(400, "invalidRequest", "The sharing token is not valid.")
        try:
            padded = token[2:] + "=" * (-len(token[2:]) % 4)
            url = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        except ValueError:
            raise GraphError(400, "invalidRequest", "The sharing token is not valid.") from None
        for one in self.files:
            if url == one.share_link or unquote(url) == unquote(one.web_url):
                return one
        raise GraphError(404, "itemNotFound", "The sharing link no longer exists.")

    def by_site(self, site_url: str, path: str) -> File:
        """The file of this path in a site's first library, whose own name the path leaves out."""
        for one in self.files:
            inside = unquote(one.web_url).removeprefix(f"{site_url}/")
            if inside.partition("/")[2] == path:
                return one
        raise GraphError(404, "itemNotFound", "The resource could not be found.")

    def item(self, file: File, request: Request) -> Answer:
        """GET an item."""
        chosen = [one for one in request.query.get("$select", "").split(",") if one]
        if set(chosen) - NAMES:
            raise GraphError(400, "invalidRequest", "The $select names a property that is not there.")
        if _has_it(file, request):
            return Answer(304, headers={"ETag": file.etag})
        context = {"@odata.context": f"{self.world.url}/v1.0/$metadata#drives/items/$entity"}
        return json_answer(200, {**context, "@odata.etag": file.etag, **file.json(chosen)})

    def content(self, file: File, request: Request) -> Answer:
        """GET an item's content: a link to it, on another host."""
        if file.locked_for:
            file.locked_for -= 1
            raise GraphError(423, "resourceLocked", "The resource you are attempting to access is locked.")
        if _has_it(file, request):
            return Answer(304, headers={"ETag": file.etag})
        token = ids.token()
        self.links[token] = (file, self.world.clock.now() + LINK_LASTS)
        other = self.world.url.replace("127.0.0.1", "localhost")
        return Answer(302, headers={"Location": f"{other}/_download/{token}?tempauth={ids.token(12)}"})

    def download(self, token: str, request: Request) -> Answer:
        """GET what a link leads to. Whoever has the link needs no token, and must not send one."""
        if request.header("authorization"):
            self.world.violation("download: an Authorization header went to a download link")
            raise GraphError(401, "unauthenticated", "A token does not belong here.")
        file, expires = self.links.get(token, (None, self.world.clock.now()))
        if not file or expires <= self.world.clock.now():
            raise GraphError(404, "itemNotFound", "The link leads nowhere.")
        content = file.content
        if file.half_for:
            file.half_for -= 1
            content = content[: len(content) // 2]
        done = Answer(200, content, WORKBOOK, {"ETag": file.etag})
        if file.saves:
            file.save(file.saves.pop(0))
        return done


def _has_it(file: File, request: Request) -> bool:
    """Whether the client has this very version."""
    given = request.header("if-none-match")
    return bool(given) and (file.etag in given or file.ctag in given)
