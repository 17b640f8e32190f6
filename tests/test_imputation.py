"""Multiple imputation: pools as mice does, repairs what complete cases get wrong, never fills in what does not apply."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from agreement import agrees
from benchmarks.imputation import TRUTH, complete, planted, pooled
from numpy.testing import assert_allclose

from compendium import disclosure, results, text
from compendium.cleaning.gaps import by_group
from compendium.diagnosis import imputed, regression
from compendium.diagnosis.associations import adjusted_associations
from compendium.diagnosis.conditions import outcome_rows
from compendium.diagnosis.imputed import imputed_rows
from compendium.errors import CompendiumError
from compendium.imputation import imputations_needed, impute, pool, shifted
from compendium.persons import Persons
from compendium.sheets import imputed as sheets
from compendium.sheets import risks
from compendium.study.elements import Rules
from compendium.study.questionnaire_file import load_questionnaire

REFERENCE = Path(__file__).parent / "reference" / "imputation"
POOLED = ["estimate", "se", "ci_low", "ci_high", "df", "fmi", "increase"]


@pytest.mark.parametrize("case", json.loads((REFERENCE / "pooling.json").read_text()))
def test_pooling_agrees_with_mice(case: dict) -> None:
    """Estimate, error, interval, degrees of freedom and missing information of mice::pool.scalar, to 1e-8."""
    freedom = np.inf if case["freedom"] < 0 else case["freedom"]
    found = pool(case["q"], case["u"], freedom).iloc[0]
    theirs = [case[name] for name in POOLED]
    agrees("imputation.pool", "R mice 3.15.0 pool.scalar", found[POOLED].to_numpy(dtype=float), theirs, rel=1e-8)


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


def _fits(frames: list[pd.DataFrame], outcome: str, names: list[str]) -> pd.DataFrame:
    fits = [sm.OLS(one[outcome].to_numpy(), one[names].to_numpy()).fit() for one in frames]
    return pool([fit.params for fit in fits], [fit.bse**2 for fit in fits], fits[0].df_resid).set_index(pd.Index(names))


def test_agrees_with_mice_on_one_frame() -> None:
    """Numbers and a category with gaps: estimates within 0.15 of the standard error, errors within a tenth."""
    theirs = pd.read_json(REFERENCE / "mice.json").set_index("term")
    filled = [
        one.assign(constant=1.0, **{code: (one["status"] == code).astype(float) for code in set(one["status"])})
        for one in impute(pd.read_csv(REFERENCE / "gaps.csv"), seed=1, m=200)
    ]
    ours = pd.concat(
        [
            _fits(filled, "strain", ["constant", "load", "support", "employed", "several", "age"]),
            _fits(filled, "strain", ["constant"]),
            _fits(filled, "alone", ["constant"]),
        ]
    ).set_axis(theirs.index)
    assert (np.abs(ours["estimate"] - theirs["estimate"]) < 0.15 * theirs["se"]).all()
    assert_allclose(ours["se"], theirs["se"], rtol=0.1)


def test_repairs_what_complete_cases_get_wrong() -> None:
    """Over forty draws the pooled mean is the true one, the complete cases' is not; most intervals hold the truth."""
    truth = pd.Series(TRUTH)
    errors, from_complete, held = [], [], []
    for seed in range(40):
        _, frame = planted(np.random.default_rng(seed), 400)
        found = pooled(impute(frame, seed, m=10, sweeps=5))
        errors.append(found["estimate"] - truth)
        held.append((found["ci_low"] <= truth) & (found["ci_high"] >= truth))
        from_complete.append(complete(frame).loc["mean", "estimate"] - TRUTH["mean"])
    assert np.mean(from_complete) < -0.2
    assert (np.abs(pd.DataFrame(errors).mean()) < 0.05).all()
    assert (pd.DataFrame(held).mean() > 0.85).all()


def test_what_does_not_apply_is_never_filled_in() -> None:
    """Persons whom a column is not for keep it missing, in numbers and categories; the gaps of all others are filled."""
    _, frame = planted(np.random.default_rng(1), 400)
    not_for = pd.Series(np.arange(len(frame)) % 4 == 0)
    frame.loc[not_for, ["strain", "status"]] = np.nan
    applies = pd.DataFrame({"strain": ~not_for, "status": ~not_for})
    for filled in impute(frame, 3, m=3, applies=applies):
        assert filled.loc[not_for, ["strain", "status"]].isna().all(axis=None)
        assert filled.loc[~not_for].notna().all(axis=None)
        assert filled["steps"].notna().all()


def test_only_answers_that_were_given_are_filled_in() -> None:
    """Types and answers stay as they are, gaps hold answers of others, index included; the same seed fills alike."""
    _, frame = planted(np.random.default_rng(2), 200)
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
    whole, _ = planted(np.random.default_rng(3), 50)
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
    _, frame = planted(np.random.default_rng(5), 100)
    filled = impute(frame, 1, m=2)
    moved = shifted(filled, frame, "strain", 10)
    for before, after in zip(filled, moved, strict=True):
        assert_allclose(after["strain"] - before["strain"], 10.0 * frame["strain"].isna())


CORE = load_questionnaire("core", "test")


def _surveyed(seed: int, n: int = 500, silent: str = "") -> pd.DataFrame:
    """Draw scores, statuses and situations: exhaustion is 0.6 intensity + 8 points for sole traders; who is intense, or
    where asked (``"exhausted"``) exhausted itself, leaves exhaustion out more often."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.choice(CORE.codes(name), n) for name in ("age_band", "gender", "education")})
    frame["population"], frame["consent_health"] = "active", "yes"
    frame["status"] = rng.choice(list(CORE.codes("status"))[:4], n)
    for measure in CORE.measures.values():
        frame[f"score_{measure.id}"] = rng.normal(50, 15, n)
        for item in measure.items:
            frame[item] = "3"
    intensity = frame["score_exposure_intensity"]
    frame["score_exhaustion"] = 20 + 0.6 * intensity + 8.0 * (frame["status"] == "sole_trader") + rng.normal(0, 10, n)
    pull = frame["score_exhaustion"] if silent == "exhausted" else intensity
    out = rng.random(n) < 1 / (1 + np.exp(1.5 - (pull - pull.mean()) / 15))
    frame.loc[out, "score_exhaustion"] = np.nan
    frame.loc[rng.random(n) < 0.05, "status"] = np.nan
    return frame


def _found(frame: pd.DataFrame) -> pd.DataFrame:
    return results.make(imputed_rows(Persons(frame), CORE, ["exhaustion"], 7, 10), origin="synthetic")


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return _found(_surveyed(1))


def test_filled_in_estimates_stand_beside_those_of_who_answered(found: pd.DataFrame) -> None:
    """Every exposure and status, on all who were asked, close to the estimate of those who answered, with its own p."""
    frame = _surveyed(1)
    answered = results.make(outcome_rows(Persons(frame), CORE, "exhaustion", 7), origin="synthetic")
    answered = answered[answered["method"].isin(("adjusted association", "adjusted difference"))]
    filled = found[found["method"] == "multiple imputation"]
    both = answered.merge(filled, on=["group_by", "group", "reference_group", "unit", "estimand"], suffixes=("", "_in"))
    assert len(both) == len(answered) == len(filled)
    assert (both["n"] < both["n_in"]).all()
    by_exposure = both["group_by"] == "exposure"
    assert (both.loc[by_exposure, "n_in"] == len(frame)).all()
    half = (both["ci_high"] - both["ci_low"]) / 2
    assert (np.abs(both["estimate"] - both["estimate_in"]) < half).all()
    assert both["p_adjusted_in"].between(0, 1).all()
    assert filled["caveat"].ne("").all()


def test_what_it_rests_on_is_said(found: pd.DataFrame) -> None:
    """The number of imputations follows the share of persons with a gap; a share of each variance is due to gaps."""
    gaps = _surveyed(1)[["score_exhaustion", "status"]].isna().any(axis=1).mean()
    assert set(found.loc[found["method"] == "imputations", "estimate"]) == {np.ceil(100 * gaps)}
    due = found[found["method"] == "variance due to missing answers"]
    assert len(due) == (found["method"] == "multiple imputation").sum()
    assert due["estimate"].between(1, 60).all()


def test_a_shift_is_the_estimate_from_shifted_answers(found: pd.DataFrame) -> None:
    """The curve through three fits gives what fitting the shifted answers gives; no shift gives the estimate itself."""
    frame = _surveyed(1)
    completed = imputed._complete(Persons(frame), CORE, ["exhaustion"], 7)
    assert completed is not None
    exposures = [one for one in CORE.measures if one.startswith("exposure_")]
    everybody = pd.Series(True, index=frame.index)
    ten = 10.0 * frame["score_exhaustion"].isna()
    fits = [adjusted_associations(one, CORE, "exhaustion", exposures, everybody, [ten]) for one in completed.persons]
    by_hand = pool([[c.estimate for c in fit[0]] for fit in fits], [[c.error**2 for c in fit[0]] for fit in fits], 400)
    shift = found[(found["estimand"] == imputed.SHIFTS[10.0]) & (found["group_by"] == "exposure")]
    order = shift.set_index("group").loc[exposures]
    assert_allclose(order["estimate"], by_hand["estimate"], rtol=1e-9)
    assert_allclose(order["ci_low"], by_hand["ci_low"], rtol=0.02, atol=0.002)


def test_a_tipping_point_is_where_the_reading_changes(found: pd.DataFrame) -> None:
    """At the tipping point the interval changes sides, one step nearer to nought it does not; intensity has one: were
    the silent far less exhausted, who are the more exposed, what goes with it would be gone."""
    tipping = found[(found["method"] == "tipping point") & (found["group"] == "exposure_intensity")]["estimate"].item()
    assert -50 <= tipping < 0
    assert (found.loc[found["method"] == "tipping point", "estimate"].isna()).any()
    assert set(found.loc[(found["method"] == "tipping point") & found["estimate"].isna(), "caveat"]) == {
        imputed.UNTIPPED
    }


def test_a_shift_can_undo_silence_of_the_exhausted() -> None:
    """Where the most exhausted stay silent the association is too weak, filled in or not; shifted upwards less so."""
    plain, moved = [], []
    for seed in range(6):
        found = _found(_surveyed(seed, silent="exhausted"))
        rows = found[found["group"] == "exposure_intensity"]
        plain.append(rows.loc[rows["method"] == "multiple imputation", "estimate"].item())
        moved.append(rows.loc[rows["estimand"] == imputed.SHIFTS[10.0], "estimate"].item())
    assert np.mean(moved) > np.mean(plain) + 0.03


def test_nothing_missing_gives_no_rows() -> None:
    """Where all who were asked answered, there is nothing beside the estimates; who was not asked is no gap."""
    frame = _surveyed(2).dropna(ignore_index=True)
    assert _found(frame).empty
    silent = frame.index[:40]
    items = list(CORE.measures["exhaustion"].items)
    frame.loc[silent, [*items, "score_exhaustion"]] = np.nan
    assert _found(frame.assign(consent_health=np.where(frame.index < 40, "no", "yes"))).empty


def test_who_was_asked_and_left_it_out_is_filled_in() -> None:
    """The same silence with consent given is a gap."""
    frame = _surveyed(2).dropna(ignore_index=True)
    frame.loc[frame.index[:40], [*CORE.measures["exhaustion"].items, "score_exhaustion"]] = np.nan
    found = _found(frame)
    assert (found.loc[found["group_by"] == "exposure", "n"] == len(frame)).all()


def test_errors_agree_with_statsmodels() -> None:
    """HC2 where all are alone, with gaps in the covariates: coefficients and errors to 1e-10."""
    rng = np.random.default_rng(3)
    n = 400
    x = pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"])
    covariates = pd.DataFrame({"text": rng.choice(list("pqrs"), n), "number": rng.normal(size=n)})
    covariates.loc[:20, "text"] = None
    covariates.loc[50:52, "text"] = "rare"
    covariates.loc[:30, "number"] = np.nan
    y = pd.Series(x.sum(axis=1) + rng.normal(size=n) * (1 + x["a"].abs()))
    design = np.column_stack([x, regression.design_of(covariates)])
    fit = sm.OLS(y.to_numpy(), design).fit(cov_type="HC2")
    found = regression.regress(y, x, covariates)
    assert_allclose([c.estimate for c in found], fit.params[:2], rtol=1e-10)
    assert_allclose([c.error for c in found], fit.bse[:2], rtol=1e-10)


def _sheet(rows: pd.DataFrame) -> risks.Sheet:
    return risks.open_sheet(SimpleNamespace(questionnaire=CORE), rows, text.load("en"), lambda column, code: code)


@pytest.fixture(scope="module")
def everything(found: pd.DataFrame) -> pd.DataFrame:
    answered = results.make(outcome_rows(Persons(_surveyed(1)), CORE, "exhaustion", 7), origin="synthetic")
    return results.concat([answered, found])


def test_the_page_says_what_would_read_otherwise(everything: pd.DataFrame) -> None:
    """Each estimate beside its like; one whose interval comes to hold nought is named, and only that one."""
    table = sheets.side_by_side(_sheet(everything), "exhaustion")
    assert table is not None
    assert len(table.frame) == (everything["method"] == "multiple imputation").sum()
    assert (
        "Had everybody who was asked answered everything"
        in sheets.what_would_change(_sheet(everything), "exhaustion").text
    )
    turned = everything.copy()
    one = (turned["method"] == "multiple imputation") & (turned["group"] == "exposure_intensity")
    turned.loc[one, ["estimate", "ci_low", "ci_high"]] = [0.1, -0.1, 0.3]
    said = sheets.what_would_change(_sheet(turned), "exhaustion").text
    assert "“Intensity and working time”" in said
    reads = sheets.side_by_side(_sheet(turned), "exhaustion").frame.set_index("Group")["Reads"]
    assert reads["Intensity and working time"] == "otherwise: the interval would hold nought"


def test_what_the_gate_withholds_stays_withheld(everything: pd.DataFrame) -> None:
    """Too few persons of a status: no number of theirs, from answers or filled in, reaches the page."""
    few = everything["group"] == "sole_trader"
    rows = disclosure.protect(everything.assign(n=everything["n"].where(~few, 4.0)), Rules(10))
    line = sheets.side_by_side(_sheet(rows), "exhaustion").frame.set_index("Group").loc["sole_trader"]
    assert not any(any(sign.isdigit() for sign in cell) for cell in line.astype(str))


def test_the_page_without_anything_filled_in(everything: pd.DataFrame) -> None:
    """A sentence and no table where no answer is missing; the reason where the study does not ask."""
    answered = everything[everything["method"].isin(("adjusted association", "adjusted difference"))]
    assert sheets.side_by_side(_sheet(answered), "exhaustion") is None
    assert sheets.what_would_change(_sheet(answered), "exhaustion").text.startswith("Nothing is shown here")
    assert "does not measure it" in sheets.what_would_change(_sheet(everything.iloc[:0]), "exhaustion").text


def test_a_person_alone_in_a_category_does_no_harm() -> None:
    """One person of a rare kind would be fitted exactly; errors stay finite, with and without that person."""
    rng = np.random.default_rng(8)
    x, y = pd.DataFrame({"a": rng.normal(size=200)}), pd.Series(rng.normal(size=200))
    kind = pd.Series(rng.choice(list("pq"), 200))
    kind[7] = "rare"
    with_one, without = (
        regression.regress(y[kept], x[kept], pd.DataFrame({"kind": kind[kept]}))
        for kept in (kind.notna(), kind != "rare")
    )
    assert with_one is not None
    assert without is not None
    assert with_one[0].error == pytest.approx(without[0].error, rel=0.05)


def test_who_is_missing_is_told_by_status() -> None:
    """Counted by hand: empty questions among those asked, and no answer at all, refused or left out, among the active."""
    items = list(CORE.measures["exhaustion"].items)
    kept = pd.DataFrame({"status": ["sole_trader"] * 4 + ["permanent_employee"] * 2, "population": "active"})
    kept.loc[3, "population"] = "organisation"
    kept[items] = "3"
    kept.loc[[0, 3], items] = np.nan
    kept[list(CORE.measures["wellbeing"].items)] = "3"
    empty = kept[items].isna()
    rows = pd.DataFrame(by_group(kept, "status", pd.DataFrame(True, empty.index, items), empty, CORE))
    found = rows.set_index(["indicator", "group"])["estimate"]
    assert found["left_empty", "sole_trader"] == pytest.approx(50)
    assert found["silent_exhaustion", "sole_trader"] == pytest.approx(100 / 3)
    assert found["silent_exhaustion", "permanent_employee"] == 0
    assert rows.set_index(["indicator", "group"])["n"]["silent_exhaustion", "sole_trader"] == 3


def test_too_few_gaps_are_not_shown_beside_who_answered() -> None:
    """The two estimates side by side would tell who kept silent: fewer gaps than the minimum leave rows without numbers."""
    frame = _surveyed(1)
    gaps = int(frame["score_exhaustion"].isna().sum())
    found = results.make(imputed_rows(Persons(frame), CORE, ["exhaustion"], 7, gaps + 50), origin="synthetic")
    assert found["estimate"].isna().all()
    assert set(found["reason"]) == {"fewer persons left a gap than may be shown"}
    assert sheets.side_by_side(_sheet(found), "exhaustion") is None
