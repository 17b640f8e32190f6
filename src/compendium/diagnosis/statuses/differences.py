"""Differences of an outcome between statuses and the reference of the plan, in three ways, with balance and E-value."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...intervals import holm
from ...persons import POINTS, Row
from ...scoring import SCORE
from .people import People

TOGETHER, PAIR, STANDARDISED = "overlap weights, all statuses", "overlap weights, two statuses", "standardisation"
"""Methods of the differences: all statuses at once; the status and the reference alone; predictions from regressions."""
METHODS = (TOGETHER, PAIR, STANDARDISED)
CRUDE = "difference as it stands"
E_VALUE, LEFT = "E-value", "effective persons of the reference"
BEFORE, AFTER = "standardised difference before", "standardised difference after"
TOTAL, EQUAL = "total", "at equal hours and income"
"""Estimands: adjusted for what people bring with them; besides, for what comes with the status."""
OBSERVED = "observed: people choose a status and leave it, and those who left do not answer"
NOBODY = (
    "who could have been in any of the statuses",
    "who could have been in either of the two",
    "all who are compared",
)
TARGETS = dict(zip(METHODS, NOBODY, strict=True))
"""Whom each method is about."""


def difference_rows(people: People, outcome: str) -> Iterator[Row]:
    """Yield how one outcome (the id of a measure) differs between each status and the reference.

    Yields
    ------
    dict
        For both estimands and each of :data:`METHODS` the difference in points, p by Holm over the statuses; one that is
        refused is not comparable and says why. Of the total contrasts of two statuses besides: the difference as it
        stands, the E-value (``ci_low``: of the limit nearer to nought), the effective persons of the reference.
    """
    column, plan = SCORE + outcome, people.plan
    for estimand, names in ((TOTAL, plan.total), (EQUAL, (*plan.total, *plan.consequences))):
        covariates = people.covariates(names)
        if estimand == EQUAL and covariates == people.covariates(plan.total):
            continue  # neither hours nor income are asked: it would be the first once more
        for method in METHODS:
            found = estimated(people, people.answers, column, covariates, method)
            for row in found.itertuples(index=False):
                yield {**_place(people, row.group, estimand, method), "indicator": outcome, **_numbers(row)}
            if estimand == TOTAL and method == PAIR:
                yield from _beside(people, found, outcome)


def estimated(people: People, frame: pd.DataFrame, column: str, covariates: list[str], method: str) -> pd.DataFrame:
    """Return contrasts with the reference by one of the methods; those of two statuses one by one, Holm over all."""
    if method == TOGETHER:
        return people.contrast(frame, column, covariates, "overlap")
    if method == STANDARDISED:
        return people.contrast(frame, column, covariates, "standardisation")
    status = frame[people.plan.treatment]
    others = [code for code in people.statuses if code != people.plan.reference and (status == code).any()]
    parts = [
        people.contrast(frame[status.isin([people.plan.reference, code])], column, covariates, "overlap")
        for code in others
    ]
    return with_holm(pd.concat([part for part in parts if len(part)], ignore_index=True))


def with_holm(found: pd.DataFrame) -> pd.DataFrame:
    """Adjust the p values of several contrasts for their number."""
    known = found["p"].notna()
    found.loc[known, "p_adjusted"] = holm(found.loc[known, "p"]) if known.any() else np.nan
    return found


def balance_rows(people: People, outcome: str) -> Iterator[Row]:
    """Yield the largest standardised difference of each covariate between each status and the reference, before and after.

    Notes
    -----
    After weighting all statuses at once; with the weights of two statuses no difference is left, by construction.
    """
    known = people.answers[people.answers[SCORE + outcome].notna()]
    found = people.contrast(known, SCORE + outcome, people.covariates(people.plan.total), "overlap")
    table = pd.DataFrame(found.attrs["balance"])
    if table.empty:
        return
    table["variable"] = table["covariate"].str.partition(": ")[0]
    largest = table.assign(before=table["before"].abs(), after=table["after"].abs())
    sizes = found.set_index("group")["n"]
    for (code, variable), own in largest.groupby(["group", "variable"], sort=False):
        for method, value in ((BEFORE, own["before"].max()), (AFTER, own["after"].max())):
            place = _place(people, str(code), TOTAL, method)
            unit = "standard deviations"
            yield {**place, "indicator": str(variable), "unit": unit, "estimate": float(value), "n": float(sizes[code])}


def _place(people: People, code: str, estimand: str, method: str) -> Row:
    plan = people.plan
    return {
        "group_by": plan.treatment,
        "group": code,
        "reference_group": plan.reference,
        "population": plan.population,
        "unit": POINTS,
        "method": method,
        "estimand": estimand,
    }


def _numbers(row: object) -> Row:
    numbers: Row = {name: float(getattr(row, name)) for name in ("estimate", "ci_low", "ci_high", "p_adjusted", "n")}
    numbers["n_effective"] = float(row.n_effective)  # type: ignore[attr-defined]
    note = str(row.note)  # type: ignore[attr-defined]
    if np.isnan(numbers["estimate"]):
        return {**numbers, "comparable": "no", "reason": note}
    return {**numbers, "caveat": note or OBSERVED}


def _beside(people: People, found: pd.DataFrame, outcome: str) -> Iterator[Row]:
    for row in found[found["estimate"].notna()].itertuples(index=False):
        own = {"indicator": outcome, "n": float(row.n), "n_effective": float(row.n_effective)}
        yield {**_place(people, row.group, TOTAL, CRUDE), **own, "estimate": float(row.crude)}
        ratio = {"unit": "ratio", "estimate": float(row.e_value), "ci_low": float(row.e_value_limit)}
        yield {**_place(people, row.group, TOTAL, E_VALUE), **own, **ratio}
        left = {"unit": "effective persons", "estimate": float(row.n_effective_reference), "n": float(row.n_reference)}
        yield {**_place(people, row.group, TOTAL, LEFT), **own, **left, "n_effective": np.nan}
