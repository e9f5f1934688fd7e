"""Which call a request is, and what does it."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from . import attachments, folders, messages, sending
from .web import Answer, Request
from .world import Call

Act = Callable[[Call], Answer]
MESSAGE = "/users/{user}/messages/{message}"
FOLDER = "/users/{user}/mailFolders/{folder}"

# Method, path, name of the call, what does it. `list` gets its name from what it lists.
MAIL: tuple[tuple[str, str, str, Act], ...] = (
    ("GET", "/users/{user}/messages", "list", messages.list_messages),
    ("POST", "/users/{user}/messages", "create_draft", messages.create_draft),
    ("GET", MESSAGE, "get_message", messages.get_message),
    ("PATCH", MESSAGE, "update", messages.update),
    ("DELETE", MESSAGE, "delete", messages.delete),
    ("GET", MESSAGE + "/$value", "message_value", messages.message_value),
    ("POST", MESSAGE + "/send", "send", sending.send),
    ("POST", MESSAGE + "/move", "move", messages.move),
    ("POST", MESSAGE + "/createReply", "create_reply", sending.create_reply),
    ("GET", MESSAGE + "/attachments", "list_attachments", attachments.list_attachments),
    ("POST", MESSAGE + "/attachments", "add_attachment", attachments.add_attachment),
    ("POST", MESSAGE + "/attachments/createUploadSession", "upload_session", attachments.upload_session),
    ("GET", MESSAGE + "/attachments/{attachment}", "get_attachment", attachments.get_attachment),
    ("DELETE", MESSAGE + "/attachments/{attachment}", "delete_attachment", attachments.delete_attachment),
    ("GET", MESSAGE + "/attachments/{attachment}/$value", "attachment_value", attachments.attachment_value),
    ("POST", "/users/{user}/sendMail", "send_mail", sending.send_mail),
    ("GET", "/users/{user}/mailFolders", "list_folders", folders.list_folders),
    ("POST", "/users/{user}/mailFolders", "create_folder", folders.create_folder),
    ("GET", FOLDER, "get_folder", folders.get_folder),
    ("GET", FOLDER + "/childFolders", "list_folders", folders.list_folders),
    ("POST", FOLDER + "/childFolders", "create_folder", folders.create_folder),
    ("GET", FOLDER + "/messages", "list", messages.list_messages),
    ("POST", FOLDER + "/messages", "create_draft", messages.create_draft),
)
FILES: tuple[tuple[str, str, str], ...] = (
    ("GET", "/drives/{drive}/items/{item}", "drive_item"),
    ("GET", "/drives/{drive}/items/{item}/content", "drive_content"),
    ("GET", "/shares/{share}/driveItem", "share_item"),
    ("GET", "/shares/{share}/driveItem/content", "drive_content"),
)
SITE_FILE = re.compile(r"/v1\.0/sites/([^/:]+):(/[^:]+):/drive/root:/([^:]+)")


def mail_call(request: Request) -> tuple[str, Act, dict[str, str]] | None:
    """The mail call that a request is: its name, what does it, and what the path names."""
    for method, path, name, act in MAIL:
        if method == request.method and (names := fitting(path, request.path)) is not None:
            return (_list_name(request, names) if name == "list" else name), act, names
    return None


def file_call(request: Request) -> tuple[str, dict[str, str]] | None:
    """The call upon a drive that a request is."""
    for method, path, name in FILES:
        if method == request.method and (names := fitting(path, request.path)) is not None:
            return name, names
    return site_call(request)


def site_call(request: Request) -> tuple[str, dict[str, str]] | None:
    """The call upon a file by its site and its path in the site's first library."""
    found = SITE_FILE.fullmatch(request.path) if request.method == "GET" else None
    if not found:
        return None
    host, site, path = map(unquote, found.groups())
    return "site_item", {"site": f"https://{host}{site}", "path": path}


def fitting(path: str, given: str) -> dict[str, str] | None:
    """What the placeholders of a path stand for in one that was given; None if it is another path."""
    ours, theirs = path.split("/")[1:], given.split("/")[2:]
    if len(ours) != len(theirs) or not all(theirs):
        return None
    names: dict[str, str] = {}
    for our, their in zip(ours, theirs, strict=True):
        if our[0] == "{":
            names[our[1:-1]] = unquote(their)
        elif our != their and our != unquote(their):
            return None
    return names


def _list_name(request: Request, names: dict[str, str]) -> str:
    if "$filter" in request.query:
        return "find"
    if "folder" not in names:
        return "list_messages"
    return "list_inbox" if names["folder"].lower() == "inbox" else "list_folder"
