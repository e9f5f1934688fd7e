"""What a pass is held back by: its outbox with brakes and trial, and how QA hears of a hold."""

from collections.abc import Callable, Iterator
from datetime import datetime

from .adapters.clock import FixedClock
from .brakes import CLOCKS_DIFFER, Bounds, Brakes, standing
from .domain.holding import APPROVAL, WANTED, held_messages
from .domain.problem import Problem
from .jobs.this_pass import Pass
from .outbox import Guard, Outbox, Trial
from .outside import Ports
from .ports import Clock, Store
from .settings import Settings


def outbox_of(
    settings: Settings, ports: Ports, guard: Guard, clock: Clock, now: datetime, audits: Callable[[], int]
) -> Outbox:
    """The way out for a pass. `audits` counts those of the rounds that run."""
    if not ports.braked:
        return Outbox(ports.store, ports.mailbox, guard, now, told_to_stop=ports.stopping.asked)
    given, only = settings.brakes, settings.trial.addresses
    bounds = Bounds(given.a_day_for_each_audit, given.least_a_day, given.a_day_for_each_person)
    officers = [one.address for one in settings.qa_officers]
    brakes = Brakes(ports.store, now, officers, bounds, audits, lambda: wrong_clock(ports, clock))
    trial = Trial(only, ports.withheld) if ports.withheld is not None else None
    return Outbox(ports.store, ports.mailbox, guard, now, brakes, trial, ports.stopping.asked)


def wrong_clock(ports: Ports, clock: Clock) -> str:
    """Why this computer's clock cannot be right, empty when nothing speaks against it. A day that somebody
    named is no clock."""
    if isinstance(clock, FixedClock):
        return ""
    apart, last, now = ports.skew(), ports.keeper.last_pass() if ports.keeper else None, clock.now()
    if apart is not None and abs(apart) > CLOCKS_DIFFER:
        minutes = abs(apart).total_seconds() / 60
        return f"This computer’s clock and Microsoft’s differ by {minutes:.0f} minutes."
    if last is not None and last - now > CLOCKS_DIFFER:
        return (
            f"This computer’s clock has gone back, to {now:%d %B %Y, %H:%M}: the last pass was on "
            f"{last.astimezone(now.tzinfo):%d %B %Y, %H:%M}. If it is right now: `case-audit release`."
        )
    return ""


def tell_holds(this: Pass) -> None:
    """Send each QA officer word of every hold that stands, once."""
    for one in standing(this.store):
        for message in held_messages(one, this.officers):
            if not this.store.posted(message.key):
                this.post(message)


def hold_problems(store: Store) -> Iterator[Problem]:
    """The holds that stand, as problems for whoever gave the command."""
    for one in standing(store):
        yield Problem("sending", f"{one.what} since {one.since}: {one.why}", one.remedy)
    if store.fact(APPROVAL) == WANTED:
        yield approval_problem()


def approval_problem() -> Problem:
    """That a new service waits for a person's yes."""
    return Problem(
        "sending",
        "Nobody has approved sending yet: only QA’s preview and digest go.",
        "Read the preview and `case-audit preview`. Then: `case-audit approve`.",
    )
