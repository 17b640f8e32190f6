"""The gate that every published number passes: what would show a person is blanked, with its reason.

Seven rules, in this order, each with the study's ``minimum_cell`` (10 unless the study file says more, never under 5):

1. *cell*: an estimate that rests on fewer persons than the minimum is blanked.
2. *count*: where the estimate is a share of persons, the persons counted **and** those left over must each reach the
   minimum; where it is a count, the count must, or be nought.
3. *complement*: where a cell of a breakdown was blanked, the next smallest goes with it, or the blank could be worked out
   from the total; and so on until the blank cells hold the minimum of persons together, and each of them is open by that
   many persons if it counts, and by ten points if it is a share, for one who knows how many stand in each. Where all cells
   together are too few for that, their total goes with them, and a cell of every other breakdown that would add up to it.
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
from numpy.typing import NDArray

from .. import results as _results
from ..study.elements import Rules
from .dominance import DOMINATED
from .releases import given_away

Floats = NDArray[np.float64]

COUNT_UNITS = ("respondents", "answers received")
SHARE_METHODS = ("share", "share by another rule", "cumulative incidence", "naive curve")
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
OPEN = 0.10
"""Part of a cell's persons by which what is withheld stays open: ten points of its share."""
TELLING = ("turned",)
"""Flags that say on which side of everybody's a withheld number lies; other flags say what a row is."""
FEW_BLANKS = 2
"""Blank countries that the value of all countries together would give back."""


def protect(
    results: pd.DataFrame,
    rules: Rules,
    ledger: pd.DataFrame | None = None,
    pooled: str = "",
    beside: pd.DataFrame | None = None,
) -> pd.DataFrame:
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
    beside : pandas.DataFrame, optional
        The same numbers of each country, where `results` are those of all together: what is published of them elsewhere.

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
    if beside is not None:
        # a product of all together may hold rows of the countries itself: twice the same blank would seem to hide one another
        both = pd.concat([results, beside], ignore_index=True)
        again = both.duplicated([*_BREAKDOWN, "group", "estimand", "reference_group"]) & (both.index >= len(results))
        whole = protect(both[~again], rules, ledger, pooled)
        return whole.iloc[: len(results)].set_axis(results.index)
    gate = _Gate(results)
    minimum = rules.minimum_cell
    gate.blank(gate.survey & (gate.n < minimum), "cell")
    gate.blank(gate.shown & (results["caveat"] == DOMINATED).to_numpy(), "dominance")

    share = gate.shown & (gate.unit == "%") & gate.is_share
    # of a share that was weighted or censored the persons counted are no whole number: a part of a person is none
    counted, left = (np.floor((part * gate.n).round(6)) for part in (gate.estimate / 100, 1 - gate.estimate / 100))
    gate.blank(share & ((counted < minimum) | (left < minimum)), "count")
    gate.blank(gate.shown & gate.is_count & (gate.estimate < minimum) & (gate.estimate > 0), "count")

    if ledger is not None and len(ledger):
        gate.blank(gate.survey & given_away(gate.result(), ledger, minimum).to_numpy(), "release")

    _complements(gate, minimum)
    _groups(gate, minimum)
    if pooled and _margins(gate, pooled, minimum):
        _complements(gate, minimum)
    _nested(gate, minimum)
    return _results.validate(gate.result())


class _Gate:
    """Rows on their way through the rules: what they hold, as arrays, and by which rule each was blanked.

    Attributes
    ----------
    frame : pandas.DataFrame
        The rows as they came.
    survey : array of bool
        Numbers about people that were not blanked before.
    persons : array of float
        Persons whom a share or count counts; of anything else, its part of them, which nothing uses.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.estimate, self.n = (frame[name].to_numpy(dtype=float) for name in ("estimate", "n"))
        self.unit, self.method, self.group_by = (
            frame[name].to_numpy(dtype=object) for name in ("unit", "method", "group_by")
        )
        self.is_share, self.is_count = np.isin(self.method, SHARE_METHODS), np.isin(self.unit, COUNT_UNITS)
        was = frame["suppressed"].to_numpy(dtype=bool)
        self.survey = (frame["origin"] != "context").to_numpy() & ~was & ~np.isnan(self.estimate)
        self.persons = np.where(self.is_count, self.estimate, self.estimate / 100 * self.n)
        self.rule = np.where(was, frame["suppression_reason"].to_numpy(dtype=object), "")
        self.is_blank = was
        self.is_new = np.zeros(len(frame), dtype=bool)

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Numbers about people that no rule has blanked so far."""
        return self.survey & ~self.is_blank

    def blank(self, where: NDArray[np.bool_] | NDArray[np.intp] | int, rule: str) -> None:
        """Blank rows, given as truth values or positions, by a rule."""
        self.rule[where] = rule
        self.is_new[where] = True
        self.is_blank = self.is_blank | self.is_new

    def groups(self, columns: list[str], where: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
        """Return the positions of rows that agree in some columns, group by group in their order."""
        positions = np.flatnonzero(where)
        grouped = self.frame.iloc[positions].groupby(columns, sort=False).indices
        return [positions[own] for own in grouped.values()]

    def result(self) -> pd.DataFrame:
        """Return the rows, blanked ones without anything that could show a person."""
        frame = self.frame.copy()
        frame.loc[self.is_new, list(_results.BLANKED)] = np.nan
        frame.loc[self.is_new, "suppressed"] = True
        frame["suppression_reason"] = pd.Series(self.rule, frame.index, dtype=frame["suppression_reason"].dtype)
        frame.loc[self.is_new, "caveat"] = ""  # "too few for an interval" would tell that there was one person
        frame.loc[self.is_new & frame["flag"].isin(TELLING).to_numpy(), "flag"] = ""
        return frame


def _nested(gate: _Gate, minimum: int) -> None:
    """Blank shares by another rule that differ from the share of the fixed rule by a few persons, or would give it back."""
    is_other = (gate.frame["threshold_id"] != "").to_numpy()
    fixed, other = (np.flatnonzero(gate.survey & gate.is_share & kind) for kind in (~is_other, is_other))
    if not len(other):
        return
    first = gate.frame.iloc[fixed].drop_duplicates(_NESTED).set_index(_NESTED).index
    at = first.get_indexer(pd.MultiIndex.from_frame(gate.frame.iloc[other][_NESTED]))
    of = np.flatnonzero(~gate.frame.iloc[fixed].duplicated(_NESTED).to_numpy())
    has = at >= 0
    partner = np.where(has, fixed[of[at]] if len(fixed) else 0, 0)
    apart = np.round(np.abs(gate.persons[other] - gate.persons[partner]))
    gone = has & (gate.is_blank[partner] | ((apart > 0) & (apart < minimum)))
    gate.blank(other[gone], "nested")


def _complements(gate: _Gate, minimum: int) -> None:
    """Blank the smallest shown cells of each breakdown until they hide one another; where all cells do not, their total goes."""
    additive = gate.survey & (gate.is_count | gate.is_share)
    totals = {
        tuple(gate.frame.iloc[own[0]][_TOTAL]): own for own in gate.groups(_TOTAL, additive & (gate.group_by == ""))
    }
    breakdowns: dict[tuple[str, ...], list[NDArray[np.intp]]] = {}
    for rows in gate.groups(_BREAKDOWN, gate.survey):
        if len(rows) > 1 and gate.group_by[rows[0]] and additive[rows].all():
            breakdowns.setdefault(tuple(gate.frame.iloc[rows[0]][_TOTAL]), []).append(rows)
    for key, of_one in breakdowns.items():
        hidden = [_hide(gate, rows, minimum) for rows in of_one]
        if all(hidden) or key not in totals:
            continue
        gate.blank(totals[key], "complement")
        for rows in of_one:  # of which each that is whole would add up to the total
            if not gate.is_blank[rows].any():
                gate.blank(rows[np.argmin(gate.persons[rows])], "complement")
                _hide(gate, rows, minimum)


def _hide(gate: _Gate, rows: NDArray[np.intp], minimum: int) -> bool:
    """Blank the smallest shown cells of one breakdown until they hide one another; tell whether they do."""
    while True:
        blank, persons = gate.is_blank[rows], gate.persons[rows]
        if not blank.any() or _is_open(persons[blank], gate.n[rows][blank], minimum, gate.is_share[rows[0]]):
            return True
        # nought hides nothing: the blank would still be what is left of the total
        cover = ~blank & (persons > 0) if (~blank & (persons > 0)).any() else ~blank
        if not cover.any():
            return False
        gate.blank(rows[cover][np.argmin(persons[cover])], "complement")


def _is_open(persons: Floats, n: Floats, minimum: int, is_share: bool) -> bool:
    """Tell whether blank cells whose sum is known hide one another.

    Parameters
    ----------
    persons : array of float
        Persons counted in each cell.
    n : array of float
        Persons of each cell; those of a tally are the same in all, and a cell that counts its own members has none but them.
    minimum : int
        Persons.
    is_share : bool
        Whether the cells are shares, or else counts.

    Notes
    -----
    With the sum ``K`` of the cells and their sizes ``n`` known, a cell may count from ``max(0, K - (N - n))`` to ``min(n, K)``
    persons. A count must be open by the minimum of persons, a share by :data:`OPEN` of its size; together they hold the minimum.
    """
    whole = persons.sum()
    size = n if is_share else np.where(n > persons, n, whole)
    width = np.minimum(size, whole) - np.maximum(0, whole - (size.sum() - size))
    return bool(whole >= minimum and (width >= (OPEN * n if is_share else minimum)).all())


def _groups(gate: _Gate, minimum: int) -> None:
    """Blank the smallest group whose mean is shown while those that are not shown are too few to hide one another."""
    means = gate.survey & ~gate.is_share & ~gate.is_count
    total = (
        gate.frame.iloc[np.flatnonzero(means & (gate.group_by == ""))].drop_duplicates(_TOTAL).set_index(_TOTAL)["n"]
    )
    for rows in gate.groups([*_TOTAL, "group_by"], means & (gate.group_by != "")):
        of_all = total.get(tuple(gate.frame.iloc[rows[0]][_TOTAL]), np.nan)
        while not np.isnan(of_all):
            blank, n = gate.is_blank[rows], gate.n[rows]
            left, largest = of_all - n[~blank].sum(), n[blank].max(initial=0)
            few = 0 < left < minimum
            # beside a few others the mean of a large group hardly moves, whatever those answered
            bare = largest > 0 and left - largest < COVER * largest
            if blank.all() or not (few or bare):
                break
            gate.blank(rows[~blank][np.argmin(n[~blank])], "complement")


def _margins(gate: _Gate, pooled: str, minimum: int) -> bool:
    """Blank the value of all countries where it would give back those that are blank; tell whether any was."""
    positions = np.flatnonzero(gate.survey)
    own = gate.frame.iloc[positions][[*_MARGIN, "country"]].assign(blank=gate.is_blank[positions])
    own["hidden"], own["least"] = gate.persons[positions], np.where(gate.is_share, OPEN * gate.n, minimum)[positions]
    neither = ~(gate.is_count | gate.is_share)[positions]  # of means nothing adds up
    own.loc[neither, "hidden"] = np.inf
    inside = (own["country"] == pooled) & (
        own["group_by"] == "country"
    )  # a product of all together that tells them apart
    # a country that only hides another one here is shown on its own page
    own["blank"] &= ~(inside & (gate.rule[positions] == "complement"))
    own["country"] = own["country"].where(~inside, own["group"])
    own.loc[inside, ["group_by", "group"]] = ""
    countries = own[own["country"] != pooled].drop_duplicates([*_MARGIN, "country"])
    at = pd.MultiIndex.from_frame(own[_MARGIN])
    blanks = countries[countries["blank"]].groupby(_MARGIN, sort=False)
    blanks = blanks.agg(size=("blank", "size"), hidden=("hidden", "sum"), least=("least", "max")).reindex(at)
    few = (blanks["size"].le(FEW_BLANKS) | blanks["hidden"].lt(blanks["least"])).to_numpy()
    gone = positions[few & (own["country"] == pooled).to_numpy() & ~gate.is_blank[positions]]
    gate.blank(gone, "complement")
    return bool(len(gone))
