"""What the analyses say of a run, kept while its files stay as they are."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from ..analysis import Figure, Section, analyse
from ..forks import forks_section
from ..report.figures import svg
from ..report.style import COLOURS
from ..run_folder import RunFolder

__all__ = ["Analyses"]

_KEPT = 4
_STYLE = f"<style>{COLOURS}svg * {{ stroke-linejoin: round; }}</style>"


class Analyses:
    """The sections of the runs that were looked at last.

    They are made by one thread at a time, since matplotlib allows no other.
    """

    def __init__(self) -> None:
        self._working = threading.Lock()
        self._known: OrderedDict[tuple[Path, str], Sequence[Section]] = OrderedDict()

    def sections(self, path: Path, digest: str) -> Sequence[Section]:
        """Return the sections about a run.

        Args:
            path: Its folder.
            digest: Of its manifest as it is now.

        Raises:
            UserError: If it cannot be read.
        """
        with self._working:
            key = (path, digest)
            if key not in self._known:
                folder = RunFolder(path)
                forks = forks_section(folder)
                self._known[key] = [*([forks] if forks else []), *analyse([folder])]
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return self._known[key]

    def picture(self, path: Path, digest: str, number: int) -> str:
        """Draw a figure as an SVG file that follows light and dark on its own.

        Args:
            path: Of the run.
            digest: Of its manifest as it is now.
            number: Of the figure, from 0, in the order of the sections.

        Raises:
            IndexError: If there is no such figure.
            UserError: If the run cannot be read.
        """
        figures: list[Figure] = []
        for section in self.sections(path, digest):
            figures += section.figures
        with self._working:
            drawn = svg(figures[number], number)
        start = drawn.index(">") + 1
        return drawn[:start] + _STYLE + drawn[start:]
