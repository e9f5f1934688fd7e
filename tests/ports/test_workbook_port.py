"""What every adapter of the spreadsheet promises: a whole snapshot or a clear reason, never a write."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from automation.adapters.spreadsheet import FileWorkbook
from automation.ports import Workbook, WorkbookUnavailableError
from tests.support.sample_council import sample_workbook
from tests.support.sample_faults import half_saved

CONTENT = sample_workbook()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "allocations.xlsx"
    file.write_bytes(CONTENT)
    return file


def reader(path: Path, pause: Callable[[float], None] = lambda seconds: None) -> Workbook:
    return FileWorkbook(path, pause=pause)


def test_a_copy_is_the_whole_file_with_its_name(path: Path) -> None:
    copy = reader(path).read()
    assert (copy.name, copy.content) == ("allocations.xlsx", CONTENT)


def test_the_version_changes_with_the_content_and_only_then(path: Path) -> None:
    first = reader(path).read().version
    os.utime(path, (1, 1))
    assert reader(path).read().version == first
    path.write_bytes(CONTENT + b"\0")
    assert reader(path).read().version != first


def test_a_file_half_saved_is_tried_again_until_it_is_whole(path: Path) -> None:
    path.write_bytes(half_saved(CONTENT))
    pauses: list[float] = []

    def finish_saving(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            path.write_bytes(CONTENT)

    assert reader(path, finish_saving).read().content == CONTENT
    assert len(pauses) == 2


def test_a_file_saved_while_it_was_read_is_read_again(path: Path) -> None:
    class SavedMeanwhile(type(path)):  # type: ignore[misc]  # the class that this system has
        saved = False

        def read_bytes(self) -> bytes:
            content = bytes(super().read_bytes())
            if not SavedMeanwhile.saved:
                SavedMeanwhile.saved = True
                path.write_bytes(CONTENT + b"\0")
            return content

    assert reader(SavedMeanwhile(path)).read().content == CONTENT + b"\0"


def test_a_file_missing_for_the_moment_of_a_save_is_tried_again(path: Path) -> None:
    path.unlink()

    def finish_saving(seconds: float) -> None:
        path.write_bytes(CONTENT)

    assert reader(path, finish_saving).read().content == CONTENT


@pytest.mark.parametrize("content", [b"", half_saved(CONTENT)])
def test_a_file_that_stays_half_saved_is_named_with_what_to_do(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(
        WorkbookUnavailableError, match=r"allocations\.xlsx is only half saved\. Save it in Excel"
    ):
        reader(path).read()


def test_a_missing_file_or_folder_is_named_with_what_to_do(path: Path) -> None:
    with pytest.raises(WorkbookUnavailableError, match=r"other\.xlsx is not there\. .*service\.toml"):
        reader(path.with_name("other.xlsx")).read()
    with pytest.raises(WorkbookUnavailableError, match="cannot be"):
        reader(path.parent).read()


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """The superuser may read every file, so step down for a moment."""
    if os.name == "nt":
        pytest.skip("Windows has no such modes")
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)
    yield
    os.seteuid(user)


def test_a_file_that_may_not_be_read_is_named_with_what_to_do(path: Path, unprivileged: None) -> None:
    with contextlib.suppress(PermissionError):  # when it is not ours, its folder is closed to us already
        path.chmod(0)
    with pytest.raises(WorkbookUnavailableError, match=r"cannot be opened.* Close it in Excel"):
        reader(path).read()


def test_a_lock_file_of_excel_is_no_reason_to_stop_but_words_the_message(path: Path) -> None:
    path.with_name("~$allocations.xlsx").write_bytes(b"\x05Robin")
    assert reader(path).read().content == CONTENT
    path.write_bytes(half_saved(CONTENT))
    with pytest.raises(WorkbookUnavailableError, match="somebody has it open"):
        reader(path).read()


def test_what_is_no_spreadsheet_is_handed_on_for_the_reader_to_explain(path: Path) -> None:
    path.write_bytes(b"Round,Case number\n")
    assert reader(path).read().content == b"Round,Case number\n"


def test_the_file_and_its_folder_are_never_written(path: Path) -> None:
    def state() -> list[tuple[str, int, int]]:
        return sorted((one.name, one.stat().st_mtime_ns, one.stat().st_mode) for one in path.parent.iterdir())

    path.chmod(0o444)
    before = state()
    reader(path).read()
    assert state() == before
    assert path.read_bytes() == CONTENT
