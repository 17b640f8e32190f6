"""The attacker holds all countries, their groups and all of them together at once: nothing withheld is pinned down."""

import numpy as np
import pandas as pd
import pytest
from attack import attack

from compendium import results
from compendium.disclosure import Rules, protect
from compendium.disclosure.rounding import rounded
from compendium.intervals import equal_weights

RULES, POOLED = Rules(10), "ALL"
COUNTRIES = ("P", "Q", "R", "S")


def _study(seed: int) -> pd.DataFrame:
    """Draw answers of four countries and estimate shares and means of all, of groups, and of all countries together."""
    rng = np.random.default_rng(seed)
    people = []
    for country in COUNTRIES:
        n = int(rng.integers(60, 260))
        groups = rng.choice(list("abcdef"), n, p=rng.dirichlet(np.full(6, 0.7)))
        level = dict(zip("abcdef", rng.uniform(0.03, 0.9, 6), strict=True))
        hit = rng.random(n) < np.array([level[code] for code in groups])
        score = 100 * rng.beta(2, 3, n)
        people.append(pd.DataFrame({"country": country, "g": groups, "hit": hit, "score": score}))
    answers = pd.concat(people, ignore_index=True)
    rows = []
    for country in (*COUNTRIES, POOLED):
        own = answers if country == POOLED else answers[answers["country"] == country]
        weights = equal_weights(own["country"])
        for code in ("", *sorted(own["g"].unique())):
            inside = own["g"].eq(code).to_numpy() if code else np.ones(len(own), bool)
            for method, unit, column, factor in (("share", "%", "hit", 100), ("mean", "points of 100", "score", 1)):
                estimate = factor * np.average(own[column][inside].astype(float), weights=weights[inside])
                place = {"country": country, "group_by": "g" if code else "", "group": code, "n": float(inside.sum())}
                rows.append({**place, "indicator": column, "method": method, "unit": unit, "estimate": estimate})
            persons = float(inside.sum())
            rows.append(
                {**place, "indicator": "people", "method": "count", "unit": "respondents", "estimate": persons}
            )
    return results.make(rows, study="s", wave="w", part="p", origin="real")


def _narrow(found: pd.DataFrame) -> pd.DataFrame:
    """Return what is open by less than is promised."""
    width = (found["high"] - found["low"]).where(found["method"] != "count", (found["high"] - found["low"]) * found["n"] / 100)
    return found[width < found["method"].map({"share": 10.0, "mean": 5.0, "count": 10.0}) - 1e-9]


@pytest.mark.parametrize("seed", range(12))
def test_nothing_withheld_is_pinned_down_by_all_that_is_published(seed: int) -> None:
    truth = _study(seed)
    shown = rounded(protect(truth, RULES, pooled=POOLED))
    narrow = _narrow(attack(shown, truth, POOLED))
    # What all together withhold only beside another blank follows from countries that show it: it shows nobody. All else is open.
    keys = ["country", "indicator", "group_by", "group"]
    why = narrow.merge(shown[[*keys, "suppression_reason"]], on=keys, validate="one_to_one")
    beside = (why["country"] == POOLED) & (why["suppression_reason"] == "complement")
    assert beside.all(), why[~beside].to_string()


def test_the_attack_is_one_without_the_gate_it_finds_single_persons() -> None:
    bare = []
    for seed in range(6):
        truth = _study(seed)
        shown = truth.copy()
        few = shown["n"] < RULES.minimum_cell
        shown.loc[few, list(results.BLANKED)] = np.nan
        shown.loc[few, "suppressed"] = True
        bare.append(_narrow(attack(rounded(shown), truth, POOLED)))
    found = pd.concat(bare)
    assert (found["n"] < RULES.minimum_cell).sum() >= 3, "groups of a few persons, told to some points"


def test_the_truth_is_always_among_what_is_feasible() -> None:
    truth = _study(3)
    found = attack(rounded(protect(truth, RULES, pooled=POOLED)), truth, POOLED)
    keys = ["country", "indicator", "group_by", "group"]
    true = found.merge(truth[[*keys, "estimate"]], on=keys, validate="one_to_one")
    assert len(true) == len(found) > 0
    is_count = true["method"] == "count"
    estimate = true["estimate"].where(~is_count, 100 * true["estimate"] / true["n"])
    assert (true["low"] - 1e-6 <= estimate).all() and (estimate <= true["high"] + 1e-6).all()


def test_all_together_withhold_beside_the_countries_what_they_do_among_them() -> None:
    truth = _study(5)
    is_pooled = truth["country"] == POOLED
    alone, beside = truth[is_pooled], truth[~is_pooled]
    shown = protect(alone, RULES, pooled=POOLED, beside=beside)
    among = protect(truth, RULES, pooled=POOLED)[is_pooled]
    assert shown["suppressed"].tolist() == among["suppressed"].tolist() and shown.index.equals(alone.index)
    assert shown["suppressed"].sum() > protect(alone, RULES, pooled=POOLED)["suppressed"].sum()


def test_countries_that_a_product_of_all_together_holds_itself_do_not_hide_their_own_blanks() -> None:
    counts = pd.DataFrame({"group": ["a", "b", "c"], "estimate": [60.0, 35.0, 5.0]})
    own = results.make(
        counts.assign(country="P", group_by="g", n=100.0, indicator="x", unit="respondents", method="count").to_dict("records"),
        study="s", wave="w", part="p", origin="real",
    )  # fmt: skip
    shown = protect(own, RULES, pooled=POOLED, beside=own)
    assert shown["suppressed"].tolist() == [False, True, True]
