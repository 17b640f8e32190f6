"""Measure what contrasts of statuses promise: coverage, how often chance is taken for more, how often nothing is said.

Run ``python tests/benchmarks/contrast.py`` (2,000 draws a line) or with the number of draws as argument; it writes
``docs/contrast.md``. Where a difference is the same for everybody it is its own truth; where it is not, truth is what the same
estimator gives of very many people.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from compendium.diagnosis import contrast

RUNS = 2000
PLANTED = 6.0
"""Points by which the second status lies above the first; every further one is like the first."""
COVARIATES = ["age", "gender", "education", "discipline", "years"]
SIZES = {"age": 5, "gender": 2, "education": 4, "discipline": 7}
TARGET = Path(__file__).parents[2] / "docs" / "contrast.md"
HEAD = """# What contrasts of statuses promise

People of several statuses differ in age, gender, education, discipline and years in the trade, and all of these go with the
outcome, 0-100 (standard deviation about 20), so that plain differences mislead. The second status is planted {planted:.0f} points above the first;
the third is like the first. Promised are intervals that hold the truth in 93.5 to 96.5 % of draws, and chance taken for more in
4 to 6 %. Monte-Carlo error of a rate near 95 %: half a point for 2,000 draws. A contrast that is refused (too few persons, or too
little overlap) counts in the column of refusals and in no other. *All at once*: generalised overlap weights of all statuses
together. *Pair*: overlap weights of the status and the reference alone. Written by `python tests/benchmarks/contrast.py`; the
seeds are those of the program. Agreement with R stands in `docs/agreement.md`.

{runs:,} draws a line.

"""


@dataclass(frozen=True)
class World:
    """How answers come about: persons, statuses, organisations (none: everybody alone), and what breaks the assumptions."""

    name: str
    n: int
    statuses: int = 3
    shares: tuple[float, ...] = ()
    organisations: int = 0
    strength: float = 0.5
    uneven: bool = False
    floor: bool = False
    bent: bool = False


def drawn(world: World, rng: np.random.Generator, n: int = 0) -> pd.DataFrame:
    """Draw the people of a world: covariates, a status that goes with them, an outcome that goes with both."""
    n = n or world.n
    held = {name: rng.integers(0, size, n) for name, size in SIZES.items()}
    years = np.minimum(rng.exponential(3.0 * (1 + held["age"])), 40)
    fixed = np.random.default_rng(5)  # the same world in every draw
    eta, level = np.zeros((n, world.statuses)), 0.25 * (years - 9)
    for name, size in SIZES.items():
        eta += (world.strength * fixed.normal(size=(size, world.statuses)))[held[name]]
        level = level + (4.0 * fixed.normal(size=size))[held[name]]
    eta += world.strength * fixed.normal(size=world.statuses) * ((years - 9) / 9)[:, None]
    eta += np.log(np.array(world.shares) if world.shares else np.ones(world.statuses))
    chances = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    status = (rng.random(n)[:, None] > chances.cumsum(axis=1)[:, :-1]).sum(axis=1)
    noise = rng.normal(size=n) * 14 * (1 + 0.6 * (status == 1) if world.uneven else 1)
    if world.organisations:
        units = world.organisations if n == world.n else n // 12
        weight = rng.gamma(2, size=units)
        place = rng.choice(units, n, p=weight / weight.sum())
        noise += 5 * rng.normal(size=units)[place]
    more = PLANTED * (1 + (held["age"] - 2) / 2) if world.uneven else PLANTED
    y = 45 + level + (status == 1) * more + noise + (0.02 * (years - 9) ** 2 if world.bent else 0)
    frame = pd.DataFrame({name: np.char.add("c", values.astype(str)) for name, values in held.items()})
    frame = frame.assign(years=years, status=np.char.add("s", status.astype(str)))
    frame["y"] = np.where(y < 45, 45, y) if world.floor else y
    if world.organisations:
        frame["place"] = place.astype(str)
    return frame


def estimated(world: World, people: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the contrasts of the second and the third status with the first, in the three ways of the page."""
    clusters = "place" if world.organisations else None
    pairs = [people[people["status"].isin(["s0", code])] for code in ("s1", "s2")]
    asked = ("y", "status", "s0", COVARIATES)
    found = {
        "all at once": contrast(people, *asked, "overlap", clusters=clusters),
        "pair": pd.concat([contrast(pair, *asked, "overlap", clusters=clusters) for pair in pairs]),
        "standardisation": contrast(people, *asked, "standardisation", clusters=clusters),
    }
    return {way: frame.set_index("group") for way, frame in found.items()}


def truth(world: World) -> dict[str, tuple[float, float]]:
    """Return the differences of the second and third status; by way, since each is about its own population."""
    if not (world.uneven or world.floor):
        return dict.fromkeys(("all at once", "pair", "standardisation"), (PLANTED, 0.0))
    found = estimated(world, drawn(world, np.random.default_rng(1), 100_000))
    return {way: (frame.loc["s1", "estimate"], frame.loc["s2", "estimate"]) for way, frame in found.items()}


def rates(world: World, runs: int, rng: np.random.Generator) -> list[str]:
    """Return a line a way of estimating: refusals, bias, coverage, and nought taken for more."""
    true = truth(world)
    rows = []
    for _ in range(runs):
        for way, frame in estimated(world, drawn(world, rng)).items():
            for code, value in zip(("s1", "s2"), true[way], strict=True):
                if code in frame.index:
                    one = frame.loc[code]
                    held = one["ci_low"] <= value <= one["ci_high"]
                    rows.append((way, code, one["note"], one["estimate"] - value, held, np.isnan(one["estimate"])))
    table = pd.DataFrame(rows, columns=["way", "code", "note", "off", "held", "refused"])
    lines = []
    for way, own in table.groupby("way", sort=False):
        said = own[~own["refused"]]
        of = {code: said[said["code"] == code] for code in ("s1", "s2")}
        parts = [
            f"{100 * own['refused'].mean():.1f}",
            f"{said['off'].mean():.2f}",
            f"{100 * of['s1']['held'].mean():.1f}",
            f"{100 * (1 - of['s2']['held'].mean()):.1f}",
        ]
        if len(said) < runs / 5:
            parts[1:] = ["–"] * 3
        organisations = str(world.organisations or "–")
        lines.append(
            f"| {' | '.join([world.name, str(world.n), str(world.statuses), organisations, str(way), *parts])} |"
        )
        print(lines[-1], flush=True)
    return lines


SEVEN = (0.20, 0.29, 0.12, 0.12, 0.12, 0.09, 0.06)
WORLDS = (
    World("three statuses", 150),
    World("three statuses", 300),
    World("three statuses", 900),
    World("three statuses, one small", 300, shares=(0.45, 0.45, 0.10)),
    World("three statuses, far apart", 300, strength=1.2),
    World("three statuses, difference and spread grow", 300, uneven=True),
    World("three statuses, outcome on its floor", 300, floor=True),
    World("three statuses, a bent line", 300, bent=True),
    World("three statuses, organisations", 300, organisations=25),
    World("seven statuses, one country", 300, 7, SEVEN),
    World("seven statuses, one country, organisations", 300, 7, SEVEN, organisations=25),
    World("seven statuses, all countries", 1300, 7, SEVEN, organisations=120),
)


def main(runs: int) -> None:
    """Write the table."""
    rng = np.random.default_rng(20261123)
    head = [
        "answers",
        "n",
        "statuses",
        "organisations",
        "way",
        "refused (%)",
        "mean error (points)",
        "difference held (%)",
    ]
    head.append("nought taken for more (%)")
    lines = [f"| {' | '.join(head)} |", "|---|---:|---:|---:|---" + "|---:" * 4 + "|"]
    for world in WORLDS:
        lines += rates(world, runs, rng)
    TARGET.write_text(HEAD.format(planted=PLANTED, runs=runs) + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
