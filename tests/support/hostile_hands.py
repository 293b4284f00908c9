"""A run whose agents, options and episodes are full of hostile text."""

from pathlib import Path
from typing import Any

from playing import play_run

from arena.agent import AgentSpec
from arena.run_folder import RunFolder
from arena.scoring import Score

__all__ = ["HOSTILE", "hostile_hands"]

HOSTILE = (
    "</pre></details></table><script>window.ran=1</script>"
    "<img src=https://example.test/x onerror='window.ran=1'>"
    "<svg onload=window.ran=1><style>*{display:none}</style>"
    "[x](javascript:window.ran=1) ![p](https://example.test/p) `|` | \"'&lt;"
    "\x1b[2J\x1b]52;c;aGk=\x07\x1b]8;;https://example.test\x07"
    "\u202egnp.exe\u2066\x00\x85\u2028=cmd()"
)


def hostile_hands(path: Path, *, epochs: int = 2) -> Path:
    """Play hands in which an agent calls tools and arguments with hostile names.

    A scorer gives a hostile reason why it could not judge the first of them.
    """
    calls: list[dict[str, Any]] = [
        {"name": f"={HOSTILE}", "args": {HOSTILE: HOSTILE}},
        {"name": "hit", "args": {"reason": f"{HOSTILE}\n{HOSTILE}"}},
        {"name": "stand", "args": {}},
    ]
    agent = AgentSpec(name="scripted", options={"actions": calls})
    folder = RunFolder(play_run(path, "games/blackjack", agent=agent, epochs=epochs))
    first = next(iter(folder.manifest.episodes))
    unscored = Score(episode=first, scorer="payoff", value=None, reason=f"={HOSTILE}")
    folder.add_scores([unscored])
    return path
