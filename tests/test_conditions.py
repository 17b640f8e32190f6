"""What goes with what: errors as clubSandwich has them, shares as from all orders, truth found again, silence said."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from numpy.testing import assert_allclose

from compendium import disclosure, results, text
from compendium.diagnosis.associations import _partial, _suffices, association_rows
from compendium.diagnosis.calls import call_rows
from compendium.diagnosis.dominance import dominance, explained, shapley
from compendium.diagnosis.interactions import interaction_rows, terms
from compendium.diagnosis.regression import Coefficient, design_of, regress, regress_each
from compendium.persons import Persons, Row
from compendium.sheets import conditions, risks
from compendium.study.questionnaire_file import load_questionnaire
from compendium.tables import Table

REFERENCE = Path(__file__).parent / "reference" / "conditions"
PEOPLE = pd.read_csv(REFERENCE / "people.csv")
VALUES = json.loads((REFERENCE / "values.json").read_text())
X = PEOPLE[list("abcd")]
AGE = PEOPLE[["age"]]
WEIGHTS = PEOPLE["w"].to_numpy()
PRODUCT = X.assign(ac=PEOPLE["a"] * PEOPLE["c"])


@pytest.mark.parametrize(
    ("case", "predictors", "weights", "clusters"),
    [
        ("weighted_clustered", X, WEIGHTS, PEOPLE["place"]),
        ("plain_clustered", X, None, PEOPLE["place"]),
        ("product_clustered", PRODUCT, WEIGHTS, PEOPLE["place"]),
        ("alone", X, WEIGHTS, None),
    ],
)
def test_errors_agree_with_clubsandwich(
    case: str, predictors: pd.DataFrame, weights: np.ndarray | None, clusters: pd.Series | None
) -> None:
    """Nine unequal organisations, or everybody alone; weighted or not: coefficients, CR2 errors, Satterthwaite degrees."""
    found = regress(PEOPLE["y"], predictors, AGE, weights, clusters) or []
    for quantity in ("estimate", "error", "freedom"):
        ours = [getattr(one, quantity) for one in found]
        agrees(f"diagnosis.regress: {quantity}", "R clubSandwich 0.5.8 CR2", ours, VALUES[case][quantity], rel=1e-9)


def test_a_slope_agrees_with_clubsandwich() -> None:
    """The slope of one exposure where another is one unit high: a combination of two coefficients."""
    combination = np.array([[1.0, 0, 0, 0, 1.0]])
    found = regress_each([PEOPLE["y"]], PRODUCT, AGE, WEIGHTS, PEOPLE["place"], combination) or [[]]
    numbers = [found[0][0].estimate, found[0][0].error, found[0][0].freedom]
    theirs = [VALUES["slope"][quantity] for quantity in ("estimate", "error", "freedom")]
    agrees("diagnosis.regress: simple slope", "R clubSandwich 0.5.8 CR2", numbers, theirs, rel=1e-9)


def test_one_organisation_tells_nothing_of_chance() -> None:
    """All through one organisation: no coefficient rather than one without an honest error."""
    assert regress(PEOPLE["y"], X, AGE, clusters=pd.Series("g1", index=PEOPLE.index)) is None


def test_shares_agree_with_all_orders() -> None:
    """What each of four adds beyond age, mean over all orders, as R has it from the definition by sixteen regressions."""
    columns = np.column_stack([design_of(AGE), X, PEOPLE["y"]])
    by_subset = explained((columns.T @ (WEIGHTS[:, None] * columns))[None], 4)
    left = 1 - (VALUES["whole"] - VALUES["beyond"])
    ours = [*(shapley(by_subset)[0] * left), by_subset[0, -1] * left]
    theirs = [*VALUES["dominance"], VALUES["beyond"]]
    agrees("diagnosis.dominance: general dominance", "R lm over all subsets", ours, theirs, rel=1e-9)


def test_shares_add_up_and_keep_their_order() -> None:
    """One in all; each inside its interval; the first exceeds the second in nearly all draws; the same seed, the same."""
    found = dominance(PEOPLE["y"], X, AGE, WEIGHTS)
    assert found is not None
    assert found.share.sum() == pytest.approx(1, abs=0.02)
    assert ((found.low <= found.share) & (found.share <= found.high)).all()
    assert found.share.argmax() == 0
    assert found.exceeds[0, 1:].min() > 0.95
    again = dominance(PEOPLE["y"], X, AGE, WEIGHTS)
    assert again is not None
    assert_allclose(found.low, again.low)


def test_nothing_to_divide_is_not_divided() -> None:
    """Exposures that have nothing to do with the outcome: no share is given, and too few organisations give nothing."""
    noise = pd.Series(np.random.default_rng(2).normal(size=len(X)))
    found = dominance(noise, X, AGE)
    assert found is not None
    assert np.isnan(found.share).all()
    assert found.beyond[1] == 0
    few = pd.Series(np.arange(len(X)) % 5).astype(str)
    assert dominance(PEOPLE["y"], X, AGE, clusters=few) is None


def test_share_of_two_that_measure_the_same_is_shared() -> None:
    """Twins with errors of their own have about the same share, whichever stands first."""
    rng = np.random.default_rng(3)
    core = rng.normal(size=600)
    twins = pd.DataFrame({"a": core + 0.3 * rng.normal(size=600), "b": core + 0.3 * rng.normal(size=600)})
    found = dominance(pd.Series(core + rng.normal(size=600)), twins, pd.DataFrame(index=twins.index))
    assert found is not None
    assert found.share == pytest.approx([0.5, 0.5], abs=0.08)


CORE = load_questionnaire("core", "test")
EXPOSURES = [measure.id for measure in CORE.measures.values() if measure.family]


def _answers(seed: int, n: int = 700, organisations: int = 30, product: float = 0.0) -> pd.DataFrame:
    """Draw scores and calls: exhaustion goes with intensity and values, and with intensity more where there is little
    support (`product`); a call takes twelve hours, a third is won; those who answer together are 6 points less exhausted."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.choice(CORE.codes(name), n) for name in ("age_band", "gender", "education")})
    place = rng.integers(0, organisations, n)
    frame["organisation_id"], frame["population"] = [f"o{at}" for at in place], "active"
    frame["consent_health"], frame["origin"], frame["country"] = "yes", "synthetic", "AA"
    shared = rng.normal(size=organisations)[place]
    for measure in CORE.measures.values():
        frame[f"score_{measure.id}"] = 50 + 15 * (rng.normal(size=n) + 0.2 * shared)
        for item in measure.items:
            frame[item] = "3"
    calls = rng.poisson(2, n).astype(float)
    frame["calls_answered"] = calls
    frame["calls_band"] = CORE.bands["calls_answered"].codes_of(pd.Series(calls))
    frame["calls_hours"] = np.where(calls > 0, calls * 12 * rng.gamma(4, 0.25, n), np.nan)
    frame["calls_won"] = np.where(calls > 0, rng.binomial(calls.astype(int), 1 / 3), np.nan)
    ways = rng.choice(["alone", "mostly_alone", "mostly_together", "together"], n, p=[0.4, 0.3, 0.2, 0.1])
    frame["calls_together"] = pd.Series(np.where(calls > 0, ways, None), dtype="str")
    frame["hours_paid_share"] = rng.uniform(20, 80, n)
    z = {name: (frame[f"score_{name}"] - 50) / 15 for name in (*EXPOSURES, "support")}
    strain = 0.4 * z["exposure_intensity"] + 0.3 * z["exposure_values"]
    strain += product * z["exposure_intensity"] * z["support"] + 0.2 * shared
    together = np.where((ways == "together") & (calls > 0), -6.0, 0.0)
    frame["score_exhaustion"] = 50 + 15 * (strain + 0.7 * rng.normal(size=n)) + together
    return frame


def _found(frame: pd.DataFrame, rows: Callable[..., Iterator[Row]], *more: object) -> pd.DataFrame:
    persons = Persons(frame, clusters="organisation_id")
    return results.make(({"indicator": "exhaustion"} | row for row in rows(persons, CORE, *more)), origin="synthetic")


@pytest.fixture(scope="module")
def associated() -> pd.DataFrame:
    return _found(_answers(1), association_rows, "exhaustion", 5)


def test_associations_parts_and_their_order(associated: pd.DataFrame) -> None:
    """The two planted exposures, in their order, beyond chance; the other four about nought; parts follow squares."""
    rows = associated[associated["method"] == "adjusted association"].set_index("group")
    assert set(rows.index[rows["p_adjusted"] < 0.05]) == {"exposure_intensity", "exposure_values"}
    parts = associated[associated["method"] == "relative weight"].set_index("group")
    assert parts["estimate"].sum() == pytest.approx(100, abs=3)
    assert parts.loc["exposure_intensity", "ci_low"] < 64 < parts.loc["exposure_intensity", "ci_high"]
    order = associated[associated["method"] == "order of the weights"]
    assert order.iloc[0][["group", "reference_group"]].tolist() == ["exposure_intensity", "exposure_values"]
    assert (associated["caveat"] != "").all()


def test_a_shared_source_of_that_size_undoes_an_association(associated: pd.DataFrame) -> None:
    """Adding a variable that explains as much of what is left of exposure and outcome brings the coefficient to nought;
    an association whose interval holds nought needs none."""
    rng, n = np.random.default_rng(4), 4000
    x = rng.normal(size=n)
    y = 0.4 * x + rng.normal(size=n)
    (share,) = _partial(pd.Series(y), pd.DataFrame({"x": x}), pd.DataFrame(index=range(n)), None)
    value = _suffices(Coefficient(0.4, 0.3, 0.5, 0.0, 0.05, 99.0), share)["estimate"] / 100
    # A source that leaves `value` explained of x, and of y given x, by construction.
    free = rng.normal(size=n)
    left_x, left_y = x - x.mean(), y - np.polyval(np.polyfit(x, y, 1), x)
    free -= (
        np.column_stack([x, y, np.ones(n)]) @ np.linalg.lstsq(np.column_stack([x, y, np.ones(n)]), free, rcond=None)[0]
    )
    source = np.sqrt(value) * left_x / left_x.std()
    source += np.sqrt(1 - value) * (np.sqrt(value) * left_y / left_y.std() + np.sqrt(1 - value) * free / free.std())
    both = np.linalg.lstsq(np.column_stack([x, source, np.ones(n)]), y, rcond=None)[0]
    assert both[0] == pytest.approx(0, abs=1e-9)
    rows = associated[associated["method"] == "shared source that would suffice"].set_index("group")
    assert rows.loc["exposure_emotional", "ci_low"] == 0
    assert rows.loc["exposure_intensity", "ci_low"] > 20


def test_interplay_that_was_planted_is_found_and_no_other() -> None:
    """Support beside intensity, flatter by 0.25; the nine other products are not told from nought; slopes differ by two
    products; persons of average exposure and support differ from nobody."""
    rows = _found(_answers(6, 1200, product=-0.25), interaction_rows, "exhaustion")
    products = rows[rows["method"] == "interplay"].set_index("group")
    assert len(products) == len(terms(EXPOSURES)) == 10
    assert set(products.index[products["p_adjusted"] < 0.05]) == {"support_exposure_intensity"}
    own = products.loc["support_exposure_intensity"]
    assert own["estimate"] < 0
    slopes = rows[(rows["group_by"] == "support_exposure_intensity") & (rows["method"] == "slope")].set_index("group")
    assert slopes.loc["high", "estimate"] - slopes.loc["low", "estimate"] == pytest.approx(2 * own["estimate"])
    lines = rows[(rows["group_by"] == "support_exposure_intensity") & (rows["method"] == "difference from the average")]
    ends = lines.set_index("group")["estimate"]
    assert ends["high_low"] > ends["high_high"] > ends["low_high"]


def test_a_bent_line_is_no_interplay() -> None:
    """Exhaustion bends with intensity, which goes together with autonomy: no product is taken for an interplay."""
    frame = _answers(7, 1200)
    z = (frame["score_exposure_intensity"] - 50) / 15
    frame["score_exposure_autonomy"] = 50 + 15 * (0.7 * z + 0.7 * np.random.default_rng(8).normal(size=len(z)))
    frame["score_exhaustion"] += 6 * z**2
    rows = _found(frame, interaction_rows, "exhaustion")
    product = rows[(rows["method"] == "interplay") & (rows["group"] == "demand_latitude")].iloc[0]
    assert product["p_adjusted"] > 0.05


def test_a_term_that_is_not_asked_says_so() -> None:
    """Without support and over-investment the terms that need them have a row with the reason, the others are tested."""
    frame = _answers(9).drop(columns=["score_support", "score_overinvestment"])
    rows = _found(frame, interaction_rows, "exhaustion")
    absent = rows[rows["method"] == "not measured"]
    assert len(absent) == 7
    assert set(absent["reason"]) == {"this study does not ask about one of the two"}
    assert (rows["method"] == "interplay").sum() == 3


@pytest.fixture(scope="module")
def called() -> pd.DataFrame:
    return _found(_answers(10), call_rows, ["exhaustion"])


def test_calls_are_counted_both_ways(called: pd.DataFrame) -> None:
    """Counted by hand: the ratio of sums and the mean of each person's own, hours, success, hours a call won."""
    frame = _answers(10)
    some = frame[frame["calls_answered"] > 0]
    rows = called[called["group_by"] == ""].set_index(["indicator", "method"])
    assert rows.loc[("calls_answered", "share"), "estimate"] == pytest.approx(100 * len(some) / len(frame))
    assert rows.loc[("calls_answered", "mean"), "estimate"] == pytest.approx(some["calls_answered"].mean())
    success = rows.loc[("calls_success", "ratio of sums")]
    assert success["estimate"] == pytest.approx(100 * some["calls_won"].sum() / some["calls_answered"].sum())
    assert success["ci_low"] < 100 / 3 < success["ci_high"]
    each = rows.loc[("calls_success", "mean of persons"), "estimate"]
    assert each == pytest.approx(100 * (some["calls_won"] / some["calls_answered"]).mean())
    hours = rows.loc[("calls_hours_per_call", "ratio of sums")]
    assert hours["ci_low"] < 12 < hours["ci_high"]
    won = rows.loc[("calls_hours_per_call_won", "ratio of sums"), "estimate"]
    assert won == pytest.approx(some["calls_hours"].sum() / some["calls_won"].sum())


def test_ways_of_answering_are_set_side_by_side(called: pd.DataFrame) -> None:
    """Shares add up to a hundred; those who answer together are less exhausted, as planted, beside those alone."""
    own = called[called["group_by"] == "calls_together"]
    assert own.loc[own["method"] == "share", "estimate"].sum() == pytest.approx(100)
    apart = own[own["method"] == "adjusted difference"].set_index("group")
    assert set(apart["reference_group"]) == {"alone"}
    assert apart.loc["together", "ci_low"] < -6 < apart.loc["together", "ci_high"]
    assert set(called.loc[called["group_by"] == "calls", "group"]) == {"calls_answered", "calls_hours", "calls_success"}


def test_organisations_do_not_count_among_persons() -> None:
    """A theatre that answers two hundred calls changes nothing of what persons do."""
    frame = _answers(11)
    theatre = frame.head(20).assign(population="organisation", calls_answered=200.0, calls_won=100.0)
    both = _found(pd.concat([frame, theatre], ignore_index=True), call_rows, ["exhaustion"])
    alone = _found(frame, call_rows, ["exhaustion"])
    where = ["indicator", "method", "group_by", "group", "estimate", "n"]
    pd.testing.assert_frame_equal(both[where], alone[where])


def test_calls_that_are_not_asked_are_named() -> None:
    """Without the newer questions what rests on them is left out and named; without calls one row says so."""
    frame = _answers(12).drop(columns=["calls_hours", "calls_together"])
    rows = _found(frame, call_rows, ["exhaustion"])
    absent = rows[rows["method"] == "not measured"]
    assert set(absent["indicator"]) == {"calls_hours", "calls_together"}
    assert "calls_hours_per_call" not in set(rows["indicator"])
    nothing = _found(frame.drop(columns="calls_answered"), call_rows, ["exhaustion"])
    assert nothing["method"].tolist() == ["not measured"]


def _sheet(found: pd.DataFrame, language: str = "en") -> risks.Sheet:
    def fallback(column: str, code: str) -> str:
        known = column in CORE.questions and code in CORE.questions[column].labels
        return CORE.label(column, code, language) if known else code

    study = SimpleNamespace(id="trial", questionnaire=CORE)
    return risks.open_sheet(study, found, text.load(language), fallback)


def _views(sheet: risks.Sheet) -> dict[str, object]:
    of_outcome = (
        "strongest associations association_table same_form weights_said weights interplay_said interplay interplay_table "
        "buffers buffer_table calls_linked"
    )
    of_calls = "calls_said calls_table ways_table calls_paid"
    views = {name: getattr(conditions, name)(sheet, "exhaustion") for name in of_outcome.split()}
    return views | {name: getattr(conditions, name)(sheet) for name in of_calls.split()}


@pytest.fixture(scope="module")
def everything() -> pd.DataFrame:
    frame = _answers(13)
    found = [
        _found(frame, association_rows, "exhaustion", 5),
        _found(frame, interaction_rows, "exhaustion"),
        _found(frame, call_rows, ["exhaustion"]),
    ]
    return disclosure.protect(results.concat(found), disclosure.Rules(minimum_cell=10))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_view_shows_itself(everything: pd.DataFrame, language: str) -> None:
    """Sentences, figures and tables in the page's language, without a code and without a word of cause."""
    sheet = _sheet(everything, language)
    views = _views(sheet)
    assert all(view is not None for view in views.values())
    page = " ".join(view._repr_html_() for view in views.values())  # type: ignore[attr-defined]
    for code in ("exposure_intensity", "high_low", "demand_latitude", "calls_hours"):
        assert code not in page
    for word in ("because", "impact", "reduces", "leads to", "parce que", "provoque", "réduit"):
        assert word not in page
    assert not {message for message in sheet.t.missing if " " in message}


def test_what_is_said_rests_on_the_numbers(everything: pd.DataFrame) -> None:
    """The strongest exposure first, what it would take to undo it, and how many products were looked at."""
    sheet = _sheet(everything)
    said = conditions.strongest(sheet, "exhaustion").text
    assert said.index("Intensity and working time") < said.index("Conflicts of values")
    assert "Not to be told from nought" in said
    assert "Intensity and working time" in conditions.same_form(sheet, "exhaustion").text  # type: ignore[union-attr]
    assert "None of the 10 products" in conditions.interplay_said(sheet, "exhaustion").text


def test_a_study_that_measures_none_of_it_says_so_once_a_section() -> None:
    """No exposure, no outcome, no calls: a sentence where a section begins, nothing else."""
    absent = {"method": "not measured", "comparable": "no", "reason": "no question of this study asks about it"}
    rows = [{"indicator": name, **absent} for name in ("exhaustion", "calls_answered")]
    views = _views(_sheet(results.make(rows, origin="real_other")))
    shown = {name for name, view in views.items() if view is not None}
    assert shown == {"strongest", "weights_said", "interplay_said", "buffers", "calls_said"}


def test_what_the_gate_withholds_stays_withheld(everything: pd.DataFrame) -> None:
    """Under the smallest number of persons no view holds a number of the estimates."""
    few = disclosure.protect(everything.assign(n=4.0, n_effective=4.0), disclosure.Rules(minimum_cell=10))
    for view in _views(_sheet(few)).values():
        for table in [view.frame] if isinstance(view, Table) else []:
            cells = table.iloc[:, 1:].astype(str).to_numpy().ravel()
            assert not any(any(sign.isdigit() for sign in cell) for cell in cells)
