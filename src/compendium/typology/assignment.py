"""Assign respondents to the profiles of a study: one typology over all countries, so that a profile means one thing."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..intervals import effective_n
from ..study.questionnaire import Questionnaire, Typology
from ..study.study import Study
from .active import Active, select
from .coding import Floats
from .hcpc import HCPC, fit_hcpc
from .latent_class import fit_latent_classes
from .mca import MCA, fit_mca
from .rules import rules

UNDECLARED = "this study declares no questions that make profiles"


def assign(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Assign respondents to profiles found on the answers of all countries together.

    Parameters
    ----------
    study : Study
        Its questionnaire declares population, active variables and, where wanted, the number of profiles.
    unit, wave : str
        Code of the pooled unit, and the wave.
    answers : pandas.DataFrame
        Clean answers of all countries.

    Returns
    -------
    pandas.DataFrame
        One row a respondent and declared typology: ``respondent country population origin weight profile marks reason
        distance dim_1 ...``. ``profile`` is ``P1`` (the largest) to ``P<k>``, or empty with a ``reason``; ``marks`` are the
        answers that name the profile, strongest first, separated by blanks; ``distance`` runs from the respondent to the
        centre of the profile.

    Raises
    ------
    DefinitionError
        Something that the diagnosis measures would make the profiles.

    Notes
    -----
    Every country has the same weight. All numbers below stand in ``definitions/typology.yml``. Axes are kept until their
    Benzecri rates reach a sum, within bounds; rare answers make no axis. The number of profiles is the one declared, or
    the number of latent classes that BIC likes best, within bounds: the tree's own rule cuts too high in simulations
    (docs/recovery.md). Whether there are groups at all is another question, see :func:`~.trust.judge`. Where too few
    respondents or variables are left, nobody is assigned and ``reason`` says why.
    """
    declared = study.questionnaire.analysis.typology
    if not declared:
        return _unassigned(answers, "").assign(reason=pd.Series(UNDECLARED, index=answers.index, dtype="str"))
    return pd.concat([_assigned(study.questionnaire, one, answers) for one in declared], ignore_index=True)


def fit(active: Active, n_profiles: int | None = None) -> tuple[MCA, HCPC]:
    """Fit axes and profiles on the selected answers; numbers not given are chosen by rule (see :func:`assign`)."""
    mca = fit_mca(active.data, axes_of(active), active.weights, passive=active.passive)
    return mca, fit_hcpc(mca, n_profiles or _number(active))


def axes_of(active: Active) -> int:
    """Return the number of axes that the typology declares, or else that the rules keep."""
    if active.n_axes:
        return active.n_axes
    eigenvalues = fit_mca(active.data, rules().most_axes, active.weights, passive=active.passive).eigenvalues
    return axes_by_rule(eigenvalues["benzecri_pct"])


def axes_by_rule(rates: pd.Series) -> int:
    """Return the number of axes that the rules keep, from the Benzecri rates of all of them, in per cent."""
    rule = rules()
    return int(np.clip((rates.cumsum() < rule.axes_rate).sum() + 1, rule.fewest_axes, rule.most_axes))


def person_weights(weights: Floats) -> Floats:
    """Scale weights so that they add up to the effective number of persons, which is what a criterion may count."""
    return weights / weights.sum() * effective_n(weights)


def _number(active: Active) -> int:
    """Return the number of latent classes that BIC likes best, within bounds; two worse numbers in a row end the search."""
    rule, weights, found = rules(), person_weights(active.weights), []
    for number in range(1, rule.most_profiles + 2):
        fit = fit_latent_classes(active.data, number, weights=weights)
        found.append(fit.bic if fit.is_solution and fit.is_identified else np.inf)
        if len(found) - int(np.argmin(found)) > 2:
            break
    return int(np.clip(int(np.argmin(found)) + 1, rule.fewest_profiles, rule.most_profiles))


def marks(hcpc: HCPC, questionnaire: Questionnaire) -> dict[str, list[str]]:
    """Return what names each profile, as ``<question>__<code>``: its strongest answers, one a question.

    Only answers count that enough of the profile give (``common_answer``), and of several answers possible only those that
    were ticked; that a question does not apply is no answer and names nobody.
    A bare yes or no, a band of numbers and a step of an answer scale say little by themselves: they lend their name only
    where the others do not tell a profile from the next.
    """
    strongest: dict[str, list[str]] = {}
    speaking: dict[str, list[str]] = {}
    rule = rules()
    rows = hcpc.description.query("kind == 'category' and v_test > 0 and in_profile >= @rule.common_answer")
    for profile in hcpc.centres.index:
        named: dict[str, str] = {}
        for row in rows[rows["profile"] == profile].itertuples(index=False):
            mark = mark_of(row.variable, row.category)
            if mark and is_answer(questionnaire, mark):
                named.setdefault(mark.split("__", 1)[0], mark)
        strongest[profile] = list(named.values())[: rule.marks]
        speaking[profile] = [mark for question, mark in named.items() if not _is_mute(questionnaire, question)][
            : rule.marks
        ]
    return {
        profile: own if _tells_apart(profile, speaking) else strongest[profile] for profile, own in speaking.items()
    }


def _tells_apart(profile: str, marked: Mapping[str, list[str]]) -> bool:
    own = set(marked[profile])
    return bool(own) and not any(own <= set(others) for other, others in marked.items() if other != profile)


def _is_mute(questionnaire: Questionnaire, question: str) -> bool:
    is_band = questionnaire.banding(question) is not None
    return is_band or is_yes_or_no(questionnaire, question) or is_graded(questionnaire, question)


def is_yes_or_no(questionnaire: Questionnaire, question: str) -> bool:
    """Tell whether an answer to the question is a bare yes or no."""
    return "yes" in questionnaire.codes(question)


def is_graded(questionnaire: Questionnaire, question: str) -> bool:
    """Tell whether an answer to the question is a step of an answer scale."""
    return question in questionnaire.questions and questionnaire.questions[question].scale is not None


def is_answer(questionnaire: Questionnaire, mark: str) -> bool:
    """Tell whether ``<question>__<code>`` is an answer, and not the code by which a question does not apply."""
    question, code = mark.split("__", 1)
    return question not in questionnaire.questions or questionnaire.questions[question].not_applicable != code


def mark_of(variable: str, category: str) -> str:
    """Return ``<question>__<code>`` for an answer given, an empty text for an option that was not ticked or no answer."""
    if "__" in variable:
        return variable if category == "True" else ""
    return "" if category.startswith("(") else f"{variable}__{category}"


def _assigned(questionnaire: Questionnaire, typology: Typology, answers: pd.DataFrame) -> pd.DataFrame:
    active = select(questionnaire, typology, answers)
    frame = _unassigned(answers, typology.population)
    frame["weight"] = pd.Series(active.weights, index=active.data.index)
    frame["reason"] = active.left_out.reindex(frame.index).fillna("").astype("str")
    if active.refused:
        frame.loc[active.data.index, "reason"] = active.refused
        return frame
    mca, hcpc = fit(active, typology.n_profiles)
    names = {profile: " ".join(codes) for profile, codes in marks(hcpc, questionnaire).items()}
    away = mca.individuals - hcpc.centres.loc[hcpc.labels].to_numpy()
    frame.loc[active.data.index, "profile"] = hcpc.labels
    frame.loc[active.data.index, "marks"] = hcpc.labels.map(names)
    frame.loc[active.data.index, "distance"] = np.sqrt((away**2).sum(axis=1))
    return frame.join(mca.individuals)


def _unassigned(answers: pd.DataFrame, population: str) -> pd.DataFrame:
    frame = answers[["respondent", "country", "origin"]].copy()
    frame.insert(2, "population", population)
    empty = pd.Series("", index=frame.index, dtype="str")
    return frame.assign(weight=np.nan, reason=empty, profile=empty, marks=empty, distance=np.nan)
