"""The custom properties of a Word file: facts that travel with it and that no reader sees on a page."""

from collections.abc import Mapping

from lxml import etree

_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


def with_properties(present: bytes | None, ours: Mapping[str, str]) -> bytes:
    """The part with the base's own properties (a sensitivity label, say), and with ours."""
    names = {"op": _PROPERTIES, "vt": _VALUES}
    root = (
        etree.fromstring(present) if present else etree.Element(f"{{{_PROPERTIES}}}Properties", nsmap=names)
    )
    for old in [one for one in root if one.get("name") in ours]:
        root.remove(old)
    last = max((int(one.get("pid", "1")) for one in root), default=1)
    for number, (name, value) in enumerate(ours.items(), start=last + 1):
        made = etree.SubElement(
            root, f"{{{_PROPERTIES}}}property", fmtid=_FORMAT_ID, pid=str(number), name=name
        )
        etree.SubElement(made, f"{{{_VALUES}}}lpwstr").text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
