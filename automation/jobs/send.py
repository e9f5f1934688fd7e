"""Send: the preview to QA, case details to those they are for, stand-downs to those they no longer are."""

from collections.abc import Mapping

from ..domain.audit import Audit
from ..domain.calendar import Round
from ..domain.ids import RoundId
from ..domain.message import Fact
from ..domain.problem import Problem
from ..domain.qa_facts import preview, preview_key
from ..domain.reaudit import proposal_facts, to_audit_again
from ..domain.rules import Facts, case_details, details_key, stand_downs, too_late
from .actions import grades_now
from .concerns import raise_concerns
from .replying import post_replies
from .this_pass import Pass

_MONTH_ID = len("2026-11")


def send(this: Pass) -> None:
    """Post every preview, case details, stand-down and deferred reply that is due and has not gone; before
    all of them what is urgent."""
    raise_concerns(this)
    post_replies(this)
    rounds = this.rounds()
    facts = this.facts(rounds)
    audits = this.live(rounds)
    _previews(this, rounds, facts, audits)
    late: dict[RoundId, list[int]] = {}
    never: dict[RoundId, list[int]] = {}
    for audit in audits:
        round_ = rounds[audit.allocation.round]

        def post(audit: Audit = audit, round_: Round = round_) -> None:
            for message in (*stand_downs(audit, round_, facts), *case_details(audit, round_, facts)):
                this.post(message)

        this.each(audit.reference, post)
        if _waits_for_yes(audit, round_, facts):
            late.setdefault(round_.id, []).append(audit.allocation.row)
        if _never_went(audit, round_, facts):
            never.setdefault(round_.id, []).append(audit.allocation.row)
    this.store.set_problems("late", [*_ask(rounds, late), *_tell(rounds, never)], this.today)


def _previews(this: Pass, rounds: dict[RoundId, Round], facts: Facts, audits: tuple[Audit, ...]) -> None:
    for round_ in rounds.values():
        day = this.working.add_working_days(round_.start, -this.rules.preview_working_days)
        if round_.skipped or not day <= this.today < round_.start:
            continue
        mine = [a for a in audits if a.allocation.round == round_.id]
        others = {a.allocation.row for a in audits} - {a.allocation.row for a in mine}
        problems = [one.problem for one in this.store.open_problems() if one.source == "sheet"]
        problems = [one for one in problems if one.stops and one.row not in others]
        if not mine:
            problems.insert(0, _no_rows(round_))
        untold = [one for one in this.officers if preview_key(round_, one) not in facts.sent]
        again = _reaudits(this, round_) if untold else []
        for officer in untold:
            this.post(preview(round_, mine, problems, facts, officer, again))


def _reaudits(this: Pass, round_: Round) -> list[Mapping[str, Fact]]:
    """The cases that are proposed for another audit in a month's round. QA decides."""
    scale, calendar, grade = this.form.grades, this.calendar(), grades_now(this)
    if scale is None or round_.id != round_.id[:_MONTH_ID]:
        return []

    def known(one: RoundId) -> Round | None:
        return calendar.round(one) if calendar.knows(one) else None

    months = this.rules.actions.reaudit_after_months
    found = to_audit_again(round_, this.store.audits(), known, grade, scale.words[-1], months)
    rounds = {one.reference: calendar.round(one.allocation.round) for one in found}
    return [proposal_facts(one, rounds[one.reference], grade(one)) for one in found]


def _no_rows(round_: Round) -> Problem:
    return Problem(
        f"Sheet Allocations, round {round_.id}",
        f"There are no usable rows for {round_.name}.",
        "Add the round's rows, or enter the round in the Calendar sheet as No round with a reason.",
    )


def _waits_for_yes(audit: Audit, round_: Round, facts: Facts) -> bool:
    """Whether the case details would go today, were they not too late to go without QA's yes."""
    if not audit.sends or round_.skipped or not round_.start <= facts.today <= audit.due(round_):
        return False
    auditor = audit.holder("auditor")
    if auditor is None or not too_late(auditor, facts) or case_details(audit, round_, facts):
        return False
    return details_key(audit, auditor) not in facts.sent


def _never_went(audit: Audit, round_: Round, facts: Facts) -> bool:
    """Whether an audit is over of which its auditor was never told."""
    if not audit.sends or round_.skipped or facts.today <= audit.due(round_):
        return False
    auditor = audit.holder("auditor")
    return auditor is not None and details_key(audit, auditor) not in facts.sent


def _tell(rounds: dict[RoundId, Round], never: dict[RoundId, list[int]]) -> list[Problem]:
    return [
        Problem(
            _where(rows),
            f"The case details of {rounds[one].name} never went, and it is over: the auditors know nothing.",
            "Where an audit should still be done, enter an approved extension and set Status to Send late. "
            "Where not, set Status to Exempt with a reason.",
        )
        for one, rows in sorted(never.items())
    ]


def _where(rows: list[int]) -> str:
    return f"Sheet Allocations, rows {', '.join(map(str, sorted(rows)[:20]))}"


def _ask(rounds: dict[RoundId, Round], late: dict[RoundId, list[int]]) -> list[Problem]:
    return [
        Problem(
            _where(rows),
            f"The case details of {rounds[one].name} are late and were not sent.",
            "Where they should still go, set Status to Send late.",
        )
        for one, rows in sorted(late.items())
    ]
