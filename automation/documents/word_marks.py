"""Marks like `{council}` in a Word base, and the words that take their place."""

from collections.abc import Mapping

from lxml import etree

from .form_body import WORDML

_W = f"{{{WORDML}}}"


def put_words(root: etree._Element, words: Mapping[str, str]) -> None:
    """Put the words for `{council}` and so on. Word may have cut a mark into several runs."""
    for paragraph in root.iter(f"{_W}p"):
        texts = list(paragraph.iter(f"{_W}t"))
        whole = "".join(text.text or "" for text in texts)
        if any("{" + name + "}" in whole for name in words):
            _join_marks(texts)
            for text in texts:
                for name, value in words.items():
                    text.text = (text.text or "").replace("{" + name + "}", value)


def _join_marks(texts: list[etree._Element]) -> None:
    open_in: etree._Element | None = None
    for text in texts:
        own = text.text or ""
        if open_in is not None:
            head, close, rest = own.partition("}")
            open_in.text = (open_in.text or "") + head + close
            text.text = rest
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            if not close:
                continue
            own, open_in = rest, None
        if own.rfind("{") > own.rfind("}"):
            open_in = text
