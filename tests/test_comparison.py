"""Answers by country: equal weight in the pooled value, the verdict decides, one adjustment over the page."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from compendium import comparison, disclosure, text
from compendium.intervals import difference, mean, ranks, share
from compendium.paths import DEFAULT_STUDY
from compendium.scoring import score_all
from compendium.sheets import countries
from compendium.sheets.factsheet import Sentence
from compendium.study.margins import KnownMargin
from compendium.study.study import Study, load_study
from compendium.tables import Table

SIZES = {"FR": 200, "PT": 60}
SHIFT = {"FR": 0, "PT": 1}


@cache
def study() -> Study:
    return load_study(DEFAULT_STUDY)


@cache
def answers() -> pd.DataFrame:
    """Two countries of different size; the smaller one answers higher on every item."""
    rng = np.random.default_rng(7)
    frames = []
    for country, size in SIZES.items():
        columns: dict[str, object] = {}
        for question in study().questionnaire.questions.values():
            if question.type == "item":
                drawn = np.clip(rng.integers(1, 5, size) + SHIFT[country], 1, 5)
                columns[question.id] = pd.Series(drawn).astype(str)
            elif question.type == "single":
                columns[question.id] = pd.Series(rng.choice(list(question.options), size))
            elif question.type == "multiple":
                columns |= {f"{question.id}__{code}": rng.random(size) < 0.4 for code in question.options}
            elif question.type == "number":
                columns[question.id] = rng.integers(1, 30, size).astype(float)
        frame = pd.DataFrame(columns)
        frames.append(
            frame.assign(country=country, origin="synthetic", respondent=[f"{country}{n}" for n in range(size)])
        )
    whole = pd.concat(frames, ignore_index=True)
    return pd.concat([whole, score_all(whole, study().questionnaire)], axis=1)


def verdict(**verdicts: str) -> pd.DataFrame:
    known = {
        measure: "means" for measure, one in study().questionnaire.measures.items() if one.kind == "scale"
    } | verdicts
    rows = [
        {
            "measure": measure,
            "axis": "country",
            "left_out": "",
            "freed": "",
            "step": "configural",
            "verdict": code,
            "reason": "",
            "n": 260.0,
            "cfi": 0.99,
            "rmsea": 0.02,
        }
        for measure, code in known.items()
    ]
    return pd.DataFrame(rows)


def compare(**verdicts: str) -> pd.DataFrame:
    return comparison.compare(study(), study().pooled.code, "2026", answers(), verdict(**verdicts))


@cache
def compared() -> pd.DataFrame:
    return compare(wellbeing="relations")


def one(**wanted: str) -> pd.Series:
    found = compared()
    for column, code in wanted.items():
        found = found[found[column] == code]
    assert len(found) == 1
    return found.iloc[0]


def test_every_row_says_that_it_is_synthetic() -> None:
    assert len(compared()) > 100
    assert set(compared()["origin"]) == {"synthetic"}
    assert set(compared()["country"]) == {*SIZES, study().pooled.code}
    assert set(compared()["study"]) == {study().id}


def test_mean_of_a_country_is_the_mean_of_its_scores() -> None:
    own = answers().loc[answers()["country"] == "PT", "score_exhaustion"]
    row = one(country="PT", indicator="exhaustion", method="mean")
    assert row["estimate"] == pytest.approx(own.mean())
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(mean(own)[1:3])
    assert row["n"] == len(own)


def test_pooled_mean_weighs_countries_alike_not_answers() -> None:
    by_country = answers().groupby("country")["score_exhaustion"].mean()
    row = one(country=study().pooled.code, indicator="exhaustion", method="mean")
    assert row["estimate"] == pytest.approx(by_country.mean())
    assert row["estimate"] != pytest.approx(answers()["score_exhaustion"].mean(), abs=0.5)
    assert row["weighted"]
    assert row["n_effective"] < row["n"]


def test_share_of_an_answer_has_the_wilson_interval() -> None:
    own = answers().loc[answers()["country"] == "FR", "territory"]
    row = one(country="FR", indicator="territory", group="town", method="share")
    expected = share((own == "town").sum(), len(own))
    assert row["estimate"] == pytest.approx(100 * expected.estimate)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((100 * expected.low, 100 * expected.high))


def test_shares_of_one_answer_add_up() -> None:
    for country in (*SIZES, study().pooled.code):
        rows = compared()[(compared()["country"] == country) & (compared()["indicator"] == "territory")]
        assert rows["estimate"].sum() == pytest.approx(100)


def test_consent_is_no_finding() -> None:
    assert "consent" not in set(compared()["indicator"])


def test_a_forbidden_comparison_is_marked_with_its_verdict() -> None:
    rows = compared()[(compared()["indicator"] == "wellbeing") & (compared()["method"] == "mean")]
    assert len(rows) == 3
    assert set(rows["comparable"]) == {"no"}
    assert set(rows["reason"]) == {"relations"}
    assert (one(country="FR", indicator="exhaustion", method="mean")["comparable"]) == "yes"


def test_a_scale_without_verdict_may_not_be_compared() -> None:
    found = comparison.compare(study(), study().pooled.code, "2026", answers(), verdict().iloc[:0])
    means = found[(found["indicator"] == "exhaustion") & (found["method"] == "mean")]
    assert set(means["comparable"]) == {"no"}
    assert found[(found["indicator"] == "exhaustion") & (found["method"] == "difference")].empty


def test_a_country_too_small_for_the_test_is_not_compared() -> None:
    found = comparison.compare(study(), study().pooled.code, "2026", answers(), verdict().assign(left_out="PT"))
    means = found[(found["indicator"] == "exhaustion") & (found["method"] == "mean")].set_index("country")
    assert means.loc["PT", ["comparable", "reason"]].tolist() == ["no", "group_too_small"]
    assert means.loc["FR", "comparable"] == "yes"
    assert found[(found["indicator"] == "exhaustion") & (found["method"] == "difference")].empty


def test_a_scale_that_holds_in_part_is_compared_with_a_caveat() -> None:
    found = comparison.compare(study(), study().pooled.code, "2026", answers(), verdict().assign(reason="partial"))
    means = found[(found["indicator"] == "exhaustion") & (found["method"] == "mean")]
    assert set(means["comparable"]) == {"yes"}
    assert means["caveat"].str.contains("single questions").all()


def test_an_index_is_compared_with_a_word_of_caution() -> None:
    row = one(country="FR", indicator="exposure_insecurity", method="mean")
    assert row["comparable"] == "yes"
    assert "question by question" in row["caveat"]


def test_differences_and_equivalence_are_tested_and_adjusted_together() -> None:
    rows = compared()[compared()["method"] == "difference"]
    assert "wellbeing" not in set(rows["indicator"])
    assert set(rows.loc[rows["group_by"] == "standardised", "p_adjusted"].isna()) == {True}
    rows, small = (
        found[found["group_by"] == ""] for found in (rows, compared()[compared()["method"] == "equivalence"])
    )
    margins = compared()[compared()["method"] == "margin"].set_index(["indicator", "unit"])["estimate"]
    raw: list[list[float]] = [[], []]
    for row in rows.itertuples():
        is_score = row.unit == "points of 100"
        name, factor = (f"score_{row.indicator}", 1) if is_score else (f"exposed_{row.indicator}", 100)
        own = answers()[name].astype("Float64").astype("float64").dropna() * factor
        groups = dict(iter(own.groupby(answers()["country"])))
        other = next(code for code in SIZES if code != row.country)
        raw[0].append(difference(groups[row.country], groups[other]).p)
        margin = margins[row.indicator, row.unit]
        raw[1].append(comparison.equivalence([groups[row.country], groups[other]], margin).p)
    for found, expected in zip((rows, small), comparison.adjust(*raw), strict=True):
        assert found["p_adjusted"].to_numpy() == pytest.approx(expected)
    (count,) = compared().loc[compared()["method"] == "family of tests", "estimate"]
    assert count == 2 * len(rows)


def test_countries_are_ranked_on_what_may_be_compared() -> None:
    rows = compared()[compared()["method"] == "rank"]
    assert set(rows["indicator"]) == set(compared()[compared()["method"] == "difference"]["indicator"])
    own = answers().groupby("country")["score_exhaustion"]
    places = ranks([own.get_group(code) for code in SIZES])
    for code, place in zip(SIZES, places, strict=True):
        row = one(country=code, indicator="exhaustion", method="rank")
        assert (row["estimate"], row["ci_low"], row["ci_high"]) == place
    shown = countries.differences(sheet("PT"))
    assert isinstance(shown, Table)
    assert "1 (1 to 1)" in set(shown.frame["Rank (95% interval)"])


def test_against_others_is_the_difference_of_two_groups_and_right_for_three() -> None:
    rng = np.random.default_rng(3)
    groups = {"A": rng.normal(1, 1, 40), "B": rng.normal(0, 2, 25), "C": rng.normal(0, 1, 60)}
    two = comparison.against_others({key: groups[key] for key in "AB"}, "A")
    assert two == pytest.approx(difference(groups["A"], groups["B"]))
    three = comparison.against_others(groups, "A")
    assert three.estimate == pytest.approx(groups["A"].mean() - (groups["B"].mean() + groups["C"].mean()) / 2)


def test_against_others_keeps_its_coverage() -> None:
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(600):
        groups = {"A": rng.normal(2, 1, 30), "B": rng.normal(0, 3, 20), "C": rng.normal(1, 1, 80)}
        found = comparison.against_others(groups, "A")
        hits += found.low <= 1.5 <= found.high
    assert 0.92 < hits / 600 < 0.98


def test_gap_is_importance_less_mastery_among_those_who_rated_both() -> None:
    own = answers()[answers()["country"] == "FR"]
    expected = 25 * (own["importance_pricing"].astype(float) - own["mastery_pricing"].astype(float)).mean()
    row = one(country="FR", indicator="competence_gap", group="pricing")
    assert row["estimate"] == pytest.approx(expected)
    assert row["ci_low"] < expected < row["ci_high"]


def sheet(unit: str) -> countries.Sheet:
    shown = disclosure.protect(compared(), study().disclosure)
    return countries.open_sheet(study(), unit, shown, text.load("en"), lambda _, code: code)


@pytest.mark.parametrize("unit", ["FR", "EU"])
def test_the_figures_keep_what_may_not_be_compared_grey_with_its_reason(unit: str) -> None:
    figure = countries.measures(sheet(unit))
    assert "not comparable: the scale's zero point differs between the groups" in figure.alt
    assert "not comparable" in figure._repr_html_()
    assert countries.question(sheet(unit), "status")._repr_html_()
    assert "Synthetic" in figure.caption


def test_tables_of_the_page() -> None:
    page = sheet("FR")
    assert "Country" not in countries.differences(page).frame
    assert countries.differences(page).caption.endswith("(FR)")
    assert set(countries.differences(sheet("EU")).frame["Country"]) == set(SIZES)
    assert len(countries.competences(page).frame) == 15
    assert countries.competence_gaps(page).alt


def test_what_is_not_asked_says_so() -> None:
    page = sheet("FR")
    assert isinstance(countries.question(page, "nonsense"), Sentence)
    empty = countries.Sheet(page.study, "FR", page.results.iloc[:0], page.t, page.fallback)
    for shown in (
        countries.measures(empty),
        countries.differences(empty),
        countries.competences(empty),
        countries.competence_gaps(empty),
    ):
        assert isinstance(shown, Sentence)


@pytest.mark.parametrize("unit", ["FR", "EU"])
def test_the_page_says_what_was_tested_and_to_what_it_is_adjusted(unit: str) -> None:
    page = sheet(unit)
    shown = countries.tested(page)._repr_html_()
    tests = int(compared().loc[compared()["method"] == "family of tests", "estimate"].iloc[0])
    assert f"All {tests} tests" in shown
    assert "different" in shown
    adjusted = countries.composition(page)._repr_html_()
    assert "population, age band and gender" in adjusted
    # Two countries give no spread between countries, and no tree.
    assert isinstance(countries.shrunken(page), Sentence)
    assert isinstance(countries.alike(page), Sentence)


def test_what_may_not_be_compared_is_neither_adjusted_nor_tested() -> None:
    further = compared()[~compared()["method"].isin(["mean", "share"])]
    assert "wellbeing" not in set(further["indicator"])
    assert "exhaustion" in set(further["indicator"])


def test_people_are_weighted_to_the_margins_that_the_study_has() -> None:
    margin = KnownMargin(
        country="FR", population="cultural_entrepreneurs", variable="territory", shares={"large_city": 0.6, "town": 0.3, "rural": 0.1},
        source="test", year=2026,
    )  # fmt: skip
    weighed = replace(study(), margins=(margin,))
    found = comparison.compare(weighed, study().pooled.code, "2026", answers(), verdict())
    own = found[(found["country"] == "FR") & (found["indicator"] == "territory") & (found["group"] == "town")]
    assert own["estimate"].item() == pytest.approx(30)
    assert own["weighted"].item()
    other = found[(found["country"] == "PT") & (found["indicator"] == "exhaustion") & (found["method"] == "mean")]
    assert other["estimate"].item() == pytest.approx(
        one(country="PT", indicator="exhaustion", method="mean")["estimate"]
    )
    means = found[(found["indicator"] == "exhaustion") & (found["method"] == "mean")].set_index("country")["estimate"]
    apart = found[
        (found["indicator"] == "exhaustion") & (found["method"] == "difference") & (found["unit"] == "points of 100")
    ]
    apart = apart[apart["group_by"] == ""].set_index("country")["estimate"]
    assert apart["FR"] == pytest.approx(means["FR"] - means["PT"])
    assert means[study().pooled.code] == pytest.approx((means["FR"] + means["PT"]) / 2)


def test_a_country_too_small_for_the_gate_is_in_no_difference() -> None:
    few = answers()[(answers()["country"] == "FR") | (answers().index % 8 == 0)]
    assert (few["country"] == "PT").sum() < study().disclosure.minimum_cell
    found = comparison.compare(study(), study().pooled.code, "2026", few, verdict())
    assert set(found["method"]) == {"mean", "share"}
