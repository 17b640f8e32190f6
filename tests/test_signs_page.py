"""The page of warning signs: it shows what can be told of groups, says what cannot, and works with one wave or two."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from compendium import disclosure, scoring, text
from compendium.diagnosis.signs import signs as make
from compendium.diagnosis.signs.groups import LATER
from compendium.diagnosis.signs.warning import BALANCE, HELD_OUT, TOO_FEW
from compendium.figures.base import Figure
from compendium.sheets import signs
from compendium.sheets.base import Several
from compendium.study.questionnaire import Questionnaire
from compendium.study.questionnaire_file import load_questionnaire
from compendium.tables import Table

CORE = load_questionnaire("core", "test")
RULES = disclosure.Rules()


def answers(groups: int, seed: int, strain: np.ndarray | None = None, persons: int = 14) -> pd.DataFrame:
    """Draw answers of groups; the strain of a group shows in its signals, its exhaustion and its days of sick leave."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.normal(size=groups) if strain is None else strain, persons)
    own = level + rng.normal(size=len(level))
    items = [*CORE.measures["warning_signals"].items, *CORE.measures["exhaustion"].items]
    frame = pd.DataFrame(
        {item: np.clip(np.round(3 + 0.8 * own + rng.normal(0, 0.9, len(own))), 1, 5).astype(int) for item in items}
    ).astype(str)
    for name in ("warning_signals", "exhaustion"):
        frame[scoring.SCORE + name] = scoring.score(frame, CORE.measures[name], CORE)
    frame["sick_leave_days"] = rng.poisson(np.exp(2.2 + 0.6 * level)).astype(float)
    frame["organisation_id"] = np.repeat([f"Org-{at}" for at in range(groups)], persons)
    frame["status"] = rng.choice(["cooperative_employee_entrepreneur", "sole_trader"], len(own))
    frame["cooperative_member"] = rng.choice(["yes", "no"], len(own))
    return frame.assign(country="AA", origin="synthetic", respondent=[f"who-{at}" for at in range(len(own))])


def study(questionnaire: Questionnaire = CORE) -> SimpleNamespace:
    return SimpleNamespace(
        id="trial",
        seed=1,
        questionnaire=questionnaire,
        disclosure=RULES,
        countries=("AA", "BB"),
        is_pooled=lambda unit: False,
    )


def sheet(found: pd.DataFrame, language: str = "en", questionnaire: Questionnaire = CORE) -> signs.Sheet:
    def fallback(column: str, code: str) -> str:
        return questionnaire.measures[code].label[language] if code in questionnaire.measures else code

    shown = disclosure.protect(found, RULES)
    return signs.open_sheet(study(questionnaire), "AA", shown, text.load(language), fallback)


def views(page: signs.Sheet) -> dict[str, object]:
    names = (
        "cases",
        "groups",
        "told",
        "together",
        "stages",
        "change",
        "by_posture",
        "definitions",
        "template",
        "example",
    )
    return {name: getattr(signs, name)(page) for name in names}


STRAIN = np.random.default_rng(11).normal(size=40)
ENOUGH = make(study(), "AA", "1", answers(40, 1))
FEW = make(study(), "AA", "1", answers(20, 1))
TWO = make(study(), "AA", "2", answers(40, 3, STRAIN), {"1": answers(40, 2, STRAIN)})


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("found", [ENOUGH, FEW, TWO], ids=["enough groups", "too few", "two waves"])
def test_every_view_shows_itself_and_in_french_without_english(found: pd.DataFrame, language: str) -> None:
    page = sheet(found, language)
    page.t.missing.clear()
    for name, view in views(page).items():
        html = view._repr_html_()
        assert html, name
        assert "who-" not in html, name
        assert "Org-" not in html, name
    assert not page.t.missing


def test_enough_groups_are_shown_as_figure_and_numbers_with_their_timing() -> None:
    told = signs.told(sheet(ENOUGH))
    assert isinstance(told, Several)
    assert any(isinstance(part, Figure) for part in told.parts)
    html = told._repr_html_()
    assert "concurrent, same form" in html
    assert "these tell cases from others better than chance, all tests counted: Warning signals" in html


def test_too_few_groups_are_one_sentence_and_no_sensitivity() -> None:
    page = sheet(FEW)
    assert "20 groups (organisations) of 10 persons or more" in repr(signs.groups(page))
    assert "Not told here" in repr(signs.told(page))
    assert not FEW["estimand"].isin(["sensitivity", "specificity"]).any()
    assert (FEW["method"] == TOO_FEW).any()


def test_with_two_waves_the_sign_is_held_against_what_came_later() -> None:
    held = TWO[(TWO["method"] == HELD_OUT) & (TWO["estimand"] == BALANCE)].set_index("group")
    assert set(held["caveat"]) == {LATER}
    assert held.loc["sick_leave", "ci_low"] > 0
    assert "outcome of a later wave" in signs.groups(sheet(TWO))._repr_html_()


def test_stages_need_two_waves_and_links() -> None:
    assert "there is one wave only" in repr(signs.stages(sheet(ENOUGH)))
    # Forty groups come back, so the groups are the units; persons are not linked.
    assert set(TWO.loc[TWO["method"] == "what follows what", "estimand"]) == {"linked groups"}
    change = TWO[TWO["estimand"] == "change since the wave before"]
    assert list(change["method"]) == ["difference of means"]


def test_a_cutoff_is_given_only_for_a_sign_that_does_better_than_chance() -> None:
    rng = np.random.default_rng(5)
    nothing = answers(40, 1)
    shuffled = rng.permutation(nothing[scoring.SCORE + "warning_signals"].to_numpy())
    blind = make(study(), "AA", "1", nothing.assign(score_warning_signals=shuffled))
    tables = [part for part in signs.told(sheet(blind)).parts if isinstance(part, Table)]
    assert set(tables[0].frame["Warns from (points of 100)"]) == {"–"}
    sure = [part for part in signs.told(sheet(ENOUGH)).parts if isinstance(part, Table)]
    assert sure[0].frame["Warns from (points of 100)"].str.contains("upwards").all()


def test_a_study_that_measures_none_of_it_has_sentences_and_no_error() -> None:
    other = CORE.of(["profile", "statuses"])
    bare = answers(40, 1)[["country", "origin", "respondent"]]
    page = sheet(make(study(other), "AA", "1", bare), questionnaire=other)
    shown = views(page)
    assert "Nothing that signs could warn of is measured here" in repr(shown["groups"])
    assert "Nothing can be told here" in repr(shown["told"])
    assert "does not ask for warning signals" in repr(shown["together"])
    assert "Nobody here works through a cooperative" in repr(shown["by_posture"])


def test_no_row_of_the_product_names_a_person_or_a_group() -> None:
    text_of_rows = set(ENOUGH.astype(str).to_numpy().ravel())
    given = answers(40, 1)
    assert not text_of_rows & {*given["organisation_id"], *given["respondent"]}
