"""Whether there are profiles at all: models of groups held against models of continuous differences and of none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..latent_class import LatentClasses, fit_latent_classes
from ..latent_class.answers import Weights
from ..latent_trait import LatentTrait, fit_latent_trait
from ..rules import rules

PROFILES, CONTINUUM, NO_STRUCTURE = "profiles", "continuum", "no_structure"
MARGIN = 10.0
"""BIC points by which one model must beat another to count as better: "very strong" evidence after Kass and Raftery."""
ALWAYS, MOST_CLASSES = 6, 8
"""Classes tried in any case, and classes tried where the last two of these are the best."""
DIMENSIONS = (1, 2)
COLUMNS = ["model", "kind", "number", "log_likelihood", "n_parameters", "bic", "residual", "usable"]

GROUPS_FIT = "a model of separate groups fits clearly better than continuous differences do"
CONTINUUM_FITS = "continuous differences between people fit at least as well as separate groups do"
NO_NUMBER = "every group more fits better, so that no number of groups stands out: the differences are gradual"
UNDETERMINED = "no model of separate groups has a solution that the answers determine"
UNSTABLE = "separate groups fit best, but hardly any profile comes back in other samples"
INDEPENDENT = "the answers to different questions hardly go together"


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the answers say about the existence of profiles.

    Attributes
    ----------
    verdict : str
        ``profiles``, ``continuum`` or ``no_structure``.
    reason : str
        The ground, as a sentence without numbers.
    models : pandas.DataFrame
        One row a model (``classes_1`` ..., ``trait_1``, ``trait_2``): ``model kind number log_likelihood n_parameters bic
        residual usable``; ``residual`` is the mean bivariate residual per degree of freedom, ``usable`` tells a solution that
        converged, was reached twice and is determined by the answers.
    n_classes : int
        Number of classes of the best usable class model.
    """

    verdict: str
    reason: str
    models: pd.DataFrame
    n_classes: int


def judge(
    data: pd.DataFrame, weights: Weights = None, *, seed: int = 0, n_starts: int = 20, most: int = MOST_CLASSES
) -> Verdict:
    """Judge whether categorical answers hold profiles, a continuum, or nothing.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a respondent, one column a variable. Ordered categoricals and whole numbers with more than two answers
        enter the trait models as ordered, all others as unordered.
    weights : sequence of float, optional
        Persons that each respondent stands for; scale sampling weights to the effective sample size.
    seed, n_starts : int
        Of each class model.
    most : int
        Largest number of classes tried; those beyond six only while one of the last two is the best so far.

    Returns
    -------
    Verdict

    Notes
    -----
    Stability cannot decide: a continuum cut into three is cut in nearly the same places in the next sample. What tells them
    apart is that a trait model needs fewer parameters for gradual differences, and groups leave it residuals. Compared by BIC:
    independence (one class), two and more classes, one and two continuous traits, normal or, where classes would win against
    these, skewed: a skewed continuum looks like groups to a model that knows only normal ones. *no_structure* where no model beats
    independence by 10 points; *profiles* where the best class model beats every trait model by 10 points, is usable, and is
    not the largest tried; *continuum* otherwise. Doubt never turns into profiles.

    References
    ----------
    Kass and Raftery 1995, *JASA* 90(430), 773-795; Hennig 2015, *Pattern Recognition Letters* 64; Lubke and Neale 2006,
    *Multivariate Behavioral Research* 41(4) (class or trait models).
    """
    groups: list[LatentClasses] = []
    for number in range(1, most + 1):
        if number > ALWAYS and min(groups, key=lambda fit: fit.bic).n_classes < number - 2:
            break
        groups.append(fit_latent_classes(data, number, n_starts, seed, weights))
    traits = [fit_latent_trait(data, number, weights) for number in DIMENSIONS]
    best = min(groups, key=lambda fit: fit.bic)
    if best.n_classes > 1 and best.bic < min(fit.bic for fit in traits) + MARGIN:  # or is a trait only not normal?
        others = [fit_latent_trait(data, number, weights, is_normal=False) for number in DIMENSIONS]
        traits = [min(pair, key=lambda fit: fit.bic) for pair in zip(traits, others, strict=True)]
    return verdict_of(pd.DataFrame([*map(_class_row, groups), *map(_trait_row, traits)], columns=COLUMNS))


def verdict_of(models: pd.DataFrame, jaccard: pd.Series | None = None) -> Verdict:
    """Draw the verdict from fitted models, as :func:`judge` describes it.

    Parameters
    ----------
    models : pandas.DataFrame
        See :class:`Verdict`; with one class, and at least one trait model.
    jaccard : pandas.Series, optional
        How well each profile comes back in bootstrap samples, 0 to 1 (mean Jaccard index). It can take the verdict
        *profiles* away, where fewer than two of them reach the rule ``profile_unsure``; it never gives it.
    """
    usable = models[models["usable"]]
    groups = usable[(usable["kind"] == "classes") & (usable["number"] > 1)]
    independence = float(models.loc[models["model"] == "classes_1", "bic"].iloc[0])
    traits = float(models.loc[models["kind"] == "trait", "bic"].min())
    best = float(groups["bic"].min()) if len(groups) else np.inf
    number = int(groups.loc[groups["bic"].idxmin(), "number"]) if len(groups) else 1
    is_largest = number == models.loc[models["kind"] == "classes", "number"].max()
    for holds, verdict, reason in (
        (min(best, traits) > independence - MARGIN, NO_STRUCTURE, INDEPENDENT),
        (not len(groups), CONTINUUM, UNDETERMINED),
        (best > traits - MARGIN, CONTINUUM, CONTINUUM_FITS),
        (is_largest, CONTINUUM, NO_NUMBER),
        (jaccard is not None and (jaccard >= rules().profile_unsure).sum() < 2, CONTINUUM, UNSTABLE),
    ):
        if holds:
            return Verdict(verdict, reason, models, number)
    return Verdict(PROFILES, GROUPS_FIT, models, number)


def _class_row(fit: LatentClasses) -> Sequence[object]:
    usable = fit.is_solution and fit.is_identified
    return (f"classes_{fit.n_classes}", "classes", fit.n_classes, *_common(fit), usable)


def _trait_row(fit: LatentTrait) -> Sequence[object]:
    return (f"trait_{fit.n_dimensions}", "trait", fit.n_dimensions, *_common(fit), fit.is_converged)


def _common(fit: LatentClasses | LatentTrait) -> Sequence[object]:
    residual = fit.residuals["per_df"].mean()  # missing where there is one variable only
    return fit.log_likelihood, fit.n_parameters, fit.bic, residual
