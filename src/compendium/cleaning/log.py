"""Log what cleaning did."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from .. import results
from ..study.questionnaire import Questionnaire
from ..study.routing import asked
from ..study.study import Study
from .repair import put_right
from .rules import KEPT, decide

Row = dict[str, Any]


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
