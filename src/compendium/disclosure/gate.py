"""The gate that every published number passes: what would show a person is blanked, with its reason.

Seven rules, in this order, each with the study's ``minimum_cell`` (10 unless the study file says more, never under 5):

1. *cell*: an estimate that rests on fewer persons than the minimum is blanked.
2. *count*: where the estimate is a share of persons, the persons counted **and** those left over must each reach the
   minimum; where it is a count, the count must, or be nought.
3. *complement*: where a cell of a breakdown was blanked, the next smallest goes with it, or the blank could be worked out
   from the total; and so on until the blank cells hold the minimum of persons together.
4. *groups*: where groups whose means are shown leave fewer persons of the total than the minimum, those few could be worked
   out from the total mean; the smallest group shown goes with them (its reason is *complement* too). So does it while the
   blank groups beside the largest of them are too few for its mean to stay open by five points of 100.
5. *margin*: where one or two countries were blanked and all countries together are not, the pooled value goes, or it would
   give them back; then again the third rule. More than two blanks cannot be told from one another by whole per cents.

6. *nested*: a share by another rule counts the persons of the fixed rule and some besides. Where the fixed share was blanked, or
   fewer persons than the minimum lie between the two, the share by the other rule goes.
7. *release*: a number whose difference from an earlier release would show fewer persons than the minimum goes, before the third
   rule looks for what must go with it.

Before the second, what a maker found to be *dominated* goes: a mean or sum of money, hours or the like of which one or two
persons make up too much (:mod:`.dominance`; only who has the answers can tell).

Official figures (origin ``context``) are published already and pass untouched.
"""

import numpy as np
import pandas as pd

from .. import results as _results
from ..study.elements import Rules
from .dominance import DOMINATED
from .releases import given_away

COUNT_UNITS = ("respondents", "answers received")
SHARE_METHODS = ("share", "share by another rule")
_BREAKDOWN = [
    "study",
    "wave",
    "population",
    "country",
    "part",
    "indicator",
    "group_by",
    "period",
    "unit",
    "method",
    "threshold_id",
]


_NESTED = ["study", "wave", "population", "country", "part", "indicator", "group_by", "group", "period", "unit"]
_TOTAL = ["study", "wave", "population", "country", "part", "indicator", "period", "unit", "method"]
_MARGIN = [
    "study",
    "wave",
    "population",
    "part",
    "indicator",
    "group_by",
    "group",
    "period",
    "unit",
    "method",
    "estimand",
    "threshold_id",
]
COVER = 0.05
"""Persons in other blank groups for each in the largest: its mean, on 0-100, then keeps a range of five points."""
TELLING = ("turned",)
"""Flags that say on which side of everybody's a withheld number lies; other flags say what a row is."""
FEW_BLANKS = 2
"""Blank countries that the value of all countries together would give back."""


def protect(results: pd.DataFrame, rules: Rules, ledger: pd.DataFrame | None = None, pooled: str = "") -> pd.DataFrame:
    """Blank every estimate that would show a person.

    Parameters
    ----------
    results : pandas.DataFrame
        The one shape of a result. Shares have ``unit="%"`` and ``method="share"``; counts have a unit of
        :data:`COUNT_UNITS` and the count in ``estimate``.
    rules : Rules
        The study's thresholds.
    ledger : pandas.DataFrame, optional
        Everything that was released before (:func:`.ledger`).
    pooled : str
        Code of all countries together, where rows of it may stand beside those of the countries.

    Returns
    -------
    pandas.DataFrame
        The same rows; blanked ones have no estimate, interval, n, n_effective or caveat, ``suppressed`` true and the rule that
        blanked them in ``suppression_reason`` (``cell``, ``dominance``, ``count``, ``complement``, ``nested`` or ``release``).

    Notes
    -----
    A share of exactly 0 or 100 per cent tells the answer of every person in the group. It is blanked as well, since
    with a known member of the group nothing is left to guess.
    """
    frame = results.copy()
    survey = (frame["origin"] != "context") & ~frame["suppressed"] & frame["estimate"].notna()
    minimum = rules.minimum_cell
    _blank(frame, survey & (frame["n"] < minimum), "cell")
    _blank(frame, survey & ~frame["suppressed"] & (frame["caveat"] == DOMINATED), "dominance")

    share = survey & (frame["unit"] == "%") & frame["method"].isin(SHARE_METHODS) & ~frame["suppressed"]
    counted = (frame["estimate"] / 100 * frame["n"]).round().where(share)
    left = (frame["n"] - counted).where(share)
    _blank(frame, share & ((counted < minimum) | (left < minimum)), "count")
    tallied = survey & frame["unit"].isin(COUNT_UNITS) & ~frame["suppressed"]
    _blank(frame, tallied & (frame["estimate"] < minimum) & (frame["estimate"] > 0), "count")

    if ledger is not None and len(ledger):
        _blank(frame, survey & given_away(frame, ledger, minimum), "release")

    persons = results["estimate"].where(results["unit"].isin(COUNT_UNITS), results["estimate"] / 100 * results["n"])
    _complements(frame, survey, persons, minimum)
    _groups(frame, survey, results["n"], minimum)
    if pooled and _margins(frame, survey, pooled):
        _complements(frame, survey, persons, minimum)
    _nested(frame, survey, persons, minimum)
    return _results.validate(frame)


def _nested(frame: pd.DataFrame, survey: pd.Series, persons: pd.Series, minimum: int) -> None:
    """Blank shares by another rule that differ from the share of the fixed rule by a few persons, or would give it back."""
    shares = frame[survey & frame["method"].isin(SHARE_METHODS)]
    fixed = shares[shares["threshold_id"] == ""].drop_duplicates(_NESTED).set_index(_NESTED)
    other = shares[shares["threshold_id"] != ""]
    if other.empty:
        return
    key = pd.MultiIndex.from_frame(other[_NESTED])
    blank = fixed["suppressed"].reindex(key).fillna(False).to_numpy(dtype=bool)
    of_fixed = pd.Series((fixed["estimate"] / 100 * fixed["n"]).to_numpy(), index=fixed.index).reindex(key).to_numpy()
    apart = np.abs(persons[other.index].to_numpy() - of_fixed)
    few = (apart.round() > 0) & (apart.round() < minimum)
    _blank(frame, frame.index.isin(other.index[blank | few]), "nested")


def _complements(frame: pd.DataFrame, survey: pd.Series, persons: pd.Series, minimum: int) -> None:
    for positions in frame[survey].groupby(_BREAKDOWN, sort=False).indices.values():
        _complement(frame, frame.index[survey][positions], persons, minimum)


def _groups(frame: pd.DataFrame, survey: pd.Series, persons: pd.Series, minimum: int) -> None:
    """Blank the smallest group whose mean is shown while those that are not shown are too few to hide one another."""
    means = frame[survey & ~frame["method"].isin(SHARE_METHODS) & ~frame["unit"].isin(COUNT_UNITS)]
    total = means[means["group_by"] == ""].drop_duplicates(_TOTAL).set_index(_TOTAL)["n"]
    for key, rows in means[means["group_by"] != ""].groupby([*_TOTAL, "group_by"], sort=False):
        of_all = total.get(key[:-1], np.nan)
        while not np.isnan(of_all):
            is_blank = frame.loc[rows.index, "suppressed"]
            shown = frame.loc[rows.index[~is_blank], "n"]
            left, largest = of_all - shown.sum(), persons[rows.index[is_blank]].max()
            few = 0 < left < minimum
            # beside a few others the mean of a large group hardly moves, whatever those answered
            bare = largest > 0 and left - largest < COVER * largest
            if shown.empty or not (few or bare):
                break
            _blank(frame, frame.index == shown.idxmin(), "complement")


def _margins(frame: pd.DataFrame, survey: pd.Series, pooled: str) -> bool:
    """Blank the value of all countries where it would give back the one or two that are blank; tell whether any was."""
    own = frame.loc[survey, [*_MARGIN, "country", "suppressed"]]
    inside = (own["country"] == pooled) & (own["group_by"] == "country")  # a product of all together that tells them apart
    own = own.assign(country=own["country"].where(~inside, own["group"]))
    own.loc[inside, ["group_by", "group"]] = ""
    countries = own[own["country"] != pooled].drop_duplicates([*_MARGIN, "country"])
    blanks = countries.groupby(_MARGIN, sort=False)["suppressed"].sum()
    key = pd.MultiIndex.from_frame(own[_MARGIN])
    few = pd.Series(blanks.reindex(key).fillna(0).to_numpy(), index=own.index).between(1, FEW_BLANKS)
    gone = few & (own["country"] == pooled) & ~own["suppressed"]
    _blank(frame, frame.index.isin(gone.index[gone]), "complement")
    return bool(gone.any())


def _complement(frame: pd.DataFrame, rows: pd.Index, persons: pd.Series, minimum: int) -> None:
    """Blank the smallest shown cells of a breakdown until two or more are blank and hide enough persons together."""
    group = frame.loc[rows]
    additive = (group["unit"].isin(COUNT_UNITS) | group["method"].isin(SHARE_METHODS)).all()
    if not additive or len(group) < 2 or group["group_by"].iloc[0] == "":
        return
    while True:
        blank = frame.loc[rows, "suppressed"]
        shown = persons[rows][~blank]
        # nought hides nothing: the blank would still be what is left of the total
        cover = shown[shown > 0] if (shown > 0).any() else shown
        if not blank.any() or (blank.sum() > 1 and persons[rows][blank].sum() >= minimum) or cover.empty:
            return
        _blank(frame, frame.index == cover.index[int(np.argmin(cover.to_numpy()))], "complement")


def _blank(frame: pd.DataFrame, where: pd.Series | np.ndarray, rule: str) -> None:
    frame.loc[where, list(_results.BLANKED)] = np.nan
    frame.loc[where, "suppressed"] = True
    frame.loc[where, "suppression_reason"] = rule
    frame.loc[where, "caveat"] = ""  # "too few for an interval" would tell that there was one person
    told = pd.Series(where, index=frame.index) & frame["flag"].isin(TELLING)
    frame.loc[told, "flag"] = ""
