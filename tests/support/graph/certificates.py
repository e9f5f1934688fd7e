"""Keys and certificates: the loopback's own authority, its server's, and the app's that signs in with one.

Keys are made once per process and once per folder; making an RSA key takes longer than a whole test.
"""

import functools
import ipaddress
import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
HOSTS = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))

_made: dict[tuple[str, int], bytes] = {}
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Certificates:
    """Where the files lie. `app` and `server` hold the private key and the certificate."""

    ca: Path
    server: Path
    app: Path

    def app_certificate(self) -> x509.Certificate:
        """The certificate of the app that signs in."""
        return x509.load_pem_x509_certificate(self.app.read_bytes())


def certificates(folder: Path, days: int) -> Certificates:
    """The files in `folder`; those that are not there yet are written. The app's lasts `days` from now."""
    folder.mkdir(parents=True, exist_ok=True)
    files = Certificates(folder / "ca.pem", folder / "server.pem", folder / "app.pem")
    with _one_at_a_time:
        if not (files.ca.exists() and files.server.exists()):
            authority, server = _authority_and_server()
            _write(files.ca, authority)
            _write(files.server, server)
        if not files.app.exists():
            _write(files.app, _app(days))
    return files


def new_app_certificate(days: int = 365) -> bytes:
    """A certificate with its key that the loopback does not know, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return _pem(key, _self_signed(key, "another app", days))


def _authority_and_server() -> tuple[bytes, bytes]:
    if ("ca", 0) not in _made:
        authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        authority = _self_signed(authority_key, "loopback authority", 3650, authority=True)
        server = (
            _unsigned("127.0.0.1", authority.subject, key, 3650)
            .add_extension(x509.SubjectAlternativeName(HOSTS), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
            )
            .sign(authority_key, hashes.SHA256())
        )
        _made["ca", 0] = authority.public_bytes(serialization.Encoding.PEM)
        _made["server", 0] = _pem(key, server)
    return _made["ca", 0], _made["server", 0]


def _app(days: int) -> bytes:
    if ("app", days) not in _made:
        key = _app_key()
        _made["app", days] = _pem(key, _self_signed(key, "case file audits", days))
    return _made["app", days]


@functools.cache
def _app_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _unsigned(name: str, issuer: x509.Name, key: Key, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, now + timedelta(days=days)) - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _self_signed(key: Key, name: str, days: int, authority: bool = False) -> x509.Certificate:
    builder = _unsigned(name, _name(name), key, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    if authority:
        uses = dict.fromkeys(
            [
                *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
                *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
            ],
            False,
        )
        builder = builder.add_extension(
            x509.KeyUsage(**uses | {"key_cert_sign": True, "crl_sign": True}), critical=True
        )
    return builder.sign(key, hashes.SHA256())


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(key: Key, certificate: x509.Certificate) -> bytes:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
