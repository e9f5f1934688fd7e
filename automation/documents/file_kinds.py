"""The kinds of file that people send, what is done with each, and what its sender is told."""

from dataclasses import dataclass
from typing import Literal

from ..domain.opened_file import Within
from ..domain.problem import Problem
from .unreadable import DAMAGED, EMPTY, PASSWORD, SEND_WORD, TOO_BIG, WHERE

Way = Literal["read", "convert", "open", "refuse"]
"""Read as Word, have it converted to Word first, open it to look inside, or tell its sender."""

Weight = Literal["form", "picture", "trimming"]
"""Beside a form, a picture or a trimming (signature, calendar entry) needs no word; nor does a trimming
beside anything else."""

SAVE_AS_WORD = "Please save it as a Word document (.docx) and send that."
_SEND_UNWRAPPED = "Please attach the Word form itself to your reply, not inside another file."
_SEND_FORM = "Please attach the Word form that came with your case details."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its name in plain words, what is done with it, and why it is not read if it is not."""

    name: str
    way: Way
    problem: Problem
    ending: str = ""
    """For one to be converted: `odt`."""
    within: Within = ""
    """For one to be opened: what its files are said to be in."""
    weight: Weight = "form"

    @property
    def refused_inside(self) -> Problem:
        """The problem with one to be opened that was found inside another."""
        article = "an" if self.name[0] in "AEIOUaeiou" else "a"
        return Problem(WHERE, f"is {article} {self.name} inside another file.", _SEND_UNWRAPPED)


def _refused(phrase: str, remedy: str = SEND_WORD, weight: Weight = "form") -> Kind:
    problem = Problem(WHERE, f"is {phrase} and not a Word form.", remedy)
    return Kind(phrase.partition(" ")[2], "refuse", problem, weight=weight)


def _converted(phrase: str, ending: str) -> Kind:
    problem = Problem(WHERE, f"is {phrase}, which cannot be read here.", SAVE_AS_WORD)
    return Kind(phrase.partition(" ")[2], "convert", problem, ending)


def _opened(phrase: str, within: Within) -> Kind:
    problem = Problem(WHERE, f"is {phrase} and not a Word form.", _SEND_UNWRAPPED)
    return Kind(phrase.partition(" ")[2], "open", problem, within=within)


WORD = Kind("Word document", "read", DAMAGED)
NO_WORD = _refused("an Office file")

OLD_WORD = _converted("an old Word file (.doc)", "doc")
RTF = _converted("an RTF file (.rtf)", "rtf")
ODT = _converted("an OpenDocument file (.odt)", "odt")
OTT = _converted("an OpenDocument template (.ott)", "ott")
FLAT_ODT = _converted("a flat OpenDocument file (.fodt)", "fodt")
WEB_PAGE = _converted("a web page (.html)", "html")
WEB_ARCHIVE = _converted("a web archive (.mht)", "mht")

ZIP = _opened("a zip file", "zip")
MAIL = _opened("a mail (.eml)", "eml")
OUTLOOK = _opened("an Outlook message (.msg)", "msg")
WINMAIL = _opened("a winmail.dat file", "winmail.dat")

INNER_MAIL = Kind(
    "mail inside another file",
    "refuse",
    Problem(WHERE, "is a mail or an object inside another file.", _SEND_UNWRAPPED),
)
EMPTY_FILE = Kind("empty file", "refuse", EMPTY)
DAMAGED_FILE = Kind("damaged file", "refuse", DAMAGED)
HUGE_FILE = Kind("file too large to open", "refuse", TOO_BIG)
LOCKED_FILE = Kind("file with a password", "refuse", PASSWORD)
PROTECTED_MAIL = Kind(
    "protected mail",
    "refuse",
    Problem(
        WHERE,
        "is a protected or encrypted mail, which only its addressee can open.",
        "Please send the form in a mail that is not encrypted or restricted (in Outlook: Options, Encrypt).",
    ),
)
LINK = Kind(
    "link to a file",
    "refuse",
    Problem(
        WHERE,
        "is a link to the form and not the form.",
        "Please attach the file itself: in Outlook choose Attach as copy.",
    ),
)
WORD_MARKER = Kind(
    "marker of an open document",
    "refuse",
    Problem(
        WHERE,
        "is the marker that Word makes while a document is open, and not the form.",
        "Please close the form in Word and attach the file whose name does not begin with ~$.",
    ),
    weight="trimming",
)

PDF = _refused("a PDF")
PICTURE = _refused("a picture", weight="picture")
PAGES = _refused("a Pages file")
EXCEL, OLD_EXCEL = _refused("an Excel file", _SEND_FORM), _refused("an old Excel file (.xls)", _SEND_FORM)
CALC = _refused("an OpenDocument spreadsheet (.ods)", _SEND_FORM)
POWERPOINT = _refused("a PowerPoint file", _SEND_FORM)
OTHER_OPENDOCUMENT = _refused("an OpenDocument file of another kind")
OLD_OFFICE = _refused("an old Office file")
XML = _refused("an XML file")
ARCHIVE = _refused("a packed file")
PLAIN_TEXT = _refused("a plain text file")
SOUND = _refused("a sound or film")
SIGNATURE = _refused("a digital signature", _SEND_FORM, "trimming")
CALENDAR = _refused("a calendar entry", _SEND_FORM, "trimming")
CONTACT = _refused("a contact card", _SEND_FORM, "trimming")
SYSTEM_FILE = _refused("a file of the computer's own", _SEND_FORM, "trimming")
UNKNOWN = Kind("unknown file", "refuse", Problem(WHERE, "is not a Word document.", SEND_WORD))

TRIMMINGS = frozenset(one.name for one in (SIGNATURE, CALENDAR, CONTACT, SYSTEM_FILE, WORD_MARKER))
"""Files that come along with a mail and that nobody sent on purpose."""
