"""Files that commands make: new, whole, and never in the place of another."""

from pathlib import Path

from .lines import UsageError


def save(path: Path, content: bytes) -> None:
    """Write a new file. Raises UsageError when it is there already, or cannot be written."""
    # Imported here: most commands write nothing.
    from .service import save_new

    try:
        save_new(path, content)
    except FileExistsError:
        raise UsageError(f"{path} is there already. Name another file: nothing is written over.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
