"""A backup as one file: a .zip of the store, the returned files and the configuration, with every hash.

Encrypted with age where a key file is named: to a public key, so that the server itself cannot open it, or
with a passphrase.
"""

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from .ports import StoreUnavailableError

STORE, ORIGINALS, CONFIGURATION, MANIFEST = "store/audits.db", "originals", "configuration", "manifest.json"
KEY_FILE = "CASE_AUDIT_BACKUP_KEY"
"""The environment variable that names the key file where the configuration does not."""
_AGE = b"age-encryption.org/"


class BackupError(Exception):
    """A backup cannot be made, or this file is none that can be used. Says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `made` is an aware ISO stamp, `files` are SHA-256 hashes by name."""

    made: str
    store: str
    number: int
    head: str
    files: Mapping[str, str]
    format: int = 1


def write_archive(target: Path, files: Mapping[str, Path], about: Manifest) -> None:
    """Write these files, by their names in it, and a manifest, whole or not at all, for our account alone.
    `about` comes without hashes. Raises OSError."""
    hashes: dict[str, str] = {}
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        target.chmod(0o600)
        for name, path in files.items():
            archive.write(path, name)
            hashes[name] = _hash(path)
        told = {**asdict(about), "files": hashes}
        archive.writestr(MANIFEST, json.dumps(told, indent=1, sort_keys=True))
    with target.open("rb") as file:
        os.fsync(file.fileno())


def unpack(archive: Path, folder: Path) -> Manifest:
    """Unpack a backup into an empty folder. Raises BackupError unless it is whole: every file there, each
    with its hash, and no other."""
    try:
        with zipfile.ZipFile(archive) as found:
            manifest = Manifest(**json.loads(found.read(MANIFEST)))
            names = {one.filename for one in found.infolist() if not one.is_dir()} - {MANIFEST}
            if manifest.format != 1:
                raise BackupError(f"{archive.name} was made by a newer version. Install that version.")
            if names != set(manifest.files) or not all(map(_is_inside, names)):
                raise BackupError(
                    f"{archive.name} does not hold what its manifest lists. Use another backup."
                )
            found.extractall(folder)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError):
        raise BackupError(
            f"{archive.name} is no backup of `case-audit backup`, or not the whole of one. Use another."
        ) from None
    except OSError as error:
        raise BackupError(f"{archive.name} cannot be unpacked: {error.strerror}.") from None
    for name, wanted in manifest.files.items():
        if _hash(folder / name) != wanted:
            raise BackupError(f"{archive.name}: {name} is damaged. Use another backup.")
    return manifest


def encrypt(plain: Path, target: Path, key_file: Path) -> None:
    """Write an encrypted copy. The key file holds an age recipient, an age identity, or a passphrase."""
    age, key = _age(), _key(key_file)
    try:
        if key.startswith("age1"):
            age.encrypt_file(str(plain), str(target), [age.x25519.Recipient.from_str(key)])
        elif key.startswith("AGE-SECRET-KEY-"):
            own = age.x25519.Identity.from_str(key).to_public()
            age.encrypt_file(str(plain), str(target), [own])
        else:
            target.write_bytes(age.passphrase.encrypt(plain.read_bytes(), key))
    except (OSError, age.RecipientError, age.IdentityError, age.EncryptError):
        raise BackupError("The backup cannot be encrypted: the key file holds no key of age.") from None
    target.chmod(0o600)


@contextmanager
def decrypted(archive: Path, key_file: Path | None) -> Iterator[Path]:
    """The archive in the clear: itself, or a decrypted copy that does not stay. Raises BackupError."""
    try:
        with archive.open("rb") as file:
            is_encrypted = file.read(len(_AGE)) == _AGE
    except OSError as error:
        raise BackupError(f"{archive} cannot be read: {error.strerror}.") from None
    if not is_encrypted:
        yield archive
        return
    if key_file is None:
        raise BackupError(f"{archive.name} is encrypted. Name the file of its key in {KEY_FILE}.")
    age, key = _age(), _key(key_file)
    with tempfile.TemporaryDirectory(prefix="case-audit-") as folder:
        plain = Path(folder) / archive.name
        try:
            if key.startswith("AGE-SECRET-KEY-"):
                age.decrypt_file(str(archive), str(plain), [age.x25519.Identity.from_str(key)])
            else:
                plain.write_bytes(age.passphrase.decrypt(archive.read_bytes(), key))
        except (OSError, age.IdentityError, age.DecryptError):
            raise BackupError(f"{archive.name} cannot be decrypted with the key in {key_file}.") from None
        yield plain


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _key(path: Path) -> str:
    try:
        lines = [one.strip() for one in path.read_text("utf-8").splitlines()]
    except (OSError, UnicodeError):
        raise BackupError(f"The key file {path} cannot be read.") from None
    found = [one for one in lines if one and not one.startswith("#")]
    if len(found) != 1:
        raise BackupError(f"The key file {path} must hold one key or one passphrase, and nothing else.")
    return found[0]


def _age() -> Any:
    try:
        import pyrage
    except ImportError:
        raise StoreUnavailableError(
            "Encrypted backups need the extra ‘encryption’: pip install 'case-file-audit[encryption]'."
        ) from None
    return pyrage
