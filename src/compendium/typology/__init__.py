"""Typology: correspondence analysis, clustering on its axes, latent classes and traits, and the profiles of a study."""

from .active import select
from .assignment import assign, fit
from .hcpc import HCPC, fit_hcpc
from .landmarks import RATE, STRONG, landmarks
from .latent_class import (
    LatentClasses,
    bootstrap_likelihood_ratio,
    choose,
    classes_by_covariates,
    compare_classes,
    fit_latent_classes,
    outcomes_by_class,
)
from .latent_trait import LatentTrait, fit_latent_trait
from .mca import MCA, fit_mca
from .names import SEPARATOR, answer_label, names
from .portraits import portraits
from .profiles import BUILT, EVERYBODY, PLACE, PROFILE, SUPPLEMENTARY, profiles
from .trust import Verdict, judge

__all__ = [
    "BUILT",
    "EVERYBODY",
    "HCPC",
    "MCA",
    "PLACE",
    "PROFILE",
    "RATE",
    "SEPARATOR",
    "STRONG",
    "SUPPLEMENTARY",
    "LatentClasses",
    "LatentTrait",
    "Verdict",
    "answer_label",
    "assign",
    "bootstrap_likelihood_ratio",
    "choose",
    "classes_by_covariates",
    "compare_classes",
    "fit",
    "fit_hcpc",
    "fit_latent_classes",
    "fit_latent_trait",
    "fit_mca",
    "judge",
    "landmarks",
    "names",
    "outcomes_by_class",
    "portraits",
    "profiles",
    "select",
]
