"""Organisations: estimated alone, never with persons; few are said to be few."""

import pandas as pd
import pytest

from compendium import organisations, paths, results
from compendium.disclosure import protect
from compendium.sheets import organisations as shown
from compendium.study.study import Study, load_study
from compendium.text import Catalogue


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(paths.DEFAULT_STUDY)


def _answers(size: int, persons: int = 50) -> pd.DataFrame:
    kinds = ["association", "cooperative"] * (size // 2)
    own = pd.DataFrame(
        {
            "population": "organisation",
            "country": "FR",
            "origin": "synthetic",
            "org_kind": kinds,
            "org_people": [10.0, 20.0] * (size // 2),
            "org_services__advice": [True, False] * (size // 2),
            "org_services__none": [False, True] * (size // 2),
            "org_funding__own_sales": [30.0, 50.0] * (size // 2),
        }
    )
    other = own.iloc[:1].assign(population="active", org_people=999.0)
    return pd.concat([own, *[other] * persons], ignore_index=True)


def test_persons_are_no_organisations(study: Study) -> None:
    found = organisations.estimate(study, "FR", "2026", _answers(40))
    rows = found[found["group_by"] == ""].set_index("indicator")
    assert set(found["population"]) == {"organisation"}
    assert rows.loc["org_people", "estimate"] == pytest.approx(15)
    assert rows.loc["org_people", "n"] == 40
    assert rows.loc["org_services__advice", ["estimate", "unit"]].tolist() == [pytest.approx(50), "%"]
    assert rows.loc["org_funding__own_sales", ["estimate", "method"]].tolist() == [pytest.approx(40), "mean share"]
    kinds = found[found["group_by"] == "org_kind"].query("indicator == 'org_kind'").set_index("group")
    assert kinds.loc["cooperative", "ci_low"] < 50 < kinds.loc["cooperative", "ci_high"]


def test_kinds_stand_apart(study: Study) -> None:
    found = organisations.estimate(study, "FR", "2026", _answers(40))
    people = found[(found["indicator"] == "org_people") & (found["group_by"] == "org_kind")]
    assert dict(zip(people["group"], people["estimate"], strict=True)) == {"association": 10.0, "cooperative": 20.0}


def test_a_study_of_persons_alone_says_so(study: Study) -> None:
    found = organisations.estimate(study, "FR", "2026", _answers(2, 5).query("population == 'active'"))
    assert found.empty
    sheet = shown.open_sheet(study, "FR", results.make([]), Catalogue("en", {}), lambda _, code: code)
    assert "Nobody answered" in str(shown.said(sheet))
    assert "does not ask" in str(shown.answers(sheet, "org_services"))


def test_what_is_left_of_a_whole_does_not_show_the_part_withheld(study: Study) -> None:
    answers = _answers(60)
    answers["org_kind"] = ["association"] * 30 + ["cooperative"] * 21 + ["company"] * 9 + [None] * 50
    kept = protect(organisations.estimate(study, "FR", "2026", answers), study.disclosure)
    parts = kept[(kept["indicator"] == "org_kind") & (kept["group"].isin(["association", "cooperative", "company"]))]
    assert parts["suppressed"].sum() >= 2
