"""Published figures on a page: every comparable one is drawn, what stands out is chosen by a rule, scopes stay apart."""

import pandas as pd
import pytest

from compendium import facts, results, text
from compendium.figures import Figure
from compendium.paths import DEFAULT_STUDY
from compendium.sheets import factsheet, published
from compendium.sheets.base import Several
from compendium.sheets.factsheet import Folded, Sentence
from compendium.study.context import Context, Place, Reference
from compendium.study.context_file import load
from compendium.tables import Table

PLACES = ("FR", "PT", "PL", "DE", "GB")


@pytest.fixture(scope="module")
def known() -> Context:
    return load(DEFAULT_STUDY)


def made(values: dict[str, dict[str, float]], comparable: str = "yes") -> Context:
    """Return facts of one year: indicator -> country -> value; ``EU27`` is Europe."""
    rows = [
        {
            "country": country, "indicator": indicator, "period": "2022", "estimate": value, "unit": "%", "part": "a",
            "comparable": comparable, "reason": "a" if comparable == "no" else "", "source": "made", "confidence": "sourced",
        }
        for indicator, own in values.items()
        for country, value in own.items()
    ]  # fmt: skip
    empty = pd.DataFrame(columns=["country"])
    places = {
        code: Place(code, "aggregate" if code == "EU27" else "country", {"en": code}) for code in (*PLACES, "EU27")
    }
    return Context(
        results.make(rows, origin="context"), empty, empty, places=places, references=(Reference("EU27", 0, 9999),)
    )


def test_what_stands_out_is_far_in_standard_deviations() -> None:
    """x: 10 off where countries spread by 10; y: 2 off where they spread by 1; z: on the other side."""
    spread = {"PT": -1.0, "PL": 0.0, "DE": 1.0}
    context = made(
        {
            "x": {"FR": 10.0, "EU27": 0.0, **{code: 10 * one for code, one in spread.items()}},
            "y": {"FR": 2.0, "EU27": 0.0, **spread},
            "z": {"FR": -3.0, "EU27": 0.0, **spread},
            "few": {"FR": 99.0, "EU27": 0.0, "PT": 1.0, "PL": 2.0},
            "flat": {"FR": 5.0, "EU27": 0.0, "PT": 5.0, "PL": 5.0, "DE": 5.0},
            "no_europe": {"FR": 9.0, **spread},
            "y__small": {"FR": 50.0, "EU27": 0.0, **spread},
        }
    )
    every = ["x", "y", "z", "few", "flat", "no_europe", "y__small"]
    assert facts.stands_out(context, "FR", every) == (["y", "x"], ["z"])
    assert facts.stands_out(context, "FR", every, most=1) == (["y"], ["z"])
    assert facts.stands_out(context, "GB", every) == ([], [])


def test_what_may_not_be_compared_never_stands_out() -> None:
    context = made({"x": {"FR": 10.0, "EU27": 0.0, "PT": 1.0, "PL": 2.0, "DE": 3.0}}, comparable="no")
    assert facts.stands_out(context, "FR", ["x"]) == ([], [])
    assert not facts.is_compared(context, "x", PLACES)


def test_lists_hold_one_unit_and_not_too_many(known: Context) -> None:
    indicators = [code for code in known.labels if facts.is_compared(known, code, PLACES)]
    lists = facts.by_unit(known, indicators, 8)
    assert sorted(one for own in lists for one in own) == sorted(indicators)
    assert all(0 < len(own) <= 8 for own in lists)
    assert all(len({known.of_indicator(one)["unit"].iloc[0] for one in own}) == 1 for own in lists)


def test_every_indicator_that_may_be_compared_is_drawn_once(known: Context) -> None:
    sheet = factsheet.open_sheet(known, PLACES, "FR", {}, text.load("en"))
    drawn: list[str] = []
    for shown in ("culture", "health"):
        found = published.every(sheet, shown)
        assert isinstance(found, Several)
        for part in found.parts:
            assert isinstance(part, Folded) and isinstance(part.shown, Several)
            figures = [one for one in part.shown.parts if isinstance(one, Figure)]
            assert figures
            drawn += [
                code for figure in figures if figure.results is not None for code in set(figure.results["indicator"])
            ]
    expected = [code for code in known.labels if facts.is_compared(known, code, PLACES)]
    enough = [
        code
        for code in expected
        if facts.years(known, code, PLACES) > 1 or len(facts.side_by_side(known, [code], PLACES))
    ]
    assert sorted(drawn) == sorted(enough)
    assert len(drawn) > 80
    own_scope = {topic.id for topic in known.topics.values() if topic.comparable == "no"}
    assert not set(known.facts.loc[known.facts["indicator"].isin(drawn), "part"]) & own_scope


def test_what_stands_elsewhere_is_not_drawn_again(known: Context) -> None:
    sheet = factsheet.open_sheet(known, PLACES, "FR", {}, text.load("en"))
    html = published.every(sheet, "culture", besides=["cult_emp_pc"])._repr_html_()
    assert "Cultural employment as share of total employment" not in html
    assert "Women in cultural employment" in html


@pytest.mark.parametrize("country", PLACES)
def test_a_portrait_has_both_sides_with_year_and_source(known: Context, country: str) -> None:
    sheet = factsheet.open_sheet(known, PLACES, country, {}, text.load("en"))
    above, below = (published.far_from_europe(sheet, side) for side in ("above", "below"))
    assert isinstance(above, Table) and isinstance(below, Table)
    assert above.frame["Distance"].str.startswith("+").all()
    assert below.frame["Distance"].str.startswith("−").all()
    for table in (above, below):
        assert table.frame["Value"].str.fullmatch(r".+ \(\d{4}\)").all()
        assert (table.frame["Source"] != "").all()
        assert table.results is not None and set(table.results["country"]) == {country}


def test_without_facts_a_portrait_says_so() -> None:
    nothing = Context(results.make([]), pd.DataFrame(columns=["country"]), pd.DataFrame(columns=["country"]))
    sheet = factsheet.open_sheet(nothing, PLACES, "FR", {}, text.load("en"))
    assert isinstance(published.far_from_europe(sheet, "above"), Sentence)
    assert isinstance(published.every(sheet, "culture"), Sentence)
