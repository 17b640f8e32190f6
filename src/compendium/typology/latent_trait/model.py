"""One or two continuous traits behind categorical answers: what a population looks like when it has no groups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import optimize, stats

from compendium.errors import AnswersError

from ..coding import MISSING, Floats
from ..latent_class.answers import Answers, Weights, read_answers
from ..latent_class.residuals import bivariate_residuals
from . import shape
from .curves import Curve, Graded, Nominal

NODES = {1: 41, 2: 21}
"""Nodes a dimension; see the notes of :func:`fit_latent_trait` on how little more of them change."""
_REACH = {1: 6.0, 2: 5.0}  # the nodes run from minus to plus so many standard deviations
STEEPEST = 8.0
"""A slope is held within plus and minus this: a steeper one is a border between groups, and no sum over nodes follows it."""
_LEAST_WEIGHT = 1e-9  # nodes of less weight are left out
_MOST_STEPS = 1000
_GRADIENT = 1e-6  # the largest derivative, a respondent, at which a maximum is taken as reached


@dataclass(frozen=True, eq=False)
class LatentTrait:
    """A fitted latent trait model.

    Attributes
    ----------
    n_dimensions : int
        Dimensions of the trait, each with mean 0 and standard deviation 1, independent of one another.
    log_likelihood : float
        Maximum of the marginal likelihood.
    n_parameters : int
        Free parameters: two normal dimensions may be turned, which takes one away.
    n_effective : float
        Sum of the weights of those who answered anything.
    is_converged : bool
        Whether the derivatives had vanished where the search stopped.
    slopes : pandas.DataFrame
        ``variable category dimension slope``: change of the log-odds of an answer, against the first one (unordered) or
        against all lower ones (ordered, once a step), for one standard deviation of the trait.
    """

    n_dimensions: int
    log_likelihood: float
    n_parameters: int
    n_effective: float
    is_converged: bool
    slopes: pd.DataFrame
    _answers: Answers
    _nodes: Floats
    _table: Floats
    _index: pd.Index

    @property
    def bic(self) -> float:
        """Bayesian criterion with the sum of weights as number of persons; smaller is better."""
        return -2 * self.log_likelihood + self.n_parameters * float(np.log(self.n_effective))

    @cached_property
    def residuals(self) -> pd.DataFrame:
        """Bivariate residuals, as those of latent classes."""
        return bivariate_residuals(self._answers, self._table)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Expected trait of each respondent given the answers, one column a dimension."""
        member, _ = _posteriors(_indicator(self._answers), self._table)
        columns = [f"trait_{axis + 1}" for axis in range(self.n_dimensions)]
        return pd.DataFrame((member @ self._nodes)[self._answers.place], index=self._index, columns=columns)


def fit_latent_trait(
    data: pd.DataFrame, n_dimensions: int = 1, weights: Weights = None, *, is_normal: bool = True
) -> LatentTrait:
    """Fit a latent trait model by marginal maximum likelihood.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a respondent. A column of whole numbers or an ordered pandas categorical with more than two answers is
        ordered (graded responses); any other is not (nominal responses). Missing answers contribute nothing.
    n_dimensions : int
        One or two.
    weights : sequence of float, optional
        Persons that each respondent stands for, one each by default.
    is_normal : bool
        Take the trait for normal; else its skewness and the weight of its tails are estimated too.

    Returns
    -------
    LatentTrait

    Raises
    ------
    AnswersError
        Another number of dimensions, no answers, an item with one answer only, quantities, bad weights.

    Notes
    -----
    The likelihood of a row is the mean over a normal trait t (or a sinh-arcsinh of it, see :mod:`.shape`) of prod_j P_j(answer | t), with P(answer c or higher | t) =
    logistic(b_c + a't) for ordered and P(c | t) proportional to exp(b_c + a_c't) for unordered answers. The mean is a sum
    over evenly spaced nodes, 41 in one dimension and 21 x 21 in two. The maximum is found by a quasi-Newton search whose
    derivatives are those of the expected complete likelihood (Fisher's identity), from the axes of a correspondence analysis
    (the answers' own inertia), so nothing is drawn at random. Later answers go with more of the trait, over all items.

    References
    ----------
    Samejima 1969, *Psychometrika Monograph* 17; Bock 1972, *Psychometrika* 37(1); Bock and Aitkin 1981, *Psychometrika* 46(4).
    """
    if n_dimensions not in NODES:
        raise AnswersError(f"n_dimensions: {n_dimensions!r} is not legal; legal are 1 and 2")
    answers = read_answers(data, weights)
    curves = [
        _curve(column, len(texts) - 1, n_dimensions)
        for (_, column), texts in zip(data.items(), answers.book.categories, strict=True)
    ]
    nodes, mass = _nodes(n_dimensions)
    search = _Search(answers, curves, nodes, mass, is_normal)
    found = optimize.minimize(
        search.value, search.start(), jac=True, method="L-BFGS-B",
        bounds=search.bounds(), options={"maxiter": _MOST_STEPS, "maxfun": 2 * _MOST_STEPS, "ftol": 1e-13, "gtol": _GRADIENT, "maxcor": 30},
    )  # fmt: skip
    others = -(n_dimensions * (n_dimensions - 1) // 2) if is_normal else n_dimensions * shape.N_PARAMETERS
    return LatentTrait(
        n_dimensions=n_dimensions,
        log_likelihood=-float(found.fun) * answers.total,
        n_parameters=sum(curve.n_parameters for curve in curves) + others,
        n_effective=answers.total,
        is_converged=bool(found.success),
        slopes=search.slopes(found.x),
        _answers=answers,
        _nodes=search.places(found.x),
        _table=search.table(found.x),
        _index=data.index,
    )


def _curve(column: pd.Series, size: int, dimensions: int) -> Curve:
    is_ordered = isinstance(column.dtype, pd.CategoricalDtype) and bool(column.cat.ordered)
    is_number = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    return (Graded if size > 2 and (is_ordered or is_number) else Nominal)(size, dimensions)


def _nodes(dimensions: int) -> tuple[Floats, Floats]:
    """Return evenly spaced points of the trait (nodes x dimensions) and the share of people at each."""
    line = np.linspace(-_REACH[dimensions], _REACH[dimensions], NODES[dimensions])
    grid = np.stack(np.meshgrid(*[line] * dimensions), axis=-1).reshape(-1, dimensions)
    mass = stats.norm.pdf(grid).prod(axis=1)
    kept = mass > _LEAST_WEIGHT * mass.max()
    return grid[kept], mass[kept] / mass[kept].sum()


def _indicator(answers: Answers) -> Floats:
    held = np.zeros((len(answers.patterns), len(answers.missing)))
    np.put_along_axis(held, answers.patterns, 1.0, axis=1)
    return held


def _posteriors(held: Floats, table: Floats) -> tuple[Floats, Floats]:
    """Return the probability of each node given each pattern, and the log-likelihood of each pattern."""
    joint = held @ np.log(table[1:]) + np.log(table[0])
    top = joint.max(axis=1, keepdims=True)
    np.exp(joint - top, out=joint)
    total = joint.sum(axis=1, keepdims=True)
    return joint / total, (np.log(total) + top)[:, 0]


class _Search:
    """The marginal likelihood and its derivatives as functions of all parameters in one row."""

    def __init__(self, answers: Answers, curves: Sequence[Curve], nodes: Floats, mass: Floats, is_normal: bool) -> None:
        self._answers, self._curves, self._nodes, self._mass = answers, curves, nodes, mass
        self._held = _indicator(answers)
        sizes = [curve.n_parameters for curve in curves]
        self._ends = np.cumsum(sizes)  # what stands behind the last item is the shape of the trait
        self._n_shape = 0 if is_normal else nodes.shape[1] * shape.N_PARAMETERS
        self._spans = [
            slice(int(start), int(start) + size - 1)  # without the missing answer, which stands last
            for start, size in zip(answers.book.starts, answers.book.sizes, strict=True)
        ]

    def start(self) -> Floats:
        """Give first values from the axes of a correspondence analysis of the patterns."""
        places = self._category_places()
        return np.concatenate(
            [
                curve.start(self._answers.shares[span], places[span])
                for curve, span in zip(self._curves, self._spans, strict=True)
            ]
            + [np.full(self._n_shape, 0.1)]
        )

    def bounds(self) -> optimize.Bounds:
        """Hold the slopes, and nothing else."""
        widest = np.concatenate(
            [curve.widest(STEEPEST) for curve in self._curves] + [np.resize(shape.WIDEST, self._n_shape)]
        )
        return optimize.Bounds(-widest, widest)

    def _category_places(self) -> Floats:
        """Return the mean standardised place of each category's holders on the leading axes; later answers lie higher."""
        answers, asked = self._answers, ~self._answers.missing
        mass = answers.weights @ self._held
        left = self._held * np.sqrt(answers.weights)[:, None] / np.sqrt(np.maximum(mass, 1e-12))
        left[:, ~asked] = 0
        left -= np.outer(np.sqrt(answers.weights / answers.total), np.sqrt(np.where(asked, mass, 0.0) / answers.total))
        _, vectors = np.linalg.eigh(left.T @ left)
        axes = vectors[:, ::-1][:, : self._nodes.shape[1]]
        places: Floats = axes / np.sqrt(np.maximum(mass / answers.total, 1e-4))[:, None]
        rise = np.zeros(len(mass))
        for span in self._spans:
            steps = np.arange(span.stop - span.start)
            rise[span] = (steps - answers.shares[span] @ steps) * answers.shares[span]
        return places * np.where(rise @ places < 0, -1.0, 1.0)

    def places(self, values: Floats) -> Floats:
        """Return where on the trait the nodes lie."""
        own = values[self._ends[-1] :]
        return shape.places(own, self._nodes, self._mass) if len(own) else self._nodes

    def table(self, values: Floats) -> Floats:
        """Return the share of people at each node and the probability of each category there."""
        table, nodes = np.ones((1 + len(self._answers.missing), len(self._nodes))), self.places(values)
        table[0] = self._mass
        for curve, own, span in self._items(values):
            table[1:][span] = curve.probabilities(own, nodes)
        return table

    def value(self, values: Floats) -> tuple[float, Floats]:
        """Return minus the log-likelihood a respondent, and its derivatives."""
        answers = self._answers
        member, logs = _posteriors(self._held, self.table(values))
        expected, nodes = self._held.T @ (member * answers.weights[:, None]), self.places(values)
        slopes = [curve.gradient(own, nodes, expected[span]) for curve, own, span in self._items(values)]
        if self._n_shape:
            pull = sum(curve.pull(own, nodes, expected[span]) for curve, own, span in self._items(values))
            moved = shape.derivatives(values[self._ends[-1] :], self._nodes, self._mass)
            slopes.append((moved * pull).sum(axis=(1, 2)))
        slope = np.concatenate(slopes)
        return -float(answers.weights @ logs) / answers.total, -slope / answers.total

    def _items(self, values: Floats) -> Iterator[tuple[Curve, Floats, slice]]:
        """Walk through the items: how their answers move, the parameters, and where the categories stand."""
        own = np.split(values, self._ends)[: len(self._curves)]
        return zip(self._curves, own, self._spans, strict=True)

    def slopes(self, values: Floats) -> pd.DataFrame:
        """Return the slope of each category on each dimension."""
        rows = []
        book = self._answers.book
        for (curve, own, _), variable, texts in zip(self._items(values), book.variables, book.categories, strict=True):
            table = curve.slopes(own)
            rows += [
                (variable, text, axis + 1, table[place, axis])
                for place, text in enumerate(texts)
                if text != MISSING
                for axis in range(table.shape[1])
            ]
        return pd.DataFrame(rows, columns=["variable", "category", "dimension", "slope"])
