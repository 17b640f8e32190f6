"""Persons assigned to classes, how often assignment errs, and the covariance of what is estimated with that error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compendium.errors import AnswersError

from ..coding import Floats
from .first_step import FirstStep
from .model import LatentClasses

Assignment = Literal["modal", "proportional"]
Records = Callable[[Floats, Floats], Floats]
"""Estimating functions: parameters, error matrix -> persons x assigned class x parameters."""
_WORST = 1e8


@dataclass(frozen=True, eq=False)
class Assigned:
    """Persons, their classes and how sure these are.

    Attributes
    ----------
    index : pandas.Index
        Of the posteriors.
    names : list of str
        The classes.
    posteriors : numpy.ndarray
        Probability of each class for each person.
    shares : numpy.ndarray
        Persons x classes: one in the likeliest class (modal), or the posteriors themselves (proportional).
    weights : numpy.ndarray
        Weight of each person, nought for those who answered no item.
    persons : int
        Persons with weight, whether they answered or not.
    clusters : numpy.ndarray
        Group of each person, counted from nought.
    is_modal : bool
        How the persons were assigned.
    first : FirstStep or None
        The fit behind the posteriors, where it is known.
    """

    index: pd.Index
    names: list[str]
    posteriors: Floats
    shares: Floats
    weights: Floats
    persons: int
    clusters: NDArray[np.intp]
    is_modal: bool
    first: FirstStep | None

    @property
    def crossed(self) -> Floats:
        """Weighted persons by class (rows) and class assigned (columns)."""
        return np.asarray((self.posteriors * self.weights[:, None]).T @ self.shares)

    @property
    def error(self) -> Floats:
        """Probability to be assigned to each class (columns) when one is of a class (rows)."""
        return error_of(self.crossed)


def error_of(crossed: Floats) -> Floats:
    """Return the shares of each row."""
    return np.asarray(crossed / crossed.sum(axis=1, keepdims=True))


def read_assigned(
    classes: LatentClasses | pd.DataFrame,
    weights: Sequence[float] | Floats | pd.Series | None,
    clusters: Sequence[Any] | pd.Series | None,
    assignment: Assignment,
) -> Assigned:
    """Assign the persons of a fit, or of a frame of posteriors, to the classes.

    Raises
    ------
    AnswersError
        What is given is no table of probabilities, weights or clusters do not fit, or classes cannot be told apart.
    """
    if assignment not in ("modal", "proportional"):
        raise AnswersError(f"assignment is {assignment!r}; legal are modal, proportional")
    frame = classes.posteriors if isinstance(classes, LatentClasses) else classes
    posteriors = frame.to_numpy(dtype=float)
    if not (posteriors.size and (posteriors >= 0).all() and np.allclose(posteriors.sum(axis=1), 1, atol=1e-6)):
        raise AnswersError("the posteriors are no probabilities: each row has to be at least 0 and to sum to 1")
    weight = np.ones(len(frame)) if weights is None else np.asarray(weights, dtype=float)
    if weight.shape != (len(frame),) or not np.isfinite(weight).all() or (weight < 0).any() or not weight.any():
        raise AnswersError(f"weights: one number of 0 or more is expected for each of {len(frame)} persons, not all 0")
    group = np.arange(len(frame)) if clusters is None else pd.factorize(np.asarray(clusters))[0]
    if len(group) != len(frame) or (group < 0).any():
        raise AnswersError(f"clusters: one known group is expected for each of {len(frame)} persons")
    persons = int((weight > 0).sum())
    first, weight = _first_step(classes, weight)
    modal = np.eye(posteriors.shape[1])[posteriors.argmax(axis=1)]
    found = Assigned(
        index=frame.index,
        names=[str(name) for name in frame.columns],
        posteriors=posteriors,
        shares=modal if assignment == "modal" else posteriors,
        weights=weight,
        persons=persons,
        clusters=np.asarray(group, dtype=np.intp),
        is_modal=assignment == "modal",
        first=first,
    )
    _refuse_confused(found)
    return found


def covariance(
    assigned: Assigned, records: Records, parameters: Floats, rows: NDArray[np.bool_], corrected: bool
) -> Floats:
    """Return the sandwich covariance of parameters that solve estimating equations with classification error.

    Parameters
    ----------
    assigned : Assigned
        The persons.
    records : callable
        Estimating functions of the persons of ``rows``.
    parameters : numpy.ndarray
        The solution.
    rows : numpy.ndarray of bool
        Persons whose outcome is known.
    corrected : bool
        Whether the error matrix is used, and adds its own uncertainty.

    Notes
    -----
    With psi = sum_i w_i sum_t a_it g_it(b, D(M)), M = sum_i w_i p_i a_i' and A = d psi / d b, a person adds
    A^-1 (w_i psi_i + dpsi/dM w_i p_i a_i' + (dpsi/dt) h_i) to the estimate: its own outcome, its part in the error
    matrix, and, where the fit is known, its part h_i in the parameters t of the classes, on which M and proportional
    assignments rest. The parts are summed within clusters; the sum of squares is scaled by G / (G - 1).
    """
    crossed = assigned.crossed if corrected else np.eye(assigned.posteriors.shape[1])
    error = error_of(crossed)
    held = assigned.shares[rows] * assigned.weights[rows][:, None]
    at_solution = records(parameters, error)
    influence = np.zeros((len(rows), len(parameters)))
    influence[rows] = np.einsum("nt,ntb->nb", held, at_solution)
    bread = _slopes(lambda b: np.einsum("nt,ntb->b", held, records(b, error)), parameters)
    if corrected:

        def moved(flat: Floats) -> Floats:
            return np.asarray(np.einsum("nt,ntb->b", held, records(parameters, error_of(flat.reshape(crossed.shape)))))

        by_crossed = _slopes(moved, crossed.ravel()).reshape(len(parameters), *crossed.shape)
        influence += np.einsum("bct,nc,nt,n->nb", by_crossed, assigned.posteriors, assigned.shares, assigned.weights)
        if assigned.first is not None:
            influence += _of_first(assigned, assigned.first, by_crossed, at_solution, rows)
    sums = np.zeros((assigned.clusters.max() + 1, len(parameters)))
    np.add.at(sums, assigned.clusters, influence @ np.linalg.inv(bread).T)
    groups = len(np.unique(assigned.clusters[assigned.weights > 0]))
    return np.asarray(sums.T @ sums) * groups / max(groups - 1, 1)


def _of_first(
    assigned: Assigned, first: FirstStep, by_crossed: Floats, at_solution: Floats, rows: NDArray[np.bool_]
) -> Floats:
    by_posterior = np.einsum("bct,nt->bnc", by_crossed, assigned.shares) * assigned.weights[:, None]
    if not assigned.is_modal:
        by_share = np.einsum("bct,nc->bnt", by_crossed, assigned.posteriors)
        by_share[:, rows] += at_solution.transpose(2, 0, 1)
        by_posterior += by_share * assigned.weights[:, None]
    place = first.fit.answers.place
    by_pattern = np.zeros((by_posterior.shape[0], len(first.posteriors), by_posterior.shape[2]))
    for sums, added in zip(by_pattern, by_posterior, strict=True):
        np.add.at(sums, place, added)
    moves = first.influence @ first.slope(by_pattern).T
    return np.asarray(moves[place] * assigned.weights[:, None])


def _slopes(function: Callable[[Floats], Floats], at: Floats) -> Floats:
    """Return the derivatives of a function, values x arguments, by central differences."""
    columns = []
    for place in range(len(at)):
        step = 1e-5 * max(abs(at[place]), 1e-3)
        up, down = at.copy(), at.copy()
        up[place] += step
        down[place] -= step
        columns.append((function(up) - function(down)) / (2 * step))
    return np.column_stack(columns)


def _first_step(classes: LatentClasses | pd.DataFrame, weight: Floats) -> tuple[FirstStep | None, Floats]:
    """Return what is known of the fit, and the weights without those who answered no item of it."""
    if not isinstance(classes, LatentClasses):
        return None, weight
    answers = classes.answers
    silent = np.asarray(answers.missing[answers.patterns]).all(axis=1)
    weight = np.where(np.take(silent, answers.place), 0.0, weight)
    held = np.bincount(answers.place, weights=weight, minlength=len(answers.weights))
    if not np.allclose(held, answers.weights):
        raise AnswersError("the classes were fitted with other weights; give those of the fit, or the posteriors alone")
    if classes.n_classes == 1:
        return None, weight
    posteriors = np.zeros((len(answers.weights), classes.n_classes))
    posteriors[answers.place] = classes.posteriors.to_numpy()
    return FirstStep(classes, posteriors), weight


def _refuse_confused(assigned: Assigned) -> None:
    crossed = assigned.crossed
    for name, row, column in zip(assigned.names, crossed, crossed.T, strict=True):
        if not row.sum() > 0 or not column.sum() > 0:
            raise AnswersError(
                f"nobody is assigned to class {name}, so that nothing is known of it; assign proportionally, or fit fewer"
                " classes"
            )
    if np.linalg.cond(assigned.error) > _WORST:
        raise AnswersError("the classes cannot be told apart by these posteriors; fit fewer classes")
