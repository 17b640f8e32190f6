"""Multiple imputation: pools as mice does, repairs what complete cases get wrong, never fills in what does not apply."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from numpy.testing import assert_allclose

from compendium.errors import CompendiumError
from compendium.imputation import imputations_needed, impute, pool, shifted

REFERENCE = Path(__file__).parent / "reference" / "imputation"
POOLED = ["estimate", "se", "ci_low", "ci_high", "df", "fmi", "increase"]


@pytest.mark.parametrize("case", json.loads((REFERENCE / "pooling.json").read_text()))
def test_pooling_agrees_with_mice(case: dict) -> None:
    """Estimate, error, interval, degrees of freedom and missing information of mice::pool.scalar, to 1e-8."""
    freedom = np.inf if case["freedom"] < 0 else case["freedom"]
    found = pool(case["q"], case["u"], freedom).iloc[0]
    assert_allclose(found[POOLED].to_numpy(dtype=float), [case[name] for name in POOLED], rtol=1e-8)


def test_several_quantities_are_pooled_at_once() -> None:
    """Each column by itself; where all imputations agree nothing is missing, and the interval is the plain one."""
    found = pool([[1.0, 5.0], [1.2, 5.0], [0.7, 5.0]], [[0.1, 0.25], [0.2, 0.25], [0.1, 0.25]], np.inf)
    assert found["fmi"].iloc[1] == found["increase"].iloc[1] == 0
    assert_allclose(
        found.loc[1, ["ci_low", "ci_high"]].astype(float), [5 - 1.959964 * 0.5, 5 + 1.959964 * 0.5], rtol=1e-6
    )
    assert_allclose(found.loc[0, "estimate"], pool([1.0, 1.2, 0.7], [0.1, 0.2, 0.1], np.inf)["estimate"].iloc[0])


@pytest.mark.parametrize(("q", "u"), [([1.0], [0.1]), ([1.0, 2.0], [0.1]), ([1.0, 2.0], [0.1, 0.0])])
def test_pooling_refuses_what_it_cannot_pool(q: list[float], u: list[float]) -> None:
    """One imputation, shapes that differ, a variance of nought."""
    with pytest.raises(CompendiumError, match="two or more of each"):
        pool(q, u, 10)


def _fits(frames: list[pd.DataFrame], formula: str) -> pd.DataFrame:
    fits = [smf.ols(formula, frame).fit() for frame in frames]
    found = pool([fit.params for fit in fits], [fit.bse**2 for fit in fits], fits[0].df_resid)
    return found.set_index(fits[0].params.index)


def test_agrees_with_mice_on_one_frame() -> None:
    """Numbers and a category with gaps: estimates within 0.15 of the standard error, errors within a tenth."""
    frame = pd.read_csv(REFERENCE / "gaps.csv")
    theirs = pd.read_json(REFERENCE / "mice.json").set_index("term")
    filled = impute(frame, seed=1, m=200)
    alone = [one.assign(alone=(one["status"] == "alone").astype(float)) for one in filled]
    ours = pd.concat(
        [
            _fits(filled, "strain ~ load + support + status + age").rename(
                {
                    "Intercept": "(Intercept)",
                    "status[T.employed]": "statusemployed",
                    "status[T.several]": "statusseveral",
                }
            ),
            _fits(filled, "strain ~ 1").set_axis(["mean of strain"]),
            _fits(alone, "alone ~ 1").set_axis(["share alone"]),
        ]
    ).loc[theirs.index]
    assert (np.abs(ours["estimate"] - theirs["estimate"]) < 0.15 * theirs["se"]).all()
    assert_allclose(ours["se"], theirs["se"], rtol=0.1)


def planted(seed: int, n: int = 400) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw a whole frame and the same with gaps: strain is 0.5 load + 1.0 for those alone; who has a high load, or is
    alone, answers less often about strain; status and steps have gaps by load. The mean of strain is 0.4."""
    rng = np.random.default_rng(seed)
    alone = rng.random(n) < 0.4
    load = rng.normal(size=n)
    strain = 0.5 * load + 1.0 * alone + rng.normal(size=n)
    steps = pd.Categorical.from_codes(np.digitize(strain + rng.normal(size=n), [-1, 0, 1]), list("1234"), ordered=True)
    status = np.where(alone, "alone", rng.choice(["employed", "several"], n))
    whole = pd.DataFrame({"load": load, "status": pd.Series(status, dtype="str"), "strain": strain, "steps": steps})
    frame = whole.copy()
    frame.loc[rng.random(n) < 1 / (1 + np.exp(0.6 - 1.2 * load - 0.8 * alone)), "strain"] = np.nan
    unsaid = (rng.random(n) < 1 / (1 + np.exp(1.8 - 0.8 * load))) & frame["strain"].notna()
    frame.loc[unsaid, "status"] = np.nan
    frame.loc[rng.random(n) < 0.1, "steps"] = np.nan
    return whole, frame


def estimates(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Pool the mean of strain, the share alone, and the regression of strain on load and being alone."""
    frames = [one.assign(alone=(one["status"] == "alone").astype(float)) for one in frames]
    return pd.concat(
        [_fits(frames, "strain ~ 1"), _fits(frames, "alone ~ 1"), _fits(frames, "strain ~ load + alone").iloc[1:]]
    ).set_axis(["mean", "share", "load", "alone"])


TRUTH = pd.Series({"mean": 0.4, "share": 0.4, "load": 0.5, "alone": 1.0})


def test_repairs_what_complete_cases_get_wrong() -> None:
    """Over 25 draws the pooled mean is the true one, the complete cases' is not; most intervals hold the truth."""
    errors, complete, held = [], [], []
    for seed in range(25):
        _, frame = planted(seed)
        found = estimates(impute(frame, seed, m=10, sweeps=5))
        errors.append(found["estimate"] - TRUTH)
        held.append((found["ci_low"] <= TRUTH) & (found["ci_high"] >= TRUTH))
        complete.append(frame.dropna()["strain"].mean() - TRUTH["mean"])
    assert np.mean(complete) < -0.2
    assert (np.abs(pd.DataFrame(errors).mean()) < 0.05).all()
    assert (pd.DataFrame(held).mean() > 0.85).all()


def test_what_does_not_apply_is_never_filled_in() -> None:
    """Persons whom a column is not for keep it missing, in numbers and categories; the gaps of all others are filled."""
    _, frame = planted(1)
    not_for = pd.Series(np.arange(len(frame)) % 4 == 0)
    frame.loc[not_for, ["strain", "status"]] = np.nan
    applies = pd.DataFrame({"strain": ~not_for, "status": ~not_for})
    for filled in impute(frame, 3, m=3, applies=applies):
        assert filled.loc[not_for, ["strain", "status"]].isna().all(axis=None)
        assert filled.loc[~not_for].notna().all(axis=None)
        assert filled["steps"].notna().all()


def test_only_answers_that_were_given_are_filled_in() -> None:
    """Types and answers stay as they are, gaps hold answers of others, index included; the same seed fills alike."""
    _, frame = planted(2, 200)
    frame.index = frame.index + 1000
    first, again, other = impute(frame, 5, m=2), impute(frame, 5, m=2), impute(frame, 6, m=2)
    for one, two in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(one, two)
        assert list(one.dtypes) == list(frame.dtypes)
        for name in frame:
            known = frame[name].notna()
            assert (one.loc[known, name] == frame.loc[known, name]).all()
            assert set(one[name]) <= set(frame[name].dropna())
    assert not first[0].equals(first[1])
    assert not first[0].equals(other[0])


def test_nothing_missing_nothing_filled() -> None:
    """A frame without gaps comes back as it is, as often as asked."""
    whole, _ = planted(3, 50)
    assert all(one.equals(whole) for one in impute(whole, 1, m=2))


@pytest.mark.parametrize(("gaps", "wanted"), [(0, 20), (10, 20), (33, 33), (80, 80), (100, 100)])
def test_number_of_imputations(gaps: int, wanted: int) -> None:
    """One for each per cent of persons with a gap, at least twenty; what does not apply is no gap."""
    frame = pd.DataFrame({"a": np.where(np.arange(100) < gaps, np.nan, 1.0), "b": np.nan})
    assert imputations_needed(frame, pd.DataFrame({"b": np.zeros(100, dtype=bool)})) == wanted


def test_awkward_columns_are_borne() -> None:
    """Columns that coincide, have one answer, or more categories than persons answered: filled, no warning, no crash."""
    rng = np.random.default_rng(4)
    n = 30
    frame = pd.DataFrame({"a": rng.normal(size=n), "one": 1.0, "only": pd.Series(["x"] * n, dtype="str")})
    frame["twin"] = frame["a"]
    frame["many"] = pd.Series([f"c{at}" for at in range(n)], dtype="str")
    frame["flag"] = pd.Series(rng.random(n) < 0.5, dtype="boolean")
    for at, name in enumerate(frame):
        frame.loc[[at, at + 9], name] = None
    for filled in impute(frame, 1, m=2):
        assert filled.notna().all(axis=None)


@pytest.mark.parametrize("how", [{"m": 0}, {"sweeps": 0}])
def test_refuses_no_imputation(how: dict) -> None:
    """Less than one imputation or sweep."""
    with pytest.raises(CompendiumError, match="legal is 1 or more"):
        impute(pd.DataFrame({"a": [1.0, np.nan]}), 1, **how)


def test_refuses_a_column_that_nobody_answered() -> None:
    """Nothing can be lent where nobody answered: the column is named."""
    with pytest.raises(CompendiumError, match="'silent'"):
        impute(pd.DataFrame({"a": [1.0, 2.0], "silent": [np.nan, np.nan]}), 1, m=2)


def test_shift_touches_what_was_filled_in_only() -> None:
    """Ten points more for who did not answer, nobody else."""
    _, frame = planted(5, 100)
    filled = impute(frame, 1, m=2)
    moved = shifted(filled, frame, "strain", 10)
    for before, after in zip(filled, moved, strict=True):
        assert_allclose(after["strain"] - before["strain"], 10.0 * frame["strain"].isna())
