"""How answers come in: tables and crosswalks, provenance, declared synthetic answers.

``collect`` gives the product *collected* (every received row of a country), ``fieldwork`` what came in and from whom.
"""

import pandas as pd

from .. import paths
from ..errors import AnswersError
from ..study.study import Study
from .fieldwork import fieldwork
from .privacy import key_of, masked, pseudonyms, tokens_of, withdrawn, withdrawn_tokens
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
        ``respondent country wave origin source licence language submitted duration_min respelt refused masked`` and one
        column a question (codes as text, several answers joined by ``;``, numbers as float, missing where there is no
        answer). ``frame.attrs["received"]`` is the provenance record of the file (:func:`.received.record_of`),
        ``frame.attrs["crosswalk"]`` holds what the crosswalk left unused, ``frame.attrs["withdrawn"]`` how many rows were
        left out because the person withdrew.

    Raises
    ------
    AnswersError
        See :func:`.tables.read_answers`.

    Notes
    -----
    Respondents keep the code of the file only where the sidecar says that it is a pseudonym; otherwise their token
    becomes one by a keyed hash (:func:`.privacy.pseudonyms`), and rows of a file without tokens are numbered. The rows of
    who withdrew are left out before anything else; the personal code by which they did is not kept.
    """
    source = source_of(study, unit, wave)
    reading = read_answers(study, source, unit, wave)
    tokens = withdrawn_tokens(paths.answers_folder(study.folder, unit, wave))
    answers, gone, unmatched = _without_withdrawn(study, reading.answers, tokens)
    if answers.empty:
        raise AnswersError(
            f"{paths.shown(source.file)}: everybody withdrew; each country of the study needs at least one row"
        )
    answers = _without_refused(study, answers)
    answers = _scrambled(study, answers)
    answers, masks = _masked(study, answers, unit)
    about = pd.DataFrame(
        {
            "respondent": _respondents(study, answers, unit, wave, keep=source.pseudonymous),
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
            "masked": masks,
        }
    )
    frame = pd.concat([about, answers[list(study.questionnaire.questions)]], axis=1)
    usage = reading.usage
    frame.attrs["received"] = reading.record
    frame.attrs["crosswalk"] = {"unused": usage.unused, "unnamed": usage.unnamed, "caught": usage.caught}
    frame.attrs["withdrawn"] = gone
    frame.attrs["unmatched"] = unmatched
    return frame


def _without_withdrawn(study: Study, answers: pd.DataFrame, tokens: frozenset[str]) -> tuple[pd.DataFrame, int, int]:
    """Leave out the rows of who withdrew, and the personal codes of everybody else; count rows and codes of nobody."""
    code = study.questionnaire.cleaning.withdrawal
    columns = [answers[name] for name in ("respondent", code) if name in answers]
    met = frozenset[str]().union(*(tokens_of(column.dropna()) for column in columns)) & tokens
    gone = withdrawn(columns, tokens).reindex(answers.index, fill_value=False)
    if "respondent" in answers:
        # a personal code stands in one row; the person may have sent others under the same token
        gone |= withdrawn([answers["respondent"]], tokens_of(answers.loc[gone, "respondent"]))
    kept = answers[~gone].reset_index(drop=True)
    return (kept if code is None else kept.assign(**{code: None})), int(gone.sum()), len(tokens - met)


def _without_refused(study: Study, answers: pd.DataFrame) -> pd.DataFrame:
    """Empty what was answered by who does not agree: only that they do not is kept."""
    consent = study.questionnaire.cleaning.consent
    if consent is None:
        return answers
    refused = ~answers[consent.question].isin(consent.codes)
    others = [name for name in study.questionnaire.questions if name != consent.question]
    return answers.assign(**{name: answers[name].mask(refused) for name in others})


def _scrambled(study: Study, answers: pd.DataFrame) -> pd.DataFrame:
    """Keep of the code of a person's own that links waves nothing but its keyed hash."""
    code = study.questionnaire.cleaning.linking
    if code is None or answers[code].isna().all():
        return answers
    return answers.assign(**{code: pseudonyms(answers[code].str.strip(), key_of(study.id))})


def _masked(study: Study, answers: pd.DataFrame, unit: str) -> tuple[pd.DataFrame, pd.Series]:
    """Mask the identifiers in every free text; count them row by row."""
    texts = [question.id for question in study.questionnaire.questions.values() if question.type == "text"]
    cells = {name: masked(answers[name], unit) for name in texts}
    for name in [one for one in texts if study.questionnaire.questions[one].group]:
        # masked names of two organisations would look like one: nobody knows any more which it was
        text, count = cells[name]
        cells[name] = (text.where(count == 0), count)
    counts = sum((count for _, count in cells.values()), pd.Series(0, index=answers.index))
    return answers.assign(**{name: text for name, (text, _) in cells.items()}), counts


def _respondents(study: Study, answers: pd.DataFrame, unit: str, wave: str, *, keep: bool) -> pd.Series:
    numbered = pd.Series([f"{unit}-{wave}-{number:04d}" for number in range(1, len(answers) + 1)], index=answers.index)
    if "respondent" not in answers:
        return numbered
    if keep:
        return answers["respondent"].fillna(numbered)
    tokens = answers["respondent"]
    return (f"{unit}-" + pseudonyms(tokens, key_of(study.id))).fillna(numbered) if tokens.notna().any() else numbered
