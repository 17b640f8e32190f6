"""Local identification: does any direction of the parameters leave the probabilities of the answers as they are?"""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from compendium.typology.coding import Floats, Whole

from .answers import Answers

_MOST_PATTERNS = 20_000
_EDGE = 1e-6
_DUST = 1e-7


def jacobian_rank(answers: Answers, theta: Floats) -> tuple[int, int]:
    """Return the rank of the Jacobian of the patterns' probabilities, and the number of parameters it has.

    Parameters
    ----------
    answers : Answers
        Distinct patterns of the answers.
    theta : numpy.ndarray
        Shares of the classes (first row) and probability of each category (rows) in each class (columns).

    Notes
    -----
    The rows are all answers that could be given to the items answered together by somebody (every set of items that is
    not part of another such set), where there are 20,000 or fewer; else the patterns that occur. Each row is divided by the
    root of its probability and each column by its length, which leaves the rank as it is and makes singular values
    comparable; those below 1e-7 of the largest count as nought. A probability within 1e-6 of nought lies at the boundary:
    it cannot move to both sides, is taken as fixed, and does not count among the parameters. A class with a share of nought
    keeps its parameters: they can take any value, and the model is not identified.

    References
    ----------
    Goodman 1974, Exploratory latent structure analysis, *Biometrika* 61; Huang and Bandeen-Roche 2004, *Psychometrika* 69.
    """
    patterns = _patterns(answers)
    factors = theta[1:][patterns]  # patterns x items x classes
    within = factors.prod(axis=1)
    whole = within @ theta[0]
    possible = whole > 0
    patterns, factors, within, whole = patterns[possible], factors[possible], within[possible], whole[possible]
    columns = [*(within[:, 1:] - within[:, :1]).T] if theta.shape[1] > 1 else []
    others = _product_of_others(factors)
    for item, (start, size) in enumerate(zip(answers.book.starts, answers.book.sizes, strict=True)):
        for member in range(theta.shape[1]):
            free = start + np.flatnonzero(theta[1 + start : start + size, member] > _EDGE)
            base = free[theta[1 + free, member].argmax()]
            slope = theta[0, member] * others[:, item, member]
            answered = patterns[:, item]
            columns += [slope * ((answered == one) * 1.0 - (answered == base)) for one in free if one != base]
    if not columns:
        return 0, 0
    jacobian = np.column_stack(columns) / np.sqrt(whole)[:, None]
    length = np.linalg.norm(jacobian, axis=0)
    jacobian[:, length > 0] /= length[length > 0]
    singular = np.linalg.svd(jacobian, compute_uv=False)
    return int((singular > _DUST * singular[0]).sum()), len(columns)


def _patterns(answers: Answers) -> Whole:
    """Return all answers that could be given to the items answered together, or those that occur."""
    book = answers.book
    absent = np.array([start + size - 1 for start, size in zip(book.starts, book.sizes, strict=True)])
    masks = np.unique(answers.patterns != absent, axis=0)
    largest = _largest(masks)
    legal = [size - 1 for size in book.sizes]
    total = sum(float(np.prod([n for n, asked in zip(legal, mask, strict=True) if asked])) for mask in largest)
    if total > _MOST_PATTERNS:
        return answers.patterns
    return np.concatenate(
        [
            np.array(
                list(
                    product(
                        *[
                            range(start, start + n) if asked else [gap]
                            for start, n, asked, gap in zip(book.starts, legal, mask, absent, strict=True)
                        ]
                    )
                ),
                dtype=np.int64,
            )
            for mask in largest
        ]
    )


def _largest(masks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the sets of items that are not part of another."""
    # Sets are distinct, so that each is part of itself once; of any more, it is part of another.
    part: NDArray[np.bool_] = np.all(masks[:, None, :] <= masks[None, :, :], axis=2)
    return masks[part.sum(axis=1) == 1]


def _product_of_others(factors: Floats) -> Floats:
    """Return, for each item, the product over all other items; division would fail at nought."""
    before, after = np.ones_like(factors), np.ones_like(factors)
    np.cumprod(factors[:, :-1], axis=1, out=before[:, 1:])
    after[:, :-1] = np.cumprod(factors[:, :0:-1], axis=1)[:, ::-1]
    return before * after
