"""Linux's Landlock: a process gives up every file but those it names, and whatever it starts with it."""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

# The three system calls have the same numbers on every machine.
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION_ASKED, _PATH_RULE, _NO_NEW_PRIVILEGES = 1, 1, 38

_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE, _MAKE_SOCKET = 1 << 5, 1 << 9
_TRUNCATE, _DEVICE = 1 << 14, 1 << 15
_LOOK = _EXECUTE | _READ | _LIST
_OF_A_FILE = _EXECUTE | _WRITE | _READ | _TRUNCATE | _DEVICE
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights over files each version of Landlock knows; later ones know no more than the fifth."""
_NETWORK_SINCE, _NETWORK = 4, 0b11
"""TCP: to bind, to connect."""
_SCOPES_SINCE, _SCOPES = 6, 0b11
"""To sockets without a file, and to signal processes, outside."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Path(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("place", ctypes.c_int32))


def version() -> int:
    """Which Landlock this kernel has, 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION_ASKED)))


def keep_to(read: Iterable[Path], write: Iterable[Path], sockets: Iterable[Path] = ()) -> bool:
    """Leave this process these files and folders, with all in them, to read or to write; in the folders of
    `sockets` it may only make sockets and remove files. What does not exist is passed over. False where there
    is no Landlock.

    Raises OSError when the kernel has it and it fails.
    """
    has = version()
    if not has:
        return False
    all_rights = (1 << _RIGHTS.get(has, 16)) - 1
    ruleset = _Ruleset(
        all_rights, _NETWORK if has >= _NETWORK_SINCE else 0, _SCOPES if has >= _SCOPES_SINCE else 0
    )
    size = 24 if has >= _SCOPES_SINCE else 16 if has >= _NETWORK_SINCE else 8
    rules = _done(_libc().syscall(_CREATE, ctypes.byref(ruleset), ctypes.c_size_t(size), 0))
    try:
        for paths, rights in ((read, _LOOK), (write, all_rights), (sockets, _MAKE_SOCKET | _REMOVE)):
            for path in paths:
                _allow(rules, path, rights & all_rights)
        _done(_libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _done(_libc().syscall(_RESTRICT, rules, 0))
    finally:
        os.close(rules)
    return True


def _allow(rules: int, path: Path, rights: int) -> None:
    if not path.exists():
        return
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Path(rights if path.is_dir() else rights & _OF_A_FILE, place)
        _done(_libc().syscall(_ADD_RULE, rules, _PATH_RULE, ctypes.byref(rule), 0))
    finally:
        os.close(place)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _done(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), "the process could not be kept to its files")
    return answer
