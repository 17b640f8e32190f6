"""Curves of a log as rows of results: cumulative incidences, the naive curve beside them, Gray's test between groups."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from ..intervals import holm
from ..persons import Row
from ..study.pathway_rules import CohortShare, load_pathway_rules
from .gray import gray_test
from .incidence import cumulative_incidence, naive_incidence
from .spells import DAYS_A_MONTH, OPEN, spells

INCIDENCE, NAIVE, GRAY = "cumulative incidence", "naive curve", "Gray's test"
EXIT = "exit"
YOUNG = "too few began so long ago"
GROUPS = ("territory", "cohort")


def indicator(wait: str, event: str, target: str) -> str:
    """Return the code of a curve: that of the share, with the exit told apart."""
    return wait if event == target else f"{wait}__{EXIT}"


def curves(events: pd.DataFrame, until: date) -> Iterator[Row]:
    """Estimate every share that ``definitions/pathways.yml`` names, of everybody, by territory and by year of entry.

    Yields
    ------
    dict
        ``indicator`` is the share, or ``<share>__exit`` for those who left without it; ``period`` the month; ``n`` everybody who began,
        open files among them. Where fewer than ``followed_at_least`` began so many months ago there is a reason and no number. The naive curve
        (``threshold_id`` naive) has everybody alone.
    """
    rules = load_pathway_rules()
    for wait in rules.shares:
        people = spells(events, wait.start, wait.target, until)
        if people.empty:
            continue
        months = sorted({month for month in rules.curve_months if month < wait.months} | {wait.months})
        yield from _curve(wait, people, "", "", months, until)
        for own in _estimated(wait, people, months, until, naive=True):
            yield {**own, "method": NAIVE, "threshold_id": "naive"}
        for group_by in GROUPS:
            for group, inside in people.groupby(group_by):
                yield from _curve(wait, inside, group_by, str(group), months, until)


def tests(events: pd.DataFrame, until: date, strata: str = "") -> Iterator[Row]:
    """Test whether territories, and years of entry, have the same curves.

    Parameters
    ----------
    events, until
        As above.
    strata : str
        Column of the events within which groups are compared, such as the country; none where empty.

    Yields
    ------
    dict
        ``estimate`` is Gray's statistic, its degrees of freedom stand in the estimand; p-values are adjusted by Holm over all tests of the page.
    """
    found: list[Row] = []
    for wait in load_pathway_rules().shares:
        people = spells(events, wait.start, wait.target, until)
        for group_by in GROUPS:
            if people.empty or people[group_by].nunique() < 2:
                continue
            own = None
            if strata:
                own = people["person"].map(events.drop_duplicates("person").set_index("person")[strata])
            tested = gray_test(
                people["months"], people["event"], people[group_by].astype(str), censored=OPEN, strata=own
            )
            found += [
                {
                    "indicator": indicator(wait.id, row.event, wait.target),
                    "group_by": group_by,
                    "group": "",
                    "method": GRAY,
                    "estimand": f"{int(row.df)} degrees of freedom",
                    "unit": "chi-square",
                    "estimate": row.statistic,
                    "p_adjusted": row.p_value,
                    "n": float(len(people)),
                }
                for row in tested.itertuples()
                if not np.isnan(row.statistic)
            ]
    adjusted = holm([row["p_adjusted"] for row in found])
    yield from ({**row, "p_adjusted": float(p)} for row, p in zip(found, adjusted, strict=True))


def _curve(
    wait: CohortShare, people: pd.DataFrame, group_by: str, group: str, months: list[float], until: date
) -> Iterator[Row]:
    for own in _estimated(wait, people, months, until):
        yield {**own, "group_by": group_by, "group": group, "method": INCIDENCE}


def _estimated(
    wait: CohortShare, people: pd.DataFrame, months: list[float], until: date, naive: bool = False
) -> Iterator[Row]:
    """Read one curve of each event at the months asked."""
    rules = load_pathway_rules()
    kinds = pd.Categorical(people["event"], [wait.target, rules.last, OPEN])
    estimate = naive_incidence if naive else cumulative_incidence
    found = estimate(people["months"], kinds, censored=OPEN, times=months)
    age = (pd.Timestamp(until) - people["begins"]).dt.days / DAYS_A_MONTH
    for row in found.itertuples():
        if naive and row.event != wait.target:
            continue
        unknown = int((age >= row.time).sum()) < rules.followed_at_least or np.isnan(row.estimate)
        numbers = {"estimate": row.estimate, "ci_low": row.ci_low, "ci_high": row.ci_high}
        yield {
            "indicator": indicator(wait.id, str(row.event), wait.target),
            "period": f"{row.time:g}",
            "unit": "%",
            "n": float(len(people)),
            **({"reason": YOUNG, "comparable": "no"} if unknown else {name: 100 * x for name, x in numbers.items()}),
        }
