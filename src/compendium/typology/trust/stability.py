"""Whether profiles come back: the whole analysis is done again on bootstrap samples, and its groups are compared."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from compendium.errors import AnswersError, CompendiumError

from ..coding import MISSING, Book, Codes, Floats, Whole, encode
from ..consolidation import squares
from ..division import Division, divide
from ..mca import inputs
from ..mca.axes import rates, solve
from ..mca.joint import counted, gathered

LEVEL = 0.95
Labels = NDArray[np.int8]
Axes = int | Callable[[pd.Series], int]


@dataclass(frozen=True, eq=False)
class Stability:
    """What became of profiles in bootstrap samples.

    Attributes
    ----------
    labels : array of int8, respondents x replicates
        Profile (1 for the first ...) that the replicate's analysis gives every respondent: its groups are matched with the
        profiles one to one, so that as many respondents as possible keep theirs. Negative for a respondent who was not drawn
        and is only laid over the replicate's axes.
    jaccard : pandas.DataFrame
        Replicates x profiles, see :func:`jaccard_of`.
    n_profiles : pandas.Series
        Number of replicates in which the automatic cut of the tree would have chosen so many profiles (index).
    """

    labels: Labels
    jaccard: pd.DataFrame
    n_profiles: pd.Series

    @property
    def summary(self) -> pd.DataFrame:
        """Mean Jaccard index and the range of 95 % of the replicates: ``profile mean low high``."""
        return summary_of(self.jaccard)


def bootstrap_stability(
    data: pd.DataFrame,
    labels: pd.Series,
    n_axes: Axes = 5,
    *,
    weights: inputs.Weights | None = None,
    passive: Mapping[str, Collection[str]] | None = None,
    rare: float = 0.0,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    n_replicates: int = 200,
    seed: int = 0,
) -> Stability:
    """Do a typology again on samples drawn from its respondents.

    Parameters
    ----------
    data : pandas.DataFrame
        Active answers, one row a respondent.
    labels : pandas.Series
        Profile of each respondent (``fit_hcpc(fit_mca(data, n_axes), k).labels``).
    n_axes : int or callable
        Axes kept, or a rule that makes their number of the Benzecri rates (per cent) of each sample.
    weights, passive
        As in :func:`~compendium.typology.fit_mca` when the profiles were found.
    rare : float
        Answers that a smaller weighted share of a sample gives make no axis there, 0 to 1.
    strata, clusters : sequence, optional
        Respondents are drawn within each stratum; whole clusters are drawn where they are given.
    n_replicates, seed : int
        Samples, and the seed they are drawn with.

    Returns
    -------
    Stability

    Raises
    ------
    AnswersError
        Labels, weights, strata or clusters do not fit the data, or hardly any sample can be analysed.

    Notes
    -----
    Each replicate makes correspondence analysis, Ward's tree, its cut into as many groups, and consolidation anew; which
    questions are active is kept. Respondents drawn several times weigh so much more.
    A mean Jaccard index of 0.75 or more is read as a profile that comes back, below 0.6 as one that does not (Hennig). It says
    nothing about whether there are groups: a continuum cut into pieces is stable too, see :func:`~.verdict.judge`. A sample in
    which a question has one answer only is left out.

    References
    ----------
    Hennig 2007, *Computational Statistics and Data Analysis* 52(1), 258-271.
    """
    data = inputs.named(data)
    weight = inputs.weights_of(weights, data.index)
    names, own = _profiles(labels, data.index)
    if n_replicates < 1:
        raise AnswersError(f"n_replicates must be 1 or more; {n_replicates} given")
    sample = _Sample(*encode(data, tuple(data.columns)), n_axes, passive, rare)
    unit, blocks = _units(len(data), strata, clusters)
    generator = np.random.default_rng(seed)
    groups, chosen = [], []
    for _ in range(n_replicates):
        counts = _drawn(unit, blocks, generator)
        try:
            group, quotients = sample.divided(weight * counts, len(names))
        except CompendiumError:
            continue  # counted below
        groups.append(np.where(counts > 0, 1, -1) * (_matched(own, group, len(names)) + 1))
        chosen.append(int(quotients.idxmin()))
    if len(groups) < n_replicates / 2:
        raise AnswersError(
            f"only {len(groups)} of {n_replicates} samples could be analysed: too few respondents give some of the answers"
        )
    found: Labels = np.column_stack(groups).astype(np.int8)
    return Stability(found, jaccard_of(labels, found), pd.Series(chosen).value_counts().sort_index())


@dataclass(frozen=True, eq=False)
class _Sample:
    """Answers coded once, and how samples of them are analysed."""

    book: Book
    columns: list[Codes]
    n_axes: Axes
    passive: Mapping[str, Collection[str]] | None
    rare: float

    def divided(self, weight: Floats, number: int) -> tuple[Whole, pd.Series]:
        """Return the group of every respondent, also of weight zero, and the quotients of the tree."""
        coordinates, used = self._placed(weight), weight > 0
        found: Division = divide(coordinates[used], weight[used], number)
        group: Whole = squares(coordinates, found.centres).argmin(axis=1)
        group[used] = found.after[found.place]
        return group, found.quotients

    def _placed(self, weight: Floats) -> Floats:
        """Return the coordinates of every respondent on the axes that the weights make, as fit_mca does."""
        sizes, count = self.book.sizes, len(self.book.variables)
        burt = counted(self.columns, sizes, [], [], weight).burt
        held = np.diag(burt)
        is_active = inputs.active_mask(self.book, self.passive, held) & ~self._rare(held, float(weight.sum()))
        axes = solve(burt, np.flatnonzero(is_active), self.book, float(weight.sum()))
        wanted = self.n_axes(rates(axes, count, False)["benzecri_pct"]) if callable(self.n_axes) else self.n_axes
        vectors = axes.vectors[:, :wanted]
        loadings = np.zeros((len(is_active), vectors.shape[1]))
        loadings[axes.kept] = vectors / (count * axes.root[:, None])
        return gathered(self.columns, sizes, loadings, -(axes.root @ vectors))

    def _rare(self, held: Floats, total: float) -> np.ndarray:
        """Mark answers that too few give; a variable whose answers are all rare keeps them."""
        few = np.zeros(len(held), dtype=bool)
        for start, categories in zip(self.book.starts, self.book.categories, strict=True):
            answered = np.arange(start, start + len(categories) - (categories[-1] == MISSING))
            below = held[answered] < self.rare * total
            few[answered] = below & (not below.all())
        return few


def jaccard_of(labels: pd.Series, replicates: Labels) -> pd.DataFrame:
    """Return how like each profile the group of a replicate is that is most like it.

    Parameters
    ----------
    labels : pandas.Series
        Profile of each respondent.
    replicates : array of int8, respondents x replicates
        See :class:`Stability`; only respondents who were drawn count.

    Returns
    -------
    pandas.DataFrame
        Replicates x profiles: respondents in both over respondents in either, 0 to 1.
    """
    names = _in_order(labels)
    own = pd.Categorical(labels, names).codes.astype(np.int64)
    rows = [_jaccard(own[column > 0], column[column > 0].astype(np.int64) - 1, len(names)) for column in replicates.T]
    return pd.DataFrame(rows, columns=names)


def summary_of(jaccard: pd.DataFrame) -> pd.DataFrame:
    """Return mean index and the range of 95 % of the replicates: ``profile mean low high``."""
    low, high = (jaccard.quantile(tail) for tail in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    columns = {"mean": jaccard.mean(), "low": low, "high": high}
    return pd.DataFrame(columns).rename_axis("profile").reset_index()


def _in_order(labels: pd.Series) -> list[str]:
    return sorted(labels.unique(), key=lambda name: (len(str(name)), str(name)))


def _profiles(labels: pd.Series, index: pd.Index) -> tuple[list[str], Whole]:
    """Return the names of the profiles and the place of each respondent's."""
    if len(labels) != len(index):
        raise AnswersError(f"{len(labels)} labels for {len(index)} respondents; one each is expected")
    if not labels.index.equals(index):
        raise AnswersError("the labels have another index than the answers; give them the same, in the same order")
    if labels.isna().any():
        raise AnswersError(f"row {labels.index[labels.isna()][0]!r} has no label; each respondent needs one")
    names = _in_order(labels)
    if len(names) < 2:
        raise AnswersError(f"stability needs two profiles or more; {len(names)} given")
    return names, pd.Categorical(labels, names).codes.astype(np.int64)


def _units(count: int, strata: ArrayLike | None, clusters: ArrayLike | None) -> tuple[Whole, list[Whole]]:
    """Return the unit that each respondent is drawn with, and the units of each stratum."""
    stratum, cluster = _numbered("strata", strata, count), _numbered("clusters", clusters, count)
    if strata is None:
        stratum = np.zeros(count, dtype=np.int64)
    _, first, unit = np.unique(stratum * count + cluster, return_index=True, return_inverse=True)
    home = stratum[first]
    return unit.ravel().astype(np.int64), [np.flatnonzero(home == one) for one in np.unique(home)]


def _numbered(role: str, values: ArrayLike | None, count: int) -> Whole:
    if values is None:
        return np.arange(count)
    codes, _ = pd.factorize(np.asarray(values, dtype=object), use_na_sentinel=False)
    if len(codes) != count:
        raise AnswersError(f"{role}: {len(codes)} values for {count} respondents; one each is expected")
    return codes.astype(np.int64)


def _drawn(unit: Whole, blocks: list[Whole], generator: np.random.Generator) -> Floats:
    """Return how often each respondent is drawn."""
    times = np.zeros(unit.max() + 1)
    for block in blocks:
        times[block] = np.bincount(generator.integers(0, len(block), len(block)), minlength=len(block))
    return times[unit]


def crossed(one: Whole, two: Whole, rows: int, columns: int) -> Floats:
    """Return how many respondents fall into each pair of groups."""
    table: Floats = np.bincount(one * columns + two, minlength=rows * columns).reshape(rows, columns).astype(float)
    return table


def _jaccard(own: Whole, group: Whole, number: int) -> Floats:
    both = crossed(own, group, number, number)
    either = both.sum(axis=1)[:, None] + both.sum(axis=0) - both
    index: Floats = np.divide(both, either, out=np.zeros_like(both), where=either > 0).max(axis=1)
    return index


def _matched(own: Whole, group: Whole, number: int) -> Whole:
    rows, columns = linear_sum_assignment(-crossed(own, group, number, number))
    profile = np.empty(number, dtype=np.int64)
    profile[columns] = rows
    return profile[group]
