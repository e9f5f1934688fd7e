"""Words that stand nowhere else, and the places where they are looked for, whatever encodes them."""

import base64
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path


def every_content(content: bytes) -> Iterator[bytes]:
    """The bytes of a file, and of each file inside it where it is an archive."""
    yield content
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def holding(folder: Path, word: str) -> set[str]:
    """The files below a folder that hold a word, plain, in an archive, or as mail encodes it."""
    wanted = [word.encode()]
    # In base64 a word stands in one of three ways, by where in a group of three bytes it begins.
    for before in range(3):
        code = base64.b64encode(b"\0" * before + word.encode())
        wanted.append(code[(0, 2, 3)[before] : len(code) - 4])
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            for content in every_content(path.read_bytes()):
                joined = content.replace(b"\r\n", b"").replace(b"=\n", b"")
                if any(one in content or one in joined for one in wanted):
                    found.add(path.relative_to(folder).as_posix())
    return found


def whole_text(letter: EmailMessage) -> str:
    """All that a mail says, decoded: headers, bodies, file names, and what is in attached files."""
    said = [f"{name}: {value}" for name, value in letter.items()]
    for part in letter.walk():
        if part.is_multipart():
            continue
        said.append(part.get_filename() or "")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        said += [one.decode("utf-8", "replace") for one in every_content(content)]
    return "\n".join(said)
