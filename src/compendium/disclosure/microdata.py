"""Answers of persons as a file for others: how many are alike, what a group of people alike would tell, what is blanked."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import DisclosureError
from .local_suppression import suppress_locally

__all__ = ["Report", "blank_alike", "report", "suppress_locally"]


@dataclass(frozen=True)
class Report:
    """What a file of answers would show of persons.

    Attributes
    ----------
    persons : int
        Rows.
    keys : tuple of str
        What others may know of a person.
    k, l : int
        What was asked for.
    classes : int
        Groups of persons alike in all keys; a missing answer is an answer of its own.
    smallest : int
        Persons in the smallest: the file is k-anonymous for every k up to it.
    unique, below : int
        Persons alone in theirs; persons in groups of fewer than `k`.
    expected : float
        Persons that somebody would find who knows the keys of everybody and that they answered: ``sum 1 / size``.
    highest_risk : float
        Largest chance of a person to be found so: ``1 / smallest``.
    sensitive : pandas.DataFrame
        One row a sensitive question: ``variable``, ``distinct`` (fewest different answers in a group), ``entropy`` (least
        effective number of answers, ``exp(H)``), ``classes_below`` and ``persons_below`` (groups with fewer than `l`
        different answers, and their persons). Groups in which nobody answered tell nothing and are left out.
    """

    persons: int
    keys: tuple[str, ...]
    k: int
    l: int  # noqa: E741  # its name in the literature
    classes: int
    smallest: int
    unique: int
    below: int
    expected: float
    highest_risk: float
    sensitive: pd.DataFrame

    @property
    def passes(self) -> bool:
        """Whether nobody is in a group of fewer than `k`, and no group tells its members' answer."""
        return self.below == 0 and not (self.sensitive["classes_below"] > 0).any()


def report(frame: pd.DataFrame, keys: list[str], sensitive: list[str], *, k: int = 5, l: int = 2) -> Report:  # noqa: E741
    """Say how many persons are alike, and how much a group of people alike tells about its members.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person.
    keys : list of str
        Columns that others may know of a person.
    sensitive : list of str
        Columns that nobody should learn.
    k : int
        Fewest persons alike.
    l : int
        Fewest different answers among them.

    Returns
    -------
    Report
        How large the population is, and so how many in it are alike with a respondent, is not known: every number is for
        somebody who knows that the person answered. That is the most anybody could know.

    Raises
    ------
    DisclosureError
        There is nobody, or a name is no column, or both key and sensitive.

    References
    ----------
    Sweeney, L. (2002). k-anonymity: a model for protecting privacy. International Journal on Uncertainty, Fuzziness and
    Knowledge-based Systems 10(5), 557-570.
    Machanavajjhala, A. et al. (2007). l-diversity: privacy beyond k-anonymity. ACM TKDD 1(1), 3.
    """
    absent = [name for name in (*keys, *sensitive) if name not in frame]
    if absent or not keys or not len(frame):
        raise DisclosureError(f"there is nobody, no key, or no column {', '.join(absent) or '(none named)'}")
    both = sorted(set(keys) & set(sensitive))
    if both:
        raise DisclosureError(f"{', '.join(both)}: a question is either a key or sensitive, not both")
    place = frame.groupby(keys, dropna=False, sort=False, observed=True).ngroup().to_numpy()
    size = np.bincount(place)
    own = size[place]
    return Report(
        persons=len(frame),
        keys=tuple(keys),
        k=k,
        l=l,
        classes=len(size),
        smallest=int(size.min()),
        unique=int((own == 1).sum()),
        below=int((own < k).sum()),
        expected=float((1 / own).sum()),
        highest_risk=float(1 / size.min()),
        sensitive=pd.DataFrame(
            [_diversity(frame[name], place, l) for name in sensitive],
            columns=["variable", "distinct", "entropy", "classes_below", "persons_below"],
        ),
    )


def blank_alike(frame: pd.DataFrame, keys: list[str], sensitive: list[str], l: int) -> pd.DataFrame:  # noqa: E741
    """Blank the answers to sensitive questions in groups of people alike that gave fewer than `l` different ones.

    Returns
    -------
    pandas.DataFrame
        The same rows; of such a group nothing is left to learn.
    """
    found = frame.copy()
    place = frame.groupby(keys, dropna=False, sort=False, observed=True).ngroup()
    for name in sensitive:
        different = frame[name].groupby(place).transform("nunique")
        found[name] = frame[name].mask(different < l)
    return found


def _diversity(answers: pd.Series, place: np.ndarray, l: int) -> dict[str, object]:  # noqa: E741
    known = answers.notna().to_numpy()
    table = pd.crosstab(place[known], answers[known].astype(object).to_numpy()) if known.any() else pd.DataFrame()
    if table.empty:
        return {"variable": answers.name, "distinct": 0, "entropy": np.nan, "classes_below": 0, "persons_below": 0}
    counts = table.to_numpy(dtype=float)
    shares = counts / counts.sum(axis=1, keepdims=True)
    entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1)
    different = (counts > 0).sum(axis=1)
    few = table.index[different < l]
    return {
        "variable": answers.name,
        "distinct": int(different.min()),
        "entropy": float(np.exp(entropy.min())),
        "classes_below": len(few),
        "persons_below": int(np.isin(place, few).sum()),
    }
