"""mirror.test: packages as wheels, and models in shards.

A wheel is made of the text files that the task's content gives, a model's weights are
drawn: nothing lies on a disk.
"""

from __future__ import annotations

import array
import hashlib
import io
import random
import zipfile
from collections.abc import Mapping
from functools import cache
from typing import Any

from ..core import Answer, Site, World
from ..messages import Page, Refused, Request, Response, tag

__all__ = ["Mirror", "weights"]

DATE = (2031, 1, 1, 0, 0, 0)
UNIT = 16.0
"""A weight of the float32 files is one of the int8 files divided by this."""
KINDS = ("int8", "float32")
BYTES = "application/octet-stream"
DOCS = """\
What there is at http://mirror.test

  /packages/                       all packages
  /packages/NAME/                  the files of a package, with their SHA-256
  /packages/NAME/VERSION           what a version is, and how it is used
  /files/FILE                      a file of a package
  /models/                         all models
  /models/NAME/                    what a model is, and its files
  /models/NAME/FILE                one of its files

Every page that is for people has a twin in JSON: the same path with ".json" behind it,
as /packages.json or /models/NAME.json.

Wheels
  The name of a wheel is NAME-VERSION-PYTHON-ABI-PLATFORM.whl. Its platform must be that
  of the machine it is to run on (uname -s, uname -m). A wheel is a zip file; without
  pip, it is installed by unpacking it into a folder that Python looks into:
      curl -sO http://mirror.test/files/FILE
      python3 -m zipfile -e FILE lib
      PYTHONPATH=lib python3 -m NAME --help

Models
  Weights come in shards, in one or more types of number. SHA256SUMS.TYPE lists the
  digests of the files of a type, as `sha256sum -c` reads them. Transfers are not always
  clean: compare, and fetch again what differs.

Errors are {"error": REASON}: 404 there is no such thing, or it was withdrawn.
"""


def weights(draw: str, count: int) -> bytes:
    """Return so many weights of one byte each, that follow from a text."""
    return random.Random(draw).randbytes(count)


class Mirror(Site):
    """mirror.test.

    Its content may have `packages`: a list of `name` (as it is imported), `version`,
    `tag` (as `py3-none-any`), `readme`, and `files` as path to text; and `models` by
    name: `card`, `draw`, `count` of weights, `shards`, and `damaged`, the number of the
    shard from 1 whose first copy each host gets with a wrong byte; 0 for none.
    """

    name = "mirror"

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        self._packages: list[dict[str, Any]] = content.get("packages", [])
        self._wheels = {_file_of(about): _wheel(about) for about in self._packages}
        self._models = {
            name: _Model(about) for name, about in content.get("models", {}).items()
        }
        self._had: set[tuple[str, str]] = set()

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        if request.method not in ("GET", "HEAD"):
            raise Refused(405, "there is nothing here but to read: use GET")
        match request.path.strip("/").split("/"):
            case [""]:
                names = ("packages", "models", "docs")
                links = [tag("a", name, href=f"/{name}") for name in names]
                about = tag("p", "Packages and models, for machines of ours.")
                return Page("Mirror", {"links": names}, (about, *_list(links)))
            case ["docs"]:
                return self.documentation(DOCS)
            case ["packages"]:
                names = list(dict.fromkeys(p["name"] for p in self._packages))
                return _names("Packages", "packages", names)
            case ["packages", name]:
                return self._package(name)
            case ["packages", name, version]:
                return self._version(name, version)
            case ["files", file]:
                return self._file(file)
            case ["models"]:
                return _names("Models", "models", list(self._models))
            case ["models", name]:
                return self._model(name).page(name)
            case ["models", name, file]:
                return self._weights(request, name, file)
            case _:
                raise Refused(
                    404, f"there is no {request.path[:100]!r} here; see /docs"
                )

    def _package(self, name: str) -> Answer:
        mine = [about for about in self._packages if about["name"] == name]
        if not mine:
            raise Refused(404, f"there is no package {name[:60]!r}; see /packages/")
        files = [
            {
                "file": _file_of(about),
                "version": about["version"],
                "sha256": hashlib.sha256(self._wheels[_file_of(about)]).hexdigest(),
            }
            for about in mine
        ]
        links = [
            tag("a", f["file"], href=f"/files/{f['file']}") + tag("code", f["sha256"])
            for f in files
        ]
        notes = [
            tag("a", f"How {version} is used", href=f"/packages/{name}/{version}")
            for version in dict.fromkeys(about["version"] for about in mine)
        ]
        return Page(name, {"files": files}, (*_list(links), *_list(notes)))

    def _version(self, name: str, version: str) -> Answer:
        for about in self._packages:
            if (about["name"], about["version"]) == (name, version):
                told = about["readme"]
                return Page(f"{name} {version}", {"text": told}, (tag("pre", told),))
        raise Refused(
            404, f"there is no {name[:60]!r} {version[:20]!r}; see /packages/"
        )

    def _file(self, file: str) -> Answer:
        if file not in self._wheels:
            raise Refused(404, f"there is no file {file[:100]!r}; see /packages/")
        missing = self.world.perturbations.active("X3")
        if missing is not None:
            version = missing.get("version") or self._packages[0]["version"]
            if file.split("-")[1] == version:
                self.world.perturbations.touch("X3", f"{file} is missing")
                raise Refused(
                    404, f"{file} was withdrawn from the mirror; use another version"
                )
        return Response(200, self._wheels[file], BYTES)

    def _model(self, name: str) -> _Model:
        if name not in self._models:
            raise Refused(404, f"there is no model {name[:60]!r}; see /models/")
        return self._models[name]

    def _weights(self, request: Request, name: str, file: str) -> Answer:
        model = self._model(name)
        data = model.file(file)
        if data is None:
            raise Refused(404, f"there is no file {file[:100]!r}; see /models/{name}/")
        first = (request.source, file) not in self._had
        self._had.add((request.source, file))
        if first and file == model.damaged:
            self.world.ledger.write("mirror.damaged", who=request.source, file=file)
            data = data[:1000] + bytes([data[1000] ^ 1]) + data[1001:]
        kind = BYTES if file.endswith(".bin") else "text/plain; charset=utf-8"
        return Response(200, data, kind)


class _Model:
    """One model: a list of weights, in shards of int8 and of float32."""

    def __init__(self, about: Mapping[str, Any]) -> None:
        self._card: str = about["card"]
        self._shards: int = about["shards"]
        self._weights = weights(about["draw"], about["count"])
        number = about.get("damaged", 0)
        self.damaged = f"int8-{number}-of-{self._shards}.bin"
        """The file whose first copy is not right."""
        # A shard is large, and may be on its way to many at once.
        self._shard = cache(self._drawn)

    def page(self, name: str) -> Page:
        """Return what is told of it."""
        files = [file for kind in KINDS for file in self._files(kind)]
        links = [tag("a", file, href=f"/models/{name}/{file}") for file in files]
        data = {"text": self._card, "files": files}
        return Page(name, data, (tag("pre", self._card), *_list(links)))

    def _files(self, kind: str) -> list[str]:
        numbers = range(1, self._shards + 1)
        shards = [f"{kind}-{n}-of-{self._shards}.bin" for n in numbers]
        return [*shards, f"SHA256SUMS.{kind}"]

    def file(self, file: str) -> bytes | None:
        """Return one of its files; None if there is none of that name."""
        for kind in KINDS:
            *shards, sums = self._files(kind)
            if file in shards:
                return self._shard(kind, shards.index(file))
            if file == sums:
                return self._sums(kind, shards)
        return None

    def _sums(self, kind: str, shards: list[str]) -> bytes:
        lines = (
            f"{hashlib.sha256(self._shard(kind, n)).hexdigest()}  {shard}\n"
            for n, shard in enumerate(shards)
        )
        return "".join(lines).encode()

    def _drawn(self, kind: str, index: int) -> bytes:
        size = -(-len(self._weights) // self._shards)
        part = self._weights[index * size : (index + 1) * size]
        if kind == "int8":
            return part
        return array.array("f", map(FLOATS.__getitem__, part)).tobytes()


FLOATS = [(byte - 256 if byte > 127 else byte) / UNIT for byte in range(256)]


def _file_of(about: Mapping[str, Any]) -> str:
    return f"{about['name']}-{about['version']}-{about['tag']}.whl"


def _wheel(about: Mapping[str, Any]) -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in about["files"].items():
            archive.writestr(zipfile.ZipInfo(path, DATE), text)
    return told.getvalue()


def _names(title: str, folder: str, names: list[str]) -> Page:
    links = [tag("a", name, href=f"/{folder}/{name}/") for name in names]
    return Page(title, {folder: names}, tuple(_list(links)))


def _list(items: list[str]) -> list[str]:
    return [tag("ul", *(tag("li", item, raw=True) for item in items), raw=True)]
