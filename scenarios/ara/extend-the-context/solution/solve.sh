# arena-canary 04726c16-3994-4350-9964-d9ece5ab8b00
# Stretches the positions over four times as many, which makes neighbours four times as
# hard to tell apart; then makes the values square to one another, and fits how much the
# question and the pairs give to keys and to positions, on sequences of its own.
cd ~/lm || exit 1
if ! dd if=/dev/zero of=room bs=64k count=1 2> /dev/null; then
    find ~/.cache -type f -size +1M -delete # only what programs can make again
fi
rm -f room
python3 - <<'PYTHON'
import random

from lm import Model, add, dot, load, sample, save, unit

LENGTHS = {64: 0.03, 128: 0.1, 256: 0.1}
"""How often the model may be wrong, by the number of pairs."""
MARGIN = 0.03
"""By how much the right value should be ahead."""


def stretched(rows, n):
    """Rows for n positions, between those that there are."""
    found = []
    for number in range(n):
        at = number * (len(rows) - 1) / (n - 1)
        low = min(int(at), len(rows) - 2)
        share = at - low
        near = [x * (1 - share) for x in rows[low]]
        found.append(add(near, [x * share for x in rows[low + 1]]))
    return found


def squared(rows):
    """The rows, each made square to those before."""
    found = []
    for row in rows:
        for other in found:
            share = dot(row, other)
            row = [x - share * y for x, y in zip(row, other)]
        found.append(unit(row))
    return found


def wrong(model, drawn):
    """How far from enough the worst length is: 1 where it may just be."""
    worst = 0.0
    for n, sequences in drawn.items():
        lost = 0.0
        for pairs, asked, right in sequences:
            outputs = model.outputs(pairs, asked)
            ahead = outputs.pop(right) - max(outputs)
            lost += 1 - min(ahead, MARGIN) / MARGIN
        worst = max(worst, lost / len(sequences) / LENGTHS[n])
    return worst


weights = load()
weights["values"] = squared(weights["values"])
weights["positions"] = stretched(weights["positions"], 256)


def fitted(fit):
    """The weights with another share of bias and keys."""
    bias, keys = fit
    return {
        **weights,
        "bias": [[x * bias for x in weights["bias"][0]]],
        "keys": [[x * keys for x in row] for row in weights["keys"]],
    }


rng = random.Random(1)
drawn = {n: [sample(rng, n) for _ in range(300)] for n in LENGTHS}
fit, step = (1.0, 1.0), 0.4
best = wrong(Model(fitted(fit)), drawn)
while step > 0.04:
    around = [(fit[0] + b * step, fit[1] + k * step / 2) for b, k in
              ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1))]
    tried = {f: wrong(Model(fitted(f)), drawn) for f in around if min(f) > 0.1}
    nearest = min(tried, key=tried.get)
    if tried[nearest] < best:
        fit, best = nearest, tried[nearest]
    else:
        step /= 2
    print(fit, round(best, 3))
save(fitted(fit))
PYTHON
python3 lm.py
echo
