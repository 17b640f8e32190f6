"""Alignment: latent means of many groups whose items are nearly, not exactly, alike, and the items that are not.

With five groups or more some intercept almost always differs, and the step of the levels fails for the sake of a few of
them. Alignment looks for the means and variances of the groups under which as many items as possible have one loading and
one intercept, and says which have not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg, optimize, stats

from ..errors import CompendiumError
from ..factor_models import maximum_likelihood
from ..intervals import LEVEL

Array = NDArray[np.float64]

LEAST_GROUPS = 3
EPSILON = 1e-3
"""Rounds the loss at its minimum, in squared standard deviations of an item."""
CRITICAL = 0.001
"""Two-sided level at which a parameter of a group counts as different from that of the others."""
_SOFTENED = (1.0, 0.1, 0.01, EPSILON)
_STARTS = 8


@dataclass(frozen=True)
class Alignment:
    """Aligned groups: what may be said of their means, and which items stand in the way.

    Attributes
    ----------
    groups : pandas.DataFrame
        By ``group``: ``n``, latent ``mean`` (0 on average over the groups) with ``se ci_low ci_high``, and latent ``sd``
        (1 on average, geometrically); the means are in these standard deviations.
    parameters : pandas.DataFrame
        By ``item`` and ``group``: aligned ``loading`` and ``intercept`` (in standard deviations of the item), and
        ``loading_differs``, ``intercept_differs``: not that of the groups that agree.
    share_differing : float
        Share of loadings and intercepts that differ, from 0 to 1. Above a quarter the aligned means deserve no trust.
    is_converged : bool
        Whether the configural model and the alignment came to rest, without a negative variance.
    """

    groups: pd.DataFrame
    parameters: pd.DataFrame
    share_differing: float
    is_converged: bool


def align(frame: pd.DataFrame, items: Sequence[str], group: str) -> Alignment:
    """Align the groups of a scale and estimate their latent means.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person, the items as numbers; persons without all items, or without a group, are left out.
    items : sequence of str
        Three items or more of one factor.
    group : str
        Column of `frame` that holds the group, three groups or more.

    Returns
    -------
    Alignment
        Latent means with intervals, aligned parameters, and which of them differ.

    Raises
    ------
    CompendiumError
        Too few items, groups or persons, or an item that does not vary in a group.

    Notes
    -----
    From the configural model (factor mean 0, variance 1 in every group) with loadings ``l`` and intercepts ``v`` the
    groups' means ``a`` and standard deviations ``s`` minimise, over items and pairs of groups, ``sqrt(n_g n_h)
    (f(l_g/s_g - l_h/s_h) + f(v_g - a_g l_g/s_g - v_h + a_h l_h/s_h))`` with ``f(x) = (x^2 + e)^(1/4)``: few large
    differences cost less than many small ones. The means sum to 0 and the standard deviations multiply to 1, so that no
    group is the reference. The rounding ``e`` falls from 1 to 0.001 step by step, from several starts. The fit is that of
    the configural model whatever the alignment. Standard errors follow by the delta method from those of the configural
    model. A parameter differs where it lies beyond chance (p < .001) from the mean of the largest set of groups that agree.

    References
    ----------
    Asparouhov, Muthen (2014), Struct. Equ. Modeling 21:495-508; Muthen, Asparouhov (2014), Front. Psychol. 5:978.
    """
    complete = frame[[*items, group]].dropna()
    names = sorted(complete[group].unique())
    if len(items) < 3 or len(names) < LEAST_GROUPS:
        raise CompendiumError(
            f"alignment of {len(items)} items in {len(names)} groups: legal are 3 items and {LEAST_GROUPS} groups or more"
        )
    scaled = complete[list(items)] / complete.groupby(group)[list(items)].std(ddof=0).mean()
    moments = [maximum_likelihood.moments(scaled[complete[group] == name].to_numpy(dtype=float)) for name in names]
    for name, own in zip(names, moments, strict=True):
        if (
            own.n <= 2 * len(items)
            or not np.diag(own.covariance).all()
            or maximum_likelihood.is_singular(own.covariance)
        ):
            raise CompendiumError(f"alignment: group {name!r} has too few answers, or an item that does not vary in it")
    configural = maximum_likelihood.fit(moments, np.ones((len(items), 1), dtype=bool))
    loadings, residuals = configural.loadings[:, :, 0], configural.residuals
    estimates = np.concatenate([loadings.ravel(), np.ravel([own.mean for own in moments])])
    sizes = np.array([own.n for own in moments])
    loss = _Loss(len(names), len(items), np.sqrt(np.outer(sizes, sizes)))
    place, is_settled = _minimise(loss, estimates)
    covariance = linalg.block_diag(
        *(_loading_covariance(*one) for one in zip(loadings, residuals, sizes, strict=True)),
        *((np.outer(own, own) + np.diag(rest)) / n for own, rest, n in zip(loadings, residuals, sizes, strict=True)),
    )
    told = _Told(loss, estimates, place, covariance)
    parameters = told.parameters(list(items), names)
    return Alignment(
        groups=told.groups(names, sizes),
        parameters=parameters,
        share_differing=float(parameters[["loading_differs", "intercept_differs"]].to_numpy().mean()),
        is_converged=is_settled and configural.is_converged and not configural.is_improper,
    )


class _Loss:
    """The loss of an alignment, of the estimates (loadings of all groups, then intercepts) and of the place of the groups.

    The place is where the groups stand in the space of means that sum to 0, then of logarithms of standard deviations that
    sum to 0.
    """

    def __init__(self, groups: int, items: int, weight: Array) -> None:
        self.shape, self.weight = (groups, items), weight
        self.basis = linalg.null_space(np.ones((1, groups)))

    def means(self, place: Array) -> Array:
        return np.asarray(self.basis @ place[: self.basis.shape[1]])

    def spreads(self, place: Array) -> Array:
        return np.asarray(np.exp(self.basis @ place[self.basis.shape[1] :]))

    def aligned(self, estimates: Array, place: Array) -> tuple[Array, Array]:
        """Return aligned loadings and intercepts, groups x items."""
        loadings, intercepts = estimates.reshape(2, *self.shape)
        turned = loadings / self.spreads(place)[:, None]
        return turned, intercepts - self.means(place)[:, None] * turned

    def __call__(self, place: Array, estimates: Array, epsilon: float) -> tuple[float, Array]:
        """Return the loss and its gradient along the place."""
        loadings, intercepts = self.aligned(estimates, place)
        value_l, slope_l = self._apart(loadings, epsilon)
        value_v, slope_v = self._apart(intercepts, epsilon)
        along_mean = -(slope_v * loadings).sum(axis=1)
        along_spread = -(slope_l * loadings).sum(axis=1) + self.means(place) * (slope_v * loadings).sum(axis=1)
        return value_l + value_v, np.concatenate([self.basis.T @ along_mean, self.basis.T @ along_spread])

    def _apart(self, values: Array, epsilon: float) -> tuple[float, Array]:
        distance = values[:, None, :] - values[None, :, :]
        rounded = distance**2 + epsilon
        value = (self.weight[:, :, None] * rounded**0.25).sum() / 2
        return float(value), (self.weight[:, :, None] * distance / 2 * rounded**-0.75).sum(axis=1)


def _minimise(loss: _Loss, estimates: Array) -> tuple[Array, bool]:
    """Return the place of the least loss among several starts, and whether the search came to rest there."""
    loadings, intercepts = estimates.reshape(2, *loss.shape)
    common = loadings.mean(axis=0)
    mean = (intercepts - intercepts.mean(axis=0)) @ common / (common @ common)
    spread = np.log(np.maximum(loadings @ common, 1e-3))
    first = np.concatenate([loss.basis.T @ mean, loss.basis.T @ spread])
    rng = np.random.default_rng(1)
    best = None
    for start in (first, *(first + rng.normal(scale=0.3, size=first.size) for _ in range(_STARTS))):
        place = start
        for epsilon in _SOFTENED:
            found = optimize.minimize(
                loss,
                place,
                args=(estimates, epsilon),
                jac=True,
                method="BFGS",
                options={"gtol": 1e-6 * loss.weight.sum()},
            )
            place = found.x
        if best is None or found.fun < best.fun:
            best = found
    assert best is not None
    return best.x, bool(np.abs(best.jac).max() < 1e-4 * loss.weight.sum())


def _loading_covariance(loadings: Array, residuals: Array, n: int) -> Array:
    information = maximum_likelihood.one_factor_information(loadings, residuals)
    return np.asarray(np.linalg.inv(information)[: len(loadings), : len(loadings)]) / n


class _Told:
    """What an alignment tells, with errors by the delta method."""

    def __init__(self, loss: _Loss, estimates: Array, place: Array, covariance: Array) -> None:
        self.loss, self.estimates, self.place = loss, estimates, place
        bend = _slopes(lambda one: loss(one, estimates, EPSILON)[1], place)
        cross = _slopes(lambda one: loss(place, one, EPSILON)[1], estimates)
        # How the place moves with the estimates: the gradient stays nought.
        self.moves = -np.linalg.pinv(bend) @ cross
        self.covariance = covariance

    def groups(self, names: list[str], sizes: Array) -> pd.DataFrame:
        moves = _slopes(self.loss.means, self.place) @ self.moves
        error = np.sqrt(np.diag(moves @ self.covariance @ moves.T))
        mean, reach = self.loss.means(self.place), stats.norm.ppf(0.5 + LEVEL / 2) * error
        return pd.DataFrame(
            {
                "group": names,
                "n": sizes,
                "mean": mean,
                "se": error,
                "ci_low": mean - reach,
                "ci_high": mean + reach,
                "sd": self.loss.spreads(self.place),
            }
        )

    def parameters(self, items: list[str], names: list[str]) -> pd.DataFrame:
        columns: dict[str, Array] = {}
        for at, what in enumerate(("loading", "intercept")):
            values = self.loss.aligned(self.estimates, self.place)[at]
            moves = self._movement(at)
            covariance = (moves @ self.covariance @ moves.T).reshape(*values.shape, *values.shape)
            differs = [_differ(values[:, item], covariance[:, item, :, item]) for item in range(len(items))]
            columns |= {what: values.T.ravel(), f"{what}_differs": np.concatenate(differs)}
        index = pd.MultiIndex.from_product([items, names], names=["item", "group"])
        return pd.DataFrame(columns, index=index).reset_index()

    def _movement(self, at: int) -> Array:
        """Return how aligned loadings (0) or intercepts (1) move with the estimates, by themselves and with the place."""

        def of_estimates(estimates: Array) -> Array:
            return self.loss.aligned(estimates, self.place)[at].ravel()

        def of_place(place: Array) -> Array:
            return self.loss.aligned(self.estimates, place)[at].ravel()

        direct, moved = _slopes(of_estimates, self.estimates), _slopes(of_place, self.place)
        return np.asarray(direct + moved @ self.moves)


def _differ(values: Array, covariance: Array) -> NDArray[np.bool_]:
    """Tell which values lie beyond chance from the mean of the largest set that agrees.

    The set starts with the values nearest to their median, and takes in or lets go one at a time until no member lies beyond
    chance from the mean of the others and no other value within it.
    """
    critical, everybody = stats.norm.ppf(1 - CRITICAL / 2), np.arange(len(values))
    order = np.argsort(np.abs(values - np.median(values)), kind="stable")
    inside = np.zeros(len(values), dtype=bool)
    inside[order[:2]] = True
    for _ in range(4 * len(values)):
        away = np.array([_distance(int(at), inside & (everybody != at), values, covariance) for at in everybody])
        out = np.where(inside & (away > critical))[0]
        near = np.where(~inside & (away <= critical))[0]
        if len(out) and inside.sum() > 2:
            inside[out[np.argmax(away[out])]] = False
        elif len(near):
            inside[near[np.argmin(away[near])]] = True
        else:
            break
    return ~inside


def _distance(at: int, others: NDArray[np.bool_], values: Array, covariance: Array) -> float:
    """Return how many standard errors a value lies from the mean of others."""
    contrast = np.where(others, -1.0 / others.sum(), 0.0)
    contrast[at] += 1.0
    return float(abs(contrast @ values) / np.sqrt(contrast @ covariance @ contrast))


def _slopes(function: Callable[[Array], Array], at: Array) -> Array:
    """Return the derivatives of a vector by central differences, one column a place."""
    step = 1e-5
    columns = []
    for place in range(len(at)):
        ahead = np.zeros(len(at))
        ahead[place] = step
        columns.append((function(at + ahead) - function(at - ahead)) / (2 * step))
    return np.column_stack(columns)
