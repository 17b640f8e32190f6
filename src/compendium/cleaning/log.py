"""Log what cleaning did."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from .. import results
from ..collection.fieldwork import NO_CONSENT, WITHDRAWN, countable
from ..study.study import Study
from .gaps import gaps
from .repair import put_right
from .rules import KEPT, decide

Row = dict[str, Any]
_AT_THE_DOOR = ("respelt", "refused", "masked")
_NEVER_BEGUN = (NO_CONSENT, "sent_twice", "not_eligible")


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
        ``change``), and those of :func:`.gaps.gaps`. For the pooled unit, the rows of every country stand under its own
        code, after those of all countries together.
    """
    if isinstance(collected, pd.DataFrame):
        return _log(study, unit, wave, {unit: collected})
    frames = dict(collected)
    return results.concat(
        [_log(study, unit, wave, frames), *(_log(study, one, wave, {one: frame}) for one, frame in frames.items())]
    )


def _log(study: Study, unit: str, wave: str, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    questionnaire = study.questionnaire
    origin = results.weakest_origin(pd.concat([frame["origin"] for frame in frames.values()]))
    source = "; ".join(dict.fromkeys(source for frame in frames.values() for source in frame["source"]))
    counted = countable(study, frames)
    frames, gone = counted.frames, counted.withdrawn
    decisions = {country: decide(frame, questionnaire) for country, frame in frames.items()}
    reason = pd.concat([reason for reason, _ in decisions.values()], ignore_index=True)
    in_force = next(iter(decisions.values()))[1]
    everything = pd.concat(frames.values(), ignore_index=True)
    kept, changed = put_right(everything[reason == KEPT].reset_index(drop=True), questionnaire)
    changed = {**{name: int(kept[name].sum()) for name in _AT_THE_DOOR}, **changed}
    begun = everything[~reason.isin(_NEVER_BEGUN)].reset_index(drop=True)
    reason = pd.concat([pd.Series([WITHDRAWN] * gone, dtype="str"), reason], ignore_index=True)
    total = float(len(reason))
    values = {"unit": "values", "method": "count", "n": float(len(kept))}
    tally = {"unit": "answers received", "method": "count", "n": total}
    rows: list[Row] = [
        {"indicator": "received", "estimate": total, **tally, "caveat": counted.caveat},
        *(
            {
                "indicator": "excluded",
                "group_by": "reason",
                "group": name,
                "estimate": float((reason == name).sum()),
                **tally,
            }
            for name in (WITHDRAWN, *in_force)
            if name not in counted.uncounted
        ),
        {"indicator": "kept", "estimate": float((reason == KEPT).sum()), **tally},
        *(
            {"indicator": "changed", "group_by": "change", "group": name, "estimate": float(count), **values}
            for name, count in changed.items()
        ),
        *gaps(kept, begun, questionnaire),
    ]
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
