"""How many latent classes: the criteria side by side, and a rule that says why each number was not chosen."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from compendium.errors import AnswersError

from .answers import Weights
from .model import fit_latent_classes

CHOSEN = "chosen"
_NEEDED = ("n_classes", "bic", "is_solution", "is_identified", "smallest")


def compare_classes(
    data: pd.DataFrame,
    numbers: Iterable[int] = range(1, 7),
    n_starts: int = 20,
    seed: int = 0,
    weights: Weights = None,
) -> pd.DataFrame:
    """Fit several numbers of classes and put their criteria side by side.

    Parameters
    ----------
    data, n_starts, seed, weights
        As for :func:`fit_latent_classes`.
    numbers : iterable of int
        Numbers of classes.

    Returns
    -------
    pandas.DataFrame
        One row a number: ``n_classes log_likelihood n_parameters aic bic abic icl entropy smallest n_at_best n_starts
        is_solution is_identified residual``; smaller criteria are better; ``residual`` is the mean bivariate residual per
        degree of freedom (about 1 or less when the classes account for the answers; not a number for a single item).

    Raises
    ------
    AnswersError
        As :func:`fit_latent_classes`, or no number.
    """
    rows = []
    for number in numbers:
        fit = fit_latent_classes(data, number, n_starts, seed, weights)
        rows.append(
            {
                "n_classes": number,
                "log_likelihood": fit.log_likelihood,
                "n_parameters": fit.n_parameters,
                "aic": fit.aic,
                "bic": fit.bic,
                "abic": fit.abic,
                "icl": fit.icl,
                "entropy": fit.entropy,
                "smallest": fit.smallest,
                "n_at_best": fit.n_at_best,
                "n_starts": n_starts,
                "is_solution": fit.is_solution,
                "is_identified": fit.is_identified,
                "residual": float(fit.residuals["per_df"].mean()),
            }
        )
    if not rows:
        raise AnswersError("no number of classes to compare; give one or more")
    return pd.DataFrame(rows)


def choose(frame: pd.DataFrame, least_share: float = 0.05) -> pd.DataFrame:
    """Choose a number of classes, and say why each other was not.

    Parameters
    ----------
    frame : pandas.DataFrame
        What :func:`compare_classes` returned.
    least_share : float
        Share of persons that the smallest class has to hold, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        ``n_classes is_chosen reason``, one row a number in the order of the frame; no row is chosen where no number is
        a solution, identified, and with large enough classes.

    Raises
    ------
    AnswersError
        A column is missing or the share lies outside 0 and 1.

    Notes
    -----
    The smallest BIC among the numbers that are left; of equal ones the smaller number.

    References
    ----------
    Nylund, Asparouhov and Muthén 2007, *Structural Equation Modeling* 14.
    """
    absent = [name for name in _NEEDED if name not in frame]
    if absent:
        raise AnswersError(f"the table of numbers of classes has no column {absent[0]!r}; compare_classes makes it")
    if not 0 <= least_share <= 1:
        raise AnswersError(f"least_share is {least_share!r}; a share between 0 and 1 is expected")
    reasons = [_refusal(row, least_share) for _, row in frame.iterrows()]
    left = frame[[reason == "" for reason in reasons]].sort_values(["bic", "n_classes"], kind="stable")
    best = left.iloc[0] if len(left) else None
    rows = []
    for (_, row), reason in zip(frame.iterrows(), reasons, strict=True):
        is_chosen = best is not None and row["n_classes"] == best["n_classes"]
        if is_chosen:
            reason = CHOSEN
        elif not reason and best is not None:
            reason = f"BIC is {row['bic'] - best['bic']:.1f} above that of {best['n_classes']} classes"
        rows.append((int(row["n_classes"]), is_chosen, reason))
    return pd.DataFrame(rows, columns=["n_classes", "is_chosen", "reason"])


def _refusal(row: pd.Series, least_share: float) -> str:
    """Return why a number may not be chosen whatever its BIC, or nothing."""
    if not np.isfinite(row["bic"]):
        return "BIC is not a number"
    if not row["is_solution"]:
        return "no solution: the best value was reached by one start only, or did not converge"
    if not row["is_identified"]:
        return "not identified: other parameters give the same probabilities of the answers"
    if row["smallest"] < least_share:
        return f"the smallest class holds {100 * row['smallest']:.1f} %, less than {100 * least_share:g} %"
    return ""
