"""How far two divisions of the same people agree: by another method, in one country alone, without one question."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..coding import Floats
from ..hcpc import fit_hcpc
from ..mca import fit_mca


def adjusted_rand(one: pd.Series, two: pd.Series) -> float:
    """Return the adjusted Rand index of two divisions of the same people.

    Parameters
    ----------
    one, two : pandas.Series
        Group of each person, in the same order.

    Returns
    -------
    float
        1 for the same groups, about 0 for agreement by chance; may be negative.

    Notes
    -----
    (I - E) / (M - E) with I pairs together in both, E their number expected by chance, M the mean of the pairs together
    in each.

    References
    ----------
    Hubert and Arabie 1985, *Journal of Classification* 2, 193-218.
    """
    table = pd.crosstab(one.to_numpy(), two.to_numpy()).to_numpy().astype(float)

    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1) / 2).sum())

    together, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = rows * columns / pairs(np.array([table.sum()]))
    most = (rows + columns) / 2
    return (together - expected) / (most - expected) if most > expected else 1.0


def left_out(
    data: pd.DataFrame,
    labels: pd.Series,
    n_axes: int,
    weights: Floats,
    passive: Mapping[str, list[str]],
    variables: Mapping[str, list[str]],
) -> dict[str, float]:
    """Return the agreement with the profiles that are found without each question.

    Parameters
    ----------
    data, n_axes, weights, passive
        As the profiles were found.
    labels : pandas.Series
        The profiles.
    variables : mapping of str to list of str
        Columns of each question; several where several answers were possible.
    """
    found = {}
    for variable, columns in variables.items():
        rest = data.drop(columns=[name for name in columns if name in data.columns])
        if rest.shape[1] > 1 and rest.shape[1] < data.shape[1]:
            kept = {name: codes for name, codes in passive.items() if name in rest.columns}
            mca = fit_mca(rest, n_axes, weights, passive=kept)
            found[variable] = adjusted_rand(labels, fit_hcpc(mca, labels.nunique()).labels)
    return found
