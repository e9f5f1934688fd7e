"""How dates and choices are worded. Those that are plain must be taken, the others asked about."""

from .kinds import kind
from .paper import Paper
from .wordings import ask, open_fields, shared, take


@kind()
def dates_the_uk_way(paper: Paper) -> None:
    """Dates are typed in all the ways that people here do: 14/11/26, 14.11.2026, 14th November 2026."""
    fourteenth = "14/11/26|14.11.2026|14th November 2026|14-11-26|14 Nov 2026|14 November 26"
    take(paper, "date", {"2026-11-14": fourteenth, "2026-11-03": "3/11/2026|03-11-2026|3 Nov 26|3.11.26"})


@kind()
def dates_in_words(paper: Paper) -> None:
    """Dates are typed in words: Saturday 14 November 2026, the 14th of November 2026, Nov 14, 2026."""
    fourteenth = "Saturday 14 November 2026|the 14th of November 2026|Nov 14, 2026|Sat 14th Nov 2026"
    take(paper, "date", {"2026-11-14": f"{fourteenth}|14 november 2026|November 14 2026|14-Nov-2026"})


@kind()
def dates_the_iso_way(paper: Paper) -> None:
    """Dates are typed year first, as computers write them."""
    take(paper, "date", {"2026-11-03": "2026-11-03|2026/11/03|2026.11.3|2026-11-03T00:00:00"})


@kind()
def dates_with_odd_signs(paper: Paper) -> None:
    """Dates have no-break spaces, long dashes, stops at the end and spaces around slashes."""
    take(
        paper,
        "date",
        {"2026-11-14": "14\u00a0November\u00a02026.|14–11–2026|14 / 11 / 2026|14/11/2026.|\n14/11/2026 "},
    )


@kind()
def dates_the_american_way(paper: Paper) -> None:
    """Dates are typed month first: 11/14/2026."""
    ask(paper, "date", "11/14/2026|11-30-2026|02.13.26|12/31/2026|1/15/27")


@kind()
def dates_that_are_none(paper: Paper) -> None:
    """Days that do not exist, and days without a year."""
    ask(
        paper,
        "date",
        "31/11/2026|14 November|14/11|29/02/2027|0/11/2026|30 February 2027|14/13/2026|32/1/2026",
    )


@kind()
def dates_without_a_day(paper: Paper) -> None:
    """Months, weeks and numbers where a day should be."""
    ask(paper, "date", "November 2026|45980|mid November 2026|2026|11/2026|week 46|Q4 2026|20261114")


@kind()
def days_in_plain_words(paper: Paper) -> None:
    """Days as people say them: tomorrow, ASAP, next Friday."""
    ask(paper, "date", "tomorrow|ASAP|next Friday|in two weeks|14 Tachwedd 2026|Friday|n/a|ongoing")


@kind()
def two_days(paper: Paper) -> None:
    """Two days, or a stretch of them, where one should be."""
    ask(
        paper,
        "date",
        "14/11/2026 and 16/11/2026|10–14 November 2026|14/11/2026 (was 7/11/2026)"
        "|14/11/2026\n15/11/2026|14 or 15 November 2026",
    )


@kind()
def years_mistyped(paper: Paper) -> None:
    """Years that nobody can have meant: 0026, 206, 3026."""
    ask(paper, "date", "14/11/0026|14/11/3026|14/11/206|14 November 0026|14/11/20206|14/11/1026")


@kind()
def dates_with_words_around(paper: Paper) -> None:
    """A date with words around it that put it in doubt."""
    ask(
        paper,
        "date",
        "by 14/11/2026 at the latest|not 14/11/2026|14/11/2026?|14/11/2026 TBC|before 14/11/2026",
    )


@kind()
def dates_with_a_time(paper: Paper) -> None:
    """A time of day stands behind the date: the day is taken or asked about."""
    wordings = ("14/11/2026 10:30", "14/11/2026, 2pm", "14 Nov 2026 at 10", "2026-11-14 10:30")
    for key, typed in shared(paper, open_fields(paper, "date"), wordings):
        paper.type(key, typed)
        paper.means(key, "2026-11-14", said=typed)


@kind()
def choices_shortened(paper: Paper) -> None:
    """Yes and No are typed as y, YES, n., no!"""
    for number, key in enumerate(paper.answered("choice")):
        words = paper.words(key)
        initials = [one[0] for one in paper.fields[key].choices]
        shapes = [words.upper(), f"{words}.", f" {words.lower()} ", f"{words}!"]
        if initials.count(words[0]) == 1:
            shapes += [words[0], words[0].lower(), f"{words[0]}."]
        typed = shapes[(number + paper.random.randrange(len(shapes))) % len(shapes)]
        paper.type(key, typed)
        paper.means(key, words, ask=False, said=typed)


@kind()
def choices_with_a_but(paper: Paper) -> None:
    """No but…, Not yet, No?, No – except the school."""
    ask(
        paper,
        "choice",
        "No but see below|Not yet|No?|No – except the school|No/Yes|Not really|Noo|No, yes|no and yes|Know",
    )


@kind()
def choices_undecided(paper: Paper) -> None:
    """Yes/No, Yes and no, not sure, maybe."""
    ask(paper, "choice", "Yes/No|Yes and no|not sure|maybe|Y/N|TBC|Yes?|Yes No|do not know")


@kind()
def choices_in_sentences(paper: Paper) -> None:
    """Yes with an explanation behind it: taken as Yes or asked about."""
    for key, typed in shared(
        paper, open_fields(paper, "choice"), ("Yes – see below", "Yes, on the phone", "Yes (partly)")
    ):
        paper.type(key, typed)
        paper.means(key, *(["Yes"] if "Yes" in paper.fields[key].choices else []), said=typed)


@kind()
def choices_by_a_letter_of_two(paper: Paper) -> None:
    """A single letter with which two choices begin, or none does."""
    for key in paper.answered("choice"):
        initials = [one[0] for one in paper.fields[key].choices]
        letter = next((one for one in initials if initials.count(one) > 1), "q")
        paper.type(key, letter.lower())
        paper.means(key, said=letter.lower())


@kind()
def choices_of_nothing(paper: Paper) -> None:
    """Dashes, crosses, ticks and n/a where Yes or No should stand."""
    ask(paper, "choice", "n/a|X|✓|-|/|1|0|☒|none")
