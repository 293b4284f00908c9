"""`arena view`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

__all__ = ["view"]

_NEEDED = ("jinja2", "markdown_it", "starlette", "uvicorn")


@click.command()
@click.argument(
    "folder",
    default=Path("runs"),
    type=click.Path(path_type=Path),
    metavar="[DIR]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default="any that is free",
    help="On this machine only.",
)
@click.option(
    "--no-browser",
    is_flag=True,
    help="Only print the address, as where there is no screen.",
)
def view(folder: Path, port: int, no_browser: bool) -> int:
    """Look at runs in a browser: DIR is a run or a folder of runs, else `runs`.

    The pages are for this machine, and for who has the address that is printed: it
    holds a token. Ctrl-C ends it.
    """
    from importlib.util import find_spec

    from ..errors import UserError

    if any(find_spec(name) is None for name in _NEEDED):
        raise UserError("arena view needs pip install 'arena-evals[view]'")
    from ..view.serving import serve

    def ready(address: str) -> None:
        click.echo(address)
        if not no_browser and _has_a_screen():
            click.launch(address)

    serve(folder, port, ready)
    return 0


def _has_a_screen() -> bool:
    # Elsewhere a browser of text would take the terminal, and its command line tell the
    # token to the other users of the machine.
    shown = "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return shown or sys.platform == "darwin"
