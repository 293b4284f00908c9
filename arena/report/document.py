"""All sections of a report, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..analysis import Section, analyse
from ..baselines import Baseline
from ..errors import one_line
from ..forks import forks_section
from ..results import Results, results
from ..run_folder import RunFolder
from .annotations import annotations_section
from .caveats import caveats_section
from .conclusions import conclusions_section
from .episodes import Chosen, choose, episodes_section
from .gate import gate_section
from .leads import leads_of, leads_section
from .methods import methods_section
from .people import baselines_of, people_section
from .records import Run, read_runs
from .runs import others_section, runs_section, scores_section

if TYPE_CHECKING:
    from ..autonomy.policy import Policy

__all__ = ["Report", "make_report"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report before it is written in some format.

    Attributes:
        title: Of the page.
        runs: What it is about.
        scored: The results of each run.
        sections: In their order.
    """

    title: str
    runs: Sequence[Run]
    scored: Sequence[Results]
    sections: Sequence[Section]

    def as_dict(self) -> dict[str, Any]:
        """Return everything but figures as JSON types, numbers in full.

        `results` of each run are those of `arena score --json`.
        """
        return {
            "title": self.title,
            "runs": [
                {
                    "name": run.name,
                    "run": run.folder.manifest.run,
                    "digest": run.folder.manifest.digest,
                    "results": table.as_dict(),
                }
                for run, table in zip(self.runs, self.scored, strict=True)
            ],
            "sections": [section.as_dict() for section in self.sections],
        }


def make_report(
    folders: Sequence[RunFolder],
    *,
    confidence: float = 0.95,
    episodes: int = 3,
    policy: Policy | None = None,
    check: RunFolder | None = None,
) -> Report:
    """Read runs and return what there is to say of them.

    Args:
        folders: The runs, each once.
        confidence: Of the intervals.
        episodes: How many of each scenario and agent are there to read.
        policy: The thresholds of a gate, whose verdict is then there too.
        check: A run of oracle and null, for the gate.

    Raises:
        UserError: If the policy fits none of it.
    """
    runs = read_runs(folders)
    scored = [
        results(run.folder.manifest, run.scores, confidence=confidence) for run in runs
    ]
    chosen = choose(runs, episodes)
    leads, differing = leads_of(runs, confidence)
    analyses = analyse(folders)
    sections = [runs_section(runs)]
    if policy is not None:
        sections += [gate_section(r.folder, policy, check, r.where) for r in runs]
    people = baselines_of(folders, confidence)
    sections += _scores(runs, scored, chosen, people)
    sections += [people_section(people)] if people else []
    sections += [leads_section(leads)] if leads else []
    sections += analyses
    for run in runs:
        forks = forks_section(run.folder, run.where, confidence=confidence)
        notes = annotations_section(run.folder, run.where, confidence)
        sections += [section for section in (forks, notes) if section is not None]
    others = [others_section(t, r.where) for r, t in zip(runs, scored, strict=True)]
    sections += [section for section in others if section.tables]
    sections.append(conclusions_section(runs, scored, leads, analyses))
    sections.append(caveats_section(runs, scored, leads, differing, analyses))
    sections.append(methods_section(runs, scored, sections))
    if chosen:
        sections.append(episodes_section(chosen))
    suites = ", ".join(dict.fromkeys(f.manifest.plan.suite for f in folders))
    return Report(f"Arena: {one_line(suites, 80)}", runs, scored, sections)


def _scores(
    runs: Sequence[Run],
    scored: Sequence[Results],
    chosen: Sequence[Chosen],
    people: Sequence[Baseline],
) -> list[Section]:
    first: dict[tuple[str, str, str], str] = {}
    for one in chosen:
        first.setdefault(one.cell, one.anchor)
    return [
        scores_section(run, table, first, people)
        for run, table in zip(runs, scored, strict=True)
    ]
