"""A loopback Microsoft Graph with its token service: behaves as documented, and badly when told to."""

from .certificates import new_app_certificate
from .clock import Clock, RealClock, VirtualClock
from .drive import File
from .far_side import FarSide
from .faults import (
    AddsRecipient,
    Dropped,
    EmptyPage,
    Fault,
    Hang,
    Later,
    MovesWhileListing,
    Reset,
    Status,
    StatusAfter,
    StaysDraft,
    Trickle,
    Truncated,
    throttled,
    throttled_hugely,
    throttled_silently,
    throttled_until,
    throttled_with_garbage,
)
from .limits import Limits
from .loopback import LoopbackGraph
from .state import Mailbox, Message
from .world import VisibleAfter

__all__ = [
    "AddsRecipient",
    "Clock",
    "Dropped",
    "EmptyPage",
    "FarSide",
    "Fault",
    "File",
    "Hang",
    "Later",
    "Limits",
    "LoopbackGraph",
    "Mailbox",
    "Message",
    "MovesWhileListing",
    "RealClock",
    "Reset",
    "Status",
    "StatusAfter",
    "StaysDraft",
    "Trickle",
    "Truncated",
    "VirtualClock",
    "VisibleAfter",
    "new_app_certificate",
    "throttled",
    "throttled_hugely",
    "throttled_silently",
    "throttled_until",
    "throttled_with_garbage",
]
