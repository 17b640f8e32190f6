"""Alignment: planted means and shifted intercepts come back, the model behind it stays that of the configural step."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium.errors import CompendiumError
from compendium.factor_models import maximum_likelihood
from compendium.invariance import align

sys.path.append(str(Path(__file__).parent / "benchmarks"))
from alignment import ITEMS, TRUTH, answers, line


def test_planted_means_and_shifts_come_back() -> None:
    """A few of the runs of ``benchmarks/alignment.py``, whose 200 are what the documents report."""
    found = line("one in each group", 8)
    assert found["correlation_mean"] > 0.98
    assert found["shifted_flagged_pct"] >= 80
    assert found["others_flagged_pct"] <= 10
    assert found["loadings_flagged_pct"] <= 10


def test_nothing_differs_where_nothing_was_shifted() -> None:
    found = align(answers(3, "none")[0], ITEMS, "group")
    assert found.is_converged
    assert found.share_differing <= 0.04
    assert found.groups["mean"].sum() == pytest.approx(0, abs=1e-9)
    assert np.log(found.groups["sd"]).sum() == pytest.approx(0, abs=1e-9)
    assert found.groups["mean"].to_numpy() == pytest.approx(TRUTH, abs=0.25)


def test_the_aligned_model_is_the_configural_one() -> None:
    """Aligned loadings and intercepts with the groups' means and deviations give the moments of the configural model."""
    frame = answers(5, "anywhere")[0]
    found = align(frame, ITEMS, "group")
    scale = frame.groupby("group")[ITEMS].std(ddof=0).mean()
    own = [part[ITEMS] / scale for _, part in frame.groupby("group")]
    fit = maximum_likelihood.fit([maximum_likelihood.moments(part.to_numpy()) for part in own], np.ones((5, 1), bool))
    for at, (name, row) in enumerate(found.groups.set_index("group").iterrows()):
        mine = found.parameters[found.parameters["group"] == name].set_index("item").loc[ITEMS]
        implied = mine["intercept"] + mine["loading"] * row["mean"]
        assert implied.to_numpy() == pytest.approx(own[at].mean().to_numpy(), abs=1e-8)
        assert (mine["loading"] * row["sd"]).to_numpy() == pytest.approx(fit.loadings[at, :, 0], abs=1e-8)


def test_the_order_of_rows_and_the_units_of_items_change_nothing() -> None:
    frame = answers(7, "one in each group")[0]
    first = align(frame, ITEMS, "group")
    other = align(frame.sample(frac=1, random_state=1).assign(a=lambda one: 10 * one["a"] + 3), ITEMS, "group")
    assert other.groups["mean"].to_numpy() == pytest.approx(first.groups["mean"].to_numpy(), abs=1e-5)
    assert (other.parameters["intercept_differs"] == first.parameters["intercept_differs"]).all()


def test_what_cannot_be_aligned_is_refused() -> None:
    frame = answers(1, "none")[0]
    with pytest.raises(CompendiumError, match="3 items and 3 groups"):
        align(frame, ITEMS[:2], "group")
    with pytest.raises(CompendiumError, match="3 items and 3 groups"):
        align(frame[frame["group"].isin(["group 0", "group 1"])], ITEMS, "group")
    constant = frame.assign(a=frame["a"].where(frame["group"] != "group 2", 1.0))
    with pytest.raises(CompendiumError, match="does not vary"):
        align(constant, ITEMS, "group")
    few = pd.concat([frame[frame["group"] != "group 0"], frame[frame["group"] == "group 0"].head(6)])
    with pytest.raises(CompendiumError, match="too few answers"):
        align(few, ITEMS, "group")
