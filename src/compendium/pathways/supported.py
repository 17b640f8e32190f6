"""What goes with support that begins at some time after the start: as a covariate that changes, and at a landmark."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from ..errors import CompendiumError
from ..intervals import holm
from ..persons import Row
from ..study.pathway_rules import CohortShare, load_pathway_rules
from .curves import indicator
from .hazards import cause_specific, fine_gray
from .spells import DAYS_A_MONTH, OPEN, spells
from .support import landmark, start_stop

CHANGING, AT_LANDMARK, SHARES_AT_LANDMARK = "time-varying support", "landmark", "landmark, sub-distribution"
LEAST = 10
"""Events with and without support, below which there is no ratio."""
FEW = "too few events with or without support"


def supported(events: pd.DataFrame, until: date) -> Iterator[Row]:
    """Compare hazards with and without each support, for the target and for exits of every share.

    Yields
    ------
    dict
        ``group`` is the support; ``estimate`` the hazard ratio with its interval; ``n`` persons under observation (for a landmark, those
        still there); p-values are adjusted by Holm over all ratios. Never whether support was *ever* received: whoever stays long has more time to be given it.

    Notes
    -----
    Persons are not assigned to support by lot: the ratio describes who is given it as well as what follows.
    """
    found = list(_ratios(events, until))
    known = [row for row in found if "p_adjusted" in row]
    for row, p in zip(known, holm([row["p_adjusted"] for row in known]), strict=True):
        row["p_adjusted"] = float(p)
    yield from found


def _ratios(events: pd.DataFrame, until: date) -> Iterator[Row]:
    rules = load_pathway_rules()
    for wait in rules.shares:
        people = spells(events, wait.start, wait.target, until)
        for support in rules.supports:
            begins = _begins(events, people, support)
            if begins.isna().all():
                continue
            for event in (wait.target, rules.last):
                yield from _compared(wait, people, begins, support, event)


def _begins(events: pd.DataFrame, people: pd.DataFrame, support: str) -> pd.Series:
    """Return the months from each person's start until support began; missing where it never did."""
    first = events[events["event"] == support].groupby("person")["date"].min()
    return (people["person"].map(first) - people["begins"]).dt.days / DAYS_A_MONTH


def _compared(wait: CohortShare, people: pd.DataFrame, begins: pd.Series, support: str, event: str) -> Iterator[Row]:
    said = {
        "indicator": indicator(wait.id, event, wait.target),
        "group_by": "support",
        "group": support,
        "unit": "hazard ratio",
        "estimand": "hazard ratio, with support against without",
    }
    rows = start_stop(people["months"], people["event"], begins, censored=OPEN)
    given: dict[str, Any] = {"event": event, "censored": OPEN}
    yield {**said, "method": CHANGING, **_ratio(rows, cause_specific, len(people), entry=rows["entry"], **given)}
    try:
        late = landmark(people["months"], people["event"], begins, at=load_pathway_rules().landmark_months)
    except CompendiumError:
        return  # nobody was there so long
    yield {**said, "method": AT_LANDMARK, **_ratio(late, cause_specific, len(late), **given)}
    yield {**said, "method": SHARES_AT_LANDMARK, **_ratio(late, fine_gray, len(late), **given)}


def _ratio(rows: pd.DataFrame, fit: Any, n: int, **given: Any) -> Row:
    met = rows.loc[rows["event"] == given["event"], "supported"]
    if min((met == 1).sum(), (met == 0).sum()) < LEAST:
        return {"n": float(n), "reason": FEW, "comparable": "no"}
    found = fit(rows["duration"], rows["event"], rows[["supported"]], **given).iloc[0]
    return {
        "estimate": found["hazard_ratio"],
        "ci_low": found["ci_low"],
        "ci_high": found["ci_high"],
        "p_adjusted": found["p_value"],
        "n": float(n),
    }
