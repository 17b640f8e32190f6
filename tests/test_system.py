"""The system and the person: what differs between groups, what is common, what conditions foretell, wish and reality."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from test_diagnosis import UNTESTED, _answers, _one, _study

from compendium import disclosure, results, scoring, text
from compendium.diagnosis.beside import ALIKE, CONDITIONS_ALIKE
from compendium.diagnosis.commitment import commitment_rows
from compendium.diagnosis.response_surface import COMBINATIONS, response_surface
from compendium.diagnosis.roles import AT_ONCE, postures_at_once, role_rows
from compendium.diagnosis.system import foretold, systems
from compendium.diagnosis.variance import FEW_GROUPS
from compendium.figures.base import Figure
from compendium.persons import Persons
from compendium.sheets import commitment, risks, roles, system
from compendium.sheets.factsheet import Sentence
from compendium.study.questionnaire_file import load_questionnaire
from compendium.tables import Table

CORE = load_questionnaire("core", "test")
POSTURES = CORE.codes("postures")


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return _answers(11, 600)


@pytest.fixture(scope="module")
def found(answers: pd.DataFrame) -> pd.DataFrame:
    return systems(_study(), "AA", "2026", answers, UNTESTED)


def test_shares_stand_raw_alike_and_corrected(found: pd.DataFrame) -> None:
    rows = found[(found["indicator"] == "exhaustion") & (found["method"] == "share of variance")]
    by = rows.pivot_table(index="group", columns="estimand", values="estimate")
    assert set(by.index) == {"organisation_id", "status", "residual"}
    assert by.sum().tolist() == pytest.approx([100.0] * 3)
    assert by.loc["residual", "without error of measurement"] < by.loc["residual", "as people are"]
    organisations = _one(rows, group="organisation_id", estimand="as people are")
    # planted: 0.35^2 of its own beside 0.7^2 of persons, and what the exposures bring
    assert organisations["ci_low"] < 100 * 0.35**2 / (0.35**2 + 0.7**2) < organisations["ci_high"]
    assert "bound" in organisations["caveat"]
    few = len(CORE.codes("status")) < FEW_GROUPS
    assert (_one(rows, group="status", estimand="as people are")["flag"] == "too few groups to say") == few


def test_an_index_is_not_corrected(found: pd.DataFrame) -> None:
    rows = found[(found["indicator"] == "exposure_insecurity") & (found["method"] == "share of variance")]
    assert "without error of measurement" not in set(rows["estimand"])


def test_a_strain_that_all_share_has_no_share(answers: pd.DataFrame, found: pd.DataFrame) -> None:
    """Twenty points more for everybody raise what is common to all and leave every share as it was."""
    score = "score_exposure_intensity"
    heavier = systems(_study(), "AA", "2026", answers.assign(**{score: answers[score] + 20}), UNTESTED)
    common = {"indicator": "exposure_intensity", "estimand": "common to all"}
    assert _one(heavier, **common)["estimate"] == pytest.approx(_one(found, **common)["estimate"] + 20)
    where = {"indicator": "exposure_intensity", "method": "share of variance", "estimand": "as people are"}
    for level in ("organisation_id", "status"):
        before, after = (_one(frame, group=level, **where)["estimate"] for frame in (found, heavier))
        assert after == pytest.approx(before, abs=1e-4)


def test_conditions_foretell_what_is_planted_and_nothing_else(found: pd.DataFrame) -> None:
    """Exhaustion rests on two exposures; well-being on none: for it nothing is foretold."""
    exhaustion = _one(found, indicator="exhaustion", method="share that goes with conditions")
    assert exhaustion["ci_low"] > 5
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(400), rng.normal(size=(400, 20))])
    place = rng.integers(0, 40, 400)
    share, low, high = foretold(rng.normal(size=400), x, place, 1)
    assert share < 0.02 and low < 0  # R2 of the fit would be 0.05 by chance alone
    share, low, high = foretold(x[:, 1] + rng.normal(size=400), x, place, 1)
    assert low < 0.5 < high


def test_gap_is_reality_less_wish(answers: pd.DataFrame, found: pd.DataFrame) -> None:
    """On 0-100, of those who answered both."""
    row = _one(found, indicator="gap", group="autonomy")
    gap = 25 * (answers["reality_autonomy"].astype(int) - answers["ideal_autonomy"].astype(int))
    assert row["estimate"] == pytest.approx(gap.mean())


def test_a_planted_surface_comes_back() -> None:
    """``y = 2 w - 3 r + r^2``: slopes and curves of Edwards are sums of its coefficients; a plain gap would see -5 alone."""
    rng, held = np.random.default_rng(3), np.zeros(4)
    truth = {"along agreement": -1.0, "curve along agreement": 1.0, "across it": -5.0, "curve across it": 1.0}
    assert list(truth) == list(COMBINATIONS)
    for _ in range(200):
        r, w = (pd.Series(rng.integers(-2, 3, 250)).astype(float) for _ in range(2))
        y = 2 * w - 3 * r + r**2 + rng.normal(size=250) * 6
        surface = response_surface(y, r, w)
        assert surface is not None
        held += [surface[name].low <= value <= surface[name].high for name, value in truth.items()]
    assert (held >= 180).all() and (held <= 199).all()


def test_a_surface_of_too_few_or_of_one_answer_is_none() -> None:
    few = pd.Series(np.arange(50.0))
    assert response_surface(few, few % 5, few % 3) is None
    flat = pd.Series(np.zeros(200))
    assert response_surface(pd.Series(np.arange(200.0)), flat, flat) is None


@pytest.fixture(scope="module")
def with_roles(answers: pd.DataFrame) -> pd.DataFrame:
    """Planted: each posture by itself with chance 0.4; conflicts of those with three or four are worse; over-investment goes
    with intensity of work, exhaustion with intensity alone."""
    rng = np.random.default_rng(8)
    held = {f"postures__{code}": rng.random(len(answers)) < 0.4 for code in POSTURES if code != "none_of_these"}
    roles = answers.assign(**held, postures__none_of_these=False)
    number = sum(one.astype(int) for one in held.values())
    for item in CORE.measures["posture_conflicts"].items:
        codes = np.clip(rng.integers(1, 4, len(answers)) + 2 * (number >= 3), 1, 5).astype(str)
        roles[item] = pd.Series(codes, answers.index, dtype="str").where(
            (number > 0) & (rng.random(len(answers)) > 0.05)
        )
    strain = answers["score_exposure_intensity"]
    for item in CORE.measures["overinvestment"].items:
        codes = np.digitize(strain + rng.normal(0, 15, len(answers)), [20, 40, 60, 80]) + 1
        roles[item] = pd.Series(codes.astype(str), answers.index, dtype="str").where(strain.notna())
    own = [name for name in roles if not name.startswith(("score_", "exposed_"))]
    return pd.concat([roles[own], scoring.score_all(roles[own], CORE)], axis=1)


@pytest.fixture(scope="module")
def beside(with_roles: pd.DataFrame) -> pd.DataFrame:
    asked = with_roles.assign(**{AT_ONCE: postures_at_once(with_roles)})
    persons = Persons(asked, clusters="organisation_id")
    rows = [*role_rows(persons, CORE, "exhaustion"), *commitment_rows(persons, CORE, "exhaustion")]
    return results.make(rows, origin="synthetic")


def test_postures_are_counted_by_hand(with_roles: pd.DataFrame, beside: pd.DataFrame) -> None:
    held = with_roles[[f"postures__{code}" for code in POSTURES if code != "none_of_these"]]
    employer = _one(beside, indicator="postures", group="employer")
    assert employer["estimate"] == pytest.approx(100 * held["postures__employer"].mean())
    at_once = beside[beside["indicator"] == AT_ONCE].set_index("group")["estimate"]
    assert at_once.sum() == pytest.approx(100)
    assert at_once["three_or_four"] == pytest.approx(100 * (held.sum(axis=1) >= 3).mean())
    worse, better = (
        _one(beside, indicator="posture_conflicts", group_by=AT_ONCE, group=code, method="mean")
        for code in ("three_or_four", "one")
    )
    assert worse["ci_low"] > better["ci_high"]
    item = _one(beside, indicator="posture_conflict_1", group_by="", method="share")
    known = with_roles["posture_conflict_1"].dropna()
    assert (item["n"], item["estimate"]) == (len(known), pytest.approx(100 * known.isin(["4", "5"]).mean()))


def test_what_goes_with_overinvestment_by_way_of_conditions_is_gone_once_they_are_alike(beside: pd.DataFrame) -> None:
    """Over-investment and exhaustion both go with intensity: alike in it, they have nothing to do with each other."""
    where = {"indicator": "exhaustion", "group_by": "commitment", "group": "overinvestment"}
    plain, people, alike = (
        _one(beside, **where, estimand=estimand) for estimand in ("correlation, not adjusted", ALIKE, CONDITIONS_ALIKE)
    )
    assert plain["ci_low"] > 0.15 and people["ci_low"] > 0.15
    assert alike["ci_low"] < 0 < alike["ci_high"]
    assert plain["n"] == people["n"] == alike["n"]
    assert (beside.loc[beside["group_by"] == "commitment", "caveat"].str.contains("no direction")).all()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_roles_and_commitment_show_themselves(with_roles: pd.DataFrame, beside: pd.DataFrame, language: str) -> None:
    t = text.load(language)
    study = SimpleNamespace(id="trial", questionnaire=CORE)
    shown = disclosure.protect(beside, disclosure.Rules(minimum_cell=10))
    sheet = risks.open_sheet(
        study, shown, t, lambda column, code: CORE.question_text(code, language) if code in CORE.questions else code
    )
    views = [
        roles.held(sheet),
        roles.at_once(sheet),
        roles.conflicts(sheet),
        roles.by_number(sheet),
        roles.with_outcome(sheet, "exhaustion"),
        commitment.attached(sheet),
        commitment.given(sheet),
        commitment.over_invested(sheet),
        commitment.with_outcome(sheet, "overinvestment"),
        commitment.with_outcome(sheet, "exhaustion"),
    ]
    page = " ".join(view._repr_html_() for view in views if view is not None)
    for code in ("three_or_four", "worker_own_account", "posture_conflict", "overinvestment", "standard deviations"):
        assert code not in page.replace(" standard deviations", "")
    nothing = risks.open_sheet(study, shown.iloc[:0], t, lambda _, code: code)
    said = [roles.held(nothing), commitment.attached(nothing), commitment.given(nothing)]
    silent = [roles.at_once(nothing), roles.conflicts(nothing), roles.by_number(nothing)]
    silent += [commitment.over_invested(nothing), commitment.with_outcome(nothing, "exhaustion")]
    assert all(isinstance(view, Sentence) for view in said) and set(silent) == {None}


def test_few_persons_leave_a_reason_in_place_of_a_number(with_roles: pd.DataFrame) -> None:
    few = Persons(with_roles.head(60).assign(**{AT_ONCE: postures_at_once(with_roles.head(60))}))
    found = results.make([*role_rows(few, CORE, "exhaustion")], origin="synthetic")
    rows = found[found["group_by"] == "posture_conflicts"]
    assert set(rows["method"]) == {"correlation", "not measured"}
    assert set(rows.loc[rows["method"] == "not measured", "reason"]) == {
        "too few persons answered for an adjusted association"
    }


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_view_shows_itself(found: pd.DataFrame, language: str) -> None:
    t = text.load(language)
    study = SimpleNamespace(id="trial", questionnaire=CORE)
    shown = disclosure.protect(found, disclosure.Rules(minimum_cell=10))
    sheet = risks.open_sheet(study, shown, t, lambda column, code: code)
    views = [
        system.shares(sheet, "exhaustion"),
        system.common(sheet),
        system.surfaces(sheet, "exhaustion"),
        risks.wishes(sheet),
        risks.gaps(sheet),
    ]
    assert isinstance(views[0], Table) and isinstance(views[1], Table) and isinstance(views[3], Figure)
    assert isinstance(system.conditions(sheet, "exhaustion"), Sentence)
    page = " ".join(view._repr_html_() for view in views)
    for code in ("organisation_id", "exposure_intensity", "residual"):
        assert code not in page
    assert not {message for message in t.missing if message in ("As people are", "Organisations", "across it")}


def test_a_study_without_scales_says_so() -> None:
    t = text.load("en")
    study = SimpleNamespace(id="trial", questionnaire=CORE)
    sheet = risks.open_sheet(study, systems(_study(), "AA", "2026", _answers(1, 40), UNTESTED), t, lambda _, code: code)
    for view in (system.shares(sheet, "exhaustion"), system.common(sheet), system.surfaces(sheet, "exhaustion")):
        assert isinstance(view, Sentence)
