"""The filter of system calls: worked out for both machines, tried on this kernel."""

import errno
import platform
import struct
import subprocess
import sys

import pytest

from arena.sandbox.seccomp import MACHINES, program

X86, ARM = 0xC000003E, 0xC00000B7
AUDIT = {"x86_64": X86, "aarch64": ARM}
KILL, ALLOW = "kill", "allow"
EPERM, ENOSYS, NO_FAMILY = errno.EPERM, errno.ENOSYS, errno.EAFNOSUPPORT
CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWTIME = 0x10000000, 0x20000, 0x80
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_ALG, AF_VSOCK = (
    *(1, 2, 10, 16, 17, 38, 40),
)
STREAM, DGRAM, RAW, SEQPACKET, CLOEXEC = 1, 2, 3, 5, 0o2000000

# Call, x86_64's number, aarch64's, arguments, answer.
CALLS = [
    ("read", 0, 63, (), ALLOW),
    ("execve", 59, 221, (), ALLOW),
    ("openat", 257, 56, (), ALLOW),
    ("kill", 62, 129, (1, 9), ALLOW),
    ("clone, as fork calls it", 56, 220, (0x1200011,), ALLOW),
    ("clone, as threads do", 56, 220, (0x3D0F00,), ALLOW),
    ("clone into a user namespace", 56, 220, (CLONE_NEWUSER | 17,), EPERM),
    ("clone into a mount namespace", 56, 220, (CLONE_NEWNS | 17,), EPERM),
    ("clone3", 435, 435, (), ENOSYS),
    ("unshare of open files", 272, 97, (0x400,), ALLOW),
    ("unshare into a user namespace", 272, 97, (CLONE_NEWUSER,), EPERM),
    ("unshare into a time namespace", 272, 97, (CLONE_NEWTIME,), EPERM),
    ("setns", 308, 268, (), EPERM),
    ("mount", 165, 40, (), EPERM),
    ("umount2", 166, 39, (), EPERM),
    ("move_mount", 429, 429, (), EPERM),
    ("open_tree", 428, 428, (), EPERM),
    ("fsopen", 430, 430, (), EPERM),
    ("mount_setattr", 442, 442, (), EPERM),
    ("open_tree_attr, newer than the list", 467, 467, (), ENOSYS),
    ("pivot_root", 155, 41, (), EPERM),
    ("chroot", 161, 51, (), EPERM),
    ("ptrace", 101, 117, (), EPERM),
    ("process_vm_readv", 310, 270, (), EPERM),
    ("pidfd_getfd", 438, 438, (), EPERM),
    ("keyctl", 250, 219, (), EPERM),
    ("add_key", 248, 217, (), EPERM),
    ("request_key", 249, 218, (), EPERM),
    ("bpf", 321, 280, (), EPERM),
    ("perf_event_open", 298, 241, (), EPERM),
    ("userfaultfd", 323, 282, (), EPERM),
    ("io_uring_setup", 425, 425, (), ENOSYS),
    ("open_by_handle_at", 304, 265, (), EPERM),
    ("kexec_load", 246, 104, (), EPERM),
    ("finit_module", 313, 273, (), EPERM),
    ("swapon", 167, 224, (), EPERM),
    ("quotactl", 179, 60, (), EPERM),
    ("acct", 163, 89, (), EPERM),
    ("reboot", 169, 142, (), EPERM),
    ("syslog", 103, 116, (), EPERM),
    ("sched_setaffinity", 203, 122, (), EPERM),
    ("memfd_create", 319, 279, (), ENOSYS),
    ("shmget", 29, 194, (), ENOSYS),
    ("a unix socket", 41, 198, (AF_UNIX, STREAM | CLOEXEC, 0), ALLOW),
    ("a TCP socket", 41, 198, (AF_INET, STREAM, 6), ALLOW),
    ("a UDP socket", 41, 198, (AF_INET6, DGRAM | CLOEXEC, 0), ALLOW),
    ("a raw socket", 41, 198, (AF_INET, RAW, 1), NO_FAMILY),
    ("an SCTP socket", 41, 198, (AF_INET, STREAM, 132), NO_FAMILY),
    ("an SCTP socket by its type", 41, 198, (AF_INET, SEQPACKET, 0), NO_FAMILY),
    ("netlink for routes", 41, 198, (AF_NETLINK, RAW, 0), ALLOW),
    ("netlink for audit", 41, 198, (AF_NETLINK, RAW, 9), NO_FAMILY),
    ("a packet socket", 41, 198, (AF_PACKET, RAW, 3), NO_FAMILY),
    ("a socket of the kernel's ciphers", 41, 198, (AF_ALG, SEQPACKET, 0), NO_FAMILY),
    ("a socket to a hypervisor", 41, 198, (AF_VSOCK, STREAM, 0), NO_FAMILY),
    ("a pair of unix sockets", 53, 199, (AF_UNIX, STREAM, 0), ALLOW),
    ("a pair of other sockets", 53, 199, (30, STREAM, 0), NO_FAMILY),
    ("ioctl for the size of a terminal", 16, 29, (0, 0x5413), ALLOW),
    ("ioctl to type for others", 16, 29, (0, 0x5412), EPERM),
    ("the same with a high half", 16, 29, (0, 0x1_0000_5412), EPERM),
    ("ioctl to paste for others", 16, 29, (0, 0x541C), EPERM),
    ("personality asked for", 135, 92, (0xFFFFFFFF,), ALLOW),
    ("personality with executable data", 135, 92, (0x0400000,), EPERM),
    ("own limits", 302, 261, (0, 7, 0x7F00_0000_1000), ALLOW),
    ("limits of others read", 302, 261, (1, 7, 0), ALLOW),
    ("limits of others set", 302, 261, (1, 7, 0x1000), EPERM),
    ("the same from a high address", 302, 261, (1, 7, 0x7F00_0000_0000), EPERM),
    ("own priority", 141, 140, (0, 0, 19), ALLOW),
    ("priority of another", 141, 140, (0, 1, 19), EPERM),
    ("priority of all of a user's", 141, 140, (2, 0, 19), EPERM),
    ("own scheduling", 144, 119, (0, 3), ALLOW),
    ("scheduling of another", 144, 119, (1, 5), EPERM),
    ("the same by its parameters", 142, 118, (1,), EPERM),
    ("the same by its attributes", 314, 274, (1,), EPERM),
    ("own priority of input and output", 251, 30, (1, 0, 0), ALLOW),
    ("that of another", 251, 30, (1, 1, 0), EPERM),
]


def answer(code: bytes, audit: int, number: int, *arguments: int) -> int | str:
    """Run the program as the kernel does, for one call."""
    words = [number, audit, 0, 0]
    for argument in (*arguments, *[0] * (6 - len(arguments))):
        words += [argument & 0xFFFFFFFF, argument >> 32]
    lines = list(struct.iter_unpack("=HBBI", code))
    at = value = 0
    while True:
        kind, then, otherwise, constant = lines[at]
        at += 1
        match kind:
            case 0x20:
                value = words[constant // 4]
            case 0x54:
                value &= constant
            case 0x15:
                at += then if value == constant else otherwise
            case 0x25:
                at += then if value > constant else otherwise
            case 0x45:
                at += then if value & constant else otherwise
            case 0x06:
                kinds = {0x80000000: KILL, 0x7FFF0000: ALLOW}
                return kinds.get(constant) or constant & 0xFFFF
            case _:
                raise AssertionError(f"no such instruction: {kind:#x}")


@pytest.mark.parametrize("machine", AUDIT)
@pytest.mark.parametrize("call", CALLS, ids=[call[0] for call in CALLS])
def test_each_call_gets_its_answer(
    machine: str, call: tuple[str, int, int, tuple[int, ...], int | str]
) -> None:
    _, x86, arm, arguments, expected = call
    number = x86 if machine == "x86_64" else arm
    assert expected == answer(program(machine), AUDIT[machine], number, *arguments)


@pytest.mark.parametrize("machine", AUDIT)
def test_a_call_that_is_allowed_by_name_is_the_only_one_more(machine: str) -> None:
    code = program(machine, allowed=["chroot"])
    for _, x86, arm, arguments, expected in CALLS:
        number = x86 if machine == "x86_64" else arm
        told = ALLOW if number in (161, 51) and expected == EPERM else expected
        assert told == answer(code, AUDIT[machine], number, *arguments)


@pytest.mark.parametrize("machine", AUDIT)
def test_calls_of_another_architecture_end_the_program(machine: str) -> None:
    for audit in (0x40000003, 0x40000028, *AUDIT.values()):  # i386 and arm, too
        if audit != AUDIT[machine]:
            assert KILL == answer(program(machine), audit, 20)


def test_calls_of_x32_do_not_exist() -> None:
    for number in (0, 41, 59, 512, 547):
        assert ENOSYS == answer(program("x86_64"), X86, number | 0x40000000)
    assert ENOSYS == answer(program("x86_64"), X86, 0xFFFFFFFF)


def test_both_names_of_a_machine_mean_the_same_filter() -> None:
    assert program("aarch64") == program("arm64")


def test_the_kernel_takes_it_and_acts_on_it() -> None:
    assert platform.machine() in MACHINES
    code = f"""
import ctypes, errno, os, socket, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
filter = ctypes.create_string_buffer({program(platform.machine())!r})
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
program = Program((len(filter) - 1) // 8, ctypes.addressof(filter))
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
print(libc.unshare({CLONE_NEWUSER}), ctypes.get_errno())
print(libc.unshare(0x400), 0)
try:
    socket.socket({AF_ALG}, {SEQPACKET})
except OSError as error:
    print(error.errno)
threading.Thread(target=print, args=("threads work",)).start()
print(os.waitpid(os.spawnlp(os.P_NOWAIT, "true", "true"), 0)[1])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    lines = [f"-1 {EPERM}", "0 0", f"{NO_FAMILY}", "threads work", "0"]
    assert sorted(lines) == sorted(done.stdout.splitlines()), done.stderr
