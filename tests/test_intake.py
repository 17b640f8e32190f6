"""The pages of collection and cleaning say what they show, in both languages, and nothing that was withheld."""

import pandas as pd
import pytest

from compendium import cleaning, disclosure, paths, text
from compendium.collection import collect, fieldwork
from compendium.collection.fieldwork import RECEIVED
from compendium.errors import CompendiumError
from compendium.figures.flow import flow
from compendium.sheets import intake, screening
from compendium.study.study import Study, load_study
from compendium.tables import Table


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(paths.DEFAULT_STUDY)


@pytest.fixture(scope="module")
def collected(study: Study) -> dict[str, pd.DataFrame]:
    return {country.code: collect(study, country.code, study.waves[0]) for country in study.countries[:2]}


def sheets(
    study: Study, unit: str, collected: dict[str, pd.DataFrame], language: str
) -> tuple[intake.Sheet, screening.Sheet]:
    t = text.Catalogue(language, text.load(language).messages)
    received = collected if study.is_pooled(unit) else collected[unit]
    told = disclosure.protect(fieldwork(study, unit, study.waves[0], received), study.disclosure)
    log = disclosure.protect(cleaning.exclusions(study, unit, study.waves[0], received), study.disclosure)

    def label(column: str, code: str) -> str:
        questions = study.questionnaire.questions
        if code in study.units:
            return study.name(code, language)
        return study.questionnaire.label(column, code, language) if column in questions else t(code)

    return intake.open_sheet(study, unit, told, t, label), screening.open_sheet(study, unit, log, t, label)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_part_of_the_page_of_a_country_shows_itself(
    study: Study, collected: dict[str, pd.DataFrame], language: str
) -> None:
    unit = study.countries[0].code
    came, left = sheets(study, unit, collected, language)
    shown = [
        intake.arrived(came),
        intake.origin(came),
        intake.countries(came),
        intake.completeness(came),
        intake.duration(came),
    ]
    shown += [intake.by(came, variable) for variable in ("population", "status", "territory", "language")]
    shown += [intake.warnings(came), screening.kept(left), screening.flow_of_answers(left), screening.criteria(left)]
    shown += [screening.countries(left), screening.changes(left), screening.gaps(left)]
    for one in shown:
        assert len(one._repr_html_()) > 30
    if language == "fr":
        own = {message for message in came.t.missing | left.t.missing if "_" not in message}
        assert not own & {"Answers received", "Left out", "{kept} of {received} answers are kept.", "Broken off"}


def test_all_countries_stand_side_by_side(study: Study, collected: dict[str, pd.DataFrame]) -> None:
    came, left = sheets(study, study.pooled.code, collected, "en")
    for table in (intake.completeness(came), screening.countries(left)):
        assert isinstance(table, Table)
        assert {study.name(code, "en") for code in collected} <= set(table.frame.columns)
    assert study.countries[1].name["en"] in intake.countries(came)._repr_html_()


def test_the_flow_says_every_loss_in_words(study: Study, collected: dict[str, pd.DataFrame]) -> None:
    _, left = sheets(study, study.countries[0].code, collected, "en")
    figure = screening.flow_of_answers(left)
    total = left.own.set_index("indicator").loc["received", "estimate"]
    assert f"Received: {total:.0f}." in figure.alt
    for reason in ("No consent", "Sent twice", "Broken off", "Same answer throughout"):
        assert reason in figure.alt


def test_a_withheld_loss_is_never_drawn(study: Study, collected: dict[str, pd.DataFrame]) -> None:
    unit = study.countries[0].code
    log = cleaning.exclusions(study, unit, study.waves[0], collected[unit])
    log.loc[log["group"] == "too_fast", "estimate"] = 7.0
    left = screening.open_sheet(
        study, unit, disclosure.protect(log, study.disclosure), text.load("en"), lambda column, code: code
    )
    figure = screening.flow_of_answers(left)
    assert "Too fast to have read: withheld" in figure.alt
    assert ": 7;" not in figure.alt


def test_a_flow_of_two_countries_is_refused(study: Study, collected: dict[str, pd.DataFrame]) -> None:
    _, left = sheets(study, study.pooled.code, collected, "en")
    with pytest.raises(CompendiumError, match="needs one row 'received'"):
        flow(left.results, t=left.t, title="Flow")


def test_what_a_survey_does_not_tell_is_said(study: Study, collected: dict[str, pd.DataFrame]) -> None:
    came, _ = sheets(study, study.countries[0].code, collected, "en")
    without = intake.open_sheet(
        study, came.unit, came.results[came.results["indicator"] == RECEIVED].head(1), came.t, came.label
    )
    assert "not known by gender" in intake.by(without, "gender")._repr_html_()
    assert "is not known" in intake.duration(without)._repr_html_()
