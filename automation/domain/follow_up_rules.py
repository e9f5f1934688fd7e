"""A council's choices for what follows a return: the tables of rules.toml."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModerationRules:
    """Which audits are moderated, by whom, and by when. `roles` are those that moderators come from, where
    the sheet names none. Working days count from the day the pack goes, and back from the due date."""

    always: tuple[str, ...] = ("Outstanding", "Inadequate")
    percent: int = 20
    roles: tuple[str, ...] = ("Head of Service", "Service Manager", "Principal Social Worker")
    due_working_days: int = 10
    reminder_working_days: int = 3

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= 100:
            raise ValueError("percent must be 0 to 100.")


@dataclass(frozen=True, slots=True)
class DisputeRules:
    """By when a response to an outcome, and a decision on a dispute, is wanted. `grade_role` decides on
    grades (guidance 3); actions are for the Head of Service of the case's area."""

    grade_role: str = "Head of Service for Quality Assurance"
    response_working_days: int = 5
    due_working_days: int = 10
    reminder_working_days: int = 3


@dataclass(frozen=True, slots=True)
class ActionRules:
    """When managers are asked about actions: on a working day of each month, and so many working days before
    an action falls due. `reaudit_after_months` is when a case graded lowest is proposed again."""

    update_working_day: int = 5
    oversight_working_day: int = 8
    before_due_working_days: int = 5
    answer_working_days: int = 5
    reaudit_after_months: int = 3
