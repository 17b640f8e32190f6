"""Lines for tests: how often they reject where there is nothing, alone and in families."""

from collections.abc import Sequence
from functools import partial

import generators as made
import numpy as np
import pandas as pd
from coverage_lines import SHAPES, UNEVEN, sizes_in_words
from coverage_shape import Family, NullTest, Section
from numpy.random import Generator
from numpy.typing import NDArray

from compendium import intervals
from compendium.comparison import against_others
from compendium.diagnosis.regression import regress


def nothing() -> Section:
    safe = "rejects less often than it may: the safe side"
    lines = [
        NullTest(f"difference of two means, {SHAPES[shape]}", f"{m} and {n}", partial(_means, shape, m, n), safe)
        for shape in SHAPES
        for m, n in ((15, 15), (15, 300))
    ]
    lines += [
        NullTest(f"a country against four others, {SHAPES[shape]}", sizes_in_words(sizes),
                 partial(_against, shape, sizes), safe)
        for shape in SHAPES
        for sizes in ((100,) * 5, UNEVEN[::-1])
    ]  # fmt: skip
    lines += [
        NullTest(f"difference of two shares of {100 * p:g} %", f"{m} and {n}", partial(_shares, p, m, n), safe)
        for p, m, n in ((0.3, 100, 100), (0.3, 40, 300), (0.06, 100, 300))
    ]
    lines += [
        NullTest(
            f"adjusted difference between two statuses, {SHAPES[shape]}", str(n), partial(_adjusted, shape, n), safe
        )
        for shape in SHAPES
        for n in (60, 300)
    ]
    words = "P values as they are before any adjustment: 5 % of tests of nothing should fall below 0.05."
    return Section("Tests where there is nothing to find", words, tuple(lines))


def _means(shape: str, m: int, n: int, rng: Generator) -> float:
    return intervals.difference(made.people(rng, m, shape), made.people(rng, n, shape)).p


def _against(shape: str, sizes: Sequence[int], rng: Generator) -> float:
    return against_others({str(at): made.people(rng, n, shape) for at, n in enumerate(sizes)}, "0").p


def _shares(p: float, m: int, n: int, rng: Generator) -> float:
    return intervals.share_difference((rng.binomial(m, p), m), (rng.binomial(n, p), n)).p


def _adjusted(shape: str, n: int, rng: Generator) -> float:
    years, status = rng.standard_normal(n), (rng.random(n) < 0.3).astype(float)
    frame = pd.DataFrame({"score": made.scores(rng, 0.5 * years + rng.standard_normal(n), shape), "status": status})
    found = regress(frame["score"], frame[["status"]], pd.DataFrame({"years": years}))
    assert found is not None
    return found[0].p


def families() -> Section:
    lines = [
        Family(
            f"five countries against the others on four scales, {SHAPES[shape]}; {words}",
            sizes_in_words(sizes),
            partial(_page, shape, sizes, apart),
        )
        for shape, sizes in (("symmetric", (100,) * 5), ("skewed", UNEVEN))
        for apart, words in ((0, "nothing to find"), (1, "real differences on one scale"))
    ]
    words = (
        "The page of countries (Holm): twenty tests that share their people. Benjamini-Hochberg, which the page of "
        "profiles uses, on the same p values."
    )
    return Section("Families of tests", words, tuple(lines))


def _page(
    shape: str, sizes: Sequence[int], apart: int, rng: Generator
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the p values of all countries on four correlated scales; on the last ``apart`` scales all countries differ."""
    scales, p, nothing = 4, [], []
    common = [rng.standard_normal(n) for n in sizes]
    for scale in range(scales):
        differ = scale >= scales - apart
        groups = {
            str(at): made.scores(
                rng, _LEVELS[at] * differ + np.sqrt(0.5) * (own + rng.standard_normal(len(own))), shape
            )
            for at, own in enumerate(common)
        }
        p += [against_others(groups, code).p for code in groups]
        nothing += [not differ] * len(groups)
    return np.array(p), np.array(nothing)


_LEVELS = (0.6, 0.3, -0.2, -0.3, -0.4)
