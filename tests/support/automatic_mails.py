"""Mail that no person wrote, as mail systems really word it, and mail by people that looks like it.

Every name, address and text is made up; only the shapes are those of the systems named.
"""

import base64
import hashlib
import textwrap
from dataclasses import dataclass

from automation.domain.ids import MessageKey, message_mark

DOMAIN = "brackenshire.example"
US = f"case.audits@{DOMAIN}"
TOBY, TARA, MAYA = (f"{one}@{DOMAIN}" for one in ("toby.tarn", "tara.town", "maya.moss"))
REFERENCE = "CFA-2026-11-001"
KEY = MessageKey(f"{REFERENCE}/case-details/auditor-1/T2")
MARK = message_mark(KEY)
SUBJECT = f"Case file audit {REFERENCE}"

ORIGINAL = f"""\
Received: from app.{DOMAIN} by mx.{DOMAIN}; Mon, 2 Nov 2026 08:00:01 +0000
Date: Mon, 02 Nov 2026 08:00:00 +0000
From: Case file audits <{US}>
To: Toby Tarn <{TOBY}>
Subject: {SUBJECT}
Message-ID: <{MARK}@{DOMAIN}>
Auto-Submitted: auto-generated
X-Case-Audit-Key: {KEY}
Content-Type: text/plain; charset="utf-8"
"""
WITHOUT_KEY = "".join(line for line in ORIGINAL.splitlines(True) if not line.startswith("X-Case"))
BODY = "\nPlease audit the case by Monday 30 November 2026.\n"

Told = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Specimen:
    """A mail as it arrives. `bounces` are (address, kind, status), `key` what it tells of our message."""

    name: str
    content: bytes
    automatic: str = ""
    bounces: Told = ()
    key: str = ""


def mail(sender: str, subject: str, headers: str = "", body: str = "", kind: str = "text/plain") -> bytes:
    """A mail of one part or of ready-made parts."""
    head = (
        f"From: {sender}\nTo: Case file audits <{US}>\nSubject: {subject}\n"
        "Date: Mon, 2 Nov 2026 08:05:00 +0000\n"
        f"Message-ID: <{_mark(sender + subject + headers + body)}@mail.example>\nMIME-Version: 1.0\n"
    )
    typed = kind if kind.startswith("multipart/") else f'{kind}; charset="utf-8"'
    text = f"{head}{textwrap.dedent(headers)}Content-Type: {typed}\n\n{textwrap.dedent(body)}"
    return text.replace("\n", "\r\n").encode()


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def parts(*given: tuple[str, str]) -> str:
    """The body of a multipart with boundary `b`: each part its content type and its text."""
    inner = "".join(f"--b\nContent-Type: {kind}\n\n{text}\n" for kind, text in given)
    return f"This is a message in several parts.\n{inner}--b--\n"


def report(
    sender: str,
    subject: str,
    fields: str,
    *,
    headers: str = "",
    text: str = "Your message could not be delivered.\n",
    back: tuple[str, str] | None = ("message/rfc822", ORIGINAL + BODY),
    status: str = "message/delivery-status",
) -> bytes:
    """A delivery report (RFC 3464). `fields` are its groups of fields, the mail system's own first."""
    given = [("text/plain; charset=us-ascii", text), (status, textwrap.dedent(fields))]
    kind = "multipart/report; report-type=delivery-status; boundary=b"
    return mail(sender, subject, headers, parts(*given, *([back] if back else [])), kind)


EXCHANGE = f"Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@{DOMAIN}>"
NDR = f"X-MS-Exchange-Message-Is-Ndr: \nIn-Reply-To: <{MARK}@{DOMAIN}>\nReferences: <{MARK}@{DOMAIN}>\n"
NULL = "Return-Path: <>\n"
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.brackenshire.example>"


def failed(status: str, says: str, address: str = TOBY, action: str = "failed") -> str:
    """The fields of a report on one address."""
    return (
        f"Reporting-MTA: dns;mx.brackenshire.example\n\nFinal-Recipient: rfc822;{address}\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp;{says}\n"
    )


GONE: Told = ((TOBY, "hard", "5.1.1"),)

BOUNCES = [
    Specimen(
        "Exchange Online, no such mailbox",
        report(
            EXCHANGE,
            f"Undeliverable: {SUBJECT}",
            failed("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by lookup"),
            headers=NDR,
        ),
        "bounce",
        ((TOBY, "hard", "5.1.10"),),
        KEY,
    ),
    Specimen(
        "Exchange Online, full",
        report(
            EXCHANGE,
            f"Undeliverable: {SUBJECT}",
            failed(
                "5.2.2",
                "554 5.2.2 mailbox full;\n STOREDRV.Deliver.Exception:QuotaExceededException; Failed to\n"
                " process message due to a permanent exception",
            ),
            headers=NDR,
        ),
        "bounce",
        ((TOBY, "full", "5.2.2"),),
        KEY,
    ),
    Specimen(
        "Exchange Online, without the message",
        report(
            EXCHANGE,
            f"Undeliverable: {SUBJECT}",
            failed("5.1.1", "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found"),
            headers=NDR,
            back=None,
        ),
        "bounce",
        GONE,
        MARK,
    ),
    Specimen(
        "Exchange 2016, refused by a rule",
        report(
            f"postmaster@{DOMAIN}",
            f"Undeliverable: {SUBJECT}",
            failed("5.7.1", "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized"),
        ),
        "bounce",
        ((TOBY, "hard", "5.7.1"),),
        KEY,
    ),
    Specimen(
        "Exchange in German",
        report(EXCHANGE, f"Nicht zustellbar: {SUBJECT}", failed("5.1.1", "550 5.1.1 nicht gefunden")),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "Exchange, delayed",
        report(
            EXCHANGE,
            f"Delivery delayed: {SUBJECT}",
            failed("4.4.7", "400 4.4.7 Message delayed", action="delayed"),
        ),
        "bounce",
        ((TOBY, "delayed", "4.4.7"),),
        KEY,
    ),
    Specimen(
        "Exchange, given up after days",
        report(EXCHANGE, f"Undeliverable: {SUBJECT}", failed("4.4.7", "550 4.4.7 QUEUE.Expired; expired")),
        "bounce",
        ((TOBY, "hard", "4.4.7"),),
        KEY,
    ),
    Specimen(
        "IIS with a character set of its own",
        report(
            f"postmaster@{DOMAIN}",
            "Delivery Status Notification (Failure)",
            failed("5.2.2", f"550 5.2.2 <{TOBY}>... Mailbox Full"),
            headers=NULL,
        ).replace(b"charset=us-ascii", b"charset=unicode-1-1-utf-7"),
        "bounce",
        ((TOBY, "full", "5.2.2"),),
        KEY,
    ),
    Specimen(
        "Postfix, unknown user",
        report(
            DAEMON,
            "Undelivered Mail Returned to Sender",
            f"""\
            Reporting-MTA: dns; mx.{DOMAIN}
            X-Postfix-Queue-ID: 4AB12C0D
            Arrival-Date: Mon,  2 Nov 2026 08:00:01 +0000 (GMT)

            Final-Recipient: rfc822; {TOBY}
            Original-Recipient: rfc822;{TOBY}
            Action: failed
            Status: 5.1.1
            Remote-MTA: dns; store.{DOMAIN}
            Diagnostic-Code: smtp; 550 5.1.1 <{TOBY}>: Recipient address rejected: User
                unknown in virtual mailbox table
            """,
            headers=NULL + "Auto-Submitted: auto-replied\n",
        ),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "Postfix, headers only",
        report(
            DAEMON,
            "Undelivered Mail Returned to Sender",
            failed("5.1.1", "550 5.1.1 unknown"),
            headers=NULL,
            back=("text/rfc822-headers", WITHOUT_KEY),
        ),
        "bounce",
        GONE,
        MARK,
    ),
    Specimen(
        "Postfix, delayed",
        report(
            DAEMON,
            "Delayed Mail (still being retried)",
            failed("4.4.1", "connect to store.example[192.0.2.1]:25: timed out", action="delayed"),
            headers=NULL,
            back=("text/rfc822-headers", ORIGINAL),
        ),
        "bounce",
        ((TOBY, "delayed", "4.4.1"),),
        KEY,
    ),
    Specimen(
        "Postfix, several recipients",
        report(
            DAEMON,
            "Undelivered Mail Returned to Sender",
            f"""\
            Reporting-MTA: dns; mx.{DOMAIN}

            Final-Recipient: rfc822; {TOBY.upper()}
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 unknown

            Final-Recipient: rfc822; {TARA}
            Action: failed
            Status: 5.0.0
            Diagnostic-Code: smtp; 552 5.2.2 Quota exceeded (mailbox for user is full)

            Final-Recipient: rfc822; {MAYA}
            Action: relayed
            Status: 2.0.0
            """,
            headers=NULL,
        ),
        "bounce",
        (*GONE, (TARA, "full", "5.2.2")),
        KEY,
    ),
    Specimen(
        "A report that forgets the empty lines",
        report(
            DAEMON,
            "failure",
            f"Reporting-MTA: dns;x\nFinal-Recipient: rfc822;{TOBY}\nAction: failed\nStatus: 5.1.1\n"
            f"Final-Recipient: rfc822;{TARA}\nAction: failed (gave up)\nStatus: 4.2.2\n",
        ),
        "bounce",
        (*GONE, (TARA, "full", "4.2.2")),
        KEY,
    ),
    Specimen(
        "A report in base64 (RFC 6533)",
        report(
            DAEMON,
            "Undelivered",
            base64.b64encode(failed("5.1.1", "550 unknown").encode()).decode(),
            status="message/global-delivery-status\nContent-Transfer-Encoding: base64",
        ),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "Sendmail",
        report(
            f"Mail Delivery Subsystem <MAILER-DAEMON@{DOMAIN}>",
            "Returned mail: see transcript for details",
            f"""\
            Reporting-MTA: dns; mx.{DOMAIN}
            Received-From-MTA: DNS; app.{DOMAIN}

            Final-Recipient: RFC822; {TOBY}
            X-Actual-Recipient: RFC822; toby@store.example
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: SMTP; 550 5.1.1 User unknown
            """,
            headers="Auto-Submitted: auto-generated (failure)\n",
            text=f"   ----- The following addresses had permanent fatal errors -----\n<{TOBY}>\n",
        ),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "Sendmail, warning",
        report(
            f"Mail Delivery Subsystem <MAILER-DAEMON@{DOMAIN}>",
            "Warning: could not send message for past 4 hours",
            f"Reporting-MTA: dns; mx\n\nFinal-Recipient: RFC822; {TOBY}\nAction: delayed\nStatus: 4.4.1\n"
            "Will-Retry-Until: Sat, 7 Nov 2026 08:00:00 GMT\n",
            headers="Auto-Submitted: auto-generated (warning-timeout)\n",
        ),
        "bounce",
        ((TOBY, "delayed", "4.4.1"),),
        KEY,
    ),
    Specimen(
        "Exim",
        mail(
            f"Mail Delivery System <Mailer-Daemon@mx.{DOMAIN}>",
            "Mail delivery failed: returning message to sender",
            f"X-Failed-Recipients: {TOBY}\nAuto-Submitted: auto-replied\n",
            "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its\nrecipients. "
            "This is a permanent error. The following address(es) failed:\n\n"
            f"  {TOBY}\n    host store.{DOMAIN} [192.0.2.7]\n"
            f"    SMTP error from remote mail server after RCPT TO:<{TOBY}>:\n    550 5.1.1 No such user\n\n"
            "------ This is a copy of the message, including all the headers. ------\n\n" + ORIGINAL + BODY,
        ),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "Exim, several and one full",
        mail(
            f"Mail Delivery System <Mailer-Daemon@mx.{DOMAIN}>",
            "Mail delivery failed: returning message to sender",
            f"X-Failed-Recipients: {TOBY},\n {TARA}\n",
            "A message that you sent could not be delivered. This is a permanent error.\n\n"
            f"  {TOBY}\n    Unrouteable address\n\n  {TARA}\n    mailbox is full: retry timeout exceeded\n\n"
            "------ This is a copy of the message, including all the headers. ------\n\n" + WITHOUT_KEY,
        ),
        "bounce",
        ((TOBY, "hard", ""), (TARA, "full", "")),
        MARK,
    ),
    Specimen(
        "Exim, warning",
        mail(
            f"Mail Delivery System <Mailer-Daemon@mx.{DOMAIN}>",
            "Warning: message 1abCde-0001 delayed 24 hours",
            "Auto-Submitted: auto-replied\n",
            "A message that you sent has not yet been delivered to one or more of its\nrecipients after more "
            f"than 24 hours on the queue.\n\nThe address is:\n\n  {TOBY}\n    Delay reason: timeout\n\n"
            "No action is required on your part. Delivery attempts will continue for\nsome time.\n\n"
            + "".join(f"> {line}" for line in ORIGINAL.splitlines(True)),
        ),
        "bounce",
        ((TOBY, "delayed", ""),),
        KEY,
    ),
    Specimen(
        "qmail",
        mail(
            f"MAILER-DAEMON@mx.{DOMAIN}",
            "failure notice",
            NULL,
            f"Hi. This is the qmail-send program at mx.{DOMAIN}.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            f"<{TOBY}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            "--- Below this line is a copy of the message.\n\nReturn-Path: <x>\n" + ORIGINAL + BODY,
        ),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "qmail, full",
        mail(
            f"MAILER-DAEMON@mx.{DOMAIN}",
            "failure notice",
            NULL,
            "Hi. This is the qmail-send program.\nThis is a permanent error; I've given up.\n\n"
            f"<{TOBY}>:\nThe user's mailbox is over quota. (#5.2.2)\n\n"
            f"--- Below this line is a copy of the message.\n\n{ORIGINAL}\nWrite to\n{MAYA}\n",
        ),
        "bounce",
        ((TOBY, "full", "5.2.2"),),
        KEY,
    ),
    Specimen(
        "Google",
        report(
            "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
            "Delivery Status Notification (Failure)",
            f"""\
            Reporting-MTA: dns; googlemail.example
            Arrival-Date: Mon, 02 Nov 2026 00:00:01 -0800 (PST)
            X-Original-Message-ID: <{MARK}@{DOMAIN}>

            Final-Recipient: rfc822; {TOBY}
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
             550 5.1.1  Please check for typos
            """,
            headers=f"X-Failed-Recipients: {TOBY}\nAuto-Submitted: auto-replied\n",
        ),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "Google, out of space in the end",
        report(
            "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
            "Delivery Status Notification (Failure)",
            failed("4.2.2", "452 4.2.2 The recipient's inbox is out of storage space"),
        ),
        "bounce",
        ((TOBY, "full", "4.2.2"),),
        KEY,
    ),
    Specimen(
        "Google, old words",
        mail(
            "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
            "Delivery Status Notification (Failure)",
            f"X-Failed-Recipients: {TOBY}\n",
            f"Delivery to the following recipient failed permanently:\n\n     {TOBY}\n\n"
            "Technical details of permanent failure:\nThe error that the other server returned was:\n"
            "550 5.1.1 No such user\n\n----- Original message -----\n\n" + ORIGINAL + BODY,
        ),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "Amazon",
        report(
            "MAILER-DAEMON@eu-west-2.amazonses.example",
            "Delivery Status Notification (Failure)",
            "Reporting-MTA: dns; a1-2.smtp-out.example\n\nAction: failed\n"
            f"Final-Recipient: rfc822; {TOBY}\nDiagnostic-Code: smtp; 550 5.1.1 unknown\nStatus: 5.1.1\n",
            headers=NULL,
            back=("text/rfc822-headers", WITHOUT_KEY),
        ),
        "bounce",
        GONE,
        MARK,
    ),
    Specimen(
        "Yahoo",
        mail(
            "MAILER-DAEMON@mail.yahoo.example",
            "Failure Notice",
            "",
            f"Sorry, we were unable to deliver your message to the following address.\n\n<{TOBY}>:\n"
            "552: 5.2.2 Over quota\n\n--- Below this line is a copy of the message.\n\n" + ORIGINAL,
        ),
        "bounce",
        ((TOBY, "full", "5.2.2"),),
        KEY,
    ),
    Specimen(
        "Domino",
        report(
            f"Postmaster@{DOMAIN}",
            "DELIVERY FAILURE: User toby.tarn not listed in Domino Directory",
            f"Reporting-MTA: dns;notes.{DOMAIN}\n\nFinal-Recipient: rfc822;{TOBY}\nAction: failed\n"
            "Status: 5.1.1\nDiagnostic-Code: X-Notes; User toby.tarn not listed in Domino Directory\n",
        ),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "Notes gateway, words only",
        mail(
            f"postmaster@notes.{DOMAIN}",
            "Undeliverable message",
            NULL,
            f"------- Failure Reasons  --------\n\nUser not listed in public address book\n{TOBY}\n\n"
            "------- Returned Message --------\n" + ORIGINAL,
        ),
        "bounce",
        ((TOBY, "hard", ""),),
        KEY,
    ),
    Specimen(
        "GroupWise",
        mail(
            f"Mailer-Daemon@gw.{DOMAIN}",
            "Message status - undeliverable",
            "",
            f"The message that you sent was undeliverable to the following:\n\t{TOBY} (user not found)\n",
        ),
        "bounce",
        ((TOBY, "hard", ""),),
    ),
    Specimen(
        "Mimecast",
        report(
            f"<postmaster@{DOMAIN}>",
            f"[Postmaster] Email Delivery Failure: {SUBJECT}",
            failed("5.0.0", "550 Invalid Recipient - community.example 5.1.1"),
            headers="Auto-Submitted: auto-generated\n",
        ),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "Proofpoint",
        report(
            f"Mail Delivery Subsystem <MAILER-DAEMON@pps.{DOMAIN}>",
            "Returned mail: see transcript for details",
            failed("5.1.1", f"550 5.1.1 <{TOBY}>... User unknown"),
            back=("message/rfc822", WITHOUT_KEY),
        ),
        "bounce",
        GONE,
        MARK,
    ),
    Specimen(
        "Courier",
        report(
            f'"Courier mail server at mx.{DOMAIN}" <postmaster@{DOMAIN}>',
            "NOTICE: mail delivery status.",
            f"Reporting-MTA: dns; mx.{DOMAIN}\n\nFinal-Recipient: rfc822; {TOBY}\nAction: failed\n"
            "Status: 5.0.0\nDiagnostic-Code: unknown; 550 User unknown.\n",
        ),
        "bounce",
        ((TOBY, "hard", "5.0.0"),),
        KEY,
    ),
    Specimen(
        "MDaemon",
        mail(
            f"MDaemon at mx.{DOMAIN} <noreply@mx.{DOMAIN}>",
            "Permanent Delivery Failure",
            "X-MDDSN-Message: Yes\nPrecedence: bulk\n",
            f"The following data may contain sections which represent BASE64 encoded\nfile attachments.\n\n"
            f"Failed address: {TOBY}\n\n--- Session Transcript ---\n550 5.1.1 Recipient unknown\n\n{TOBY}\n\n"
            "--- End Transcript ---\n\n: Message contains headers only:\n\n" + ORIGINAL,
        ),
        "bounce",
        GONE,
        KEY,
    ),
    Specimen(
        "hMailServer",
        mail(
            f"mailer-daemon@{DOMAIN}",
            f"Message undeliverable: {SUBJECT}",
            NULL,
            "Your message did not reach some or all of the intended recipients.\n\n   Sent: Monday\n"
            f"   Subject: {SUBJECT}\n\nThe following recipient(s) could not be reached:\n\n{TOBY}\n"
            "   Error Type: SMTP\n   Error Description: No mail servers appear to exists.\n\nhMailServer\n",
        ),
        "bounce",
        ((TOBY, "hard", ""),),
    ),
    Specimen(
        "Words in HTML only",
        mail(
            f"mailer-daemon@{DOMAIN}",
            "Undeliverable mail",
            NULL,
            f"<html><body><p>Could not be delivered:</p><p>{TOBY}<br>550 5.1.1 unknown</p></body></html>",
            "text/html",
        ),
        "bounce",
        GONE,
    ),
]

RECEIPTS = [
    Specimen(
        "Postfix, delivered",
        report(
            DAEMON,
            "Successful Mail Delivery Report",
            failed("2.0.0", "250 2.0.0 Ok", action="delivered"),
            headers=NULL,
        ),
        "receipt",
    ),
    Specimen(
        "Exchange, relayed",
        report(EXCHANGE, f"Relayed: {SUBJECT}", failed("2.0.0", "250 2.0.0", action="relayed"), headers=NULL),
        "receipt",
    ),
    *(
        Specimen(
            f"Outlook, {how}",
            mail(
                f"Toby Tarn <{TOBY}>",
                f"{word}: {SUBJECT}",
                "",
                parts(
                    ("text/plain", "Your message was handled.\n"),
                    (
                        "message/disposition-notification",
                        f"Final-recipient: RFC822; {TOBY}\nDisposition: automatic-action/"
                        f"MDN-sent-automatically; {how}\n",
                    ),
                ),
                "multipart/report; report-type=disposition-notification; boundary=b",
            ),
            "receipt",
        )
        for word, how in (("Read", "displayed"), ("Not read", "deleted"))
    ),
]

AWAY = "I am away until Monday and will answer when I am back.\n"
LOOP = f"X-MS-Exchange-Inbox-Rules-Loop: {TOBY}\n"
_PERSON = f"Toby Tarn <{TOBY}>"


def _away(name: str, subject: str, headers: str = "", why: str = "auto-reply") -> Specimen:
    thread = f"In-Reply-To: <{MARK}@{DOMAIN}>\n"
    return Specimen(name, mail(_PERSON, subject, headers + thread, AWAY), why)


ABSENCES = [
    _away(
        "Exchange Online",
        f"Automatic reply: {SUBJECT}",
        "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"
        f"X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n{LOOP}",
    ),
    _away("Exchange 2010", f"Automatic reply: {SUBJECT}", f"X-Auto-Response-Suppress: All\n{LOOP}"),
    _away("Exchange rule with its own subject", "Thank you for your mail", LOOP),
    _away(
        "Google",
        f"Out of Office Re: {SUBJECT}",
        "Precedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied\n",
    ),
    _away(
        "Zimbra",
        f"Re: {SUBJECT}",
        "Auto-Submitted: auto-replied (zimbra; vacation)\nPrecedence: bulk\nX-Mailer: Zimbra 8.8\n",
    ),
    _away(
        "Domino",
        "AUTO: Toby Tarn is out of the office (returning 09/11/2026)",
        "Auto-Submitted: auto-replied\n",
    ),
    _away("Domino, older", "Toby Tarn is out of the office (returning 09/11/2026)"),
    _away("GroupWise", "Out of Office AutoReply: Case file audit"),
    _away(
        "Sieve",
        f"Auto: {SUBJECT}",
        "X-Sieve: Pigeonhole Sieve 0.5\nAuto-Submitted: auto-replied (vacation)\n",
    ),
    _away("vacation(1)", "away from my mail", "Precedence: junk\n", "automatic"),
    _away("cPanel", f"Autoreply: {SUBJECT}", "X-Autorespond: yes\nPrecedence: auto_reply\n"),
    _away("Apple", f"Re: {SUBJECT}", f'Auto-submitted: auto-replied; owner-email="{TOBY}"\n'),
    _away("FirstClass", f"Re: {SUBJECT}", "X-FC-MachineGenerated: true\n"),
    _away("An autoresponder's own mailbox", f"Re: {SUBJECT}", "Delivered-To: Autoresponder\n"),
    _away("T-Online", f"Re: {SUBJECT}", "X-POST-MessageClass: 9; Autoresponder\n"),
    _away("Precedence alone", f"Re: {SUBJECT}", "Precedence: auto_reply\n"),
    _away("X-AutoReply-From", f"Re: {SUBJECT}", f"X-AutoReply-From: {TOBY}\n"),
    _away("X-Mail-Autoreply", f"Re: {SUBJECT}", "X-Mail-Autoreply: reply\n"),
    _away("Outside mail marked", f"[EXTERNAL] Automatic reply: {SUBJECT}"),
    _away("In brackets", f"[Auto-Reply] {SUBJECT}"),
    _away("Welsh", f"Ateb awtomatig: {SUBJECT}"),
    _away("Welsh, other words", f"Allan o’r swyddfa: {SUBJECT}"),
    _away("Welsh and English", f"Ateb Awtomatig / Automatic Reply: {SUBJECT}"),
    _away("German", f"Automatische Antwort: {SUBJECT}"),
    _away("French", f"=?utf-8?q?R=C3=A9ponse_automatique=C2=A0=3A_{REFERENCE}?="),
    _away("Polish", f"=?utf-8?q?Odpowied=C5=BA_automatyczna=3A_{REFERENCE}?="),
]


def _calendar(method: str, subject: str) -> bytes:
    entry = f"BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR"
    return mail(
        _PERSON,
        subject,
        "",
        parts(("text/plain", "\n"), (f"text/calendar; method={method}; charset=utf-8", entry)),
        "multipart/alternative; boundary=b",
    )


MEETINGS = [
    Specimen("Outlook, accepted", _calendar("REPLY", f"Accepted: {SUBJECT}"), "meeting reply"),
    Specimen("Google, declined", _calendar("REPLY", f"Declined: {SUBJECT} @ Mon 30 Nov"), "meeting reply"),
    Specimen("Another time proposed", _calendar("COUNTER", f"New time: {SUBJECT}"), "meeting reply"),
]

OTHERS = [
    Specimen(
        "A newsletter",
        mail(
            "News <news@elsewhere.example>",
            "Our autumn offers",
            "List-Unsubscribe: <https://elsewhere.example/u>\nPrecedence: bulk\n",
            "Buy.\n",
        ),
        "automatic",
    ),
    Specimen(
        "A mailing list",
        mail(
            _PERSON,
            "[practice] Lunch on Friday",
            "List-Id: <practice.example>\nPrecedence: list\n",
            "Hi all.\n",
        ),
        "automatic",
    ),
    Specimen(
        "A complaint report (RFC 5965)",
        mail(
            "feedback@elsewhere.example",
            "Complaint",
            "",
            parts(
                ("text/plain", "This is a complaint.\n"),
                ("message/feedback-report", "Feedback-Type: abuse\n"),
            ),
            "multipart/report; report-type=feedback-report; boundary=b",
        ),
        "automatic",
    ),
    Specimen(
        "A journal report",
        mail(
            EXCHANGE,
            SUBJECT,
            "Auto-Submitted: auto-generated\nX-MS-Exchange-Generated-Message-Source: Journal Agent\n",
            "Sender: somebody\n",
        ),
        "automatic",
    ),
    Specimen(
        "A warning of Exchange about space",
        mail(EXCHANGE, "Your mailbox is almost full", "Auto-Submitted: auto-generated\n", "Make room.\n"),
        "automatic",
    ),
    Specimen(
        "A list of held mail",
        mail(
            f"Postmaster <postmaster@{DOMAIN}>",
            "You have 3 messages on hold",
            "Auto-Submitted: auto-generated\n",
            "Release them or let them go.\n",
        ),
        "automatic",
    ),
    Specimen(
        "A ticket system",
        mail(
            f"IT Service Desk <no-reply@{DOMAIN}>",
            "[SR-1234] We have your request",
            "",
            "Do not answer this mail.\n",
        ),
        "automatic",
    ),
    Specimen("An empty return path", mail(_PERSON, SUBJECT, NULL, "Sent by a device.\n"), "automatic"),
]

AUTOMATIC = [*BOUNCES, *RECEIPTS, *ABSENCES, *MEETINGS, *OTHERS]

# Mail by people. `FORM` stands where a test puts a filled form.

FORM = "FORM"
_REPLY = f"In-Reply-To: <{MARK}@{DOMAIN}>\nReferences: <{MARK}@{DOMAIN}>\n"
_WORD = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document; name=audit.docx\n"
    "Content-Disposition: attachment; filename=audit.docx\nContent-Transfer-Encoding: base64"
)


def person(
    subject: str, headers: str = "", *more: tuple[str, str], form: bool = False, text: str = "Hello.\n"
) -> bytes:
    """A mail that somebody wrote."""
    given = (("text/plain", text), *more, *([(_WORD, FORM)] if form else []))
    if len(given) == 1:
        return mail(_PERSON, subject, headers, text)
    return mail(_PERSON, subject, headers, parts(*given), "multipart/mixed; boundary=b")


def _attached(specimen: Specimen) -> tuple[str, str]:
    text = (
        specimen.content.decode().replace("\r\n", "\n").replace("--b", "--inner").replace("=b\n", "=inner\n")
    )
    return "message/rfc822\nContent-Disposition: attachment; filename=returned.eml", text


PEOPLE = [
    Specimen("A reply to an absence notice", person(f"RE: Automatic reply: {SUBJECT}", _REPLY)),
    Specimen("Words about an absence", person("Out of office cover for audit")),
    Specimen("A question about an absence", person("Toby is out of the office, who has CFA-2026-11-001?")),
    Specimen("A question about automatic replies", person("Automatic reply from your service?")),
    Specimen(
        "A bounce forwarded in words",
        person(f"FW: Undeliverable: {SUBJECT}", text=BOUNCES[0].content.decode()),
    ),
    Specimen(
        "A bounce quoted",
        person(
            f"RE: {SUBJECT}",
            _REPLY,
            form=True,
            text=f"I got this:\n> Final-Recipient: rfc822;{TOBY}\n> Action: failed\n",
        ),
    ),
    Specimen(
        "A bounce attached, with the form", person(f"FW: {SUBJECT}", "", _attached(BOUNCES[0]), form=True)
    ),
    Specimen("An answer to a meeting, attached", person(f"RE: {SUBJECT}", "", _attached(MEETINGS[0]))),
    Specimen("Words of a mail system", person("Delivery status of my audit form?")),
    Specimen("Words of a mail system, again", person("Undeliverable? Did you get my form")),
    Specimen("Returned mail from a person", person("Returned mail: my form", form=True)),
    Specimen(
        "What Outlook asks of robots",
        person(f"RE: {SUBJECT}", f"{_REPLY}X-Auto-Response-Suppress: DR, OOF, AutoReply\n", form=True),
    ),
    Specimen("The same, without a form", person(SUBJECT, "X-Auto-Response-Suppress: All\n")),
    Specimen(
        "Through a mailing list, with the form",
        person(f"RE: {SUBJECT}", f"{_REPLY}List-Id: <managers.example>\nPrecedence: list\n", form=True),
    ),
    Specimen(
        "Through a mailing list, in words", person(f"RE: {SUBJECT}", f"{_REPLY}List-Id: <managers.example>\n")
    ),
    Specimen(
        "Marked as bulk by a gateway", person(f"RE: {SUBJECT}", f"{_REPLY}Precedence: bulk\n", form=True)
    ),
    Specimen("Passed on by an inbox rule", person(f"RE: {SUBJECT}", _REPLY + LOOP, form=True)),
    Specimen("Not automatic, it says", person(f"RE: {SUBJECT}", "Auto-Submitted: no\nX-Autoreply: no\n")),
    Specimen("An invitation", _calendar("REQUEST", "Three-way meeting")),
    Specimen(
        "A scanner",
        mail(f"Scanner <noreply@{DOMAIN}>", "Scan", "", parts((_WORD, FORM)), "multipart/mixed; boundary=b"),
    ),
]
