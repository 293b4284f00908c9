"""The command line: `arena COMMAND`.

Each command is one module of `arena.commands` and imports what it needs when it runs,
so that `arena --help` answers at once.
"""

from __future__ import annotations

import errno
import os
import sys

import click

from .commands.check import check
from .commands.compare import compare
from .commands.doctor import doctor
from .commands.fork import fork
from .commands.gate import gate
from .commands.import_ import import_
from .commands.lint import lint
from .commands.list import list_
from .commands.new import new
from .commands.notes import notes
from .commands.play import play
from .commands.replay import replay
from .commands.report import report
from .commands.run import run
from .commands.sandbox import sandbox
from .commands.score import score
from .commands.show import show
from .commands.tournament import tournament
from .commands.verify import verify
from .commands.view import view
from .errors import BuildFailed, UserError, nearest

__all__ = ["main"]

# What is wrong with a path that was named, or one below it.
_OF_PATHS = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG)


class _Commands(click.Group):
    """A group that answers a misspelt command with the nearest one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            close = nearest(args[0], self.commands)
            known = ", ".join(sorted(self.commands))
            hint = f"did you mean {close!r}?" if close else f"known: {known}"
            raise click.UsageError(f"unknown command {args[0]!r}: {hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="arena-evals", prog_name="arena")
def cli() -> None:
    """Measure what language-model agents can do on their own and with others."""


commands = (
    *(run, tournament, list_, show, compare, play, replay, fork),
    *(notes, report, verify, score),
    *(gate, check, doctor, lint, new, import_, sandbox, view),
)
for command in commands:
    cli.add_command(command)


def main() -> None:
    """Run the command line, and end the process with its exit code.

    0: done. 1: some episodes failed for infrastructure reasons. 2: something to change,
    said in one line. 130: stopped by Ctrl-C or SIGTERM, with all that was
    recorded saved. `arena gate` has codes of its own.
    """
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        code = _complain(error.format_message())
    except BuildFailed as error:
        code = _complain(str(error), lines=20)
    except UserError as error:
        code = _complain(str(error))
    except (KeyboardInterrupt, click.Abort):
        code = 130
    except BrokenPipeError:  # the reader of a pipe, such as `head`, had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        if error.errno not in _OF_PATHS:
            raise
        code = _complain(f"{error.strerror}: {error.filename}")
    sys.exit(code or 0)


def _complain(text: str, lines: int = 1) -> int:
    from .errors import one_line
    from .text import shown

    told = [one_line(line, 2000) for line in text.split("\n", lines - 1)]
    click.echo(f"arena: {shown(chr(10).join(told))}", err=True)
    return 2


if __name__ == "__main__":
    main()
