# arena-canary be502edf-4019-4d44-8eb8-6a537b7fa54c
# Connected patches of the colour and its neighbour, which noise may mix up; the mean of a
# patch tells which it is. Its kind is that which fits best: what is hidden by a shape of
# another colour counts neither way. Nothing is written on the way.
cd ~ && python3 - <<'PYTHON'
import math
import random
import re
from collections import deque

WIDTH, HEIGHT, SKIP = 600, 400, len(b"P6\n600 400\n255\n")
data = open("poster.ppm", "rb").read()[SKIP:]
question = open("question.txt").read()
colour, kind = re.match(r"How many (\w+) (\w+?)s are", question).groups()
noise = int(re.search(r"off by up to (\d+)", question).group(1))
legend = {}
for line in open("legend.txt"):
    name, values = line.split(":")
    legend[name] = [int(v) for v in values.split()]
red, green, blue = data[0::3], data[1::3], data[2::3]


def close(shade):
    """Where the picture may have this colour."""
    near = [[abs(v - c) <= noise for v in range(256)] for c in shade]
    r, g, b = near
    return bytearray(r[x] and g[y] and b[z] for x, y, z in zip(red, green, blue))


def apart(first, second):
    return sum((a - b) ** 2 for a, b in zip(first, second))


# The paper is what there is most of.
counts = {}
for pixel in zip(red[::97], green[::97], blue[::97]):
    key = tuple(v // 32 for v in pixel)
    counts.setdefault(key, []).append(pixel)
most = max(counts.values(), key=len)
paper = close([sum(v) / len(most) for v in zip(*most)])
# Those that a pixel may have been as well.
mine = close(legend[colour])
for shade in legend.values():
    if all(abs(a - b) <= 2 * noise for a, b in zip(shade, legend[colour])):
        mine = bytearray(map(max, mine, close(shade)))


def patch(start):
    """The pixels that hang together with one; they are taken out."""
    mine[start] = 0
    found, queue = [], deque([start])
    while queue:
        at = queue.popleft()
        found.append(at)
        for step in (-WIDTH - 1, -WIDTH, 1 - WIDTH, -1, 1, WIDTH - 1, WIDTH, WIDTH + 1):
            if 0 <= at + step < len(mine) and mine[at + step]:
                mine[at + step] = 0
                queue.append(at + step)
    return found


def colour_of(found):
    mean = [sum(channel[at] for at in found) / len(found) for channel in (red, green, blue)]
    return min(legend, key=lambda name: apart(legend[name], mean))


COVERS = {
    "disc": lambda u, v, r: u * u + v * v <= r * r,
    "ring": lambda u, v, r: 0.36 * r * r <= u * u + v * v <= r * r,
    "square": lambda u, v, r: max(abs(u), abs(v)) <= r / math.sqrt(2),
    "triangle": lambda u, v, r: u >= -r / 2 and u + math.sqrt(3) * abs(v) <= r,
}
TURNS = {"disc": [0], "ring": [0], "square": [0, 0.4, 0.8, 1.2],
         "triangle": [0, 0.35, 0.7, 1.05, 1.4, 1.75]}
rng = random.Random(1)


def kind_of(found):
    """The kind whose best fit has the fewest pixels on the wrong side."""
    xs, ys = [at % WIDTH for at in found], [at // WIDTH for at in found]
    box = (min(xs) - 4, max(xs) + 5, min(ys) - 4, max(ys) + 5)
    around = [(x, y) for y in range(*box[2:]) for x in range(*box[:2])
              if 0 <= y < HEIGHT and 0 <= x < WIDTH and paper[y * WIDTH + x]]
    inside = list(zip(xs, ys))
    some = rng.sample(inside, min(120, len(inside))), rng.sample(around, min(120, len(around)))

    def wrong(name, fit, inside, outside):
        covers, (x, y, r, turn) = COVERS[name], fit
        cos, sin = math.cos(turn), math.sin(turn)

        def share(points):
            within = sum(
                covers(cos * (a - x) + sin * (b - y), cos * (b - y) - sin * (a - x), r)
                for a, b in points)
            return within / max(1, len(points))

        return len(xs) * (1 - share(inside)) + len(around) * share(outside)

    def fitted(name, fits, points, step, least):
        lost, fit = min((wrong(name, fit, *points), fit) for fit in fits)
        while step > least:
            turn = step / fit[2] if len(TURNS[name]) > 1 else 0
            moves = [(step, 0, 0, 0), (0, step, 0, 0), (0, 0, step, 0), (0, 0, 0, turn)]
            tried = [tuple(p + s * m for p, m in zip(fit, move))
                     for move in moves for s in (1, -1)]
            best = min((wrong(name, other, *points), other) for other in tried)
            if best[0] < lost:
                lost, fit = best
            else:
                step /= 2
        return lost, name, fit

    middles = (((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2),
               (sum(xs) / len(xs), sum(ys) / len(ys)))
    size = max(max(xs) - min(xs), max(ys) - min(ys)) / 2
    first = sorted(
        fitted(name, [(x, y, size * more, turn) for x, y in middles for more in (1, 1.2)
                      for turn in TURNS[name]], some, 3.0, 0.3)
        for name in COVERS)
    # The two that fit best are told apart by all pixels.
    return min(fitted(name, [fit], (inside, around), 1.0, 0.2)
               for _, name, fit in first[:2])[1]


kinds = []
for start in range(len(mine)):
    if mine[start]:
        found = patch(start)
        if len(found) > 60 and colour_of(found) == colour:
            kinds.append(kind_of(found))
print({k: kinds.count(k) for k in sorted(set(kinds))})
print(kinds.count(kind))
PYTHON
