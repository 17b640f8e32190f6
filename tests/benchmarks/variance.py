"""Measure what shares of variance promise: bias and coverage of their intervals, for one level and for two.

Run ``python tests/benchmarks/variance.py`` (2,000 draws a line) or with the number of draws as argument; it writes
``docs/variance.md``.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from compendium.diagnosis import variance_shares
from compendium.diagnosis.variance import corrected

RUNS = 2000
LOWEST, HIGHEST = 93.5, 96.5
TARGET = Path(__file__).parents[2] / "docs" / "variance.md"
HEAD = """# What shares of variance promise

Persons belong to groups of very uneven size; a planted share of the variance of their outcome lies between the groups. *Crossed*:
every group of one level may have persons of every group of the other. *Nested*: the groups of the second level lie within those
of the first. *Five steps*: the outcome is cut to a scale of five answers; truth is then what a million persons give.
*Skewed*: persons and groups differ by exponential amounts. Promised are intervals that hold the truth in 93.5 to 96.5 % of
draws. Where the truth is nought, at the edge of what is possible, an interval of two sides can miss on one side only: it may hold
the truth in up to 100 % of draws, the safe side. One level of fewer than ten groups has the exact F interval; all others have
profile-likelihood intervals. Monte-Carlo error of a rate near 95 %: half a point for 2,000 draws, one and a half for 200.
*Corrected* shares are of the variance without the error of measurement, the reliability being known. Written by
`python tests/benchmarks/variance.py`; the seeds are those of the program. Agreement with lme4 stands in `docs/agreement.md`.

{runs:,} draws a line.

"""


@dataclass(frozen=True)
class World:
    """Groups at one or two levels with planted shares; how far the outcome is from normal; its reliability."""

    name: str
    groups: tuple[int, ...]
    shares: tuple[float, ...]
    n: int = 300
    nested: bool = False
    shape: str = "normal"
    reliability: float = 1.0


WORLDS = [
    *(World(f"{count} groups", (count,), (share,)) for count in (5, 30) for share in (0.0, 0.05, 0.2)),
    World("30 groups, five steps", (30,), (0.2,), shape="steps"),
    World("30 groups, skewed", (30,), (0.2,), shape="skewed"),
    World("5 groups, skewed", (5,), (0.2,), shape="skewed"),
    World("30 groups, reliability 0.8, corrected", (30,), (0.2,), reliability=0.8),
    World("30 and 12 groups, crossed", (30, 12), (0.15, 0.1)),
    World("30 and 12 groups, crossed", (30, 12), (0.15, 0.0)),
    World("30 and 5 groups, crossed", (30, 5), (0.15, 0.05)),
    World("30 and 5 groups, crossed", (30, 5), (0.15, 0.0)),
    World("5 groups that hold 30, nested", (5, 30), (0.05, 0.1), nested=True),
    World("5 groups that hold 30, nested", (5, 30), (0.0, 0.1), nested=True),
]


def drawn(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the people of a world."""
    amount = (
        (lambda size: rng.exponential(size=size) - 1)
        if world.shape == "skewed"
        else (lambda size: rng.normal(size=size))
    )
    finest = world.groups[-1]
    weight = rng.gamma(2, size=finest)
    last = rng.choice(finest, world.n, p=weight / weight.sum())
    places = [last % count if world.nested else rng.integers(0, count, world.n) for count in world.groups[:-1]]
    places.append(last)
    y = np.sqrt(1 - sum(world.shares)) * amount(world.n)
    for place, count, share in zip(places, world.groups, world.shares, strict=True):
        y += np.sqrt(share) * amount(count)[place]
    y += np.sqrt(1 / world.reliability - 1) * rng.normal(size=world.n)
    if world.shape == "steps":
        y = np.digitize(y, [-1.15, -0.25, 0.65, 1.5]).astype(float)
    return pd.DataFrame({"y": y, **{f"level {at}": place for at, place in enumerate(places)}})


def truth(world: World) -> list[float]:
    """Return the shares of the levels and of the residual that the intervals are to hold."""
    shares = list(world.shares)
    if world.shape == "steps":  # of two persons of one group, how alike the answers are
        rng = np.random.default_rng(1)
        group, one, other = rng.normal(size=(3, 1_000_000))
        a, b = (
            np.digitize(np.sqrt(shares[0]) * group + np.sqrt(1 - shares[0]) * own, [-1.15, -0.25, 0.65, 1.5])
            for own in (one, other)
        )
        shares = [float(np.corrcoef(a, b)[0, 1])]
    return [*shares, 1 - sum(shares)]


def lines(world: World, runs: int) -> list[str]:
    """Return a line a level: mean share, coverage, misses on either side, mean width."""
    rng, true, found = np.random.default_rng(20261122), truth(world), []
    while len(found) < runs:
        people = drawn(world, rng)
        levels = [name for name in people if name != "y"]
        shares = variance_shares(people, "y", levels)
        found.append(corrected(shares, world.reliability)[["share", "ci_low", "ci_high"]].to_numpy())
    numbers = np.array(found)
    rows = []
    for at, value in enumerate(true[:-1] if len(true) == 2 else true):
        share, low, high = numbers[:, at].T
        above, below = 100 * (low > value).mean(), 100 * (high < value).mean()
        held = 100 - above - below
        verdict = "holds" if LOWEST <= held <= HIGHEST else "safe side" if held > HIGHEST else "breaks"
        level = "residual" if at == len(true) - 1 else f"{world.groups[at]} groups"
        rows.append(
            f"| {world.name} | {level} | {value:.3f} | {share.mean():.3f} | {held:.1f} | {above:.1f} / {below:.1f} "
            f"| {(high - low).mean():.3f} | {verdict} |"
        )
    return rows


def write(runs: int) -> None:
    """Run every world and write the table."""
    table = [
        "| world | share of | truth | mean share | held, % | interval above / below the truth, % | mean width | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for world in WORLDS:
        found = lines(world, runs)
        print(*found, sep="\n", flush=True)
        table += found
    TARGET.write_text(HEAD.format(runs=runs) + "\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
