"""What made a score: the rule, the key and its version; and the same score on 0-100."""

from collections.abc import Collection

import pandas as pd

from ..study.instrument_parts import Dimension, Instrument
from .scores import column, key_of

RECORD = [
    "column",
    "instrument",
    "version",
    "edition",
    "dimension",
    "rule",
    "missing_rule",
    "minimum",
    "maximum",
    "high",
    "items",
    "reversed",
    "left_out",
    "norms_of",
    "caveat",
    "confidence",
]


def record(instrument: Instrument | str, *, left_out: Collection[str] = ()) -> pd.DataFrame:
    """Say for every column of :func:`.score` which rule of which version of the key made it.

    Parameters
    ----------
    instrument : Instrument or str
        The key, or the name of one that is shipped.
    left_out : collection of str
        Items that were not asked.

    Returns
    -------
    pandas.DataFrame
        One row a column: ``column instrument version edition dimension``; ``rule`` and ``missing_rule`` in words;
        ``minimum maximum`` and what a ``high`` score means; ``items``, those ``reversed`` and those ``left_out`` (a score
        without them is that of an adapted instrument); ``norms_of`` (on whom the instrument was established),
        ``caveat`` (what that means for people who employ themselves) and ``confidence`` in the dimension's key.
    """
    key = key_of(instrument)
    rows = [
        {
            "column": column(key, name),
            "instrument": key.name,
            "version": key.version,
            "edition": key.edition,
            "dimension": name,
            "rule": _rule(dimension),
            "missing_rule": dimension.missing.rule if dimension.missing else "as its parts",
            "minimum": dimension.minimum,
            "maximum": dimension.maximum,
            "high": dimension.high,
            "items": " ".join(item.id for item in dimension.items),
            "reversed": " ".join(item.id for item in dimension.items if item.reversed),
            "left_out": " ".join(item.id for item in dimension.items if item.id in left_out),
            "norms_of": key.population,
            "caveat": key.self_employed,
            "confidence": dimension.confidence,
        }
        for name, dimension in key.dimensions.items()
    ]
    return pd.DataFrame(rows, columns=RECORD)


def rescaled(scores: pd.DataFrame, instrument: Instrument | str) -> pd.DataFrame:
    """Put scores on 0-100.

    Parameters
    ----------
    scores : pandas.DataFrame
        What :func:`.score` returned for that instrument.
    instrument : Instrument or str
        The key, or the name of one that is shipped.

    Returns
    -------
    pandas.DataFrame of float
        The same columns but those of ratios, whose ends are no ends of a scale: 0 is the lowest and 100 the highest score
        that the items allow. High means what it meant before.

    Notes
    -----
    ``100 (score - minimum) / (maximum - minimum)``.
    """
    key = key_of(instrument)
    return pd.DataFrame(
        {
            column(key, name): 100 * (scores[column(key, name)] - one.minimum) / (one.maximum - one.minimum)
            for name, one in key.dimensions.items()
            if one.score not in ("ratio", "log_ratio")
        },
        index=scores.index,
    )


def _rule(dimension: Dimension) -> str:
    """Return how a dimension is made, in words."""
    times = f", times {dimension.factor:g}" if dimension.factor != 1 else ""
    match dimension.score:
        case "mean" | "sum":
            return f"{dimension.score} of {len(dimension.items)} items{times}"
        case "sum_of_parts":
            return f"sum of {' and '.join(dimension.parts)}"
        case "ratio":
            return f"{dimension.parts[0]} over {dimension.parts[1]}, each per item in use"
        case _:
            return f"logarithm of {dimension.parts[0]} over {dimension.parts[1]}, each per item in use"
