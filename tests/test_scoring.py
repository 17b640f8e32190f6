"""Scores worked out by hand."""

from dataclasses import replace

import pandas as pd
import pytest

from compendium import scoring
from compendium.errors import AnswersError
from compendium.study.questionnaire import Measure, Questionnaire
from compendium.study.questionnaire_file import load_questionnaire


@pytest.fixture(scope="module")
def core() -> Questionnaire:
    return load_questionnaire("core", "test")


@pytest.fixture(scope="module")
def of_three(core: Questionnaire) -> Measure:
    """A measure of three items, small enough to be worked out by hand; the first and third are reversed."""
    items = ("relations_1", "relations_2", "relations_3")
    assert [core.questions[item].reversed for item in items] == [True, False, True]
    return replace(core.measures["exposure_relations"], items=items, exposed_items=2)


def relations(*rows: tuple[str | None, str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["relations_1", "relations_2", "relations_3"], dtype="str")


def test_reversed_items_turn_and_scores_run_from_0_to_100(core: Questionnaire, of_three: Measure) -> None:
    """Help never, alone always, respect never is the worst there is."""
    answers = relations(("1", "5", "1"), ("5", "1", "5"), ("3", "3", "3"), ("5", "5", "5"))
    scores = scoring.score(answers, of_three, core)
    assert scores.tolist() == pytest.approx([100, 0, 50, 100 / 3])


def test_half_of_the_items_must_be_answered(core: Questionnaire, of_three: Measure) -> None:
    answers = relations(("1", "5", None), ("1", None, None), (None, None, None))
    scores = scoring.score(answers, of_three, core)
    assert scores[0] == 100
    assert scores[1:].isna().all()


def test_what_does_not_apply_is_neither_answer_nor_missing(core: Questionnaire, of_three: Measure) -> None:
    """Two items apply and one of them is answered: half of what could be. One item that applies is too few of three."""
    answers = relations(("1", None, "not_applicable"), ("1", "not_applicable", "not_applicable"))
    scores = scoring.score(answers, of_three, core)
    assert scores[0] == 100
    assert pd.isna(scores[1])


def test_unknown_codes_are_refused(core: Questionnaire) -> None:
    with pytest.raises(
        AnswersError, match=r"relations_1: the code '6' is unknown; legal are 1, 2, 3, 4, 5, not_applicable"
    ):
        scoring.values(pd.Series(["6"], dtype="str"), core.questions["relations_1"])


def test_exposed_is_said_only_where_missing_answers_could_not_change_it(core: Questionnaire, of_three: Measure) -> None:
    answers = relations(
        ("1", "5", None),  # two of three: exposed whatever the third
        ("5", "1", None),  # none of two: the third alone cannot reach two
        ("1", "1", None),  # one of two: the third decides
        ("1", "1", "not_applicable"),  # one of two that apply
        (None, None, None),
    )
    flags = scoring.exposed(answers, of_three, core)
    assert flags.tolist() == [True, False, pd.NA, False, pd.NA]


def test_every_measure_is_scored(core: Questionnaire) -> None:
    row = {name: question.scale.codes[0] for name, question in core.questions.items() if question.scale}
    scores = scoring.score_all(pd.DataFrame([row], dtype="str"), core)
    assert [name for name in scores if name.startswith("score_")] == [f"score_{name}" for name in core.measures]
    assert scores["score_wellbeing"].item() == 0
    assert scores["score_exposure_intensity"].item() == pytest.approx(100 / 5)  # one of five is reversed
