"""Draw answers whose making is known: independent, continuous, or from planted groups."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import adjusted_rand_score

from compendium.collection.synthetic import declared_truth

LOADINGS = (0.6, 0.75)
SHARES = np.array([0.34, 0.28, 0.22, 0.16])
LARGE = 20_000

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Planted(NamedTuple):
    """Shares of some groups and the probabilities of the answers in each: item -> groups x answers."""

    shares: Floats
    chances: dict[str, Floats]
    names: dict[str, list[str]]

    def draw(self, n: int, seed: int) -> tuple[pd.DataFrame, Whole]:
        """Return answers and the group that each person was drawn from."""
        generator = np.random.default_rng(seed)
        group = generator.choice(len(self.shares), n, p=self.shares)
        drawn = {}
        for item, table in self.chances.items():
            place = (generator.random(n)[:, None] > table.cumsum(axis=1)[group]).sum(axis=1)
            drawn[item] = np.array(self.names[item])[place.clip(max=table.shape[1] - 1)]
        return pd.DataFrame(drawn), group

    def bayes(self, data: pd.DataFrame) -> Whole:
        """Return the likeliest group of each person by the truth itself."""
        logs = np.tile(np.log(self.shares), (len(data), 1))
        for item, table in self.chances.items():
            place = pd.Categorical(data[item], categories=self.names[item]).codes
            logs += np.log(np.maximum(table, 1e-12)).T[place]
        return logs.argmax(axis=1)


def independent(n: int, seed: int) -> pd.DataFrame:
    """Answers that have nothing to do with each other: eight items of two to five answers."""
    generator = np.random.default_rng(seed)
    odds = [generator.dirichlet(np.full(2 + item % 4, 4.0)) for item in range(8)]
    return pd.DataFrame({f"q{item}": generator.choice(len(p), n, p=p).astype(str) for item, p in enumerate(odds)})


def factors(
    n: int, seed: int, items: int, steps: int, dimensions: int = 1, skew: float = 0.0, is_normal: bool = True
) -> pd.DataFrame:
    """Cut quantities that share a factor into steps; items of several factors take turns."""
    generator = np.random.default_rng(seed)
    drawn = generator.normal(size=(n, dimensions)) if is_normal else generator.exponential(size=(n, dimensions)) - 1
    answers = {}
    for item in range(items):
        loading = LOADINGS[item // dimensions % len(LOADINGS)]
        value = loading * drawn[:, item % dimensions] + np.sqrt(1 - loading**2) * generator.normal(size=n)
        bounds = stats.norm.ppf(np.arange(1, steps) / steps) + skew + 0.3 * (item % 3 - 1)
        answers[f"q{item}"] = np.digitize(value, bounds)
    return pd.DataFrame(answers)


@cache
def classes(target: float, seed: int) -> Planted:
    """Plant four classes in ten items of four answers, as sharp as makes Bayes' rule agree with them as much as wanted."""
    generator = np.random.default_rng(seed)
    base, own = 0.3 * generator.normal(size=(10, 1, 4)), generator.normal(size=(10, 4, 4))

    def made(sharp: float) -> Planted:
        odds = np.exp(base + sharp * own)
        tables = odds / odds.sum(axis=2, keepdims=True)
        names = {f"v{item}": list("abcd") for item in range(10)}
        return Planted(SHARES, dict(zip(names, tables, strict=True)), names)

    low, high = 0.3, 3.0
    while high - low > 0.005:
        middle = (low + high) / 2
        data, group = made(middle).draw(LARGE, seed)
        low, high = (middle, high) if adjusted_rand_score(group, made(middle).bayes(data)) < target else (low, middle)
    return made(high)


@cache
def study() -> Planted:
    """Return the four profiles of people with an activity that the study's synthetic answers plant."""
    declared = declared_truth()
    groups = declared["profiled_populations"]["active"]
    made = [declared["profiles"][group] for group in groups]
    chances, names = {}, {}
    for variable, shares in made[0].items():
        if variable == "activities":
            for option in shares:
                ticked = np.array([one[variable][option] for one in made])
                chances[option], names[option] = np.stack([1 - ticked, ticked], axis=1), ["no", "yes"]
            continue
        names[variable] = list(dict.fromkeys(code for one in made for code in one[variable]))
        table = np.array([[one[variable].get(code, 0.0) for code in names[variable]] for one in made], dtype=float)
        chances[variable] = table / table.sum(axis=1, keepdims=True)
    shares = np.array([declared["default"]["profile_shares"][group] for group in groups])
    return Planted(shares / shares.sum(), chances, names)


def dependent(data: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Let two pairs of items hang together beyond the classes: one person in six answers the second as the first."""
    copied, generator = data.copy(), np.random.default_rng([seed, 1])
    for first, second in (("v0", "v1"), ("v2", "v3")):
        copies = generator.random(len(data)) < 1 / 6
        copied.loc[copies, second] = data.loc[copies, first]
    return copied


Plants = tuple[str, Callable[[int], Planted], bool]
PLANTS: list[Plants] = [
    *[
        (f"four classes, Bayes' rule at {target:.2f}", lambda seed, target=target: classes(target, seed), False)
        for target in (0.95, 0.90, 0.80)
    ],
    ("four classes at 0.90, two pairs dependent", lambda seed: classes(0.90, seed), True),
    ("four profiles like the study's own", lambda seed: study(), False),
]
