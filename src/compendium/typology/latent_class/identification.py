"""Local identification: does any direction of the parameters leave the probabilities of the answers as they are?"""

import numpy as np
from numpy.typing import NDArray

from compendium.typology.coding import Floats, Whole

from .answers import Answers

_MOST_PATTERNS, _MOST_SETS = 20_000, 500
_EDGE = 1e-6
_DUST = 1e-7
_ROWS = 4096  # patterns handled at a time


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
    root of its probability (a pattern that occurs: by the probability itself, times the root of its frequency) and each
    column by its length, which leaves the rank as it is and makes singular values comparable; those below 1e-7 of the
    largest count as nought. A probability within 1e-6 of nought lies at the boundary: it cannot move to both sides, is taken
    as fixed, and does not count among the parameters. A class with a share of nought keeps its parameters: they can take
    any value, and the model is not identified. Nor is one with more free parameters than patterns that occur, where these
    are the rows.

    References
    ----------
    Goodman 1974, Exploratory latent structure analysis, *Biometrika* 61; Huang and Bandeen-Roche 2004, *Psychometrika* 69.
    """
    listed = _possible(answers)
    if listed is None:
        occur = answers.weights > 0
        patterns, weights = answers.patterns[occur], answers.weights[occur]
    else:
        patterns, weights = listed, None
    triangle: Floats | None = None
    for first in range(0, len(patterns), _ROWS):
        rows = slice(first, first + _ROWS)
        slopes = _slopes(answers, theta, patterns[rows], None if weights is None else weights[rows])
        # The triangle of what was read so far has its rank and its lengths of columns.
        read = slopes if triangle is None else np.concatenate([triangle, slopes])
        triangle = np.asarray(np.linalg.qr(read, mode="r"))
    assert triangle is not None
    parameters = triangle.shape[1]
    if parameters == 0:
        return 0, 0
    length = np.linalg.norm(triangle, axis=0)
    triangle[:, length > 0] /= length[length > 0]
    singular = np.linalg.svd(triangle, compute_uv=False)
    return int((singular > _DUST * singular[0]).sum()), parameters


def _slopes(answers: Answers, theta: Floats, patterns: Whole, weights: Floats | None) -> Floats:
    """Return the derivatives of the patterns' probabilities by the free parameters, in a scale of each row's own."""
    factors = theta[1:][patterns]  # patterns x items x classes
    scale = np.ones(patterns.shape)
    if weights is not None:  # hundreds of items have products beyond the smallest number; scores have no scale
        scale = factors.max(axis=2)
        factors /= scale[:, :, None]
    within = factors.prod(axis=1)
    whole = within @ theta[0]
    possible = whole > 0
    rate = np.sqrt(np.where(possible, whole, 1.0)) if weights is None else whole / np.sqrt(weights)
    others = _product_of_others(factors)
    columns = [*(within[:, 1:] - within[:, :1]).T]
    for item, (start, size) in enumerate(zip(answers.book.starts, answers.book.sizes, strict=True)):
        answered = patterns[:, item]
        for member in range(theta.shape[1]):
            free = start + np.flatnonzero(theta[1 + start : start + size, member] > _EDGE)
            base = free[theta[1 + free, member].argmax()]
            slope = theta[0, member] * others[:, item, member] / scale[:, item]
            columns += [slope * ((answered == one) * 1.0 - (answered == base)) for one in free if one != base]
    table = np.column_stack(columns) if columns else np.empty((len(patterns), 0))
    return np.asarray((table / rate[:, None])[possible])


def _possible(answers: Answers) -> Whole | None:
    """Return all answers that could be given to the items answered together, or none where they are too many."""
    book = answers.book
    absent = np.array([start + size - 1 for start, size in zip(book.starts, book.sizes, strict=True)])
    masks = np.unique(answers.patterns[answers.weights > 0] != absent, axis=0)
    if masks[-1].all():
        masks = masks[-1:]
    if len(masks) > _MOST_SETS:
        return None
    largest = _largest(masks)
    legal = [size - 1 for size in book.sizes]
    total = sum(float(np.prod([n for n, asked in zip(legal, mask, strict=True) if asked])) for mask in largest)
    if total > _MOST_PATTERNS:
        return None
    spans = [np.arange(start, start + n) for start, n in zip(book.starts, legal, strict=True)]
    return np.concatenate([_crossed([*map(_chosen, mask, spans, absent)]) for mask in largest])


def _chosen(is_asked: bool, span: Whole, gap: int) -> Whole:
    return span if is_asked else np.array([gap])


def _crossed(choices: list[Whole]) -> Whole:
    return np.stack(np.meshgrid(*choices, indexing="ij"), axis=-1).reshape(-1, len(choices))


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
