"""Lines of coverage for what fieldwork does to answers: organisations, silence, what was not asked; and for ranks."""

from collections.abc import Sequence
from functools import cache, partial

import generators as made
import numpy as np
import pandas as pd
from coverage_lines import CANNOT_KNOW, COUNTRIES, SHAPES, UNEVEN, Ends, sizes_in_words
from coverage_shape import Joint, Line, Section
from numpy.random import Generator
from scipy import stats

from compendium import intervals
from compendium.comparison import against_others
from compendium.diagnosis.regression import regress
from compendium.diagnosis.variance import variance_shares


def organisations() -> Section:
    unknown = (
        f"people of one organisation resemble each other; where the organisation was not asked {CANNOT_KNOW}, and where "
        "it was it switches to the interval with organisations named"
    )
    few = "few organisations of very different size; the interval is far nearer than without naming them"
    lines = [
        Line(
            f"{SHAPES['skewed']}, in {count} organisations{' of very different size' if unequal else ''}, "
            f"intraclass correlation {icc:g}; {'organisations named' if named else 'not named'}",
            str(count * size),
            float(made.mean_score("skewed")),
            partial(_in_organisations, count, size, icc, unequal, named),
            few if named else unknown,
        )
        for count, size, unequal in ((40, 5, False), (20, 15, True), (8, 25, True))
        for icc in (0.05, 0.2)
        for named in (False, True)
    ]
    lines += [
        Line(
            f"share of 30 % (`share_of`), in {count} organisations of very different size, intraclass correlation {icc:g}; "
            "organisations named",
            str(count * size),
            0.3,
            partial(_share_in_organisations, count, size, icc),
            few,
        )
        for count, size in ((20, 15), (8, 25))
        for icc in (0.05, 0.2)
    ]
    truth = made.mean_score("skewed", COUNTRIES)
    lines += [
        Line(
            "the first of five countries against the others, in 10 to 30 organisations of very different size, intraclass "
            f"correlation {icc:g}; {'organisations named' if named else 'not named'}",
            "100 to 300",
            float(truth[0] - truth[1:].mean()),
            partial(_difference_of_countries, icc, named),
            few if named else unknown,
        )
        for icc in (0.05, 0.2)
        for named in (False, True)
    ]
    lines += [
        Line(
            f"difference between two statuses within organisations, adjusted (`regress`); {count} organisations, "
            f"intraclass correlation {icc:g}",
            str(count * 8),
            0.0,
            partial(_status_in_organisations, count, icc),
            "few organisations: a little wide, the safe side",
        )
        for count in (12, 40)
        for icc in (0.05, 0.2)
    ]
    lines += [
        Line(
            f"share of variance between {count} organisations (`variance_shares`), normal answers, share of {icc:g}",
            str(count * 8),
            icc,
            partial(_variance_share, count, icc),
            edge,
        )
        for count in (12, 40)
        for icc, edge in (
            (
                0.0,
                "the share is 0, the edge of what is possible: the interval holds it more often than it says, which errs on the safe side",
            ),
            (0.05, "near the edge of what is possible: the interval holds it more often than it says, the safe side"),
            (0.2, ""),
        )
    ]
    words = (
        "`intervals.mean`, `share_of` and `against_others` where people answered through organisations, with the "
        "organisations named (`clusters=`, as the pages do where they were asked) and not; `regress`, which the pages of diagnosis use, with errors of clusters however few (CR2)."
    )
    return Section("People who answered through organisations", words, tuple(lines))


def _in_organisations(count: int, size: int, icc: float, unequal: bool, named: bool, rng: Generator) -> Ends:
    place = made.members(rng, count, size, unequal)
    score = made.scores(rng, made.clustered(rng, place, icc), "skewed")
    found = intervals.mean(score, clusters=place if named else None)
    return found.low, found.high


def _share_in_organisations(count: int, size: int, icc: float, rng: Generator) -> Ends:
    place = made.members(rng, count, size, unequal=True)
    flags = made.clustered(rng, place, icc) > stats.norm.isf(0.3)
    found = intervals.share_of(flags, clusters=place)
    return found.low, found.high


def _difference_of_countries(icc: float, named: bool, rng: Generator) -> Ends:
    places = [made.members(rng, count, 10, unequal=True) for count in (10, 15, 20, 20, 30)]
    scores = [
        made.scores(rng, at + made.clustered(rng, place, icc), "skewed")
        for at, place in zip(COUNTRIES, places, strict=True)
    ]
    codes = [str(at) for at in range(len(places))]
    groups = dict(zip(codes, scores, strict=True))
    found = against_others(groups, "0", dict(zip(codes, places, strict=True)) if named else None)
    return found.low, found.high


def _status_in_organisations(count: int, icc: float, rng: Generator) -> Ends:
    place = made.members(rng, count, 8)
    status = (rng.random(len(place)) < rng.beta(2, 2, count)[place]).astype(float)
    frame = pd.DataFrame(
        {"score": made.scores(rng, made.clustered(rng, place, icc), "skewed"), "status": status, "place": place}
    )
    found = regress(frame["score"], frame[["status"]], pd.DataFrame(index=frame.index), None, frame["place"])
    assert found is not None
    return found[0].low, found[0].high


def _variance_share(count: int, icc: float, rng: Generator) -> Ends:
    place = made.members(rng, count, 8)
    frame = pd.DataFrame({"score": made.clustered(rng, place, icc), "place": place})
    found = variance_shares(frame, "score", ["place"]).iloc[0]
    return found["ci_low"], found["ci_high"]


def silence() -> Section:
    lines = [
        Line(
            f"{SHAPES[shape]}; the exhausted answer {word} less often, the truth is everybody's mean",
            str(n),
            float(made.mean_score(shape)),
            partial(_silent, shape, n, strength),
            f"answers are missing because of what they would have said: {CANNOT_KNOW} and says that this is no probability sample",
        )
        for shape in ("symmetric", "skewed")
        for strength, word in ((0.3, "a little"), (1.0, "much"))
        for n in (100, 300)
    ]
    words = "`intervals.mean` of those who answered. No method on the answers alone repairs this, and more answers make it worse."
    return Section("Answers missing by exhaustion", words, tuple(lines))


def _silent(shape: str, n: int, strength: float, rng: Generator) -> Ends:
    found = intervals.mean(made.scores(rng, made.who_answers(rng, n, strength), shape))
    return found.low, found.high


def confounders() -> Section:
    words = (
        "`regress`: the difference in score between two statuses, where years in the trade go with the status and with "
        "the score, and the status itself does nothing. And what the page of countries prints, the plain difference, "
        "which says who answered and not why."
    )
    omitted = f"what was not asked cannot be taken out: {CANNOT_KNOW}; it writes of what goes together, never of causes"
    lines = [
        Line(f"adjusted for the years; {SHAPES[shape]}", str(n), 0.0, partial(_confounded, shape, n, True))
        for shape in SHAPES
        for n in (60, 300)
    ]
    lines += [
        Line(f"years not asked; {SHAPES[shape]}", str(n), 0.0, partial(_confounded, shape, n, False), omitted)
        for shape in SHAPES
        for n in (60, 300)
    ]
    lines += [
        Line(
            f"plain difference (`intervals.difference`); its truth is the difference between those statuses; {SHAPES[shape]}",
            "300",
            float(made.mean_score(shape, 0.5 * _YEARS, _LEFT) - made.mean_score(shape, -0.5 * _YEARS, _LEFT)),
            partial(_confounded_plain, shape, 300),
        )
        for shape in SHAPES
    ]
    return Section("A confounder in a comparison of groups", words, tuple(lines))


_YEARS = 0.8
"""How much higher the years of the one status are, in standard deviations; half of it reaches the latent score."""
_LEFT = 1.0 + 0.5**2


def _people_of_two(shape: str, n: int, rng: Generator) -> pd.DataFrame:
    status = rng.random(n) < 0.5
    years = np.where(status, _YEARS, -_YEARS) + rng.standard_normal(n)
    latent = 0.5 * years + rng.standard_normal(n)
    return pd.DataFrame({"score": made.scores(rng, latent, shape), "status": status.astype(float), "years": years})


def _confounded(shape: str, n: int, asked: bool, rng: Generator) -> Ends:
    frame = _people_of_two(shape, n, rng)
    covariates = frame[["years"]] if asked else pd.DataFrame(index=frame.index)
    found = regress(frame["score"], frame[["status"]], covariates)
    assert found is not None
    return found[0].low, found[0].high


def _confounded_plain(shape: str, n: int, rng: Generator) -> Ends:
    frame = _people_of_two(shape, n, rng)
    first = frame["status"] == 1
    found = intervals.difference(frame.loc[first, "score"], frame.loc[~first, "score"])
    return found.low, found.high


def associations() -> Section:
    few = "few people, most of whom have no exposure at all: a little short; the page shows n beside it"
    wide = (
        "scores are divided by the sample's own spread, which the error does not take in: a little wide, the safe side"
    )
    lines = [
        Line(
            f"{kind}; outcome {outcome}, exposures {exposure}",
            str(n),
            _association(exposure, outcome, adjusted),
            partial(_associated, exposure, outcome, adjusted, n),
            few if exposure == "floor" else wide,
        )
        for adjusted, kind in ((False, "correlation, not adjusted"), (True, "adjusted association"))
        for exposure, outcome in (("symmetric", "symmetric"), ("floor", "skewed"))
        for n in (60, 300)
    ]
    words = (
        "`regress` on standardised scores, as the page of diagnosis prints them: two exposures whose latent variables "
        "correlate at 0.4 with each other and at 0.5 and 0.3 with the outcome's."
    )
    return Section("What goes with what, in standard deviations", words, tuple(lines))


_LATENT = np.array([[1, 0.4, 0.5], [0.4, 1, 0.3], [0.5, 0.3, 1]])


@cache
def _association(exposure: str, outcome: str, adjusted: bool) -> float:
    shapes = (exposure, exposure, outcome)
    spreads = [made.spread(shape) for shape in shapes]
    link = np.eye(3)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        both = made.covariance(shapes[i], shapes[j], float(_LATENT[i, j]))
        link[i, j] = link[j, i] = both / (spreads[i] * spreads[j])
    return float(np.linalg.solve(link[:2, :2], link[:2, 2])[0] if adjusted else link[0, 2])


def _associated(exposure: str, outcome: str, adjusted: bool, n: int, rng: Generator) -> Ends:
    latent = rng.multivariate_normal(np.zeros(3), _LATENT, n, method="cholesky")
    shapes = (exposure, exposure, outcome)
    frame = pd.DataFrame({name: made.scores(rng, latent[:, at], shapes[at]) for at, name in enumerate("aby")})
    frame = (frame - frame.mean()) / frame.std(ddof=0)
    found = regress(frame["y"], frame[["a", "b"] if adjusted else ["a"]], pd.DataFrame(index=frame.index))
    assert found is not None
    return found[0].low, found[0].high


def ranks() -> Section:
    spread = {
        "five countries alike": (0.0,) * 5,
        "five countries, two of them alike": (0.4, 0.2, 0.0, 0.0, -0.5),
        "five countries far apart": (0.9, 0.4, 0.0, -0.4, -0.9),
    }
    tried = [("five countries alike", shape, sizes) for shape in SHAPES for sizes in ((100,) * 5, UNEVEN)]
    tried += [
        ("five countries, two of them alike", "skewed", UNEVEN),
        ("five countries far apart", "floor", (100,) * 5),
    ]
    few = "a country of twelve people on the floor is placed lower than it is a little too often"
    lines = [
        Joint(f"{words}, {SHAPES[shape]}", sizes_in_words(sizes), partial(_ranked, shape, spread[words], sizes), few)
        for words, shape, sizes in tried
    ]
    words = (
        "`intervals.ranks`: all the intervals of a ranking have to hold together. They may hold more often than 95 %, as "
        "ranks move by whole places; where countries are alike every rank that they share is true."
    )
    return Section("Ranks of countries", words, tuple(lines))


def _ranked(shape: str, latent: Sequence[float], sizes: Sequence[int], rng: Generator) -> tuple[bool, float]:
    groups = [made.people(rng, n, shape, at) for n, at in zip(sizes, latent, strict=True)]
    ranked = intervals.ranks(groups)
    true = np.array(latent)
    best = (true > true[:, None] + 1e-12).sum(axis=1) + 1
    holds = all(one.low <= rank <= one.high for one, rank in zip(ranked, best, strict=True))
    return holds, float(np.mean([one.high - one.low for one in ranked]))
