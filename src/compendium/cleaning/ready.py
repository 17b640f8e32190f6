"""Make the answers that count ready for analysis, country by country and all countries together."""

from collections.abc import Mapping

import duckdb
import pandas as pd

from ..instrument_scores import score
from ..scoring import score_all
from ..study.questions import Question
from ..study.routing import SEPARATOR, SHARE
from ..study.study import Study
from .repair import put_right
from .rules import KEPT, decide

ABOUT = ("respondent", "country", "wave", "origin", "source", "licence", "language")


def clean(study: Study, unit: str, wave: str, collected: pd.DataFrame) -> pd.DataFrame:
    """Keep the answers that count and make them ready for analysis.

    Returns
    -------
    pandas.DataFrame
        One row a kept respondent: ``respondent country wave origin source licence language weight``; closed questions
        as codes, numbers as float with their band beside them, several answers as one boolean column an option
        (``<question>__<option>``), ``score_<measure>`` and ``exposed_<measure>``, and ``<instrument>_<dimension>`` in the
        instrument's own unit. Free text and everything marked
        personal stays behind; so do the moment and the duration.
    """
    questionnaire = study.questionnaire
    reason, _ = decide(collected, questionnaire)
    kept, _ = put_right(collected[reason == KEPT].reset_index(drop=True), questionnaire)
    columns: dict[str, pd.Series] = {name: kept[name] for name in ABOUT}
    columns["weight"] = pd.Series(1.0, index=kept.index)
    for question in questionnaire.questions.values():
        is_link = question.id == questionnaire.cleaning.linking  # a hash by now
        if not is_link and (question.personal or (question.type == "text" and not question.group)):
            continue
        if question.type == "multiple":
            columns |= _options(kept[question.id], question.id, question.codes)
        elif question.type == "shares":
            columns |= shares(kept[question.id], question)
        else:
            columns[question.id] = kept[question.id]
        if question.id in questionnaire.bands:
            banding = questionnaire.bands[question.id]
            columns[banding.id] = banding.codes_of(kept[question.id])
    instruments = [
        score(kept, used.instrument, coding=used.coding, left_out=used.left_out) for used in study.instruments
    ]
    return pd.concat([pd.DataFrame(columns), score_all(kept, questionnaire), *instruments], axis=1)


def pool(study: Study, unit: str, wave: str, answers: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the clean answers of all countries under one another, by column name, each country with the same weight.

    Returns
    -------
    pandas.DataFrame
        The columns of *answers*; ``weight`` gives every country the same total and has mean 1.
    """
    connection = duckdb.connect()
    try:
        for country, frame in answers.items():
            connection.register(f"answers_{country}", frame)
        union = " union all by name ".join(f'select * from "answers_{country}"' for country in answers)
        pooled: pd.DataFrame = connection.sql(union).to_arrow_table().to_pandas()
    finally:
        connection.close()
    first = next(iter(answers.values()))
    pooled = pooled.astype({name: str(kind) for name, kind in first.dtypes.items()})
    sizes = pooled["country"].map(pooled["country"].value_counts())
    # a country of which nothing is kept takes no weight from the others
    return pooled.assign(weight=len(pooled) / (pooled["country"].nunique() * sizes))


def _options(cells: pd.Series, question: str, codes: tuple[str, ...]) -> dict[str, pd.Series]:
    """One boolean column an option; missing where the question was not answered at all."""
    chosen = cells.astype("str").fillna("").str.split(SEPARATOR)
    return {
        f"{question}__{code}": chosen.map(lambda given, code=code: code in given).astype("boolean").where(cells.notna())
        for code in codes
    }


def shares(cells: pd.Series, question: Question) -> dict[str, pd.Series]:
    """Return one column of percentages an option; an option that is not named in an answer has zero."""
    given = [
        dict(part.split(SHARE) for part in cell.split(SEPARATOR)) if cell else {}
        for cell in cells.astype("str").fillna("")
    ]
    return {
        f"{question.id}__{code}": pd.Series([float(one.get(code, 0)) for one in given], index=cells.index).where(
            cells.notna()
        )
        for code in question.codes
    }
