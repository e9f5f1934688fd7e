"""Themes and learning (guidance 4): what the audits' words are about, and what of them QA lets be quoted."""

from collections.abc import Iterator, Mapping, Sequence

from ..report import Block, Chapter, Extract, FigureTable, Text
from ..suppression import Hide
from ..themes import ThemeCount
from .telling import OPEN, chart_of, counted, holds_back, sentence

TITLE = "Themes and learning"
_SHOWN = 12
"""So many themes are drawn and listed: a longer list hides what counts."""


def learning(
    counts: Sequence[ThemeCount],
    extracts: Sequence[Extract],
    remarks: Mapping[str, str],
    returned: int,
    round_name: str,
    hide: Hide = OPEN,
) -> Chapter:
    """The themes by how many audits they are found in, QA's remarks on them, and the extracts."""
    return Chapter(TITLE, tuple(_blocks(counts, extracts, remarks, returned, round_name, hide)))


def _blocks(
    counts: Sequence[ThemeCount],
    extracts: Sequence[Extract],
    remarks: Mapping[str, str],
    returned: int,
    round_name: str,
    hide: Hide,
) -> Iterator[Block]:
    found = sorted((one for one in counts if one.audits), key=lambda one: -one.audits)[:_SHOWN]
    if not found:
        yield Text("No theme was found in the words of the audits returned in this round.")
    else:
        yield from _themes(found, returned, round_name, hide)
        for one in found:
            if one.theme in remarks:
                yield Text(f"{one.theme}: {remarks[one.theme]}", "bullet")
    if extracts:
        yield Text("Words of auditors, chosen by QA.")
        yield from extracts


def _themes(found: Sequence[ThemeCount], returned: int, round_name: str, hide: Hide) -> Iterator[Block]:
    first = found[0]
    table = hide(_table(found, round_name, hide))
    told = not holds_back(table, first.theme)
    number = f", in {first.audits} of {counted(returned, 'audit')} returned" if told else ""
    yield Text(f"Most frequent theme: {first.theme}{number}.", "finding")
    lasting = [one for one in found if one.months > 1]
    if lasting:
        most = max(lasting, key=lambda one: one.months)
        yield Text(
            f"{sentence(counted(len(lasting), 'theme'))} of the round before "
            f"{'is' if len(lasting) == 1 else 'are'} back. {most.theme} has been seen {most.months} rounds "
            "running."
        )
    times = f" ({counted(first.audits, 'audit')})" if told else ""
    title = f"{first.theme} is the most frequent theme{times}"
    yield chart_of("bars", title, table, {"Audits": "main"})


def _table(found: Sequence[ThemeCount], round_name: str, hide: Hide) -> FigureTable:
    return FigureTable(
        f"Themes by the number of audits they are found in, {round_name}",
        ("Theme", "Audits", "In strengths", "In learning points", "Rounds running"),
        tuple(
            (one.theme, one.audits, one.strengths, one.learning, _rounds(one.months, hide)) for one in found
        ),
        note="Themes are found by words that QA keeps in themes.toml, or named by QA. An audit may have "
        "several, and a theme may also be in its reasons for the grade alone.",
    )


def _rounds(number: int, hide: Hide) -> str | int:
    """How many rounds a theme has been seen: of nobody, and so never held back as a number of audits is."""
    return str(number) if hide.hides else number
