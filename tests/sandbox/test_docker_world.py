"""A world in Docker: who is on its network, what its servers do, what is told of it."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from arena.sandbox.docker_box import DockerBox
from arena.sandbox.docker_engine import connect
from arena.sandbox.docker_provider import DockerProvider
from arena.sandbox.docker_world import DockerWorld
from arena.sandboxing import Sandbox, SandboxError
from arena.worlds import WorldSpec

from ..support.docker_worlds import (
    BOX,
    PROGRAM,
    on_server,
    open_world,
    python,
    rent,
    run,
    state_of,
)

pytestmark = pytest.mark.docker


@pytest.fixture
def world() -> Iterator[DockerWorld]:
    """A world without servers."""
    with open_world() as world:
        yield world


@pytest.fixture
def box(world: DockerWorld) -> Iterator[Sandbox]:
    """The agent's box in it."""
    with world.open(BOX, "agent") as box:
        yield box


@pytest.fixture(scope="module")
def cloud() -> Iterator[tuple[DockerWorld, Sandbox, str]]:
    """A world with servers, the agent's box, and a server that it has rented."""
    with open_world(servers=2) as world, world.open(BOX, "agent") as box:
        yield world, box, rent(box)


# The network.


def test_every_site_answers_by_its_name(box: Sandbox) -> None:
    for host in ("cloud.test", "status.test", "cloud.test/docs"):
        code = "curl -s -o /dev/null -m 5 -w '%{http_code}' "
        assert "200" == run(box, f"{code} http://{host}")


def test_a_name_that_is_none_fails_at_once(box: Sandbox) -> None:
    asked = """
import json, socket, time
found = {}
for name in ("example.com", "www.google.com", "nosuch.test", "host.docker.internal"):
    began = time.monotonic()
    try:
        found[name] = socket.getaddrinfo(name, 80)[0][4][0]
    except socket.gaierror:
        found[name] = time.monotonic() - began
print(json.dumps(found))
"""
    python(box, asked)  # the first one of a box may meet a busy engine
    found = python(box, asked)
    assert {float} == {type(seconds) for seconds in found.values()}, found
    assert max(found.values()) < 0.1


def test_names_and_hosts_tell_nothing_of_who_made_them(box: Sandbox) -> None:
    own = run(box, "hostname -I; hostname; cat /etc/hosts /etc/resolv.conf")
    around = python(
        box,
        """
import json, socket, subprocess
own = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
start = own[0].rpartition(".")[0]
found = []
for last in range(256):
    try:
        found.append(socket.gethostbyaddr(f"{start}.{last}")[0])
    except OSError:
        pass
print(json.dumps(found))
""",
    )
    assert around
    for told in ("arena", "judge", "sandbox", "test-"):
        assert told not in own + " ".join(around)


def test_there_is_no_ipv6(box: Sandbox) -> None:
    assert "" == run(box, "cat /proc/net/if_inet6 | grep -v ' lo$' || true")


def test_the_box_is_hardened_as_one_without_a_network(
    world: DockerWorld, box: Sandbox
) -> None:
    beside = DockerProvider().open(BOX, "tests")
    with beside:
        probes = "grep -E '^(Cap|NoNewPrivs|Seccomp)' /proc/self/status; id; ulimit -a"
        assert run(beside, probes) == run(box, probes)
        plain, there = (
            connect().inspect_container(each.container)["HostConfig"]
            for each in (beside, box)
            if isinstance(each, DockerBox)
        )
    on_network = {"NetworkMode", "Dns", "DnsOptions"}
    differ = {key for key in plain if plain[key] != there[key]} - {"Mounts"}
    assert on_network == differ


# From the agent's box to the judge's.


def test_a_detached_box_is_on_no_network_and_keeps_its_files(
    world: DockerWorld, box: Sandbox
) -> None:
    box.write_file("/home/agent/left", b"here")
    box.freeze()
    world.detach(box)
    assert [b"here"] == [file.data for file in box.collect(["/home/agent/left"])]
    with box.clone() as clone:
        assert "" == run(clone, "cat /sys/class/net/eth0/address 2>/dev/null || true")
    with world.clone(box, writable=["/extra"]) as clone:
        assert "here" == run(clone, "cat ~/left; touch /extra/x")
        assert "200" == run(
            clone, "curl -s -o /dev/null -w '%{http_code}' http://cloud.test/"
        )


def test_detaching_what_is_not_there_raises(world: DockerWorld, box: Sandbox) -> None:
    box.freeze()
    world.detach(box)
    with pytest.raises(SandboxError, match="cannot detach"):
        world.detach(box)


def test_the_judge_is_known_by_its_address(world: DockerWorld, box: Sandbox) -> None:
    run(box, "curl -s http://cloud.test/")
    for _ in range(2):  # one after the other, at the same place
        with world.open(BOX, "judge") as judge:
            run(judge, "curl -s http://cloud.test/")
    lines = [json.loads(line) for line in world.ledger()]
    who = [line["who"] for line in lines if line["kind"] == "request"]
    assert ["agent", "judge", "judge"] == who


# The world's own side.


def test_what_a_task_program_breaks_is_told_by_its_line() -> None:
    broken = "def world(seed):\n    return {}['missing']\n"
    with (
        open_world(program=broken) as world,
        pytest.raises(SandboxError, match=r"seed\.py: line 2: KeyError"),
    ):
        world.open(BOX, "agent")


def test_a_site_can_be_cut_and_mended(world: DockerWorld, box: Sandbox) -> None:
    status = "curl -s -o /dev/null -w '%{http_code}' http://cloud.test/"
    told = [run(box, status)]
    for op in ("cut", "mend"):
        world.ask(op, site="cloud")
        told.append(run(box, status))
    assert ["200", "503", "200"] == told
    with pytest.raises(SandboxError, match="no site"):
        world.ask("cut", site="nowhere")


def test_a_world_that_is_lost_says_so(world: DockerWorld, box: Sandbox) -> None:
    connect().kill(world.container)
    for _ in range(2):
        with pytest.raises(SandboxError, match="the world was lost"):
            world.ask("state")


def test_a_closed_world_says_so(world: DockerWorld) -> None:
    world.close()
    world.close()
    with pytest.raises(SandboxError, match="closed"):
        world.ask("state")
    with pytest.raises(SandboxError, match="closed"):
        world.open(BOX, "agent")


def test_the_model_under_test_answers_at_the_model_site() -> None:
    asked: list[Any] = []

    def complete(request: Any) -> dict[str, Any]:
        asked.append(request)
        message = {"role": "assistant", "content": "from the host"}
        return {
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 2000, "completion_tokens": 1000},
        }

    ask = """
import json, urllib.error, urllib.request
messages = [{"role": "user", "content": "hello"}]
body = {"model": "guest-1", "messages": messages, "max_tokens": 10}
url = "http://model.test/v1/chat/completions"
head = {"Content-Type": "application/json", "Authorization": "Bearer model-1"}
found = []
for _ in range(3):
    request = urllib.request.Request(url, json.dumps(body).encode(), head)
    try:
        answer = json.load(urllib.request.urlopen(request))
        found.append(answer["choices"][0]["message"]["content"])
    except urllib.error.HTTPError as error:
        found.append(error.code)
print(json.dumps(found))
"""
    program = "def world(seed):\n    return {'keys': [['model-1', 'model', 'me']]}\n"
    about: dict[str, Any] = {"model": "host", "model_tokens": 5000, "program": program}
    with (
        open_world(complete=complete, **about) as world,
        world.open(BOX, "agent") as box,
    ):
        assert ["from the host", "from the host", 402] == python(box, ask)
    assert ["hello"] * 2 == [request["messages"][0]["content"] for request in asked]


def test_the_facts_are_those_of_the_containers(world: DockerWorld) -> None:
    world.ask("state")  # once it has started
    spec = WorldSpec(services=("news",), servers=1, seed=1, program=PROGRAM)
    facts = json.loads(json.dumps(DockerProvider().world_facts(spec)))
    options = facts["options"]
    assert options["network"]["internal"]
    assert "true" in options["network"]["options"].values()
    assert ["ALL"] == options["world"]["HostConfig"]["CapDrop"]
    assert [] == options["world"]["HostConfig"]["CapAdd"]
    assert "NET_RAW" not in options["server"]["HostConfig"]["CapAdd"]
    assert facts["code"].startswith("sha256:")
    assert facts["image"]["digest"].startswith("sha256:")
    assert facts["cannot"]
    there = connect().inspect_container(world.container)
    said = options["world"]["HostConfig"]
    held = there["HostConfig"]
    same = (
        "CapDrop",
        "ReadonlyRootfs",
        "PidsLimit",
        "Memory",
        "SecurityOpt",
        "Sysctls",
    )
    assert {key: said[key] for key in same} == {key: held[key] for key in same}
    assert options["world"]["User"] == there["Config"]["User"] == "1000:1000"


# Servers.


def test_a_server_is_a_fresh_machine_with_root(
    cloud: tuple[DockerWorld, Sandbox, str],
) -> None:
    _, box, name = cloud
    about = on_server(box, name, "id -un; hostname; pwd; ls -A; echo hi > /srv/x")
    assert ["root", name, "/root", ".ssh"] == about.stdout.text.split()
    assert "hi" == on_server(box, name, "cat /srv/x").stdout.text.strip()
    copied = run(
        box,
        "head -c 900000 /dev/urandom > ~/w; scp -q -i ~/.ssh/id ~/w "
        f"root@{name}.servers.cloud.test:/root/w; sha256sum < ~/w",
    )
    assert copied == on_server(box, name, "sha256sum < w").stdout.text.strip()


def test_the_world_hears_that_a_server_is_up_and_was_used(
    cloud: tuple[DockerWorld, Sandbox, str],
) -> None:
    world, _, name = cloud
    until = time.monotonic() + 5
    told: list[str] = []
    while "fleet.ssh" not in told and time.monotonic() < until:
        lines = [json.loads(line) for line in world.ledger()]
        told = [line["kind"] for line in lines if line.get("server") == name]
    assert ["fleet.active", "fleet.up", "fleet.ssh"] == [
        kind for kind in told if kind.startswith("fleet")
    ][:3]


def test_a_server_knows_its_token_and_nobody_else_does(
    cloud: tuple[DockerWorld, Sandbox, str],
) -> None:
    _, box, name = cloud
    ask = "curl -s -m 5 http://metadata.cloud.test/token"
    told = json.loads(on_server(box, name, ask).stdout.text)
    assert name == told["server"]
    assert told["token"]
    assert "token" not in json.loads(run(box, ask))


def test_a_restart_ends_all_processes_and_keeps_files(
    cloud: tuple[DockerWorld, Sandbox, str],
) -> None:
    world, box, name = cloud
    boot = "#!/bin/sh\ndate +%s%N >> /root/boots\nexec sleep 1234\n"
    put = "cat > boot.sh && chmod +x boot.sh; (setsid sleep 4321 > /dev/null 2>&1 &)"
    on_server(box, name, put, stdin=boot.encode())
    key = on_server(box, name, "cat /run/host_key.pub").stdout.text
    for count in (1, 2):
        world.ask("restart")
        # At once: it is up again when the request returns.
        done = on_server(box, name, "wc -l < boots; ps -eo args")
        lines = done.stdout.text.splitlines()
        assert [str(count)] == lines[:1], done
        assert "sleep 1234" in lines
        assert "sleep 4321" not in lines
    assert key == on_server(box, name, "cat /run/host_key.pub").stdout.text


def test_files_of_a_server_are_collected_while_it_stands_still(
    cloud: tuple[DockerWorld, Sandbox, str],
) -> None:
    world, box, name = cloud
    on_server(box, name, "mkdir -p d/e; echo 1 > d/e/f; echo 2 > /srv/g; mkfifo d/p")
    found = {
        file.path: file.data or file.problem
        for file in world.collect(name, ["/root/d", "/srv/g", "/root/none"])
    }
    assert {
        "/root/d/e/f": b"1\n",
        "/root/d/p": "not a regular file",
        "/srv/g": b"2\n",
        "/root/none": "missing",
    } == found
    assert 0 == on_server(box, name, "true").exit_code
    with pytest.raises(SandboxError, match="no server"):
        world.collect("server-9", ["/root"])


@pytest.mark.slow
def test_a_server_that_is_given_back_is_gone_with_all_that_was_on_it() -> None:
    with open_world(servers=2) as world, world.open(BOX, "agent") as box:
        name = rent(box)
        on_server(
            box, name, "echo secret > /root/x; (setsid sleep 999 > /dev/null 2>&1 &)"
        )
        container = world.servers[name]
        api = "curl -s -m 5 -H 'Authorization: Bearer token-1' "
        run(box, f"{api} -X DELETE http://api.cloud.test/v1/servers/{name}")
        assert "terminated" == state_of(world, name)
        until = time.monotonic() + 1
        running = True
        while running and time.monotonic() < until:
            running = any(
                about["State"] == "running"
                for about in connect().containers(all=True, filters={"name": container})
            )
        assert not running
        assert ["missing"] == [f.problem for f in world.collect(name, ["/root/x"])]
        other = rent(box)
        assert name != other
        assert 0 != on_server(box, other, "cat /root/x").exit_code


@pytest.mark.slow
def test_a_stopped_server_runs_nothing_and_starts_with_its_files() -> None:
    with open_world(servers=1) as world, world.open(BOX, "agent") as box:
        name = rent(box)
        on_server(box, name, "echo kept > /root/x")
        api = "curl -s -m 5 -H 'Authorization: Bearer token-1' "
        # With no credit for a second day, it is stopped.
        wait = "curl -s -d '{\"seconds\": 86400}' http://status.test/v1/wait"
        for _ in range(120):
            run(box, wait)
            if state_of(world, name) == "stopped":
                break
        assert "stopped" == state_of(world, name)
        time.sleep(0.5)
        assert 255 == on_server(box, name, "true").exit_code
        told = run(box, f"{api} http://api.cloud.test/v1/servers/{name}")
        assert "stopped" == json.loads(told)["state"]
        assert [b"kept\n"] == [f.data for f in world.collect(name, ["/root/x"])]
