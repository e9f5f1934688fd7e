"""What was taken out of a Word document by those who worked on it: tracked, struck through or hidden."""

import re
from collections.abc import Iterator

from lxml import etree

from .form_body import WORDML

_W = f"{{{WORDML}}}"
_PARAGRAPH, _ROW_LOOK, _PARAGRAPH_LOOK = f"{_W}p", f"{_W}trPr", f"{_W}pPr"
_RUN, _LOOK, _TEXT, _VALUE = f"{_W}r", f"{_W}rPr", f"{_W}t", f"{_W}val"
_DELETED, _MOVED, _CELL_DELETED = f"{_W}del", f"{_W}moveFrom", f"{_W}cellDel"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_STYLED, _STYLE, _STYLE_ID = (f"{_W}rStyle", f"{_W}pStyle"), f"{_W}style", f"{_W}styleId"
_FONT, _FONT_NAMES = f"{_W}rFonts", (f"{_W}ascii", f"{_W}hAnsi")
_SIGN_FONTS = ("wingdings", "webdings", "symbol", "zapf dingbats", "marlett")
SIGN = "\N{WHITE SQUARE}"
"""A sign of some font of signs: that it is there matters, not which."""
_EQUATION = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_STRUCK, _STRUCK_TWICE, _HIDDEN = f"{_W}strike", f"{_W}dstrike", f"{_W}vanish"
JOINED = "joined"
"""Set on a paragraph that a tracked change joins to the one before."""

_LEFT_OUT, _END = "\ufdd0", "\ufdd1"
"""Around words that their writer struck through or hid. Unicode keeps these two for uses such as this one: no
text has them, and one that does all the same loses them."""
_PRIVATE = str.maketrans("", "", _LEFT_OUT + _END)
_LEFT_OUT_WORDS = re.compile(f"{_LEFT_OUT}([^{_END}]*){_END}")
_OFF = ("0", "false", "off")


def accept_changes(root: etree._Element) -> None:
    """Take out what tracked changes delete or move away, and the second copy of each text box."""
    for mark in list(root.iter(_DELETED, _MOVED, _FALLBACK, _CELL_DELETED)):
        parent = mark.getparent()
        above = parent.getparent() if parent is not None else None
        if parent is None:
            continue
        if parent.tag == _ROW_LOOK or mark.tag == _CELL_DELETED:
            _remove(above)
        elif parent.tag == _LOOK and above is not None and above.tag == _PARAGRAPH_LOOK:
            _join_next(above.getparent())
        else:
            _remove(mark)


def _join_next(paragraph: etree._Element | None) -> None:
    following = paragraph.getnext() if paragraph is not None else None
    if following is not None and following.tag == _PARAGRAPH:
        following.set(JOINED, "1")


def _remove(element: etree._Element | None) -> None:
    parent = element.getparent() if element is not None else None
    if element is not None and parent is not None:
        parent.remove(element)


def mark_left_out(root: etree._Element, styles: etree._Element | None = None) -> None:
    """Put private marks around the words of runs that are struck through or hidden, by themselves or by their
    style. Letters in a font of signs are shown as the signs they are."""
    for text in root.iter(_TEXT, _EQUATION):
        if text.text and not text.text.isascii():
            text.text = text.text.translate(_PRIVATE)
    for font in root.iter(_FONT):
        if any(str(font.get(one)).casefold().startswith(_SIGN_FONTS) for one in _FONT_NAMES):
            run = next(font.iterancestors(_RUN), None)
            for text in run.iterchildren(_TEXT) if run is not None else ():
                text.text = SIGN * len(text.text or "")
    for look in list(root.iter(_STRUCK, _STRUCK_TWICE, _HIDDEN)):
        owner = look.getparent()
        run = owner.getparent() if owner is not None and owner.tag == _LOOK else None
        if run is not None and run.tag == _RUN and look.get(_VALUE) not in _OFF:
            _mark(run)
    named = set() if styles is None else set(_styles_that_leave_out(styles))
    for style in list(root.iter(*_STYLED)) if named else ():
        owner = style.getparent()
        above = owner.getparent() if owner is not None else None
        if above is None or style.get(_VALUE) not in named:
            continue
        for run in [above] if above.tag == _RUN else list(above.iter(_RUN)):
            if not any(one.get(_VALUE) in _OFF for one in run.iterfind(f"{_LOOK}/{_STRUCK}")):
                _mark(run)


def _styles_that_leave_out(styles: etree._Element) -> Iterator[str | None]:
    for style in styles.iterfind(_STYLE):
        looks = (style.find(f"{_LOOK}/{one}") for one in (_STRUCK, _STRUCK_TWICE, _HIDDEN))
        if any(look is not None and look.get(_VALUE) not in _OFF for look in looks):
            yield style.get(_STYLE_ID)


def _mark(run: etree._Element) -> None:
    for text in run.iterchildren(_TEXT):
        words = as_shown(text.text or "")
        text.text = f"{_LEFT_OUT}{words}{_END}" if words else ""


def without_left_out(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without the words that were struck through or hidden, and those words."""
    if _LEFT_OUT not in text:
        return text, ()
    left_out = tuple(one for found in _LEFT_OUT_WORDS.findall(_closed(text)) if (one := found.strip()))
    return _LEFT_OUT_WORDS.sub("", _closed(text)).strip(), left_out


def as_shown(text: str) -> str:
    """The text with the words that were struck through, without their marks."""
    return text.translate(_PRIVATE) if _LEFT_OUT in text or _END in text else text


def _closed(text: str) -> str:
    """Neighbouring runs as one stretch: Word cuts a word into several."""
    return text.replace(_END + _LEFT_OUT, "")
