"""Economic models: mean shares by hand, parts that make a whole, groups that are withheld, studies that do not ask."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from compendium import cleaning, collection, disclosure, economy, text
from compendium.comparison.groups import weights_of
from compendium.figures import Figure
from compendium.paths import DEFAULT_STUDY
from compendium.sheets import countries as compared
from compendium.sheets import economy as sheets
from compendium.sheets.base import Several
from compendium.sheets.factsheet import Folded, Sentence
from compendium.study.margins import KnownMargin
from compendium.study.study import Study, load_study
from compendium.tables import Table


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(DEFAULT_STUDY)


@pytest.fixture(scope="module")
def answers(study: Study) -> pd.DataFrame:
    wave = study.waves[0]
    clean = {
        c.code: cleaning.clean(study, c.code, wave, collection.collect(study, c.code, wave)) for c in study.countries
    }
    return cleaning.pool(study, study.pooled.code, wave, clean)


@pytest.fixture(scope="module")
def product(study: Study, answers: pd.DataFrame) -> pd.DataFrame:
    return economy.estimate(study, study.pooled.code, study.waves[0], answers)


def rows(product: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    for column, code in wanted.items():
        product = product[product[column] == code]
    return product


def test_mean_shares_of_a_country_are_the_means_of_its_people(product: pd.DataFrame, answers: pd.DataFrame) -> None:
    own = answers[answers["country"] == "PT"]
    name = "finance__public_grants"
    found = rows(product, country="PT", indicator=name, method=economy.MEAN_SHARE, group_by="").iloc[0]
    assert found["estimate"] == pytest.approx(own[name].mean())
    assert found["n"] == own[name].notna().sum()
    any_of_it = rows(product, country="PT", indicator=name, method="share", group_by="").iloc[0]
    assert any_of_it["estimate"] == pytest.approx(100 * (own[name].dropna() > 0).mean())
    assert found["ci_low"] < found["estimate"] < found["ci_high"]


def test_in_the_pooled_mean_every_country_counts_the_same(product: pd.DataFrame, answers: pd.DataFrame) -> None:
    name = "finance__royalties_rights"
    found = rows(product, country="EU", indicator=name, method=economy.MEAN_SHARE, group_by="").iloc[0]
    assert found["estimate"] == pytest.approx(answers.groupby("country")[name].mean().mean())


def test_the_parts_of_a_whole_add_up(product: pd.DataFrame, study: Study) -> None:
    for question in economy.divided(study.questionnaire):
        names = [f"{question.id}__{code}" for code in question.codes]
        found = rows(product, method=economy.MEAN_SHARE, group_by="")
        whole = found[found["indicator"].isin(names)].groupby("country")["estimate"].sum()
        np.testing.assert_allclose(whole, 100, atol=1e-6)


def test_groups_are_those_of_the_status(product: pd.DataFrame, answers: pd.DataFrame) -> None:
    name, status = "economic_model__cooperative", "artist_author"
    own = answers[(answers["country"] == "DE") & (answers["status"] == status)][name].dropna().astype(float)
    found = rows(product, country="DE", indicator=name, group_by="status", group=status).iloc[0]
    assert found["estimate"] == pytest.approx(100 * own.mean())
    assert found["n"] == len(own)


def test_small_groups_are_withheld_on_the_page(product: pd.DataFrame, study: Study) -> None:
    shown = disclosure.protect(product, study.disclosure)
    few = (product["n"] < study.disclosure.minimum_cell) & (product["group_by"] == "status")
    assert few.any()
    assert shown.loc[few.to_numpy(), "suppressed"].all()


@pytest.mark.parametrize("unit", ["FR", "EU"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_is_made_of_figures_and_tables(product: pd.DataFrame, study: Study, unit: str, language: str) -> None:
    shown = disclosure.protect(product, study.disclosure)
    own = text.Catalogue(language, text.load(language).messages)
    sheet = sheets.open_sheet(study, unit, shown, own, lambda column, code: code)
    for made in (sheets.income(sheet), sheets.models(sheet), sheets.numbers(sheet)):
        assert isinstance(made, Several) and made.parts
        assert all(isinstance(part, Figure | Folded | Table) for part in made.parts)
        assert made._repr_html_()
    assert not own.missing


def test_people_are_weighted_as_on_the_page_of_compared_answers(study: Study, answers: pd.DataFrame) -> None:
    """With margins both pages say the same of one question, and not what they say without."""
    margin = KnownMargin(
        country="FR", population="cultural_entrepreneurs", variable="territory", shares={"large_city": 0.8, "town": 0.1, "rural": 0.1},
        source="test", year=2026,
    )  # fmt: skip
    weighed = replace(study, margins=(margin,))
    kept, weights = weights_of(weighed, answers)
    assert weights is not None
    name = "economic_model__cooperative"
    own = kept[(kept["country"] == "FR") & kept[name].notna()]
    found = rows(
        economy.estimate(weighed, "EU", "2026", answers), country="FR", indicator=name, method="share", group_by=""
    ).iloc[0]
    assert found["weighted"]
    assert found["estimate"] == pytest.approx(100 * np.average(own[name].astype(float), weights=weights[own.index]))
    assert found["estimate"] != pytest.approx(100 * own[name].astype(float).mean())


def test_a_study_that_does_not_ask_says_so(study: Study, answers: pd.DataFrame) -> None:
    questions = {name: one for name, one in study.questionnaire.questions.items() if one.type != "shares"}
    without = replace(study, questionnaire=replace(study.questionnaire, questions=questions))
    found = economy.estimate(without, "EU", "2026", answers)
    assert found.empty
    sheet = sheets.open_sheet(without, "EU", found, text.load("en"), lambda column, code: code)
    assert {str(show(sheet)) for show in (sheets.income, sheets.models, sheets.numbers)} == {
        "This study does not ask how income is made up, or nobody answered it."
    }


class TestSections:
    """One module of the questionnaire side by side."""

    def sheet(self, study: Study, shares: dict[str, dict[str, float | None]]) -> compared.Sheet:
        from compendium import results

        made = [
            {
                "country": country, "indicator": "pandemic_activity_level", "group_by": "pandemic_activity_level", "group": code,
                "method": "share", "unit": "%", "estimate": np.nan if value is None else value, "n": 100.0,
                "ci_low": np.nan if value is None else value - 1, "ci_high": np.nan if value is None else value + 1,
                "suppressed": value is None, "suppression_reason": "complement" if value is None else "",
            }
            for country, own in shares.items()
            for code, value in own.items()
        ]  # fmt: skip
        for row in made:
            if row["suppressed"]:
                row["n"] = np.nan
        frame = results.make(made, origin="synthetic")
        return compared.open_sheet(study, "FR", frame, text.load("en"), lambda column, code: code)

    def test_the_commonest_answer_is_named_unless_a_withheld_one_may_be_commoner(self, study: Study) -> None:
        sheet = self.sheet(
            study,
            {
                "FR": {"much_less": 60.0, "less": 25.0, "more": 15.0},
                "DE": {"much_less": 41.0, "less": 40.0, "more": 19.0},
                "PT": {"much_less": 30.0, "less": 10.0, "more": None},
                "PL": {"much_less": 70.0, "less": 20.0, "more": None},
            },
        )
        table = compared.commonest(sheet, ["pandemic_activity_level"]).frame.iloc[0]
        assert table["FR"].startswith("Much less: 60")
        assert table["PT"] == "–", "60 % are withheld: nobody knows which answer is commonest"
        assert table["PL"] == "Much less: 70 (69 to 71), n = 100"
        assert table["DE"] == "none stands out"

    def test_a_module_that_nobody_answered_says_so(self, study: Study) -> None:
        sheet = self.sheet(study, {"FR": {"less": 50.0, "more": 50.0}})
        assert isinstance(compared.section(sheet, "pandemic"), Several)
        assert isinstance(compared.section(sheet, "digital"), Sentence)
