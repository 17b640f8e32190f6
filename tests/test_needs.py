"""What matters beside what is mastered: by hand, with planted needs, and what is no rating."""

import numpy as np
import pandas as pd
import pytest

from compendium.errors import AnswersError
from compendium.needs import borich, quadrants, rank_intervals, ranked_discrepancy

IMPORTANCE = pd.DataFrame({"price": [5, 4, 5, 3], "law": [2, 3, np.nan, 4]})
COMPETENCE = pd.DataFrame({"law": [2, 1, 5, np.nan], "price": [2, 4, 3, 3]})


def test_discrepancies_are_those_worked_out_by_hand() -> None:
    found = borich(IMPORTANCE, COMPETENCE).set_index("competence")
    # price: gaps 3 0 2 0, mean 1.25, importance 4.25; law: complete pairs (2, 2) and (3, 1), gap 1, importance 2.5
    assert found.loc["price", "discrepancy"] == pytest.approx(1.25 * 4.25)
    assert found.loc["law", ["n", "discrepancy", "rank"]].tolist() == [2, 2.5, 2]
    ranked = ranked_discrepancy(IMPORTANCE, COMPETENCE).set_index("competence")
    assert ranked.loc["price", ["below", "same", "above", "score"]].tolist() == [50, 50, 0, -50]


def test_a_weight_counts_a_person_that_often() -> None:
    again = [0, 0, 1, 2, 2, 2, 3]
    twice = borich(IMPORTANCE.iloc[again].reset_index(drop=True), COMPETENCE.iloc[again].reset_index(drop=True))
    weighted = borich(IMPORTANCE, COMPETENCE, weights=[2, 1, 3, 1])
    assert weighted["discrepancy"].tolist() == pytest.approx(twice["discrepancy"].tolist())


def _draw(rng: np.random.Generator, n: int, needs: list[float]) -> tuple[np.ndarray, np.ndarray]:
    person = rng.normal(0, 0.5, (n, 1))
    importance = 4 + person + rng.normal(0, 0.7, (n, len(needs)))
    return importance, importance - np.array(needs) + rng.normal(0, 1, (n, len(needs)))


def test_intervals_hold_planted_discrepancies() -> None:
    rng, needs = np.random.default_rng(8), [0.0, 0.5, 1.0, 1.5]
    held = []
    for _ in range(400):
        found = borich(*_draw(rng, 60, needs))
        truth = 4 * np.array(needs)
        held.append((found["ci_low"] <= truth) & (truth <= found["ci_high"]))
    assert np.abs(np.mean(held, axis=0) - 0.95).max() < 0.035


def test_ranks_hold_the_planted_ones_and_are_wide_where_needs_are_alike() -> None:
    rng = np.random.default_rng(9)
    apart = rank_intervals(*_draw(rng, 200, [0.0, 1.0, 2.0]), draws=400)
    assert apart[["rank", "rank_low", "rank_high"]].to_numpy().tolist() == [[3, 3, 3], [2, 2, 2], [1, 1, 1]]
    alike = rank_intervals(*_draw(rng, 200, [1.0] * 6), draws=400)
    assert ((alike["rank_high"] - alike["rank_low"]) >= 3).all()
    assert alike["among_first"].between(0, 1).all() and alike["among_first"].sum() == pytest.approx(3, abs=0.05)


def test_quadrants_state_their_cut() -> None:
    importance, competence = np.array([[5.0, 5, 1, 1]] * 3), np.array([[1.0, 5, 1, 5]] * 3)
    found = quadrants(importance, competence)
    assert found["quadrant"].tolist() == ["concentrate", "keep", "low_priority", "beyond_need"]
    assert set(found["importance_cut"]) == {3.0}
    assert quadrants(importance, competence, cut="value", value=0.5)["quadrant"].eq("keep").all()
    with pytest.raises(AnswersError, match="legal are 'means' without a value"):
        quadrants(importance, competence, cut="value")


def test_what_nobody_rated_has_no_number_and_no_rank() -> None:
    nobody = IMPORTANCE.assign(law=np.nan)
    found = borich(nobody, COMPETENCE).set_index("competence").loc["law"]
    assert found["n"] == 0 and found.drop("n").isna().all()
    assert rank_intervals(nobody, COMPETENCE, draws=50).set_index("competence").loc["law"].isna().all()
    assert borich(IMPORTANCE.iloc[:0], COMPETENCE.iloc[:0])["discrepancy"].isna().all()
    assert rank_intervals(IMPORTANCE.iloc[:0], COMPETENCE.iloc[:0])["rank"].isna().all()


@pytest.mark.parametrize(
    ("importance", "competence", "weights", "message"),
    [
        (IMPORTANCE, COMPETENCE.drop(columns="law"), None, "'law' is rated in one table only"),
        (IMPORTANCE, COMPETENCE.iloc[:2], None, "4 and 2 persons"),
        (IMPORTANCE.assign(law="much"), COMPETENCE, None, "'law': 'much' is no number"),
        (IMPORTANCE, COMPETENCE, [1, 1, 0, 1], "greater than 0"),
        (IMPORTANCE, COMPETENCE, [1, 1], "each of the 4 persons"),
    ],
)
def test_what_is_no_rating_is_refused(importance, competence, weights, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(AnswersError, match=message):
        borich(importance, competence, weights)
