"""What is installed is what was locked."""

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_library_is_pinned_with_the_hashes_of_its_files(name: str) -> None:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) > 20
    for line in lines:
        assert re.match(r"[\w.\-\[\]]+==\S+", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line


def test_a_library_whose_bytes_were_changed_is_not_installed(tmp_path: Path) -> None:
    wheel = tmp_path / "tampered-1.0-py3-none-any.whl"
    files = {
        "tampered.py": "x = 1\n",
        "tampered-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tampered\nVersion: 1.0\n",
        "tampered-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},"
        for name, text in files.items()
    ]
    files["tampered-1.0.dist-info/RECORD"] = "\n".join(record) + "\n"

    def installed(content: str) -> subprocess.CompletedProcess[str]:
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, text in (files | {"tampered.py": content}).items():
                archive.writestr(zipfile.ZipInfo(name), text)
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-index",
            "--find-links",
            str(tmp_path),
        ]
        command += ["--target", str(tmp_path / "site"), "--upgrade", "--require-hashes", "-r", str(lock)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    lock = tmp_path / "requirements.lock"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    lock.write_text(f"tampered==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    good = installed("x = 1\n")
    assert good.returncode == 0, good.stderr
    bad = installed("x = 2\n")
    assert bad.returncode != 0
    assert "DO NOT MATCH THE HASHES" in bad.stderr
