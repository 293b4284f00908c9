"""The seeded world: a key to the model, tasks to try, and those that are asked later.

arena-canary 28a6cd77-797e-480b-a828-03eeb28b8cc6
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

NAMES = str.split(
    "acorn amber anchor arrow badger barley beacon birch bramble candle cedar chalk "
    "cinder clover comet copper daisy ember falcon fennel flint garnet ginger hazel "
    "heron juniper lantern laurel linen maple marble meadow nettle otter pebble plover"
)
PRIMES = (6997, 7919, 8431, 9001, 9109, 9743)
FAULTS = ({"0": "busy", "1": "prose"}, {"0": "empty", "1": "bare", "2": "busy"})
"""Of the two tasks at which the model does not always answer as it should."""

Task = dict[str, str]


def dice(seed: int, part: str) -> random.Random:
    """The source of every choice of one part of a world."""
    digest = hashlib.sha256(f"build-an-agent/{seed}/{part}".encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))


def plan(seed: int, *, host: bool = False) -> dict[str, Any]:
    """Choose the key, the tasks to try and those that are asked later.

    Args:
        seed: Of the world.
        host: Whether the model is the one under test, which keeps to no protocol.
    """
    shown, hidden = dice(seed, "shown"), dice(seed, "hidden")
    return {
        "key": f"{dice(seed, 'key').getrandbits(96):024x}",
        "shown": [kind(shown) for kind in KINDS],
        "hidden": [kind(hidden) for kind in KINDS],
        "faults": [sums(hidden) for _ in FAULTS],
        "literal": not host,
    }


def sums(rng: random.Random) -> Task:
    """A file is written and thinned out, and its numbers are added up."""
    first, digit, name = rng.randint(2, 90), rng.randint(1, 9), file_of(rng)
    last = first + rng.randint(150, 700)
    kept = [n for n in range(first, last + 1) if str(digit) in str(n)]
    return task(
        f"Write the whole numbers from {first} to {last} into {name}.",
        f"Keep in {name} only the lines with a {digit}.",
        f"Say the sum of the numbers in {name}.",
        answer=sum(kept),
    )


def moved(rng: random.Random) -> Task:
    """A folder that was gone into and a variable that was set must live on."""
    folder, name, variable = rng.sample(NAMES, 3)
    first, last = rng.randint(2, 40), rng.randint(100, 600)
    return task(
        f"Make the folder {folder} and go into it.",
        f"Write the whole numbers from {first} to {last} into {name}.txt.",
        f"Remember the number of lines of {name}.txt as {variable}.",
        f"Make the folder {variable} and go into it.",
        f"Say the value of {variable}.",
        answer=last - first + 1,
    )


def failed(rng: random.Random) -> Task:
    """A command fails, and how it does is what counts."""
    name, other = file_of(rng), file_of(rng)
    first, last = rng.randint(2, 40), rng.randint(100, 600)
    return task(
        f"Write the whole numbers from {first} to {last} into {name}.",
        f"Try to list no-{other}.",
        "Say how that ended.",
        answer=2,
    )


def long(rng: random.Random) -> Task:
    """A command says far more than a message may hold."""
    name, last = file_of(rng), rng.randint(9000, 30000)
    return task(
        f"Write the whole numbers from {rng.randint(2, 40)} to {last} into {name}.",
        f"Show {name}.",
        "Say the last line of that.",
        answer=last,
    )


def endless(rng: random.Random) -> Task:
    """A command waits for input, and another never ends."""
    name, other = (f"{word}.txt" for word in rng.sample(NAMES, 2))
    first, last = rng.randint(2, 40), rng.randint(100, 600)
    data = "".join(f"{n}\n" for n in range(first, last + 1))
    return task(
        f"Ask for a word and put it into {other}.",
        f"Write the whole numbers from {first} to {last} into {name}.",
        f"Watch {name}.",
        f"Say the SHA-256 of {name}.",
        answer=hashlib.sha256(data.encode()).hexdigest(),
    )


def squares(rng: random.Random) -> Task:
    """Many commands, each of which takes up what came of the one before."""
    start, rest = rng.randint(100, 900), rng.choice(PRIMES)
    times = rng.randint(18, 26)
    return task(
        f"Starting from {start}, square the number and keep the rest by {rest}, "
        f"{times} times.",
        answer=pow(start, 2**times, rest),
    )


KINDS = (sums, moved, failed, long, endless, squares)


def file_of(rng: random.Random) -> str:
    """Return the name of a file."""
    return f"{rng.choice(NAMES)}.txt"


def task(*sentences: str, answer: object) -> Task:
    """Return a task as its text and its answer."""
    return {"task": " ".join(sentences), "answer": str(answer)}


def truth(seed: int, *, host: bool = False) -> dict[str, Any]:
    """Return what the checks compare with."""
    chosen = plan(seed, host=host)
    return {name: chosen[name] for name in ("hidden", "faults", "literal")}


def world(seed: int, *, host: bool = False) -> dict[str, Any]:
    """Return the content of the world: the model's key, tasks to try, and faults.

    The judge's are without their answers, as the agent's program can read them there.
    """
    chosen = plan(seed, host=host)
    asked = [*chosen["hidden"], *chosen["faults"]]
    troubled = [*chosen["faults"], chosen["shown"][0], chosen["shown"][1]]
    model = {
        "samples": {
            "agent": chosen["shown"],
            "judge": [{"task": one["task"]} for one in asked],
        },
        "faults": {
            one["task"]: FAULTS[number % len(FAULTS)]
            for number, one in enumerate(troubled)
        },
    }
    return {"sites": {"model": model}, "keys": [[chosen["key"], "model", "agent"]]}


def build(seed: int, root: Path, **settings: Any) -> None:
    """Write the agent's files below `root`."""
    folder = root / "agent"
    folder.mkdir()
    (folder / "key.txt").write_text(plan(seed, **settings)["key"] + "\n")


if __name__ == "__main__":
    build(int(sys.argv[1]), Path.cwd(), **json.loads(sys.argv[2]))
