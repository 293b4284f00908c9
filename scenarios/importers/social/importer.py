"""`arena import social`: a published set becomes a scenario folder with its items."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arena.audit import Audit, audit
from arena.audit.table import audit_rows
from arena.errors import UnknownName, UserError
from arena.importing import Imported, Refused
from arena.item_files import write_items
from arena.sandboxing import Say
from arena.scenario import MOST_ITEMS

from ..folders import toml_text, write
from .building import Built, build
from .files import files_below
from .formats import FORMATS
from .rows import BadRow, Format, Row, told

__all__ = ["import_social"]

MOST_TOLD = 5  # rows of a kind that are printed; import.json has all
FEW = 100
MOST_LEARNED = 20_000  # items; with more, the audit's learner takes too long
SCORERS = """
[[scorers]]
name = "right-answer"

[[scorers]]
name = "confidence-brier"

[[scorers]]
name = "tool-errors"
"""


def import_social(
    source: Path,
    target: Path,
    *,
    format: str,
    seed: int = 0,
    drop_doubted: bool = False,
    say: Say,
) -> list[Imported | Refused]:
    """Write the questions of a file, or of all files of a folder, as one scenario.

    Args:
        source: A file of the format, or a folder with such files.
        target: The scenario folder to write; it may be there, if it is empty.
        format: Name of the format.
        seed: Of the order of options.
        drop_doubted: Leave out items whose label a simulation or another row
            contradicts.
        say: Is told what takes time.

    Raises:
        UserError: If there is no such format, or no row that can be asked.
    """
    if format not in FORMATS:
        raise UnknownName("format", format, FORMATS)
    form = FORMATS[format]
    files = files_below(source, form.suffixes)
    built = build(form, format, _rows(form, files, say), seed)
    left_out = {doubt.item for doubt in built.doubted} if drop_doubted else set[str]()
    items = [item for item in built.items if item.id not in left_out]
    if not items:
        first = f"; the first: {built.dropped[0]}" if built.dropped else ""
        raise UserError(
            f"{source}: none of its {built.rows} rows can be asked as a row of "
            f"{format!r}{first}"
        )
    say(f"auditing {len(items)} items")
    found = audit(items, learn=len(items) <= MOST_LEARNED)
    notes = tuple(_notes(form, built, found, len(left_out)))
    details = _details(format, seed, files, built, len(items), found)
    with _scenario_folder(target) as folder:
        write_items(folder / "items.jsonl", items)
        write(folder / "scenario.toml", _scenario(form, len(items)))
        report = json.dumps({**details, "notes": notes}, ensure_ascii=False, indent=1)
        write(folder / "import.json", report + "\n")
    return [Imported(format, target, notes, audit=found, details=details)]


def _rows(
    form: Format, files: list[tuple[Path, str]], say: Say
) -> Iterator[Row | BadRow]:
    for path, name in files:
        say(f"reading {name}")
        yield from form.rows(path, name)


def _scenario(form: Format, items: int) -> str:
    head = {
        "description": f"{items} {form.about}, imported; option order is ours.",
        "environment": "arena/Social-v1",
        "items": min(items, MOST_ITEMS),
        "parameters": {"file": "./items.jsonl"},
    }
    return toml_text(head) + SCORERS


def _notes(form: Format, built: Built, found: Audit, left_out: int) -> Iterator[str]:
    """Yield what a user should know, a sentence each."""
    yield f"rows read: {built.rows}; items written: {len(built.items) - left_out}"
    if form.licence:
        yield form.licence
    if note := built.place_note():
        yield f"{note}; options are shuffled here"
    if built.kept_order:
        yield (
            "items that keep the order of their options, which speak of one another "
            f"('all of the above'): {built.kept_order}"
        )
    if built.simulated:
        yield f"items simulated again, by the rule of sight: {built.simulated}"
    for reason, count in built.not_simulated.most_common():
        yield f"items not simulated, since {reason}: {count}"
    if built.doubted:
        end = "left out" if left_out else "kept; --drop-doubted leaves them out"
        yield f"doubtful labels, whose items are {end}: {len(built.doubted)}"
        doubts = (told(d.file, d.number, "", d.reason) for d in built.doubted)
        yield from _first("doubtful", doubts, len(built.doubted))
    if built.dropped:
        yield f"rows or questions dropped: {len(built.dropped)}"
        yield from _first("dropped", map(str, built.dropped), len(built.dropped))
    if failures := found.failures:
        yield f"shortcuts and flaws that the audit found: {len(failures)}"
        yield from _first("audit", iter(failures), len(failures))
        if small := sum(count < FEW for count in found.items.values()):
            yield (
                f"cells with fewer than {FEW} items, where the audit may only have met "
                f"an accident: {small} of {len(found.items)}"
            )


def _first(kind: str, lines: Iterator[str], count: int) -> Iterator[str]:
    for _, line in zip(range(MOST_TOLD), lines, strict=False):
        yield f"{kind}: {line}"
    if count > MOST_TOLD:
        yield f"{kind}: {count - MOST_TOLD} more, all in import.json"


def _details(
    name: str,
    seed: int,
    files: list[tuple[Path, str]],
    built: Built,
    items: int,
    found: Audit,
) -> dict[str, Any]:
    """Return everything that was counted, as JSON types."""
    return {
        "format": name,
        "seed": seed,
        "files": {file: _digest(path) for path, file in files},
        "rows": built.rows,
        "items": items,
        "simulated": built.simulated,
        "not_simulated": dict(built.not_simulated),
        "gold_places": {str(k + 1): v for k, v in sorted(built.gold_places.items())},
        "dropped": [
            {"file": d.file, "row": d.number, "field": d.field, "reason": d.reason}
            for d in built.dropped
        ],
        "doubted": [
            {"item": d.item, "file": d.file, "row": d.number, "reason": d.reason}
            for d in built.doubted
        ],
        "audit": {"failures": list(found.failures), "rows": audit_rows(found)},
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _scenario_folder(folder: Path) -> Generator[Path]:
    """Make the folder; what was written goes again if the rest cannot be.

    Raises:
        UserError: If something is in it, or if it cannot be written.
    """
    there = folder.exists()
    try:
        if there and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(
                f"{folder}: exists, and an import overwrites nothing; move it away or "
                "choose another folder"
            )
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}") from None
    try:
        yield folder
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise UserError(f"{folder}: {error.strerror}") from None
        raise
