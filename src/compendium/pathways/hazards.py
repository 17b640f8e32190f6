"""Regression of hazards: of one event among those still there (Cox), and of its cumulative incidence (Fine and Gray)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..errors import CompendiumError
from .observations import Array, Observed, observe
from .partial import Fit, RiskSets, design, maximised, told

TIES = ("efron", "breslow")


def cause_specific(
    durations: ArrayLike,
    events: Sequence[Any] | ArrayLike,
    covariates: pd.DataFrame,
    *,
    event: object,
    censored: object,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    person: Sequence[Any] | ArrayLike | None = None,
    ties: str = "efron",
) -> pd.DataFrame:
    """Fit Cox's model to the hazard of one event among those who have met none; other events end the observation.

    Parameters
    ----------
    durations, events, censored, entry, weights
        As in :func:`~compendium.pathways.cumulative_incidence`. A person may have several rows, each from ``entry`` to
        duration (start-stop), so that a covariate changes in time.
    covariates : pandas.DataFrame, (n, p)
        Numbers, one row for each duration.
    event : object
        The event whose hazard is modelled.
    person : array-like, (n,), optional
        Who a row belongs to; standard errors are then robust to rows of one person.
    ties : {"efron", "breslow"}
        How tied times are treated.

    Returns
    -------
    pandas.DataFrame
        ``term coef se hazard_ratio ci_low ci_high z p_value n n_events``; n counts rows. With weights or person the standard errors
        are robust (sandwich over persons), else from the information.

    Raises
    ------
    CompendiumError
        If nobody meets the event, ties are unknown, or the covariates do not allow an estimate.

    Notes
    -----
    Equal to ``survival::coxph``. A hazard ratio compares those who are still there; it tells nothing of shares by a time, and
    it describes: without random assignment it is no effect.

    References
    ----------
    D. Cox (1972), J. R. Statist. Soc. B 34; B. Efron (1977), JASA 72; D. Lin, L. Wei (1989), JASA 84.
    """
    people = observe(durations, events, censored=censored, entry=entry, weights=weights)
    x, names = design(covariates, len(people.duration))
    if ties not in TIES:
        raise CompendiumError(f"ties: {ties!r} is not known; legal are {', '.join(TIES)}")
    met = _meets(people, event)
    times = np.unique(people.duration[met])
    at_risk = np.array([people.at_risk(time) * people.weight for time in times])
    fit = maximised(x, RiskSets(at_risk, _at(times, people.duration, met), people.weight, ties), names)
    covariance: Array = np.asarray(np.linalg.inv(fit.information))
    if weights is not None or person is not None:
        covariance = _sandwich(fit, fit.residual * people.weight[:, None], person)
    return told(fit, covariance, names, len(x), int(met.sum()))


def fine_gray(
    durations: ArrayLike,
    events: Sequence[Any] | ArrayLike,
    covariates: pd.DataFrame,
    *,
    event: object,
    censored: object,
) -> pd.DataFrame:
    """Fit Fine and Gray's model to the sub-distribution hazard of one event: what goes with its cumulative incidence.

    Parameters and columns are those of :func:`cause_specific`, one row a person, everybody observed from the start; ties as Breslow.

    Raises
    ------
    CompendiumError
        If nobody meets the event, or the covariates do not allow an estimate.

    Notes
    -----
    Who has met another event stays in the risk set with the weight ``G(t-) / G(x-)``: *G* is the share not yet censored
    (Kaplan-Meier of censoring), *x* when they met the other event. Standard errors take in that *G* is estimated. Equal to
    ``cmprsk::crr``, which lets those who meet an event at a time be at risk of censoring at that time; coefficients equal
    ``survival::finegray`` with ``coxph`` where no times are tied.

    References
    ----------
    J. Fine, R. Gray (1999), A proportional hazards model for the subdistribution of a competing risk, JASA 94.
    """
    people = observe(durations, events, censored=censored)
    x, names = design(covariates, len(people.duration))
    met = _meets(people, event)
    times = np.unique(people.duration[met])
    other = (people.code > 0) & ~met
    uncensored = _uncensored(people, np.concatenate([times, people.duration]))
    later, own = uncensored[: len(times)], uncensored[len(times) :]
    gone = other & (people.duration < times[:, None])
    at_risk = np.where(gone, later[:, None] / own, (people.duration >= times[:, None]).astype(float))
    sets = RiskSets(at_risk, _at(times, people.duration, met), people.weight, "breslow")
    fit = maximised(x, sets, names)
    influence = fit.residual + _of_censoring(people, x, fit, sets, times, (later, own))
    return told(fit, _sandwich(fit, influence, None), names, len(x), int(met.sum()))


def _meets(people: Observed, event: object) -> Any:
    if event not in people.labels or not (met := people.code == people.labels.index(event) + 1).any():
        raise CompendiumError(
            f"event: nobody meets {event!r}; events met are {', '.join(map(str, people.labels)) or 'none'}"
        )
    return met


def _at(times: Array, duration: Array, met: Any) -> Any:
    return met & (duration == times[:, None])


def _sandwich(fit: Fit, influence: Array, person: Sequence[Any] | ArrayLike | None) -> Array:
    """Return the covariance from what each person adds to the score."""
    if person is not None:
        influence = pd.DataFrame(influence).groupby(np.asarray(person), sort=False).sum().to_numpy()
    inverse = np.linalg.inv(fit.information)
    return np.asarray(inverse @ influence.T @ influence @ inverse)


def _uncensored(people: Observed, times: Array) -> Array:
    """Return the share not yet censored just before each time."""
    ends = np.unique(people.duration[people.code == 0])
    lost = np.array([((people.duration == time) & (people.code == 0)).sum() for time in ends], dtype=float)
    at_risk = np.array([(people.duration >= time).sum() for time in ends], dtype=float)
    share = np.concatenate([[1.0], np.cumprod(1 - lost / np.maximum(at_risk, 1))])
    return np.asarray(share[np.searchsorted(ends, times, side="left")])


def _of_censoring(
    people: Observed, x: Array, fit: Fit, sets: RiskSets, times: Array, still: tuple[Array, Array]
) -> Array:
    """Return what each person adds to the score by way of the estimated censoring (psi of the paper).

    ``still`` is the share not yet censored before each time and before each person's own. Those gone to another event before
    *u* weigh ``G(t) / G(x)`` at each later time, so the double sum of the paper falls into sums over persons and over times.
    """
    hazard = np.exp(x @ fit.coefficient)
    share = sets.at_risk * hazard
    total = share.sum(axis=1)
    pull = still[0] * sets.meets.sum(axis=1) / total
    mean = share @ x / total[:, None]
    ends = np.unique(people.duration[people.code == 0])
    lent = np.where(people.code > 0, hazard / still[1], 0.0)
    # Who has met the event itself before u is out of all later risk sets; who will meet it later is not yet gone.
    lent = np.where(sets.meets.any(axis=0), 0.0, lent)
    before, after = people.duration < ends[:, None], times >= ends[:, None]
    slope = (before @ (lent[:, None] * x)) * (after @ pull)[:, None] - (before @ lent)[:, None] * (
        after @ (pull[:, None] * mean)
    )
    at_risk = (people.duration >= ends[:, None]).sum(axis=1)
    lost = ((people.duration == ends[:, None]) & (people.code == 0)).sum(axis=1)
    on_hazard = slope / at_risk[:, None]
    spent = np.vstack([np.zeros(x.shape[1]), np.cumsum(on_hazard * (lost / at_risk)[:, None], axis=0)])
    found = -spent[np.searchsorted(ends, people.duration, side="right")]
    censored = people.code == 0
    found[censored] += on_hazard[np.searchsorted(ends, people.duration[censored])]
    return np.asarray(found)
