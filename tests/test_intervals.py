"""Intervals against values known from the literature and from scipy and statsmodels, and their limits."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from compendium import intervals


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


def test_mean_without_weights_is_the_t_interval() -> None:
    """Missing values are left out and not counted."""
    values = np.array([1.0, 4.0, np.nan, 2.0, 8.0, 5.0])
    known = values[~np.isnan(values)]
    low, high = stats.t.interval(0.95, 4, known.mean(), stats.sem(known))
    assert intervals.mean(values) == pytest.approx((4.0, low, high, 5, 5.0))


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
    error = np.sqrt((1 / 3 + 2 / 2) / 4)
    assert found.high - found.low == pytest.approx(2 * stats.t.ppf(0.975, 3) * error)
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


def test_welch_and_newcombe() -> None:
    """Welch against scipy; Newcombe's own example (56/70 against 48/80): 0.0524 to 0.3339."""
    a, b = [1.0, 3.0, 5.0, 6.0], [0.0, 1.0, 1.5]
    found = intervals.difference(a, b)
    assert found.p == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)
    shares = intervals.share_difference((56, 70), (48, 80))
    assert (shares.estimate, shares.low, shares.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


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
