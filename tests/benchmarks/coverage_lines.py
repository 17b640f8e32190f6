"""The lines of the tables of coverage: every interval that a page prints, on answers that suit it and on others."""

from collections.abc import Sequence
from functools import cache, partial

import generators as made
import numpy as np
import pandas as pd
from coverage_shape import KEPT, Line, Section
from numpy.random import Generator
from scipy import stats

from compendium import intervals
from compendium.comparison import against_others
from compendium.errors import CompendiumError
from compendium.estimation import estimate_mean, estimate_share
from compendium.weighting import Margin, rake

Ends = tuple[float, float]

SHAPES = {
    "symmetric": "five-step answers, symmetric",
    "skewed": "five-step answers, skewed (a sixth of people at 0)",
    "floor": "answers on the floor (two thirds of people at 0)",
}
COUNTRIES = (0.4, 0.2, 0.0, -0.2, -0.5)
"""Latent means of five countries."""
UNEVEN = (400, 200, 60, 30, 12)
CANNOT_KNOW = "the page cannot know"


def means() -> Section:
    ten = "ten people on the floor, the fewest that the gate lets through: a little short; the page shows n beside it"
    lines = [
        Line(SHAPES[shape], str(n), float(made.mean_score(shape)), partial(_mean, shape, n), ten, times=4)
        for shape in SHAPES
        for n in (10, 15, 30, 100, 300)
    ]
    words = (
        "`intervals.mean`: a score of 0-100 from five items, each answer of the same weight. The interval is Student's, "
        "its ends corrected for skewness (Hall 1992). Student's own interval, measured on the same answers, stands "
        "below it."
    )
    return Section("Mean of a score", words, (*lines, *_students()))


def _mean(shape: str, n: int, rng: Generator) -> Ends:
    found = intervals.mean(made.people(rng, n, shape))
    return found.low, found.high


def _students() -> list[Line]:
    switched = "the page switches: it prints the interval above"

    def student(shape: str, n: int, rng: Generator) -> Ends:
        found = estimate_mean(pd.DataFrame({"score": made.people(rng, n, shape)}), "score").iloc[0]
        return found["ci_low"], found["ci_high"]

    return [
        Line(
            f"{SHAPES[shape]}; Student's interval (`estimate_mean`)",
            str(n),
            float(made.mean_score(shape)),
            partial(student, shape, n),
            switched,
        )
        for shape, n in (("skewed", 15), ("floor", 15), ("floor", 100))
    ]


def shares() -> Section:
    kept = [(30, 0.3), (50, 0.5), (100, 0.1), (100, 0.06), (300, 0.02), (1000, 0.3)]
    beneath = [(15, 0.2), (30, 0.1), (30, 0.02), (100, 0.02)]
    whole = "people are whole: at this very pair the interval steps off; over all pairs it holds (above)"
    few = "fewer than five people expected on one side: the interval is wider or narrower than it says by a step; the gate withholds such a share"
    lines = [
        Line(f"share of {100 * p:g} %, n p (1 - p) = {n * p * (1 - p):.1f}", str(n), p, partial(_share, n, p), why, 10)
        for group, why in ((kept, whole), (beneath, few))
        for n, p in group
    ]
    words = (
        "`intervals.share` (Wilson), counted answers. A share moves by whole persons, so its coverage steps up and down "
        f"with n and p, around 95 %. {_exactly()}"
    )
    return Section("Share", words, tuple(lines))


def _exactly() -> str:
    """Say how the interval does over all pairs of n and p, from binomial probabilities and not from draws."""
    covered = []
    for n in (21, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300):
        found = np.array([_wilson(count, n) for count in range(n + 1)])
        for p in np.arange(0.005, 0.501, 0.005):
            if n * p * (1 - p) >= 5:
                holds = (found[:, 1] <= p) & (p <= found[:, 2])
                covered.append(100 * float(stats.binom.pmf(np.arange(n + 1), n, p)[holds].sum()))
    inside = sum(KEPT[0] <= one <= KEPT[1] for one in covered)
    return (
        f"Computed exactly for {len(covered)} pairs of n (21 to 300) and p with n p (1 - p) of 5 or more: {inside} lie within "
        f"{KEPT[0]:g} to {KEPT[1]:g} %, the mean is {np.mean(covered):.1f} %, the lowest {min(covered):.1f} %."
    )


@cache
def _wilson(successes: int, n: int) -> intervals.Share:
    return intervals.share(successes, n)


def _share(n: int, p: float, rng: Generator) -> Ends:
    found = _wilson(int(rng.binomial(n, p)), n)
    return found.low, found.high


def weighted() -> Section:
    heavy = (
        "weights as unequal as this leave an effective number under half of n: the page switches to the unweighted "
        "estimate and shows this one beside it"
    )
    few = (
        "thirty people on the floor with unequal weights: a little short; the page shows the effective number beside n"
    )
    lines = [
        Line(
            f"mean, {SHAPES[shape]}; log-normal weights, {'correlated with the score' if correlation else 'uncorrelated'}, "
            f"effective n {100 * np.exp(-(sigma**2)):.0f} % of n",
            str(n),
            float(made.mean_score(shape, correlation * sigma)),
            partial(_weighted_mean, shape, n, sigma, correlation),
            heavy if sigma == 1 else few,
        )
        for sigma, correlation in ((0.5, 0.0), (0.5, 0.5), (1.0, 0.0), (1.0, 0.5))
        for shape in SHAPES
        for n in (30, 300)
    ]
    return Section("Weighted mean", "`intervals.mean` with weights of people drawn with unequal chances.", tuple(lines))


def _weighted_mean(shape: str, n: int, sigma: float, correlation: float, rng: Generator) -> Ends:
    latent = rng.standard_normal(n)
    weights = made.log_normal_weights(rng, latent, sigma, correlation)
    found = intervals.mean(made.scores(rng, latent, shape), weights)
    return found.low, found.high


def weighted_shares() -> Section:
    lines = []
    for function, name, tried in (
        (_share_of, "`share_of`", ((0.3, 50), (0.3, 300), (0.06, 300))),
        (_estimate_share, "`estimate_share`", ((0.3, 300),)),
    ):
        for p, n in tried:
            for sigma, correlation in ((0.5, 0.0), (0.5, 0.5), (1.0, 0.5)):
                kind = "correlated with the answer" if correlation else "uncorrelated"
                cut = _cut(p) + correlation * sigma
                heavy = "an effective number under half of n: the page switches to the unweighted share"
                steps = "fifteen people with the feature: it steps as the unweighted share does"
                lines.append(
                    Line(
                        f"{name}, share of {100 * p:g} %; log-normal weights, {kind}, effective n "
                        f"{100 * np.exp(-(sigma**2)):.0f} % of n",
                        str(n),
                        p,
                        partial(function, cut, n, sigma, correlation),
                        heavy if sigma == 1 else steps,
                    )
                )
    words = "Wilson's interval at the number of unweighted answers that would be as precise (Kott and others 2001)."
    return Section("Weighted share", words, tuple(lines))


def _cut(p: float) -> float:
    return float(stats.norm.isf(p))


def _flags(cut: float, n: int, sigma: float, correlation: float, rng: Generator) -> tuple[made.Array, made.Array]:
    latent = rng.standard_normal(n)
    return (latent > cut).astype(float), made.log_normal_weights(rng, latent, sigma, correlation)


def _share_of(cut: float, n: int, sigma: float, correlation: float, rng: Generator) -> Ends:
    found = intervals.share_of(*_flags(cut, n, sigma, correlation, rng))
    return found.low, found.high


def _estimate_share(cut: float, n: int, sigma: float, correlation: float, rng: Generator) -> Ends:
    flags, weights = _flags(cut, n, sigma, correlation, rng)
    found = estimate_share(pd.DataFrame({"flag": flags, "weight": weights}), "flag", weights="weight").iloc[0]
    return found["ci_low"], found["ci_high"]


def raked() -> Section:
    few = "few people and large corrections: the page shows the effective number beside n"
    lines = [
        Line(f"{SHAPES[shape]}; {words}", str(n), _raked_truth(shape), partial(_raked, shape, n, strength), few)
        for shape in ("skewed", "floor")
        for strength, words in ((0.5, "who answers differs mildly from the margins"), (1.0, "differs strongly"))
        for n in (60, 300)
    ]
    silent = f"silence hangs on the score itself, which no margin repairs: {CANNOT_KNOW} and says that this is no probability sample"
    lines.append(
        Line(
            f"{SHAPES['skewed']}; the exhausted answer less often, whatever their margin",
            "300",
            _raked_truth("skewed"),
            partial(_raked, "skewed", 300, 0.5, silence=0.6),
            silent,
        )
    )
    words = (
        "`weighting.rake` to two margins (two and three codes), then `estimation.estimate_mean` with "
        "`calibrated_on`, in every run. The score differs between the codes."
    )
    return Section("Raked mean", words, tuple(lines))


GENDER, AGE = np.array([0.5, 0.5]), np.array([0.3, 0.4, 0.3])
_SHIFT_GENDER, _SHIFT_AGE = np.array([-0.25, 0.25]), np.array([-0.4, 0.0, 0.4])
_MARGINS = {
    "gender": Margin({0: 0.5, 1: 0.5}, "everyone", "made up here"),
    "age": Margin({0: 0.3, 1: 0.4, 2: 0.3}, "everyone", "made up here"),
}


@cache
def _raked_truth(shape: str) -> float:
    means = made.mean_score(shape, _SHIFT_GENDER[:, None] + _SHIFT_AGE)
    return float(GENDER @ means @ AGE)


def _raked(shape: str, n: int, strength: float, rng: Generator, silence: float = 0.0) -> Ends:
    """Draw people, let them answer by gender and age (and by how they are), rake, estimate."""
    drawn = 8 * n
    gender, age = rng.choice(2, drawn, p=GENDER), rng.choice(3, drawn, p=AGE)
    latent = _SHIFT_GENDER[gender] + _SHIFT_AGE[age] + rng.standard_normal(drawn)
    willing = -1.0 + strength * (gender + age - 1.5) - silence * latent
    who = np.flatnonzero(rng.random(drawn) < 1 / (1 + np.exp(-willing)))[:n]
    frame = pd.DataFrame(
        {
            "score": made.scores(rng, latent[who], shape),
            "gender": gender[who],
            "age": age[who],
        }
    )
    try:
        weights = rake(frame, _MARGINS)
    except CompendiumError:  # a code that nobody gave: no such study would be raked, so this draw is none
        return _raked(shape, n, strength, rng, silence)
    found = estimate_mean(frame, "score", weights=weights, calibrated_on=[("gender",), ("age",)]).iloc[0]
    return found["ci_low"], found["ci_high"]


def pooled() -> Section:
    small = "one country of twelve people on the floor carries a fifth of the weight: the page shows n of each country"
    capped = (
        "countries that differ make the pooled share more precise than as many people of one country; it is never "
        "counted as more than there are, which errs on the safe side"
    )
    lines = [
        Line(
            f"mean, {SHAPES[shape]}", sizes_in_words(sizes), float(made.mean_score(shape, COUNTRIES).mean()),
            partial(_pooled, shape, sizes), small if shape == "floor" else "",
        )
        for shape in SHAPES
        for sizes in ((100,) * 5, UNEVEN, (12,) * 5)
    ]  # fmt: skip
    lines += [
        Line("share exposed, 10 to 50 % by country", sizes_in_words(sizes), 0.3, partial(_pooled_share, sizes), capped)
        for sizes in ((100,) * 5, UNEVEN)
    ]
    words = (
        "`intervals.mean` and `intervals.share_of` with `equal_weights`, countries as strata: five countries of "
        "different means, each counting the same."
    )
    return Section("Five countries pooled, each of the same weight", words, tuple(lines))


def sizes_in_words(sizes: Sequence[int]) -> str:
    return f"{len(sizes)} x {sizes[0]}" if len(set(sizes)) == 1 else " + ".join(map(str, sizes))


def _pooled(shape: str, sizes: Sequence[int], rng: Generator) -> Ends:
    country = np.repeat(np.arange(len(sizes)), sizes)
    values = made.scores(rng, np.array(COUNTRIES)[country] + rng.standard_normal(len(country)), shape)
    found = intervals.mean(values, intervals.equal_weights(country), country)
    return found.low, found.high


def _pooled_share(sizes: Sequence[int], rng: Generator) -> Ends:
    country = np.repeat(np.arange(len(sizes)), sizes)
    flags = rng.random(len(country)) < np.array([0.1, 0.2, 0.3, 0.4, 0.5])[country]
    found = intervals.share_of(flags, intervals.equal_weights(country), country)
    return found.low, found.high


def differences() -> Section:
    lines = [
        Line(
            f"two groups, {SHAPES[shape]}{'; the first group higher' if apart else ''}", f"{m} and {n}",
            _gap(shape, apart), partial(_difference, shape, m, n, apart), _SMALL_GROUPS,
        )
        for shape in SHAPES
        for m, n in ((15, 15), (15, 300), (100, 100))
        for apart in (0.0, 0.5)
    ]  # fmt: skip
    for shape in SHAPES:
        for sizes in ((100,) * 5, UNEVEN, UNEVEN[::-1]):
            truth = made.mean_score(shape, COUNTRIES)
            lines.append(
                Line(
                    f"the first of five countries against the others, {SHAPES[shape]}", sizes_in_words(sizes),
                    float(truth[0] - truth[1:].mean()), partial(_against, shape, sizes), _SMALL_GROUPS,
                )
            )  # fmt: skip
    for (p, m), (q, n) in (((0.3, 100), (0.3, 100)), ((0.4, 40), (0.2, 300)), ((0.06, 100), (0.03, 300))):
        lines.append(
            Line(
                f"shares of {100 * p:g} and {100 * q:g} % (`share_difference`)", f"{m} and {n}", p - q,
                partial(_share_difference, p, m, q, n), "", 5,
            )
        )  # fmt: skip
    words = (
        "`intervals.difference` and `comparison.against_others` (a country less the mean of the others), and Newcombe's "
        "interval for two shares."
    )
    return Section("Differences", words, tuple(lines))


_SMALL_GROUPS = "small skewed groups: the interval is wider than it need be, which errs on the safe side"


def _gap(shape: str, apart: float) -> float:
    return float(made.mean_score(shape, apart) - made.mean_score(shape))


def _difference(shape: str, m: int, n: int, apart: float, rng: Generator) -> Ends:
    found = intervals.difference(made.people(rng, m, shape, apart), made.people(rng, n, shape))
    return found.low, found.high


def _against(shape: str, sizes: Sequence[int], rng: Generator) -> Ends:
    groups = {str(at): made.people(rng, n, shape, COUNTRIES[at]) for at, n in enumerate(sizes)}
    found = against_others(groups, "0")
    return found.low, found.high


def _share_difference(p: float, m: int, q: float, n: int, rng: Generator) -> Ends:
    found = intervals.share_difference((rng.binomial(m, p), m), (rng.binomial(n, q), n))
    return found.low, found.high
