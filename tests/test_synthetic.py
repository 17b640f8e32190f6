"""The declared synthetic answers: the same bytes each time, and what was planted can be found again."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import yaml
from sklearn.metrics import adjusted_rand_score

from compendium import cleaning, paths
from compendium.collection import collect, synthetic
from compendium.errors import DefinitionError
from compendium.reading import read_table, read_yaml
from compendium.scoring import values
from compendium.study.study import Study, load_study

WAVE = "2026"


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(paths.DEFAULT_STUDY)


@pytest.fixture(scope="module")
def collected(study: Study) -> dict[str, pd.DataFrame]:
    return {country.code: collect(study, country.code, WAVE) for country in study.countries}


@pytest.fixture(scope="module")
def everybody(study: Study, collected: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Clean answers with the profile that was planted."""
    frames = {}
    for country, received in collected.items():
        answers = cleaning.clean(study, country, WAVE, received)
        planted = (
            read_table(truth(study, country) / "respondents.csv").drop_duplicates("respondent").set_index("respondent")
        )
        frames[country] = answers.assign(planted=answers["respondent"].map(planted["profile"]))
    return pd.concat(frames.values(), ignore_index=True)


@pytest.fixture(scope="module")
def persons(everybody: pd.DataFrame) -> pd.DataFrame:
    """Those who are active."""
    return everybody[everybody["population"] == "active"].reset_index(drop=True)


def truth(study: Study, country: str) -> Path:
    return paths.answers_folder(study.folder, country, WAVE) / "truth"


def test_the_answers_in_the_repository_are_what_the_generator_makes(study: Study, tmp_path: Path) -> None:
    for name in ("study.yml", "synthetic.yml"):
        shutil.copy(study.folder / name, tmp_path / name)
    copy = load_study(tmp_path)
    for country in study.countries:
        synthetic.write(copy, country.code, WAVE)
        received = paths.answers_folder(study.folder, country.code, WAVE)
        made = paths.answers_folder(tmp_path, country.code, WAVE)
        for file in ("responses.csv", "source.yml", "truth/truth.yml", "truth/respondents.csv"):
            assert (made / file).read_bytes() == (received / file).read_bytes(), f"{country.code}: {file}"


def test_another_country_and_seed_give_other_answers(study: Study, tmp_path: Path) -> None:
    """A country that nobody declared takes the default, moved by draws of its own."""
    content = yaml.safe_load((study.folder / "study.yml").read_text(encoding="utf-8"))
    content["countries"] += [{"code": code, "name": {"en": code}, "languages": ["en"]} for code in ("ES", "IT")]
    (tmp_path / "study.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    grown = load_study(tmp_path)
    for code in ("ES", "IT"):
        synthetic.write(grown, code, WAVE)
    first, second = (read_yaml(truth(grown, code) / "truth.yml") for code in ("ES", "IT"))
    assert first["profile_shares"] != second["profile_shares"]
    assert first["shifts"] != second["shifts"]
    assert 300 <= first["respondents"] <= 600
    assert len(collect(grown, "ES", WAVE)) > 300


def test_each_country_has_enough_answers_and_says_that_they_are_synthetic(
    study: Study, collected: dict[str, pd.DataFrame]
) -> None:
    for country, received in collected.items():
        assert 300 <= read_yaml(truth(study, country) / "truth.yml")["respondents"] <= 600
        assert set(received["origin"]) == {"synthetic"}


def test_cleaning_finds_what_was_soiled(study: Study, collected: dict[str, pd.DataFrame]) -> None:
    named = {
        "withdrawn": "no_consent", "twice": "sent_twice", "ineligible": "not_eligible",
        "broken_off": "broken_off", "too_fast": "too_fast", "straight_line": "straight_line",
    }  # fmt: skip
    for country, received in collected.items():
        soiled = read_table(truth(study, country) / "respondents.csv")["dirt"]
        found, _ = cleaning.decide(received, study.questionnaire)
        by_module = study.questionnaire.questions_by_module()
        straight = [by_module[module] for module in study.questionnaire.cleaning.straight_line]
        shows = np.any([received[names].notna().sum(axis=1) >= 9 for names in straight], axis=0)
        for dirt, reason in named.items():
            # Not everybody is asked the parts in which a straight line would show.
            rows = (soiled == dirt) & ((dirt != "straight_line") | shows)
            assert rows.sum() >= 10, dirt
            assert (found[rows] == reason).all(), f"{country}: {dirt}"
        assert (found[soiled == "clean"] == "").mean() > 0.99


@pytest.mark.parametrize("population", ["active", "potential"])
def test_profiles_are_as_far_apart_as_declared(study: Study, everybody: pd.DataFrame, population: str) -> None:
    """Somebody who knew the declared shares (the rule of Bayes) would place most people rightly, and not all."""
    truths = synthetic.declared_truth()
    declared = {name: truths["profiles"][name] for name in truths["profiled_populations"][population]}
    persons = everybody[everybody["population"] == population]
    bands = {question: banding.id for question, banding in study.questionnaire.bands.items()}
    shares = {
        country.code: read_yaml(truth(study, country.code) / "truth.yml")["profile_shares"]
        for country in study.countries
    }
    logs = pd.DataFrame(index=persons.index)
    for profile, variables in declared.items():
        logs[profile] = np.log(persons["country"].map(lambda code, profile=profile: shares[code][profile]))
        for variable, weights in variables.items():
            for column, chances in _chances(variable, weights, bands).items():
                chance = persons[column].map(lambda code, chances=chances: chances.get(code, 1.0), na_action="ignore")
                logs[profile] += np.log(chance.astype(float)).fillna(0)
    agreement = adjusted_rand_score(persons["planted"], logs.idxmax(axis=1))
    assert 0.80 <= agreement <= 0.97


def _chances(variable: str, weights: dict[str, float], bands: dict[str, str]) -> dict[str, dict[object, float]]:
    if max(weights.values()) <= 1:
        return {f"{variable}__{code}": {True: share, False: 1 - share} for code, share in weights.items()}
    total = sum(weights.values())
    return {bands.get(variable, variable): {code: max(weight, 0.01) / total for code, weight in weights.items()}}


def test_planted_shares_shifts_and_effects_show(study: Study, everybody: pd.DataFrame, persons: pd.DataFrame) -> None:
    for country in study.countries:
        planted = read_yaml(truth(study, country.code) / "truth.yml")["profile_shares"]
        here = everybody[(everybody["country"] == country.code) & (everybody["planted"] != "")]
        for population, rows in here.groupby("population"):
            seen = rows["planted"].value_counts(normalize=True)
            names = synthetic.declared_truth()["profiled_populations"][population]
            # three and a half standard errors: thirty shares are looked at
            chance = {name: 3.5 * (planted[name] * (1 - planted[name]) / len(rows)) ** 0.5 for name in names}
            assert all(abs(seen[name] - planted[name]) < chance[name] for name in names), country.code
    insecurity = persons.groupby("status")["score_exposure_insecurity"].mean()
    assert (
        insecurity["permanent_employee"] < insecurity["cooperative_employee_entrepreneur"] < insecurity["artist_author"]
    )
    exposures = persons.filter(like="score_exposure_").drop(columns="score_exposure_insecurity")
    assert persons["score_exhaustion"].corr(persons["score_exposure_intensity"]) > 0.3
    assert persons["score_exhaustion"].corr(persons["score_wellbeing"]) < -0.3
    assert exposures.corr().to_numpy()[~np.eye(5, dtype=bool)].min() > 0.05


@pytest.mark.parametrize("question", ["calls_together", "stopped_status", "stopped_reason"])
def test_answers_to_the_questions_of_the_new_core_are_as_frequent_as_planted(
    persons: pd.DataFrame, question: str
) -> None:
    planted = pd.Series(synthetic.declared_truth()["everybody"][question], dtype=float)
    planted /= planted.sum()
    asked = persons[question].dropna()
    seen = asked.value_counts(normalize=True).reindex(planted.index, fill_value=0)
    assert (abs(seen - planted) < 3.5 * np.sqrt(planted * (1 - planted) / len(asked))).all(), seen.to_dict()


def test_what_was_planted_about_calls_absence_and_leaving_shows(persons: pd.DataFrame) -> None:
    """Effects on the latent exhaustion, which the score shows a little smaller."""
    score = persons["score_exhaustion"] / persons["score_exhaustion"].std()
    alone, together = (score[persons["calls_together"] == way].dropna() for way in ("alone", "together"))
    error = (alone.var() / len(alone) + together.var() / len(together)) ** 0.5
    planted = synthetic.declared_truth()["effects"]["exhaustion"]["calls_together"]["together"]
    assert abs(together.mean() - alone.mean() - planted) < 3 * error and together.mean() < alone.mean()

    days = persons["sick_leave_days"]
    known = days.notna() & score.notna()
    growth = sm.GLM(days[known], sm.add_constant(score[known]), family=sm.families.Poisson()).fit(scale="X2")
    weight = synthetic.declared_truth()["followers"]["sick_leave_days"]["weight"]
    assert 0.6 * weight < growth.params.iloc[1] < 1.1 * weight
    thought = persons.assign(score=score).groupby("leaving_thought")["score"].mean()
    assert thought["no"] < thought["perhaps"] < thought["yes"]


def test_a_trade_community_lies_within_one_organisation_and_only_some_have_any(persons: pd.DataFrame) -> None:
    within = persons.dropna(subset=["trade_community"]).groupby("trade_community")["organisation_id"].nunique()
    assert (within == 1).all() and 0.3 < persons["trade_community"].isna().mean() < 0.7


def test_scales_are_reliable_and_the_index_is_none(study: Study, persons: pd.DataFrame) -> None:
    for measure in study.questionnaire.measures.values():
        items = pd.DataFrame(
            {item: values(persons[item], study.questionnaire.questions[item]) for item in measure.items}
        ).dropna()
        covariance = items.cov().to_numpy()
        k = len(measure.items)
        alpha = k / (k - 1) * (1 - np.trace(covariance) / covariance.sum())
        assert 0.72 <= alpha <= 0.88 if measure.kind == "scale" else alpha < 0.70, measure.id


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"respondent": 400}, "'respondent' is not legal; legal are respondents"),
        ({"profile_shares": {"solos": 1.0}}, "'solos' is not legal; legal are anchored, solo, project, starting"),
        ({"shifts": {"exposure_noise": 0.1}}, "'exposure_noise' is not legal; legal are exposure_intensity"),
    ],
    ids=["key", "profile", "measure"],
)
def test_a_mistake_in_what_a_study_declares_is_named(
    study: Study, tmp_path: Path, entry: dict[str, object], sentence: str
) -> None:
    shutil.copy(study.folder / "study.yml", tmp_path / "study.yml")
    code = study.countries[0].code
    (tmp_path / "synthetic.yml").write_text(yaml.safe_dump({"countries": {code: entry}}), encoding="utf-8")
    with pytest.raises(DefinitionError, match=sentence):
        synthetic.write(load_study(tmp_path), code, WAVE)
