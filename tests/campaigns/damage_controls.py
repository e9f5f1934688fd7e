"""Other kinds of control and field in the place of ours."""

from datetime import date

from lxml import etree

from ..documents.form_samples import W
from .kinds import kind
from .paper import NotHereError, Paper
from .wordml import Element, cells_of, every, found, made, para, parent_of, run, take_away


def _look(paper: Paper, key: str) -> Element:
    return found(paper.control(key), "sdtPr")


def _without_kind(paper: Paper, key: str) -> Element:
    look = _look(paper, key)
    for one in every(look, "text", "dropDownList"):
        take_away(one)
    return look


@kind()
def list_replaced_by_typed_text(paper: Paper) -> None:
    """The drop-down controls are deleted and the answers typed in their place."""
    for key in paper.answered("grade", "choice"):
        control = paper.control(key)
        control.addprevious(run(paper.words(key)))
        take_away(control)


@kind()
def list_turned_into_combo_box(paper: Paper) -> None:
    """The drop-downs become combo boxes with another value stored than the words that show."""
    for key in paper.answered("grade", "choice"):
        _without_kind(paper, key).append(
            made(
                '<w:comboBox w:lastValue="Inadequate"><w:listItem w:displayText="Inadequate" '
                'w:value="Good"/></w:comboBox>'
            )
        )


@kind()
def date_picker_with_the_same_day(paper: Paper) -> None:
    """Dates come from a date picker that shows the day in words."""
    for key in paper.answered("date"):
        (iso,) = paper.meant[key].right
        day = date.fromisoformat(iso)
        _without_kind(paper, key).append(
            made(f'<w:date w:fullDate="{iso}T00:00:00Z"><w:lid w:val="en-GB"/></w:date>')
        )
        shown = f"{day.day} {day:%B %Y}"
        paper.type(key, shown)
        paper.means(key, iso, ask=False, said=shown)


@kind()
def date_picker_that_stores_another_day(paper: Paper) -> None:
    """A date picker still stores an old day; what is typed over it is meant."""
    for key in paper.answered("date"):
        _without_kind(paper, key).append(made('<w:date w:fullDate="2019-01-31T00:00:00Z"/>'))


@kind()
def bound_to_stale_data(paper: Paper) -> None:
    """Controls are bound to data that holds older answers than the words that show."""
    for key in paper.answered():
        _look(paper, key).append(
            made('<w:dataBinding w:xpath="/a/b" w:storeItemID="{11111111-2222-3333-4444-555555555555}"/>')
        )
    paper.parts["customXml/item1.xml"] = b"<a><b>Inadequate</b></a>"


@kind()
def rich_text_controls(paper: Paper) -> None:
    """Text controls become rich text with bold, italic and coloured runs."""
    for key in paper.answered("lines", "text"):
        _without_kind(paper, key)
        for text in every(paper.inside(key), "r"):
            text.insert(0, made('<w:rPr><w:b/><w:i/><w:color w:val="FF0000"/><w:u w:val="single"/></w:rPr>'))


@kind()
def tick_box_in_place_of_a_choice(paper: Paper) -> None:
    """A ticked box is pasted over a choice: it does not say which choice is meant."""
    for key in paper.some("choice"):
        paper.type(key, "☒")
        _without_kind(paper, key).append(made('<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>'))
        paper.means(key, said="☒")


@kind()
def two_boxes_in_place_of_a_choice(paper: Paper) -> None:
    """A choice is retyped as two boxes, one ticked."""
    for key in paper.some("choice"):
        one, other, *_ = paper.fields[key].choices
        paper.type(key, f"☒ {one} ☐ {other}")
        paper.means(key, one, said=f"☒ {one} ☐ {other}")


@kind()
def list_with_two_items_chosen(paper: Paper) -> None:
    """A second choice is pasted into the drop-down behind the first."""
    for key in paper.some("grade", "choice"):
        others = [one for one in paper.fields[key].choices if one != paper.words(key)]
        paper.inside(key).append(run(f" {others[0]}"))
        paper.means(key, said=f"{paper.words(key)} {others[0]}")


@kind()
def control_copied_over_another(paper: Paper) -> None:
    """A section’s finding is copied, control and all, over the finding of another section."""
    keys = [key for key in paper.answered("lines") if key.endswith("_findings")]
    if len(keys) < 2:
        raise NotHereError
    source, target = keys[0], keys[1]
    copied = etree.fromstring(etree.tostring(paper.control(source)))
    control = paper.control(target)
    parent_of(control).replace(control, copied)
    paper.means(target, paper.words(source))
    paper.may_ask([source])


@kind()
def controls_of_two_answers_in_one_cell(paper: Paper) -> None:
    """A control is dragged, answer and all, into the cell of the question above it."""
    for key in paper.some("grade", count=2):
        above = paper.row(key).getprevious()
        if above is not None and above.tag == f"{W}tr":
            cells_of(above)[1].append(para(paper.control(key)))
            here = next(one for one in paper.fields if one != key and paper.row(one) is above)
            words = paper.words(here)
            paper.means(here, *paper.meant[here].right, f"{words}\n{paper.words(key)}".strip(), said=words)
            paper.may_ask([key])


@kind()
def answer_cut_with_its_names_into_another_cell(paper: Paper) -> None:
    """A finding is cut, control and bookmark and all, and pasted over that of another section."""
    keys = [key for key in paper.answered("lines") if key.endswith("_findings")]
    if len(keys) < 2:
        raise NotHereError
    source, target = keys[0], keys[1]
    here, there = found(paper.cell(source), "p"), found(paper.cell(target), "p")
    for old in [one for one in there if one.tag != f"{W}pPr"]:
        there.remove(old)
    for moved in [one for one in here if one.tag != f"{W}pPr"]:
        there.append(moved)
    paper.means(target, paper.words(source))
    paper.gone([source])


@kind(hold="may")
def the_same_control_twice_in_a_cell(paper: Paper) -> None:
    """A control is copied within its cell, and the copy typed over."""
    for key in paper.some("lines"):
        again = etree.fromstring(etree.tostring(paper.control(key)))
        paper.cell(key).append(para(again))
        for number, text in enumerate(every(again, "t")):
            text.text = "" if number else "Typed into the copy."
        words = paper.words(key)
        paper.means(key, *(f"{words}\nTyped into the copy.{end}" for end in ("", "\n")), said=words)


@kind()
def answer_cut_and_pasted_into_its_own_cell(paper: Paper) -> None:
    """An answer is typed again under its control, which is emptied and shows Word’s own prompt."""
    for key in paper.some("lines", "text", "date"):
        words = paper.words(key)
        paper.show_prompt(key, "Click or tap here to enter text.")
        paper.cell(key).append(made(f"<w:p>{etree.tostring(run(words)).decode()}</w:p>"))


@kind()
def control_without_content(paper: Paper) -> None:
    """The content element of some controls is lost with the answer."""
    for key in paper.some("lines", "grade"):
        take_away(paper.inside(key))
        paper.gone([key])


@kind()
def answer_before_a_control_that_was_emptied(paper: Paper) -> None:
    """The words stand before an empty control, in the same line."""
    for key in paper.some("lines", "text", "date", "grade", "choice", count=6):
        words = paper.words(key)
        paper.control(key).addprevious(run(words))
        paper.type(key, "")


@kind()
def placeholder_part_left_behind(paper: Paper) -> None:
    """Controls name a glossary part with their prompt that is not in the file."""
    for one in every(paper.root, "sdtPr"):
        one.append(made('<w:placeholder><w:docPart w:val="DefaultPlaceholder_-1854013440"/></w:placeholder>'))
    for key in paper.some("lines"):
        look = _look(paper, key)
        look.insert(0, etree.Element(f"{W}showingPlcHdr"))
