"""Errors of least squares that hold where spread differs and people of one organisation resemble each other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.intp]

NOTHING = 1e-12
"""Eigenvalues up to this size count as nought."""


class Errors(NamedTuple):
    """Standard errors of linear combinations of coefficients, and their degrees of freedom."""

    error: Array
    freedom: Array


class Sandwich:
    """What the bias-reduced cluster-robust covariance (CR2) of a weighted least-squares fit needs from its design.

    Parameters
    ----------
    design : array of shape (n, k)
        Constant, predictors and covariates; columns may depend on one another.
    weights : array of shape (n,)
        Weights of zero or more.
    place : array of int, shape (n,)
        Number of the cluster of each person, from 0 without gaps; who is alone has one of its own.

    Attributes
    ----------
    bread : array of shape (k, k)
        ``(X'WX)^-1``, by pseudo-inverse.

    Notes
    -----
    Working model: persons independent with one variance, whatever the weights. With ``H = X (X'WX)^-1 X'W`` the residuals of
    cluster j are multiplied by ``A_j = [(I - H)(I - H)']_jj^(-1/2)``, which makes the estimated covariance unbiased under the
    working model. Degrees of freedom are Satterthwaite's under it: ``tr(P)^2 / tr(P P)`` with ``P_ij = p_i'p_j`` and
    ``p_j = (I - H)_j' A_j W_j X_j (X'WX)^-1 c``. With everybody alone this is HC2 with the degrees of freedom of Bell and
    McCaffrey. There is no number of clusters below which another method takes over: with few, or with one that dominates,
    the degrees of freedom fall and the interval widens.

    References
    ----------
    Bell, McCaffrey (2002), Surv. Methodol. 28:169-181; Pustejovsky, Tipton (2018), J. Bus. Econ. Stat. 36:672-683.
    """

    def __init__(self, design: Array, weights: Array, place: Places) -> None:
        self._design, self._place = design, place
        self._weighted = design * weights[:, None]
        self.bread = np.linalg.pinv(design.T @ self._weighted, hermitian=True)
        self._inside = self.bread @ (self._weighted.T @ self._weighted) @ self.bread
        self._filled = self._adjusted(weights) @ self.bread

    def _adjusted(self, weights: Array) -> Array:
        """Return ``A_j W_j X_j`` of every cluster, one row a person."""
        order = np.argsort(self._place, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(self._place[order])) + 1)
        adjusted = np.empty_like(self._weighted)
        alone = np.array([part[0] for part in parts if len(part) == 1], dtype=np.intp)
        x = self._design[alone]
        own = (x @ self.bread * x).sum(axis=1)
        left = 1 - 2 * weights[alone] * own + (x @ self._inside * x).sum(axis=1)
        scale = np.where(left > NOTHING, left, np.inf) ** -0.5
        adjusted[alone] = self._weighted[alone] * scale[:, None]
        for part in parts:
            if len(part) > 1:
                x = self._design[part]
                hat = x @ self.bread @ self._weighted[part].T
                values, vectors = np.linalg.eigh(np.eye(len(part)) - hat - hat.T + x @ self._inside @ x.T)
                root = np.where(values > NOTHING, values, np.inf) ** -0.5
                adjusted[part] = (vectors * root) @ (vectors.T @ self._weighted[part])
        return adjusted

    def errors(self, residuals: Array, combinations: Array) -> Errors:
        """Return errors and degrees of freedom of linear combinations of the coefficients.

        Parameters
        ----------
        residuals : array of shape (n,)
            What the fit leaves of the response.
        combinations : array of shape (m, k)
            One row a combination.
        """
        units = self._filled @ combinations.T
        scores = self._sum(units * residuals[:, None])
        return Errors(np.sqrt((scores**2).sum(axis=0)), np.array([self._freedom(unit) for unit in units.T]))

    def _sum(self, values: Array) -> Array:
        """Sum the rows of each cluster."""
        total = np.zeros((int(self._place.max()) + 1, values.shape[1]))
        np.add.at(total, self._place, values)
        return total

    def _freedom(self, unit: Array) -> float:
        # P = D + L K L' with L = [Z Y]: its trace and square need matrices of the size of the design only.
        k = self._design.shape[1]
        own = np.bincount(self._place, unit**2)
        z = self._sum(self._design * unit[:, None])
        y = self._sum(self._weighted * unit[:, None]) @ self.bread
        both = np.column_stack([z, y])
        core = np.block([[self._inside, -np.eye(k)], [-np.eye(k), np.zeros((k, k))]])
        diagonal = (both @ core * both).sum(axis=1)
        through = core @ (both.T @ both)
        square = float((own**2).sum() + 2 * (own * diagonal).sum() + (through * through.T).sum())
        return float((own + diagonal).sum() ** 2 / square) if square > 0 else 0.0
