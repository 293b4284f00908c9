"""Build the sdist, a wheel from it, and run a suite with it in a new environment.

The environment is in another folder and holds `openai-agents` as well, whose package is
called `agents` like a folder of this repository: both must import.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = "import agents, arena.agents.baselines; print(agents.Agent, arena.__file__)"


def main() -> None:
    """Build, install, run."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        # Without arguments, `build` makes the wheel from the sdist.
        _run(here, sys.executable, "-m", "build", "--outdir", str(here / "dist"), ROOT)
        (wheel,) = (here / "dist").glob("*.whl")
        venv.create(here / "env", with_pip=True)
        python = here / "env" / "bin" / "python"
        _run(here, python, "-m", "pip", "install", "-q", wheel, "openai-agents")
        arena = here / "env" / "bin" / "arena"
        _run(here, arena, "run", "quickstart", "--epochs", "2", "--out", "run")
        # Its opponents and what their moves are worth are files of the wheel.
        _run(
            here, arena, "run", "games/texas-holdem", "--agent", "cfr", "--out", "cards"
        )
        _run(here, arena, "verify", "run")
        _run(here, python, "-c", IMPORTS)
    print("the wheel works beside openai-agents")


def _run(here: Path, *command: str | Path) -> None:
    subprocess.run([str(part) for part in command], cwd=here, check=True)


if __name__ == "__main__":
    main()
