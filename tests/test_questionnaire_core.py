"""The questionnaire of the study: what must be asked is asked, and nothing published is copied."""

import re

import pytest

from compendium import paths
from compendium.reading import read_yaml
from compendium.study.questionnaire import Questionnaire
from compendium.study.questionnaire_file import load_questionnaire


@pytest.fixture(scope="module")
def core() -> Questionnaire:
    return load_questionnaire("core", "test")


def test_profile_asks_what_the_study_needs(core: Questionnaire) -> None:
    profile = {
        "discipline",
        "status",
        "seniority_years",
        "hours_week",
        "income_band",
        "activities",
        "cooperative_member",
    }
    wanted = {"consent", "population", *profile, "territory", "age_band", "gender", "education"}
    assert wanted <= set(core.questions)
    assert core.codes("population")[:3] == ("potential", "active", "organisation")


def test_each_family_has_five_items_and_counts_exposure_by_a_rule_with_a_reason(core: Questionnaire) -> None:
    assert list(core.families) == ["intensity", "emotional", "autonomy", "relations", "values", "insecurity"]
    for family in core.families:
        measure = core.measures[f"exposure_{family}"]
        assert len(measure.items) >= 5
        assert measure.exposed_items == 3
        assert measure.kind == ("index" if family == "insecurity" else "scale")
        for item in measure.items:
            question = core.questions[item]
            assert question.exposed == (("1", "2") if question.reversed else ("4", "5")), item
            assert set(core.languages) <= set(question.exposed_reason), item


def test_outcomes_pairs_and_competences(core: Questionnaire) -> None:
    assert len(core.measures["wellbeing"].items) == 5
    assert len(core.measures["exhaustion"].items) == 5
    assert len(core.measures["warning_signals"].items) >= 5
    assert len(core.analysis.competences) == 15
    assert len(core.analysis.pairs) == 8


def test_the_subjects_of_the_study_are_asked_about(core: Questionnaire) -> None:
    """What the programme names, each as a part of the form of its own."""
    wanted = {
        "consent", "profile", "trajectory", "statuses", "economy", "time_and_calls", "turnover", "pandemic", "digital",
        "notions", "exposure", "postures_and_resources", "ideal_reality", "commitment", "health", "competences",
        "organisation", "entry_diagnostic", "closing", "absence_and_change", "linking",
    }  # fmt: skip
    assert wanted == set(core.modules)
    optional = {name for name, module in core.modules.items() if module.optional}
    assert optional == {"trajectory", "pandemic", "digital", "notions", "commitment", "entry_diagnostic", "absence_and_change", "linking"}


def test_who_has_not_agreed_to_questions_on_health_is_asked_none(core: Questionnaire) -> None:
    questions = [core.questions[name] for name in core.questions_by_module()["health"]]
    assert questions
    for question in questions:
        assert ("consent_health", ("yes",)) in {(one.question, one.codes) for one in question.when}, question.id


def test_turnover_is_asked_for_now_and_before_the_status(core: Questionnaire) -> None:
    """The two numbers without which "more turnover than before" could only be repeated, not tested."""
    for name in ("turnover_12_months", "turnover_before_status"):
        assert core.questions[name].unit == "eur_year"


def test_nothing_measured_makes_the_profiles(core: Questionnaire) -> None:
    measured = {item for measure in core.measures.values() for item in measure.items}
    for typology in core.analysis.typology:
        assert not measured & set(typology.active)


def test_straight_line_modules_ask_in_both_directions(core: Questionnaire) -> None:
    """Otherwise an honest person could give one answer throughout."""
    good = set(core.measures["wellbeing"].items)
    for module in core.cleaning.straight_line:
        items = [core.questions[name] for name in core.questions_by_module()[module] if core.questions[name].scale]
        directions = {question.reversed or question.id in good for question in items}
        assert directions == {True, False}, module


def test_no_code_is_read_as_something_else_than_text() -> None:
    """YAML would read ``no`` as false and ``1`` as a number."""
    codes = [
        option["code"]
        for path in (paths.DEFINITIONS / "modules").glob("*.yml")
        for question in read_yaml(path, "module")["questions"]
        for option in question.get("options", [])
    ]
    for scale in (paths.DEFINITIONS / "scales").glob("*.yml"):
        codes += [code["code"] for code in read_yaml(scale, "scale")["codes"]]
    assert len(codes) > 60
    assert all(isinstance(code, str) for code in codes)


@pytest.mark.parametrize(
    "wording",
    [
        "cheerful and in good spirits", "calm and relaxed", "active and vigorous", "fresh and rested",
        "emotionally drained", "burned out", "worn out", "used up", "emotionally exhausted", "physically exhausted",
        "enough energy for family and friends", "time to do all your work", "work very fast",
    ],
)  # fmt: skip
def test_no_wording_of_a_published_instrument(core: Questionnaire, wording: str) -> None:
    said = " ".join(text.get("en", "").lower() for text in (question.text for question in core.questions.values()))
    assert not re.search(wording, said)
