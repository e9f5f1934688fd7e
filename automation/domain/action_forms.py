"""What the service reads by name from the two forms that list actions."""

from collections.abc import Mapping

UPDATES, CONFIRMATIONS = "actions_listed", "actions_watched"
"""The tables: a team manager's open actions, and all that a service manager watches."""

ACTION_ID, ACTION, DUE = "action_id", "action", "due"
STATE, DONE_ON, SUPERVISION_ON, COMMENT, CONFIRMED = (
    *("state", "done_on", "supervision_on", "comment", "confirmed"),
)
OPEN, DONE, WITHDRAWN = STATES = ("Open", "Done", "Withdrawn")
YES, NO = ANSWERS = ("Yes", "No")

LIST_COLUMNS: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "action_update": (
        UPDATES,
        {
            **dict.fromkeys((ACTION_ID, "case_number", ACTION, "owner", DUE), ()),
            STATE: STATES,
            DONE_ON: (),
            SUPERVISION_ON: (),
            COMMENT: (),
        },
    ),
    "oversight": (
        CONFIRMATIONS,
        {
            **dict.fromkeys((ACTION_ID, "case_number", "team", ACTION, "owner", DUE, "stands"), ()),
            CONFIRMED: ANSWERS,
            COMMENT: (),
        },
    ),
}
"""Of each form, the table that lists actions, and the columns that it must have, with their choices."""

OTHER_WORDS: Mapping[str, str] = {"action_update": "other_words", "oversight": "more_words"}
"""Where each has room for words to the QA team."""

FILLED_IN: Mapping[str, tuple[str, ...]] = {
    "action_update": (STATE, DONE_ON, SUPERVISION_ON, COMMENT),
    "oversight": (CONFIRMED, COMMENT),
}
"""What people fill in. The other columns are printed."""
