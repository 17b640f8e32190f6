"""A second generator of people in groups, made without the first: sizes, spreads and shapes as the field may bring them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator
Column = np.ndarray
People = dict[str, Column]
"""Columns of as many rows as there are persons: the outcome `y`, the group of each level, covariates."""

CUTS = (0.5, 1.0, 1.5, 2.1)
"""Where a leaning towards a complaint becomes the next of five answers: the first is "never" for two people in three."""


@dataclass(frozen=True)
class Scene:
    """People of one draw, and the share of variance that truly lies at each level."""

    name: str
    draw: Callable[[Rng], People]
    truth: dict[str, float]
    covariates: tuple[str, ...] = ()


def by_rank(groups: int, people: int) -> Column:
    """Return the group of each person where the second group has half as many as the first, the third a third, and so on."""
    share = 1 / np.arange(1, groups + 1)
    sizes = np.maximum(np.round(people * share / share.sum()), 2).astype(int)
    return np.repeat(np.arange(groups), sizes)


def lognormal(rng: Rng, count: int) -> Column:
    """Draw numbers of mean 0 and variance 1 that trail off upwards (skewness 1.75)."""
    raw = np.exp(0.5 * rng.standard_normal(count))
    mean = np.exp(0.125)
    return (raw - mean) / (mean * np.sqrt(np.expm1(0.25)))


def heavy(rng: Rng, count: int) -> Column:
    """Draw numbers of variance 1 from Student's t with six degrees of freedom."""
    return rng.standard_t(6, count) / np.sqrt(1.5)


def lumps(rng: Rng, count: int) -> Column:
    """Draw one of two values: there are two kinds of groups and nothing between."""
    return rng.choice([-1.0, 1.0], count)


def mixed(rng: Rng, place: Column, share: float, groups: Callable[[Rng, int], Column], own: Column) -> Column:
    """Add what the group has to what is the person's own."""
    return np.sqrt(share) * groups(rng, int(place.max()) + 1)[place] + np.sqrt(1 - share) * own


def complaint_sum(rng: Rng, leaning: Column) -> Column:
    """Answer five questions on a complaint and add the answers up: most people answer "never" to most of them."""
    answers = [np.digitize(0.8 * leaning + 0.6 * rng.standard_normal(len(leaning)), CUTS) for _ in range(5)]
    return np.sum(answers, axis=0).astype(float)


def floor_share(share: float) -> float:
    """Return how alike the sums of two people of one group are, from 400,000 pairs."""
    rng = np.random.default_rng(77)
    group, one, other = rng.standard_normal((3, 400_000))
    sums = [complaint_sum(rng, np.sqrt(share) * group + np.sqrt(1 - share) * own) for own in (one, other)]
    return float(np.corrcoef(*sums)[0, 1])


def normal(rng: Rng, count: int) -> Column:
    return rng.standard_normal(count)


def one_level(
    place: Column,
    share: float,
    groups: Callable[[Rng, int], Column] = normal,
    persons: Callable[[Rng, int], Column] = normal,
) -> Callable[[Rng], People]:
    """Return a draw of people at fixed places."""

    def draw(rng: Rng) -> People:
        return {"group": place, "y": mixed(rng, place, share, groups, persons(rng, len(place)))}

    return draw


def uneven_spread(place: Column, share: float, with_size: bool) -> Callable[[Rng], People]:
    """Return a draw of people whose own spread differs by group: at random, or the smaller the larger the group."""
    sizes = np.bincount(place)

    def draw(rng: Rng) -> People:
        spread = 1 / sizes**0.25 if with_size else np.exp(0.4 * rng.standard_normal(len(sizes)))
        own = spread[place] / np.sqrt((spread[place] ** 2).mean()) * rng.standard_normal(len(place))
        return {"group": place, "y": mixed(rng, place, share, normal, own)}

    return draw


def floor_bound(place: Column, share: float) -> Callable[[Rng], People]:
    """Return a draw of sums of five answers near the floor."""

    def draw(rng: Rng) -> People:
        leaning = mixed(rng, place, share, normal, rng.standard_normal(len(place)))
        return {"group": place, "y": complaint_sum(rng, leaning)}

    return draw


def joined_by_choice(rng: Rng) -> People:
    """Draw people who join groups by age, and whose outcome goes with age: age is taken out first."""
    age = rng.uniform(20, 65, 350)
    place = np.clip((age - 20) / 45 * 25 + 4 * rng.standard_normal(350), 0, 24).astype(int)
    y = mixed(rng, place, 0.12, normal, rng.standard_normal(350)) + 0.04 * age
    return {"group": place, "age": age, "y": y}


def organisations_and_statuses(rng: Rng) -> People:
    """Draw people of 40 organisations and seven statuses; an organisation has mostly people of one status."""
    organisation = by_rank(40, 420)
    usual = rng.integers(0, 7, 40)[organisation]
    status = np.where(rng.random(len(organisation)) < 0.6, usual, rng.integers(0, 7, len(organisation)))
    y = np.sqrt(0.1) * heavy(rng, 40)[organisation] + np.sqrt(0.06) * normal(rng, 7)[status]
    return {"organisation": organisation, "status": status, "y": y + np.sqrt(0.84) * heavy(rng, len(y))}


def poles_in_territories(rng: Rng) -> People:
    """Draw people of 36 poles in twelve territories, poles trailing off upwards."""
    pole = by_rank(36, 400)
    territory = pole % 12
    y = np.sqrt(0.08) * normal(rng, 12)[territory] + np.sqrt(0.12) * lognormal(rng, 36)[pole]
    return {"territory": territory, "pole": pole, "y": y + np.sqrt(0.8) * normal(rng, len(y))}


SMALL = np.repeat(np.arange(60), np.tile([3, 4, 5, 6, 8], 12))
RANKED, FEW = by_rank(24, 400), by_rank(8, 240)

SCENES = [
    Scene("24 groups by rank", one_level(RANKED, 0.1), {"group": 0.1}),
    Scene("60 groups of 3 to 8", one_level(SMALL, 0.05), {"group": 0.05}),
    Scene("25 groups joined by age, age taken out", joined_by_choice, {"group": 0.12}, ("age",)),
    Scene("24 groups by rank, persons spread unevenly", uneven_spread(RANKED, 0.1, False), {"group": 0.1}),
    Scene("24 groups by rank, small groups spread wider", uneven_spread(RANKED, 0.1, True), {"group": 0.1}),
    Scene("24 groups by rank, sums at the floor", floor_bound(RANKED, 0.15), {"group": floor_share(0.15)}),
    Scene("60 groups of 3 to 8, sums at the floor", floor_bound(SMALL, 0.15), {"group": floor_share(0.15)}),
    Scene("24 groups by rank, heavy tails", one_level(RANKED, 0.1, heavy, heavy), {"group": 0.1}),
    Scene("24 groups by rank, groups trail off", one_level(RANKED, 0.1, lognormal), {"group": 0.1}),
    Scene("24 groups by rank, all trail off", one_level(RANKED, 0.1, lognormal, lognormal), {"group": 0.1}),
    Scene("24 groups by rank, two kinds of groups", one_level(RANKED, 0.1, lumps), {"group": 0.1}),
    Scene("8 groups by rank", one_level(FEW, 0.1), {"group": 0.1}),
    Scene("8 groups by rank, all trail off", one_level(FEW, 0.1, lognormal, lognormal), {"group": 0.1}),
    Scene(
        "40 organisations, 7 statuses, heavy tails", organisations_and_statuses, {"organisation": 0.1, "status": 0.06}
    ),
    Scene("36 poles in 12 territories, poles trail off", poles_in_territories, {"territory": 0.08, "pole": 0.12}),
]
