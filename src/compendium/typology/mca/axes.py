"""The eigenproblem of a multiple correspondence analysis, and how much of the answers its axes show."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg

from ..coding import Book, Floats, Whole

_NULL = 1e-10  # an eigenvalue below this share of the first is numerical dust, not an axis
_LEVEL = 1e-6  # a sum below this is no side of an axis


@dataclass(frozen=True)
class Axes:
    """Solution of the eigenproblem of the indicator matrix.

    Attributes
    ----------
    inertia : array
        Eigenvalues of all axes, falling.
    vectors : array
        Unit vectors of the axes (columns) over the kept categories.
    kept : array of int
        Places of the categories that make the axes.
    root : array
        Roots of their masses.
    total, total_square : float
        Sum of the eigenvalues and of their squares.
    diagonal : float
        What the blocks on the diagonal of the Burt table, each variable with itself, add to the sum of squares.
    """

    inertia: Floats
    vectors: Floats
    kept: Whole
    root: Floats
    total: float
    total_square: float
    diagonal: float


def solve(burt: Floats, kept: Whole, book: Book, total: float) -> Axes:
    """Find the axes of the kept categories.

    Parameters
    ----------
    burt : array
        Burt table of all categories.
    kept : array of int
        Places of the categories that make the axes.
    book : Book
        The variables.
    total : float
        Sum of the weights.
    """
    count = len(book.variables)
    root = np.sqrt(np.diag(burt)[kept] / (total * count))
    block = burt[np.ix_(kept, kept)] / (total * count**2) / np.outer(root, root) - np.outer(root, root)
    # numpy's own solver waits for threads that this small a problem has no use for: a hundred times as long on a busy machine.
    inertia, vectors = linalg.eigh(block, driver="evd")
    inertia, vectors = inertia[::-1], vectors[:, ::-1]
    real = inertia > _NULL * inertia[0]
    owner = np.repeat(np.arange(count), book.sizes)[kept]
    return Axes(
        inertia=inertia[real],
        vectors=_directed(vectors[:, real], owner),
        kept=kept,
        root=root,
        total=float(np.trace(block)),
        total_square=float((block**2).sum()),
        diagonal=float((block[owner[:, None] == owner[None, :]] ** 2).sum()),
    )


def _directed(vectors: Floats, owner: Whole) -> Floats:
    """Put the last categories of the variables, weighed by their contributions, on the positive side of each axis.

    An axis has no direction of its own. The rule depends neither on the order of respondents nor, as that of the greatest
    category would, on which of two equal contributions is greater by the last digit.
    """
    last = np.append(owner[1:] != owner[:-1], True)
    side = (vectors * np.abs(vectors))[last].sum(axis=0)
    first = vectors[(np.abs(vectors) > _LEVEL).argmax(axis=0), np.arange(vectors.shape[1])]
    return vectors * np.where(np.abs(side) > _LEVEL, np.sign(side), np.sign(first))


def rates(axes: Axes, count: int, is_burt: bool) -> pd.DataFrame:
    """Return the eigenvalues of all axes with their rates, see :class:`~compendium.typology.mca.MCA`.

    Parameters
    ----------
    axes : Axes
        The solution.
    count : int
        Number of active variables.
    is_burt : bool
        The Burt table is analysed: its eigenvalues are the squares. The adjusted rates are the same in both.
    """
    inertia = axes.inertia
    shown, total = (inertia**2, axes.total_square) if is_burt else (inertia, axes.total)
    adjusted = np.where(inertia > 1 / count, (count / (count - 1) * (inertia - 1 / count)) ** 2, 0.0)
    off_diagonal = count / (count - 1) * (axes.total_square - axes.diagonal)
    pct = 100 * shown / total
    return pd.DataFrame(
        {
            "dimension": np.arange(1, len(inertia) + 1),
            "eigenvalue": shown,
            "pct": pct,
            "cumulative_pct": pct.cumsum(),
            "benzecri": adjusted,
            "benzecri_pct": 100 * adjusted / adjusted.sum() if adjusted.sum() > 0 else np.nan,
            "greenacre_pct": 100 * adjusted / off_diagonal if off_diagonal > 0 else np.nan,
        }
    )
