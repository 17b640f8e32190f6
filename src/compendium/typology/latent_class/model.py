"""The latent class model: fit from many starts, criteria, posteriors, projection, drawing."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from compendium.errors import AnswersError
from compendium.typology.coding import Floats, Whole

from .answers import Answers, Weights, read_answers, read_codes
from .identification import jacobian_rank
from .residuals import bivariate_residuals
from .starts import search

_LEAST_LOG = -690.0  # log of a probability of nought: an answer nobody of the class gave


@dataclass(frozen=True, eq=False, repr=False)
class LatentClasses:
    """A fitted latent class model; its classes C1, C2, ... stand in descending share.

    Attributes
    ----------
    n_classes : int
        Number of classes.
    log_likelihood : float
        Log-likelihood reached by the best start.
    shares : pandas.Series
        Share of each class, 0 to 1.
    starts : numpy.ndarray
        Log-likelihood that each start reached.
    n_at_best : int
        How many starts reached the best value.
    is_converged : bool
        Whether the best start stopped because nothing more was to be gained.
    n : int
        Persons with weight who answered anything.
    n_effective : float
        Sum of their weights; the number of persons of all criteria.
    n_parameters : int
        Free parameters, with those at a boundary.
    answers : Answers
        Distinct patterns of the answers.
    theta : numpy.ndarray
        Shares of the classes (first row) and probability of each category (rows) in each class (columns).
    """

    n_classes: int
    log_likelihood: float
    shares: pd.Series
    starts: Floats
    n_at_best: int
    is_converged: bool
    n: int
    n_effective: float
    n_parameters: int
    answers: Answers
    theta: Floats
    _index: pd.Index

    def __repr__(self) -> str:
        """Say in a few lines what was found and what cannot be trusted."""
        shares = ", ".join(f"{name} {100 * share:.1f} %" for name, share in self.shares.items())
        doubts = [
            *([] if self.is_converged else ["not converged"]),
            *([] if self.is_solution or not self.is_converged else ["a lone optimum: no solution, raise n_starts"]),
            *([] if self.is_identified else [f"not identified: rank {self._rank[0]} of {self._rank[1]} parameters"]),
        ]
        return (
            f"{self.n_classes} latent classes of {self.n} persons: {shares}\n"
            f"log-likelihood {self.log_likelihood:.6f}, BIC {self.bic:.2f}, "
            f"reached by {self.n_at_best} of {len(self.starts)} starts\n" + "; ".join(doubts or ["identified"])
        )

    @property
    def is_solution(self) -> bool:
        """Whether two starts or more reached the best value and it converged; one class has one solution always."""
        return self.n_classes == 1 or (self.is_converged and self.n_at_best >= 2)

    @property
    def aic(self) -> float:
        """Akaike's criterion; smaller is better."""
        return -2 * self.log_likelihood + 2 * self.n_parameters

    @property
    def bic(self) -> float:
        """Bayesian criterion with the sum of weights as number of persons; smaller is better."""
        return -2 * self.log_likelihood + self.n_parameters * float(np.log(self.n_effective))

    @property
    def abic(self) -> float:
        """Bayesian criterion with (n + 2) / 24 in the place of n; smaller is better."""
        return -2 * self.log_likelihood + self.n_parameters * float(np.log((self.n_effective + 2) / 24))

    @property
    def icl(self) -> float:
        """Bayesian criterion plus twice the entropy of the memberships; smaller is better."""
        return self.bic + 2 * self._disorder

    @property
    def entropy(self) -> float:
        """Relative entropy: 1 when every membership is certain, 0 when none is; not a number for one class."""
        if self.n_classes == 1:
            return float("nan")
        return 1 - self._disorder / (self.n_effective * float(np.log(self.n_classes)))

    @property
    def smallest(self) -> float:
        """Share of the smallest class, 0 to 1."""
        return float(self.shares.iloc[-1])

    @property
    def is_identified(self) -> bool:
        """Whether no direction leaves the probabilities of the answers as they are, at this solution."""
        return self._rank[0] == self._rank[1]

    @property
    def jacobian_rank(self) -> int:
        """Rank of the Jacobian of the probabilities of the answers with respect to the parameters inside their range."""
        return self._rank[0]

    @cached_property
    def posteriors(self) -> pd.DataFrame:
        """Probability of each class for each respondent, index of the data, columns ``C1`` to ``Ck``."""
        return pd.DataFrame(self._memberships[self.answers.place], index=self._index, columns=self.shares.index)

    @cached_property
    def labels(self) -> pd.Series:
        """Likeliest class of each respondent, index of the data."""
        return self._labels(self.posteriors)

    @cached_property
    def probabilities(self) -> pd.DataFrame:
        """Probability of each answer in each class: ``class variable category probability``."""
        shown = np.flatnonzero(~self.answers.missing)
        pairs = [self.answers.book.pairs[place] for place in shown]
        return pd.DataFrame(
            {
                "class": np.repeat(self.shares.index.to_numpy(), len(shown)),
                "variable": [variable for variable, _ in pairs] * self.n_classes,
                "category": [category for _, category in pairs] * self.n_classes,
                "probability": self.theta[1:][shown].T.ravel(),
            }
        )

    @cached_property
    def residuals(self) -> pd.DataFrame:
        """What the classes leave between two items: ``variable other chi2 df per_df``, see ``bivariate_residuals``."""
        return bivariate_residuals(self.answers, self.theta)

    def project(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return the probability of each class for respondents who did not take part in the fit.

        Raises
        ------
        AnswersError
            A variable is absent or an answer was not seen in the fit.
        """
        codes = read_codes(self.answers.book, data)
        return pd.DataFrame(self._belonging(codes), index=data.index, columns=self.shares.index)

    def draw(self, n: int, seed: int = 0) -> pd.DataFrame:
        """Draw the complete answers of persons from the model, one column an item, as categoricals."""
        for name, value in [("n", n), ("seed", seed)]:
            _refuse_number(name, value, 0)
        rng = np.random.default_rng(seed)
        book = self.answers.book
        member = rng.choice(self.n_classes, size=n, p=self.theta[0] / self.theta[0].sum())
        drawn = {}
        for variable, start, categories in zip(book.variables, book.starts, book.categories, strict=True):
            legal = list(categories[:-1])
            limits = np.cumsum(self.theta[1 + start : 1 + start + len(legal)], axis=0)[:, member]
            place = (rng.random(n) * limits[-1] >= limits[:-1]).sum(axis=0)
            drawn[variable] = pd.Categorical.from_codes(place, categories=legal)
        return pd.DataFrame(drawn)

    @cached_property
    def _memberships(self) -> Floats:
        """Probability of each class for each pattern of the answers."""
        return self._belonging(self.answers.patterns)

    def _belonging(self, codes: Whole) -> Floats:
        with np.errstate(divide="ignore"):
            logs = np.maximum(np.log(self.theta), _LEAST_LOG)
        joint = np.tile(logs[0], (len(codes), 1))
        for column in codes.T:
            joint += logs[1:].take(column, axis=0)
        joint = np.exp(joint - joint.max(axis=1, keepdims=True))
        return np.asarray(joint / joint.sum(axis=1, keepdims=True))

    @cached_property
    def _disorder(self) -> float:
        """Sum over the persons of - sum p log p."""
        sure = np.maximum(self._memberships, np.finfo(float).tiny)
        return float(-(self.answers.weights @ (sure * np.log(sure)).sum(axis=1)))

    @cached_property
    def _rank(self) -> tuple[int, int]:
        return jacobian_rank(self.answers, self.theta)

    def _labels(self, posteriors: pd.DataFrame) -> pd.Series:
        return pd.Series(posteriors.columns.to_numpy()[posteriors.to_numpy().argmax(axis=1)], index=posteriors.index)


def fit_latent_classes(
    data: pd.DataFrame, n_classes: int, n_starts: int = 20, seed: int = 0, weights: Weights = None
) -> LatentClasses:
    """Fit a latent class model to categorical answers.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a respondent, one column an item: text, booleans, pandas categoricals or whole numbers. A missing answer
        says nothing about the class (full information); it is not a category.
    n_classes : int
        Number of classes, one or more.
    n_starts : int
        Number of random starts, each the best of three short runs.
    seed : int
        Seed of the starts; the same seed gives the same result.
    weights : sequence of float, optional
        Number of persons that each respondent stands for, at least zero; one each by default. They are taken as they are:
        survey weights should have a mean of one, or the criteria count persons who were never asked. In the order of the
        rows, whatever index they carry.

    Returns
    -------
    LatentClasses
        Shares, probabilities, posteriors, criteria, and how far the solution can be trusted.

    Raises
    ------
    AnswersError
        No answers, an item with fewer than two answers, a quantity, bad weights, a number of classes or starts that is
        no whole number of one or more, more classes than distinct patterns of answers.

    Notes
    -----
    Within a class the items are independent: P(y) = sum over classes of share x product over the items answered of the
    probability of the answer. The likelihood is raised from every start by expectation and maximisation (``starts.search``
    says when a start has arrived and when two have arrived at the same value); probabilities may reach nought, and no prior
    holds them off. Who answered nothing is not counted, and gets the shares of the classes as posterior.

    Criteria count the sum of weights as persons: AIC = -2 log L + 2 p, BIC = -2 log L + p log n, aBIC with (n + 2) / 24 in
    the place of n, ICL = BIC + 2 E where E = - sum over persons and classes of posterior x log posterior; the relative
    entropy is 1 - E / (n log k). The number of parameters p is k - 1 + k x sum of (categories - 1), those at nought with
    the others.

    A value that one start alone reached is no solution (``is_solution``): another start might have gone higher. A solution
    that is not identified (``is_identified``) has a likelihood, but its shares and probabilities are some among many.

    References
    ----------
    Goodman 1974, *Biometrika* 61; Linzer and Lewis 2011, poLCA, *Journal of Statistical Software* 42(10); Biernacki, Celeux
    and Govaert 2000 (ICL), *IEEE Transactions on Pattern Analysis and Machine Intelligence* 22; Sclove 1987 (aBIC),
    *Psychometrika* 52.
    """
    for name, value, least in [("n_classes", n_classes, 1), ("n_starts", n_starts, 1), ("seed", seed, 0)]:
        _refuse_number(name, value, least)
    answers = read_answers(data, weights)
    distinct = int((answers.weights > 0).sum())
    if n_classes > distinct:
        raise AnswersError(f"n_classes: {n_classes} is not legal; the answers have {distinct} distinct patterns only")
    found = search(answers, n_classes, n_starts, seed)
    theta = _ordered(found.theta)
    sizes = np.array(answers.book.sizes) - 1
    return LatentClasses(
        n_classes=n_classes,
        log_likelihood=found.log_likelihood,
        shares=pd.Series(theta[0], index=[f"C{place + 1}" for place in range(n_classes)], name="share"),
        starts=found.starts,
        n_at_best=found.n_at_best,
        is_converged=found.is_converged,
        n=answers.persons,
        n_effective=answers.total,
        n_parameters=int(n_classes - 1 + n_classes * (sizes - 1).sum()),
        answers=answers,
        theta=theta,
        _index=data.index,
    )


def _ordered(theta: Floats) -> Floats:
    """Put the classes in descending share; classes of one size in descending probability of the first categories."""
    keys = [-np.round(row, 9) for row in theta]
    return theta[:, np.lexsort(keys[::-1])]


def _refuse_number(name: str, value: int, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise AnswersError(f"{name}: {value!r} is not legal; legal is a whole number of {least} or more")
