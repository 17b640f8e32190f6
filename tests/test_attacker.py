"""Play the attacker: everything published, one's own answers, and linear programming; how close can a withheld value be come?

The attacker knows every number that the gate lets through (shares, n, totals), that groups of a breakdown make up the whole,
and their own answers. What they cannot pin down to fewer than ten persons, ten points of a share or five points of a mean
is safe. Each planted leak is shown to work without the gate first.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from compendium import results
from compendium.disclosure import Rules, protect
from compendium.intervals import share as wilson

COMMON = {"study": "s", "wave": "w", "country": "AA", "part": "p", "origin": "real", "indicator": "x"}
RULES = Rules(10)
PERSONS, POINTS_OF_SHARE, POINTS_OF_MEAN = 10, 10.0, 5.0


@dataclass(frozen=True)
class Group:
    name: str
    n: int
    exposed: int


def table(groups: list[Group]) -> pd.DataFrame:
    """Return the shares of all and of each group, as the diagnosis writes them."""
    everybody = Group("", sum(one.n for one in groups), sum(one.exposed for one in groups))
    rows = []
    for one in [everybody, *groups]:
        estimate, low, high = wilson(one.exposed, one.n)
        place = {"group_by": "g" if one.name else "", "group": one.name, "method": "share", "unit": "%"}
        rows.append(
            {**place, "estimate": 100 * estimate, "ci_low": 100 * low, "ci_high": 100 * high, "n": float(one.n)}
        )
    return results.make(rows, **COMMON)


def ranges(
    published: pd.DataFrame, names: list[str], own: str = "", largest: int = 500
) -> dict[str, tuple[float, float]]:
    """Return how many exposed persons each group may have, given all that is published and one's own (exposed) answer.

    Unknowns are the exposed and the others of each group, nought or more.
    """
    at = {name: (2 * place, 2 * place + 1) for place, name in enumerate(names)}
    equal, right = [], []

    def add(columns: list[int], value: float) -> None:
        row = np.zeros(2 * len(names))
        row[columns] = 1
        equal.append(row)
        right.append(value)

    for row in published[~published["suppressed"]].itertuples():
        exposed = round(row.estimate / 100 * row.n)
        groups = names if not row.group else [row.group]
        add([at[name][0] for name in groups], exposed)
        add([column for name in groups for column in at[name]], row.n)
    bounds = [(1 if column == at.get(own, (-1,))[0] else 0, largest) for column in range(2 * len(names))]
    found = {}
    for name in names:
        goal = np.zeros(2 * len(names))
        goal[at[name][0]] = 1
        ends = [
            linprog(
                sign * goal, A_eq=np.array(equal) if equal else None, b_eq=right or None, bounds=bounds, method="highs"
            )
            for sign in (1, -1)
        ]
        assert all(end.status == 0 for end in ends), "what is published contradicts itself"
        found[name] = (ends[0].fun, -ends[1].fun)
    return found


def naive(frame: pd.DataFrame) -> pd.DataFrame:
    """Blank what rests on too few persons, and nothing else: what most systems do."""
    shown = frame.copy()
    few = shown["n"] < RULES.minimum_cell
    shown.loc[few, list(results.BLANKED)] = np.nan
    shown.loc[few, "suppressed"] = True
    return shown


def hidden(published: pd.DataFrame) -> list[str]:
    return list(published.loc[published["suppressed"] & (published["group"] != ""), "group"])


def test_a_blank_alone_is_worked_out_and_the_gate_blanks_another_beside_it() -> None:
    groups = [Group("a", 60, 30), Group("b", 80, 25), Group("c", 7, 3)]
    leak = ranges(naive(table(groups)), ["a", "b", "c"])
    assert leak["c"] == (3, 3)  # found to the person
    guarded = protect(table(groups), RULES)
    assert len(hidden(guarded)) >= 2
    low, high = ranges(guarded, ["a", "b", "c"])["c"]
    assert high - low >= PERSONS


def test_an_extreme_share_tells_the_answer_of_everybody_in_it() -> None:
    groups = [Group("a", 60, 30), Group("b", 40, 40), Group("c", 70, 20)]
    assert ranges(naive(table(groups)), ["a", "b", "c"])["b"] == (40, 40)
    guarded = protect(table(groups), RULES)
    assert "b" in hidden(guarded)
    low, high = ranges(guarded, ["a", "b", "c"])["b"]
    assert high - low >= PERSONS


def test_an_interval_gives_its_n_and_is_blanked_with_it() -> None:
    """Without n, the width of Wilson's interval still says how many there were; a blank row keeps no interval."""
    estimate, low, high = wilson(3, 7)
    fits = [
        n for n in range(5, 200) for k in range(n + 1) if np.allclose(wilson(k, n), (estimate, low, high), atol=5e-4)
    ]
    assert fits == [7]
    guarded = protect(table([Group("a", 60, 30), Group("b", 80, 25), Group("c", 7, 3)]), RULES)
    blank = guarded[guarded["suppressed"]]
    assert blank[["estimate", "ci_low", "ci_high", "n", "n_effective"]].isna().all(axis=None)
    assert (blank["caveat"] == "").all() and (blank["flag"] == "").all()


def test_two_releases_differ_by_the_answers_of_the_newcomers() -> None:
    first, second = [Group("a", 60, 30), Group("b", 80, 25)], [Group("a", 63, 33), Group("b", 80, 25)]
    old, new = naive(table(first)), naive(table(second))
    came = ranges(new, ["a", "b"])["a"][0] - ranges(old, ["a", "b"])["a"][0]
    assert came == 3  # all three who came are exposed
    released = protect(table(first), RULES)
    guarded = protect(table(second), RULES, ledger=released)
    assert {"a", ""} <= set(guarded.loc[guarded["suppressed"], "group"])
    low, high = ranges(guarded, ["a", "b"])["a"]
    assert high - low >= PERSONS


def test_one_language_says_what_the_other_withholds() -> None:
    from compendium.disclosure import DisclosureError, hold

    groups = [Group("a", 60, 30), Group("b", 80, 25), Group("c", 7, 3)]
    guarded = protect(table(groups), RULES)
    with pytest.raises(DisclosureError):
        hold({"en": guarded, "fr": naive(table(groups))}, RULES)


@pytest.mark.parametrize("seed", range(40))
def test_no_withheld_share_is_pinned_down(seed: int) -> None:
    """Forty drawn breakdowns of three to eight groups, small ones among them; the attacker is in a hidden group, exposed."""
    rng = np.random.default_rng(seed)
    groups = []
    for name in "abcdefgh"[: rng.integers(3, 9)]:
        n = int(rng.choice([rng.integers(1, 15), rng.integers(15, 60), rng.integers(60, 200)]))
        groups.append(Group(name, n, int(rng.binomial(n, rng.uniform(0.02, 0.98)))))
    names = [one.name for one in groups]
    guarded = protect(table(groups), RULES)
    blank = hidden(guarded)
    if not blank:
        return
    own = next((one.name for one in groups if one.name in blank and one.exposed), "")
    found = ranges(guarded, names, own)
    for name in blank:
        low, high = found[name]
        assert high - low >= PERSONS - bool(own), f"{name}: {low} to {high} in {groups}"


@pytest.mark.parametrize("seed", range(25))
def test_no_withheld_mean_is_pinned_down(seed: int) -> None:
    """Means on 0-100 of drawn groups: from the total and the groups shown, a hidden mean keeps a range of five points."""
    rng = np.random.default_rng(100 + seed)
    sizes = {
        name: int(rng.choice([rng.integers(2, 12), rng.integers(12, 80)])) for name in "abcdef"[: rng.integers(3, 7)]
    }
    means = {name: float(rng.uniform(20, 80)) for name in sizes}
    everybody = sum(sizes[name] * means[name] for name in sizes) / sum(sizes.values())
    rows = [{"estimate": everybody, "n": float(sum(sizes.values())), "method": "mean", "unit": "points of 100"}]
    for name, n in sizes.items():
        place = {"group_by": "g", "group": name, "method": "mean", "unit": "points of 100"}
        rows.append({**place, "estimate": means[name], "n": float(n)})
    guarded = protect(results.make(rows, **COMMON), RULES)
    blank = hidden(guarded)
    if not blank:
        return
    shown = [name for name in sizes if name not in blank]
    left = everybody * sum(sizes.values()) - sum(sizes[name] * means[name] for name in shown)
    # an attacker who even knows how many persons each hidden group has
    for name in blank:
        others = sum(sizes[other] for other in blank if other != name)
        low = max((left - 100 * others) / sizes[name], 0.0)
        high = min(left / sizes[name], 100.0)
        if others:
            assert high - low >= POINTS_OF_MEAN, f"{name}: {low} to {high}"
        else:
            assert sizes[name] >= RULES.minimum_cell  # alone it hides no fewer than may be shown
