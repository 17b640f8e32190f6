"""Typology: correspondence analysis, clustering on its axes, and the profiles of a study."""

from .active import select
from .assignment import assign, fit
from .hcpc import HCPC, fit_hcpc
from .landmarks import RATE, STRONG, landmarks
from .latent_class import LatentClasses, fit_latent_classes
from .mca import MCA, fit_mca
from .names import SEPARATOR, answer_label, names
from .profiles import BUILT, EVERYBODY, PLACE, PROFILE, SUPPLEMENTARY, profiles

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
    "answer_label",
    "assign",
    "fit",
    "fit_hcpc",
    "fit_latent_classes",
    "fit_mca",
    "landmarks",
    "names",
    "profiles",
    "select",
]
