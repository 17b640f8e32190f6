"""Latent classes: agreement with poLCA and StepMix, planted classes, and what is not a solution said so."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from scipy import stats
from sklearn.metrics import adjusted_rand_score

from compendium.errors import AnswersError
from compendium.typology import fit_latent_classes
from compendium.typology.latent_class.answers import read_answers
from compendium.typology.latent_class.em import Steps, climb
from compendium.typology.latent_class.starts import draw_starts

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="reference values are not beside this checkout")
OWN = Path(__file__).parent / "reference" / "typology"
POLCA, STEPMIX = "R poLCA 1.6", "Python StepMix 3.0.0"
LEVELS = {
    "gss82": {
        "PURPOSE": ["Good", "Depends", "Waste of time"],
        "UNDERSTA": ["Good", "Fair/Poor"],
        "COOPERAT": ["Interested", "Cooperative", "Impatient"],
    }
}
"""Order of the categories in the package, where it is not that of the alphabet."""


def planted(n: int, seed: int = 2, classes: int = 3, variables: int = 8, sharp: float = 1.5) -> pd.DataFrame:
    """Draw classes that answer three-category questions differently; the planted class stands last."""
    return drawn_with_chances(n, seed, classes, variables, sharp)[0]


def drawn_with_chances(
    n: int, seed: int, classes: int = 3, variables: int = 8, sharp: float = 1.0
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the answers, and the probability of each answer to each question in each class."""
    generator = np.random.default_rng(seed)
    odds = np.exp(sharp * generator.normal(size=(variables, classes, 3)))
    chances = odds / odds.sum(axis=2, keepdims=True)
    belongs = generator.choice(classes, size=n, p=np.array([0.5, 0.3, 0.2]))
    answers = {
        f"q{j}": (generator.random(n)[:, None] > chances[j, belongs].cumsum(axis=1)).sum(axis=1).clip(max=2).astype(str)
        for j in range(variables)
    }
    return pd.DataFrame(answers).assign(belongs=belongs), chances


def answers_of(name: str, reference: dict) -> pd.DataFrame:
    frame = pd.read_csv(REFERENCE / "data" / f"{name}.csv", dtype=str)
    for variable, levels in LEVELS.get(name, {}).items():
        frame[variable] = pd.Categorical(frame[variable], categories=levels)
    return frame[list(reference["k2"]["probs_desc_order"])]


@needs_reference
@pytest.mark.parametrize("name", ["values", "gss82"])
def test_likelihoods_and_parameters_agree_with_polca(name: str) -> None:
    """Data of poLCA (Linzer and Lewis 2011), 30 starts of poLCA at a tolerance of 1e-12."""
    reference = json.loads((REFERENCE / "latent_class.json").read_text(encoding="utf-8"))[name]
    data = answers_of(name, reference)
    for number, expected in reference.items():
        found = fit_latent_classes(data, int(number[1:]), seed=3)
        for quantity, value in [
            ("log_likelihood", expected["llik"]),
            ("aic", expected["AIC"]),
            ("bic", expected["BIC"]),
        ]:
            agrees(f"latent_class: {quantity}", POLCA, getattr(found, quantity), value, abs=1e-6)
        assert found.n_parameters == expected["npar"]
        if (name, number) == ("values", "k3"):  # not identified: only the likelihood is comparable
            assert not found.is_identified
            assert found.jacobian_rank == 13
            continue
        assert found.is_solution
        assert found.is_identified
        shares = np.atleast_1d(expected["class_shares_desc"])
        agrees("latent_class: shares", POLCA, found.shares, shares, abs=1e-5)
        assert found.labels.value_counts().sort_index().tolist() == np.atleast_1d(expected["modal_sizes"]).tolist()
        if expected["relative_entropy"] is not None:
            agrees("latent_class: entropy", POLCA, found.entropy, expected["relative_entropy"], abs=1e-5)
        for variable, rows in expected["probs_desc_order"].items():
            own = found.probabilities[found.probabilities["variable"] == variable]
            mine = own.pivot(index="class", columns="category", values="probability")[own["category"].unique()]
            agrees("latent_class: probabilities", POLCA, mine.to_numpy(), rows, abs=2e-5)


@pytest.mark.parametrize("rule", ["complete", "missing", "weighted", "both"])
def test_missing_answers_and_weights_agree_with_stepmix(rule: str) -> None:
    """Answers drawn by ``latent_class_stepmix.py``, fifty starts of StepMix at a tolerance of 1e-14."""
    expected = json.loads((OWN / "latent_class_stepmix.json").read_text(encoding="utf-8"))[rule]
    frame = pd.read_csv(OWN / "latent_class_answers.csv")
    data = frame[[f"q{place}" for place in range(6)]]
    if rule in ("missing", "both"):
        gaps = frame[[f"{name}_missing" for name in data.columns]].to_numpy()
        data = data.mask(gaps == 1)
    found = fit_latent_classes(data, 3, weights=frame["weight"] if rule in ("weighted", "both") else None)
    told = "latent_class: {} (missing, weights)"
    agrees(told.format("log_likelihood"), STEPMIX, found.log_likelihood, expected["log_likelihood"], abs=1e-6)
    agrees(told.format("shares"), STEPMIX, found.shares, expected["shares"], abs=1e-5)
    mine = found.probabilities["probability"].to_numpy()
    agrees(told.format("probabilities"), STEPMIX, mine, np.ravel(expected["probabilities"]), abs=1e-5)
    agrees(told.format("posteriors"), STEPMIX, found.posteriors.iloc[:5], expected["posteriors_first"], abs=1e-5)
    assert found.is_solution
    assert found.is_identified


@needs_reference
def test_any_seed_finds_the_best_value() -> None:
    reference = json.loads((REFERENCE / "latent_class.json").read_text(encoding="utf-8"))["gss82"]
    data = answers_of("gss82", reference)
    found = [fit_latent_classes(data, 3, seed=seed).log_likelihood for seed in range(20)]
    assert found == pytest.approx([reference["k3"]["llik"]] * 20, abs=1e-6)


def test_planted_classes_are_found_and_bic_counts_them() -> None:
    data = planted(1500)
    fits = {number: fit_latent_classes(data.drop(columns="belongs"), number) for number in (1, 2, 3, 4)}
    assert min(fits, key=lambda number: fits[number].bic) == 3
    crossed = pd.crosstab(fits[3].labels, data["belongs"])
    assert crossed.max(axis=1).sum() / len(data) > 0.9
    assert fits[3].shares.to_numpy() == pytest.approx([0.5, 0.3, 0.2], abs=0.04)
    assert fits[3].residuals["per_df"].mean() < 1.5 < fits[2].residuals["per_df"].mean()


def test_the_likelihood_is_that_of_the_model() -> None:
    """Summed by hand over classes and variables."""
    data = planted(80).drop(columns="belongs")
    data.iloc[3, 1] = None
    found = fit_latent_classes(data, 2)
    table = found.probabilities.set_index(["class", "variable", "category"])["probability"]
    total = 0.0
    for _, row in data.iterrows():
        given = [
            share * np.prod([table[name, variable, answer] for variable, answer in row.dropna().items()])
            for name, share in found.shares.items()
        ]
        total += np.log(sum(given))
    assert found.log_likelihood == pytest.approx(total, abs=1e-9)


def test_the_order_of_rows_and_the_pooling_of_rows_change_nothing() -> None:
    data = planted(300).drop(columns="belongs")
    found = fit_latent_classes(data, 3)
    turned = fit_latent_classes(data.iloc[::-1], 3)
    assert turned.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-8)
    assert np.abs(turned.posteriors.loc[found.posteriors.index] - found.posteriors).to_numpy().max() < 1e-8
    pooled = data.value_counts().rename("weight").reset_index()
    weighted = fit_latent_classes(pooled.drop(columns="weight"), 3, weights=pooled["weight"])
    assert weighted.bic == pytest.approx(found.bic, abs=1e-8)


def test_a_missing_answer_is_no_category_and_a_silent_respondent_no_respondent() -> None:
    data = planted(400).drop(columns="belongs")
    found = fit_latent_classes(data, 2)
    silent = pd.DataFrame([dict.fromkeys(data.columns)], index=[9999])
    more = fit_latent_classes(pd.concat([data, silent]), 2)
    assert more.n == 400
    assert more.bic == pytest.approx(found.bic, abs=1e-8)
    assert more.posteriors.loc[9999].to_numpy() == pytest.approx(more.shares.to_numpy())
    assert set(more.probabilities["category"]) == {"0", "1", "2"}


def test_new_respondents_are_placed_like_those_who_took_part() -> None:
    data = planted(300).drop(columns="belongs")
    found = fit_latent_classes(data, 3)
    pd.testing.assert_frame_equal(found.project(data.iloc[:20]), found.posteriors.iloc[:20])
    with pytest.raises(AnswersError, match="'9' is not known"):
        found.project(data.iloc[:1].assign(q0="9"))


def test_what_is_drawn_follows_the_model() -> None:
    found = fit_latent_classes(planted(1000).drop(columns="belongs"), 3)
    drawn = found.draw(40_000, seed=2)
    table = found.probabilities.set_index(["class", "variable", "category"])["probability"].unstack("class")
    expected = table @ found.shares
    shares = drawn["q2"].value_counts(normalize=True)
    assert shares["0"] == pytest.approx(expected["q2", "0"], abs=0.01)
    assert drawn.equals(found.draw(40_000, seed=2))


def test_planted_classes_are_counted_and_found_as_well_as_their_own_rule_finds_them() -> None:
    """Ten draws of three classes: BIC counts them, and persons are placed nearly as well as by the true probabilities."""
    ours, best, counted = [], [], []
    for seed in range(10):
        data, chances = drawn_with_chances(1000, seed, sharp=1.5)
        answers, belongs = data.drop(columns="belongs"), data["belongs"]
        fits = [fit_latent_classes(answers, number, seed=seed) for number in (2, 3, 4)]
        counted.append(2 + int(np.argmin([one.bic for one in fits])))
        ours.append(adjusted_rand_score(belongs, fits[1].labels))
        codes = answers.to_numpy().astype(int)
        joint = np.log([0.5, 0.3, 0.2]) + sum(np.log(chances[j][:, codes[:, j]]).T for j in range(codes.shape[1]))
        best.append(adjusted_rand_score(belongs, joint.argmax(axis=1)))
    assert counted.count(3) >= 9
    assert np.mean(ours) > np.mean(best) - 0.05


def test_a_fit_says_what_cannot_be_trusted() -> None:
    said = repr(fit_latent_classes(planted(300).drop(columns="belongs"), 3))
    assert "3 latent classes of 300 persons: C1" in said
    assert said.endswith("identified")
    doubtful = repr(fit_latent_classes(pd.DataFrame({"a": list("xyz") * 20}), 2, n_starts=1))
    assert "reached by 1 of 1 starts" in doubtful
    assert "a lone optimum" in doubtful
    assert "not identified: rank 2 of" in doubtful


def test_a_lone_optimum_is_no_solution() -> None:
    noise = np.random.default_rng(5).integers(0, 4, size=(150, 8)).astype(str)
    found = fit_latent_classes(pd.DataFrame(noise, columns=list("abcdefgh")), 5, n_starts=4)
    assert found.n_at_best == 1
    assert not found.is_solution


def test_criteria_follow_from_the_posteriors() -> None:
    data = planted(400).drop(columns="belongs")
    weights = np.random.default_rng(3).uniform(0.5, 1.5, len(data))
    found = fit_latent_classes(data, 3, weights=weights)
    total, p = weights.sum(), found.posteriors.to_numpy()
    disorder = -(weights @ (p * np.log(p)).sum(axis=1))
    assert found.n_effective == pytest.approx(total)
    assert found.n_parameters == 2 + 3 * 8 * 2
    deviance = -2 * found.log_likelihood
    assert found.aic == pytest.approx(deviance + 2 * 50)
    assert found.bic == pytest.approx(deviance + 50 * np.log(total))
    assert found.abic == pytest.approx(deviance + 50 * np.log((total + 2) / 24))
    assert found.icl == pytest.approx(found.bic + 2 * disorder)
    assert found.entropy == pytest.approx(1 - disorder / total / np.log(3))
    assert found.smallest == found.shares.min()
    assert found.shares.to_numpy() == pytest.approx(weights @ p / total, abs=1e-6)


def test_one_class_has_the_shares_of_the_answers() -> None:
    data = planted(200).drop(columns="belongs")
    found = fit_latent_classes(data, 1)
    shares = found.probabilities.set_index(["variable", "category"])["probability"]
    for variable in data.columns:
        own = data[variable].value_counts(normalize=True)
        assert [shares[variable, answer] for answer in own.index] == pytest.approx(own.to_numpy())
    assert found.is_solution
    assert found.is_identified
    assert np.isnan(found.entropy)


def test_residuals_are_the_distance_of_two_way_tables() -> None:
    """One class expects independence, so that its residuals are those of a plain chi-square test."""
    data = planted(300).drop(columns="belongs")
    found = fit_latent_classes(data, 1).residuals.set_index(["variable", "other"]).loc[("q1", "q4")]
    table = pd.crosstab(data["q1"], data["q4"]).to_numpy()
    assert found["chi2"] == pytest.approx(stats.chi2_contingency(table, correction=False).statistic)
    assert found["df"] == 4
    assert found["per_df"] == pytest.approx(found["chi2"] / 4)


def test_no_cycle_loses_likelihood() -> None:
    answers = read_answers(planted(300).drop(columns="belongs"), None)
    steps, places = Steps(answers), draw_starts(answers, 4, 5, 1)
    heights = [climb(steps, places, 0.0, cycles).log_likelihood for cycles in range(1, 25)]
    assert (np.diff(heights, axis=0) >= -1e-9).all()


def test_the_first_starts_are_the_same_whatever_their_number() -> None:
    answers = read_answers(planted(100).drop(columns="belongs"), None)
    assert np.array_equal(draw_starts(answers, 3, 2, 5), draw_starts(answers, 3, 7, 5)[:, :, :2])


def test_the_same_seed_gives_the_same_bytes() -> None:
    data = planted(200).drop(columns="belongs")
    one, two = (fit_latent_classes(data, 3, seed=4) for _ in range(2))
    assert one.posteriors.to_numpy().tobytes() == two.posteriors.to_numpy().tobytes()
    assert one.starts.tobytes() == two.starts.tobytes()


def test_hundreds_of_items_do_not_underflow() -> None:
    data = planted(120, variables=500, sharp=1.0)
    found = fit_latent_classes(data.drop(columns="belongs"), 3, n_starts=5)
    assert np.isfinite(found.log_likelihood)
    assert found.shares.to_numpy() == pytest.approx(data["belongs"].value_counts(normalize=True).to_numpy())


def test_respondents_without_weight_are_placed_and_change_nothing() -> None:
    data = planted(300).drop(columns="belongs")
    weights = np.r_[np.ones(250), np.zeros(50)]
    data.iloc[-1, 0] = "never seen"
    found = fit_latent_classes(data, 2, weights=weights)
    alone = fit_latent_classes(data.iloc[:250], 2)
    assert found.n == 250
    assert found.bic == pytest.approx(alone.bic, abs=1e-8)
    assert found.posteriors.iloc[:250].to_numpy() == pytest.approx(alone.posteriors.to_numpy(), abs=1e-8)
    assert found.posteriors.iloc[-1].sum() == pytest.approx(1)


def test_items_never_answered_together_leave_the_model_unidentified() -> None:
    """Five items identify two classes, unless two halves of the respondents were asked two and three of them."""
    data = planted(600, classes=3, variables=5).drop(columns="belongs")
    assert fit_latent_classes(data, 2).is_identified
    split = data.copy()
    split.iloc[:300, :2] = None
    split.iloc[300:, 2:] = None
    assert not fit_latent_classes(split, 2).is_identified


def test_more_parameters_than_patterns_are_not_identified() -> None:
    rows = list(itertools.product("01", repeat=3)) * 20
    found = fit_latent_classes(pd.DataFrame(rows[:131], columns=list("abc")), 3)
    assert found.n_parameters == 11
    assert found.jacobian_rank <= 7
    assert not found.is_identified


@pytest.mark.parametrize(
    ("data", "changes", "said"),
    [
        ({"a": ["x", "y"]}, {"n_classes": 0}, "n_classes: 0 is not legal"),
        ({"a": ["x", "y"]}, {"n_classes": True}, "n_classes: True is not legal"),
        ({"a": ["x", "y"]}, {"n_classes": 2.0}, "n_classes: 2.0 is not legal"),
        ({"a": ["x", "y"]}, {"n_starts": 0}, "n_starts: 0 is not legal"),
        ({"a": ["x", "y"]}, {"weights": [1.0]}, "1 weights for 2 respondents"),
        ({"a": ["x", "y"]}, {"weights": [1.0, np.nan]}, "weights must be finite"),
        ({"a": [None, None]}, {}, "'a' was answered by nobody"),
        ({"a": [0.5, 1.5]}, {}, "a: holds quantities such as 0.5"),
        ({}, {}, "0 respondents and 0 variables"),
        ({"a": ["x", "x", None]}, {}, "'a' has one answer only, 'x'"),
        ({"a": ["x", "y"]}, {"n_classes": 3}, "n_classes: 3 is not legal; the answers have 2 distinct patterns"),
        ({"a": ["x", "y"]}, {"n_classes": -1}, "n_classes: -1 is not legal"),
        ({"a": ["x", "y"]}, {"seed": -1}, "seed: -1 is not legal"),
        ({"a": ["x", "y"]}, {"weights": [0, 0]}, "not all zero"),
        ({"a": ["x", "y"]}, {"weights": [1, -1]}, "at least zero"),
        ({"a": ["x", "y"]}, {"weights": ["one", "two"]}, "weights must be numbers"),
    ],
)
def test_what_cannot_be_fitted_is_said_in_one_sentence(data: dict, changes: dict, said: str) -> None:
    with pytest.raises(AnswersError, match=said):
        fit_latent_classes(pd.DataFrame(data), **{"n_classes": 2, **changes})
