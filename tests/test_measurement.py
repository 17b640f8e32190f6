"""How well the questions measure: the product, its page, and what is said where there is little or nothing to say."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from compendium import disclosure, results, scoring, text
from compendium.errors import CompendiumError
from compendium.figures.base import Figure
from compendium.figures.stacked import stacked
from compendium.intervals import holm
from compendium.item_bias import item_bias
from compendium.measurement import measurement, names
from compendium.reliability import item_statistics, reliability
from compendium.sheets import answered
from compendium.sheets import item_bias as bias_sheet
from compendium.sheets import measurement as sheet_of
from compendium.sheets.factsheet import Sentence
from compendium.study.elements import Rules
from compendium.study.questionnaire import Questionnaire
from compendium.study.questionnaire_file import load_questionnaire

CORE = load_questionnaire("core", "test")
WANTED = ("exhaustion", "overinvestment", "warning_signals", "posture_conflicts", "commitment")
TRIAL = replace(CORE, measures={code: CORE.measures[code] for code in WANTED})
BIASED_ITEM = CORE.measures["exhaustion"].items[0]


def _study(questionnaire: Questionnaire = TRIAL) -> Any:
    return SimpleNamespace(
        id="trial", questionnaire=questionnaire, disclosure=Rules(), is_pooled=lambda unit: unit == "ALL"
    )


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """Clean answers of two countries: one item of exhaustion is answered higher by women at the same level, conflicts
    between roles are asked of some only, a tenth says that a warning signal does not apply, and nobody is committed."""
    rng, n = np.random.default_rng(5), 900
    columns: dict[str, Any] = {
        "country": np.where(np.arange(n) < 500, "AA", "BB"),
        "language": np.where(np.arange(n) < 500, "xx", "yy"),
        "gender": rng.choice(["woman", "man", "another"], n, p=[0.55, 0.43, 0.02]),
        "status": rng.choice(["sole_trader", "permanent_employee"], n, p=[0.95, 0.05]),
        "consent_health": "yes",
        "population": "active",
        "origin": "synthetic",
        "wave": "2026",
    }
    plays = {code: rng.random(n) < 0.4 for code in CORE.questions["postures"].codes}
    columns |= {f"postures__{code}": pd.array(chosen, dtype="boolean") for code, chosen in plays.items()}
    routed = plays["employee"] | plays["employer"] | plays["member_of_cooperative"]
    for measure in TRIAL.measures.values():
        trait = rng.normal(size=n)
        for item in measure.items:
            question = TRIAL.questions[item]
            assert question.scale is not None
            codes = np.array(question.scale.codes)
            push = 1.4 * (columns["gender"] == "woman") * (item == BIASED_ITEM)
            pull = 0.3 if measure.kind == "index" else 1.5
            place = np.digitize(pull * trait + push + rng.logistic(size=n), [-2.0, -0.7, 0.7, 2.0])
            given = pd.Series(codes[::-1][place] if question.reversed else codes[place], dtype="str")
            given = given.mask(rng.random(n) < 0.03)
            if measure.id == "warning_signals":
                given = given.mask(rng.random(n) < 0.1, question.scale.not_applicable)
            columns[item] = given.where(routed) if measure.id == "posture_conflicts" else given
    for item in TRIAL.measures["commitment"].items:
        columns[item] = pd.Series(np.nan, index=range(n), dtype="str")
    frame = pd.DataFrame(columns)
    return pd.concat([frame, scoring.score_all(frame, TRIAL)], axis=1)


@pytest.fixture(scope="module")
def found(answers: pd.DataFrame) -> pd.DataFrame:
    return measurement(_study(), "ALL", "2026", answers)


def _rows(frame: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    for column, code in wanted.items():
        frame = frame[frame[column] == code]
    return frame


def test_coefficients_and_items_of_a_scale_are_those_of_the_library(answers: pd.DataFrame, found: pd.DataFrame) -> None:
    items = scoring.item_values(answers, TRIAL, TRIAL.measures["exhaustion"])
    whole, each = reliability(items).iloc[0], item_statistics(items)
    alpha = _rows(found, indicator="exhaustion", method=names.ALPHA).iloc[0]
    assert alpha[["estimate", "ci_low", "ci_high"]].tolist() == whole[["alpha", "alpha_low", "alpha_high"]].tolist()
    assert _rows(found, indicator="exhaustion", method=names.ORDINAL_ALPHA)["estimate"].item() == whole["ordinal_alpha"]
    rest = _rows(found, group="exhaustion", method=names.ITEM_REST).set_index("indicator")
    assert rest["estimate"].to_dict() == each["item_rest"].to_dict()
    assert (rest["ci_low"] < rest["estimate"]).all() and (rest["estimate"] < rest["ci_high"]).all()
    assert not found["weighted"].any()


def test_an_index_has_no_coefficient_but_answers_means_and_tests_of_its_items(found: pd.DataFrame) -> None:
    coefficients = {names.ALPHA, names.OMEGA, names.ORDINAL_ALPHA, names.ITEM_REST, names.IF_DROPPED}
    items = TRIAL.measures["warning_signals"].items
    own = found[(found["indicator"] == "warning_signals") | found["indicator"].isin(items)]
    assert not coefficients & set(own["method"])
    for item in items:
        rows = _rows(found, indicator=item)
        assert {names.ANSWER, names.ANSWERED, names.OF_MEASURE, "gender"} <= set(rows["group_by"])
    assert _rows(found, indicator="warning_signals", method=names.NOT_MEASURED)["reason"].item().startswith("an index")


def test_what_nobody_answered_is_not_measured_and_nothing_else(found: pd.DataFrame) -> None:
    own = found[found["indicator"].isin(["commitment", *TRIAL.measures["commitment"].items])]
    assert own["method"].tolist() == [names.NOT_MEASURED]


def test_answers_gaps_and_what_does_not_apply_are_counted_among_those_asked(
    answers: pd.DataFrame, found: pd.DataFrame
) -> None:
    item = TRIAL.measures["posture_conflicts"].items[0]
    asked = answers[["postures__employee", "postures__employer", "postures__member_of_cooperative"]].any(axis=1)
    counted = _rows(found, indicator=item, group_by=names.ANSWERED).set_index("group")
    assert set(counted["n"]) == {float(asked.sum())}
    assert counted.loc["not_answered", "estimate"] == pytest.approx(100 * answers.loc[asked, item].isna().mean())
    given = _rows(found, indicator=item, group_by=names.ANSWER)
    assert given["estimate"].sum() == pytest.approx(100)
    assert set(given["n"]) == {float(answers[item].notna().sum())}
    signal = TRIAL.measures["warning_signals"].items[0]
    without = _rows(found, indicator=signal, group_by=names.ANSWERED, group="not_applicable")["estimate"].item()
    assert without == pytest.approx(100 * (answers[signal] == "not_applicable").mean())
    gap = _rows(found, indicator="warning_signals", group_by=names.ANSWERED).set_index("group")["estimate"]
    assert 8 < gap["not_applicable"] < 12 and 1 < gap["not_answered"] < 5


def test_who_was_asked_stays_unknown_where_the_route_stayed_behind(answers: pd.DataFrame) -> None:
    behind = answers.drop(columns=[name for name in answers if name.startswith("postures__")])
    rows = measurement(_study(), "ALL", "2026", behind)
    items = TRIAL.measures["posture_conflicts"].items
    assert _rows(rows, group_by=names.ANSWERED, indicator=items[0]).empty
    assert _rows(rows, group_by=names.ANSWERED, indicator="posture_conflicts").empty
    assert len(_rows(rows, group_by=names.ANSWER, indicator=items[0])) == 5


def test_bands_of_a_score_add_up_and_its_ends_do_not_give_each_other_away(
    answers: pd.DataFrame, found: pd.DataFrame
) -> None:
    scores = answers["score_exhaustion"].dropna()
    bands = _rows(found, indicator="exhaustion", group_by=names.BAND)
    assert bands["estimate"].sum() == pytest.approx(100)
    assert bands["estimate"].iloc[-1] == pytest.approx(100 * (scores >= 80).mean())
    crowd = answers.assign(score_exhaustion=np.where(np.arange(len(answers)) < 200, 0.0, 50.0))
    shown = disclosure.protect(measurement(_study(), "ALL", "2026", crowd), Rules())
    ends = shown[(shown["indicator"] == "exhaustion") & shown["group_by"].isin([names.FLOOR, names.CEILING])]
    assert ends["suppressed"].tolist() == [False, True]


def test_planted_bias_is_found_in_its_item_with_who_answers_higher(found: pd.DataFrame) -> None:
    biased = _rows(found, method=names.BIAS, caveat=names.BIASED)
    assert biased[["indicator", "group_by", "reference_group"]].values.tolist() == [
        [BIASED_ITEM, "gender", "exhaustion"]
    ]
    shift = _rows(found, method=names.SHIFT).set_index("group")
    assert set(shift.index) == {"woman", "man"}, "the third group has too few complete answers to take part"
    assert shift.loc["woman", "ci_low"] > 0 > shift.loc["man", "ci_high"]


def test_all_items_tested_between_the_same_groups_are_one_family(answers: pd.DataFrame, found: pd.DataFrame) -> None:
    tested = _rows(found, method=names.BIAS, group_by="gender").dropna(subset=["estimate"])
    raw = []
    for measure in dict.fromkeys(tested["reference_group"]):
        items = scoring.item_values(answers, TRIAL, TRIAL.measures[measure])
        raw += item_bias(25 * (items - 1), answers["gender"])["p_joint"].tolist()
    assert len(raw) == len(tested) > 10
    assert tested["p_adjusted"].to_numpy() == pytest.approx(holm(raw))


def test_what_was_not_tested_for_bias_says_why(found: pd.DataFrame) -> None:
    language = _rows(found, method=names.BIAS, group_by="language")
    assert language[["reason", "reference_group"]].values.tolist() == [[names.SAME_GROUPS, "country"]]
    status = _rows(found, method=names.BIAS, group_by="status")
    assert set(status["reason"]) == {names.NO_GROUPS}
    assert status["estimate"].isna().all()


VIEWS = (
    sheet_of.in_words,
    sheet_of.together,
    sheet_of.scales,
    sheet_of.indexes,
    sheet_of.questions,
    answered.answers,
    answered.spread,
    answered.ends,
    bias_sheet.tested,
    bias_sheet.biased,
)


def _sheet(frame: pd.DataFrame, language: str = "en", questionnaire: Questionnaire = TRIAL) -> sheet_of.Sheet:
    t = replace(text.load(language), missing=set())

    def fallback(column: str, code: str) -> str:
        if column in questionnaire.questions and code in questionnaire.questions[column].labels:
            return questionnaire.label(column, code, language)
        return (
            questionnaire.question_text(code, language)
            if code in questionnaire.questions
            else t.pick(questionnaire.measures[code].label)
            if code in questionnaire.measures
            else code
        )

    shown = disclosure.protect(frame, Rules())
    return sheet_of.open_sheet(_study(questionnaire), "ALL", shown, t, fallback)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_view_shows_itself_in_both_languages(found: pd.DataFrame, language: str) -> None:
    sheet = _sheet(found, language)
    for view in VIEWS:
        shown = view(sheet)
        assert shown is not None, view
        assert shown._repr_html_() and repr(shown)
    assert sheet.t.missing == set()


def test_the_page_says_in_words_what_the_numbers_say(found: pd.DataFrame) -> None:
    sheet = _sheet(found)
    said = repr(sheet_of.in_words(sheet))
    assert "Indexes, which need not go together: Warning signals and Conflicts between roles." in said
    assert "Not measured here, as nobody was asked or nobody answered: Commitment." in said
    assert "each person counts the same" in said
    biased = bias_sheet.biased(sheet)
    assert biased is not None and not isinstance(biased, Sentence)
    (row,) = biased.frame.to_dict("records")
    assert row["Measure"] == "Exhaustion"
    assert row["Highest at the same score"].startswith("A woman") and row["Lowest at the same score"].startswith(
        "A man"
    )
    assert "Language of the form" not in bias_sheet.tested(sheet).frame["Between groups by"].tolist()  # type: ignore[union-attr]


def test_a_scale_is_named_by_the_number_that_is_printed(found: pd.DataFrame) -> None:
    """0.795 is printed as 0.80, so it is said to go together well; 0.694 is not fairly."""
    words = {}
    for value in (0.795, 0.794, 0.695, 0.694):
        frame = found.copy()
        at = (frame["indicator"] == "exhaustion") & (frame["method"] == names.OMEGA)
        frame.loc[at, ["ci_low", "estimate", "ci_high"]] = [value - 0.01, value, value + 0.01]
        table = sheet_of.scales(_sheet(frame))
        assert table is not None
        words[value] = table.frame.set_index("Scale").loc["Exhaustion", "Its questions go together"]
    assert words == {0.795: "well", 0.794: "fairly", 0.695: "fairly", 0.694: "poorly"}


def test_ends_that_are_withheld_are_free_only_where_so_few_cannot_crowd_them(answers: pd.DataFrame) -> None:
    """Nine of 900 at the lowest score are too few to crowd it; nine of 40 are not, and the page does not guess."""
    column, others = "score_exhaustion", np.array([10.0, 30.0, 50.0, 70.0, 90.0])
    for n, expected in ((900, "over the whole range"), (40, "cannot be told")):
        crowd = answers.head(n).assign(**{column: np.where(np.arange(n) < 9, 0.0, others[np.arange(n) % 5])})
        table = answered.ends(_sheet(measurement(_study(), "ALL", "2026", crowd)))
        assert table is not None
        assert table.frame.set_index("Measure").loc["Exhaustion", "Tells people apart"] == expected


def test_a_study_without_measures_says_so_once_a_part_and_shows_nothing_else() -> None:
    sheet = _sheet(results.make([]), questionnaire=replace(TRIAL, measures={}))
    shown = [view(sheet) for view in VIEWS]
    assert [one is None for one in shown] == [False, True, True, True, True, False, True, True, False, True]
    assert all(isinstance(one, Sentence) for one in shown if one is not None)


def _shares(*estimates: float) -> pd.DataFrame:
    common = {"indicator": "a", "unit": "%", "method": "share", "origin": "synthetic", "n": 200.0}
    return results.make([{**common, "group": str(at), "estimate": one} for at, one in enumerate(estimates)])


def test_bars_hold_their_numbers_and_no_withheld_one() -> None:
    frame = disclosure.protect(_shares(50.0, 38.0, 6.0, 6.0).assign(group_by="answer", n=100.0), Rules())
    figure = stacked(frame, y="indicator", pieces="group", t=text.load("en"), title="Answers")
    assert isinstance(figure, Figure)
    svg = figure.svg()
    assert ">50</text>" in svg and ">38</text>" in svg and ">6</text>" not in svg
    assert ">withheld<" in svg
    assert "0 50%, 1 38%" in figure.alt and "6%" not in figure.alt
    assert stacked(frame, y="indicator", pieces="group", t=text.load("en"), title="Answers").svg() == svg


def test_two_numbers_for_one_piece_are_refused() -> None:
    twice = pd.concat([_shares(60.0, 40.0)] * 2, ignore_index=True)
    with pytest.raises(CompendiumError, match="needs one row for each indicator and group"):
        stacked(twice, y="indicator", pieces="group", t=text.load("en"), title="Answers")


def test_skewed_answers_of_few_persons_are_said(answers: pd.DataFrame) -> None:
    """Nearly everybody never, among sixty persons: the rows and the page say that the interval may fall short."""
    few = answers.head(60).copy()
    for item in TRIAL.measures["exhaustion"].items:
        scale = TRIAL.questions[item].scale
        assert scale is not None
        few[item] = np.where(np.arange(60) < 55, scale.codes[0], few[item].fillna(scale.codes[1]))
    found = measurement(_study(), "ALL", "2026", few)
    alpha = _rows(found, indicator="exhaustion", method=names.ALPHA).iloc[0]
    assert alpha["caveat"] == names.SKEWED
    assert not (found.loc[found["indicator"] == "wellbeing", "caveat"] == names.SKEWED).any()
