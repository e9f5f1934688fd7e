"""A naive script: docxtpl and a new template for each mail, docx2python to read."""

import io
from collections.abc import Mapping

import jinja2
from docx2python import docx2python
from docxtpl import DocxTemplate

from . import words
from .script import Worded, main


class Naive:
    """Opens and compiles everything anew each time."""

    def fill(self, facts: Mapping[str, str]) -> bytes:
        """The form with these facts in it."""
        template = DocxTemplate(io.BytesIO(words.marked_form("{{ ", " }}")))
        template.render(dict(facts))
        out = io.BytesIO()
        template.save(out)
        return out.getvalue()

    def word(self, facts: Mapping[str, str]) -> Worded:
        """The mail with these facts in it."""
        given = words.given(facts)
        html = jinja2.Template(words.HTML, autoescape=True).render(given)
        return Worded(jinja2.Template(words.TEXT).render(given), html)

    def read(self, form: bytes) -> Mapping[str, str]:
        """What stands beside the words of the questions that it wants."""
        return read(form)


def read(form: bytes) -> dict[str, str]:
    """The text of each table row's last cell by its first."""
    found: dict[str, str] = {}
    with docx2python(io.BytesIO(form)) as result:
        for table in result.body:
            for row in table:
                cells = ["\n".join(cell).strip() for cell in row]
                if len(cells) > 1:
                    found.setdefault(cells[0], cells[-1])
    return {"case_number": found["Case number"], "overall_grade": _grade(found)}


def _grade(found: Mapping[str, str]) -> str:
    return next(value for key, value in found.items() if key.startswith("Overall grade"))


if __name__ == "__main__":
    main(Naive())
