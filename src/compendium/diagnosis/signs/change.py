"""Change between two waves: of linked persons against what measurement error alone would make, else of means."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from ...errors import CompendiumError
from ...intervals import LEVEL, Difference, share_of
from ...persons import POINTS, Row, not_measured, organisation
from ...reliability import reliability
from ...scoring import SCORE, item_values
from ...study.questionnaire import Questionnaire

LINK, CONSENT = "linking_code", "consent_linking"
CHANGE = "change since the wave before"
RISE, FALL, NONE = "reliable rise", "reliable fall", "no reliable change"
_NAMES = (FALL, NONE, RISE)


def linked(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return who agreed to be linked and came back: ``first`` and ``second``, the places of each person in the two waves.

    A code that two persons of a wave share links nobody.
    """
    places = []
    for name, answers in (("first", first), ("second", second)):
        if not {LINK, CONSENT} <= set(answers):
            return pd.DataFrame({"first": [], "second": []})
        codes = answers.loc[answers[CONSENT] == "yes", LINK].dropna()
        codes = codes[~codes.duplicated(keep=False)]
        places.append(pd.Series(codes.index, index=codes.to_numpy(), name=name))
    return pd.concat(places, axis=1, join="inner").reset_index(drop=True)


def reliable_change(
    first: ArrayLike, second: ArrayLike, reliability: float, sd: float | None = None, clusters: ArrayLike | None = None
) -> pd.DataFrame:
    """Estimate how many linked persons changed by more than measurement error explains.

    Parameters
    ----------
    first, second : array-like of float
        Scores of the same persons in two waves; who lacks one is left out.
    reliability : float
        Reliability of the scale, 0 to 1.
    sd : float, optional
        Standard deviation of the scores; that of the first wave where not given.
    clusters : array-like, optional
        The organisation of each person.

    Returns
    -------
    pandas.DataFrame
        Three rows, ``change share ci_low ci_high n``: shares (0-1) of :data:`FALL`, :data:`NONE` and :data:`RISE`. No person is named.

    Raises
    ------
    CompendiumError
        The reliability is not between 0 and 1.

    Notes
    -----
    ``(second - first) / (sd sqrt(2 (1 - reliability)))`` beyond 1.96 either way: two standard errors of measurement make the
    denominator. Where nobody changes at all, 2.5 in 100 are counted on each side.

    References
    ----------
    Jacobson, Truax (1991), J. Consult. Clin. Psychol. 59:12-19.
    """
    if not 0 <= reliability < 1:
        raise CompendiumError(f"reliability {reliability} of a scale; legal is 0 or more and less than 1")
    before, after = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    spread = float(np.nanstd(before, ddof=1)) if sd is None else sd
    limit = float(stats.norm.ppf(0.5 + LEVEL / 2)) * spread * np.sqrt(2 * (1 - reliability))
    moved = after - before
    kind = np.where(moved > limit, 1.0, np.where(moved < -limit, -1.0, 0.0))
    rows = []
    for code, name in enumerate(_NAMES, start=-1):
        found = share_of(np.where(np.isnan(moved), np.nan, kind == code), clusters=clusters)
        rows.append({"change": name, "share": found.estimate, "ci_low": found.low, "ci_high": found.high, "n": found.n})
    return pd.DataFrame(rows)


def difference_of_waves(
    first: ArrayLike, second: ArrayLike, first_clusters: ArrayLike | None, second_clusters: ArrayLike | None
) -> Difference:
    """Estimate the mean of the second wave minus that of the first, where organisations may stand in both.

    Returns
    -------
    Difference
        ``estimate low high p``.

    Notes
    -----
    Errors are summed by organisation over both waves, so that what an organisation has in common with its earlier self
    cancels; t with one less than the number of organisations. Who named none stands alone, once in each wave.
    """
    parts, names = [], []
    for at, (values, clusters) in enumerate(((first, first_clusters), (second, second_clusters))):
        x = np.asarray(values, dtype=float)
        known = ~np.isnan(x)
        alone = np.array([f"{at} {i}" for i in range(len(x))], dtype=object)
        named = alone if clusters is None else np.where(pd.isna(clusters), alone, np.asarray(clusters, dtype=object))
        parts.append(x[known])
        names.append(named[known].astype(str))
    if min(map(len, parts)) == 0:
        return Difference(np.nan, np.nan, np.nan, np.nan)
    estimate = float(parts[1].mean() - parts[0].mean())
    errors = np.concatenate([sign * (x - x.mean()) / len(x) for sign, x in zip((-1, 1), parts, strict=True)])
    place = np.unique(np.concatenate(names), return_inverse=True)[1]
    sums = np.bincount(place, errors)
    if len(sums) < 2:
        return Difference(estimate, np.nan, np.nan, np.nan)
    error = float(np.sqrt(len(sums) / (len(sums) - 1) * (sums**2).sum()))
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, len(sums) - 1)) * error
    p = 2 * float(stats.t.sf(abs(estimate) / error, len(sums) - 1)) if error > 0 else np.nan
    return Difference(estimate, estimate - reach, estimate + reach, p)


def change_rows(first: pd.DataFrame, second: pd.DataFrame, questionnaire: Questionnaire, measure: str) -> Iterator[Row]:
    """Yield the change of a measure since the wave before: reliable change of linked persons, or the difference of means."""
    column = SCORE + measure
    if measure not in questionnaire.measures or any(
        column not in wave or wave[column].notna().sum() == 0 for wave in (first, second)
    ):
        yield not_measured(measure, "not measured in both waves") | {"estimand": CHANGE}
        return
    group = organisation(second, questionnaire)
    places = linked(first, second)
    if len(places):
        before, after = (wave.loc[places[name], column] for name, wave in (("first", first), ("second", second)))
        of = None if group is None else second.loc[places["second"], group].to_numpy(object)
        quality = reliability(item_values(first, questionnaire, questionnaire.measures[measure]))["alpha"].iloc[0]
        if not 0 < quality < 1:
            yield not_measured(measure, "the scale is too unreliable to tell change from error") | {"estimand": CHANGE}
            return
        for row in reliable_change(before, after, float(quality), clusters=of).to_dict("records"):
            yield {
                "indicator": measure,
                "group_by": CHANGE,
                "group": row["change"],
                "estimate": 100 * row["share"],
                "ci_low": 100 * row["ci_low"],
                "ci_high": 100 * row["ci_high"],
                "n": float(row["n"]),
                "unit": "%",
                "method": "share",
                "estimand": "reliable change of linked persons",
            }
        return
    clusters = [
        None if group is None or group not in wave else wave[group].to_numpy(object) for wave in (first, second)
    ]
    found = difference_of_waves(first[column], second[column], *clusters)
    yield {
        "indicator": measure,
        "group_by": CHANGE,
        "estimate": found.estimate,
        "ci_low": found.low,
        "ci_high": found.high,
        "n": float(min(first[column].notna().sum(), second[column].notna().sum())),
        "unit": POINTS,
        "method": "difference of means",
        "estimand": CHANGE,
    }
