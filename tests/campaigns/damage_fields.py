"""Word’s fields and old-style form fields in the place of our controls."""

from .kinds import kind
from .paper import Paper
from .wordml import Element, made, parent_of, run, take_away, wrap


def _field(kind_of: str, inside: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="Text1"/><w:enabled/>'
        f"{inside}</w:ffData></w:fldChar></w:r><w:r><w:instrText> {kind_of} </w:instrText>"
        '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _instead(paper: Paper, key: str, xml: str, shown: Element | None) -> None:
    """Put a field in the place of a control, showing an element or nothing."""
    control = paper.control(key)
    for piece in made(f"<w:p>{xml}</w:p>"):
        control.addprevious(piece)
    if shown is not None:
        control.addprevious(shown)
    control.addprevious(made(_END))
    take_away(control)


@kind()
def old_text_fields(paper: Paper) -> None:
    """Answers stand in old-style form fields (FORMTEXT) instead of controls."""
    for key in paper.answered("lines", "text", "date"):
        _instead(paper, key, _field("FORMTEXT", "<w:textInput/>"), run(paper.words(key)))


@kind()
def old_lists_with_only_a_number(paper: Paper) -> None:
    """Choices stand in old-style lists (FORMDROPDOWN) that store the number of the entry and show no text."""
    for key in paper.answered("grade", "choice"):
        choices = paper.fields[key].choices
        at = choices.index(paper.words(key))
        entries = "".join(f'<w:listEntry w:val="{one}"/>' for one in choices)
        _instead(
            paper,
            key,
            _field("FORMDROPDOWN", f'<w:ddList><w:result w:val="{at}"/>{entries}</w:ddList>'),
            None,
        )
        paper.means(key, paper.words(key))
        paper.meant[key] = type(paper.meant[key])(paper.meant[key].right, True, "")


@kind()
def old_list_left_at_its_first_entry(paper: Paper) -> None:
    """An old-style list was never touched: it stores no result, and its first entry is the prompt."""
    for key in paper.some("grade"):
        entries = "".join(f'<w:listEntry w:val="{one}"/>' for one in ("Choose", *paper.fields[key].choices))
        _instead(paper, key, _field("FORMDROPDOWN", f"<w:ddList>{entries}</w:ddList>"), None)
        paper.gone([key])


@kind()
def old_tick_box(paper: Paper) -> None:
    """A choice became an old-style tick box (FORMCHECKBOX), ticked or not: neither is a choice."""
    for number, key in enumerate(paper.some("choice")):
        _instead(
            paper,
            key,
            _field("FORMCHECKBOX", f'<w:checkBox><w:checked w:val="{number % 2}"/></w:checkBox>'),
            None,
        )
        paper.gone([key])


@kind()
def simple_field_around_an_answer(paper: Paper) -> None:
    """Answers stand within fields such as a merge field."""
    for key in paper.some("lines", "text", "date", "grade"):
        for one in list(paper.inside(key)):
            wrap(one, made('<w:fldSimple w:instr=" MERGEFIELD Good "/>'))


@kind()
def complex_field_around_an_answer(paper: Paper) -> None:
    """Answers stand within fields whose instruction looks like an answer."""
    for key in paper.some("lines", "text", "date", "grade"):
        inside = paper.inside(key)
        before = made(f"<w:p>{_field('QUOTE Inadequate 01/02/2020', '')}</w:p>")
        for place, piece in enumerate(list(before)):
            inside.insert(place, piece)
        inside.append(made(_END))


@kind()
def field_that_shows_today(paper: Paper) -> None:
    """A date was put in with Word's Date and Time, as a field (DATE) showing the day it was last opened."""
    for key in paper.some("date"):
        _instead(paper, key, _field('DATE \\@ "dd/MM/yyyy"', ""), run(paper.words(key)))
        paper.may_ask([key])


@kind()
def field_within_a_field(paper: Paper) -> None:
    """An answer is the result of a field within a field."""
    for key in paper.some("lines"):
        control = paper.control(key)
        outer = _field('IF "a" = "a" "yes"', "") + _field("FORMTEXT", "")
        for piece in made(f"<w:p>{outer}</w:p>"):
            control.addprevious(piece)
        control.addprevious(run(paper.words(key)))
        control.addprevious(made(_END))
        control.addprevious(made(_END))
        take_away(control)


@kind()
def hyperlinks_in_answers(paper: Paper) -> None:
    """Word turns an answer into a link."""
    for key in paper.some("lines", "text", "grade"):
        for one in list(paper.inside(key)):
            wrap(one, made('<w:hyperlink r:id="rId99" w:anchor="here"/>'))


@kind()
def ruby_and_direction_around_answers(paper: Paper) -> None:
    """Answers stand within direction marks (w:bdo, w:dir)."""
    for key in paper.some("lines", "text", "date", "grade"):
        for one in list(paper.inside(key)):
            wrap(one, made('<w:bdo w:val="rtl"/>'))
            wrap(parent_of(one), made('<w:dir w:val="rtl"/>'))


@kind()
def ruby_over_an_answer(paper: Paper) -> None:
    """A pronunciation is set over words of an answer."""
    for key in paper.some("lines"):
        paper.inside(key).append(
            made(
                "<w:r><w:ruby><w:rt><w:r><w:t>ma</w:t></w:r></w:rt>"
                "<w:rubyBase><w:r><w:t> Mei</w:t></w:r></w:rubyBase></w:ruby></w:r>"
            )
        )
        said = paper.words(key)
        paper.means(key, said + " Mei", said + "ma Mei", said + " Meima", said=said)
        paper.said.append("Mei")


@kind()
def equation_in_an_answer(paper: Paper) -> None:
    """Word’s equation editor holds part of an answer."""
    for key in paper.some("lines"):
        paper.inside(key).append(made("<m:oMath><m:r><m:t> 26/26 visits</m:t></m:r></m:oMath>"))
        said = paper.words(key)
        paper.means(key, said + " 26/26 visits", said, said=said)
        paper.said.append("26/26 visits")
