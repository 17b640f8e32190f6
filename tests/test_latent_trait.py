"""Latent traits: the likelihood integrated by hand, parameters found again, derivatives, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from scipy import integrate, optimize, special, stats

from compendium.errors import AnswersError
from compendium.typology.latent_trait import fit_latent_trait, model

REFERENCE = Path(__file__).parent / "reference" / "typology"


def graded(
    n: int,
    seed: int,
    loadings: tuple[float, ...] = (0.6, 0.75),
    items: int = 6,
    steps: int = 4,
    is_normal: bool = True,
) -> pd.DataFrame:
    """Cut quantities that share one factor, normal or exponential, into steps."""
    generator = np.random.default_rng(seed)
    trait = generator.normal(size=n) if is_normal else generator.exponential(size=n) - 1
    answers = {}
    for item in range(items):
        loading = loadings[item % len(loadings)]
        value = loading * trait + np.sqrt(1 - loading**2) * generator.normal(size=n)
        answers[f"q{item}"] = np.digitize(value, stats.norm.ppf(np.arange(1, steps) / steps) + 0.3 * (item % 3 - 1))
    return pd.DataFrame(answers)


def test_the_likelihood_is_the_integral_over_the_trait() -> None:
    """Adaptive integration of three patterns of answers, from the slopes and shares that the model reports."""
    data = graded(800, 1).astype(str)
    found = fit_latent_trait(data)
    table = dict(zip(range(found._table.shape[1]), found._table.T, strict=True))
    nodes = found._nodes[:, 0]

    def probability(start: int, held: int, size: int, trait: float) -> float:
        # softmax with the slopes and intercepts read off two nodes
        left, right = (np.log(table[place][1 + start : 1 + start + size]) for place in (10, 30))
        slope = (right - right[0] - left + left[0]) / (nodes[30] - nodes[10])
        logits = left - left[0] + slope * (trait - nodes[10])
        return float(special.softmax(logits)[held])

    book = found._answers.book
    logs = model._posteriors(model._indicator(found._answers), found._table)[1]
    for pattern in (0, 50, 200):
        held = found._answers.patterns[pattern]

        def joint(trait: float, held: np.ndarray = held) -> float:
            chances = [
                probability(int(start), int(code - start), size - 1, trait)
                for code, start, size in zip(held, book.starts, book.sizes, strict=True)
            ]
            return float(np.prod(chances) * stats.norm.pdf(trait))

        whole, _ = integrate.quad(joint, -8, 8, epsabs=1e-13, epsrel=1e-10)
        assert logs[pattern] == pytest.approx(np.log(whole), abs=1e-6)


def test_the_law_school_test_agrees_with_a_likelihood_written_in_r() -> None:
    """Section 6 of the Law School Admission Test: 1,000 persons, five items (Bock and Lieberman 1970, Psychometrika 35).

    The answers are those of the data set ``lsat6`` of R's psych; the script beside them maximises its own likelihood.
    """
    data = pd.read_csv(REFERENCE / "latent_trait_lsat6.csv")
    expected = json.loads((REFERENCE / "latent_trait_lsat6.json").read_text(encoding="utf-8"))
    found = fit_latent_trait(data.drop(columns="persons"), weights=data["persons"])
    slopes = found.slopes.query("category == '1'")["slope"]
    agrees("latent_trait: log-likelihood", "R optim 4.2.2", found.log_likelihood, expected["log_likelihood"], abs=1e-5)
    agrees("latent_trait: slopes", "R optim 4.2.2", slopes, expected["slopes"], abs=1e-3)


def test_graded_slopes_agree_with_girth() -> None:
    data = pd.read_csv(REFERENCE / "latent_trait_answers.csv")
    expected = json.loads((REFERENCE / "latent_trait_girth.json").read_text())["slopes"]
    slopes = fit_latent_trait(data).slopes.query("category == '1'")["slope"].abs()
    agrees("latent_trait: slopes of graded items", "girth 0.8.0", slopes, expected, abs=0.005)


@pytest.mark.parametrize("is_normal", [True, False])
def test_the_likelihood_of_graded_answers_is_the_integral_over_the_trait(is_normal: bool) -> None:
    """A sum over 200 Gauss-Hermite nodes of the curves at the fitted parameters."""
    data = graded(500, 12, is_normal=is_normal)
    data.iloc[:50, 1] = np.nan
    answers = model.read_answers(data, None)
    curves = [model._curve(column, 4, 1) for _, column in data.items()]
    search = model._Search(answers, curves, *model._nodes(1), is_normal)
    found = optimize.minimize(search.value, search.start(), jac=True, method="L-BFGS-B", bounds=search.bounds()).x
    nodes, mass = np.polynomial.hermite_e.hermegauss(200)
    other = model._Search(answers, curves, nodes[:, None], mass / mass.sum(), is_normal)
    near = 1e-8 if is_normal else 1e-5  # a trait of another shape is scaled by the nodes
    assert search.value(found)[0] == pytest.approx(other.value(found)[0], abs=near)


@pytest.mark.parametrize("is_normal", [True, False])
@pytest.mark.parametrize("dimensions", [1, 2])
def test_derivatives_are_those_of_the_likelihood(dimensions: int, is_normal: bool) -> None:
    data = graded(300, 2).assign(kind=np.random.default_rng(3).choice(list("abc"), 300), yes=[True, False] * 150)
    data.loc[:20, "q0"] = np.nan
    answers = model.read_answers(data, np.linspace(0.5, 1.5, 300))
    curves = [
        model._curve(column, len(texts) - 1, dimensions)
        for (_, column), texts in zip(data.items(), answers.book.categories, strict=True)
    ]
    assert [type(curve).__name__ for curve in curves] == ["Graded"] * 6 + ["Nominal"] * 2
    search = model._Search(answers, curves, *model._nodes(dimensions), is_normal)
    at = search.start() + 0.1
    numeric = optimize.approx_fprime(at, lambda values: search.value(values)[0], 1e-6)
    assert np.abs(search.value(at)[1] - numeric).max() < 1e-6


def test_slopes_and_people_are_found_again() -> None:
    """A loading l of a normal item is a logistic slope of about 1.7 l / sqrt(1 - l^2)."""
    found = fit_latent_trait(graded(6000, 4))
    assert found.is_converged
    slopes = found.slopes.query("category == '1'")["slope"].abs().to_numpy()
    assert slopes[::2] == pytest.approx([1.28] * 3, abs=0.2)
    assert slopes[1::2] == pytest.approx([1.93] * 3, abs=0.25)
    generator = np.random.default_rng(4)
    assert abs(np.corrcoef(found.scores["trait_1"], generator.normal(size=6000))[0, 1]) > 0.85


def test_more_nodes_change_nothing_that_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pd.concat([graded(1000, 6), graded(1000, 7).add_prefix("other_")], axis=1)
    coarse = [fit_latent_trait(data, number).log_likelihood for number in (1, 2)]
    monkeypatch.setattr(model, "NODES", {1: 81, 2: 41})
    fine = [fit_latent_trait(data, number).log_likelihood for number in (1, 2)]
    assert coarse[0] == pytest.approx(fine[0], abs=1e-4)
    assert coarse[1] == pytest.approx(fine[1], abs=1e-2)


def test_the_shape_of_a_trait_is_worth_its_parameters_only_where_it_is_not_normal() -> None:
    normal, skewed = graded(1500, 10), graded(1500, 10, is_normal=False)
    for data, low, high in ((normal, 0, 4), (skewed, 40, 1000)):
        one, two = fit_latent_trait(data), fit_latent_trait(data, is_normal=False)
        assert two.is_converged
        assert two.n_parameters == one.n_parameters + 2
        assert low <= two.log_likelihood - one.log_likelihood < high
    assert fit_latent_trait(skewed, 2, is_normal=False).n_parameters == fit_latent_trait(skewed, 2).n_parameters + 5


def test_a_border_between_groups_stays_within_the_steepest_slope() -> None:
    sure = np.random.default_rng(1).choice(["a", "b"], 300)
    found = fit_latent_trait(pd.DataFrame(dict.fromkeys(("one", "two", "three"), sure)))
    assert found.is_converged
    assert found.slopes["slope"].abs().max() == pytest.approx(model.STEEPEST)


def test_a_second_dimension_is_found_where_there_is_one() -> None:
    both = pd.concat([graded(1500, 6), graded(1500, 7).add_prefix("other_")], axis=1)
    one, two = (fit_latent_trait(both, number) for number in (1, 2))
    assert two.bic < one.bic - 100
    assert two.residuals["per_df"].mean() < 1.5 < one.residuals["per_df"].mean()


def test_an_order_that_is_there_saves_parameters() -> None:
    data = graded(1000, 8)
    ordered, unordered = fit_latent_trait(data), fit_latent_trait(data.astype(str))
    assert ordered.n_parameters == 6 * 4
    assert unordered.n_parameters == 6 * 6
    assert ordered.bic < unordered.bic
    again = fit_latent_trait(data.astype(str).astype(pd.CategoricalDtype(list("0123"), ordered=True)))
    assert again.log_likelihood == pytest.approx(ordered.log_likelihood, abs=1e-9)


def test_a_weight_counts_like_so_many_respondents() -> None:
    data = graded(300, 9)
    pooled = data.value_counts().rename("weight").reset_index()
    weighted = fit_latent_trait(pooled.drop(columns="weight"), weights=pooled["weight"])
    assert weighted.bic == pytest.approx(fit_latent_trait(data).bic, abs=1e-5)


def test_other_dimensions_are_refused() -> None:
    with pytest.raises(AnswersError, match="n_dimensions: 3 is not legal"):
        fit_latent_trait(graded(50, 1), 3)
