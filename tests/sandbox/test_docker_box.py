"""What is Docker's own about its boxes; what both kinds share is tested elsewhere."""

import os
import shlex
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from arena.sandbox.docker_box import DockerBox
from arena.sandbox.docker_provider import DockerProvider
from arena.sandboxing import (
    Collected,
    SandboxError,
    SandboxFileError,
    SandboxSpec,
)

pytestmark = pytest.mark.docker

SPEC = SandboxSpec.model_validate({"memory_mb": 128, "storage_mb": 64, "ttl_s": 600})
HOME = "/home/agent"

MakeBox = Callable[..., DockerBox]


@pytest.fixture(scope="module")
def provider() -> DockerProvider:
    found = DockerProvider()
    assert None is found.problem()
    found.prepare(SPEC, print)
    return found


@pytest.fixture
def make_box(provider: DockerProvider) -> Iterator[MakeBox]:
    boxes: list[DockerBox] = []
    built: list[str] = []

    def make(**changes: object) -> DockerBox:
        spec = SPEC.model_copy(update=changes)
        provider.prepare(spec, print)
        if spec.build is not None:
            built.append(provider.facts(spec)["image"]["name"])
        boxes.append(provider.open(spec, "tests"))
        return boxes[-1]

    yield make
    for box in boxes:
        box.close()
    for name in built:
        docker("rmi", name)


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True)
    return done.stdout.strip()


def owned(kind: str) -> list[str]:
    """Names of what this process has in the engine."""
    names = docker(kind, "ls", "-q", "--filter", "label=arena.owner").split()
    mine = f'\\"pid\\":{os.getpid()},'
    return [name for name in names if mine in docker(kind, "inspect", name)]


def out(box: DockerBox, command: str, **options: str) -> str:
    result = box.exec(command, **options)  # pyright: ignore[reportArgumentType]
    assert "" == result.stderr.text
    return result.stdout.text.strip()


def frozen(box: DockerBox, command: str) -> DockerBox:
    """The box, frozen after a command."""
    result = box.exec(command)
    assert (0, "") == (result.exit_code, result.stderr.text)
    box.freeze()
    return box


def problems(found: list[Collected]) -> dict[str, str]:
    return {each.path: each.problem for each in found}


def contents(found: list[Collected]) -> dict[str, bytes | None]:
    return {each.path: each.data for each in found}


# What is collected.


def test_links_are_never_followed_wherever_they_are(make_box: MakeBox) -> None:
    box = make_box()
    frozen(
        box,
        "mkdir real; echo x >real/file; ln -s real folder; ln -s /etc/passwd file;"
        "ln -s loop loop; ln -s / root; ln -s /nowhere dangling;"
        "mkdir d; ln -s l d/l",
    )
    paths = ["folder/file", "folder", "file", "root/etc/passwd", "dangling"]
    paths += ["loop", "loop/x", "d/l"]
    found = box.collect(f"{HOME}/{path}" for path in [*paths, "d"])
    assert {f"{HOME}/{path}": "link" for path in paths} == problems(found)


def test_what_the_engine_cannot_read_is_told_and_no_failure_of_the_box(
    make_box: MakeBox,
) -> None:
    box = make_box()
    times = "os.utime('time', (0, 2**40))"
    frozen(
        box,
        f'echo x >time; python3 -c "import os; {times}"; echo x >file; mkdir d;'
        'ln -s $(printf x%.0s {1..300}) long; cp -a time d/; python3 -c "\n'
        "import os\nfor _ in range(1500): os.mkdir('e' * 99); os.chdir('e' * 99)\"",
    )
    paths = [f"{HOME}/{path}" for path in ("time", "long", "long/x")]
    found = problems(box.collect([*paths, f"{HOME}/file", f"{HOME}/d"]))
    assert ["cannot be read"] * 3 == [found[path] for path in paths]
    assert ["", ""] == [found[f"{HOME}/{path}"] for path in ("file", "d/time")]
    with box.clone() as clone:
        assert "x" == out(clone, "cat time")


def test_only_regular_files_are_collected(make_box: MakeBox) -> None:
    box = make_box()
    frozen(
        box,
        "mkfifo pipe; mkdir empty; echo x >file;"
        "python3 -c 'import socket as s; s.socket(s.AF_UNIX).bind(\"socket\")'",
    )
    paths = ["pipe", "socket", "missing", "file/below", "missing/below", "empty"]
    found = box.collect([*(f"{HOME}/{path}" for path in paths), "/dev/null"])
    assert {
        f"{HOME}/pipe": "not a regular file",
        f"{HOME}/socket": "not a regular file",
        f"{HOME}/missing": "missing",
        f"{HOME}/file/below": "missing",
        f"{HOME}/missing/below": "missing",
        "/dev/null": "not a regular file",
    } == problems(found)


def test_a_folder_stands_for_the_files_below_it_by_name(make_box: MakeBox) -> None:
    box = make_box()
    frozen(
        box,
        "mkdir -p d/a/b; cd d; echo 1 >z; echo 2 >a/x; echo 3 >a/b/y; echo 4 >m;"
        "chmod 000 m; ln -s z l; mkfifo p",
    )
    found = box.collect([f"{HOME}/d", f"{HOME}/d/z"])
    names = ["l", "m", "p", "z", "a/x", "a/b/y"]
    assert [f"{HOME}/d/{name}" for name in names] == [each.path for each in found]
    assert [None, b"4\n", None, b"1\n", b"2\n", b"3\n"] == [e.data for e in found]
    assert ["link", "not a regular file"] == [e.problem for e in found if e.problem]


def test_names_may_hold_whatever_a_file_system_allows(make_box: MakeBox) -> None:
    box = make_box()
    frozen(box, r"mkdir d; cd d; echo 1 >$'a\nb'; echo 2 >$'\xff'; echo 3 >' ..'")
    found = box.collect([f"{HOME}/d"])
    names = [" ..", "a\nb", "\udcff"]
    assert [f"{HOME}/d/{name}" for name in names] == [each.path for each in found]
    assert [b"3\n", b"1\n", b"2\n"] == [each.data for each in found]


def test_a_path_with_dots_is_read_as_what_it_means(make_box: MakeBox) -> None:
    box = make_box()
    frozen(box, "echo x >file")
    found = box.collect(["//home/agent/./d/../file", f"{HOME}/file"])
    assert {f"{HOME}/file": b"x\n"} == contents(found)


def test_files_that_are_all_hole_cost_nothing(make_box: MakeBox) -> None:
    box = make_box()
    made = box.exec("truncate -s 20G huge")
    assert -25 == made.exit_code  # SIGXFSZ
    frozen(box, "truncate -s 64M big; mkdir d; truncate -s 64M d/{0..9}; echo x >d/z")
    began = time.monotonic()
    found = box.collect([f"{HOME}/big", f"{HOME}/d"], max_bytes=1000)
    assert time.monotonic() - began < 10
    told = problems(found)
    assert f"too large: {64 << 20} bytes" == told[f"{HOME}/big"]
    assert "too large: what comes after was not read" == told[f"{HOME}/d"]
    assert f"{HOME}/d/z" not in told


def test_the_caps_hold_for_all_files_together(make_box: MakeBox) -> None:
    box = make_box()
    frozen(box, "mkdir d; for i in {0..9}; do printf 12345 >d/$i; done")
    found = box.collect([f"{HOME}/d"], max_bytes=12)
    assert 2 == sum(each.data is not None for each in found)
    assert "too large: 5 bytes" == found[-1].problem
    found = box.collect([f"{HOME}/d"], max_files=4)
    assert "more than 4 files" == problems(found)[f"{HOME}/d"]
    assert 4 == sum(each.data is not None for each in found)


def test_a_hard_link_is_the_file_that_it_names(make_box: MakeBox) -> None:
    box = make_box()
    frozen(box, "mkdir d; echo x >d/a; ln d/a d/b")
    found = box.collect([f"{HOME}/d"])
    assert {f"{HOME}/d/a": b"x\n", f"{HOME}/d/b": b"x\n"} == contents(found)
    assert {f"{HOME}/d/b": b"x\n"} == contents(box.collect([f"{HOME}/d/b"]))


# Frozen and cloned.


def test_nothing_runs_after_the_freeze(make_box: MakeBox) -> None:
    box = make_box()
    box.shell("touch n; (while :; do date +%N >>n; done) & disown")
    box.freeze()
    box.freeze()
    first = box.collect([f"{HOME}/n"], max_bytes=64 << 20)
    time.sleep(0.3)
    assert first == box.collect([f"{HOME}/n"], max_bytes=64 << 20)
    with pytest.raises(SandboxError, match="frozen"):
        box.exec("true")


STORM = """
import os
while True:
    try:
        if os.fork():
            os._exit(0)
    except OSError:
        pass
"""


def test_processes_that_start_others_without_end_are_frozen_too(
    make_box: MakeBox,
) -> None:
    box = make_box(pids=100)
    box.write_file(f"{HOME}/storm.py", STORM.encode())
    start = "for i in $(seq 60); do setsid python3 storm.py >/dev/null 2>&1 & done"
    box.exec(f"cd {HOME}; {start}; sleep 1")
    box.freeze()  # which sees that they stand still
    assert (
        STORM.encode()
        == contents(box.collect([f"{HOME}/storm.py"]))[f"{HOME}/storm.py"]
    )


def test_a_call_that_waits_ends_when_the_box_is_frozen(make_box: MakeBox) -> None:
    box = make_box()
    told: list[str] = []

    def wait() -> None:
        try:
            box.exec("sleep 60")
        except SandboxError as error:
            told.append(str(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.2)
    box.freeze()
    waiting.join(5)
    assert ["the box was lost: it was frozen"] == told


def test_a_box_that_is_gone_cannot_be_frozen(make_box: MakeBox) -> None:
    box = make_box()
    docker("kill", box.container)
    with pytest.raises(SandboxError, match="cannot freeze the box"):
        box.freeze()
    with pytest.raises(SandboxError, match="not frozen"):
        box.collect([HOME])


def test_a_box_that_is_gone_after_the_freeze_gives_no_evidence(
    make_box: MakeBox,
) -> None:
    box = make_box()
    box.freeze()
    docker("rm", "-f", box.container)
    with pytest.raises(SandboxError, match="lost"):
        box.collect([f"{HOME}/report.json"])
    box.close()
    assert [] == owned("volume")


def test_somebody_who_unpauses_the_box_is_noticed(make_box: MakeBox) -> None:
    box = make_box()
    box.freeze()
    docker("unpause", box.container)
    with pytest.raises(SandboxError):
        box.collect([HOME])


def test_a_clone_has_the_files_and_none_of_the_processes(make_box: MakeBox) -> None:
    box = make_box()
    box.shell("sleep 1000 & disown")
    made = (
        "mkdir -p a/b; echo 1 >a/b/c; ln a/b/c hard; ln -s a/b/c soft; mkfifo pipe;"
        "touch -d @1 old; chmod 640 old; echo 2 >$'n\\n\\xff'; echo 3 >/tmp/t;"
        "mkdir shut; echo 4 >shut/f; chmod 000 shut"
    )
    frozen(box, made)
    with box.clone() as clone:
        listing = "stat -c '%N %U %a %h %F' a a/b a/b/c hard soft pipe old n* shut"
        assert out(clone, listing).splitlines() == [
            "'a' agent 755 3 directory",
            "'a/b' agent 755 2 directory",
            "'a/b/c' agent 644 2 regular file",
            "'hard' agent 644 2 regular file",
            "'soft' -> 'a/b/c' agent 777 1 symbolic link",
            "'pipe' agent 644 1 fifo",
            "'old' agent 640 1 regular empty file",
            "'n'$'\\n\\377' agent 644 1 regular file",
            "'shut' agent 0 2 directory",
        ]
        assert "1 2 3" == out(clone, "echo $(cat a/b/c n* /tmp/t)")
        assert "4" == out(clone, "chmod 700 shut; cat shut/f")
        assert "1" == out(clone, "stat -c %Y old")
        assert "" == out(clone, "pgrep sleep || true")
        out(clone, "echo changed >a/b/c")
        assert b"1\n" == box.collect([f"{HOME}/a/b/c"])[0].data


def test_links_that_climb_out_by_dots_do_not_stop_a_clone(make_box: MakeBox) -> None:
    box = make_box()
    box.exec("ln -s ../../etc/hostname out; mkdir d; echo hi > d/f; ln -s d in")
    box.freeze()
    with box.clone() as clone:
        same = "[ out -ef /etc/hostname ] && echo out"
        seen = clone.exec(f"cat in/f; readlink in; {same}")
        assert "hi\nd\nout\n" == seen.stdout.text


def test_further_folders_of_a_clone_are_empty_whatever_lay_there(
    make_box: MakeBox,
) -> None:
    box = make_box()
    frozen(box, "mkdir -p /tmp/probe other; echo x >/tmp/probe/evil; echo y >/tmp/y")
    with box.clone(writable=["/tmp/probe", "/logs/verifier"]) as clone:
        assert "/tmp/y" == out(clone, "find /tmp /logs -type f")
        clone.write_file("/tmp/probe/a", b"1")
        clone.write_file("/logs/verifier/b", b"2")


def test_what_does_not_fit_into_a_clone_is_told(make_box: MakeBox) -> None:
    box = make_box()
    frozen(box, "echo x >a; truncate -s 60M b{0..5}; echo y >z")
    began = time.monotonic()
    with box.clone() as clone:
        assert time.monotonic() - began < 20
        assert "x" == out(clone, "cat a")
        assert any("do not fit" in incident for incident in clone.incidents())


def test_a_box_without_room_for_another_file_is_the_fault_of_its_files(
    make_box: MakeBox,
) -> None:
    box = make_box()
    fill = "i = 0\nwhile True: open(f'{i}', 'w').close(); i += 1"
    box.exec(f"cd /tmp && python3 -c {shlex.quote(fill)}")
    box.freeze()
    with pytest.raises(SandboxFileError, match="no space left"):
        box.clone(writable=["/tmp/probe"])


def test_a_clone_of_a_system_that_can_be_written_has_all_of_it(
    make_box: MakeBox,
) -> None:
    box = make_box(read_only=False, root=True, user="root", workdir="/srv")
    frozen(box, "echo x >/srv/f; echo y >/etc/f; rm /usr/bin/git; mkdir -p /logs/v")
    box.collect(["/etc/f"])
    with box.clone(writable=["/logs/v"]) as clone:
        assert "x y" == out(clone, "echo $(cat /srv/f /etc/f)")
        assert "gone" == out(clone, "which git || echo gone")
        assert 1 == len(owned("image"))
    assert [] == owned("image")


def test_links_in_a_writable_system_are_seen_from_its_root_on(
    make_box: MakeBox,
) -> None:
    box = make_box(read_only=False, root=True, user="root")
    frozen(box, "mv /srv /srv2; ln -s /etc /srv; cp /etc/passwd /srv2/x")
    found = box.collect(["/srv/passwd", "/srv2/x"])
    assert ["link", ""] == [each.problem for each in found]


# The end.


def test_closing_removes_all_and_closing_again_is_fine(make_box: MakeBox) -> None:
    box = make_box()
    assert "true" == docker("inspect", "-f", "{{.State.Running}}", box.container)
    assert 2 == len(owned("volume"))
    threads = [threading.Thread(target=box.close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    box.close()
    assert "" == docker("ps", "-aq", "--filter", f"name={box.container}")
    assert [] == owned("volume")
    with pytest.raises(SandboxError):
        box.exec("true")


def test_a_box_that_was_killed_says_so_and_why(make_box: MakeBox) -> None:
    box = make_box()
    docker("kill", box.container)
    with pytest.raises(SandboxError, match=r"lost, and its files.*exit code 137"):
        box.exec("true")
    box.close()


def test_a_box_that_is_killed_under_a_command_does_not_hang(make_box: MakeBox) -> None:
    box = make_box()
    killer = threading.Timer(0.3, lambda: docker("kill", box.container))
    killer.start()
    began = time.monotonic()
    with pytest.raises(SandboxError, match="exit code 137"):
        box.exec("sleep 60")
    assert time.monotonic() - began < 5
    killer.join()


def test_the_box_ends_itself_after_its_time_to_live(make_box: MakeBox) -> None:
    box = make_box(ttl_s=1.0)
    time.sleep(1.5)
    assert "" == docker("ps", "-aq", "--filter", f"name={box.container}")


# Limits.


def test_the_limits_hold(make_box: MakeBox) -> None:
    box = make_box(pids=32)
    disk = box.exec("head -c 80M /dev/zero >big; stat -c %s big; df -m --output=size .")
    assert "File too large" in disk.stderr.text or "No space" in disk.stderr.text
    size, _, megabytes = disk.stdout.text.split()
    assert int(size) <= 64 << 20
    assert int(megabytes) <= 64
    inodes = box.exec("mkdir /tmp/i; cd /tmp/i; for i in {1..5000}; do : >$i; done")
    assert "No space left" in inodes.stderr.text
    memory = box.exec("python3 -c 'x = bytearray(400 << 20)'")
    assert -9 == memory.exit_code
    forks = box.exec("for i in {1..100}; do sleep 5 & done; wait", timeout_s=3)
    assert "Resource temporarily unavailable" in forks.stderr.text
    assert "on" == out(box, "echo on")


def test_a_full_disk_is_no_lack_of_memory(make_box: MakeBox) -> None:
    box = make_box(memory_mb=64)
    box.exec("cat /dev/zero >big; cat /dev/zero >/tmp/big")
    assert "4" == out(box, "python3 -c 'x = bytearray(30 << 20); print(2 + 2)'")


def test_nothing_of_the_host_is_inside(
    make_box: MakeBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARENA_TEST_SECRET", "hunter2")
    box = make_box(env={"MINE": "1"})
    seen = out(box, "env; cat /proc/self/environ | tr '\\0' '\\n'; hostname")
    assert "hunter2" not in seen
    assert "MINE=1" in seen
    assert "Permission denied" in box.exec("cat /proc/1/environ").stderr.text
    status = out(box, "grep -E 'Cap|NoNew|Seccomp:' /proc/self/status | cut -f2")
    assert ["0" * 16] * 5 + ["1", "2"] == status.split()
    assert "lo" == out(box, "ls /sys/class/net")
    assert "nameserver 127.0.0.1" == out(box, "cat /etc/resolv.conf")
    assert "localhost" in out(box, "getent hosts localhost")
    assert "1000" == out(box, "id -u")


@pytest.mark.parametrize("root", [False, True])
def test_sockets_that_reach_beyond_the_box_are_refused(
    make_box: MakeBox, root: bool
) -> None:
    box = make_box(root=root, user="root" if root else "agent")
    for family in ("AF_VSOCK", "AF_PACKET", "AF_ALG", "AF_CAN"):
        code = f"import socket; socket.socket(socket.{family}, socket.SOCK_STREAM)"
        tried = box.exec(["python3", "-c", code])
        assert 1 == tried.exit_code
        assert "Address family not supported" in tried.stderr.text
    out(box, "python3 -c 'import socket as s; s.socket(); s.socket(s.AF_UNIX)'")


def test_a_box_with_root_can_set_up_and_the_agent_is_no_root(make_box: MakeBox) -> None:
    box = make_box(root=True)
    box.write_file("/root/secret", b"x", mode=0o600, user="root")
    assert "0" == out(box, "id -u", user="root")
    assert "1000" == out(box, "id -u")
    assert "Permission denied" in box.exec("cat /root/secret").stderr.text
    assert "agent" == out(box, "touch f; chown agent f; stat -c %U f", user="root")
    out(box, "python3 -c 'import os; os.sched_setaffinity(0, {0})'", user="root")
    assert (
        "Operation not permitted" in box.exec("mknod x c 1 3", user="root").stderr.text
    )


def test_every_option_is_in_the_record(provider: DockerProvider) -> None:
    facts = provider.facts(SPEC)
    host = facts["options"]["HostConfig"]
    assert "docker" == facts["kind"]
    assert facts["image"]["digest"].startswith("sha256:")
    assert ("none", ["ALL"], True) == (
        host["NetworkMode"],
        host["CapDrop"],
        host["ReadonlyRootfs"],
    )
    assert 128 + 64 <= host["Memory"] >> 20 < 128 + 64 + 64
    assert [] == facts["not_enforced"]
    writable = provider.facts(SPEC.model_copy(update={"read_only": False}))
    assert "storage_mb" in writable["not_enforced"][0]


# Images that do something of their own.


def test_an_image_keeps_its_files_and_environment_and_starts_nothing_else(
    make_box: MakeBox, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(
        "FROM arena/base\n"
        "ENV TOOLS=/opt/tools PATH=/opt/tools:$PATH\n"
        "WORKDIR /app\n"
        "RUN mkdir -p d /data && echo 1 >d/f && ln -s d/f l && echo 2 >/data/f"
        " && echo 3 >/home/agent/f && chown 1000 d\n"
        "VOLUME /data\n"
        "HEALTHCHECK CMD touch /app/healthcheck\n"
        'ENTRYPOINT ["sh", "-c", "touch /app/entrypoint; exec \\"$@\\""]\n'
        'CMD ["sh", "-c", "touch /app/command"]\n'
        "USER 12345\n"
    )
    box = make_box(build=str(tmp_path), workdir="/app")
    assert "1 1 2 3" == out(box, f"echo $(cat d/f l /data/f {HOME}/f)")
    assert "/opt/tools 1" == out(box, "echo $TOOLS $(echo $PATH | grep -c /opt/tools)")
    assert "d\nl" == out(box, "touch d/mine; ls")
    assert "/app" == out(box, "pwd")
    assert "" == out(box, "find / -xdev -writable -type f 2>/dev/null || true")
    box.exec("echo 4 >/data/g")
    box.freeze()
    assert {"/data/f": b"2\n", "/data/g": b"4\n"} == contents(box.collect(["/data"]))


def test_an_image_without_python_says_what_is_missing(
    make_box: MakeBox, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM arena/base\nRUN rm /usr/bin/python3*\n")
    with pytest.raises(SandboxError, match="python3"):
        make_box(build=str(tmp_path))


def test_root_and_agent_are_there_whatever_the_list_of_users_says(
    make_box: MakeBox,
) -> None:
    box = make_box(read_only=False, root=True, user="root", workdir="/srv")
    assert 0 == box.exec("rm /etc/passwd").exit_code
    assert "0" == out(box, "id -u")
    assert b"1000\n" == box.exec("id -u", user="agent").stdout.data


def test_the_first_process_shows_nothing_of_itself(make_box: MakeBox) -> None:
    box = make_box()
    result = box.exec("ps -o args= -p 1; cat /proc/1/comm; ps -eo args")
    told = result.stdout.text
    assert ["init", "init"] == told.split("\n")[:2]
    assert "import" not in told
    assert "import" not in box.shell("ps -eo args").stdout.text
