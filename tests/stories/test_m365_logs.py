"""No log line, error or terminal tells a name, address, case, word or file of any mail, nor a secret."""

import logging
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial

import pytest

from automation.adapters.m365 import sign_in
from automation.adapters.m365.calls import Graph
from automation.adapters.m365.pace import Pace
from automation.adapters.m365.workbook import Place
from automation.domain.ids import MessageKey, StaffKey
from automation.domain.message import File, Letter, Recipient
from tests.support import graph as loopback
from tests.support.graph import Fault, LoopbackGraph, VirtualClock
from tests.support.m365 import ADDRESS, SITE, Microsoft, Turning, app_of, keys, settle, virtual
from tests.support.month import STAFF, Month, Row

CANARY = "zyxcanary"
PERSON = f"ann.{CANARY}@brackenshire.example"
LIBRARIES = ("O365", "msal", "urllib3", "requests")
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


class Everything(logging.Handler):
    """Keeps all that each record holds."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, its arguments and its traceback."""
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        text = f"{record.getMessage()} {record.args!r} {trace} {record.stack_info} {vars(record)!r}"
        self.heard.append((record.name, text))


@pytest.fixture
def heard() -> Iterator[Everything]:
    """Every logger there is tells everything, as when a process begins: none has been silenced yet."""
    assert sign_in.__doc__  # its libraries, and so their loggers, are there
    every = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    before = [
        (one, one.level, one.disabled, one.propagate, list(one.handlers)) for one in (logging.root, *every)
    ]
    listening = Everything()
    for one, *_ in before:
        # The store's library tells its statements when asked to: that is the store's test, not ours.
        one.setLevel(logging.WARNING if one.name.startswith("sqlalchemy") else logging.DEBUG)
        one.disabled, one.propagate = False, True
        if one is logging.root or one.name.split(".")[0] in LIBRARIES:
            one.addHandler(listening)
    yield listening
    for one, level, disabled, propagate, handlers in before:
        one.setLevel(level)
        one.disabled, one.propagate, one.handlers = disabled, propagate, handlers


class Outcome:
    """What must be told nowhere, and all that was told."""

    def __init__(self, graph: LoopbackGraph, heard: Everything, terminal: pytest.CaptureFixture[str]) -> None:
        self.graph, self.heard, self.terminal = graph, heard, terminal
        self.errors: list[str] = []
        self.tokens: list[str] = []

    def attempt(self, *acts: Callable[[], object]) -> None:
        """Do each, whatever becomes of it, and keep what its error says."""
        for act in acts:
            try:
                act()
            except Exception as error:  # noqa: BLE001 - whatever it is, its words are looked at
                self.errors.append("".join(traceback.format_exception(error)))

    def revoke_tokens(self) -> None:
        """No token counts any more; none may be told all the same."""
        self.tokens += self.graph.tokens.good_until
        self.graph.revoke_tokens()

    def check(self, *more: str) -> None:
        """Nothing was told that must not be."""
        key = self.graph.app_certificate.read_text().split()[4]
        forbidden = [CANARY, "@brackenshire", "users/", self.graph.secret, key, "bearer", *more]
        forbidden += [*self.tokens, *self.graph.tokens.good_until, *self.graph.tokens.refreshing]
        told = self.terminal.readouterr()
        texts = [*self.heard.heard, *(("an error", one) for one in (*self.errors, told.err, told.out))]
        for name, text in texts:
            low = text.lower()
            for word in forbidden:
                assert word.lower() not in low, f"{name} tells {word[:20]}: {text[:600]}"


@pytest.fixture
def graph() -> Iterator[LoopbackGraph]:
    """A loopback that has more than one person's mail."""
    with LoopbackGraph(keys(), VirtualClock(START), validate=False) as made:
        made.add_mailbox(ADDRESS)
        made.add_mailbox(PERSON)
        yield made


@pytest.fixture
def outcome(graph: LoopbackGraph, heard: Everything, capfd: pytest.CaptureFixture[str]) -> Outcome:
    """All that is told from here on."""
    return Outcome(graph, heard, capfd)


def mail(number: int) -> bytes:
    """A mail from a person, with the canary in every field."""
    made = EmailMessage()
    made["From"], made["To"] = f"Ann {CANARY} <{PERSON}>", f"{CANARY} <{ADDRESS}>"
    made["Subject"], made["Message-ID"] = f"RE: {CANARY}", f"<{CANARY}.{number}@brackenshire.example>"
    made["X-Words"] = CANARY
    made.set_content(f"My {CANARY}.\n")
    made.add_attachment(CANARY.encode(), "application", "octet-stream", filename=f"{CANARY}.docx")
    return made.as_bytes()


def letter(size: int = 40, answers: str = "") -> Letter:
    """A letter with the canary in every field."""
    to, copied = (Recipient(StaffKey(f"{n}{CANARY}"), f"Ann {CANARY}", f"{n}.{PERSON}") for n in "ab")
    file = File(f"{CANARY}.docx", "application/octet-stream", CANARY.encode() * (size // 9 + 1))
    words = (f"About {CANARY}", f"<p>{CANARY}</p>", f"{CANARY}\n")
    return Letter(to, (copied,), *words, START, "reminder", files=(file,), answers=answers)


def use(outcome: Outcome, here: Microsoft, number: str, what: Collection[str]) -> None:
    """Use the mailbox and the spreadsheet in these ways."""
    box, far = here.mailbox, outcome.graph.mailbox(ADDRESS)
    key = f"CFA-2026-11-001/reminder/{number}{CANARY}"
    if "letter" in what:
        outcome.attempt(lambda: box.send(letter(), MessageKey(f"{key}/a")))
        outcome.attempt(lambda: box.has_sent(MessageKey(f"{key}/a")))
    if "large" in what:
        outcome.attempt(lambda: box.send(letter(size=2_200_000), MessageKey(f"{key}/b")))
    if "reply" in what:
        far.deliver(mail(0), folder="archive")
        answered = f"<{CANARY}.0@brackenshire.example>"
        outcome.attempt(lambda: box.send(letter(answers=answered), MessageKey(f"{key}/c")))
    if "mails" in what:
        far.deliver(mail(0), reference_attachments=(f"{CANARY}.docx",))
        far.deliver(mail(1), mime_fails=True)
        mails: list[str] = []
        outcome.attempt(lambda: mails.extend(box.inbox()))
        for one in mails:
            outcome.attempt(partial(box.original, one), partial(box.open, one))
            outcome.attempt(partial(box.file, one, f"{number}{CANARY}", CANARY))
    if "sheet" in what:
        outcome.attempt(here.workbook(Place(link=f"{SITE}/Documents/{CANARY}.xlsx")).read)


SAYS = f"{PERSON} has no {CANARY}; key CFA-2026-11-001/reminder/{CANARY}"
USES = ("letter", "large", "reply", "mails", "sheet")
CALLS = {
    "any": USES,
    **dict.fromkeys(("create_draft", "send", "find"), ("letter",)),
    **dict.fromkeys(("upload_session", "upload_put"), ("large",)),
    "create_reply": ("reply",),
    "get_message": ("letter", "mails"),
    **dict.fromkeys(("list_inbox", "message_value", "attachment_value", "move", "create_folder"), ("mails",)),
    **dict.fromkeys(("share_item", "drive_content", "download"), ("sheet",)),
    "token": ("letter",),  # last: msal remembers a refusal for a minute
}


def test_letters_mails_and_the_spreadsheet_pass_without_a_word_of_them(outcome: Outcome) -> None:
    outcome.graph.add_file(SITE, f"Documents/{CANARY}.xlsx", CANARY.encode())
    use(outcome, virtual(outcome.graph), "0", USES)
    assert outcome.errors == []
    assert len(outcome.graph.outbox) == 3
    assert {name for name, _ in outcome.heard.heard} >= {"case_audit.m365"}
    outcome.check()


@pytest.mark.parametrize(
    "does",
    [
        *(loopback.Status(one, error_code=PERSON, message=SAYS) for one in (400, 401, 403, 404, 429, 500)),
        *(loopback.Reset("before"), loopback.Reset("after"), loopback.Truncated()),
    ],
    ids=lambda does: str(getattr(does, "code", does)),
)
def test_what_goes_wrong_is_told_without_a_word_of_the_mail_or_of_the_tenant(
    outcome: Outcome, does: loopback.faults.Does
) -> None:
    here = virtual(outcome.graph)
    assert isinstance(here.clock, Turning)
    outcome.graph.add_file(SITE, f"Documents/{CANARY}.xlsx", CANARY.encode())
    struck = set()
    for call, uses in CALLS.items():
        outcome.graph.faults.clear()
        outcome.graph.faults.struck.clear()
        outcome.graph.faults.add(Fault(call, does, times=None))
        if call == "token":
            outcome.revoke_tokens()
        use(outcome, here, call, uses)
        struck |= {call for _ in outcome.graph.faults.struck}
        here.clock.pause(here.pace.held)
    assert struck == set(CALLS)
    assert outcome.errors
    outcome.check()


@pytest.mark.parametrize("how", ["secret", "certificate", "device"])
def test_a_sign_in_that_is_refused_or_not_answered_is_told_without_what_it_signs_in_with(
    outcome: Outcome, how: str
) -> None:
    told: list[str] = []
    graph = outcome.graph
    graph.tokens.device_waits = 0
    app = replace(app_of(graph, how), show=told.append, passphrase=f"{CANARY} words")
    for changed in (
        {},
        {"secret": f"wrong{CANARY}"},
        {"tenant": f"{CANARY}.example"},
        {"client_id": CANARY},
        {"sign_in_url": f"https://127.0.0.1:1/{CANARY}"},
        {"graph_url": "https://127.0.0.1:1"},
    ):
        here = Graph(replace(app, **changed), Pace(pause=lambda _: None))  # type: ignore[arg-type]  # any field
        outcome.attempt(here.sign_in, partial(here.call, "inbox", "get", f"/users/{PERSON}/messages"))
    assert len(outcome.errors) > 3
    outcome.check()


def renamed(rows: Iterable[Row]) -> None:
    """Put the canary into every person's name and address."""
    names = {name: name.replace(" ", f" {CANARY}") for name, *_ in STAFF.values()}
    for row in rows:
        row.update({key: names.get(str(value), value) for key, value in row.items()})
        if "address" in row:
            row["address"] = str(row["address"]).replace(".", f".{CANARY}", 1)


def test_a_month_is_played_without_a_word_of_it_in_the_log(month: Month, outcome: Outcome) -> None:
    renamed((*month.rows, *month.staff, *month.teams))
    month.save_sheet()
    graph, far = outcome.graph, outcome.graph.mailbox(ADDRESS)
    file = graph.add_file(SITE, f"Documents/{CANARY}.xlsx", (month.config / "allocations.xlsx").read_bytes())
    settle(month.config, graph, file)
    assert month.on("2026-11-02").unavailable == ()
    assert len(graph.outbox) > 8
    far.deliver(mail(0))
    far.deliver(mail(1).replace(PERSON.encode(), f"toby.{CANARY}tarn@brackenshire.example".encode()))
    assert month.on("2026-11-12").unavailable == ()
    assert far.folder("Inbox") == []
    refused = loopback.Status(403, error_code=PERSON, message=SAYS)
    for day, calls in (
        ("2026-11-13", ("list_inbox", "drive_item")),
        ("2026-11-16", ("message_value", "find")),
    ):
        far.deliver(mail(2))
        graph.faults.clear()
        graph.faults.add(*(Fault(call, refused, times=None) for call in calls))
        outcome.errors += month.on(day).unavailable
    assert len(outcome.errors) >= 3
    outcome.check("10000001", "10000002", "10000003", "10000004")
