"""What the main process of a Docker box does before it becomes the runner."""

from __future__ import annotations

import ctypes
import os
import sys

__all__ = ["enter"]

PR_SET_NAME, PR_SET_SECCOMP = 15, 22
SECCOMP_MODE_FILTER = 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def enter(workdir: str, user: int, code: bytes) -> None:
    """Make the working folder, and have the kernel filter the system calls from now on.

    In a list of processes this one is `init`, without its long command line.

    Args:
        workdir: Made if it is absent.
        user: Whose it is then.
        code: An array of `struct sock_filter`, each of eight bytes; empty for none.
    """
    absent = workdir
    made: list[str] = []
    while not os.path.lexists(absent):
        made.append(absent)
        absent = os.path.dirname(absent)
    try:
        for folder in reversed(made):
            os.mkdir(folder)
            os.chown(folder, user, user)
    except OSError:  # a command that starts there will say so
        pass
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NAME, b"init", 0, 0, 0)
    with open("/proc/self/stat") as told:
        fields = told.read().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])  # arg_start and arg_end, proc(5)
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, b"init", 4)
    if code:
        program = _Program(len(code) // 8, code)
        call = (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
        if libc.prctl(*call) != 0:
            error = os.strerror(ctypes.get_errno())
            sys.exit(f"the kernel refuses the filter of system calls: {error}")
