"""Who takes part in a typology, and with which answers: what the questionnaire declares, held against its own rules."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import DefinitionError
from ..intervals import equal_weights
from ..study.questionnaire import Questionnaire, Typology
from .coding import Floats
from .rules import rules

OTHER_POPULATION = "they belong to another population"
TOO_FEW_ANSWERS = "they answered too few of the questions that make the profiles"
FEW_RESPONDENTS = "too few respondents answered the questions that would make profiles"
FEW_VARIABLES = "fewer than two questions that could make profiles were answered in more than one way"


@dataclass(frozen=True)
class Active:
    """The respondents and answers that make a typology.

    Attributes
    ----------
    data : pandas.DataFrame
        Active answers as categories, one row a respondent who takes part (index of the answers).
    weights : array of float
        Weight of each, so that every country counts the same.
    passive : dict
        Rare categories by variable, which take no part in the axes.
    left_out : pandas.Series of str
        Why each other respondent takes no part.
    refused : str
        Why there can be no typology at all; empty where there can.
    n_axes : int or None
        Number of axes that the typology declares; None where the rules choose it.
    """

    data: pd.DataFrame
    weights: Floats
    passive: dict[str, list[str]]
    left_out: pd.Series
    refused: str
    n_axes: int | None


def select(questionnaire: Questionnaire, typology: Typology, answers: pd.DataFrame) -> Active:
    """Select the respondents and the active answers of a declared typology.

    Parameters
    ----------
    questionnaire : Questionnaire
        Says which questions belong to measures, and which population a respondent belongs to.
    typology : Typology
        Population and variables.
    answers : pandas.DataFrame
        Clean answers of all countries.

    Raises
    ------
    DefinitionError
        A variable that belongs to a measure, a wish-and-reality pair, a competence or a need would make the profiles:
        profiles made of exposure cannot be asked whether exposure differs between them.
    """
    rule = rules()
    _refuse_unknown(questionnaire, typology)
    if not typology.allow_measures:
        _refuse_measures(questionnaire, typology)
    in_population = members(questionnaire, typology, answers)
    columns = [name for variable in typology.active for name in columns_of(variable, answers)]
    data = answers.loc[in_population, columns]
    answered = data.notna().mean(axis=1) if columns else pd.Series(0.0, index=data.index)
    left_out = pd.Series(OTHER_POPULATION, index=answers.index[~in_population], dtype="str")
    left_out = pd.concat(
        [left_out, pd.Series(TOO_FEW_ANSWERS, index=data.index[answered < rule.least_answered], dtype="str")]
    )
    data = data[answered >= rule.least_answered]
    data = data[[name for name in columns if len(data[name].dropna().unique()) > 1]]
    weights = equal_weights(answers.loc[data.index, "country"]) if len(data) else np.empty(0)
    refused = FEW_RESPONDENTS if len(data) < rule.least_respondents else FEW_VARIABLES if data.shape[1] < 2 else ""
    return Active(data, weights, {} if refused else _rare(data, weights), left_out, refused, typology.n_axes)


def members(questionnaire: Questionnaire, typology: Typology, answers: pd.DataFrame) -> pd.Series:
    """Tell which respondents belong to the population of a typology; everybody where the study asks no population."""
    eligible = questionnaire.cleaning.eligible
    if not typology.population or eligible is None:
        return pd.Series(True, index=answers.index)
    return (answers[eligible.question] == typology.population).fillna(False).astype(bool)


def columns_of(variable: str, answers: pd.DataFrame) -> list[str]:
    """Return the columns of a variable: itself, or one an option where several answers were possible."""
    return (
        [variable]
        if variable in answers.columns
        else [name for name in answers.columns if name.startswith(f"{variable}__")]
    )


def _refuse_unknown(questionnaire: Questionnaire, typology: Typology) -> None:
    known = [*questionnaire.questions, *(banding.id for banding in questionnaire.bands.values())]
    for role, names, legal in (
        ("active", typology.active, known),
        ("supplementary", typology.supplementary, [*known, "country"]),
    ):
        unknown = [name for name in names if name not in legal]
        if unknown:
            raise DefinitionError(
                f"questionnaire {questionnaire.id!r}: analysis.typology.{role}: {unknown[0]!r} is not legal; legal are {', '.join(legal)}"
            )


def _refuse_measures(questionnaire: Questionnaire, typology: Typology) -> None:
    """Raise where something that the diagnosis measures, or that people need, would make the profiles."""
    kept = kept_beside(questionnaire)
    bands = {banding.id: question for question, banding in questionnaire.bands.items()}
    recoded = {recode.into: text for text, recode in questionnaire.recodes.items()}
    for variable in typology.active:
        source = bands.get(variable, variable)
        sources = {source, source.rpartition("__")[0], recoded.get(source, "")}
        belongs = next((kept[name] for name in sorted(sources) if name in kept), None)
        if belongs:
            raise DefinitionError(
                f"questionnaire {questionnaire.id!r}: analysis.typology.active: {variable!r} belongs to {belongs!r}, "
                "which is measured or needed and cannot make the profiles; name it as supplementary, or set allow_measures: true"
            )


def kept_beside(questionnaire: Questionnaire) -> dict[str, str]:
    """Return what is never active, and what it belongs to: exposure, wishes, health, competences and needs.

    A band, an option or a recoded text of one of these questions is kept beside as well.
    """
    analysis = questionnaire.analysis
    kept = {item: measure.id for measure in questionnaire.measures.values() for item in measure.items}
    kept |= {f"{kind}_{name}": name for name in questionnaire.measures for kind in ("score", "exposed")}
    kept |= {question: pair.domain for pair in analysis.pairs for question in (pair.ideal, pair.reality)}
    kept |= {question: one.id for one in analysis.competences for question in (one.importance, one.mastery)}
    kept |= dict.fromkeys(analysis.needs, "needs")
    kept |= dict.fromkeys(analysis.health, "health")
    return kept


def _rare(data: pd.DataFrame, weights: Floats) -> dict[str, list[str]]:
    rare = {}
    for name in data.columns:
        held = pd.Series(weights, index=data.index).groupby(data[name].astype("str")).sum() / weights.sum()
        held = held[held.index.isin(data[name].dropna().astype("str"))]
        few = [str(code) for code in held.index[held < rules().rare_answer]]
        if few and len(held) - len(few) > 0:
            rare[name] = few
    return rare
