"""Multiple correspondence analysis: against FactoMineR on `tea`, and against its own definition where nothing else is at hand."""

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from reference import tea

from compendium.errors import AnswersError
from compendium.typology import MCA, fit_mca


@pytest.fixture
def answers() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    hidden = rng.normal(size=240)
    return pd.DataFrame(
        {
            "a": np.where(hidden + rng.normal(size=240) > 0, "yes", "no"),
            "b": pd.cut(hidden + rng.normal(size=240), [-9, -0.5, 0.7, 9], labels=["low", "middle", "high"]).astype(
                str
            ),
            "c": rng.choice(["x", "y", "z", "w"], size=240),
            "d": np.where(hidden > 0.3, "p", "q"),
        }
    )


def place(fit: MCA, what: str, role: str = "active") -> pd.DataFrame:
    rows = fit.categories[fit.categories["role"] == role]
    return rows.assign(name=rows["variable"] + "=" + rows["category"]).pivot(
        index="name", columns="dimension", values=what
    )


class TestReference:
    """Values of FactoMineR 2.7 on `tea`, see tests/reference/tea.py."""

    def test_rates_agree(self) -> None:
        fit = fit_mca(tea.answers().iloc[:, :18])
        expected = tea.expected("tea_default_ncp5")
        assert fit.total_inertia == pytest.approx(expected["total_inertia"], abs=1e-12)
        for column, key in {
            "eigenvalue": "eigenvalues", "pct": "pct", "benzecri": "benzecri_adj_eig",
            "benzecri_pct": "benzecri_pct", "greenacre_pct": "greenacre_pct",
        }.items():  # fmt: skip
            agrees(
                "typology.fit_mca: eigenvalues and rates",
                "FactoMineR 2.7",
                fit.eigenvalues[column],
                expected[key],
                abs=1e-9,
            )

    def test_categories_and_individuals_agree(self) -> None:
        data = tea.answers()
        fit = fit_mca(data, supplementary=list(data.columns[18:]))
        expected = tea.categories()
        found = fit.categories[fit.categories["role"] == "active"]
        sign = 1.0
        for what in ("coordinate", "contribution_pct", "cos2", "v_test"):
            values = (
                found.pivot(index="category", columns="dimension", values=what).loc[expected[what].index].to_numpy()
            )
            if what == "coordinate":
                sign = np.sign(values[0] * expected[what].to_numpy()[0])
            turned = values * sign if what in ("coordinate", "v_test") else values
            agrees(f"typology.fit_mca: {what} of categories", "FactoMineR 2.7", turned, expected[what], abs=1e-8)
        turned = fit.individuals.to_numpy() * sign
        agrees("typology.fit_mca: coordinates of persons", "FactoMineR 2.7", turned, tea.individuals(), abs=1e-8)


def test_agrees_with_the_decomposition_of_the_indicator_matrix(answers: pd.DataFrame) -> None:
    """The Burt route must give what the singular values of the centred indicator matrix give."""
    fit = fit_mca(answers, n_components=3)
    indicator = pd.get_dummies(answers).to_numpy(dtype=float)
    table = indicator / indicator.sum()
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    residuals = (table - np.outer(rows, columns)) / np.sqrt(np.outer(rows, columns))
    left, values, _ = np.linalg.svd(residuals, full_matrices=False)
    np.testing.assert_allclose(fit.eigenvalues["eigenvalue"], values[: len(fit.eigenvalues)] ** 2, atol=1e-12)
    points = (left * values / np.sqrt(rows)[:, None])[:, :3]
    np.testing.assert_allclose(np.abs(fit.individuals), np.abs(points), atol=1e-10)


def test_passive_categories_follow_the_specific_analysis(answers: pd.DataFrame) -> None:
    """Le Roux and Rouanet: centre the whole indicator matrix, then drop the passive columns; missing answers are such a column."""
    answers.loc[::7, "c"] = np.nan
    fit = fit_mca(answers, n_components=2, passive={"b": ["middle"]})
    indicator = pd.get_dummies(answers.fillna("(missing)"))
    keep = ~indicator.columns.isin(["b_middle", "c_(missing)"])
    table = indicator.to_numpy(dtype=float) / (4 * len(answers))
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    residuals = ((table - np.outer(rows, columns)) / np.sqrt(np.outer(rows, columns)))[:, keep]
    left, values, _ = np.linalg.svd(residuals, full_matrices=False)
    np.testing.assert_allclose(fit.eigenvalues["eigenvalue"][:2], values[:2] ** 2, atol=1e-12)
    np.testing.assert_allclose(
        np.abs(fit.individuals), np.abs((left * values / np.sqrt(rows)[:, None])[:, :2]), atol=1e-10
    )
    passive = fit.categories[fit.categories["role"] == "passive"]
    assert set(passive["category"]) == {"middle", "(missing)"}
    assert passive["contribution_pct"].isna().all()
    everything = fit_mca(answers, n_components=99, passive={"b": ["middle"]})
    np.testing.assert_allclose(everything.individual_cos2.sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(everything.individual_contributions_pct.sum(), 100, atol=1e-9)


def test_a_weight_counts_like_so_many_respondents(answers: pd.DataFrame) -> None:
    weights = np.random.default_rng(1).integers(0, 4, len(answers))
    weighted = fit_mca(answers, weights=weights)
    repeated = fit_mca(answers.loc[answers.index.repeat(weights)])
    np.testing.assert_allclose(weighted.eigenvalues, repeated.eigenvalues, atol=1e-9)
    for what in ("coordinate", "contribution_pct", "cos2"):
        np.testing.assert_allclose(place(weighted, what), place(repeated, what), atol=1e-8)
    # Weights carry less information than as many people: the v-test must be the smaller one.
    assert (place(weighted, "v_test").abs() <= place(repeated, "v_test").abs() + 1e-9).all(axis=None)


def test_a_respondent_of_weight_zero_is_only_projected(answers: pd.DataFrame) -> None:
    weights = np.r_[np.ones(200), np.zeros(40)]
    fit = fit_mca(answers, weights=weights)
    alone = fit_mca(answers.iloc[:200])
    np.testing.assert_allclose(fit.individuals.iloc[:200], alone.individuals, atol=1e-10)
    np.testing.assert_allclose(fit.individuals.iloc[200:], alone.project(answers.iloc[200:]), atol=1e-10)


def test_supplementary_variables_do_not_move_the_axes(answers: pd.DataFrame) -> None:
    plain = fit_mca(answers)
    more = answers.assign(same=answers["a"], place=np.linspace(0, 1, len(answers)))
    fit = fit_mca(more, supplementary=["same", "place"])
    np.testing.assert_array_equal(fit.individuals, plain.individuals)
    same = place(fit, "coordinate", "supplementary").to_numpy()
    np.testing.assert_allclose(same, place(fit, "coordinate").loc[["a=no", "a=yes"]].to_numpy(), atol=1e-10)
    correlation = np.corrcoef(more["place"], fit.individuals["dim_1"])[0, 1]
    assert fit.quantities.loc[0, "correlation"] == pytest.approx(correlation, abs=1e-12)


def test_eta2_is_the_share_of_variance_between_categories(answers: pd.DataFrame) -> None:
    fit = fit_mca(answers, n_components=2)
    axis = fit.individuals["dim_1"]
    between = axis.groupby(answers["b"]).transform("mean").var(ddof=0) / axis.var(ddof=0)
    row = fit.variables.query("variable == 'b' and dimension == 1")
    assert row["eta2"].item() == pytest.approx(between, abs=1e-10)


def test_signs_do_not_depend_on_the_order_of_respondents(answers: pd.DataFrame) -> None:
    shuffled = answers.sample(frac=1, random_state=5)
    first, second = fit_mca(answers), fit_mca(shuffled)
    np.testing.assert_allclose(second.individuals.loc[answers.index], first.individuals, atol=1e-9)
    assert (place(first, "coordinate").loc[["a=yes", "d=q"], 1] * [1, -1] > 0).all()  # the strongest last one is yes


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f[["a"]], "two active variables"),
        (lambda f: f.assign(e="same"), "'e' has one answer only"),
        (lambda f: f.assign(e=0.5), "cut it into classes"),
    ],
)
def test_what_cannot_be_analysed_is_said(answers: pd.DataFrame, change, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(AnswersError, match=said):
        fit_mca(change(answers))


def test_an_unknown_category_cannot_be_projected(answers: pd.DataFrame) -> None:
    fit = fit_mca(answers)
    with pytest.raises(AnswersError, match="a: the category 'perhaps' is not known; legal are 'no', 'yes'"):
        fit.project(answers.head(3).assign(a="perhaps"))


def test_bad_weights_and_columns_are_refused(answers: pd.DataFrame) -> None:
    with pytest.raises(AnswersError, match="239 weights for 240"):
        fit_mca(answers, weights=np.ones(239))
    with pytest.raises(AnswersError, match="at least zero"):
        fit_mca(answers, weights=-np.ones(240))
    with pytest.raises(AnswersError, match="'zz' is not in the answers"):
        fit_mca(answers, supplementary=["zz"])
    with pytest.raises(AnswersError, match="'nothing' of 'a'"):
        fit_mca(answers, passive={"a": ["nothing"]})
