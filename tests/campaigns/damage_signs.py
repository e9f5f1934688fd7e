"""Signs: how letters, spaces and symbols are typed, corrected, cut up and hidden."""

from collections.abc import Callable

from ..documents.form_samples import W
from .kinds import kind
from .paper import Paper
from .wordml import XML_SPACE, Element, every, made, run, take_away

_WORDED = ("lines", "text")


_CLOSED = ("grade", "choice")


def _retyped(paper: Paper, change: Callable[[str], str], *kinds: str, count: int = 4) -> None:
    """Answers retyped with other signs. What is right stays what it was, except in free text."""
    for key in paper.some(*kinds, count=count):
        words = change(paper.words(key))
        paper.type(key, words)
        if paper.fields[key].kind in _WORDED:
            paper.means(key, words, ask=False)
        else:
            paper.means(key, *paper.meant[key].right, said=words)


@kind()
def every_letter_a_run_of_its_own(paper: Paper) -> None:
    """Word cuts answers into a run for each letter."""
    for key in paper.answered():
        inside = paper.inside(key)
        for one in every(inside, "r"):
            for piece in list(one):
                letters = [piece] if piece.tag != f"{W}t" else [_letter(sign) for sign in piece.text or ""]
                for letter in letters:
                    own = made("<w:r/>")
                    own.append(letter)
                    one.addprevious(own)
            take_away(one)


def _letter(sign: str) -> Element:
    one = made('<w:t xml:space="preserve"/>')
    one.text = sign
    return one


@kind()
def spelling_marks_between_words(paper: Paper) -> None:
    """Spelling marks, page breaks and bookmarks stand between the words of answers."""
    for key in paper.answered():
        for one in every(paper.inside(key), "r"):
            one.addprevious(made('<w:proofErr w:type="gramStart"/>'))
            one.addprevious(made('<w:bookmarkStart w:id="812" w:name="_GoBack"/>'))
            one.addnext(made('<w:bookmarkEnd w:id="812"/>'))
            one.append(made("<w:lastRenderedPageBreak/>"))


@kind()
def no_break_spaces(paper: Paper) -> None:
    """All spaces are no-break spaces, and one stands behind each answer."""
    _retyped(
        paper, lambda words: words.replace(" ", "\u00a0") + "\u00a0", *_WORDED, *_CLOSED, "date", count=9
    )


@kind()
def odd_spaces(paper: Paper) -> None:
    """Thin, narrow and ideographic spaces stand between words and around them."""
    _retyped(paper, lambda words: f"\u2009{words.replace(' ', chr(0x202F))}\u3000", *_CLOSED, "date", count=6)


@kind()
def soft_hyphens_and_joiners(paper: Paper) -> None:
    """Soft hyphens, zero-width spaces and joiners stand within words."""
    _retyped(paper, lambda w: "".join(f"{a}\u00ad\u200b\u2060" if a.isalnum() else a for a in w),
             *_WORDED, *_CLOSED, "date", count=9)  # fmt: skip


@kind()
def hyphens_and_breaks_as_elements(paper: Paper) -> None:
    """Hyphens, tabs and page breaks in answers are elements, not letters."""
    for key in paper.some("lines"):
        paper.inside(key).append(
            made(
                "<w:r><w:br/><w:t>face</w:t><w:noBreakHyphen/><w:t>to</w:t><w:softHyphen/><w:t>face</w:t><w:tab/>"
                '<w:t>end</w:t><w:br w:type="page"/><w:t>new page</w:t><w:cr/><w:ptab w:relativeTo="margin"/>'
                "<w:t>last</w:t></w:r>"
            )
        )
        words = paper.words(key)
        paper.means(key, f"{words}\nface-toface end\nnew page\nlast", ask=False, said=words)


@kind()
def full_width_letters(paper: Paper) -> None:
    """Closed answers and dates are typed in full-width letters and figures."""
    _retyped(
        paper,
        lambda w: "".join(chr(ord(a) + 0xFEE0) if "!" <= a <= "~" else a for a in w),
        *_CLOSED,
        "date",
        count=6,
    )


@kind()
def look_alike_letters(paper: Paper) -> None:
    """Closed answers are typed with Cyrillic letters that look like ours."""
    same = str.maketrans("aeopcxyAEOPCTMH", "аеорсхуАЕОРСТМН")
    _retyped(paper, lambda w: w.translate(same), *_CLOSED, count=6)


@kind()
def direction_marks(paper: Paper) -> None:
    """Right-to-left and other direction marks stand around answers."""
    _retyped(
        paper,
        lambda words: f"\u202b\u200f{words}\u200e\u202c\u2068\u2069",
        *_WORDED,
        *_CLOSED,
        "date",
        count=9,
    )


@kind()
def curly_quotes_around_answers(paper: Paper) -> None:
    """Closed answers are put in quotation marks."""
    _retyped(paper, lambda words: f"‘{words}’", "grade", "choice", count=2)
    _retyped(paper, lambda words: f"“{words}”", "grade", "choice", count=2)


@kind()
def accents_apart(paper: Paper) -> None:
    """Answers contain letters with their accents as signs of their own."""
    _retyped(paper, lambda words: words + " Mae\u0301r Sia\u0302n", *_WORDED)


@kind()
def many_scripts(paper: Paper) -> None:
    """Answers quote a child in Arabic, Chinese and signs, between lines in English."""
    _retyped(paper, lambda words: f"{words}\nهي تنام الآن\n他很快樂 👩\u200d👧 ✔️ he wrote.", *_WORDED)


@kind()
def corrected_by_word(paper: Paper) -> None:
    """AutoCorrect makes ellipses, dashes, fractions, ordinals and smileys."""
    _retyped(paper, lambda words: f"{words} Wait… – — ½ 14ᵗʰ ☺ → ©™", *_WORDED)


@kind()
def symbols_in_answers(paper: Paper) -> None:
    """Symbols of a symbol font (w:sym) stand in lines of text."""
    for key in paper.some(*_WORDED):
        paper.inside(key).append(
            made(
                '<w:r><w:sym w:font="Wingdings" w:char="F04A"/><w:t xml:space="preserve"> thanks</w:t></w:r>'
            )
        )
        words = paper.words(key)
        paper.means(key, *(f"{words}{sign} thanks" for sign in ("", "\uf04a", "□")), said=words)


@kind()
def signs_of_private_fonts(paper: Paper) -> None:
    """Signs of private fonts, such as old bullets and logos, stand in answers: the words are kept."""
    signs = str.maketrans("", "", "\ue010\ue011\uf0b7\uf8ff")
    for key in paper.some(*_WORDED):
        typed = f"\uf0b7 {paper.words(key)} \ue010 one \ue011 \ue010 two \uf8ff three"
        paper.type(key, typed)
        paper.means(key, typed, typed.translate(signs), said=paper.words(key))
        paper.said.append("one\ntwo\nthree")


@kind()
def letters_in_a_symbol_font(paper: Paper) -> None:
    """A letter is set in Wingdings, so that a square or a tick shows: it is not the letter that is meant."""
    for key in paper.answered(*_CLOSED):
        letter = paper.fields[key].choices[-1][0]
        paper.type(key, letter, '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>')
        paper.means(key, said=" ")


@kind()
def tick_symbol_in_place_of_a_choice(paper: Paper) -> None:
    """Only a tick from a symbol font stands where a choice should."""
    for key in paper.some(*_CLOSED):
        paper.type(key, "")
        paper.inside(key).append(made('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'))
        paper.gone([key])


@kind()
def bullets_and_numbers(paper: Paper) -> None:
    """Lines of an answer are paragraphs with Word’s bullets and numbers."""
    for key in paper.some("lines"):
        lines = ("Visits were late.", "The plan was not.", "Both were recorded.")
        for line in lines:
            one = made('<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p>')
            one.append(run(line))
            paper.cell(key).append(one)
        paper.means(key, "\n".join((paper.words(key), *lines)), ask=False)


@kind()
def superscript_and_case_by_format(paper: Paper) -> None:
    """Answers are set in small capitals, all capitals, superscript and colours."""
    for key in paper.answered():
        for one in every(paper.inside(key), "r"):
            one.insert(
                0, made('<w:rPr><w:caps/><w:vertAlign w:val="superscript"/><w:color w:val="FFFFFF"/></w:rPr>')
            )


@kind()
def highlighted_among_all_grades(paper: Paper) -> None:
    """All grades are typed and the one that is meant is highlighted."""
    for key in paper.some("grade"):
        paper.type(key, "")
        for one in paper.fields[key].choices:
            chosen = one == paper.words(key)
            paper.inside(key).append(run(f"{one} ", '<w:highlight w:val="yellow"/>' if chosen else ""))
        paper.means(key, said=" ".join(paper.fields[key].choices))


@kind()
def space_left_to_the_program(paper: Paper) -> None:
    """Line breaks and doubled spaces stand within the text of runs, as some programs write them."""
    for key in paper.answered():
        for one in every(paper.inside(key), "t"):
            one.text = (one.text or "").replace(" ", " \n   ")
            one.set(XML_SPACE, "default")
