"""The page of the diagnosis: every view shows itself in both languages, and says so where there is nothing to show."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from compendium import disclosure, results, text
from compendium.errors import CompendiumError
from compendium.figures.base import Figure
from compendium.figures.matrix import matrix
from compendium.sheets import risks
from compendium.sheets.factsheet import Sentence
from compendium.study.questionnaire import Questionnaire
from compendium.study.questionnaire_file import load_questionnaire
from compendium.tables import Table

CORE = load_questionnaire("core", "test")
EXPOSURES = [measure.id for measure in CORE.measures.values() if measure.family]


def _row(indicator: str, estimate: float, **more: object) -> dict[str, object]:
    numbers = {"estimate": estimate, "ci_low": estimate - 5, "ci_high": estimate + 5, "n": 120.0}
    return {"indicator": indicator, **numbers, **more}


def _results() -> pd.DataFrame:
    """A handful of results as the diagnosis writes them."""
    rows = []
    for at, exposure in enumerate(EXPOSURES):
        rows.append(_row(exposure, 60.0 - 8 * at, method="share", unit="%"))
        for rule, estimate in (("looser", 80.0 - 8 * at), ("stricter", 12.0 + 4 * at)):
            rows.append(_row(exposure, estimate, method="share by another rule", unit="%", threshold_id=rule))
        for status in ("sole_trader", "permanent_employee"):
            where = {"group_by": "status", "group": status}
            rows.append(_row(exposure, 40.0 + at, method="share", unit="%", **where))
            rows.append(_row(exposure, 50.0 + at, method="mean", unit="points of 100", **where))
    rows.append(_row("intensity_1", 44.0, method="share", unit="%"))
    both = {"indicator": "exposed_to_both", "group_by": "pair_intensity", "group": "values", "unit": "%"}
    rows.append(_row("", 30.0, method="share") | both)
    rows.append({"estimate": 24.0, "n": 120.0, "method": "share by chance"} | both)
    where = {"group_by": "status", "group": "sole_trader", "threshold_id": "stricter"}
    rows.append(_row(EXPOSURES[0], 20.0, method="share by another rule", unit="%", **where))
    at_once = {"method": "share", "unit": "%", "group_by": "families_at_once"}
    rows += [_row("families_at_once", 33.0, group=many, **at_once) for many in ("0", "1", "4_or_more")]
    for domain in ("autonomy", "income"):
        where = {"group_by": "domain", "group": domain, "method": "mean", "unit": "points of 100"}
        rows += [_row("ideal", 80.0, **where), _row("reality", 40.0, **where), _row("gap", -40.0, **where)]
    return disclosure.protect(results.make(rows, origin="synthetic", source="trial"), disclosure.Rules())


def _sheet(found: pd.DataFrame, language: str = "en", questionnaire: Questionnaire = CORE) -> risks.Sheet:
    def fallback(column: str, code: str) -> str:
        known = column in questionnaire.questions and code in questionnaire.questions[column].labels
        return questionnaire.label(column, code, language) if known else code

    study = SimpleNamespace(id="trial", questionnaire=questionnaire)
    return risks.open_sheet(study, found, text.load(language), fallback)


def _views(sheet: risks.Sheet) -> dict[str, Figure | Table | Sentence]:
    return {
        "measured": risks.measured(sheet),
        "foremost": risks.foremost(sheet),
        "families": risks.families(sheet),
        "rules": risks.rules(sheet),
        "turned": risks.turned(sheet),
        "by_rule": risks.by_rule(sheet, "status"),
        "items": risks.items(sheet),
        "pairs": risks.pairs(sheet),
        "others": risks.others(sheet),
        "accumulated": risks.accumulated(sheet),
        "who": risks.who(sheet, "status"),
        "wishes": risks.wishes(sheet),
        "gaps": risks.gaps(sheet),
    }


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_view_shows_itself(language: str) -> None:
    """All figures and tables come out as HTML in the page's language; no code or English word of this room is left."""
    sheet = _sheet(_results(), language)
    views = _views(sheet)
    kinds = {name: type(view) for name, view in views.items()}
    assert {name for name, kind in kinds.items() if kind is Sentence} == {
        "measured",
        "foremost",
        "turned",
    }
    page = " ".join(view._repr_html_() for view in views.values())
    for code in ("sole_trader", "exposure_intensity", "4_or_more", "families_at_once"):
        assert code not in page
    own = {message for message in sheet.t.missing if not message.islower() and "exposure" in message.lower()}
    assert not own


def test_prose_names_the_family_its_interval_and_its_n() -> None:
    """The foremost family with share, interval and n; the next one is said to be close when the intervals overlap."""
    said = risks.foremost(_sheet(_results())).text
    assert "Intensity and working time, 60% (95% interval 55 to 65, n = 120)" in said
    assert "Emotional demands, is too close" in said


def test_an_order_that_another_rule_turns_round_is_no_finding() -> None:
    """The first family leads the last by 40 points under the fixed rule and trails it under the stricter one."""
    said = risks.turned(_sheet(_results())).text
    assert "no finding" in said
    assert "Intensity and working time before Insecurity of the situation (one question more)" in said
    assert "(one question fewer)" not in said


def test_many_withheld_shares_give_way_to_means() -> None:
    """Where more than a quarter of the shares are withheld, the grid shows means and its title says so."""
    found = _results()
    where = (found["group_by"] == "status") & (found["method"] == "share") & (found["group"] == "sole_trader")
    found.loc[where, list(results.BLANKED)] = np.nan
    found.loc[where, ["suppressed", "suppression_reason"]] = [True, "count"]
    assert risks.who(_sheet(_results()), "status").title.startswith("Share exposed")
    assert risks.who(_sheet(found), "status").title.startswith("Mean exposure")


def test_a_study_without_scales_says_so() -> None:
    """No scale, no outcome, no pairs: sentences everywhere, never an empty chart."""
    bare = replace(CORE, measures={}, analysis=replace(CORE.analysis, outcomes={}, pairs=()))
    reason = "no question of this study asks about it"
    absent = {"method": "not measured", "comparable": "no", "reason": reason}
    rows = [{"indicator": f"exposure_{family}", **absent} for family in CORE.families]
    sheet = _sheet(results.make(rows, origin="real_other"), questionnaire=bare)
    views = _views(sheet)
    assert {type(view) for view in views.values()} == {Sentence}
    assert "No family of psychosocial risk is measured here" in views["measured"].text
    assert "Insecurity of the situation (no question of this study asks about it)" in views["measured"].text


def test_grid_of_bars_keeps_its_promises(tmp_path: Path) -> None:
    """One unit, one estimate a cell; withheld cells hold a dash; the numbers are text."""
    found = _results()
    rows = found[(found["group_by"] == "status") & (found["method"] == "share")].reset_index(drop=True)
    rows.loc[0, list(results.BLANKED)] = np.nan
    rows.loc[0, ["suppressed", "suppression_reason"]] = [True, "cell"]
    t = text.load("en")
    figure = matrix(rows, rows="group", columns="indicator", t=t, title="Trial")
    assert ">45<" in figure.svg()
    assert "Dash: withheld" in figure.caption
    assert "Withheld to protect the people who answered: 1." in figure.alt
    figure.save_png(tmp_path / "grid.png")
    with pytest.raises(CompendiumError, match="two estimates"):
        matrix(pd.concat([rows, rows]), rows="group", columns="indicator", t=t, title="Trial")
    with pytest.raises(CompendiumError, match="mixes the units"):
        matrix(found[found["group_by"] == "status"], rows="group", columns="indicator", t=t, title="Trial")


def test_grid_of_bars_sets_apart_what_may_not_be_compared() -> None:
    """Brackets and words, not colour alone."""
    found = _results()
    rows = found[(found["group_by"] == "status") & (found["method"] == "share")].reset_index(drop=True)
    first = rows["indicator"] == rows["indicator"].iloc[0]
    rows.loc[first, ["comparable", "reason"]] = ["no", "relations"]
    t = text.load("en")
    figure = matrix(rows, rows="group", columns="indicator", t=t, title="Trial")
    assert f">({rows.loc[first, 'estimate'].iloc[0]:.0f})<" in figure.svg()
    assert "In brackets and grey, not comparable (relations)" in figure.caption
    sheet = risks.open_sheet(SimpleNamespace(questionnaire=CORE), found, t, lambda _, code: code)
    assert sheet.label("reason", "relations") == "the scale's zero point differs between the groups"
    assert "Not comparable with the others" in figure.alt
