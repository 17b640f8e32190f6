"""The share that has met each event by a time, while other events take people away (cumulative incidence).

One minus Kaplan-Meier per event, with the other events as censored, answers a question nobody asks (what if the other
exits did not exist, and were unrelated) and always shows more; it is given by :func:`naive_incidence` as a warning alone.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from ..errors import CompendiumError
from ..intervals import LEVEL
from .observations import Array, Observed, observe, timed

COLUMNS = ["group", "event", "time", "estimate", "se", "ci_low", "ci_high", "n_at_risk"]
EVERYBODY = "all"
"""What the column ``group`` says where there are no groups."""


class Curve(NamedTuple):
    """Steps of the curves of one group: times (m,), estimates and standard errors (m, events), share left without event (m,)."""

    time: Array
    estimate: Array
    se: Array
    left: Array


def cumulative_incidence(
    durations: ArrayLike,
    events: Sequence[Any] | ArrayLike,
    *,
    censored: object,
    entry: ArrayLike | None = None,
    group: Sequence[Any] | ArrayLike | None = None,
    times: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    variance: str = "aalen-johansen",
) -> pd.DataFrame:
    """Estimate the share that has met each of several competing events by each time (Aalen-Johansen).

    Parameters
    ----------
    durations : array-like of float, (n,)
        Time to the first event, or time of observation without one; 0 or more, any unit. Whole months with many ties are fine:
        an event at a time comes before an end of observation at that time.
    events : array-like, (n,)
        What came first; ``censored`` where nothing had come. A pandas categorical brings order and events nobody met.
    censored : object
        The value that says that nothing had come yet.
    entry : array-like of float, (n,), optional
        Time from which a person was under observation (left truncation): at risk at *t* if entry < *t* <= duration.
    group : array-like, (n,), optional
        Group of each person; curves are separate.
    times : array-like of float, optional
        Times to report; by default each distinct duration of the group.
    weights : array-like of float, (n,), optional
        What each person counts, above 0.
    variance : {"aalen-johansen", "gray"}
        Standard errors: the infinitesimal jackknife of the Aalen-Johansen estimate, as R's ``survival::survfit`` gives, or
        the formula of ``cmprsk::cuminc`` (without entry and weights).

    Returns
    -------
    pandas.DataFrame
        ``group event time estimate se ci_low ci_high n_at_risk``, one row for each group, event and time; shares from 0 to 1.
        ``n_at_risk`` counts persons, not weights. Where nobody has met the event, se is 0 and there is no interval. After the
        last person observed nothing is known and nothing is said, unless everybody had met an event by then.

    Raises
    ------
    CompendiumError
        If a value is missing or impossible, or ``variance`` is unknown or cannot be had with entry or weights.

    Notes
    -----
    With *Y* the weight at risk just before *t*, *d_k* the weight of those who meet event *k* at *t*, and *S* the share
    without any event: ``F_k(t) = sum of S(s-) d_k(s) / Y(s)`` over s <= t, ``S(t) = prod of 1 - sum of d_k(s) / Y(s)``. The
    jackknife's standard error is the root of ``sum over persons of (w dF_k/dw)^2``; the derivatives follow the same
    recursion. Intervals are symmetric on the log scale, ``F exp(+-z se / F)``, cut at 1.

    Libraries looked at in 2026: *lifelines* 0.30 is kept, but forbids pandas 3, shifts tied times at random before it
    estimates, and has neither Gray's test nor the sub-distribution model; *scikit-survival* 0.28 has the curve, without entry,
    weights or test, and its licence is GPL-3; *statsmodels* ``CumIncidenceRight`` has no entry; *comprisk* 0.8 has most
    of it, is months old, and brings numba and scikit-learn. None gives survfit's standard error. So this is ours.

    References
    ----------
    O. Aalen, S. Johansen (1978), Scandinavian Journal of Statistics 5. T. Therneau, R package survival, vignette on
    competing risks. R. Gray (1988), Annals of Statistics 16.
    """
    if variance not in VARIANCES:
        raise CompendiumError(f"variance: {variance!r} is not known; legal are {', '.join(VARIANCES)}")
    if variance == "gray" and (entry is not None or weights is not None):
        raise CompendiumError('variance: "gray" knows neither entry nor weights; legal with them is "aalen-johansen"')
    people = observe(durations, events, censored=censored, entry=entry, weights=weights)
    return _reported(people, group, times, VARIANCES[variance])


def naive_incidence(
    durations: ArrayLike,
    events: Sequence[Any] | ArrayLike,
    *,
    censored: object,
    group: Sequence[Any] | ArrayLike | None = None,
    times: ArrayLike | None = None,
) -> pd.DataFrame:
    """Compute one minus Kaplan-Meier per event, other events as censored: too high, to be shown as a warning alone.

    Parameters and columns are those of :func:`cumulative_incidence`.
    """
    people = observe(durations, events, censored=censored)
    found = []
    for number, label in enumerate(people.labels, start=1):
        alone = Observed(
            people.duration, (people.code == number).astype(np.int64), people.entry, people.weight, (label,)
        )
        found.append(_reported(alone, group, times, jackknifed))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def jackknifed(people: Observed) -> Curve:
    """Follow the estimate and every person's influence on it through the times at which something happens."""
    n, kinds = len(people.duration), len(people.labels)
    steps = np.unique(people.duration[people.code > 0])
    estimate, error = np.zeros((len(steps), kinds)), np.zeros((len(steps), kinds))
    left_after = np.ones(len(steps))
    left, on_left, reached, on_reached = 1.0, np.zeros(n), np.zeros(kinds), np.zeros((n, kinds))
    for number, time in enumerate(steps):
        at_risk = people.at_risk(time)
        meets = (people.code[:, None] == np.arange(1, kinds + 1)) & (people.duration == time)[:, None]
        total = people.weight[at_risk].sum()
        hazard = people.weight @ meets / total
        on_hazard = (meets - at_risk[:, None] * hazard) / total
        reached = reached + left * hazard
        on_reached += on_left[:, None] * hazard + left * on_hazard
        on_left = on_left * (1 - hazard.sum()) - left * on_hazard.sum(axis=1)
        # Those who all meet an event leave nobody: what rounding leaves of one minus one would live on in later steps.
        left = 0.0 if meets[at_risk].any(axis=1).all() else left * (1 - hazard.sum())
        estimate[number], left_after[number] = reached, left
        error[number] = np.sqrt(((people.weight[:, None] * on_reached) ** 2).sum(axis=0))
    return Curve(steps, estimate, error, left_after)


def gray(people: Observed) -> Curve:
    """Estimate with the variance of ``cmprsk::cuminc``, which stands still between two steps of the event's own curve."""
    plain = jackknifed(people)
    before = np.concatenate([[1.0], plain.left[:-1]])
    at_risk = np.array([people.at_risk(time).sum() for time in plain.time], dtype=float)
    error = np.zeros_like(plain.se)
    for kind in range(len(people.labels)):
        own = np.array(
            [((people.duration == time) & (people.code == kind + 1)).sum() for time in plain.time], dtype=float
        )
        other = np.array([((people.duration == time) & (people.code > 0)).sum() for time in plain.time]) - own
        reached = plain.estimate[:, kind]
        # After the last person there is no share left to divide by: the formula leaves these terms out.
        over = np.divide(1.0, plain.left, out=np.zeros_like(plain.left), where=plain.left > 0)
        spread = before**2 / at_risk**2
        by_own, by_other = spread * own * _ties(own, at_risk), spread * other * _ties(other, at_risk) * (plain.left > 0)
        one = np.cumsum((1 + over * reached) ** 2 * by_own + (over * reached) ** 2 * by_other)
        two = np.cumsum(over * (1 + over * reached) * by_own + over * over * reached * by_other)
        three = np.cumsum(over**2 * (by_own + by_other))
        squared = one + reached**2 * three - 2 * reached * two
        last = np.maximum.accumulate(np.where(own > 0, np.arange(len(own)), -1))
        error[:, kind] = np.sqrt(np.where(last >= 0, squared[last].clip(0), 0))
    return plain._replace(se=error)


VARIANCES: dict[str, Callable[[Observed], Curve]] = {"aalen-johansen": jackknifed, "gray": gray}


def _ties(number: Array, at_risk: Array) -> Array:
    """Return what ties take from the variance: drawn without replacement among those at risk."""
    return np.where(number > 1, 1 - (number - 1) / np.maximum(at_risk - 1, 1), 1.0)


def _reported(
    people: Observed,
    group: Sequence[Any] | ArrayLike | None,
    times: ArrayLike | None,
    estimated: Callable[[Observed], Curve],
) -> pd.DataFrame:
    rows = []
    wanted = None if times is None else np.unique(timed(np.asarray(times, dtype=float)))
    for name, chosen in groups_of(group, len(people.duration)):
        some = people.of(chosen)
        asked = np.unique(some.duration) if wanted is None else wanted
        rows.append(_at(estimated(some), some, asked).assign(group=name))
    return pd.concat(rows, ignore_index=True)[COLUMNS]


def groups_of(group: Sequence[Any] | ArrayLike | None, n: int) -> list[tuple[Any, Any]]:
    """Return each group with the persons in it, in the order of a categorical or of the names.

    Raises
    ------
    CompendiumError
        If there is not one group for each person.
    """
    if group is None:
        return [(EVERYBODY, np.ones(n, dtype=bool))]
    found = pd.Series(group).reset_index(drop=True)
    if len(found) != n or found.isna().any():
        raise CompendiumError(
            f"group: {int(found.notna().sum())} known values for {n} durations; legal is one for each person"
        )
    names = found.cat.categories if isinstance(found.dtype, pd.CategoricalDtype) else sorted(found.unique())
    return [(name, (found == name).to_numpy()) for name in names if (found == name).any()]


def _at(curve: Curve, people: Observed, times: Array) -> pd.DataFrame:
    """Read the curves of a group at times."""
    place = np.searchsorted(curve.time, times, side="right")
    kinds = len(people.labels)
    estimate = np.vstack([np.zeros(kinds), curve.estimate])[place]
    error = np.vstack([np.zeros(kinds), curve.se])[place]
    left = np.concatenate([[1.0], curve.left])[place]
    unknown = (times > people.duration.max()) & (left > 0)
    estimate[unknown], error[unknown] = np.nan, np.nan
    z = stats.norm.ppf((1 + LEVEL) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.where(estimate > 0, np.exp(z * error / estimate), np.nan)
    at_risk = np.array([people.at_risk(time).sum() for time in times])
    return pd.DataFrame(
        {
            "event": np.repeat(np.array(people.labels, dtype=object), len(times)),
            "time": np.tile(times, kinds),
            "estimate": estimate.T.ravel(),
            "se": error.T.ravel(),
            "ci_low": (estimate / reach).T.ravel(),
            "ci_high": np.minimum(estimate * reach, 1).T.ravel(),
            "n_at_risk": np.tile(at_risk, kinds),
        }
    )
