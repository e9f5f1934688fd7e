"""A council whose store comes to harm, and the commands that people give then."""

import shutil
import sqlite3
from pathlib import Path

from tests.stories.test_broken_outside import Done, run
from tests.support.month import Month


def store_of(month: Month) -> Path:
    """The file of the store."""
    return month.folder / "state" / "audits.db"


def remove_store(month: Month) -> None:
    """The store is gone, with its journal."""
    for path in store_of(month).parent.glob("audits.db*"):
        path.unlink()


def put_back(month: Month, copy: Path) -> None:
    """Somebody puts an older copy of the store back by hand."""
    remove_store(month)
    shutil.copy(copy, store_of(month))


def copy_of(month: Month, name: str = "copy.db") -> Path:
    """A whole copy of the store as it is now."""
    target = month.folder / name
    with sqlite3.connect(store_of(month)) as db:
        db.execute("VACUUM INTO ?", (str(target),))
    return target


def alter(month: Month, *statements: str) -> None:
    """Somebody who may write the file changes the store."""
    db = sqlite3.connect(store_of(month))
    for one in statements:
        db.execute(one)
    db.commit()
    db.close()


def command(month: Month, *words: str) -> Done:
    """A command, as a person gives it."""
    return run(month, *words)


def gone(month: Month) -> set[str]:
    """The keys of all that left the mailbox. What went twice went under another key."""
    return {str(one["X-Case-Audit-Key"]).strip() for one in month.letters()}
