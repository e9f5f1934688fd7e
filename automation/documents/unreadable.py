"""Why a returned file cannot be read, in words for its sender."""

from ..domain.problem import Problem

MEGABYTE = 1_000_000
MOST_BYTES = 25 * MEGABYTE
"""A returned file may not be larger, nor may any file inside it."""

WHERE = "The returned file"
SEND_WORD = "Please send the Word form itself, saved as a Word document (.docx)."
OPEN_AND_SAVE = "Please open your copy in Word, save it again and resend it."

EMPTY = Problem(WHERE, "is empty.", "Please attach the form again and resend it.")
DAMAGED = Problem(WHERE, "arrived damaged and cannot be opened.", OPEN_AND_SAVE)
TOO_BIG = Problem(
    WHERE,
    "is far larger than a form can be, so it was not opened.",
    "Please send the form without pictures or other files in it.",
)
PASSWORD = Problem(
    WHERE,
    "is protected by a password or encrypted.",
    "Please remove the password in Word (File, Info, Protect Document) and send it again.",
)
TOO_MUCH_WORK = Problem(
    WHERE,
    "took too long or too much memory to open, so it was not read.",
    OPEN_AND_SAVE,
)


class NotReadableError(Exception):
    """A returned file cannot be read as a form. `problem` says why and what its sender can do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
