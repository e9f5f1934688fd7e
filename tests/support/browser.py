"""A page in a real browser: what it says there, how wide it is, and whom it would bar (axe)."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import axe_core_python
import pytest

_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_AXE = Path(axe_core_python.__file__).parent / "axe.min.js"
_LOOK = """
<script src="axe.min.js"></script>
<script>
addEventListener("load", async () => {
  const found = await axe.run(document);
  // A window is never as narrow as a phone; a frame is.
  const phone = document.createElement("iframe");
  phone.style = "width: 320px; height: 800px; border: 0";
  phone.srcdoc = PAGE;
  const loaded = new Promise(done => phone.onload = done);
  document.body.append(phone);
  await loaded;
  const inside = phone.contentDocument.scrollingElement;
  const told = document.createElement("pre");
  told.id = "looked-at";
  told.textContent = JSON.stringify({
    passes: found.passes.length,
    violations: found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html}`)),
    narrow: inside.scrollWidth,
    window: phone.contentWindow.innerWidth,
  });
  document.body.append(told);
});
</script>
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the browser and axe make of a page: how many of axe's rules it passes and what violates one, what
    the console says, and how wide it is in a window of `window` pixels, a phone's."""

    passes: int
    violations: tuple[str, ...]
    console: tuple[str, ...]
    narrow: int
    window: int


def look_at(page: str, folder: Path) -> Looked:
    """Open a page. Skips where there is no Chromium. `folder` is a new one."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("Chromium is not installed")
    folder.mkdir()
    shutil.copy(_AXE, folder)
    look = _LOOK.replace("PAGE", json.dumps(page).replace("</", "<\\/"))
    (folder / "page.html").write_text(page.replace("</body>", f"{look}</body>"), "utf-8")
    done = subprocess.run(
        [
            *(browser, *_QUIET, f"--user-data-dir={folder / 'profile'}", "--window-size=1200,900"),
            *("--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom"),
            (folder / "page.html").as_uri(),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=110,
    )
    found = re.search(r'<pre id="looked-at">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, f"axe came to no end: {done.stderr[-500:]}"
    told = json.loads(html.unescape(found[1]))
    return Looked(
        told["passes"],
        tuple(told["violations"]),
        tuple(line for line in done.stderr.splitlines() if "CONSOLE" in line),
        told["narrow"],
        told["window"],
    )
