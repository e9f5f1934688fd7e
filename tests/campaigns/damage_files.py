"""The file itself: other kinds of Word file, odd archives, damage on the way, and files that are no form."""

import io

from lxml import etree

from ..documents.form_samples import DOCUMENT
from .kinds import kind
from .paper import Paper, zipped

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


_TYPES, _RELATIONS = "[Content_Types].xml", "word/_rels/document.xml.rels"


_RELATION = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def _encoded(part: bytes, encoding: str) -> bytes:
    out = io.BytesIO()
    etree.fromstring(part).getroottree().write(out, xml_declaration=True, encoding=encoding)
    return out.getvalue()


@kind(crossed=False)
def strict_open_xml(paper: Paper) -> None:
    """Saved as Strict Open XML: every namespace has another name."""
    pairs = (
        (b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", b"http://purl.oclc.org/ooxml/wordprocessingml/main"),
        (b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"),
    )  # fmt: skip
    parts = paper.all_parts()
    for old, new in pairs:
        parts = {name: part.replace(old, new) for name, part in parts.items()}
    paper.content = zipped(parts)


@kind(crossed=False)
def document_with_macros(paper: Paper) -> None:
    """Saved as a document with macros (.docm)."""
    parts = paper.all_parts()
    parts[_TYPES] = parts[_TYPES].replace(
        _MAIN_TYPE, b"application/vnd.ms-word.document.macroEnabled.main+xml"
    )
    paper.content = zipped({**parts, "word/vbaProject.bin": _OLE})
    paper.hazardous = True


@kind(crossed=False)
def word_template(paper: Paper) -> None:
    """Saved as a template (.dotx)."""
    parts = paper.all_parts()
    parts[_TYPES] = parts[_TYPES].replace(
        b"wordprocessingml.document.main", b"wordprocessingml.template.main"
    )
    paper.content = zipped(parts)


@kind(crossed=False)
def parts_of_other_names(paper: Paper) -> None:
    """A program names the parts otherwise and points to them from the root."""
    renamed = {"word/document.xml": "doc/Main 1.xml", _RELATIONS: "doc/_rels/Main 1.xml.rels"}
    parts = {
        renamed.get(name, name.replace("word/", "doc/")): part for name, part in paper.all_parts().items()
    }
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"word/document.xml", b"/doc/Main 1.xml")
    paper.content = zipped(parts)


@kind(crossed=False)
def parts_named_with_backslashes(paper: Paper) -> None:
    """An old archiver writes backslashes in the names of parts."""
    paper.content = zipped({name.replace("/", "\\"): part for name, part in paper.all_parts().items()})


@kind(crossed=False)
def missing_picture(paper: Paper) -> None:
    """A picture that the document names is not in the file."""
    parts = paper.all_parts()
    line = b'<Relationship Id="rId70" Type="%simage" Target="media/image9.png"/></' % _RELATION
    parts[_RELATIONS] = parts[_RELATIONS].replace(b"</", line, 1)
    paper.content = zipped(parts)


@kind(crossed=False)
def no_styles_and_settings(paper: Paper) -> None:
    """The parts for styles, settings, fonts and numbering are missing."""
    gone = ("styles", "settings", "fontTable", "numbering", "app", "core")
    paper.content = zipped(
        {n: p for n, p in paper.all_parts().items() if not n.endswith(tuple(f"{g}.xml" for g in gone))}
    )


@kind(crossed=False)
def no_content_types(paper: Paper) -> None:
    """The list of content types is missing."""
    paper.content = zipped({name: part for name, part in paper.all_parts().items() if name != _TYPES})


@kind(crossed=False)
def no_relations(paper: Paper) -> None:
    """The relations are missing: the document is found by its usual name."""
    paper.content = zipped(
        {name: part for name, part in paper.all_parts().items() if not name.endswith(".rels")}
    )


@kind(crossed=False)
def parts_with_byte_order_marks(paper: Paper) -> None:
    """Every part begins with a byte order mark."""
    paper.content = zipped({name: b"\xef\xbb\xbf" + part for name, part in paper.all_parts().items()})


@kind(crossed=False)
def parts_in_utf_16(paper: Paper) -> None:
    """Every part is written in UTF-16."""
    paper.content = zipped({n: _encoded(p, "UTF-16") for n, p in paper.all_parts().items()})


@kind(crossed=False)
def parts_in_ascii(paper: Paper) -> None:
    """Every letter beyond ASCII is written as a number."""
    paper.content = zipped({n: _encoded(p, "US-ASCII") for n, p in paper.all_parts().items()})


@kind(crossed=False)
def comments_within_the_xml(paper: Paper) -> None:
    """XML comments and instructions stand between all tags."""
    parts = paper.all_parts()
    parts[DOCUMENT] = parts[DOCUMENT].replace(b"<w:r>", b"<!-- Inadequate --><?mso Good?><w:r>")
    paper.content = zipped(parts)


@kind(crossed=False)
def links_to_the_outside(paper: Paper) -> None:
    """The file names a template, a picture and a frame on the internet: none is fetched."""
    parts = paper.all_parts()
    line = b"".join(
        b'<Relationship Id="rId6%d" Type="%s%s" Target="http://files.example/x" TargetMode="External"/>'
        % (number, _RELATION, name)
        for number, name in ((1, b"attachedTemplate"), (2, b"image"), (3, b"header"), (4, b"comments"))
    )
    parts[_RELATIONS] = parts[_RELATIONS].replace(b"</", line + b"</", 1)
    paper.content = zipped(parts)


@kind(crossed=False)
def large_pictures(paper: Paper) -> None:
    """Three large photographs and a thumbnail are in the file."""
    photo = paper.random.randbytes(1_000_000)
    paper.content = zipped({**paper.all_parts(), **{f"word/media/image{n}.jpeg": photo for n in range(3)}})


@kind(crossed=False, hold="must")
def document_type_declared(paper: Paper) -> None:
    """The document declares entities, as no Word does."""
    parts = paper.all_parts()
    head, _, rest = parts[DOCUMENT].partition(b"?>")
    parts[DOCUMENT] = head + b'?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + rest
    paper.content = zipped(parts)


@kind(crossed=False, hold="may")
def word_s_single_xml_file(paper: Paper) -> None:
    """Saved as a Word XML document: all parts in one XML file."""
    body = etree.tostring(paper.root)
    paper.content = (
        b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
        b'<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
        b'<pkg:part pkg:name="/word/document.xml"><pkg:xmlData>'
        + body
        + b"</pkg:xmlData></pkg:part></pkg:package>"
    )
