"""A filter of system calls, as a program of the kernel's classic BPF.

It keeps from a box what needs no privilege and yet reaches beyond it (new namespaces,
which hand out privileges over parts of the kernel that are seldom used; the keyring of
the host's user; injected terminal input), what makes memory that belongs to no process
and so escapes all watching, and large parts of the kernel that have often had holes
(io_uring, bpf, perf, userfaultfd, rare kinds of sockets). bubblewrap takes it by
`--seccomp`. What programs have a substitute for is answered by ENOSYS, as an older
kernel does.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

__all__ = ["MACHINES", "program"]


class _Machine(NamedTuple):
    audit: int
    """AUDIT_ARCH_*: which set of numbers a call belongs to."""
    column: int
    """Of the tables below."""


MACHINES = {
    "x86_64": _Machine(0xC000003E, 0),
    "aarch64": _Machine(0xC00000B7, 1),
    "arm64": _Machine(0xC00000B7, 1),
}
"""Machines, as `platform.machine` names them, for which there is a filter."""

_Numbers = tuple[int | None, int | None]

# Every call, by name, x86_64's number and aarch64's; None where there is none.
_REFUSED: dict[str, _Numbers] = {
    # Namespaces, mounts, roots.
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    # Other processes.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # The host user's keyring.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # Where holes have been.
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18),
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "get_mempolicy": (239, 236),
    "set_mempolicy_home_node": (450, 450),
    "lsm_set_self_attr": (460, 460),
    "vhangup": (153, 58),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
    "vserver": (236, None),
    "nfsservctl": (180, 42),
    # The machine.
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "create_module": (174, None),
    "query_module": (178, None),
    "get_kernel_syms": (177, None),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "acct": (163, 89),
    "syslog": (103, 116),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "iopl": (172, None),
    "ioperm": (173, None),
    # The processors that the box was given.
    "sched_setaffinity": (203, 122),
}
_MISSING: dict[str, _Numbers] = {
    "clone3": (435, 435),  # its flags are behind a pointer, where no filter sees them
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # Memory that belongs to no process, with nothing to bound it.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
}
_LAST = 466  # removexattrat; what is newer than this list is unknown, and so refused
# It refuses the calls of x32 as well, which have bit 30 set.

_CLONE: _Numbers = (56, 220)
_UNSHARE: _Numbers = (272, 97)
_SOCKET: _Numbers = (41, 198)
_SOCKETPAIR: _Numbers = (53, 199)
_IOCTL: _Numbers = (16, 29)
_PERSONALITY: _Numbers = (135, 92)
_PRLIMIT64: _Numbers = (302, 261)
_SETPRIORITY: _Numbers = (141, 140)
_IOPRIO_SET: _Numbers = (251, 30)
# Of a process that is named by the first argument, 0 for the caller.
_SCHEDULING: tuple[_Numbers, ...] = (
    (144, 119),  # sched_setscheduler
    (142, 118),  # sched_setparam
    (314, 274),  # sched_setattr
)

# CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET; of clone, lower bits are a signal.
_NEW_NAMESPACES = 0x7E020000
_NEW_TIME = 0x80
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_STREAM, _DGRAM = 1, 2
_TYPE_BITS = 0xF
_IP_PROTOCOLS = (0, 1, 6, 17, 58)  # any, ICMP, TCP, UDP, ICMPv6
_TIOCSTI, _TIOCLINUX, _TIOCSETD = 0x5412, 0x541C, 0x5423
# PER_LINUX, PER_LINUX32, with UNAME26, and "tell me": none weakens the memory layout.
_PERSONALITIES = (0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF)

# One instruction: code, jump if true, jump if false, constant. <linux/bpf_common.h>
_LOAD, _EQUAL, _GREATER, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_KILL, _ALLOW, _FAIL = 0x80000000, 0x7FFF0000, 0x00050000

_Code = tuple[int, int, int, int]


def program(
    machine: str, *, allowed: Collection[str] = (), only_sockets: bool = False
) -> bytes:
    """Return the filter for a machine, as an array of `struct sock_filter`.

    Args:
        machine: One of `MACHINES`.
        allowed: Names of calls that are not refused by it, as `chroot`.
        only_sockets: Refuse only rare kinds of sockets and io_uring, which makes such
            sockets too; for programs that need the rest, under another filter.
    """
    audit, column = MACHINES[machine]
    refused = {name: n for name, n in _REFUSED.items() if name not in allowed}
    missing, decided = _MISSING, _rules()
    if only_sockets:
        refused = dict[str, _Numbers]()
        missing = {name: n for name, n in _MISSING.items() if "io_uring" in name}
        decided = (rule for rule in decided if rule[0] in (_SOCKET, _SOCKETPAIR))
    code = [_load(_ARCHITECTURE), *_if(_EQUAL, audit, otherwise=[_answer(_KILL)])]
    code += [_load(_NUMBER), *_if(_GREATER, _LAST, then=[_fail(errno.ENOSYS)])]
    for table, error in ((refused, errno.EPERM), (missing, errno.ENOSYS)):
        for numbers in table.values():
            if (number := numbers[column]) is not None:
                code += _if(_EQUAL, number, then=[_fail(error)])
    for numbers, rule in decided:
        number = numbers[column]
        assert number is not None
        code += _if(_EQUAL, number, then=rule)
    code.append(_answer(_ALLOW))
    return b"".join(struct.pack("=HBBI", *one) for one in code)


def _rules() -> Iterator[tuple[_Numbers, list[_Code]]]:
    """Yield the calls that depend on their arguments; each rule ends in an answer."""
    refuse, allow = _fail(errno.EPERM), _answer(_ALLOW)
    no_family = _fail(errno.EAFNOSUPPORT)
    yield _CLONE, [_argument(0), *_if(_ANY_BIT, _NEW_NAMESPACES, [refuse]), allow]
    flags = _NEW_NAMESPACES | _NEW_TIME
    yield _UNSHARE, [_argument(0), *_if(_ANY_BIT, flags, [refuse]), allow]
    route_only = [_argument(2), *_if(_EQUAL, 0, [allow]), no_family]
    internet = [
        _argument(1),
        (_AND, 0, 0, _TYPE_BITS),
        *_unless((_STREAM, _DGRAM), [no_family]),
        _argument(2),
        *_unless(_IP_PROTOCOLS, [no_family]),
        allow,
    ]
    yield (
        _SOCKET,
        [
            _argument(0),
            *_if(_EQUAL, _UNIX, [allow]),
            *_if(_EQUAL, _NETLINK, route_only),
            *_unless((_INET, _INET6), [no_family]),
            *internet,
        ],
    )
    yield _SOCKETPAIR, [_argument(0), *_unless((_UNIX,), [no_family]), allow]
    typing = [_if(_EQUAL, n, [refuse]) for n in (_TIOCSTI, _TIOCLINUX, _TIOCSETD)]
    yield _IOCTL, [_argument(1), *sum(typing, list[_Code]()), allow]
    yield _PERSONALITY, [_argument(0), *_unless(_PERSONALITIES, [refuse]), allow]
    # Limits may be set for oneself, not for the runner; reading passes no new ones.
    reading = [_argument(2), *_if(_EQUAL, 0, otherwise=[refuse])]
    reading += [_argument(2, high=True), *_if(_EQUAL, 0, otherwise=[refuse])]
    yield _PRLIMIT64, [_argument(0), *_if(_EQUAL, 0, [allow]), *reading, allow]
    # Nor may it be put behind all others, and so be kept from acting.
    own = [_argument(0), *_if(_EQUAL, 0, [allow]), refuse]
    for numbers in _SCHEDULING:
        yield numbers, own
    for numbers, oneself in ((_SETPRIORITY, 0), (_IOPRIO_SET, 1)):
        one = [_argument(0), *_unless((oneself,), [refuse])]
        yield numbers, [*one, _argument(1), *_if(_EQUAL, 0, [allow]), refuse]


def _if(
    test: int,
    value: int,
    then: list[_Code] | None = None,
    otherwise: list[_Code] | None = None,
) -> list[_Code]:
    """Do `then` where the loaded word passes the test, or `otherwise` where not."""
    if then is not None:
        return [(test, 0, len(then), value), *then]
    assert otherwise is not None
    return [(test, len(otherwise), 0, value), *otherwise]


def _unless(values: Sequence[int], do: list[_Code]) -> list[_Code]:
    """Do something where the loaded word is none of the values."""
    jumps: list[_Code] = []
    for value in reversed(values):  # the further up, the further to jump
        jumps.insert(0, (_EQUAL, len(jumps) + len(do), 0, value))
    return [*jumps, *do]


def _load(offset: int) -> _Code:
    return (_LOAD, 0, 0, offset)


def _argument(index: int, *, high: bool = False) -> _Code:
    """Load one half of an argument; both machines put the low half first."""
    return _load(16 + 8 * index + 4 * high)


def _answer(action: int) -> _Code:
    return (_RETURN, 0, 0, action)


def _fail(error: int) -> _Code:
    return _answer(_FAIL | error)
