"""A run of many episodes, made in seconds: a few are played, the rest are as they.

`python tests/support/many_episodes.py FOLDER 10000` makes one to look at.
"""

import sys
from pathlib import Path

from playing import play_plan

from arena.agent import AgentSpec
from arena.episode import EpisodeSpec
from arena.plan import Plan
from arena.planning import make_plan
from arena.redaction import Redactor
from arena.run_folder import RunFolder
from arena.scenario import load_suite
from arena.trajectory import Trajectory, TrajectoryWriter

__all__ = ["many_episodes"]

AGENTS = ("random", "basic-strategy")
PLAYED = 100


def many_episodes(path: Path, count: int, played: int = PLAYED) -> Path:
    """Make a run of Blackjack hands by two agents that verifies, and return it.

    Args:
        path: Of the run; there must be none yet.
        count: How many episodes, an even number.
        played: How many different ones each agent plays for real.
    """
    source = path.with_name(f"{path.name}-played")
    play_plan(_plan(played), source)
    models = RunFolder(source)
    scores = models.scores()
    records = {
        (spec.label, spec.epoch): (
            models.trajectory(spec.episode),
            scores[spec.episode],
        )
        for spec in models.manifest.plan.episodes()
    }
    with RunFolder.writing(path, _plan(count // 2)) as folder:
        for spec in folder.manifest.plan.episodes():
            record, judged = records[spec.label, spec.epoch % played]
            _write(folder, spec, record)
            renamed = [s.model_copy(update={"episode": spec.episode}) for s in judged]
            folder.add_scores(renamed)
        folder.save()
    return path


def _plan(epochs: int) -> Plan:
    suite = load_suite("games/blackjack")
    agents = [AgentSpec.parse(name) for name in AGENTS]
    return make_plan([suite], agents=agents, epochs=epochs)


def _write(folder: RunFolder, spec: EpisodeSpec, record: Trajectory) -> None:
    own = {
        "run": folder.manifest.run,
        **spec.model_dump(include={"episode", "seed", "agents_seed", "epoch"}),
    }
    with TrajectoryWriter(folder.episode_path(spec.episode), Redactor({})) as writer:
        writer.header(record.header.model_copy(update=own))
        for event in record.events:
            writer.write(event.kind, event.data)
        assert record.seal is not None
        folder.manifest.episodes[spec.episode] = writer.seal(record.seal.reason)


if __name__ == "__main__":
    many_episodes(Path(sys.argv[1]), int(sys.argv[2]))
