"""Immediate concerns about a child's safety, as a form declares them (guidance 3)."""

from collections.abc import Mapping

from .form import CONCERN_DETAILS, IMMEDIATE_CONCERN


def declares_concern(answers: Mapping[str, str]) -> bool:
    """Whether a form declares a concern. Details beside a blank or a No count: in doubt, ask."""
    return answers.get(IMMEDIATE_CONCERN, "") == "Yes" or bool(answers.get(CONCERN_DETAILS, "").strip())
