"""Letters to MIME, for adapters whose mailbox speaks it."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from ..domain.ids import KEY_HEADER, MessageKey, message_mark
from ..domain.message import Letter, Marks, Recipient
from .mime_mail import WRITING


def mime_from_letter(letter: Letter, key: MessageKey, sender: Recipient, marks: Marks) -> bytes:
    """The letter as an .eml file. The same letter under the same key gives the same bytes."""
    mark = message_mark(key)
    mime = EmailMessage(WRITING)
    mime["Date"] = format_datetime(letter.stamp)
    mime["From"] = _address(sender)
    mime["To"] = _address(letter.to)
    if letter.copied:
        mime["Cc"] = tuple(_address(one) for one in letter.copied)
    mime["Subject"] = f"{marks.tag} {letter.subject}".strip()
    mime["Message-ID"] = f"<{mark}@{sender.address.rpartition('@')[2]}>"
    if letter.answers:
        mime["In-Reply-To"] = letter.answers
        mime["References"] = letter.answers
    # RFC 3834: robots must not answer us. `All` would also suppress the bounces that QA needs, and
    # out-of-office replies are left on: QA wants to know who is away.
    mime["Auto-Submitted"] = "auto-generated"
    mime["X-Auto-Response-Suppress"] = "AutoReply, DR, RN, NRN"
    mime[KEY_HEADER] = key
    if letter.urgent:
        mime["Importance"] = "high"
    if marks.sensitivity != "normal":
        # RFC 4021, 2.1.53: Personal, Private, Company-Confidential.
        confidential = marks.sensitivity == "confidential"
        mime["Sensitivity"] = "Company-Confidential" if confidential else marks.sensitivity.capitalize()
    if marks.header:
        name, _, value = marks.header.partition(":")
        mime[name.strip()] = value.strip()
    mime.set_content(letter.text, cte="quoted-printable")
    mime.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for file in letter.files:
        main, _, sub = file.media_type.partition("/")
        mime.add_attachment(file.content, main, sub, filename=file.name)
    for place, part in enumerate(mime.walk()):
        if part.is_multipart():
            part.set_boundary(f"={mark[-32:]}={place}")
    return mime.as_bytes()


def _address(one: Recipient) -> Address:
    return Address(display_name=one.name, addr_spec=one.address)
