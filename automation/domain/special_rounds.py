"""The Calendar sheet: months with other dates or without a round, and ad hoc rounds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .calendar import Round, WorkingCalendar, month_round
from .follow_up import LIST_ROUNDS
from .ids import RoundId
from .reading import RowReading, SheetReading, spelt
from .written import read_round

KINDS = ("Month", "No round", "Ad hoc")
"""What the Kind column may say."""
_MONTH, _NO_ROUND, _AD_HOC = KINDS
_MONTH_ID = len("2026-11")


@dataclass(frozen=True, slots=True)
class SpecialRounds:
    """The rounds the sheet sets apart. `bad` maps a round that cannot be used to the place to mend."""

    rounds: Mapping[RoundId, Round]
    bad: Mapping[RoundId, str]

    @property
    def names(self) -> Mapping[str, RoundId]:
        """Each round's name, in lower case, and its id."""
        return {round_.name.lower(): round_.id for round_ in self.rounds.values()}


def read_special_rounds(sheet: SheetReading, working: WorkingCalendar) -> SpecialRounds:
    """The special rounds. Problems go to the reading.

    A round that cannot be told from its row stops everything: the row may say that this month has none.
    """
    good: dict[RoundId, Round] = {}
    bad: dict[RoundId, str] = {}
    for row in sheet.each_row():
        round_id = read_round(row.value("round"), {})
        if round_id is None:
            sheet.stops_all = True
            row.refuse(
                "round", "This is not a round.", "Write 2026-08 for a month, 2026-11-INSP for an ad hoc one."
            )
            continue
        if round_id in good or round_id in bad:
            row.refuse("round", f"Round {round_id} is here twice.", "Delete one of the rows.")
            good.pop(round_id, None)
        else:
            found = _read_round(row, round_id, working)
            if found is not None and not row.stopped:
                good[round_id] = found
        if row.stopped:
            bad[round_id] = sheet.place(row.ref("round"))
    return SpecialRounds(good, bad)


def _read_round(row: RowReading, round_id: RoundId, working: WorkingCalendar) -> Round | None:
    text = row.text("kind")
    kind = spelt(text, KINDS)
    if kind is None:
        row.refuse("kind", f"‘{text}’ is not a kind of round.", f"Choose one of: {', '.join(KINDS)}.")
        return None
    if (kind == _AD_HOC) == (len(round_id) == _MONTH_ID):
        row.refuse(
            "round",
            f"{round_id} does not suit the kind ‘{kind}’.",
            "A month is written 2026-11; an ad hoc round adds letters: 2026-11-INSP.",
        )
        return None
    if round_id[_MONTH_ID + 1 :] in LIST_ROUNDS.values():
        row.refuse(
            "round",
            f"‘{round_id[_MONTH_ID + 1 :]}’ stands in the references of lists of actions.",
            "Give the round other letters, such as 2026-11-INSP.",
        )
        return None
    usual = month_round(RoundId(round_id[:_MONTH_ID]), working)
    if kind == _NO_ROUND:
        return replace(usual, name=row.text("name") or usual.name, skipped=row.text("reason") or "no round")
    return _dated(row, round_id, kind, usual, working)


def _dated(
    row: RowReading, round_id: RoundId, kind: str, usual: Round, working: WorkingCalendar
) -> Round | None:
    first, last = row.day("first"), row.day("last")
    if kind == _AD_HOC:
        for key, day, word in (("first", first, "first"), ("last", last, "last")):
            if day is None and not row.stopped:
                row.refuse(key, f"An ad hoc round needs a {word} day.", "Fill the cell.")
    first, last = first or usual.first, last or usual.last
    start = row.day("start") or working.roll_forward(first)
    due = row.day("due") or last
    if row.stopped:
        return None
    if last < first:
        row.refuse("last", "The last day is before the first.", "Correct one of them.")
    if due < start:
        row.refuse("due", "The due date is before the round starts.", "Correct one of them.")
    if not working.is_working(start):
        row.warn("start", "The round starts on a day that is not worked.", "Choose a working day.")
    name = row.text("name") or (usual.name if kind == _MONTH else round_id)
    return Round(round_id, name, first, last, start, due)
