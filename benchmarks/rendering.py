"""A mail worded: subject, HTML, text, styles into the HTML, and the message as it goes."""

import email.policy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import make_msgid
from pathlib import Path

from .forms import Prepared
from .harness import TOP, Side, Told, beside

KIND = "case_details_team_manager"
_STAMP = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_SENDER = "case.audits@brackenshire.example"


def render_1k(small: bool) -> Iterator[Told]:
    """HTML, text, inlining and message, without an attachment."""
    count, rounds = (20, 2) if small else (1000, 7)
    peers = {
        "jinja2 cached, premailer, EmailMessage": (
            Side("benchmarks.rendering:with_premailer", max(5, count // 10)),
            5.0,
        ),
        "Template() each time, premailer, EmailMessage": (
            Side("benchmarks.rendering:with_new_templates", max(5, count // 20)),
            0.0,
        ),
    }
    yield from beside("render-1k", Side("benchmarks.rendering:ours", count), peers, rounds, same=_alike)


def _alike(ours: list[str], its: list[str]) -> bool:
    """Whether both are mails with text and HTML, the styles within."""
    return ours == its == ["text/plain", "text/html", "styled"]


def _made(count: int, one: Callable[[], bytes]) -> Prepared:
    def work() -> list[str]:
        for _ in range(count - 1):
            one()
        mail = BytesParser(policy=email.policy.default).parsebytes(one())
        parts = [part for part in mail.walk() if part.get_content_type() in ("text/plain", "text/html")]
        styled = "style=" in str(parts[1].get_content())
        return [*(part.get_content_type() for part in parts[:2]), "styled" if styled else "plain"]

    return count, work


def ours(count: int) -> Prepared:
    """Ours: the templates that ship, sandboxed, and everything that a letter of the service bears."""
    from automation.adapters.mime_letter import mime_from_letter
    from automation.domain.ids import StaffKey
    from automation.domain.message import Marks, Recipient
    from automation.service import letters_of
    from automation.settings import load

    letters = letters_of(load(Path(TOP) / "config" / "sample"))
    message = next(iter(letters.samples(KIND).values()))
    sender, marks = Recipient(StaffKey("us"), "Case file audits", _SENDER), Marks()
    return _made(count, lambda: mime_from_letter(letters.word(message, _STAMP), message.key, sender, marks))


def with_premailer(count: int) -> Prepared:
    """One environment for all, premailer for each."""
    import jinja2

    from .peers import words

    html = jinja2.Environment(autoescape=True).from_string(words.HTML)
    text = jinja2.Environment().from_string(words.TEXT)  # noqa: S701 - plain text
    return _made(count, lambda: _mail(text.render(_facts()), html.render(_facts())))


def with_new_templates(count: int) -> Prepared:
    """A template compiled for each mail."""
    import jinja2

    from .peers import words

    def one() -> bytes:
        html = jinja2.Template(words.HTML, autoescape=True).render(_facts())
        return _mail(jinja2.Template(words.TEXT).render(_facts()), html)

    return _made(count, one)


def _facts() -> dict[str, object]:
    from .peers import words

    return words.given(
        dict.fromkeys(words.FIELDS, "Brackendale North, some words") | {"name": "Asha", "role": "manager"}
    )


def _mail(text: str, html: str) -> bytes:
    from premailer import Premailer

    mail = EmailMessage(email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = _SENDER, "asha@brackenshire.example", "Case file audit"
    mail["Message-ID"] = make_msgid(domain="brackenshire.example")
    mail.set_content(text)
    mail.add_alternative(Premailer(html).transform(), subtype="html")
    return mail.as_bytes()
