"""Outcomes and covariates of latent classes: corrections, standard errors, agreement with StepMix, bad input."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees

from compendium.errors import AnswersError
from compendium.typology.latent_class import fit_latent_classes
from compendium.typology.latent_class.reported import OUTSIDE
from compendium.typology.latent_class.three_step import classes_by_covariates, outcomes_by_class

HERE = Path(__file__).parent / "reference" / "typology"
STEPMIX = "StepMix 3.0.0"
LIKELY = np.array([[0.85] * 6, [0.85] * 3 + [0.15] * 3, [0.15] * 6])


@pytest.fixture(scope="module")
def stored():
    frame = pd.read_csv(HERE / "three_step.csv").astype({"category": str})
    posteriors = frame.filter(like="posterior").set_axis(["A", "B", "C"], axis=1)
    return frame, posteriors, json.loads((HERE / "three_step.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def planted():
    rng = np.random.default_rng(7)
    member = rng.choice(3, 1500, p=[0.5, 0.3, 0.2])
    answers = pd.DataFrame((rng.random((1500, 6)) < LIKELY[member]).astype(int), columns=list("abcdef"))
    others = pd.DataFrame({"member": member, "y": 1.0 * member + rng.normal(size=1500)})
    others["k"] = np.where(rng.random(1500) < np.array([0.2, 0.5, 0.7])[member], "yes", "no")
    return answers, others, fit_latent_classes(answers, 3, n_starts=5)


@pytest.mark.parametrize("name", ["quantity", "category"])
@pytest.mark.parametrize(
    ("method", "theirs", "assignment"),
    [("uncorrected", None, "modal"), ("uncorrected", None, "soft"), ("bch", "BCH", "modal"), ("bch", "BCH", "soft")],
)
def test_means_and_shares_agree_with_stepmix(stored, name, method, theirs, assignment):
    frame, posteriors, told = stored
    ours = outcomes_by_class(
        posteriors, frame[name], method=method, assignment="modal" if assignment == "modal" else "proportional"
    )
    expected = np.ravel(told[f"{name} {theirs} {assignment}"])
    agrees(f"outcomes_by_class, {name}, {method}", STEPMIX, ours.estimates["estimate"], expected, abs=1e-10)


def test_shares_by_likelihood_agree_with_stepmix(stored):
    frame, posteriors, told = stored
    ours = outcomes_by_class(posteriors, frame["category"], method="ml")
    expected = np.ravel(told["category ML modal"])
    agrees("outcomes_by_class, category, ml", STEPMIX, ours.estimates["estimate"], expected, abs=1e-7)


def test_means_by_likelihood_agree_with_stepmix_where_it_holds_the_shares_of_the_first_step(stored):
    """StepMix keeps the shares of the classes as the first step found them; here the outcome helps to find them."""
    frame, posteriors, told = stored
    ours = outcomes_by_class(posteriors, frame["quantity"], method="ml")
    expected = np.ravel(told["quantity ML modal"])
    agrees("outcomes_by_class, quantity, ml (shares free)", STEPMIX, ours.estimates["estimate"], expected, abs=0.005)


def test_the_logit_of_class_agrees_with_stepmix(stored):
    frame, posteriors, told = stored
    ours = classes_by_covariates(posteriors, frame[["covariate"]])
    beta = np.array(told["covariate ML modal"])
    agrees("classes_by_covariates", STEPMIX, ours.coefficients["estimate"], (beta[1:] - beta[0]).ravel(), abs=1e-5)


def test_naive_means_are_drawn_together_and_corrected_ones_are_not(planted):
    _, others, fit = planted
    naive, bch, ml = (
        outcomes_by_class(fit, others["y"], method=method).estimates["estimate"]
        for method in ("uncorrected", "bch", "ml")
    )
    assert np.ptp(naive) < 1.9
    assert np.ptp(bch) == pytest.approx(2, abs=0.2)
    assert np.ptp(ml) == pytest.approx(2, abs=0.2)


def test_shares_by_likelihood_are_those_of_bch_where_these_are_inside(planted):
    _, others, fit = planted
    for assignment in ("modal", "proportional"):
        bch = outcomes_by_class(fit, others["k"], assignment=assignment)
        ml = outcomes_by_class(fit, others["k"], method="ml", assignment=assignment)
        for column in ("estimate", "se", "ci_low", "ci_high"):
            assert bch.estimates[column].to_numpy() == pytest.approx(ml.estimates[column].to_numpy(), abs=1e-6)
        assert bch.test["statistic"][0] == pytest.approx(ml.test["statistic"][0], rel=1e-5)


def test_the_standard_error_is_that_of_the_jackknife(planted):
    """Each of 75 groups left out, everything fitted anew: the classes' own uncertainty is in the standard error."""
    answers, others, fit = planted
    group = np.arange(len(answers)) % 75
    found = outcomes_by_class(fit, others["y"], clusters=group)
    left = []
    for one in range(75):
        kept = group != one
        again = fit_latent_classes(answers[kept], 3, n_starts=2, seed=1)
        left.append(outcomes_by_class(again, others["y"][kept]).estimates["estimate"].sort_values().to_numpy())
    jackknife = np.sqrt(74 / 75 * ((np.array(left) - np.mean(left, axis=0)) ** 2).sum(axis=0))
    ours = found.estimates.sort_values("estimate")["se"].to_numpy()
    assert ours == pytest.approx(jackknife, rel=0.2)
    known = outcomes_by_class(fit.posteriors, others["y"], clusters=group).estimates.sort_values("estimate")["se"]
    assert (known.to_numpy() < ours).all()


def test_certain_classes_need_no_correction():
    rng = np.random.default_rng(3)
    member = rng.integers(2, size=200)
    posteriors = pd.DataFrame(np.eye(2)[member], columns=["C1", "C2"])
    y = pd.Series(member + rng.normal(size=200))
    found = outcomes_by_class(posteriors, y).estimates
    groups = y.groupby(member)
    assert found["estimate"].to_numpy() == pytest.approx(groups.mean().to_numpy())
    robust = groups.std(ddof=0) / np.sqrt(groups.size()) * np.sqrt(200 / 199)
    assert found["se"].to_numpy() == pytest.approx(robust.to_numpy())
    assert (found["n_negative"] == 0).all()


def test_a_whole_number_of_weight_is_as_many_persons(planted):
    answers, others, _ = planted
    times = np.tile([1, 2, 3], 100)
    some, y = answers.iloc[:300], others["y"].iloc[:300]
    weighted = outcomes_by_class(fit_latent_classes(some, 2, n_starts=3, weights=times), y, weights=times)
    rows = np.repeat(np.arange(300), times)
    many = some.iloc[rows].reset_index(drop=True)
    repeated = outcomes_by_class(
        fit_latent_classes(many, 2, n_starts=3), y.iloc[rows].reset_index(drop=True), clusters=rows
    )
    for column in ("estimate", "se"):
        found = weighted.estimates[column].to_numpy()
        assert found == pytest.approx(repeated.estimates[column].to_numpy(), rel=1e-4)


def test_missing_outcomes_are_left_out_and_counted(planted):
    answers, others, _ = planted
    silent = answers.astype(object)
    silent.iloc[:5] = None
    y = others["y"].where(np.arange(len(answers)) % 10 != 9)
    found = outcomes_by_class(fit_latent_classes(silent, 3, n_starts=5), y)
    assert found.test["n_missing"][0] == 155
    assert found.test["n"][0] == found.estimates["n"].sum() == 1345


def test_a_share_outside_is_said_and_likelihood_keeps_it_inside():
    posteriors = pd.DataFrame({"A": [0.8] * 50 + [0.2] * 50, "B": [0.2] * 50 + [0.8] * 50})
    said = pd.Series(["no"] * 50 + ["yes"] * 30 + ["no"] * 20)
    bch = outcomes_by_class(posteriors, said).estimates
    assert set(bch.query("estimate < 0 or estimate > 1")["note"]) == {OUTSIDE}
    assert (bch.query("0 <= estimate <= 1")["note"] == "").all()
    assert (bch["n_negative"] == 50).all()
    ml = outcomes_by_class(posteriors, said, method="ml").estimates
    assert ml["estimate"].between(0, 1).all()
    assert (ml["note"] == "").all()


def test_contrasts_and_tests_follow_from_the_estimates(planted):
    _, others, fit = planted
    found = outcomes_by_class(fit, others["y"])
    values = found.estimates.set_index("class")["estimate"]
    row = found.contrasts.iloc[0]
    assert row["difference"] == pytest.approx(values[row["class"]] - values[row["other"]])
    assert len(found.contrasts) == 3
    assert found.test["df"][0] == 2
    assert found.test["p"][0] < 1e-6
    assert found.error.sum(axis=1).to_numpy() == pytest.approx(1)
    shares = outcomes_by_class(fit, others["k"]).estimates.groupby("class")["estimate"].sum()
    assert shares.to_numpy() == pytest.approx(1)


def test_covariates_change_with_the_reference_only_in_words(planted):
    _, others, fit = planted
    z = pd.DataFrame({"y": others["y"], "k": others["k"]})
    first = classes_by_covariates(fit, z)
    last = classes_by_covariates(fit, z, reference="C3")
    assert first.tests["statistic"].to_numpy() == pytest.approx(last.tests["statistic"].to_numpy(), rel=1e-3)
    one = first.coefficients.set_index(["class", "term"])["estimate"][("C3", "y")]
    assert one == pytest.approx(-last.coefficients.set_index(["class", "term"])["estimate"][("C1", "y")], rel=1e-4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "BCH"}, "legal are bch, ml"),
        ({"assignment": "hard"}, "legal are modal"),
        ({"weights": [1.0]}, "one number of 0 or more"),
        ({"weights": np.full(1500, 2.0)}, "fitted with other weights"),
        ({"clusters": [1, 2]}, "one known group"),
        ({"outcome": pd.Series([1.0, 2.0])}, "not on the index"),
        ({"outcome": pd.Series(np.full(1500, np.nan))}, "nobody's outcome"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(planted, change, words):
    _, others, fit = planted
    with pytest.raises(AnswersError, match=words):
        outcomes_by_class(**{"classes": fit, "outcome": others["y"], **change})


def test_classes_that_cannot_be_told_apart_are_refused(planted):
    answers, others, _ = planted
    y = others["y"].iloc[:10]
    with pytest.raises(AnswersError, match="cannot be told apart"):
        outcomes_by_class(pd.DataFrame(0.5, index=y.index, columns=["A", "B"]), y, assignment="proportional")
    with pytest.raises(AnswersError, match="nobody is assigned to class B"):
        outcomes_by_class(pd.DataFrame({"A": [0.6] * 10, "B": [0.4] * 10}), y)
    with pytest.raises(AnswersError, match="no probabilities"):
        outcomes_by_class(pd.DataFrame({"A": [0.6] * 10, "B": [0.6] * 10}), y)
    with pytest.raises(AnswersError, match="not identified"):
        outcomes_by_class(fit_latent_classes(answers[["a", "d"]], 2, n_starts=2), others["y"])


def test_covariates_that_give_no_estimate_are_refused(planted):
    _, others, fit = planted
    with pytest.raises(AnswersError, match="not independent"):
        classes_by_covariates(fit, pd.DataFrame({"y": others["y"], "z": 2 * others["y"]}))
    with pytest.raises(AnswersError, match="no finite estimate"):
        classes_by_covariates(fit, pd.DataFrame({"c": (fit.labels == "C1").astype(float)}))
    with pytest.raises(AnswersError, match="legal are C1, C2, C3"):
        classes_by_covariates(fit, others[["y"]], reference="P1")
