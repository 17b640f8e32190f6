"""Estimates under a design against R (survey), their limits, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from compendium.errors import CompendiumError
from compendium.estimation import (
    estimate_mean,
    estimate_quantile,
    estimate_ratio,
    estimate_regression,
    estimate_share,
    estimate_total,
    rao_scott,
    side_by_side,
)
from compendium.weighting import Margin, Total, calibrate, poststratify, rake, trim

SHARED = Path(__file__).parents[2] / "shared" / "reference"
OURS = Path(__file__).parent / "reference" / "survey"
needs_reference = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the reference values of R are not beside this repository"
)
R = "R survey 4.1-1"
NAMES = {"simple": "mean"}
DESIGN = {"weights": "weight", "strata": "stratum", "clusters": "cluster", "fpc": "fpc"}
STRATIFIED = {"weights": "pw", "strata": "stype", "fpc": "fpc"}
CLUSTERED = {"weights": "pw", "clusters": "dnum", "fpc": "fpc"}


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return pd.read_csv(OURS / "answers.csv")


@pytest.fixture(scope="module")
def expected() -> dict[str, list]:
    """Estimates by survey 4.1-1 under R 4.2.2, script beside them."""
    return json.loads((OURS / "survey.json").read_text(encoding="utf-8"))["estimates"]


@pytest.fixture(scope="module")
def schools() -> dict:
    """California schools (survey 4.1-1, `apistrat`, `apiclus1`) and R's estimates."""
    return json.loads((SHARED / "survey_raking.json").read_text()) | {
        name: pd.read_csv(SHARED / "data" / f"api{name}.csv") for name in ("strat", "clus1")
    }


def numbers(row: pd.DataFrame, *names: str) -> list[float]:
    return row[list(names or ("estimate", "se"))].iloc[0].tolist()


def test_linear_estimates_agree_with_r(answers, expected):
    found = {
        "mean": numbers(estimate_mean(answers, "income", **DESIGN), "estimate", "se", "deff"),
        "total": numbers(estimate_total(answers, "income", **DESIGN), "estimate", "se", "deff"),
        "share": numbers(estimate_share(answers, "member", **DESIGN)),
        "ratio": numbers(estimate_ratio(answers, "income", "hours", **DESIGN)),
        "simple": numbers(estimate_mean(answers.assign(size=5000), "hours", fpc="size"), "estimate", "se", "deff"),
    }
    for name, values in found.items():
        agrees(f"estimation.estimate_{NAMES.get(name, name)}: estimate, error", R, values, expected[name], rel=1e-9)


@pytest.mark.parametrize(
    ("rule", "interval"),
    [("math", "mean"), ("school", "mean"), ("hf7", "mean"), ("math", "xlogit"), ("math", "beta"), ("math", "asin")],
)
def test_quantiles_agree_with_r(rule, interval, answers, expected):
    rows = estimate_quantile(answers, "income", [0.1, 0.5, 0.9], rule=rule, interval=interval, **DESIGN)
    assert rows["probability"].tolist() == [0.1, 0.5, 0.9]
    found = rows[["estimate", "ci_low", "ci_high", "se"]]
    given = np.array(expected[f"quantile_{rule}_{interval}"], dtype=float)
    known = np.isfinite(given)
    assert (np.isfinite(found.to_numpy()) == known).all()
    what = f"estimation.estimate_quantile, {interval}: estimate, interval, error"
    agrees(what, R, found.to_numpy()[known], given[known], rel=1e-9)


def test_every_rule_of_quantiles_agrees_with_r(answers, expected):
    tied = answers.assign(hours=answers["hours"].round().where(answers["income"].notna()))
    for name, variable in (("rules", "income"), ("rules_tied", "hours")):
        for rule, column in zip([f"hf{k}" for k in range(1, 10)], np.transpose(expected[name]), strict=True):
            rows = estimate_quantile(tied, variable, [0.1, 0.5, 0.9], rule=rule, **DESIGN)
            agrees("estimation.estimate_quantile, rules hf1 to hf9: estimate", R, rows["estimate"], column, rel=1e-9)


def test_rules_of_quantiles_without_weights_are_those_of_numpy():
    frame = pd.DataFrame({"x": [3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0, 6.0]})
    same = {
        "hf1": "inverted_cdf",
        "hf2": "averaged_inverted_cdf",
        "hf4": "interpolated_inverted_cdf",
        "hf5": "hazen",
        "hf6": "weibull",
        "hf7": "linear",
        "hf8": "median_unbiased",
        "hf9": "normal_unbiased",
    }
    for rule, method in same.items():
        rows = estimate_quantile(frame, "x", [0.2, 0.25, 0.5, 0.7, 0.875], rule=rule)
        expected = np.quantile(frame["x"], [0.2, 0.25, 0.5, 0.7, 0.875], method=method)
        np.testing.assert_allclose(rows["estimate"], expected, err_msg=rule)


def test_domains_agree_with_r(answers, expected):
    found = {
        "by_mean": estimate_mean(answers, "income", by="age", **DESIGN),
        "by_total": estimate_total(answers, "income", by="age", **DESIGN),
        "by_share": estimate_share(answers[answers["income"].notna()], "member", by="age", **DESIGN),
        "by_ratio": estimate_ratio(answers, "income", "hours", by="age", **DESIGN),
    }
    for name, rows in found.items():
        assert rows["group"].tolist() == ["middle", "old", "young"]
        what = f"estimation.estimate_{name.removeprefix('by_')} by domain: estimate, error"
        agrees(what, R, np.ravel(rows[["estimate", "se"]]), np.ravel(expected[name]), rel=1e-9)
    median = estimate_quantile(answers, "income", by="age", **DESIGN)[["estimate", "ci_low", "ci_high", "se"]]
    what = "estimation.estimate_quantile by domain: estimate, interval, error"
    agrees(what, R, np.ravel(median), np.ravel(expected["by_quantile"]), rel=1e-9)


def test_a_lonely_primary_unit_agrees_with_r_by_each_rule(answers, expected):
    first = answers.iloc[0]
    few = answers[(answers["stratum"] != first["stratum"]) | (answers["cluster"] == first["cluster"])]
    design = {"weights": "weight", "strata": "stratum", "clusters": "cluster"}
    found = [
        estimate_mean(few, "hours", lonely_psu=rule, **design)["se"].iloc[0] for rule in ("adjust", "remove", "average")
    ]
    agrees("estimation.estimate_mean, lonely primary units: error", R, found, expected["lonely"], rel=1e-9)
    assert numbers(estimate_mean(few, "hours", **design), "se") == pytest.approx([expected["lonely"][0]])
    with pytest.raises(CompendiumError, match=f"stratum {first['stratum']!r} has one primary unit"):
        estimate_mean(few, "hours", lonely_psu="fail", **design)
    with pytest.raises(CompendiumError, match="lonely_psu='drop' is not legal; legal are adjust"):
        estimate_mean(few, "hours", lonely_psu="drop", **design)


def test_trimmed_weights_agree_with_r(answers, expected):
    design = {**DESIGN, "weights": trim(answers["weight"], 9, 35)}
    found = numbers(estimate_mean(answers, "hours", **design))
    agrees("weighting.trim, then estimation.estimate_mean", R, found, expected["trimmed_mean"], rel=1e-9)


def test_a_design_is_given_by_names_by_series_or_by_plain_values(answers):
    by_name = estimate_mean(answers, "income", **DESIGN)
    for form in (lambda column: column, lambda column: column.to_numpy(), list):
        design = {role: form(answers[name]) for role, name in DESIGN.items()}
        pd.testing.assert_frame_equal(estimate_mean(answers, "income", **design), by_name)
    with pytest.raises(CompendiumError, match="weights hold 2 values for 240 answers"):
        estimate_mean(answers, "income", weights=[1, 2])


def test_score_interval_holds_the_values_that_a_test_does_not_reject(answers):
    row = estimate_quantile(answers, "income", 0.5, interval="score", **DESIGN)
    t = stats.t.ppf(0.975, 21)
    for bound, place in (("ci_low", -1), ("ci_high", -1)):
        values = np.sort(answers["income"].dropna().unique())
        at = row[bound].iloc[0]
        before = values[np.searchsorted(values, at) + place]
        limit = -t if bound == "ci_low" else t
        z = []
        for value in (before, at):
            below = answers["income"].le(value).astype(float).where(answers["income"].notna())
            share, se = numbers(estimate_mean(answers.assign(below=below), "below", **DESIGN))
            z.append((share - 0.5) / se)
        assert z[0] < limit <= z[1]


def test_regression_and_association_agree_with_r(answers, expected):
    found = estimate_regression(answers, "income", ["hours", "member", "sex"], **DESIGN)
    what = "estimation.estimate_regression: estimate, error, t, p"
    agrees(what, R, np.ravel(found[["estimate", "se", "t", "p"]]), np.ravel(expected["regression"]), rel=1e-8)
    shape = ("f", "df_numerator", "df_denominator", "p")
    for name, variables in (("association", ("age", "field")), ("two", ("sex", "member"))):
        test = numbers(rao_scott(answers, *variables, **DESIGN), *shape)
        agrees("estimation.rao_scott: F, degrees of freedom, p", R, test, expected[name], rel=1e-8)


def test_estimates_with_calibrated_weights_agree_with_r(answers, expected):
    sex = Margin({"f": 3000, "m": 2300}, "p", "s")
    counts = dict(zip([(s, a) for s in "fm" for a in ("young", "middle", "old")], [12, 12, 6, 9, 9, 5], strict=True))
    cells = poststratify(
        answers, {("sex", "age"): Margin({k: 100 * v for k, v in counts.items()}, "p", "s")}, answers["weight"]
    )
    linear = calibrate(answers, {"sex": sex, "hours": Total(172000, "p", "s")}, answers["weight"])
    for name, variable, weights, on in (
        ("poststratified", "hours", cells, [("sex", "age")]),
        ("linear", "member", linear, ["sex", "hours"]),
    ):
        design = {**DESIGN, "weights": weights, "calibrated_on": on, "base_weights": "weight"}
        found = numbers(estimate_mean(answers, variable, **design))
        how = {"poststratified": "poststratify", "linear": "calibrate, linear"}[name]
        agrees(f"weighting.{how}, then estimation.estimate_mean: estimate, error", R, found, expected[name], rel=1e-9)


def test_everything_after_raking_agrees_with_r(answers, expected):
    """Base weights differ within every margin: what the raked weights remember is what R's survey subtracts."""
    shares = {"sex": "f m", "age": "young middle old", "field": "image stage text"}
    counts = {"sex": (3000, 2300), "age": (2000, 2100, 1200), "field": (1900, 1800, 1600)}
    known = {name: Margin(dict(zip(shares[name].split(), counts[name], strict=True)), "p", "s") for name in shares}
    design = {**DESIGN, "weights": rake(answers, known, "weight")}
    given = expected["after_raking"]
    old = answers.assign(old=(answers["age"] == "old").astype(int))
    rows = estimate_mean(old, "income", by="old", **design)[["estimate", "se"]]
    median = estimate_quantile(answers, "income", **design)[["estimate", "ci_low", "ci_high", "se"]]
    slopes = estimate_regression(answers, "income", ["hours", "member"], **design)[["estimate", "se", "t", "p"]]
    test = rao_scott(answers, "member", "age", **design)[["f", "df_numerator", "df_denominator", "p"]]
    for name, what, found in (
        ("domain", "estimate_mean by domain: estimate, error", rows),
        ("quantile", "estimate_quantile: estimate, interval, error", median),
        ("regression", "estimate_regression: estimate, error, t, p", slopes),
        ("association", "rao_scott: F, degrees of freedom, p", test),
    ):
        agrees(f"weighting.rake, then estimation.{what}", R, np.ravel(found), np.ravel(given[name]), rel=1e-8)


@needs_reference
def test_schools_in_strata_agree_with_r(schools):
    strat = schools["strat"]

    def same(name, found, expected):
        agrees(f"estimation.estimate_{name}: estimate, error", R, found, expected, rel=1e-8)

    for row in schools["api_strat_mean"]:
        same("mean", numbers(estimate_mean(strat, row["stat"], **STRATIFIED)), [row["mean"], row["SE"]])
    row = schools["api_strat_total"][0]
    same("total", numbers(estimate_total(strat, "enroll", **STRATIFIED)), [row["total"], row["enroll"]])
    same("ratio", numbers(estimate_ratio(strat, "api.stu", "enroll", **STRATIFIED)), schools["api_strat_ratio"])
    quartiles = estimate_quantile(strat, "api00", [0.25, 0.5, 0.75], **STRATIFIED)
    found = quartiles[["estimate", "ci_low", "ci_high", "se"]].to_numpy().T.ravel()
    agrees(
        "estimation.estimate_quantile, mean: estimate, interval, error",
        R,
        found,
        schools["api_strat_quantile"],
        rel=1e-9,
    )
    slopes = estimate_regression(strat, "api00", ["ell", "meals", "mobility"], **STRATIFIED)
    reference = pd.DataFrame(schools["api_strat_svyglm"])[["Estimate", "Std. Error", "t value", "Pr(>|t|)"]]
    what = "estimation.estimate_regression: estimate, error, t, p"
    agrees(what, R, np.ravel(slopes[["estimate", "se", "t", "p"]]), np.ravel(reference), rel=1e-8)
    rows = estimate_mean(strat, "api00", by="stype", **STRATIFIED)
    reference = pd.DataFrame(schools["api_strat_by"]).set_index("stype").loc[rows["group"], ["api00", "se"]]
    same("mean by domain", np.ravel(rows[["estimate", "se"]]), np.ravel(reference))


@needs_reference
def test_schools_in_clusters_agree_with_r(schools):
    clus1 = schools["clus1"]
    row = schools["api_clus1_mean"][0]
    found = numbers(estimate_mean(clus1, "api00", **CLUSTERED), "estimate", "se", "deff")
    what = "estimation.estimate_mean in clusters: estimate, error, design effect"
    agrees(what, R, found, [row["mean"], row["api00"], row["deff"]], rel=1e-9)
    for row in schools["api_clus1_total"]:
        flags = clus1.assign(**{f"stype{code}": (clus1["stype"] == code).astype(int) for code in "EHM"})
        found = numbers(estimate_total(flags, row["stat"], **CLUSTERED))
        agrees("estimation.estimate_total in clusters: estimate, error", R, found, [row["total"], row["SE"]], rel=1e-9)
    f, p, first, second = schools["api_strat_chisq"]  # so named in the reference; its degrees are those of the clusters
    test = numbers(rao_scott(clus1, "sch.wide", "stype", **CLUSTERED), "f", "df_numerator", "df_denominator", "p")
    agrees("estimation.rao_scott: F, degrees of freedom, p", R, test, [f, first, second, p], rel=1e-8)


@needs_reference
@pytest.mark.parametrize("way", ["rake", "poststrat", "calib_linear", "calib_raking"])
def test_calibrated_schools_agree_with_r(way, schools):
    clus1 = schools["clus1"]
    types = {"stype": Margin({"E": 4421, "H": 755, "M": 1018}, "schools", "survey")}
    if way == "rake":
        on = ["stype", "sch.wide"]
        weights = rake(clus1, types | {"sch.wide": Margin({"No": 1072, "Yes": 5122}, "schools", "survey")}, clus1["pw"])
    elif way == "poststrat":
        on, weights = ["stype"], poststratify(clus1, types, clus1["pw"])
    else:
        on, known = ["stype", "api99"], types | {"api99": Total(3914069, "schools", "survey")}
        weights = calibrate(clus1, known, clus1["pw"], method=way.removeprefix("calib_"))
    told = {**CLUSTERED, "weights": weights, "calibrated_on": on, "base_weights": "pw"}
    remembered = {**CLUSTERED, "weights": weights}
    mean, total = schools[f"api_clus1_{way}"]["mean"][0], schools[f"api_clus1_{way}"]["total"][0]
    se = mean.get("SE", mean.get("api00"))
    for design in (told, remembered):
        found = numbers(estimate_mean(clus1, "api00", **design)) + numbers(estimate_total(clus1, "enroll", **design))
        expected = [mean["mean"], se, total["total"], total["enroll"]]
        agrees(
            f"weighting.{way}, then estimation.estimate_mean and _total: estimate, error", R, found, expected, rel=1e-6
        )


def test_weights_that_were_changed_or_put_in_a_column_remember_nothing(answers, tmp_path):
    weights = rake(answers, {"age": Margin({"young": 0.5, "middle": 0.3, "old": 0.2}, "p", "s")}, "weight")
    plain = numbers(estimate_mean(answers.assign(w=weights), "income", weights="w"))
    remembered = numbers(estimate_mean(answers, "income", weights=weights))
    assert remembered[0] == pytest.approx(plain[0])
    assert remembered[1] != pytest.approx(plain[1], rel=1e-3)
    assert numbers(estimate_mean(answers, "income", weights=2 * weights)) == pytest.approx(remembered)
    unmoved = estimate_mean(answers, "income", weights=weights, calibrated_on=())
    assert numbers(unmoved) == pytest.approx(plain)
    cut = weights.clip(upper=weights.quantile(0.9))
    changed = estimate_mean(answers.assign(w=cut), "income", weights="w")
    assert numbers(estimate_mean(answers, "income", weights=cut)) == pytest.approx(numbers(changed))
    weights.to_frame().to_parquet(tmp_path / "weights.parquet")
    back = pd.read_parquet(tmp_path / "weights.parquet")["weight"]
    assert numbers(estimate_mean(answers, "income", weights=back)) == pytest.approx(plain)
    known = estimate_share(answers, "age", "old", weights=weights)
    assert known["estimate"].iloc[0] == pytest.approx(0.2)
    assert known["se"].iloc[0] == pytest.approx(0, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=40), st.floats(0.1, 50))
def test_equal_weights_change_nothing(values, weight):
    frame = pd.DataFrame({"x": values, "w": weight})
    plain, weighted = estimate_mean(frame, "x"), estimate_mean(frame, "x", weights="w")
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    shape = ("estimate", "ci_low", "ci_high")
    assert numbers(weighted, *shape) == pytest.approx(numbers(plain, *shape))
    centre = np.mean(values)
    assert numbers(plain, *shape) == pytest.approx([centre, centre - half, centre + half], abs=1e-9)
    median = [estimate_quantile(frame, "x", **way)["estimate"].iloc[0] for way in ({}, {"weights": "w"})]
    assert median[0] == median[1]


def test_a_share_stays_within_its_limits_and_a_code_is_named(answers):
    row = estimate_share(answers, "field", "stage", **DESIGN)
    flag = estimate_mean(answers.assign(flag=(answers["field"] == "stage").astype(int)), "flag", **DESIGN)
    assert numbers(row) == pytest.approx(numbers(flag))
    assert 0 <= row["ci_low"].iloc[0] < row["estimate"].iloc[0] < row["ci_high"].iloc[0] <= 1
    nobody = estimate_share(answers, "field", "dance", **DESIGN)
    assert numbers(nobody, "estimate", "ci_low") == [0, 0]
    assert nobody["ci_high"].iloc[0] > 0


def test_a_domain_keeps_the_primary_units_in_which_nobody_is_known(answers):
    """Dropping the rows would count fewer units than were sampled."""
    known = answers.assign(hours=answers["hours"].where(answers["cluster"] % 2 == 0))
    kept = estimate_mean(known, "hours", weights="weight", strata="stratum", clusters="cluster")
    dropped = estimate_mean(
        known.dropna(subset="hours"), "hours", weights="weight", strata="stratum", clusters="cluster"
    )
    assert kept["estimate"].iloc[0] == pytest.approx(dropped["estimate"].iloc[0])
    assert kept["n"].iloc[0] == known["hours"].notna().sum()
    assert kept["se"].iloc[0] != pytest.approx(dropped["se"].iloc[0])


def test_a_whole_population_has_no_sampling_error(answers):
    assert estimate_mean(answers.assign(size=240), "hours", fpc="size")["se"].iloc[0] == 0


def test_unequal_weights_lose_the_lead():
    frame = pd.DataFrame({"x": range(10), "w": [100.0] + [1.0] * 9})
    rows = side_by_side(estimate_mean, frame, "x", weights="w")
    assert rows["weighted"].tolist() == [True, False]
    assert rows["leads"].tolist() == [False, True]
    assert side_by_side(estimate_mean, frame, "x")["leads"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("design", "sentence"),
    [
        ({"weights": "nothing"}, "no column 'nothing', named for weights"),
        ({"weights": "income"}, "weights are missing in 25 rows"),
        ({"weights": pd.Series([1.0])}, "weights are not on the index"),
        ({"fpc": "weight"}, "fpc differs within a stratum"),
        ({"strata": "stratum", "fpc": pd.Series(12.0, index=range(240))}, "less than the primary units sampled"),
        ({"stratum": "stratum"}, "'stratum' does not describe a design"),
    ],
)
def test_designs_that_contradict_themselves_are_refused(design, sentence, answers):
    with pytest.raises(CompendiumError, match=sentence):
        estimate_mean(answers, "hours", **design)


def test_what_cannot_be_estimated_is_refused(answers):
    with pytest.raises(CompendiumError, match="sex is not numeric"):
        estimate_mean(answers, "sex")
    with pytest.raises(CompendiumError, match="more than true and false"):
        estimate_share(answers, "hours")
    with pytest.raises(CompendiumError, match="known of nobody"):
        estimate_mean(answers.assign(x=np.nan), "x")
    with pytest.raises(CompendiumError, match="between 0 and 1"):
        estimate_quantile(answers, "hours", 50)
    with pytest.raises(CompendiumError, match="not independent of one another"):
        estimate_regression(answers.assign(twice=answers["hours"] * 2), "income", ["hours", "twice"])
    with pytest.raises(CompendiumError, match="country does not vary"):
        rao_scott(answers.assign(country="one"), "country", "sex")
