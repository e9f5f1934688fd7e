"""Calls upon folders."""

from . import odata, views
from .web import Answer, GraphError, json_answer
from .world import Call


def list_folders(call: Call) -> Answer:
    """GET the folders at the top, or in a folder."""
    odata.refuse_unknown_options(call.request)
    parent, query = call.folder("msgfolderroot"), call.request.query
    found = call.mailbox.children(parent)
    if "$filter" in query:
        name = odata.folder_filter(query["$filter"])
        found = [one for one in found if one.name.lower() == name.lower()]
    names = odata.selected(query.get("$select", ""), views.FOLDER_NAMES)
    page, more = odata.page(call.request, found, call.world.url)
    value = [views.folder_json(call.mailbox, one, names) for one in page]
    return json_answer(200, {"@odata.context": _context(call), **more, "value": value})


def get_folder(call: Call) -> Answer:
    """GET a folder by its id or well-known name."""
    odata.refuse_unknown_options(call.request)
    names = odata.selected(call.request.query.get("$select", ""), views.FOLDER_NAMES)
    shown = views.folder_json(call.mailbox, call.folder(), names)
    return json_answer(200, {"@odata.context": _context(call), **shown})


def create_folder(call: Call) -> Answer:
    """POST a folder, at the top or in a folder."""
    parent, name = call.folder("msgfolderroot"), call.request.json().get("displayName")
    if not name or not isinstance(name, str):
        raise GraphError(400, "ErrorInvalidRequest", "A folder needs a name.")
    if call.mailbox.child(parent, name):
        raise GraphError(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    made = call.mailbox.add_folder(parent, name)
    return json_answer(201, {"@odata.context": _context(call), **views.folder_json(call.mailbox, made)})


def _context(call: Call) -> str:
    return f"{call.world.url}/v1.0/$metadata#users('{call.mailbox.id}')/mailFolders"
