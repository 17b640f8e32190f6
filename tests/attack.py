"""The attacker: everything a study publishes, set up as one linear programme for each quantity; how close does a blank come?

The attacker knows every number that went out, rounded as it went out; how many persons stand behind every number, withheld
ones included; that the groups of a breakdown and those who named no group make up the country, and that the countries, each
counting the same, make up all together. What is withheld can then be anything that all of this allows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from compendium.disclosure.gate import COUNT_UNITS

QUANTITY = ["wave", "population", "indicator", "method", "unit"]
HALF_STEP = 0.005
"""Numbers go out in whole per cents or points: half of one, as a part of 1."""
COLUMNS = ["country", "indicator", "method", "group_by", "group", "n", "low", "high"]


@dataclass
class _Programme:
    """Sums of persons (or of values from 0 to 1 over persons) as unknowns, and what binds them."""

    places: dict[tuple[str, str, str], int] = field(default_factory=dict)
    n: list[float] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def unknown(self, key: tuple[str, str, str], n: float) -> int:
        if key not in self.places:
            self.places[key] = len(self.n)
            self.n.append(n)
        return self.places[key]

    def bind(self, weights: dict[int, float], low: float, high: float) -> None:
        self.rows.append((weights, low, high))

    def solver(self) -> Callable[[dict[int, float]], tuple[float, float]]:
        """Return what gives the smallest and the largest value of a weighted sum of unknowns."""
        if not self.rows:  # nothing was published that binds anything
            return lambda weights: (0.0, sum(weight * self.n[place] for place, weight in weights.items()))
        cells = [(i, j, value) for i, (row, _, _) in enumerate(self.rows) for j, value in row.items()]
        i, j, value = (np.array(part) for part in zip(*cells, strict=True))
        half = coo_array((value, (i, j)), shape=(len(self.rows), len(self.n))).tocsr()
        matrix = vstack([half, -half]).tocsr()
        limits = np.concatenate([[row[2] for row in self.rows], [-row[1] for row in self.rows]])
        bounds = [(0, one) for one in self.n]

        def ends(weights: dict[int, float]) -> tuple[float, float]:
            goal = np.zeros(len(self.n))
            goal[list(weights)] = list(weights.values())
            found = [linprog(sign * goal, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs") for sign in (1, -1)]
            assert all(one.status == 0 for one in found), f"what is published contradicts itself: {found[0].message}"
            return found[0].fun, -found[1].fun

        return ends


def attack(shown: pd.DataFrame, truth: pd.DataFrame, pooled: str = "") -> pd.DataFrame:
    """Attack every withheld share, mean and count of a study.

    Parameters
    ----------
    shown : pandas.DataFrame
        All that is published, after the gate and rounded: shares in per cent, means in points of 100, counts.
    truth : pandas.DataFrame
        The same rows before the gate; only their n is used, which the attacker is allowed to know.
    pooled : str
        Code of all countries together, each counting the same.

    Returns
    -------
    pandas.DataFrame
        ``country indicator method group_by group n low high``: a row for each withheld number, with the smallest and the largest
        value (0-100; of a count, per cent of its country's whole, which is its n) that all published numbers allow.
    """
    found = [row for rows in _quantities(truth) for row in _attack_one(shown.loc[rows.index], rows, pooled)]
    return pd.DataFrame(found, columns=COLUMNS)


def _quantities(truth: pd.DataFrame) -> Iterator[pd.DataFrame]:
    share_or_mean = truth["unit"].isin(["%", "points of 100"]) & truth["method"].isin(["share", "mean"])
    is_count = truth["unit"].isin(COUNT_UNITS) & (truth["method"] == "count")
    people = (truth["threshold_id"] == "") & truth["estimate"].notna() & (truth["origin"] != "context")
    for _, rows in truth[(share_or_mean | is_count) & people].groupby(QUANTITY, sort=False):
        whole = _of_the_whole(rows) if rows["method"].iloc[0] == "count" else rows
        if len(whole):
            yield whole


def _of_the_whole(counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts as parts of their country's whole, where it is counted too."""
    whole = counts[counts["group_by"] == ""].drop_duplicates("country").set_index("country")["estimate"]
    known = counts[counts["country"].isin(whole.index[whole > 0])]
    return known.assign(n=known["country"].map(whole))


def _key(row: object, pooled: str) -> tuple[str, str, str]:
    """Return country, breakdown and group; a group that is a country is that country."""
    if row.country == pooled and row.group_by == "country":
        return row.group, "", ""
    return row.country, row.group_by, row.group


def _attack_one(shown: pd.DataFrame, truth: pd.DataFrame, pooled: str) -> Iterator[tuple]:
    is_count = truth["method"].iloc[0] == "count"
    n = {_key(row, pooled): float(row.n) for row in truth.itertuples()}
    # how many persons a group holds; of counts the attacker knows which breakdowns leave nobody out, and which countries a cell is of
    size = {_key(row, pooled): float(row.estimate) for row in truth.itertuples()} if is_count else n
    known: dict[tuple[str, str, str], float] = {}
    for row in shown.itertuples():
        if not row.suppressed:
            key = _key(row, pooled)
            known.setdefault(key, row.estimate / (n[key] if is_count else 100))
    blanks = [key for key in n if key not in known]
    if not blanks:
        return
    programme = _Programme()
    countries = sorted({key[0] for key in n if key[0] != pooled and key[1] == ""})
    parts = {key: programme.unknown(key, persons) for key, persons in n.items() if key[0] != pooled}
    for country in countries:
        _breakdowns(programme, country, n, size)
    sums = {key: {place: 1.0} for key, place in parts.items()}
    for key in [key for key in n if key[0] == pooled]:
        weights = _together(key, countries, size, parts, is_count)
        if weights is None:  # a group of all together that no country shows: an unknown of its own
            weights = {programme.unknown(key, n[key]): 1.0}
        sums[key] = weights
    half = 0.0 if is_count else HALF_STEP
    for key, share in known.items():
        low, high = ((share + side * half) * n[key] for side in (-1, 1))
        programme.bind(sums[key], low - 1e-7, high + 1e-7)
    indicator, method, ends = truth["indicator"].iloc[0], truth["method"].iloc[0], programme.solver()
    for key in blanks:
        low, high = ends(sums[key])
        yield (key[0], indicator, method, key[1], key[2], n[key], 100 * low / n[key], 100 * high / n[key])


def _breakdowns(
    programme: _Programme,
    country: str,
    n: dict[tuple[str, str, str], float],
    size: dict[tuple[str, str, str], float],
) -> None:
    """Bind the groups of each breakdown to their country, with those who named no group between them."""
    whole = programme.places[(country, "", "")]
    for variable in sorted({key[1] for key in n if key[0] == country and key[1]}):
        groups = [key for key in n if key[:2] == (country, variable)]
        rest = size[(country, "", "")] - sum(size[key] for key in groups)
        if rest < -0.5:
            continue  # groups that overlap: no breakdown
        most = rest if n is size or rest < 0.5 else n[(country, "", "")]
        nobody = programme.unknown((country, variable, "\0none"), max(most, 0.0))
        programme.bind({whole: -1.0, nobody: 1.0, **{programme.places[key]: 1.0 for key in groups}}, 0.0, 0.0)


def _together(
    key: tuple[str, str, str],
    countries: list[str],
    size: dict[tuple[str, str, str], float],
    parts: dict[tuple[str, str, str], int],
    is_count: bool,
) -> dict[int, float] | None:
    """Return the weights of the countries' sums in that of all together, where every country counts the same."""
    own = {(country, *key[1:]): size[(country, "", "")] for country in countries if (country, *key[1:]) in size}
    if not own or abs(sum(size[one] for one in own) - size[key]) > 0.5:
        return None
    if is_count:
        return {parts[one]: 1.0 for one in own}
    weights = {one: 1 / whole for one, whole in own.items()}
    scale = size[key] / sum(weights[one] * size[one] for one in own)
    return {parts[one]: scale * weight for one, weight in weights.items()}
