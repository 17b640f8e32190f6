"""Multiple correspondence analysis: against FactoMineR on `tea`, and against its own definition where nothing else is at hand."""

import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference import tea

from compendium.errors import AnswersError
from compendium.typology import MCA, fit_mca
from compendium.typology.coding import MISSING
from compendium.typology.mca.joint import counted


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

    def test_supplementary_variables_agree(self) -> None:
        data = tea.answers()
        fit = fit_mca(data, supplementary=list(data.columns[18:]))
        assert len(fit.categories.query("role == 'supplementary' and dimension == 1")) > 17
        assert fit.variables.query("role == 'supplementary'")["variable"].nunique() == 17
        assert list(fit.quantities["variable"].unique()) == ["age"]
        away = fit.individuals - fit.individuals.mean()
        age = data["age"] - data["age"].mean()
        known = away.mul(age, axis=0).sum() / np.sqrt((away**2).sum() * (age**2).sum())
        np.testing.assert_allclose(fit.quantities["correlation"], known, atol=1e-12)


OUTSIDE = Path(__file__).parent / "reference" / "typology"
QUESTIONS = [f"q{number}" for number in range(1, 7)]
WITH_MISSING = ["q1m", "q2", "q3", "q4m", "q5", "q6"]
EXCLUDED = {"q3": ["b"], "q6": ["y"]}


def outside_answers() -> pd.DataFrame:
    return pd.read_csv(OUTSIDE / "mca_answers.csv", dtype=dict.fromkeys(WITH_MISSING, "str"))


def outside_fit(case: str) -> MCA:
    data = outside_answers()
    described, extra = [*QUESTIONS, "region", "hours"], ["region", "hours"]
    if case in ("plain", "weighted", "burt"):
        return fit_mca(
            data[described],
            3,
            weights=data["weight"] if case == "weighted" else None,
            supplementary=extra,
            method="burt" if case == "burt" else "indicator",
        )
    if case == "projected":
        return fit_mca(data[QUESTIONS], 3, weights=np.repeat([1.0, 0.0], [140, 20]))
    if case == "missing":
        return fit_mca(data[WITH_MISSING], 3)
    return fit_mca(data[QUESTIONS], 3, weights=data["weight"] if "weighted" in case else None, passive=EXCLUDED)


def outside(case: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((OUTSIDE / "mca.json").read_text(encoding="utf-8"))[case]
    return content


CASES = ["plain", "weighted", "projected", "specific", "specific_weighted", "missing", "burt"]
SAID = {
    "plain": "",
    "weighted": ", weights",
    "projected": ", supplementary persons",
    "specific": ", passive categories",
    "specific_weighted": ", passive categories and weights",
    "missing": ", missing answers passive",
    "burt": ", Burt table",
}


def by_name(fit: MCA, what: str, names: list[str]) -> np.ndarray:
    rows = fit.categories
    table = rows.assign(name=rows["variable"] + "." + rows["category"]).pivot(
        index="name", columns="dimension", values=what
    )
    return table.loc[names].to_numpy()


class TestOutside:
    """FactoMineR 2.7 and ca 0.71.1 on drawn answers: tests/reference/typology/mca.R."""

    @pytest.mark.parametrize("case", CASES)
    def test_categories_and_persons_agree(self, case: str) -> None:
        fit, expected, function = outside_fit(case), outside(case), f"typology.fit_mca{SAID[case]}"
        n = len(fit.eigenvalues)
        agrees(function, "FactoMineR 2.7", fit.eigenvalues["eigenvalue"], expected["eigenvalues"][:n], abs=1e-11)
        values = np.array(expected["coordinate"]["values"])
        sign = np.sign((by_name(fit, "coordinate", expected["coordinate"]["names"]) * values).sum(axis=0))
        for group in ("", "other_") if "other_coordinate" in expected else ("",):
            for what in ("coordinate", "contribution_pct", "cos2", "v_test"):
                if group + what not in expected or (
                    what == "v_test" and case in ("weighted", "specific_weighted", "burt")
                ):
                    continue
                names = expected[group + what]["names"]
                found = by_name(fit, what, names) * (sign if what in ("coordinate", "v_test") else 1.0)
                agrees(function, "FactoMineR 2.7", found, expected[group + what]["values"], abs=1e-9)
        few = len(expected["persons"])
        for ours, theirs, turn in (
            (fit.individuals, "persons", sign),
            (fit.individual_contributions_pct, "persons_contribution_pct", 1.0),
            (fit.individual_cos2, "persons_cos2", 1.0),
        ):
            agrees(function, "FactoMineR 2.7", ours.iloc[:few] * turn, expected[theirs], abs=1e-9)
        if case == "projected":
            agrees(function, "FactoMineR 2.7", fit.individuals.iloc[140:] * sign, expected["projected"], abs=1e-9)
        if "correlation" in expected:
            agrees(function, "FactoMineR 2.7", fit.quantities["correlation"] * sign, expected["correlation"], abs=1e-9)

    @pytest.mark.parametrize("case", ["plain", "weighted", "projected", "burt"])
    def test_eta2_agrees(self, case: str) -> None:
        fit, expected = outside_fit(case), outside(case)
        for key in ("eta2", "other_eta2"):
            if key in expected:
                found = fit.variables.pivot(index="variable", columns="dimension", values="eta2")
                agrees(
                    "typology.fit_mca: eta squared",
                    "FactoMineR 2.7",
                    found.loc[np.atleast_1d(expected[key]["names"])],
                    expected[key]["values"],
                    abs=1e-9,
                )

    @pytest.mark.parametrize("case", ["specific", "missing"])
    def test_contributions_of_variables_agree_where_categories_are_passive(self, case: str) -> None:
        """FactoMineR's eta squared leaves passive categories out there: it is Q times the eigenvalue times the contributions."""
        fit, expected = outside_fit(case), outside(case)
        contributions = fit.categories.groupby(["variable", "dimension"])["contribution_pct"].sum().unstack()
        inertia = fit.eigenvalues["eigenvalue"].to_numpy()[:3]
        found = contributions.loc[expected["eta2"]["names"]] / 100 * inertia * 6
        agrees(
            "typology.fit_mca: contributions of variables",
            "FactoMineR 2.7",
            found,
            expected["eta2"]["values"],
            abs=1e-9,
        )
        whole = fit.variables.pivot(index="variable", columns="dimension", values="eta2")
        assert (whole - found >= -1e-12).all(axis=None)  # ours is the share of variance, passive categories with it

    def test_weighted_v_tests_count_the_effective_sample_and_agree_but_for_that(self) -> None:
        """FactoMineR takes the sum of the weights for the number of persons, so that twice the weights raise every v-test."""
        fit, expected, weight = outside_fit("weighted"), outside("weighted"), outside_answers()["weight"]
        values = np.array(expected["v_test"]["values"])
        found = by_name(fit, "v_test", expected["v_test"]["names"])
        effective = weight.sum() ** 2 / (weight**2).sum()
        theirs = np.abs(values) * np.sqrt((effective - 1) / (weight.sum() - 1))
        agrees(
            "typology.fit_mca: weighted v-tests, their n put right", "FactoMineR 2.7", np.abs(found), theirs, abs=1e-9
        )

    @pytest.mark.parametrize(("method", "case"), [("indicator", "plain"), ("burt", "burt")])
    def test_both_methods_agree_with_another_package(self, method: str, case: str) -> None:
        fit, expected = outside_fit(case), outside("ca")[method]
        function = f"typology.fit_mca, method {method!r}"
        agrees(function, "ca 0.71.1", fit.eigenvalues["eigenvalue"], expected["eigenvalues"], abs=1e-11)
        agrees(function, "ca 0.71.1", fit.eigenvalues["pct"], expected["pct"], abs=1e-9)
        agrees(function, "ca 0.71.1", fit.total_inertia, expected["total"], abs=1e-11)
        found = by_name(fit, "coordinate", expected["names"])
        agrees(function, "ca 0.71.1", np.abs(found), np.abs(expected["coordinate"]), abs=1e-9)

    def test_adjusted_rates_agree_with_another_package(self) -> None:
        expected = outside("ca")["adjusted"]
        n = len(expected["eigenvalues"])
        for case in ("plain", "burt"):
            rates = outside_fit(case).eigenvalues
            agrees(
                "typology.fit_mca: adjusted rates",
                "ca 0.71.1",
                rates["benzecri"][:n],
                expected["eigenvalues"],
                abs=1e-11,
            )
            agrees(
                "typology.fit_mca: adjusted rates", "ca 0.71.1", rates["greenacre_pct"][:n], expected["pct"], abs=1e-9
            )


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


small_tables = st.integers(12, 40).flatmap(
    lambda rows: st.lists(
        st.lists(st.sampled_from(["a", "b", "c", None]), min_size=rows, max_size=rows), min_size=2, max_size=4
    )
)


def table(columns: list[list[str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame({f"q{place}": column for place, column in enumerate(columns)}, dtype=object)
    assume(all(len(set(column) - {None}) > 1 for column in columns))
    return frame


class TestInvariances:
    """What must not matter: the order of rows, the scale of weights, whether alike respondents are merged."""

    @given(small_tables, st.randoms(use_true_random=False))
    @settings(max_examples=40, deadline=None)
    def test_order_of_rows(self, columns: list[list[str | None]], random: Random) -> None:
        frame = table(columns)
        order = random.sample(range(len(frame)), len(frame))
        first, second = fit_mca(frame, 2), fit_mca(frame.iloc[order], 2)
        pd.testing.assert_frame_equal(first.eigenvalues, second.eigenvalues)
        pd.testing.assert_frame_equal(first.categories, second.categories)
        pd.testing.assert_frame_equal(first.individuals, second.individuals.loc[frame.index])

    @given(small_tables, st.integers(0, 2**32 - 1), st.sampled_from([2.0, 1e-6, 1e6]))
    @settings(max_examples=40, deadline=None)
    def test_scale_of_weights(self, columns: list[list[str | None]], seed: int, scale: float) -> None:
        frame = table(columns)
        weights = np.random.default_rng(seed).uniform(0.2, 3, len(frame))
        first, second = fit_mca(frame, 1, weights), fit_mca(frame, 1, scale * weights)
        np.testing.assert_allclose(first.eigenvalues["eigenvalue"], second.eigenvalues["eigenvalue"], atol=1e-12)
        np.testing.assert_allclose(first.categories["share"], second.categories["share"], atol=1e-12)
        gap = first.eigenvalues["eigenvalue"].diff().iloc[1:2].abs()
        if (gap > 1e-6).all():  # of two equal axes neither is the first
            np.testing.assert_allclose(place(first, "v_test").abs(), place(second, "v_test").abs(), atol=1e-6)

    @given(small_tables)
    @settings(max_examples=40, deadline=None)
    def test_alike_respondents_may_be_merged(self, columns: list[list[str | None]]) -> None:
        frame = table(columns)
        merged = frame.fillna("none").value_counts().reset_index()
        alike = merged.drop(columns="count").replace("none", None)
        whole, fit = fit_mca(frame, 1), fit_mca(alike, 1, weights=merged["count"])
        np.testing.assert_allclose(whole.eigenvalues["eigenvalue"], fit.eigenvalues["eigenvalue"], atol=1e-10)
        np.testing.assert_allclose(whole.total_inertia, fit.total_inertia, atol=1e-12)
        np.testing.assert_allclose(fit.individuals, fit.project(alike), atol=1e-12)

    @given(small_tables)
    @settings(max_examples=40, deadline=None)
    def test_identities(self, columns: list[list[str | None]]) -> None:
        """Contributions add up to 100, squared cosines over all axes to 1, variances to the eigenvalues."""
        frame = table(columns)
        fit = fit_mca(frame, 99)
        np.testing.assert_allclose(fit.categories.groupby("dimension")["contribution_pct"].sum(), 100, atol=1e-6)
        np.testing.assert_allclose((fit.individuals**2).mean(), fit.eigenvalues["eigenvalue"], atol=1e-9)
        np.testing.assert_allclose(fit.eigenvalues["eigenvalue"].sum(), fit.total_inertia, atol=1e-9)
        assert fit.variables["eta2"].between(-1e-9, 1 + 1e-9).all()
        squares = fit.individual_cos2.sum(axis=1)
        np.testing.assert_allclose(squares[squares > 0], 1, atol=1e-6)


def test_joint_counts_are_those_of_single_pairs() -> None:
    """Groups of variables, large variables and the table of all patterns must give one Burt table."""
    rng = np.random.default_rng(7)
    sizes, others = [4, 4, 3, 5, 2, 300, 4, 4, 4], [3, 40]
    codes = [rng.integers(0, size, 70_000).astype(np.int16) for size in sizes]
    extra = [rng.integers(0, size, 70_000).astype(np.int16) for size in others]
    for weights in (np.ones(70_000), rng.uniform(0, 2, 70_000) * (rng.random(70_000) > 0.1)):
        for few in (slice(0, 2), slice(0, 5), slice(None)):
            found = counted(codes[few], sizes[few], extra, others, weights)
            ends = np.cumsum([0, *sizes[few]])
            for first, second in ((0, 0), (0, 1), (1, 0), (len(ends) - 2, 0)):
                expected = np.zeros((sizes[few][first], sizes[few][second]))
                np.add.at(expected, (codes[first], codes[second]), weights)
                block = found.burt[ends[first] : ends[first + 1], ends[second] : ends[second + 1]]
                np.testing.assert_allclose(block, expected, rtol=1e-10)
            crossed = np.zeros((40, sizes[1]))
            np.add.at(crossed, (extra[1], codes[1]), weights)
            np.testing.assert_allclose(found.crossed[3:, ends[1] : ends[2]], crossed, rtol=1e-10)
            np.testing.assert_allclose(
                found.held, np.r_[np.bincount(extra[0], weights), np.bincount(extra[1], weights)]
            )
            np.testing.assert_array_equal(found.persons[: sizes[0]], np.bincount(codes[0], weights > 0))


def test_the_burt_table_gives_squares_and_the_same_persons(answers: pd.DataFrame) -> None:
    indicator, burt = fit_mca(answers), fit_mca(answers, method="burt")
    np.testing.assert_allclose(burt.eigenvalues["eigenvalue"], indicator.eigenvalues["eigenvalue"] ** 2, atol=1e-14)
    np.testing.assert_allclose(burt.eigenvalues["eigenvalue"].sum(), burt.total_inertia, atol=1e-14)
    pd.testing.assert_frame_equal(burt.individuals, indicator.individuals)
    pd.testing.assert_frame_equal(burt.individual_contributions_pct, indicator.individual_contributions_pct)
    everything = fit_mca(answers, 99, method="burt")
    np.testing.assert_allclose(everything.categories.groupby(["variable", "category"])["cos2"].sum(), 1, atol=1e-9)


def test_a_missing_answer_can_be_projected_and_an_unseen_one_where_wished(answers: pd.DataFrame) -> None:
    fit = fit_mca(answers)
    nobody = fit.project(answers.head(4).assign(a=None))
    strange = answers.head(4).assign(a="perhaps")
    pd.testing.assert_frame_equal(fit.project(strange, unseen="passive"), nobody)
    own = fit.categories.query("variable == 'a'").pivot(index="category", columns="dimension", values="coordinate")
    root = np.sqrt(fit.eigenvalues["eigenvalue"].to_numpy()[:5])
    expected = fit.individuals.iloc[:4] - own.loc[answers["a"].iloc[:4]].to_numpy() / root / 4
    np.testing.assert_allclose(nobody, expected, atol=1e-10)


def test_the_type_of_a_column_does_not_matter(answers: pd.DataFrame) -> None:
    number = answers.assign(c=answers["c"].map({"w": 1, "x": 2, "y": 3, "z": 10}))
    plain = fit_mca(number)
    assert list(dict.fromkeys(plain.categories.query("variable == 'c'")["category"])) == ["1", "2", "3", "10"]
    for change in (float, "Int64", "Float64", object):
        pd.testing.assert_frame_equal(fit_mca(number.astype({"c": change})).categories, plain.categories)
    for change in (object, "category"):
        pd.testing.assert_frame_equal(fit_mca(answers.astype(change)).categories, fit_mca(answers).categories)
    unused = answers.assign(a=pd.Categorical(answers["a"], ["no", "never", "yes"]))
    pd.testing.assert_frame_equal(fit_mca(unused).categories, fit_mca(answers).categories)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([True, None, False], ["False", "True", MISSING]),
        ([1, "1", True, "yes", 2.0, None], ["1", "2", "True", "yes", MISSING]),
        ([2.0, np.nan, 10.0], ["2", "10", MISSING]),
        ([MISSING, "x", "y"], ["x", "y", MISSING]),
    ],
)
def test_what_categories_a_mixed_column_has(cells: list[object], expected: list[str]) -> None:
    column = pd.Series(cells * 20, dtype=object)
    frame = pd.DataFrame({"a": column, "b": ["u", "v", "w", "u"] * (len(column) // 4)})
    assert list(dict.fromkeys(fit_mca(frame).categories.query("variable == 'a'")["category"])) == expected


def test_names_that_are_numbers_are_read_as_texts(answers: pd.DataFrame) -> None:
    fit = fit_mca(answers.set_axis([0, 1, 2, 3], axis=1), supplementary=[3], passive={1: ["low"]})  # type: ignore[list-item,dict-item]
    assert fit.active == ("0", "1", "2") and fit.supplementary == ("3",)
    assert fit.project(answers.set_axis([0, 1, 2, 3], axis=1)).equals(fit.individuals)


def test_a_category_of_supplementary_respondents_only_is_passive(answers: pd.DataFrame) -> None:
    weights = np.r_[0.0, np.ones(len(answers) - 1)]
    fit = fit_mca(answers.assign(a=["other", *answers["a"].iloc[1:]]), weights=weights)
    row = fit.categories.query("category == 'other' and dimension == 1").iloc[0]
    assert (row["role"], row["n"], row["share"]) == ("passive", 0, 0.0)
    assert fit.individuals.notna().all(axis=None)


def test_weights_are_matched_by_their_index(answers: pd.DataFrame) -> None:
    weights = pd.Series(np.random.default_rng(2).uniform(0.5, 2, len(answers)))
    shuffled = fit_mca(answers, weights=weights.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(shuffled.categories, fit_mca(answers, weights=weights).categories)
    with pytest.raises(AnswersError, match="another index"):
        fit_mca(answers, weights=weights.set_axis(weights.index + 5))


def test_many_columns_that_say_nothing_do_no_harm(answers: pd.DataFrame) -> None:
    empty = pd.DataFrame({f"s{place}": ["same"] * len(answers) for place in range(80)})
    fit = fit_mca(answers.join(empty), supplementary=empty.columns)
    assert (fit.categories.query("role == 'supplementary' and dimension == 1")["share"] == 1).sum() == 80
    pd.testing.assert_frame_equal(fit.individuals, fit_mca(answers).individuals)


def test_what_tells_nobody_apart_has_no_v_test(answers: pd.DataFrame) -> None:
    fit = fit_mca(answers.assign(s="same", t=1.0, u=np.nan), supplementary=["s", "t", "u"])
    assert fit.categories.query("variable == 's'")[["cos2", "v_test"]].isna().all(axis=None)
    assert fit.quantities["correlation"].isna().all()
    assert fit.quantities.groupby("variable")["n"].first().to_dict() == {"t": 240, "u": 0}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n_components": 0}, "1 or more; 0 given"),
        ({"n_components": 2.5}, "1 or more; 2.5 given"),
        ({"supplementary": "a"}, "must be a list of names of columns; 'a' given"),
        ({"supplementary": 2}, "must be a list of names of columns; 2 given"),
        ({"supplementary": [2]}, "names of columns are expected, not positions"),
        ({"supplementary": ["a", "b", "c"]}, "two active variables or more; 1 given"),
        ({"passive": {"zz": ["x"]}}, "'zz' is no active variable; legal are 'a', 'b', 'c', 'd'"),
        ({"passive": {"a": "yes"}}, "must be a list; 'yes' given"),
        ({"passive": ["yes"]}, "must map each variable"),
        ({"passive": {"a": ["yes", "no"]}}, "'a' has passive categories only"),
        ({"weights": [1.0] * 239 + [np.nan]}, "the weight of row 239 is nan"),
        ({"weights": ["heavy"] * 240}, "weights must be numbers"),
        ({"weights": np.ones((240, 1))}, "one list of numbers"),
        ({"weights": np.zeros(240)}, "all weights are zero"),
        ({"method": "both"}, "'both' is not known; legal are indicator, burt"),
    ],
)
def test_bad_arguments_are_said(answers: pd.DataFrame, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(AnswersError, match=said):
        fit_mca(answers, **arguments)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f[["a"]], "two active variables"),
        (lambda f: f.assign(e="same"), "'e' has one answer only"),
        (lambda f: f.assign(e=0.5), "cut it into classes"),
        (lambda f: f.assign(e=pd.Series([1, 1.5] * 120, dtype=object)), "cut it into classes"),
        (lambda f: f.assign(e=[["x"], ["y"]] * 120), r"\['x'\] is no answer"),
        (lambda f: f.assign(e=None), "'e' was answered by nobody"),
        (lambda f: pd.concat([f, f[["a"]]], axis=1), "'a' stands in the answers 2 times"),
        (lambda f: f.head(0), "no rows"),
        (lambda f: f.head(1), "one answer only"),
        (lambda f: f.to_numpy(), "must be a pandas.DataFrame"),
        (lambda f: pd.concat([f.assign(e=f.index)] * 22).assign(e=lambda g: range(len(g))), "'e' has 5,280 categories"),
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
