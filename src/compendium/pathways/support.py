"""Support that begins some time after entry: as a covariate that changes, or as it stands at a landmark; never as "ever received".

Who stays long has more time to be given support. Counting them as supported from the start gives their waiting time to
support (*immortal time*), and support looks good even where it does nothing.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..errors import CompendiumError
from .observations import Array, column, timed

LANDMARK = 6.0
"""Months after entry at which it is looked who is supported, unless said otherwise."""


def start_stop(
    durations: ArrayLike,
    events: Sequence[Any] | ArrayLike,
    starts: ArrayLike,
    *,
    censored: object,
    entry: ArrayLike | None = None,
) -> pd.DataFrame:
    """Split each person's time where support begins.

    Parameters
    ----------
    durations, events, censored, entry
        As in :func:`~compendium.pathways.cumulative_incidence`.
    starts : array-like of float, (n,)
        Time at which support began, counted as durations are; missing where it never did within the observation.

    Returns
    -------
    pandas.DataFrame
        ``person entry duration event supported``: one or two rows a person (counted from 0, in the order given), for
        :func:`~compendium.pathways.cause_specific`. ``supported`` is 0 until support begins and 1 after it; the event stands in the last row alone.
        Support that begins when the person's time ends changes nothing.
    """
    time, began, cause, start = _people(durations, events, starts, entry)
    since = np.maximum(start, 0.0)  # what began before the start has begun at it
    turned = (began > since) & (began < time)
    first = pd.DataFrame(
        {
            "person": np.arange(len(time)),
            "entry": start,
            "duration": time,
            "event": cause,
            "supported": (began <= since).astype(int),
        }
    )
    second = first[turned].assign(entry=began[turned], supported=1)
    first.loc[turned, "duration"] = began[turned]
    first["event"] = first["event"].mask(turned, censored)
    return pd.concat([first, second]).sort_values(["person", "entry"], ignore_index=True)


def landmark(
    durations: ArrayLike,
    events: Sequence[Any] | ArrayLike,
    starts: ArrayLike,
    *,
    at: float = LANDMARK,
    entry: ArrayLike | None = None,
) -> pd.DataFrame:
    """Look at a fixed time who is still there and who is supported by then, and count time from it.

    Parameters
    ----------
    durations, events, entry
        As in :func:`~compendium.pathways.cumulative_incidence`.
    starts : array-like of float, (n,)
        Time at which support began; missing where it never did.
    at : float
        The landmark, in the unit of the durations.

    Returns
    -------
    pandas.DataFrame
        ``person duration event supported`` of those under observation at the landmark and without event by then; durations count from it.
        Who is supported later counts as not supported: the comparison is of what was known at the landmark.

    Raises
    ------
    CompendiumError
        If nobody is left at the landmark.
    """
    time, began, cause, start = _people(durations, events, starts, entry)
    there = (timed(time) > at) & (start <= at)
    if not there.any():
        raise CompendiumError(
            f"landmark: nobody is under observation after {at:g}; the longest duration is {time.max():g}"
        )
    found = pd.DataFrame(
        {"person": np.arange(len(time)), "duration": time - at, "event": cause, "supported": (began <= at).astype(int)}
    )
    return found[there].reset_index(drop=True)


def _people(
    durations: ArrayLike, events: Sequence[Any] | ArrayLike, starts: ArrayLike, entry: ArrayLike | None
) -> tuple[Array, Array, pd.Series, Array]:
    time = column("durations", durations)
    began = pd.to_numeric(pd.Series(np.asarray(starts).ravel()), errors="coerce").to_numpy(float, na_value=np.nan)
    # Who meets an event at 0 has been there before it: at risk is who entered before a time.
    start = np.where(time > 0, 0.0, -1.0) if entry is None else column("entry", entry)
    cause = pd.Series(events).reset_index(drop=True).astype(object)
    for name, values in (("starts", began), ("entry", start), ("events", cause)):
        if len(values) != len(time):
            raise CompendiumError(
                f"{name}: {len(values)} values for {len(time)} durations; legal is one for each person"
            )
    return time, began, cause, start
