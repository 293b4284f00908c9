"""Records written by hand into real runs: hostile, large, and such that grow."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playing import play_run

from arena.redaction import Redactor
from arena.run_folder import RunFolder
from arena.trajectory import TrajectoryWriter

__all__ = ["HOSTILE", "big", "hostile", "written"]

HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    '<svg onload="document.title=\'owned\'"><a href="javascript:alert(1)">x</a>',
    "[click](javascript:document.title='owned') ![picture](http://a.test/p.png)",
    "</pre></article><style>*{display:none}</style>",
    "{{ 7 * 7 }} {% raw %}",
    "\x1b[31mred\x1b[0m \x1b]8;;http://a.test\x07x\x1b]8;;\x07 \x1b]52;c;eA==\x07",
    "\x1b[2J\x1b[H\x1b[8mconcealed",
    "\u202etxet desrever\u2066",
    "nul \x00 lone \ud800",
    "Z" + "\u0301" * 200,
    "\r\n\u2028\u2029",
)
"""Texts that would like to act on a page."""


def written(
    folder: Path, events: Iterable[dict[str, Any]], *, end: bool = True, **header: Any
) -> Path:
    """Make a run of one episode whose record holds these events; return the record.

    Args:
        folder: Of the run; there must be none yet.
        events: Each with its `kind`; its header is that of a hand of Blackjack.
        end: Whether it is ended and sealed.
        header: Fields that differ.
    """
    play_run(folder, "games/blackjack", epochs=1)
    run = RunFolder(folder)
    (episode,) = run.manifest.episodes
    path = run.episode_path(episode)
    first = json.loads(path.read_bytes().split(b"\n")[0])
    path.unlink()
    with TrajectoryWriter(path, Redactor({})) as writer:
        writer.write("header", {**first, **header})
        for event in events:
            writer.write(event["kind"], event)
        if end:
            writer.write("end", {"reason": "completed", "payoffs": {"player": 1.0}})
            run.manifest.episodes[episode] = writer.seal("completed")
        else:
            del run.manifest.episodes[episode]
    run.save()
    return path


def hostile(folder: Path) -> Path:
    """Make a run whose one record holds hostile text wherever text can be."""
    return written(folder, _hostile_events(), seats=_seats())


def big(folder: Path, turns: int) -> Path:
    """Make a run with a record of three lines and about 1.7 kB a turn."""
    return written(folder, (event for n in range(turns) for event in _turn(n)))


def _seats() -> dict[str, Any]:
    plain: dict[str, Any] = {
        "name": "random",
        "model": None,
        "options": {},
        "price": None,
    }
    return {"player": plain, HOSTILE[0]: {**plain, "name": HOSTILE[1]}}


def _hostile_events() -> Iterable[dict[str, Any]]:
    for text in HOSTILE:
        call = {
            "name": text,
            "args": {text: text, "block": f"{text}\n{text}"},
            "id": text,
        }
        for seat in ("player", HOSTILE[0]):
            yield {
                "kind": "observation",
                "seat": seat,
                "text": f"Your cards: Ah. {text}",
            }
            yield {
                "kind": "message",
                "seat": seat,
                "content": f"# {text}\n\n- {text}\n\n```{text}\n{text}\n```",
                "tool_calls": [call],
                "model": text,
                "latency_s": 0.2,
            }
            yield {
                "kind": "step",
                "seat": seat,
                "call": call,
                "reward": 0.0,
                "error": text,
            }
        yield {"kind": "note", "about": text, text: [text, {text: text}]}
        yield {"kind": text, "seat": text, "any": text}
    yield {
        "kind": "observation",
        "seat": "player",
        "text": "<b>long</b> \x1b[1mline " * 260_000,
    }


def _turn(n: int) -> list[dict[str, Any]]:
    call = {"name": "hit", "args": {"number": n % 97}, "id": f"call-{n}"}
    said = f"Turn {n}: I think about it. " + "All in all it may be so. " * 22
    return [
        {
            "kind": "message",
            "seat": "player",
            "content": said,
            "tool_calls": [call],
            "usage": {"input_tokens": 900 + n % 50, "output_tokens": 80},
            "latency_s": 0.5 + n % 7,
        },
        {"kind": "step", "seat": "player", "call": call, "reward": 0.0},
        {"kind": "observation", "seat": "player", "text": "a line of output\n" * 30},
    ]
