"""Clustering on principal components: against FactoMineR on `tea`, against SciPy's tree, and on planted groups."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from reference import tea
from scipy import stats
from scipy.cluster import hierarchy
from sklearn.metrics import adjusted_rand_score

from compendium.errors import CompendiumError
from compendium.typology import HCPC, consolidation, division, fit_hcpc, fit_mca, neighbours
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


FOLDER = Path(__file__).parent / "reference" / "typology"
MANY, FEW = "hcpc_answers.csv", "mca_answers.csv"
RUNS: dict[str, tuple[str, int, int | None, bool, bool]] = {
    # file, axes, profiles asked for, consolidated, weighted
    "automatic": (MANY, 5, None, True, False),
    "five": (MANY, 8, 5, True, False),
    "five_tree": (MANY, 8, 5, False, False),
    "six_tree_weighted": (MANY, 6, 6, False, True),
    "small_automatic": (FEW, 3, None, True, False),
    "small_two": (FEW, 4, 2, True, False),
    "small_tree_weighted": (FEW, 3, 4, False, True),
}


class TestDrawnAnswers:
    """Values of FactoMineR 2.7 on answers drawn here, see tests/reference/typology/hcpc.R; its k-means takes no weights."""

    @pytest.fixture(params=RUNS)
    def run(self, request: pytest.FixtureRequest) -> tuple[HCPC, dict[str, Any]]:
        file, axes, number, consolidate, weighted = RUNS[request.param]
        data = pd.read_csv(FOLDER / file)
        questions = [name for name in data.columns if name[0] == "q" and name[1:].isdigit()]
        beside = [name for name in ("hours", "age") if file == MANY]
        weights = data["weight"] if weighted else None
        mca = fit_mca(data[[*questions, *beside]], axes, weights, supplementary=beside or None)
        expected = json.loads((FOLDER / "hcpc.json").read_text(encoding="utf-8"))[request.param]
        return fit_hcpc(mca, number, consolidate), expected

    def test_tree_cut_and_members_agree(self, run: tuple[HCPC, dict[str, Any]]) -> None:
        fit, expected = run
        function, package = "typology.fit_hcpc: {} (drawn answers)", "FactoMineR 2.7"
        agrees(function.format("gains of inertia"), package, fit.gains[:10], expected["gains"], abs=1e-12)
        agrees(function.format("quotients of the cut"), package, fit.quotients, expected["quotients"], abs=1e-12)
        assert fit.quotients.idxmin() == expected["number"]
        assert adjusted_rand_score(expected["members"], fit.labels) == 1.0
        agrees(
            function.format("between-inertia of the cut"),
            package,
            [fit.between_before],
            [expected["before"]],
            abs=1e-12,
        )
        if expected["after"] is not None:
            found = [fit.between_after]
            agrees(function.format("between-inertia consolidated"), package, found, [expected["after"]], abs=1e-12)

    @pytest.mark.parametrize("run", [name for name in RUNS if not RUNS[name][-1]], indirect=True)
    def test_paragons_and_quantities_agree(self, run: tuple[HCPC, dict[str, Any]]) -> None:
        """Not with weights: theirs enter the tree but not the centre of a profile."""
        fit, expected = run
        own = dict(zip(expected["members"], fit.labels, strict=True))
        for cluster, nearest in expected["paragons"].items():
            found = fit.paragons[fit.paragons["profile"] == own[int(cluster)]]
            function = "typology.fit_hcpc: distances of paragons (drawn answers)"
            agrees(function, "FactoMineR 2.7", found["distance"], nearest["distance"], abs=1e-11)
            # persons who answered alike stand at one distance, and either order is right
            theirs = zip(np.round(nearest["distance"], 9), nearest["names"], strict=True)
            ours = zip(np.round(found["distance"], 9), (found["respondent"] + 1).astype(str), strict=True)
            assert sorted(ours) == sorted(theirs)
        rows = fit.description[fit.description["kind"] == "quantity"].set_index(["profile", "variable"])
        for cluster, theirs in dict(expected["quantities"]).items():
            if theirs is not None:
                ours = [rows.loc[(own[int(cluster)], name), "v_test"] for name in theirs["names"]]
                printed = [line[0] for line in theirs["values"]]
                agrees("typology.fit_hcpc: v-tests of quantities", "FactoMineR 2.7", ours, printed, abs=1e-9)


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
