"""Which comparisons a study allows: every scale along every axis, and what the verdict does to the rows of a page."""

import shutil
from dataclasses import replace
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from compendium import text
from compendium.invariance import Verdicts, aligned, by_axes
from compendium.invariance.axes import AXIS_COLUMNS
from compendium.paths import DEFAULT_STUDY
from compendium.pipeline.graph import Graph, Rooms
from compendium.planning import assumptions
from compendium.sheets import invariance as sheets
from compendium.sheets.factsheet import Sentence
from compendium.study.questionnaire_file import load_questionnaire
from compendium.study.study import load_study

CORE = load_questionnaire("core", "test")
STUDY = SimpleNamespace(id="trial", questionnaire=CORE)
EXHAUSTION, INSECURITY = CORE.measures["exhaustion"], CORE.measures["exposure_insecurity"]
LOADINGS = np.array([0.8, 0.75, 0.7, 0.7, 0.65])


def answers(seed: int, n: int, country: str, shift: float = 0.0, status: str = "sole_trader") -> pd.DataFrame:
    """Answers to the scale of exhaustion only, one factor behind them; `shift` moves the level of its first question."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(n, 1)) * LOADINGS + rng.normal(size=(n, 5)) * np.sqrt(1 - LOADINGS**2)
    latent[:, 0] += shift
    frame = pd.DataFrame({"country": country, "language": "en", "status": status}, index=range(n))
    for name in {item for measure in CORE.measures.values() for item in measure.items}:
        frame[name] = pd.Series(np.nan, index=frame.index, dtype="object")
    for at, name in enumerate(EXHAUSTION.items):
        scale = CORE.questions[name].scale
        codes = dict(zip(scale.values, scale.codes, strict=True))
        steps = np.sort(scale.values)
        cuts = np.linspace(-1.5, 1.5, len(steps) - 1)
        value = steps[np.digitize(latent[:, at], cuts)]
        turned = min(steps) + max(steps) - value if CORE.questions[name].reversed else value
        frame[name] = [codes[one] for one in turned]
    return frame


def verdict(found: pd.DataFrame, axis: str) -> pd.Series:
    rows = found[(found["measure"] == EXHAUSTION.id) & (found["axis"] == axis)]
    return rows.iloc[0]


@pytest.fixture(scope="module")
def tested() -> pd.DataFrame:
    """Three countries with one scale; in the third the first question stands for another level; a fourth is small."""
    frames = [answers(1, 400, "AA"), answers(2, 400, "BB"), answers(4, assumptions().invariance_group - 1, "DD")]
    frames[1]["status"] = "artist_author"
    before = pd.concat([answers(5, 400, "AA"), answers(6, 400, "BB", shift=1.6)], ignore_index=True)
    return by_axes(STUDY, "ALL", "2027", pd.concat(frames, ignore_index=True), {"2026": before.assign(wave="2026")})


def test_every_scale_has_a_verdict_along_every_axis(tested: pd.DataFrame) -> None:
    assert list(tested.columns) == AXIS_COLUMNS
    assert INSECURITY.id not in set(tested["measure"])
    assert set(tested["axis"]) == {"country", "language", "status", "wave"}
    assert verdict(tested, "country")["verdict"] == "means"
    assert verdict(tested, "status")["verdict"] == "means"
    assert verdict(tested, "language")[["verdict", "reason"]].tolist() == ["not_testable", "one_group"]
    never = tested[tested["measure"] == "wellbeing"]
    assert set(never["verdict"]) == {"not_measured"}


def test_a_group_too_small_is_left_out_and_named(tested: pd.DataFrame) -> None:
    row = verdict(tested, "country")
    assert row[["groups", "left_out"]].tolist() == ["AA; BB", "DD"]
    judge = Verdicts(tested).judge
    assert judge(EXHAUSTION, "country", "DD") == {"comparable": "no", "reason": "group_too_small"}
    assert "comparable" not in judge(EXHAUSTION, "country", "AA")


def test_waves_are_tested_against_each_other(tested: pd.DataFrame) -> None:
    """Half of the earlier wave answered a question at another level: the step of the levels does not hold for all."""
    row = verdict(tested, "wave")
    assert row["groups"] == "2026; 2027"
    assert row["verdict"] in ("means", "relations")
    assert (row["verdict"], row["reason"]) != ("means", "")


def test_rows_of_a_page_are_marked(tested: pd.DataFrame) -> None:
    known = Verdicts(tested)
    rows = [
        {"indicator": "wellbeing", "group_by": "status", "group": "sole_trader"},
        {"indicator": "exhaustion", "group_by": "status", "group": "sole_trader"},
        {"indicator": "wellbeing", "group_by": ""},
        {"indicator": "status", "group_by": "status", "group": "sole_trader"},
        {"indicator": "exposure_insecurity", "group_by": "status", "group": "sole_trader"},
        {"indicator": "wellbeing", "group_by": "status", "comparable": "no", "reason": "its own"},
    ]
    found = list(known.govern(rows, CORE))
    assert [row.get("comparable", "yes") for row in found] == ["no", "yes", "yes", "yes", "yes", "no"]
    assert found[0]["reason"] == "not_measured"
    assert "question by question" in found[4]["caveat"]
    assert found[5]["reason"] == "its own"
    together = list(known.govern_sum([{"group_by": "status", "group": "sole_trader"}], [EXHAUSTION]))
    assert "comparable" not in together[0]
    apart = list(known.govern_sum([{"group_by": "status", "group": "x"}], [EXHAUSTION, CORE.measures["wellbeing"]]))
    assert apart[0]["comparable"] == "no"


def test_the_report_says_it_in_words(tested: pd.DataFrame) -> None:
    sheet = sheets.open_sheet(STUDY, tested, text.load("en"), lambda _, code: code)
    grid = sheets.overview(sheet)
    assert grid.frame.set_index("Scale").loc["Exhaustion", "Country"] == "means"
    assert "Language of the form" in grid.note
    table = sheets.along(sheet, "country")
    assert table.frame["What may be compared"].tolist() == ["means, and how they go with other scales"]
    assert "DD" in table.note
    assert len(sheets.steps(sheet, "country").frame) >= 4
    assert isinstance(sheets.along(sheet, "gender"), Sentence)
    nothing = sheets.open_sheet(STUDY, tested.iloc[:0], text.load("en"), lambda _, code: code)
    assert isinstance(sheets.overview(nothing), Sentence)


def test_a_later_wave_is_tested_against_the_answers_of_the_earlier_one(tmp_path: Path) -> None:
    """The chain hands the answers of every earlier wave to the test, and runs again when they change."""
    declared = load_study(DEFAULT_STUDY)
    shutil.copytree(DEFAULT_STUDY / "raw", tmp_path / "raw")
    for country, wave in product(declared.countries, ("2027", "2028")):
        shutil.copytree(tmp_path / "raw" / country.code / "2026", tmp_path / "raw" / country.code / wave)
    study = replace(declared, folder=tmp_path, waves=("2026", "2027", "2028"))
    graph = Graph(study, Rooms())
    pooled = study.pooled.code
    needs = {wave: set(graph.needs[f"{pooled}/{wave}/invariance"]) for wave in study.waves}
    assert needs["2026"] == {f"{pooled}/2026/answers"}
    assert needs["2028"] == {f"{pooled}/{wave}/answers" for wave in study.waves}
    *_, sources, _ = graph.steps[f"{pooled}/2028/invariance"].arguments
    assert list(sources["earlier"]) == ["2026", "2027"]


def test_groups_are_aligned_where_exact_equality_fails() -> None:
    """Five countries, one question of one of them at another level: it gives way, and the others place the countries."""
    codes = ["AA", "BB", "CC", "DD", "EE"]
    frame = pd.concat(
        [answers(20 + at, 300, code, shift=1.5 * (code == "CC")) for at, code in enumerate(codes)], ignore_index=True
    ).assign(origin="synthetic")
    found = by_axes(STUDY, "ALL", "2026", frame, {})
    assert verdict(found, "country")[["verdict", "reason"]].tolist() == ["means", "partial"]
    rows = aligned(STUDY, "ALL", "2026", frame, found)
    means = rows[(rows["group_by"] == "country") & (rows["method"] == "aligned mean")]
    assert means["group"].tolist() == codes
    assert means["estimate"].abs().max() < 0.25
    assert ((means["ci_low"] < 0) & (means["ci_high"] > 0)).sum() >= 4  # 95 % intervals of five groups that are alike
    share = rows[rows["method"] == "share of parameters that differ"]
    assert 0 < share["estimate"].iloc[0] <= 25
    sheet = sheets.open_sheet(STUDY, found, text.load("en"), lambda _, code: code)
    assert "Exhaustion" in sheets.aligned(sheet, rows, "country").frame.columns.to_list()[1]
    assert isinstance(sheets.aligned(sheet, rows, "status"), Sentence)
