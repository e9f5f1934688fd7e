"""Linux system-call filters (seccomp), for processes that open files from outside.

Two filters: NO_NETWORK for programs that need files, as LibreOffice does, and NOTHING_BUT_MEMORY for a reader
that has all it needs and talks through pipes that are open already. A filter can never be taken off again,
and what the process starts has it too. Numbers: the kernel's tables for x86_64 and for aarch64.
"""

import ctypes
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _EACCES, _ENOSYS = 1, 13, 38
_AF_UNIX, _ITSELF = 1, 0
_X32 = 0x40000000
"""x86_64 takes a second set of numbers from here up, which would go round the filter."""
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _GET_SECCOMP, _MODE_FILTER = 38, 22, 21, 2

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_BOTH = """
    read 0 63, write 1 64, close 3 57, fstat 5 80, lseek 8 62, readv 19 65, writev 20 66, brk 12 214,
    mmap 9 222, mprotect 10 226, munmap 11 215, mremap 25 216, madvise 28 233, sched_yield 24 124,
    rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139, sigaltstack 131 132, futex 202 98,
    nanosleep 35 101, clock_gettime 228 113, clock_getres 229 114, clock_nanosleep 230 115,
    gettimeofday 96 169, times 100 153, getrusage 98 165, getrlimit 97 163, setrlimit 160 164,
    getpid 39 172, gettid 186 178, exit 60 93, exit_group 231 94, restart_syscall 219 128,
    getrandom 318 278, membarrier 324 283, rseq 334 293, prlimit64 302 261,
    socket 41 198, connect 42 203, sendto 44 206, sendmsg 46 211, sendmmsg 307 269,
    ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, pidfd_getfd 438 438,
    io_uring_setup 425 425, io_uring_enter 426 426, io_uring_register 427 427
"""
"""Each call's number on x86_64 and on aarch64."""
_NUMBERS = {
    machine: {words[0]: int(words[place]) for words in map(str.split, _BOTH.split(","))}
    for place, machine in enumerate(_MACHINES, start=1)
}
_REACHING_OUT = ("connect", "sendto", "sendmsg", "sendmmsg")
_INTO_OTHERS = ("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd")
"""They reach into the process that started us."""
_UNSEEN = ("io_uring_setup", "io_uring_enter", "io_uring_register")
"""System calls that no filter sees are made through these."""
_NOT_FOR_READING = frozenset(("socket", "prlimit64", *_REACHING_OUT, *_INTO_OTHERS, *_UNSEEN))


class _Instruction(ctypes.Structure):
    _fields_ = (
        *(("code", ctypes.c_uint16), ("if_so", ctypes.c_uint8), ("if_not", ctypes.c_uint8)),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


@dataclass(frozen=True, slots=True)
class _Rule:
    """What becomes of one system call. With `only`, calls whose argument has that value are allowed."""

    number: int
    answer: int
    argument: int = 0
    only: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Rules for single calls, and the answer to all others."""

    rules: tuple[_Rule, ...]
    otherwise: int


def usable() -> bool:
    """Whether this system has filters that we know how to set."""
    if sys.platform != "linux" or sys.maxsize < 2**32 or platform.machine() not in _MACHINES:
        return False
    return bool(_libc().prctl(_GET_SECCOMP, 0, 0, 0, 0) >= 0)


def no_network() -> Filter:
    """Files as before; no socket but local ones, and those reach nobody; no way into other processes."""
    number = _NUMBERS[platform.machine()]
    return Filter(
        (
            _Rule(number["socket"], _REFUSE | _EACCES, argument=0, only=_AF_UNIX),
            *(_Rule(number[name], _REFUSE | _EACCES) for name in _REACHING_OUT),
            *(_Rule(number[name], _REFUSE | _EPERM) for name in _INTO_OTHERS),
            *(_Rule(number[name], _REFUSE | _ENOSYS) for name in _UNSEEN),
        ),
        _ALLOW,
    )


def nothing_but_memory() -> Filter:
    """Memory, the clock, signals, and files that are open already. Whatever else is tried is refused."""
    numbers = _NUMBERS[platform.machine()]
    return Filter(
        (
            *(_Rule(number, _ALLOW) for name, number in numbers.items() if name not in _NOT_FOR_READING),
            _Rule(numbers["prlimit64"], _REFUSE | _EPERM, argument=0, only=_ITSELF),
        ),
        _REFUSE | _EPERM,
    )


def put_on(rules: Filter) -> None:
    """Put this process, and what it starts from now on, under a filter. Raises OSError where that fails."""
    instructions = [_Instruction(*one) for one in _instructions(rules)]
    array = (_Instruction * len(instructions))(*instructions)
    program = _Program(len(instructions), array)
    libc = _libc()
    done = libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    if not done or libc.prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the system-call filter could not be set")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _instructions(rules: Filter) -> Iterator[tuple[int, int, int, int]]:
    """The filter as the kernel's small language has it: code, steps to skip if so, if not, value."""
    machine = platform.machine()
    yield _LOAD, 0, 0, _MACHINE_AT
    yield _EQUAL, 1, 0, _MACHINES[machine]
    yield _RETURN, 0, 0, _KILL
    yield _LOAD, 0, 0, _NUMBER_AT
    if machine == "x86_64":
        yield _AT_LEAST, 0, 1, _X32
        yield _RETURN, 0, 0, _KILL
    for rule in rules.rules:
        if rule.only is None:
            yield _EQUAL, 0, 1, rule.number
        else:
            # The low half of the argument: those we ask about are ints.
            yield _EQUAL, 0, 4, rule.number
            yield _LOAD, 0, 0, _ARGUMENTS_AT + 8 * rule.argument
            yield _EQUAL, 0, 1, rule.only
            yield _RETURN, 0, 0, _ALLOW
        yield _RETURN, 0, 0, rule.answer
    yield _RETURN, 0, 0, rules.otherwise
