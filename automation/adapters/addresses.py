"""Whether a text is one e-mail address, by the email-validator library."""


def valid_address(text: str) -> bool:
    """True for one well-formed ASCII address. Asks no name server."""
    from email_validator import EmailNotValidError, validate_email

    try:
        # Reserved names such as `.example` are what rehearsals and tests use.
        validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
