"""What IT asks of the real tenant: each right and each place, one by one. It reads, and writes nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from ...domain.finding import Finding, Verdict
from ...ports import OutsideUnavailableError
from .answers import NoAnswerError, RefusedError
from .calls import Graph
from .drafts import KEY_PROPERTY, part

_CLOCKS_DIFFER = timedelta(minutes=5)
_WARN_DAYS = 30
Look = tuple[Verdict, str, str]
"""The verdict, what was seen, and the remedy."""
_STOPPED = (NoAnswerError, RefusedError, OutsideUnavailableError)


class Examination:
    """Looks at what the mailbox's settings need. `home` is the folder that holds filed mail."""

    def __init__(self, graph: Graph, address: str, home: str, now: Callable[[], datetime]) -> None:
        self._graph, self._home, self._now = graph, home, now
        self._user = f"/users/{part(address)}"

    def findings(self, other_mailbox: str, own_mailbox: bool = True) -> Iterator[Finding]:
        """One line for each, in the order in which one needs the other. Without `own_mailbox` the service has
        none in Microsoft 365, only the spreadsheet."""
        yield self._each("certificate", self._certificate)
        signed_in = self._each("sign-in", self._sign_in)
        yield signed_in
        own = {"mailbox": self._mailbox, "folders": self._folders, "drafts": self._drafts}
        looks = {
            "clock": self._clock,
            **(own if own_mailbox else {}),
            "another mailbox is refused": lambda: self._other(other_mailbox),
        }
        stopped = "sign-in" if signed_in.state == "fails" else ""
        for what, look in looks.items():
            if stopped == "sign-in" or (stopped and what == "another mailbox is refused"):
                # Refused everything, an app is refused that mailbox too: it proves nothing.
                yield Finding(what, "not asked", f"the {stopped} fails.", f"Mend the {stopped} first.")
                continue
            found = self._each(what, look)
            stopped = stopped or (what if (what, found.state) == ("mailbox", "fails") else "")
            yield found

    def _each(self, what: str, look: Callable[[], Look]) -> Finding:
        try:
            state, says, remedy = look()
        except _STOPPED as fault:
            return Finding(what, "fails", f"{fault}.".replace("..", "."), _REMEDIES[what])
        return Finding(what, state, says, remedy)

    def _certificate(self) -> Look:
        found = self._graph.certificate
        if found is None:
            return (
                "not asked",
                "the sign-in is by secret or by a person.",
                "Use a certificate in the long run.",
            )
        now = self._now()
        ends = found.ends.astimezone(now.tzinfo).date()
        left, when = (ends - now.date()).days, f"{ends.day} {ends:%B %Y}"
        says = f"ends on {when}, in {left} day{'s' * (left != 1)}." if left >= 0 else f"ended on {when}."
        return ("passes", says, "") if left > _WARN_DAYS else ("fails", says, _REMEDIES["certificate"])

    def _sign_in(self) -> Look:
        self._graph.sign_in()
        return "passes", "Microsoft 365 lets the service in.", ""

    def _clock(self) -> Look:
        answer = self._graph.call("inbox folder", "get", f"{self._user}/mailFolders/inbox", fine=(403, 404))
        try:
            theirs = parsedate_to_datetime(answer.headers.get("date", ""))
        except ValueError:
            return "not asked", "the answer has no date.", "Compare the clock by hand."
        apart = abs(self._now() - theirs)
        says = f"this machine and Microsoft differ by {apart.total_seconds():.0f} seconds."
        return ("passes", says, "") if apart <= _CLOCKS_DIFFER else ("fails", says, _REMEDIES["clock"])

    def _mailbox(self) -> Look:
        answer = self._graph.call("inbox folder", "get", f"{self._user}/mailFolders/inbox")
        return "passes", f"can be read; its inbox holds {answer.json().get('totalItemCount')} mails.", ""

    def _folders(self) -> Look:
        wanted = {"$select": "id,displayName", "$top": "250"}
        pages = self._graph.pages("folders", f"{self._user}/mailFolders", wanted)
        names = {str(one.get("displayName")).lower() for page in pages for one in page}
        there = "is there" if self._home.lower() in names else "will be made with the first filed mail"
        return "passes", f"can be listed; ‘{self._home}’ {there}.", ""

    def _drafts(self) -> Look:
        wanted = {
            "$select": "id",
            "$expand": f"singleValueExtendedProperties($filter=id eq '{KEY_PROPERTY}')",
            "$top": "100",
        }
        pages = self._graph.pages("drafts", f"{self._user}/mailFolders/drafts/messages", wanted)
        ours = sum(1 for page in pages for one in page if one.get("singleValueExtendedProperties"))
        if not ours:
            return "passes", "none of ours is left over.", ""
        return "passes", f"{ours} of ours from broken-off sends; they go, or can be deleted when old.", ""

    def _other(self, address: str) -> Look:
        path = f"/users/{part(address)}/mailFolders/inbox"
        answer = self._graph.call("another mailbox", "get", path, fine=(403, 404))
        if answer.status == 403:
            return "passes", "the app may not read it.", ""
        if answer.status == 404:
            return "not asked", "that mailbox is not in Microsoft 365.", "Name another by --other-mailbox."
        return (
            "fails",
            "the app can read a mailbox that is not its own.",
            _REMEDIES["another mailbox is refused"],
        )


_GUIDE = "docs/microsoft-365.md"
_REMEDIES = {
    "certificate": f"Make a new certificate and upload it before that day: {_GUIDE}.",
    "sign-in": f"Check tenant, client_id and certificate or secret: {_GUIDE}.",
    "clock": "Set the machine's clock by NTP: due dates and the sign-in depend on it.",
    "mailbox": f"Check the address, and the roles Application Mail.ReadWrite and Mail.Send: {_GUIDE}.",
    "folders": f"The app needs Application Mail.ReadWrite on this mailbox: {_GUIDE}.",
    "drafts": f"The app needs Application Mail.ReadWrite on this mailbox: {_GUIDE}.",
    "another mailbox is refused": f"Limit the app to its one mailbox at once: {_GUIDE}.",
}
