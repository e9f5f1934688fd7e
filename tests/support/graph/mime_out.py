"""A draft made into the MIME message that leaves."""

import html
import re
from base64 import encodebytes
from datetime import datetime
from email.header import Header
from email.message import Message as Part
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.policy import compat32
from email.utils import format_datetime, formataddr
from html.parser import HTMLParser

from .properties import SENSITIVITY
from .state import Address, Attachment, Message

SENSITIVITIES = {"1": "Personal", "2": "Private", "3": "Company-Confidential"}
WIRE = compat32.clone(linesep="\r\n", max_line_length=None)


def mime(message: Message, sender: Address, moment: datetime) -> bytes:
    """The message as the recipients get it."""
    mail = _structure(message)
    heads = [
        ("From", _people([sender])),
        ("To", _people(message.to)),
        ("Cc", _people(message.cc)),
        ("Reply-To", _people(message.reply_to)),
        ("Subject", _encoded(message.subject or "", "Subject")),
        ("Date", format_datetime(moment)),
        ("Message-ID", message.internet_message_id),
        ("In-Reply-To", message.in_reply_to),
        ("References", message.references),
        ("Importance", message.importance if message.importance != "normal" else ""),
        ("Sensitivity", SENSITIVITIES.get(message.properties.get(SENSITIVITY, ""), "")),
        *((name, _encoded(value, name)) for name, value in message.headers),
    ]
    body_heads = mail.items()
    for name in {name for name, _ in body_heads}:
        del mail[name]
    for name, value in [*heads, *body_heads]:
        if value or name == "Subject":
            mail[name] = value
    return mail.as_bytes(policy=WIRE)


def plain(markup: str) -> str:
    """HTML as plain text."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.said).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def quoted(message: Message, own: str) -> str:
    """The HTML of a reply: one's own words above the other's message."""
    other = message.body if message.body_kind == "html" else f"<pre>{html.escape(message.body)}</pre>"
    name = html.escape(message.from_[0]) if message.from_ else ""
    head = f"<b>From:</b> {name}<br><b>Subject:</b> {html.escape(message.subject or '')}"
    above = f"<p>{html.escape(own)}</p>" if own else ""
    return f"<html><body>{above}<hr><div>{head}</div><div>{other}</div></body></html>"


def _structure(message: Message) -> Part:
    """The body in both forms, its pictures, and the files."""
    body: Part = MIMEText(message.body, "plain", "utf-8")
    if message.body_kind == "html":
        both = MIMEMultipart("alternative")
        both.attach(MIMEText(plain(message.body), "plain", "utf-8"))
        both.attach(MIMEText(message.body, "html", "utf-8"))
        body = both
    inside = [one for one in message.attachments if one.inline]
    beside = [one for one in message.attachments if not one.inline]
    return _around("mixed", _around("related", body, inside), beside)


def _around(kind: str, body: Part, attachments: list[Attachment]) -> Part:
    if not attachments:
        return body
    whole = MIMEMultipart(kind)
    whole.attach(body)
    for one in attachments:
        whole.attach(_attached(one))
    return whole


def _attached(attachment: Attachment) -> Part:
    part: Part
    if attachment.kind == "item":
        part = MIMEMessage(BytesParser(policy=compat32).parsebytes(attachment.content))
    else:
        main, _, sub = (attachment.content_type or "application/octet-stream").partition("/")
        part = MIMEBase(main, sub or "octet-stream")
        part.set_payload(encodebytes(attachment.content).decode())
        part["Content-Transfer-Encoding"] = "base64"
    name = attachment.name
    where = "inline" if attachment.inline else "attachment"
    filename: str | tuple[str, str, str] = name if name.isascii() else ("utf-8", "", name)
    part.add_header("Content-Disposition", where, filename=filename)
    if attachment.content_id:
        part["Content-ID"] = f"<{attachment.content_id}>"
    return part


def _people(addresses: list[Address]) -> str:
    """Addresses with names, a line each."""
    return ",\n ".join(
        formataddr((_one_line(name), address)) if name and name != address else address
        for name, address in addresses
    )


def _encoded(value: str, name: str) -> str:
    """Words for a header, folded where they need to be encoded."""
    line = _one_line(value)
    return line if line.isascii() else Header(line, "utf-8", header_name=name).encode()


def _one_line(value: str) -> str:
    """An end of line in a header is a blank."""
    return re.sub(r"[\r\n]+", " ", value)


class _Reader(HTMLParser):
    """Keeps what a reader would see."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script", "head", "title"):
            self._unseen += 1
        if tag in ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "hr", "table"):
            self.said.append("\n")
        elif tag in ("td", "th"):
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script", "head", "title"):
            self._unseen = max(0, self._unseen - 1)
        if tag in ("p", "div", "h1", "h2", "h3"):
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(re.sub(r"\s+", " ", data))
