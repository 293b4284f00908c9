"""A run in which every text that an agent or a stranger may write is hostile."""

from pathlib import Path

from playing import play_run

from arena.agent import AgentSpec
from arena.episode import EpisodeSpec
from arena.limits import EndReason
from arena.redaction import Redactor
from arena.run_folder import RunFolder
from arena.scoring import Score
from arena.trajectory import Seal, TrajectoryWriter

__all__ = ["HOSTILE", "SIGN", "hostile_run"]

SIGN = "hacked"
"""The name that a page has in its `window` if any of it ran."""
HOSTILE = (
    f"</td></script><script>window.{SIGN}=1</script><img src=x onerror=window.{SIGN}=1>"
    f"<svg onload=window.{SIGN}=1>\" onfocus='window.{SIGN}=1' autofocus x=\" "
    "[click](javascript:alert(1)) {{ 7*7 }} {% raw %} \x1b[2J\x1b]8;;http://elsewhere.test"
    "\x07\x1b]52;c;aGk=\x07 \u202egnp.exe \0 &amp;"
)
SHORT = f"<img src=x onerror=window.{SIGN}=1>"


def hostile_run(path: Path) -> Path:
    """Make a run of two episodes, one of them failed, and a stray file; return it."""
    play_run(path, "games/blackjack", epochs=2)
    folder = RunFolder(path)
    manifest, name = folder.manifest, f"games/{HOSTILE}"
    (scenario,) = manifest.plan.scenarios
    agent = AgentSpec(name=SHORT, model="x:\x1b[31m\u202e")
    ref = scenario.ref.model_copy(update={"name": name})
    planned = scenario.model_copy(
        update={"ref": ref, "description": HOSTILE, "agents": [agent]}
    )
    plan = manifest.plan.model_copy(
        update={
            "suite": HOSTILE,
            "scenarios": [planned],
            "left_out": {HOSTILE: HOSTILE},
        }
    )
    for spec, old in zip(plan.episodes(), list(manifest.episodes), strict=True):
        manifest.episodes[spec.episode] = _rewrite(folder, old, spec)
        del manifest.episodes[old]
    folder.manifest = manifest.model_copy(update={"plan": plan})
    folder.save()
    unjudged = [
        Score(episode=spec.episode, scorer="payoff", value=None, reason=HOSTILE)
        for spec in plan.episodes()
    ]
    folder.episode_path(SHORT).write_text(HOSTILE)
    folder.replace_scores({score.episode: [score] for score in unjudged})
    return path


def _rewrite(folder: RunFolder, old: str, spec: EpisodeSpec) -> Seal:
    """Write a record anew, as one of another scenario by another agent."""
    record = folder.trajectory(old)
    folder.episode_path(old).unlink()
    own = {"scenario": spec.scenario, "seats": spec.seats, "episode": spec.episode}
    reason: EndReason = "error" if spec.epoch else "completed"
    end = {
        **(record.end or {}),
        "reason": reason,
        "assisted": [HOSTILE],
        "evidence": {"item": {"cell": HOSTILE + "\ud800"}},
    }
    if reason == "error":
        end["error"] = {"where": "model", "message": HOSTILE + "\ud800"}
    with TrajectoryWriter(folder.episode_path(spec.episode), Redactor({})) as writer:
        writer.header(record.header.model_copy(update=own))
        for event in record.events[:-1]:
            writer.write(event.kind, {**event.data, "text": HOSTILE + "\ud800"})
        writer.write("end", end)
        return writer.seal(reason)
