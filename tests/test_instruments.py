"""Keys of published instruments, the scores they give, the cut-offs they admit, and the wordings they do not hold."""

import copy
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from agreement import agrees
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium import instrument_scores, paths
from compendium.errors import AnswersError, DefinitionError
from compendium.instrument_scores import (
    ADAPTED,
    MISSING,
    NOT_APPLICABLE,
    SCORED,
    classify,
    combine,
    record,
    rescaled,
    score,
    states,
)
from compendium.reading import read_yaml
from compendium.study.instrument_parts import CONFIDENCES, CutOff, Instrument
from compendium.study.instrument_wordings import as_module, load_wordings
from compendium.study.instruments import build, instrument_names, load_instrument
from compendium.study.questionnaire_file import load_questionnaire

HERE = Path(__file__).parent
REFERENCE = HERE / "reference" / "instruments"
LANGUAGES = ("en", "fr", "pt", "pl", "de")
CASES = yaml.safe_load((HERE / "cases" / "instruments.yml").read_text(encoding="utf-8"))
NAMES = instrument_names()
SIZES = {
    "bat12": 12,
    "bat23": 23,
    "cbi": 19,
    "copsoq3_core": 32,
    "copsoq3_middle": 60,
    "entrecomp15": 15,
    "eri16": 16,
    "hse35": 35,
    "karasek26": 26,
    "phq8": 8,
    "uwes9": 9,
    "who5": 5,
}


def content(name: str) -> dict[str, Any]:
    return copy.deepcopy(read_yaml(paths.DEFINITIONS / "instruments" / f"{name}.yml", "instrument"))


# --- keys


def test_the_instruments_of_the_project_are_there() -> None:
    assert {name: len(load_instrument(name).items) for name in NAMES} == SIZES


@pytest.mark.parametrize("name", NAMES)
def test_every_limit_says_where_it_is_from_and_how_sure_it_is(name: str) -> None:
    instrument = load_instrument(name)
    for cut_off in instrument.cut_offs.values():
        assert cut_off.population and cut_off.self_employed
        for threshold in cut_off.thresholds:
            assert threshold.reference in instrument.references
            assert threshold.confidence in CONFIDENCES
            assert all(threshold.label[language] for language in LANGUAGES)
    for dimension in instrument.dimensions.values():
        assert dimension.high and dimension.risk in ("high", "low", "neither")
        assert all(dimension.label[language] for language in LANGUAGES)


def test_only_what_was_read_is_called_sourced() -> None:
    sourced = {
        (name, threshold.value)
        for name in NAMES
        for cut_off in load_instrument(name).cut_offs.values()
        for threshold in cut_off.thresholds
        if threshold.confidence == "sourced"
    }
    assert sourced == {("who5", 50), ("phq8", 10), ("eri16", 1)}


@pytest.mark.parametrize("name", NAMES)
def test_no_item_carries_a_wording(name: str) -> None:
    """An item has a code, a dimension and answers; its note may only speak of how it is counted."""
    for item in content(name)["items"]:
        assert set(item) <= {"id", "dimension", "scale", "reversed", "confidence", "note"}
        assert all(re.fullmatch(r"[a-z0-9_]+", item[key]) for key in ("id", "dimension", "scale"))
        assert "note" not in item or "reversed" in item["note"]
    for scale in content(name)["scales"]:
        assert all(set(code) == {"code", "value"} for code in scale["codes"])


def test_the_core_of_copsoq_is_a_part_of_the_middle() -> None:
    core, middle = load_instrument("copsoq3_core"), load_instrument("copsoq3_middle")
    for item in core.items.values():
        assert middle.items[item.id].dimension == item.dimension
        assert middle.items[item.id].reversed == item.reversed
        assert middle.items[item.id].scale.values == item.scale.values
    assert len(middle.dimensions) == 26


def test_errors_of_other_codings_of_copsoq_are_not_repeated() -> None:
    middle = load_instrument("copsoq3_middle")
    assert not {"copsoq3_qd4", "copsoq3_va2", "copsoq3_bo3", "copsoq3_pv1"} & set(middle.items)
    assert {middle.items[f"copsoq3_{code}"].dimension for code in ("pd2", "pd3", "pd4")} == {"development"}
    assert middle.dimensions["meaning"].risk == "low" and middle.dimensions["work_pace"].risk == "high"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda key: key["items"][0].update(dimension="nothing"),
            "who5_1.dimension: 'nothing' is not legal; legal are total",
        ),
        (lambda key: key["items"][1].update(id="who5_1"), "items: 'who5_1' stands twice; once is legal"),
        (lambda key: key["dimensions"][0].update(factor=3), "the range 0 to 100 is not legal; its items give 0 to 75"),
        (lambda key: key["scales"][0]["codings"].pop("1-6"), "codings: legal are 6 codes for each of 0-5, 1-6"),
        (
            lambda key: key["cut_offs"][0]["thresholds"][0].update(confidence="sourced"),
            "cut_offs.screening: 28 is called sourced, but 'topp2015' was not read",
        ),
        (
            lambda key: key["cut_offs"][0]["thresholds"][0].update(reference="nobody"),
            "reference: 'nobody' is not legal; legal are topp2015, inspq",
        ),
    ],
)
def test_a_key_that_does_not_hold_together_is_refused(change: Any, sentence: str) -> None:
    key = content("who5")
    change(key)
    with pytest.raises(DefinitionError) as caught:
        build(key, "who5.yml")
    assert sentence in str(caught.value)


def test_an_unknown_instrument_is_one_sentence() -> None:
    with pytest.raises(DefinitionError, match=r"study\.yml: the instrument 'mbi' is not legal; legal are bat12"):
        load_instrument("mbi", "study.yml")


@pytest.mark.parametrize("missing", ["confidence", "reference"])
def test_the_schema_asks_every_limit_for_its_reference_and_confidence(missing: str, tmp_path: Path) -> None:
    key = content("who5")
    del key["cut_offs"][0]["thresholds"][0][missing]
    path = tmp_path / "who5.yml"
    path.write_text(yaml.safe_dump(key), encoding="utf-8")
    with pytest.raises(DefinitionError, match=f"the key '{missing}' is missing|is not legal"):
        read_yaml(path, "instrument")


# --- scores


def answers_of(case: dict[str, Any], instrument: Instrument) -> pd.DataFrame:
    asked = [item for item in instrument.items if item not in case.get("left_out", ())]
    row = {item: case.get("answers", {}).get(item, case["all"]) or None for item in asked}
    return pd.DataFrame([row], dtype="str")


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_cases_worked_out_by_hand(case: dict[str, Any]) -> None:
    instrument = load_instrument(case["instrument"])
    answers = answers_of(case, instrument)
    options = {"coding": case.get("coding", ""), "left_out": case.get("left_out", ())}
    if "error" in case:
        with pytest.raises(AnswersError) as caught:
            score(answers, instrument, **options)
        assert str(caught.value).startswith(case["error"])
        return
    scores, said = score(answers, instrument, **options), states(answers, instrument, **options)
    words = {"missing": MISSING, "not applicable": NOT_APPLICABLE}
    for dimension, expected in case["scores"].items():
        column = instrument_scores.column(instrument, dimension)
        if expected in words:
            assert np.isnan(scores[column].item()) and said[column].item() == words[expected]
        else:
            assert scores[column].item() == pytest.approx(expected, abs=1e-9)
    for dimension, expected in case.get("states", {}).items():
        assert said[instrument_scores.column(instrument, dimension)].item() == expected
    for name, (code, confidence) in case.get("classes", {}).items():
        if name in instrument.cut_offs:
            cut_off = instrument.cut_offs[name]
            classed = classify(scores[instrument_scores.column(instrument, cut_off.dimension)], cut_off)
        else:
            classed = combine(scores, instrument, instrument.combinations[name])
        assert classed[["code", "confidence"]].fillna("").iloc[0].tolist() == [code, confidence]


@pytest.mark.parametrize("name", NAMES)
def test_every_instrument_has_three_cases_and_an_edge_among_them(name: str) -> None:
    own = [case for case in CASES if case["instrument"] == name]
    assert len(own) >= 3
    edges = ("missing", "not applicable")
    assert any("error" in case or set(edges) & set(map(str, case["scores"].values())) for case in own)


def test_codes_may_be_text_numbers_or_categories() -> None:
    """2, 2.0 and "2" are one code; what is no code at all is refused with the item."""
    text = pd.DataFrame({f"who5_{n}": ["0", "5", None] for n in range(1, 6)}, dtype="str")
    expected = score(text, "who5")
    whole = text.apply(pd.to_numeric)
    for other in (whole, whole.astype("Int64"), text.astype("category"), whole.astype("object"), text + " ", text.fillna("")):
        pd.testing.assert_frame_equal(score(other, "who5"), expected)
    assert expected.attrs["key"] == f"who5 {load_instrument('who5').version}"
    with pytest.raises(AnswersError, match=r"who5_2: the answer 2\.5 is no code"):
        score(whole.assign(who5_2=2.5), "who5")
    with pytest.raises(AnswersError, match="who5_2: the answer True is no code"):
        score(whole.assign(who5_2=True), "who5")
    with pytest.raises(DefinitionError, match="'who6' is not legal; legal are bat12"):
        score(text, "who6")


@pytest.mark.parametrize("name", NAMES)
def test_every_score_has_its_record_and_its_0_to_100(name: str) -> None:
    instrument = load_instrument(name)
    told = record(name, left_out=[next(iter(instrument.items))])
    assert told["column"].tolist() == [instrument_scores.column(instrument, one) for one in instrument.dimensions]
    assert set(told["version"]) == {instrument.version}
    assert told[["rule", "missing_rule", "norms_of", "caveat", "confidence"]].astype(bool).all(axis=None)
    assert told["left_out"].any()
    ends = pd.DataFrame([told["minimum"].to_numpy(), told["maximum"].to_numpy()], columns=told["column"])
    turned = rescaled(ends, instrument)
    assert (turned.iloc[0] == 0).all() and (turned.iloc[1] == 100).all()
    assert ("ratio" in " ".join(instrument.dimensions)) == (len(turned.columns) < len(ends.columns))


def test_a_missing_column_is_not_a_missing_answer() -> None:
    instrument = load_instrument("who5")
    with pytest.raises(AnswersError, match="who5: the column 'who5_3' is missing"):
        score(pd.DataFrame({f"who5_{n}": ["0"] for n in (1, 2, 4, 5)}), instrument)
    with pytest.raises(AnswersError, match="who5: the item 'who5_9' cannot be left out"):
        score(pd.DataFrame(), instrument, left_out=["who5_9"])
    with pytest.raises(AnswersError, match="who5: the coding '0-4' is unknown; legal are 0-5, 1-6"):
        score(pd.DataFrame({f"who5_{n}": ["0"] for n in range(1, 6)}), instrument, coding="0-4")


def test_scores_agree_with_another_program() -> None:
    """psych::scoreItems under R with keys of its own (``reference/instruments/scores.R``)."""
    answers = pd.read_csv(REFERENCE / "answers.csv", dtype="str")
    expected = pd.read_csv(REFERENCE / "scores.csv")
    weights = {"who5_raw": ("who5_total", 4), "karasek26_skill_raw": ("karasek26_skill_use", 2)}
    weights["karasek26_authority_raw"] = ("karasek26_authority", 4)
    names = ("who5", "cbi", "bat23", "karasek26", "eri16", "hse35", "uwes9", "phq8")
    ours = pd.concat([score(answers, load_instrument(name)) for name in names], axis=1)
    compared = 0
    for name in expected:
        column, weight = weights.get(name, (name, 1))
        known = ours[column].notna()
        assert known.sum() >= 30
        agrees(
            "instrument_scores.score: 19 dimensions",
            "psych 2.2.9",
            ours.loc[known, column],
            weight * expected.loc[known, name],
            rel=1e-10,
        )
        compared += int(known.sum())
    assert compared > 700
    np.testing.assert_allclose(
        ours["eri16_ratio"], expected["eri16_effort"] / (expected["eri16_reward"] * 3 / 7), rtol=1e-10
    )


SCORABLE = st.sampled_from(NAMES)


@st.composite
def sheets(draw: st.DrawFn) -> tuple[Instrument, pd.DataFrame]:
    instrument = load_instrument(draw(SCORABLE))
    rows = draw(st.integers(1, 4))
    columns = {}
    for item in instrument.items.values():
        apart = [item.scale.not_applicable] if item.scale.not_applicable else []
        legal = st.sampled_from([*item.scale.codes, *item.scale.codes, *apart, None])
        columns[item.id] = draw(st.lists(legal, min_size=rows, max_size=rows))
    return instrument, pd.DataFrame(columns, dtype="str")


def own(instrument: Instrument) -> str:
    return instrument.codings[0] if instrument.codings else ""


@settings(max_examples=40, deadline=None)
@given(sheets())
def test_scores_lie_in_their_range_and_do_not_depend_on_the_order_of_rows(
    sheet: tuple[Instrument, pd.DataFrame],
) -> None:
    instrument, answers = sheet
    scores = score(answers, instrument, coding=own(instrument))
    said = states(answers, instrument, coding=own(instrument))
    for name, dimension in instrument.dimensions.items():
        column = scores[instrument_scores.column(instrument, name)]
        assert column.dropna().between(dimension.minimum - 0.001, dimension.maximum + 0.001).all()
        assert (column.notna() == said[column.name].isin([SCORED, ADAPTED])).all()
    turned = score(answers[::-1], instrument, coding=own(instrument))
    pd.testing.assert_frame_equal(turned[::-1], scores)


@settings(max_examples=40, deadline=None)
@given(sheets())
def test_turning_every_answer_round_mirrors_every_score(sheet: tuple[Instrument, pd.DataFrame]) -> None:
    instrument, answers = sheet
    mirrored = answers.copy()
    for item in instrument.items.values():
        mirrored[item.id] = answers[item.id].replace(dict(zip(item.scale.codes, item.scale.codes[::-1], strict=True)))
    before = score(answers, instrument, coding=own(instrument))
    after = score(mirrored, instrument, coding=own(instrument))
    for name, dimension in instrument.dimensions.items():
        column = instrument_scores.column(instrument, name)
        known = before[column].notna()
        if dimension.score in ("mean", "sum"):
            assert np.allclose((before[column] + after[column])[known], dimension.minimum + dimension.maximum)


# --- cut-offs


def test_a_cut_off_of_other_countries_is_borrowed() -> None:
    cut_off = load_instrument("bat23").cut_offs["total"]
    scores = pd.Series([2.58, 2.59, 3.01, 3.02, np.nan])
    at_home, abroad, unasked = (classify(scores, cut_off, country) for country in ("BE", "PL", ""))
    assert at_home["code"].fillna("").tolist() == ["green", "orange", "orange", "red", ""]
    assert not at_home["is_borrowed"].any() and abroad["is_borrowed"].all() and not unasked["is_borrowed"].any()
    assert at_home["reference"].iloc[0] == "manual2020" and pd.isna(at_home["reference"].iloc[4])


def test_a_limit_taken_from_the_sample_says_so() -> None:
    cut_off = load_instrument("eri16").cut_offs["overcommitment"]
    classed = classify(pd.Series([6.0, 9, 12, 15, 18, 24]), cut_off)
    assert classed["code"].tolist() == ["lower_tertiles"] * 4 + ["upper_tertile"] * 2
    assert classed["is_sample_based"].all()


def test_a_class_is_as_sure_as_the_weaker_of_its_limits() -> None:
    classed = classify(pd.Series([28.0, 50.0, 51.0]), load_instrument("who5").cut_offs["screening"])
    assert classed["code"].tolist() == ["likely_depression", "low_wellbeing", "not_low"]
    assert classed["confidence"].tolist() == ["known, to verify", "known, to verify", "sourced"]
    assert classed["reference"].tolist() == ["topp2015", "topp2015; inspq", "inspq"]


def test_limits_follow_their_rule_at_the_edge() -> None:
    cut_off: CutOff = load_instrument("karasek26").cut_offs["latitude"]
    assert classify(pd.Series([70.0, 70.5]), cut_off)["code"].tolist() == ["low_latitude", "high_latitude"]


# --- wordings


def pasted(instrument: Instrument, language: str) -> dict[str, Any]:
    return {
        "instrument": instrument.id,
        "language": language,
        "source": "made up for this test",
        "items": {item: f"text {n} in {language}" for n, item in enumerate(instrument.items, 1)},
        "answers": {
            scale.id: {
                code: f"label {code}"
                for code in (*scale.codes, *([scale.not_applicable] if scale.not_applicable else []))
            }
            for scale in instrument.scales.values()
        },
    }


def paste(folder: Path, wording: dict[str, Any], name: str) -> None:
    (folder / name).write_text(yaml.safe_dump(wording, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_without_wording_an_item_is_a_number_and_the_module_is_flagged(name: str, tmp_path: Path) -> None:
    instrument = load_instrument(name)
    module = as_module(instrument, LANGUAGES, tmp_path)
    assert module["worded"] is False
    assert [question["id"] for question in module["questions"]] == list(instrument.items)
    first = module["questions"][0]["text"]
    assert first["en"] == f"{instrument.name}, item 1" and set(first) == set(LANGUAGES)
    questionnaire = load_questionnaire("core", "test", [module])
    question = questionnaire.questions[next(iter(instrument.items))]
    assert question.scale is not None and not questionnaire.modules[name].worded


def test_a_pasted_wording_joins_the_questionnaire(tmp_path: Path) -> None:
    instrument = load_instrument("karasek26")
    paste(tmp_path, pasted(instrument, "fr"), "karasek26.fr.yml")
    module = as_module(instrument, LANGUAGES, tmp_path)
    assert module["worded"] is True
    assert module["questions"][1]["text"] == {"fr": "text 2 in fr"} and module["questions"][1]["reversed"]
    question = load_questionnaire("core", "test", [module]).questions["karasek26_19"]
    assert question.not_applicable == "not_applicable" and question.labels["4"] == {"fr": "label 4"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda wording: wording["items"].pop("who5_5"), "items: who5_5 is missing; legal are these 5: who5_1"),
        (lambda wording: wording["items"].update(who5_6="x"), "items: who5_6 is unknown; legal are these 5: who5_1"),
        (lambda wording: wording["answers"]["time6"].pop("5"), "answers.time6: 5 is missing; legal are these 6: 0, 1"),
        (lambda wording: wording["answers"].update(agree={"1": "x", "2": "y"}), "answers: agree is unknown"),
        (lambda wording: wording.update(language="de"), "language: 'de' is not legal; the file's name says 'fr'"),
        (lambda wording: wording.update(text="x"), "unknown key 'text'"),
        (lambda wording: wording["items"].update(who5_1="{name}"), "items.who5_1: '{name}' is not legal"),
    ],
)
def test_a_wording_that_does_not_fit_is_one_sentence(change: Any, sentence: str, tmp_path: Path) -> None:
    instrument = load_instrument("who5")
    wording = pasted(instrument, "fr")
    change(wording)
    paste(tmp_path, wording, "who5.fr.yml")
    with pytest.raises(DefinitionError) as caught:
        load_wordings(instrument, tmp_path)
    assert sentence in str(caught.value) and "who5.fr.yml" in str(caught.value) and "\n" not in str(caught.value)


def test_a_wording_in_no_language_of_the_questionnaire_is_said(tmp_path: Path) -> None:
    instrument = load_instrument("who5")
    paste(tmp_path, pasted(instrument, "es"), "who5.es.yml")
    with pytest.raises(
        DefinitionError, match="wordings of who5: es is no language of the questionnaire; legal are en, fr"
    ):
        as_module(instrument, LANGUAGES, tmp_path)


def test_pasted_wordings_are_never_committed() -> None:
    ignored = (paths.REPOSITORY / ".gitignore").read_text(encoding="utf-8")
    folder = "src/compendium/study/definitions/wordings/"
    assert f"{folder}*\n!{folder}README.md" in ignored
