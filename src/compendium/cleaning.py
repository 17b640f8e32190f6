"""Which answers count, and what becomes of values that cannot be: ordered rules, each logged with its count and reason.

Whole answers are *excluded* (no consent, sent twice, not eligible, broken off, too fast, the same answer throughout);
single values are *set missing* (out of range, made impossible by another answer, refused) or *put right* (known
spellings). Thresholds belong to the questionnaire, not to this module.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import duckdb
import pandas as pd

from . import results
from .scoring import score_all
from .study.questionnaire import Questionnaire
from .study.questions import Question
from .study.routing import SEPARATOR, SHARE, asked
from .study.study import Study

Row = dict[str, Any]
Rule = Callable[[pd.DataFrame, Questionnaire], "pd.Series | None"]
KEPT = ""
LEAST_COMPARED = 20
"""Fewer answers than this are too few to call two rows the same person's."""
LEAST_STRAIGHT = 8
"""Fewest answers of a module in which the same answer throughout says something."""
ABOUT = ("respondent", "country", "wave", "origin", "source", "licence", "language")


def _no_consent(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    """All rows of a person who did not agree, or withdrew in one of them."""
    consent = questionnaire.cleaning.consent
    if consent is None:
        return None
    refused = ~frame[consent.question].isin(consent.codes)
    return frame["respondent"].isin(frame.loc[refused, "respondent"])


def _sent_twice(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    """Every row but the first of one respondent code, or of the same answers throughout."""
    if not questionnaire.cleaning.sent_twice:
        return None
    questions = list(questionnaire.questions)
    enough = frame[questions].notna().sum(axis=1) >= LEAST_COMPARED
    same = frame[questions].duplicated() & enough
    return frame["respondent"].duplicated() | same


def _not_eligible(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    eligible = questionnaire.cleaning.eligible
    return None if eligible is None else ~frame[eligible.question].isin(eligible.codes)


def _broken_off(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    least = questionnaire.cleaning.answered_at_least
    if least is None:
        return None
    questions = _closed(questionnaire)
    applies = pd.DataFrame({question: asked(frame, questionnaire, question) for question in questions})
    return (frame[questions].notna() & applies).sum(axis=1) < least * applies.sum(axis=1)


def _too_fast(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    fastest = questionnaire.cleaning.fastest_minutes
    return None if fastest is None else frame["duration_min"] < fastest


def _straight_line(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    """The same code throughout a module that asks in both directions."""
    modules = questionnaire.cleaning.straight_line
    if not modules:
        return None
    hit = pd.Series(False, index=frame.index)
    for module in modules:
        items = [
            question
            for question in questionnaire.questions_by_module()[module]
            if questionnaire.questions[question].type == "item"
        ]
        hit |= frame[items].nunique(axis=1).eq(1) & (frame[items].notna().sum(axis=1) >= LEAST_STRAIGHT)
    return hit


RULES: dict[str, Rule] = {
    "no_consent": _no_consent,
    "sent_twice": _sent_twice,
    "not_eligible": _not_eligible,
    "broken_off": _broken_off,
    "too_fast": _too_fast,
    "straight_line": _straight_line,
}
"""Reason code -> rule, in the order in which they run; a rule for which the questionnaire names nothing is not in force."""


def decide(collected: pd.DataFrame, questionnaire: Questionnaire) -> tuple[pd.Series, list[str]]:
    """Decide for every received row whether it is kept, and if not by which rule.

    Parameters
    ----------
    collected : pandas.DataFrame
        The product *collected* of one country.
    questionnaire : Questionnaire
        Its ``cleaning`` part holds the thresholds.

    Returns
    -------
    reason : pandas.Series of str
        The reason code of exclusion, empty for a row that is kept; a row goes by the first rule that it meets.
    in_force : list of str
        The rules that this questionnaire applies, in order.
    """
    reason = pd.Series(KEPT, index=collected.index, dtype="str")
    in_force = []
    for name, rule in RULES.items():
        hit = rule(collected[reason == KEPT], questionnaire)
        if hit is not None:
            in_force.append(name)
            reason.loc[hit.index[hit]] = name
    return reason, in_force


def clean(study: Study, unit: str, wave: str, collected: pd.DataFrame) -> pd.DataFrame:
    """Keep the answers that count and make them ready for analysis.

    Returns
    -------
    pandas.DataFrame
        One row a kept respondent: ``respondent country wave origin source licence language weight``; closed questions
        as codes, numbers as float with their band beside them, several answers as one boolean column an option
        (``<question>__<option>``), and ``score_<measure>`` and ``exposed_<measure>``. Free text and everything marked
        personal stays behind; so do the moment and the duration.
    """
    questionnaire = study.questionnaire
    reason, _ = decide(collected, questionnaire)
    kept, _ = put_right(collected[reason == KEPT].reset_index(drop=True), questionnaire)
    columns: dict[str, pd.Series] = {name: kept[name] for name in ABOUT}
    columns["weight"] = pd.Series(1.0, index=kept.index)
    for question in questionnaire.questions.values():
        if question.personal or (question.type == "text" and not question.group):
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
    return pd.concat([pd.DataFrame(columns), score_all(kept, questionnaire)], axis=1)


def put_right(frame: pd.DataFrame, questionnaire: Questionnaire) -> tuple[pd.DataFrame, dict[str, int]]:
    """Set values missing that cannot be; return the frame and how many values went by which reason.

    Reasons are ``out_of_range`` (outside the ``minimum`` and ``maximum`` of the question) and ``impossible`` (another
    answer of the same person rules the value out).
    """
    frame = frame.copy()
    counts = {"out_of_range": 0, "impossible": 0}
    for question in questionnaire.questions.values():
        if question.type == "number":
            outside = (frame[question.id] < question.minimum) | (frame[question.id] > question.maximum)
            counts["out_of_range"] += int(outside.sum())
            frame.loc[outside, question.id] = float("nan")
    for limit in questionnaire.cleaning.impossible:
        hit = (frame[limit.question] > limit.above) & frame[limit.when.question].isin(limit.when.codes)
        counts["impossible"] += int(hit.sum())
        frame.loc[hit, limit.question] = float("nan")
    return frame, counts


def exclusions(
    study: Study, unit: str, wave: str, collected: pd.DataFrame | Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Log what cleaning did: received, excluded by reason, kept, values changed, and what is missing afterwards.

    Parameters
    ----------
    study : Study
        The study.
    unit, wave : str
        Code of the country or of the pooled unit, and the wave.
    collected : DataFrame, or mapping of country to DataFrame
        The received rows.

    Returns
    -------
    pandas.DataFrame
        Results with the indicators ``received``, ``excluded`` (by ``reason``), ``kept``, ``changed`` (values, by
        ``change``), ``missing`` and ``not_applicable`` (mean share of the questions asked, in %, by ``module``). For
        the pooled unit, the rows of every country stand under its own code, after those of all countries together.
    """
    if isinstance(collected, pd.DataFrame):
        return _log(study, unit, wave, {unit: collected})
    frames = dict(collected)
    return results.concat(
        [_log(study, unit, wave, frames), *(_log(study, one, wave, {one: frame}) for one, frame in frames.items())]
    )


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
    return pooled.assign(weight=len(pooled) / (len(answers) * sizes))


def _options(cells: pd.Series, question: str, codes: tuple[str, ...]) -> dict[str, pd.Series]:
    """One boolean column an option; missing where the question was not answered at all."""
    chosen = cells.fillna("").str.split(SEPARATOR)
    return {
        f"{question}__{code}": chosen.map(lambda given, code=code: code in given).astype("boolean").where(cells.notna())
        for code in codes
    }


def shares(cells: pd.Series, question: Question) -> dict[str, pd.Series]:
    """Return one column of percentages an option; an option that is not named in an answer has zero."""
    given = [dict(part.split(SHARE) for part in cell.split(SEPARATOR)) if cell else {} for cell in cells.fillna("")]
    return {
        f"{question.id}__{code}": pd.Series([float(one.get(code, 0)) for one in given], index=cells.index).where(
            cells.notna()
        )
        for code in question.codes
    }


def _closed(questionnaire: Questionnaire) -> list[str]:
    return [question.id for question in questionnaire.questions.values() if question.type != "text"]


def _log(study: Study, unit: str, wave: str, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    questionnaire = study.questionnaire
    decisions = {country: decide(frame, questionnaire) for country, frame in frames.items()}
    reason = pd.concat([reason for reason, _ in decisions.values()], ignore_index=True)
    in_force = next(iter(decisions.values()))[1]
    everything = pd.concat(frames.values(), ignore_index=True)
    kept, changed = put_right(everything[reason == KEPT].reset_index(drop=True), questionnaire)
    changed = {"respelt": int(kept["respelt"].sum()), "refused": int(kept["refused"].sum()), **changed}
    total = float(len(reason))
    values = {"unit": "values", "method": "count", "n": float(len(kept))}
    tally = {"unit": "answers received", "method": "count", "n": total}
    rows: list[Row] = [
        {"indicator": "received", "estimate": total, **tally},
        *(
            {
                "indicator": "excluded",
                "group_by": "reason",
                "group": name,
                "estimate": float((reason == name).sum()),
                **tally,
            }
            for name in in_force
        ),
        {"indicator": "kept", "estimate": float((reason == KEPT).sum()), **tally},
        *(
            {"indicator": "changed", "group_by": "change", "group": name, "estimate": float(count), **values}
            for name, count in changed.items()
        ),
        *_gaps(kept, questionnaire),
    ]
    origin = results.weakest_origin(everything["origin"])
    source = "; ".join(dict.fromkeys(everything["source"]))
    return results.make(
        rows,
        study=study.id,
        wave=wave,
        country=unit,
        part="cleaning",
        population="received",
        origin=origin,
        source=source,
    )


def _gaps(kept: pd.DataFrame, questionnaire: Questionnaire) -> Iterator[Row]:
    """What is missing and what does not apply among the kept, module by module."""
    for module, questions in questionnaire.questions_by_module().items():
        wanted = [question for question in questions if questionnaire.questions[question].type != "text"]
        if not wanted:
            continue
        applies = pd.DataFrame({question: asked(kept, questionnaire, question) for question in wanted})
        number = applies.sum(axis=1).where(applies.sum(axis=1) > 0)
        without = pd.DataFrame(
            {question: kept[question] == _not_applicable(questionnaire, question) for question in wanted}
        )
        for indicator, cells in (("missing", kept[wanted].isna() & applies), ("not_applicable", without & applies)):
            share = 100 * cells.sum(axis=1) / number
            yield {
                "indicator": indicator,
                "group_by": "module",
                "group": module,
                "estimate": float(share.mean()),
                "n": float(share.notna().sum()),
                "unit": "%",
                "method": "mean of persons",
                "population": "kept",
            }


def _not_applicable(questionnaire: Questionnaire, question: str) -> str | None:
    scale = questionnaire.questions[question].scale
    return scale.not_applicable if scale else None
