"""Clustering on principal components: against FactoMineR on `tea`, against SciPy's tree, and on planted groups."""

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from reference import tea
from scipy import stats
from scipy.cluster import hierarchy
from sklearn.metrics import adjusted_rand_score

from compendium.errors import CompendiumError
from compendium.typology import consolidation, division, fit_hcpc, fit_mca, neighbours
from compendium.typology.ward import cut, ward_tree


def planted(n: int = 300, seed: int = 11) -> tuple[pd.DataFrame, np.ndarray]:
    """Return answers to eight questions of three categories made by three groups of falling size, and the groups."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, size=n, p=[0.5, 0.3, 0.2])
    likely = np.full((3, 3), 0.1) + np.eye(3) * 0.7
    columns = {f"q{i}": [rng.choice(list("abc"), p=likely[(group + i) % 3]) for group in truth] for i in range(8)}
    return pd.DataFrame(columns), truth


class TestReference:
    """Values of FactoMineR 2.7 on `tea`, see tests/reference/tea.py."""

    @pytest.mark.parametrize(
        ("run", "axes", "number", "consolidate"),
        [(tea.RUNS[0], 5, None, True), (tea.RUNS[1], 20, 3, False), (tea.RUNS[2], 20, 3, True)],
    )
    def test_members_gains_and_paragons_agree(self, run: str, axes: int, number: int | None, consolidate: bool) -> None:
        fit = fit_hcpc(fit_mca(tea.answers().iloc[:, :18], axes), number, consolidate)
        expected = tea.expected(run)["hcpc"]
        members = tea.members(run)
        assert adjusted_rand_score(members, fit.labels) == 1.0
        agrees(
            "typology.fit_hcpc: gains of inertia",
            "FactoMineR 2.7",
            fit.gains[:10],
            expected["inertia_within_ratio"],
            abs=1e-10,
        )
        np.testing.assert_allclose(fit.quotients, expected["t_quot"], atol=1e-9)
        assert fit.between_before == pytest.approx(expected["bw_before"], abs=1e-9)
        if consolidate:
            assert fit.between_after == pytest.approx(expected["bw_after"], abs=1e-9)
        for cluster, nearest in expected["paragons"].items():
            own = fit.labels[members == cluster].iloc[0]
            found = fit.paragons.loc[fit.paragons["profile"] == own, "respondent"]
            assert [str(respondent + 1) for respondent in found] == nearest

    def test_description_agrees(self) -> None:
        data = tea.answers()
        fit = fit_hcpc(fit_mca(data, supplementary=list(data.columns[18:])))
        own = dict(zip(tea.members("tea_default_ncp5"), fit.labels, strict=True))
        rows = fit.description[fit.description["kind"] == "category"]
        found = dict(
            zip(
                zip(rows["profile"], rows["variable"] + "=" + rows["category"], strict=True),
                rows["v_test"],
                strict=True,
            )
        )
        printed = tea.described()
        assert len(printed) > 90
        ours = [found[own[cluster], name] for cluster, name in printed]
        agrees(
            "typology.fit_hcpc: v-tests of the description", "FactoMineR 2.7", ours, list(printed.values()), abs=1e-6
        )
        for row in tea.expected("tea_default_ncp5")["hcpc"]["test_chi2_top"]:
            ours = fit.associations.set_index("variable").loc[row["_row"]]
            assert stats.chi2.sf(ours["chi2"], ours["df"]) == pytest.approx(row["p.value"], rel=1e-6)


def test_the_tree_is_that_of_scipy() -> None:
    points = np.random.default_rng(2).normal(size=(400, 3))
    ours, theirs = ward_tree(points, np.ones(400)), hierarchy.linkage(points, "ward")
    np.testing.assert_allclose(ours[:, 2], theirs[:, 2] ** 2 / 2 / 400, atol=1e-14)
    for number in (2, 5, 17):
        assert adjusted_rand_score(cut(ours, number), hierarchy.fcluster(theirs, number, "maxclust")) == 1.0


def test_a_weight_counts_like_so_many_points() -> None:
    rng = np.random.default_rng(4)
    points, weights = rng.normal(size=(60, 2)), rng.integers(1, 5, 60)
    weighted, repeated = (
        ward_tree(points, weights),
        ward_tree(points.repeat(weights, axis=0), np.ones(weights.sum())),
    )
    np.testing.assert_allclose(weighted[:, 2], repeated[-59:, 2], atol=1e-14)


def _greedy(points: np.ndarray, weights: np.ndarray) -> list[float]:
    """Merge the two groups that lose least, compared pair by pair."""
    groups = list(zip(points, weights / weights.sum(), strict=True))
    lost = []
    while len(groups) > 1:
        losses = {
            (i, j): groups[i][1]
            * groups[j][1]
            / (groups[i][1] + groups[j][1])
            * ((groups[i][0] - groups[j][0]) ** 2).sum()
            for i in range(len(groups))
            for j in range(i)
        }
        i, j = min(losses, key=losses.__getitem__)
        lost.append(losses[i, j])
        (one, left), (two, right) = groups[i], groups[j]
        groups = [group for place, group in enumerate(groups) if place not in (i, j)]
        groups.append(((left * one + right * two) / (left + right), left + right))
    return lost


@pytest.mark.parametrize("dimensions", [1, 2, 5, 8])
def test_the_tree_loses_what_the_greedy_rule_loses(dimensions: int) -> None:
    rng = np.random.default_rng(dimensions)
    for _ in range(10):
        points, weights = rng.normal(size=(rng.integers(2, 22), dimensions)), rng.uniform(0.1, 5, 22)
        weights = weights[: len(points)]
        np.testing.assert_allclose(ward_tree(points, weights)[:, 2], sorted(_greedy(points, weights)), atol=1e-13)


def test_many_points_searched_in_space_give_the_tree_of_all_comparisons(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a grid, so that most losses are equal to others; and all inertia is lost in the end."""
    rng = np.random.default_rng(6)
    points = np.unique(rng.integers(0, 9, (4500, 5)).astype(float), axis=0)
    weights = rng.uniform(0.1, 9, len(points))
    in_space = ward_tree(points, weights)
    monkeypatch.setattr(neighbours, "_CROWD", 10**9)
    np.testing.assert_allclose(in_space, ward_tree(points, weights), atol=1e-13)
    share = weights / weights.sum()
    assert in_space[:, 2].sum() == pytest.approx(share @ ((points - share @ points) ** 2).sum(axis=1), abs=1e-9)


def test_planted_groups_are_found_numbered_by_size_and_described() -> None:
    data, truth = planted()
    fit = fit_hcpc(fit_mca(data, 2), 3)
    assert adjusted_rand_score(truth, fit.labels) > 0.9
    assert fit.sizes["profile"].tolist() == ["P1", "P2", "P3"]
    assert fit.sizes["n"].is_monotonic_decreasing and fit.sizes["n"].sum() == 300
    strongest = fit.description.groupby("profile").head(1)
    assert (strongest["v_test"] > 8).all() and (strongest["in_profile"] > strongest["overall"]).all()
    assert fit.between_after >= fit.between_before
    assert fit.transition.to_numpy().sum() == 300


def test_the_order_of_respondents_changes_nothing() -> None:
    data, _ = planted()
    shuffled = data.sample(frac=1, random_state=8)
    first, second = fit_hcpc(fit_mca(data, 3), 3), fit_hcpc(fit_mca(shuffled, 3), 3)
    assert (second.labels.loc[data.index] == first.labels).all()


def test_the_same_answers_never_part() -> None:
    data, _ = planted()
    data = data[["q0", "q1"]]
    fit = fit_hcpc(fit_mca(data, 2), 4)
    assert fit.labels.groupby([data["q0"], data["q1"]]).nunique().max() == 1


def test_nobody_is_nearer_to_another_centre_after_consolidation() -> None:
    data, _ = planted()
    mca = fit_mca(data, 3)
    fit = fit_hcpc(mca, 3)
    assert (fit.nearest(mca.individuals) == fit.labels).all()


def test_quantities_mark_profiles() -> None:
    data, truth = planted()
    data["hours"] = np.where(truth == 1, 50.0, 35.0) + np.random.default_rng(0).normal(size=300)
    fit = fit_hcpc(fit_mca(data, 2, supplementary=["hours"]), 3)
    rows = fit.description.query("kind == 'quantity'").set_index("profile")
    assert rows["v_test"].abs().max() > 8
    members = fit.labels == rows["v_test"].idxmax()
    assert rows.loc[rows["v_test"].idxmax(), "in_profile"] == pytest.approx(data.loc[members, "hours"].mean())


def test_an_impossible_number_is_refused() -> None:
    data, _ = planted()
    mca = fit_mca(data[["q0", "q1"]], 2)
    with pytest.raises(CompendiumError, match="legal are 2 to 9"):
        fit_hcpc(mca, 10)


@pytest.mark.parametrize(("groups", "sharp"), [(3, 1.2), (4, 1.0), (4, 0.7)])
def test_cells_give_the_groups_that_all_points_give(groups: int, sharp: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond 10,000 different points the tree is over cells; where there are groups, it finds the same ones."""
    generator = np.random.default_rng(groups)
    odds = np.exp(sharp * generator.normal(size=(9, groups, 4)))
    chances = (odds / odds.sum(axis=2, keepdims=True)).cumsum(axis=2)
    belongs = generator.integers(0, groups, 6000)
    drawn = [(generator.random(6000)[:, None] > chances[j, belongs]).sum(axis=1).clip(max=3) for j in range(9)]
    mca = fit_mca(pd.DataFrame(dict(zip("abcdefghi", drawn, strict=True))).astype(str), 5)
    exact = fit_hcpc(mca, groups)
    monkeypatch.setattr(division, "MOST_EXACT", 1000)
    monkeypatch.setattr(division, "HALVINGS", 10)
    monkeypatch.setattr(consolidation, "MOST_TRANSFERRED", 1000)
    by_cells = fit_hcpc(mca, groups)
    assert exact.is_exact
    assert not by_cells.is_exact
    assert len(by_cells.tree) < 1024
    assert adjusted_rand_score(exact.labels, by_cells.labels) >= 0.95
    assert by_cells.between_after >= 0.99 * exact.between_after


def test_points_of_one_place_stay_in_one_cell() -> None:
    points = np.repeat(np.arange(5.0), 20)[:, None] * np.array([1.0, 2.0])
    cell = division.cells(points, np.ones(100))
    assert sorted(np.bincount(cell)) == [20] * 5
