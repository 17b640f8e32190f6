"""Bivariate residuals: what the classes do not say about two items at a time."""

import numpy as np
import pandas as pd

from compendium.typology.coding import Floats

from .answers import Answers


def bivariate_residuals(answers: Answers, theta: Floats) -> pd.DataFrame:
    """Compare the two-way table of each pair of items with the one that the classes expect.

    Parameters
    ----------
    answers : Answers
        Distinct patterns of the answers.
    theta : numpy.ndarray
        Shares of the classes (first row) and probability of each category (rows) in each class (columns).

    Returns
    -------
    pandas.DataFrame
        One row a pair of items: ``variable other chi2 df per_df``; ``chi2`` is Pearson's statistic over those who answered
        both, ``df`` the product of the numbers of categories less one, and ``per_df`` the one over the other. About one
        or less when the classes account for the pair.

    Notes
    -----
    The statistic has no known distribution (the model was fitted to the same answers), so that no p is given. With missing
    answers the expected table is the model's for everybody, scaled to those who answered both.

    References
    ----------
    Vermunt and Magidson 2013, *Technical Guide for Latent GOLD 5.0*, section 4.4.
    """
    book, missing = answers.book, answers.missing
    spans = [slice(int(start), int(start) + size) for start, size in zip(book.starts, book.sizes, strict=True)]
    table = theta[1:]
    rows = []
    for place, variable in enumerate(book.variables):
        for other in range(place):
            one, two = spans[other], spans[place]
            joint = answers.patterns[:, other] - one.start, answers.patterns[:, place] - two.start
            shape = book.sizes[other], book.sizes[place]
            held = np.bincount(
                np.ravel_multi_index(joint, shape), weights=answers.weights, minlength=shape[0] * shape[1]
            )
            observed = held.reshape(shape)[~missing[one]][:, ~missing[two]]
            expected = (table[one][~missing[one]] * theta[0]) @ table[two][~missing[two]].T * observed.sum()
            possible = expected > 0
            distance = (((observed - expected) ** 2)[possible] / expected[possible]).sum()
            chi2 = float(distance) if possible.any() else float("nan")  # nobody answered both
            df = (observed.shape[0] - 1) * (observed.shape[1] - 1)
            rows.append((book.variables[other], variable, chi2, df, chi2 / df))
    return pd.DataFrame(rows, columns=["variable", "other", "chi2", "df", "per_df"])
