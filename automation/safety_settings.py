"""What keeps a wrong turn small: the tables [brakes], [trial] and [backup] of service.toml."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BrakeSettings:
    """How many messages a day are believed. `least_a_day` is allowed however few audits there are."""

    first_run_approval: bool = False
    a_day_for_each_audit: int = 6
    least_a_day: int = 50
    a_day_for_each_person: int = 15

    def __post_init__(self) -> None:
        if min(self.a_day_for_each_audit, self.least_a_day, self.a_day_for_each_person) < 1:
            raise ValueError("a number of messages a day must be 1 or more.")


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """The only addresses that messages go to while the service is tried out; empty when it is not."""

    only: tuple[str, ...] = ()

    @property
    def addresses(self) -> frozenset[str]:
        """They, in lower case."""
        return frozenset(one.strip().lower() for one in self.only)


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """The file of the key that backups are encrypted with; empty when they are not."""

    key_file: str = ""
