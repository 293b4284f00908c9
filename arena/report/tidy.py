"""The tidy table of a report: a row for each episode and scorer, for other programs."""

from __future__ import annotations

import csv
import importlib
import importlib.util
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..errors import UserError
from ..registry import load
from ..scoring import Score, Scorer
from ..text import shown
from .records import Record, Run

__all__ = ["COLUMNS", "Cell", "Column", "as_csv", "tidy", "write_parquet"]

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what is in it, and what it means."""

    kind: Literal["text", "int", "float", "bool"]
    meaning: str


COLUMNS: Mapping[str, Column] = {
    "run": Column("text", "id of the run"),
    "suite": Column("text", "what was played in it"),
    "scenario": Column("text", "name"),
    "scenario_digest": Column("text", "SHA-256 of its file and data"),
    "environment": Column("text", "Gymnasium id"),
    "agent": Column("text", "label of the agent under test"),
    "model": Column("text", "provider and name; empty where there is none"),
    "episode": Column("text", "id, unique in its run"),
    "sample": Column("int", "which world or item, from 0"),
    "epoch": Column("int", "which repeat, from 0"),
    "rotation": Column("int", "by how many seats everybody has moved up"),
    "seed": Column("text", "of the world; text, as it may need 64 bits"),
    "reason": Column("text", "why it ended; empty if it was not played to an end"),
    "error": Column("text", "what made it fail"),
    "scorer": Column("text", "name"),
    "headline": Column("bool", "whether it is the scenario's first scorer"),
    "measure": Column("text", "rate (from 0 to 1) or mean"),
    "better": Column("text", "higher or lower"),
    "value": Column("float", "the score; empty where it is missing, never 0"),
    "why_missing": Column("text", "why there is no value"),
    "turns": Column("int", "messages of the seats under test, as are the next five"),
    "tool_calls": Column("int", "calls, bad ones included"),
    "tool_errors": Column("int", "bad calls, and messages without a call"),
    "input_tokens": Column("int", "as the model reports them"),
    "output_tokens": Column("int", "as the model reports them"),
    "cost_usd": Column("float", "US dollars, where the agent has a price"),
    "wall_s": Column("float", "seconds on the clock"),
    "started": Column("text", "UTC, ISO 8601"),
    "assisted": Column("text", "how the agent was helped; empty for not at all"),
    "people": Column("text", "seats in which a person played"),
    "parent_run": Column("text", "run of the episode that it was forked from"),
    "parent_episode": Column("text", "that episode"),
    "parent_step": Column("int", "how many steps they have in common"),
    "arena": Column("text", "version of Arena that played it"),
    "git_commit": Column("text", "of the working folder, + where files were changed"),
    "sandbox": Column("text", "kind and image; none where nothing ran in one"),
}
_USED = ("turns", "tool_calls", "tool_errors", "input_tokens", "output_tokens")
# A spreadsheet takes text that begins so for a formula, and would run it.
_FORMULA = ("=", "+", "-", "@", "\t")


def tidy(runs: Sequence[Run]) -> list[dict[str, Cell]]:
    """Return a row for every planned episode and scorer, by the names in `COLUMNS`.

    Episodes that are missing have a row too, without a value. Text has its control
    characters spelt out, and a `'` before what a spreadsheet would take for a formula.
    """
    return [
        {name: _safe(value) for name, value in row.items()}
        for run in runs
        for row in _rows(run)
    ]


def as_csv(rows: Sequence[Mapping[str, Cell]]) -> str:
    """Return rows as CSV (RFC 4180): numbers in full, nothing where there is none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    return out.getvalue()


def write_parquet(rows: Sequence[Mapping[str, Cell]], path: Path) -> None:
    """Write rows as a Parquet file, what its columns mean in their metadata.

    Raises:
        UserError: Without the extra `parquet`.
        OSError: If the file cannot be written.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise UserError("--format parquet needs pip install 'arena-evals[parquet]'")
    # Its types are known in part only.
    arrow: Any = importlib.import_module("pyarrow")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    kinds = {
        **{"text": arrow.string(), "int": arrow.int64()},
        **{"float": arrow.float64(), "bool": arrow.bool_()},
    }
    schema = arrow.schema(
        [
            arrow.field(name, kinds[column.kind], metadata={"doc": column.meaning})
            for name, column in COLUMNS.items()
        ]
    )
    parquet.write_table(arrow.Table.from_pylist(list(rows), schema=schema), str(path))


def _rows(run: Run) -> Iterator[dict[str, Cell]]:
    plan = run.folder.manifest.plan
    scenarios = {scenario.ref.name: scenario for scenario in plan.scenarios}
    for record in run.records:
        scenario = scenarios[record.spec.scenario.name]
        shared = {**_what(run, record), **_how(record)}
        scores = {s.scorer: s for s in run.scores.get(record.spec.episode, ())}
        for index, choice in enumerate(scenario.scorers):
            judged = _judged(choice.name, scores.get(choice.name), record)
            row = {**shared, **judged, "headline": index == 0}
            yield {name: row[name] for name in COLUMNS}


def _what(run: Run, record: Record) -> dict[str, Cell]:
    spec, manifest = record.spec, run.folder.manifest
    models = [spec.seats[seat].model for seat in spec.tested]
    return {
        "run": manifest.run,
        "suite": manifest.plan.suite,
        "scenario": spec.scenario.name,
        "scenario_digest": spec.scenario.digest,
        "environment": spec.scenario.environment,
        "agent": spec.label,
        "model": next((model for model in models if model), None),
        "episode": spec.episode,
        "sample": spec.sample,
        "epoch": spec.epoch,
        "rotation": spec.rotation,
        "seed": str(spec.seed),
    }


def _how(record: Record) -> dict[str, Cell]:
    parent = record.parent
    used: dict[str, Cell] = {
        name: int(record.usage[name]) if name in record.usage else None
        for name in _USED
    }
    return {
        **used,
        "reason": record.reason,
        "error": record.error or record.problem,
        "cost_usd": record.usage.get("cost_usd"),
        "wall_s": record.wall_s,
        "started": record.started,
        "assisted": " ".join(record.assisted),
        "people": " ".join(record.people),
        "parent_run": parent and parent.run,
        "parent_episode": parent and parent.episode,
        "parent_step": parent and parent.step,
        "arena": record.made_by.get("arena-evals"),
        "git_commit": record.made_by.get("git commit"),
        "sandbox": record.made_by.get("sandbox"),
    }


def _judged(scorer: str, score: Score | None, record: Record) -> dict[str, Cell]:
    judge: Scorer = load("scorers", scorer)
    why = None if score is None else score.reason
    if score is None:
        why = "it was not played" if record.reason is None else "it was not scored"
    return {
        "scorer": scorer,
        "measure": judge.measure,
        "better": judge.better,
        "value": None if score is None else score.value,
        "why_missing": why,
    }


def _safe(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    told = shown(value)
    return (f"'{told}" if told.startswith(_FORMULA) else told) or None


def _cell(value: Cell) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
