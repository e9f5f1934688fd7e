"""How grades are worded. Those that are plain must be taken, the others asked about."""

from .kinds import kind
from .paper import Meant, Paper
from .wordings import ask, audit_only, take

_RI = "Requires improvement"


@kind()
def grades_shortened(paper: Paper) -> None:
    """Grades are shortened: RI, R.I., G, O, Inad."""
    audit_only(paper)
    short = {
        _RI: "RI|R.I.|r i|R/I|R. I.",
        "Good": "G|g.",
        "Outstanding": "O|OS",
        "Inadequate": "Inad|Inad.|IA",
    }
    take(paper, "grade", short)


@kind()
def grades_worded_otherwise(paper: Paper) -> None:
    """Grades are worded as people say them: Req. Improvement, Needs improvement."""
    audit_only(paper)
    words = "Req. Improvement|Needs improvement|Requires imp|Requiring improvement|Improvement required"
    take(paper, "grade", {_RI: f"{words}|Reqs. improvement|requires some improvement|Req imp"})


@kind()
def grades_with_slips(paper: Paper) -> None:
    """Grades are mistyped by a letter: goood, Requires improvment, Inadeqate."""
    audit_only(paper)
    slips = {
        "Good": "goood|Gooood",
        _RI: "Requires improvment|requries improvement|Requires improvements",
        "Inadequate": "Inadeqate|inadequat",
        "Outstanding": "Oustanding|outstandiing",
    }
    take(paper, "grade", slips)


@kind()
def grades_with_spaces_and_stops(paper: Paper) -> None:
    """Grades come in capitals, with spaces, stops, brackets, stars and quotes."""
    for number, key in enumerate(paper.answered("grade")):
        words = paper.words(key)
        shapes = [f"{words} ", words.upper(), f"{words}.", f"({words})", f"*{words}*", f"‘{words}’"]
        shapes += [f" {words.lower()} ! ", words.replace(" ", "  "), f"{words}\n", f"“{words}”."]
        typed = shapes[(number + paper.random.randrange(10)) % len(shapes)]
        paper.type(key, typed)
        paper.means(key, words, ask=False, said=typed)


@kind()
def not_applicable_in_other_words(paper: Paper) -> None:
    """A section that was not looked at is graded n/a, NA or N/A."""
    words = paper.filled.form.grades.not_applicable if paper.filled.form.grades else ""
    take(paper, "grade", {words: "n/a|NA|N/A.|na"})


@kind()
def two_grades(paper: Paper) -> None:
    """Two grades stand in one place, in every way there is of not deciding."""
    audit_only(paper)
    ask(
        paper,
        "grade",
        "good/RI|Good / Requires improvement|Good or outstanding|Good, Outstanding|RI → Good|G-RI|RI/G|G/RI"
        "|between good and RI|Good\nInadequate|Good and Outstanding|Good & RI|good–RI|RI (G)|Good\\RI|RI - G"
        "|Good Requires improvement|Inadequate not Good|RI moving to good|GO",
    )


@kind()
def grades_qualified(paper: Paper) -> None:
    """Grades are qualified: Outstanding?, Good+, high good, Good (was RI)."""
    audit_only(paper)
    ask(
        paper,
        "grade",
        "Outstanding?|Good (was RI)|Good+|high good|Good in parts|Good but RI for records|Good-|very good"
        "|good*2|Good with outstanding features|nearly good|strong RI|low good|Good (just)|borderline good"
        "|RI+|Good~|Good, with reservations|mostly good|Good, see s4|good enough",
    )


@kind()
def grades_denied(paper: Paper) -> None:
    """Grades are denied: not good, not inadequate, requires no improvement."""
    audit_only(paper)
    ask(
        paper,
        "grade",
        "not good|not inadequate|Requires no improvement|Not yet good|no longer inadequate|un-good|non-good"
        "|less than good|not outstanding|isn’t good|never inadequate|doesn't require improvement|No good"
        "|notgood|does not require improvement|not RI|Not at all inadequate|nongood",
    )


@kind()
def words_that_are_no_grades(paper: Paper) -> None:
    """Words near to a grade that are none: adequate, gold, mood, satisfactory."""
    audit_only(paper)
    ask(
        paper,
        "grade",
        "adequate|Adequate.|gold|mood|satisfactory|food|adequately|in adequate order|goods|outside|improving"
        "|requires|improvement|improved|Requires|standing|outstanding actions|adequat|adaquate|God|wood|goof",
    )


@kind()
def numbers_letters_and_ticks(paper: Paper) -> None:
    """Numbers, letters, ticks and dashes stand where a grade should."""
    ask(paper, "grade", "2|B|✓|3/4|-|?|…|75%|☺|II|4|A*|●|☑|x")


@kind()
def sentences_where_a_grade_should_be(paper: Paper) -> None:
    """Sentences stand where a grade should: see above, to be agreed, yes."""
    ask(
        paper,
        "grade",
        "see above|TBC|yes|to be agreed with TM|as discussed|same as section 1|not graded|none|pending|no"
        "|I could not decide|ungraded|Grade to follow|As before|The work is good and could be outstanding",
    )


@kind()
def grades_of_another_scale(paper: Paper) -> None:
    """Grades of another scale are typed: Amber, Met, Level 3, Secure or Good."""
    other = "Good" if paper.filled.form.key == "record" else "Secure"
    ask(paper, "grade", f"Amber|Met|Level 3|{other}|Strong|Requires support|RAG: green|Excellent|Fair|Weak")


@kind()
def grades_with_their_label(paper: Paper) -> None:
    """The label is typed again before the grade, or its word behind it."""
    for number, key in enumerate(paper.some("grade")):
        words = paper.words(key)
        typed = (f"Grade: {words}", f"{paper.fields[key].label}: {words}", f"{words} grade")[number % 3]
        paper.type(key, typed)
        paper.means(key, words, said=typed)


@kind()
def grades_in_the_tables(paper: Paper) -> None:
    """Grades and dates within tables of rows are typed in other words."""
    for key, column, meant in _closed_cells(paper):
        words = paper.words(key)
        typed, value = ("3rd of Nov 2026", "2026-11-03") if column == "date" else (f"{words.upper()}.", words)
        paper.type(key, typed)
        meant[0][meant[1]] = Meant(frozenset([value]), False, typed)


@kind()
def undecided_in_the_tables(paper: Paper) -> None:
    """Grades and dates within tables cannot be decided: they have no value, and the words are kept."""
    for key, column, meant in _closed_cells(paper):
        typed = "11/14/2026" if column == "date" else "Secure or not"
        paper.type(key, typed)
        meant[0][meant[1]] = Meant(frozenset(), True, typed)


def _closed_cells(paper: Paper) -> list[tuple[str, str, tuple[dict[str, Meant], str]]]:
    """The key and kind of each filled cell of a grade or date in the tables, and where its truth is kept."""
    return [
        (f"{table.key}_{number}_{column.key}", column.kind, (row.cells, column.key))
        for table in paper.tables
        for column in table.columns
        for number, row in enumerate(paper.rows[table.key], 1)
        if column.key in row.cells and column.kind in ("grade", "date")
    ]
