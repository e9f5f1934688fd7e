"""Opens whatever came: a form is read, a wrapping unwrapped, anything else named. In the confined process."""

from collections.abc import Sequence

from ..domain.form import Form
from . import file_kinds as kinds
from . import source_hazards
from .child_answer import Blobs, ChildAnswer, OpenedPiece
from .file_kinds import Kind
from .form_reader import FormsReader
from .ole_file import hazards_of_doc
from .returned import recognised
from .unreadable import NotReadableError
from .web_page import page_of_archive, web_page
from .wrappings import unwrapped

Opened = tuple[ChildAnswer, tuple[Blobs, ...]]


class Opening:
    """The forms that may come back, ready to be found in any file."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._reader = FormsReader(forms)

    def open(self, content: bytes) -> Opened:
        """A file that came, or the files in it. Refusals are answers: only faults of ours are raised."""
        kind, _ = recognised(content)
        if kind.way != "open":
            piece, source = self._piece(kind, content)
            return ChildAnswer("", (piece,)), (Blobs(b"", source),)
        try:
            found = unwrapped(content, kind)
        except NotReadableError as refused:
            return ChildAnswer("", (OpenedPiece(kind.name, problem=refused.problem),)), (Blobs(),)
        pieces = [(one.content, *self._piece(one.kind, one.content)) for one in found]
        answer = ChildAnswer(kind.within, tuple(piece for _, piece, _ in pieces))
        return answer, tuple(Blobs(inside, source) for inside, _, source in pieces)

    def read(self, content: bytes) -> Opened:
        """A Word document made from another file, and nothing else."""
        return ChildAnswer("", (self._read(content),)), (Blobs(),)

    def _piece(self, kind: Kind, content: bytes) -> tuple[OpenedPiece, bytes]:
        """One file, and what is to be converted if that is not the file itself."""
        if kind.way == "read":
            return self._read(content), b""
        if kind.way == "open":
            return OpenedPiece(kind.name, problem=kind.refused_inside), b""
        if kind.way != "convert":
            return OpenedPiece(kind.name, problem=kind.problem), b""
        try:
            hazards, source = _before_conversion(kind, content)
        except NotReadableError as refused:
            return OpenedPiece(kind.name, problem=refused.problem), b""
        # A page out of an archive is converted as a page.
        ending = kinds.WEB_PAGE.ending if kind is kinds.WEB_ARCHIVE else kind.ending
        told = tuple(sorted(hazards))
        return OpenedPiece(kind.name, None, kind.problem, ending, told, bool(source)), source

    def _read(self, content: bytes) -> OpenedPiece:
        try:
            return OpenedPiece(kinds.WORD.name, self._reader.read(content))
        except NotReadableError as refused:
            return OpenedPiece(kinds.WORD.name, problem=refused.problem)


def _before_conversion(kind: Kind, content: bytes) -> tuple[set[str], bytes]:
    """The hazards in a file, which a conversion may lose, and the bytes to convert where they are others."""
    if kind is kinds.OLD_WORD:
        return hazards_of_doc(content), b""
    if kind is kinds.RTF:
        return source_hazards.in_rtf(content), b""
    if kind is kinds.FLAT_ODT:
        return source_hazards.in_flat_opendocument(content), b""
    if kind in (kinds.ODT, kinds.OTT):
        return source_hazards.in_opendocument(content), b""
    page = page_of_archive(content) if kind is kinds.WEB_ARCHIVE else web_page(content)
    return source_hazards.in_web_page(page), page
