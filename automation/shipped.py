"""Where the files are that come with the program: templates, configuration, the sample council."""

from pathlib import Path

_INSIDE = Path(__file__).parent / "shipped"
"""Where the wheel carries them."""


def shipped(name: str) -> Path:
    """The shipped `templates` or `config` folder: inside the installed package, or of the checkout."""
    inside = _INSIDE / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name
