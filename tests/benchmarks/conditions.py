"""Measure what the page of conditions promises: coverage of associations, parts and products, and how often chance is taken for more.

Run ``python tests/benchmarks/conditions.py`` (2,000 draws a line) or with the number of draws as argument; it writes
``docs/conditions.md``. Truth is what the same rules give of 400,000 persons in 40,000 organisations.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.diagnosis.calls import ratio_rows
from compendium.diagnosis.dominance import dominance, explained, shapley
from compendium.diagnosis.regression import design_of, regress, regress_each, standardised
from compendium.persons import Persons

RUNS = 2000
WEIGHTS = (0.38, 0.22, 0.18, 0.15, 0.12, 0.0)
"""Planted weights of six exposures; the last one is nought."""
PRODUCT = 0.12
CUTS = (-1.15, -0.25, 0.65, 1.5)
LOADING = 0.72
SHARED, BETWEEN = 0.25, 0.07
"""Parts of each exposure that all but the last have in common, and that lie between organisations."""
TARGET = Path(__file__).parents[2] / "docs" / "conditions.md"
HEAD = """# What the page of conditions promises

Six exposures of five questions each, with answers from 1 to 5, that go together, and an outcome of the same kind;
people come through organisations of very unequal size and resemble each other there; four ages are adjusted for. The
last exposure has no weight and nothing in common with the others: what is found of it is chance (were it to go with the
others, the errors of measurement of those would leave it a weight). Truth is what the same rules give of 400,000
persons in 40,000 organisations. Promised are intervals that hold the truth in 93.5 to 96.5 % of draws, and chance taken
for more in 4 to 6 %. Monte-Carlo error of a rate near 95 %: half a point for 2,000 draws. Written by `python
tests/benchmarks/conditions.py`; the seeds are those of the program. Agreement with R's packages stands in
`docs/agreement.md`.

"""


@dataclass(frozen=True)
class World:
    """How answers come about: persons, organisations (none: everybody alone), and what breaks the assumptions."""

    name: str
    n: int
    organisations: int
    product: float = 0.0
    bent: bool = False
    uneven: bool = False
    floor: bool = False


class People(NamedTuple):
    """Scores of the exposures, score of the outcome, age, and place."""

    scores: pd.DataFrame
    outcome: pd.Series
    age: pd.DataFrame
    place: pd.Series | None


def scored(latent: np.ndarray, rng: np.random.Generator, shift: float = 0.0) -> np.ndarray:
    """Return a score of 0-100 from five questions."""
    own = np.sqrt(1 - LOADING**2)
    items = [np.searchsorted(CUTS, LOADING * latent - shift + own * rng.normal(size=len(latent))) for _ in range(5)]
    return 25 * np.mean(items, axis=0)


def drawn(world: World, rng: np.random.Generator, n: int = 0, organisations: int = 0) -> People:
    """Draw the people of a world."""
    n = n or world.n
    units = (organisations or world.organisations) if world.organisations else n
    sizes = rng.gamma(2, size=units)
    place = rng.choice(units, n, p=sizes / sizes.sum()) if world.organisations else np.arange(n)
    age, common = rng.integers(0, 4, n), rng.normal(size=n)
    latent = np.column_stack(
        [
            np.sqrt(shared) * common
            + np.sqrt(BETWEEN) * rng.normal(size=units)[place]
            + np.sqrt(1 - shared - BETWEEN) * rng.normal(size=n)
            + 0.1 * (age - 1.5)
            for shared in (*[SHARED] * (len(WEIGHTS) - 1), 0.0)
        ]
    )
    first, second = latent[:, 0], latent[:, 1]
    spread = 0.7 * (1 + 0.4 * np.abs(first)) if world.uneven else 0.7
    outcome = latent @ np.array(WEIGHTS) + world.product * first * second + 0.15 * (age - 1.5)
    outcome = outcome + (0.15 * first**2 if world.bent else 0.0)
    outcome = outcome + np.sqrt(BETWEEN) * rng.normal(size=units)[place] + spread * rng.normal(size=n)
    names = [f"x{at}" for at in range(len(WEIGHTS))]
    return People(
        pd.DataFrame(np.column_stack([scored(one, rng) for one in latent.T]), columns=names),
        pd.Series(scored(outcome / 1.1, rng, 1.2 if world.floor else 0.0)),
        pd.DataFrame({"age": age.astype(str)}),
        pd.Series(place.astype(str)) if world.organisations else None,
    )


def with_product(people: People) -> tuple[pd.Series, pd.DataFrame]:
    """Return the outcome and the predictors of a product as the page has them."""
    scaled = standardised(people.scores.assign(y=people.outcome), None)
    first, second = scaled["x0"], scaled["x1"]
    own = {"a": first, "b": second, "product": first * second, "aa": first**2, "bb": second**2}
    return scaled["y"], pd.concat([pd.DataFrame(own), scaled[[f"x{at}" for at in range(2, len(WEIGHTS))]]], axis=1)


def truth(world: World) -> tuple[np.ndarray, np.ndarray, float]:
    """Return associations, parts and the product of very many people."""
    people = drawn(world, np.random.default_rng(1), 400_000, 40_000)
    scaled = standardised(people.scores.assign(y=people.outcome), None)
    columns = np.column_stack([design_of(people.age), scaled])
    associations = np.linalg.lstsq(columns[:, :-1], columns[:, -1], rcond=None)[0][-len(WEIGHTS) :]
    by_subset = explained((columns.T @ columns)[None], len(WEIGHTS))
    response, predictors = with_product(people)
    wide = np.column_stack([predictors, design_of(people.age)])
    return (
        associations,
        (shapley(by_subset) / by_subset[:, -1])[0],
        float(np.linalg.lstsq(wide, response, rcond=None)[0][2]),
    )


def one_draw(
    world: World, rng: np.random.Generator, true: tuple[np.ndarray, np.ndarray, float]
) -> dict[str, float | np.ndarray]:
    """Return what one draw holds of the truth, and what it takes for more than chance."""
    people = drawn(world, rng)
    scaled = standardised(people.scores.assign(y=people.outcome), None)
    found = regress(scaled["y"], scaled[list(people.scores)], people.age, None, people.place) or []
    parts = dominance(
        scaled["y"], scaled[list(people.scores)], people.age, None, people.place, seed=int(rng.integers(1e9))
    )
    response, predictors = with_product(people)
    wanted = np.zeros((1, predictors.shape[1]))
    wanted[0, 2] = 1
    ((product,),) = regress_each([response], predictors, people.age, None, people.place, wanted) or [[None]]
    held = np.full(len(WEIGHTS), np.nan)
    if parts is not None and not np.isnan(parts.low[0]):
        held = ((parts.low <= true[1]) & (true[1] <= parts.high)).astype(float)
    return {
        "association": np.mean([c.low <= v <= c.high for c, v in zip(found, true[0], strict=True)]),
        "null": found[-1].p < 0.05,
        "freedom": found[0].freedom,
        "part": held.mean(),
        "largest": held[0],
        "divided": not np.isnan(held[0]),
        "product": product.low <= true[2] <= product.high,
        "product told": product.p < 0.05,
    }


def called(rng: np.random.Generator, n: int, organisations: int) -> pd.DataFrame:
    """Draw calls answered, hours and calls won: skewed, alike within organisations; who answers many is quick, wins less."""
    place = rng.integers(0, organisations, n)
    habit = np.exp(0.3 * rng.normal(size=organisations))[place]
    answered = 1 + rng.poisson(habit * rng.gamma(1.0, 3.0, n))
    hours = answered * 20 * rng.gamma(2.0, 0.5, n) / np.sqrt(habit)
    won = rng.binomial(answered, 0.3 * np.exp(-0.03 * answered))
    return pd.DataFrame({"place": place.astype(str), "answered": answered, "hours": hours, "won": won}).astype(
        {"answered": float, "won": float}
    )


RATIOS = {"hours a call": ("hours", "answered"), "calls won": ("won", "answered"), "hours a call won": ("hours", "won")}


def ratios(n: int, organisations: int, runs: int, rng: np.random.Generator) -> dict[str, float]:
    """Return how often the interval of each ratio of sums holds the truth."""
    sums = called(np.random.default_rng(1), 400_000, 40_000).drop(columns="place").sum()
    held: dict[str, list[bool]] = {name: [] for name in RATIOS}
    for _ in range(runs):
        own = called(rng, n, organisations)
        persons = Persons(own, clusters="place")
        for name, (over, under) in RATIOS.items():
            ((_, row),) = ratio_rows(persons, own[over], own[under])
            held[name].append(row["ci_low"] <= sums[over] / sums[under] <= row["ci_high"])
    return {name: 100 * float(np.mean(values)) for name, values in held.items()}


def rates(world: World, runs: int, rng: np.random.Generator) -> pd.Series:
    """Return the mean of everything that is measured in one world."""
    true = truth(world)
    found = pd.DataFrame([one_draw(world, rng, true) for _ in range(runs)]).astype(float).mean()
    return pd.concat([found, pd.Series({"true product": true[2]})])


WORLDS = (
    World("everybody alone", 150, 0),
    World("everybody alone", 300, 0),
    World("few organisations", 200, 10),
    World("organisations", 150, 15),
    World("organisations", 300, 25),
    World("organisations", 1000, 60),
    World("organisations, spread grows with exposure", 300, 25, uneven=True),
    World("organisations, outcome on its floor", 300, 25, floor=True),
    World("organisations, a bent line", 300, 25, bent=True),
    World("organisations, a product", 300, 25, product=PRODUCT),
    World("organisations, a product", 1000, 60, product=PRODUCT),
)
COLUMNS: dict[str, tuple[str, Callable[[float], float]]] = {
    "associations held (%)": ("association", lambda v: 100 * v),
    "nought taken for more (%)": ("null", lambda v: 100 * v),
    "degrees of freedom": ("freedom", lambda v: v),
    "draws divided (%)": ("divided", lambda v: 100 * v),
    "parts held (%)": ("part", lambda v: 100 * v),
    "largest part held (%)": ("largest", lambda v: 100 * v),
    "true product": ("true product", lambda v: v),
    "product held (%)": ("product", lambda v: 100 * v),
    "product told from nought (%)": ("product told", lambda v: 100 * v),
}


def main(runs: int) -> None:
    """Write the tables."""
    rng = np.random.default_rng(20261123)
    lines = [HEAD + f"## Associations, parts, products\n\n{runs:,} draws a line.\n"]
    lines += [
        f"| answers | n | organisations | {' | '.join(COLUMNS)} |",
        "|---|---:|---:" + "|---:" * len(COLUMNS) + "|",
    ]
    for world in WORLDS:
        found = rates(world, runs, rng)
        numbers = " | ".join(
            f"{change(found[name]):.{2 if name == 'true product' else 1}f}" for name, change in COLUMNS.values()
        )
        line = f"| {world.name} | {world.n} | {world.organisations or '–'} | {numbers} |"
        print(line, flush=True)
        lines.append(line)
    lines.append(
        "\nAn outcome on its floor makes a product that the persons do not have: it is one in the points of the scale, and is "
        "found as such. The page says so. Squares of both exposures stand in the regression, so that a bent line makes none."
    )
    lines += [f"\n## Ratios of sums\n\n{runs:,} draws a line.\n", f"| n | organisations | {' | '.join(RATIOS)} |"]
    lines.append("|---:|---:" + "|---:" * len(RATIOS) + "|")
    rng = np.random.default_rng(20261124)
    for n, organisations in ((60, 12), (180, 25), (180, 180), (900, 100)):
        held = ratios(n, organisations, runs, rng)
        lines.append(f"| {n} | {organisations} | {' | '.join(f'{value:.1f}' for value in held.values())} |")
        print(lines[-1], flush=True)
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
