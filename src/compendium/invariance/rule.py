"""The rule of the verdict: which steps of an invariance ladder hold, and what may then be compared between groups."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import nan

import numpy as np
import pandas as pd

VERDICTS = ("means", "relations", "ranks", "structure_not_established", "not_testable", "not_measured")
"""What may be compared between groups: means; relations with other measures; only the order of persons inside each
group; nothing, as the structure does not hold; nothing, as it cannot be tested; nothing, as it was not measured."""

PARTIAL = "partial "
"""Before the name of a step whose equality some items were let off."""

CFI, RMSEA = 0.95, 0.08
"""The structure stands when the configural step has at least this CFI and at most this RMSEA."""
CFI_LOSS, RMSEA_GAIN = 0.010, 0.015
SRMR_GAIN = {"thresholds": 0.015, "metric": 0.030, "scalar": 0.015, "strict": 0.015}

READ = {
    "ML": ("cfi", "rmsea", "srmr"),
    "MLR": ("cfi_robust", "rmsea_robust", "srmr"),
    "WLSMV": ("cfi_scaled", "rmsea_scaled", "srmr"),
}
"""Which indices the rule reads, by estimator."""

_INDICES = [
    *["n", "chisq", "df", "p", "cfi", "tli", "rmsea", "srmr"],
    *["chisq_scaled", "cfi_scaled", "rmsea_scaled", "cfi_robust", "rmsea_robust"],
]
COLUMNS = [
    *["estimator", "step", "n_groups", *_INDICES],
    *["delta_cfi", "delta_rmsea", "delta_srmr", "chisq_diff", "df_diff", "p_diff"],
    *["freed", "converged", "improper", "holds", "verdict", "reason"],
]


@dataclass(frozen=True)
class Fitted:
    """A fitted step: its fit, and the nested test against the step before (see :func:`before`).

    ``freed`` names the items that a partial step lets differ. What an estimator does not have is missing.
    """

    n: int
    chisq: float
    df: int
    p: float
    cfi: float
    tli: float
    rmsea: float
    srmr: float
    is_converged: bool
    is_improper: bool
    chisq_scaled: float = nan
    cfi_scaled: float = nan
    rmsea_scaled: float = nan
    cfi_robust: float = nan
    rmsea_robust: float = nan
    chisq_diff: float = nan
    df_diff: float = nan
    p_diff: float = nan
    freed: tuple[str, ...] = ()


def before(step: str, steps: Iterable[str]) -> str | None:
    """Return the step that a step is compared with.

    Parameters
    ----------
    step : str
        A step of the ladder, or ``partial`` and such a step.
    steps : iterable of str
        All steps fitted so far, in their order.

    Returns
    -------
    str or None
        A full step is compared with the full step before it. A partial step is compared with the partial form of the
        step before it, where that was needed. The first step is compared with nothing.
    """
    known = list(steps)
    full = [name for name in known if not name.startswith(PARTIAL)]
    place = full.index(step.removeprefix(PARTIAL))
    if place == 0:
        return None
    earlier = full[place - 1]
    return PARTIAL + earlier if step.startswith(PARTIAL) and PARTIAL + earlier in known else earlier


def changes(fit: Fitted, earlier: Fitted, estimator: str) -> tuple[float, float, float]:
    """Return how CFI, RMSEA and SRMR, as the rule reads them for an estimator, differ from those of an earlier step."""
    cfi, rmsea, srmr = (getattr(fit, name) - getattr(earlier, name) for name in READ[estimator])
    return cfi, rmsea, srmr


def passes(step: str, fit: Fitted, earlier: Fitted | None, estimator: str) -> bool:
    """Return whether a step passes its own rule, whatever came before; what is missing passes nothing."""
    if not fit.is_converged:
        return False
    if earlier is None:
        cfi, rmsea, _ = (getattr(fit, name) for name in READ[estimator])
        return bool(cfi >= CFI and rmsea <= RMSEA)
    cfi, rmsea, srmr = changes(fit, earlier, estimator)
    limit = SRMR_GAIN[step.removeprefix(PARTIAL)]
    return bool(cfi >= -CFI_LOSS and (rmsea <= RMSEA_GAIN or srmr <= limit))


def holding(fits: Mapping[str, Fitted], estimator: str) -> dict[str, bool]:
    """Return for every step whether it holds: it passes its own rule, and the step that it is compared with holds."""
    holds = dict[str, bool]()
    for step, fit in fits.items():
        name = before(step, fits)
        earlier = None if name is None else fits[name]
        holds[step] = passes(step, fit, earlier, estimator) and (name is None or holds[name])
    return holds


def untestable(reason: str, verdict: str = "not_testable", estimator: str = "") -> pd.DataFrame:
    """Return the one row, without numbers, of a scale that cannot be tested."""
    row = dict.fromkeys(COLUMNS, np.nan) | {
        "estimator": estimator,
        "step": "configural",
        "freed": "",
        "converged": False,
        "improper": False,
        "holds": False,
        "verdict": verdict,
        "reason": reason,
    }
    return pd.DataFrame([row], columns=COLUMNS)


def judged(fits: Mapping[str, Fitted], estimator: str, n_groups: int) -> pd.DataFrame:
    """Return one row a step with its changes, whether it holds, and the verdict on all.

    Parameters
    ----------
    fits : mapping of str to Fitted
        Step -> what was fitted, configural first; a partial step after the full one that failed.
    estimator : str
        Says which indices are read (:data:`READ`).
    n_groups : int
        Number of groups compared.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`.
    """
    rows, holds = [], holding(fits, estimator)
    for step, fit in fits.items():
        name = before(step, fits)
        delta = (nan, nan, nan) if name is None else changes(fit, fits[name], estimator)
        rows.append(
            {
                **{key: value for key, value in asdict(fit).items() if key in COLUMNS},
                **dict(zip(("delta_cfi", "delta_rmsea", "delta_srmr"), delta, strict=True)),
                "estimator": estimator,
                "step": step,
                "n_groups": n_groups,
                "freed": "; ".join(fit.freed),
                "converged": fit.is_converged,
                "improper": fit.is_improper,
                "holds": holds[step],
            }
        )
    verdict, reason = _verdict(holds)
    return pd.DataFrame(rows).assign(verdict=verdict, reason=reason)[COLUMNS]


def _verdict(holds: Mapping[str, bool]) -> tuple[str, str]:
    """Return what the steps that hold, in full or in part, allow; and the step that stopped it."""

    def stands(step: str) -> bool:
        return holds.get(step, False) or holds.get(PARTIAL + step, False)

    full = [step for step in holds if not step.startswith(PARTIAL)]
    failed = [f"{step}_fails" for step in full if not stands(step)]
    if stands("scalar"):
        return "means", failed[0] if failed and holds["scalar"] else "" if holds["scalar"] else "partial"
    if stands("metric"):
        return "relations", failed[0]
    return ("ranks" if stands("configural") else "structure_not_established"), failed[0]
