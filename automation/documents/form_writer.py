"""Writes an audit's form: a Word base and a form's description, set up once, then filled per audit."""

import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

from lxml import etree

from ..domain.form import REFERENCE, Form
from ..domain.ids import AuditRef, printed_reference
from ..domain.seal import seal
from .custom_properties import with_properties
from .form_body import SMALL_STYLES, STYLES, WORDML, body
from .precompressed import CLOSE, OPEN, Precompressed
from .word_marks import put_words

_W = f"{{{WORDML}}}"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC = "http://purl.org/dc/elements/1.1/"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CUSTOM_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"

DOCUMENT, STYLE_PART = "word/document.xml", "word/styles.xml"
CUSTOM, CORE = "docProps/custom.xml", "docProps/core.xml"
REFERENCE_PROPERTY, FORM_PROPERTY, VERSION_PROPERTY = "AuditReference", "AuditForm", "AuditFormVersion"
SEAL_PROPERTY = "AuditSeal"
"""The custom properties that say whose form it is, which form, its version, and that we wrote them."""

_FORM_MARK = "{form}"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class FormBaseError(Exception):
    """The Word base of a form cannot be used; the message says what is wrong and what to do."""


class FormWriter:
    """One form, ready to be written for any audit.

    `base` is the Word file (.docx) that gives the form its look. Its body holds the paragraph `{form}`
    where the form goes; `{title}`, `{version}`, `{council}`, `{reference}` and `{reference_label}`, what the
    form calls its reference, may stand anywhere in its body, headers and footers. `seal_key` makes the seal
    by which a returned form is known as ours; without one it has none. Raises FormBaseError when the base is
    not such a file.
    """

    def __init__(self, form: Form, base: bytes, council: str, seal_key: bytes | None = None) -> None:
        self._form, self._seal_key = form.key, seal_key
        cells = (
            table.cell_key(number, column)
            for table in form.tables()
            for number in range(1, table.rows + 1)
            for column in table.columns
            if column.prefilled
        )
        self._prefilled = (*(one.key for one in form.fields() if one.prefilled), *cells)
        words = {"title": form.title, "version": form.version, "council": council}
        words["reference"] = f"{OPEN}{REFERENCE}{CLOSE}"
        words["reference_label"] = next(
            (one.label for one in form.fields() if one.key == REFERENCE), "Reference"
        )
        ours = {
            REFERENCE_PROPERTY: f"{OPEN}{REFERENCE}{CLOSE}",
            FORM_PROPERTY: form.key,
            VERSION_PROPERTY: form.version,
        }
        if seal_key is not None:
            ours[SEAL_PROPERTY] = f"{OPEN}{SEAL_PROPERTY}{CLOSE}"
        self._file = Precompressed(_parts(form, _read_base(base), words, ours))

    def write(self, reference: AuditRef, prefill: Mapping[str, str]) -> bytes:
        """The form of one audit as a .docx. `prefill` maps keys of prefilled fields to what they show.

        The reference is printed with its check letter. A field without a value shows empty. The same
        arguments give the same bytes. Raises KeyError for a key that is not a prefilled field.
        """
        if unknown := set(prefill) - set(self._prefilled):
            raise KeyError(f"not prefilled in this form: {', '.join(sorted(unknown))}")
        shown = {key: _shown(prefill.get(key, "")) for key in self._prefilled}
        shown[REFERENCE] = _shown(printed_reference(reference))
        if self._seal_key is not None:
            shown[SEAL_PROPERTY] = seal(self._seal_key, self._form, reference).encode()
        return self._file.filled(shown)


def _shown(value: str) -> bytes:
    """A value as the inside of a w:t: escaped, without what XML cannot hold, lines kept apart."""
    lines = escape(_ILLEGAL.sub("", value)).splitlines()
    return '</w:t><w:br/><w:t xml:space="preserve">'.join(lines).encode()


def _read_base(base: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(base)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile:
        raise FormBaseError("The form's base is not a .docx file. Save it as a Word document.") from None
    if not {DOCUMENT, STYLE_PART} <= parts.keys():
        raise FormBaseError("The form's base has no Word document in it. Save it as a Word document (.docx).")
    styles = etree.fromstring(parts[STYLE_PART]).iterfind(f"{_W}style")
    if missing := STYLES - {str(style.get(f"{_W}styleId")) for style in styles}:
        raise FormBaseError(
            f"The form's base has lost these styles: {', '.join(sorted(missing))}. Put them back."
        )
    return parts


def _parts(
    form: Form, base: dict[str, bytes], words: Mapping[str, str], properties: Mapping[str, str]
) -> dict[str, bytes]:
    """Every part of the file, with places where an audit's values go, in an order that never changes."""
    parts = dict(base)
    parts[DOCUMENT] = _document(form, base[DOCUMENT], words)
    parts[STYLE_PART] = _with_small_styles(base[STYLE_PART])
    for name in base:
        if re.fullmatch(r"word/(header|footer)\d*\.xml", name):
            root = etree.fromstring(base[name])
            put_words(root, words)
            parts[name] = _xml(root)
    parts[CUSTOM] = with_properties(base.get(CUSTOM), properties)
    parts[CORE] = _core(form.title, words["council"])
    _announce_custom(parts)
    return {
        name: parts[name] for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name))
    }


def _document(form: Form, base: bytes, words: Mapping[str, str]) -> bytes:
    root = etree.fromstring(base)
    places = [
        p
        for p in root.iter(f"{_W}p")
        if "".join(t.text or "" for t in p.iter(f"{_W}t")).strip() == _FORM_MARK
    ]
    if len(places) != 1:
        raise FormBaseError(f"The form's base needs one paragraph that says {_FORM_MARK} and nothing else.")
    put_words(root, words)
    parent = places[0].getparent()
    assert parent is not None
    at = parent.index(places[0])
    parent[at : at + 1] = list(etree.fromstring(f'<w:body xmlns:w="{WORDML}">{body(form)}</w:body>'))
    etree.cleanup_namespaces(root)
    return _xml(root)


def _with_small_styles(styles: bytes) -> bytes:
    root = etree.fromstring(styles)
    there = {one.get(f"{_W}styleId") for one in root.iterfind(f"{_W}style")}
    root.extend([etree.fromstring(xml) for own, xml in SMALL_STYLES.items() if own not in there])
    return _xml(root)


def _core(title: str, council: str) -> bytes:
    """The document's title and language, for screen readers. It names the council and no person."""
    root = etree.Element(f"{{{_CORE}}}coreProperties", nsmap={"cp": _CORE, "dc": _DC})
    for name, value in (("title", title), ("creator", council), ("language", "en-GB")):
        etree.SubElement(root, f"{{{_DC}}}{name}").text = value
    return _xml(root)


def _announce_custom(parts: dict[str, bytes]) -> None:
    """Name the custom properties in the content types and relations, where the base had none."""
    types = etree.fromstring(parts["[Content_Types].xml"])
    if not any(one.get("PartName") == f"/{CUSTOM}" for one in types):
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{CUSTOM}", ContentType=_CUSTOM_TYPE)
        parts["[Content_Types].xml"] = _xml(types)
    relations = etree.fromstring(parts["_rels/.rels"])
    if not any(one.get("Type") == _CUSTOM_RELATION for one in relations):
        etree.SubElement(
            relations, f"{{{_RELATIONS}}}Relationship", Id="rIdAudit", Type=_CUSTOM_RELATION, Target=CUSTOM
        )
        parts["_rels/.rels"] = _xml(relations)


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
