"""Patterns of what could tell who somebody is: dates, ages, numbers, addresses, titles, 'son called'."""

import re
from collections.abc import Iterator

from .ordinary_words import is_ordinary

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_AGE = (
    r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen)"
)
_RELATIVE = (
    r"(?:son|daughter|brother|sister|sibling|twin|baby|boy|girl|child|mother|mum|mummy|father|dad|daddy|parent|"
    r"nan|nana|grandmother|grandma|grandfather|grandad|uncle|aunt|auntie|cousin|nephew|niece|partner|boyfriend|"
    r"girlfriend|husband|wife|stepfather|stepmother|stepdad|stepmum|friend|carer|worker|manager|auditor|teacher)"
)

_EMAIL = re.compile(r"[^\s@]{1,200}@[^\s@]+")
_WEB = re.compile(r"(?i:https?:|www\.)\S+|\b[\w-]{1,60}\.(?:gov|org|co|com|net|nhs|ac|sch|uk|info)\b(?!-)\S*")
_POSTCODE = re.compile(r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}\b|\b(?!KS\d)[A-Z]{2}\d{1,2}[A-Z]?\b")
_ADDRESS = re.compile(
    r"\b\d{1,4}[a-z]?,?\s+(?:[^\W\d_]+\s+){1,3}(?:road|rd|street|avenue|lane|crescent|terrace|grove|mews)\b"
    r"|\bflat\s+\d+",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"\b(?:d\.?o\.?b\.?|date\s+of\s+birth|born(?:\s+(?:on|in))?)\b[^\w\n]{0,4}(?:[\w:,]+\s+){0,3}?\d[\d/.-]*",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})\b|\b\d{{4}}-\d\d?-\d\d?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b(?:,?\s+\d{{4}}\b)?"
    rf"|\b{_MONTH}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?",
    re.IGNORECASE,
)
_SOMEBODYS_AGE = re.compile(
    rf"\bage(?:d|\s+of)?\s+{_AGE}\b(?!\s*(?:and|or)\s+(?:over|under|above|below)|\s*(?:to|-|and)\s*\d)"
    rf"|\b{_AGE}[\s-]*(?:years?|months?|weeks?|yrs?)[\s-]*old\b|\b{_AGE}\s*(?:yo|y/o)\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)\s+birthday",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b20\d\d\s?[-/]\s?(?:20)?\d\d\b(?![-/]\d)")
_NUMBER = re.compile(
    r"\+?\d(?:[\s()./-]{0,2}\d){4,}|\b[A-Za-z]{1,4}[-/]?\d{3,}[A-Za-z]?\b|\b(?!19\d\d|20\d\d)\d{4}\b"
)
_INITIALS = re.compile(r"(?<![\w.])[^\W\d_]\.\s?[^\W\d_](?:\.(?:\s?[^\W\d_]\.)*|(?![\w.]))|\b[A-Z]\s[A-Z]\b")
_NO_INITIALS = frozenset({"e.g", "i.e", "a.m", "p.m", "n.b", "q.a", "o.k", "c.f", "p.w", "t.b.c", "w.e.f"})
_TITLED = re.compile(
    r"(?i:\b(?:mr|mrs|ms|mx|dr|prof|rev|cllr)\b\.?)\s+(?!teams\b)[^\W\d_]+"
    r"|\b(?:Miss|Sir|Judge|Auntie|Aunt|Uncle|Nan|Nana|PC|DC|DS|Sgt)\s+[A-Z][^\W\d_]*"
)
_CALLED = re.compile(
    rf"(?i:\b{_RELATIVE}s?\b),?\s+(?i:(?:who\s+)?(?:is\s+|was\s+)?(?:called|named))\s+\S+"
    r"|\b(?i:called|named|nicknamed|known\s+as|goes\s+by)\s+[\"']?[A-Z]\S*"
)
_NAME_IS = re.compile(r"\bname\s+(?:is|was|being)\s+[\"']?([^\W\d_]+)", re.IGNORECASE)
_AFTER_RELATIVE = re.compile(rf"\b(?:{_RELATIVE})\s+([^\W\d_]{{3,}}(?:'s)?)", re.IGNORECASE)

_PLAIN_PATTERNS = (
    (_EMAIL, "an e-mail address"),
    (_WEB, "a web address"),
    (_POSTCODE, "a postcode"),
    (_ADDRESS, "an address"),
    (_BORN, "a date of birth"),
    (_DATE, "a date"),
    (_SOMEBODYS_AGE, "an age"),
)


def identifying(text: str) -> Iterator[tuple[str, str]]:
    """What in a text could tell who somebody is, other than by a name's capitals: the kind, and the words.

    `text` is as `name_words.shown` gives it.
    """
    for pattern, kind in _PLAIN_PATTERNS:
        for match in pattern.finditer(text):
            yield kind, match[0]
        text = pattern.sub(" ", text)
    for match in _NUMBER.finditer(_YEARS.sub(" ", text)):
        digits = sum(one.isdigit() for one in match[0])
        phone = match[0].startswith(("0", "+")) and digits >= 9
        yield ("a phone number" if phone else "a case number or another number"), match[0]
    for match in _INITIALS.finditer(text):
        if match[0].lower().strip(". ") not in _NO_INITIALS:
            yield "initials", match[0]
    for pattern in (_TITLED, _CALLED):
        for match in pattern.finditer(text):
            yield "somebody’s name", match[0]
    for match in _NAME_IS.finditer(text):
        if not is_ordinary(match[1].lower()):
            yield "somebody’s name", match[0]
    for match in _AFTER_RELATIVE.finditer(text):
        if not is_ordinary(match[1].lower().removesuffix("'s")):
            yield "somebody’s name", match[0]
