"""Latent classes: agreement with poLCA and StepMix, planted classes, and what is not a solution said so."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees

from compendium.errors import AnswersError
from compendium.typology import fit_latent_classes

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="reference values are not beside this checkout")
POLCA = "R poLCA 1.6"
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
    generator = np.random.default_rng(seed)
    odds = np.exp(sharp * generator.normal(size=(variables, classes, 3)))
    chances = odds / odds.sum(axis=2, keepdims=True)
    belongs = generator.choice(classes, size=n, p=np.array([0.5, 0.3, 0.2]))
    answers = {
        f"q{j}": (generator.random(n)[:, None] > chances[j, belongs].cumsum(axis=1)).sum(axis=1).clip(max=2).astype(str)
        for j in range(variables)
    }
    return pd.DataFrame(answers).assign(belongs=belongs)


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
    assert np.abs(turned.posteriors.loc[found.posteriors.index] - found.posteriors).to_numpy().max() < 1e-6
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


def test_a_lone_optimum_is_no_solution() -> None:
    noise = np.random.default_rng(5).integers(0, 4, size=(150, 8)).astype(str)
    found = fit_latent_classes(pd.DataFrame(noise, columns=list("abcdefgh")), 5, n_starts=4)
    assert found.n_at_best == 1
    assert not found.is_solution


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
    ],
)
def test_what_cannot_be_fitted_is_said_in_one_sentence(data: dict, changes: dict, said: str) -> None:
    with pytest.raises(AnswersError, match=said):
        fit_latent_classes(pd.DataFrame(data), **{"n_classes": 2, **changes})
