"""Mutants: forms changed by chance, in the tree of a part, in the bytes of a part, or in the archive."""

import copy
import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Sequence
from random import Random

from lxml import etree

from ..documents.form_samples import DOCUMENT, W

Element = etree._Element
# fmt: off
_ODD = ("", " ", "\u00a0", "\u202e", "0", "-1", "99999999999", "1e9", "true", "\ufffd", "x" * 5000, "é\u0301",
        "../..", "http://files.example/", "Good", "reference", "s1_grade", "CFA-2026-11-017-K",
        "\ue010", "\ue011", "{x}")
_NAMES = ("p", "r", "t", "tc", "tr", "tbl", "sdt", "sdtContent", "sdtPr", "tag", "bookmarkStart",
          "bookmarkEnd", "del",
          "ins", "moveFrom", "trPr", "rPr", "pPr", "fldChar", "instrText", "ffData", "sym", "vMerge", "body",
          "txbxContent", "strike", "gridSpan", "cellDel", "vanish", "footnoteReference", "commentReference")
# fmt: on


def mutant(content: bytes, random: Random) -> tuple[bytes, str]:
    """The file with one to six changes made by chance, and what they were."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    done = []
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        change = random.choices((_in_a_tree, _in_bytes, _among_parts), (70, 15, 15))[0]
        done.append(change(parts, random))
    content = _written(parts, random)
    if random.random() < 0.2:
        content, how = _in_the_archive(content, random)
        done.append(how)
    return content, ", ".join(done)


def _written(parts: Sequence[tuple[str, bytes]], random: Random) -> bytes:
    out = io.BytesIO()
    packed = random.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    # A part that stands twice is what is wanted here; zipfile would warn of it.
    with (
        warnings.catch_warnings(action="ignore"),
        zipfile.ZipFile(out, "w", packed, compresslevel=1) as archive,
    ):
        for name, part in parts:
            archive.writestr(zipfile.ZipInfo(name), part, packed)
    return out.getvalue()


def _chosen(parts: Sequence[tuple[str, bytes]], random: Random) -> int:
    """A part by its place: mostly the document."""
    if random.random() < 0.7:
        for at, (name, _) in enumerate(parts):
            if name == DOCUMENT:
                return at
    return random.randrange(len(parts))


# In the tree of a part


def _in_a_tree(parts: list[tuple[str, bytes]], random: Random) -> str:
    if not parts:
        return "nothing left"
    at = _chosen(parts, random)
    name, part = parts[at]
    try:
        root = etree.fromstring(part)
    except etree.XMLSyntaxError:
        return _in_bytes(parts, random)
    change = random.choice(_TREE)
    for _ in range(random.choice((1, 1, 1, 5, 40))):
        everything = [one for one in root.iter() if isinstance(one.tag, str) and one.getparent() is not None]
        if everything:
            change(random.choice(everything), everything, random)
    parts[at] = (name, etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    return f"{change.__name__.strip('_')} in {name}"


def _parent(one: Element) -> Element:
    parent = one.getparent()
    assert parent is not None
    return parent


def _drop(one: Element, _: list[Element], __: Random) -> None:
    _parent(one).remove(one)


def _double(one: Element, _: list[Element], random: Random) -> None:
    for _n in range(random.choice((1, 2, 30))):
        one.addnext(copy.deepcopy(one))


def _swap(one: Element, others: list[Element], random: Random) -> None:
    other = random.choice(others)
    if one not in other.iterancestors() and other not in one.iterancestors() and one is not other:
        mark = etree.Element("mark")
        _parent(one).replace(one, mark)
        _parent(other).replace(other, one)
        _parent(mark).replace(mark, other)


def _move(one: Element, others: list[Element], random: Random) -> None:
    target = random.choice(others)
    if target is not one and one not in target.iterancestors():
        target.insert(random.randrange(len(target) + 1), one)


def _unwrap(one: Element, _: list[Element], __: Random) -> None:
    parent = _parent(one)
    at = parent.index(one)
    parent[at : at + 1] = list(one)


def _nest(one: Element, _: list[Element], random: Random) -> None:
    """Wrapped in elements of some name, up to hundreds deep."""
    name = random.choice(_NAMES)
    for _n in range(random.choice((1, 3, 60, 240))):
        outer = etree.Element(f"{W}{name}")
        _parent(one).replace(one, outer)
        outer.append(one)


def _rename(one: Element, others: list[Element], random: Random) -> None:
    one.tag = random.choice((f"{W}{random.choice(_NAMES)}", random.choice(others).tag, "x", "{urn:x}p"))


def _lose_attribute(one: Element, _: list[Element], random: Random) -> None:
    if one.attrib:
        del one.attrib[random.choice(list(one.attrib))]


def _change_attribute(one: Element, others: list[Element], random: Random) -> None:
    name = random.choice([*one.attrib, f"{W}val", f"{W}id", f"{W}name", "Target", "Type"])
    known = [value for other in others[:50] for value in other.attrib.values()]
    one.set(name, str(random.choice([*_ODD, *known])))


def _change_text(one: Element, others: list[Element], random: Random) -> None:
    words = [other.text for other in others if other.text]
    one.text = random.choice([*_ODD, *words, (one.text or "")[::-1], "long " * 20_000])


def _tail(one: Element, _: list[Element], random: Random) -> None:
    one.tail = random.choice(_ODD)


def _empty(one: Element, _: list[Element], __: Random) -> None:
    for child in list(one):
        one.remove(child)


def _insert(one: Element, _: list[Element], random: Random) -> None:
    new = etree.Element(f"{W}{random.choice(_NAMES)}")
    new.set(f"{W}val", random.choice(_ODD))
    new.text = random.choice(_ODD)
    one.insert(0, new)


def _shuffle(one: Element, _: list[Element], random: Random) -> None:
    parent = _parent(one)
    children = list(parent)
    random.shuffle(children)
    parent[:] = children


_TREE: tuple[Callable[[Element, list[Element], Random], None], ...] = (
    *(_drop, _double, _swap, _move, _unwrap, _nest, _rename, _lose_attribute, _change_attribute),
    *(_change_text, _tail, _empty, _insert, _shuffle),
)


# In the bytes of a part, among the parts, and in the archive


def _in_bytes(parts: list[tuple[str, bytes]], random: Random) -> str:
    if not parts:
        return "nothing left"
    at = _chosen(parts, random)
    name, part = parts[at]
    parts[at] = (name, _bytes_changed(part, random))
    return f"bytes in {name}"


def _bytes_changed(part: bytes, random: Random) -> bytes:
    start = random.randrange(len(part) + 1)
    end = min(len(part), start + random.choice((1, 4, 50, 5000)))
    put = random.choice(
        (
            b"",
            random.randbytes(end - start),
            b"\0" * 8,
            b"<",
            b"&#0;",
            b"\xff\xfe",
            part[start:end] * 2,
            b"]]>",
        )
    )
    return part[:start] + put + part[end:]


def _among_parts(parts: list[tuple[str, bytes]], random: Random) -> str:
    if not parts:
        return "nothing left"
    at = random.randrange(len(parts))
    name, part = parts[at]
    way = random.choice(("lost", "renamed", "twice", "empty", "exchanged", "of another"))
    if way == "lost":
        del parts[at]
    elif way == "renamed":
        parts[at] = (
            random.choice((name.upper(), f"/{name}", name.replace("/", "\\"), "../x", "é", f"{name} ")),
            part,
        )
    elif way == "twice":
        parts.append((name, _bytes_changed(part, random)))
    elif way == "empty":
        parts[at] = (name, b"")
    else:
        other = random.randrange(len(parts))
        parts[at], parts[other] = (
            (name, parts[other][1]),
            (parts[other][0], part if way == "exchanged" else parts[other][1]),
        )
    return f"{name} {way}"


def _in_the_archive(content: bytes, random: Random) -> tuple[bytes, str]:
    way = random.choice(("bits", "cut", "headed", "junk", "numbers"))
    if way == "cut":
        return content[: random.randrange(len(content) + 1)], way
    if way == "headed":
        return content[random.randrange(200) :], way
    if way == "junk":
        return random.randbytes(random.randrange(200)) + content + random.randbytes(
            random.randrange(200)
        ), way
    changed = bytearray(content)
    if way == "bits":
        for _ in range(random.choice((1, 3, 20))):
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
        return bytes(changed), way
    for sign in (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"):
        found = content.find(sign, random.randrange(max(1, len(content) - 100)))
        if found >= 0 and found + 30 < len(content):
            struct.pack_into(
                "<H", changed, found + 2 * random.randrange(2, 13), random.choice((0, 1, 8, 0xFFFF, 0x7FFF))
            )
    return bytes(changed), way
