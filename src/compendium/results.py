"""The one shape of a result: tidy estimates with the same columns, whatever the analysis.

Figures, tables, alternative texts, pages, database and archive are made from these frames and from nothing else, so a
figure cannot say what the table does not, and a suppressed cell is suppressed everywhere. Frames hold codes; labels are
put on when something is shown.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import pandera.pandas as pa

ORIGINS = ("real", "real_other", "synthetic", "context")
CONFIDENCES = ("computed", "sourced", "to verify")

TEXT = [
    "study",
    "wave",
    "population",
    "country",
    "part",
    "indicator",
    "group_by",
    "group",
    "period",
    "unit",
    "method",
    "estimand",
    "reference_group",
    "origin",
    "source",
    "confidence",
    "flag",
    "threshold_id",
    "caveat",
    "comparable",
    "reason",
    "suppression_reason",
]
NUMBERS = ["estimate", "ci_low", "ci_high", "n", "n_effective", "p_adjusted"]
COLUMNS = [
    "study",
    "wave",
    "population",
    "country",
    "part",
    "indicator",
    "group_by",
    "group",
    "period",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_effective",
    "p_adjusted",
    "unit",
    "method",
    "estimand",
    "reference_group",
    "weighted",
    "origin",
    "source",
    "confidence",
    "flag",
    "threshold_id",
    "caveat",
    "comparable",
    "reason",
    "suppressed",
    "suppression_reason",
]
BLANKED = ("estimate", "ci_low", "ci_high", "n", "n_effective", "p_adjusted")

_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(TEXT, ""),
    **dict.fromkeys(NUMBERS, float("nan")),
    "weighted": False,
    "suppressed": False,
    "comparable": "yes",
    "confidence": "computed",
}


def _consistent(frame: pd.DataFrame) -> pd.Series:
    """Row by row: an interval holds its estimate, a suppressed row is blank, what is not comparable says why."""
    tolerance = 1e-9
    inside = ~(frame["ci_low"] > frame["estimate"] + tolerance) & ~(frame["ci_high"] < frame["estimate"] - tolerance)
    blank = ~frame["suppressed"] | (frame[list(BLANKED)].isna().all(axis=1) & (frame["suppression_reason"] != ""))
    reasoned = (frame["comparable"] == "yes") | (frame["reason"] != "")
    return inside & blank & reasoned


SCHEMA = pa.DataFrameSchema(
    {
        **{name: pa.Column(str) for name in TEXT},
        **{name: pa.Column(float, nullable=True) for name in NUMBERS},
        "origin": pa.Column(str, pa.Check.isin(ORIGINS)),
        "confidence": pa.Column(str, pa.Check.isin(CONFIDENCES)),
        "comparable": pa.Column(str, pa.Check.isin(("yes", "no"))),
        "indicator": pa.Column(str, pa.Check.str_length(min_value=1)),
        "n": pa.Column(float, pa.Check.ge(0), nullable=True),
        "weighted": pa.Column(bool),
        "suppressed": pa.Column(bool),
    },
    checks=pa.Check(_consistent, error="interval without its estimate, suppressed row not blank, or no reason given"),
    strict=True,
)


def make(rows: Iterable[Mapping[str, Any]], **common: Any) -> pd.DataFrame:
    """Make a frame of results from rows that name only what they know.

    Parameters
    ----------
    rows : iterable of mappings
        One mapping an estimate; keys are names of :data:`COLUMNS`.
    **common
        Values that all rows share (``study``, ``wave``, ``country``, ``part``, ``origin`` ...).

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS` in that order. Absent text is ``""``, absent numbers are missing, ``comparable`` is
        ``"yes"``, ``confidence`` is ``"computed"``.

    Raises
    ------
    TypeError
        A key is no column of a result.
    pandera.errors.SchemaError
        A row breaks the shape.
    """
    filled = [{**_DEFAULTS, **common, **row} for row in rows]
    unknown = sorted({key for row in filled for key in row} - set(COLUMNS))
    if unknown:
        raise TypeError(f"no such column of a result: {', '.join(unknown)}; legal are {', '.join(COLUMNS)}")
    return validate(pd.DataFrame(filled, columns=COLUMNS))


def validate(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every column its type and hold the frame against the shape; return it."""
    typed = frame.astype(
        {**dict.fromkeys(TEXT, "str"), **dict.fromkeys(NUMBERS, "float64"), "weighted": bool, "suppressed": bool}
    )
    return SCHEMA.validate(typed[COLUMNS]).reset_index(drop=True)


def concat(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put frames of results under one another; no frame at all gives an empty one."""
    parts = [frame for frame in frames if len(frame)]
    return validate(pd.concat(parts, ignore_index=True)) if parts else make([])


def weakest_origin(origins: Iterable[str]) -> str:
    """Return the origin that a figure made from several takes: synthetic before surveys by others before real.

    One synthetic answer makes a pooled number synthetic.
    """
    found = set(origins)
    for origin in ("synthetic", "real_other", "real", "context"):
        if origin in found:
            return origin
    raise ValueError(f"no legal origin among {sorted(found)}; legal are {', '.join(ORIGINS)}")
