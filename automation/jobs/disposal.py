"""What is due for disposal, as the council's periods have it. Nothing is ever disposed of here."""

from ..domain.retention import Due, due_of_audits, due_of_months
from .this_pass import Pass


def due(this: Pass) -> tuple[Due, ...]:
    """What is due today, by audit, then by month."""
    audits, months = this.store.held()
    rules = this.rules.retention
    return (
        *sorted(due_of_audits(this.store.audits(), audits, this.calendar(), rules, this.today)),
        *sorted(due_of_months(months, rules, this.today)),
    )


def disposal_mention(this: Pass, since: str) -> tuple[str, ...]:
    """Once a month, that something is due. `since` is the stamp of the digest before (aware, ISO)."""
    if since[:7] == this.today.isoformat()[:7]:
        return ()
    found = due(this)
    if not found:
        return ()
    audits = len({one.reference for one in found})
    return (
        f"The time to keep content is over for {audits} audit{'s' * (audits != 1)} or months of mail. "
        "`case-audit disposal` lists them; nothing goes until you approve the list.",
    )
