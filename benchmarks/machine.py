"""What the figures were measured on."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

PEERS = (
    *("openpyxl", "python-docx", "docxtpl", "docx2python", "mammoth", "markitdown", "jinja2", "premailer"),
    *("pandas", "matplotlib", "sqlalchemy", "lxml", "python-calamine", "css-inline"),
)


def described() -> str:
    """Machine, load, date and versions, in one paragraph."""
    day = datetime.now(UTC)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    machine = (
        f"{day.day} {day:%B %Y}, {day:%H:%M} UTC. {os.cpu_count()} cores ({_processor()}), {_memory()}, "
        f"{platform.system()} {platform.release()}, load {load}. Python {platform.python_version()}"
    )
    return ", ".join([machine, *(f"{name} {found}" for name in PEERS if (found := installed(name)))]) + "."


def installed(name: str) -> str:
    """The version of a package, empty when it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    for key, value in _told("/proc/cpuinfo"):
        if key == "model name":
            return value
    return platform.machine()


def _memory() -> str:
    for key, value in _told("/proc/meminfo"):
        if key == "MemTotal":
            return f"{int(value.split()[0]) / 2**20:.0f} GB"
    return "memory unknown"


def _told(path: str) -> list[tuple[str, str]]:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - no file, but what the kernel tells
            parts = [line.partition(":") for line in file]
    except OSError:
        return []
    return [(key.strip(), value.strip()) for key, _, value in parts]
