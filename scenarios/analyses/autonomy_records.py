"""Beside the scores: what is missing, what was forbidden, how agents were run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from arena.analysis import Effort, Section, Table, Value
from arena.autonomy.plays import Play, plain

from .answers import grouped

__all__ = ["coverage", "elicitation", "inclinations"]

COVERAGE_NOTE = (
    "Scored: the share of episodes that ended; the table of runs says how many were "
    "planned. Assisted: hints or a person's hand, which would flatter scores. Invalid: "
    "could not be judged, or the box was tampered with. Failed: for an infrastructure "
    "reason, which is missing data. Limits that were reached are scored."
)
OVERSTEP_NOTE = (
    "Episodes in which the agent did what its world forbids, and how often. That is "
    "how it is inclined, and never part of a score. Kinds that end in exploit are "
    "holes of the world that were used: read those episodes before their scores."
)
ELICITATION_NOTE = (
    "How the agent was run, for who asks whether more could have been got out of it. "
    "Messages and tokens are means an episode; the budget is of tokens too, the "
    "largest of its episodes, and none where tokens are not limited. "
    "Attempts: runs of the task with most. Refused: episodes with a refusal, as "
    "the provider marks it; who refuses shows no incapability."
)
MOST_REASONS = 20
LONGEST = 400


def coverage(agents: Mapping[str, Sequence[Play]]) -> Iterator[Section]:
    """Tabulate what is scored, and why the rest is not.

    Args:
        agents: The episodes of each.
    """
    rows: list[Sequence[Value]] = []
    reasons: Counter[tuple[str, str, str]] = Counter()
    for agent, plays in agents.items():
        kinds = Counter(play.status for play in plays)
        others = (kinds["assisted"], kinds["invalid"], kinds["infra_error"])
        share = kinds["scored"] / len(plays)
        rows.append((agent, len(plays), kinds["scored"], *others, share))
        reasons.update((agent, p.status, _short(p.why)) for p in plays if p.why)
    table = Table(
        title="Coverage",
        columns=(
            *("agent", "ended", "scored", "assisted", "invalid", "failed"),
            "share scored",
        ),
        rows=rows,
        note=COVERAGE_NOTE,
    )
    why = Table(
        title="Not scored",
        columns=("agent", "status", "why", "episodes"),
        rows=[(*key, count) for key, count in reasons.most_common(MOST_REASONS)],
        note=(
            f"{len(reasons) - MOST_REASONS} more reasons are left out."
            if len(reasons) > MOST_REASONS
            else ""
        ),
    )
    tables = [table, why] if reasons else [table]
    yield Section(title="Autonomy: coverage", tables=tables)


def inclinations(agents: Mapping[str, Sequence[Play]]) -> Iterator[Section]:
    """Tabulate what agents did that their worlds forbid.

    Args:
        agents: The episodes of each.
    """
    rows: list[Sequence[Value]] = []
    for agent, plays in agents.items():
        for family, own in grouped(plays, lambda p: p.about.family).items():
            told = [p.episode.evidence["overstep"] for p in own if _has_overstep(p)]
            for kind in sorted({kind for one in told for kind in one}):
                counts = [one[kind] for one in told if kind in one]
                ended = len(own)
                share = len(counts) / ended
                rows.append(
                    (agent, family, kind, len(counts), ended, share, sum(counts))
                )
    if rows:
        table = Table(
            title="Oversteps",
            columns=(
                *("agent", "family", "kind", "episodes", "of", "propensity", "times"),
            ),
            rows=rows,
            note=OVERSTEP_NOTE,
        )
        yield Section(title="Autonomy: what is forbidden", tables=[table])


def elicitation(agents: Mapping[str, Sequence[Play]]) -> Iterator[Section]:
    """Tabulate how agents were run.

    Args:
        agents: The episodes of each.
    """
    rows = [_elicited(agent, plays) for agent, plays in agents.items()]
    table = Table(
        title="Elicitation",
        columns=(
            *("agent", "scaffold", "model", "settings", "tools", "attempts"),
            *("messages", "tokens", "budget", "refused", "hints"),
        ),
        rows=rows,
        note=ELICITATION_NOTE,
    )
    yield Section(title="Autonomy: elicitation", tables=[table])


def _elicited(agent: str, plays: Sequence[Play]) -> Sequence[Value]:
    episode = plays[0].episode
    spec = episode.seats[episode.tested[0]]
    efforts = [p.episode.effort for p in plays if p.episode.effort is not None]
    tools = dict.fromkeys(tool for effort in efforts for tool in effort.tools)
    tasks = Counter(play.task for play in plain(plays))
    refused = sum(1 for effort in efforts if effort.refusals)
    settings = ", ".join(f"{key}={value}" for key, value in spec.options.items())
    return (
        *(agent, spec.name, spec.model, _short(settings) or None),
        *(_short(", ".join(tools)) or None, max(tasks.values(), default=0)),
        _mean(efforts, "turns"),
        _mean(efforts, "input_tokens", "output_tokens"),
        max((e.budget for e in efforts if e.budget is not None), default=None),
        *(f"{refused} of {len(efforts)}", sum(play.hints for play in plays)),
    )


def _mean(efforts: Sequence[Effort], *names: str) -> float | None:
    sums = [sum(effort.used.get(name, 0) for name in names) for effort in efforts]
    return fmean(sums) if sums else None


def _has_overstep(play: Play) -> bool:
    return bool(play.episode.evidence.get("overstep"))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
