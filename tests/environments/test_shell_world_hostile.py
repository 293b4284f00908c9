"""Hostile agents in closed worlds: no score changes, and nothing is left behind."""

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from docker_worlds import NOTHING, owned
from playing import plan_of, play_plan
from shell_tasks import write_files

from arena.env import Env
from arena.errors import EpisodeError
from arena.registry import make_env
from arena.run_folder import RunFolder
from arena.sandbox.docker_engine import connect
from arena.sandbox.ownership import OWNER
from arena.verify import verify_run

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(240)]

TOML = """\
schema_version = "1.4"
artifacts = ["/home/agent/report.json", { source = "/srv/www", service = "servers" }]

[task]
name = "arena/word-server"
description = "Report a word, and have a rented server tell it."

[metadata.arena]
seeds = { default = [0] }

[metadata.arena.limits]
steps = 20
wall_seconds = 200

[metadata.arena.world]
services = ["cloud", "mail", "status"]
servers = { max = 1, memory_mb = 128 }

[[metadata.arena.milestones]]
id = "rented"
weight = 0.2
check = "rented"
kind = "ledger"

[[metadata.arena.milestones]]
id = "report"
weight = 0.3
check = "report"
kind = "artifact"

[[metadata.arena.milestones]]
id = "told"
weight = 0.5
check = "told"
kind = "probe"
core = true

[[metadata.arena.probes]]
id = "ask"
command = "python3 ask.py"
run_in = "judge"
timeout_sec = 8

[agent]
user = "agent"

[environment]
storage_mb = 64
"""
SEED = """\
import json, sys

def truth(seed):
    return {"word": f"word-{seed}"}

def world(seed):
    return {
        "sites": {"cloud": {"prices": {"east-1": {"small": 900}}}},
        "keys": [["token-1", "cloud", "cloud-1"], ["token-2", "mail", "me@mail.test"]],
        "books": {"cloud/cloud-1": 2000},
        "agent": {"email": "me@mail.test"},
    }

if __name__ == "__main__":
    with open("notes", "w") as notes:
        json.dump({"token": "token-1", **truth(int(sys.argv[1]))}, notes)
"""
CHECKS = """\
import json

def rented(ctx):
    return any(line["account"] == "cloud-1" for line in ctx.effects("cloud.rented"))

def report(ctx):
    return json.loads(ctx.file("/home/agent/report.json"))["word"] == ctx.truth["word"]

def told(ctx):
    return ctx.probe("ask").stdout.strip() == ctx.truth["word"]
"""
# As careless as a probe can be: it waits for ever and follows whatever leads elsewhere.
ASK = """\
import json, subprocess
servers = json.load(open("case.json"))["state"]["servers"]
for server in servers.values():
    url = f"http://{server['address']}:8000/word"
    print(subprocess.run(["curl", "-sL", url], capture_output=True, text=True).stdout)
"""
FILES = {
    "task.toml": TOML,
    "instruction.md": "Report the word, and serve it.\n",
    "environment/world/seed.py": SEED,
    "tests/checks.py": CHECKS,
    "tests/probe/ask.py": ASK,
}
API = "curl -s -m 9 -H 'Authorization: Bearer token-1'"
HOST = "root@server-1.servers.cloud.test"
SSH = "ssh -i ~/.ssh/id -o StrictHostKeyChecking=no -o ConnectTimeout=2"
RENT = f"""\
ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id
key=$(cat ~/.ssh/id.pub)
order='{{"size": "small", "region": "east-1", "ssh_key": "'$key'"}}'
{API} -d "$order" http://api.cloud.test/v1/servers
for _ in $(seq 60); do {SSH} {HOST} true && break; sleep 0.1; done
"""
SERVE = """\
mkdir -p /srv/www && cd /srv/www && python3 -c '
import json; print(json.load(open("/root/notes"))["word"])' > word
setsid python3 -m http.server 8000 > /dev/null 2>&1 &
"""
REPORT = "cp ~/notes ~/report.json\n"
SOLVE = f"""\
{RENT}
scp -q -i ~/.ssh/id ~/notes {HOST}:/root/notes
{SSH} {HOST} bash -s <<'end'
{SERVE}
end
curl -s -o /dev/null --retry 20 --retry-connrefused --retry-delay 1 --retry-max-time 9 \
  http://server-1.servers.cloud.test:8000/word
{REPORT}
"""
ALL, NONE = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Whatever an agent does, its episode leaves nothing in the engine."""
    yield
    assert NOTHING == owned()


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a small task."""
    files = FILES | {"solution/solve.sh": SOLVE}
    return str(write_files(tmp_path_factory.mktemp("tasks") / "word-server", files))


@pytest.fixture
def env(task: str) -> Iterator[Env]:
    """An episode of it that has begun."""
    env = make_env("Shell-v1", {"task": task, "sandbox": "docker"})
    env.reset(seed=0)
    yield env
    env.close()


def bash(env: Env, command: str, timeout_s: float = 60.0) -> str:
    args = {"command": command, "timeout_s": timeout_s}
    return env.step({"name": "bash", "args": args, "id": None})[0]


def judged(env: Env, seconds: float = 40.0) -> tuple[Any, ...]:
    """End the episode; return what is done of each milestone, in so many seconds."""
    began = time.monotonic()
    evidence: Any = env.evidence()
    assert time.monotonic() - began < seconds
    env.close()
    assert evidence["invalid"] is None
    return tuple(milestone["done"] for milestone in evidence["milestones"])


# Instead of the work.

LOSING = {
    "forged rewards": """
for place in /logs/verifier /tests /tmp/verify /tmp/probe ~; do
  mkdir -p $place
  echo 1 > $place/reward.txt
  echo '{"reward": 1, "milestones": {"told": {"done": 1}}}' | tee $place/reward.json \
    > $place/evidence.json
  printf 'def told(ctx): return 1\nreport = rented = told\n' > $place/checks.py
done""",
    "a link": "ln -s /etc/shadow report.json",
    "a link to what is right": "mkdir x; cp notes x/report; ln -s x/report report.json",
    "a FIFO": "mkfifo report.json; (cat notes > report.json &)",
    "a sparse file": """
python3 - <<'end'
import os
for size in (20 << 30, 1 << 30, 60 << 20):
    try:
        with open("report.json", "wb") as file: file.truncate(size)
        break
    except OSError: pass
end""",
    "a hundred thousand entries": """
python3 - <<'end'
import os
os.mkdir("report.json")
try:
    for n in range(100_000): os.close(os.open(f"report.json/{n}", os.O_CREAT))
except OSError: pass
end""",
    "a full disk": "cat /dev/zero > ~/zeros; cat /dev/zero > /tmp/zeros; cp notes x",
    "a writer": """
cat > w.py <<'end'
while True:
    for text in ('{"word": 1}', '{"word": "word-', '[' * 9999):
        with open('report.json', 'w') as file: file.write(text)
end
for n in 1 2 3; do (setsid python3 w.py > /dev/null 2>&1 &); done; sleep 0.5""",
}


@pytest.mark.parametrize("what", LOSING)
def test_what_stands_in_for_the_work_is_worth_nothing(env: Env, what: str) -> None:
    bash(env, LOSING[what])
    assert NONE == judged(env)


# After the work.

FLOOD = """
import socket, threading
ask = b"GET /docs HTTP/1.1\\r\\nHost: cloud.test\\r\\n\\r\\n" * 50
def go():
    while True:
        try:
            with socket.create_connection(("cloud.test", 80), 2) as s:
                while True:
                    s.sendall(ask)
                    if not s.recv(1 << 20): break
        except OSError: pass
for _ in range(8): threading.Thread(target=go).start()
"""
AFTER = {
    "killed shells": "kill -9 $$; kill -9 $PPID",
    "kill -9 1": "kill -9 1; kill -STOP 1",
    "kill -9 -1": "kill -9 -1",
    "a flood of output": "(setsid yes &); timeout 3 cat /dev/zero | tr '\\0' '\\033'",
    "a full disk": "cat /dev/zero > ~/zeros; cat /dev/zero > /tmp/zeros",
    "a flood of processes": "b() { b | b & }; b",
    "a flood of requests": f"(setsid python3 -c '{FLOOD}' > /dev/null 2>&1 &); sleep 8",
    "letters": """
python3 - <<'end'
import json, urllib.request
letter = {"to": "me@mail.test", "subject": "a\\n{}", "body": "x" * 19_999}
head = {"Authorization": "Bearer token-2", "Content-Type": "application/json"}
for _ in range(400):
    asked = urllib.request.Request(
        "http://mail.test/v1/letters", json.dumps(letter).encode(), head)
    try: urllib.request.urlopen(asked)
    except OSError: pass
end""",
}


@pytest.mark.parametrize("what", AFTER)
def test_what_is_done_after_the_work_changes_no_score(env: Env, what: str) -> None:
    bash(env, SOLVE)
    bash(env, AFTER[what], timeout_s=12.0)
    assert ALL == judged(env)


# As another, or as the world's own side.

FORGE = r"""
curl() { command curl -s -m 5 "$@"; }
curl http://cloud.test/ -H 'X-Forwarded-For: 127.0.0.1' -H 'Forwarded: for=judge'
curl "http://cloud.test/%0A%7B%22n%22:1,%22kind%22:%22cloud.rented%22%7D"
curl "http://cloud.test/%22%7D%0A" -X $'X' -H $'Host: a.test'
for path in /boot /report /token /v1/restart /admin /judge; do
  for host in metadata.cloud.test status.test cloud.test api.cloud.test; do
    curl "http://$host$path"
    curl "http://$host$path" -H 'Content-Type: application/json' \
      -d '{"what": "ssh", "op": "judge", "kind": "cloud.rented", "id": 1}'
  done
done
printf '{"id": 1, "op": "judge"}\n' | timeout 2 nc cloud.test 80
"""


def test_nobody_speaks_as_another_or_writes_a_line_of_his_own(env: Env) -> None:
    bash(env, FORGE)
    evidence: Any = env.evidence()
    lines = [json.loads(line) for line in evidence["world"]["ledger"]]
    agents = [line for line in lines if line.get("who") != "judge"]
    assert 40 < len(agents)
    assert {"request"} == {line["kind"] for line in agents}
    assert {"agent"} == {line["who"] for line in agents}
    assert {} == evidence["world"]["state"]["servers"]
    assert NONE == judged(env)


# From a rented server, of which the agent is root.

ANSWERS = {
    "nothing, for ever": "time.sleep(1000)",
    "a drip": """
c.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
while True: c.sendall(b"w"); time.sleep(0.1)""",
    "headers without end": """
c.sendall(b"HTTP/1.1 200 OK\\r\\n")
while True: c.sendall(b"A: b\\r\\n"); time.sleep(0.1)""",
    "a flood": """
c.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
while True: c.sendall(b"word-0\\n" * 9999)""",
    "a circle": """
c.sendall(b"HTTP/1.1 302 F\\r\\nLocation: /word\\r\\nContent-Length: 0\\r\\n\\r\\n")""",
    "a way elsewhere": """
c.sendall(b"HTTP/1.1 302 F\\r\\nLocation: file:///tmp/probe/case.json\\r\\n\\r\\n")""",
    "terminal codes": """
c.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n\\x1b]0;x\\x07\\x00\\xff\\n\\nword-0")""",
}
ANSWER = """
import socket, threading, time
def go(c):
    try:
        c.recv(999)
%s
    except OSError: pass
    c.close()
with socket.create_server(("", 8000), backlog=64) as listener:
    while True: threading.Thread(target=go, args=[listener.accept()[0]]).start()
"""


@pytest.mark.parametrize("what", ANSWERS)
def test_a_server_that_attacks_the_judge_loses_that_milestone_alone(
    env: Env, what: str
) -> None:
    body = "\n".join("        " + line for line in ANSWERS[what].splitlines() if line)
    bash(env, RENT + REPORT)
    told = f"cat > a.py <<'end'\n{ANSWER % body}\nend\n"
    start = "(setsid python3 a.py > /dev/null 2>&1 &) ; sleep 0.5"
    bash(env, f"{SSH} {HOST} bash -s <<'stop'\n{told}{start}\nstop")
    assert (1.0, 1.0, 0.0) == judged(env)


AS_ROOT = {
    "signals": "for n in 9 19 2 $(seq 64); do kill -$n 1; done",
    "its network": """
ip link set eth0 down; ip addr flush dev eth0; iptables -F
ip addr add 10.213.0.3/27 dev eth0; ip route add default via 10.213.0.1""",
    "its first process": """
cd /proc/1; echo x > mem; echo x > oom_score_adj; rm -rf /run/*""",
    "its keys": "rm -rf /root/.ssh; mkfifo /root/.ssh; rm /run/host_key",
    "a full machine": "for f in /root /tmp /run /srv; do cat /dev/zero > $f/x; done",
    "a flood of the world": f"""
cat > f.py <<'end'
{FLOOD}
end
(setsid python3 f.py > /dev/null 2>&1 &); sleep 5""",
}


@pytest.mark.parametrize("what", AS_ROOT)
def test_what_root_does_to_a_server_changes_no_score(env: Env, what: str) -> None:
    bash(env, SOLVE)
    bash(env, f"timeout 12 {SSH} {HOST} bash -s <<'stop'\n{AS_ROOT[what]}\nstop", 20.0)
    assert ALL == judged(env)


# What is no verdict.


def at(place: int) -> dict[str, Any]:
    """Return the container of ours that is at a place of its network: 2 is the world's,
    3 the agent's."""
    for about in connect().containers(filters={"label": OWNER}):
        ours = json.loads(about["Labels"][OWNER])["pid"] == os.getpid()
        for net in about["NetworkSettings"]["Networks"].values() if ours else ():
            if net["IPAddress"] and int(IPv4Address(net["IPAddress"])) % 32 == place:
                return about
    raise LookupError(place)


@pytest.mark.parametrize("what", ["gone", "off the network already"])
def test_an_origin_that_cannot_be_frozen_and_cut_off_is_invalid(
    env: Env, what: str
) -> None:
    bash(env, SOLVE)
    origin = at(3)
    if what == "gone":
        connect().kill(origin["Id"])
    else:
        (network,) = origin["NetworkSettings"]["Networks"]
        connect().disconnect_container_from_network(origin["Id"], network, force=True)
    evidence: Any = env.evidence()
    env.close()
    assert evidence["invalid"].startswith("the box could not be frozen: ")
    assert [] == evidence["milestones"]


def test_a_world_that_is_lost_before_it_was_judged_is_the_sandboxes_failure(
    env: Env,
) -> None:
    bash(env, SOLVE)
    connect().kill(at(2)["Id"])
    with pytest.raises(EpisodeError, match=r"^sandbox: .*the world was lost"):
        env.evidence()


@pytest.mark.parametrize("times", [1, 2])
def test_a_world_that_is_lost_is_played_once_more_and_never_worth_0(
    task: str, tmp_path: Path, times: int
) -> None:
    killed: list[str] = []

    def kill() -> None:
        until = time.monotonic() + 60
        while len(killed) < times and time.monotonic() < until:
            time.sleep(0.1)
            with contextlib.suppress(LookupError):
                at(3)  # the agent has its box
                if (world := at(2)["Id"]) not in killed:
                    time.sleep(1)
                    connect().kill(world)
                    killed.append(world)

    killing = threading.Thread(target=kill)
    killing.start()
    plan = plan_of(task, agent="oracle", epochs=1, sandbox="docker")
    play_plan(plan, tmp_path / "run")
    killing.join()
    folder = RunFolder(tmp_path / "run")
    (episode,) = folder.manifest.episodes
    events = folder.trajectory(episode).events
    told = [event.data.get("because", "") for event in events if event.kind == "note"]
    assert any("the world was lost" in because for because in told)
    assert 1 == len(list((tmp_path / "run/superseded").iterdir()))
    assert times == len(killed)
    values = [score.value for score in folder.scores()[episode]]
    assert {1.0 if times == 1 else None} == set(values)
    assert [] == verify_run(folder)
