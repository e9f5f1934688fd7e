"""What each job does outside, as the small council's rehearsal has it: effects are named in crash_points.py.

A new effect of a job, or a new message, is added here and to the story; or here alone, with the reason why no
story has it.
"""

from collections.abc import Mapping

POSTED: Mapping[str, tuple[str, ...]] = {
    "send": (
        *("preview", "re_allocated"),
        *("case_details_auditor", "case_details_social_worker", "case_details_team_manager"),
    ),
    "concerns": ("concern",),
    "collect": ("receipt", "form_received", "return_held"),
    "share": ("share",),
    "moderate": (
        *("moderation_pack", "moderation_reminder", "moderation_outcome"),
        *("dispute", "dispute_outcome_grade", "dispute_outcome_actions"),
    ),
    "actions": ("action_update", "oversight", "list_reminder"),
    "report": ("report_draft", "report"),
    "chase": ("reminder",),
    "digest": ("digest",),
}
"""The kinds of message that each job posts: each is claimed, sent and settled."""

DONE: Mapping[str, tuple[str, ...]] = {
    "remember": ("keeper.remember", "store.store_id"),
    "allocate": ("store.learn_sheet", "store.keep_fact tries-reading"),
    "collect": (
        "store.keep_fact tries-opening",
        *("store.seal_key", "originals.keep", "store.answer_under", "store.mail_filed"),
        *("mailbox.file automatic", "mailbox.file needs-a-person"),
        *("mailbox.file recorded", "mailbox.file recorded-with-questions"),
        *("store.learn_mail automatic", "store.learn_mail needs-a-person"),
        *("store.learn_mail recorded Action", "store.learn_mail recorded-with-questions Action"),
        *("store.learn_mail recorded Moderation", "store.learn_mail recorded Moderation Action"),
        "store.learn_mail recorded Response",
        *("store.learn_mail recorded Dispute", "store.learn_mail recorded Dispute Action"),
        *("store.learn_mail recorded ActionList", "store.learn_mail recorded ActionList Action"),
    ),
    "bounces": ("store.set_problems bounces",),
    "send": ("store.seal_key", "store.set_problems late"),
    "share": ("store.set_problems share",),
    "moderate": (
        *("store.seal_key", "store.set_problems moderation"),
        *("store.learn Moderation", "store.learn Dispute"),
    ),
    "actions": ("store.seal_key", "store.set_problems actions", "store.learn ActionList"),
    "report": (
        *("originals.keep", "store.learn_reporting ReportVersion", "pages.write v1.docx"),
        "pages.write v2.docx",
        *("pages.write own-words.docx", "pages.write review.xlsx"),
    ),
    "track": ("pages.write status.html", "pages.write tracker.xlsx"),
}
"""What each job does besides."""

MORE_POSTED: Mapping[str, tuple[str, ...]] = {"collect": ("incomplete",), "chase": ("overdue",)}
MORE_DONE: Mapping[str, tuple[str, ...]] = {
    "collect": (
        *("mailbox.file duplicate", "mailbox.file incomplete"),
        *("store.learn_mail duplicate", "store.learn_mail incomplete"),
    ),
}
"""What the campaign's council has besides: tests.campaigns.crashes.MORE."""

NOT_POSTED: Mapping[str, str] = {
    "bounced": "nobody's address is dead for good in the story: tests/stories/test_bounces.py",
    "concern_held": "every form with a concern is recorded: tests/stories/test_concerns.py",
    "dispute_reminder": "everybody decides in time: tests/stories/test_disputes.py",
    "form_incomplete": "every form about a moderation is whole in it",
    "stood_down": "no audit is taken from anybody after it was sent: tests/stories/test_a_month.py",
    "moderation_stood_down": "no moderator is taken from an audit: tests/stories/test_moderation.py",
    "doctor_test": "no job sends it",
    "report_note": "QA lets each report go as it is",
    "held": "nothing is held",
}
"""The kinds that no story of crashes has, and why. They go by the same way out as all others."""

NOT_DONE: Mapping[tuple[str, str], str] = {
    ("allocate", "store.set_problems"): "the first sheet is a good one",
    ("report", "store.set_problems"): "every report can be made and sent",
    ("collect", "pages.write"): "QA mails nothing back about a report",
    ("track", "store.set_problems"): "every page can be written",
    ("this_pass", "store.set_problems"): "nothing is set aside",
    ("trying", "store.set_problems"): "nothing is set aside",
    ("trying", "store.keep_fact"): "it is under the jobs that try: tries-reading and tries-opening",
    ("forgotten", "store.learn"): "no store is restored: tests/stories/test_restoring.py",
    ("forgotten", "store.keep_fact"): "no store is restored: tests/stories/test_restoring.py",
}
"""The methods of a port that a job calls and the story never comes to, and why."""


def expected(more: bool) -> set[str]:
    """Every job and effect of a rehearsal, as `share: mailbox.send share`: with `more`, of the campaign's."""
    tables = ((POSTED, DONE), (MORE_POSTED, MORE_DONE))
    found: set[str] = set()
    for posted, done in tables[: 2 if more else 1]:
        for job, kinds in posted.items():
            found |= {f"{job}: mailbox.has_sent", f"{job}: store.check_lease"}
            steps = ("store.claim", "mailbox.send", "store.settle")
            found |= {f"{job}: {step} {kind}" for kind in kinds for step in steps}
        found |= {f"{job}: {effect}" for job, effects in done.items() for effect in effects}
    return found


def recovered(more: bool) -> set[str]:
    """What recovering does when a rehearsal died at every point: each kind had gone once, once it had not."""
    kinds = {
        kind for posted in (POSTED, MORE_POSTED if more else {}) for many in posted.values() for kind in many
    }
    steps = ("store.free", "store.settle")
    return {f"recover: {step} {kind}" for kind in kinds for step in steps} | {"recover: mailbox.has_sent"}
