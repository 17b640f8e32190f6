"""Intervals against values known from the literature and from scipy and statsmodels, and their limits."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from compendium import intervals
from compendium.estimation import estimate_mean
from compendium.intervals.means import linearised, read_answers


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (3, 10), (10, 10), (81, 263), (1, 1)])
def test_share_is_wilson(successes: int, n: int) -> None:
    """The same interval as statsmodels."""
    low, high = proportion_confint(successes, n, method="wilson")
    assert intervals.share(successes, n) == pytest.approx((successes / n, low, high), abs=1e-12)


def test_share_of_nobody_and_illegal_counts() -> None:
    """Without anybody asked there is no share; more than everybody is refused."""
    assert np.isnan(intervals.share(0, 0)).all()
    with pytest.raises(ValueError, match="legal is 0 to n"):
        intervals.share(5, 4)


def test_share_keeps_its_ends() -> None:
    """A share of nought ends exactly at nought, and its upper bound is not nought."""
    assert intervals.share(0, 20).low == 0.0
    assert 0.1 < intervals.share(0, 20).high < 0.2
    assert intervals.share(20, 20).high == 1.0


def test_mean_of_symmetric_values_is_the_t_interval() -> None:
    """Missing values are left out and not counted."""
    values = np.array([1.0, 4.0, np.nan, 2.0, 8.0, 5.0, 4.0])
    known = values[~np.isnan(values)]
    both_ways = np.concatenate([values, 8 - values])
    low, high = stats.t.interval(0.95, 11, 4.0, np.sqrt(((known - 4) ** 2).sum() * 2 / 11 / 12))
    assert intervals.mean(both_ways) == pytest.approx((4.0, low, high, 12, 12.0))


def test_mean_of_skewed_values_is_halls_interval() -> None:
    """The ends are where Hall's cubic of the t statistic equals the t quantiles, found here as roots of polynomials."""
    values = np.array([0.0, 0.0, 0.0, 5.0, 5.0, 10.0, 40.0])
    n, s = len(values), values.std(ddof=1)
    g = stats.skew(values, bias=False)  # the unbiased third moment over s^3
    ends = []
    for t in stats.t.ppf([0.975, 0.025], n - 1):
        cubic = [g**2 / (27 * n), g / (3 * np.sqrt(n)), 1.0, g / (6 * np.sqrt(n)) - t]
        roots = np.roots(cubic)
        ends.append(values.mean() - s / np.sqrt(n) * roots[np.abs(roots.imag).argmin()].real)
    found = intervals.mean(values)
    assert (found.low, found.high) == pytest.approx(tuple(ends))
    low, high = stats.t.interval(0.95, n - 1, values.mean(), stats.sem(values))
    assert found.low > low
    assert found.high > high


def test_mean_of_one_value_has_no_interval() -> None:
    """One answer says nothing about its own precision."""
    found = intervals.mean([3.0])
    assert found.estimate == 3.0
    assert np.isnan([found.low, found.high]).all()


def test_equal_weights_give_the_mean_of_group_means() -> None:
    """Each country counts the same, and the difference between countries adds nothing to the variance."""
    values = np.array([0.0, 1.0, 2.0, 10.0, 12.0])
    groups = ["a", "a", "a", "b", "b"]
    found = intervals.mean(values, intervals.equal_weights(groups), groups)
    assert found.estimate == pytest.approx((1 + 11) / 2)
    parts = np.array([1 / 3, 2 / 2]) / 4  # both countries are symmetric: nothing to correct
    freedom = parts.sum() ** 2 / (parts[0] ** 2 / 2 + parts[1] ** 2 / 1)
    assert found.high - found.low == pytest.approx(2 * stats.t.ppf(0.975, freedom) * np.sqrt(parts.sum()))
    assert found.n_effective < 5


def test_weighted_share_is_never_more_precise_than_its_answers() -> None:
    """Equal weights give the unweighted interval; unequal ones a wider one."""
    flags = np.array([1, 0, 0, 1, 1, 0, 0, 0, 1, 0] * 20, dtype=float)
    plain = intervals.share_of(flags)
    same = intervals.share_of(flags, np.ones(200))
    assert plain[:3] == pytest.approx(intervals.share(80, 200))
    assert same.low == pytest.approx(plain.low, abs=5e-4)
    heavy = intervals.share_of(flags, np.tile([1.0, 5.0], 100))
    assert heavy.high - heavy.low > plain.high - plain.low
    assert heavy.n_effective < 200


def test_people_of_one_organisation_make_wider_intervals() -> None:
    """The variance is that of a cluster design; people who name no organisation stand alone; two strata are two designs."""
    rng = np.random.default_rng(6)
    place = np.repeat(np.arange(12), 10)
    values = rng.normal(size=12)[place] + rng.normal(size=120)
    frame = pd.DataFrame({"x": values, "of": place, "h": np.repeat(["a", "b"], 60)})
    moments = linearised(read_answers(values, clusters=place), float(values.mean()))
    assert moments.variance == pytest.approx(estimate_mean(frame, "x", clusters="of")["se"].iloc[0] ** 2)
    assert moments.freedom == pytest.approx(11)
    both = linearised(read_answers(values, strata=frame["h"], clusters=place % 6), float(values.mean()))
    same = estimate_mean(frame.assign(of=place % 6), "x", clusters="of", strata="h")["se"].iloc[0]
    assert both.variance == pytest.approx(same**2)
    plain, named = intervals.mean(values), intervals.mean(values, clusters=place)
    assert named.high - named.low > 1.5 * (plain.high - plain.low)
    assert intervals.mean(values, clusters=[None] * 120) == pytest.approx(plain)
    assert np.isnan(intervals.mean(values, clusters=["one"] * 120).low)
    flags = values > 0
    assert intervals.share_of(flags, clusters=place).n_effective < 60
    two = intervals.contrast([values[:60], values[60:]], [1, -1], clusters=[place[:60], place[60:]])
    alone = intervals.difference(values[:60], values[60:])
    assert two.estimate == pytest.approx(alone.estimate)
    assert two.p > alone.p


def test_difference_of_symmetric_groups_is_welch() -> None:
    """Interval and p value of scipy."""
    a, b = [1.0, 3.0, 5.0, 7.0, 9.0], [0.0, 1.0, 2.0, np.nan]
    welch = stats.ttest_ind(a, b, equal_var=False, nan_policy="omit")
    found = intervals.difference(a, b)
    assert found == pytest.approx((4.0, *welch.confidence_interval(0.95), welch.pvalue))


def test_difference_joins_the_ends_of_both_means() -> None:
    """Its p value is the level at which the interval begins to hold nought; a few values give no interval."""
    rng = np.random.default_rng(4)
    a, b = rng.exponential(10, 15), rng.exponential(4, 80)
    found = intervals.difference(a, b)
    there = intervals.difference(a, b, 1 - found.p)
    assert min(abs(there.low), abs(there.high)) == pytest.approx(0, abs=1e-6)
    turned = intervals.difference(b, a)
    assert turned == pytest.approx((-found.estimate, -found.high, -found.low, found.p))
    assert found.high - found.estimate > found.estimate - found.low
    assert np.isnan(intervals.difference([1.0], b)[1:]).all()
    assert np.isnan(intervals.difference([], b).estimate)
    assert intervals.difference([2.0, 2.0], [1.0, 1.0]) == (1.0, 1.0, 1.0, 0.0)
    far = intervals.difference(a + 1e5, b)  # nought lies beyond everything: no search without end
    assert far.low > 0
    assert far.p < 1e-9


def test_newcombe() -> None:
    """Newcombe's own example (56/70 against 48/80): 0.0524 to 0.3339."""
    shares = intervals.share_difference((56, 70), (48, 80))
    assert (shares.estimate, shares.low, shares.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_ranks_that_cannot_be_told_apart_are_open() -> None:
    """Close means share their ranks; clear ones have one; equal ones share the better rank; order is kept."""
    around = np.linspace(-3, 3, 40)
    found = intervals.ranks([around, around + 10, around + 4.9, np.append(around + 5, np.nan)])
    assert found == [(4, 4, 4), (1, 1, 1), (3, 2, 3), (2, 2, 3)]
    assert intervals.ranks([[5.0, 5.0], [5.0, 5.0], [1.0, 1.0]]) == [(1, 1, 2), (1, 1, 2), (3, 3, 3)]
    assert intervals.ranks([[3.0, 4.0]]) == [(1, 1, 1)]
    with pytest.raises(ValueError, match="two of every one"):
        intervals.ranks([[1.0], [1.0, 2.0]])


def test_two_groups_are_ranked_where_their_difference_is_shown() -> None:
    """With two groups the ranks are told apart exactly where the two-sided test says so."""
    around = np.linspace(-3, 3, 40)
    apart = [intervals.ranks([around + gap, around])[0] == (1, 1, 1) for gap in (0.5, 0.7, 0.8, 0.9, 1.2)]
    assert apart == [intervals.difference(around + gap, around).p < 0.05 for gap in (0.5, 0.7, 0.8, 0.9, 1.2)]
    assert set(apart) == {False, True}
    place = np.repeat(np.arange(4), 10)  # each organisation holds a quarter of the range: much is uncertain
    assert intervals.ranks([around + 1.2, around], clusters=[place, place])[0] == (1, 1, 2)


@pytest.mark.parametrize(("adjust", "name"), [(intervals.holm, "holm"), (intervals.benjamini_hochberg, "fdr_bh")])
def test_adjustment_of_many_tests(adjust: "object", name: str) -> None:
    """As statsmodels does it; a missing p value is no member of the family."""
    p = np.array([0.01, np.nan, 0.04, 0.03, 0.005, 0.9])
    known = ~np.isnan(p)
    found = adjust(p)  # type: ignore[operator]
    assert np.isnan(found[1])
    assert found[known] == pytest.approx(multipletests(p[known], method=name)[1])


def test_coverage_of_shares_and_means() -> None:
    """Printed 95 % intervals cover between 93 and 97 % in 2,000 runs of a skewed share and a weighted mean."""
    rng = np.random.default_rng(1)
    inside = [intervals.share(int(x), 80) for x in rng.binomial(80, 0.15, 2000)]
    assert 0.93 < np.mean([s.low <= 0.15 <= s.high for s in inside]) < 0.97
    groups = np.repeat(["a", "b", "c"], [40, 80, 120])
    weights = intervals.equal_weights(groups)
    shift = np.repeat([0.0, 1.0, 5.0], [40, 80, 120])
    covered = []
    for _ in range(1000):
        found = intervals.mean(rng.normal(shift, 2.0), weights, groups)
        covered.append(found.low <= 2.0 <= found.high)
    assert 0.93 < np.mean(covered) < 0.97
