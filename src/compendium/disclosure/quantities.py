"""Which numbers are about the same: one quantity, wherever and whenever it was published."""

import pandas as pd

QUANTITY = [
    "study",
    "wave",
    "population",
    "country",
    "indicator",
    "group_by",
    "group",
    "period",
    "unit",
    "method",
    "reference_group",
    "threshold_id",
]
"""Columns that say what a number is about. Words on how it was estimated are left out: they change from release to release."""


def same(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Put the numbers of two frames about the same quantity side by side.

    Parameters
    ----------
    first, second : pandas.DataFrame
        The one shape of a result.

    Returns
    -------
    pandas.DataFrame
        One row a pair: ``position`` (place of the row in `first`), and of each ``n``, ``persons`` (counted; n where nothing is
        counted), ``estimate`` and ``suppressed``, those of `second` with the ending ``_before``.
    """
    columns = [*QUANTITY, "n", "estimate", "suppressed"]
    left = first[columns].assign(position=range(len(first)), persons=counted(first))
    right = second[columns].assign(persons=counted(second))
    return left.merge(right, on=QUANTITY, suffixes=("", "_before"))


def counted(frame: pd.DataFrame) -> pd.Series:
    """Return how many persons a share counts, or the n of what counts nobody."""
    is_share = (frame["unit"] == "%") & frame["method"].str.startswith("share")
    return (frame["estimate"] / 100 * frame["n"]).round().where(is_share, frame["n"])
