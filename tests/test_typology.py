"""Profiles of a study: the planted truth is found again, measures never make profiles, and every page has something to say."""

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import adjusted_rand_score

from compendium import cleaning, collection, disclosure, paths, text, typology
from compendium.errors import CompendiumError, DefinitionError
from compendium.figures import Figure
from compendium.sheets import profiles as pages
from compendium.sheets.profiles import Sheets
from compendium.study.study import Study, load_study
from compendium.tables import Table
from compendium.typology import division
from compendium.typology.active import (
    FEW_RESPONDENTS,
    FEW_VARIABLES,
    OTHER_POPULATION,
    TOO_FEW_ANSWERS,
    kept_beside,
    select,
)
from compendium.typology.assignment import UNDECLARED
from compendium.typology.branches import branches
from compendium.typology.classification import NONE
from compendium.typology.portraits import TOO_FEW_ALIKE

STUDIES = Path(__file__).parent / "studies"
SHOWN: tuple[Callable[[Sheets], Any], ...] = (
    pages.sizes, pages.compared, pages.built, pages.beside,
    pages.lives, pages.crossed, pages.map_of_answers,
)  # fmt: skip


def pooled_answers(study: Study) -> pd.DataFrame:
    """Return the clean answers of all countries, made in memory."""
    wave = study.waves[0]
    clean = {
        c.code: cleaning.clean(study, c.code, wave, collection.collect(study, c.code, wave)) for c in study.countries
    }
    return cleaning.pool(study, study.pooled.code, wave, clean)


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(paths.DEFAULT_STUDY)


@pytest.fixture(scope="module")
def answers(study: Study) -> pd.DataFrame:
    return pooled_answers(study)


@pytest.fixture(scope="module")
def assigned(study: Study, answers: pd.DataFrame) -> pd.DataFrame:
    return typology.assign(study, study.pooled.code, study.waves[0], answers)


def declared(study: Study, **changes: Any) -> Study:
    """Return the study with another typology."""
    analysis = study.questionnaire.analysis
    changed = replace(analysis, typology=(replace(analysis.typology[0], **changes),))
    return replace(study, questionnaire=replace(study.questionnaire, analysis=changed))


def sheet_of(study: Study, unit: str, answers: pd.DataFrame, language: str = "en") -> Sheets:
    """Return the sheet of a unit as a notebook makes it, after the gate."""
    pooled, wave = study.pooled.code, study.waves[0]
    placed = typology.assign(study, pooled, wave, answers)
    own = answers if study.is_pooled(unit) else answers[answers["country"] == unit]
    products = [
        typology.landmarks(study, pooled, wave, placed, answers),
        typology.profiles(study, unit, wave, placed, NONE, own),
    ]
    shown = [disclosure.protect(product, study.disclosure) for product in products]
    return pages.open_sheets(study, unit, shown, text.load(language), lambda column, code: code)[:1]


class TestPlantedTruth:
    """The generator writes the planted profile of each respondent beside the answers."""

    @pytest.mark.parametrize(("population", "number"), [("active", 4), ("potential", 3)])
    def test_the_planted_profiles_are_found_again(
        self, study: Study, assigned: pd.DataFrame, population: str, number: int
    ) -> None:
        files = [
            paths.answers_folder(study.folder, c.code, study.waves[0]) / "truth" / "respondents.csv"
            for c in study.countries
        ]
        truth = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files])
        planted = truth.drop_duplicates("respondent").set_index("respondent")["profile"]
        placed = assigned[(assigned["profile"] != "") & (assigned["population"] == population)]
        agreement = adjusted_rand_score(planted.loc[placed["respondent"]], placed["profile"])
        print(f"adjusted Rand against the planted profiles: {agreement:.3f}, n = {len(placed)}")
        assert placed["profile"].nunique() == number
        assert agreement > 0.82  # the generator overlaps its profiles: its own Bayes rule does not reach 1 either

    @pytest.mark.parametrize("population", ["active", "potential"])
    def test_profiles_are_numbered_by_their_weight_over_equal_countries(
        self, assigned: pd.DataFrame, population: str
    ) -> None:
        placed = assigned[(assigned["profile"] != "") & (assigned["population"] == population)]
        np.testing.assert_allclose(placed.groupby("country")["weight"].sum(), len(placed) / placed["country"].nunique())
        assert placed.groupby("profile")["weight"].sum().is_monotonic_decreasing

    def test_the_order_of_answers_changes_nothing(
        self, study: Study, answers: pd.DataFrame, assigned: pd.DataFrame
    ) -> None:
        shuffled = typology.assign(study, "", "", answers.sample(frac=1, random_state=4))
        together = assigned.merge(shuffled, on=["country", "respondent", "population"], suffixes=("", "_again"))
        assert (together["profile"] == together["profile_again"]).all()
        assert (together["marks"] == together["marks_again"]).all()


class TestWhoIsAssigned:
    def test_everybody_has_a_profile_or_a_reason(self, answers: pd.DataFrame, assigned: pd.DataFrame) -> None:
        assert ((assigned["profile"] == "") == (assigned["reason"] != "")).all()
        for population, rows in assigned.groupby("population"):
            assert len(rows) == len(answers)
            others = answers["population"].to_numpy() != population
            assert (rows.loc[others, "reason"] == OTHER_POPULATION).all()
            assert set(rows.loc[~others, "reason"]) <= {"", TOO_FEW_ANSWERS}

    def test_who_answered_less_than_half_is_not_placed(self, study: Study, answers: pd.DataFrame) -> None:
        changed = answers.copy()
        first = changed.index[changed["population"] == "active"][0]
        active = [
            n
            for v in study.questionnaire.analysis.typology[0].active
            for n in changed.columns
            if n == v or n.startswith(f"{v}__")
        ]
        changed.loc[first, active] = pd.NA
        assert typology.assign(study, "", "", changed).loc[first, "reason"] == TOO_FEW_ANSWERS

    @pytest.mark.parametrize(
        ("active", "rows", "reason"), [(None, 60, FEW_RESPONDENTS), (("status",), 2000, FEW_VARIABLES)]
    )
    def test_where_there_is_not_enough_one_sentence_says_so(
        self, study: Study, answers: pd.DataFrame, active: tuple[str, ...] | None, rows: int, reason: str
    ) -> None:
        few = answers[answers["population"] == "active"].head(rows)
        sheet = sheet_of(declared(study, active=active) if active else study, study.pooled.code, few)
        assert not sheet[0].has_profiles
        assert {str(show(sheet)) for show in SHOWN} == {f"No profiles: {reason}."}
        assert reason in str(pages.assigned(sheet))

    def test_a_study_that_declares_no_typology_says_so(self, study: Study, answers: pd.DataFrame) -> None:
        analysis = replace(study.questionnaire.analysis, typology=())
        without = replace(study, questionnaire=replace(study.questionnaire, analysis=analysis))
        sheet = sheet_of(without, study.pooled.code, answers)
        assert str(pages.sizes(sheet)) == f"No profiles: {UNDECLARED}."


class TestWhatMakesProfiles:
    @pytest.mark.parametrize(
        "name",
        [
            "intensity_1",
            "score_exhaustion",
            "exposed_exposure_autonomy",
            "wellbeing_2",
            "ideal_time",
            "mastery_pricing",
            "training_wanted",
            "obstacles",
            "org_needs",
            "sick_days_worked",
        ],
    )
    def test_nothing_measured_makes_profiles(self, study: Study, answers: pd.DataFrame, name: str) -> None:
        active = (*study.questionnaire.analysis.typology[0].active, name)
        with pytest.raises(DefinitionError, match=f"'{name}'"):
            typology.assign(declared(study, active=active), "", "", answers)

    def test_no_shipped_typology_is_made_of_what_it_is_set_against(self, study: Study) -> None:
        kept, declared_here = kept_beside(study.questionnaire), study.questionnaire.analysis.typology
        assert {one.population for one in declared_here} == {"active", "potential"}
        assert {"obstacles", "training_wanted", "intensity_1", "exhaustion_1", "wellbeing_1"} <= set(kept)
        for one in declared_here:
            assert not one.allow_measures and not set(one.active) & set(kept)
            asked = [
                study.questionnaire.questions[name] for name in one.active if name in study.questionnaire.questions
            ]
            assert all(not question.populations or one.population in question.populations for question in asked)

    @pytest.mark.parametrize(
        "folder", sorted(path.parent for path in STUDIES.glob("*/study.yml")), ids=lambda path: path.name
    )
    def test_every_study_keeps_them_beside_or_says_that_it_does_not(self, folder: Path) -> None:
        questionnaire = load_study(folder).questionnaire
        for one in questionnaire.analysis.typology:
            assert one.allow_measures == bool(set(one.active) & set(kept_beside(questionnaire)))

    def test_a_need_behind_a_band_or_a_recoded_text_is_refused(self, study: Study, answers: pd.DataFrame) -> None:
        analysis = study.questionnaire.analysis
        for hidden, active in (("hours_week", "hours_band"), ("status_other", "status")):
            needs = replace(
                analysis, needs=(hidden,), typology=(replace(analysis.typology[0], active=(active, "discipline")),)
            )
            with pytest.raises(DefinitionError, match=f"'{active}' belongs to 'needs'"):
                typology.assign(
                    replace(study, questionnaire=replace(study.questionnaire, analysis=needs)), "", "", answers
                )

    @given(st.data())
    @settings(max_examples=40, deadline=None)
    def test_whatever_is_kept_beside_is_refused_wherever_it_stands(self, data: st.DataObject) -> None:
        study = load_study(paths.DEFAULT_STUDY)
        one = data.draw(st.sampled_from(study.questionnaire.analysis.typology))
        name = data.draw(
            st.sampled_from([n for n in kept_beside(study.questionnaire) if n in study.questionnaire.questions])
        )
        place = data.draw(st.integers(0, len(one.active)))
        active = (*one.active[:place], name, *one.active[place:])
        with pytest.raises(DefinitionError, match=f"'{name}'"):
            select(study.questionnaire, replace(one, active=active), pd.DataFrame())

    def test_a_study_may_allow_it_in_its_own_file(self, study: Study, answers: pd.DataFrame) -> None:
        active = (*study.questionnaire.analysis.typology[0].active, "intensity_1")
        allowed = declared(study, active=active, allow_measures=True)
        sheet = sheet_of(allowed, study.pooled.code, answers)
        assert sheet[0].has_profiles
        assert "exposure_intensity" not in set(sheet[0].rows(flag=typology.SUPPLEMENTARY)["indicator"])
        assert "no finding" in str(pages.made_of(sheet))

    def test_an_unknown_variable_is_refused(self, study: Study, answers: pd.DataFrame) -> None:
        with pytest.raises(DefinitionError, match="'statuss' is not legal; legal are"):
            typology.assign(declared(study, active=("statuss", "discipline")), "", "", answers)

    def test_a_declared_number_of_profiles_is_kept(self, study: Study, answers: pd.DataFrame) -> None:
        assert typology.assign(declared(study, n_profiles=3), "", "", answers)["profile"].nunique() == 3 + 1


@pytest.fixture(scope="module")
def landmarks(study: Study, answers: pd.DataFrame, assigned: pd.DataFrame) -> pd.DataFrame:
    return typology.landmarks(study, study.pooled.code, study.waves[0], assigned, answers)


@pytest.fixture(scope="module")
def here(study: Study, answers: pd.DataFrame, assigned: pd.DataFrame) -> pd.DataFrame:
    code = study.countries[0].code
    return typology.profiles(study, code, study.waves[0], assigned, NONE, answers[answers["country"] == code])


class TestResults:
    def test_shares_add_up_and_countries_count_the_same(self, study: Study, landmarks: pd.DataFrame) -> None:
        rows = landmarks[landmarks["indicator"] == "profile"]
        for _, own in rows.groupby("population"):
            sizes = own.pivot(index="group", columns="country", values="estimate")
            np.testing.assert_allclose(sizes.sum(), 100)
            np.testing.assert_allclose(sizes[study.pooled.code], sizes[[c.code for c in study.countries]].mean(axis=1))

    def test_what_built_the_profiles_has_no_p_value(self, landmarks: pd.DataFrame, here: pd.DataFrame) -> None:
        strength = landmarks[landmarks["method"] == "v-test"]
        beside = strength["flag"] == typology.SUPPLEMENTARY
        assert (strength["flag"] == typology.BUILT).any() and beside.any()
        tested = strength[beside]
        assert (tested["p_adjusted"] >= 2 * stats.norm.sf(tested["estimate"].abs()) - 1e-12).all()
        assert landmarks.drop(index=tested.index)["p_adjusted"].isna().all() and here["p_adjusted"].isna().all()

    def test_measures_are_marked_as_supplementary(self, study: Study, here: pd.DataFrame) -> None:
        rows = here[here["indicator"].isin(study.questionnaire.measures)]
        assert set(rows["indicator"]) == set(study.questionnaire.measures)
        assert (rows["flag"] == typology.SUPPLEMENTARY).all()

    def test_a_share_is_what_the_answers_say(
        self, study: Study, answers: pd.DataFrame, assigned: pd.DataFrame, here: pd.DataFrame
    ) -> None:
        code = study.countries[0].code
        own = assigned[
            (assigned["country"] == code) & (assigned["profile"] == "P1") & (assigned["population"] == "active")
        ]
        given = (
            answers.set_index(["country", "respondent"])
            .loc[list(zip(own["country"], own["respondent"], strict=True)), "status"]
            .dropna()
        )
        status = given.mode()[0]
        rows = here[(here["indicator"] == f"status__{status}") & (here["group"] == "P1")]
        row = rows[rows["population"] == "active"].iloc[0]
        assert row["estimate"] == pytest.approx(100 * (given == status).mean())
        assert row["n"] == len(given)
        assert row["ci_low"] < row["estimate"] < row["ci_high"]

    def test_numbers_of_too_few_people_are_words_on_the_page(self, study: Study, answers: pd.DataFrame) -> None:
        sheet = sheet_of(replace(study, disclosure=disclosure.Rules(80)), study.countries[0].code, answers)
        built = pages.built(sheet)
        assert isinstance(built, Table)
        assert built.frame["Of the profile (%)"].eq("withheld").any()


def test_shares_of_profiles_hold_the_doubt_about_who_belongs_to_them(
    study: Study, answers: pd.DataFrame, assigned: pd.DataFrame, landmarks: pd.DataFrame
) -> None:
    """Replicates that moved nobody widen nothing; replicates that moved a tenth widen shares, and leave estimates alone."""
    placed = assigned[assigned["profile"] != ""]
    number = placed["profile"].str[1:].astype(int)
    rng = np.random.default_rng(1)
    moved = {f"b{b}": number.where(rng.random(len(number)) > rng.uniform(0, 0.3), 1) for b in range(1, 31)}
    key = placed[["country", "respondent", "population"]]
    at = (study, study.pooled.code, study.waves[0], assigned, answers)
    still = typology.landmarks(*at, replicates=key.assign(**dict.fromkeys(moved, number)))
    pd.testing.assert_frame_equal(still, landmarks)
    wider = typology.landmarks(*at, replicates=key.assign(**moved))
    pd.testing.assert_series_equal(wider["estimate"], landmarks["estimate"])
    rows = landmarks["indicator"] == "profile"
    width = (wider["ci_high"] - wider["ci_low"])[rows], (landmarks["ci_high"] - landmarks["ci_low"])[rows]
    assert (width[0] > width[1]).all()


class TestTree:
    """The top of the tree is whole, small enough to draw, and shows nobody."""

    @pytest.mark.parametrize("minimum", [10, 60])
    def test_every_branch_holds_enough_and_its_parts_are_all_of_it(
        self, study: Study, answers: pd.DataFrame, assigned: pd.DataFrame, minimum: int
    ) -> None:
        strict = replace(study, disclosure=disclosure.Rules(minimum))
        found = typology.landmarks(strict, study.pooled.code, study.waves[0], assigned, answers)
        for population, rows in found[found["indicator"] == "tree"].groupby("population"):
            nodes = rows.set_index("group")
            placed = assigned[(assigned["population"] == population) & (assigned["profile"] != "")]
            assert nodes.loc["1", "n"] == len(placed)
            assert (nodes["n"] >= minimum).all()
            assert (nodes["estimand"] == "").sum() <= 16
            for row in nodes[nodes["estimand"] != ""].itertuples():
                parts = nodes.loc[row.estimand.split()]
                assert len(parts) == 2 and parts["n"].sum() == row.n
                assert (parts["estimate"] <= row.estimate).all()
                assert not row.flag or (parts["flag"] == row.flag).all()
            assert set(nodes["flag"]) - {""} == set(placed["profile"])

    def test_gains_and_losses_are_the_same_numbers(self, landmarks: pd.DataFrame, assigned: pd.DataFrame) -> None:
        for population, rows in landmarks.groupby("population"):
            gains = rows[rows["indicator"] == "gain"].set_index("group")["estimate"]
            losses = rows[rows["indicator"] == "tree"]["estimate"].sort_values(ascending=False)
            number = assigned.loc[
                (assigned["population"] == population) & (assigned["profile"] != ""), "profile"
            ].nunique()
            assert gains.is_monotonic_decreasing and gains.sum() < 100
            np.testing.assert_allclose(losses.iloc[: number - 1], gains.iloc[: number - 1])
            assert list(rows.loc[(rows["indicator"] == "gain") & (rows["flag"] == "chosen"), "group"]) == [str(number)]

    def test_where_consolidation_put_them_adds_up(self, landmarks: pd.DataFrame, study: Study) -> None:
        moved = landmarks[landmarks["indicator"].str.startswith("moved__")]
        np.testing.assert_allclose(moved.groupby(["population", "group"])["estimate"].sum(), 100)
        assert not disclosure.protect(moved, study.disclosure)["suppressed"].any()

    def test_a_tree_over_cells_counts_everybody(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(division, "MOST_EXACT", 100)
        monkeypatch.setattr(division, "HALVINGS", 6)
        points = np.random.default_rng(5).normal(size=(400, 2)) + np.repeat(
            [[0, 0], [6, 0], [0, 6], [6, 6]], 100, axis=0
        )
        divided = division.divide(points, np.ones(400), 4)
        shown = branches(divided, 16, 10)
        assert not divided.is_exact
        assert shown[0].persons == 400
        assert sum(one.persons for one in shown if not one.parts) == 400
        assert {one.persons for one in shown if one.profile is not None and one.number < 8} == {100}


@pytest.fixture(scope="module")
def portraits(study: Study, answers: pd.DataFrame, assigned: pd.DataFrame) -> pd.DataFrame:
    return typology.portraits(study, study.pooled.code, study.waves[0], assigned, answers)


class TestPortraits:
    """A portrait is nobody's: what it shows is shared by enough people, whatever the answers."""

    def test_every_profile_has_one_shared_by_enough(
        self, study: Study, answers: pd.DataFrame, assigned: pd.DataFrame, portraits: pd.DataFrame
    ) -> None:
        placed = assigned[assigned["profile"] != ""]
        assert set(zip(portraits["population"], portraits["group"], strict=True)) == set(
            zip(placed["population"], placed["profile"], strict=True)
        )
        for row in portraits.itertuples():
            alike = sharing(answers[answers["population"] == row.population], row.estimand.split())
            assert alike == row.estimate >= study.disclosure.minimum_cell
            assert len(row.estimand.split()) >= 3
            assert row.n == ((placed["population"] == row.population) & (placed["profile"] == row.group)).sum()

    @pytest.mark.parametrize("minimum", [5, 40, 400, 5000])
    def test_it_is_shortened_until_enough_share_it(
        self, study: Study, answers: pd.DataFrame, assigned: pd.DataFrame, portraits: pd.DataFrame, minimum: int
    ) -> None:
        strict = replace(study, disclosure=disclosure.Rules(minimum))
        found = typology.portraits(strict, study.pooled.code, study.waves[0], assigned, answers)
        for row, usual in zip(found.itertuples(), portraits.itertuples(), strict=True):
            shown, whole = row.estimand.split(), usual.estimand.split()
            shorter, longer = sorted((shown, whole), key=len)
            assert longer[: len(shorter)] == shorter
            assert (len(shown) <= len(whole)) == (minimum >= study.disclosure.minimum_cell or shown == whole)
            if shown:
                assert sharing(answers[answers["population"] == row.population], shown) >= minimum
            else:
                assert np.isnan(row.estimate) and row.reason == TOO_FEW_ALIKE

    def test_answers_of_one_alone_are_never_shown(
        self, study: Study, answers: pd.DataFrame, assigned: pd.DataFrame, portraits: pd.DataFrame
    ) -> None:
        """Whoever stands nearest the centre answers what nobody else does: nothing of it appears."""
        changed, placed = answers.copy(), assigned[assigned["population"] == "active"]
        nearest = placed[placed["profile"] == "P1"]["distance"].idxmin()
        row = changed.index[changed["respondent"] == assigned.loc[nearest, "respondent"]]
        changed["territory"] = changed["territory"].astype(object)
        changed.loc[row, "territory"] = "a_lighthouse"
        found = typology.portraits(study, study.pooled.code, study.waves[0], assigned, changed)
        assert not found["estimand"].str.contains("lighthouse").any()
        texts = found.select_dtypes(exclude="number").astype(str)
        assert not texts.isin(set(answers["respondent"])).any(axis=None)

    def test_the_gate_lets_it_pass_and_the_order_of_answers_changes_nothing(
        self, study: Study, answers: pd.DataFrame, assigned: pd.DataFrame, portraits: pd.DataFrame
    ) -> None:
        assert not disclosure.protect(portraits, study.disclosure)["suppressed"].any()
        shuffled = answers.sample(frac=1, random_state=3)
        again = typology.portraits(study, study.pooled.code, study.waves[0], assigned, shuffled)
        pd.testing.assert_frame_equal(again.drop(columns="source"), portraits.drop(columns="source"))


def sharing(answers: pd.DataFrame, marks: list[str]) -> int:
    """Return how many gave all of these answers."""
    alike = pd.Series(True, index=answers.index)
    for mark in marks:
        question, code = mark.split("__", 1)
        alike &= (answers[mark] == True) if mark in answers else (answers[question] == code)  # noqa: E712
    return int(alike.fillna(False).sum())


class TestPages:
    @pytest.mark.parametrize(("language", "is_pooled"), [("en", True), ("fr", False)])
    def test_every_unit_has_its_tables_and_figures(
        self,
        study: Study,
        landmarks: pd.DataFrame,
        here: pd.DataFrame,
        answers: pd.DataFrame,
        assigned: pd.DataFrame,
        language: str,
        is_pooled: bool,
    ) -> None:
        unit = study.pooled.code if is_pooled else study.countries[0].code
        own = typology.profiles(study, unit, study.waves[0], assigned, NONE, answers) if is_pooled else here
        shown = [disclosure.protect(product, study.disclosure) for product in (landmarks, own)]
        sheet = pages.open_sheets(study, unit, shown, text.load(language), lambda column, code: code)[:1]
        made = [show(sheet) for show in SHOWN] + [pages.map_of_answers(sheet, 1, 3)]
        assert all(isinstance(thing, Table | Figure) for thing in made)
        assert all(thing._repr_html_() for thing in made)
        assert "4" in str(pages.map_of_answers(sheet, 1, 4))

    def test_names_come_from_what_marks_a_profile(self, study: Study, landmarks: pd.DataFrame) -> None:
        names = typology.names(study, landmarks, text.load("en"))
        assert {population: list(own) for population, own in names.items()} == {
            "active": ["P1", "P2", "P3", "P4"],
            "potential": ["P1", "P2", "P3"],
        }
        assert all(len(set(own.values())) == len(own) for own in names.values())
        assert any("Employee-entrepreneur of a cooperative" in name for name in names["active"].values())

    def test_two_profiles_never_get_one_name(self, study: Study, landmarks: pd.DataFrame) -> None:
        alike = landmarks.copy()
        alike.loc[alike["indicator"] == "named_by", "estimand"] = "status__artist_author"
        for own in typology.names(study, alike, text.load("en")).values():
            assert len(set(own.values())) == len(own)

    def test_a_person_names_profiles_in_the_languages_of_the_study(
        self, study: Study, landmarks: pd.DataFrame, tmp_path: Path
    ) -> None:
        content = """
profiles:
  - marks: [status__cooperative_employee_entrepreneur]
    name: {en: "Rooted together", fr: "Ancrés ensemble"}
"""
        paths.profile_names(tmp_path).write_text(content, encoding="utf-8")
        moved = replace(study, folder=tmp_path)
        assert "Rooted together" in typology.names(moved, landmarks, text.load("en"))["active"].values()
        assert "Ancrés ensemble" in typology.names(moved, landmarks, text.load("fr"))["active"].values()
        assert (
            "Rooted together" not in typology.names(moved, landmarks, text.load("en"), given=False)["active"].values()
        )

    def test_a_name_that_fits_no_profile_is_refused(
        self, study: Study, landmarks: pd.DataFrame, tmp_path: Path
    ) -> None:
        content = 'profiles: [{marks: [status__permanent_employee], name: {en: "Nobody"}}]\n'
        paths.profile_names(tmp_path).write_text(content, encoding="utf-8")
        with pytest.raises(DefinitionError, match=r"profiles\.0\.marks: status__permanent_employee marks 0 profiles"):
            typology.names(replace(study, folder=tmp_path), landmarks, text.load("en"))

    def test_a_name_is_given_in_one_population_only(
        self, study: Study, landmarks: pd.DataFrame, tmp_path: Path
    ) -> None:
        content = (
            "profiles: [{population: potential, marks: [status__cooperative_employee_entrepreneur], name: {en: X}}]"
        )
        paths.profile_names(tmp_path).write_text(content, encoding="utf-8")
        with pytest.raises(DefinitionError, match="marks 0 profiles, one is legal"):
            typology.names(replace(study, folder=tmp_path), landmarks, text.load("en"))

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (
                '{population: freelance, marks: [stage__idea], name: {en: "A"}}',
                r"profiles\.0\.population: 'freelance' is not legal; legal are active, potential",
            ),
            (
                '{population: active, marks: [situation_potential__art_student], name: {en: "A"}}',
                r"profiles\.0\.marks: situation_potential__art_student marks 0 profiles",
            ),
            (
                '{marks: [situation_potential__art_student], name: {en: "A"}}, '
                '{marks: [status__cooperative_employee_entrepreneur], name: {en: "A"}}',
                r"profiles\.1\.name: 'A' is given to two profiles",
            ),
            ('{marks: [situation_potential__art_student], name: {fr: "A"}}', "en"),
            ('{marks: [situation_potential__art_student], title: {en: "A"}}', "title"),
        ],
    )
    def test_a_wrong_entry_is_refused_with_its_place(
        self, study: Study, landmarks: pd.DataFrame, tmp_path: Path, content: str, said: str
    ) -> None:
        paths.profile_names(tmp_path).write_text(f"profiles: [{content}]\n", encoding="utf-8")
        with pytest.raises(CompendiumError, match=said):
            typology.names(replace(study, folder=tmp_path), landmarks, text.load("en"))

    def test_no_two_profiles_have_one_name(self, study: Study, landmarks: pd.DataFrame, tmp_path: Path) -> None:
        """Where what marks them is the same, the number tells them apart; a given name may be an automatic one."""
        rows = landmarks[landmarks["indicator"] == "named_by"]
        alike = landmarks.assign(
            estimand=landmarks["estimand"].where(landmarks["indicator"] != "named_by", "stage__idea")
        )
        for one in study.questionnaire.languages:
            for results in (landmarks, alike, landmarks.assign(estimand="")):
                named = typology.names(study, results, text.load(one if one in ("en", "fr") else "en"))
                for population, own in named.items():
                    assert len(own) == len(set(own.values())) == (rows["population"] == population).sum()
                    assert all(own.values())

    def test_every_sentence_of_this_room_has_its_french(self) -> None:
        messages = text.load("fr").messages
        modules = [
            "sheets/profiles/groups.py",
            "sheets/profiles/sheet.py",
            "explorers/profiles.py",
            "figures/plane.py",
            "typology/names.py",
        ]
        said = [message for module in modules for message in _said(paths.PACKAGE / module)]
        notebook = nbformat.read(paths.notebook("03_typology"), as_version=4)
        said += [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        said += [OTHER_POPULATION, TOO_FEW_ANSWERS, FEW_RESPONDENTS, FEW_VARIABLES, UNDECLARED]
        assert len(said) > 40
        assert [message for message in said if message not in messages] == []


def _said(module: Path) -> list[str]:
    """Return the messages that a module passes to the catalogue."""
    calls = [node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [call for call in calls if (getattr(call.func, "id", "") or getattr(call.func, "attr", "")) == "t"]
    return [str(call.args[0].value) for call in named if call.args and isinstance(call.args[0], ast.Constant)]


class TestSurveysByOthers:
    """Real answers, read from the folder beside the repository; they prove that the room works on few variables."""

    @pytest.mark.parametrize(("name", "people"), [("journalists", 1200), ("creators_fr", 180)])
    def test_profiles_of_real_answers(self, name: str, people: int) -> None:
        study = load_study(STUDIES / name)
        assert study.answers is not None
        if not (study.folder / study.answers["file"]).resolve().is_file():
            pytest.skip(f"the answers of {name} lie in a folder beside the repository, which is absent here")
        answers = pooled_answers(study)
        sheet = sheet_of(study, study.pooled.code, answers)
        assert 3 <= len(sheet[0].names) <= 6
        assert f"{people:,} respondents have a profile" in str(pages.assigned(sheet))
        sheet = sheet_of(study, study.countries[-1].code, answers)
        assert all(show(sheet)._repr_html_() for show in SHOWN)

    @pytest.mark.parametrize("name", ["journalists", "creators_fr"])
    def test_that_nothing_was_stated_names_nobody(self, name: str) -> None:
        study = load_study(STUDIES / name)
        assert study.answers is not None
        if not (study.folder / study.answers["file"]).resolve().is_file():
            pytest.skip(f"the answers of {name} lie in a folder beside the repository, which is absent here")
        answers = pooled_answers(study)
        placed = typology.assign(study, study.pooled.code, study.waves[0], answers)
        portraits = typology.portraits(study, study.pooled.code, study.waves[0], placed, answers)
        apart = {
            f"{question.id}__{question.not_applicable}"
            for question in study.questionnaire.questions.values()
            if question.not_applicable
        }
        given = {f"{name}__{code}" for name in answers for code in answers[name].dropna().astype(str).unique()}
        assert apart & given, "somebody did give such a code"
        said = {mark for marks in [*placed["marks"], *portraits["estimand"]] for mark in marks.split()}
        assert said and not said & apart
