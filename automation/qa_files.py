"""What `data` and `status --page` write: files for QA alone, made from the store and changing nothing."""

from .documents.data_workbook import data_workbook
from .domain.data_rows import data_sheets
from .domain.ids import RoundId
from .jobs.round_data import rounds_data, span
from .jobs.track import status_page
from .letters import TemplateBrokenError
from .lines import UsageError
from .outside import open_ports
from .ports import Clock
from .service import Service
from .settings import Settings
from .wording import plain_day


def page_of(settings: Settings, clock: Clock) -> bytes:
    """The status page as it would be written now. Raises UsageError when its template is broken."""
    try:
        return status_page(Service(settings, open_ports(settings)).this_pass(clock)).encode()
    except TemplateBrokenError as broken:
        raise UsageError(str(broken.problem)) from None


def data_of(settings: Settings, clock: Clock, first: RoundId, last: RoundId) -> tuple[bytes, str]:
    """The data workbook of the rounds of these months, and a word on what is in it. Raises UsageError when
    they have no audits."""
    this = Service(settings, open_ports(settings)).this_pass(clock)
    data = rounds_data(this, first, last)
    if data is None:
        raise UsageError("These rounds have no audits. The sheet Allocations has the rounds that there are.")
    title = f"Case file audits, {span(data)}, as on {plain_day(data.day)}"
    count = len(data.audits)
    said = f"the data of {span(data)}: {count} audit{'s' * (count != 1)}. It is for QA alone."
    return data_workbook(title, data_sheets(data)), said
