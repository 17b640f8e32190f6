"""Outcomes and covariates of latent classes, corrected for the error of assigning persons to classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from compendium.errors import AnswersError

from ..coding import Floats
from .answers import Weights
from .assigned import Assignment, covariance, read_assigned
from .model import LatentClasses
from .reported import contrasts_of, ends, estimates_of, test_of, wald
from .third_step import covariate_records, fit_covariates, fit_outcome

Method = Literal["bch", "ml", "uncorrected"]
_METHODS = ("bch", "ml", "uncorrected")


@dataclass(frozen=True, eq=False)
class ClassOutcomes:
    """An outcome by class.

    Attributes
    ----------
    estimates : pandas.DataFrame
        ``class category estimate se ci_low ci_high n n_negative note``: mean of a quantity (category ``""``) or share of
        a category, 0 to 1; ``n`` persons whose likeliest class it is and whose outcome is known; ``n_negative`` persons
        whose corrected weight for the class is below nought (BCH only); ``note`` says when a share lies outside 0 and 1.
    contrasts : pandas.DataFrame
        ``class other category difference se ci_low ci_high z p``: the class less the other.
    test : pandas.DataFrame
        One row ``statistic df p n n_missing``: Wald test that all classes are equal; ``n_missing`` persons with weight who
        are left out.
    error : pandas.DataFrame
        Probability to be assigned to each class (columns) when one is of a class (rows).
    """

    estimates: pd.DataFrame
    contrasts: pd.DataFrame
    test: pd.DataFrame
    error: pd.DataFrame


@dataclass(frozen=True, eq=False)
class ClassCovariates:
    """A multinomial logit of class on covariates.

    Attributes
    ----------
    coefficients : pandas.DataFrame
        ``class term estimate se ci_low ci_high z p odds_ratio``: log odds of the class against the reference.
    tests : pandas.DataFrame
        One row a term: ``term statistic df p``, Wald test that it has no part in any class.
    n, n_missing : int
        Persons with weight whose covariates are known, and the others.
    reference : str
        Class that the others are held against.
    """

    coefficients: pd.DataFrame
    tests: pd.DataFrame
    n: int
    n_missing: int
    reference: str


def outcomes_by_class(
    classes: LatentClasses | pd.DataFrame,
    outcome: pd.Series,
    weights: Weights = None,
    clusters: Sequence[Any] | pd.Series | None = None,
    method: Method = "bch",
    assignment: Assignment = "modal",
) -> ClassOutcomes:
    """Estimate the mean of a quantity, or the share of each category, by latent class.

    Parameters
    ----------
    classes : LatentClasses or pandas.DataFrame
        A fit, or posteriors (one row a person, one column a class). With a fit the standard errors hold the uncertainty
        of the classes too; with posteriors these are taken as known.
    outcome : pandas.Series
        On the index of the data of the fit. Numbers are a quantity; text, booleans and pandas categoricals categories.
        A missing outcome is left out, its person still tells how often assignment errs; a person who
        answered no item of the fit is left out altogether.
    weights : sequence of float, optional
        Those of the fit; one each by default.
    clusters : sequence, optional
        Groups sampled together; every person its own by default.
    method : {"bch", "ml", "uncorrected"}
        See Notes.
    assignment : {"modal", "proportional"}
        Whether a person belongs to the likeliest class, or to each class by its posterior.

    Returns
    -------
    ClassOutcomes
        Estimates, contrasts, test and error matrix.

    Raises
    ------
    AnswersError
        The outcome is not on the index of the classes or nobody's is known, classes that cannot be told apart or are not
        identified, weights other than the fit's, or a method or assignment that is not known.

    Notes
    -----
    With posteriors p, assignments a and weights w, the error matrix is D[c, t] = sum w p_c a_t / sum w p_c. Means by
    assigned class are mixtures of those by class and lie nearer together. BCH gives each person the weights a D^-1,
    some of them negative, and takes weighted means: no distribution is supposed, but a share may fall outside 0 and 1.
    ML maximises sum w sum_t a_t log sum_c pi_c f(y | c) D[c, t] with f normal (a mean and a variance each class) for
    quantities, free for categories; a share stays within 0 and 1, but a quantity that is not normal within classes
    can mislead it. Where no BCH share is outside, ML and BCH shares are the same. Standard errors: see
    ``assigned.covariance``; intervals are normal, those of shares of Wilson's shape.

    References
    ----------
    Bolck, Croon and Hagenaars 2004, *Political Analysis* 12; Vermunt 2010, *Political Analysis* 18; Bakk, Tekle and Vermunt
    2013, *Sociological Methodology* 43; Bakk, Oberski and Vermunt 2014, *Political Analysis* 22.
    """
    if method not in _METHODS:
        raise AnswersError(f"method is {method!r}; legal are {', '.join(_METHODS)}")
    assigned = read_assigned(classes, weights, clusters, assignment)
    if not outcome.index.equals(assigned.index):
        raise AnswersError("the outcome is not on the index of the classes")
    rows = outcome.notna().to_numpy() & (assigned.weights > 0)
    if not rows.any():
        raise AnswersError(f"nobody's outcome {outcome.name!r} is known")
    corrected = method != "uncorrected"
    error = assigned.error if corrected else np.eye(len(assigned.names))
    known = outcome[rows]
    held = assigned.shares[rows] * assigned.weights[rows][:, None]
    categories = [] if _is_quantity(outcome) else sorted(known.astype(str).unique())
    values = _values(known, categories)
    if ((held @ np.linalg.inv(error)).sum(axis=0) <= 0).any():
        raise AnswersError(f"the outcome {outcome.name!r} is known of too few persons to be told by class")
    estimated = fit_outcome(values, held, error, bool(categories), method == "ml")
    spread = covariance(assigned, estimated.records, estimated.parameters, rows, corrected)
    spread = estimated.jacobian @ spread @ estimated.jacobian.T
    names = categories or [""]
    return ClassOutcomes(
        estimates=estimates_of(assigned, estimated, spread, names, rows, error, method),
        contrasts=contrasts_of(assigned.names, estimated.values, spread, names),
        test=test_of(estimated.values, spread, len(names), rows, assigned),
        error=pd.DataFrame(assigned.error, index=assigned.names, columns=assigned.names),
    )


def classes_by_covariates(
    classes: LatentClasses | pd.DataFrame,
    covariates: pd.DataFrame,
    weights: Weights = None,
    clusters: Sequence[Any] | pd.Series | None = None,
    reference: str | None = None,
    assignment: Assignment = "modal",
) -> ClassCovariates:
    """Estimate a multinomial logit of latent class on covariates, corrected by maximum likelihood.

    Parameters
    ----------
    classes, weights, clusters, assignment
        As for :func:`outcomes_by_class`.
    covariates : pandas.DataFrame
        On the index of the data of the fit; numbers as they are, others as one term for each code but the first.
        Persons with a missing covariate are left out.
    reference : str, optional
        Class that the others are held against; the first by default.

    Returns
    -------
    ClassCovariates
        Coefficients, a test of each term, and how many persons count.

    Raises
    ------
    AnswersError
        As :func:`outcomes_by_class`; one class only, terms that are not independent of one another, or a covariate that
        tells classes apart without error, so that no finite estimate exists.

    Notes
    -----
    Maximises sum w sum_t a_t log sum_c P(c | z) D[c, t], P being the multinomial logit, by Newton's method.

    References
    ----------
    Vermunt 2010, Latent class modeling with covariates: two improved three-step approaches, *Political Analysis* 18.
    """
    assigned = read_assigned(classes, weights, clusters, assignment)
    if len(assigned.names) < 2:
        raise AnswersError("one class has nothing to be told by covariates; fit two or more")
    reference = assigned.names[0] if reference is None else reference
    if reference not in assigned.names:
        raise AnswersError(f"reference is {reference!r}; legal are {', '.join(assigned.names)}")
    if not covariates.index.equals(assigned.index):
        raise AnswersError("the covariates are not on the index of the classes")
    rows = covariates.notna().all(axis=1).to_numpy() & (assigned.weights > 0)
    coded = pd.get_dummies(covariates[rows], drop_first=True, dtype=float)
    terms = ["(intercept)", *map(str, coded.columns)]
    design = np.column_stack([np.ones(len(coded)), coded.to_numpy(dtype=float)])
    if np.linalg.matrix_rank(design) < len(terms):
        raise AnswersError(f"the terms {', '.join(terms)} are not independent of one another; drop one")
    order = [assigned.names.index(reference), *[k for k, name in enumerate(assigned.names) if name != reference]]
    held = assigned.shares[rows] * assigned.weights[rows][:, None]
    found = fit_covariates(design, held, assigned.error, order)
    if found is None:
        raise AnswersError(
            f"the covariates {', '.join(terms[1:])} leave no finite estimate: they tell classes apart"
            " without error, or the classes are too unsure; drop or merge a code"
        )
    spread = covariance(assigned, covariate_records(design, order), found.ravel(), rows, True)
    names = [assigned.names[k] for k in order[1:]]
    frame = pd.DataFrame(
        {
            "class": np.repeat(names, len(terms)),
            "term": terms * len(names),
            "estimate": found.ravel(),
            "se": np.sqrt(np.diag(spread)),
        }
    )
    frame["ci_low"], frame["ci_high"] = ends(frame["estimate"], frame["se"])
    frame["z"] = frame["estimate"] / frame["se"]
    frame["p"] = 2 * stats.norm.sf(frame["z"].abs())
    frame["odds_ratio"] = np.exp(frame["estimate"])
    tests = [
        (term, *wald(found.ravel()[k :: len(terms)], spread[k :: len(terms), k :: len(terms)]))
        for k, term in enumerate(terms)
        if k
    ]
    return ClassCovariates(
        coefficients=frame,
        tests=pd.DataFrame(tests, columns=["term", "statistic", "df", "p"]),
        n=int(rows.sum()),
        n_missing=assigned.persons - int(rows.sum()),
        reference=reference,
    )


def _is_quantity(outcome: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(outcome.dtype) and not pd.api.types.is_bool_dtype(outcome.dtype)


def _values(known: pd.Series, categories: list[str]) -> Floats:
    """Return one column a category, or the quantity itself."""
    if categories:
        return np.column_stack([(known.astype(str) == one).to_numpy(dtype=float) for one in categories])
    values = known.to_numpy(dtype=float)[:, None]
    if not np.isfinite(values).all():
        raise AnswersError(f"the outcome {known.name!r} holds an infinite number")
    return values
