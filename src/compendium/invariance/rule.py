"""The rule of the verdict: which steps of an invariance ladder hold, and what may then be compared between groups."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

STEPS: Mapping[str, frozenset[str]] = {
    "configural": frozenset(),
    "metric": frozenset({"loadings"}),
    "scalar": frozenset({"loadings", "intercepts"}),
    "strict": frozenset({"loadings", "intercepts", "residuals"}),
}
VERDICTS = ("means", "relations", "ranks", "structure_not_established", "not_testable", "not_measured")
"""What may be compared between groups: means; relations with other measures; only the order of persons inside each
group; nothing, as the structure does not hold; nothing, as it cannot be tested; nothing, as it was not measured."""

CFI, RMSEA = 0.95, 0.08
"""The structure stands when the configural step has at least this CFI and at most this RMSEA."""
CFI_LOSS, RMSEA_GAIN = 0.010, 0.015
SRMR_GAIN = {"metric": 0.030, "scalar": 0.015, "strict": 0.015}

COLUMNS = [
    "step",
    "n_groups",
    "n",
    "chisq",
    "df",
    "cfi",
    "tli",
    "rmsea",
    "srmr",
    "delta_cfi",
    "delta_rmsea",
    "delta_srmr",
    "converged",
    "improper",
    "holds",
    "verdict",
    "reason",
]


class Fitted(Protocol):
    """What the rule reads of a fitted step."""

    @property
    def chisq(self) -> float: ...
    @property
    def df(self) -> int: ...
    @property
    def cfi(self) -> float: ...
    @property
    def tli(self) -> float: ...
    @property
    def rmsea(self) -> float: ...
    @property
    def srmr(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def is_converged(self) -> bool: ...
    @property
    def is_improper(self) -> bool: ...


def untestable(reason: str, verdict: str = "not_testable") -> pd.DataFrame:
    row = dict.fromkeys(COLUMNS, np.nan) | {
        "step": "configural",
        "converged": False,
        "improper": False,
        "holds": False,
        "verdict": verdict,
        "reason": reason,
    }
    return pd.DataFrame([row], columns=COLUMNS)


def judged(fits: Mapping[str, Fitted], n_groups: int) -> pd.DataFrame:
    rows, before, stands = [], None, True
    for step, fit in fits.items():
        delta = (
            [np.nan] * 3 if before is None else [fit.cfi - before.cfi, fit.rmsea - before.rmsea, fit.srmr - before.srmr]
        )
        stands = stands and fit.is_converged and _holds(step, fit, delta)
        rows.append(
            {
                **{name: getattr(fit, name) for name in ["n", "chisq", "df", "cfi", "tli", "rmsea", "srmr"]},
                **dict(zip(("delta_cfi", "delta_rmsea", "delta_srmr"), delta, strict=True)),
                "step": step,
                "n_groups": n_groups,
                "converged": fit.is_converged,
                "improper": fit.is_improper,
                "holds": stands,
            }
        )
        before = fit
    held = [row["step"] for row in rows if row["holds"]]
    verdict = {0: "structure_not_established", 1: "ranks", 2: "relations"}.get(len(held), "means")
    reason = "" if len(held) == len(rows) else f"{rows[len(held)]['step']}_fails"
    return pd.DataFrame(rows).assign(verdict=verdict, reason=reason)[COLUMNS]


def _holds(step: str, fit: Fitted, delta: Sequence[float]) -> bool:
    """Return whether a step passes its own rule, whatever came before."""
    if step == "configural":
        return fit.cfi >= CFI and fit.rmsea <= RMSEA
    loss, rise, spread = delta
    return not (loss < -CFI_LOSS or (rise > RMSEA_GAIN and spread > SRMR_GAIN[step]))
