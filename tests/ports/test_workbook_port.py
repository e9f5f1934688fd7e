"""What every adapter of the spreadsheet promises: a whole snapshot or a clear reason, never a write."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from automation.adapters.m365.workbook import Place
from automation.adapters.spreadsheet import FileWorkbook
from automation.ports import Workbook, WorkbookUnavailableError
from tests.support import graph as loopback
from tests.support.graph import Fault, LoopbackGraph, VirtualClock
from tests.support.m365 import SITE, WAYS, Microsoft, SharePointSide, keys, virtual
from tests.support.sample_council import sample_workbook
from tests.support.sample_faults import half_saved

CONTENT = sample_workbook()
SAVED = CONTENT + b"\0"
FOR_GOOD = 99


class FileSide:
    """A file in a folder, and the people who use it. What they do ends after so many looks at it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "allocations.xlsx"
        self.pauses: list[float] = []
        self._then: Callable[[], object] = lambda: None
        self._looks = 0
        self._user = os.geteuid() if os.name != "nt" else -1
        self.save(CONTENT)
        self.workbook: Workbook = FileWorkbook(self.path, self._pause)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) == self._looks:
            self._then()

    def save(self, content: bytes) -> None:
        """Somebody saves it."""
        self.path.write_bytes(content)
        self._kept = content

    def save_while_read(self, content: bytes) -> None:
        """Somebody saves it while it is read the next time."""
        here = self

        class SavedMeanwhile(type(self.path)):  # type: ignore[misc]  # the class that this system has
            def read_bytes(self) -> bytes:
                old = bytes(super().read_bytes())
                if here._kept != content:
                    here.save(content)
                return old

        self.workbook = FileWorkbook(SavedMeanwhile(self.path), self._pause)

    def half_saved(self, looks: int) -> None:
        """Saving takes that long."""
        whole = self._kept
        self.save(half_saved(whole))
        self._looks, self._then = looks, lambda: self.save(whole)

    def locked(self, looks: int) -> None:
        """It may not be read for that long."""
        if os.name == "nt":
            pytest.skip("Windows has no such modes")
        self.path.chmod(0)
        if self._user == 0:
            os.seteuid(65_534)  # the superuser may read every file
        self._looks, self._then = looks, self._unlock

    def _unlock(self) -> None:
        if self._user == 0:
            os.seteuid(0)
        self.path.chmod(0o600)

    def gone(self, looks: int = FOR_GOOD) -> None:
        """It is not there for that long."""
        self.path.unlink()
        self._looks, self._then = looks, lambda: self.save(self._kept)

    def close(self) -> None:
        """See that nothing was written."""
        if self._user == 0:
            os.seteuid(0)
        if self.path.exists():
            self.path.chmod(0o600)
            assert self.path.read_bytes() == self._kept
        assert {one.name for one in self.path.parent.iterdir()} <= {self.path.name}


Side = FileSide | SharePointSide


@pytest.fixture(scope="module")
def signed_in() -> Iterator[Microsoft]:
    """The service, signed in once for all: that takes longer than what is looked at here."""
    clock = VirtualClock(datetime(2026, 11, 2, 8, 0, tzinfo=UTC))
    with LoopbackGraph(keys(), clock, token_seconds=10**6) as graph:
        here = virtual(graph)
        here.calls.sign_in()
        yield here


@pytest.fixture(params=["file", *WAYS])
def side(request: pytest.FixtureRequest, tmp_path: Path, signed_in: Microsoft) -> Iterator[Side]:
    """Each adapter in turn, each way of naming a file in SharePoint."""
    one = request.param
    made = FileSide(tmp_path) if one == "file" else SharePointSide(signed_in, one, CONTENT)
    yield made
    made.close()


IN_FOLDER = pytest.mark.parametrize("side", ["file"], indirect=True)
IN_SHAREPOINT = pytest.mark.parametrize("side", WAYS, indirect=True)
BY_SITE = pytest.mark.parametrize("side", ["site and path"], indirect=True)


def test_a_copy_is_the_whole_file_with_its_name(side: Side) -> None:
    copy = side.workbook.read()
    assert (copy.name, copy.content) == ("allocations.xlsx", CONTENT)
    assert side.pauses == []


def test_the_version_stays_while_the_content_does_and_changes_when_it_is_saved(side: Side) -> None:
    first = side.workbook.read().version
    assert first
    assert side.workbook.read().version == first
    side.save(SAVED)
    second = side.workbook.read()
    assert second.version != first
    assert second.content == SAVED


def test_an_unchanged_file_is_told_from_one_that_was_saved(side: Side) -> None:
    copy = side.workbook.changed("")
    assert copy is not None
    assert side.workbook.changed(copy.version) is None
    side.save(SAVED)
    again = side.workbook.changed(copy.version)
    assert again is not None
    assert (again.content, again.version) == (SAVED, side.workbook.read().version)


@pytest.mark.parametrize("looks", [1, 2])
@pytest.mark.parametrize("what", ["half_saved", "locked"])
def test_a_file_half_saved_or_locked_is_tried_again_until_it_is_not(
    side: Side, what: str, looks: int
) -> None:
    getattr(side, what)(looks)
    assert side.workbook.read().content == CONTENT
    assert len(side.pauses) == looks


def test_a_file_saved_while_it_was_read_is_read_again(side: Side) -> None:
    side.save_while_read(SAVED)
    copy = side.workbook.read()
    assert copy.content == SAVED
    assert side.workbook.changed(copy.version) is None, "the version is that of the content"


def test_a_file_that_stays_half_saved_is_named_with_what_to_do(side: Side) -> None:
    side.half_saved(FOR_GOOD)
    with pytest.raises(WorkbookUnavailableError, match=r"is only half saved.* Save it in Excel"):
        side.workbook.read()


def test_a_file_that_stays_locked_is_named_with_what_to_do(side: Side) -> None:
    side.locked(FOR_GOOD)
    with pytest.raises(WorkbookUnavailableError, match=r"spreadsheet .*Close it in Excel"):
        side.workbook.read()


def test_a_missing_file_is_named_with_what_to_do(side: Side) -> None:
    side.gone()
    with pytest.raises(WorkbookUnavailableError, match=r"Put it back, or correct its p.* in service\.toml"):
        side.workbook.read()


def test_an_empty_file_is_half_saved(side: Side) -> None:
    side.save(b"")
    with pytest.raises(WorkbookUnavailableError, match="is only half saved"):
        side.workbook.read()


def test_what_is_no_spreadsheet_is_handed_on_for_the_reader_to_explain(side: Side) -> None:
    side.save(b"Round,Case number\n")
    assert side.workbook.read().content == b"Round,Case number\n"


@IN_FOLDER
def test_a_file_that_is_only_touched_keeps_its_version(side: FileSide) -> None:
    first = side.workbook.read().version
    os.utime(side.path, (1, 1))
    assert side.workbook.read().version == first


@IN_FOLDER
def test_a_file_missing_for_the_moment_of_a_save_is_tried_again(side: FileSide) -> None:
    side.gone(looks=1)
    assert side.workbook.read().content == CONTENT


@IN_FOLDER
def test_a_lock_file_of_excel_is_no_reason_to_stop_but_words_the_message(side: FileSide) -> None:
    lock = side.path.with_name("~$allocations.xlsx")
    lock.write_bytes(b"\x05Robin")
    assert side.workbook.read().content == CONTENT
    side.half_saved(FOR_GOOD)
    with pytest.raises(WorkbookUnavailableError, match="somebody has it open"):
        side.workbook.read()
    lock.unlink()


@IN_FOLDER
def test_neither_the_file_nor_its_folder_is_touched(side: FileSide) -> None:
    def state() -> list[tuple[str, int, int]]:
        every = side.path.parent.iterdir()
        return sorted((one.name, one.stat().st_mtime_ns, one.stat().st_mode) for one in every)

    side.path.chmod(0o444)
    before = state()
    side.workbook.read()
    assert state() == before


@IN_SHAREPOINT
def test_an_unchanged_file_is_not_downloaded(side: SharePointSide) -> None:
    version = side.workbook.read().version
    side.graph.calls.clear()
    assert side.workbook.changed(version) is None
    assert side.called() in (["drive_item"], ["share_item"])


@IN_SHAREPOINT
def test_a_file_saved_at_every_look_is_left_to_the_next_pass(side: SharePointSide) -> None:
    side.file.save_while_read(*[SAVED] * FOR_GOOD)
    with pytest.raises(WorkbookUnavailableError, match=r"is being saved just now\. The next pass reads it"):
        side.workbook.read()


@BY_SITE
@pytest.mark.parametrize("call", ["drive_content", "download"])
@pytest.mark.parametrize("does", [loopback.Reset(), loopback.Truncated(), loopback.Status(503)], ids=repr)
def test_a_download_that_breaks_off_is_made_again(
    side: SharePointSide, call: str, does: loopback.faults.Does
) -> None:
    side.graph.faults.add(Fault(call, does))
    assert side.workbook.read().content == CONTENT
    assert side.graph.faults.struck


@IN_SHAREPOINT
@pytest.mark.parametrize(
    ("does", "says"),
    [
        (loopback.Reset(), "cannot be fetched: .* The next pass tries again"),
        (loopback.throttled_hugely(), "asks us to wait 600 seconds"),
        (loopback.Status(401), "does not accept our token .* Ask IT"),
        (loopback.Status(403, error_code="accessDenied"), r"403 accessDenied.*Sites\.Selected"),
        (loopback.Status(410), "410 .*Run `case-audit doctor`"),
    ],
    ids=repr,
)
def test_whatever_microsoft_answers_for_good_is_told_with_what_to_do(
    side: SharePointSide, does: loopback.faults.Does, says: str
) -> None:
    side.graph.faults.add(Fault("any", does, times=None, matching="/v1.0/"))
    with pytest.raises(WorkbookUnavailableError, match=says):
        side.workbook.read()


@BY_SITE
def test_a_site_that_shares_may_not_be_asked_about_is_asked_itself(side: SharePointSide) -> None:
    side.graph.faults.add(Fault("share_item", loopback.Status(403), times=None))
    copy = side.workbook.read()
    assert copy.content == CONTENT
    assert side.workbook.changed(copy.version) is None
    assert side.called()[:3] == ["share_item", "site_item", "drive_content"]


@BY_SITE
def test_a_site_whose_address_has_odd_letters_is_found_too(side: SharePointSide) -> None:
    file = side.graph.add_file(f"{SITE}/F%C3%BCr%20uns", "Shared Documents/all of it.xlsx", SAVED)
    place = Place(site=f"{SITE}/F%C3%BCr%20uns", path="Shared Documents/all of it.xlsx")
    workbook = side.here.workbook(place)
    assert workbook.read().content == SAVED
    side.graph.faults.add(Fault("share_item", loopback.Status(403), times=None))
    assert workbook.place() == Place(file.drive_id, file.item_id)


@IN_SHAREPOINT
def test_its_drive_and_item_are_told_and_find_it_again(side: SharePointSide) -> None:
    place = side.workbook.place()
    assert place == Place(side.file.drive_id, side.file.item_id)
    assert side.here.workbook(place).read().content == CONTENT
