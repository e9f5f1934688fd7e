"""An audit's life in plain words: a sentence for each event and each message, without raw keys."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from .history import Event
from .ids import StaffKey
from .message import Fact
from .written import say

Name = Callable[[str], str]
"""The name of whoever has a staff key, or wrote the mail with an id."""

ABOUT_A_FORM = (
    *("moderation returned", "response returned", "action update returned", "oversight returned"),
    *("dispute about the grade decided", "dispute about the actions decided"),
)
"""Events that say what a returned form was. They follow the one that says that a mail came."""

_WHY = {
    "grade": "because of its grade",
    "sample": "drawn for the sample",
    "named in the sheet": "because the sheet names a moderator",
}
_CAME = {
    "recorded": "{} returned the form, and it was recorded.",
    "recorded with questions": "{} returned the form. It was recorded, and something was asked.",
    "newer version": "{} sent a corrected form, which counts now.",
    "duplicate": "{} sent the same form again.",
    "incomplete": "{} returned a form with answers missing.",
    "needs a person": "{} sent something that only QA can place.",
    "automatic": "An automatic mail came from {}.",
    "not ours": "{} wrote about something else.",
}
MESSAGES: Mapping[str, str] = {
    "case_details_auditor": "Case details and the form went to the auditor, {}.",
    "case_details_social_worker": "The social worker was told of the audit: {}.",
    "case_details_team_manager": "The team manager was told of the audit: {}.",
    "re_allocated": "Told of the audit, which has come to them: {}.",
    "stood_down": "Told that the audit is not theirs any more: {}.",
    "reminder": "Reminded that the audit is due: {}.",
    "overdue": "Told that the audit is overdue: {}.",
    "receipt": "Told what was recorded: {}.",
    "incomplete": "Asked for what is missing in the form: {}.",
    "return_held": "Told that QA looks at what they sent: {}.",
    "bounced": "Told that a message came back: {}.",
    "concern": "Told of the immediate concern, as urgent: {}.",
    "concern_held": "Told of a concern in a form that is not recorded: {}.",
    "share": "The finished audit was shared with {}.",
    "moderation_pack": "Asked to moderate it: {}.",
    "moderation_reminder": "Reminded of the moderation: {}.",
    "moderation_stood_down": "Told that somebody else moderates it: {}.",
    "moderation_outcome": "Told what the moderation came to: {}.",
    "dispute": "Asked to decide the dispute: {}.",
    "dispute_reminder": "Reminded of the dispute: {}.",
    "dispute_outcome_grade": "Told the decision on the grade: {}.",
    "dispute_outcome_actions": "Told the decision on the actions: {}.",
    "form_received": "Told what was recorded of their form: {}.",
    "form_incomplete": "Asked for what is missing in their form: {}.",
    "action_update": "Asked how actions stand: {}.",
    "oversight": "Asked whether actions are done: {}.",
    "list_reminder": "Reminded of a list of actions: {}.",
    "report_draft": "Asked to check the draft report: {}.",
    "report": "Sent the report: {}.",
    "report_note": "Told what became of the report: {}.",
    "held": "Told that sending is held: {}.",
    "preview": "Sent the preview of the round: {}.",
    "digest": "Sent the day's digest: {}.",
}
"""Each kind of message, with the names of those who got it."""

_SENDING = re.compile(
    r"(\w+) (sent|is doubtful|found sent|had not gone|settled by a person as (?:not )?sent)"
)
_ACTION = re.compile(r"CFA-.+-([AMD]\d+) (.+)")
_ROLE = re.compile(r"(auditor|social worker|team manager) changed")
_DISPUTE = re.compile(r"dispute about the (grade|actions) (to be decided|decided)")


def sentence(event: Event, name: Name) -> str:
    """What happened, in a sentence; empty for an event that nobody has given one."""
    what, facts = event.what, event.facts
    if what.startswith("return "):
        return _CAME.get(what.removeprefix("return "), "").format(name(str(facts.get("mail", ""))))
    if found := _ACTION.fullmatch(what):
        return _of_action(found[1], found[2], facts, name)
    if found := _ROLE.fullmatch(what):
        return f"The {found[1]} changed from {_who(facts, 'from', name)} to {_who(facts, 'to', name)}."
    if found := _DISPUTE.fullmatch(what):
        return _of_dispute(found[1], found[2], facts, name)
    if (found := _SENDING.fullmatch(what)) and found[1] in MESSAGES:
        how = "" if found[2] == "sent" else f" ({found[2]})"
        return MESSAGES[found[1]].format(_who(facts, "to", name) + how)
    known = _KNOWN.get(what)
    return known(facts, name) if known else ""


def _of_action(number: str, what: str, facts: Mapping[str, Fact], name: Name) -> str:
    who = _who(facts, "from", name)
    said = {
        "done": f"{who}: action {number} is done, on {_day(facts, 'done on')}.",
        "verified": f"{who} confirmed that action {number} is done.",
        "withdrawn": f"{who}: action {number} is withdrawn.",
        "open again": f"{who}: action {number} is open again.",
        "has a date": f"{who} gave action {number} a date, {_day(facts, 'due')}.",
        "recorded in supervision": (
            f"Action {number} was recorded in supervision, on {_day(facts, 'recorded on')}."
        ),
        "handed on": f"Action {number} was handed on from {who} to {_who(facts, 'to', name)}.",
        "completed from what repeats it": (
            f"Action {number} got its owner or date from another that repeats it."
        ),
    }
    return said.get(what, "")


def _of_dispute(kind: str, what: str, facts: Mapping[str, Fact], name: Name) -> str:
    if what == "to be decided":
        verb = "is" if kind == "grade" else "are"
        return f"The {kind} {verb} disputed. {_who(facts, 'decider', name)} decides."
    said = facts.get("final_grade") or facts.get("decision") or ""
    return f"{_who(facts, 'from', name)} decided the dispute about the {kind}: {said}."


def _allocated(facts: Mapping[str, Fact], name: Name) -> str:
    return f"Allocated to {_who(facts, 'auditor', name)}."


def _begun(facts: Mapping[str, Fact], name: Name) -> str:
    why = _WHY.get(str(facts.get("why")), "")
    return f"To be moderated by {_who(facts, 'moderator', name)}, {why}."


def _moderated(facts: Mapping[str, Fact], name: Name) -> str:
    given, now = facts.get("auditor_grade"), facts.get("moderated_grade")
    how = "the same" if facts.get("shift") == "same" else str(facts.get("shift"))
    return (
        f"Moderated by {_who(facts, 'from', name)}: the auditor’s grade is {given}, the moderated one {now} "
        f"({how})."
    )


def _responded(facts: Mapping[str, Fact], name: Name) -> str:
    refused = [word for word in ("grade", "actions") if not facts.get(word)]
    said = f"does not accept the {' and the '.join(refused)}" if refused else "accepts the outcome"
    return f"{_who(facts, 'from', name)} {said}."


def _moved(facts: Mapping[str, Fact], name: Name) -> str:
    del name
    before = facts.get("audit before")
    return f"The case’s grade moved from {facts.get('from')} (in {before}) to {facts.get('to')}."


def _extended(facts: Mapping[str, Fact], name: Name) -> str:
    del name
    return f"The extension changed from {_day(facts, 'from')} to {_day(facts, 'to')}."


_KNOWN: Mapping[str, Callable[[Mapping[str, Fact], Name], str]] = {
    "allocated": _allocated,
    "row gone from the sheet": lambda *_: "Its row has gone from the sheet: held.",
    "row cannot be used, waiting": lambda *_: "Its row cannot be used: held.",
    "row usable again": lambda *_: "Its row can be used again.",
    "status changed": lambda facts, _: (
        f"Its Status changed from {facts.get('from') or 'none'} to {facts.get('to') or 'none'}."
    ),
    "extension changed": _extended,
    "erased by a person": lambda *_: "What it said was erased. Grades and dates stay.",
    "disposed of": lambda facts, _: (
        f"Disposed of, by an approved list: {str(facts.get('what')).replace(' ', ', ')}."
    ),
    "moderation begun": _begun,
    "moderation begun anew": lambda facts, name: _begun(facts, name).replace("To be", "Now to be"),
    "moderation returned": _moderated,
    "response returned": _responded,
    "grade moved": _moved,
    "report made": lambda facts, _: f"Version {facts.get('version')} of the report was made.",
    "report held": lambda *_: "The report is held.",
    "report let go": lambda *_: "The report may go.",
    "report came back from QA": lambda *_: "QA sent back files for the report.",
    "list made": lambda facts, name: (
        f"A list of {facts.get('actions')} actions was made for {_who(facts, 'for', name)}."
    ),
    "action update returned": lambda facts, name: f"{_who(facts, 'from', name)} returned the list.",
    "oversight returned": lambda facts, name: f"{_who(facts, 'from', name)} returned the list.",
}


def _who(facts: Mapping[str, Fact], key: str, name: Name) -> str:
    held = facts.get(key)
    return name(StaffKey(str(held))) if held else "nobody"


def _day(facts: Mapping[str, Fact], key: str) -> str:
    held = facts.get(key)
    return say(held) if isinstance(held, date) else "no day"
