"""Real answers, by others, go through the same door: a study file and a crosswalk each, no Python."""

from pathlib import Path

import pandas as pd
import pytest

from compendium import cleaning, paths
from compendium.collection import collect, fieldwork
from compendium.collection.provenance import source_of
from compendium.reading import read_table
from compendium.study.study import Study, load_study

STUDIES = Path(__file__).parent / "studies"


def opened(name: str) -> Study:
    study = load_study(STUDIES / name)
    file = source_of(study, study.countries[0].code, study.waves[0]).file
    if not file.is_file():
        pytest.skip(
            f"the answers of this survey by others are not present: {paths.shown(file)} in the folder shared with the project"
        )
    return study


@pytest.fixture(scope="module")
def journalists() -> tuple[Study, dict[str, pd.DataFrame]]:
    study = opened("journalists")
    return study, {country.code: collect(study, country.code, study.waves[0]) for country in study.countries}


@pytest.fixture(scope="module")
def creators() -> tuple[Study, pd.DataFrame]:
    study = opened("creators_fr")
    return study, collect(study, "FR", study.waves[0])


@pytest.mark.parametrize("name", ["journalists", "creators_fr"])
def test_the_study_is_data_alone_and_copies_no_answer(name: str) -> None:
    assert sorted(path.name for path in (STUDIES / name).iterdir() if path.name != "processed") == [
        "crosswalk.csv",
        "study.yml",
    ]
    assert load_study(STUDIES / name).answers["origin"] == "real_other"  # type: ignore[index]


def test_journalists_come_in_by_country(journalists: tuple[Study, dict[str, pd.DataFrame]]) -> None:
    study, collected = journalists
    assert {code: len(frame) for code, frame in collected.items()} == {
        "AT": 207,
        "DK": 376,
        "DE": 173,
        "CH": 233,
        "GB": 211,
    }
    told = fieldwork(study, study.pooled.code, study.waves[0], collected)
    everyone = told[
        (told["indicator"] == "received") & (told["group_by"] == "") & (told["country"] == study.pooled.code)
    ]
    assert everyone["estimate"].item() == 1200
    assert set(told["origin"]) == {"real_other"}
    assert "crosswalk" not in set(told["indicator"])


def test_journalists_are_cleaned_and_scored_as_their_numbers_say(
    journalists: tuple[Study, dict[str, pd.DataFrame]],
) -> None:
    """The scores are worked out here from the raw numbers; ethics is not turned a second time."""
    study, collected = journalists
    answers = {code: cleaning.clean(study, code, study.waves[0], frame) for code, frame in collected.items()}
    pooled = cleaning.pool(study, study.pooled.code, study.waves[0], answers)
    raw = read_table(source_of(study, "AT", study.waves[0]).file).replace({"NA": None})
    ethics = raw[[f"ethics_{number}" for number in range(1, 5)]].astype(float)
    freedom = raw[["autonomy_selection", "autonomy_emphasis"]].astype(float)
    assert len(pooled) == 1200
    assert pooled["score_ethics"].mean() == pytest.approx(((ethics.mean(axis=1) - 1) * 25).mean())
    assert pooled["score_autonomy"].mean() == pytest.approx(((5 - freedom.mean(axis=1)) * 25).mean())
    assert freedom.dropna().corr().iloc[0, 1] == pytest.approx(0.644, abs=0.001)
    items = ethics.cov().to_numpy()
    assert 4 / 3 * (1 - items.trace() / items.sum()) == pytest.approx(0.612, abs=0.001)
    assert pooled.groupby("country")["weight"].sum().tolist() == pytest.approx([240] * 5)


def test_only_autonomy_is_measured_as_exposure(journalists: tuple[Study, dict[str, pd.DataFrame]]) -> None:
    measures = journalists[0].questionnaire.measures
    assert {measure.family for measure in measures.values() if measure.family} == {"autonomy"}
    assert {name for name, measure in measures.items() if measure.kind == "attitude"} == {"ethics", "trust"}


def test_creators_come_in_with_several_answers_and_their_own_words_as_other(
    creators: tuple[Study, pd.DataFrame],
) -> None:
    study, collected = creators
    answers = cleaning.clean(study, "FR", study.waves[0], collected)
    assert len(answers) == 180
    assert answers["situation__institution"].sum() == 39
    assert answers["financing__own_means"].sum() == 147
    assert answers["situation__self_employed"].sum() == 47  # 46 of the list and one who wrote it out
    assert answers["contract"].value_counts().to_dict() == {
        "not_asked": 105,
        "permanent": 44,
        "temporary": 22,
        "other": 9,
    }
    assert answers["channel_years"].max() <= 12  # years of founding were turned into an age
    assert sum(collected.attrs["crosswalk"]["caught"].values()) > 0
    assert not [name for name in answers if name.startswith(("score_", "exposed_"))]


def test_creators_leave_columns_aside_and_say_so(creators: tuple[Study, pd.DataFrame]) -> None:
    study, collected = creators
    told = fieldwork(study, "FR", study.waves[0], collected)
    warnings = told[told["indicator"] == "crosswalk"].set_index("group")["estimate"]
    assert warnings["unnamed"] == 57 - 9
