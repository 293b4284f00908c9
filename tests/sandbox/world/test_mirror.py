"""mirror.test: wheels and their digests, weights in shards, a damaged copy."""

import array
import hashlib
import io
import zipfile
from typing import Any

import pytest
from ara import effects, open_world

from arena.sandbox.world.core import World
from arena.sandbox.world.messages import Request, Response
from arena.sandbox.world.sites.mirror import weights

PACKAGES = [
    {
        "name": "tool",
        "version": version,
        "tag": f"py3-none-{platform}",
        "readme": f"Use of <{version}>",
        "files": {"tool/__init__.py": "", "tool/__main__.py": "print(1)\n"},
    }
    for version in ("2.0.0", "1.9.0")
    for platform in ("linux_x86_64", "win_amd64")
]
MODEL = {"card": "A model.", "draw": "m", "count": 9001, "shards": 3, "damaged": 2}


@pytest.fixture
def world() -> World:
    content = {"sites": {"mirror": {"packages": PACKAGES, "models": {"m-1": MODEL}}}}
    return open_world("mirror", content=content)


def got(world: World, path: str, *, source: str = "agent", **more: Any) -> Response:
    request = Request(source, "mirror.test", "GET", path, **more)
    return world.handle(request)


def test_a_wheel_is_a_zip_of_its_files_with_the_digest_that_is_told(
    world: World,
) -> None:
    name = "tool-2.0.0-py3-none-linux_x86_64.whl"
    page = got(world, "/packages/tool").body.decode()
    wheel = got(world, f"/files/{name}").body
    assert name in page
    assert hashlib.sha256(wheel).hexdigest() in page
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        assert b"print(1)\n" == archive.read("tool/__main__.py")


def test_every_page_leads_to_the_next(world: World) -> None:
    for path, told in {
        "/": "/packages",
        "/packages": "/packages/tool/",
        "/packages/tool/": "/packages/tool/1.9.0",
        "/packages/tool/1.9.0": "Use of &lt;1.9.0&gt;",
        "/models/": "/models/m-1/",
        "/models/m-1/": "/models/m-1/int8-3-of-3.bin",
        "/docs": "mirror.test/files/FILE",
    }.items():
        assert told in got(world, path).body.decode()


@pytest.mark.parametrize(
    "path",
    ["/files/x.whl", "/packages/x", "/packages/tool/3", "/models/x", "/models/m-1/x"],
)
def test_what_is_not_there_is_told(world: World, path: str) -> None:
    assert 404 == got(world, path).status


def test_shards_are_the_weights_in_order_and_have_the_digests_that_are_told(
    world: World,
) -> None:
    names = [f"int8-{n}-of-3.bin" for n in (1, 2, 3)]
    got(world, f"/models/m-1/{names[1]}")  # the first copy is damaged
    shards = [got(world, f"/models/m-1/{name}").body for name in names]
    assert weights("m", 9001) == b"".join(shards)
    sums = got(world, "/models/m-1/SHA256SUMS.int8").body.decode().splitlines()
    told = [
        f"{hashlib.sha256(d).hexdigest()}  {n}"
        for d, n in zip(shards, names, strict=True)
    ]
    assert told == sums


def test_float32_holds_the_same_weights_four_times_as_large(world: World) -> None:
    floats = array.array("f", got(world, "/models/m-1/float32-1-of-3.bin").body)
    small = got(world, "/models/m-1/int8-1-of-3.bin").body
    assert list(memoryview(small).cast("b")) == [int(weight * 16) for weight in floats]


def test_each_host_gets_one_damaged_copy(world: World) -> None:
    path = "/models/m-1/int8-2-of-3.bin"
    first, second = got(world, path).body, got(world, path).body
    assert 1 == sum(a != b for a, b in zip(first, second, strict=True))
    assert first == got(world, path, source="server-1").body
    assert second == got(world, path, source="server-1").body
    assert 2 == len(effects(world, "mirror.damaged"))


def test_of_a_package_that_is_missing_another_version_is_there(world: World) -> None:
    world.perturbations.arm("X3", "start", {})
    names = [f"tool-{v}-py3-none-linux_x86_64.whl" for v in ("2.0.0", "1.9.0")]
    found = [got(world, f"/files/{name}") for name in names]
    assert [404, 200] == [response.status for response in found]
    assert b"another version" in found[0].body
    assert world.perturbations.state()["X3"]["touched"] is not None


def test_a_file_that_many_are_sent_is_there_once(world: World) -> None:
    path = "/models/m-1/float32-1-of-3.bin"
    assert got(world, path).body is got(world, path, source="server-1").body
