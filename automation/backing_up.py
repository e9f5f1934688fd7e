"""Backup and restore: the whole service in one file, and back without a message twice or a form lost."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .adapters.disk import sync_folder
from .archive import (
    CONFIGURATION,
    KEY_FILE,
    ORIGINALS,
    STORE,
    BackupError,
    Manifest,
    decrypted,
    encrypt,
    unpack,
    write_archive,
)
from .outside import copy_of_store, open_copy
from .ports import HistoryFault, StoreUnavailableError
from .settings import Settings

_CONFIGURED = ("*.toml", "forms/*.toml", "templates/**/*")
"""What of the configuration goes along. No certificate and no key, which belong elsewhere."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup was found to hold when it was read again."""

    manifest: Manifest
    audits: int
    messages: int
    mails: int
    originals: int
    without_file: tuple[str, ...]
    """Returned files that the store names and that are not there, by the beginning of their hashes."""


def back_up(settings: Settings, out: Path, now: datetime) -> Kept:
    """Write a backup, also while a pass writes, and verify it by reading it again. Raises BackupError,
    StoreUnavailableError."""
    if out.exists():
        raise BackupError(f"{out} is there already. Name another file: nothing is written over.")
    key = key_file(settings)
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=out.absolute().parent) as name:
            folder = Path(name)
            copy = folder / "audits.db"
            copy_of_store(settings, copy)
            if not copy.exists():
                raise BackupError("There is no store to back up yet.")
            store = open_copy(copy)
            about = Manifest(now.isoformat(), store.fact("store id"), *store.head(), {})
            store.close()
            # After the store: whatever it names was kept before it was named.
            plain = folder / "plain.zip"
            write_archive(plain, {STORE: copy, **dict(_files(settings))}, about)
            made = plain
            if key is not None:
                made = folder / "encrypted"
                encrypt(plain, made, key)
            kept = look_into(plain)
            _place(made, out)
            sync_folder(out.absolute().parent)
    except FileExistsError:
        raise BackupError(f"{out} is there already. Name another file: nothing is written over.") from None
    except OSError as error:
        raise BackupError(f"The backup cannot be written: {error.strerror}.") from None
    return kept


def look_into(archive: Path, into: Path | None = None) -> Kept:
    """Verify a backup that is in the clear: every hash, the database, the chain of its history. `into` is an
    empty folder to leave it in. Raises BackupError."""
    with tempfile.TemporaryDirectory(prefix="case-audit-") as name:
        folder = into or Path(name)
        manifest = unpack(archive, folder)
        try:
            store = open_copy(folder / STORE)
        except StoreUnavailableError as fault:
            raise BackupError(f"The store in {archive.name} cannot be used: {fault}") from None
        try:
            broken = store.history_fault()
            if broken or store.head() != (manifest.number, manifest.head):
                raise BackupError(f"The history in {archive.name} is not whole. {fault_line(broken)}".strip())
            mails = store.mails()
            wanted = {one for mail in mails for one in mail.forms}
            have = {Path(one).name for one in manifest.files if one.startswith(f"{ORIGINALS}/")}
            audits, messages = len(store.audits()), len(store.sendings())
        finally:
            store.close()
        lacking = tuple(sorted(one[:12] for one in wanted - have))
        return Kept(manifest, audits, messages, len(mails), len(have), lacking)


def restore_files(settings: Settings, file: Path, now: datetime) -> tuple[Kept, Path]:
    """Put the store and the returned files of a backup in place. What was there before is kept aside, in the
    folder that is answered. Nothing is touched before the backup has been verified. Raises BackupError."""
    head, _, place = settings.store_url.partition("sqlite:///")
    if head or not place:
        raise BackupError(
            "The store is no SQLite file. Restore PostgreSQL with its own tools. "
            "Then: `case-audit reconcile`."
        )
    target, state = Path(place), settings.path(settings.store.state)
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (
            tempfile.TemporaryDirectory(prefix=".restore-", dir=target.parent) as name,
            decrypted(file, key_file(settings)) as plain,
        ):
            folder = Path(name)
            kept = look_into(plain, folder)
            _put_originals(folder / ORIGINALS, settings.path(settings.store.originals))
            aside = _set_aside(target, state, now)
            for leftover in folder.glob(f"{STORE}-*"):
                leftover.unlink()
            _synced(folder / STORE)
            (folder / STORE).chmod(0o600)
            (folder / STORE).replace(target)
            sync_folder(target.parent)
    except OSError as error:
        raise BackupError(f"The backup cannot be restored: {error.strerror}.") from None
    return kept, aside


def key_file(settings: Settings) -> Path | None:
    """The file of the backups' key, from the environment or the configuration; None when there is none."""
    named = os.environ.get(KEY_FILE, "")
    if named:
        return Path(named)
    return settings.path(settings.backup.key_file) if settings.backup.key_file else None


def fault_line(fault: HistoryFault | None) -> str:
    """What is wrong with a history, as a sentence; empty when nothing is."""
    if fault is None:
        return ""
    event = f" (about {fault.about}: {fault.what})" if fault.what else ""
    return f"Event {fault.number}{event} {fault.says}."


def _files(settings: Settings) -> Iterator[tuple[str, Path]]:
    originals = settings.path(settings.store.originals)
    for path in sorted(originals.glob("??/*")):
        if not path.name.startswith(".") and path.is_file():
            yield f"{ORIGINALS}/{path.parent.name}/{path.name}", path
    for pattern in _CONFIGURED:
        for path in sorted(settings.folder.glob(pattern)):
            if path.is_file():
                yield f"{CONFIGURATION}/{path.relative_to(settings.folder).as_posix()}", path


def _put_originals(source: Path, target: Path) -> None:
    """Each under the hash of its content: what is there already is the same."""
    for path in sorted(source.glob("??/*")):
        place = target / path.parent.name / path.name
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _synced(path)
            path.chmod(0o600)
            path.replace(place)
            sync_folder(place.parent)


def _set_aside(target: Path, state: Path, now: datetime) -> Path:
    """Move the store that is there, with its journal, into a folder of its own."""
    aside = state / f"before-restore-{now:%Y-%m-%dT%H-%M-%S}"
    aside.mkdir(mode=0o700)
    for path in (Path(f"{target}-wal"), Path(f"{target}-shm"), target):
        if path.exists():
            path.replace(aside / path.name)
    sync_folder(aside)
    return aside


def _place(made: Path, out: Path) -> None:
    """Move it to a name that nothing has. Raises FileExistsError."""
    try:
        os.link(made, out)
    except FileExistsError:
        raise
    except OSError:  # a file system that knows no links
        if out.exists():
            raise FileExistsError from None
        made.replace(out)


def _synced(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
