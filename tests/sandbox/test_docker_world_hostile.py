"""What agents try from a box or a rented server: none of it leaves the world."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from arena.sandbox.docker_engine import connect
from arena.sandbox.docker_world import DockerWorld
from arena.sandboxing import Sandbox

from ..support.docker_worlds import (
    BOX,
    on_server,
    open_world,
    python,
    python_on_server,
    rent,
    run,
    state_of,
    wait_for_ssh,
)

pytestmark = pytest.mark.docker

Cloud = tuple[DockerWorld, Sandbox, str]

# Tries to reach each address and port at once, by a connection and by a datagram.
REACH = """
import json, select, socket, time
targets = json.loads(%r)
waiting = {}
for host, port in targets:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        s = socket.socket(socket.AF_INET, kind)
        s.setblocking(False)
        s.connect_ex((host, port))
        if kind == socket.SOCK_DGRAM:
            try: s.send(b"anybody?")
            except OSError: continue
        waiting[s] = (kind.name, host, port)
reached, until = [], time.monotonic() + 5
while waiting and time.monotonic() < until:
    streams = [s for s in waiting if s.type == socket.SOCK_STREAM]
    others = [s for s in waiting if s.type == socket.SOCK_DGRAM]
    came, connected, _ = select.select(others, streams, [], 0.5)
    for s in came + connected:
        target = waiting.pop(s)
        try: well = s in connected and not s.getsockopt(socket.SOL_SOCKET, 4)
        except OSError: well = False
        try: well = well or s in came and s.recv(99)
        except OSError: well = False
        if well: reached.append(target)
print(json.dumps(reached))
"""
# Each line is tried as root; what is printed is what did not fail as it should.
ROOT = r"""
import ctypes, json, os, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
done = []
def refused(what, do):
    try:
        do()
    except OSError:
        return
    done.append(what)
def called(number):
    if number == -1:
        raise OSError(ctypes.get_errno(), "")
def write(path, data):
    os.write(os.open(path, os.O_WRONLY), data)
def run(*argv):
    if subprocess.run(argv, capture_output=True).returncode:
        raise OSError
refused("mem", lambda: open("/proc/1/mem", "rb"))
refused("environ", lambda: open("/proc/1/environ", "rb").read())
refused("maps", lambda: open("/proc/1/maps", "rb").read())
refused("fd", lambda: os.readlink("/proc/1/fd/0"))
refused("root", lambda: os.listdir("/proc/1/root/"))
refused("ptrace", lambda: called(libc.ptrace(16, 1, 0, 0)))
refused("pidfd_getfd", lambda: called(libc.syscall(438, libc.syscall(434, 1, 0), 0, 0)))
refused("prlimit", lambda: __import__("resource").prlimit(1, 7, (3, 3)))
refused("renice", lambda: os.setpriority(0, 1, 19))
refused("idle", lambda: os.sched_setscheduler(1, 5, os.sched_param(0)))
refused("processors", lambda: os.sched_setaffinity(1, [0]))
refused("oom", lambda: write("/proc/self/oom_score_adj", b"-500"))
refused("mount", lambda: called(libc.mount(b"none", b"/mnt", b"tmpfs", 0, None)))
refused("remount", lambda: called(libc.mount(None, b"/", None, 32, None)))
refused("unshare", lambda: called(libc.unshare(0x10000000)))
refused("setns", lambda: called(libc.setns(0, 0)))
refused("mknod", lambda: os.mknod("/root/sda", 0o60600, os.makedev(8, 0)))
refused("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
refused("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3))
refused("address", lambda: run("ip", "addr", "add", NEIGHBOUR + "/27", "dev", "eth0"))
refused("link", lambda: run("ip", "link", "set", "eth0", "down"))
refused("own address", lambda: run("ip", "addr", "flush", "dev", "eth0"))
refused("netfilter", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 255))
refused("route", lambda: run("ip", "route", "add", "default", "via", WORLD))
refused("neighbour", lambda: run("ip", "neigh", "replace", GATEWAY, "lladdr",
                                 "02:42:00:00:00:01", "dev", "eth0"))
refused("system", lambda: open("/etc/passwd", "a"))
refused("sysctl", lambda: write("/proc/sys/net/ipv4/ip_nonlocal_bind", b"1"))
refused("core", lambda: open("/proc/sys/kernel/core_pattern", "w"))
refused("cgroup", lambda: open("/sys/fs/cgroup/memory/memory.limit_in_bytes", "w"))
refused("sysrq", lambda: open("/proc/sysrq-trigger", "w"))
refused("engine", lambda: socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock"))
def spoofed(kind, option):
    with socket.socket(socket.AF_INET, kind) as s:
        s.setsockopt(socket.IPPROTO_IP, option, 1)
        s.bind((NEIGHBOUR, 0))
        s.settimeout(3)
        s.connect((WORLD, 80))
        s.send(b"GET / HTTP/1.0\r\n\r\n")
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    refused(f"another's address {kind}", lambda: spoofed(kind, 15))  # IP_FREEBIND
    refused(f"the same, transparent {kind}", lambda: spoofed(kind, 19))
print(json.dumps(done))
"""


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """A world with servers, the agent's box, and a server that it has rented."""
    with open_world(servers=1) as world, world.open(BOX, "agent") as box:
        yield world, box, rent(box)


@pytest.fixture
def listener() -> Iterator[int]:
    """A port at which this machine answers on all its addresses; nobody may come."""
    came: list[Any] = []
    with (
        socket.create_server(("0.0.0.0", 0), backlog=16) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        port: int = tcp.getsockname()[1]
        udp.bind(("0.0.0.0", port))
        with socket.create_connection(("127.0.0.1", port)):
            came.append(tcp.accept()[0].close())
        yield port
        tcp.settimeout(0.1)
        udp.settimeout(0.1)
        for wait in (tcp.accept, lambda: udp.recvfrom(99)):
            with pytest.raises(TimeoutError):
                wait()
    assert 1 == len(came)


def own_addresses() -> set[str]:
    """Every address of this machine but the loopback's."""
    found: set[str] = set()
    with open("/proc/net/fib_trie") as table:
        last = ""
        for line in table:
            if "|--" in line:
                last = line.split()[-1]
            elif "host LOCAL" in line and not last.startswith("127."):
                found.add(last)
    return found


def test_nothing_but_the_world_can_be_reached(cloud: Cloud, listener: int) -> None:
    world, box, name = cloud
    with open_world(servers=1) as other, other.open(BOX, "agent"):
        gateway = str(world.network.subnet[1])
        others = [other.network.world, str(other.network.subnet[1])]
        others += [other.network.address(place) for place in ("agent", "server-1")]
        elsewhere = ["169.254.169.254", "8.8.8.8", "1.1.1.1"]
        hosts = [*own_addresses(), gateway, *elsewhere, *others]
        ports = (listener, 22, 53, 80, 443, 2375, 2376)
        targets = json.dumps([[host, port] for host in hosts for port in ports])
        assert len(hosts) > 7
        assert [] == python(box, REACH % targets)
        assert [] == python_on_server(box, name, REACH % targets)
        with other.open(BOX, "judge") as stranger:
            own = json.dumps([[world.network.world, port] for port in (53, 80)])
            assert [] == python(stranger, REACH % own)
    # The same does reach what is there.
    there = json.dumps([[world.network.world, 80]])
    assert [["SOCK_STREAM", world.network.world, 80]] == python(box, REACH % there)


# Tries every port of an address, as many at once as there are descriptors for.
PORTS = """
import json, select, socket
found = []
for start in range(1, 65536, 500):
    waiting = {}
    for port in range(start, min(start + 500, 65536)):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex((%r, port))
        waiting[s.fileno()] = (s, port)
    while waiting:
        ended = select.poll()
        for number in waiting: ended.register(number, select.POLLOUT)
        told = ended.poll(3000)
        for number, _ in told:
            s, port = waiting.pop(number)
            if not s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR): found.append(port)
            s.close()
        if not told:
            found += [-port for _, port in waiting.values()]  # it said nothing
            break
print(json.dumps(found))
"""


@pytest.mark.slow
def test_of_the_world_only_names_and_sites_can_be_reached(cloud: Cloud) -> None:
    world, box, name = cloud
    program = PORTS % world.network.world
    assert [53, 80] == python(box, program)
    assert [53, 80] == python_on_server(box, name, program)


def test_there_is_no_engine_no_ipv6_and_no_route_elsewhere(cloud: Cloud) -> None:
    _, box, name = cloud
    look = (
        "find / -xdev -type s 2> /dev/null; ls /var/run/docker.sock /run/docker.sock"
        " /run/containerd 2> /dev/null; grep -v ' lo$' /proc/net/if_inet6;"
        " ip route show default; env | grep -i docker"
    )
    assert "" == box.exec(look).stdout.text
    assert "" == on_server(box, name, look).stdout.text


def test_names_lead_to_nothing_else_from_a_server_either(cloud: Cloud) -> None:
    _, box, name = cloud
    asked = """
import json, socket, time
found = []
for name in ("example.com", "www.google.com", "metadata.google.internal", "x.test",
             "host.docker.internal", "gateway.docker.internal", "x." * 120 + "com"):
    began = time.monotonic()
    try:
        found.append(socket.getaddrinfo(name, 80)[0][4][0])
    except socket.gaierror:
        found.append(time.monotonic() - began)
print(json.dumps(found))
"""
    python_on_server(box, name, asked)
    found = python_on_server(box, name, asked)
    assert {float} == {type(seconds) for seconds in found}, found
    assert max(found) < 0.1


def test_root_on_a_server_is_refused_what_leads_out(cloud: Cloud) -> None:
    world, box, name = cloud
    network = world.network
    about = f"WORLD, GATEWAY = {network.world!r}, {str(network.subnet[1])!r}\n"
    about += f"NEIGHBOUR = {network.address('agent')!r}\n"
    assert [] == python_on_server(box, name, about + ROOT)
    assert 0 == on_server(box, name, "true").exit_code


def test_the_first_process_shows_nothing_of_itself(cloud: Cloud) -> None:
    _, box, name = cloud
    told = on_server(box, name, "ps -o args= -p 1; cat /proc/1/comm; ps -eo args")
    lines = told.stdout.text.split("\n")
    assert ["init", "init"] == lines[:2]
    assert "import" not in told.stdout.text


def test_a_server_has_the_limits_that_the_facts_say(cloud: Cloud) -> None:
    world, _, name = cloud
    held = connect().inspect_container(world.servers[name])
    assert [] == (held["HostConfig"]["Binds"] or [])
    assert {"volume"} == {mount["Type"] for mount in held["Mounts"]}
    assert not held["HostConfig"]["Privileged"]
    assert ["ALL"] == held["HostConfig"]["CapDrop"]
    assert not {"CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_SYS_PTRACE", "NET_RAW"} & set(
        held["HostConfig"]["CapAdd"]
    )


@pytest.mark.slow
def test_a_server_can_be_filled_and_goes_on(cloud: Cloud) -> None:
    world, box, name = cloud
    for folder in ("/root", "/srv", "/tmp", "/home", "/opt", "/var/tmp", "/run"):
        fill = f"cat /dev/zero > {folder}/big; echo; ls -l {folder}/big"
        done = on_server(box, name, fill)
        assert "No space left" in done.stderr.text or "File too large" in (
            done.stderr.text
        ), done
    spread = "import os\ni = 0\n"
    spread += "try:\n while True:\n  open(f'/var/tmp/{i}', 'w').close(); i += 1\n"
    spread += "except OSError as error:\n print(error.errno)\n"
    assert 28 == python_on_server(box, name, spread)
    assert 0 == on_server(box, name, "true").exit_code
    memory = "x = []\nwhile True: x.append(bytearray(1 << 20))"
    done = on_server(box, name, "python3 -", stdin=memory.encode())
    assert 0 != done.exit_code
    wait_for_ssh(box, name)
    run(box, "echo well")
    world.ask("restart")
    assert 0 == on_server(box, name, "rm -f /*/big /var/tmp/*; true").exit_code


@pytest.mark.slow
def test_a_fork_bomb_on_a_server_meets_only_its_own_limits() -> None:
    with open_world(servers=2) as world, world.open(BOX, "agent") as box:
        bombed, beside = rent(box), rent(box)
        bomb = "import os\nwhile True:\n try: os.fork()\n except OSError: pass\n"
        run(box, "true")
        on_server(
            box,
            bombed,
            "python3 - > /dev/null 2>&1 &",
            stdin=bomb.encode(),
            timeout_s=5,
        )
        time.sleep(1)
        began = time.monotonic()
        assert 0 == on_server(box, beside, "true").exit_code
        assert "200" == run(box, "curl -s -o /dev/null -w '%{http_code}' cloud.test")
        assert time.monotonic() - began < 3
        world.ask("restart")
        assert 0 == on_server(box, bombed, "true").exit_code
        left = on_server(box, bombed, "ps -e | wc -l").stdout.text
        assert int(left) < 15


@pytest.mark.slow
@pytest.mark.parametrize("last", ["kill -9 -1", "kill -9 1; kill -INT 1; kill -STOP 1"])
def test_killing_all_there_is_leaves_the_first_process(last: str) -> None:
    with open_world(servers=1) as world, world.open(BOX, "agent") as box:
        name = rent(box)
        on_server(box, name, last, timeout_s=10)
        world.ask("restart")
        assert 0 == on_server(box, name, "true").exit_code


@pytest.mark.slow
def test_a_server_that_ends_itself_is_lost_and_that_is_told_of_its_files() -> None:
    with open_world(servers=1) as world, world.open(BOX, "agent") as box:
        name = rent(box)
        connect().kill(world.servers[name])  # as if memory had run out for good
        world.ask("restart")
        assert ["missing"] == [f.problem for f in world.collect(name, ["/root/x"])]


# Floods.


FLOODS = {
    "connections": """
import socket, time
held = []
while True:
    try:
        s = socket.socket(); s.setblocking(False)
        s.connect_ex((WORLD, 80))
        held.append(s)
        if len(held) > 500: held.pop(0).close()
    except OSError: time.sleep(0.001)
""",
    "half requests": """
import socket, time
while True:
    held = []
    for _ in range(100):
        try:
            s = socket.create_connection((WORLD, 80), 1)
            s.sendall(b"POST / HTTP/1.1\\r\\nHost: cloud.test\\r\\n")
            held.append(s)
        except OSError: pass
    time.sleep(1)
""",
    "requests": """
import socket, threading
ask = b"GET /docs HTTP/1.1\\r\\nHost: cloud.test\\r\\n\\r\\n" * 20
def go():
    while True:
        try:
            s = socket.create_connection((WORLD, 80), 2)
            while True:
                s.sendall(ask)
                if not s.recv(1 << 20): break
        except OSError: pass
for _ in range(16): threading.Thread(target=go).start()
""",
    "bodies without end": """
import socket, threading
head = b"POST /v1/x HTTP/1.1\\r\\nHost: cloud.test\\r\\nContent-Length: %d\\r\\n\\r\\n"
def go(size):
    while True:
        try:
            with socket.create_connection((WORLD, 80), 2) as s:
                s.sendall(head % size)
                while True: s.sendall(b"x" * 65536)
        except OSError: pass
for size in (999_999, 100_000_000, 10**11):
    threading.Thread(target=go, args=[size]).start()
""",
    "bodies that take long to read": """
import socket, threading
head = b"POST /v1/wait HTTP/1.1\\r\\nHost: status.test\\r\\n"
head += b"Content-Length: %d\\r\\n\\r\\n"
def go(one):
    body = b'{"a": [' + b",".join([one] * (990_000 // (len(one) + 1))) + b"]}"
    while True:
        try:
            with socket.create_connection((WORLD, 80), 2) as s:
                s.settimeout(60)
                while True:
                    s.sendall(head % len(body) + body)
                    if not s.recv(1 << 20): break
        except OSError: pass
for one in 8 * (b"1e9", b"[[[[[[[[[[[[[[]]]]]]]]]]]]]]", b"{}", b'"a"'):
    threading.Thread(target=go, args=[one]).start()
""",
    "what is no request": """
import os, socket, threading
def go(port, kind, start):
    while True:
        try:
            with socket.socket(socket.AF_INET, kind) as s:
                s.settimeout(2)
                s.connect((WORLD, port))
                for _ in range(20): s.send(start + os.urandom(999))
        except OSError: pass
for port in (53, 80):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        for start in (b"", b"GET / HTTP/1.1\\r\\nHost: ", QUERY[:12], b"\\xff\\xff"):
            threading.Thread(target=go, args=[port, kind, start]).start()
""",
    "datagrams": """
import os, socket, threading
def go():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while True:
        try: s.sendto(os.urandom(2) + QUERY, (WORLD, 53))
        except OSError: pass
for _ in range(4): threading.Thread(target=go).start()
""",
    "names": """
import os, socket, threading
def go():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while True:
        try: s.sendto(os.urandom(2) + QUERY, ("127.0.0.11", 53))
        except OSError: pass
for _ in range(4): threading.Thread(target=go).start()
""",
}
QUERY = b"\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x05cloud\x04test\x00\x00\x01\x00\x01"


@pytest.mark.slow
@pytest.mark.parametrize("flood", FLOODS)
def test_while_one_floods_the_world_others_get_answers(flood: str) -> None:
    with open_world() as world, world.open(BOX, "agent") as box:
        source = f"WORLD = {world.network.world!r}\nQUERY = {QUERY!r}\n{FLOODS[flood]}"
        box.write_file("/tmp/flood.py", source.encode())
        run(box, "(setsid python3 /tmp/flood.py > /dev/null 2>&1 &)")
        with world.open(BOX, "judge") as judge:
            time.sleep(1)
            for _ in range(5):
                ask = "curl -s -m 4 -o /dev/null -w '%{http_code} %{time_total}' "
                code, seconds = run(judge, f"{ask} http://cloud.test/").split()
                assert code in ("200", "429")  # it has seen too many requests
                assert float(seconds) < 2
        began = time.monotonic()
        world.ask("turn")
        assert time.monotonic() - began < 2
        assert run(box, "pgrep -f flood.py | head -1"), "the flood has ended"


@pytest.mark.slow
@pytest.mark.parametrize("flood", ["half requests", "requests", "names"])
def test_a_server_that_floods_the_world_keeps_nobody_out(flood: str) -> None:
    with open_world(servers=1) as world, world.open(BOX, "agent") as box:
        name = rent(box)
        source = f"WORLD = {world.network.world!r}\nQUERY = {QUERY!r}\n{FLOODS[flood]}"
        on_server(
            box,
            name,
            "cat > f.py; setsid python3 f.py > /dev/null 2>&1 &",
            stdin=source.encode(),
        )
        time.sleep(1)
        for _ in range(5):
            ask = "curl -s -m 4 -o /dev/null -w '%{http_code} %{time_total}' "
            code, seconds = run(box, f"{ask} http://cloud.test/").split()
            assert code in ("200", "429")
            assert float(seconds) < 2
        assert on_server(box, name, "pgrep -f f.py").stdout.text


@pytest.mark.slow
def test_a_server_that_cannot_start_any_more_holds_no_restart_up() -> None:
    with open_world(servers=1) as world, world.open(BOX, "agent") as box:
        name = rent(box)
        spoil = (
            "rm -rf .ssh /run/sshd /run/host_key; mkfifo .ssh /run/sshd /run/host_key"
        )
        on_server(box, name, spoil)
        began = time.monotonic()
        world.ask("restart")
        assert time.monotonic() - began < 15
        assert "active" == state_of(world, name)
        assert ["missing"] == [f.problem for f in world.collect(name, ["/root/x"])]


# Files of a server.


NASTY = r"""
import json, os, socket
os.chdir("/root")
os.makedirs("out/deep", exist_ok=True)
os.symlink("/etc/passwd", "out/link")
os.symlink("/root/out", "round")
os.symlink("loop", "loop")
os.mkfifo("out/pipe")
socket.socket(socket.AF_UNIX).bind("out/socket")
with open("out/holes", "wb") as f: f.truncate(40 << 20)
with open("out/good", "wb") as f: f.write(b"good")
os.makedirs("late")
with open("late/file", "wb") as f: f.write(b"late")
os.utime("late/file", (253402300799 * 9, 253402300799 * 9))
os.makedirs("many")
for i in range(5000): open(f"many/{i}", "w").close()
d = "deep"
for i in range(200): os.makedirs(d, exist_ok=True); d += "/" + "x" * 15
os.chmod("out", 0)
print(json.dumps(os.listdir("/root")))
"""


@pytest.mark.slow
def test_hostile_files_of_a_server_are_told_and_never_followed() -> None:
    with open_world(servers=1) as world, world.open(BOX, "agent") as box:
        name = rent(box)
        assert "many" in python_on_server(box, name, NASTY)
        names = ("out", "round", "loop", "late", "many", "deep")
        paths = [f"/root/{name}" for name in names]
        began = time.monotonic()
        found = {
            file.path: file for file in world.collect(name, [*paths, "/etc/passwd/x"])
        }
        assert time.monotonic() - began < 20
        assert b"good" == found["/root/out/good"].data
        assert "link" == found["/root/round"].problem
        assert "link" == found["/root/loop"].problem
        assert sum(len(file.data or b"") for file in found.values()) < 4_000_000
        assert found["/root/many"].problem.startswith("more than")
        assert "link" == found["/root/out/link"].problem
        assert "not a regular file" == found["/root/out/pipe"].problem
        assert found["/root/out/holes"].problem.startswith("too large")
        assert all(b"root:" not in (file.data or b"") for file in found.values())
        assert 0 == on_server(box, name, "true").exit_code


LARGE = """
def world(seed, **settings):
    model = {"card": "", "draw": "large", "count": 9_437_184, "shards": 3}
    return {
        "sites": {"mirror": {"models": {"large": model}}},
        "keys": [["token-2", "mail", "me@mail.test"]],
        "agent": {"email": "me@mail.test"},
    }
"""
UNREAD = """
import socket, sys, time
head = f"GET {sys.argv[1]} HTTP/1.1\\r\\nHost: {sys.argv[2]}\\r\\n"
head += "Authorization: Bearer token-2\\r\\n\\r\\n"
held = [socket.socket() for _ in range(32)]
for one in held:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.connect((sys.argv[2], 80))
    one.sendall(head.encode())
time.sleep(9)
"""
LETTERS = """
import http.client, json
letter = {"to": "me@mail.test", "subject": "\\U0001f600" * 200, "body": ""}
told = json.dumps(letter, ensure_ascii=False).encode()
head = {"Authorization": "Bearer token-2", "Content-Type": "application/json"}
mail = http.client.HTTPConnection("mail.test")
for _ in range(9_000):
    mail.request("POST", "/v1/letters", told, head)
    mail.getresponse().read()
"""


@pytest.mark.slow
@pytest.mark.parametrize("what", ["a large file", "letters"])
def test_answers_that_nobody_takes_do_not_end_the_world(what: str) -> None:
    services = ("mail", "mirror", "status")
    with (
        open_world(services=services, program=LARGE) as world,
        world.open(BOX, "agent") as box,
    ):
        place = ("/models/large/float32-1-of-3.bin", "mirror.test")
        if what == "letters":
            place = ("/v1/letters", "mail.test")
            box.exec(["python3", "-"], stdin=LETTERS.encode(), timeout_s=90)
        box.exec(["python3", "-", *place], stdin=UNREAD.encode(), timeout_s=30)
        began = time.monotonic()
        world.ask("turn")
        assert time.monotonic() - began < 2
