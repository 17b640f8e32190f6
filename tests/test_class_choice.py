"""How many classes: criteria side by side, the rule with its reasons, the bootstrap likelihood-ratio test."""

import numpy as np
import pandas as pd
import pytest

from compendium.errors import AnswersError
from compendium.typology.latent_class import fit_latent_classes, likelihood_ratio
from compendium.typology.latent_class.choice import CHOSEN, choose, compare_classes
from compendium.typology.latent_class.likelihood_ratio import bootstrap_likelihood_ratio


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(1)
    member = rng.choice(2, 200, p=[0.6, 0.4])
    drawn = (rng.random((200, 5)) < np.array([0.8, 0.25])[member][:, None]).astype(int)
    frame = pd.DataFrame(drawn, columns=list("abcde")).astype(object)
    return frame.mask(rng.random(frame.shape) < 0.05)


@pytest.fixture(scope="module")
def compared(answers):
    return compare_classes(answers, range(1, 4), n_starts=5)


def test_the_criteria_are_those_of_each_fit(answers, compared):
    fit = fit_latent_classes(answers, 2, n_starts=5)
    row = compared.set_index("n_classes").loc[2]
    for name in ("log_likelihood", "n_parameters", "aic", "bic", "abic", "icl", "entropy", "smallest", "n_at_best"):
        assert row[name] == getattr(fit, name)
    assert row["residual"] == pytest.approx(fit.residuals["per_df"].mean())
    assert np.isnan(compared["entropy"][0])


def test_the_planted_number_is_chosen_and_the_others_told_why(compared):
    said = choose(compared).set_index("n_classes")
    assert said["is_chosen"].tolist() == [False, True, False]
    assert said.loc[2, "reason"] == CHOSEN
    assert said.loc[1, "reason"].startswith("BIC is ")


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("is_solution", False, "no solution"),
        ("is_identified", False, "not identified"),
        ("smallest", 0.04, "the smallest class holds 4.0 %, less than 5 %"),
        ("bic", np.nan, "not a number"),
    ],
)
def test_what_may_not_be_chosen_is_not_whatever_its_bic(compared, column, value, words):
    changed = compared.copy()
    changed.loc[1, column] = value
    said = choose(changed)
    assert not said["is_chosen"][1]
    assert words in said["reason"][1]
    assert said["is_chosen"].sum() == 1


def test_nothing_is_chosen_where_nothing_holds(compared):
    said = choose(compared.assign(is_solution=False))
    assert not said["is_chosen"].any()
    assert (said["reason"] != "").all()


def test_equal_criteria_choose_the_smaller_number(compared):
    twice = pd.concat([compared[1:2].assign(n_classes=4), compared[1:2]], ignore_index=True)
    assert choose(twice)["is_chosen"].tolist() == [False, True]


def test_a_second_class_that_is_there_is_found(answers):
    found = bootstrap_likelihood_ratio(answers, 2, n_draws=9, n_starts=3)
    assert found.p == pytest.approx(0.1)
    assert found.n_draws == len(found.draws) == 9
    assert found.statistic > found.draws.max()
    assert found.is_solution


def test_stopping_early_decides_as_all_draws_do(answers):
    independent = answers[:120].apply(lambda column: column.sample(frac=1, random_state=column.name.encode()[0]).to_numpy())
    full = bootstrap_likelihood_ratio(independent, 2, n_draws=9, n_starts=3)
    short = bootstrap_likelihood_ratio(independent, 2, n_draws=9, n_starts=3, stop=0.1)
    assert full.p > 0.1
    assert short.p > 0.1
    assert short.n_draws < full.n_draws
    assert short.draws.tolist() == full.draws[: short.n_draws].tolist()
    assert bootstrap_likelihood_ratio(answers, 2, n_draws=9, n_starts=3, stop=0.1).n_draws == 9


def test_draws_have_the_missing_answers_of_the_persons(answers, monkeypatch):
    seen = []

    def watched(data, *others):
        seen.append(data.isna().to_numpy())
        return fit_latent_classes(data, *others)

    monkeypatch.setattr(likelihood_ratio, "fit_latent_classes", watched)
    bootstrap_likelihood_ratio(answers, 2, n_draws=2, n_starts=2)
    assert all((absent == answers.isna().to_numpy()).all() for absent in seen)


def test_a_larger_model_below_the_smaller_is_fitted_again_with_more_starts(answers, monkeypatch):
    starts = []

    def clumsy(data, n_classes, n_starts, seed, weights):
        starts.append((n_classes, n_starts))
        return fit_latent_classes(data, 1 if n_starts == 2 and n_classes == 3 else n_classes, 2, seed, weights)

    monkeypatch.setattr(likelihood_ratio, "fit_latent_classes", clumsy)
    found = bootstrap_likelihood_ratio(answers, 3, n_draws=2, n_starts=2)
    assert (3, 4) in starts
    assert found.n_refitted == 2
    assert found.n_failed == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_classes": 1}, "two or more"),
        ({"n_draws": 0}, "one or more"),
        ({"stop": 1.5}, "between 0 and 1"),
    ],
)
def test_bad_numbers_are_refused(answers, change, words):
    with pytest.raises(AnswersError, match=words):
        bootstrap_likelihood_ratio(**{"data": answers, "n_classes": 2, **change})


def test_a_rule_needs_its_table(compared):
    with pytest.raises(AnswersError, match="no column 'bic'"):
        choose(compared.drop(columns="bic"))
    with pytest.raises(AnswersError, match="between 0 and 1"):
        choose(compared, least_share=5)
    with pytest.raises(AnswersError, match="no number of classes"):
        compare_classes(pd.DataFrame({"a": ["x", "y"]}), [])
