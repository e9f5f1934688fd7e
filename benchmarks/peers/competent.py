"""A competent script: python-docx by tag, one jinja2 environment, SQLAlchemy's ORM."""

import io
import re
from collections.abc import Mapping

import docx
import jinja2

from . import words
from .script import Worded, main

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ENVIRONMENT = jinja2.Environment(autoescape=True)
_HTML = _ENVIRONMENT.from_string(words.HTML)
_TEXT = jinja2.Environment().from_string(words.TEXT)  # noqa: S701 - plain text


class Competent:
    """Parses the form for each filling, and takes each content control by its tag."""

    def fill(self, facts: Mapping[str, str]) -> bytes:
        """The form with these facts in it."""
        return fill(words.marked_form("«", "»"), facts)

    def word(self, facts: Mapping[str, str]) -> Worded:
        """The mail with these facts in it."""
        given = words.given(facts)
        return Worded(_TEXT.render(given), _HTML.render(given))

    def read(self, form: bytes) -> Mapping[str, str]:
        """The answers of a form by tag, and what was printed."""
        return read(form)


def fill(form: bytes, facts: Mapping[str, str]) -> bytes:
    """The form, each mark replaced, by python-docx."""
    document = docx.Document(io.BytesIO(form))
    for text in document.element.body.iter(f"{_W}t"):
        said = text.text or ""
        if "«" in said:
            text.text = re.sub("«(.*?)»", lambda found: facts[found[1]], said)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def read(form: bytes) -> dict[str, str]:
    """Each content control's text by its tag, and each bookmarked cell's, by python-docx."""
    found = {}
    body = docx.Document(io.BytesIO(form)).element.body
    for control in body.iter(f"{_W}sdt"):
        tag = control.find(f"{_W}sdtPr/{_W}tag")
        if tag is not None:
            found[str(tag.get(f"{_W}val"))] = "".join(text.text or "" for text in control.iter(f"{_W}t"))
    for mark in body.iter(f"{_W}bookmarkStart"):
        name = str(mark.get(f"{_W}name"))
        if name in words.FIELDS:
            found[name] = "".join(text.text or "" for text in mark.getparent().iter(f"{_W}t"))
    return found


if __name__ == "__main__":
    main(Competent())
