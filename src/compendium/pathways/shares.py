"""Shares turned into a contract, or member within three years: cumulative incidences of entry cohorts, and what stands beside them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from .. import intervals
from ..study.pathway_rules import CohortShare, load_pathway_rules
from .incidence import cumulative_incidence
from .spells import DAYS_A_MONTH, OPEN, spells


def cohort_shares(events: pd.DataFrame, until: date) -> pd.DataFrame:
    """Estimate the shares that ``definitions/pathways.yml`` names, of everybody, by territory and by year of entry.

    Parameters
    ----------
    events : pandas.DataFrame
        A log that can be used.
    until : datetime.date
        Day to which it is complete.

    Returns
    -------
    pandas.DataFrame
        ``indicator group_by group event estimate ci_low ci_high n n_followed reason``: of each share the persons who had the target, and
        those who had left without it, by then; 0 to 1. ``n`` counts everybody who began, open files among them, ``n_followed`` those who began
        at least so long ago. Where these are too few there is no estimate but a ``reason``.
    """
    return pd.DataFrame(
        [
            row
            for wait in load_pathway_rules().shares
            for row in _rows(wait, spells(events, wait.start, wait.target, until), until)
        ]
    )


def calendar_ratio(events: pd.DataFrame, wait: CohortShare, year: int) -> dict[str, float]:
    """Count targets reached in a calendar year over starts in that year: to stand beside a cohort's share, never for it.

    Returns
    -------
    dict
        ``reached started ratio``. The persons above the line are not those below it, so that the ratio can pass 1.
    """
    own = events[events["date"].dt.year == year]
    reached, started = (int((own["event"] == name).sum()) for name in (wait.target, wait.start))
    return {"reached": reached, "started": started, "ratio": reached / started if started else np.nan}


def first_appointments(events: pd.DataFrame, until: date) -> dict[str, float]:
    """Estimate the share who had their first appointment within the days promised after reception.

    Returns
    -------
    dict
        ``n share low high``; only persons received so many days before ``until`` count, whether they had one or not.
    """
    days = load_pathway_rules().first_appointment_days
    first = events.groupby(["person", "event"])["date"].min().unstack()
    received = first["reception"].dropna()
    known = received[received <= pd.Timestamp(until) - pd.Timedelta(days=days)]
    met = first.get("appointment", pd.Series(index=first.index, dtype="datetime64[ns]")).reindex(known.index)
    kept = int(((met - known).dt.days <= days).sum())
    if known.empty:
        return {"n": 0, "share": np.nan, "low": np.nan, "high": np.nan}
    found = intervals.share(kept, len(known))
    return {"n": len(known), "share": found.estimate, "low": found.low, "high": found.high}


def _rows(wait: CohortShare, people: pd.DataFrame, until: date) -> Iterator[dict[str, Any]]:
    rules = load_pathway_rules()
    groups = [("", "", people)] if len(people) else []
    for name in ("territory", "cohort"):
        groups += [(name, str(code), own) for code, own in people.groupby(name)]
    for group_by, group, own in groups:
        kinds = [wait.target, rules.last, OPEN]
        # Files are open because the log ends, whoever they are: who began early enough was observed for the whole time.
        age = (pd.Timestamp(until) - own["begins"]).dt.days / DAYS_A_MONTH
        followed = int((age >= wait.months).sum())
        found = cumulative_incidence(
            own["months"], pd.Categorical(own["event"], kinds), censored=OPEN, times=[wait.months]
        )
        for one in found.itertuples():
            reason = "too few began so long ago" if followed < rules.followed_at_least or np.isnan(one.estimate) else ""
            yield {
                "indicator": wait.id,
                "group_by": group_by,
                "group": group,
                "event": one.event,
                "estimate": np.nan if reason else one.estimate,
                "ci_low": np.nan if reason else one.ci_low,
                "ci_high": np.nan if reason else one.ci_high,
                "n": len(own),
                "n_followed": followed,
                "reason": reason,
            }
