"""The colours and letters of a report's charts: the table [report_look] of service.toml."""

import re
from dataclasses import dataclass, fields

from .report import Colour

_COLOUR = re.compile(r"[0-9A-F]{6}")


@dataclass(frozen=True, slots=True)
class Look:
    """What each meaning looks like, as red, green and blue: `1D4F60`.

    Neighbours in a chart differ in lightness, so that they differ on a black and white print too. Each that
    is drawn as a line stands out from white by 3 to 1 (WCAG 2.2, 1.4.11), as does `ink`, the outline of bars.

    `font` is for charts; empty, it is the one of the Word base, where headings and tables have theirs.
    """

    outstanding: str = "1D4F60"
    good: str = "5F9EA0"
    requires_improvement: str = "F4D08A"
    inadequate: str = "A32A1E"
    none: str = "E4E8EA"
    main: str = "1D4F60"
    second: str = "5F97AE"
    third: str = "A85B12"
    muted: str = "828F96"
    ink: str = "333333"
    grid: str = "D5DADD"
    font: str = ""

    def __post_init__(self) -> None:
        for one in fields(self):
            if one.name != "font" and not _COLOUR.fullmatch(getattr(self, one.name)):
                raise ValueError(f"{one.name} must be a colour of six signs such as ‘1D4F60’.")

    def of(self, meaning: Colour) -> str:
        """The colour that has this meaning."""
        return str(getattr(self, meaning.replace(" ", "_")))
