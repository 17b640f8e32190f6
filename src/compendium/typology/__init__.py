"""Typology: correspondence analysis, clustering on its axes, and the profiles of a study."""

from .active import select
from .assignment import assign, fit
from .hcpc import HCPC, fit_hcpc
from .mca import MCA, fit_mca
from .names import SEPARATOR, answer_label, names
from .profiles import BUILT, EVERYBODY, PROFILE, SUPPLEMENTARY, profiles

__all__ = [
    "BUILT",
    "EVERYBODY",
    "HCPC",
    "MCA",
    "PROFILE",
    "SEPARATOR",
    "SUPPLEMENTARY",
    "answer_label",
    "assign",
    "fit",
    "fit_hcpc",
    "fit_mca",
    "names",
    "profiles",
    "select",
]
