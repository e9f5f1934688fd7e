"""The small file outside the store by which a lost, older or foreign store is known for what it is."""

import json
from dataclasses import asdict
from pathlib import Path

from ..domain.remembered import Remembered
from ..ports import StoreUnavailableError
from .disk import make_folder, write_whole

NAME = "store.json"


class RememberedStore:
    """Keeps what is remembered of the store, in the state folder."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read before it is asked for."""
        self.path = folder / NAME

    def read(self) -> Remembered | None:
        """What is remembered, None before the first use. Raises StoreUnavailableError when it cannot be read:
        then nothing tells whether the store is the right one."""
        try:
            return Remembered(**json.loads(self.path.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            raise StoreUnavailableError(
                f"{self.path} cannot be read, so nothing tells whether the store is the right one. Nothing "
                "was sent. If it is: `case-audit reconcile --accept-store`."
            ) from None

    def forget(self) -> None:
        """Move the file aside."""
        if self.path.exists():
            self.path.replace(self.path.with_suffix(".forgotten"))

    def write(self, remembered: Remembered) -> None:
        """Remember this, whole or not at all. Raises StoreUnavailableError."""
        try:
            make_folder(self.path.parent)
            write_whole(self.path, json.dumps(asdict(remembered)).encode())
        except OSError as error:
            raise StoreUnavailableError(f"{self.path} cannot be written: {error.strerror}.") from None
