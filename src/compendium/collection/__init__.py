"""How answers come in: tables and crosswalks, provenance, declared synthetic answers.

``collect`` gives the product *collected* (every received row of a country), ``fieldwork`` what came in and from whom.
"""

import pandas as pd

from ..study.study import Study
from .fieldwork import fieldwork
from .provenance import source_of
from .tables import read_answers

__all__ = ["collect", "fieldwork"]


def collect(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Collect the answers of one country: every received row, as our questions and codes.

    Parameters
    ----------
    study : Study
        The study.
    unit, wave : str
        Code of the country, and the wave.

    Returns
    -------
    pandas.DataFrame
        ``respondent country wave origin source licence language submitted duration_min respelt refused`` and one
        column a question (codes as text, several answers joined by ``;``, numbers as float, missing where there is no
        answer). ``frame.attrs["crosswalk"]`` holds what the crosswalk left unused.

    Raises
    ------
    AnswersError
        See :func:`.tables.read_answers`.

    Notes
    -----
    Respondents keep the code of the file only where the sidecar says that it is a pseudonym; otherwise they are
    numbered in the order in which their code first appears, so that nothing in the product leads back to a person.
    """
    source = source_of(study, unit, wave)
    answers, usage = read_answers(study, source, unit)
    about = pd.DataFrame(
        {
            "respondent": _pseudonyms(answers, unit, wave, keep=source.pseudonymous),
            "country": unit,
            "wave": wave,
            "origin": source.origin,
            "source": source.source,
            "licence": source.licence,
            "language": answers.get("language", pd.Series(pd.NA, index=answers.index, dtype="str")),
            "submitted": answers.get("submitted", pd.Series(pd.NA, index=answers.index, dtype="str")),
            "duration_min": answers.get("duration_min", pd.Series(float("nan"), index=answers.index)),
            "respelt": answers["respelt"],
            "refused": answers["refused"],
        }
    )
    frame = pd.concat([about, answers[list(study.questionnaire.questions)]], axis=1)
    frame.attrs["crosswalk"] = {"unused": usage.unused, "unnamed": usage.unnamed, "caught": usage.caught}
    return frame


def _pseudonyms(answers: pd.DataFrame, unit: str, wave: str, *, keep: bool) -> pd.Series:
    if "respondent" in answers and keep:
        return answers["respondent"]
    if "respondent" not in answers:
        numbers = pd.Series(range(1, len(answers) + 1), index=answers.index)
    else:
        numbers = pd.Series(pd.factorize(answers["respondent"], use_na_sentinel=False)[0] + 1, index=answers.index)
    return numbers.map(lambda number: f"{unit}-{wave}-{number:04d}")
