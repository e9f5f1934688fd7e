"""Anybody can write a From line. A forged return would put grades on a child's case that nobody gave."""

import pytest

from automation.domain.sender_proof import sender_disproved

AUTH_AS, RESULTS = "x-ms-exchange-organization-authas", "authentication-results"


@pytest.mark.parametrize(
    ("headers", "disproved"),
    [
        ({}, False),
        ({AUTH_AS: ["Internal"]}, False),
        ({AUTH_AS: ["Internal"], RESULTS: ["spf=fail; dkim=none; dmarc=none"]}, False),
        ({AUTH_AS: ["Internal"], RESULTS: ["mx; spf=pass; dmarc=fail action=none"]}, True),
        ({AUTH_AS: ["Internal"], RESULTS: ["mx; dmarc=pass", "old; dmarc=fail"]}, False),
        ({AUTH_AS: ["Anonymous"]}, True),
        ({AUTH_AS: ["Anonymous", "Internal"]}, True),
        ({AUTH_AS: ["Anonymous"], RESULTS: ["mx; dmarc=pass header.from=council.example"]}, True),
        ({RESULTS: ["mx; spf=fail; dmarc=pass"]}, False),
        ({AUTH_AS: ["Anonymous"], RESULTS: ["mx; spf=softfail; dkim=none; dmarc=none"]}, True),
        ({AUTH_AS: ["Anonymous"], RESULTS: ["mx; spf=pass smtp.mailfrom=evil.example; dmarc=none"]}, True),
        ({RESULTS: ["mx; spf=pass; dkim=fail (bad key); dmarc=fail action=quarantine"]}, True),
        ({RESULTS: ["mx; spf=fail; dkim=none"]}, True),
        ({RESULTS: ["mx; spf=fail; dkim=pass"]}, False),
        ({RESULTS: ["mx; spf=none; dkim=none"]}, False),
        ({RESULTS: ["mx; dmarc=fail", "evil; dmarc=pass"]}, True),
        ({RESULTS: ["mx; dmarc=permerror"]}, True),
    ],
)  # fmt: skip
def test_what_the_mail_systems_say_of_the_sender(headers: dict[str, list[str]], disproved: bool) -> None:
    assert sender_disproved(headers) is disproved
