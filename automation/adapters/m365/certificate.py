"""The application's certificate: its private key for the sign-in, and the day it ends."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from ...ports import SignInError

_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class AppCertificate:
    """`key` and `certificate` are PEM texts, the key no longer encrypted; `ends` is aware."""

    key: str = field(repr=False)
    certificate: str
    ends: datetime


def read_certificate(path: Path, passphrase: str = "") -> AppCertificate:
    """The private key and certificate in a PEM file, or in a .pfx file.

    Raises SignInError when the file is not there, others may read it, or it does not hold both.
    """
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise SignInError(f"The certificate {path} cannot be read: {error.strerror}.") from None
    if _modes_count(path) and mode & _OTHERS:
        raise SignInError(f"Others may read the certificate {path}. Run: chmod 600 {path}")
    secret = passphrase.encode() or None
    try:
        if path.suffix.lower() in (".pfx", ".p12"):
            key, found, _ = load_key_and_certificates(content, secret)
        else:
            key = load_pem_private_key(content, secret)
            found = x509.load_pem_x509_certificate(content)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Not the library's own words: they may quote the file.
        raise SignInError(
            f"The certificate {path} cannot be used. It must be a PEM file with the private key and the "
            "certificate, or a .pfx file; its passphrase goes into CASE_AUDIT_CERTIFICATE_PASSPHRASE."
        ) from None
    if key is None or found is None:
        raise SignInError(f"The file {path} lacks the private key or the certificate. Export both.")
    if not isinstance(key, RSAPrivateKey):
        raise SignInError(f"The key in {path} is no RSA key. Microsoft 365 takes no other: make a new one.")
    if key.public_key() != found.public_key():
        raise SignInError(f"The private key in {path} belongs to another certificate. Export both anew.")
    return AppCertificate(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii"),
        found.public_bytes(Encoding.PEM).decode("ascii"),
        found.not_valid_after_utc,
    )


def _modes_count(path: Path) -> bool:
    """Whether file modes mean anything here: on Windows they do not."""
    return type(path).__name__.startswith("Posix")
