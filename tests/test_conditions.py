"""What goes with what: errors as clubSandwich has them, shares as from all orders, truth found again, silence said."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees

from compendium.diagnosis.regression import regress, regress_each

REFERENCE = Path(__file__).parent / "reference" / "conditions"
PEOPLE = pd.read_csv(REFERENCE / "people.csv")
VALUES = json.loads((REFERENCE / "values.json").read_text())
X = PEOPLE[list("abcd")]
AGE = PEOPLE[["age"]]
WEIGHTS = PEOPLE["w"].to_numpy()
PRODUCT = X.assign(ac=PEOPLE["a"] * PEOPLE["c"])


@pytest.mark.parametrize(
    ("case", "predictors", "weights", "clusters"),
    [
        ("weighted_clustered", X, WEIGHTS, PEOPLE["place"]),
        ("plain_clustered", X, None, PEOPLE["place"]),
        ("product_clustered", PRODUCT, WEIGHTS, PEOPLE["place"]),
        ("alone", X, WEIGHTS, None),
    ],
)
def test_errors_agree_with_clubsandwich(
    case: str, predictors: pd.DataFrame, weights: np.ndarray | None, clusters: pd.Series | None
) -> None:
    """Nine unequal organisations, or everybody alone; weighted or not: coefficients, CR2 errors, Satterthwaite degrees."""
    found = regress(PEOPLE["y"], predictors, AGE, weights, clusters) or []
    for quantity in ("estimate", "error", "freedom"):
        ours = [getattr(one, quantity) for one in found]
        agrees(f"diagnosis.regress: {quantity}", "R clubSandwich 0.5.8 CR2", ours, VALUES[case][quantity], rel=1e-9)


def test_a_slope_agrees_with_clubsandwich() -> None:
    """The slope of one exposure where another is one unit high: a combination of two coefficients."""
    combination = np.array([[1.0, 0, 0, 0, 1.0]])
    found = regress_each([PEOPLE["y"]], PRODUCT, AGE, WEIGHTS, PEOPLE["place"], combination) or [[]]
    numbers = [found[0][0].estimate, found[0][0].error, found[0][0].freedom]
    theirs = [VALUES["slope"][quantity] for quantity in ("estimate", "error", "freedom")]
    agrees("diagnosis.regress: simple slope", "R clubSandwich 0.5.8 CR2", numbers, theirs, rel=1e-9)


def test_one_organisation_tells_nothing_of_chance() -> None:
    """All through one organisation: no coefficient rather than one without an honest error."""
    assert regress(PEOPLE["y"], X, AGE, clusters=pd.Series("g1", index=PEOPLE.index)) is None
