"""Latent classes: polytomous items, full information on missing answers, many starts, and what can be trusted."""

from .choice import choose, compare_classes
from .likelihood_ratio import LikelihoodRatio, bootstrap_likelihood_ratio
from .model import LatentClasses, fit_latent_classes
from .three_step import ClassCovariates, ClassOutcomes, classes_by_covariates, outcomes_by_class

__all__ = [
    "ClassCovariates",
    "ClassOutcomes",
    "LatentClasses",
    "LikelihoodRatio",
    "bootstrap_likelihood_ratio",
    "choose",
    "classes_by_covariates",
    "compare_classes",
    "fit_latent_classes",
    "outcomes_by_class",
]
