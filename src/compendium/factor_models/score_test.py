"""What letting go of an equality would gain, without fitting again."""

from collections.abc import Collection, Mapping

from .indices import Solution
from .information import expected_information
from .search import discrepancy, solved
from .structure import Model


def gain(solution: Solution, freed: Mapping[str, Collection[int]]) -> float:
    """Return by how much the chi-square would fall, about, if items were let off being equal.

    Parameters
    ----------
    solution : Solution
        Where the model with the equalities came to rest.
    freed : mapping of str to collection of int
        All items let off in the wider model, for ``loadings`` and ``intercepts``.

    Returns
    -------
    float
        The score (Lagrange multiplier) statistic of all the equalities at once, a chi-square with as many degrees of
        freedom as parameters come free.

    Notes
    -----
    The slope of the wider model at the estimates of the narrower one, weighed by the expected information of the
    wider one (``lavTestScore`` of lavaan with the equalities of one item released together).

    References
    ----------
    Rao (1948), Proc. Camb. Philos. Soc. 44:50-57; Sorbom (1989), Psychometrika 54:371-384.
    """
    narrow = solution.model
    wide = Model(narrow.pattern, narrow.groups, narrow.equal, freed)
    theta = wide.collected(solution.parts)
    _, slope, inverse = discrepancy(wide, solution.found, theta)
    matrix = expected_information(wide, solution.found, theta, inverse)
    return float(solution.found.n / 4 * slope @ solved(matrix, slope))
