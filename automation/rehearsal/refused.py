"""Why a rehearsal is not played."""


class RehearsalError(Exception):
    """The rehearsal cannot be played here, and why."""
